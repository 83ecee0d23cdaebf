"""Who may do what with a brief, and which ones they see (domain §2.5, §2.10).

The three hands are three different people. What one of them may not do because another hand was theirs is refused with
its own sentence (`barred`), not as if the brief were not there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongxin.hear.concerns import policy as concerns
from tongxin.kernel.actor import Actor
from tongxin.kernel.rules import NOTHING, Gate, Rule, either
from tongxin.people import roles
from tongxin.people.policy import BRIEFS, SEES_ALL, own_assembly

from .models import Brief, BriefAuthor, BriefHandling, BriefReport

WRITERS = (roles.OFFICE, roles.COMMITTEE, roles.CONVENER, roles.MEMBER, roles.STATION, roles.INFO_EDITOR)
DESK_STAFF = (*SEES_ALL, *BRIEFS, roles.COMMITTEE, roles.SUPERVISION, roles.INSTRUCTIONS)

DESK = Gate(
    lambda actor: actor.has(*DESK_STAFF, *WRITERS, roles.BODY),
    gettext_lazy("Briefs are for those who write them, the three posts, the office and handling bodies."),
)
WRITE = Gate(
    lambda actor: actor.has(*WRITERS), gettext_lazy("Writing a brief is for members, stations, committees and staff.")
)
TAKE_IN = Gate(lambda actor: actor.has(roles.INFO_EDITOR), gettext_lazy("Packages are taken in by the editors."))
EDIT = Gate(lambda actor: actor.has(roles.INFO_EDITOR), gettext_lazy("Merging briefs is for the editors."))


#: As what somebody sees a brief: the assembly or its authors; a body that handles it; anybody who reads what is public.
INSIDE, AS_BODY, AS_PUBLIC = "inside", "body", "public"


@dataclass(frozen=True)
class MarkedRule(Rule):
    """A rule about reading that a row of `queries.marked` answers by its marks, without asking the database again."""

    told: Callable[[Actor, Brief], bool]

    def allows(self, actor: Actor, record: Any) -> bool:
        return self.told(actor, record) if hasattr(record, "seen_inside") else super().allows(actor, record)


def has_desk(actor: Actor) -> bool:
    """Whether there is a queue for the actor: of the assembly's staff, or of a handling body."""
    return actor.has(*DESK_STAFF, roles.BODY)


def body_desk(actor: Actor) -> bool:
    """Whether that queue is a handling body's and nothing else."""
    return actor.has(roles.BODY) and not is_staff(actor)


def seen_as(actor: Actor, brief: Brief) -> str:
    """As what the actor sees this brief, which depends on the brief: somebody with a body's post may have written it.

    Costs no query for rows of `queries.marked`.
    """
    if sheet.allows(actor, brief):
        return INSIDE
    return AS_BODY if actor.has(roles.BODY) and handles.allows(actor, brief) else AS_PUBLIC


def is_staff(actor: Actor) -> bool:
    """Whether the actor looks at other people's briefs."""
    return actor.has(*DESK_STAFF)


def _own(actor: Actor) -> Q:
    """What the actor wrote, whatever became of the text; of what staff entered, what carries the actor's name. The
    office's clerks do each other's."""
    if not actor.has(*WRITERS):
        return NOTHING
    entered = Q(assembly_id=actor.assembly_id, entered=True)
    if not actor.has(roles.OFFICE):
        entered &= Q(pk__in=BriefAuthor.objects.filter(user=actor.user_id).values_list("brief_id", flat=True))
    return Q(assembly_id=actor.assembly_id, created_by_id=actor.user_id) | entered


def _credited(actor: Actor) -> Q:
    """What carries the actor's name: that of a co-author, or a text into which theirs was merged."""
    if not actor.is_user:
        return NOTHING
    mine = BriefAuthor.objects.filter(user=actor.user_id).values_list("brief_id", flat=True)
    return Q(assembly_id=actor.assembly_id, pk__in=mine)


def _of_committee(actor: Actor) -> Q:
    scopes = actor.scopes(roles.COMMITTEE)
    return Q(assembly_id=actor.assembly_id, committee_id__in=scopes, submitted_at__isnull=False) if scopes else NOTHING


def _issued(actor: Actor, *held: str) -> Q:
    return _where(own_assembly(actor, *held), Q(issued_at__isnull=False))


def _submitted(actor: Actor, *held: str) -> Q:
    """Of the assembly what was handed in; a draft is nobody's but the writer's."""
    rows = own_assembly(actor, *held)
    return NOTHING if rows == NOTHING else rows & Q(submitted_at__isnull=False)


def _led(actor: Actor) -> Q:
    scopes = actor.scopes(roles.BODY)
    return Q(assembly_id=actor.assembly_id, lead_body_id__in=scopes) if scopes else NOTHING


def _handled(actor: Actor) -> Q:
    """What was given to the actor's body, to lead or to assist."""
    scopes = actor.scopes(roles.BODY)
    if not scopes:
        return NOTHING
    given = BriefHandling.objects.filter(body__in=scopes, ended_at=None).values_list("brief_id", flat=True)
    return Q(assembly_id=actor.assembly_id, pk__in=given)


def owed(actor: Actor) -> Q:
    """What was given to the actor's body, and what that body has not replied to yet."""
    scopes = actor.scopes(roles.BODY)
    if not scopes:
        return NOTHING
    open_ = BriefHandling.objects.filter(body__in=scopes, ended_at=None, replied_at=None)
    return Q(assembly_id=actor.assembly_id, pk__in=open_.values_list("brief_id", flat=True))


def _public(actor: Actor) -> Q:
    """What was issued for everybody to read; those who write find it (domain §2.10: 委员只见本人与公开件)."""
    return Q(assembly_id=actor.assembly_id, public=True) if actor.has(*WRITERS) else NOTHING


def _readable(actor: Actor) -> Q:
    return either(_read_inside(actor), _handled(actor), _public(actor))


def _read_inside(actor: Actor) -> Q:
    """What the assembly itself and the authors read: more is told of it than a handling body learns."""
    if actor.is_system:
        return own_assembly(actor)
    return either(
        _submitted(actor, *SEES_ALL, *BRIEFS),
        _issued(actor, roles.SUPERVISION, roles.INSTRUCTIONS),
        _of_committee(actor),
        _own(actor),
        _credited(actor),
    )


def _out(rows: Q) -> Q:
    return NOTHING if rows == NOTHING else rows & Q(issued_at__isnull=False)


def _on_its_way(actor: Actor) -> Q:
    """Issued, and seen by somebody who has it in hand: the office, or a body that handles it."""
    inside = _read_inside(actor) if actor.is_system or is_staff(actor) else NOTHING
    return _out(either(inside, _handled(actor)))


def _where(rows: Q, condition: Q) -> Q:
    return NOTHING if rows == NOTHING else rows & condition


def _words_owed() -> Any:
    return BriefReport.objects.filter(owed=True).values_list("brief_id", flat=True)


def _edited(actor: Actor) -> Q:
    """What is on the actor's own desk as editor."""
    rows = own_assembly(actor, roles.INFO_EDITOR)
    return rows if rows == NOTHING or actor.is_system else rows & Q(editor_id=actor.user_id)


def _unless_anothers(rows: Q, actor: Actor) -> Q:
    if rows == NOTHING or actor.is_system:
        return rows
    return rows & (Q(editor_id__isnull=True) | Q(editor_id=actor.user_id))


def _not_written(rows: Q, actor: Actor) -> Q:
    """Without what the actor wrote, alone or with others, or gathered from others."""
    if rows == NOTHING or actor.is_system:
        return rows
    mine = BriefAuthor.objects.filter(user=actor.user_id).values_list("brief_id", flat=True)
    return rows & ~Q(created_by_id=actor.user_id) & ~Q(pk__in=mine)


def _other_hand(actor: Actor, role: str, *others: str) -> Q:
    """Of the assembly what none of the actor's other hands has touched."""
    rows = own_assembly(actor, role)
    if rows == NOTHING or actor.is_system:
        return rows
    for name in others:
        rows &= ~Q(**{f"{name}_id": actor.user_id})
    return rows


def _convertible(actor: Actor) -> Q:
    """Concerns that the actor looks after, or wrote down for somebody."""
    return either(
        concerns.handle.rows(actor),
        Q(assembly_id=actor.assembly_id, created_by_id=actor.user_id)
        if actor.has(roles.MEMBER, roles.STATION, roles.CONVENER)
        else NOTHING,
    )


EDITORS = gettext_lazy("This is for the editors of briefs.")
read = Rule(_readable, gettext_lazy("This brief is not among those you see."))
sheet = MarkedRule(
    _read_inside,
    gettext_lazy("The sheet says who wrote it; it is for the authors and this assembly."),
    lambda _actor, brief: brief.seen_inside,  # type: ignore[attr-defined]
)
handles = MarkedRule(
    _handled,
    gettext_lazy("This is for the bodies that handle the brief."),
    lambda _actor, brief: getattr(brief, "given", False),
)
evidence = MarkedRule(
    lambda actor: _read_inside(actor) if actor.is_system or is_staff(actor) else NOTHING,
    gettext_lazy("The paper that shows an adoption is for the office."),
    lambda actor, brief: sheet.allows(actor, brief) and is_staff(actor),
)
issue = MarkedRule(
    lambda actor: _out(_readable(actor)),
    gettext_lazy("There is no issue before the brief is signed."),
    lambda _actor, brief: brief.issued_at is not None,  # marked are rows that the actor reads
)
slip = MarkedRule(
    _on_its_way,
    gettext_lazy("The handling slip is for the office and the bodies that handle the brief."),
    lambda actor, brief: (
        brief.issued_at is not None and (evidence.allows(actor, brief) or handles.allows(actor, brief))
    ),
)
draft = Rule(
    lambda actor: own_assembly(actor, *WRITERS), gettext_lazy("You may write briefs of your own assembly only.")
)
own = Rule(_own, gettext_lazy("Only whoever wrote the brief can do this."))
retract = Rule(
    lambda actor: NOTHING if _own(actor) == NOTHING else _own(actor) & Q(gathered=False),
    gettext_lazy("Only whoever wrote the brief can take it back."),
)
arrive = Rule(
    lambda actor: Q() if actor.is_system else NOTHING, gettext_lazy("This happens when a lower assembly reports.")
)
system_only = Rule(lambda actor: Q() if actor.is_system else NOTHING, gettext_lazy("This happens by itself."))
receive = Rule(lambda actor: own_assembly(actor, roles.INFO_EDITOR), EDITORS)
settle = Rule(  # what another editor works on is taken over first
    lambda actor: _unless_anothers(own_assembly(actor, roles.INFO_EDITOR), actor),
    gettext_lazy("Another editor works on this brief."),
)
give_back = Rule(
    lambda actor: NOTHING if settle.rows(actor) == NOTHING else settle.rows(actor) & Q(gathered=False),
    gettext_lazy("It was made of several texts: no single author could mend it. Edit it, or do not take it on."),
)
join = Rule(lambda actor: own_assembly(actor, roles.INFO_EDITOR), EDITORS)
edit = Rule(_edited, gettext_lazy("Another editor works on this brief."))
take_over = Rule(
    lambda actor: _other_hand(actor, roles.INFO_EDITOR, "editor", "reviewer"),
    gettext_lazy("Only another editor takes it over, and not the one who reviewed it."),
)
review = Rule(
    lambda actor: _not_written(_other_hand(actor, roles.INFO_REVIEWER, "editor"), actor),
    gettext_lazy("You edited this brief. Another person has to review it."),
)
sign = Rule(
    lambda actor: _not_written(_other_hand(actor, roles.INFO_SIGNER, "editor", "reviewer"), actor),
    gettext_lazy("You edited or reviewed this brief. Another person has to sign it."),
)
follow = Rule(lambda actor: own_assembly(actor, roles.INFO_EDITOR, roles.OFFICE), EDITORS)
to_pass_on = Rule(  # what came from above is still to be told to authors and people
    lambda actor: _where(follow.rows(actor), Q(pk__in=_words_owed())),
    EDITORS,
)
transfer = Rule(
    lambda actor: _issued(actor, roles.OFFICE, roles.SUPERVISION),
    gettext_lazy("Giving a brief to handling bodies is for the office and the supervision office."),
)
reply = Rule(_led, gettext_lazy("Only the body that leads can reply."))
assist = Rule(
    lambda actor: (
        NOTHING if _handled(actor) == NOTHING else _handled(actor) & ~Q(lead_body_id__in=actor.scopes(roles.BODY))
    ),
    gettext_lazy("Only the bodies that assist can do this."),
)
assist_yet = Rule(  # a body may mend its words until the leading one replies, but nothing waits for it any more
    lambda actor: NOTHING if owed(actor) == NOTHING else owed(actor) & ~Q(lead_body_id__in=actor.scopes(roles.BODY)),
    assist.reason,
)
instruct = Rule(
    lambda actor: _issued(actor, roles.INSTRUCTIONS),
    gettext_lazy("Leaders' instructions are entered and read by those who are named for it."),
)
_ENTERED = Q(adopted_at__isnull=False) | Q(reported_at__isnull=False) | Q(awarded_at__isnull=False)
strike = Rule(  # each what they may enter
    lambda actor: either(
        _where(follow.rows(actor), _ENTERED),
        _where(instruct.rows(actor), Q(instructed_at__isnull=False)),
    ),
    EDITORS,
)
convert = Rule(
    _convertible, gettext_lazy("A brief is begun by whoever looks after the concern, or wrote it down for somebody.")
)


def barred(actor: Actor, brief: Brief, rule: Rule) -> str:
    """Why somebody who holds the post may not use it on this brief; "" when that is not what stands in the way."""
    if rule is review and actor.has(roles.INFO_REVIEWER) and brief.editor_id == actor.user_id:
        return _("You edited this brief. Another person has to review it.")
    if rule is sign and actor.has(roles.INFO_SIGNER):
        if brief.editor_id == actor.user_id:
            return _("You edited this brief. Another person has to sign it.")
        if brief.reviewer_id == actor.user_id:
            return _("You reviewed this brief. Another person has to sign it.")
    if rule in (review, sign) and not rule.allows(actor, brief):
        if rule is review and actor.has(roles.INFO_REVIEWER):
            return _("You wrote this brief. Another person has to review it.")
        if rule is sign and actor.has(roles.INFO_SIGNER):
            return _("You wrote this brief. Another person has to sign it.")
    if rule is give_back and brief.gathered and receive.allows(actor, brief):
        return str(give_back.reason)
    anothers = actor.has(roles.INFO_EDITOR) and brief.editor_id not in (None, actor.user_id)
    if rule in (edit, settle, give_back) and anothers:
        return _("%(editor)s works on this brief. Take it over first.") % {"editor": brief.editor}
    return ""


def sees_story(actor: Actor) -> Any:
    """Whether the inner ways of the office are this actor's business; authors and bodies see what concerns them."""
    return is_staff(actor) or actor.is_system
