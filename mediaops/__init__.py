"""Ground and roof of Mediaops.

The Celery app is exposed here because `@shared_task` binds to the default broker when nothing
has created an app before the tasks are called.
"""

from mediaops.celery import app as celery_app

__all__ = ["celery_app"]
