"""What happens to a turn beyond its state. Called only by the door."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tongxin.kernel import door, events
from tongxin.kernel.actor import Actor, system
from tongxin.people.models import Member

from .. import arrival
from ..models import DutyTurn, RotaRule
from . import appointments, erasing

Facts = dict[str, Any]
DONE_EVENT = "stations.duty_done"


def schedule(by: Actor, now: datetime, **told: Any) -> DutyTurn:
    """A turn at a station of the actor's assembly."""
    return DutyTurn(assembly_id=told["station"].assembly_id, **told)


def record(by: Actor, now: datetime, **told: Any) -> DutyTurn:
    """A turn that was kept before its rota stood here."""
    turn = schedule(by, now, **told)
    turn.done_at = now
    return turn


def take_over(by: Actor, now: datetime, *, replaces: DutyTurn, member: Member) -> DutyTurn:
    """The same turn for whoever agreed to take it."""
    names = ("assembly_id", "rota_id", "station_id", "rule_id", "on", "begins", "ends", "seat", "who", "purpose")
    return DutyTurn(replaces=replaces, member=member, **{name: getattr(replaces, name) for name in names})


def assign(turn: DutyTurn, by: Actor, now: datetime, *, member: Member) -> Facts:
    turn.member, turn.offered_to = member, None
    return {"member": str(member)}


def vacate(turn: DutyTurn, by: Actor, now: datetime) -> Facts:
    turn.member, turn.offered_to = None, None
    return {}


def free(turn: DutyTurn, by: Actor, now: datetime) -> Facts:
    """Whoever held it left office or is on leave; the journal keeps who and why."""
    facts = {"member": str(turn.member), "why": turn.member.state if turn.member else ""}
    turn.member, turn.offered_to = None, None
    return facts


def confirm(turn: DutyTurn, by: Actor, now: datetime) -> Facts:
    turn.offered_to = None
    return {}


def offer(
    turn: DutyTurn, by: Actor, now: datetime, *, member: Member, note: str, exchange: DutyTurn | None, **_given: Any
) -> Facts:
    """Another member is asked; `exchange` is their turn that is wanted in return."""
    turn.offered_to, turn.exchange_for = member, exchange
    if exchange is not None:
        wanted = _("in exchange for %(day)s, %(station)s") % {
            "day": f"{exchange.on:%m-%d}",
            "station": exchange.station,
        }
        note = f"{wanted} · {note}" if note else wanted
    return {"member": str(member), "note": note}


def accept(turn: DutyTurn, by: Actor, now: datetime) -> Facts:
    return {"member": str(turn.offered_to)}


def hand_over(turn: DutyTurn, by: Actor, now: datetime) -> Facts:
    """The turn begins anew with the other member, in the same act; one that is exchanged for it with this one."""
    from ..workflow.duty import TURNS

    theirs, office = turn.exchange_for, system(_("exchange of turns"), turn.assembly)
    if theirs is not None:  # first both are given up: they may lie on one day
        theirs = door.perform(theirs, "exchange", office, {"member": turn.member}, now=now)
    taken = door.begin(TURNS, "take_over", by, {"replaces": turn, "member": turn.offered_to}, now=now)
    appointments.handed_over(turn, taken)
    if theirs is not None:
        taken = door.begin(TURNS, "take_over", office, {"replaces": theirs, "member": turn.member}, now=now)
        appointments.handed_over(theirs, taken)
    return {}


def exchange(turn: DutyTurn, by: Actor, now: datetime, *, member: Member) -> Facts:
    """Its member takes another's turn, who takes this one."""
    turn.offered_to = None
    return {"member": str(member)}


def decline(turn: DutyTurn, by: Actor, now: datetime, *, note: str) -> Facts:
    facts = {"member": str(turn.offered_to), "note": note}
    turn.offered_to = None
    return facts


def take_back(turn: DutyTurn, by: Actor, now: datetime) -> Facts:
    turn.offered_to = None
    return {}


def check_in(turn: DutyTurn, by: Actor, now: datetime, **_given: Any) -> Facts:
    """Late and early arrivals are recorded as such; only a wrong code is refused, by the form."""
    turn.offered_to = None
    return _arrive(turn, now)


def check_in_later(turn: DutyTurn, by: Actor, now: datetime, *, moment: datetime, **_given: Any) -> Facts:
    """Whoever checked in without a line was there when they did, and is late only if they were late then."""
    turn.offered_to, turn.arrival_sent_at = None, now
    return _arrive(turn, moment)


def _arrive(turn: DutyTurn, at: datetime) -> Facts:
    arrived = arrival.arrival(turn, at)
    turn.arrived_at, turn.late_by = arrived.at, arrived.minutes
    return {"late": arrived.minutes}


def vouch(turn: DutyTurn, by: Actor, now: datetime, *, summary: str, arrived: time | None) -> Facts:
    """Somebody says that a turn was kept, and when its member came, if that is known."""
    finish(turn, by, now, summary=summary)
    if arrived is None:
        return {}
    return _arrive(turn, timezone.make_aware(datetime.combine(turn.on, arrived)))


def finish(turn: DutyTurn, by: Actor, now: datetime, *, summary: str) -> Facts:
    turn.summary, turn.done_at = summary, now
    return {}


def announce(turn: DutyTurn, by: Actor, now: datetime, **_given: Any) -> Facts:
    """Tell the other rooms that this turn was kept; the contact record follows from it.

    Told again, with all that came, when a visit is written down after the turn was finished.
    """
    if turn.member_id:
        concerns = list(turn.visits.exclude(concern=None).values_list("concern_id", flat=True)) if turn.pk else []
        visitors = sum(turn.visits.values_list("people", flat=True)) if turn.pk else 0
        events.announce(
            DONE_EVENT, turn, by, now,
            member=turn.member, on=turn.on, place=turn.station.name, summary=turn.summary, concerns=concerns,
            visitors=visitors,
        )  # fmt: skip
    return {}


def retime(turn: DutyTurn, by: Actor, now: datetime, *, ends: time, rule: RotaRule | None) -> Facts:
    """Its rule has another end now."""
    facts = {"before": f"{turn.ends:%H:%M}", "ends": f"{ends:%H:%M}"}
    turn.ends, turn.rule = ends, rule or turn.rule
    return facts


def cancel(turn: DutyTurn, by: Actor, now: datetime, *, reason: str) -> Facts:
    turn.offered_to = None
    return {"note": reason}


def expect(turn: DutyTurn, by: Actor, now: datetime, *, at: time) -> Facts:
    """Somebody comes by appointment, or does not come after all; the request itself is kept elsewhere."""
    return {"at": f"{at:%H:%M}"}


def kept(turn: DutyTurn, by: Actor, now: datetime, **given: Any) -> Facts:
    """A turn was kept: its visitors were received, and the other rooms are told."""
    appointments.kept(turn, by, now)
    return announce(turn, by, now, **given)


def miss(turn: DutyTurn, by: Actor, now: datetime) -> Facts:
    turn.offered_to = None
    return {}


def blot(turn: DutyTurn, by: Actor, now: datetime, *, name: str, phone: str) -> Facts:
    """Somebody's name and number go from what was written of the turn."""
    erasing.clear(turn, name, phone)
    return {}


def forget(turn: DutyTurn, by: Actor, now: datetime) -> Facts:
    """What was written of a turn long ago goes; the turn and its visitors stay counted."""
    for field in erasing.TEXTS[DutyTurn]:
        setattr(turn, field, "")
    return {}
