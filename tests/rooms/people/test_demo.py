"""The demo's people: all through the door, the same for the same seed, as the profile says."""

import random

import pytest
from django.utils import timezone

from tongxin.conf.demo import ACCOUNTS
from tongxin.kernel import figures
from tongxin.kernel.actor import system
from tongxin.kernel.demo import Demo
from tongxin.kernel.models import JournalEntry
from tongxin.people import demo as people
from tongxin.people import queries
from tongxin.people.models import Convener, Member, RoleGrant


@pytest.fixture
def demo(db) -> Demo:
    shelf = Demo(
        profile={},
        now=timezone.now(),
        password="a-long-enough-one",
        random=random.Random(1158),
        system=system("demo"),
        say=lambda text: None,
    )
    shelf.profile = shelf.data("shuangyashan")
    people.build(shelf)
    return shelf


def test_it_is_what_the_profile_says(demo):
    city = demo.made["assembly"]
    for code in ("F01", "F02"):
        wanted = demo.profile["figures"][code]
        counted = figures.answer(figures.get(code), figures.scope(city, wanted["year"]))
        assert counted.value == wanted["value"]
    assert len(demo.made["members"]) == demo.profile["members"]
    assert set(demo.made["counties"]) == set(demo.profile["counties"])
    assert len(demo.made["bodies"]) >= 30
    assert queries.unsettled(city, timezone.localdate()) == 0


def test_every_sector_has_a_convener_and_leaders_have_their_number(demo):
    assert Convener.objects.filter(rank="chief").values("sector").distinct().count() == len(demo.made["sectors"])
    duties = {duty: Member.objects.filter(duty=duty).count() for duty, _label in Member.Duty.choices}
    assert (duties["chair"], duties["vice_chair"], duties["secretary_general"], duties["standing"]) == (1, 7, 1, 40)
    assert Member.objects.filter(is_entrepreneur=True).count() > 40


def test_the_accounts_can_sign_in_and_hold_their_roles(demo):
    assert set(demo.made["users"]) == set(ACCOUNTS.split())
    for login, user in demo.made["users"].items():
        assert user.check_password(demo.password)
        assert not user.must_change_password
        assert RoleGrant.objects.filter(user=user).exists() == (login != "station")
    assert queries.actor_of(demo.made["users"]["convener"]).has("convener", "member")


def test_everybody_was_journaled(demo):
    assert JournalEntry.objects.filter(record_type="people.member", verb="admit").count() == 240


def test_the_same_seed_makes_the_same_people(demo):
    demo.random = random.Random(1158)
    drawn = people._Rows(demo, demo.data("people")).rows()
    assert [row["name"] for row in drawn] == [member.person.name for member in demo.made["members"]]
    assert len({row["name"] for row in drawn}) == 240
