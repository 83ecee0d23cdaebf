"""Who may do what with research reports, awards and honours, and which ones they see (domain §2.10).

Committee staff and the office write. The office, the secretary-general or the head of the research office (who reviews
briefs too) reviews, never the writer nor the staff of the committee whose report it is. The secretary-general or a
leader finalizes, who had no hand in it before.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongxin.kernel.actor import Actor
from tongxin.kernel.rules import NOTHING, Gate, Rule, either
from tongxin.people import roles
from tongxin.people.policy import SEES_ALL, own_assembly

from .models import ResearchReport, TeamMember

WRITERS = (roles.OFFICE, roles.COMMITTEE)
REVIEWERS = (roles.OFFICE, roles.SECRETARY_GENERAL, roles.INFO_REVIEWER)
FINALIZERS = (roles.SECRETARY_GENERAL, roles.LEADER)
STAFF = (*SEES_ALL, roles.INFO_REVIEWER, roles.COMMITTEE, roles.INSTRUCTIONS)

DESK = Gate(
    lambda actor: actor.has(*STAFF, roles.MEMBER, roles.CONVENER),
    gettext_lazy("Research reports are for the office, committees, leaders and the members of their teams."),
)
PAPERS = Gate(
    lambda actor: DESK(actor) or actor.has(roles.BODY),
    gettext_lazy("Research reports are for the office, committees, leaders, their teams and handling bodies."),
)
WRITE = Gate(
    lambda actor: actor.has(*WRITERS), gettext_lazy("Research reports are written by committees and the office.")
)
HONOURS = Gate(lambda actor: actor.has(roles.OFFICE), gettext_lazy("Honours of the assembly are kept by the office."))


def is_staff(actor: Actor) -> bool:
    """Whether the actor looks at reports of teams that are not theirs."""
    return actor.has(*STAFF) or actor.is_system


def _of_committee(actor: Actor) -> Q:
    scopes = actor.scopes(roles.COMMITTEE)
    return Q(assembly_id=actor.assembly_id, committee_id__in=scopes) if scopes else NOTHING


def _own(actor: Actor) -> Q:
    """What the actor wrote, or a colleague of the same committee."""
    if actor.is_system:
        return own_assembly(actor)
    mine = Q(assembly_id=actor.assembly_id, created_by_id=actor.user_id) if actor.has(*WRITERS) else NOTHING
    return either(mine, _of_committee(actor))


def _draft(actor: Actor) -> Q:
    """The office for any committee or none, committee staff for their own."""
    return either(own_assembly(actor, roles.OFFICE), _of_committee(actor))


def _on_team(actor: Actor) -> Q:
    if not actor.is_user:
        return NOTHING
    mine = TeamMember.objects.filter(user=actor.user_id).values_list("report_id", flat=True)
    return Q(assembly_id=actor.assembly_id, pk__in=mine)


def _since(actor: Actor, field: str, *held: str) -> Q:
    """Of the assembly what has got so far; before, it is its writers' business."""
    rows = own_assembly(actor, *held)
    return NOTHING if rows == NOTHING else rows & Q(**{f"{field}__isnull": False})


def _led(actor: Actor) -> Q:
    """What was given to the actor's body to act on."""
    scopes = actor.scopes(roles.BODY)
    return Q(assembly_id=actor.assembly_id, lead_body_id__in=scopes) if scopes else NOTHING


def _instructed(actor: Actor) -> Q:
    rows = own_assembly(actor, roles.OFFICE, roles.INSTRUCTIONS)
    return NOTHING if rows == NOTHING else rows & Q(instructed_at__isnull=False)


def _readable(actor: Actor) -> Q:
    if actor.is_system:
        return own_assembly(actor)
    return either(_inside(actor), _led(actor))


def _inside(actor: Actor) -> Q:
    """What the assembly itself and the team read: more is told of it than a handling body learns."""
    return either(
        _since(actor, "handed_in_at", *SEES_ALL, roles.INFO_REVIEWER),
        _since(actor, "submitted_at", roles.INSTRUCTIONS),
        _own(actor),
        _on_team(actor),
    )


def _not_written(actor: Actor, *held: str) -> Q:
    """Of the assembly what neither the actor nor a committee of theirs wrote."""
    rows = own_assembly(actor, *held)
    if rows == NOTHING or actor.is_system:
        return rows
    rows &= ~Q(created_by_id=actor.user_id)
    scopes = actor.scopes(roles.COMMITTEE)
    return rows & ~Q(committee_id__in=scopes) if scopes else rows


def _finalizes(actor: Actor) -> Q:
    rows = _not_written(actor, *FINALIZERS)
    return rows if rows == NOTHING or actor.is_system else rows & ~Q(reviewer_id=actor.user_id)


def _follows(actor: Actor) -> Q:
    return either(own_assembly(actor, roles.OFFICE), _of_committee(actor))


def _through_report(actor: Actor) -> Q:
    """Awards: the office all of the assembly's, committee staff those of their reports."""
    scopes = actor.scopes(roles.COMMITTEE)
    own = Q(assembly_id=actor.assembly_id, report__committee_id__in=scopes) if scopes else NOTHING
    return either(own_assembly(actor, roles.OFFICE), own)


def _award_of_readable(actor: Actor) -> Q:
    """Who sees a report sees its prizes."""
    rows = _readable(actor)
    if rows == NOTHING:
        return NOTHING
    return Q(report_id__in=ResearchReport.objects.filter(rows).values_list("pk", flat=True))


read = Rule(_readable, gettext_lazy("This research report is not among those you see."))
inside = Rule(_inside, gettext_lazy("This is for the assembly and the team."))
transfer = Rule(
    _instructed,
    gettext_lazy("Instructions are handed on by the office and those who are named for them."),
)
reply = Rule(_led, gettext_lazy("Only the body that has it in hand can reply."))
system_only = Rule(lambda actor: Q() if actor.is_system else NOTHING, gettext_lazy("This happens by itself."))
draft = Rule(_draft, gettext_lazy("You may write research reports of your own committee only."))
own = Rule(_own, gettext_lazy("Only those who write the report can do this."))
review = Rule(
    lambda actor: _not_written(actor, *REVIEWERS),
    gettext_lazy("You or your committee wrote this report. Somebody else has to review it."),
)
finalize = Rule(_finalizes, gettext_lazy("You had a hand in this report before. Somebody else has to finalize it."))
follow = Rule(_follows, gettext_lazy("This is for the office and the committee whose report it is."))
instruct = Rule(
    lambda actor: _since(actor, "submitted_at", roles.INSTRUCTIONS),
    gettext_lazy("Leaders' instructions are entered and read by those who are named for it."),
)
correct_award = Rule(_through_report, gettext_lazy("This is for the office and the committee whose report it is."))
read_award = Rule(_award_of_readable, gettext_lazy("This award is not among those you see."))
read_honour = Rule(
    lambda actor: own_assembly(actor, *STAFF, roles.MEMBER, roles.CONVENER),
    gettext_lazy("This honour is not among those you see."),
)
keep_honours = Rule(lambda actor: own_assembly(actor, roles.OFFICE), HONOURS.reason)


def barred(actor: Actor, report: ResearchReport, rule: Rule) -> Any:
    """Why somebody who holds the post may not use it on this report; "" when that is not what stands in the way."""
    posts = {id(review): REVIEWERS, id(finalize): FINALIZERS}.get(id(rule))
    if posts is None or not actor.has(*posts):
        return ""
    if report.created_by_id == actor.user_id:
        return _("You wrote this report. Somebody else has to decide on it.")
    if report.committee_id in actor.scopes(roles.COMMITTEE):
        return _("It is your committee's report. Somebody else has to decide on it.")
    if rule is finalize and report.reviewer_id == actor.user_id:
        return _("You reviewed this report. Somebody else has to finalize it.")
    return ""
