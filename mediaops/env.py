"""Settings from the environment, parsed with checks.

`BadSetting` carries one sentence for the person who starts the program; `manage.py` and the run
script print it without a traceback.
"""

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured


class BadSetting(ImproperlyConfigured):
    """An environment variable cannot be used; the text says which and how to mend it."""


def read_env_file(path: Path) -> None:
    """Load `KEY=VALUE` lines of `path` into the environment; what is set already wins."""
    if not path.exists():
        return
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise BadSetting(f"{path.name} cannot be read: {reason}.") from None
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        key, sign, value = line.partition("=")
        key = key.removeprefix("export ").strip()
        if not sign or not key.isidentifier():
            raise BadSetting(f"{path.name}, line {number}: expected KEY=VALUE, found {key[:40]!r}.")
        os.environ.setdefault(key, value.strip().strip("'\""))


def text(name: str, default: str = "") -> str:
    """Return the variable, or the content of the file that `<name>_FILE` names."""
    if file := os.environ.get(f"{name}_FILE"):
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadSetting(f"{name}_FILE: {file} cannot be read ({error.strerror}).") from None
    return os.environ.get(name, default)


def flag(name: str, default: bool = False) -> bool:
    """Return True for 1, true, yes, on; False for 0, false, no, off and empty."""
    value = text(name, "1" if default else "0").strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off", ""}:
        return False
    raise BadSetting(f"{name} is {value!r}; use 1 or 0.")


def number(name: str, default: int, *, least: int = 0) -> int:
    """Return a whole number of at least `least`."""
    value = text(name) or str(default)
    if not value.isdigit() or int(value) < least:
        raise BadSetting(f"{name} is {value!r}; it must be a whole number of at least {least}.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """Return the comma-separated parts, without empty ones."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def address(name: str, default: str) -> str:
    """Return an http(s) address without a trailing slash."""
    value = text(name) or default
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or 1)
    except ValueError:
        usable = False
    if not usable:
        raise BadSetting(f"{name} is {value!r}; it must be an http or https address.")
    return value.rstrip("/")


def host_of(url: str) -> str:
    """Return the host name of an address checked by `address`."""
    return urlsplit(url).hostname or ""


def secret(name: str, folder: Path) -> str:
    """Return the variable, or a random value kept in `folder` since the first start."""
    return text(name) or _kept(folder / f"{name.lower()}.txt", lambda: secrets.token_urlsafe(50))


def sealing_keys(name: str, folder: Path) -> list[str]:
    """Return the keys of the variable, first the one that seals; or one kept in `folder`."""
    keys = words(name) or [_kept(folder / "sealing_key.txt", lambda: Fernet.generate_key().decode())]
    for number, key in enumerate(keys, 1):
        try:
            Fernet(key)
        except ValueError:
            raise BadSetting(
                f"{name}: key {number} is not a Fernet key (32 bytes in URL-safe base64); "
                "`manage.py sealing_key` prints one."
            ) from None
    return keys


def demo_password(folder: Path) -> str:
    """Return `DEMO_PASSWORD`, or a random one kept in `folder` since the demo was made."""
    return text("DEMO_PASSWORD") or _kept(folder / "demo_password.txt", lambda: secrets.token_urlsafe(9))


def database(name: str, default: Path) -> dict[str, Any]:
    """Return Django's database settings: SQLite at `default`, or what the address says."""
    url = text(name)
    if not url:
        try:
            default.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadSetting(f"{default.parent} cannot be made ({error.strerror}). Set VAR_DIR.") from None
        return _sqlite(str(default))
    if not url.startswith(("postgres://", "postgresql://", "sqlite:///")):
        raise BadSetting(f"{name} must start with postgres:// or sqlite:///.")
    try:
        config: dict[str, Any] = environ.Env.db_url_config(url)
    except Exception:
        raise BadSetting(f"{name} is not an address such as postgres://user:password@host/name.") from None
    if config.get("ENGINE", "").endswith("sqlite3"):
        return _sqlite(str(config["NAME"]))
    return config | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


def _sqlite(file: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
        "TEST": {"NAME": text("TEST_DATABASE") or None},
    }


def redis_address(name: str, socket: Path) -> str:
    """Return the address of the Redis server; without one, the Unix socket of our own."""
    value = text(name) or f"unix://{socket}?db=0"
    if not value.startswith(("redis://", "rediss://", "unix://")):
        raise BadSetting(f"{name} must start with redis://, rediss:// or unix://.")
    return value


def broker(redis_url: str) -> str:
    """Return the Redis address as Celery spells it (Unix sockets have their own scheme there)."""
    if redis_url.startswith("unix://"):
        path, _, query = redis_url.removeprefix("unix://").partition("?")
        db = query.removeprefix("db=") or "0"
        return f"redis+socket://{path}?virtual_host={db}"
    return redis_url


def level(name: str, default: str) -> str:
    """Return a level of logging."""
    value = (text(name) or default).upper()
    if value not in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
        raise BadSetting(f"{name} is {value!r}; use DEBUG, INFO, WARNING or ERROR.")
    return value


def _kept(file: Path, make: Callable[[], str]) -> str:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(make())
    except FileExistsError:
        pass
    except OSError as error:
        raise BadSetting(f"{file.parent} cannot be written ({error.strerror}). Set VAR_DIR.") from None
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadSetting(f"{file} cannot be read ({error.strerror}).") from None
