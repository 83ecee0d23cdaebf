"""Checking in on the spot: a code that changes every minute, shown on the station's screen.

Nothing is stored: the code follows from the station, the minute and a secret key. So a check-in that waited for a line
is looked at as of the moment at which it was made, whatever is shown by then.
"""

from __future__ import annotations

import hmac
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from tongxin.kernel import options
from tongxin.kernel.crypto import keyed_hash

from .lists import EARLY_MINUTES, LATE_MINUTES
from .models import DutyTurn, Station

WINDOW = 60  # seconds a code is shown; it is accepted for one more window
DIGITS = 6


def code(station: Station, now: datetime) -> str:
    """The six digits shown at the station now."""
    window = int(now.timestamp()) // WINDOW
    number = int.from_bytes(keyed_hash(f"{station.pk} {window}", "duty arrival")[:8], "big")
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def fits(station: Station, given: str, now: datetime) -> bool:
    """Whether this is the code of this window or of the one before."""
    digits = "".join(c for c in unicodedata.normalize("NFKC", given) if c.isascii() and c.isdigit())
    shown = [code(station, now - timedelta(seconds=WINDOW * back)) for back in (0, 1)]
    return any([hmac.compare_digest(digits, one) for one in shown])  # both compared, whichever fits


def seconds_left(now: datetime) -> int:
    """How long the code shown now stays on the screen."""
    return WINDOW - int(now.timestamp()) % WINDOW


def move_of(turn: DutyTurn, moment: datetime | None) -> str:
    """Which move a check-in is: `moment` is when it was made, where it waited for a line since. "" when the turn has
    that arrival, or an earlier one, already."""
    if moment is None:
        return "check_in"
    if turn.state in ("on_duty", "done"):
        known = turn.arrived_at is not None and turn.arrived_at <= moment + timedelta(seconds=WINDOW)
        return "" if known else "tell_arrival"
    return "check_in_later"


@dataclass(frozen=True)
class Arrival:
    """`minutes` after the beginning, negative before it; 0 when the arrival counts as in time."""

    at: datetime
    minutes: int


def arrival(turn: DutyTurn, now: datetime) -> Arrival:
    """How an arrival at `now` is recorded: outside the turn's own window as so many minutes late or early."""
    begins = timezone.make_aware(datetime.combine(turn.on, turn.begins))
    minutes = int((now - begins).total_seconds() // 60)
    early = int(options.parameter(turn.assembly_id, EARLY_MINUTES))
    late = int(options.parameter(turn.assembly_id, LATE_MINUTES))
    return Arrival(now, 0 if -early <= minutes <= late else minutes)
