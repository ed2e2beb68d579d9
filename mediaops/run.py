"""`make run`: everything the product needs on one machine, as one program in one terminal.

Starts Redis (unless REDIS_URL names one), prepares the database, then keeps web, worker and clock
running until Ctrl-C. Nothing it started outlives it.
"""

import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NoReturn

from mediaops import env
from mediaops.lib import logs, processes, redis_server

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
WIDTH = 8
STOP_S = 12
START_S = 90
DEATHS, WITHIN_S = 4, 60
"""A part that dies more often than this ends the whole."""
CELERY = [PYTHON, "-W", "ignore", "-m", "celery", "-A", "mediaops", "--quiet"]
COMMANDS = {
    "web": [PYTHON, "-m", "gunicorn", "--config", "deploy/gunicorn.py", "mediaops.wsgi"],
    "worker": [*CELERY, "worker", "--without-mingle", "--without-gossip"],
    "clock": [*CELERY, "beat", "--pidfile="],
}
NOISE = {
    "redis": re.compile(
        "overcommit|oO0Oo|just started|Configuration loaded|Server initialized|SIGTERM|shutdown|ready to"
    ),
    "worker": re.compile("Warm shutdown|Cold shutdown"),
}


class CannotRun(Exception):
    """One sentence for the person who typed `make run`."""


@dataclass
class Part:
    """One program we keep running."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)


class Log:
    """One tidy log out of many programs: time, who speaks, what."""

    def __init__(self, out: IO[str]) -> None:
        self.out, self.lock = out, threading.Lock()
        self.colour = out.isatty() and "NO_COLOR" not in os.environ
        self.listeners: list[threading.Thread] = []

    def say(self, name: str, line: str) -> None:
        who = f"{name:<{WIDTH}}"
        if self.colour:
            who = f"\033[36m{who}\033[0m"
        with self.lock:
            try:
                self.out.write(f"{time.strftime('%H:%M:%S')}  {who} {line}\n")
                self.out.flush()
            except OSError:
                pass  # the terminal is gone; the signal that says so is on its way

    def listen(self, name: str, process: subprocess.Popen[bytes]) -> None:
        def follow() -> None:
            for raw in process.stdout or ():
                line = raw.decode(errors="replace").rstrip()
                if line and not (name in NOISE and NOISE[name].search(line)):
                    self.say(name, logs.redact(line))

        listener = threading.Thread(target=follow, daemon=True)
        listener.start()
        self.listeners.append(listener)


class Run:
    """One `make run`, from the first check to the last process gone."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.log = Log(sys.stdout)
        self.parts: list[Part] = []
        self.ending = threading.Event()
        self.failure = ""

    def go(self) -> int:
        from mediaops import settings

        self.settings = settings
        hold = lock(settings.VAR_DIR, self.address)
        check_port(self.host, self.port)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.ending.set())
        if os.environ.get("MAKELEVEL"):
            processes.die_with_parent()
        try:
            self.start_redis()
            self.prepare()
            self.start_parts("web")
            if self.wait_for_web():
                self.welcome()
                self.start_parts("worker", "clock")
            self.watch()
        finally:
            self.stop()
            hold.close()
        if self.failure:
            raise CannotRun(self.failure)
        return 0

    @property
    def address(self) -> str:
        return os.environ["SITE_URL"]

    def start_redis(self) -> None:
        if env.text("REDIS_URL"):
            check_redis(self.settings.REDIS_URL)
            return
        at = redis_server.socket_path(self.settings.VAR_DIR)

        def start() -> subprocess.Popen[bytes]:
            try:
                process = redis_server.start(at, output=subprocess.PIPE)
            except OSError:
                raise CannotRun("no Redis server can be started; install redis-server, or set REDIS_URL.") from None
            self.log.listen("redis", process)
            if not redis_server.wait_for(at, process):
                raise CannotRun(f"Redis did not start on {at}; its own words are above.")
            return process

        self.redis = start
        self.parts.append(Part("redis", [], start()))

    def prepare(self) -> None:
        """Migrate, compile, collect, seed: in a process of its own, so that we stay small."""
        command = [PYTHON, "manage.py", "prepare"]
        if env.flag("DEMO", True):
            os.environ["DEMO_PASSWORD"] = env.demo_password(self.settings.VAR_DIR)
            command.append("--demo")
        quiet = {**os.environ, "LOG_LEVEL": env.text("LOG_LEVEL") or "WARNING"}
        process = processes.start(command, cwd=str(ROOT), env=quiet, output=subprocess.PIPE)
        self.log.listen("prepare", process)
        while process.poll() is None:
            if self.ending.wait(0.05):
                processes.stop(process, wait_s=3)
                return
        self.log.listeners[-1].join(2)
        if process.returncode:
            raise CannotRun("preparing the database and files failed; the reason is above.")

    def start_parts(self, *names: str) -> None:
        for name in names:
            if not self.ending.is_set():
                part = Part(name, COMMANDS[name])
                part.process = self.start_part(part)
                self.parts.append(part)

    def start_part(self, part: Part) -> subprocess.Popen[bytes]:
        if part.name == "redis":
            return self.redis()
        process = processes.start(part.command, cwd=str(ROOT), output=subprocess.PIPE)
        self.log.listen(part.name, process)
        return process

    def wait_for_web(self) -> bool:
        end = time.monotonic() + START_S
        while time.monotonic() < end and not self.ending.is_set():
            if web_answers(self.host, self.port):
                return True
            self.restart_the_dead()
            self.ending.wait(0.1)
        if not self.ending.is_set():
            self.fail(f"the pages did not come up within {START_S} seconds; the reason is in the lines above.")
        return False

    def welcome(self) -> None:
        lines = ["", f"Mediaops is at {self.address}"]
        if env.flag("DEMO", True):
            lines += [
                f"Demo sign-in   owner@demo.example   password {os.environ['DEMO_PASSWORD']}",
                "               also manager@, editor@, operator@, analyst@ and viewer@demo.example",
                f"Demo website   {self.address}/site/demo/",
            ]
        lines += ["Ctrl-C stops everything; the data stays in " + str(self.settings.VAR_DIR), ""]
        with self.log.lock:
            print("\n".join(lines), flush=True)

    def watch(self) -> None:
        while not self.ending.wait(0.5):
            self.restart_the_dead()

    def restart_the_dead(self) -> None:
        for part in self.parts:
            if part.process is None or part.process.poll() is None or self.ending.is_set():
                continue
            now = time.monotonic()
            part.deaths = [at for at in part.deaths if now - at < WITHIN_S] + [now]
            if len(part.deaths) >= DEATHS:
                self.fail(f"{part.name} ended {DEATHS} times within a minute; the reason is in the lines above.")
                return
            self.log.say("run", f"{part.name} ended (exit {part.process.returncode}); starting it again")
            processes.kill(part.process)
            self.ending.wait(len(part.deaths) - 1)
            part.process = self.start_part(part)

    def fail(self, sentence: str) -> None:
        self.failure = sentence
        self.ending.set()

    def stop(self) -> None:
        """Clock, web and worker together, and Redis when nobody needs it any more."""
        self.ending.set()
        if any(part.process for part in self.parts):
            self.log.say("run", "stopping")
        last = [part for part in self.parts if part.name == "redis"]
        for group in ([part for part in self.parts if part.name != "redis"], last):
            alive = [part.process for part in group if part.process is not None]
            for process in alive:
                if process.poll() is None:
                    process.terminate()
            end = time.monotonic() + STOP_S
            for process in alive:
                processes.stop(process, wait_s=max(0.1, end - time.monotonic()))
        for listener in self.log.listeners:
            listener.join(0.5)


def lock(folder: Path, address: str) -> IO[str]:
    """Hold `folder` for one run at a time."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = (folder / "run.lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise CannotRun(f"{folder} cannot be written ({error.strerror}). Set VAR_DIR to a folder of yours.") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.seek(0)
        raise CannotRun(
            f"it already runs here ({handle.read().strip() or 'starting'}). "
            "Stop it first, or give this one its own data: make run VAR_DIR=… PORT=…"
        ) from None
    handle.truncate(0)
    handle.write(f"process {os.getpid()}, {address}")
    handle.flush()
    return handle


def check_port(host: str, port: int) -> None:
    """Raise CannotRun when something else listens there."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
    except socket.gaierror:
        raise CannotRun(f"HOST is {host!r}, which is no address of this machine.") from None
    except PermissionError:
        raise CannotRun(f"port {port} needs an administrator; choose one above 1023: make run PORT=8000") from None
    except OSError:
        raise CannotRun(
            f"port {port} on {host} is taken by another program; choose another: make run PORT={port % 65000 + 1}"
        ) from None


def check_redis(url: str) -> None:
    """Raise CannotRun when the Redis that REDIS_URL names does not answer."""
    import redis

    try:
        redis.Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3).ping()
    except (redis.RedisError, ValueError, OSError) as error:
        raise CannotRun(f"REDIS_URL names a Redis that does not answer: {logs.redact(str(error))}") from None


def web_answers(host: str, port: int) -> bool:
    """Say whether our own pages answer; what other names the host has does not matter."""
    near = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    request = urllib.request.Request(f"http://{near}:{port}/healthz", headers={"Host": "localhost"})
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def read_environment() -> tuple[str, int]:
    """Read `.env` and return host and port; give the parts what they need to agree."""
    env.read_env_file(ROOT / ".env")
    host, port = env.text("HOST") or "127.0.0.1", env.number("PORT", 8000, least=1)
    if port > 65535:
        raise env.BadSetting(f"PORT is {port}; the highest is 65535.")
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104
    if not os.environ.get("SITE_URL"):
        os.environ["SITE_URL"] = f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
    os.environ.setdefault("LOG_JSON", "0")
    os.environ["BIND"] = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    os.environ["PYTHONUNBUFFERED"] = "1"
    return host, port


def give_up(sentence: object) -> NoReturn:
    sys.stdout.flush()
    print(f"\nmediaops: {sentence}", file=sys.stderr)
    sys.exit(1)


def main(run: Callable[[str, int], Run] = Run) -> None:
    os.chdir(ROOT)
    try:
        sys.exit(run(*read_environment()).go())
    except (env.BadSetting, CannotRun) as error:
        give_up(error)


if __name__ == "__main__":
    main()
