"""What may name a person in the duty room goes with that person, or when its time is over; the counts stay."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cast import Cast, system_actor
from tests.rooms.concerns.test_personal import whole_database
from tests.rooms.stations.duty import today, turn
from tongxin.hear.concerns.models import Concern
from tongxin.hear.contact.models import ContactRecord
from tongxin.hear.contact.workflow import CONSTITUENTS
from tongxin.hear.stations import ledger, visits
from tongxin.hear.stations.models import DutyTurn, DutyVisit, Unavailability
from tongxin.hear.stations.policy import absence as may_enter
from tongxin.kernel import door
from tongxin.kernel import personal as registry
from tongxin.kernel.actor import holder
from tongxin.kernel.crypto import blind_index
from tongxin.kernel.errors import NotAllowed
from tongxin.people.models import Member

pytestmark = pytest.mark.django_db
PERSON = {"speaker_name": "欧阳测试", "speaker_phone": "13800007788", "consent": "on"}


def visited(cast: Cast) -> tuple[DutyTurn, Concern]:
    """A turn at which somebody came, and was named where nobody should be."""
    held = turn(cast, state="on_duty")
    DutyTurn.objects.filter(pk=held.pk).update(purpose="欧阳测试家暖气")
    seen = visits.write_down(held, cast.actor("member"), {"text": "欧阳测试家暖气不热。"} | PERSON, None, "one")
    visits.count(held, cast.actor("member"), 2, "two")
    told = {"summary": "欧阳测试来访，电话138-0000 7788，已记下。"}
    held = door.perform(held, "finish", cast.actor("member"), told)
    assert seen.visit.concern is not None
    return held, seen.visit.concern


def test_a_visitor_is_erased_from_the_turn_and_from_the_contact_made_of_it(cast: Cast) -> None:
    held, concern = visited(cast)
    assert ContactRecord.objects.get().summary == held.summary
    kept = whole_database()
    assert "欧阳测试来访" in kept  # the search sees these tables
    door.perform(concern, "forget", holder(concern.receipt_index))
    kept = whole_database()
    for rest in ("欧阳测试", "13800007788", "0000 7788", blind_index("+8613800007788", "phone")):
        assert rest not in kept
    held.refresh_from_db()
    assert (held.summary, held.purpose) == ("＊＊来访，电话＊＊，已记下。", "＊＊家暖气")
    # The counts stay.
    assert sum(DutyVisit.objects.values_list("people", flat=True)) == 3
    assert ContactRecord.objects.get().others == 3
    assert ledger.of(cast.door_station, today().year, today()).total.values() == (1, 1, 0, 2, 3, 1, 0)


def test_somebody_the_member_keeps_contact_with_goes_from_the_turn_too(cast: Cast) -> None:
    consent = {"consent_on": "2025-03-01", "consent_way": "spoken", "consent_for": ["contact"]}
    told = {"name": "欧阳测试", "phone": "13800007788", "sector": cast.sector, "member": cast.seat}
    person = door.begin(CONSTITUENTS, "enrol", cast.actor("office"), consent | told)
    held = turn(cast, state="on_duty")
    summary = {"summary": "去看了欧阳测试，电话138-0000 7788，谈了供热。"}
    held = door.perform(held, "finish", cast.actor("member"), summary)
    door.perform(person, "forget", cast.actor("office"), {"reason": "本人要求"})
    held.refresh_from_db()
    assert held.summary == "去看了＊＊，电话＊＊，谈了供热。"
    assert "欧阳测试" not in whole_database()


def test_a_turn_that_names_somebody_else_is_left_alone(cast: Cast) -> None:
    held, _concern = visited(cast)
    other = cast.concern(token="portal", speaker_name="周女士", speaker_phone="13800001111", consent="on")
    door.perform(other, "forget", holder(other.receipt_index))
    after = DutyTurn.objects.get(pk=held.pk)
    assert (after.summary, after.version) == (held.summary, held.version)


def test_summaries_are_kept_for_their_time(cast: Cast) -> None:
    now = timezone.now()
    held = turn(cast, state="done")
    ahead = turn(cast, today() + timedelta(days=1))
    DutyTurn.objects.filter(pk=ahead.pk).update(purpose="暖气", on=today() - timedelta(days=1))  # not over: not moved
    assert registry.erase_expired(now + timedelta(days=700)) == 0
    assert registry.erase_expired(now + timedelta(days=740)) == 1
    held.refresh_from_db()
    assert (held.state, held.summary) == ("done", "")
    assert DutyTurn.objects.get(pk=ahead.pk).purpose == "暖气"
    assert registry.erase_expired(now + timedelta(days=740)) == 0


def test_why_a_member_could_not_come_is_kept_for_its_time(cast: Cast) -> None:
    now = timezone.now()

    def away(**days: object) -> Unavailability:
        made = Unavailability(assembly=cast.city, member=cast.seat, from_on=today(), reason="住院", **days)
        return door.establish(made, cast.actor("member"), may_enter)

    over, dropped, held = away(to_on=today()), away(dropped_on=today(), weekdays=[1]), away(weekdays=[2])
    assert registry.erase_expired(now + timedelta(days=360)) == 0
    assert registry.erase_expired(now + timedelta(days=370)) == 2
    reasons = [Unavailability.objects.get(pk=each.pk).reason for each in (over, dropped, held)]
    assert reasons == ["", "", "住院"]
    Member.objects.filter(pk=cast.seat.pk).update(left_on=today())
    assert registry.erase_expired(now + timedelta(days=370)) == 1
    assert "住院" not in whole_database()


def test_nobody_erases_them_by_hand(cast: Cast) -> None:
    held, _concern = visited(cast)
    for who in ("member", "office", "admin", "station", "leader"):
        for move in ("blot", "forget"):
            with pytest.raises(NotAllowed):
                door.perform(held, move, cast.actor(who), {"name": "接待", "phone": ""})
    assert door.perform(held, "forget", system_actor(cast)).summary == ""
