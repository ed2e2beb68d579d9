"""The product's settings for workers that tests and benches start; WORKER_IMPORTS names modules to load."""

import os

from mediaops.settings import *  # noqa: F403

CELERY_IMPORTS = os.environ.get("WORKER_IMPORTS", "").split()
