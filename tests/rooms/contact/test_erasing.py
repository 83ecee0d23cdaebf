"""Erasing somebody: gone everywhere, whoever wrote it; the counts and everybody else stay."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from tests.cast import Cast
from tests.rooms.concerns.pictures import a_picture
from tests.rooms.concerns.test_personal import whole_database
from tests.rooms.contact.conftest import Circle
from tongxin.hear.concerns.models import Concern
from tongxin.hear.concerns.workflow import CONCERNS
from tongxin.hear.contact import areas, personal
from tongxin.hear.contact.models import Constituent, ContactPlan, ContactRecord
from tongxin.hear.contact.workflow import CONTACTS
from tongxin.kernel import door, search
from tongxin.kernel import personal as registry
from tongxin.kernel.crypto import blind_index
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.models import SearchDocument, StoredFile

pytestmark = pytest.mark.django_db


def test_erasing_leaves_nothing_of_the_person_but_the_counts(circle: Circle, cast: Cast) -> None:
    name, number = "欧阳测试", "13800007788"
    person = circle.enrol(name, phone=number, place="测试里小区", known_for="欧阳测试合作社")
    contact = circle.record(
        person,
        summary="欧阳测试说暖气不热，电话138-0000 7788",
        concern_text="欧阳测试家暖气不热，请回电13800007788",
        concern_named="on",
        token="once",
    )
    door.perform(contact, "amend", cast.actor("member"), {"summary": "欧阳测试说暖气还是不热", "tasks": ["helping"]})
    elsewhere = cast.concern(token="portal", speaker_name=name, speaker_phone=number, consent="on")
    door.perform(person, "unlink", cast.actor("member"), {"link": person.links.get().pk, "reason": "欧阳测试要搬家"})
    assert Concern.objects.exclude(phone_index="").count() == 2
    gone = door.perform(person, "forget", cast.actor("office"))
    personal.sweep()
    assert (gone.state, gone.name, gone.tags) == ("erased", "", [])
    kept = whole_database()
    for rest in (name, number, "测试里小区", blind_index("+8613800007788", "phone"), person.name_index):
        assert rest not in kept
    assert not SearchDocument.objects.filter(terms__contains="欧阳").exists()
    assert search.find(cast.actor("office"), "暖气不热")
    elsewhere.refresh_from_db()
    assert elsewhere.consent_at is None
    # The counts stay.
    assert gone.meetings.count() == ContactRecord.objects.count() == 1
    assert gone.links.count() == 1
    assert contact.raised.count() == 1


def test_erasing_finds_every_spelling_and_every_number_there_has_been(circle: Circle, cast: Cast) -> None:
    person = circle.enrol("欧阳小测", phone="13800007788")
    circle.record(person, summary="欧阳小测说暖气不热，电话13800007788", days=2)
    portal = cast.concern(token="portal", speaker_name="小测", speaker_phone="13800007788", consent="on")
    told = {"sector": cast.sector.pk, "consent_on": "2025-03-01", "consent_way": "spoken", "consent_for": ["contact"]}
    for change in ({"name": "欧阳晓测", "phone": "13800009999"}, {"name": "欧阳晓策"}):
        person = door.perform(person, "correct", cast.actor("member"), told | change)
    assert "13800007788" not in ContactRecord.objects.get().summary  # a number that is no longer used goes at once
    circle.record(person, summary="欧阳晓测和欧阳晓策是一个人", days=1)
    door.perform(person, "forget", cast.actor("office"))
    personal.sweep()
    kept = whole_database()
    for rest in ("欧阳小测", "欧阳晓测", "欧阳晓策", "13800007788", "13800009999", "小测"):
        assert rest not in kept
    for index in (blind_index("+8613800007788", "phone"), blind_index("+8613800009999", "phone")):
        assert index not in kept
    portal.refresh_from_db()
    assert portal.consent_at is None
    assert ContactRecord.objects.count() == 2


def test_erasing_reaches_plans_reasons_and_concerns_that_only_mention_the_person(circle: Circle, cast: Cast) -> None:
    person, other = circle.enrol("欧阳测试"), circle.enrol("李志强")
    plan = areas.plan_of(cast.seat, timezone.localdate().year)
    areas.keep_plan(plan, cast.actor("member"), {"target": 12, "note": "先去看欧阳测试"})
    circle.record(other, summary="修水管", concern_text="隔壁欧阳测试家也停水", token="other")
    said = {"assembly": cast.city.pk, "text": "欧阳测试托我问问公交站"}
    desk = door.begin(CONCERNS, "write_down", cast.actor("member"), said)
    link = other.links.get()
    door.perform(other, "unlink", cast.actor("member"), {"link": link.pk, "reason": "跟着欧阳测试搬走了"})
    door.perform(person, "forget", cast.actor("office"))
    personal.sweep()
    assert "欧阳测试" not in whole_database()
    assert ContactPlan.objects.get().note == "先去看＊＊"
    desk.refresh_from_db()
    assert desk.text == "＊＊托我问问公交站"
    assert type(other).objects.get(pk=other.pk).name == "李志强"


def test_erasing_takes_the_pictures_of_contacts_with_the_person(
    circle: Circle, cast: Cast, django_capture_on_commit_callbacks
) -> None:
    person, other = circle.enrol("欧阳测试"), circle.enrol("李志强")
    met, elsewhere = (
        door.begin(
            CONTACTS,
            "record",
            cast.actor("member"),
            {"people": [each.pk], "channel": "visit", "summary": "合影"},
            MultiValueDict({"pictures": [SimpleUploadedFile("欧阳测试.jpg", a_picture(), "image/jpeg")]}),
        )
        for each in (person, other)
    )
    assert StoredFile.objects.count() == 2
    path = met.files.get().file.path
    with django_capture_on_commit_callbacks(execute=True):
        door.perform(person, "forget", cast.actor("office"))
    assert not met.files.exists()
    assert not default_storage.exists(path)
    assert StoredFile.objects.get() == elsewhere.files.get().file
    assert met.people.count() == 1


def test_erasing_leaves_others_alone(circle: Circle, cast: Cast) -> None:
    first, second = circle.enrol("赵磊", phone="13800001111"), circle.enrol("陈玉芬", phone="13800002222")
    circle.record(first, second, concern_text="陈玉芬说药断供了", concern_by=second.pk, concern_named="on", token="a")
    door.perform(first, "forget", cast.actor("office"))
    second.refresh_from_db()
    assert second.phone == "+8613800002222"
    assert Concern.objects.get().speaker_name == "陈玉芬"


def test_names_are_kept_for_their_time(circle: Circle, cast: Cast) -> None:
    withdrawn, moved, here = circle.enrol("赵磊"), circle.enrol("钱多"), circle.enrol("孙晓梅")
    door.perform(withdrawn, "withdraw", cast.actor("member"), {})
    door.perform(moved, "move_away", cast.actor("member"), {})
    now = timezone.now()
    assert registry.erase_expired(now + timedelta(days=20)) == 0
    assert registry.erase_expired(now + timedelta(days=40)) == 1
    assert registry.erase_expired(now + timedelta(days=400)) == 1
    assert list(Constituent.objects.exclude(state="erased")) == [here]


def test_erasing_is_for_the_office(circle: Circle, cast: Cast) -> None:
    person = circle.enrol()
    for who in ("member", "convener", "leader", "admin", "stranger"):
        with pytest.raises(NotAllowed):
            door.perform(person, "forget", cast.actor(who))


def test_erasing_looks_through_what_everybody_of_the_assembly_wrote(circle: Circle, cast: Cast) -> None:
    person = circle.enrol("欧阳测试", phone="13800007788")
    stranger, colleague = circle.member(), circle.member("赵刚")
    other = circle.enrol("李志强", by="office", member=stranger.pk)
    told = {"member": stranger.pk, "others": 2, "policy_told": "告诉欧阳测试医保新规", "place": "打138 0000 7788问路"}
    circle.record(other, by="office", **told)
    areas.keep_plan(areas.plan_of(colleague, 2026), cast.actor("office"), {"target": 12, "note": "先去看欧阳测试"})
    other.links.update(ended_for="欧阳测试家拆迁")
    concern = cast.concern("欧阳测试家门口的路灯不亮", token="public")
    answered = cast.concern("路灯", state="answered", token="answered")
    answered.answers.update(text="已告诉欧阳测试本人")
    neighbour = cast.concern("欧阳测试的同名邻居", assembly=cast.elsewhere, station="", sector="", token="far")
    door.perform(person, "forget", cast.actor("office"))
    personal.sweep()
    concern.refresh_from_db()
    assert concern.text == "＊＊家门口的路灯不亮"
    assert answered.answers.get().text == "已告诉＊＊本人"
    assert other.links.get().ended_for == "＊＊家拆迁"
    kept = whole_database().replace(neighbour.text, "")
    assert "13800007788" not in kept.replace(" ", "")
    assert "欧阳测试" not in kept.replace(neighbour.title, "")


def test_a_namesake_is_left_and_shown_to_the_eraser(circle: Circle, cast: Cast) -> None:
    person = circle.enrol("欧阳测试", phone="13800007788")
    alike = cast.concern("欧阳测试说公交站远", token="a", speaker_name="欧阳测试", consent="on")
    other_number = cast.concern(
        "欧阳测试说菜市场远", token="b", speaker_name="欧阳测试", speaker_phone="13900001111", consent="on"
    )
    own = cast.concern("水压低", token="c", speaker_name="欧阳测试", speaker_phone="13800007788", consent="on")
    url = reverse("contact:move", args=[person.pk, "forget"])
    page = cast.client("office").get(url)
    assert page.context["namesakes"] == [alike]
    assert alike.get_absolute_url() in page.content.decode()
    assert cast.client("office").post(url, {"version": person.version}).status_code == 302
    for left in (alike, other_number):
        left.refresh_from_db()
        assert (left.speaker_name, "欧阳测试" in left.text) == ("欧阳测试", True)
    own.refresh_from_db()
    assert own.speaker_name == ""
