"""Every number opens: the count is the list, the parts are the whole, one sheet is one query."""

from datetime import date

import pytest
from django.utils import timezone

from tongxin.kernel import figures, options
from tongxin.kernel.figures import COUNTED, NONE, REST, WHOLE

from .conftest import City, fill

THIS_YEAR = timezone.localdate().year


@pytest.fixture(params=range(3))
def busy_city(city: City, request: pytest.FixtureRequest) -> City:
    fill(city, 150, seed=request.param)
    fill(city, 50, seed=request.param, year=THIS_YEAR - 3)
    return city


@pytest.mark.parametrize("year", [THIS_YEAR - 3, THIS_YEAR - 1, THIS_YEAR])
def test_count_is_list_and_parts_are_whole(busy_city: City, year: int) -> None:
    where = figures.scope(busy_city.city, year)
    assert figures.every()
    for answer in figures.answer_all(figures.every(), where):
        figure = answer.figure
        listed = {part: list(figure.listed(where, part)) for part in (COUNTED, WHOLE, REST)}
        assert len(listed[COUNTED]) == answer.numerator, figure.code
        assert {r.pk for r in listed[COUNTED]} | {r.pk for r in listed[REST]} == {r.pk for r in listed[WHOLE]}
        assert len(listed[COUNTED]) + len(listed[REST]) == len(listed[WHOLE]), figure.code
        if figure.whole:
            assert answer.denominator == len(listed[WHOLE])
        for dimension in figure.dimensions:
            parts = figures.divide(figure, dimension, where)
            assert sum(part.counted for part in parts) == answer.numerator, (figure.code, dimension.key)
            assert sum(part.whole for part in parts) == len(listed[WHOLE]), (figure.code, dimension.key)
            assert len({part.key for part in parts}) == len(parts)
            for part in parts:
                in_part = figures.in_part(figure.records(where), dimension, part.key)
                assert in_part.count() == part.counted, (figure.code, dimension.key, part.key)


def test_sheet_is_one_query(busy_city: City, django_assert_num_queries) -> None:
    where = figures.scope(busy_city.city, THIS_YEAR - 1)
    options.parameter(busy_city.city.pk, "contact.links_min")  # what an assembly has set is remembered for some seconds
    with django_assert_num_queries(1):
        answers = figures.answer_all(figures.every(), where)
    assert [a.figure.code for a in answers][:2] == ["F01", "F02"]
    assert any(answer.value for answer in answers)


def test_empty_assembly_counts_nothing(city: City) -> None:
    for answer in figures.answer_all(figures.every(), figures.scope(city.province)):
        assert answer.numerator == 0
        nothing = answer.figure.is_ratio or answer.figure.value  # a share of nothing, the least of nobody
        assert answer.value is None if nothing else answer.value == 0


def test_records_without_a_value_are_a_part(busy_city: City) -> None:
    heard = figures.get("C01")
    where = figures.scope(busy_city.city, THIS_YEAR - 1)
    for key in ("county", "topic"):
        parts = figures.divide(heard, heard.dimension(key), where)
        assert parts[-1].key == NONE
        assert parts[-1].counted > 0


def test_every_february_day_and_the_years_edges_fall_into_their_month(city: City) -> None:
    heard = figures.get("C01")
    fill(city, 300)
    where = figures.scope(city.city, THIS_YEAR - 1)
    months = figures.divide(heard, heard.dimension("month"), where)
    assert [part.key for part in months] == [f"{THIS_YEAR - 1}-{n:02}" for n in range(1, 13)]


def test_percentages_round_half_up() -> None:
    assert str(figures.percentage(117, 118, 1)) == "99.2"
    assert str(figures.percentage(161, 164, 0)) == "98"
    assert str(figures.percentage(1, 8, 0)) == "13"
    assert figures.percentage(0, 0, 1) is None


def test_unknown_part_is_refused(city: City) -> None:
    heard = figures.get("C01")
    where = figures.scope(city.city)
    for key, value in (("county", "x"), ("month", "2024-13"), ("month", "x")):
        with pytest.raises(ValueError, match=r".+"):
            figures.in_part(heard.records(where), heard.dimension(key), value).count()
    far = figures.in_part(heard.records(where), heard.dimension("county"), "9" * 30)
    assert far.count() == 0


def test_first_year(city: City) -> None:
    fill(city, 20, year=2019)
    assert figures.first_year(figures.every(), figures.scope(city.city)) == 2019
    assert figures.first_year(figures.every(), figures.scope(city.counties[0])) == THIS_YEAR


def test_scope_of_a_running_and_of_a_finished_year(city: City) -> None:
    running = figures.scope(city.city, 2024, today=date(2024, 3, 5))
    assert (running.running, running.last_day) == (True, date(2024, 3, 5))
    over = figures.scope(city.city, 2023, today=date(2024, 3, 5))
    assert (over.running, over.last_day) == (False, date(2023, 12, 31))
