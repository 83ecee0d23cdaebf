"""What came of a research report: to whom it went, instructions, prizes; and the assembly's own honours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.research.ways import INSTRUCTION, begin, move, prize, refused, report_in, told
from tongxin.carry.research import corrections
from tongxin.carry.research.forms.reports import AwardCorrection, HonourCorrection, HonourForm
from tongxin.carry.research.models import Honour, ReportAward, ReportInstruction
from tongxin.kernel import journal
from tongxin.kernel.errors import IllegalMove, Invalid, NotAllowed
from tongxin.kernel.models import JournalEntry

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def test_it_is_submitted_to_several_one_after_the_other(cast: Cast) -> None:
    report = report_in(cast, "submitted")
    for again in ("市委、市政府", "市委", "省政协、市政府"):
        assert "已经报送过" in refused(cast, report, "submit_further", "office", to=again)
    report = move(cast, report, "submit_further", "office", to="省政协")
    assert (report.submitted_to, report.state) == ("市委、市政府、省政协", "submitted")


def test_what_is_entered_later_bears_its_own_day(cast: Cast) -> None:
    week, visited = TODAY() - timedelta(days=7), TODAY() - timedelta(days=9)
    report = move(cast, begin(cast), "visit", "committee", on=visited, place="八马路小学", heard=46)
    report = move(cast, move(cast, report, "hand_in", "committee"), "review", "office")
    assert "实地调研" in refused(cast, report, "finalize", "leader", on=visited - timedelta(days=1))
    assert refused(cast, report, "finalize", "leader", on=TODAY() + timedelta(days=1))
    report = move(cast, report, "finalize", "leader", on=week)
    assert "定稿" in refused(cast, report, "submit", "committee", to="市委", on=visited)
    report = move(cast, report, "submit", "committee", to="市委", on=week + timedelta(days=2))
    assert "不会早于" in refused(cast, report, "instruct", "instructions", **INSTRUCTION, on=week)
    report = move(cast, report, "instruct", "instructions", **INSTRUCTION, on=week + timedelta(days=3))
    report = move(cast, report, "submit_further", "office", to="市政府", on=week + timedelta(days=1))
    assert "不会早于" in refused(cast, report, "apply", "office", application="列入", on=week)
    report = move(cast, report, "apply", "office", application="列入年度项目。", on=week + timedelta(days=4))
    days = [timezone.localdate(at) - week for at in (report.finalized_at, report.submitted_at, report.applied_at)]
    assert [each.days for each in days] == [0, 1, 4]


def test_an_instruction_is_sealed_and_not_before_the_report_was_submitted(cast: Cast) -> None:
    report = report_in(cast, "submitted")
    yesterday, tomorrow = TODAY() - timedelta(days=1), TODAY() + timedelta(days=1)
    assert "不会早于" in refused(cast, report, "instruct", "instructions", **INSTRUCTION, on=yesterday)
    assert refused(cast, report, "instruct", "instructions", **INSTRUCTION, on=tomorrow)
    with pytest.raises(NotAllowed):
        move(cast, report, "instruct", "office", **INSTRUCTION, on=TODAY())
    report = move(cast, report, "instruct", "instructions", **INSTRUCTION, on=TODAY())
    assert report.state == "instructed"
    assert ReportInstruction.objects.get().text == "请教育局阅研。"
    with connection.cursor() as cursor:
        cursor.execute("SELECT leader, text FROM research_reportinstruction")
        assert not {"某某", "请教育局阅研。"} & set(cursor.fetchone())
    facts = [entry.facts for entry in JournalEntry.objects.filter(record_id=report.pk, verb="instruct")]
    assert facts == [{"instruction": "city_main", "on": TODAY().isoformat()}]
    assert told(cast.committee, "instruct")
    assert not told(cast.member, "instruct"), "that there is one is for the staff to know"


def test_instructions_come_before_and_after_it_was_applied(cast: Cast) -> None:
    report = report_in(cast, "instructed")
    report = move(cast, report, "instruct", "instructions", **INSTRUCTION, on=TODAY())
    assert refused(cast, report, "apply", "office", application="")
    report = move(cast, report, "apply", "office", application="列入年度项目。")
    report = move(cast, report, "instruct_more", "instructions", **INSTRUCTION, on=TODAY())
    assert (report.state, report.instructions.count(), report.application) == ("applied", 3, "列入年度项目。")


def test_a_prize_is_entered_with_or_without_its_paper(cast: Cast) -> None:
    report = report_in(cast, "finalized")
    paper = {"evidence": [SimpleUploadedFile("证书.pdf", b"%PDF-1.4 x", "application/pdf")]}
    report = move(cast, report, "award", "committee", paper, **prize())
    report = move(cast, report, "award", "office", **prize(name="社科成果奖", grade="merit", level="city"))
    assert [(each.grade_label, bool(each.evidence)) for each in report.awards.order_by("id")] == [
        ("一等奖", True),
        ("优秀奖", False),
    ]
    assert journal.timeline(report)[-1].title == f"{TODAY().year}年获社科成果奖优秀奖"
    assert report.state == "finalized"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"year": 2999}, "year"),
        ({"year": 2001}, "year"),
        ({"grade": "golden"}, "grade"),
        ({"issuer": ""}, "issuer"),
        ({"on": "2001-05-05"}, "on"),
        ({"on": "2999-05-05"}, "on"),
    ],
)
def test_a_prize_that_cannot_be_is_refused(cast: Cast, given: dict[str, Any], field: str) -> None:
    report = report_in(cast, "finalized")
    with pytest.raises(Invalid) as caught:
        move(cast, report, "award", "office", **prize(**given))
    assert field in caught.value.form.errors
    assert not ReportAward.objects.exists()


def test_the_same_prize_is_entered_once(cast: Cast) -> None:
    report = move(cast, report_in(cast, "finalized"), "award", "office", **prize())
    assert "已经登记" in refused(cast, report, "award", "office", **prize(grade="second"))
    with pytest.raises(IllegalMove):
        move(cast, report_in(cast, "reviewed"), "award", "office", **prize())


def corrected(cast: Cast, award: ReportAward, who: str, **given: Any) -> ReportAward:
    form = AwardCorrection(prize(**given), record=award, actor=cast.actor(who), now=timezone.now())
    assert form.is_valid(), form.errors
    return corrections.award(award, cast.actor(who), form.cleaned_data, version=award.version)


def test_a_prize_is_put_right_and_the_journal_says_what_changed(cast: Cast) -> None:
    award = move(cast, report_in(cast, "finalized"), "award", "office", **prize()).awards.get()
    award = corrected(cast, award, "committee", grade="second", note="补发证书")
    assert award.grade_label == "二等奖"
    assert "等次" in journal.timeline(award)[-1].title
    with pytest.raises(NotAllowed):
        corrected(cast, award, "leader", grade="third")
    award = corrected(cast, award, "office", grade="second", void="on")
    assert award.void
    again = move(cast, award.report, "award", "office", **prize())
    assert again.awards.filter(void=False).count() == 1, "a void one stands in nobody's way"


# Honours


def honour(cast: Cast, who: str = "office", **given: Any) -> Honour:
    usual = {"kind": "experience_talk", "occasion": "全省提案工作座谈会", "issuer": "省政协", "on": TODAY()}
    form = HonourForm({**usual, **given}, actor=cast.actor(who), now=timezone.now())
    assert form.is_valid(), form.errors
    return corrections.enter_honour(cast.actor(who), form.cleaned_data)


def test_an_honour_is_entered_by_the_office_and_put_right(cast: Cast) -> None:
    made = honour(cast)
    with pytest.raises(NotAllowed):
        honour(cast, "committee", occasion="另一个")
    told = {"kind": "commendation", "occasion": made.occasion, "issuer": "省政协办公厅", "on": made.on, "void": ""}
    form = HonourCorrection(told, record=made, actor=cast.actor("office"), now=timezone.now())
    assert form.is_valid(), form.errors
    made = corrections.honour(made, cast.actor("office"), form.cleaned_data, version=made.version)
    assert (made.kind_label, made.issuer) == ("表彰奖励", "省政协办公厅")
    assert [event.verb for event in journal.timeline(made)] == ["established", "revised"]
    with pytest.raises(NotAllowed):
        corrections.honour(made, cast.actor("stranger"), form.cleaned_data)


def test_an_honour_is_entered_once_and_not_before_its_day(cast: Cast) -> None:
    made = honour(cast)
    same = {"kind": made.kind, "occasion": made.occasion, "issuer": "省政协", "on": made.on}
    form = HonourForm(same, actor=cast.actor("office"), now=timezone.now())
    assert "occasion" in form.errors
    later = HonourForm({**same, "on": TODAY() + timedelta(days=2)}, actor=cast.actor("office"), now=timezone.now())
    assert "on" in later.errors
