"""What the moves of a research report do, and what they refuse."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.research.ways import BACK, INSTRUCTION, STATES, TEXT, begin, move, prize, report_in
from tongxin.carry.research import corrections, policy
from tongxin.carry.research.forms.reports import AwardCorrection, HonourCorrection, HonourForm
from tongxin.carry.research.models import Honour, ReportAward, ReportInstruction, ResearchReport
from tongxin.carry.research.workflow import RESEARCH
from tongxin.kernel import door, journal
from tongxin.kernel.errors import IllegalMove, Invalid, NotAllowed, Stale
from tongxin.kernel.models import JournalEntry, Notice
from tongxin.people import queries as people
from tongxin.people.models import Member, Person, RoleGrant

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def refused(cast: Cast, report: ResearchReport, name: str, who: str, files: Any = None, /, **data: Any) -> str:
    """The sentences of a refused form."""
    with pytest.raises(Invalid) as caught:
        move(cast, report, name, who, files, **data)
    return " ".join(error for errors in caught.value.form.errors.values() for error in errors)


def told(user: Any, verb: str) -> bool:
    return Notice.objects.filter(user=user, event__verb=verb).exists()


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_reached_by_those_who_make_the_moves_in_life(cast: Cast, state: str) -> None:
    report = report_in(cast, state)
    verbs = [event.verb for event in journal.timeline(report)]
    assert verbs[0] == "draft"
    assert report.handed_in_at is None or "hand_in" in verbs
    assert bool(report.finalized_at) == (state in ("finalized", "submitted", "instructed", "applied"))


# Writing


def test_numbers_run_without_gaps_within_the_year(cast: Cast) -> None:
    year = TODAY().year
    assert [begin(cast).number for _ in range(3)] == [f"{year}-{n:04d}" for n in (1, 2, 3)]


def test_the_team_is_members_and_others_and_somebody_leads(cast: Cast) -> None:
    report = begin(cast, outsiders="钱望舒，职业学院\n阮见山", leader="钱望舒")
    team = [(each.name, each.unit, each.leads, each.member_id) for each in report.team.all()]
    assert team == [("周岩", "", False, cast.seat.pk), ("钱望舒", "职业学院", True, None), ("阮见山", "", False, None)]
    assert report.team.first().user_id == cast.member.pk
    report = move(cast, report, "write", "committee", **{**TEXT, "committee": cast.committee_.pk, "team": "周岩、周岩"})
    assert [(each.name, each.leads) for each in report.team.all()] == [("周岩", True)]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"team": "无此人"}, "无此人"),
        ({"leader": "吴名"}, "吴名"),
        ({"outsiders": "，没有名字"}, "没有名字"),
        ({"title": ""}, ""),
        ({"title": "题" * 81}, "80"),
        ({"text": "字" * 60_001}, "60000"),
        ({"topic": "unknown"}, ""),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(cast: Cast, given: dict[str, str], sentence: str) -> None:
    with pytest.raises(Invalid) as caught:
        begin(cast, **given)
    assert set(caught.value.form.errors) == set(given)
    assert sentence in str(caught.value.form.errors)
    assert not ResearchReport.objects.exists()


def test_a_namesake_is_told_by_the_sector(cast: Cast) -> None:
    person = Person.objects.create(assembly=cast.city, name="周岩")
    other = Member.objects.create(
        assembly=cast.city, person=person, term=cast.term, sector=cast.other_sector, state="active"
    )
    with pytest.raises(Invalid):
        begin(cast)
    report = begin(cast, team="周岩（农业界）")
    assert [each.member_id for each in report.team.all()] == [other.pk]
    form = RESEARCH.move("write").form(record=report, actor=cast.actor("committee"))
    assert form.fields["team"].initial == "周岩（农业界）"


def test_committee_staff_write_for_their_own_committee_only(cast: Cast) -> None:
    with pytest.raises(Invalid):
        begin(cast, committee=cast.other_committee.pk)
    with pytest.raises(Invalid):
        begin(cast, committee="")
    assert begin(cast, "office", committee=cast.other_committee.pk).committee == cast.other_committee
    assert begin(cast, "office", committee="").committee is None
    for who in ("member", "leader", "info_reviewer", "body"):
        with pytest.raises((NotAllowed, Invalid)):
            begin(cast, who)


def test_a_file_may_stand_for_the_text_and_a_newer_one_takes_its_place(cast: Cast) -> None:
    data = {**TEXT, "text": "", "assembly": cast.city.pk, "committee": cast.committee_.pk, "team": "周岩"}
    paper = {"file": [SimpleUploadedFile("报告.pdf", b"%PDF-1.4 one", "application/pdf")]}
    report = door.begin(RESEARCH, "draft", cast.actor("committee"), data, paper)
    assert report.file.name == "报告.pdf"
    newer = {"file": [SimpleUploadedFile("定稿.pdf", b"%PDF-1.4 two", "application/pdf")]}
    report = move(cast, report, "write", "committee", newer, **data)
    assert report.file.name == "定稿.pdf"
    report = move(cast, report, "write", "committee", **data)
    assert report.file.name == "定稿.pdf", "saving without a file keeps the one that is there"
    assert move(cast, report, "write", "committee", **data, without_file="on").file is None


def test_a_file_that_is_really_something_else_is_refused(cast: Cast) -> None:
    data = {**TEXT, "assembly": cast.city.pk, "committee": cast.committee_.pk}
    program = {"file": [SimpleUploadedFile("报告.docx", b"MZ\x90\x00\x03\x00\x00\x00\x04", "application/msword")]}
    with pytest.raises(Invalid) as caught:
        door.begin(RESEARCH, "draft", cast.actor("committee"), data, program)
    assert "报告.docx" in str(caught.value.form.errors["file"])


def test_field_work_is_entered_and_struck_with_a_reason(cast: Cast) -> None:
    report = report_in(cast, "draft")
    visit = report.visits.get()
    assert refused(cast, report, "visit", "committee", on=TODAY() + timedelta(days=1), place="某校", heard=3)
    assert refused(cast, report, "visit", "committee", on=TODAY(), place="某校", heard=-1)
    report = move(cast, report, "strike_visit", "committee", visit=visit.pk, reason="日期记错")
    visit.refresh_from_db()
    assert visit.struck
    assert journal.timeline(report)[-1].note == "日期记错"
    assert refused(cast, report, "strike_visit", "committee", visit=visit.pk, reason="再划一次")


def test_another_reports_field_work_cannot_be_struck(cast: Cast) -> None:
    report, other = report_in(cast, "draft"), report_in(cast, "draft")
    assert refused(cast, report, "strike_visit", "committee", visit=other.visits.get().pk, reason="试试")


# Handing in, review, the final hand


def test_handing_in_names_all_that_is_missing(cast: Cast) -> None:
    report = begin(cast, text="", team="")
    said = refused(cast, report, "hand_in", "committee")
    for part in ("正文", "组长", "实地调研"):
        assert part in said
    report = report_in(cast, "draft")
    visit = report.visits.get()
    report = move(cast, report, "strike_visit", "committee", visit=visit.pk, reason="记错")
    assert "实地调研" in refused(cast, report, "hand_in", "committee"), "a struck day is none"


def test_handing_in_tells_the_reviewers_and_each_step_the_team(cast: Cast) -> None:
    report = report_in(cast, "review")
    assert told(cast.office, "hand_in")
    assert told(cast.secretary_general, "hand_in")
    assert told(cast.info_reviewer, "hand_in")
    report = move(cast, report, "review", "office")
    assert told(cast.leader, "review")
    assert told(cast.member, "review"), "a member of the team"
    move(cast, report, "finalize", "leader")
    assert told(cast.committee, "finalize")


def test_writer_reviewer_and_finalizer_are_three_people(cast: Cast) -> None:
    for role in ("secretary_general", "committee"):
        scope = cast.committee_.pk if role == "committee" else None
        RoleGrant.objects.create(assembly=cast.city, user=cast.office, role=role, scope=scope)
    own = begin(cast, "office")
    own = move(cast, own, "visit", "office", on=TODAY(), place="某校", heard=3)
    own = move(cast, own, "hand_in", "office")
    with pytest.raises(NotAllowed):
        move(cast, own, "review", "office")
    assert "您起草" in policy.barred(cast.actor("office"), own, policy.review)
    colleagues = report_in(cast, "review")
    with pytest.raises(NotAllowed):
        move(cast, colleagues, "review", "office")  # of the same committee
    assert "专委会" in policy.barred(cast.actor("office"), colleagues, policy.review)
    RoleGrant.objects.filter(user=cast.office, role="committee").delete()
    reviewed = move(cast, colleagues, "review", "office")
    with pytest.raises(NotAllowed):
        move(cast, reviewed, "finalize", "office")  # as secretary-general, after having reviewed it
    assert "您审核" in policy.barred(cast.actor("office"), reviewed, policy.finalize)
    assert policy.barred(cast.actor("member"), reviewed, policy.finalize) == ""
    assert move(cast, reviewed, "finalize", "secretary_general").state == "finalized"


def test_the_table_itself_refuses_one_hand_twice(cast: Cast) -> None:
    report = report_in(cast, "finalized")
    for changes in ({"reviewer": cast.committee}, {"finalizer": cast.committee}, {"finalizer": cast.office}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ResearchReport.objects.filter(pk=report.pk).update(**changes)


def test_it_is_sent_back_with_a_reason_and_goes_round_again(cast: Cast) -> None:
    report = report_in(cast, "review")
    assert refused(cast, report, "return", "office", reason="", text="再走访")
    assert refused(cast, report, "return", "office", reason="fieldwork", text="")
    report = move(cast, report, "return", "office", **BACK)
    assert journal.timeline(report)[-1].note == BACK["text"]
    assert told(cast.committee, "return")
    report = move(cast, report, "hand_in", "committee")
    report = move(cast, report, "review", "secretary_general")
    report = move(cast, report, "send_back", "leader", **BACK)
    assert report.state == "returned"
    report = move(cast, report, "hand_in", "committee")
    assert report.reviewer is None, "it is reviewed anew"


def test_nothing_changes_in_the_text_while_others_decide(cast: Cast) -> None:
    for state in ("review", "reviewed", "finalized"):
        report = report_in(cast, state)
        with pytest.raises(IllegalMove):
            move(cast, report, "write", "committee", **TEXT)
        with pytest.raises(IllegalMove):
            move(cast, report, "visit", "committee", on=TODAY(), place="某校", heard=1)


def test_it_is_taken_back_until_it_is_finalized(cast: Cast) -> None:
    assert report_in(cast, "withdrawn").finalized_at is None
    report = report_in(cast, "reviewed")
    assert refused(cast, report, "withdraw", "committee", reason="")
    assert move(cast, report, "withdraw", "committee", reason="合并").state == "withdrawn"
    with pytest.raises(IllegalMove):
        move(cast, report_in(cast, "finalized"), "withdraw", "committee", reason="合并")


def test_a_stale_form_is_told_so(cast: Cast) -> None:
    report = report_in(cast, "review")
    door.perform(report, "review", cast.actor("office"), {}, version=report.version)
    with pytest.raises(Stale):
        door.perform(report, "review", cast.actor("office"), {}, version=report.version)


# What came of it


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


# Who sees what


def test_a_draft_is_its_writers_until_it_is_handed_in(cast: Cast) -> None:
    draft, review, sent = (report_in(cast, state) for state in ("draft", "review", "submitted"))

    def seen(who: str) -> set[int]:
        return set(policy.read.filter(cast.actor(who), ResearchReport.objects.all()).values_list("pk", flat=True))

    assert seen("committee") == seen("member") == {draft.pk, review.pk, sent.pk}
    assert seen("office") == seen("leader") == seen("info_reviewer") == {review.pk, sent.pk}
    assert seen("instructions") == {sent.pk}
    for who in ("convener", "stranger", "body", "info_editor", "admin", "county", "public"):
        assert seen(who) == set(), who


def test_other_committees_do_not_see_it(cast: Cast) -> None:
    report = begin(cast, "office", committee=cast.other_committee.pk, team="")
    assert not policy.read.allows(cast.actor("committee"), report)
    assert policy.read.allows(people.actor_of(cast.office), report)
