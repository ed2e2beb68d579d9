"""1,000 publications due in the same second, one worker of two processes, on SQLite and on PostgreSQL.

    python -m bench.publishing [--rows 1000]

The site connector publishes to a site on 127.0.0.1 (bench/_loopback.py). Limits are taken in the same run:
`bare` is an empty Celery task on the same worker, `dispatch` what choosing, marking and handing over one
publication costs. BENCH_POSTGRES names the server (postgres://user@host:port); without one SQLite runs alone.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from statistics import median

POSTGRES = os.environ.get("BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432")
NAME = "bench_publishing"
WAIT_S = 300


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(run(arguments.rows)))
        return
    columns = {}
    for label, url in databases():
        with tempfile.TemporaryDirectory(prefix="mediaops-bench-") as folder:
            columns[label] = in_process(arguments.rows, url, folder)
    show(columns)
    if any(figures["twice"] or figures["live"] != arguments.rows for figures in columns.values()):
        sys.exit("some publications are not live exactly once")


def databases():
    yield "SQLite", ""
    try:
        import psycopg

        with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True, connect_timeout=3) as server:
            server.execute(f"drop database if exists {NAME} with (force)")
            server.execute(f"create database {NAME}")
    except Exception as error:
        print(
            f"PostgreSQL left out: {type(error).__name__} at {POSTGRES} (BENCH_POSTGRES names another)",
            file=sys.stderr,
        )
        return
    yield "PostgreSQL", f"{POSTGRES}/{NAME}"


def in_process(rows: int, url: str, folder: str) -> dict:
    """Run one database in a process of its own, as settings hold for a process."""
    env = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    env |= {
        "VAR_DIR": folder,
        "ALLOW_LOCAL_SERVERS": "1",
        "LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "tests.worker_settings",
        "WORKER_IMPORTS": "bench._tasks",
        "CELERY_QUEUE": "bench",
    }
    if url:
        env["DATABASE_URL"] = url
    command = [sys.executable, "-W", "ignore", "-m", "bench.publishing", "--one", "yes", "--rows", str(rows)]
    answer = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(answer.stdout.splitlines()[-1])


def run(rows: int) -> dict:
    import django

    folder = Path(os.environ["VAR_DIR"])
    from tests import servers

    os.environ["REDIS_URL"] = servers.start_redis(folder)
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    site = subprocess.Popen([sys.executable, "-m", "bench._loopback"], stdout=subprocess.PIPE, text=True)
    address = f"http://127.0.0.1:{site.stdout.readline().strip()}"
    worker = servers.Worker(dict(os.environ) | {"LOG_LEVEL": "INFO"}, folder)
    try:
        account = make_rows(rows, address)
        dispatch_ms = measure_dispatch(account, rows)
        worker.start()
        bare_ms = measure_bare(rows)
        figures = measure_burst(rows)
        counts = json.loads(urllib.request.urlopen(f"{address}/counts").read())
        return figures | {
            "twice": counts["articles"] != rows or counts["most"] != 1,
            "bare_ms": bare_ms,
            "dispatch_ms": dispatch_ms,
            "memory_mb": memory_mb(worker.process.pid),
        }
    finally:
        worker.stop()
        site.kill()


def make_rows(rows: int, address: str) -> int:
    """Make approved pieces with a publication each, due in an hour; return the account."""
    from datetime import timedelta

    from django.utils import timezone

    from content.digest import digest
    from content.models import ContentItem, Publication, Review, Variant
    from mediaops.models import Workspace
    from platforms.gateway import store_secret
    from platforms.models import Account

    workspace = Workspace.objects.create(name="Bench", slug="bench", language="en")
    account = Account.objects.create(workspace=workspace, platform="site", remote_id="1", name="Site", server=address)
    store_secret(account, {"key": "none"})
    words = "Oolong is half oxidised. " * 40
    items = ContentItem.objects.bulk_create(
        ContentItem(workspace=workspace, title=f"Piece {n}", body=words, state="approved") for n in range(rows)
    )
    variants = Variant.objects.bulk_create(Variant(item=item, account=account) for item in items)
    Review.objects.bulk_create(Review(item=i, round=1, state="approved", digest=digest(i)) for i in items)
    due_at = timezone.now() + timedelta(hours=1)
    Publication.objects.bulk_create(Publication(variant=v, due_at=due_at, attempt_after=due_at) for v in variants)
    return account.pk


def measure_dispatch(account: int, rows: int) -> float:
    """Return the milliseconds per row of choosing, marking and handing over, without any sending.

    As a lane does on a platform that answers fast: rows are taken a few at a time; a message for each
    few is the upper bound, as a lane sends one only at the end of its turn.
    """
    from datetime import timedelta

    from celery import current_app
    from django.utils import timezone

    from bench._tasks import nothing
    from content.actions import handing
    from content.models import Publication
    from content.tasks import AT_ONCE

    later, spent = timezone.now() + timedelta(hours=2), 0.0
    with current_app.producer_pool.acquire(block=True) as producer:
        for _ in range(rows // AT_ONCE):
            began = time.perf_counter()
            pks = handing.take_next(account, later, count=AT_ONCE)
            nothing.apply_async(pks[:1], producer=producer)
            spent += time.perf_counter() - began
            Publication.objects.filter(pk__in=pks).update(state="cancelled")  # as a worker would have taken them
    current_app.control.purge()
    Publication.objects.update(handed_at=None, state="planned")
    return spent / (rows // AT_ONCE * AT_ONCE) * 1000


def measure_bare(rows: int) -> float:
    """Return the milliseconds per empty task, from the first sent to the last done, on the same worker."""
    from celery import current_app
    from django.core.cache import cache

    from bench._tasks import nothing

    began = time.time()
    with current_app.producer_pool.acquire(block=True) as producer:
        for number in range(rows - 1, -1, -1):
            nothing.apply_async((number,), producer=producer)
    while cache.get("bench:done") is None:
        time.sleep(0.01)
    return (cache.get("bench:done") - began) / rows * 1000


def measure_burst(rows: int) -> dict:
    from datetime import timedelta

    from django.db.models import Max
    from django.utils import timezone

    from content.models import Attempt, Publication

    due_at = (timezone.now() + timedelta(seconds=2)).replace(microsecond=0)
    Publication.objects.update(due_at=due_at, attempt_after=due_at)
    end = time.monotonic() + WAIT_S
    while Publication.objects.exclude(state="live").exists() and time.monotonic() < end:
        time.sleep(0.25)
    starts = sorted((at - due_at).total_seconds() for at in Attempt.objects.values_list("started_at", flat=True))
    last = Attempt.objects.aggregate(at=Max("ended_at"))["at"]
    return {
        "live": Publication.objects.filter(state="live").count(),
        "attempts": len(starts),
        "first_s": starts[0],
        "median_s": median(starts),
        "all_s": (last - due_at).total_seconds(),
        "each_ms": ((last - due_at).total_seconds() - starts[0]) / rows * 1000,
    }


def memory_mb(pid: int) -> float:
    """Return the memory (RSS) of the largest process of the worker, 0 where /proc does not tell."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    pids = [pid, *map(int, children.read_text().split())] if children.exists() else []
    sizes = [0.0]
    for one in pids:
        for line in Path(f"/proc/{one}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                sizes.append(int(line.split()[1]) / 1024)
    return max(sizes)


def show(columns: dict[str, dict]) -> None:
    lines = [
        ("live of those due", lambda f: f"{f['live']:,}"),
        ("on the site more than once", lambda f: "some" if f["twice"] else "none"),
        ("attempts", lambda f: f"{f['attempts']:,}"),
        ("first start after due, s (limit 2)", lambda f: f"{f['first_s']:.2f}"),
        ("median start after due, s", lambda f: f"{f['median_s']:.2f}"),
        ("all live after due, s", lambda f: f"{f['all_s']:.1f}"),
        ("whole publication, ms", lambda f: f"{f['each_ms']:.2f}"),
        ("bare Celery task, ms", lambda f: f"{f['bare_ms']:.2f}"),
        ("dispatch per publication, ms", lambda f: f"{f['dispatch_ms']:.2f}"),
        ("dispatch / bare task (aim < 3)", lambda f: f"{f['dispatch_ms'] / f['bare_ms']:.2f}"),
        ("whole publication / bare task", lambda f: f"{f['each_ms'] / f['bare_ms']:.2f}"),
        ("largest worker process, MB (limit 250)", lambda f: f"{f['memory_mb']:.0f}"),
    ]
    print(f"{'publishing':<42}" + "".join(f"{label:>14}" for label in columns))
    for name, cell in lines:
        print(f"{name:<42}" + "".join(f"{cell(figures):>14}" for figures in columns.values()))


if __name__ == "__main__":
    main()
