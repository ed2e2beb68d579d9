"""The Celery app: broker and timetable come from the settings, tasks from every app's `tasks.py`."""

import logging
import logging.config
import os
import sys
import time
from typing import Any

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediaops.settings")

app = Celery("mediaops")
app.config_from_object("django.conf:settings", namespace="CELERY")
if "beat" not in sys.argv:  # the clock sends names; without the tasks' own imports it needs half the memory
    app.autodiscover_tasks()

log = logging.getLogger(__name__)
HEARTBEAT_S = 5
_last = float("-inf")


@signals.setup_logging.connect
def use_our_logging(**kwargs: Any) -> None:
    """Log as the web does; without a receiver Celery would set up handlers of its own."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@signals.worker_ready.connect
def say_ready(**kwargs: Any) -> None:
    """Tell the log, and `/readyz` at once rather than with the first heartbeat."""
    log.info("worker is ready")
    worker_lives()


@signals.heartbeat_sent.connect
def worker_lives(**kwargs: Any) -> None:
    """Leave a sign of life for `/readyz`. Runs in the worker's main process, which never waits for a task."""
    global _last
    if time.monotonic() - _last < HEARTBEAT_S:
        return
    _last = time.monotonic()
    from mediaops.lib import pulse

    pulse.beat("worker")
