"""What was entered of a brief by mistake is struck: it stays to be seen by the staff and counts nowhere."""

from datetime import datetime

import pytest
from django.utils import timezone, translation

from tests.cast import Cast
from tests.rooms.briefs.test_from_above import issued_above, reported, upper
from tests.rooms.briefs.ways import brief_in, move, notice
from tongxin.carry.briefs import corrections, figures
from tongxin.carry.briefs.documents import of_brief
from tongxin.carry.briefs.models import Brief
from tongxin.carry.briefs.workflow import FACT_WORDS
from tongxin.kernel import figures as kernel
from tongxin.kernel import journal
from tongxin.kernel.errors import Invalid

pytestmark = pytest.mark.django_db
__all__ = ["upper"]

TOLD = {"level": "province", "organ": "省委办公厅"}
WHY = {"reason": "录错了件"}


def count(cast: Cast, code: str) -> int:
    figure = next(each for each in figures.FIGURES if each.code == code)
    today = timezone.localdate()
    return int(kernel.answer(figure, kernel.Scope(cast.city, today.year, today)).value or 0)


def strike(cast: Cast, brief: Brief, kind: str, who: str = "info_editor") -> Brief:
    row = {"adoption": brief.adoptions, "report": brief.reports, "instruction": brief.instructions}[kind].last()
    told = {"what": f"{kind}:{row.pk}", **WHY}
    return move(cast, brief, corrections.move_for(cast.actor(who), brief, told), who, **told)


def adopted(cast: Cast, brief: Brief) -> Brief:
    name = "adopt" if brief.state in ("issued", "reported", "adopted") else "adopt_more"
    return move(cast, brief, name, "info_editor", notice(), on=timezone.localdate().isoformat(), **TOLD)


def test_an_adoption_of_another_brief_counts_nowhere_and_may_be_entered_again(cast: Cast) -> None:
    brief = brief_in(cast, "issued")
    outside = {"to": "outside", "to_name": "全国政协", "level": "national_assembly"}
    brief = adopted(cast, move(cast, brief, "report_up", "info_editor", **outside))
    assert [count(cast, code) for code in ("B04", "B06", "B08", "F05")] == [100, 100, 1, 1]
    page = f"/desk/briefs/{brief.pk}/"
    data = {"what": f"adoption:{brief.adoptions.get().pk}", **WHY, "version": brief.version}
    done = cast.client("info_editor").post(f"{page}strike/", data, follow=True, headers={"accept-language": "zh-hans"})
    assert [str(each) for each in done.context["messages"]] == [f"误录的一项已作废：{brief.number}《{brief.title}》"]
    brief.refresh_from_db()
    assert (brief.state, brief.adopted_at) == ("reported", None)
    assert [count(cast, code) for code in ("B04", "B06", "B08", "F05")] == [0, 0, 0, 1]
    assert 'class="void"><span>省委办公厅' in cast.client("info_editor").get(page).content.decode()
    assert 'class="void"' not in cast.client("member").get(page).content.decode()
    with translation.override("zh-hans"):
        assert "省委办公厅" in journal.timeline(brief)[-1].title
    brief = strike(cast, brief, "report")
    assert (brief.state, brief.reported_at, count(cast, "F05")) == ("issued", None, 0)
    brief = move(cast, brief, "report_up", "info_editor", **outside)  # the name is free again
    brief = adopted(cast, brief)
    assert (brief.state, count(cast, "B08")) == ("adopted", 1)


def test_an_instruction_is_struck_by_those_who_may_enter_it(cast: Cast) -> None:
    brief = adopted(cast, brief_in(cast, "instructed"))
    assert count(cast, "B09") == 1
    row = brief.instructions.get()
    assert f"instruction:{row.pk}" not in corrections.offered(cast.actor("info_editor"), brief)
    brief = strike(cast, brief, "instruction", "instructions")
    assert (brief.state, brief.instructed_at, count(cast, "B09")) == ("adopted", None, 0)
    slip, _name = of_brief(cast.actor("office"), brief, "slip")
    assert "批示" not in str(slip.body).replace("领导批示", "")
    assert "另行登记" not in str(slip.body)


def test_it_stays_where_something_else_puts_it_and_nowhere_wrong(cast: Cast) -> None:
    brief = adopted(cast, brief_in(cast, "adopted"))
    told = {"what": f"adoption:{brief.adoptions.last().pk}", **WHY}
    with pytest.raises(Invalid):
        move(cast, brief, "strike_to_issued", "info_editor", **told)
    brief = move(cast, brief, "strike", "info_editor", **told)
    assert (brief.state, brief.adopted_at is None) == ("adopted", False)
    with pytest.raises(Invalid):  # struck once
        move(cast, brief, "strike", "info_editor", **told)


def test_an_adoption_struck_above_is_struck_below(upper: Cast) -> None:
    below, above = reported(upper)
    above = issued_above(upper, above)
    on = timezone.localdate().isoformat()
    above = move(upper, above, "adopt", "upper", notice(), level="city", organ="省委办公厅", on=on)
    strike(upper, above, "adoption", "upper")
    below.refresh_from_db()
    assert (below.state, below.adoptions.get().void, below.reports.get().outcome) == ("reported", True, "")


def test_an_entry_is_named_with_the_day_of_the_place(cast: Cast) -> None:
    """What is reported early in the morning is not of the day before, as it would be by the clock of Greenwich."""
    brief = brief_in(cast, "issued")
    outside = {"to": "outside", "to_name": "全国政协", "level": "national_assembly"}
    report = move(cast, brief, "report_up", "info_editor", **outside).reports.get()
    report.at = timezone.make_aware(datetime(2026, 3, 5, 1, 30))
    with translation.override("zh-hans"):
        assert str(corrections.words("report:1", report)) == "上报：全国政协（2026年3月5日）"
        assert str(FACT_WORDS["struck"](cast.city.pk, ["report", "全国政协"])) == "上报，全国政协"
