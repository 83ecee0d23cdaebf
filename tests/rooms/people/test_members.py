"""A seat's life, corrections, the directory, what follows when a member leaves."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from tongxin.kernel import door, options, personal, search
from tongxin.kernel.errors import IllegalMove, Invalid, NotAllowed
from tongxin.people.models import Convener, LeaderSector, Member, Person, RoleGrant
from tongxin.people.workflow import MEMBER

TODAY = date.today().isoformat()


def given(cast, **changes) -> dict:
    return {"term": cast.term.pk, "name": "关山", "sector": cast.sector.pk, "phone": "13912342261"} | changes


def admitted(cast, **changes) -> Member:
    return door.begin(MEMBER, "admit", cast.actor("office"), given(cast, **changes))


def test_a_member_is_admitted_on_a_page(cast):
    page = cast.client("office").post(
        reverse("people:member_new"), given(cast, birth="1980年1月5日", is_entrepreneur="on")
    )
    member = Member.objects.get(person__name="关山")
    assert page.url == reverse("people:member", args=[member.pk])
    assert (member.state, member.person.phone, member.person.birth) == ("active", "+8613912342261", date(1980, 1, 5))
    assert member.is_entrepreneur


def test_a_new_member_is_preset_to_be_a_plain_one(cast):
    page = cast.client("office").get(reverse("people:member_new")).content.decode()
    assert '<option value="member" selected>' in page


def test_bad_input_is_told_field_by_field_and_kept(cast):
    page = cast.client("office").post(
        reverse("people:member_new"), given(cast, sector="", phone="123", employer="第一中学", birth="80.1.5")
    )
    text = page.content.decode()
    assert page.status_code == 422
    assert "第一中学" in text
    assert set(page.context["form"].errors) == {"sector", "phone", "birth"}
    assert not Member.objects.filter(person__name="关山").exists()


def test_the_same_person_gets_a_second_seat_elsewhere_not_a_second_person(cast):
    there = admitted(cast)
    term = type(cast.term).objects.create(assembly=cast.elsewhere, number=5, from_on=date(2021, 1, 1))
    sector = type(cast.sector).objects.create(assembly=cast.elsewhere, code="x", name="农业", category="circle")
    data = {"term": term.pk, "name": "关山", "sector": sector.pk, "phone": "139 1234 2261"}
    here = door.begin(MEMBER, "admit", cast.actor("stranger"), data)
    assert here.person == there.person
    with pytest.raises(Invalid) as refused:
        door.begin(MEMBER, "admit", cast.actor("stranger"), data)
    assert "已经是本届委员" in str(refused.value)
    with pytest.raises(Invalid) as refused:
        door.begin(MEMBER, "admit", cast.actor("stranger"), data | {"name": "别人"})
    assert "别人名下" in str(refused.value)


def test_a_member_may_not_admit(cast):
    with pytest.raises(NotAllowed):
        door.begin(MEMBER, "admit", cast.actor("leader"), given(cast))
    assert not Person.objects.filter(name="关山").exists()


def test_leave_and_return(cast):
    member = admitted(cast)
    client, move = cast.client("office"), reverse("people:member_move", args=[member.pk, "suspend"])
    assert client.get(move).status_code == 200
    assert client.post(move, {"on": TODAY, "reason": "外出学习"}).status_code == 302
    member.refresh_from_db()
    assert member.state == "leave"
    story = client.get(reverse("people:member", args=[member.pk])).content.decode()
    assert f"{date_format(timezone.localdate(), 'DATE_FORMAT')}起请假" in story
    assert "外出学习" in story
    member = door.perform(member, "resume", cast.actor("office"), {"on": TODAY, "reason": "学习结束"})
    assert member.state == "active"


@pytest.mark.parametrize(
    ("move", "state"), [("resign", "resigned"), ("dismiss", "dismissed"), ("record_death", "deceased")]
)
def test_with_the_seat_end_roles_convening_and_sectors_kept(cast, move, state):
    for model, extra in ((Convener, {}), (LeaderSector, {})):
        model.objects.create(
            assembly=cast.city, sector=cast.sector, member=cast.seat, from_on=date(2022, 1, 1), **extra
        )
    RoleGrant.objects.create(assembly=cast.city, user=cast.member, role="convener", scope=cast.sector.pk)
    RoleGrant.objects.create(assembly=cast.city, user=cast.member, role="office")
    gone = door.perform(cast.seat, move, cast.actor("office"), {"on": TODAY, "reason": "本人申请"})
    assert (gone.state, gone.left_on) == (state, date.today())
    assert {Convener.objects.get().to_on, LeaderSector.objects.get().to_on} == {date.today()}
    assert set(RoleGrant.objects.filter(user=cast.member).values_list("role", flat=True)) == {"office"}
    with pytest.raises(IllegalMove):
        door.perform(gone, "resume", cast.actor("office"), {"on": TODAY, "reason": "x"})
    page = cast.client("office").post(
        reverse("people:member_move", args=[gone.pk, "suspend"]), {"on": TODAY, "reason": "x"}
    )
    assert page.status_code == 409


def test_a_day_ahead_or_before_the_seat_is_refused_and_the_reason_kept(cast):
    member = admitted(cast, since_on="2024-01-01")
    move = reverse("people:member_move", args=[member.pk, "resign"])
    for day, told in (((date.today() + timedelta(days=1)).isoformat(), "还没有到"), ("2023-12-31", "早于任职日期")):
        page = cast.client("office").post(move, {"on": day, "reason": "调到外省"})
        assert page.status_code == 422
        assert told in page.content.decode()
        assert "调到外省" in page.content.decode()


def edit(member: Member, **changes) -> dict:
    data = {"name": member.person.name, "sector": member.sector_id, "duty": member.duty, "phone": ""}
    return data | {"version": member.version, "person_version": member.person.version} | changes


def test_corrections_keep_the_number_unless_a_new_one_is_given(cast):
    member = admitted(cast)
    url = reverse("people:member_edit", args=[member.pk])
    client = cast.client("office")
    assert "13912342261" not in client.get(url).content.decode()
    client.post(url, edit(member, employer="第二中学", name="关海"))
    member = Member.objects.select_related("person").get(pk=member.pk)
    assert (member.employer, member.person.name, member.person.phone) == ("第二中学", "关海", "+8613912342261")
    assert list(search.matching(Member.objects.all(), "关海")) == [member]
    client.post(url, edit(member, no_phone="on"))
    assert Person.objects.get(pk=member.person_id).phone == ""


def test_two_at_once_the_second_keeps_the_text(cast):
    member = admitted(cast)
    url, stale = reverse("people:member_edit", args=[member.pk]), edit(member, employer="第三中学")
    cast.client("office").post(url, edit(member, employer="第二中学"))
    late = cast.client("admin").post(url, stale)
    assert late.status_code == 409
    assert "第三中学" in late.content.decode()
    assert Member.objects.get(pk=member.pk).employer == "第二中学"


def test_a_stale_correction_leaves_the_person_untouched_too(cast):
    member = admitted(cast)
    stale = edit(member, name="改名", employer="第三中学")
    door.perform(member, "suspend", cast.actor("office"), {"on": TODAY, "reason": "x"})
    assert cast.client("office").post(reverse("people:member_edit", args=[member.pk]), stale).status_code == 409
    assert Person.objects.get(pk=member.person_id).name == "关山"


def test_the_directory_filters_and_finds(cast):
    admitted(cast, employer="粮食加工企业", is_entrepreneur="on", sector=cast.other_sector.pk)
    client, url = cast.client("member"), reverse("people:members")
    for query, found in (
        ({}, 2),
        ({"q": "关山"}, 1),
        ({"q": "粮食"}, 1),
        ({"sector": cast.sector.pk}, 1),
        ({"entrepreneur": "1"}, 1),
        ({"state": "resigned"}, 0),
        ({"q": "没有这个人"}, 0),
        ({"sector": "abc", "page": "99"}, 2),
    ):
        assert client.get(url, query).context["page"].paginator.count == found, query
    assert "导入名册" not in client.get(url).content.decode()
    assert cast.client("stranger").get(reverse("people:member", args=[cast.seat.pk])).status_code == 404
    assert cast.client("body").get(url).status_code == 403


def test_the_directory_costs_the_same_with_many(cast, django_assert_max_num_queries):
    client, url = cast.client("office"), reverse("people:members")
    client.get(url)
    with django_assert_max_num_queries(8):
        client.get(url)
    with django_assert_max_num_queries(10):
        client.get(reverse("people:member", args=[cast.seat.pk]))


def test_former_members_numbers_are_erased_in_time(cast):
    member = admitted(cast, birth="1980-01-05")
    door.perform(member, "resign", cast.actor("office"), {"on": TODAY, "reason": "x"})
    now = timezone.now()
    personal.erase_expired(now + timedelta(days=300))
    assert Person.objects.get(name="关山").phone
    assert options.parameter(cast.city.pk, "people.keep_months") == 24
    personal.erase_expired(now + timedelta(days=800))
    person = Person.objects.get(name="关山")
    assert (person.phone, person.phone_index, person.birth) == ("", "", None)


def test_pages_speak_english_too(cast):
    client = cast.client("office")
    client.cookies["django_language"] = "en"
    page = client.get(reverse("people:member", args=[cast.seat.pk])).content.decode()
    assert "in office" in page
    assert "Leave of absence" in page


def test_the_form_sent_twice_makes_one_member_and_a_namesake_is_asked_for(cast):
    client = cast.client("office")
    data = {"name": "丁一", "term": cast.term.pk, "sector": cast.sector.pk, "duty": "member"}
    assert client.post(reverse("people:member_new"), data).status_code == 302
    again = client.post(reverse("people:member_new"), data)
    assert again.status_code == 422
    assert "已经有一位丁一" in again.content.decode()
    assert 'name="another"' in again.content.decode()
    assert client.post(reverse("people:member_new"), {**data, "another": "on"}).status_code == 302
    assert Member.objects.filter(person__name="丁一").count() == 2
