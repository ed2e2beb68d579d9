"""The busy pages with a large team's rows: server time, queries, the share spent in SQL, memory.

    python -m bench.pages [--small]

20 accounts, 10,000 items, 50,000 posts, 2,000,000 snapshots and their roll-ups, on SQLite and on PostgreSQL.
Each page is asked through the whole stack of middleware in one process. `limit` is the aim in milliseconds at
the median (PostgreSQL 100, SQLite 150) and `of limit` the ratio to it; `bare` is a page of the same run that
only opens the door, so that a slow machine shows; `cpu ms` is the processor time of this process alone, which
does not grow when the machine is busy with others. Memory is that of the web processes: gunicorn as `make run`
starts it, asked for the four pages in turn. BENCH_POSTGRES names the server.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from statistics import median

POSTGRES = os.environ.get("BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432")
NAME = "bench_pages"
ROUNDS = 15
WEB_ROUNDS = 30
WEB_MB = 200
START_S = 60
LIMIT_MS = {"SQLite": 150.0, "PostgreSQL": 100.0}
QUERIES = 15
PAGES = {
    "bare": "/w/bench/",
    "calendar": "/w/bench/calendar/",
    "content list": "/w/bench/items/",
    "dashboard": "/w/bench/insights/",
    "inbox": "/w/bench/inbox/",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="a hundredth of the rows, to try the benchmark")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    scale = 0.01 if arguments.small else 1.0
    if arguments.one:
        print(json.dumps(run(scale)))
        return 0
    over = []
    for label, url in databases():
        with tempfile.TemporaryDirectory(prefix="mediaops-bench-") as folder:
            figures = in_process(url, folder, small=arguments.small)
        show(label, figures)
        over += [
            f"{label}: {name}"
            for name, row in figures["pages"].items()
            if name != "bare" and (row["ms"] > LIMIT_MS[label] or row["queries"] > QUERIES)
        ]
        over += [f"{label}: memory"] if figures["web_mb"] > WEB_MB else []
    print(f"\nover the limit: {', '.join(over)}" if over else "\nall pages and the web process within their limits")
    return 1 if over else 0


def databases():
    """Yield a label and an address per database that is there."""
    yield "SQLite", ""
    try:
        import psycopg

        with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True, connect_timeout=3) as server:
            server.execute(f"drop database if exists {NAME} with (force)")
            server.execute(f"create database {NAME}")
    except Exception as error:
        print(f"PostgreSQL left out: {type(error).__name__} at {POSTGRES}", file=sys.stderr)
        return
    yield "PostgreSQL", f"{POSTGRES}/{NAME}"


def in_process(url: str, folder: str, *, small: bool) -> dict:
    env = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    env |= {"VAR_DIR": folder, "LOG_LEVEL": "ERROR", "DJANGO_SETTINGS_MODULE": "mediaops.settings", "DEBUG": ""}
    if url:
        env["DATABASE_URL"] = url
    command = [sys.executable, "-W", "ignore", "-m", "bench.pages", "--one", "yes", *(["--small"] if small else [])]
    answer = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(answer.stdout.splitlines()[-1])


def run(scale: float) -> dict:
    from pathlib import Path

    import django

    from tests import servers

    os.environ["REDIS_URL"] = servers.start_redis(Path(os.environ["VAR_DIR"]))
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    started = time.monotonic()
    rows = make_rows(scale)
    made_s = time.monotonic() - started
    pages = {name: measure(path) for name, path in PAGES.items()}
    return {"rows": rows, "made_s": made_s, "pages": pages, "web_mb": web_mb()}


def measure(path: str) -> dict:
    """Ask a page until it is warm, then `ROUNDS` times; return medians in milliseconds and the query count."""
    from django.db import connection
    from django.test import Client

    from mediaops.models import User

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.get(), backend="django.contrib.auth.backends.ModelBackend")
    spent: list[float] = []

    def timed(execute, sql, params, many, context):
        start = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent.append(time.perf_counter() - start)

    wholes, sqls, own, queries = [], [], [], 0
    for turn in range(ROUNDS + 3):
        spent.clear()
        with connection.execute_wrapper(timed):
            start, start_own = time.perf_counter(), time.process_time()
            answer = client.get(path)
            whole, whole_own = time.perf_counter() - start, time.process_time() - start_own
        if answer.status_code != 200:
            raise SystemExit(f"{path} answered {answer.status_code}")
        if turn >= 3:
            wholes.append(whole * 1000)
            sqls.append(sum(spent) * 1000)
            own.append(whole_own * 1000)
            queries = len(spent)
    kept = {"cpu_ms": median(own), "bytes": len(answer.content)}
    return kept | {"ms": median(wholes), "sql_ms": median(sqls), "queries": queries}


def make_rows(scale: float) -> dict:
    """Fill the tables; the two large ones by one statement each."""
    import random

    from django.utils import timezone

    from analytics.models import AccountDay, PostFigures
    from content.models import ContentItem, Publication, Variant
    from mediaops.models import Membership, User, Workspace
    from platforms.models import Account, Conversation, Message, Post

    dice, now = random.Random(7), timezone.now()
    workspace = Workspace.objects.create(name="Bench", slug="bench", language="en", time_zone="UTC")
    user = User.objects.create_user("bench@team.example", name="Bench", language="en", time_zone="UTC")
    member = Membership.objects.create(workspace=workspace, user=user, role="owner")
    accounts = Account.objects.bulk_create(
        Account(workspace=workspace, platform="site", remote_id=str(n), name=f"Account {n}") for n in range(20)
    )
    items_count, posts_count = int(10_000 * scale), int(50_000 * scale)
    items = ContentItem.objects.bulk_create(
        (
            ContentItem(
                workspace=workspace,
                title=f"Piece {n}",
                body="Oolong is half oxidised. " * 60,
                state=dice.choice(["draft", "in_review", "approved", "approved"]),
                owner=member,
                changed_at=now - timedelta(minutes=n * 50),
            )
            for n in range(items_count)
        ),
        batch_size=1000,
    )
    variants = Variant.objects.bulk_create(
        (Variant(item=item, account=dice.choice(accounts)) for item in items), batch_size=2000
    )
    posts = Post.objects.bulk_create(
        (
            Post(
                account=accounts[n % 20],
                remote_id=f"p{n}",
                title=f"Post {n}",
                published_at=now - timedelta(minutes=n * 10.5 / scale),
                first_seen="published",
            )
            for n in range(posts_count)
        ),
        batch_size=2000,
    )
    Publication.objects.bulk_create(
        (
            Publication(
                variant=variant,
                due_at=(due := now + timedelta(minutes=dice.randint(-500_000, 40_000))),
                attempt_after=due,
                state="planned" if due > now else "live",
                post=None if due > now else posts[n],
            )
            for n, variant in enumerate(variants)
        ),
        batch_size=2000,
    )
    PostFigures.objects.bulk_create(
        (PostFigures(post=post, views=(v := dice.randint(0, 9000)), likes=v // 30, taken_at=now) for post in posts),
        batch_size=2000,
    )
    AccountDay.objects.bulk_create(
        AccountDay(
            account=account, day=now.date() - timedelta(days=d), views=d * 7, likes=d, followers=5000 - d, posts=3,
            rated_views=d * 7, rated_interactions=d,
        )
        for account in accounts
        for d in range(365)
    )  # fmt: skip
    talks = Conversation.objects.bulk_create(
        (
            Conversation(
                account=dice.choice(accounts),
                thread_id=f"t{n}",
                kind="comment",
                who_name=f"Reader {n}",
                last_text="When is it back?",
                last_at=(at := now - timedelta(minutes=n * 9)),
                waits_since=at if n % 3 else None,
            )
            for n in range(int(20_000 * scale))
        ),
        batch_size=2000,
    )
    Message.objects.bulk_create(
        (
            Message(conversation=talk, remote_id="1", text=talk.last_text, at=talk.last_at, author_name=talk.who_name)
            for talk in talks
        ),
        batch_size=2000,
    )
    snapshots = make_snapshots()
    return {"items": items_count, "posts": posts_count, "snapshots": snapshots, "talks": len(talks)}


def make_snapshots() -> int:
    """Forty snapshots a post and ten days a post, written by the database itself."""
    from django.db import connection

    counting = "with recursive n(i) as (select 0 union all select i + 1 from n where i < {last}) "
    is_sqlite = connection.vendor == "sqlite"
    taken = (
        "datetime(p.published_at, '+' || (i * 6) || ' hours')"
        if is_sqlite
        else "p.published_at + i * interval '6 hours'"
    )
    day = (
        "date(p.published_at, '+' || i || ' days')" if is_sqlite else "(p.published_at + i * interval '1 day')::date"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            counting.format(last=39)
            + "insert into analytics_postsnapshot (post_id, taken_at, views, likes) "
            + f"select p.id, {taken}, i * 11, i from platforms_post p cross join n"
        )
        cursor.execute(
            counting.format(last=9)
            + "insert into analytics_postday (post_id, account_id, day, views, likes) "
            + f"select p.id, p.account_id, {day}, 11, 1 from platforms_post p cross join n"
        )
        cursor.execute("analyze")
        cursor.execute("select count(*) from analytics_postsnapshot")
        return cursor.fetchone()[0]


def web_mb() -> float:
    """Start the web part of `make run`, ask its pages many times, and return its largest process in MB.

    Pages kept in memory by several processes count whole in each: the figure is resident memory (RSS).
    """
    import psutil

    from mediaops.lib import processes
    from mediaops.run import COMMANDS

    port = free_port()
    env = dict(os.environ) | {"BIND": f"127.0.0.1:{port}", "SITE_URL": f"http://127.0.0.1:{port}"}
    web = processes.start(COMMANDS["web"], env=env, output=subprocess.DEVNULL)
    try:
        ask_pages(f"http://127.0.0.1:{port}", web)
        return max(part.memory_info().rss for part in psutil.Process(web.pid).children()) / 1e6
    finally:
        processes.stop(web, wait_s=15)


def ask_pages(site: str, web: "subprocess.Popen[bytes]") -> None:
    """Ask the busy pages in turn, as a browser that is signed in; the first answer may take a while."""
    import urllib.error
    import urllib.request

    from django.test import Client

    from mediaops.models import User

    client = Client()
    client.force_login(User.objects.get(), backend="django.contrib.auth.backends.ModelBackend")
    cookies = {"Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + START_S
    while True:
        try:
            opener.open(f"{site}/healthz", timeout=10).close()
            break
        except OSError:
            if web.poll() is not None or time.monotonic() > end:
                raise SystemExit("the web process did not come up") from None
            time.sleep(0.2)
    for _turn in range(WEB_ROUNDS):
        for path in PAGES.values():
            with opener.open(urllib.request.Request(site + path, headers=cookies), timeout=60) as answer:
                if answer.status != 200 or answer.url != site + path:
                    raise SystemExit(f"{path} answered {answer.status} at {answer.url}")


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def show(label: str, figures: dict) -> None:
    rows = figures["rows"]
    counts = ", ".join(f"{rows[name]:,} {name}" for name in rows)
    print(f"\n{label}: {counts} (made in {figures['made_s']:.0f} s)")
    head = f"{'page':<14}{'ms':>8}{'limit':>8}{'of limit':>10}{'x bare':>8}{'cpu ms':>8}"
    print(f"{head}{'in SQL':>8}{'queries':>9}{'kB':>7}")
    bare = figures["pages"]["bare"]["ms"]
    for name, row in figures["pages"].items():
        limit = LIMIT_MS[label]
        print(
            f"{name:<14}{row['ms']:>8.1f}{limit:>8.0f}{row['ms'] / limit:>10.2f}{row['ms'] / bare:>8.2f}"
            f"{row['cpu_ms']:>8.1f}{row['sql_ms'] / row['ms']:>8.0%}{row['queries']:>9}{row['bytes'] / 1000:>7.0f}"
        )
    mb = figures["web_mb"]
    print(f"largest web process after {WEB_ROUNDS} rounds: {mb:.0f} MB (limit {WEB_MB}, of limit {mb / WEB_MB:.2f})")


if __name__ == "__main__":
    sys.exit(main())
