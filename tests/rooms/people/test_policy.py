"""Who sees and changes people and institutions."""

import pytest
from django.urls import reverse

from tests.cast import ROLES
from tongxin.people import policy
from tongxin.people.models import Member, Person, Sector

MANAGING = {"admin", "office"}
READING = MANAGING | {"committee", "member", "convener", "leader", "secretary_general", "county"}
READING |= {"supervision", "proposals", "info_editor", "info_reviewer", "info_signer", "instructions"}


@pytest.mark.parametrize("name", ROLES)
def test_who_manages_and_who_reads(cast, name):
    actor = cast.actor(name)
    assert policy.manage.allows(actor, cast.sector) == (name in MANAGING)
    assert policy.administer.allows(actor, cast.sector) == (name == "admin")
    assert policy.read_directory.allows(actor, cast.seat) == (name in READING)


@pytest.mark.parametrize("name", ROLES)
def test_lists_and_single_records_agree(cast, name):
    actor = cast.actor(name)
    for rule, model in ((policy.manage, Sector), (policy.read_directory, Member), (policy.correct_person, Person)):
        listed = set(rule.filter(actor, model.objects.all()))
        assert listed == {record for record in model.objects.all() if rule.allows(actor, record)}


@pytest.mark.parametrize(
    ("name", "status"),
    [("office", 200), ("admin", 404), ("leader", 200), ("member", 404), ("convener", 404), ("stranger", 404)],
)
def test_whole_numbers_are_for_the_office_and_looking_is_noted_down(cast, name, status):
    cast.seat.person.phone = "+8613912342261"
    cast.seat.person.save()
    client = cast.client(name)
    page = client.get(reverse("people:member", args=[cast.seat.pk]))
    assert "13912342261" not in page.content.decode()
    shown = client.post(reverse("people:member_phone", args=[cast.seat.pk]))
    assert shown.status_code == status
    assert ("13912342261" in shown.content.decode()) == (status == 200)
    story = client.get(reverse("people:member", args=[cast.seat.pk]))
    if name == "office":
        assert "139****2261" in story.content.decode()
        assert story.context["story"][-1].verb == "revealed"


def test_a_person_seated_here_may_be_corrected_whoever_entered_them(cast):
    person = Person.objects.create(assembly=cast.county, name="关山")
    assert not policy.correct_person.allows(cast.actor("office"), person)
    Member.objects.create(assembly=cast.city, person=person, term=cast.term, sector=cast.sector, state="active")
    assert policy.correct_person.allows(cast.actor("office"), person)
    assert not policy.correct_person.allows(cast.actor("stranger"), person)
