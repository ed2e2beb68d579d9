"""Do everything the clock would start, once."""

import logging
import time
from typing import Any

from celery import current_app
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

from mediaops import clock

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Runs every due job once, in this process: no worker and no clock needed (for cron, or to look closely)."

    def handle(self, *args: Any, **options: Any) -> None:
        current_app.conf.update(task_always_eager=True, task_eager_propagates=True)
        failed = [name for name, (task, _) in clock.PERIODS.items() if not self.run(name, task)]
        if failed:
            raise CommandError("failed: " + ", ".join(failed))

    def run(self, name: str, task: str) -> bool:
        begun = time.monotonic()
        try:
            import_string(task)()
        except Exception:  # one job's bug must not keep the others from being done
            log.exception("%s failed", task)
            return False
        self.stdout.write(f"{name}: {round((time.monotonic() - begun) * 1000)} ms")
        return True
