"""Receipts: what a person who spoke holds in hand to find the answer. Unguessable, readable aloud, self-checking.

A receipt is 12 symbols (60 bits) and a check symbol, shown as 7K2M-9QXA-4TWPH. It is derived from the token of the
form that was sent, so the same form sent twice has the same receipt. The database keeps only `receipt_index`: nobody
in the office can look a receipt up.
"""

import re
import unicodedata

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from stdnum import luhn

from tongxin.kernel.crypto import blind_index, keyed_hash

#: Digits and capitals without I, L, O and U, which are misread or spell words.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 13

_MISREAD = str.maketrans("OIL", "011")
_BETWEEN = re.compile(r"[\s.,·・、。_\-‐-―−ー]+")


class ReceiptError(ValueError):
    """A receipt with a typing error; `sentence` (translatable) says which."""

    def __init__(self, sentence: str | Promise) -> None:
        self.sentence = sentence
        super().__init__(str(sentence))


def receipt_for(token: str) -> str:
    """The receipt, as it is shown, of the submission that carries `token`; the same for the same token."""
    number = int.from_bytes(keyed_hash(token, "receipt token")[:8], "big")
    body = "".join(ALPHABET[number >> 5 * place & 31] for place in range(LENGTH - 1))
    return shown(body + luhn.calc_check_digit(body, alphabet=ALPHABET))


def parse(text: str) -> str | None:
    """The 13 symbols of a receipt as somebody typed it, forgiving case, width, separators and O, I, L for 0, 1, 1.

    None when nothing was typed. Raises `ReceiptError` when it cannot be a receipt; that a receipt was never given
    out is not said here.
    """
    compact = _BETWEEN.sub("", unicodedata.normalize("NFKC", text).upper()).translate(_MISREAD)
    if not compact:
        return None
    if set(compact) - set(ALPHABET):
        raise ReceiptError(_("A receipt has only digits and letters. Please compare it with your note."))
    if len(compact) != LENGTH:
        raise ReceiptError(_("A receipt has 13 characters. Please compare it with your note."))
    if not luhn.is_valid(compact, alphabet=ALPHABET):
        raise ReceiptError(_("One of the characters is mistyped. Please compare the receipt with your note."))
    return compact


def shown(compact: str) -> str:
    """A receipt as it is shown: 4-4-5."""
    return f"{compact[:4]}-{compact[4:8]}-{compact[8:]}"


def spoken(receipt: str) -> str:
    """A receipt for reading aloud: each symbol by itself, a pause between the groups."""
    return ", ".join(" ".join(group) for group in receipt.split("-"))


def receipt_index(receipt: str) -> str:
    """What the database keeps of a receipt (64 hex digits), however it is written. Raises `ReceiptError`."""
    return blind_index(parse(receipt) or "", "receipt")
