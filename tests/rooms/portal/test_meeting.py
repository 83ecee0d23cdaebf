"""Asking to meet a member without an account, and reading what came of it under the receipt."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.stations.rotas import rule
from tests.rooms.stations.test_appointments import agreed, working_day
from tongxin.hear.stations.models import Appointment, DutyTurn
from tongxin.kernel import door
from tongxin.portal import meeting
from tongxin.portal.speaking import SENDING

pytestmark = pytest.mark.django_db
SENT = {"token": "0e2b2f57-2a3c-4c6e-9b63-6a4f0d0f8a11", "matter": "小区供热的事", "part": "any"}


def form_of(cast: Cast) -> str:
    return reverse("portal:meet", args=[cast.door_station.code])


def ask(cast: Cast, client: Client | None = None, **more: Any) -> str:
    """The address of the receipt."""
    page = (client or cast.client("public")).post(form_of(cast), SENT | more)
    assert page.status_code == 303, page.content.decode()
    return page["Location"].partition("?")[0]


def test_from_the_code_at_the_door_to_the_receipt(cast: Cast) -> None:
    public = cast.client("public")
    assert form_of(cast) in public.get(reverse("portal:speak", args=[cast.door_station.code])).content.decode()
    assert public.get(form_of(cast)).status_code == 200
    assert not Appointment.objects.exists()
    page = public.post(form_of(cast), SENT | {"wish_on": working_day(), "part": "morning"}, follow=True)
    shown = page.content.decode()
    assert "回执" in shown
    assert page["Referrer-Policy"] == "same-origin"
    made = Appointment.objects.get()
    assert (made.station, made.part, made.state, made.consent_at) == (cast.door_station, "morning", "asked", None)


def test_sent_twice_is_asked_once_and_other_words_are_another_matter(cast: Cast) -> None:
    addresses = [ask(cast), ask(cast), ask(cast, matter="另一件事")]
    assert len(set(addresses)) == 2
    assert addresses[0] == addresses[1]
    assert Appointment.objects.count() == 2


@pytest.mark.parametrize("change", [{"wish_on": working_day()}, {"part": "morning"}, {"asker_phone": "13912342262"}])
def test_what_was_corrected_since_is_not_dropped_in_silence(cast: Cast, change: dict[str, Any]) -> None:
    told = {"asker_phone": "13912342261"}
    first = ask(cast, **told)
    page = cast.client().post(form_of(cast), SENT | told | change)
    assert page.status_code == 409
    shown = page.content.decode()
    assert first in shown
    assert f'value="{next(iter(change.values()))}"' in shown
    assert Appointment.objects.count() == 1
    ask(cast, **(told | change), token=page.context["token"])
    assert Appointment.objects.count() == 2


def test_while_the_database_takes_nothing_the_request_is_kept(cast: Cast) -> None:
    with patch.object(meeting.door, "begin", side_effect=OperationalError("database is locked")):
        page = cast.client().post(form_of(cast), SENT)
    assert (page.status_code, page["Retry-After"]) == (503, "15")
    assert SENT["matter"] in page.content.decode()
    ask(cast)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"matter": " "}, "matter"),
        ({"matter": "长" * 121}, "matter"),
        ({"wish_on": "2020-01-01"}, "wish_on"),
        ({"wish_on": "2099-01-01"}, "wish_on"),
        ({"wish_on": "someday"}, "wish_on"),
        ({"part": "night"}, "part"),
        ({"asker_phone": "12"}, "asker_phone"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_is_kept(cast: Cast, wrong: dict[str, str], field: str) -> None:
    page = cast.client("public").post(form_of(cast), SENT | {"asker_name": "周桂兰"} | wrong)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert "周桂兰" in page.content.decode()
    assert not Appointment.objects.exists()


def test_what_nobody_can_send_is_not_taken(cast: Cast) -> None:
    other = {"station": "999", "receipt_index": "mine", "outside": "1", "state": "agreed", "consent_at": "2020-01-01"}
    ask(cast, **other)
    made = Appointment.objects.get()
    assert (made.station, made.state, made.outside, made.consent_at) == (cast.door_station, "asked", False, None)
    assert made.receipt_index != "mine"


def test_a_closed_station_has_no_appointments(cast: Cast) -> None:
    cast.door_station.state = "suspended"
    cast.door_station.save()
    for method in ("get", "post"):
        assert getattr(cast.client("public"), method)(form_of(cast)).status_code == 404
    assert cast.client("public").get(reverse("portal:meet", args=["Z999"])).status_code == 404


def test_asking_without_end_is_slowed_down_and_what_was_typed_kept(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(SENDING), "hit", lambda self, request: 90)
    page = cast.client("public").post(form_of(cast), SENT)
    assert (page.status_code, page["Retry-After"]) == (429, "90")
    assert SENT["matter"] in page.content.decode()
    assert not Appointment.objects.exists()


def test_the_person_reads_when_and_whom_or_why_not(cast: Cast) -> None:
    public = cast.client("public")
    address = ask(cast, public)
    assert "正在给您约时间" in public.get(address).content.decode()
    request = agreed(cast, Appointment.objects.get(), reply="请带上发票。")
    page = public.get(address).content.decode()
    for said in ("周岩", "09:00–09:30", "请带上发票。", str(cast.door_station)):
        assert said in page
    door.perform(request.turn, "cancel", cast.actor("office"), {"reason": "停电"})
    page = public.get(address).content.decode()
    assert "正在给您约时间" in page
    assert "停电" not in page  # said among the staff
    request.refresh_from_db()
    door.perform(request, "refuse", cast.actor("office"), {"reply": "本月站点装修。"})
    assert "本月站点装修。" in public.get(address).content.decode()


def test_a_wish_outside_the_hours_is_said(cast: Cast) -> None:
    rule(cast, "预约 9:00-11:30")
    public = cast.client("public")
    assert "09:00–11:30" in public.get(form_of(cast)).content.decode()
    address = ask(cast, public, wish_on=working_day(), part="afternoon")
    page = public.get(address).content.decode()
    assert "不在本站的预约时段内" in page
    inside = ask(cast, public, matter="另一件事", wish_on=working_day(), part="morning")
    assert "不在本站的预约时段内" not in public.get(inside).content.decode()


def test_the_person_takes_it_back_and_has_the_name_erased(cast: Cast) -> None:
    public = cast.client("public")
    address = ask(cast, public, asker_name="周桂兰", asker_phone="13946901158")
    agreed(cast, Appointment.objects.get())
    staff = cast.client("office")
    for act in ("erase", "withdraw"):
        assert staff.post(f"{address}/{act}").status_code == 403
        assert public.post(f"{address}/{act}").status_code == 303
        assert public.post(f"{address}/{act}").status_code == 303  # pressed twice
    request = Appointment.objects.get()
    assert (request.state, request.asker_name, request.asker_phone) == ("withdrawn", "", "")
    assert DutyTurn.objects.get().state == "cancelled"
    assert "您已取消预约" in public.get(address).content.decode()


def test_what_belongs_to_concerns_is_not_there_for_an_appointment(cast: Cast) -> None:
    public = cast.client("public")
    address = ask(cast, public)
    assert public.post(f"{address}/rate", {"value": "satisfied"}).status_code == 404
    assert public.get(f"{address}/files/1").status_code == 404


def test_a_day_that_is_over_is_said(cast: Cast) -> None:
    public = cast.client("public")
    address = ask(cast, public)
    request = agreed(cast, Appointment.objects.get())
    DutyTurn.objects.filter(pk=request.turn_id).update(on=timezone.localdate() - timedelta(days=1), state="done")
    page = public.get(address).content.decode()
    assert "这天已经过了" in page
    assert f"{address}/withdraw" not in page
