"""A file between its dry run and being taken in: in private storage for a day, for the one who sent it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.crypto import get_random_string

from tongxin.kernel.actor import Actor

FOLDER = "imports"
KEPT = timedelta(days=1)


def keep(content: bytes, actor: Actor) -> str:
    """Store the content and return its key."""
    key = get_random_string(32)
    default_storage.save(_path(key, actor), ContentFile(content))
    return key


def fetch(key: str, actor: Actor) -> bytes | None:
    """The content, when this actor stored it and it is still there."""
    if not key.isalnum() or not default_storage.exists(_path(key, actor)):
        return None
    with default_storage.open(_path(key, actor)) as file:
        return file.read()


def drop(key: str, actor: Actor) -> None:
    default_storage.delete(_path(key, actor))


def sweep(now: datetime) -> int:
    """Delete what was never taken in; returns how many files."""
    try:
        names = default_storage.listdir(FOLDER)[1]
    except FileNotFoundError:  # no list was ever looked at
        return 0
    old = [path for name in names if default_storage.get_modified_time(path := f"{FOLDER}/{name}") < now - KEPT]
    for path in old:
        default_storage.delete(path)
    return len(old)


def _path(key: str, actor: Actor) -> str:
    return f"{FOLDER}/{actor.user_id}-{key}"
