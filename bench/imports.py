"""Import of a back office's export: seconds and memory of the worker that reads it and writes its rows.

    python -m bench.imports [--small]

100,000 rows of posts (16 columns, cells as text, as the platforms write them) as XLSX and as CSV, on SQLite. Each
file goes the whole way in a process of its own: read for the preview, then imported where no post is known yet (each
row makes one), then a later export in which every figure has grown, then the same figures once more. `limit` holds
for the import of each; `CPU s` is what the process itself worked, so that a busy machine shows; `x bare` compares it
with bare reading of the same file by the same library in the same process. Peak memory is that of the process, the
product's own 150 MB or so included.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROWS = 100_000
LIMIT_S = 20.0
LIMIT_MB = 400
KINDS = ("xlsx", "csv")
EXPECTED = {"first": "new", "later": "changed", "again": "same"}
"""What every row of each export must come out as, so that no time is taken of work that was not done."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="a hundredth of the rows, to try the benchmark")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    rows = ROWS // 100 if arguments.small else ROWS
    if arguments.one:
        print(json.dumps(run(arguments.one[0], Path(arguments.one[1]), rows)))
        return 0
    over = []
    for kind in KINDS:
        with tempfile.TemporaryDirectory(prefix="mediaops-bench-") as folder:
            write_files(kind, Path(folder), rows)
            figures = in_process(kind, folder, small=arguments.small)
        over += show(kind, figures, rows)
    print(f"\nover the limit: {', '.join(over)}" if over else "\nall imports within their limits")
    return 1 if over else 0


def write_files(kind: str, folder: Path, rows: int) -> None:
    """Write a first export and a later one. Not in the process that is measured."""
    for name, grown in (("first", 0), ("later", 7), ("again", 7)):
        lines = (line(number, grown) for number in range(rows))
        path = folder / f"{name}.{kind}"
        if kind == "csv":
            import csv

            with path.open("w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file).writerows([HEAD, *lines, *([[]] if name == "again" else [])])
                file.write("\r\n" if name == "again" else "")  # other bytes, same figures
        else:
            import xlsxwriter

            with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_urls": False}) as book:
                sheet = book.add_worksheet("Sheet1" if name != "again" else "Sheet2")
                for at, cells in enumerate([HEAD, *lines]):
                    sheet.write_row(at, 0, cells)


HEAD = [
    "作品名称", "发布时间", "体裁", "审核状态", "播放量", "完播率", "5s完播率", "封面点击率", "2s跳出率",
    "平均播放时长", "点赞量", "分享量", "评论量", "收藏量", "主页访问量", "粉丝增量",
]  # fmt: skip


def line(number: int, grown: int) -> list[str]:
    day, minute = divmod(number, 120)
    year, rest = divmod(day, 336)
    month, of_month = divmod(rest, 28)
    at = f"{2023 + year}-{month + 1:02}-{of_month + 1:02} {8 + minute // 10:02}:{minute % 10 * 6:02}:00"
    views = number * 7919 % 90_000 + grown
    return [
        f"第 {number} 泡茶的故事", at, "1min-视频", "公开", str(views), "0.074074", "0.412", "-", "0.311", "14.73",
        str(views // 30), str(views // 700), str(views // 400), str(views // 150), str(views // 90), "3",
    ]  # fmt: skip


def in_process(kind: str, folder: str, *, small: bool) -> dict:
    env = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    env |= {"VAR_DIR": folder, "LOG_LEVEL": "ERROR", "DJANGO_SETTINGS_MODULE": "mediaops.settings", "DEBUG": ""}
    command = [sys.executable, "-W", "ignore", "-m", "bench.imports", "--one", kind, folder]
    answer = subprocess.run(
        [*command, *(["--small"] if small else [])], env=env, stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(answer.stdout.splitlines()[-1])


def run(kind: str, folder: Path, rows: int) -> dict:
    import resource
    from datetime import timedelta

    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    call_command("migrate", verbosity=0)
    from analytics import tasks  # noqa: F401 - the worker has them all
    from mediaops.models import Membership, User, Workspace
    from platforms.models import Account

    workspace = Workspace.objects.create(name="Bench", slug="bench", language="en", time_zone="Asia/Shanghai")
    user = User.objects.create_user("bench@team.example", name="Bench", language="en", time_zone="UTC")
    member = Membership.objects.create(workspace=workspace, user=user, role="owner")
    account = Account.objects.create(workspace=workspace, platform="douyin", remote_id="1", name="Tea")
    started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    now = timezone.now()
    steps = {}
    for days, name in ((2, "first"), (1, "later"), (0, "again")):
        steps[name] = whole_way(folder / f"{name}.{kind}", member, account, now - timedelta(days=days))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    bare_s = read_bare(folder / f"first.{kind}", kind)
    return {"steps": steps, "bare_s": bare_s, "peak_mb": peak, "started_mb": started}


def whole_way(path: Path, member, account, now) -> dict:
    from analytics.actions import importing

    with path.open("rb") as file:
        row = importing.add_file(file, path.name, path.stat().st_size, by=member, now=now).imported
    began = time.perf_counter()
    importing.read_file(importing.claim(row.pk, now), now)
    read_s = time.perf_counter() - began
    row.refresh_from_db()
    importing.choose(
        row, account=account, as_of=now, makes_posts=True, now=now
    )  # Douyin lists posts: say that we want them
    importing.read_file(importing.claim(row.pk, now), now)
    row.refresh_from_db()
    importing.confirm(row, by=member, now=now)
    began, busy = time.perf_counter(), time.process_time()
    importing.import_rows(importing.claim(row.pk, now), now)
    import_s, cpu_s = time.perf_counter() - began, time.process_time() - busy
    row.refresh_from_db()
    return {"read_s": read_s, "import_s": import_s, "cpu_s": cpu_s, "counts": row.counts, "state": row.state}


def read_bare(path: Path, kind: str) -> float:
    began = time.perf_counter()
    if kind == "csv":
        import csv

        with path.open(encoding="utf-8-sig", newline="") as file:
            seen = sum(1 for _row in csv.reader(file))
    else:
        from python_calamine import CalamineWorkbook

        seen = sum(1 for _row in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows())
    assert seen > 1
    return time.perf_counter() - began


def show(kind: str, figures: dict, rows: int) -> list[str]:
    print(f"\n{kind}: {rows:,} rows; bare reading {figures['bare_s']:.2f} s")
    heads = [("read s", 8), ("import s", 10), ("CPU s", 7), ("limit", 7), ("of limit", 10), ("x bare", 8)]
    print(f"{'export':<8}" + "".join(f"{words:>{width}}" for words, width in heads) + "  new / changed / same")
    over = []
    for name, step in figures["steps"].items():
        counts, spent = step["counts"], step["import_s"]
        print(
            f"{name:<8}{step['read_s']:>8.1f}{spent:>10.1f}{step['cpu_s']:>7.1f}{LIMIT_S:>7.0f}"
            f"{spent / LIMIT_S:>10.2f}{spent / figures['bare_s']:>8.1f}  "
            f"{counts['new']:,} / {counts['changed']:,} / {counts['same']:,}"
        )
        if step["import_s"] > LIMIT_S:
            over.append(f"{kind}: {name}")
        if step["state"] != "done" or counts[EXPECTED[name]] != rows:
            over.append(f"{kind}: {name}, as not every row was written")
    print(f"peak memory {figures['peak_mb']:.0f} MB of {LIMIT_MB} (at the start {figures['started_mb']:.0f})")
    return [*over, *([f"{kind}: memory"] if figures["peak_mb"] > LIMIT_MB else [])]


if __name__ == "__main__":
    sys.exit(main())
