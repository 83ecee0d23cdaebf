"""What the pages show, and to whom."""

import pytest
from django.core import signing
from django.urls import reverse

from tests.cast import Cast
from tests.rooms.contact.conftest import CONSENT, Circle
from tongxin.hear.contact.models import Constituent
from tongxin.hear.contact.views.people import TWIN
from tongxin.kernel import door
from tongxin.kernel.models import JournalEntry

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


def test_whoever_is_enrolled_already_is_offered_to_be_linked(circle: Circle, cast: Cast) -> None:
    other = circle.member("刘畅")
    known = circle.enrol("欧阳测试", by="office", phone="13946901158", member=other.pk)
    client = cast.client("member")
    data = {"name": "欧阳先生", "sector": cast.sector.pk, "phone": "139-4690-1158", **CONSENT}
    page = client.post(reverse("contact:enrol"), data)
    assert page.status_code == 422
    text = page.content.decode()
    assert "刘畅" in text
    assert "欧**" in text
    assert "欧阳测试" not in text
    assert "欧阳先生" in text  # nothing typed is lost
    (twin,) = page.context["twins"]
    forged = signing.dumps([known.pk, cast.office.pk], salt=TWIN)
    join = reverse("contact:join", args=[known.pk])
    assert client.post(join, {"key": forged}).status_code == 404
    assert client.post(join, {"key": "no"}).status_code == 404
    assert known.links.filter(member=cast.seat).count() == 0
    done = client.post(join, {"key": twin["key"]}, follow=True)
    assert done.status_code == 200
    assert {str(message.level_tag) for message in done.context["messages"]} == {"warning", "success"}
    assert known.links.filter(member=cast.seat, to_on=None).count() == 1
    assert Constituent.objects.count() == 1


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


def test_without_people_a_member_is_told_how_to_begin(cast: Cast) -> None:
    page = cast.client("member").get(reverse("contact:mine")).content.decode()
    assert reverse("contact:enrol") in page
