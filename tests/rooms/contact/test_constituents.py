"""Who is enrolled: only with consent, once, with whom, and gone when asked."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.concerns.test_personal import whole_database
from tests.rooms.contact.conftest import CONSENT, Circle
from tongxin.hear.contact import personal
from tongxin.hear.contact.models import Constituent, ConstituentLink
from tongxin.hear.contact.workflow import CONSTITUENTS
from tongxin.kernel import door
from tongxin.kernel.errors import Invalid
from tongxin.kernel.models import JournalEntry
from tongxin.people.models import Member

pytestmark = pytest.mark.django_db


def test_a_member_enrols_somebody_and_keeps_contact_from_that_day(circle: Circle, cast: Cast) -> None:
    person = circle.enrol(phone="139 4690-1158")
    link = ConstituentLink.objects.get()
    assert (link.member, link.constituent, str(link.from_on)) == (cast.seat, person, "2025-03-01")
    assert link.created_by == cast.member
    assert Constituent.objects.get().phone == "+8613946901158"
    assert "王桂兰" not in whole_database()
    assert "13946901158" not in whole_database()


@pytest.mark.parametrize("missing", ["consent_on", "consent_way"])
def test_without_consent_nobody_is_enrolled(circle: Circle, missing: str) -> None:
    with pytest.raises(Invalid) as refused:
        circle.enrol(phone="13946901158", **{missing: ""})
    assert missing in refused.value.form.errors
    assert not Constituent.objects.exists()


def test_the_database_itself_refuses_a_number_without_consent(circle: Circle) -> None:
    person = circle.enrol(phone="13946901158")
    with pytest.raises(IntegrityError), transaction.atomic():
        Constituent.objects.filter(pk=person.pk).update(consent_on=None)


def test_a_number_needs_a_purpose(circle: Circle) -> None:
    with pytest.raises(Invalid) as refused:
        circle.enrol(phone="13946901158", consent_for=[])
    assert "consent_for" in refused.value.form.errors


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("１３９４６９０１１５８", "+8613946901158"),
        ("+86 139-4690-1158", "+8613946901158"),
        ("0469-4222222", "+864694222222"),
    ],
)
def test_a_number_in_any_usual_form_is_normalised(circle: Circle, typed: str, kept: str) -> None:
    assert circle.enrol(phone=typed).phone == kept


def test_a_wrong_number_is_named(circle: Circle) -> None:
    with pytest.raises(Invalid) as refused:
        circle.enrol(phone="1394690115")
    assert "1394690115" in str(refused.value.form.errors["phone"])


@pytest.mark.parametrize(
    "again",
    [
        {"name": "另一个名", "place": "", "phone": "+86 13946901158"},
        {"place": "第0小区", "phone": ""},
        {"place": "", "phone": ""},
    ],
    ids=["same number", "same name and place", "same name without a place"],
)
def test_whoever_is_known_is_found_again(circle: Circle, again: dict) -> None:
    known = circle.enrol(phone="13946901158")
    with pytest.raises(Invalid) as refused:
        circle.enrol(by="office", **again)
    assert [offer.person for offer in refused.value.form.offers] == [known]
    assert Constituent.objects.count() == 1
    circle.enrol(by="office", another="on", **again)
    assert Constituent.objects.count() == 2


def test_many_are_enrolled_at_once_by_the_same_checks(circle: Circle, cast: Cast) -> None:
    known = circle.enrol("欧阳测试", place="八马路社区", phone="13946901158")

    def row(name: str, **told: object) -> dict:
        return {"name": name, "sector": cast.sector.pk, "place": "学府社区", "member": cast.seat.pk, **CONSENT} | told

    office = cast.actor("office")
    good = [row("赵磊", phone="13946901159"), row("钱多"), row("赵磊", place="铁西社区")]
    for wrong, code in (
        (row("孙晓梅", consent_on=""), "required"),
        (row("欧阳测试", place="八马路社区"), "twin"),
        (row("孙晓梅", phone="13946901158"), "twin"),
        (row("钱多"), "twice"),
        (row("欧阳测试", place=""), "twin"),
        (row("钱多", place=""), "twice"),
        (row("孙晓梅", phone="139 4690 1159"), "twice"),
    ):
        with pytest.raises(Invalid) as refused:
            door.begin_many(CONSTITUENTS, "enrol", office, [*good, wrong])
        codes = {error.code for errors in refused.value.form.errors.as_data().values() for error in errors}
        assert codes == {code}
        assert list(Constituent.objects.all()) == [known]
    assert door.begin_many(CONSTITUENTS, "enrol", office, [*good, row("钱多", another="on")]) == 4
    assert cast.seat.links.count() == 5


def test_a_member_of_another_assembly_is_refused_with_the_reason(circle: Circle, cast: Cast) -> None:
    away = circle.member("外地人", assembly=cast.elsewhere)
    person = circle.enrol()
    with pytest.raises(Invalid) as refused:
        door.perform(person, "link", cast.actor("office"), {"member": away.pk})
    assert "邻市政协" in str(refused.value.form.errors["member"])
    with pytest.raises(Invalid):
        circle.enrol("李志强", by="office", member=away.pk)


def test_nobody_is_linked_twice_to_the_same_member(circle: Circle, cast: Cast) -> None:
    person = circle.enrol()
    with pytest.raises(Invalid) as refused:
        door.perform(person, "link", cast.actor("office"), {"member": cast.seat.pk})
    assert "周岩" in str(refused.value.form.errors["member"])


def test_several_members_are_allowed(circle: Circle, cast: Cast) -> None:
    person = circle.enrol()
    door.perform(person, "link", cast.actor("office"), {"member": circle.member().pk})
    assert person.links.filter(to_on=None).count() == 2


def test_withdrawn_consent_ends_links_and_deletes_the_number_at_once(circle: Circle, cast: Cast) -> None:
    person = circle.enrol(phone="13946901158")
    done = door.perform(person, "withdraw", cast.actor("member"), {})
    assert (done.state, done.phone, done.phone_index) == ("withdrawn", "", "")
    assert done.withdrawn_on == timezone.localdate()
    assert not person.links.filter(to_on=None).exists()
    again = door.perform(
        done, "consent", cast.actor("office"), {"consent_on": timezone.localdate(), "consent_way": "written"}
    )
    assert (again.state, again.withdrawn_on) == ("active", None)


def test_moved_away_and_back(circle: Circle, cast: Cast) -> None:
    person = circle.enrol()
    away = door.perform(person, "move_away", cast.actor("member"), {})
    assert (away.state, away.moved_on) == ("moved", timezone.localdate())
    assert door.perform(away, "come_back", cast.actor("office"), {}).moved_on is None


def test_nothing_ends_before_it_began_nor_on_a_day_that_has_not_come(circle: Circle, cast: Cast) -> None:
    """Consent and the link are of 2025-03-01."""
    person, office, tomorrow = circle.enrol(), cast.actor("office"), timezone.localdate() + timedelta(days=1)
    link, other = person.links.get(), circle.member()
    for move, told in (
        ("unlink", {"link": link.pk}), ("hand_over", {"link": link.pk, "to": other.pk}), ("link", {"member": other.pk}),
        ("withdraw", {}), ("move_away", {}),
    ):  # fmt: skip
        for day in ("2025-02-28", tomorrow):
            with pytest.raises(Invalid) as refused:
                door.perform(person, move, office, told | {"on": day})
            assert list(refused.value.form.errors) == ["on"], move
    assert person.links.get().to_on is None
    away = door.perform(person, "move_away", office, {"on": "2025-06-01"})
    with pytest.raises(Invalid):
        door.perform(away, "come_back", office, {"on": "2025-05-31"})
    back = door.perform(away, "come_back", office, {"on": "2025-06-01"})
    with pytest.raises(Invalid) as refused:  # the same member again, while the first time still ran
        door.perform(back, "link", office, {"member": cast.seat.pk, "on": "2025-05-31"})
    assert "2025-06-01" in str(refused.value.form.errors["on"])
    gone = door.perform(back, "withdraw", office, {"on": "2025-07-01"})
    with pytest.raises(Invalid) as refused:
        door.perform(gone, "consent", office, {"consent_on": "2025-06-30", "consent_way": "written"})
    assert "2025-07-01" in str(refused.value.form.errors["consent_on"])


def test_a_name_and_number_are_put_right_without_being_shown(circle: Circle, cast: Cast) -> None:
    person = circle.enrol(phone="13946901158")
    data = {"sector": cast.sector.pk, "place": "八马路社区", "consent_on": "2025-03-01", "consent_way": "spoken"}
    data |= {"consent_for": ["contact"]}
    same = door.perform(person, "correct", cast.actor("office"), data)
    assert (same.name, same.phone, same.place) == ("王桂兰", "+8613946901158", "八马路社区")
    other = door.perform(same, "correct", cast.actor("office"), data | {"name": "王桂芝", "drop_phone": "on"})
    assert (other.name, other.phone, other.phone_index) == ("王桂芝", "", "")
    assert JournalEntry.objects.latest("pk").facts == {"fields": ["name", "phone"]}


def test_whoever_is_not_linked_sees_a_masked_name(circle: Circle, cast: Cast) -> None:
    person = circle.enrol()
    assert personal.shown_name(cast.actor("member"), person) == "王桂兰"
    assert personal.shown_name(cast.actor("office"), person) == "王**"


def test_a_number_does_not_stay_without_a_purpose(circle: Circle, cast: Cast) -> None:
    person = circle.enrol(phone="13946901158")
    told = {"sector": cast.sector.pk, "consent_on": "2025-03-01", "consent_way": "spoken", "consent_for": []}
    with pytest.raises(Invalid) as refused:
        door.perform(person, "correct", cast.actor("office"), told)
    assert "consent_for" in refused.value.form.errors
    with pytest.raises(Invalid) as refused:
        door.perform(person, "correct", cast.actor("office"), told | {"drop_phone": "on", "phone": "13946901159"})
    assert "drop_phone" in refused.value.form.errors
    done = door.perform(person, "correct", cast.actor("office"), told | {"drop_phone": "on"})
    assert (done.phone, done.phone_index, done.consent_for) == ("", "", [])


def test_nobody_gets_a_number_that_somebody_else_has(circle: Circle, cast: Cast) -> None:
    circle.enrol("赵磊", phone="13946901158")
    person = circle.enrol("钱多")
    told = {"consent_on": timezone.localdate(), "consent_way": "written", "consent_for": ["contact"]}
    data = told | {"sector": cast.sector.pk, "phone": "13946901158"}
    with pytest.raises(Invalid) as refused:
        door.perform(person, "correct", cast.actor("office"), data)
    assert "phone" in refused.value.form.errors
    door.perform(person, "withdraw", cast.actor("member"), {})
    with pytest.raises(Invalid) as refused:
        door.perform(person, "consent", cast.actor("office"), told | {"phone": "13946901158"})
    assert "phone" in refused.value.form.errors


def test_whom_each_role_sees(circle: Circle, cast: Cast) -> None:
    from tongxin.hear.contact import policy

    mine, other = (
        circle.enrol(),
        circle.enrol("农民", by="office", sector=cast.other_sector.pk, member=circle.member().pk),
    )
    seen = {
        who: {p.pk for p in policy.read.filter(cast.actor(who), Constituent.objects.all())}
        for who in (
            "member",
            "convener",
            "committee",
            "office",
            "leader",
            "admin",
            "station",
            "body",
            "county",
            "stranger",
        )
    }
    both = {mine.pk, other.pk}
    assert seen == {
        "member": {mine.pk}, "convener": {mine.pk}, "committee": {mine.pk}, "office": both, "leader": both,
        "admin": set(), "station": set(), "body": set(), "county": set(), "stranger": set(),
    }  # fmt: skip
    assert Member.objects.count() == 2


def test_a_number_behind_a_switchboard_is_found_shown_and_can_be_called(circle: Circle, cast: Cast) -> None:
    person = circle.enrol(phone="固话：0469-4222222转801")
    with pytest.raises(Invalid):  # however it is written the second time
        circle.enrol(phone="（0469）4222222-801")
    assert circle.enrol("李志强", phone="0469-4222222").pk != person.pk
    shown = cast.client("member").post(reverse("contact:reveal", args=[person.pk]), follow=True).content.decode()
    assert "4694222222-801" in shown
    assert "tel:+864694222222,801" in shown
