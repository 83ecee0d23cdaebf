"""Keys made at first start and kept in the data folder, and connection strings taken apart."""

import base64
import os
from pathlib import Path
from urllib.parse import unquote, urlsplit


def kept(path: Path) -> str:
    """The secret in `path`; makes one (32 random bytes, base64) readable by its owner alone when there is none."""
    if not path.exists():
        fresh = base64.urlsafe_b64encode(os.urandom(32))
        draft = path.with_suffix(f".{os.getpid()}")
        fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(fd, "wb") as out:
            out.write(fresh)
        try:
            os.link(draft, path)  # the first of two processes that start together wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def email(url: str) -> tuple[str, str, int, str, str, bool]:
    """`smtps://user:password@host:465` as Django's e-mail settings, in the order settings.py unpacks them."""
    parts = urlsplit(url)
    ssl = parts.scheme == "smtps"
    return (
        "django.core.mail.backends.smtp.EmailBackend",
        parts.hostname or "localhost",
        parts.port or (465 if ssl else 25),
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        ssl,
    )
