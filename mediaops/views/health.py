"""Is it alive, and is it ready: for load balancers and for people at night."""

import logging
from collections.abc import Callable

import redis
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from mediaops.lib import pulse

log = logging.getLogger(__name__)
PULSE_S = 30
"""Worker and clock show themselves every few seconds; longer silence than this is a fault."""
_migrated = False


def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: the process answers. Asks nothing else, so that a slow database restarts no web process."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Ready: 200, or 503 with what is wrong by name; nothing in it is secret."""
    checks = {name: check() for name, check in CHECKS.items()}
    wrong = {name: said for name, said in checks.items() if said}
    body = {"ok": not wrong, "wrong": wrong, "checks": {name: said or "ok" for name, said in checks.items()}}
    return JsonResponse(body, status=503 if wrong else 200)


def database() -> str:
    try:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return f"does not answer ({type(error).__name__})"
    return ""


def migrations() -> str:
    """Say how many are missing; once none is, the question needs no answer until the next start."""
    global _migrated
    if _migrated:
        return ""
    try:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError as error:
        return f"unknown ({type(error).__name__})"
    _migrated = not missing
    return f"{missing} not applied; run manage.py prepare" if missing else ""


def broker() -> str:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2) as client:
            client.ping()
    except (redis.RedisError, OSError) as error:
        return f"does not answer ({type(error).__name__})"
    return ""


def alive(name: str) -> Callable[[], str]:
    def check() -> str:
        try:
            age_s = pulse.age_s(name)
        except (redis.RedisError, OSError):
            return "unknown, for the broker does not answer"
        if age_s is None:
            return "no sign of life"
        return f"last sign of life {age_s:.0f} s ago" if age_s > PULSE_S else ""

    return check


CHECKS: dict[str, Callable[[], str]] = {
    "database": database,
    "migrations": migrations,
    "broker": broker,
    "worker": alive("worker"),
    "clock": alive("clock"),
}
