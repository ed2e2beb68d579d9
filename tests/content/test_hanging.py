"""One platform hangs with several posts due, and two worker processes: everybody else goes out on time."""

import os
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from content.models import Attempt, Publication
from platforms.connectors import CONNECTORS
from platforms.models import Account
from tests import servers
from tests.builders_publishing import make_connected, make_ready
from tests.conftest import _database_url
from tests.content.test_kill import until
from tests.platforms.loopback import LOOPBACKS, LoopbackSite, hanging, serving

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]
SILENT_S = 8
HUNG, WELL = 6, 12


@pytest.fixture
def program(tmp_path):
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.worker_settings",
        "WORKER_IMPORTS": "tests.platforms.loopback",
        "DATABASE_URL": _database_url(),
        "ALLOW_LOCAL_SERVERS": "1",
        "PLATFORM_TIMEOUT_S": str(SILENT_S),
        "WORKERS": "2",
        "LOG_LEVEL": "INFO",
        "CELERY_QUEUE": f"hang-{os.getpid()}",
    }
    program = servers.Worker(dict(env), tmp_path)
    yield program
    program.stop()


def count(**which):
    connection.close()  # SQLite: see what the worker wrote
    return Publication.objects.filter(**which).count()


@pytest.fixture(autouse=True)
def _loopbacks(monkeypatch):
    for connector in LOOPBACKS:
        monkeypatch.setitem(CONNECTORS, connector.spec.key, connector)


def test_a_hung_platform_holds_up_nobody_else(workspace, program):
    site = LoopbackSite()
    with hanging("silent") as (hung_at, calls), serving(site) as well_at:
        hung = [make_connected(workspace, "loopback", server=hung_at) for _ in range(2)]
        well = [make_connected(workspace, "loopback_repeating", server=well_at) for _ in range(3)]
        stuck = [make_ready(account) for account in hung for _ in range(HUNG // 2)]
        Publication.objects.update(due_at=timezone.now(), attempt_after=timezone.now())
        program.start()
        assert until(lambda: calls, wait_s=30), program.log()

        # the server hangs and has more due; what is due elsewhere from now on starts at once
        waves = 3
        for _wave in range(waves):
            now = timezone.now()
            rows = [make_ready(account, due_at=now) for account in well for _ in range(WELL // 3 // waves + 1)]
            assert until(lambda rows=rows: all(site.times[row.key] for row in rows), wait_s=SILENT_S), program.log()
            late = max(site.first_seen[row.key] for row in rows) - now.timestamp()
            assert late < SILENT_S / 2, f"{late:.1f} s late"

            open_calls = count(variant__account__in=hung, state="sending")
            assert open_calls <= 1, "the hung server holds more than one process"

        assert until(lambda: count(pk__in=[row.pk for row in stuck], state="unsure") >= 2, wait_s=SILENT_S * 4)
        overlapping = _most_at_once(Attempt.objects.filter(publication__in=stuck))
        posts = [line for line in calls if line.startswith("POST")]
    assert overlapping == 1
    assert len(posts) == len(set(posts)), "a doubtful one was sent again"
    assert set(site.times.values()) == {1}


def _most_at_once(attempts):
    """How many of the attempts were open at one moment."""
    spans = [(row.started_at, row.ended_at or timezone.now() + timedelta(minutes=1)) for row in attempts]
    return max(sum(start <= at < end for start, end in spans) for at, _end in spans)


def test_all_hung_platforms_together_leave_one_process_free(workspace, program):
    """Two are to be published on, one is pulled; each may hold the last process once, as it begins to hang."""
    site = LoopbackSite()
    with (
        hanging("silent") as (first_at, first),
        hanging("silent") as (second_at, second),
        hanging("silent") as (third_at, pulled),
        serving(site) as well_at,
    ):
        hung = [make_connected(workspace, "loopback", server=at) for at in (first_at, second_at)]
        well = make_connected(workspace, "loopback_repeating", server=well_at)
        pulled_from = [make_connected(workspace, "loopback_reading", server=third_at) for _ in range(3)]
        for account in hung * 20:
            make_ready(account)
        Publication.objects.update(due_at=timezone.now(), attempt_after=timezone.now())
        program.start()
        assert until(lambda: program.log().count("a server is slow") >= 3, wait_s=60), program.log()

        before = len(first) + len(second) + len(pulled)
        for _wave in range(10):
            Account.objects.filter(pk__in=[account.pk for account in pulled_from]).update(sync_after=timezone.now())
            row = make_ready(well, due_at=timezone.now())
            assert until(lambda row=row: site.times[row.key], wait_s=SILENT_S), program.log()
            late = site.first_seen[row.key] - row.due_at.timestamp()
            assert late < SILENT_S / 2, f"{late:.1f} s late"
            time.sleep(1.5)
        assert len(first) + len(second) + len(pulled) > before, "no server was hanging meanwhile"


def test_a_publication_does_not_wait_for_the_end_of_a_pull(workspace, program):
    """The server answers, but slowly; its accounts are pulled one after the other, four calls each."""
    pause_s = 1.0
    site = LoopbackSite()
    site.reading_s = pause_s
    with serving(site) as at:
        accounts = [make_connected(workspace, "loopback_reading", server=at) for _ in range(4)]
        program.start()
        for _wave in range(3):
            Account.objects.filter(pk__in=[account.pk for account in accounts]).update(sync_after=timezone.now())
            assert until(lambda: site.readings, wait_s=30), program.log()
            row = make_ready(accounts[0], due_at=timezone.now())
            assert until(lambda row=row: site.times[row.key], wait_s=30), program.log()
            late = site.first_seen[row.key] - row.due_at.timestamp()
            assert late < 4 * pause_s, f"{late:.1f} s late"
        assert until(lambda: not Account.objects.filter(pk__in=[a.pk for a in accounts], synced_at=None), wait_s=60)
