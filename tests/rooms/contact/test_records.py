"""Recording a contact: in a minute, once, by itself where it follows from something else; void without a trace in
counts."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.concerns.pictures import a_picture
from tests.rooms.contact.conftest import Circle
from tongxin.account.circle.queries import circle as circle_query
from tongxin.hear.concerns.models import Concern
from tongxin.hear.contact import actions, lists, queries
from tongxin.hear.contact.models import Constituent, ConstituentLink, ContactRecord
from tongxin.hear.contact.workflow import CONTACTS
from tongxin.kernel import door
from tongxin.kernel.actor import system
from tongxin.kernel.errors import Invalid, NotAllowed
from tongxin.kernel.events import announce
from tongxin.kernel.models import JournalEntry
from tongxin.kernel.receipts import receipt_index
from tongxin.people.models import LeaderSector, Member, Person

pytestmark = pytest.mark.django_db


def sent(circle: Circle, **told: object) -> dict:
    person = circle.enrol()
    return {"people": person.pk, "channel": "visit", "summary": "聊了聊入冬供热。", "token": "one"} | told


def test_a_contact_counts_for_its_people(circle: Circle, cast: Cast) -> None:
    first, second, third = circle.enrol(), circle.enrol("李志强"), circle.enrol("孙晓梅")
    circle.record(first, second, days=10)
    circle.record(first, days=3)
    near = {each.person.pk: (each.days, each.freshness) for each in queries.near.mine(cast.actor("member"))}
    assert near == {first.pk: (3, "fresh"), second.pk: (10, "fresh"), third.pk: (None, "cold")}


@pytest.mark.parametrize(
    ("days", "said"), [(0, "fresh"), (30, "fresh"), (31, "fading"), (60, "fading"), (61, "stale"), (91, "cold")]
)
def test_how_fresh_a_contact_is(cast: Cast, days: int, said: str) -> None:
    assert lists.freshness(days, cast.city.pk) == said


def test_an_older_record_does_not_make_the_contact_older(circle: Circle, cast: Cast) -> None:
    person = circle.enrol()
    circle.record(person, days=3)
    circle.record(person, days=40)
    assert queries.near.mine(cast.actor("member"))[0].days == 3


def test_a_voided_record_counts_no_more(circle: Circle, cast: Cast) -> None:
    person = circle.enrol()
    circle.record(person, days=40)
    wrong = circle.record(person, days=2)
    with pytest.raises(Invalid):
        door.perform(wrong, "void", cast.actor("member"), {})
    door.perform(wrong, "void", cast.actor("member"), {"reason": "记错了人"})
    assert queries.near.mine(cast.actor("member"))[0].days == 40
    assert len(queries.records.listing(cast.actor("office"), queries.records.Wanted()).rows) == 1
    assert (
        queries.plans.progress([cast.seat], timezone.localdate().year)[0].contacts
        == ContactRecord.objects.filter(state="recorded", on__year=timezone.localdate().year).count()
    )


def test_tasks_follow_the_channel_when_none_is_ticked(circle: Circle) -> None:
    person = circle.enrol()
    assert set(circle.record(person).tasks.values_list("task", flat=True)) == {"listening", "voicing"}
    assert set(circle.record(person, tasks=["helping"]).tasks.values_list("task", flat=True)) == {"helping"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"summary": ""}, "summary"),
        ({"channel": ""}, "channel"),
        ({"people": []}, "people"),
        ({"on": "2999-01-01"}, "on"),
    ],
)
def test_what_is_missing_is_named(circle: Circle, wrong: dict, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        circle.record(circle.enrol(), **wrong)
    assert field in refused.value.form.errors
    assert not ContactRecord.objects.exists()


def test_only_ones_own_people_are_met(circle: Circle, cast: Cast) -> None:
    stranger = circle.enrol(by="office", member=circle.member().pk)
    with pytest.raises(Invalid) as refused:
        circle.record(stranger)
    assert "people" in refused.value.form.errors


def test_nobody_records_for_another_member(circle: Circle, cast: Cast) -> None:
    other = circle.member()
    with pytest.raises((Invalid, NotAllowed)):
        circle.record(circle.enrol(), member=other.pk, others=3)


def test_the_office_records_for_a_member(circle: Circle, cast: Cast) -> None:
    contact = circle.record(circle.enrol(), by="office", member=cast.seat.pk)
    assert (contact.member, contact.created_by) == (cast.seat, cast.office)


def test_the_same_form_twice_makes_one_record(circle: Circle, cast: Cast) -> None:
    client, url, data = cast.client("member"), reverse("contact:record_new"), sent(circle)
    assert [client.post(url, data)["Location"] for _again in range(2)] == [reverse("contact:mine")] * 2
    assert ContactRecord.objects.count() == 1
    # Another contact written into a form that was sent already is not lost.
    again = client.post(url, data | {"summary": "又去了一次。"})
    assert again.status_code == 409
    assert "又去了一次。" in again.content.decode()
    assert ContactRecord.objects.count() == 1
    assert client.post(url, data | {"summary": "又去了一次。", "token": again.context["token"]}).status_code == 302
    assert ContactRecord.objects.count() == 2


def test_two_people_may_use_the_same_token(circle: Circle, cast: Cast) -> None:
    data = sent(circle)
    cast.client("member").post(reverse("contact:record_new"), data)
    cast.client("office").post(reverse("contact:record_new"), data | {"member": cast.seat.pk})
    assert ContactRecord.objects.count() == 2


def test_what_is_raised_becomes_a_concern_with_its_source(circle: Circle, cast: Cast) -> None:
    person = circle.enrol("王桂兰", phone="13946901158")
    data = {"people": person.pk, "channel": "visit", "summary": "说起暖气", "token": "one", "concern_named": "on"}
    data |= {"concern_text": "三单元暖气不热，夜里十五度。", "concern_topic": "heating"}
    client = cast.client("member")
    page = client.post(reverse("contact:record_with", args=[person.pk]), data)
    concern = Concern.objects.get()
    assert (concern.source, concern.topic, concern.sector) == ("contact", "heating", cast.sector)
    assert (concern.speaker_name, concern.speaker_phone) == ("王桂兰", "+8613946901158")
    assert concern.raised_at.record == ContactRecord.objects.get()
    receipt = page.context["receipt"]
    assert receipt in page.content.decode()
    assert concern.receipt_index == receipt_index(receipt)
    # The token alone shows the same slip again and makes nothing anew.
    again = client.post(reverse("contact:record_with", args=[person.pk]), {"token": "one"})
    assert again.context["receipt"] == receipt
    assert Concern.objects.count() == ContactRecord.objects.count() == 1


def test_without_consent_to_be_told_the_concern_stays_without_a_name(circle: Circle, cast: Cast) -> None:
    person = circle.enrol("王桂兰", phone="13946901158", consent_for=["contact"])
    circle.record(person, concern_text="三单元暖气不热。", concern_named="on", token="one")
    assert (Concern.objects.get().speaker_name, Concern.objects.get().speaker_phone) == ("", "")


def test_pictures_are_kept_and_shown_to_those_who_read_the_record(circle: Circle, cast: Cast) -> None:
    data = sent(circle) | {"pictures": SimpleUploadedFile("a.jpg", a_picture(), "image/jpeg")}
    cast.client("member").post(reverse("contact:record_new"), data)
    contact = ContactRecord.objects.get()
    url = reverse("contact:file", args=[contact.pk, contact.files.get().pk])
    answers = {who: cast.client(who).get(url).status_code for who in ("member", "office", "station")}
    assert answers == {"member": 200, "office": 200, "station": 403}


def test_words_are_put_right_and_the_journal_keeps_which(circle: Circle, cast: Cast) -> None:
    contact = circle.record(circle.enrol())
    data = {"summary": "聊了聊供水", "place": "八马路", "tasks": ["helping"]}
    done = door.perform(contact, "amend", cast.actor("member"), data)
    assert (done.summary, done.place) == ("聊了聊供水", "八马路")
    assert JournalEntry.objects.latest("pk").facts["fields"] == ["place", "summary", "tasks"]


def test_a_duty_turn_makes_a_record_by_itself_and_once(circle: Circle, cast: Cast) -> None:
    raised = cast.concern()
    told = {"member": cast.seat, "on": timezone.localdate(), "place": "八马路联络站", "summary": "值班接待三人"}
    for _twice in range(2):
        announce(
            "stations.duty_done",
            cast.door_station,
            system("t", cast.city),
            timezone.now(),
            **told,
            concerns=[raised.pk],
        )
    contact = ContactRecord.objects.get()
    assert (contact.source, contact.channel, contact.place) == ("duty", "visit", "八马路联络站")
    assert (contact.origin_type, contact.origin_id) == ("stations.station", cast.door_station.pk)
    assert [row.concern for row in contact.raised.all()] == [raised]


def test_an_activity_is_a_contact_of_each_who_took_part(circle: Circle, cast: Cast) -> None:
    both = {cast.seat, circle.member()}
    for member in [*both, cast.seat]:  # told twice of one
        told = {"member": member, "on": timezone.localdate(), "place": "学府社区", "summary": "读书会", "visitors": 12}
        announce("activities.attended", cast.door_station, system("t", cast.city), timezone.now(), **told)
    made = ContactRecord.objects.all()
    assert {each.member for each in made} == both
    assert {(each.source, each.channel, each.others) for each in made} == {("activity", "service", 12)}
    assert made.count() == 2


def on_duty(cast: Cast, days: int = 0) -> ContactRecord:
    """The record that a turn some days ago leaves."""
    on = timezone.localdate() - timedelta(days=days)
    told = {"member": cast.seat, "on": on, "place": "八马路联络站", "summary": "值班接待三人", "visitors": 3}
    announce("stations.duty_done", cast.door_station, system("t", cast.city), timezone.now(), **told)
    return ContactRecord.objects.get(source="duty")


def test_people_met_on_duty_are_added_and_their_days_follow(circle: Circle, cast: Cast) -> None:
    today = timezone.localdate()
    met, other = circle.enrol(), circle.enrol("李志强")
    circle.record(met, days=95)
    duty, client = on_duty(cast, days=2), cast.client("member")
    form = reverse("contact:record_move", args=[duty.pk, "amend"])
    for page in (duty.get_absolute_url(), reverse("contact:mine")):
        answer = client.get(page)
        assert answer.context["unnamed"] == [duty]
        assert form in answer.content.decode()
    assert [choice for _key, choice in client.get(form).context["form"].fields["people"].choices] == [
        met.name,
        other.name,
    ]
    before = circle_of(cast, today)
    said = {"summary": duty.summary, "place": duty.place, "others": 3, "people_asked": "on", "tasks": ["listening"]}
    assert client.post(form, said | {"people": met.pk, "version": duty.version}).status_code == 302
    assert [(each.person, each.days) for each in queries.near.mine(cast.actor("member"))] == [(met, 2), (other, None)]
    assert (before, circle_of(cast, today)) == ((0, 0, 0, 2), (1, 0, 0, 1))
    assert JournalEntry.objects.filter(verb="amend").latest("pk").facts["fields"] == ["tasks", "people"]
    assert form not in client.get(reverse("contact:mine")).content.decode()

    duty.refresh_from_db()
    assert client.post(form, said | {"version": duty.version}).status_code == 302  # it was somebody else
    assert [each.days for each in queries.near.mine(cast.actor("member"))] == [95, None]


def circle_of(cast: Cast, today: date) -> tuple[int, ...]:
    return circle_query(cast.actor("office"), {}, today).counts


def test_what_never_asked_for_people_leaves_them_and_only_the_members_own_can_be_added(
    circle: Circle, cast: Cast
) -> None:
    met, strange = circle.enrol(), circle.enrol("别人家", by="office", member=circle.member().pk)
    contact, told = circle.record(met), {"summary": "走访", "tasks": ["helping"]}
    contact = door.perform(contact, "amend", cast.actor("member"), told)
    assert [each.constituent for each in contact.people.all()] == [met]
    for refused in ([strange.pk], []):  # of another member; nobody at all
        with pytest.raises(Invalid) as raised:
            door.perform(contact, "amend", cast.actor("member"), told | {"people_asked": "on", "people": refused})
        assert "people" in raised.value.form.errors
    office = cast.client("office").get(reverse("contact:record_move", args=[contact.pk, "amend"]))
    assert "王**" in office.content.decode()
    assert met.name not in office.content.decode()


@pytest.mark.parametrize(("days", "asked"), [(7, True), (8, False)])
def test_a_duty_record_asks_for_some_days(circle: Circle, cast: Cast, days: int, asked: bool) -> None:
    circle.enrol()
    duty = on_duty(cast, days)
    assert (duty in queries.records.unnamed(cast.actor("member"), timezone.localdate())) is asked
    assert queries.records.unnamed(cast.actor("office"), timezone.localdate()) == []


def test_nobody_makes_such_a_record_by_hand(circle: Circle, cast: Cast) -> None:
    data = {
        "member": cast.seat.pk,
        "on": timezone.localdate(),
        "channel": "visit",
        "origin_type": "x.y",
        "origin_id": 1,
    }
    for who in ("member", "office"):
        with pytest.raises(NotAllowed):
            door.begin(CONTACTS, "take_over", cast.actor(who), data)


def test_a_leaders_contacts_count_for_the_sector_visited(circle: Circle, cast: Cast) -> None:
    today = timezone.localdate()
    for sector in (cast.sector, cast.other_sector):
        LeaderSector.objects.create(
            assembly=cast.city, member=cast.seat, sector=sector, from_on=today - timedelta(days=90)
        )
    person = circle.enrol()
    circle.record(person, sector=cast.other_sector.pk, others=6)
    circle.record(person)
    ((_member, sectors),) = queries.members.leaders(cast.actor("leader"), today)
    assert {each.link.sector: (each.this_month, each.last_on) for each in sectors} == {
        cast.sector: (1, today), cast.other_sector: (1, today),
    }  # fmt: skip


def test_the_bulk_form_does_the_same(circle: Circle, cast: Cast) -> None:
    person = circle.enrol()
    by = system("t", cast.city)
    told = {"member": cast.seat, "people": [person.pk], "channel": "visit"}
    days = [timezone.localdate() - timedelta(days=n) for n in range(3)]
    rows = [told | {"summary": f"{day}走访", "on": day} for day in days]
    assert door.begin_many(CONTACTS, "record", by, [*rows, rows[0] | {"concern_text": "路坏了", "token": "b"}]) == 4
    assert queries.near.mine(cast.actor("member"))[0].days == 0
    assert person.meetings.count() == 4
    assert Concern.objects.count() == 1
    assert actions.records.newest(cast.seat.pk, person.pk) == timezone.localdate()


def test_nobody_reads_the_names_of_another_members_people(cast: Cast) -> None:
    """The form that comes back for a member who is not one's own names nobody."""
    other = Member.objects.create(
        assembly=cast.city,
        person=Person.objects.create(assembly=cast.city, name="别的委员"),
        term=cast.term,
        sector=cast.other_sector,
        state="active",
    )
    theirs = Constituent.objects.create(
        assembly=cast.city, name="郑秘密", sector=cast.other_sector, state="active", consent_on=timezone.localdate()
    )
    ConstituentLink.objects.create(
        assembly=cast.city, member=other, constituent=theirs, from_on=timezone.localdate() - timedelta(days=9)
    )
    answer = cast.client("member").post("/desk/contact/record/", {"member": other.pk, "token": "t"})
    assert answer.status_code in (404, 422)
    assert "郑秘密" not in answer.content.decode()
    office = cast.client("office").get(f"/desk/contact/record/?member={other.pk}").content.decode()
    assert "郑秘密" not in office
    assert "郑**" in office
    assert cast.client("office").get("/desk/contact/record/?member=" + "9" * 25).status_code in (200, 404)
    assert cast.client("member").post("/desk/contact/record/", {"token": "a\0b"}).status_code == 422


def test_many_records_at_once_meet_only_their_own_member_s_people(circle: Circle, cast: Cast) -> None:
    mine, other = circle.enrol(), circle.member()
    theirs = circle.enrol("李志强", by="office", member=other.pk)
    by = system("演示", cast.city)

    def row(member: Member, person: Constituent, days: int) -> dict:
        told = {"member": member, "people": [person.pk], "channel": "visit", "summary": "走访"}
        return told | {"on": timezone.localdate() - timedelta(days=days)}

    rows = [row(cast.seat, mine, 9), row(other, theirs, 8), row(cast.seat, mine, 3)]
    assert door.begin_many(CONTACTS, "record", by, rows) == 3
    assert [list(record.met.all()) for record in ContactRecord.objects.order_by("id")] == [[mine], [theirs], [mine]]
    assert mine.links.get().last_on == timezone.localdate() - timedelta(days=3)
    with pytest.raises(Invalid) as refused:
        door.begin_many(CONTACTS, "record", by, [row(cast.seat, mine, 2), row(other, mine, 1)])
    assert "people" in refused.value.form.errors
    assert ContactRecord.objects.count() == 3


def test_the_office_is_asked_whose_contact_it_is(circle: Circle, cast: Cast) -> None:
    person, client, url = circle.enrol(), cast.client("office"), reverse("contact:record_new")
    page = client.get(url).content.decode()
    assert f'<option value="{cast.seat.pk}">周岩' in page
    assert 'name="summary"' not in page
    page = client.get(url, {"member": cast.seat.pk}).content.decode()
    assert "周岩" in page
    assert "王**" in page
    said = {"member": cast.seat.pk, "people": person.pk, "channel": "visit", "summary": "委员打电话来说的"}
    assert client.post(url, said).status_code == 302
    assert ContactRecord.objects.get().member == cast.seat


def test_whatever_is_sent_twice_in_one_form_counts_once(circle: Circle, cast: Cast) -> None:
    person, client = circle.enrol(), cast.client("member")
    said = {"people": [person.pk] * 2, "tasks": ["policy"] * 2, "channel": "visit", "summary": "走访"}
    assert client.post(reverse("contact:record_new"), said).status_code == 302
    record = ContactRecord.objects.get()
    assert (record.people.count(), record.tasks.count()) == (1, 1)
    amended = {"summary": "走访", "tasks": ["helping"] * 2, "version": record.version}
    assert client.post(reverse("contact:record_move", args=[record.pk, "amend"]), amended).status_code == 302
    assert [task.task for task in record.tasks.all()] == ["helping"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"people": ["x"]}, {"people": ["99999999999999999999"]}, {"channel": "telepathy"}, {"tasks": ["rest"]},
        {"on": "昨天"}, {"on": "2999-01-01"}, {"others": "-1"}, {"others": "10000"}, {"summary": "  "},
        {"summary": "长" * 201}, {"concern_topic": "nothing", "concern_text": "路坏了"}, {"sector": "1"},
    ],
    ids=str,
)  # fmt: skip
def test_nothing_wrong_is_recorded_and_what_was_typed_stays(circle: Circle, cast: Cast, wrong: dict) -> None:
    said = {"people": circle.enrol().pk, "channel": "visit", "summary": "走访", "place": "打过字的地方"} | wrong
    page = cast.client("member").post(reverse("contact:record_new"), said)
    assert page.status_code == 422
    assert "打过字的地方" in page.content.decode()
    assert not ContactRecord.objects.exists()
