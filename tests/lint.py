"""`make lint`: every check that needs no test; all of them run, then one line each says how it went."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
BIN = Path(PYTHON).parent
CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
TYPED = ["mediaops/lib", "platforms/connectors", "analytics/measures.py",
         *(f"{app}/actions" for app in ("mediaops", "platforms", "campaigns", "content", "analytics"))]  # fmt: skip

CHECKS = {
    "ruff": [str(BIN / "ruff"), "check", "."],
    "format": [str(BIN / "ruff"), "format", "--check", "."],
    "mypy": [str(BIN / "mypy"), *[path for path in TYPED if (ROOT / path).exists()]],
    "djlint": [str(BIN / "djlint"), "templates", "--lint", "--quiet"],
    "migrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    "schema": [PYTHON, "manage.py", "spectacular", "--fail-on-warn", "--file", os.devnull],
    "translations": [PYTHON, "manage.py", "messages", "--check"],
}


def main() -> int:
    os.chdir(ROOT)
    wanted = sys.argv[1:] or list(CHECKS)
    results = {}
    with tempfile.TemporaryDirectory() as var:
        env = {**os.environ, "VAR_DIR": var, "LOG_LEVEL": "ERROR", "DATABASE_URL": ""}
        for name in wanted:
            if name == "translations" and not shutil.which("xgettext"):
                results[name] = "not run (no gettext)" if not CI else "failed (no gettext)"
                continue
            begun = time.monotonic()
            done = subprocess.run(CHECKS[name], env=env, capture_output=True, text=True, check=False)
            results[name] = f"{'ok' if done.returncode == 0 else 'failed'} ({time.monotonic() - begun:.0f} s)"
            if done.returncode:
                print(f"== {name} ==\n{done.stdout}{done.stderr}", flush=True)
    for name, result in results.items():
        print(f"{name:<14}{result}")
    return 1 if any(result.startswith("failed") for result in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
