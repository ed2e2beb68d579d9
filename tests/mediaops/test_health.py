import os
import secrets
import subprocess
import sys
import time

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from mediaops import clock
from mediaops.lib import pulse
from mediaops.views import health


@pytest.fixture(autouse=True)
def _ask_again(monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)


def ready(client):
    answer = client.get("/readyz")
    return answer.status_code, answer.json()["wrong"]


def test_alive_asks_nothing(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert client.get("/healthz").content == b"ok"


def test_ready_when_everything_shows_itself(client, db):
    pulse.beat("worker")
    pulse.beat("clock")
    assert ready(client) == (200, {})


def test_silent_worker_and_clock_are_named(client, db):
    pulse.beat("worker")
    cache.set("pulse:clock", time.time() - 45)
    assert ready(client) == (503, {"clock": "last sign of life 45 s ago"})
    cache.clear()
    assert ready(client) == (503, {"worker": "no sign of life", "clock": "no sign of life"})


def test_missing_migration_is_named(client, db):
    pulse.beat("worker")
    pulse.beat("clock")
    last = MigrationRecorder(connection).migration_qs.filter(app="analytics").order_by("-pk").first()
    last.delete()
    status, wrong = ready(client)
    assert status == 503
    assert "not applied" in wrong["migrations"]


def test_dead_broker_is_named_without_its_address(client, db, settings):
    settings.REDIS_URL = "redis://user:hidden-words@127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["wrong"]["broker"].startswith("does not answer")
    assert "hidden-words" not in answer.content.decode()


def test_every_job_of_the_clock_exists(db):
    from mediaops.celery import app

    app.loader.import_default_modules()
    assert [task for task, _ in clock.PERIODS.values() if task not in app.tasks] == []


def test_tick_does_every_job_once_without_a_worker(db, capsys):
    call_command("tick")
    said = capsys.readouterr().out
    assert [name for name in clock.PERIODS if f"{name}: " not in said] == []


def test_real_worker_and_clock_make_it_ready(worker, live):
    import urllib.error
    import urllib.request

    end = time.monotonic() + 15
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{live}/readyz"):
                return
        except urllib.error.HTTPError as error:
            said = error.read()
            time.sleep(0.3)
    raise AssertionError(said)


def test_production_settings_pass_every_deploy_check(tmp_path):
    production = {
        "SITE_URL": "https://media.example",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "DATABASE_URL": "postgres://mediaops@db.example/mediaops",
        "REDIS_URL": "redis://redis.example/0",
        "VAR_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "mediaops.settings",
    }
    env = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO")} | production
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, env=env, cwd=django_settings.BASE_DIR, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
