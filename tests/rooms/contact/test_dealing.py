"""People change hands: one member's all at once, a whole sector's evenly, all of it or nothing."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.contact.conftest import Circle
from tongxin.hear.contact import dealing, queries
from tongxin.hear.contact.models import ConstituentLink
from tongxin.kernel import door
from tongxin.kernel.errors import Invalid, NotAllowed

pytestmark = pytest.mark.django_db


def in_force(member: object) -> int:
    return ConstituentLink.objects.filter(member=member, to_on=None).count()


def leave(cast: Cast) -> None:
    door.perform(cast.seat, "resign", cast.actor("office"), {"on": timezone.localdate(), "reason": "调动"})


def test_people_of_a_member_who_left_wait_and_are_handed_over_in_one_act(circle: Circle, cast: Cast) -> None:
    for name in ("赵磊", "钱多", "孙晓梅"):
        circle.enrol(name)
    assert queries.people.leavers(cast.actor("office")) == []
    leave(cast)
    (leaver,) = queries.people.leavers(cast.actor("office"))
    assert (leaver.member, leaver.people) == (cast.seat, 3)
    other, client = circle.member(), cast.client("office")
    url = f"{reverse('contact:transfer')}?member={cast.seat.pk}"
    assert "赵**" in client.get(url).content.decode()
    assert client.post(url, {"to": other.pk}).status_code == 302
    assert (in_force(cast.seat), in_force(other)) == (0, 3)
    assert queries.people.leavers(cast.actor("office")) == []
    ended = ConstituentLink.objects.filter(member=cast.seat)
    assert {link.to_on for link in ended} == {timezone.localdate()}
    assert all(link.created_by == cast.office for link in ConstituentLink.objects.filter(member=other))


def test_people_are_not_handed_over_before_they_were_met(circle: Circle, cast: Cast) -> None:
    circle.enrol()
    url, other = f"{reverse('contact:transfer')}?member={cast.seat.pk}", circle.member()
    page = cast.client("office").post(url, {"to": other.pk, "on": "2025-02-28"})
    assert page.status_code == 422
    assert "2025-03-01" in str(page.context["form"].errors["on"])
    assert in_force(cast.seat) == 1


def test_a_hand_over_goes_to_members_of_this_assembly_in_office(circle: Circle, cast: Cast) -> None:
    person = circle.enrol()
    link = person.links.get()
    away = circle.member(assembly=cast.elsewhere)
    gone = circle.member("走了")
    type(gone).objects.filter(pk=gone.pk).update(state="resigned")
    for to in (away, gone, cast.seat):
        with pytest.raises(Invalid):
            door.perform(person, "hand_over", cast.actor("office"), {"link": link.pk, "to": to.pk})
    assert in_force(cast.seat) == 1


def test_a_sector_is_dealt_out_evenly_and_few_move(circle: Circle, cast: Cast) -> None:
    people = [circle.enrol(f"群众{n}号") for n in range(8)]
    others = [circle.member(f"委员{n}") for n in range(3)]
    plan = dealing.plan(cast.actor("office"), cast.sector)
    assert sorted(share.size for share in plan.shares) == [2, 2, 2, 2]
    assert len(plan.steps) == 6
    client, url = cast.client("office"), f"{reverse('contact:reassign')}?sector={cast.sector.pk}"
    shown = client.get(url)
    assert "群**" in shown.content.decode()
    assert in_force(cast.seat) == 8  # looking changes nothing
    assert client.post(url, {"plan": shown.context["plan"].sealed}).status_code == 302
    assert [in_force(member) for member in (cast.seat, *others)] == [2, 2, 2, 2]
    assert {person.links.filter(to_on=None).count() for person in people} == {1}
    assert dealing.plan(cast.actor("office"), cast.sector).steps == []


def test_those_without_a_member_and_of_members_who_left_are_dealt_out_too(circle: Circle, cast: Cast) -> None:
    circle.enrol()
    alone = circle.enrol("李志强")
    door.perform(alone, "unlink", cast.actor("member"), {"link": alone.links.get().pk})
    other = circle.member()
    leave(cast)
    plan = dealing.plan(cast.actor("office"), cast.sector)
    assert {(step.to, step.link is None) for step in plan.steps} == {(other, True), (other, False)}


def test_a_preview_that_is_no_longer_true_changes_nothing(circle: Circle, cast: Cast) -> None:
    people = [circle.enrol(f"群众{n}号") for n in range(4)]
    circle.member()
    plan = dealing.plan(cast.actor("office"), cast.sector)
    moved = plan.steps[-1].constituent
    door.perform(moved, "withdraw", cast.actor("office"), {})
    url = f"{reverse('contact:reassign')}?sector={cast.sector.pk}"
    page = cast.client("office").post(url, {"plan": plan.sealed}, follow=True)
    assert any(message.level_tag == "error" for message in page.context["messages"])
    assert in_force(cast.seat) == len(people) - 1
    with pytest.raises(dealing.Changed):
        dealing.unseal(cast.actor("office"), "forged")


def test_a_failing_step_undoes_all(circle: Circle, cast: Cast) -> None:
    first, second = circle.enrol(), circle.enrol("李志强")
    other = circle.member()
    steps = dealing.all_of(cast.actor("office"), cast.seat, other)
    door.perform(second, "unlink", cast.actor("member"), {"link": second.links.get().pk})
    with pytest.raises(Invalid):
        dealing.carry_out(steps, cast.actor("office"), timezone.localdate(), "")
    assert first.links.filter(member=cast.seat, to_on=None).exists()
    assert in_force(other) == 0


def test_a_convener_deals_only_with_the_own_sector(circle: Circle, cast: Cast) -> None:
    client = cast.client("convener")
    assert client.get(f"{reverse('contact:reassign')}?sector={cast.sector.pk}").status_code == 200
    assert client.get(f"{reverse('contact:reassign')}?sector={cast.other_sector.pk}").status_code == 404
    person = circle.enrol(by="office", sector=cast.other_sector.pk, member=circle.member(sector=cast.other_sector).pk)
    with pytest.raises(NotAllowed):
        door.perform(person, "link", cast.actor("convener"), {"member": cast.seat.pk})
