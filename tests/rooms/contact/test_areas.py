"""Responsibility areas (one for each member) and yearly plans."""

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


def test_others_do_not_plan_for_a_member(cast: Cast) -> None:
    url = reverse("contact:plan", args=[cast.seat.pk])
    answers = {
        who: cast.client(who).post(url, {"target": 12}).status_code for who in ("committee", "leader", "station")
    }
    assert answers == {"committee": 404, "leader": 404, "station": 403}
