"""Two members exchange turns in one agreement: the same checks for both, and both change or neither."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.cast import Cast, system_actor
from tests.rooms.stations.duty import another, today, turn
from tests.rooms.stations.test_appointments import elsewhere
from tongxin.hear.stations.models import DutyTurn, Unavailability
from tongxin.kernel import door
from tongxin.kernel.errors import Invalid
from tongxin.kernel.models import Notice
from tongxin.people.models import Member

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(cast: Cast) -> tuple[DutyTurn, DutyTurn]:
    """A turn of the cast's member, and one of somebody else's at another station."""
    mine = turn(cast, today() + timedelta(days=5))
    return mine, turn(cast, today() + timedelta(days=9), member=another(cast), station=elsewhere(cast))


def offer(cast: Cast, mine: DutyTurn, to: Member | None, **more: object) -> DutyTurn:
    return door.perform(mine, "offer", cast.actor("member"), {"member": to, **more})


def held() -> set[tuple[object, object, str]]:
    rows = DutyTurn.objects.exclude(state__in=DutyTurn.GONE)
    return set(rows.values_list("on", "member__person__name", "state"))


def test_both_change_on_consent(cast: Cast, pair: tuple[DutyTurn, DutyTurn]) -> None:
    mine, theirs = pair
    door.perform(theirs, "assign", cast.actor("office"), {"member": cast.seat.pk})  # whoever signs in is asked
    other = another(cast, "钱进")
    door.perform(mine, "assign", cast.actor("office"), {"member": other.pk})
    mine.refresh_from_db()
    asked = door.perform(mine, "offer", system_actor(cast), {"member": cast.seat.pk, "instead_on": theirs.on})
    page = cast.client("member").get(reverse("duty:mine")).content.decode()
    assert theirs.get_absolute_url() in page
    cast.client("member").post(reverse("duty:move", args=[asked.pk, "accept"]))
    assert held() == {(mine.on, str(cast.seat.person.name), "confirmed"), (theirs.on, "钱进", "confirmed")}
    assert set(DutyTurn.objects.filter(pk__in=(mine.pk, theirs.pk)).values_list("state", flat=True)) == {"swapped"}


def test_turns_of_one_day_are_exchanged(cast: Cast, pair: tuple[DutyTurn, DutyTurn]) -> None:
    mine, theirs = pair
    DutyTurn.objects.filter(pk=theirs.pk).update(on=mine.on)
    asked = offer(cast, mine, theirs.member, instead_on=mine.on)
    door.perform(asked, "accept", system_actor(cast))
    rows = DutyTurn.objects.filter(state="confirmed").values_list("station__code", "member__person__name")
    assert set(rows) == {(cast.door_station.code, "孙萍"), ("N002", str(cast.seat.person.name))}
    assert Notice.objects.filter(user=cast.member).exists()


def test_whoever_cannot_is_named_and_nothing_changes(cast: Cast, pair: tuple[DutyTurn, DutyTurn]) -> None:
    mine, theirs = pair
    with pytest.raises(Invalid) as refused:
        offer(cast, mine, theirs.member, instead_on=theirs.on + timedelta(days=1))
    assert f"{theirs.on.year}年{theirs.on.month}月{theirs.on.day}日" in str(
        refused.value.form.errors["instead_on"]
    )  # when they are on duty
    away = Unavailability.objects.create(assembly=cast.city, member=cast.seat, from_on=theirs.on, to_on=theirs.on)
    with pytest.raises(Invalid) as refused:  # I am away myself
        offer(cast, mine, theirs.member, instead_on=theirs.on)
    assert str(cast.seat) in str(refused.value.form.errors["instead_on"])
    away.delete()
    asked = offer(cast, mine, theirs.member, instead_on=theirs.on)
    busy = turn(cast, theirs.on)  # meanwhile I am on duty that day
    with pytest.raises(Invalid):
        door.perform(asked, "accept", system_actor(cast))
    assert {mine.pk, theirs.pk} <= set(DutyTurn.objects.filter(state="scheduled").values_list("pk", flat=True))
    door.perform(busy, "cancel", cast.actor("office"), {"reason": "停电"})
    door.perform(theirs, "assign", cast.actor("office"), {"member": another(cast, "钱进").pk})
    asked.refresh_from_db()
    with pytest.raises(Invalid):  # it is not theirs any more
        door.perform(asked, "accept", system_actor(cast))


def test_a_leader_s_turn_goes_to_a_leader(cast: Cast, pair: tuple[DutyTurn, DutyTurn]) -> None:
    mine, theirs = pair
    DutyTurn.objects.filter(pk=theirs.pk).update(who="leader")
    with pytest.raises(Invalid) as refused:
        offer(cast, mine, theirs.member, instead_on=theirs.on)
    assert "instead_on" in refused.value.form.errors


def test_whoever_is_chosen_shows_the_turns_that_can_be_exchanged(cast: Cast) -> None:
    """In two steps and without a script: nobody types a day they cannot know."""
    other = another(cast)
    mine, theirs = turn(cast, today() + timedelta(days=9)), turn(cast, today() + timedelta(days=12), member=other)
    url, client = f"/desk/duty/turns/{mine.pk}/offer/", cast.client("member")
    first = client.get(url).content.decode()
    assert 'type="date"' not in first
    assert '<optgroup label="本站的或本界别的">' in first
    assert first.index("本站的或本界别的") < first.index("其他委员") < first.index("孙萍")
    second = client.post(url, {"member": other.pk, "note": "出差", "look": "1"}).content.decode()
    assert f'type="radio" name="instead_on" value="{theirs.on:%Y-%m-%d}"' in second
    assert "出差" in second
    assert DutyTurn.objects.get(pk=mine.pk).offered_to is None
    client.post(url, {"member": other.pk, "instead_on": f"{theirs.on:%Y-%m-%d}"})
    assert DutyTurn.objects.get(pk=mine.pk).exchange_for == theirs
