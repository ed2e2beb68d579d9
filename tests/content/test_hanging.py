"""One platform hangs with several posts due, and two worker processes: everybody else goes out on time."""

import os
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from content.models import Attempt, Publication
from platforms.connectors import CONNECTORS
from tests import servers
from tests.builders_publishing import make_connected, make_ready
from tests.conftest import _database_url
from tests.content.test_kill import until
from tests.platforms.loopback import LoopbackConnector, LoopbackRepeating, LoopbackSite, hanging, serving

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


def test_a_hung_platform_holds_up_nobody_else(workspace, monkeypatch, program):
    for connector in (LoopbackConnector, LoopbackRepeating):
        monkeypatch.setitem(CONNECTORS, connector.spec.key, connector)
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
