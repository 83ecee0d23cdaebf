"""What may stand in a log: never a receipt, which opens its concern to whoever reads it there."""

from __future__ import annotations

import logging
import re

_RECEIPT = re.compile(r"(/r/)[^/\s?]+")


class WithoutReceipts(logging.Filter):
    """Blots receipts out of the addresses that a line tells. Nothing is held back."""

    def filter(self, record: logging.LogRecord) -> bool:
        told = record.getMessage()
        blotted = _RECEIPT.sub(r"\1…", told)
        if blotted != told:
            record.msg, record.args = blotted, ()
        return True
