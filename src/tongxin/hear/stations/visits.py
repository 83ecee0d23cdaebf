"""来访: somebody comes during a turn. With a concern it is written down through the same door as everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from tongxin.hear.concerns import again
from tongxin.hear.concerns.models import Concern
from tongxin.hear.concerns.workflow import CONCERNS
from tongxin.kernel import door, receipts
from tongxin.kernel.actor import Actor
from tongxin.kernel.crypto import blind_index
from tongxin.kernel.errors import NotAllowed

from . import actions, policy
from .models import DutyTurn, DutyVisit

OPEN = ("on_duty", "done")  # states of a turn in which somebody can have come


@dataclass(frozen=True)
class Received:
    """What came of a visit; `receipt` is the code for the person, "" when there was no concern. `again`: it was written
    down before, with the same token."""

    visit: DutyVisit
    receipt: str = ""
    again: bool = False


def write_down(
    turn: DutyTurn, by: Actor, data: Mapping[str, Any], files: Any, token: str, now: datetime | None = None
) -> Received:
    """A visit with a concern. The same `token` again gives the same visit and receipt.

    Raises `Invalid` and `NotAllowed`.
    """
    receipt = receipts.receipt_for(f"visit {turn.pk} {token}")
    if there := _known(turn, token):
        return Received(there, receipt, True)
    _check(turn, by)
    told = {key: data[key] for key in data} | {
        "assembly": turn.assembly_id,
        "station": turn.station_id,
        "source": Concern.Source.VISIT,
        "receipt_index": receipts.receipt_index(receipt),
    }
    try:
        with transaction.atomic():
            concern = door.begin(CONCERNS, "write_down", by, told, files, now=now)
            return Received(_visit(turn, by, token, 1, concern, now), receipt)
    except IntegrityError:  # sent twice at the same moment: the other request made it
        there = _known(turn, token)
        if there is None:
            raise
        return Received(there, receipt, True)


def count(turn: DutyTurn, by: Actor, people: int, token: str, now: datetime | None = None) -> Received:
    """People who came and left nothing to follow."""
    if there := _known(turn, token):
        return Received(there, again=True)
    _check(turn, by)
    return Received(_visit(turn, by, token, people, None, now))


def differs(visit: DutyVisit, typed: Mapping[str, Any], files: Any = None) -> bool:
    """Whether a form that was sent already carries something else now, which must not be lost. The token alone is the
    same form."""
    if visit.concern is None:
        return bool(str(typed.get("text", "")).strip())
    return again.differs(visit.concern, typed, files)


def _check(turn: DutyTurn, by: Actor) -> None:
    if turn.state not in OPEN or not policy.here.allows(by, turn):
        raise NotAllowed(policy.here.reason)


def _known(turn: DutyTurn, token: str) -> DutyVisit | None:
    return DutyVisit.objects.select_related("concern").filter(token=_token(turn, token)).first()


def _token(turn: DutyTurn, token: str) -> str:
    return blind_index(f"{turn.pk} {token}", "visit")


def _visit(
    turn: DutyTurn, by: Actor, token: str, people: int, concern: Concern | None, now: datetime | None
) -> DutyVisit:
    now = now or timezone.now()
    visit = DutyVisit(
        assembly_id=turn.assembly_id, turn=turn, station_id=turn.station_id, on=turn.on, people=people,
        concern=concern, token=_token(turn, token),
    )  # fmt: skip
    with transaction.atomic():
        # Locked, as the door locks it: whoever finishes the turn at this moment counts this visit, or is told of it.
        held = DutyTurn.objects.select_for_update(of=("self",)).select_related("station", "member").get(pk=turn.pk)
        visit = door.establish(visit, by, policy.visit, now=now)
        if held.state == "done":
            actions.duty.announce(held, by, now)
    return visit
