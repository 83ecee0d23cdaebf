"""Two entries of one person become one: links, contacts, numbers and consent; and what is refused."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.concerns.test_personal import whole_database
from tests.rooms.contact.conftest import CONSENT, Circle
from tongxin.hear.concerns.models import Concern
from tongxin.hear.contact import queries
from tongxin.hear.contact.models import Constituent, ConstituentLink, ContactPerson
from tongxin.kernel import door, figures, search
from tongxin.kernel.errors import IllegalMove, Invalid, NotAllowed
from tongxin.kernel.models import JournalEntry, Notice
from tongxin.people.models import Committee, CommitteeSector, Member, Sector
from tongxin.shell.queries import home

pytestmark = pytest.mark.django_db

ONE, TWO = "13946901158", "13946901159"


@pytest.fixture
def twice(circle: Circle) -> tuple[Constituent, Constituent]:
    """王桂兰 with a number and the member; and once more as 王桂蘭, without one, with another member."""
    kept = circle.enrol(phone=ONE, place="")
    other = circle.enrol("王桂蘭", by="office", member=circle.member().pk, place="八马路社区", consent_on="2025-05-01")
    return kept, other


def merge(cast: Cast, kept: Constituent, closed: Constituent, by: str = "office", **told: object) -> Constituent:
    """The kept entry after the other was merged into it."""
    door.perform(closed, "merge", cast.actor(by), {"into": kept.pk} | told)
    kept.refresh_from_db()
    closed.refresh_from_db()
    return kept


def test_all_goes_to_the_entry_that_is_kept(twice: tuple[Constituent, Constituent], circle: Circle, cast: Cast) -> None:
    kept, other = twice
    theirs = other.links.get().member
    told = circle.record(
        other, by="office", member=theirs.pk, concern_text="路灯不亮了，晚上看不见路", concern_named=""
    )
    merge(cast, kept, other)
    assert {link.member for link in kept.links.filter(to_on=None)} == {cast.seat, theirs}
    assert list(kept.contacts.all()) == [told]
    assert kept.links.get(member=theirs).last_on == told.on, "the days since the last contact go on"
    assert Concern.objects.get(raised_at__record__people__constituent=kept) == told.raised.get().concern
    assert (kept.name, set(kept.names), kept.phone) == ("王桂兰", {"王桂兰", "王桂蘭"}, "+86" + ONE)
    assert (kept.place, str(kept.consent_on), kept.state) == ("八马路社区", "2025-05-01", "active")
    assert (other.state, other.same_as, other.name, other.phone, other.place) == ("merged", kept, "", "", "")
    assert not other.links.exists()
    assert not other.meetings.exists()


def test_the_number_of_either_entry_stays(twice: tuple[Constituent, Constituent], cast: Cast) -> None:
    kept, other = twice
    assert merge(cast, other, kept).phone == "+86" + ONE, "the kept one had none"


def test_of_two_numbers_somebody_says_which_one_stays(circle: Circle, cast: Cast) -> None:
    kept, other = circle.enrol(phone=ONE), circle.enrol(phone=TWO)
    contact = circle.record(kept, summary=f"留了两个号：{ONE}，{TWO}")
    with pytest.raises(Invalid) as refused:
        merge(cast, kept, other)
    assert "number" in refused.value.form.errors
    merge(cast, kept, other, number="other")
    contact.refresh_from_db()
    assert kept.phone == "+86" + TWO
    assert contact.summary == f"留了两个号：＊＊，{TWO}", "the other is deleted, also out of what members wrote"


def test_the_only_number_goes_only_when_somebody_has_seen_it(circle: Circle, cast: Cast, client: Client) -> None:
    """The newest consent names nothing that a number is kept for."""
    kept, other = circle.enrol(phone=ONE), circle.enrol(by="office", consent_on="2025-05-01", consent_for=[])
    contact = circle.record(kept, summary=f"电话{ONE}")
    client.force_login(cast.office)
    address = reverse("contact:merge", args=[kept.pk, other.pk])
    shown = client.get(address).content.decode()
    assert "号码 139****1158 将被删除" in " ".join(shown.split())
    refused = client.post(address, {"version": other.version, "kept_version": kept.version})
    assert refused.status_code == 422
    contact.refresh_from_db()
    kept.refresh_from_db()
    assert (kept.phone, contact.summary) == ("+86" + ONE, f"电话{ONE}")
    merge(cast, kept, other, drop_number="on")
    contact.refresh_from_db()
    assert (kept.phone, contact.summary) == ("", "电话＊＊")


def test_counts_do_not_double(circle: Circle, cast: Cast) -> None:
    kept, other = circle.enrol(), circle.enrol(consent_on="2025-06-01")
    together = circle.record(kept, other, days=3)
    circle.record(other, days=1)
    linked, where = figures.get("K03"), figures.scope(cast.city, timezone.localdate().year)
    assert figures.answer(linked, where).value == 2
    merge(cast, kept, other)
    link = kept.links.get()
    assert (link.member, str(link.from_on), link.to_on) == (cast.seat, "2025-03-01", None)
    assert link.last_on == timezone.localdate() - timedelta(days=1)
    assert ContactPerson.objects.filter(record=together).count() == 1, "they were one person"
    assert cast.seat.links.filter(to_on=None).count() == 1
    assert figures.answer(linked, where).value == 1


def test_links_of_other_times_stay_as_they_were(circle: Circle, cast: Cast) -> None:
    kept, other = circle.enrol(), circle.enrol(consent_on="2025-06-01")
    ended = kept.links.get()
    door.perform(kept, "unlink", cast.actor("office"), {"link": ended.pk, "on": "2025-04-01"})
    merge(cast, kept, other)
    spans = kept.links.order_by("from_on").values_list("from_on", "to_on")
    assert list(spans) == [(date(2025, 3, 1), date(2025, 4, 1)), (date(2025, 6, 1), None)]


@pytest.mark.parametrize("which", ["kept", "other"])
def test_a_consent_withdrawn_is_respected(circle: Circle, cast: Cast, which: str) -> None:
    kept, other = circle.enrol(phone=ONE), circle.enrol(phone=TWO, consent_on="2025-05-01")
    circle.record(kept, summary=f"电话 {ONE}")
    chosen = kept if which == "kept" else other
    door.perform(chosen, "withdraw", cast.actor("office"), {"on": "2025-07-01"})
    merge(cast, kept, other)
    assert (kept.state, str(kept.withdrawn_on), kept.phone, kept.phone_index) == ("withdrawn", "2025-07-01", "", "")
    assert not kept.links.filter(to_on=None).exists()
    assert ONE not in whole_database()


def test_a_consent_given_after_the_withdrawal_stands(circle: Circle, cast: Cast) -> None:
    kept = circle.enrol(phone=ONE)
    door.perform(kept, "withdraw", cast.actor("office"), {"on": "2025-07-01"})
    other = circle.enrol(phone=TWO, consent_on="2025-08-01", consent_for=["contact"])
    merge(cast, kept, other)
    assert (kept.state, kept.withdrawn_on, kept.phone) == ("active", None, "+86" + TWO)
    assert (str(kept.consent_on), kept.consent_for) == ("2025-08-01", ["contact"])


def test_whoever_is_here_in_one_entry_has_not_moved_away(circle: Circle, cast: Cast) -> None:
    kept, other = circle.enrol(), circle.enrol()
    third = circle.enrol()
    for moved in (kept, third):
        door.perform(moved, "move_away", cast.actor("office"), {"on": "2025-09-01"})
    merge(cast, third, kept)
    assert (third.state, str(third.moved_on)) == ("moved", "2025-09-01")
    merge(cast, third, other)
    assert (third.state, third.moved_on, third.links.filter(to_on=None).count()) == ("active", None, 1)
    kept.refresh_from_db()
    assert kept.same_as == third


def test_pointers_lead_on_to_the_last(circle: Circle, cast: Cast) -> None:
    first, second, third = circle.enrol(), circle.enrol(), circle.enrol()
    merge(cast, second, first)
    merge(cast, third, second)
    first.refresh_from_db()
    assert (first.same_as, second.same_as) == (third, third)


def test_both_have_it_in_their_journal(twice: tuple[Constituent, Constituent], cast: Cast) -> None:
    kept, other = twice
    merge(cast, kept, other)
    label = Constituent.label()
    closed = JournalEntry.objects.get(record_type=label, record_id=other.pk, verb="merge")
    took = JournalEntry.objects.get(record_type=label, record_id=kept.pk, verb="take_in")
    assert (closed.actor_id, closed.state_to, closed.facts) == (cast.office.pk, "merged", {"entry": kept.pk})
    assert took.facts == {"who": cast.actor("office").name}
    assert "王桂" not in str(list(JournalEntry.objects.values_list("facts", flat=True)))


@pytest.mark.parametrize("withdrawn", [False, True])
def test_whoever_keeps_contact_is_told(twice: tuple[Constituent, Constituent], cast: Cast, withdrawn: bool) -> None:
    kept, other = twice
    theirs = other.links.get().member
    theirs.person.user = cast.users["supervisor"]
    theirs.person.save()
    if withdrawn:
        door.perform(kept, "withdraw", cast.actor("office"), {"on": "2025-07-01"})
    merge(cast, kept, other)
    told = Notice.objects.filter(event__record_type=Constituent.label(), event__record_id=kept.pk)
    assert set(told.values_list("user", flat=True)) == {cast.member.pk, theirs.person.user_id}
    (news,) = home(cast.actor("member"), 5).news
    assert "同一个人的另一条登记" in news.title
    assert (news.about, news.url) == (("", "") if withdrawn else ("王**", kept.get_absolute_url()))


def test_who_linked_whom_stays_in_the_closed_entrys_journal(circle: Circle, cast: Cast) -> None:
    """The links become one; the other's beginning is still told."""
    kept, other = circle.enrol(), circle.enrol(by="office", consent_on="2025-06-01")
    merge(cast, kept, other)
    assert kept.links.count() == 1
    begun = JournalEntry.objects.get(record_type=Constituent.label(), record_id=other.pk, verb="enrol")
    assert (begun.actor_id, begun.facts) == (cast.office.pk, {"member": str(cast.seat), "on": "2025-06-01"})


def test_erasing_the_kept_entry_erases_what_came_from_both(circle: Circle, cast: Cast) -> None:
    kept, other = circle.enrol(phone=ONE), circle.enrol("王桂蘭", phone=TWO)
    named = {"concern_named": "on", "concern_text": "楼道灯不亮，请帮忙问问"}
    circle.record(other, summary=f"王桂蘭说{TWO}打不通", token="t1", **named)
    circle.record(kept, summary=f"王桂兰的号是{ONE}", token="t2", **named)
    merge(cast, kept, other, number="kept")
    door.perform(kept, "forget", cast.actor("office"))
    everything = whole_database()
    for private in ("王桂兰", "王桂蘭", ONE, TWO):
        assert private not in everything, private
    assert [concern.speaker_name for concern in Concern.objects.all()] == ["", ""]
    assert not search.matching(Concern.objects.all(), "王桂蘭").exists()


@pytest.mark.parametrize("what", ["elsewhere", "erased", "merged", "itself"])
def test_no_entry_that_cannot_be_kept(circle: Circle, cast: Cast, what: str) -> None:
    person, other = circle.enrol(), circle.enrol()
    if what == "elsewhere":
        sector = Sector.objects.create(assembly=cast.elsewhere, code="x1", name="外地界", position=1)
        other = Constituent.objects.create(assembly=cast.elsewhere, sector=sector, name="王桂兰", state="active")
    elif what == "erased":
        door.perform(other, "forget", cast.actor("office"))
    elif what == "merged":
        merge(cast, circle.enrol(), other)
    else:
        other = person
    with pytest.raises(Invalid) as refused:
        merge(cast, other, person)
    assert "合并" in str(refused.value.form.errors["into"])
    person.refresh_from_db()
    assert person.state == "active"


def test_what_is_erased_or_merged_is_merged_no_more(circle: Circle, cast: Cast) -> None:
    kept, other, gone = circle.enrol(), circle.enrol(), circle.enrol()
    merge(cast, kept, other)
    door.perform(gone, "forget", cast.actor("office"))
    for closed in (other, gone):
        with pytest.raises(IllegalMove):
            merge(cast, kept, closed)


def test_only_the_office_and_the_committee_of_both_merge(circle: Circle, cast: Cast) -> None:
    kept, other = circle.enrol(), circle.enrol()
    for who in ("member", "convener", "leader"):
        with pytest.raises(NotAllowed):
            merge(cast, kept, other, by=who)
    committee = cast.actor("committee")
    foreign = Sector.objects.create(assembly=cast.city, code="x2", name="别的界", position=9)
    away = Committee.objects.create(assembly=cast.city, code="zz", name="别的委员会")
    CommitteeSector.objects.create(
        assembly=cast.city, committee=away, sector=foreign, from_on=timezone.localdate() - timedelta(days=9)
    )
    Constituent.objects.filter(pk=kept.pk).update(sector=foreign)
    with pytest.raises(Invalid):
        door.perform(other, "merge", committee, {"into": kept.pk})
    Constituent.objects.filter(pk=kept.pk).update(sector=cast.sector)
    assert merge(cast, kept, other, by="committee").state == "active"


def test_what_changed_since_it_was_shown_is_shown_again(circle: Circle, cast: Cast) -> None:
    kept, other = circle.enrol(), circle.enrol()
    shown = kept.version
    door.perform(kept, "correct", cast.actor("office"), {"sector": cast.sector.pk, "place": "学府社区", **CONSENT})
    with pytest.raises(Invalid) as refused:
        merge(cast, kept, other, kept_version=shown)
    assert refused.value.form.non_field_errors()


def test_the_pages(circle: Circle, cast: Cast, client: Client) -> None:
    kept, other = circle.enrol(phone=ONE), circle.enrol(phone=TWO)
    stranger = circle.enrol("李志强")
    client.force_login(cast.office)
    page = client.get(reverse("contact:move", args=[other.pk, "merge"])).content.decode()
    address = reverse("contact:merge", args=[kept.pk, other.pk])
    assert address in page
    assert "李**" not in page
    found = client.get(reverse("contact:merge_find", args=[other.pk]), {"q": "李志强"}).content.decode()
    assert reverse("contact:merge", args=[min(other.pk, stranger.pk), max(other.pk, stranger.pk)]) in found
    shown = client.get(address).content.decode()
    assert "139****1158" in shown
    assert "139****1159" in shown
    assert ONE not in shown
    versions = {"version": other.version, "kept_version": kept.version}
    assert client.post(address, versions).status_code == 422
    assert client.post(address, versions | {"number": "kept"}).url == kept.get_absolute_url()
    closed = client.get(other.get_absolute_url()).content.decode()
    assert kept.get_absolute_url() in closed
    assert client.get(reverse("contact:merge_find", args=[other.pk])).url == other.get_absolute_url()
    assert client.get(address).status_code == 404
    assert client.get(reverse("contact:merge", args=[kept.pk, kept.pk])).status_code == 404
    listed = client.get(reverse("contact:people"), {"state": "merged"}).content.decode()
    assert other.get_absolute_url() in listed


def test_under_an_earlier_number_only_what_bears_the_name_is_the_persons(circle: Circle, cast: Cast) -> None:
    kept, other = circle.enrol(phone=ONE), circle.enrol(phone=TWO)
    own = cast.concern(speaker_name="王桂兰", speaker_phone=TWO, consent="on", token="own")
    cast.concern(speaker_name="李志强", speaker_phone=TWO, consent="on", token="another")
    merge(cast, kept, other, number="kept")
    assert queries.people.story(cast.actor("office"), kept).concerns == [own]


def test_links_are_not_lost_with_a_members_leaving(circle: Circle, cast: Cast) -> None:
    """A link that waits to be handed over goes along like any other."""
    kept, other = circle.enrol(), circle.enrol(by="office", member=circle.member().pk)
    Member.objects.filter(pk=other.links.get().member_id).update(state="resigned")
    merge(cast, kept, other)
    assert ConstituentLink.objects.filter(constituent=kept, to_on=None).count() == 2
