"""`make run` itself: real processes, from the first line to the last one gone."""

import os
import re
import runpy
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from mediaops.management.commands.prepare import keep_demo_password
from mediaops.models import User

ROOT = Path(__file__).resolve().parent.parent.parent
INSTALL = ROOT / "deploy" / "install.py"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def clean_env(**changes):
    """The environment of somebody who just cloned: nothing set."""
    ours = (
        "VAR_DIR",
        "DATABASE_URL",
        "REDIS_URL",
        "SITE_URL",
        "TEST_DATABASE",
        "CELERY_QUEUE",
        "LOG_LEVEL",
        "MAKELEVEL",
    )
    env = {name: value for name, value in os.environ.items() if name not in ours and not name.startswith("DJANGO")}
    return env | {name: str(value) for name, value in changes.items()}


class Run:
    """One `make run`, without make."""

    def __init__(self, **env):
        self.lines = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mediaops.run"],
            cwd=ROOT,
            env=clean_env(DEMO="0", LOG_LEVEL="INFO", **env),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait_for(self, pattern, wait_s=60):
        end = time.monotonic() + wait_s
        while time.monotonic() < end:
            line = self.process.stdout.readline()
            if not line:
                break
            self.lines.append(line)
            if re.search(pattern, line):
                return line
        raise AssertionError(f"no line with {pattern!r} in:\n" + "".join(self.lines))

    def family(self):
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.stdout.close()
        self.process.wait()


@pytest.fixture
def run(tmp_path):
    runs = []

    def start(**env):
        runs.append(Run(**({"VAR_DIR": tmp_path / "var"} | env)))
        return runs[-1]

    yield start
    for each in runs:
        each.end()


def gone(family, wait_s=15):
    _, alive = psutil.wait_procs(family, timeout=wait_s)
    return [words for process in alive if (words := words_of(process))]


def words_of(process):
    """The command of a process that still runs; a zombie has ended and only waits for its parent to look."""
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:  # psutil.ZombieProcess is one
        return ""


def test_everything_starts_is_mended_and_ends_with_ctrl_c(run, tmp_path):
    port = free_port()
    first = run(PORT=port)
    first.wait_for(f"Mediaops is at http://127.0.0.1:{port}")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in/") as page:
        assert page.status == 200
    first.wait_for("worker is ready")

    second = run(PORT=port)
    assert "it already runs here" in second.wait_for("mediaops:")
    assert second.process.wait(10) == 1

    third = run(PORT=port, VAR_DIR=tmp_path / "other")
    assert "is taken by another program" in third.wait_for("mediaops:")
    assert third.process.wait(10) == 1

    [worker] = [p for p in first.family() if "worker" in p.cmdline() and p.ppid() == first.process.pid]
    worker.kill()
    first.wait_for("worker ended .* starting it again")
    first.wait_for("worker is ready")

    family = first.family()
    assert len(family) >= 7
    first.process.send_signal(signal.SIGINT)
    assert first.process.wait(20) == 0
    assert gone(family) == []


def test_nothing_outlives_a_killed_run(run):
    killed = run(PORT=free_port())
    killed.wait_for("worker is ready")
    family = killed.family()
    killed.process.kill()
    assert gone(family) == []


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ({"PORT": "abc"}, "PORT is 'abc'"),
        ({"PORT": "99999"}, "the highest is 65535"),
        ({"VAR_DIR": "/proc/mediaops"}, "/proc/mediaops cannot be"),
        ({"SITE_URL": "example"}, "SITE_URL is 'example'"),
        ({"DEBUG": "perhaps"}, "DEBUG is 'perhaps'"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgres://u:hidden-words@127.0.0.1:1/x"}, "the database cannot be used"),
        ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "REDIS_URL names a Redis that does not answer"),
        ({"REDIS_URL": "http://127.0.0.1"}, "REDIS_URL must start with"),
        ({"SEALING_KEYS": "short"}, "SEALING_KEYS: key 1"),
        ({"HOST": "no.such.host.invalid"}, "HOST is"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_wrong_setting_is_one_sentence(run, setting, sentence):
    wrong = run(**({"PORT": free_port()} | setting))
    said = wrong.process.communicate(timeout=60)[0]
    assert wrong.process.returncode == 1
    assert sentence in said
    assert "Traceback" not in said
    assert "hidden-words" not in said


def test_printed_password_of_the_demo_is_the_one_that_works(db, monkeypatch):
    owner, other = (
        User.objects.create_user(f"{name}@demo.example", "old-words", name=name) for name in ("owner", "editor")
    )
    outsider = User.objects.create_user("owner@team.example", "old-words", name="owner")
    monkeypatch.setenv("DEMO_PASSWORD", "new-words")
    keep_demo_password()
    for user in (owner, other, outsider):
        user.refresh_from_db()
    assert [user.check_password("new-words") for user in (owner, other, outsider)] == [True, True, False]


def install(monkeypatch, capsys, *lists):
    monkeypatch.setattr(sys, "argv", ["install.py", *lists])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(INSTALL))
    assert ended.value.code == 1
    return capsys.readouterr().err


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A folder with nothing installed."""
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "install.py").write_text(INSTALL.read_text())
    (tmp_path / "requirements.txt").write_text("no-such-package-anywhere==1\n")
    monkeypatch.setattr(sys.modules[__name__], "INSTALL", tmp_path / "deploy" / "install.py")
    return tmp_path


def test_old_python_is_named(clone, monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    said = install(monkeypatch, capsys)
    assert "Python 3.11 or newer is needed" in said
    assert "is 3.9.2" in said


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_missing_venv_module_is_named(clone, monkeypatch, capsys, module):
    monkeypatch.setitem(sys.modules, module, None)
    assert "apt install python3-venv" in install(monkeypatch, capsys)


def test_packages_that_cannot_be_installed_are_one_sentence(clone, monkeypatch, capsys):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert install(monkeypatch, capsys).splitlines()[-1].startswith("mediaops: installing the packages failed")
    assert not (clone / ".venv" / ".installed").exists()


def test_installing_again_is_quick(clone, monkeypatch):
    (clone / "requirements.txt").write_text("")
    monkeypatch.setattr(sys, "argv", ["install.py"])
    runpy.run_path(str(INSTALL))
    begun = time.monotonic()
    runpy.run_path(str(INSTALL))
    assert time.monotonic() - begun < 1
