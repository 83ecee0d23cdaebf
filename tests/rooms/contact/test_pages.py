"""What the pages show, and to whom."""

import html
import re
from datetime import date

import pytest
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.contact.conftest import CONSENT, Circle
from tongxin.hear.contact import joining
from tongxin.hear.contact.models import Constituent
from tongxin.kernel import door
from tongxin.kernel.errors import Invalid
from tongxin.kernel.models import JournalEntry
from tongxin.people.models import LeaderSector

pytestmark = pytest.mark.django_db


def test_my_people_stand_on_my_home(circle: Circle, cast: Cast) -> None:
    circle.record(circle.enrol("王桂兰"), days=41)
    page = cast.client("member").get(reverse("home")).content.decode()
    assert "王桂兰" in page
    assert "ring-amber" in page
    assert "王桂兰" not in cast.client("office").get(reverse("home")).content.decode()


def test_a_masked_number_is_shown_once_and_noted_down(circle: Circle, cast: Cast) -> None:
    person = circle.enrol("欧阳测试", phone="13946901158")
    for who, name in (("member", "欧阳测试"), ("office", "欧**")):
        client = cast.client(who)
        page = client.get(person.get_absolute_url()).content.decode()
        assert name in page
        assert "13946901158" not in page
        assert ("欧阳测试" in page) is (who == "member")
        shown = client.post(reverse("contact:reveal", args=[person.pk])).content.decode()
        assert "13946901158" in shown
        assert "欧阳测试" in shown
    assert JournalEntry.objects.filter(verb="revealed").count() == 2
    assert "欧阳测试" not in cast.client("leader").get(person.get_absolute_url()).content.decode()


def test_the_register_is_searched_by_whole_name_and_number(circle: Circle, cast: Cast) -> None:
    circle.enrol("欧阳测试", phone="13946901158")
    circle.enrol("李志强")
    for words, found in (("欧阳测试", 1), ("139 4690 1158", 1), ("欧阳", 0), ("小区", 2), ("", 2)):
        page = cast.client("office").get(reverse("contact:people"), {"q": words})
        assert len(page.context["rows"]) == found, words


def test_only_several_only_nobody_only_old(circle: Circle, cast: Cast) -> None:
    fresh, old, alone, shared = (circle.enrol(name) for name in ("赵磊", "钱多", "孙晓梅", "李志强"))
    circle.record(fresh)
    circle.record(old, days=120)
    circle.record(shared)
    door.perform(alone, "unlink", cast.actor("member"), {"link": alone.links.get().pk})
    door.perform(shared, "link", cast.actor("office"), {"member": circle.member().pk})
    for only, expected in (("several", {shared.pk}), ("nobody", {alone.pk}), ("old", {old.pk})):
        rows = cast.client("office").get(reverse("contact:people"), {"only": only}).context["rows"]
        assert {person.pk for person, *_rest in rows} == expected


def test_perhaps_twice_looks_at_everybody_who_is_not_erased(circle: Circle, cast: Cast) -> None:
    """Who moved away or withdrew and was entered anew, and the same name once without a place."""
    office = cast.actor("office")
    twins = set()
    for name, move in (("赵磊", "withdraw"), ("钱多", "move_away")):
        gone = circle.enrol(name, place="八马路社区")
        door.perform(gone, move, office, {"on": timezone.localdate().isoformat()})
        twins.add(circle.enrol(name, place="八马路社区").pk)
    twins |= {circle.enrol("孙晓梅").pk, circle.enrol("孙晓梅", place="", another="on").pk}
    circle.enrol("李志强")
    circle.enrol("李志强")  # somebody of the same name elsewhere
    rows = cast.client("office").get(reverse("contact:people"), {"only": "alike"}).context["rows"]
    assert {person.pk for person, *_rest in rows} == twins


def test_whoever_is_enrolled_already_is_offered_to_be_linked(circle: Circle, cast: Cast) -> None:
    other = circle.member("刘畅")
    known = circle.enrol("欧阳测试", by="office", phone="13946901158", member=other.pk, place="八马路社区")
    client = cast.client("member")
    data = {"name": "欧阳先生", "sector": cast.sector.pk, "phone": "139-4690-1158", **CONSENT}
    page = client.post(reverse("contact:enrol"), data)
    assert page.status_code == 422
    text = page.content.decode()
    assert "刘畅" in text
    assert "欧**" in text
    for kept in ("欧阳测试", "八马路社区", known.get_absolute_url() + '"'):
        assert kept not in text
    assert "欧阳先生" in text  # nothing typed is lost
    (twin,) = page.context["twins"]
    done = client.post(reverse("contact:join", args=[known.pk]), {"key": twin["key"]}, follow=True)
    assert done.status_code == 200
    assert {str(message.level_tag) for message in done.context["messages"]} == {"warning", "success"}
    assert known.links.filter(member=cast.seat, to_on=None).count() == 1
    assert Constituent.objects.count() == 1


def test_a_name_and_an_employer_open_nobody_to_a_member(circle: Circle, cast: Cast) -> None:
    told = {"place": "八马路社区", "phone": "13946901158"}
    known = circle.enrol("欧阳测试", by="office", member=circle.member("刘畅").pk, **told)
    client = cast.client("member")
    data = {"name": "欧阳测试", "sector": cast.sector.pk, "place": "八马路社区", **CONSENT}
    page = client.post(reverse("contact:enrol"), data, follow=True)
    assert page.status_code == 200
    for kept in ("刘畅", "139****1158", "13946901158"):
        assert kept not in page.content.decode()
    own = Constituent.objects.get(links__member=cast.seat)
    assert own != known
    shown = client.post(reverse("contact:reveal", args=[own.pk])).content.decode()
    assert "13946901158" not in shown
    assert client.post(reverse("contact:reveal", args=[known.pk])).status_code == 404
    # The office finds that somebody may stand there twice.
    rows = cast.client("office").get(reverse("contact:people"), {"only": "alike"}).context["rows"]
    assert {person.pk for person, *_rest in rows} == {own.pk, known.pk}


def test_a_wrong_number_beside_the_right_name_opens_nobody_either(circle: Circle, cast: Cast) -> None:
    circle.enrol("欧阳测试", by="office", member=circle.member().pk, place="八马路社区", phone="13946901158")
    data = {"name": "欧阳测试", "sector": cast.sector.pk, "place": "八马路社区", "phone": "13946901159", **CONSENT}
    assert cast.client("member").post(reverse("contact:enrol"), data).status_code == 302
    assert Constituent.objects.count() == 2


@pytest.mark.parametrize("who", ["office", "convener"])
def test_whoever_arranges_links_by_name_and_place(circle: Circle, cast: Cast, who: str) -> None:
    known, other = circle.enrol("欧阳测试", place="八马路社区"), circle.member()
    client = cast.client(who)
    data = {"name": "欧阳测试", "sector": cast.sector.pk, "place": "八马路社区", "member": other.pk, **CONSENT}
    (twin,) = client.post(reverse("contact:enrol"), data).context["twins"]
    join = {"key": twin["key"], "member": other.pk}
    assert client.post(reverse("contact:join", args=[known.pk]), join).status_code == 302
    assert known.links.filter(member=other, to_on=None).exists()


def test_an_offer_is_for_one_user_one_person_and_one_number(circle: Circle, cast: Cast) -> None:
    known = circle.enrol("欧阳测试", by="office", phone="13946901158", member=circle.member().pk)
    other = circle.enrol("李志强", by="office", phone="13946901159", member=circle.member("关山").pk)
    client, join = cast.client("member"), reverse("contact:join", args=[known.pk])
    made = joining.key(cast.actor("member"), known)
    without = signing.dumps([known.pk, cast.member.pk], salt=joining.SALT)
    for key in ("", "no", without, joining.key(cast.actor("office"), known), joining.key(cast.actor("member"), other)):
        assert client.post(join, {"key": key}).status_code == 404, key
    with pytest.raises(Invalid):  # the door asks for it as well
        door.perform(known, "join", cast.actor("member"), {"member": cast.seat.pk})
    Constituent.objects.filter(pk=known.pk).update(phone_index="another")
    assert client.post(join, {"key": made}).status_code == 404
    Constituent.objects.filter(pk=known.pk).update(phone_index=known.phone_index)
    taken = client.post(join, {"key": made, "member": circle.member("刘畅").pk}, follow=True)
    assert "error" in {message.level_tag for message in taken.context["messages"]}  # a member joins for himself only
    assert not known.links.filter(member=cast.seat).exists()
    assert client.post(join, {"key": made}).status_code == 302
    assert known.links.filter(member=cast.seat, to_on=None).exists()


def test_a_second_link_is_warned_of_and_made(circle: Circle, cast: Cast) -> None:
    person = circle.enrol()
    url = reverse("contact:move", args=[person.pk, "link"])
    page = cast.client("office").post(url, {"member": circle.member().pk}, follow=True)
    assert "warning" in {message.level_tag for message in page.context["messages"]}
    assert person.links.filter(to_on=None).count() == 2


def test_a_stale_form_is_told_and_keeps_the_text(circle: Circle, cast: Cast) -> None:
    contact = circle.record(circle.enrol())
    url = reverse("contact:record_move", args=[contact.pk, "amend"])
    data = {"summary": "第一次改", "version": contact.version}
    client = cast.client("member")
    assert client.post(url, data).status_code == 302
    late = client.post(url, data | {"summary": "第二次改"})
    assert late.status_code == 409
    assert "第二次改" in late.content.decode()


def test_an_erased_person_is_gone_from_every_page(circle: Circle, cast: Cast) -> None:
    person = circle.enrol("欧阳测试", phone="13946901158")
    contact = circle.record(person, summary="欧阳测试说水压低")
    client = cast.client("office")
    assert client.post(reverse("contact:move", args=[person.pk, "forget"])).status_code == 302
    for url in (
        person.get_absolute_url(), contact.get_absolute_url(), reverse("contact:records"), reverse("contact:people"),
        reverse("contact:people") + "?state=erased", reverse("search") + "?q=水压",
    ):  # fmt: skip
        assert "欧阳" not in client.get(url).content.decode(), url


def test_the_leaders_numbers_open_to_exactly_their_contacts(circle: Circle, cast: Cast) -> None:
    today = timezone.localdate()
    for sector in (cast.sector, cast.other_sector):
        LeaderSector.objects.create(assembly=cast.city, member=cast.seat, sector=sector, from_on=date(2022, 1, 1))
    circle.record(others=4)
    for _n in range(2):
        circle.record(others=3, sector=cast.other_sector.pk)
    client = cast.client("office")
    page = client.get(reverse("contact:leaders")).content.decode()
    for sector, count in ((cast.sector, 1), (cast.other_sector, 2)):
        for since in (today.replace(day=1), f"{today.year}-01-01"):
            link = next(href for href in opened(page) if f"led={sector.pk}&since={since}" in href)
            assert len(client.get(link).context["rows"]) == count


def opened(page: str) -> list[str]:
    """Where a page's numbers lead."""
    return [html.unescape(href) for href in re.findall(r'class="opens" href="([^"]+)"', page)]


def test_members_without_an_area_are_named_by_one_tap(cast: Cast) -> None:
    page = cast.client("office").get(reverse("contact:areas")).content.decode()
    link = f"{reverse('check:index')}?by=member&amp;short=area"
    assert link in page
    assert str(cast.seat) in cast.client("office").get(html.unescape(link)).content.decode()


def test_a_convener_of_one_sector_is_not_asked_for_it(circle: Circle, cast: Cast) -> None:
    circle.enrol()
    client = cast.client("convener")
    assert client.get(reverse("contact:reassign")).context["sector"] == cast.sector
    assert client.get(reverse("contact:area_new")).context["form"]["sector"].initial == cast.sector.pk


def test_whom_is_not_called_optional_and_is_asked_for_unless_others_were_there(circle: Circle, cast: Cast) -> None:
    circle.enrol()
    client, url = cast.client("member"), reverse("contact:record_new")
    page = client.get(url).content.decode()
    whom = page[page.index("id_people") - 400 : page.index("id_people") + 200]
    assert "可不填" not in whom
    said = {"channel": "visit", "summary": "座谈"}
    for others, answer in (("", 422), ("0", 422), ("6", 302)):
        assert client.post(url, said | {"others": others}).status_code == answer, others


def test_an_empty_register_says_why(cast: Cast) -> None:
    client, url = cast.client("office"), reverse("contact:people")
    assert "加密" in client.get(url, {"q": "欧阳测试"}).content.decode()
    assert "加密" not in client.get(url, {"state": "withdrawn"}).content.decode()


def test_without_people_a_member_is_told_how_to_begin(cast: Cast) -> None:
    page = cast.client("member").get(reverse("contact:mine")).content.decode()
    assert reverse("contact:enrol") in page


def test_giving_a_person_to_a_member_is_offered_once(circle: Circle, cast: Cast) -> None:
    person = circle.enrol("王桂兰")
    page = cast.client("office").get(person.get_absolute_url()).content.decode()
    assert page.count(reverse("contact:move", args=[person.pk, "link"])) == 1
