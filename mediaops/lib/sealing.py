"""Seal secrets at rest with keys from the environment."""

import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class CannotOpen(Exception):
    """The sealed text was not made with any of the keys in `SEALING_KEYS`."""


def seal(secret: Mapping[str, str]) -> str:
    """Return `secret` encrypted with the first key of `SEALING_KEYS` (Fernet: AES-128-CBC and HMAC)."""
    return _box().encrypt(json.dumps(dict(secret)).encode()).decode()


def unseal(sealed: str) -> dict[str, str]:
    """Return what was sealed, or raise CannotOpen. Any of the keys may have sealed it."""
    try:
        return json.loads(_box().decrypt(sealed.encode()))
    except InvalidToken:
        raise CannotOpen from None


def seal_anew(sealed: str) -> str:
    """Return the same secret sealed with the first key; for changing keys."""
    return _box().rotate(sealed.encode()).decode()


def _box() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.SEALING_KEYS])
