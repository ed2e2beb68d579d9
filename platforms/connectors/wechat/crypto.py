"""The envelope of the platform's callbacks: who signed it, and what is inside.

Safe mode: AES-256-CBC with the first half of the key as IV, PKCS#7 in blocks of 32, and inside
16 random bytes, the length of the text in four bytes (big-endian), the text, and the AppID.
"""

import base64
import binascii
import hashlib
import hmac
import secrets

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32
KEY_LENGTH = 43
"""Signs of an EncodingAESKey."""


class Unreadable(Exception):
    """The content was not made with our key, for our account, or is damaged."""


def signature_of(*parts: str) -> str:
    """Return the signature over these parts: SHA-1 of all of them in order of the alphabet, joined."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def is_signed(signature: str, *parts: str) -> bool:
    """Say whether `signature` is that of these parts; takes as long for a wrong one as for a right one."""
    return hmac.compare_digest(signature.encode(), signature_of(*parts).encode())


def key_of(encoding_aes_key: str) -> bytes:
    """Return the 32 bytes that an EncodingAESKey (43 signs) stands for; raise Unreadable for anything else."""
    try:
        key = base64.b64decode(encoding_aes_key + "=", validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("the key is not base64") from None
    if len(key) != 32:
        raise Unreadable("the key has not 32 bytes")
    return key


def opened(encrypted: str, key: bytes, app_id: str) -> bytes:
    """Return the text inside; raise Unreadable when it is not for `app_id`."""
    try:
        sealed = base64.b64decode(encrypted, validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("not base64") from None
    if not sealed or len(sealed) % 16:
        raise Unreadable("not whole blocks")
    reader = _cipher(key).decryptor()
    plain = reader.update(sealed) + reader.finalize()
    padding = plain[-1]
    if not 1 <= padding <= BLOCK or plain[-padding:] != bytes([padding]) * padding:
        raise Unreadable("wrong padding")
    inside = plain[16:-padding]
    length = int.from_bytes(inside[:4], "big")
    if len(inside) < 4 + length:
        raise Unreadable("cut short")
    if not hmac.compare_digest(inside[4 + length :], app_id.encode()):
        raise Unreadable("for another account")
    return inside[4 : 4 + length]


def sealed(text: bytes, key: bytes, app_id: str, salt: bytes = b"") -> str:
    """Return `text` as `opened` reads it. `salt` (16 bytes) is random unless a test gives one."""
    inside = (salt or secrets.token_bytes(16)) + len(text).to_bytes(4, "big") + text + app_id.encode()
    padding = BLOCK - len(inside) % BLOCK
    writer = _cipher(key).encryptor()
    return base64.b64encode(writer.update(inside + bytes([padding]) * padding) + writer.finalize()).decode()


def _cipher(key: bytes) -> Cipher:
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))
