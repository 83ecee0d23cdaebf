"""The figures of research: each number is exactly its records, and papers are counted, not instructions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.research.ways import INSTRUCTION, STATES, move, prize, report_in
from tongxin.carry.research import figures as own
from tongxin.carry.research.models import Honour, ReportAward, ResearchReport
from tongxin.kernel import figures, options
from tongxin.kernel.models import Option

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def value(code: str, where: figures.Scope) -> tuple[int, int | None]:
    figure = figures.get(code)
    assert figure
    answer = figures.answer(figure, where)
    assert len(figure.listed(where)) == answer.numerator
    return answer.numerator, answer.denominator


def test_each_figure(cast: Cast) -> None:
    for state in STATES:
        report_in(cast, state)
    where = figures.scope(cast.city)
    found = {figure.code: value(figure.code, where) for figure in own.FIGURES}
    assert found == {
        "F19": (4, None), "F20": (0, None), "F21": (1, None), "F22": (0, None), "F23": (0, None), "F24": (0, None),
        "F31": (0, None), "R01": (1, 4), "R02": (1, 4),
    }  # fmt: skip


def test_a_paper_with_several_instructions_counts_once_and_says_so(cast: Cast) -> None:
    report = report_in(cast, "instructed")
    for level in ("city_main", "province_main", "city_other"):
        report = move(cast, report, "instruct", "instructions", **{**INSTRUCTION, "level": level, "on": TODAY()})
    where = figures.scope(cast.city)
    assert report.instructions.count() == 4
    assert [value(code, where)[0] for code in ("F20", "F21", "R01")] == [1, 1, 1]
    for code in ("F20", "F21"):
        assert "按篇计" in str(figures.get(code).note)


def test_leaders_who_are_not_the_main_ones_count_for_coverage_alone(cast: Cast) -> None:
    report = report_in(cast, "submitted")
    move(cast, report, "instruct", "instructions", **{**INSTRUCTION, "level": "city_other", "on": TODAY()})
    report_in(cast, "finalized")
    where = figures.scope(cast.city)
    assert [value(code, where) for code in ("F20", "F21", "R01")] == [(0, None), (0, None), (1, 2)]


def test_a_place_that_renames_its_levels_still_counts_by_their_meaning(cast: Cast) -> None:
    Option.objects.create(
        assembly=cast.city, list="carry.instruction_level", code="secretary", zh="市委书记批示", meaning="city_main"
    )
    options.forget(cast.city.pk)
    report = report_in(cast, "submitted")
    move(cast, report, "instruct", "instructions", **{**INSTRUCTION, "level": "secretary", "on": TODAY()})
    assert value("F21", figures.scope(cast.city)) == (1, None)


def test_instructions_count_in_the_year_they_were_written(cast: Cast) -> None:
    report = report_in(cast, "instructed")
    report.instructions.update(on=date(TODAY().year - 1, 6, 1))
    assert value("F21", figures.scope(cast.city)) == (0, None)
    assert value("F21", figures.scope(cast.city, TODAY().year - 1)) == (1, None)


def test_prizes_of_the_province_by_grade_and_year(cast: Cast) -> None:
    year = TODAY().year
    told = [
        {"grade": "first"},
        {"grade": "second", "name": "二"},
        {"grade": "merit", "name": "三"},
        {"grade": "third", "name": "四"},
        {"grade": "first", "name": "五", "level": "city"},
        {"grade": "first", "name": "六"},
    ]
    report = report_in(cast, "finalized")
    for each in told:
        report = move(cast, report, "award", "office", **prize(**each))
    where = figures.scope(cast.city)
    assert [value(code, where)[0] for code in ("F22", "F23", "F24")] == [2, 1, 1]
    ReportAward.objects.filter(name="六").update(void=True)
    assert value("F22", where) == (1, None)
    assert value("F22", figures.scope(cast.city, year - 1)) == (0, None)


def test_talks_on_experience_are_the_honours_of_that_kind(cast: Cast) -> None:
    rows = [("experience_talk", False), ("experience_talk", True), ("commendation", False)]
    for n, (kind, void) in enumerate(rows):
        Honour.objects.create(assembly=cast.city, kind=kind, occasion=f"会{n}", issuer="省政协", on=TODAY(), void=void)
    Honour.objects.create(assembly=cast.elsewhere, kind="experience_talk", occasion="邻市", issuer="省政协", on=TODAY())
    assert value("F31", figures.scope(cast.city)) == (1, None)


def test_another_assemblys_and_another_years_are_not_counted(cast: Cast) -> None:
    report = report_in(cast, "finalized")
    assert value("F19", figures.scope(cast.elsewhere)) == (0, None)
    ResearchReport.objects.filter(pk=report.pk).update(finalized_at=report.finalized_at - timedelta(days=400))
    assert value("F19", figures.scope(cast.city)) == (0, None)


def test_the_topics_are_parts_of_the_whole(cast: Cast) -> None:
    for topic in ("education", "education", "farm"):
        report_in(cast, "finalized", topic=topic)
    parts = figures.divide(figures.get("F19"), own.DIMENSIONS[0], figures.scope(cast.city))
    assert {part.key: part.counted for part in parts} == {"education": 2, "farm": 1}


@pytest.mark.parametrize("name", ["public", "body", "member"])
def test_on_which_reports_a_leader_wrote_is_counted_not_listed(cast: Cast, name: str) -> None:
    report_in(cast, "instructed", title="不公开的题目")
    for code in ("F21", "R01"):
        page = cast.client(name).get(f"/figures/{code}/?by=topic")
        assert page.context["listing"].size == 1
        assert not page.context["parts"]
        assert not page.context["listing"].columns
        for hidden in (f"{TODAY().year}-0001", "不公开的题目", ">市委主要领导批示</td>"):
            assert hidden not in page.content.decode()
        seen = cast.client("office").get(f"/figures/{code}/").content.decode()
        assert "不公开的题目" in seen
        assert ">市委主要领导批示</td>" in seen  # the figure's own name has the words too


def test_the_levels_of_main_leaders_are_called_as_the_figures_that_count_them(cast: Cast) -> None:
    levels = {choice.meaning: choice.zh for choice in options.choices(cast.city.pk, "carry.instruction_level")}
    for code, meaning in (("F20", "province_main"), ("F21", "city_main")):
        figure = figures.get(code)
        assert figure
        assert levels[meaning] in str(figure.label), code
        assert levels[meaning] in figure.source, code
