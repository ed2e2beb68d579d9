"""The WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mediaops.settings")

application = get_wsgi_application()

get_resolver().url_patterns  # noqa: B018 (load every view now: shared by all processes, and no first visitor waits)
