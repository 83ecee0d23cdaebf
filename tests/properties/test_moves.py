"""Random moves by random actors at every registered workflow: no illegal state, no move outside its policy, no missing
journal entry."""

import random
from datetime import date, time
from typing import Any

import pytest
from django import forms
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests import cast as casting
from tongxin.hear.concerns.models import Concern
from tongxin.kernel import door, workflow
from tongxin.kernel.actor import holder, public, system
from tongxin.kernel.errors import IllegalMove, Invalid, NotAllowed
from tongxin.kernel.models import JournalEntry
from tongxin.kernel.workflow import Move, Workflow

STEPS = 25


class RandomMoves(TestCase):
    @given(seed=st.integers(0, 2**32))
    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_random_moves(self, seed: int) -> None:
        dice = random.Random(seed)
        cast = casting.gather()
        for flow in workflow.every():
            records = [_create(flow, cast, n) for n in range(2)]
            assert records[0] is not None, f"nobody could make a {flow.name}: {records}"
            for _step in range(STEPS):
                _try(dice, flow, dice.choice(records), cast)


def _actors(cast: casting.Cast, record: Any) -> list:
    receipt = getattr(record, "receipt_index", None)
    own = [holder(receipt, cast.city)] * 3 if receipt else []
    return [
        *(cast.actor(name) for name in casting.ROLES),
        *[cast.actor("office")] * 3,  # weight on those who can do something, so that records get far
        public(),
        system("dice", cast.city),
        holder("0" * 64, cast.city),
        *own,
    ]


def _create(flow: Workflow, cast: casting.Cast, n: int) -> Any:
    if flow.model is Concern:
        return cast.concern(token=f"dice-{n}")
    for move in flow.moves:
        for name in ("office", "admin"):
            if move.creates:
                actor = cast.actor(name)
                data = _data(random.Random(n), move, None, actor)
                try:
                    return door.begin(flow, move.name, actor, data)
                except (NotAllowed, Invalid) as error:
                    last = error
    raise AssertionError(f"{flow.name}: {last}")


def _try(dice: random.Random, flow: Workflow, record: Any, cast: casting.Cast) -> None:
    before = type(record).objects.get(pk=record.pk)
    move = dice.choice([move for move in flow.moves if not move.creates])
    actor = dice.choice(_actors(cast, before))
    entries = JournalEntry.objects.filter(record_type=record.label(), record_id=record.pk)
    count = entries.count()
    allowed, legal = move.who.allows(actor, before), before.state in move.frm
    in_rows = move.who.filter(actor, type(record).objects.all()).filter(pk=record.pk).exists()
    assert allowed == in_rows, f"{flow.name}.{move.name}: the list and the button disagree for {actor.name}"
    outcome = _outcome(before, move, actor, _data(dice, move, before, actor))
    expected = (NotAllowed,) if not allowed else (IllegalMove,) if not legal else (Invalid, type(record))
    assert isinstance(outcome, expected), f"{flow.name}.{move.name} by {actor}: {outcome!r}"
    if isinstance(outcome, IllegalMove):
        assert move.name not in [possible.name for possible in outcome.possible]
    if isinstance(outcome, type(record)):
        after = outcome
        stored = type(record).objects.get(pk=record.pk)
        assert stored.state == after.state == (move.to or before.state)
        assert stored.version == before.version + 1
        newest = entries.latest("id")
        assert (entries.count(), newest.verb, newest.state_from, newest.state_to) == (
            count + 1,
            move.name,
            before.state,
            after.state,
        )
        return
    unchanged = type(record).objects.get(pk=record.pk)
    assert (unchanged.state, unchanged.version, entries.count()) == (before.state, before.version, count)


def _outcome(record: Any, move: Move, actor: Any, data: dict) -> Any:
    try:
        return door.perform(record, move.name, actor, data)
    except (NotAllowed, IllegalMove, Invalid) as refusal:
        return refusal


def _data(dice: random.Random, move: Move, record: Any, actor: Any) -> dict[str, Any]:
    """Something plausible for each field of a move's form; sometimes a field is left out."""
    form = move.form({}, record=record, actor=actor)
    filled = {}
    for name, field in form.fields.items():
        if field.required or dice.random() < 0.6:
            filled[name] = _value(dice, name, field, actor)
    return {name: value for name, value in filled.items() if value is not None}


def _value(dice: random.Random, name: str, field: forms.Field, actor: Any) -> Any:
    if isinstance(field, forms.ModelMultipleChoiceField):
        return [dice.choice(list(field.queryset))] if field.queryset.exists() else None
    if isinstance(field, forms.ModelChoiceField):
        if name == "assembly":
            return actor.assembly
        options = list(field.queryset[:20])
        return dice.choice(options).pk if options else None
    if isinstance(field, forms.MultipleChoiceField):
        return [code for code, _label in field.choices][:1]
    if isinstance(field, forms.ChoiceField):
        codes = [code for code, _label in field.choices if code != ""]
        return dice.choice(codes) if codes else None
    if isinstance(field, forms.BooleanField):
        return dice.random() < 0.5
    if isinstance(field, forms.DateField | forms.TimeField):
        return _moment(dice, name, field)
    if isinstance(field, forms.IntegerField):
        return dice.randint(1, 9)
    return _written(dice, name) if isinstance(field, forms.CharField) else None


def _moment(dice: random.Random, name: str, field: forms.Field) -> date | time:
    """Whatever begins in the year or on the day ends in it."""
    if isinstance(field, forms.TimeField):
        return time(16) if name == "ends" else time(dice.randint(8, 15))
    return date(2025, 12, 31) if name == "to_on" else date(2025, dice.randint(1, 12), dice.randint(1, 28))


def _written(dice: random.Random, name: str) -> str:
    if "phone" in name:
        return "13900001111"
    if "code" in name or "index" in name:
        return f"c{dice.randint(0, 10**9)}"
    return dice.choice(["写点什么", "情况属实，已经联系。", "好"])


@pytest.mark.django_db
def test_every_workflow_is_drawn_and_every_state_can_be_left_or_is_final() -> None:
    for flow in workflow.every():
        drawing = flow.diagram()
        for state in flow.states:
            assert state.name in drawing
            leaves = any(state.name in move.frm and move.to not in (None, state.name) for move in flow.moves)
            assert leaves or state.final or state.name == "converted", f"{flow.name}: nothing leads out of {state.name}"
