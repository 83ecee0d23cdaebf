"""What people type is kept exactly, emoji and rare characters included, or refused with the place named."""

import re
import unicodedata
from collections.abc import Iterable
from hashlib import blake2b

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

_NEWLINE = re.compile("\r\n|[\r\x85\u2028\u2029]")
# Marks that turn the reading direction of what follows: they make text look other than it is.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Controls, lone surrogates and code points that are no characters: nothing shows them, databases refuse some.
_UNSHOWN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)


def clean(text: str, *, lines: bool = True) -> str:
    """`text` with every line end as \\n and nothing else changed.

    Raises `ValidationError` naming line and character when it holds a control character, a mark that reverses the
    reading direction or, without `lines`, a line break.
    """
    text = _NEWLINE.sub("\n", text)
    if found := _UNSHOWN.search(text):
        message = _("Line %(line)s, character %(character)s: a character stands here that cannot be shown (%(code)s).")
        raise _at(text, found.start(), message, "control")
    if found := _TURNING.search(text):
        message = _(
            "Line %(line)s, character %(character)s: an invisible mark stands here that reverses the reading "
            "direction (%(code)s)."
        )
        raise _at(text, found.start(), message, "direction")
    if not lines and "\n" in text:
        raise ValidationError(_("Please write this on one line."), code="lines")
    return text


def has_content(text: str) -> bool:
    """Whether anything in `text` can be seen (white space, joiners and other invisible marks cannot)."""
    return any(not c.isspace() and unicodedata.category(c) not in ("Cf", "Mn", "Cc") for c in text)


def stamp(*values: object) -> str:
    """16 hex digits by which a later page can tell whether what was shown has changed since."""
    return blake2b(repr(values).encode(), digest_size=8).hexdigest()


def joined(parts: Iterable[object]) -> str:
    """Sentences one after the other, in the running language: Chinese has no space between them."""
    return ("" if (get_language() or "").startswith("zh") else " ").join(str(part) for part in parts)


def whole_number(text: str) -> int | None:
    """The number in an address or a form; None for what is none, or is larger than any id (databases refuse it)."""
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _at(text: str, position: int, message: object, code: str) -> ValidationError:
    before = text[:position]
    params = {
        "line": before.count("\n") + 1,
        "character": position - before.rfind("\n"),
        "code": f"U+{ord(text[position]):04X}",
    }
    return ValidationError(message, code=code, params=params)  # type: ignore[arg-type]
