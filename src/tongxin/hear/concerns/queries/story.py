"""All that the page of one concern shows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from tongxin.kernel import deadlines, journal, options
from tongxin.kernel import workflow as workflows
from tongxin.kernel.actor import Actor
from tongxin.kernel.models import Deadline
from tongxin.kernel.workflow import State

from .. import conversions, policy, texts
from ..models import Concern, ConcernFile, Outcome
from .desk import PAST, REPLIED, SETTLED, TONES, only_body, state_of

NOT_FOR_BODIES = frozenset(
    {
        "rate",
        "object",
        "reopen",
        "explain",
        "revealed",
        "erased",
        "forget",
        "blot",
        "expire",
        "close",
        "answer",
        "tell_more",
    }
)
FOR_BODIES = frozenset({"refer", "reply", "send_back"})  # whose notes are written for the body, or by it


@dataclass
class Story:
    """All that the reading and context columns show of one concern, as far as the actor may know it."""

    actor: Actor
    concern: Concern
    events: list[journal.Event] = field(default_factory=list)

    @cached_property
    def discreet(self) -> bool:
        return only_body(self.actor)

    @property
    def title(self) -> str:
        return self.concern.named if self.discreet else self.concern.title

    @property
    def text(self) -> str:
        """The person's words; a handling body reads them without name and number, as the portal's consent line says."""
        return self._told(self.concern.text)

    def _told(self, text: str) -> str:
        return texts.impersonal(self.concern, text) if self.discreet else text

    @cached_property
    def state(self) -> State:
        state = state_of(self.actor, self.concern)
        return (REPLIED if self.replied else SETTLED) if state is PAST else state

    @cached_property
    def replied(self) -> bool:
        """Whether the newest result is the body's own reply; the office may have recorded one without it."""
        return next((e.verb for e in reversed(self.events) if e.verb in ("reply", "settle")), "") == "reply"

    @cached_property
    def possible(self) -> list[Any]:
        moves = workflows.of(Concern).possible(self.actor, self.concern)
        return [move for move in moves if not move.hidden]

    @cached_property
    def can_reveal(self) -> bool:
        return bool(self.concern.consent_at) and policy.reveal.allows(self.actor, self.concern)

    @cached_property
    def sees_person(self) -> bool:
        return not self.discreet and bool(self.concern.speaker_name or self.concern.speaker_phone)

    @cached_property
    def places(self) -> list[tuple[str, str]]:
        """Where it was carried, as (words, address), as far as the actor may see it."""
        return conversions.places(self.actor, self.concern, {event.verb for event in self.events})

    @cached_property
    def clocks(self) -> list[Deadline]:
        """The running clocks, the nearest first."""
        if self.concern.due_on is None or (self.discreet and self.concern.state != "referred"):
            return []
        return deadlines.open_ones(self.concern)

    @cached_property
    def outcomes(self) -> list[Outcome]:
        """Each round: what was done, what the person was told, what the person says of it."""
        if not (self.concern.outcome_at or self.concern.decline_reason or self.concern.answered_at):
            return []
        found: list[Any] = list(self.concern.outcomes.select_related("body", "answer__rating"))
        for outcome in found:  # gets what the page shows beside it
            meaning = self._meanings.get(outcome.result, "")
            outcome.told = self._told(outcome.text)
            outcome.tone = TONES.get(meaning, "indigo")
            outcome.own_files = [file for file in self.files if file.outcome_id == outcome.pk]
        return found

    @cached_property
    def _meanings(self) -> dict[str, str]:
        choices = options.every_choice(self.concern.assembly_id, "concerns.result")
        return {choice.code: choice.meaning for choice in choices} | {Outcome.DECLINED: Outcome.DECLINED}

    @cached_property
    def files(self) -> list[ConcernFile]:
        if not any(event.facts.get("pictures") for event in self.events):
            return []
        return list(self.concern.files.select_related("file").order_by("id"))

    @cached_property
    def pictures(self) -> list[ConcernFile]:
        """What came with the concern itself."""
        return [file for file in self.files if file.outcome_id is None]

    @cached_property
    def told(self) -> list[journal.Event]:
        """The timeline that the actor may read."""
        if not self.discreet:
            return self.events
        shown = (event for event in self.events if event.verb not in NOT_FOR_BODIES)
        return [event if event.verb in FOR_BODIES else replace(event, note="") for event in shown]


def story(actor: Actor, concern: Concern) -> Story:
    return Story(actor, concern, journal.timeline(concern))
