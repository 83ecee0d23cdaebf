"""The briefs' figures: each number is exactly its records, and the parts add up."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.briefs.ways import BACK, SORTED, STATES, TEXT, begin, brief_in, move, notice, way
from tongxin.carry.briefs import figures as own
from tongxin.carry.briefs.models import Brief
from tongxin.carry.briefs.workflow import BRIEFS
from tongxin.carry.briefs.workflow import STATES as WORKFLOW_STATES
from tongxin.kernel import door, figures
from tongxin.kernel.models import Option

pytestmark = pytest.mark.django_db


@pytest.fixture
def where(cast: Cast) -> figures.Scope:
    for state in STATES:
        brief_in(cast, state, title=f"关于{state}")
    return figures.scope(cast.city)


def value(code: str, where: figures.Scope) -> tuple[int, int | None]:
    figure = figures.get(code)
    assert figure
    answer = figures.answer(figure, where)
    assert len(figure.listed(where)) == answer.numerator
    return answer.numerator, answer.denominator


def test_each_figure(where: figures.Scope) -> None:
    found = {figure.code: value(figure.code, where) for figure in own.FIGURES}
    assert found == {
        "F04": (7, None), "F05": (1, None), "B01": (14, None), "B02": (7, 11), "B03": (0, 14), "B04": (1, 7),
        "B05": (1, 7), "B06": (0, 7), "B07": (0, 7), "B08": (1, None), "B09": (1, None), "B10": (2, None),
        "B11": (1, 7), "B12": (2, 3), "B13": (7, 7), "B14": (7, 7), "B15": (7, 7), "B16": (7, 7),
        "B17": (7, 7), "B18": (3, 3), "B19": (2, 2), "B20": (1, 1), "B21": (0, None),
    }  # fmt: skip


def test_the_stages_exclude_each_other_and_are_all_that_was_handed_in(where: figures.Scope) -> None:
    states = [state for _label, group in own.STAGES.values() for state in group]
    assert len(states) == len(set(states))
    assert set(states) == {state.name for state in WORKFLOW_STATES} - {"draft"}
    parts = figures.divide(figures.get("B01"), own.BY_STAGE, where)
    assert {part.key: part.counted for part in parts} == {"work": 5, "issued": 7, "ended": 2}


def test_instructions_are_counted_by_papers(cast: Cast) -> None:
    brief = brief_in(cast, "instructed")
    again = {"level": "province_main", "on": timezone.localdate(), "leader": "某某", "text": "阅。"}
    move(cast, brief, "instruct", "instructions", **again)
    assert value("B09", figures.scope(cast.city)) == (1, None)


def test_a_brief_adopted_at_two_levels_counts_at_each_rate_and_once_in_all(cast: Cast) -> None:
    brief = brief_in(cast, "adopted")
    told = {"level": "province", "organ": "省委办公厅", "on": timezone.localdate()}
    move(cast, brief, "adopt", "info_editor", notice(), **told)
    where = figures.scope(cast.city)
    assert [value(code, where)[0] for code in ("B04", "B05", "B06", "B07", "B08")] == [1, 1, 1, 0, 2]


def test_merged_submissions_are_used_when_what_they_became_is_issued(cast: Cast) -> None:
    source, other = brief_in(cast, "submitted"), brief_in(cast, "submitted")
    move(cast, source, "merge", "info_editor", others=[other.pk])
    where = figures.scope(cast.city)
    assert value("B02", where) == (0, 2)
    new = move(cast, Brief.objects.get(gathered=True), "edit", "info_editor", **TEXT)
    for name, who, data in (("send_review", "info_editor", {}), ("approve", "info_reviewer", {}),
                            ("sign", "info_signer", {"main_to": "市委"})):  # fmt: skip
        new = move(cast, new, name, who, **data)
    assert value("B02", where) == (2, 2)
    assert value("F04", where) == (1, None)


def test_the_days_on_a_desk_are_the_average_of_the_issues(cast: Cast) -> None:
    start = timezone.now() - timedelta(days=40)
    for days in (2, 5):
        brief = door.begin(
            BRIEFS, "draft", cast.actor("member"), {**TEXT, **SORTED, "assembly": cast.city.pk}, now=start
        )
        steps = [
            ("submit", "member", {}, 0),
            ("accept", "info_editor", {}, days),
            ("send_review", "info_editor", {}, 6),
            ("approve", "info_reviewer", {}, 6),
            ("sign", "info_signer", {"main_to": "市委"}, 7),
        ]
        for name, who, data, day in steps:
            brief = door.perform(brief, name, cast.actor(who), data, now=start + timedelta(days=day))
    where = figures.scope(cast.city, brief.issued_at.year)
    assert figures.answer(figures.get("B13"), where).value in (3, 4)  # 3.5, rounded as the database rounds
    assert figures.answer(figures.get("B16"), where).value == 1


def test_reasons_of_returns_are_a_part_each(cast: Cast) -> None:
    brief = brief_in(cast, "returned")
    brief = move(cast, brief, "submit", "member")
    move(cast, brief, "return", "info_editor", **{**BACK, "reason": "long"})
    parts = figures.divide(figures.get("B10"), own.BY_REASON, figures.scope(cast.city))
    assert {part.key: part.counted for part in parts} == {"thin": 1, "long": 1}


def test_the_public_reads_titles_of_public_briefs_only(cast: Cast) -> None:
    brief_in(cast, "issued", title="可公开的题目", secrecy="public")
    brief_in(cast, "issued", title="不公开的题目", secrecy="internal")
    page = cast.client().get("/figures/F04/").content.decode()
    assert "可公开的题目" in page
    assert "不公开的题目" not in page
    assert "（内部参阅）" in page


def test_the_staff_read_each_title_once(cast: Cast) -> None:
    brief_in(cast, "issued", title="可公开的题目", secrecy="public")
    page = cast.client("office").get("/figures/F04/").content.decode()
    assert page.count("可公开的题目") == page.count(">标题</th>") == 1


def test_what_is_public_was_decided_at_the_signature(cast: Cast) -> None:
    """An assembly may change what the levels of its list mean; the built-in ones say nothing."""
    Option.objects.create(
        assembly=cast.city, list="briefs.secrecy", code="public", zh="内部阅读", en="Internal", meaning="internal",
        active=True, position=1,
    )  # fmt: skip
    brief_in(cast, "issued", title="不公开的题目", secrecy="public")
    assert "不公开的题目" not in cast.client().get("/figures/F04/").content.decode()


def test_on_which_papers_a_leader_wrote_is_for_the_staff(cast: Cast) -> None:
    brief_in(cast, "instructed", title="批示过的题目", secrecy="public")
    assert cast.client().get("/figures/B09/").status_code == 404
    for name in ("member", "body"):
        page = cast.client(name).get("/figures/B09/?by=category")
        assert page.context["listing"].size == 1
        assert not page.context["parts"]
        assert "批示过的题目" not in page.content.decode()
    assert "批示过的题目" in cast.client("office").get("/figures/B09/").content.decode()


def test_another_assemblys_are_not_counted(cast: Cast) -> None:
    begin(cast)
    brief_in(cast, "reported")
    assert value("B01", figures.scope(cast.province)) == (1, None)
    assert value("F04", figures.scope(cast.province)) == (0, None)


def test_fed_back_is_what_nobody_waits_for_a_call_of(cast: Cast) -> None:
    concern = cast.concern(speaker_phone="13912345678", consent=True)
    brief = begin(cast, "office", concerns=[concern.pk])
    for name, who, data in way(cast, "issued"):
        brief = move(cast, brief, name, "office" if who == "member" else who, **data)
    move(cast, brief, "feed_back", "info_editor", result="resolved", text="修好了。", call="on")
    assert value("B11", figures.scope(cast.city)) == (0, 1)
    told = {"way": "phone", "text": "修好了。", "delivery": "上午接通"}
    concern.refresh_from_db()
    door.perform(concern, "answer", cast.actor("office"), told)
    assert value("B11", figures.scope(cast.city)) == (1, 1)
