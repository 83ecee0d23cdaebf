"""联络站: planned, in use, resting, closed (domain §2.4)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.workflow import Move, State, Workflow
from tongxin.people import queries as people
from tongxin.people import roles

from .. import actions, forms, policy
from ..forms.keeping import ExplainIdleForm
from ..models import Station, StationMember

PLANNED, ACTIVE, SUSPENDED, CLOSED = "planned", "active", "suspended", "closed"
NOT_CLOSED = (PLANNED, ACTIVE, SUSPENDED)
SOURCE = "domain §2.4"


def _keepers(station: Station) -> list[Any]:
    """Who looks after a station: its keepers, and the office."""
    keepers = people.users_with(station.assembly_id, roles.STATION, station.pk)
    return [*keepers, *people.users_with(station.assembly_id, roles.OFFICE)]


def _up(station: Station) -> list[Any]:
    """Whoever looks after a station, the members in charge of it, and the leaders."""
    heads = station.members.filter(part=StationMember.Part.HEAD, to_on=None, member__person__user__is_active=True)
    told = [*_keepers(station), *(post.member.person.user for post in heads.select_related("member__person__user"))]
    for role in (roles.LEADER, roles.SECRETARY_GENERAL):
        told += people.users_with(station.assembly_id, role)
    return told


def _day(_assembly_id: int, iso: Any) -> str:
    return date_format(date.fromisoformat(iso), "DATE_FORMAT") if iso else ""


STATIONS = Workflow(
    "station",
    _("Station"),
    Station,
    states=(
        State(PLANNED, _("Being set up"), "indigo"),
        State(ACTIVE, _("In use"), "jade"),
        State(SUSPENDED, _("Resting"), "amber"),
        State(CLOSED, _("Closed for good"), final=True),
    ),
    moves=[
        Move(
            "plan", _("Plan a station"), _("Station planned"), (), PLANNED, policy.manage, SOURCE,
            form=forms.places.StationForm, act=actions.places.plan, hidden=True,
        ),
        Move(
            "open", _("Open the station"), _("Opened on {on}"), (PLANNED,), ACTIVE, policy.manage, SOURCE,
            form=forms.places.DatedForm, act=actions.places.open_, primary=True, icon="door-enter",
            hint=_("From this day on it is shown to the public, and its code leads to the page to speak."),
        ),
        Move(
            "suspend", _("Suspend…"), _("Resting since {on}"), (ACTIVE,), SUSPENDED, policy.manage, SOURCE,
            form=forms.places.StandDownForm, act=actions.places.suspend, then=actions.places.stand_down,
            icon="player-pause",
            hint=_(
                "Whoever scans its code is told so and can speak without a station. Duty turns ahead are cancelled, and"
                " people with an appointment are told."
            ),
        ),
        Move(
            "resume", _("Open again"), _("Open again from {on}"), (SUSPENDED,), ACTIVE, policy.manage, SOURCE,
            form=forms.places.DatedForm, act=actions.places.resume, primary=True, icon="player-play",
        ),
        Move(
            "close", _("Close the station…"), _("Closed on {on}"), NOT_CLOSED, CLOSED, policy.manage, SOURCE,
            form=forms.places.StandDownForm, act=actions.places.close, then=actions.places.stand_down,
            icon="door-exit",
            hint=_(
                "For good. The members' service here ends on the same day, duty turns ahead are cancelled, and people"
                " with an appointment are told; what was said here stays."
            ),
        ),
        Move(
            "post", _("Add a member"), _("{member} serves here from {on}"), NOT_CLOSED, None, policy.manage, SOURCE,
            form=forms.places.PostForm, act=actions.places.post, icon="user-plus", hidden=True,
        ),
        Move(
            "withdraw", _("End a member's service"), _("{member} served here until {on}"), NOT_CLOSED, None,
            policy.manage, SOURCE, form=forms.places.WithdrawForm, act=actions.places.withdraw, icon="user-minus",
            hidden=True,
        ),
        Move(
            "warn", _("Warn: nothing happens here"), _("Nothing has happened here since {since}"), (ACTIVE,), None,
            policy.system_only, SOURCE, act=actions.places.warn, hidden=True, tells=_keepers,
        ),
        Move(
            "alarm", _("Tell the leaders: still nothing happens here"),
            _("Nothing has happened here for {days} days, since {since}; the leaders were told"), (ACTIVE,), None,
            policy.system_only, SOURCE, act=actions.places.alarm, hidden=True, tells=_up,
        ),
        Move(
            "wake", _("Something happens again"), _("Something happens here again"), (ACTIVE,), None,
            policy.system_only, SOURCE, act=actions.places.wake, hidden=True,
        ),
        Move(
            "explain_idle", _("Say why nothing happens…"), _("Why nothing happens here"), (ACTIVE,), None,
            policy.explain_idle, SOURCE, form=ExplainIdleForm, act=actions.places.explain_idle, waits=True,
            icon="message",
        ),
    ],
    described_by=lambda station: " · ".join(
        str(part) for part in (station.county and station.county.place, station.sector) if part
    ),
    fact_words={"since": _day},
)  # fmt: skip
