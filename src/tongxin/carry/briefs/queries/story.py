"""All that the page of one brief shows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.kernel import deadlines, journal, options
from tongxin.kernel import workflow as workflows
from tongxin.kernel.actor import Actor
from tongxin.kernel.models import Deadline
from tongxin.kernel.workflow import Move, State
from tongxin.people import roles

from .. import checklist, personal, policy
from ..clocks import LABELS
from ..models import Brief, BriefVersion
from .after import Step, steps
from .desk import owes, state_of
from .versions import SHOWN, from_files

STRUCK = ("strike", "strike_to_adopted", "strike_to_reported", "strike_to_issued")
#: What authors are told of the way; the rest is between the hands of the office.
FOR_AUTHORS = frozenset(
    {
        "draft", "write", "attach", "submit", "accept", "return", "recall", "remind", "merge", "join", "not_adopt",
        "sign", "report_up", "report_further", "adopt", "adopt_more", "adopt_above", "adopt_above_more", "award",
        "instruct", "instruct_more", *STRUCK, "hear", "transfer", "reply", "enter_reply", "feed_back", "feed_back_more",
        "withdraw", "correct_credit",
    }
)  # fmt: skip
WITH_WORDS_FOR_AUTHORS = frozenset({"return", "recall", "not_adopt", "withdraw", "correct_credit", *STRUCK})
FOR_BODIES = frozenset({"sign", "transfer", "reply", "enter_reply", "assist", "press"})


@dataclass
class Story:
    """All that the reading and context columns show of one brief, as far as the actor may know it."""

    actor: Actor
    brief: Brief
    events: list[journal.Event] = field(default_factory=list)

    @cached_property
    def seen(self) -> str:
        """As what the actor sees this brief (`policy.seen_as`)."""
        return policy.seen_as(self.actor, self.brief)

    @cached_property
    def discreet(self) -> bool:
        """Seen from a handling body, or by somebody who reads what is public."""
        return self.seen != policy.INSIDE

    @cached_property
    def public(self) -> bool:
        return self.seen == policy.AS_PUBLIC

    @cached_property
    def inside(self) -> bool:
        return policy.sees_story(self.actor) and not self.discreet

    @cached_property
    def state(self) -> State:
        return state_of(self.actor, self.brief)

    @cached_property
    def possible(self) -> list[Move]:
        moves = workflows.of(Brief).possible(self.actor, self.brief)
        return [self._offered(move) for move in moves if not move.hidden]

    def _offered(self, move: Move) -> Move:
        """The button as it fits the moment: red is what has to be done next."""
        if move.name == "assist" and not owes(self.brief):
            return replace(move, label=_("Say more of what was done"), primary=False)
        if move.name in ("write", "submit"):
            return replace(move, primary=(move.name == "write") == self._to_mend)
        return replace(move, primary=True) if (move.name, self.brief.state) == ("feed_back", "replied") else move

    @property
    def _to_mend(self) -> bool:
        """It came back, and nothing was written since."""
        last = next((event.verb for event in reversed(self.events) if event.verb in ("return", "write")), "")
        return self.brief.state == "returned" and last == "return"

    @cached_property
    def barred(self) -> str:
        """Why this actor, who holds the post, is not the one for the next step."""
        flow = workflows.of(Brief)
        offered = {move.name for move in self.possible}
        next_moves = [m for m in flow.moves if m.primary and self.brief.state in m.frm and m.name not in offered]
        return next((why for m in next_moves if (why := policy.barred(self.actor, self.brief, m.who))), "")

    @cached_property
    def authors(self) -> list[Any]:
        """Whose names stand under it; outside the assembly they are told only when the authors agreed."""
        if self.discreet and not self.brief.name_public:
            return []
        return list(self.brief.authors.select_related("by_way_of"))

    @cached_property
    def said(self) -> list[personal.Said]:
        """The words of the people behind it; handling bodies read the brief alone."""
        if self.discreet or not self.brief.from_people:
            return []
        links = self.brief.concerns.select_related("concern", "by_way_of")
        return [personal.said(link.concern, link.by_way_of) for link in links]

    @cached_property
    def sources(self) -> list[Brief]:
        """The briefs it was made of."""
        happened = {event.verb for event in self.events}
        if self.discreet or not (happened & {"join", "attach"} or self.brief.gathered or self._merged_here):
            return []
        return list(self.brief.sources.order_by("id"))

    @cached_property
    def _merged_here(self) -> bool:
        return any(author.by_way_of_id for author in self.authors)

    @property
    def told_unit(self) -> str:
        """The unit; a member's tells who it is."""
        personal_ = self.brief.origin in (Brief.Origin.MEMBER, Brief.Origin.SECTOR, Brief.Origin.OFFICE)
        return "" if self.discreet and personal_ and not self.brief.name_public else self.brief.unit

    @cached_property
    def points(self) -> list[checklist.Point]:
        chosen = {"category": self.brief.category, "secrecy": self.brief.secrecy}
        due = self.brief.state in ("editing", "reviewing", "signing")
        return [*checklist.points(self.brief.texts, self.brief.assembly_id), *checklist.sorting(chosen, due)]

    @cached_property
    def versions(self) -> int:
        return max((event.facts.get("version", 1) for event in self.events), default=1)

    @cached_property
    def may_compare(self) -> bool:
        """Whether there is more than one version that the actor may know of."""
        if self.discreet or self.versions < 2:
            return False
        return self.inside or any(event.verb in SHOWN for event in self.events)

    @cached_property
    def from_files(self) -> list[BriefVersion]:
        """The versions that were read from a Word file, with the file and what found no place in the text."""
        if self.discreet or not any(event.facts.get("word") for event in self.events):
            return []
        return from_files(self.brief, self)

    @cached_property
    def after(self) -> dict[str, list[Step]]:
        """What came of it. That there are instructions is for the staff to know; what they say, only for those who are
        named for it."""
        return steps(self.actor, self.brief)

    @cached_property
    def may_send(self) -> bool:
        """Whether the actor takes packages of it to receivers elsewhere."""
        return policy.follow.allows(self.actor, self.brief)

    @cached_property
    def came_packed(self) -> bool:
        """It arrived in a package, with the sheet as it was printed there."""
        return self.inside and any(event.verb == "arrive" and event.facts.get("packed") for event in self.events)

    @property
    def level_only(self) -> bool:
        """Authors learn level and day of an instruction; that there is more, is between the office and its leaders."""
        return not self.inside

    @cached_property
    def can_unseal(self) -> bool:
        return policy.instruct.allows(self.actor, self.brief)

    @cached_property
    def returns(self) -> list[Any]:
        """The newest return, while it is what has to be dealt with."""
        if self.brief.state not in ("returned", "editing") or self.discreet:
            return []
        if self.brief.state == "editing" and not self.inside:
            return []  # what reviewer and signer ask of the editor is between them
        newest = self.brief.returns.last()
        if newest is None or (self.brief.state == "editing") != (newest.kind == newest.Kind.REJECTED):
            return []
        newest.reason_label = options.label(newest.assembly_id, "briefs.return_reason", newest.reason)  # type: ignore[attr-defined]
        return [newest]

    @cached_property
    def clocks(self) -> list[Deadline]:
        owing = owes(self.brief) and self.brief.state == "handling"
        if self.brief.due_on is None or self.public or (self.discreet and not owing):
            return []
        return deadlines.open_ones(self.brief)

    @cached_property
    def told(self) -> list[journal.Event]:
        """The timeline that the actor may read."""
        if self.inside:
            return self.events
        if self.public:
            return [event for event in self.events if event.verb == "sign"]
        shown = FOR_BODIES if self.discreet else FOR_AUTHORS
        with_words = FOR_BODIES if self.discreet else WITH_WORDS_FOR_AUTHORS
        own_bodies = self.actor.scopes(roles.BODY)
        return [
            event if event.verb in with_words else journal.Event(**{**event.__dict__, "note": ""})
            for event in self.events
            if event.verb in shown and (event.verb != "assist" or event.facts.get("body_id") in own_bodies)
        ]

    @property
    def waiting(self) -> str:
        """What comes next, as the timeline's last line."""
        clock = self.clocks[0] if self.clocks else None
        return _("Next: %(what)s") % {"what": LABELS.get(clock.kind, clock.kind)} if clock else ""


def story(actor: Actor, brief: Brief) -> Story:
    return Story(actor, brief, journal.timeline(brief))
