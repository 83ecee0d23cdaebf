"""约见: people are given a time only with members who wish it; each says so, or has the office say it."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from tests.cast import Cast
from tests.rooms.stations.duty import another, today
from tests.rooms.stations.test_appointments import agreed, asked, working_day
from tongxin.hear.stations.models import DutyTurn
from tongxin.hear.stations.workflow.duty import TURNS
from tongxin.kernel import door, options
from tongxin.kernel.errors import Invalid, NotAllowed
from tongxin.kernel.models import JournalEntry
from tongxin.people import local, receiving
from tongxin.people.models import Member

pytestmark = pytest.mark.django_db


def says(cast: Cast, answer: str, when: str = "", by: str = "member") -> Member:
    told = {"receives": answer, "receives_when": when}
    return door.perform(cast.seat, "receive", cast.actor(by), told)


def booking(cast: Cast) -> dict[str, Any]:
    hours = {"on": working_day().isoformat(), "begins": "09:00", "ends": "10:00"}
    return hours | {"station": cast.door_station.pk, "member": cast.seat.pk}


def test_a_member_says_it_on_the_own_page_and_it_is_journaled(cast: Cast) -> None:
    client, address = cast.client("member"), reverse("people:member_move", args=[cast.seat.pk, "receive"])
    assert address in client.get(reverse("duty:mine")).content.decode()
    assert client.get(address).status_code == 200
    page = client.post(address, {"receives": "1", "receives_when": "周三下午", "version": cast.seat.version})
    cast.seat.refresh_from_db()
    assert (page.status_code, cast.seat.receives, cast.seat.receives_when) == (302, True, "周三下午")
    entry = JournalEntry.objects.filter(record_type="people.member").latest("id")
    assert (entry.verb, entry.actor, entry.facts["receives"]) == ("receive", cast.member, True)
    assert "周三下午" not in str(entry.facts)
    for where in (reverse("duty:mine"), reverse("people:member", args=[cast.seat.pk])):
        assert "周三下午" in client.get(where).content.decode(), where
    assert client.post(address, {"receives_when": "x"}).status_code == 422


def test_the_office_sees_and_enters_it_and_other_members_do_neither(cast: Cast) -> None:
    page, office = reverse("people:member", args=[cast.seat.pk]), cast.client("office")
    says(cast, "0", "六月以后", by="office")
    assert "六月以后" in office.get(page).content.decode()
    assert receiving.said(Member.objects.get(pk=cast.seat.pk)) in office.get(page).content.decode()
    convener = cast.client("convener").get(page).content.decode()
    assert "六月以后" not in convener
    assert "/receive/" not in convener
    other = another(cast)
    with pytest.raises(NotAllowed):
        door.perform(other, "receive", cast.actor("member"), {"receives": "1"})


def test_only_willing_members_are_offered_and_taken(cast: Cast) -> None:
    other, request = another(cast), asked(cast)
    says(cast, "0")
    station, office = cast.client("station"), cast.client("office")
    for page in (
        station.get(reverse("duty:book")),
        office.get(reverse("duty:appointment_move", args=[request.pk, "agree"])),
    ):
        assert list(page.context["form"].fields["member"].queryset) == [other]
    refused = station.post(reverse("duty:book"), booking(cast))
    sentence = f"{cast.seat}目前不接受约见。"
    assert refused.status_code == 422
    assert sentence in refused.content.decode()
    with pytest.raises(Invalid) as error:
        agreed(cast, request)
    assert "member" in error.value.form.errors
    assert not DutyTurn.objects.exists()
    says(cast, "1", "周三下午")
    offered = station.get(reverse("duty:book")).content.decode()
    assert "· 周三下午" in offered
    assert agreed(cast, request).state == "agreed"


def test_a_turn_by_appointment_is_given_to_nobody_who_takes_none(cast: Cast) -> None:
    other = another(cast)
    held = door.begin(TURNS, "book", cast.actor("office"), booking(cast) | {"member": other.pk})
    says(cast, "0")
    with pytest.raises(Invalid):
        door.perform(held, "assign", cast.actor("office"), {"member": cast.seat.pk})
    says(cast, "1")
    assert door.perform(held, "assign", cast.actor("office"), {"member": cast.seat.pk}).member == cast.seat


def test_a_turn_with_a_visitor_is_offered_to_nobody_who_takes_none_and_no_member_reads_the_other_s_word(
    cast: Cast,
) -> None:
    other, third = another(cast), another(cast, "周兰")
    held = agreed(cast, asked(cast)).turn
    for each, answer, when in ((other, "0", ""), (third, "1", "周三下午")):
        door.perform(each, "receive", cast.actor("office"), {"receives": answer, "receives_when": when})
    page = cast.client("member").get(reverse("duty:move", args=[held.pk, "offer"]))
    offered = page.context["form"].fields["member"].queryset
    assert (other in offered, third in offered, "周三下午" in page.content.decode()) == (False, True, False)
    with pytest.raises(Invalid):
        door.perform(held, "offer", cast.actor("member"), {"member": other.pk})


def test_who_said_nothing_is_as_the_assembly_has_it(cast: Cast) -> None:
    assert options.parameter(cast.city.pk, receiving.UNLESS_REFUSED) is True
    assert receiving.is_willing(cast.seat)
    local.save_parameter(receiving.UNLESS_REFUSED, False, "主席会议决定", cast.actor("office"))
    options.forget(cast.city.pk)
    try:
        assert not receiving.is_willing(cast.seat)
        with pytest.raises(Invalid):
            agreed(cast, asked(cast))
        assert receiving.is_willing(says(cast, "1"))
        assert agreed(cast, asked(cast, "2")).state == "agreed"
    finally:
        options.forget(cast.city.pk)


def test_what_was_agreed_before_stays(cast: Cast) -> None:
    request = agreed(cast, asked(cast))
    says(cast, "0")
    request.refresh_from_db()
    assert (request.state, DutyTurn.objects.get().state) == ("agreed", "scheduled")


def test_the_word_on_when_holds_no_number_and_goes_with_the_seat(cast: Cast) -> None:
    assert says(cast, "1", "周三，打13946901158").receives_when == "周三，打****"
    told = {"on": today().isoformat(), "reason": "工作调动"}
    assert door.perform(cast.seat, "resign", cast.actor("office"), told).receives_when == ""


def test_the_administrator_gives_turns_on_and_does_not_read_when_it_suits(cast: Cast) -> None:
    other = another(cast)
    says(cast, "1", "周三下午")
    held = door.begin(TURNS, "book", cast.actor("office"), booking(cast) | {"member": other.pk})
    address = reverse("duty:move", args=[held.pk, "assign"])
    pages = {name: cast.client(name).get(address).content.decode() for name in ("office", "admin")}
    assert all(str(cast.seat) in page for page in pages.values())
    assert ("周三下午" in pages["office"], "周三下午" in pages["admin"]) == (True, False)
