"""After the issue: reports, adoptions, instructions, handling, what is overdue."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.briefs.ways import BACK, STATES, begin, brief_in, errors, issue, move, notice, province_at_work, verbs
from tongxin.carry.briefs import queries, tasks
from tongxin.carry.briefs.models import Brief, BriefInstruction
from tongxin.kernel import search
from tongxin.kernel.errors import Invalid, NotAllowed
from tongxin.kernel.models import Deadline, JournalEntry, Notice
from tongxin.people import roles
from tongxin.people.models import RoleGrant, User

pytestmark = pytest.mark.django_db


def test_reported_up_it_arrives_above_as_a_submission_and_nothing_else_does(cast: Cast) -> None:
    concern = cast.concern()
    brief = begin(cast, "office", concerns=[concern.pk])
    brief = issue(cast, brief)
    brief = move(cast, brief, "report_up", "info_editor", to=province_at_work(cast), level="province_assembly")
    above = Brief.objects.get(assembly=cast.province)
    assert (brief.state, above.state, above.origin, above.unit) == ("reported", "submitted", "lower", cast.city.name)
    assert above.texts == brief.texts
    assert (above.concerns.count(), above.versions.count(), above.due_kind) == (0, 1, "look")
    assert [(author.name, author.member, author.user) for author in above.authors.all()] == [
        ("office用户", None, None)
    ]  # fmt: skip
    editor = User.objects.create(username="upper", name="省编辑", must_change_password=False)
    RoleGrant.objects.create(assembly=cast.province, user=editor, role=roles.INFO_EDITOR)
    cast.users["upper"] = editor
    assert list(queries.readable(cast.actor("upper"))) == [above]
    with pytest.raises(Invalid) as refused:
        move(cast, above, "return", "upper", **BACK)
    assert cast.city.name in errors(refused)
    with pytest.raises(Invalid):
        move(cast, brief, "report_further", "info_editor", to=province_at_work(cast), level="province_assembly")


def test_a_report_to_somebody_elsewhere_needs_a_name(cast: Cast) -> None:
    brief = brief_in(cast, "issued")
    with pytest.raises(Invalid):
        move(cast, brief, "report_up", "info_editor", to="outside", level="national_assembly")
    done = move(cast, brief, "report_up", "info_editor", to="outside", to_name="全国政协", level="national_assembly")
    assert (done.state, done.reports.get().arrived) == ("reported", None)


def test_adoptions_at_several_levels_each_with_its_evidence(cast: Cast) -> None:
    brief, today = brief_in(cast, "adopted"), timezone.localdate()
    brief = move(
        cast, brief, "adopt", "info_editor", notice("b.txt"), level="province", organ="省政协", on=today.isoformat()
    )
    assert [(a.level, a.evidence.name) for a in brief.adoptions.all()] == [
        ("city", "采用通知.txt"), ("province", "b.txt"),
    ]  # fmt: skip
    with pytest.raises(Invalid) as refused:
        move(cast, brief, "adopt", "info_editor", level="province", organ="省委", on=today.isoformat())
    assert set(refused.value.form.errors) == {"evidence"}
    handled = move(
        cast, brief_in(cast, "handling"), "adopt_more", "info_editor", notice(), level="city", organ="市委", on=today
    )
    assert handled.state == "handling"


@pytest.mark.parametrize("days", [-1, 1])
def test_an_adoption_before_the_issue_or_in_the_future_is_refused(cast: Cast, days: int) -> None:
    brief = brief_in(cast, "issued")
    on = timezone.localdate() + timedelta(days=days)
    for name, who, data in (
        ("adopt", "info_editor", {"organ": "市委"}),
        ("instruct", "instructions", {"leader": "某", "text": "阅"}),
    ):
        with pytest.raises(Invalid) as refused:
            move(cast, brief, name, who, notice(), level="city" if name == "adopt" else "city_main", on=on, **data)
        assert set(refused.value.form.errors) == {"on"}


def test_instructions_are_sealed_and_only_for_those_who_are_named(cast: Cast) -> None:
    brief = brief_in(cast, "instructed")
    with connection.cursor() as cursor:
        cursor.execute("SELECT leader, text FROM briefs_briefinstruction")
        leader, text = cursor.fetchone()
    assert "某某" not in leader
    assert "阅办" not in text
    assert BriefInstruction.objects.get().text == "请住建局阅办。"
    assert "阅办" not in str(list(JournalEntry.objects.values_list("facts", flat=True)))
    for who in ("info_editor", "office", "leader", "info_signer"):
        with pytest.raises(NotAllowed):
            move(cast, brief, "instruct", who, level="city_main", on=timezone.localdate(), leader="某", text="阅")


def test_handling_bodies_lead_assist_reply_are_asked_again_and_followed_up(cast: Cast) -> None:
    brief = brief_in(cast, "handling")
    assert brief.due_on == timezone.localdate() + timedelta(days=30)
    assert (brief.lead_body, brief.due_kind) == (cast.roads, "brief_reply")
    assert queries.readable(cast.actor("body")).get() == brief
    with pytest.raises(NotAllowed):
        move(cast, brief, "reply", "office", result="resolved", text="修好了")
    brief = move(cast, brief, "reply", "body", result="in_progress", text="正在修。")
    assert brief.due_kind == "feedback"
    brief = move(cast, brief, "press", "supervision", reason="没有写明完成时间")
    assert (brief.state, brief.due_kind) == ("handling", "brief_reply")
    brief = move(cast, brief, "reply", "body", result="resolved", text="已于昨日修好。")
    assert [h.text for h in brief.handlings.filter(body=cast.roads).order_by("id")] == ["正在修。", "已于昨日修好。"]
    brief = move(cast, brief, "follow_up", "office", done="resolved", text="到现场看过，属实。")
    assert brief.follow_ups.get().done == "resolved"


def test_an_assisting_body_says_its_part_and_cannot_reply_for_all(cast: Cast) -> None:
    brief = move(cast, brief_in(cast, "issued"), "transfer", "office", lead=cast.health.pk, assisting=[cast.roads.pk])
    with pytest.raises(NotAllowed):
        move(cast, brief, "reply", "body", result="resolved", text="修好了")
    brief = move(cast, brief, "assist", "body", result="resolved", text="我们换了灯泡。")
    assert (brief.state, brief.handlings.get(body=cast.roads).text) == ("handling", "我们换了灯泡。")
    moved = move(cast, brief, "transfer", "supervision", lead=cast.roads.pk)
    assert moved.handlings.filter(ended_at=None).get().body == cast.roads


def test_overdue_ones_are_escalated_once(cast: Cast) -> None:
    brief = brief_in(cast, "handling")
    later = timezone.now() + timedelta(days=31)
    assert (tasks.escalate_overdue_briefs(later), tasks.escalate_overdue_briefs(later)) == (1, 0)
    assert verbs(brief)[-1] == "escalate"
    assert Notice.objects.filter(user=cast.users["body"], event__verb="escalate").exists()


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_reached_and_its_clocks_are_right(cast: Cast, state: str) -> None:
    brief = brief_in(cast, state)
    open_ = Deadline.objects.filter(record_type="briefs.brief", met_at=None, dropped_at=None)
    wanted = {"submitted": "look", "returned": "mend", "handling": "brief_reply", "replied": "feedback"}.get(state)
    assert [clock.kind for clock in open_.filter(record_id=brief.pk)] == ([wanted] if wanted else [])
    assert brief.due_kind == (wanted or "")
    assert list(search.matching(Brief.objects.filter(pk=brief.pk), "夜间照明不足")) == [brief]
