"""Handling bodies: what waits for the one that leads and for those that assist, and what each of them reads."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.briefs.ways import brief_in, errors, move
from tongxin.carry.briefs import queries, tasks
from tongxin.carry.briefs.forms.after import TransferForm
from tongxin.carry.briefs.models import Brief
from tongxin.kernel import deadlines, door, inbox
from tongxin.kernel.errors import Invalid
from tongxin.kernel.models import JournalEntry, Notice
from tongxin.kernel.notices import in_words
from tongxin.people import roles
from tongxin.people.models import Body, RoleGrant, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def handled(cast: Cast) -> Brief:
    """Given to 住建局 (`body`), which leads, and to 卫健委 (`health`) and 城管局 (`streets`), which assist."""
    streets = Body.objects.create(assembly=cast.city, code="streets", name="市城市管理局", short="城管局")
    for name, body in (("health", cast.health), ("streets", streets)):
        user = User.objects.create(username=name, name=f"{name}用户", must_change_password=False)
        RoleGrant.objects.create(assembly=cast.city, user=user, role=roles.BODY, scope=body.pk)
        cast.users[name] = user
    given = {"lead": cast.roads.pk, "assisting": [cast.health.pk, streets.pk], "note": "请于三十日内办结"}
    return move(cast, brief_in(cast, "issued"), "transfer", "office", **given)


def waits(cast: Cast, who: str) -> list[tuple[str, object]]:
    """The moves that wait for somebody, each with its day."""
    return [(move.name, line.due_on) for line in inbox.waiting(cast.actor(who)) for move in line.moves]


def piles(cast: Cast, who: str) -> dict[str, int]:
    return queries.counts(cast.actor(who), queries.Filters())


def said(cast: Cast, brief: Brief, who: str) -> str:
    return cast.client(who).get(f"/desk/briefs/{brief.pk}/").content.decode()


def test_it_waits_for_each_body_until_that_body_has_replied(cast: Cast, handled: Brief) -> None:
    due = timezone.localdate() + timedelta(days=30)
    assert waits(cast, "body") == [("reply", due)]
    assert waits(cast, "health") == waits(cast, "streets") == [("assist", due)]
    for who in ("body", "health", "streets"):
        assert Notice.objects.filter(user=cast.users[who], event__verb="transfer").exists(), who
        assert piles(cast, who) == {"handling": 1, "done": 0, "overdue": 0}
        assert queries.pending(cast.actor(who))[0].get() == handled
        html = cast.client(who).get("/desk/briefs/").content.decode()
        assert handled.title in html
        assert "请于三十日内办结" in said(cast, handled, who)
    brief = move(cast, handled, "assist", "health", result="resolved", text="我们查了学生视力。")
    assert waits(cast, "health") == []
    assert waits(cast, "streets") == [("assist", due)]
    assert waits(cast, "body") == [("reply", due)]
    assert piles(cast, "health") == {"handling": 0, "done": 1, "overdue": 0}
    seen = queries.get(cast.actor("health"), brief.pk)
    assert queries.state_of(cast.actor("health"), seen).name == "replied"
    assert queries.story(cast.actor("health"), seen).clocks == []
    assert queries.story(cast.actor("streets"), queries.get(cast.actor("streets"), brief.pk)).clocks
    shown = queries.queue(cast.actor("health"), queries.Filters(group="done")).briefs
    assert [(b, queries.state_of(cast.actor("health"), b).name) for b in shown] == [(brief, "replied")]
    assert queries.queue(cast.actor("health"), queries.Filters(group="handling")).briefs == []


def test_a_body_mends_its_words_until_the_leading_one_replies(cast: Cast, handled: Brief) -> None:
    brief = move(cast, handled, "assist", "health", result="in_progress", text="正在查。")
    brief = move(cast, brief, "assist", "health", result="resolved", text="查完了。")
    said_ = list(brief.handlings.filter(body=cast.health).order_by("id").values_list("text", "ended_at"))
    assert [text for text, _ended in said_] == ["正在查。", "查完了。"]  # both stay to be read
    assert [ended is None for _text, ended in said_] == [False, True]
    brief = move(cast, brief, "reply", "body", result="resolved", text="修好了。")
    assert waits(cast, "health") == waits(cast, "streets") == waits(cast, "body") == []


def test_one_that_assists_says_its_part_when_the_leading_one_has_replied(cast: Cast, handled: Brief) -> None:
    brief = move(cast, handled, "reply", "body", result="resolved", text="修好了。")
    assert piles(cast, "streets") == {"handling": 1, "done": 0, "overdue": 0}
    assert piles(cast, "body") == {"handling": 0, "done": 1, "overdue": 0}
    seen = queries.get(cast.actor("streets"), brief.pk)
    assert queries.state_of(cast.actor("streets"), seen).name == "handling"
    assert queries.state_of(cast.actor("body"), queries.get(cast.actor("body"), brief.pk)).name == "replied"
    assert queries.story(cast.actor("streets"), seen).clocks == []  # the clock is the office's own
    Brief.objects.filter(pk=brief.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    assert piles(cast, "streets")["overdue"] == 0
    brief = move(cast, brief, "assist", "streets", result="resolved", text="路面清了。")
    assert (brief.state, piles(cast, "streets")["done"]) == ("replied", 1)
    brief = move(cast, brief, "assist", "streets", result="resolved", text="又清了一次。")
    assert brief.handlings.filter(body__code="streets").count() == 2
    assert "路面清了。" in said(cast, brief, "office")


def test_asked_again_is_the_leading_body_alone(cast: Cast, handled: Brief) -> None:
    brief = move(cast, handled, "assist", "health", result="resolved", text="查完了。")
    brief = move(cast, brief, "reply", "body", result="in_progress", text="正在修。")
    brief = move(cast, brief, "press", "supervision", reason="没有写明时间")
    assert waits(cast, "body") == [("reply", brief.due_on)]
    assert waits(cast, "health") == []
    told = {n.user.username for n in Notice.objects.filter(event__verb="press").select_related("user")}
    assert "body" in told
    assert "health" not in told


def test_given_again_nobody_is_dropped_by_oversight_and_the_clock_runs_on(cast: Cast, handled: Brief) -> None:
    brief = move(cast, handled, "assist", "health", result="resolved", text="查完了。")
    form = TransferForm(record=brief, actor=cast.actor("office"), now=timezone.now())
    streets = Body.objects.get(code="streets")
    assert form.fields["lead"].initial == cast.roads.pk
    assert set(form.fields["assisting"].initial) == {cast.health.pk, streets.pk}
    assert list(form.fields["again"].queryset) == [cast.health]
    due, later = brief.due_on, timezone.now() + timedelta(days=20)
    given = {"lead": cast.roads.pk, "assisting": [cast.health.pk, streets.pk]}
    brief = door.perform(brief, "transfer", cast.actor("office"), given, now=later)
    assert waits(cast, "health") == []  # its reply stands
    assert brief.due_on == due
    assert len(deadlines.of(brief)) == 2  # a first look, and one time for the reply
    brief = door.perform(brief, "transfer", cast.actor("office"), {"lead": cast.health.pk}, now=later)
    assert brief.due_on == timezone.localdate(later) + timedelta(days=30)
    first, second = [clock for clock in deadlines.of(brief) if clock.kind == "brief_reply"]
    assert (first.met_at, first.dropped_at, second.dropped_at) == (None, later, None)  # nobody replied
    entry = JournalEntry.objects.filter(verb="transfer").latest("id")
    told = {notice.user.username: notice for notice in Notice.objects.filter(event=entry).select_related("user")}
    assert set(told) == {"health", "body", "streets"}  # those who have it no longer, too
    assert brief.number in in_words(entry).title
    assert str(streets) not in in_words(entry).title
    assert not queries.readable(cast.actor("streets")).exists()


def test_asked_again_on_purpose_it_waits_again(cast: Cast, handled: Brief) -> None:
    brief = move(cast, handled, "assist", "health", result="resolved", text="查完了。")
    given = {"lead": cast.roads.pk, "assisting": [cast.health.pk], "again": [cast.health.pk], "note": "请补充数据"}
    brief = move(cast, brief, "transfer", "office", **given)
    assert waits(cast, "health") == [("assist", brief.due_on)]
    assert waits(cast, "streets") == []
    assert not queries.readable(cast.actor("streets")).exists()


def test_overdue_is_said_to_those_who_have_still_to_reply(cast: Cast, handled: Brief) -> None:
    brief = move(cast, handled, "assist", "health", result="resolved", text="查完了。")
    tasks.escalate_overdue_briefs(timezone.now() + timedelta(days=31))
    told = {n.user.username for n in Notice.objects.filter(event__verb="escalate").select_related("user")}
    assert {"body", "streets"} <= told
    assert "health" not in told
    Brief.objects.filter(pk=brief.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    assert [piles(cast, who)["overdue"] for who in ("body", "streets", "health")] == [1, 1, 0]
    found = [queries.queue(cast.actor(who), queries.Filters(overdue=True)).briefs for who in ("streets", "health")]
    assert found == [[brief], []]


def test_a_body_reads_its_own_words_and_those_of_the_one_that_leads(cast: Cast, handled: Brief) -> None:
    words = {"health": "卫健委查了视力", "streets": "城管局清了路面", "body": "住建局修了路灯"}
    brief = handled
    for who in ("health", "streets"):
        brief = move(cast, brief, "assist", who, result="in_progress", text=words[who])
    brief = move(cast, brief, "reply", "body", result="resolved", text=words["body"])
    reads = {"health": {"health", "body"}, "streets": {"streets", "body"}, "body": {"body"}, "office": set(words)}
    for who, whose in reads.items():
        html = said(cast, brief, who)
        assert {name for name, text in words.items() if text in html} == whose, who
    names = {"health": "市卫生健康委员会", "streets": "市城市管理局"}
    for who, others in (("health", "streets"), ("streets", "health"), ("body", "streets"), ("body", "health")):
        assert names[others] not in said(cast, brief, who), (who, others)  # not in the timeline either
        assert names[others] in said(cast, brief, "office")


def test_the_words_of_who_led_before_are_not_for_those_who_came_later(cast: Cast, handled: Brief) -> None:
    brief = move(cast, handled, "reply", "body", result="in_progress", text="住建局说要明年修")
    brief = move(cast, brief, "press", "supervision", reason="换个单位牵头")
    brief = move(cast, brief, "transfer", "supervision", lead=cast.health.pk)
    assert "住建局说要明年修" not in said(cast, brief, "health")
    assert "住建局说要明年修" in said(cast, brief, "office")
    assert not queries.readable(cast.actor("body")).exists()


def test_an_inbox_of_many_briefs_to_assist_asks_no_more_than_one_of_few(cast: Cast, handled: Brief) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert waits(cast, "health")
        return len(captured)

    few = asked()
    for _n in range(4):
        given = {"lead": cast.roads.pk, "assisting": [cast.health.pk]}
        move(cast, brief_in(cast, "issued"), "transfer", "office", **given)
    assert asked() == few
    assert len(waits(cast, "health")) == 5


def test_the_day_the_leader_named_holds_for_the_body(cast: Cast) -> None:
    day = timezone.localdate() + timedelta(days=5)
    brief = brief_in(cast, "instructed")
    given = {"lead": cast.roads.pk, "due_on": day}
    brief = move(cast, brief, "transfer", "office", **given)
    assert waits(cast, "body") == [("reply", day)]
    assert "日期是交办时指定的" in said(cast, brief, "body")
    brief = move(cast, brief, "transfer", "office", lead=cast.roads.pk, assisting=[cast.health.pk])
    assert brief.due_on == day  # the same body goes on for the same day
    brief = move(cast, brief, "transfer", "office", **{**given, "due_on": day + timedelta(days=1)})
    assert brief.due_on == day + timedelta(days=1)
    assert [clock.due_on for clock in deadlines.open_ones(brief)] == [brief.due_on]
    tasks.escalate_overdue_briefs(timezone.now() + timedelta(days=7))
    assert Notice.objects.filter(user=cast.users["body"], event__verb="escalate").exists()


def test_a_named_day_is_taken_back_and_a_past_one_stands_while_the_same_body_leads(cast: Cast) -> None:
    today = timezone.localdate()
    day, later = today + timedelta(days=5), timezone.now() + timedelta(days=7)
    given = {"lead": cast.roads.pk, "due_on": day.isoformat()}
    brief = move(cast, brief_in(cast, "instructed"), "transfer", "office", **given)
    told = {**given, "assisting": [cast.health.pk]}
    brief = door.perform(brief, "transfer", cast.actor("office"), told, now=later)
    assert brief.due_on == day  # as it stood in the form
    with pytest.raises(Invalid) as refused:  # another body would be late before it begins
        door.perform(brief, "transfer", cast.actor("office"), {**given, "lead": cast.health.pk}, now=later)
    assert "这一天已经过去" in errors(refused)
    brief = move(cast, brief, "transfer", "office", **{**told, "due_on": ""})
    assert brief.due_on == today + timedelta(days=30)


def test_a_day_that_has_passed_is_refused_and_without_a_leader_none_is_asked(cast: Cast) -> None:
    brief = brief_in(cast, "instructed")
    told = {"lead": cast.roads.pk, "due_on": (timezone.localdate() - timedelta(days=1)).isoformat()}
    answer = cast.client("office").post(f"/desk/briefs/{brief.pk}/transfer/", told)
    assert answer.status_code == 422
    assert "这一天已经过去" in answer.content.decode()
    assert "due_on" not in TransferForm(record=brief_in(cast, "issued"), actor=cast.actor("office")).fields


def test_a_body_that_has_replied_is_offered_to_say_more_and_no_longer_urged(cast: Cast, handled: Brief) -> None:
    assert _button(said(cast, handled, "streets"), handled, "assist") == ("btn-seal", "说明办理情况")
    brief = move(cast, handled, "assist", "streets", result="resolved", text="路面清了。")
    assert _button(said(cast, brief, "streets"), brief, "assist") == ("btn-quiet", "补充办理情况")
    assert _button(said(cast, brief, "health"), brief, "assist") == ("btn-seal", "说明办理情况")
    form = cast.client("streets").get(f"/desk/briefs/{brief.pk}/assist/").content.decode()
    assert re.search(r'<div class="acts">.*?</svg>补充办理情况</button>', form, re.S)


def _button(html: str, brief: Brief, name: str) -> tuple[str, str]:
    """Its colour and its words."""
    found = re.search(rf'<a class="btn (\S+)" href="/desk/briefs/{brief.pk}/{name}/[^>]*>(.*?)</a>', html, re.S)
    assert found is not None
    return found[1], re.sub(r"<[^>]*>", "", found[2]).strip()
