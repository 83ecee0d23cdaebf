"""Random moves by random actors at every registered workflow: no illegal state, no move outside its policy, no missing
journal entry."""

import random
from collections.abc import Callable
from datetime import date, time, timedelta
from functools import partial
from typing import Any

import pytest
from django import forms
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests import cast as casting
from tests.rooms.briefs.ways import STATES, brief_in
from tongxin.carry.briefs.models import Brief
from tongxin.hear.concerns.models import Concern
from tongxin.hear.stations.models import Appointment, DutyTurn
from tongxin.kernel import door, workflow
from tongxin.kernel.actor import Actor, holder, public, system
from tongxin.kernel.errors import IllegalMove, Invalid, NotAllowed
from tongxin.kernel.models import Deadline, JournalEntry, Notice, SearchDocument, Sequence
from tongxin.kernel.receipts import receipt_for, receipt_index
from tongxin.kernel.rules import NOTHING
from tongxin.kernel.workflow import Move, Workflow

STEPS = 25
DRAWS = 5  # how often somebody else is asked who may make the move
ATTEMPTS = 16  # how often chance fills in a form before it is one that offers somebody nothing
BEGINNINGS = 6  # how often somebody tries to make a record, of each workflow in each example


class RandomMoves(TestCase):
    @example(867)
    @given(seed=st.integers(0, 2**32))
    @settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_random_moves(self, seed: int) -> None:
        dice = random.Random(seed)
        cast = casting.gather()
        for flow in workflow.every():
            records = [_create(flow, cast, n, dice) for n in range(2)]
            assert records[0] is not None, f"nobody could make a {flow.name}: {records}"
            beginnings = set(dice.sample(range(STEPS), BEGINNINGS))
            for step in range(STEPS):
                if step in beginnings:
                    records += _try_to_begin(dice, flow, cast)
                _try(dice, flow, dice.choice(records), cast)


def _actors(cast: casting.Cast, record: Any = None) -> list[Callable[[], Actor]]:
    """Everybody who may come to the door; each is looked up only when it is their turn."""
    receipt = getattr(record, "receipt_index", None)
    own = [partial(holder, receipt, cast.city)] * 3 if receipt else []
    return [
        *(partial(cast.actor, name) for name in casting.ROLES),
        *[partial(cast.actor, "office")] * 3,  # weight on those who can do something, so that records get far
        public,
        partial(public, cast.city),
        partial(system, "dice", cast.city),
        partial(holder, "0" * 64, cast.city),
        *own,
    ]


def _create(flow: Workflow, cast: casting.Cast, n: int, dice: random.Random) -> Any:
    if flow.model is Concern:
        return cast.concern(token=f"dice-{n}")
    if flow.model is Brief:  # no chance leads through three hands to the issue: it begins anywhere on the way
        return brief_in(cast, dice.choice(STATES))
    if flow.model is Appointment:  # only somebody without an account asks
        told = {
            "station": cast.door_station,
            "matter": "供热",
            "receipt_index": receipt_index(receipt_for(f"dice {n}")),
        }
        return door.begin(flow, "ask", public(cast.city), told)
    for throw in range(20):  # what is thrown may be no sensible form
        for move in flow.moves:
            for name in ("office", "admin"):
                if move.creates:
                    actor = cast.actor(name)
                    data = _data(random.Random(n + 2 * throw), move, None, actor)
                    try:
                        return door.begin(flow, move.name, actor, data)
                    except (NotAllowed, Invalid) as error:
                        last = error
    raise AssertionError(f"{flow.name}: {last}")


def _try(dice: random.Random, flow: Workflow, record: Any, cast: casting.Cast) -> None:
    before = type(record).objects.get(pk=record.pk)
    move, actor = _chosen(dice, flow, before, cast)
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


def _chosen(dice: random.Random, flow: Workflow, before: Any, cast: casting.Cast) -> tuple[Move, Actor]:
    """Any move by anybody; half of the times a legal one by somebody who may, so that records get far."""
    actors = _actors(cast, before)
    move, actor = dice.choice([move for move in flow.moves if not move.creates]), dice.choice(actors)()
    legal = [move for move in flow.moves if before.state in move.frm]
    if legal and dice.random() < 0.5:
        move = dice.choice(legal)
        for _draw in range(DRAWS):
            if move.who.allows(actor, before):
                break
            actor = dice.choice(actors)()
    return move, actor


def _try_to_begin(dice: random.Random, flow: Workflow, cast: casting.Cast) -> list:
    """Somebody tries to make a record of the workflow; returns it, or nothing."""
    move = dice.choice([move for move in flow.moves if move.creates])
    actor = dice.choice(_actors(cast))()
    data = _data(dice, move, None, actor)
    if "assembly" in data:
        data["assembly"] = dice.choice([data["assembly"], cast.city, cast.elsewhere])
    outcome = _begun(flow, move, actor, data)
    return [outcome] if isinstance(outcome, flow.model) else []


def _begun(flow: Workflow, move: Move, actor: Actor, data: dict[str, Any]) -> Any:
    """The new record or the refusal, when it is the one that rule and form demand, and when it left what it must."""
    name = f"{flow.name}.{move.name} by {actor}"
    expected = _foretold(flow, move, actor, data)
    before, newest = _holdings(flow), flow.model._default_manager.order_by("pk").last()
    try:
        outcome = door.begin(flow, move.name, actor, data)
    except (NotAllowed, Invalid, IntegrityError) as refusal:  # the last: what the database knows to be there already
        outcome = refusal
    assert type(outcome) is expected, f"{name}: {outcome!r}, not {expected.__name__}"
    if not isinstance(outcome, flow.model):
        assert _holdings(flow) == before, f"{name}: refused, and something is left"
        return outcome
    stored = flow.model._default_manager.order_by("pk").last()
    assert stored == outcome != newest
    assert (stored.state, stored.created_by_id) == (move.to, actor.user_id)
    assert move.who.filter(actor, flow.model._default_manager.all()).filter(pk=stored.pk).exists(), name
    entry = JournalEntry.objects.get(record_type=stored.label(), record_id=stored.pk)
    assert (entry.verb, entry.state_from, entry.state_to) == (move.name, "", move.to), name
    assert (entry.actor_id, entry.actor_kind) == (actor.user_id, actor.kind), name
    clocks = Deadline.objects.filter(record_type=stored.label(), record_id=stored.pk).values_list("kind", flat=True)
    assert sorted(clocks) == sorted(start.kind for start in move.starts), name
    after = _holdings(flow)
    assert after["records"] == before["records"] + 1
    assert after["numbers"] == before["numbers"] + bool(flow.series)
    return outcome


def _foretold(flow: Workflow, move: Move, actor: Actor, data: dict[str, Any]) -> type:
    """What must come of it: judged over the record as it would be, in memory and by the database, which must agree."""
    now, refused = timezone.now(), NotAllowed
    with transaction.atomic():
        form = move.form(data, None, record=None, actor=actor, now=now)
        if not form.is_valid():
            return Invalid
        try:
            draft = move.act(by=actor, now=now, **form.cleaned_data)
            draft.state, draft.created_by_id = move.to, actor.user_id
            if flow.series:
                draft.year, draft.serial = 1900, 10**6
            allowed = move.who.allows(actor, draft)
            if allowed or draft.assembly_id:
                draft.save(force_insert=True)
                listed = move.who.filter(actor, flow.model._default_manager.all()).filter(pk=draft.pk).exists()
                assert allowed == listed, f"{flow.name}.{move.name}: the list and the button disagree for {actor}"
            if allowed:
                refused = flow.model
        except NotAllowed:
            pass
        except IntegrityError:
            return IntegrityError if allowed else NotAllowed
        finally:
            transaction.set_rollback(True)
    return refused


def _holdings(flow: Workflow) -> dict[str, int]:
    """What a making leaves behind, counted."""
    kinds = {"journal": JournalEntry, "clocks": Deadline, "search": SearchDocument, "notices": Notice}
    return {
        "records": flow.model._default_manager.count(),
        "numbers": sum(Sequence.objects.filter(series=flow.series).values_list("value", flat=True)),
        **{name: model.objects.count() for name, model in kinds.items()},
    }


@pytest.mark.django_db
def test_every_making_by_everybody(cast: casting.Cast) -> None:
    """Each move that makes a record, by each of the cast, with a form filled in rightly for the city."""
    dice = random.Random(1158)
    day = {"on": timezone.localdate() + timedelta(days=500), "begins": time(9), "ends": time(11)}
    DutyTurn.objects.create(  # for whoever takes over what was given away
        assembly=cast.city, station=cast.door_station, member=cast.seat, state="swapped", **day
    )
    for flow in workflow.every():
        for move in (move for move in flow.moves if move.creates):
            outcomes: dict[str, Any] = {}
            for actor in (found() for found in _actors(cast)):
                outcome = _begun(flow, move, actor, _rightly(dice, move, actor, cast))
                if move.who.rows(actor) == NOTHING:
                    assert not isinstance(outcome, flow.model), f"{flow.name}.{move.name} by {actor}"
                outcomes[f"{actor.kind} {actor.name}"] = type(outcome)
            assert flow.model in outcomes.values(), f"nobody could make a {flow.name} by {move.name}: {outcomes}"
            refused = {NotAllowed, Invalid} & set(outcomes.values())  # Invalid: a form that offers them nothing
            assert refused, f"everybody may {flow.name}.{move.name}: {outcomes}"


def _rightly(dice: random.Random, move: Move, actor: Actor, cast: casting.Cast) -> dict[str, Any]:
    """A form as somebody sends it who knows what is asked; what chance fills in wrongly is filled in anew."""
    data: dict[str, Any] = {}
    for _attempt in range(ATTEMPTS):
        data = _data(dice, move, None, actor)
        if "assembly" in move.form.base_fields:
            data["assembly"] = cast.city
        if move.form(data, None, record=None, actor=actor, now=timezone.now()).is_valid():
            break
    return data


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
    if name == "wish_on" or (name == "on" and dice.random() < 0.5):
        return timezone.localdate() + timedelta(days=dice.randint(0, 20))  # an appointment lies ahead
    return date(2025, 12, 31) if name == "to_on" else date(2025, dice.randint(1, 12), dice.randint(1, 28))


def _written(dice: random.Random, name: str) -> str:
    if "phone" in name:
        return f"139{dice.randrange(10**8):08d}"
    if name == "token" or "code" in name or "index" in name:
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
