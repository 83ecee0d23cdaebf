"""Reminders: once a day, kept, told in words that say how to mend it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tests.rooms.circle.conftest import Kept
from tongxin.hear.contact.check import measuring, reminding
from tongxin.hear.contact.models import Reminder
from tongxin.kernel import notices
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.models import JournalEntry
from tongxin.people.models import User

pytestmark = pytest.mark.django_db


def with_account(kept: Kept, name: str) -> User:
    user = User.objects.create(username=f"u{name}", name=name, must_change_password=False)
    person = kept.members[name].person
    person.user = user
    person.save()
    return user


def test_a_reminder_is_kept_journaled_and_told(kept: Kept) -> None:
    cast, user = kept.cast, with_account(kept, "钱进")
    found = reminding.remind(cast.actor("office"), measuring.members(cast.actor("office")))
    assert [str(member) for member in found.due] == ["钱进"]
    assert [str(member) for member in found.unreachable] == ["孙萍"]
    reminder = Reminder.objects.get(member=kept.members["钱进"])
    assert reminder.about == ["links", "channels", "tasks", "contact"]
    assert reminder.created_by == cast.office
    entry = JournalEntry.objects.get(record_type="contact.reminder", record_id=reminder.pk)
    assert entry.facts == {"lacks": {"links": [3, 5], "channels": [1, 5], "tasks": [1, 8], "contact": [95, 90]}}
    (told,) = notices.unread(_actor(user, kept))
    assert "还差 2 名" in told["event"].title
    assert "95 天前" in told["event"].title


def _actor(user: User, kept: Kept):
    from tongxin.kernel.actor import Actor, Grant

    return Actor("user", user.name, kept.cast.city, user, frozenset({Grant("member", kept.members["钱进"].pk)}))


def test_the_member_finds_it_among_the_news_and_is_led_to_the_own_line(kept: Kept) -> None:
    cast = kept.cast
    cast.seat.links.all().delete()
    assert reminding.remind(cast.actor("convener"), measuring.members(cast.actor("convener"))).told == 1
    page = cast.client("member").get("/desk/").content.decode()
    assert f"member={cast.seat.pk}" in page
    assert "联系群众还差 5 名" in page


def test_nobody_is_reminded_twice_on_one_day(kept: Kept) -> None:
    actor = kept.cast.actor("office")
    with_account(kept, "钱进")
    first = reminding.remind(actor, measuring.members(actor))
    again = reminding.remind(kept.cast.actor("leader"), measuring.members(actor))
    assert (first.told, again.told, len(again.today)) == (1, 0, 2)
    assert Reminder.objects.count() == 2
    tomorrow = reminding.remind(actor, measuring.members(actor), timezone.now() + timedelta(days=1))
    assert tomorrow.told == 1


def test_a_convener_reminds_the_own_sector_only(kept: Kept) -> None:
    convener = kept.cast.actor("convener")
    with_account(kept, "钱进")
    office = measuring.members(kept.cast.actor("office"))
    found = reminding.remind(convener, office)
    assert [str(member) for member in (*found.due, *found.unreachable)] == ["孙萍"]


@pytest.mark.parametrize("who", ["member", "committee", "county", "body", "station", "admin"])
def test_others_remind_nobody(kept: Kept, who: str) -> None:
    with pytest.raises(NotAllowed):
        reminding.remind(kept.cast.actor(who), measuring.members(kept.cast.actor("office")))
    assert not Reminder.objects.exists()


def test_one_tap_on_a_line_reminds_and_comes_back(kept: Kept) -> None:
    client, seat = kept.cast.client("office"), kept.members["孙萍"]
    back = "/desk/contact/check/?by=member"
    response = client.post("/desk/contact/check/remind/", {"member": seat.pk, "back": back})
    assert response.status_code == 302
    assert response["Location"] == back
    page = client.get(back).content.decode()
    assert "office用户" in page
    assert Reminder.objects.filter(member=seat).count() == 1


def test_the_way_back_never_leads_elsewhere(kept: Kept) -> None:
    seat = kept.members["孙萍"]
    response = kept.cast.client("office").post(
        "/desk/contact/check/remind/", {"member": seat.pk, "back": "https://elsewhere.example/"}
    )
    assert response["Location"].startswith("/desk/contact/check/")


def test_the_preview_counts_and_changes_nothing(kept: Kept) -> None:
    with_account(kept, "钱进")
    response = kept.cast.client("leader").get(f"/desk/contact/check/remind/?sector={kept.cast.other_sector.pk}")
    assert "提醒 1 名委员" in response.content.decode()
    assert not Reminder.objects.exists()
    assert kept.cast.client("leader").get("/desk/contact/check/remind/").status_code == 404


def test_who_has_no_account_is_to_be_called_and_nobody_says_reminded(kept: Kept) -> None:
    """The page names whom to call, shows a number to whoever may see it, and keeps what is still to be done."""
    client, seat = kept.cast.client("office"), kept.members["孙萍"]
    seat.person.phone = "+8613800001234"
    seat.person.save()
    url = f"/desk/contact/check/remind/?member={seat.pk}"
    page = client.get(url).content.decode()
    assert "1 名要打电话" in page
    assert "都达标" not in page
    assert "记下：我来打电话" in page
    assert "13800001234" not in page
    assert "13800001234" in client.post(url, {"member": seat.pk, "show": seat.pk}).content.decode()
    assert JournalEntry.objects.filter(verb="revealed", record_id=seat.pk).count() == 1
    refused = kept.cast.client("convener").post(url, {"member": seat.pk, "show": seat.pk})
    assert refused.status_code == 404
    assert not Reminder.objects.exists()
    page = client.post(url, {"member": seat.pk}, follow=True).content.decode()
    assert "待电话" in page
    assert Reminder.objects.get().to_call
    assert "今天都提醒过" not in client.get(url).content.decode()


def test_nobody_is_to_be_called_who_can_be_reminded_by_now(kept: Kept) -> None:
    client, seat = kept.cast.client("office"), kept.members["孙萍"]
    Reminder.objects.create(
        assembly=kept.cast.city, member=seat, on=timezone.localdate() - timedelta(days=9), about=["area"], to_call=True
    )
    line = f"/desk/contact/check/?by=member&member={seat.pk}"
    assert "待电话" in client.get(line).content.decode()
    with_account(kept, "孙萍")
    page = client.get(line).content.decode()
    assert "待电话" not in page
    assert "提醒孙萍" in page or "提醒 孙萍" in page


def test_the_database_itself_keeps_it_to_one_a_day(kept: Kept) -> None:
    told = {"assembly": kept.cast.city, "member": kept.members["孙萍"], "on": timezone.localdate()}
    Reminder.objects.create(**told, about=["area"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.create(**told, about=["links"])


def test_who_was_reminded_a_moment_ago_is_named_so(kept: Kept, monkeypatch) -> None:
    """Two look at the same moment and both find nobody reminded yet; the second's rows are refused one by one."""
    with_account(kept, "钱进")
    actor = kept.cast.actor("office")
    early = reminding.preview(actor, measuring.members(actor))
    reminding.remind(kept.cast.actor("leader"), measuring.members(actor))
    monkeypatch.setattr(reminding, "preview", lambda *_args: early)
    late = reminding.remind(actor, measuring.members(actor))
    assert (late.due, late.unreachable) == ([], [])
    assert {str(member) for member in late.today} == {"钱进", "孙萍"}
    assert Reminder.objects.count() == JournalEntry.objects.filter(record_type="contact.reminder").count() == 2


@pytest.mark.django_db(transaction=True)
def test_many_who_remind_at_the_same_moment_remind_once(kept: Kept, monkeypatch) -> None:
    with_account(kept, "钱进")
    look, meet = reminding.preview, threading.Barrier(4)

    def look_together(*args):
        found = look(*args)
        with suppress(threading.BrokenBarrierError):  # SQLite lets one in after the other
            meet.wait(2)
        return found

    def press(who: str) -> int:
        try:
            found = reminding.remind(kept.cast.actor(who), measuring.members(kept.cast.actor(who)))
            return len(found.due) + len(found.unreachable)
        finally:
            connection.close()

    monkeypatch.setattr(reminding, "preview", look_together)
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(press, ["office", "leader", "office", "leader"]))
    assert (
        sum(told)
        == Reminder.objects.count()
        == JournalEntry.objects.filter(record_type="contact.reminder").count()
        == 2
    )
