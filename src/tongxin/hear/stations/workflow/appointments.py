"""预约: asked, agreed with a time and a member, or answered that it is not possible (domain §4-10)."""

from __future__ import annotations

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.workflow import Move, Start, State, Workflow
from tongxin.people import queries as people
from tongxin.people import roles

from .. import actions, forms, policy
from ..lists import ASK_DAYS
from ..models import Appointment

ASKED, AGREED, MET, REFUSED, WITHDRAWN = "asked", "agreed", "met", "refused", "withdrawn"
OVER = (MET, REFUSED, WITHDRAWN)
EVERY = (ASKED, AGREED, *OVER)
SOURCE, CONSENT = "domain §4-10", "domain §7-4"
ANSWER_CLOCK = Start("appointment", _("answer to the request"), ASK_DAYS)


def _keepers(appointment: Appointment) -> list[Any]:
    """Whoever may answer: the keeper of the station, the convener of its sector, the office."""
    assembly = appointment.assembly_id
    told = [*people.users_with(assembly, roles.STATION, appointment.station_id)]
    if appointment.sector_id:
        told += people.users_with(assembly, roles.CONVENER, appointment.sector_id)
    return [*told, *people.users_with(assembly, roles.OFFICE)]


def _wish(appointment: Appointment) -> str:
    day = date_format(appointment.wish_on, "MONTH_DAY_FORMAT") if appointment.wish_on else str(_("any day"))
    return f"{appointment.station} · {day} {appointment.get_part_display()}"


APPOINTMENTS = Workflow(
    "appointment",
    _("Appointment"),
    Appointment,
    states=(
        State(ASKED, _("Waits for an answer"), "amber"),
        State(AGREED, _("Agreed"), "jade"),
        State(MET, _("Took place"), final=True),
        State(REFUSED, _("Not possible"), final=True),
        State(WITHDRAWN, _("Taken back"), final=True),
    ),
    moves=[
        Move(
            "ask", _("Ask for an appointment"), _("Asked without an account"), (), ASKED, policy.ask, SOURCE,
            form=forms.appointments.AskForm, act=actions.appointments.ask, starts=(ANSWER_CLOCK,), tells=_keepers,
            hidden=True,
        ),
        Move(
            "agree", _("Give a time…"), _("Agreed: {on} {at}, {member}"), (ASKED, AGREED), AGREED, policy.answer,
            SOURCE, form=forms.appointments.AgreeForm, act=actions.appointments.agree, meets=("appointment",),
            waits=True, waits_in=(ASKED,), primary=True, icon="calendar-plus",
            hint=_("The member is told and confirms; the person reads it under the receipt."),
        ),
        Move(
            "refuse", _("Not possible…"), _("Answered that it is not possible"), (ASKED,), REFUSED, policy.answer,
            SOURCE, form=forms.appointments.RefuseForm, act=actions.appointments.refuse, meets=("appointment",),
            icon="x",
        ),
        Move(
            "withdraw", _("I do not need it any more"), _("Taken back by the person"), (ASKED, AGREED), WITHDRAWN,
            policy.hold, SOURCE, act=actions.appointments.give_up, meets=("appointment",), hidden=True,
        ),
        Move(
            "reopen", _("Look for another time"), _("Nothing came of the meeting; another time is looked for"),
            (AGREED,), ASKED, policy.system_only, SOURCE, act=actions.appointments.reopen, starts=(ANSWER_CLOCK,),
            tells=_keepers, hidden=True,
        ),
        Move(
            "meet", _("The member was there"), _("The member was there"), (AGREED,), MET, policy.system_only, SOURCE,
            hidden=True,
        ),
        Move(
            "met_already", _("They have met already"), _("They had met already"), (ASKED,), MET, policy.answer, SOURCE,
            meets=("appointment",), icon="circle-check",
            hint=_("For whoever was received without its having been entered. Nothing more is looked for."),
        ),
        Move(
            "close_down", _("The station receives nobody"), _("Answered: the station receives nobody now"),
            (ASKED, AGREED), REFUSED, policy.system_only, SOURCE, form=forms.appointments.RefuseForm,
            act=actions.appointments.close_down, meets=("appointment",), hidden=True,
        ),
        Move(
            "forget", _("Erase name and number"), _("Name and number were erased"), EVERY, None, policy.forget_asker,
            CONSENT, act=actions.appointments.forget, hidden=True,
        ),
        Move(
            "empty", _("Erase what it was about"), _("What it was about was erased; its time was over"), (ASKED, *OVER),
            None, policy.system_only, CONSENT, act=actions.appointments.empty, hidden=True,
        ),
        Move(
            "blot", _("Blot out a person"), _("A person was erased from it"), EVERY, None, policy.system_only, CONSENT,
            form=forms.duty.BlotForm, act=actions.appointments.blot, hidden=True,
        ),
    ],
    described_by=_wish,
)  # fmt: skip
