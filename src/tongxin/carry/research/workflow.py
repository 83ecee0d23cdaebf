"""A report's way, as domain §2.8 has it: draft, reviewed, finalized, submitted, instructed on, applied; between
these two, when the instruction is handed on, with the handling body and replied to.

Between draft and reviewed stands `review`, so that writers and reviewers know on whose desk it lies. Instructions and
prizes come when they come: some rows leave the state as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from tongxin.carry.recognition import actions as recognition
from tongxin.carry.recognition.lists import AWARD_GRADES, INSTRUCTION_LEVELS
from tongxin.kernel import options
from tongxin.kernel.workflow import Move, State, Workflow
from tongxin.people import queries as people
from tongxin.people import roles
from tongxin.people.models import User

from . import actions, forms, lists, policy
from .models import ResearchReport

STATES = (
    State("draft", _("Being written"), ""),
    State("review", _("To be reviewed"), "seal"),
    State("returned", _("Returned, to be mended"), "amber"),
    State("reviewed", _("To be finalized"), "seal"),
    State("finalized", _("Finalized, to be submitted"), "indigo"),
    State("submitted", _("Submitted"), "jade"),
    State("instructed", _("Instructed on"), "jade"),
    State("handling", _("With the handling body"), "indigo"),
    State("replied", _("The body replied"), "amber"),
    State("applied", _("Applied"), "jade", final=True),
    State("withdrawn", _("Taken back"), "", final=True),
)
WRITING = ("draft", "returned")
BEFORE_FINAL = ("draft", "review", "returned", "reviewed")
OUT = ("submitted", "instructed")  # sent up, and nothing was made of it yet
HANDED_ON = ("handling", "replied")
FINAL = ("finalized", *OUT, *HANDED_ON, "applied")


def _team(report: ResearchReport) -> Iterable[Any]:
    """Writer and team."""
    named = report.team.exclude(user=None).values("user")
    return User.objects.filter(is_active=True, pk__in=named) | User.objects.filter(
        is_active=True, pk__in=[report.created_by_id]
    )


def _writer(report: ResearchReport) -> Iterable[Any]:
    """That there is an instruction is for the staff to know."""
    return [report.created_by] if report.created_by and report.created_by.is_active else []


def _holding(report: ResearchReport, *held: str) -> list[Any]:
    return [user for role in held for user in people.users_with(report.assembly_id, role)]


def _reviewers(report: ResearchReport) -> Iterable[Any]:
    return _holding(report, *policy.REVIEWERS)


def _finalizers(report: ResearchReport) -> Iterable[Any]:
    return [*_holding(report, *policy.FINALIZERS), *_team(report)]


def _body_users(report: ResearchReport) -> list[Any]:
    return list(people.users_with(report.assembly_id, roles.BODY, report.lead_body_id))


def _answering(report: ResearchReport) -> Iterable[Any]:
    """Whoever hands instructions on, and the writer."""
    return [*_holding(report, roles.OFFICE, roles.INSTRUCTIONS), *_writer(report)]


def _late(report: ResearchReport) -> Iterable[Any]:
    return [*_body_users(report), *_answering(report)]


# One row of the table each; kept in few lines so that the process is read at a glance.
# fmt: off
MOVES = [
    Move(
        "draft", _("Begin a report"), _("Begun"), (), "draft", policy.draft, "domain §2.8",
        form=forms.reports.DraftForm, act=actions.reports.draft, then=actions.reports.keep_draft,
    ),
    Move(
        "write", _("Go on writing"), _("Written"), WRITING, None, policy.own, "domain §2.8",
        form=forms.reports.WriteForm, act=actions.reports.write, waits=True, waits_in=("returned",), icon="pencil",
    ),
    Move(
        "visit", _("Enter field work…"), _("Field work on {on}: {place}"), WRITING, None, policy.own, "domain §2.8",
        form=forms.reports.VisitForm, act=actions.reports.visit, icon="map-pin",
    ),
    Move(
        "strike_visit", _("Field work entered by mistake…"), _("Field work entered by mistake: {on}, {place}"), WRITING,
        None, policy.own, "domain §2.8", form=forms.reports.StrikeForm, act=actions.reports.strike_visit, icon="eraser",
    ),
    Move(
        "hand_in", _("Hand in for review"), _("Handed in for review"), WRITING, "review", policy.own, "domain §1.4 P13",
        form=forms.reports.HandInForm, act=actions.reports.hand_in, tells=_reviewers, primary=True, icon="send",
    ),
    Move(
        "review", _("Reviewed, to be finalized"), _("Reviewed"), ("review",), "reviewed", policy.review, "domain §2.8",
        form=forms.reports.NoteForm, act=actions.reports.review, tells=_finalizers, waits=True, primary=True,
        icon="checks",
    ),
    Move(
        "return", _("Return to the writers…"), _("Returned: {reason}"), ("review",), "returned", policy.review,
        "domain §2.8", form=forms.reports.SendBackForm, act=actions.reports.send_back, tells=_team,
        icon="arrow-back-up",
    ),
    Move(
        "finalize", _("Finalize"), _("Finalized, {on}"), ("reviewed",), "finalized", policy.finalize, "domain §2.8",
        form=forms.reports.FinalizeForm, act=actions.reports.finalize, tells=_team, waits=True, primary=True,
        icon="writing-sign",
    ),
    Move(
        "send_back", _("Return to the writers…"), _("Not finalized: {reason}"), ("reviewed",), "returned",
        policy.finalize, "domain §2.8", form=forms.reports.SendBackForm, act=actions.reports.send_back, tells=_team,
        icon="arrow-back-up",
    ),
    Move(
        "submit", _("Submit…"), _("Submitted to {to}, {on}"), ("finalized",), "submitted", policy.follow, "domain §2.8",
        form=forms.reports.SubmitForm, act=actions.reports.submit, tells=_team, waits=True, primary=True,
        icon="arrow-up-right",
    ),
    Move(
        "submit_further", _("Submit to others…"), _("Submitted to {to}, {on}"), FINAL[1:], None, policy.follow,
        "domain §2.8", form=forms.reports.SubmitForm, act=actions.reports.submit, tells=_team, icon="arrow-up-right",
    ),
    Move(
        "instruct", _("Enter an instruction…"), _("{instruction}, {on}"), OUT, "instructed", policy.instruct,
        "domain §2.8", form=forms.reports.InstructForm, act=recognition.instruct, tells=_writer, icon="writing",
    ),
    Move(
        "instruct_more", _("Enter an instruction…"), _("{instruction}, {on}"), (*HANDED_ON, "applied"), None,
        policy.instruct, "domain §2.8", form=forms.reports.InstructForm, act=recognition.instruct, tells=_writer,
        icon="writing",
    ),
    Move(
        "transfer", _("Give to a handling body…"), _("Given to {body}"), ("instructed", *HANDED_ON, "applied"),
        "handling", policy.transfer, "domain §2.8", form=forms.handling.TransferForm, act=actions.handling.transfer,
        meets=("report_reply",), starts=(lists.REPLY_CLOCK,), tells=_body_users, icon="building",
    ),
    Move(
        "reply", _("Reply"), _("Reply of the body: {result}"), ("handling",), "replied", policy.reply, "domain §2.8",
        form=forms.handling.ReplyForm, act=actions.handling.reply, meets=("report_reply",), tells=_answering,
        waits=True, primary=True, icon="message-reply",
    ),
    Move(
        "enter_reply", _("Enter the body's reply…"), _("Reply of the body: {result}"), ("handling",), "replied",
        policy.transfer, "domain §2.8", form=forms.handling.ReplyForm, act=actions.handling.reply,
        meets=("report_reply",), tells=_answering, hint=_("For a body that replies on paper."), icon="file-text",
    ),
    Move(
        "follow_up", _("Look at it again…"), _("Looked at again: {result}"), ("replied", "applied"), None,
        policy.transfer, "domain §2.8", form=forms.handling.FollowUpForm, act=actions.handling.follow_up,
        icon="eye-check",
    ),
    Move(
        "escalate", _("Escalate"), _("The reply of the body is overdue"), ("handling",), None, policy.system_only,
        "domain §2.8", act=actions.handling.escalate, tells=_late, hidden=True,
    ),
    Move(
        "apply", _("Enter what was done with it…"), _("Applied, {on}"), (*OUT, "replied"), "applied",
        policy.follow, "domain §2.8", form=forms.reports.ApplyForm, act=actions.reports.apply, tells=_team,
        icon="circle-check",
    ),
    Move(
        "award", _("Enter a prize…"), _("{year}: {prize}, {grade}"), FINAL, None, policy.follow, "domain §2.8",
        form=forms.reports.AwardForm, act=recognition.award, tells=_team, icon="award",
    ),
    Move(
        "withdraw", _("Take it back…"), _("Taken back"), BEFORE_FINAL, "withdrawn", policy.own, "domain §2.8",
        form=forms.reports.ReasonForm, act=actions.reports.withdraw, tells=_team, icon="trash",
    ),
]
# fmt: on


def _option(key: str) -> Any:
    return lambda assembly_id, code: options.label(assembly_id, key, code)


FACT_WORDS = {
    "reason": _option(lists.RETURN_REASONS),
    "result": _option("concerns.result"),
    "instruction": _option(INSTRUCTION_LEVELS),
    "grade": _option(AWARD_GRADES),
    "on": lambda _assembly_id, day: date_format(date.fromisoformat(day), "DATE_FORMAT"),
}

RESEARCH = Workflow(
    "research",
    _("Research report"),
    ResearchReport,
    STATES,
    MOVES,
    series="research",
    described_by=lambda report: " · ".join(str(part) for part in (report.committee, report.sector) if part),
    fact_words=FACT_WORDS,
)
