"""Walk-ins: written down once, never lost, counted in the contact record whenever they came."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast, system_actor
from tests.rooms.stations.duty import today, turn
from tongxin.hear.concerns.models import Concern
from tongxin.hear.contact.models import ContactRecord
from tongxin.hear.stations import visits
from tongxin.hear.stations.models import DutyVisit
from tongxin.kernel import door
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.models import JournalEntry

pytestmark = pytest.mark.django_db


def test_a_walk_in_becomes_a_concern_once(cast: Cast) -> None:
    held = turn(cast, state="on_duty")
    client = cast.client("member")
    address = reverse("duty:visit", args=[held.pk])
    sent = {"text": "三道街的井盖松了。", "token": "the-same"}
    # The same form twice, with its spaces changed, and the outbox's question for the slip with the token alone.
    pages = [client.post(address, sent | more) for more in ({}, {}, {"text": " 三道街的井盖松了 "}, {"text": ""})]
    assert [page.status_code for page in pages] == [200] * 4
    assert {page.context["receipt"] for page in pages} == {pages[0].context["receipt"]}
    concern, visit = Concern.objects.get(), DutyVisit.objects.get()
    assert (concern.source, concern.station, visit.concern) == ("visit", cast.door_station, concern)
    assert client.get(f"/r/{pages[0].context['receipt']}").status_code == 200


def test_the_administrator_does_not_read_what_was_said_during_a_turn(cast: Cast) -> None:
    held = turn(cast, state="on_duty")
    cast.client("member").post(reverse("duty:visit", args=[held.pk]), {"text": "三道街的井盖松了。", "token": "one"})
    title = Concern.objects.get().title
    assert title in cast.client("station").get(held.get_absolute_url()).content.decode()
    assert title not in cast.client("admin").get(held.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    "edit",
    [
        {"text": "不是井盖，是路灯不亮。"}, {"speaker_name": "王女士", "consent": "on"}, {"topic": "road"},
        {"speaker_phone": "13946901158", "consent": "on"},
    ],
)  # fmt: skip
def test_the_same_form_with_other_words_is_asked_about_and_keeps_them(cast: Cast, edit: dict[str, str]) -> None:
    held = turn(cast, state="on_duty")
    client = cast.client("member")
    address = reverse("duty:visit", args=[held.pk])
    sent = {"text": "三道街的井盖松了。", "token": "the-same"}
    client.post(address, sent)
    late = client.post(address, sent | edit)
    assert late.status_code == 409
    assert Concern.objects.get().text == "三道街的井盖松了。"
    page = late.content.decode()
    assert Concern.objects.get().get_absolute_url() in page
    assert (edit.get("text") or next(iter(edit.values()))) in page
    token = late.context["token"]
    assert token != "the-same"
    assert client.post(address, sent | edit | {"token": token}).status_code == 200
    assert DutyVisit.objects.count() == Concern.objects.count() == 2


def test_what_was_sorted_since_is_no_other_form(cast: Cast) -> None:
    held = turn(cast, state="on_duty")
    client = cast.client("member")
    address = reverse("duty:visit", args=[held.pk])
    sent = {"text": "三道街的井盖松了。", "topic": "road", "token": "the-same"}
    client.post(address, sent)
    told = {"sector": cast.other_sector.pk, "committee": cast.other_committee.pk, "topic": "health"}
    door.perform(Concern.objects.get(), "triage", cast.actor("office"), told)
    assert client.post(address, sent).status_code == 200


def test_a_walk_in_with_a_telephone_needs_consent_and_keeps_the_text(cast: Cast) -> None:
    held = turn(cast, state="on_duty")
    told = {"text": "三道街的井盖松了。", "speaker_phone": "13946901158", "token": "t"}
    page = cast.client("member").post(reverse("duty:visit", args=[held.pk]), told)
    assert page.status_code == 422
    assert "三道街的井盖松了。" in page.content.decode()
    assert not DutyVisit.objects.exists()


def test_visitors_without_a_concern_are_counted_once(cast: Cast) -> None:
    held = turn(cast, state="on_duty")
    client = cast.client("station")
    address = reverse("duty:count", args=[held.pk])
    for _twice in range(2):
        client.post(address, {"people": "3", "token": "t"})
    assert [(v.people, v.concern) for v in DutyVisit.objects.all()] == [(3, None)]
    late = client.post(address, {"people": "5", "token": "t"})
    assert (late.status_code, late.context["count_form"]["people"].value()) == (409, "5")
    client.post(address, {"people": "5", "token": late.context["token"]})
    assert [v.people for v in DutyVisit.objects.order_by("id")] == [3, 5]
    wrong = client.post(address, {"people": "0", "token": "u"})
    assert (wrong.status_code, wrong.context["turn"]) == (422, held)
    with pytest.raises(NotAllowed):
        visits.count(turn(cast, today() + timedelta(days=1)), cast.actor("member"), 1, "t2")


def test_the_form_that_only_counted_people_takes_no_words(cast: Cast) -> None:
    held = turn(cast, state="on_duty")
    visits.count(held, cast.actor("member"), 2, "t")
    client = cast.client("member")
    address = reverse("duty:visit", args=[held.pk])
    late = client.post(address, {"text": "路灯坏了。", "token": "t"})
    assert (late.status_code, "路灯坏了。" in late.content.decode()) == (409, True)
    assert client.post(address, {"text": "", "token": "t"}).status_code == 302


# What came after the turn was finished


def written_down(cast: Cast) -> tuple[Any, ContactRecord]:
    """A turn that was finished with one concern and two visitors more, and the contact record made of it."""
    held = turn(cast, state="on_duty")
    visits.write_down(held, cast.actor("member"), {"text": "楼道灯坏了。"}, None, "first")
    visits.count(held, cast.actor("member"), 2, "two")
    held = door.perform(held, "finish", cast.actor("member"), {"summary": "接待三人。"})
    return held, ContactRecord.objects.get()


def test_who_is_written_down_after_the_turn_joins_its_contact_record(cast: Cast) -> None:
    held, contact = written_down(cast)
    assert (contact.others, contact.raised.count()) == (3, 1)
    late = visits.write_down(held, cast.actor("station"), {"text": "路灯也坏了。"}, None, "late")
    visits.write_down(held, cast.actor("station"), {"text": "路灯也坏了。"}, None, "late")
    visits.count(held, cast.actor("station"), 4, "four")
    contact = ContactRecord.objects.get()
    assert contact.others == 8
    assert [row.concern for row in contact.raised.order_by("id")][1:] == [late.visit.concern]
    assert JournalEntry.objects.filter(record_type=contact.label(), record_id=contact.pk, verb="revised").count() == 2


def test_a_turn_that_was_finished_meanwhile_loses_nobody(cast: Cast) -> None:
    held = turn(cast, state="on_duty")  # as the page of the desk knows it
    door.perform(held, "finish", cast.actor("member"), {"summary": "接待一人。"})
    visits.count(held, cast.actor("station"), 1, "a")
    assert ContactRecord.objects.get().others == 1


def test_a_record_that_was_voided_or_put_right_stays_so(cast: Cast) -> None:
    held, contact = written_down(cast)
    told = {"summary": "接待许多人。", "others": 9, "tasks": []}
    door.perform(contact, "amend", cast.actor("member"), told)
    visits.count(held, cast.actor("station"), 1, "one")
    contact.refresh_from_db()
    assert (contact.others, contact.summary) == (9, "接待许多人。")
    door.perform(contact, "void", cast.actor("member"), {"reason": "记错了"})
    visits.write_down(held, cast.actor("station"), {"text": "路灯也坏了。"}, None, "late")
    visits.count(held, cast.actor("station"), 20, "twenty")
    contact.refresh_from_db()
    assert (contact.state, contact.others, contact.raised.count()) == ("voided", 9, 1)


def test_a_turn_vouched_for_later_tells_of_its_visitors(cast: Cast) -> None:
    missed = door.perform(turn(cast, today() - timedelta(days=1)), "miss", system_actor(cast), now=timezone.now())
    kept = door.perform(missed, "vouch", cast.actor("station"), {"summary": "到岗，忘了签到"})
    assert ContactRecord.objects.get().others == 0
    visits.count(kept, cast.actor("station"), 2, "two")
    assert ContactRecord.objects.get().others == 2
