"""The product's settings, on a folder, a database file and a Redis of this test process's own."""

import os
import tempfile
from pathlib import Path

from tests import servers

_folder = Path(tempfile.mkdtemp(prefix="mediaops-tests-"))
_number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))

for name in ("SITE_URL", "SECRET_KEY", "SEALING_KEYS", "ALLOWED_HOSTS", "EMAIL_URL", "DEBUG", "ALLOW_LOCAL_SERVERS"):
    os.environ.pop(name, None)
os.environ |= {
    "VAR_DIR": str(_folder),
    "TEST_DATABASE": str(_folder / "test.sqlite3"),
    "LOG_JSON": "0",
    "CELERY_QUEUE": f"tests-{os.getpid()}",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "1",  # Playwright's loop runs in the thread of the test
    "REDIS_URL": servers.redis_address(_folder, _number),
}
os.environ.setdefault("LOG_LEVEL", "WARNING")

from mediaops.lib import catalogue  # noqa: E402
from mediaops.settings import *  # noqa: E402, F403

if "PYTEST_XDIST_WORKER" not in os.environ:
    catalogue.compile_all(BASE_DIR / "locale")  # noqa: F405

STATIC_ROOT = _folder / "static"
STATIC_ROOT.mkdir()
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
