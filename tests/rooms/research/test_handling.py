"""An instruction on a report handed on to a body: its deadline, its reply, and looking at it again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.research.ways import INSTRUCTION, move, report_in
from tongxin.carry.research.models import ResearchReport
from tongxin.carry.research.tasks import escalate_overdue_reports
from tongxin.kernel import deadlines, inbox
from tongxin.kernel.errors import Invalid, NotAllowed
from tongxin.kernel.models import Notice

pytestmark = pytest.mark.django_db
SAID = {"result": "resolved", "text": "三所学校已改用保温餐车。"}


def given(cast: Cast, **more: Any) -> ResearchReport:
    report = report_in(cast, "instructed")
    told = {"instruction": report.instructions.get().pk, "body": cast.roads.pk, "note": "请核实后改进", **more}
    return move(cast, report, "transfer", "office", **told)


def page(cast: Cast, who: str, report: ResearchReport) -> str:
    return cast.client(who).get(report.get_absolute_url()).content.decode()


def told(cast: Cast, who: str, verb: str) -> bool:
    return Notice.objects.filter(user=cast.users[who], event__verb=verb).exists()


def test_the_body_finds_it_in_its_inbox_with_a_deadline_and_replies(cast: Cast) -> None:
    report = given(cast)
    assert (report.state, report.due_on) == ("handling", timezone.localdate() + timedelta(days=30))
    assert [each.record for each in inbox.waiting(cast.actor("body"))] == [report]
    assert told(cast, "body", "transfer")
    assert report.title in cast.client("body").get("/desk/research/").content.decode()
    assert "请核实后改进" in page(cast, "body", report)
    assert "接下来：" in page(cast, "body", report)
    assert cast.client("body").post(f"/desk/research/{report.pk}/reply/", SAID).status_code == 302
    report = ResearchReport.objects.get()
    assert (report.state, report.due_on, deadlines.open_ones(report)) == ("replied", None, [])
    assert told(cast, "office", "reply")
    assert "接下来：" not in page(cast, "body", report)
    for who in ("office", "member", "body"):
        assert SAID["text"] in page(cast, who, report), who
    report = move(cast, report, "follow_up", "instructions", done="in_progress", text="两所已改，一所未改。")
    assert "一所未改" in page(cast, "office", report)
    assert "一所未改" not in page(cast, "body", report)
    assert move(cast, report, "apply", "office", application="列入年度项目。").state == "applied"


def test_the_body_reads_the_report_and_nothing_of_the_way_to_it(cast: Cast) -> None:
    report = given(cast)
    text = page(cast, "body", report).split("<main")[1]
    assert report.text in text
    for inner in (INSTRUCTION["text"], "批示", "餐凉", "市委、市政府", "送审"):
        assert inner not in text, inner
    assert cast.client("body").get("/desk/research/honours/").status_code == 403
    assert cast.client("body").get(report_in(cast, "instructed").get_absolute_url()).status_code == 404


def test_given_again_it_is_the_other_bodys_and_what_was_said_stays(cast: Cast) -> None:
    report = move(cast, given(cast), "reply", "body", **SAID)
    again = {"instruction": report.instructions.get().pk, "body": cast.health.pk}
    report = move(cast, report, "transfer", "instructions", **again)
    with pytest.raises(NotAllowed):
        move(cast, report, "reply", "body", **SAID)
    assert cast.client("body").get(report.get_absolute_url()).status_code == 404
    report = move(cast, report, "enter_reply", "office", result="resolved", text="书面回复：已督办。")
    assert [each.text for each in report.handlings.all()] == [SAID["text"], "书面回复：已督办。"]
    other = report_in(cast, "instructed")
    with pytest.raises(Invalid):  # another report's instruction
        move(cast, report, "transfer", "office", **{**again, "instruction": other.instructions.get().pk})
    for who in ("committee", "leader", "info_reviewer", "stranger"):
        with pytest.raises(NotAllowed):
            move(cast, report, "transfer", who, **again)


def test_an_overdue_reply_is_told_once(cast: Cast) -> None:
    report = given(cast)
    later = timezone.now() + timedelta(days=31)
    assert (escalate_overdue_reports(timezone.now()), escalate_overdue_reports(later)) == (0, 1)
    assert escalate_overdue_reports(later) == 0
    assert told(cast, "body", "escalate")
    assert told(cast, "office", "escalate")
    report.refresh_from_db()
    assert report.state == "handling"


def test_the_day_the_leader_named_is_the_deadline(cast: Cast) -> None:
    today = timezone.localdate()
    report = given(cast, due_on=today + timedelta(days=4))
    assert report.due_on == today + timedelta(days=4)
    clock = deadlines.open_ones(report)[0]
    assert "指定" in deadlines.explain(clock)
    assert "天" not in deadlines.explain(clock)  # no usual period, no rule it came from
    assert "还剩 4 天" in cast.client("body").get("/desk/research/").content.decode()
    again = {"instruction": report.instructions.get().pk, "body": cast.health.pk}
    form = cast.client("office").get(f"/desk/research/{report.pk}/transfer/").content.decode()
    assert f'value="{report.due_on}"' in form  # what the leader named is not forgotten when it goes to another body
    assert move(cast, report, "transfer", "office", **again).due_on == today + timedelta(days=30)


def test_late_for_the_leader_is_overdue_though_the_usual_period_runs(cast: Cast) -> None:
    report, other = given(cast, due_on=timezone.localdate()), given(cast)
    assert escalate_overdue_reports(timezone.now() + timedelta(days=1)) == 1
    ResearchReport.objects.filter(pk=report.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    listed = cast.client("office").get("/desk/research/?overdue=1").content.decode()
    assert report.get_absolute_url() in listed
    assert other.get_absolute_url() not in listed


@pytest.mark.parametrize(("days", "words"), [(-1, "这一天已经过去"), (-400, "这一天已经过去"), (800, "两年以后")])
def test_a_day_before_today_or_the_instruction_is_refused_in_words(cast: Cast, days: int, words: str) -> None:
    report = report_in(cast, "instructed")
    told = {"instruction": report.instructions.get().pk, "body": cast.roads.pk}
    told["due_on"] = (timezone.localdate() + timedelta(days=days)).isoformat()
    answer = cast.client("office").post(f"/desk/research/{report.pk}/transfer/", told)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    report.refresh_from_db()
    assert (report.state, report.due_on) == ("instructed", None)
