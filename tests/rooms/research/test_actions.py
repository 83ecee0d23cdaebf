"""What the moves of a research report do, and what they refuse."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.research.ways import BACK, STATES, TEXT, begin, move, refused, report_in, told
from tongxin.carry.research import policy
from tongxin.carry.research.models import ResearchReport
from tongxin.carry.research.workflow import RESEARCH
from tongxin.kernel import door, journal
from tongxin.kernel.errors import IllegalMove, Invalid, NotAllowed, Stale
from tongxin.people import queries as people
from tongxin.people.models import Member, Person, RoleGrant

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


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
