"""Make `.venv` and install the pinned packages; quick when nothing changed.

Runs before anything is installed, with whatever `python3` is there: standard library only, and no
syntax that an old Python cannot read, so that the person gets a sentence and not a traceback.

    python3 deploy/install.py requirements.txt
"""

import hashlib
import os
import subprocess
import sys

LEAST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
CLOUDY = ("Temporary failure", "Network is unreachable", "Connection refused", "timed out", "Name or service")


def stop(sentence):
    sys.stderr.write("mediaops: " + sentence + "\n")
    sys.exit(1)


def check_python():
    if sys.version_info < LEAST:
        found = ".".join(str(n) for n in sys.version_info[:3])
        stop(
            "Python 3.11 or newer is needed, and {} is {}. Install it, "
            "or name it: make run PYTHON=/path/to/python3.11".format(sys.executable, found)
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        stop(
            "this Python cannot make virtual environments (`python3 -m venv`). "
            "Install its venv package (Debian, Ubuntu: apt install python3-venv) and run make again."
        )


def wanted(lists):
    """Return a digest of the Python and of every list of packages, including those a list names with -r."""
    digest = hashlib.sha256("{} {}".format(sys.version_info[:2], VENV).encode())
    for name in lists:
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
        if name == "requirements-dev.txt":
            digest.update(wanted(["requirements.txt"]).encode())
    return digest.hexdigest()


def installed(lists):
    """Return True when the last installation covers `lists` (the tests' list covers the product's)."""
    try:
        with open(os.path.join(VENV, ".installed")) as file:
            have = file.read().split()
    except OSError:
        return False
    return wanted(lists) in have and os.path.exists(PYTHON)


def lock():
    """Hold the folder, so that two installations do not write over each other."""
    try:
        import fcntl
    except ImportError:
        stop("this needs Linux or macOS (on Windows use WSL).")
    handle = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        print("mediaops: another make is installing in this folder; waiting for it.")
        fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def make_venv():
    if os.path.exists(PYTHON) and subprocess.call([PYTHON, "-c", "import pip"], stderr=subprocess.DEVNULL) == 0:
        version = subprocess.check_output([PYTHON, "-c", "import sys; print(sys.version_info[:2] >= (3, 11))"])
        if version.strip() == b"True":
            return
    if not os.access(ROOT, os.W_OK):
        stop("{} cannot be written. Clone into a folder of your own.".format(ROOT))
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, text=True)
    if made.returncode:
        last = (made.stderr or made.stdout).strip().splitlines()[-1:] or ["no reason given"]
        stop("`python3 -m venv .venv` failed: {}".format(last[0]))


def install(lists):
    print("mediaops: installing packages into .venv (once; about a minute) …")
    sys.stdout.flush()
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-compile"]
    for name in lists:
        command += ["-r", os.path.join(ROOT, name)]
    made = subprocess.run(
        command, capture_output=True, text=True, env=dict(os.environ, PIP_ROOT_USER_ACTION="ignore")
    )
    if made.returncode:
        said = (made.stderr or made.stdout).strip()
        sys.stderr.write("\n".join(said.splitlines()[-12:]) + "\n")
        if "No space left" in said:
            stop("the disk is full; the packages need about 900 MB.")
        if any(sign in said for sign in CLOUDY):
            stop("the package index could not be reached. Check the network (or pip's index settings) and try again.")
        stop("installing the packages failed; the lines above are pip's own words.")


def remember(lists):
    digests = {wanted(lists), wanted(["requirements.txt"])}
    with open(os.path.join(VENV, ".installed"), "w") as file:
        file.write("\n".join(sorted(digests)) + "\n")


def main():
    lists = sys.argv[1:] or ["requirements.txt"]
    if installed(lists):
        return
    check_python()
    handle = lock()
    try:
        if installed(lists):
            return
        make_venv()
        install(lists)
        remember(lists)
    except OSError as error:
        stop("{}: {}. Clone into a folder of your own.".format(error.filename or VENV, error.strerror))
    except KeyboardInterrupt:
        stop("stopped while installing; run make again to finish.")
    finally:
        os.close(handle)


main()
