"""Turns whose member has left office, or is on leave: they are freed and stand open, with the reason in their story."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tongxin.kernel import door
from tongxin.kernel.actor import system
from tongxin.kernel.errors import DoorError

from ..models import DutyTurn

AHEAD = ("scheduled", "confirmed")


def gone(turn: DutyTurn) -> bool:
    """Whether whoever holds the turn is not in office."""
    return turn.member is not None and turn.member.state != "active"


def free(now: datetime, whose: Q | None = None) -> int:
    """Free the turns ahead that somebody holds who is not in office, and take back what was asked of such people;
    returns how many turns stand open now."""
    ahead = DutyTurn.objects.filter(whose or Q(), state__in=AHEAD, on__gte=timezone.localdate(now))
    held = ahead.filter(member__isnull=False).exclude(member__state="active")
    asked = ahead.filter(offered_to__isnull=False).exclude(offered_to__state="active").exclude(pk__in=held.values("pk"))
    done = 0
    for turn in held.select_related("assembly", "member").order_by("on", "id"):
        done += _move(turn, "free", now)
    for turn in asked.select_related("assembly").order_by("on", "id"):
        _move(turn, "decline", now, note=_("no longer in office"))
    return done


def _move(turn: DutyTurn, move: str, now: datetime, **told: str) -> bool:
    try:
        door.perform(turn, move, system(_("daily task"), turn.assembly), told, now=now)
    except DoorError:
        return False  # somebody moved it meanwhile
    return True
