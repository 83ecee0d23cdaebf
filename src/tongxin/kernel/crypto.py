"""Personal fields at rest: encryption with keys that can be changed, and blind indexes to find a value by.

`settings.FIELD_KEYS` lists secrets; the first encrypts, all of them decrypt. To change the key, put a new secret in
front. Blind indexes are made with the last one, so they stay the same when secrets are put in front.
"""

import base64
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class Unreadable(Exception):
    """A stored value that none of the keys opens."""

    def __init__(self) -> None:
        super().__init__(
            "An encrypted value cannot be read with the keys in TONGXIN_FIELD_KEYS. "
            "Put back the key it was written with (behind the current one, separated by a comma)."
        )


def encrypt(text: str) -> str:
    """`text` under the current key; different every time."""
    return encrypt_bytes(text.encode()).decode()


def decrypt(stored: str) -> str:
    """The text that `encrypt` stored. Raises `Unreadable` under other keys or when the value was tampered with."""
    return decrypt_bytes(stored.encode()).decode()


def encrypt_bytes(content: bytes) -> bytes:
    """A file's content under the current key."""
    return _fernet(_secrets()).encrypt(content)


def decrypt_bytes(stored: bytes) -> bytes:
    """The content that `encrypt_bytes` stored. Raises `Unreadable` like `decrypt`."""
    try:
        return _fernet(_secrets()).decrypt(stored)
    except InvalidToken:
        raise Unreadable from None


def rotate(stored: str) -> str:
    """The same text under the current key. Raises `Unreadable`."""
    try:
        return _fernet(_secrets()).rotate(stored.encode()).decode()
    except InvalidToken:
        raise Unreadable from None


def keyed_hash(value: str, purpose: str) -> bytes:
    """HMAC-SHA256 of `value` (32 bytes) under a key of its own for each `purpose`; never changes while the oldest
    secret stays."""
    return hmac.digest(_derived(_secrets()[-1], f"index {purpose}"), value.encode(), "sha256")


def blind_index(value: str, purpose: str) -> str:
    """64 hex digits by which equal values are found without being stored; "" for "". Normalise `value` first."""
    return keyed_hash(value, purpose).hex() if value else ""


def _secrets() -> tuple[str, ...]:
    secrets = tuple(secret for key in settings.FIELD_KEYS if (secret := key.strip()))
    if not secrets:
        raise ImproperlyConfigured("TONGXIN_FIELD_KEYS is empty: personal fields need at least one secret.")
    return secrets


@lru_cache(maxsize=8)
def _fernet(secrets: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(secret, "encryption"))) for secret in secrets])


@lru_cache(maxsize=64)
def _derived(secret: str, purpose: str) -> bytes:
    """A 32-byte key for one purpose, so that no key serves two."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"tongxin {purpose}".encode()).derive(secret.encode())
