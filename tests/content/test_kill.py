"""A worker that dies by SIGKILL in the middle of 200 publications; each is live exactly once in the end."""

import os
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from content.models import Attempt, Publication
from mediaops.models import Notice
from platforms.connectors import CONNECTORS
from tests import servers
from tests.builders_publishing import make_connected, make_ready
from tests.conftest import _database_url
from tests.platforms.loopback import LoopbackConnector, LoopbackRepeating, LoopbackSite, serving

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]
EACH = 100


@pytest.fixture
def site(monkeypatch):
    for connector in (LoopbackConnector, LoopbackRepeating):
        monkeypatch.setitem(CONNECTORS, connector.spec.key, connector)
    site = LoopbackSite(pause_s=0.02)
    with serving(site) as address:
        site.address = address
        yield site


@pytest.fixture
def program(tmp_path):
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.worker_settings",
        "WORKER_IMPORTS": "tests.platforms.loopback",
        "DATABASE_URL": _database_url(),
        "ALLOW_LOCAL_SERVERS": "1",
        "PUBLISH_LEASE_S": "3",
        "LOG_LEVEL": "INFO",
        "CELERY_QUEUE": f"kill-{os.getpid()}",
    }
    program = servers.Worker(dict(env), tmp_path)
    yield program
    program.stop()


def until(claim, *, wait_s):
    """Wait until the claim holds; say whether it came to."""
    end = time.monotonic() + wait_s
    while time.monotonic() < end:
        if claim():
            return True
        time.sleep(0.05)
    return False


def states():
    connection.close()  # SQLite: see what the worker wrote
    return sorted(set(Publication.objects.values_list("state", flat=True)))


def test_a_killed_worker_loses_nothing_and_doubles_nothing(workspace, operator, site, program):
    keyed = make_connected(workspace, "loopback", server=site.address)
    repeating = make_connected(workspace, "loopback_repeating", server=site.address)
    rows = [make_ready(account, made_by=operator) for account in (keyed, repeating) for _ in range(EACH)]
    now = timezone.now()
    Publication.objects.update(due_at=now, attempt_after=now)

    site.holds_from = 60
    program.start()
    assert site.holding.wait(60), program.log()
    program.kill()
    site.holds_from = None
    site.released.set()
    assert 60 <= len(site.times) < len(rows), "the kill must fall into the middle"
    open_rows = Publication.objects.filter(state="sending").count()
    assert open_rows, "the kill must leave something in flight"

    program.clock = False  # the clock of the first start goes on
    program.start()
    settled = until(lambda: set(states()) <= {"live", "unsure"}, wait_s=60)
    assert settled, (states(), program.log()[-3000:])
    repeated = Publication.objects.filter(variant__account=repeating)
    assert until(lambda: not repeated.exclude(state="live").exists(), wait_s=30), program.log()[-3000:]
    assert Attempt.objects.filter(outcome="open").count() == 0

    # where the platform does not refuse a repeat, what is surely absent is sent again only after minutes
    doubts = list(Publication.objects.filter(state="unsure"))
    assert all(site.times[row.key] == 0 for row in doubts)
    if doubts:
        assert until(lambda: Notice.objects.filter(kind="publication.unsure").exists(), wait_s=40)
    Attempt.objects.filter(outcome="lost").update(started_at=timezone.now() - timedelta(minutes=4))
    Publication.objects.filter(state="unsure").update(check_after=timezone.now(), looks=2)
    assert until(lambda: states() == ["live"], wait_s=30), (states(), program.log()[-3000:])

    assert {site.times[row.key] for row in rows} == {1}
    assert Publication.objects.values("post").distinct().count() == len(rows)
