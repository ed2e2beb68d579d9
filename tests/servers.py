"""The real programs that tests may ask for: Redis, a Celery worker, Chromium."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from mediaops.lib import processes, redis_server

ROOT = Path(__file__).resolve().parent.parent
_kept: list[subprocess.Popen[bytes]] = []
"""Servers that live as long as this process."""


def redis_address(folder: Path, number: int) -> str:
    """Return the Redis of test process `number`: a database of TESTS_REDIS_URL's server, or a server of its own."""
    if named := os.environ.get("TESTS_REDIS_URL"):
        parts = urlsplit(named)
        return parts._replace(path=f"/{int(parts.path.strip('/') or 0) + number}").geturl()
    return start_redis(folder)


def start_redis(folder: Path) -> str:
    """Start a Redis for this test process and return its address; it ends with us."""
    at = folder / "redis.sock"
    if len(str(at)) > redis_server.LONGEST_SOCKET:
        at = Path(tempfile.mkdtemp(prefix="mo-", dir="/tmp")) / "redis.sock"
    process = redis_server.start(at, output=subprocess.DEVNULL)
    _kept.append(process)
    if not redis_server.wait_for(at, process):
        raise RuntimeError("the tests' Redis did not start")
    return f"unix://{at}?db=0"


def chromium() -> str | None:
    """Return the browser's path: CHROMIUM, or the system's."""
    if named := os.environ.get("CHROMIUM"):
        return named
    for name in ("chromium", "chromium-browser", "google-chrome", "chrome"):
        if found := shutil.which(name):
            return found
    return None


class Worker:
    """A real Celery worker (two processes) with the clock, on the database of the test.

    `kill()` is SIGKILL to every one of its processes, as when the machine loses power.
    """

    def __init__(self, env: dict[str, str], folder: Path, *, clock: bool = True, concurrency: int = 2) -> None:
        self.env, self.folder, self.clock, self.concurrency = env, folder, clock, concurrency
        self.process: subprocess.Popen[bytes] | None = None
        self.clock_process: subprocess.Popen[bytes] | None = None
        self.log_file = folder / "worker.log"

    def start(self, *, wait_s: float = 40) -> None:
        celery = [sys.executable, "-W", "ignore", "-m", "celery", "-A", "mediaops", "--quiet"]
        worker = ["worker", "--concurrency", str(self.concurrency), "--without-mingle", "--without-gossip"]
        begun = self.log_file.stat().st_size if self.log_file.exists() else 0
        with self.log_file.open("ab") as log:
            self.process = processes.start([*celery, *worker], env=self.env, cwd=str(ROOT), output=log)
            if self.clock:
                beat = ["beat", "--pidfile=", "--schedule", str(self.folder / "beat")]
                self.clock_process = processes.start([*celery, *beat], env=self.env, cwd=str(ROOT), output=log)
        end = time.monotonic() + wait_s
        while time.monotonic() < end and self.process.poll() is None:
            if "worker is ready" in self.log()[begun:]:
                return
            time.sleep(0.05)
        raise RuntimeError("the worker did not start:\n" + self.log()[-4000:])

    def stop(self) -> None:
        for process in (self.clock_process, self.process):
            if process is not None:
                processes.stop(process, wait_s=10)
        self.process = self.clock_process = None

    def kill(self) -> None:
        """End the worker (not the clock) without warning."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def log(self) -> str:
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""
