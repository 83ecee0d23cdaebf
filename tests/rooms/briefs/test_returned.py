"""A returned text has a clock of its own: its authors are reminded, and told with the editors when nothing came."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.briefs.ways import BACK, TEXT, begin, brief_in, move
from tongxin.carry.briefs import policy, queries, tasks
from tongxin.carry.briefs.models import Brief
from tongxin.kernel import inbox, journal, options
from tongxin.kernel.models import Deadline, Notice, Parameter
from tongxin.people import roles
from tongxin.people.models import RoleGrant, User

pytestmark = pytest.mark.django_db


def told(verb: str) -> set[str]:
    return {n.user.username for n in Notice.objects.filter(event__verb=verb).select_related("user")}


def test_the_author_has_thirty_days_or_what_the_assembly_says(cast: Cast) -> None:
    today = timezone.localdate()
    brief = brief_in(cast, "returned")
    assert (brief.due_kind, brief.due_on) == ("mend", today + timedelta(days=30))
    [line] = inbox.waiting(cast.actor("member"))
    assert [(step.name, line.due_on) for step in line.moves] == [("write", brief.due_on)]
    brief = move(cast, brief, "submit", "member")
    assert brief.due_kind == "look"
    assert Deadline.objects.get(record_id=brief.pk, kind="mend").met_at is not None
    Parameter.objects.create(assembly=cast.city, key="briefs.return_days", value=10)
    options.forget(cast.city.pk)
    assert brief_in(cast, "returned").due_on == today + timedelta(days=10)


def test_its_author_is_reminded_once_in_the_last_week(cast: Cast) -> None:
    brief, now = brief_in(cast, "returned"), timezone.now()
    assert tasks.remind_authors_of_returned_briefs(now + timedelta(days=20)) == 0
    assert tasks.remind_authors_of_returned_briefs(now + timedelta(days=24)) == 1
    assert tasks.remind_authors_of_returned_briefs(now + timedelta(days=25)) == 0
    assert told("remind") == {"member"}
    assert "remind" in [event.verb for event in journal.timeline(brief)]


def test_overdue_it_is_said_to_authors_and_editors(cast: Cast) -> None:
    brief_in(cast, "returned")
    late = timezone.now() + timedelta(days=31)
    assert tasks.remind_authors_of_returned_briefs(late) == 0
    assert tasks.escalate_overdue_briefs(late) == 1
    assert told("escalate") == {"member", "info_editor"}


def test_taken_back_it_is_due_no_more(cast: Cast) -> None:
    brief = move(cast, brief_in(cast, "returned"), "withdraw", "member")
    assert brief.due_on is None


def test_what_nobody_mends_is_edited_here_or_not_taken_on(cast: Cast) -> None:
    brief = move(cast, brief_in(cast, "returned"), "recall", "info_editor", reason="作者出差，由编辑修改")
    assert (brief.state, brief.editor, brief.due_on) == ("editing", cast.info_editor, None)
    clock = Deadline.objects.get(record_id=brief.pk, kind="mend")
    assert (clock.met_at, clock.dropped_at is None) == (None, False)
    assert told("recall") == {"member"}
    brief = move(cast, brief_in(cast, "returned"), "not_adopt", "info_editor", **BACK)
    assert (brief.state, brief.due_on) == ("not_adopted", None)


def test_what_a_clerk_entered_for_a_member_is_mended_by_the_member_or_another_clerk(cast: Cast) -> None:
    clerk = User.objects.create(username="clerk", name="文员", must_change_password=False)
    RoleGrant.objects.create(assembly=cast.city, user=clerk, role=roles.OFFICE)
    cast.users["clerk"] = clerk
    drafts = [begin(cast, "clerk", title=f"第{n}件", authors=cast.seat.name) for n in (1, 2)]
    alone = begin(cast, "clerk", title="办公室自己的")
    assert set(queries.mine(cast.actor("office"))) == set(drafts)
    for who, brief in zip(("member", "office"), drafts, strict=True):
        brief = move(cast, brief, "submit", who)
        brief = move(cast, brief, "return", "info_editor", **BACK)
        assert "write" in [step.name for line in inbox.waiting(cast.actor(who)) for step in line.moves], who
        brief = move(cast, brief, "write", who, **TEXT, authors=cast.seat.name)
        assert [author.name for author in brief.authors.all()] == [cast.seat.name]
        assert move(cast, brief, "withdraw", who).state == "withdrawn"
    for who in ("member", "office", "convener"):
        assert not policy.own.allows(cast.actor(who), alone), who
    assert not policy.own.allows(cast.actor("convener"), drafts[0])
    assert not policy.own.allows(cast.actor("stranger"), drafts[0])
    mine = begin(cast)
    assert not policy.own.allows(cast.actor("office"), mine)


def test_writing_is_the_next_step_of_what_came_back_and_handing_in_once_it_was_written(cast: Cast) -> None:
    def red(brief: Brief) -> list[str]:
        return [step.name for step in queries.story(cast.actor("member"), brief).possible if step.primary]

    brief = begin(cast)
    assert red(brief) == ["submit"]
    brief = brief_in(cast, "returned")
    assert red(brief) == ["write"]
    page = cast.client("member").get(f"/desk/briefs/{brief.pk}/").content.decode()
    assert f'<a class="btn btn-seal" href="/desk/briefs/{brief.pk}/text/">' in page
    assert f'<a class="btn btn-quiet" href="/desk/briefs/{brief.pk}/submit/"' in page
    assert red(move(cast, brief, "write", "member", **{**TEXT, "title": "改过的题目"})) == ["submit"]
