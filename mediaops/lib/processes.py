"""Start programs that never outlive their parent."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO

_PR_SET_PDEATHSIG = 1


def die_with_parent(number: int = signal.SIGTERM) -> None:
    """Ask Linux to signal this process when its parent dies; elsewhere this does nothing."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(number))


def start(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: str | None = None,
    output: int | IO[bytes] | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` as the head of a group of its own, so that Ctrl-C reaches only us.

    Standard output and error go to `output` together (a file, `subprocess.PIPE`, None for ours).
    """
    return subprocess.Popen(  # noqa: S603
        list(command),
        env=dict(env) if env is not None else None,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        start_new_session=True,
        preexec_fn=die_with_parent,  # noqa: PLW1509
    )


def stop(process: subprocess.Popen[bytes], *, wait_s: float = 10) -> None:
    """Ask the process to end, and after `wait_s` seconds end it and whatever it started."""
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(wait_s)
    kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End the process and its whole group at once."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
