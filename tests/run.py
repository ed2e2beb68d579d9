"""`make test`: everything, on every database that is there, and a line for what could not run.

    python -m tests.run [paths or pytest arguments]

SQLite with a Redis of the tests' own always; PostgreSQL too where DATABASE_URL (and REDIS_URL) name
servers. With CI=true, what cannot run is a failure.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from mediaops import env
from mediaops.lib import redis_server
from tests import servers

ROOT = Path(__file__).resolve().parent.parent
CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
LANES = "2"
ALONE = "alone"
"""Tests that measure time or memory, or need the machine to themselves, run after the others."""


def main() -> int:
    os.chdir(ROOT)
    try:
        env.read_env_file(ROOT / ".env")
    except env.BadSetting as error:
        print(f"mediaops: {error}", file=sys.stderr)
        return 1
    arguments, cannot = sys.argv[1:] or ["tests"], cannot_run()
    failed = []
    for name, settings in databases().items():
        print(f"\n== {name} ==", flush=True)
        if not run_pytest(arguments, settings, cannot):
            failed.append(name)
    for line in cannot:
        print(f"not run: {line}")
    if failed:
        print(f"failed on {', '.join(failed)}")
    mandatory = [line for line, mark in cannot.items() if mark != "real" or os.environ.get("REAL_SERVERS") != "0"]
    return 1 if failed or (CI and mandatory) else 0


def databases() -> dict[str, dict[str, str]]:
    """Return the settings of each round by its name."""
    rounds: dict[str, dict[str, str]] = {"SQLite, embedded Redis": {"DATABASE_URL": "", "TESTS_REDIS_URL": ""}}
    url, redis = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
    if url.startswith("postgres"):
        rounds["PostgreSQL" + (", Redis server" if redis else ", embedded Redis")] = {
            "DATABASE_URL": url, "TESTS_REDIS_URL": redis,
        }  # fmt: skip
    return rounds


def cannot_run() -> dict[str, str]:
    """Return what this machine lacks: a line for the reader, and what deselects the tests."""
    lacks = {}
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        lacks["tests on PostgreSQL (DATABASE_URL names no server)"] = ""
    if servers.chromium() is None:
        lacks["browser tests (no Chromium; CHROMIUM=… names one)"] = "browser"
    if redis_server.program() is None:
        lacks["tests with a worker (no redis-server)"] = "worker"
    if not real_servers():
        lacks["tests against real WordPress and Bluesky servers (SERVERS_DIR, or WP_URL and BSKY_PDS_URL)"] = "real"
    if subprocess.run(["sh", "-c", "command -v xgettext"], capture_output=True).returncode:
        lacks["check of the translations (no gettext)"] = ""
    return lacks


def real_servers() -> bool:
    """Say whether the platforms' own servers are there (tests/real starts them when REAL_SERVERS or CI is set)."""
    if os.environ.get("WP_URL") and os.environ.get("BSKY_PDS_URL"):
        return True
    folder = Path(os.environ.get("SERVERS_DIR") or ROOT.parent / "shared" / "servers")
    return (folder / "wordpress.sh").exists() and os.environ.get("REAL_SERVERS", "1" if CI else "0") != "0"


def run_pytest(arguments: list[str], settings: dict[str, str], cannot: dict[str, str]) -> bool:
    """Run the tests in two lanes, then those that want the machine alone; True when all passed."""
    without = [f"not {mark}" for mark in cannot.values() if mark]
    common = [sys.executable, "-m", "pytest", *arguments, "-q"]
    surroundings = {**os.environ, **settings, "PYTHONHASHSEED": "0"}  # both lanes must see one order
    lanes = [*common, "-n", LANES, "--dist", "loadgroup", "-m", " and ".join([*without, f"not {ALONE}"])]
    after = [*common, "-m", " and ".join([*without, ALONE])]
    codes = []
    for command in [lanes, after] if any_alone() else [lanes]:
        begun = time.monotonic()
        codes.append(subprocess.run(command, env=surroundings, check=False).returncode)
        print(f"({time.monotonic() - begun:.0f} s)", flush=True)
    return all(code in (0, 5) for code in codes) and 0 in codes  # 5: nothing to run there


def any_alone() -> bool:
    return any(f"mark.{ALONE}" in path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))


if __name__ == "__main__":
    sys.exit(main())
