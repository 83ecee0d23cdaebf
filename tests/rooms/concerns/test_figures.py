"""The chain's figures: the parts add up, each number is exactly its records."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.cast import Cast
from tongxin.hear.concerns import figures as own
from tongxin.hear.concerns.models import Concern
from tongxin.hear.concerns.workflow import STATES as WORKFLOW_STATES
from tongxin.kernel import door, figures

pytestmark = pytest.mark.django_db

STATES = ("recorded", "triaged", "direct_help", "referred", "outcome", "declined", "answered", "disputed", "closed")


@pytest.fixture
def where(cast: Cast) -> figures.Scope:
    for state in STATES:
        cast.concern(text=f"说的是{state}", state=state, token=state)
    return figures.scope(cast.city)


def value(code: str, where: figures.Scope) -> tuple[int, int | None]:
    figure = figures.get(code)
    assert figure
    answer = figures.answer(figure, where)
    return answer.numerator, answer.denominator


def test_each_figure(where: figures.Scope) -> None:
    assert value("C01", where) == (9, None)
    assert value("C02", where) == (8, 8)
    assert value("C03", where) == (3, None)
    assert value("C04", where) == (3, 3)
    assert value("C05", where) == (2, 3)
    assert value("C06", where) == (1, 2)
    assert value("C07", where) == (1, None)
    assert value("C08", where) == (8, None)


def test_what_was_never_triaged_counts_once_its_time_is_over(cast: Cast, where: figures.Scope) -> None:
    later = figures.scope(cast.city, where.year, where.today + timedelta(days=8))
    assert value("C02", later) == (8, 9)


def test_late_answers_are_not_in_time(cast: Cast, where: figures.Scope) -> None:
    concern = Concern.objects.get(state="declined")
    late = timezone.now() + timedelta(days=16)
    door.perform(concern, "answer", cast.actor("office"), {"way": "page", "text": "请找法院"}, now=late)
    assert value("C04", where) == (3, 4)


def test_the_stages_exclude_each_other_and_add_up(where: figures.Scope) -> None:
    states = [state for _label, group in own.STAGES.values() for state in group]
    assert len(states) == len(set(states))
    assert set(states) == {state.name for state in WORKFLOW_STATES}
    heard = own.FIGURES[0]
    parts = {part.value: part.counted for part in figures.divide(heard, own.BY_STAGE, where)}
    assert parts == {"new": 1, "handling": 3, "telling": 2, "answered": 3}
    assert parts["answered"] == value("C03", where)[0]
    assert sum(parts.values()) == value("C01", where)[0]


def test_every_dimension_adds_up(where: figures.Scope) -> None:
    for figure in own.FIGURES:
        counted = figure.records(where).count()
        for dimension in figure.dimensions:
            parts = figures.divide(figure, dimension, where)
            assert sum(part.counted for part in parts) == counted, (figure.code, dimension.key)
            for part in parts:
                assert figures.in_part(figure.records(where), dimension, part.key).count() == part.counted


def test_ratings_of_what_staff_wrote_down_are_told_apart(cast: Cast, where: figures.Scope) -> None:
    Concern.objects.filter(state="closed").update(source="desk")
    for code, parts in (("C05", {"person": (1, 2), "staff": (1, 1)}), ("C06", {"person": (0, 1), "staff": (1, 1)})):
        found = figures.divide(figures.get(code), own.BY_WRITER, where)
        assert {part.key: (part.counted, part.whole) for part in found} == parts


def test_the_year_is_that_in_which_it_was_said(cast: Cast, where: figures.Scope) -> None:
    Concern.objects.filter(state="closed").update(said_at=timezone.now().replace(year=2023, month=5, day=3))
    assert value("C01", where) == (8, None)
    assert value("C01", figures.scope(cast.city, 2023)) == (1, None)
    assert value("C06", figures.scope(cast.city, 2023)) == (1, 1)
    assert value("C08", figures.scope(cast.city, 2023)) == (1, None)  # it was closed after that year


def test_another_assembly_counts_its_own(cast: Cast, where: figures.Scope) -> None:
    assert value("C01", figures.scope(cast.elsewhere)) == (0, None)


def test_public_columns_tell_no_person_and_no_words(where: figures.Scope) -> None:
    concern = own.FIGURES[0].listed(where)[0]
    for figure in own.FIGURES:
        shown = [str(column.value(concern)) for column in figure.columns if column.public]
        assert concern.title not in shown
        assert concern.text not in shown
    rated = [column for column in figures.get("C06").columns if column.public]  # type: ignore[union-attr]
    assert concern.number not in [str(column.value(concern)) for column in rated]


def test_no_public_list_tells_who_was_not_satisfied(cast: Cast) -> None:
    """Satisfied, not satisfied, taken up again: the rows that name a concern are the same."""
    closed, disputed, again = (
        cast.concern(text="一样的话", state=state, token=str(n))
        for n, state in enumerate(["closed", "disputed", "disputed"])
    )
    again = door.perform(again, "reopen", cast.actor("office"), {"reason": "没有修好"})
    where = figures.scope(cast.city)
    for figure in own.FIGURES:
        public = [column for column in figure.columns if column.public and column is not own.NUMBER]
        if own.NUMBER not in figure.columns:
            continue
        rows = {r.pk: [str(c.value(r)) for c in public] for r in figure.listed(where)}
        told = [rows.get(concern.pk) for concern in (closed, disputed, again)]
        assert told[0] == told[1] == told[2], figure.code
        for part in figures.divide(figure, own.BY_STAGE, where) if own.BY_STAGE in figure.dimensions else ():
            ids = set(figures.in_part(figure.records(where), own.BY_STAGE, part.key).values_list("pk", flat=True))
            assert len(ids & {closed.pk, disputed.pk, again.pk}) in (0, 3)


def test_scope_of_a_past_year() -> None:
    assert figures.scope(None, 2023, date(2024, 3, 1)).last_day == date(2023, 12, 31)
