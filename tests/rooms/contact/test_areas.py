"""Responsibility areas (one for each member) and yearly plans."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.contact.conftest import Circle
from tongxin.hear.contact import areas, queries
from tongxin.hear.contact.models import AreaMember, ContactPlan, ResponsibilityArea
from tongxin.kernel.errors import NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def area(cast: Cast) -> ResponsibilityArea:
    return areas.enter(cast.actor("office"), {"name": "八马路社区", "sector": cast.sector})


def test_a_member_answers_for_exactly_one_area(cast: Cast, area: ResponsibilityArea) -> None:
    client = cast.client("office")
    client.post(reverse("contact:area_assign", args=[area.pk]), {"member": cast.seat.pk, "on": "2025-01-10"})
    other = areas.enter(cast.actor("office"), {"name": "学府社区", "sector": cast.sector})
    refused = client.post(reverse("contact:area_assign", args=[other.pk]), {"member": cast.seat.pk, "on": "2025-03-01"})
    assert refused.status_code == 422
    assert "八马路社区" in str(refused.context["form"].errors["member"])
    moved = {"member": cast.seat.pk, "on": "2025-03-01", "move": "on"}
    assert client.post(reverse("contact:area_assign", args=[other.pk]), moved).status_code == 302
    assert [(held.area, str(held.to_on)) for held in AreaMember.objects.order_by("from_on")] == [
        (area, "2025-03-01"), (other, "None"),
    ]  # fmt: skip


def test_the_database_itself_keeps_it_to_one(cast: Cast, area: ResponsibilityArea) -> None:
    told = {"assembly": cast.city, "area": area, "member": cast.seat, "from_on": timezone.localdate()}
    AreaMember.objects.create(**told)
    with pytest.raises(IntegrityError), transaction.atomic():
        AreaMember.objects.create(**told)


def test_ending_leaves_the_member_without_an_area(circle: Circle, cast: Cast, area: ResponsibilityArea) -> None:
    cleaned = {"member": cast.seat, "on": timezone.localdate(), "held": None}
    held = areas.assign(area, cast.actor("convener"), cleaned)
    assert not queries.areas.without(cast.actor("office")).exists()
    cast.client("convener").post(reverse("contact:area_end", args=[area.pk, held.pk]), {})
    assert list(queries.areas.without(cast.actor("office"))) == [cast.seat]


def test_a_day_that_has_not_come_is_refused(cast: Cast, area: ResponsibilityArea) -> None:
    client, tomorrow = cast.client("office"), timezone.localdate() + timedelta(days=1)
    page = client.post(reverse("contact:area_assign", args=[area.pk]), {"member": cast.seat.pk, "on": tomorrow})
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["on"])
    held = areas.assign(area, cast.actor("office"), {"member": cast.seat, "on": date(2025, 3, 1), "held": None})
    end = reverse("contact:area_end", args=[area.pk, held.pk])
    for day, said in ((tomorrow, "还没到"), ("2025-02-28", "2025-03-01")):
        page = client.post(end, {"on": day})
        assert page.status_code == 422
        assert said in str(page.context["form"].errors["on"])
    edit = {"name": area.name, "sector": cast.sector.pk, "closed_on": tomorrow, "end_holders": "on"}
    page = client.post(reverse("contact:area_edit", args=[area.pk]), edit)
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["closed_on"])
    assert AreaMember.objects.get().to_on is None


def test_nobody_begins_before_the_last_area_ended(cast: Cast, area: ResponsibilityArea) -> None:
    held = areas.assign(area, cast.actor("office"), {"member": cast.seat, "on": date(2025, 1, 10), "held": None})
    areas.end(held, cast.actor("office"), date(2025, 6, 1))
    other = areas.enter(cast.actor("office"), {"name": "学府社区", "sector": cast.sector})
    url, client = reverse("contact:area_assign", args=[other.pk]), cast.client("office")
    page = client.post(url, {"member": cast.seat.pk, "on": "2025-05-31"})
    assert "2025-06-01" in str(page.context["form"].errors["on"])
    assert client.post(url, {"member": cast.seat.pk, "on": "2025-06-01"}).status_code == 302


def test_an_area_ends_with_those_who_answer_for_it_or_not_at_all(cast: Cast, area: ResponsibilityArea) -> None:
    held = areas.assign(area, cast.actor("office"), {"member": cast.seat, "on": date(2025, 3, 1), "held": None})
    url, client = reverse("contact:area_edit", args=[area.pk]), cast.client("office")
    told = {"name": area.name, "sector": cast.sector.pk, "closed_on": "2025-09-01"}
    for wrong, said in ((told, "周岩"), (told | {"closed_on": "2025-02-01", "end_holders": "on"}, "2025-03-01")):
        page = client.post(url, wrong)
        assert page.status_code == 422
        assert said in str(page.context["form"].errors["closed_on"])
        assert ResponsibilityArea.objects.get().closed_on is None
    assert client.post(url, told | {"end_holders": "on"}).status_code == 302
    held.refresh_from_db()
    assert str(held.to_on) == str(ResponsibilityArea.objects.get().closed_on) == "2025-09-01"
    # Nobody begins to answer for what has ended.
    page = client.post(reverse("contact:area_assign", args=[area.pk]), {"member": cast.seat.pk})
    assert page.status_code == 422
    assert AreaMember.objects.count() == 1


def test_a_convener_does_not_end_what_members_of_other_sectors_hold(
    circle: Circle, cast: Cast, area: ResponsibilityArea
) -> None:
    farmer = circle.member("钱进", sector=cast.other_sector)
    areas.assign(area, cast.actor("office"), {"member": farmer, "on": date(2025, 3, 1), "held": None})
    told = {"name": area.name, "sector": cast.sector.pk, "closed_on": "2025-09-01", "end_holders": "on"}
    page = cast.client("convener").post(reverse("contact:area_edit", args=[area.pk]), told)
    assert page.status_code == 422
    assert "钱进" in str(page.context["form"].errors["closed_on"])


def test_an_area_of_the_same_name_is_refused(cast: Cast, area: ResponsibilityArea) -> None:
    page = cast.client("office").post(reverse("contact:area_new"), {"name": "八马路社区", "sector": cast.sector.pk})
    assert page.status_code == 422
    assert "name" in page.context["form"].errors


def test_a_convener_keeps_only_areas_of_the_own_sector(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        areas.enter(cast.actor("convener"), {"name": "农场", "sector": cast.other_sector})


def test_a_plan_and_its_progress(circle: Circle, cast: Cast) -> None:
    year = timezone.localdate().year
    url = reverse("contact:plan", args=[cast.seat.pk])
    plan = {"target": 12, "channels": ["visit", "online"], "tasks": ["listening", "helping"]}
    client = cast.client("member")
    assert client.post(url, plan).status_code == 302
    circle.record(circle.enrol())
    (done,) = queries.plans.progress([cast.seat], year)
    assert (done.contacts, done.plan.target) == (1, 12)
    assert (done.channels_done, done.tasks_done) == (1, 1)
    assert "1/12" in client.get(url).content.decode()
    client.post(url, plan | {"target": 20})
    assert ContactPlan.objects.get().target == 20
    assert client.post(url, plan | {"target": 0}).status_code == 422


def test_a_plan_sent_twice_at_once_is_kept_once(cast: Cast) -> None:
    by, year = cast.actor("member"), timezone.localdate().year
    first, second = areas.plan_of(cast.seat, year), areas.plan_of(cast.seat, year)
    areas.keep_plan(first, by, {"target": 12, "note": ""})
    areas.keep_plan(second, by, {"target": 15, "note": ""})
    assert ContactPlan.objects.get().target == 15


def test_nobody_plans_beyond_the_next_year(cast: Cast) -> None:
    url, this = reverse("contact:plan", args=[cast.seat.pk]), timezone.localdate().year
    for asked, got in ((this + 1, this + 1), (this + 2, this), ("1999", this), ("x", this)):
        assert cast.client("member").get(f"{url}?year={asked}").context["year"] == got


def test_others_do_not_plan_for_a_member(cast: Cast) -> None:
    url = reverse("contact:plan", args=[cast.seat.pk])
    answers = {
        who: cast.client(who).post(url, {"target": 12}).status_code for who in ("committee", "leader", "station")
    }
    assert answers == {"committee": 404, "leader": 404, "station": 403}
