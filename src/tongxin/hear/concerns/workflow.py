"""The concern's way, as domain §2.3 has it: heard, triaged, handled, outcome, answered, rated, closed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongxin.kernel import options
from tongxin.kernel.workflow import Move, State, Workflow
from tongxin.people import queries as people
from tongxin.people import roles

from . import actions, forms, policy
from .clocks import ANSWER_CLOCK, HANDLE_CLOCK, LABELS, RATING_CLOCK, REPLY_CLOCK, TRIAGE_CLOCK
from .models import Answer, Concern, Rating

STATES = (
    State("recorded", _("To be triaged"), "seal"),
    State("triaged", _("To be handled"), "indigo"),
    State("direct_help", _("Being helped"), "indigo"),
    State("referred", _("With the handling body"), "indigo"),
    State("converted", _("Carried further"), "indigo"),
    State("outcome", _("To be answered"), "amber"),
    State("declined", _("Declined, to be told"), "amber"),
    State("answered", _("Answered, waiting for the rating"), "jade"),
    State("disputed", _("Not satisfied, to be looked at again"), "seal"),
    State("closed", _("Closed"), "", final=True),
)
UNDECIDED = ("recorded", "triaged")
ANYWHERE = tuple(state.name for state in STATES)
# Not the time for triage, which nobody has looked into yet, nor the person's own time for rating.
EXTENDABLE = ("triaged", "direct_help", "referred", "converted", "outcome", "declined", "disputed")


def _body_users(concern: Concern) -> Iterable[Any]:
    return people.users_with(concern.assembly_id, roles.BODY, concern.body_id)


def _carers(concern: Concern) -> Iterable[Any]:
    """Who looks after it: the committee's staff, or the office where there is none."""
    if concern.committee_id:
        return people.users_with(concern.assembly_id, roles.COMMITTEE, concern.committee_id)
    return people.users_with(concern.assembly_id, roles.OFFICE)


def _answerable(concern: Concern) -> Iterable[Any]:
    """Whom a missed deadline concerns: who looks after it, the office, and the body when it is the body's clock."""
    bodys = _body_users(concern) if concern.due_kind == REPLY_CLOCK.kind and concern.body_id else ()
    return (*_carers(concern), *people.users_with(concern.assembly_id, roles.OFFICE), *bodys)


# One row of the regulation's table each; kept in few lines so that the process is read at a glance. The clock for the
# outcome runs from triage, or from the person's objection, until there is an outcome: no decision between starts it
# anew (domain §2.3), a move that “starts” it while it runs leaves it as it is.
# fmt: off
MOVES = [
    Move(
        "speak", _("Say it"), _("Said by scanning a code or at the portal"), (), "recorded", policy.speak,
        "domain §2.4", form=forms.SpeakForm, act=actions.speak, then=actions.keep_pictures, starts=(TRIAGE_CLOCK,),
    ),
    Move(
        "write_down", _("Write down"), _("Written down for the person"), (), "recorded", policy.write_down,
        "domain §2.4", form=forms.WriteDownForm, act=actions.write_down, then=actions.keep_pictures,
        starts=(TRIAGE_CLOCK,),
    ),
    Move(
        "take_in", _("Take in"), _("Taken in from a list"), (), "recorded", policy.take_in, "domain §4-9",
        form=forms.TakeInForm, act=actions.take_in, starts=(TRIAGE_CLOCK,),
    ),
    Move(
        "triage", _("Triage"), _("Triaged: {where}"), ("recorded",), "triaged", policy.triage, "domain §2.3",
        form=forms.TriageForm, act=actions.triage, meets=("triage",), starts=(HANDLE_CLOCK,), tells=_carers,
        waits=True, icon="list-check",
    ),
    Move(
        "help", _("Help directly"), _("Being helped directly"), UNDECIDED, "direct_help", policy.handle, "domain §2.3",
        form=forms.HelpForm, act=actions.help_, meets=("triage",), starts=(HANDLE_CLOCK,),
        waits=True, primary=True, icon="tools",
    ),
    Move(
        "refer", _("Refer to a body"), _("Referred to {body}"), UNDECIDED, "referred", policy.handle, "domain §2.3",
        form=forms.ReferForm, act=actions.refer, meets=("triage",), starts=(HANDLE_CLOCK, REPLY_CLOCK),
        tells=_body_users, waits=True, icon="building",
    ),
    Move(
        "guide", _("Direct elsewhere"), _("Directed to {channel}"), UNDECIDED, "outcome", policy.handle, "domain §2.3",
        form=forms.GuideForm, act=actions.guide, meets=("triage", "handle"), starts=(ANSWER_CLOCK,),
        icon="corner-up-right",
    ),
    Move(
        "decline", _("Decline…"), _("Declined: {reason}"), UNDECIDED, "declined", policy.handle, "domain §2.3",
        form=forms.DeclineForm, act=actions.decline, meets=("triage", "handle"), starts=(ANSWER_CLOCK,), icon="ban",
    ),
    Move(
        "reply", _("Reply"), _("{result}: reply of the body"), ("referred",), "outcome", policy.reply, "domain §2.10",
        form=forms.OutcomeForm, act=actions.settle, meets=("handle", "reply"), starts=(ANSWER_CLOCK,), tells=_carers,
        waits=True, primary=True, icon="message-reply",
    ),
    Move(
        "send_back", _("Send back…"), _("Sent back by {body}"), ("referred",), "triaged", policy.reply, "domain §4-18",
        form=forms.SendBackForm, act=actions.send_back, meets=("reply",), tells=_carers, icon="arrow-back-up",
    ),
    Move(
        "settle", _("Record the outcome"), _("Outcome: {result}"), ("direct_help", "referred", "converted"), "outcome",
        policy.handle, "domain §2.3", form=forms.OutcomeForm, act=actions.settle, meets=("handle", "reply"),
        starts=(ANSWER_CLOCK,), waits=True, waits_in=("direct_help", "converted"), primary=True, icon="checkbox",
    ),
    Move(
        "release", _("Give back"), _("Given back: nothing came of it there"), ("converted",), "triaged",
        policy.system_only, "domain §2.0", form=forms.ReasonForm, act=actions.release, tells=_carers, hidden=True,
    ),
    Move(
        "answer", _("Tell the person"), _("The person was told ({way})"), ("outcome", "declined"), "answered",
        policy.handle, "domain §2.3", form=forms.AnswerForm, act=actions.answer, meets=("answer",),
        starts=(RATING_CLOCK,), waits=True, primary=True, icon="send",
    ),
    Move(
        "tell_more", _("Tell more"), _("The person was told what else came of it"), ANYWHERE, None, policy.system_only,
        "domain §2.0", form=forms.OutcomeForm, act=actions.tell_more, hidden=True,
    ),
    Move(
        "rate", _("Rate"), _("Rated by the person: {value}"), ("answered",), "closed", policy.hold, "domain §4-1",
        form=forms.RateForm, act=actions.rate, meets=("rating",), hidden=True,
    ),
    Move(
        "object", _("Not satisfied"), _("Rated by the person: {value}"), ("answered",), "disputed", policy.hold,
        "domain §4-1", form=forms.ObjectForm, act=actions.object_, meets=("rating",), starts=(HANDLE_CLOCK,),
        tells=_carers, hidden=True,
    ),
    Move(
        "reopen", _("Take it up again"), _("Taken up again"), ("disputed", "answered"), "triaged", policy.handle,
        "domain §2.9", form=forms.ReasonForm, act=actions.reopen, meets=("rating",), starts=(HANDLE_CLOCK,),
        primary=True, icon="refresh",
    ),
    Move(
        "explain", _("Close with an explanation"), _("Explained again and closed"), ("disputed",), "closed",
        policy.handle, "domain §2.9", form=forms.ExplainForm, act=actions.explain, meets=("handle",), waits=True,
        icon="message-circle-check",
    ),
    Move(
        "close", pgettext_lazy("a concern", "Close"), _("Closed: no rating within the time"), ("answered",), "closed",
        policy.system_only, "domain §2.3", act=actions.close, meets=("rating",), hidden=True,
    ),
    Move(
        "reassign", _("Sector and topic…"), _("Now with: {where}"), ANYWHERE[1:-1], None, policy.handle,
        "domain §2.3", form=forms.SortingForm, act=actions.reassign, icon="arrows-exchange",
    ),
    Move(
        "extend", _("More time…"), _("More time: {clock} until {until}"), EXTENDABLE, None, policy.handle,
        "domain §2.9", form=forms.ExtendForm, act=actions.extend, icon="calendar-plus",
    ),
    Move(
        "escalate", _("Escalate"), _("Overdue: {clocks}"), ANYWHERE[:-1], None, policy.system_only, "domain §2.3",
        act=actions.escalate, tells=_answerable, hidden=True,
    ),
    Move(
        "expire", _("Erase what was kept long enough"), _("Name and number erased: kept long enough"), ("closed",),
        None, policy.system_only, "domain §7-4", act=actions.forget, hidden=True,
    ),
    Move(
        "forget", _("Erase my name and number"), _("Name and number erased at the person's wish"), ANYWHERE, None,
        policy.forget, "domain §2.3", act=actions.forget, hidden=True,
    ),
    Move(
        "blot", _("Blot out a person"), _("A person was erased from it"), ANYWHERE, None, policy.system_only,
        "domain §7-4", form=forms.BlotForm, act=actions.blot, hidden=True,
    ),
]
# fmt: on


def _option(key: str) -> Any:
    return lambda assembly_id, code: options.label(assembly_id, key, code)


# The journal keeps what was written for good, so a word that is no longer known is shown as it stands.
FACT_WORDS = {
    "channel": _option("concerns.channel"),
    "reason": _option("concerns.decline_reason"),
    "result": _option("concerns.result"),
    "way": lambda _assembly_id, code: dict(Answer.Way.choices).get(code, code),
    "value": lambda _assembly_id, code: dict(Rating.Value.choices).get(code, code),
    "clock": lambda _assembly_id, kind: LABELS.get(kind, kind),
    "until": lambda _assembly_id, day: date_format(date.fromisoformat(day), "MONTH_DAY_FORMAT"),
    "clocks": lambda _assembly_id, kinds: "、".join(str(LABELS.get(kind, kind)) for kind in kinds),
}

CONCERNS = Workflow(
    "concern",
    _("Concern"),
    Concern,
    STATES,
    MOVES,
    series="concern",
    described_by=lambda concern: " · ".join(
        str(part) for part in (concern.county and concern.county.place, concern.sector, concern.body) if part
    ),
    fact_words=FACT_WORDS,
)
