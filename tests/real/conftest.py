"""Real servers from outside the repository: started by their scripts, or skipped with one line.

`SERVERS_DIR` names the folder with `wordpress.sh` and `bluesky.sh` (default: `../shared/servers`
beside the repository). A server that does not run yet is started when `REAL_SERVERS=1` or `CI` is set.
"""

import os
import shlex
import subprocess
from pathlib import Path

import httpx
import pytest
from django.utils import translation

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("SERVERS_DIR") or ROOT.parent / "shared" / "servers")


@pytest.fixture(autouse=True)
def _local_servers(settings):
    settings.ALLOW_LOCAL_SERVERS = True
    with translation.override("en"):
        yield


@pytest.fixture(scope="session")
def wordpress_server():
    return _server("wordpress", "WP_URL", "/wp-json/")


@pytest.fixture(scope="session")
def bluesky_server():
    return _server("bluesky", "BSKY_PDS_URL", "/xrpc/_health")


def _server(name, address, alive):
    """Return the server's credentials by name, or skip."""
    script = FOLDER / f"{name}.sh"
    if not script.is_file():
        pytest.skip(f"no {script.name} in {FOLDER}: runs against a real {name} are left out")
    creds = _said(script, "creds")
    if not _answers(creds.get(address, "") + alive):
        if not (os.environ.get("REAL_SERVERS") or os.environ.get("CI")):
            pytest.skip(f"the real {name} does not run (REAL_SERVERS=1 starts it)")
        creds = _said(script, "start")
    return creds


def _said(script, verb):
    done = subprocess.run(["bash", script, verb], capture_output=True, text=True, timeout=900, cwd=FOLDER)
    lines = (line.partition("=") for line in done.stdout.splitlines() if "=" in line)
    return {key: "".join(shlex.split(value)) if "'" in value else value for key, _sign, value in lines}


def _answers(address):
    try:
        return httpx.get(address, timeout=5, trust_env=False).status_code == 200
    except (httpx.HTTPError, httpx.InvalidURL, httpx.UnsupportedProtocol):
        return False
