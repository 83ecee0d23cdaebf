"""A returned text has a clock of its own: its authors are reminded, and told with the editors when nothing came."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.briefs.ways import brief_in, move
from tongxin.carry.briefs import tasks
from tongxin.kernel import inbox, journal, options
from tongxin.kernel.models import Deadline, Notice, Parameter

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
