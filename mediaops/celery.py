"""The Celery app: broker and timetable come from the settings, tasks from every app's `tasks.py`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediaops.settings")

app = Celery("mediaops")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
