"""值班: scheduled, confirmed, on duty, done; swapped, missed, cancelled (domain §2.4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tongxin.kernel import options
from tongxin.kernel.workflow import Move, State, Workflow
from tongxin.people import queries as people
from tongxin.people import roles
from tongxin.people.workflow import MEMBER

from .. import actions, forms, policy
from ..lists import CONFIRM_DAYS
from ..models import DutyTurn

SCHEDULED, CONFIRMED, ON_DUTY, DONE = "scheduled", "confirmed", "on_duty", "done"
SWAPPED, MISSED, CANCELLED = "swapped", "missed", "cancelled"
AHEAD = (SCHEDULED, CONFIRMED)
OVER = (DONE, SWAPPED, MISSED, CANCELLED)
EVERY = (*AHEAD, ON_DUTY, *OVER)
SOURCE, CONSENT = "domain §2.4", "domain §7-4"


def in_time(minutes: int) -> str:
    """In time, or by how much not."""
    if not minutes:
        return str(_("in time"))
    if minutes > 0:
        return ngettext("%(n)d minute late", "%(n)d minutes late", minutes) % {"n": minutes}
    return ngettext("%(n)d minute early", "%(n)d minutes early", -minutes) % {"n": -minutes}


def _member(turn: DutyTurn) -> list[Any]:
    """The account of whoever holds the turn."""
    user = turn.member and turn.member.person.user
    return [user] if user else []


def _member_who_confirmed(turn: DutyTurn) -> list[Any]:
    """Whoever relies on the hours; the others are told when the rota is published."""
    return _member(turn) if turn.state == CONFIRMED else []


def _asked(turn: DutyTurn) -> list[Any]:
    user = turn.offered_to and turn.offered_to.person.user
    return [user] if user else []


def _planners(turn: DutyTurn) -> list[Any]:
    """Who finds somebody else: the office and the keeper, for a turn so near that the next rota comes too late."""
    if turn.on > timezone.localdate() + timedelta(days=int(options.parameter(turn.assembly_id, CONFIRM_DAYS))):
        return []
    office = people.users_with(turn.assembly_id, roles.OFFICE)
    return [*office, *people.users_with(turn.assembly_id, roles.STATION, turn.station_id)]


TURNS = Workflow(
    "turn",
    _("Duty turn"),
    DutyTurn,
    states=(
        State(SCHEDULED, _("To be confirmed"), "amber"),
        State(CONFIRMED, _("Confirmed"), "indigo"),
        State(ON_DUTY, _("On duty"), "seal"),
        State(DONE, _("Kept"), "jade", final=True),
        State(SWAPPED, _("Handed over"), final=True),
        State(MISSED, _("Missed"), "seal"),
        State(CANCELLED, _("Cancelled"), final=True),
    ),
    moves=[
        Move(
            "schedule", _("Put on the rota"), _("Put on the rota"), (), SCHEDULED, policy.plan, SOURCE,
            form=forms.duty.TurnForm, act=actions.duty.schedule, hidden=True,
        ),
        Move(
            "book", _("Enter an appointment"), _("Appointment entered"), (), SCHEDULED, policy.book, SOURCE,
            form=forms.duty.BookForm, act=actions.duty.schedule, hidden=True, tells=_member,
        ),
        Move(
            "record", _("Enter a turn that was kept"), _("Entered afterwards"), (), DONE, policy.plan, SOURCE,
            form=forms.duty.RecordForm, act=actions.duty.record, then=actions.duty.announce, hidden=True,
        ),
        Move(
            "take_over", _("Take over"), _("Taken over"), (), CONFIRMED, policy.own, SOURCE,
            form=forms.duty.TakeOverForm, act=actions.duty.take_over, hidden=True,
        ),
        Move(
            "confirm", _("I shall come"), _("Confirmed"), (SCHEDULED,), CONFIRMED, policy.own_near, SOURCE,
            act=actions.duty.confirm, waits=True, primary=True, icon="check",
        ),
        Move(
            "offer", _("Ask somebody to swap…"), _("{member} was asked to take it"), AHEAD, None, policy.own, SOURCE,
            form=forms.duty.OfferForm, act=actions.duty.offer, icon="switch-horizontal", tells=_asked,
            hint=_("The turn stays yours until the other member agrees."),
        ),
        Move(
            "accept", _("I take this turn"), _("{member} takes it"), AHEAD, SWAPPED, policy.asked, SOURCE,
            form=forms.duty.AcceptForm, act=actions.duty.accept, then=actions.duty.hand_over, waits=True,
            primary=True, icon="check", tells=_member,
        ),
        Move(
            "exchange", _("Exchange"), _("Exchanged: {member} takes it"), AHEAD, SWAPPED, policy.system_only, SOURCE,
            form=forms.duty.ExchangeForm, act=actions.duty.exchange, hidden=True,
        ),
        Move(
            "decline", _("I cannot either…"), _("{member} cannot"), AHEAD, None, policy.asked, SOURCE,
            form=forms.duty.NoteForm, act=actions.duty.decline, icon="x", tells=_member,
        ),
        Move(
            "take_back", _("Ask nobody"), _("The request to swap was taken back"), AHEAD, None, policy.own, SOURCE,
            act=actions.duty.take_back, icon="arrow-back-up",
        ),
        Move(
            "check_in", _("Check in"), _("Checked in, {late}"), AHEAD, ON_DUTY, policy.own, SOURCE,
            form=forms.duty.CheckInForm, act=actions.duty.check_in, primary=True, icon="map-pin-check",
            hint=_("With the code on the station's screen. Late or early is recorded, not refused."),
        ),
        Move(
            "check_in_later", _("Check in, sent later"), _("Checked in, {late}; there was no line, it was sent later"),
            (*AHEAD, MISSED), ON_DUTY, policy.own, SOURCE, form=forms.duty.LaterCheckInForm,
            act=actions.duty.check_in_later, hidden=True,
        ),
        Move(
            "tell_arrival", _("Tell the arrival later"),
            _("Had checked in, {late}; there was no line, it was sent later"), (ON_DUTY, DONE), None, policy.own,
            SOURCE, form=forms.duty.LaterCheckInForm, act=actions.duty.check_in_later, hidden=True,
        ),
        Move(
            "receive", _("The member is here"), _("Received by the station, {late}"), AHEAD, ON_DUTY,
            policy.tend_turn, SOURCE, form=forms.duty.OnTheDayForm, act=actions.duty.check_in, icon="user-check",
            hint=_("For members without a telephone: the keeper writes down that they came."),
        ),
        Move(
            "finish", _("Finish the turn…"), _("Kept"), (ON_DUTY,), DONE, policy.here, SOURCE,
            form=forms.duty.SummaryForm, act=actions.duty.finish, then=actions.duty.kept, waits=True, primary=True,
            icon="circle-check",
        ),
        Move(
            "assign", _("Give it to somebody else…"), _("Given to {member}"), AHEAD, SCHEDULED, policy.plan, SOURCE,
            form=forms.duty.AssignForm, act=actions.duty.assign, icon="user", tells=_member,
        ),
        Move(
            "vacate", _("Take the member off"), _("Nobody holds it now"), AHEAD, SCHEDULED, policy.plan, SOURCE,
            act=actions.duty.vacate, hidden=True,
        ),
        Move(
            "free", _("Free the turn"), _("Open again: {member} is no longer there for it ({why})"), AHEAD, SCHEDULED,
            policy.plan, SOURCE, form=forms.duty.FreeForm, act=actions.duty.free, hidden=True, tells=_planners,
        ),
        Move(
            "retime", _("Another end"), _("Until {ends} instead of {before}: its rule was changed"), AHEAD, None,
            policy.plan, SOURCE, form=forms.duty.RetimeForm, act=actions.duty.retime,
            then=actions.appointments.cut_short, hidden=True, tells=_member_who_confirmed,
        ),
        Move(
            "cancel", _("Cancel the turn…"), _("Cancelled"), AHEAD, CANCELLED, policy.plan, SOURCE,
            form=forms.duty.ReasonForm, act=actions.duty.cancel, then=actions.appointments.cancelled,
            icon="calendar-x", tells=_member,
        ),
        Move(
            "expect", _("Expect a visitor"), _("Somebody comes by appointment at {at}"), AHEAD, None,
            policy.system_only, SOURCE, form=forms.duty.VisitorForm, act=actions.duty.expect, hidden=True,
            tells=_member,
        ),
        Move(
            "expect_no_more", _("Expect a visitor no more"), _("Whoever had the appointment at {at} does not come"),
            AHEAD, None, policy.system_only, SOURCE, form=forms.duty.VisitorForm, act=actions.duty.expect,
            hidden=True, tells=_member,
        ),
        Move(
            "miss", _("Mark as missed"), _("Nobody came"), AHEAD, MISSED, policy.system_only, SOURCE,
            act=actions.duty.miss, then=actions.appointments.cancelled, hidden=True, tells=_member,
        ),
        Move(
            "vouch", _("It was kept all the same…"), _("Kept; entered afterwards"), (MISSED,), DONE, policy.tend_turn,
            SOURCE, form=forms.duty.VouchForm, act=actions.duty.vouch, then=actions.duty.kept, icon="circle-check",
            hint=_("For turns that were kept without checking in. The story below keeps who said so."),
        ),
        Move(
            "blot", _("Blot out a person"), _("A person was erased from it"), EVERY, None, policy.system_only, CONSENT,
            form=forms.duty.BlotForm, act=actions.duty.blot, hidden=True,
        ),
        Move(
            "forget", _("Erase the summary"), _("The summary was erased; its time was over"), OVER, None,
            policy.system_only, CONSENT, act=actions.duty.forget, hidden=True,
        ),
    ],
    described_by=lambda turn: f"{date_format(turn.on, 'MONTH_DAY_FORMAT')} {turn.begins:%H:%M}–{turn.ends:%H:%M}",
    fact_words={
        "late": lambda assembly_id, minutes: in_time(minutes),
        "why": lambda assembly_id, state: MEMBER.state(state).label,
    },
)  # fmt: skip
