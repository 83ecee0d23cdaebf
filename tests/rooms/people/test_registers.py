"""Registers: entered, corrected, refused; two at once; the matrix and its warnings; lists and numbers."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tongxin.kernel import options
from tongxin.kernel.deadlines import own_days
from tongxin.kernel.models import JournalEntry, Option
from tongxin.people import queries
from tongxin.people.models import Body, CommitteeSector, Convener, LeaderSector, Member, RoleGrant, Sector, Term
from tongxin.people.registers import REGISTERS
from tongxin.people.tasks import settle_conveners


def url(key: str, pk: int | None = None) -> str:
    return reverse("people:register_edit", args=[key, pk]) if pk else reverse("people:register_new", args=[key])


def body(**changes) -> dict:
    given = {
        "name": "市教育局",
        "name_en": "",
        "short": "教育局",
        "code": "education",
        "position": "0",
        "contact": "",
        "closed_on": "",
    }
    return given | changes


@pytest.mark.parametrize("key", REGISTERS)
def test_every_register_opens_in_both_languages(cast, key):
    client = cast.client("office")
    for language, word in (("zh-hans", "机构设置"), ("en", "Structure")):
        client.cookies["django_language"] = language
        listing = reverse("people:matrix") if key == "matrix" else reverse("people:register", args=[key])
        for path in (listing, url(key), reverse("people:register", args=[key]) + "?ended=1&q=x"):
            page = client.get(path)
            assert page.status_code == 200
            assert word in page.content.decode()


def test_a_record_is_entered_through_the_door(cast):
    assert cast.client("office").post(url("bodies"), body()).status_code == 302
    made = Body.objects.get(code="education")
    assert (made.assembly, made.created_by) == (cast.city, cast.office)
    assert JournalEntry.objects.filter(record_type="people.body", record_id=made.pk, verb="established").exists()


def test_twice_the_same_code_is_an_error_and_the_text_is_kept(cast):
    page = cast.client("office").post(url("bodies"), body(code="roads", name="第二个住建局"))
    assert page.status_code == 422
    assert "已经有这一条" in page.content.decode()
    assert "第二个住建局" in page.content.decode()


def test_the_last_day_cannot_lie_before_the_first(cast):
    page = cast.client("office").post(url("terms"), {"number": 13, "from_on": "2027-01-10", "to_on": "2026年1月1日"})
    assert page.status_code == 422
    assert "早于开始日期" in page.content.decode()


def test_who_is_late_sees_the_others_change_and_keeps_the_own_text(cast):
    first, second = cast.client("office"), cast.client("admin")
    version = cast.roads.version
    first.post(url("bodies", cast.roads.pk), body(code="roads", name="市住建局", version=version))
    late = second.post(url("bodies", cast.roads.pk), body(code="roads", name="住房城乡建设局", version=version))
    text = late.content.decode()
    assert late.status_code == 409
    assert "住房城乡建设局" in text
    assert "现在是：市住建局" in text
    assert "office用户" in text
    cast.roads.refresh_from_db()
    assert cast.roads.name == "市住建局"
    again = body(code="roads", name="住房城乡建设局", version=cast.roads.version)
    assert second.post(url("bodies", cast.roads.pk), again).status_code == 302
    cast.roads.refresh_from_db()
    assert cast.roads.name == "住房城乡建设局"


def test_another_assemblys_records_do_not_exist(cast):
    foreign = Body.objects.create(assembly=cast.elsewhere, code="x", name="外地单位")
    client = cast.client("office")
    assert client.get(url("bodies", foreign.pk)).status_code == 404
    assert "外地单位" not in client.get(reverse("people:register", args=["bodies"])).content.decode()
    assert cast.client("member").get(url("bodies")).status_code == 403


def test_ended_records_leave_the_list_but_are_found(cast):
    cast.health.closed_on = date(2024, 1, 1)
    cast.health.save()
    client, listing = cast.client("office"), reverse("people:register", args=["bodies"])
    assert "市卫生健康委员会" not in client.get(listing).content.decode()
    assert "市卫生健康委员会" in client.get(listing, {"ended": "1"}).content.decode()


def test_the_matrix_warns_of_a_sector_with_no_committee_and_with_two(cast):
    client = cast.client("office")
    assert not client.get(reverse("people:matrix")).context["orphans"]
    today = date.today()
    lone = Sector.objects.create(assembly=cast.city, code="lone", name="体育界", category="circle")
    client.post(
        url("matrix"),
        {"sector": cast.sector.pk, "committee": cast.other_committee.pk, "from_on": today.isoformat(), "to_on": ""},
    )
    page = client.get(reverse("people:matrix"))
    assert [line.sector for line in page.context["orphans"]] == [lone]
    assert [line.sector for line in page.context["shared"]] == [cast.sector]
    assert "1 个界别没有对口专委会" in page.content.decode()
    assert "1 个界别不止一个对口专委会" in page.content.decode()
    assert queries.unsettled(cast.city, today) == 2
    old = CommitteeSector.objects.get(sector=cast.sector, committee=cast.committee_)
    client.post(
        url("matrix", old.pk),
        {
            "sector": cast.sector.pk,
            "committee": cast.committee_.pk,
            "from_on": old.from_on.isoformat(),
            "to_on": today.isoformat(),
            "version": 1,
        },
    )
    assert not client.get(reverse("people:matrix")).context["shared"]
    assert queries.committee_of(cast.sector, today) == cast.other_committee


def test_the_same_link_cannot_hold_twice_on_one_day(cast):
    data = {"sector": cast.sector.pk, "committee": cast.committee_.pk, "from_on": "2024-01-01", "to_on": ""}
    page = cast.client("office").post(url("matrix"), data)
    assert page.status_code == 422
    assert "先终止原来那条" in page.content.decode()


def test_a_convener_sits_in_the_sector(cast):
    data = {"sector": cast.other_sector.pk, "member": cast.seat.pk, "rank": "chief", "from_on": "2024-01-01"}
    page = cast.client("office").post(url("conveners"), data)
    assert "不在这个界别" in page.content.decode()
    data["sector"] = cast.sector.pk
    assert cast.client("office").post(url("conveners"), data).status_code == 302
    assert Convener.objects.get().member == cast.seat


def test_the_role_of_a_convener_begins_and_ends_with_the_entry(cast):
    def held() -> bool:
        return RoleGrant.objects.filter(user=cast.member, role="convener", scope=cast.sector.pk).exists()

    client, today = cast.client("office"), timezone.localdate()
    data = {"sector": cast.sector.pk, "member": cast.seat.pk, "rank": "chief", "from_on": "2024-01-01"}
    client.post(url("conveners"), data)
    assert held()
    entry = Convener.objects.get()
    client.post(url("conveners", entry.pk), data | {"to_on": (today + timedelta(days=9)).isoformat(), "version": 1})
    assert held()
    settle_conveners(timezone.now() + timedelta(days=9))
    assert not held()
    assert settle_conveners(timezone.now()) == 1
    client.post(url("conveners", entry.pk), data | {"to_on": today.isoformat(), "version": 2})
    assert not held()


def test_nobody_is_given_the_role_of_a_convener_without_an_entry(cast):
    grant, asked = reverse("people:account_grant", args=[cast.member.pk]), {"role": "convener", "scope": cast.sector.pk}
    refused = cast.client("admin").post(grant, asked)
    assert refused.status_code == 422
    assert "召集人登记" in refused.content.decode()
    Convener.objects.create(assembly=cast.city, sector=cast.sector, member=cast.seat, from_on="2024-01-01")
    assert cast.client("admin").post(grant, asked).status_code == 302
    held = RoleGrant.objects.get(user=cast.member, role="convener")
    cast.client("admin").post(reverse("people:account_revoke", args=[cast.member.pk, held.pk]))
    assert RoleGrant.objects.filter(pk=held.pk).exists()


def test_only_leaders_keep_contact_with_sectors(cast):
    data = {"sector": cast.sector.pk, "member": cast.seat.pk, "from_on": "2024-01-01"}
    assert cast.client("office").post(url("leaders"), data).status_code == 422
    Member.objects.update(duty="vice_chair")
    assert cast.client("office").post(url("leaders"), data).status_code == 302
    assert LeaderSector.objects.get().member == cast.seat


def test_the_national_sectors_are_taken_once(cast):
    client = cast.client("office")
    for _time in range(2):
        client.post(reverse("people:national"))
    assert Sector.objects.filter(assembly=cast.city).count() == 34  # two names were there already
    assert Sector.objects.filter(assembly=cast.city).exclude(national="").count() == 32


def test_a_list_is_changed_with_its_clause_and_old_codes_stay(cast):
    client, key = cast.client("office"), "kernel.own_days"
    page = client.get(reverse("people:option_list", args=[key]))
    data = {
        "seen": page.context["seen"],
        "form-TOTAL_FORMS": 3,
        "form-INITIAL_FORMS": 0,
        "form-0-code": "2027-01-04",
        "form-0-zh": "省里通知放假",
        "form-0-meaning": "off",
        "form-0-active": "on",
    }
    for wrong in ({"form-0-code": "4-Jan"}, {"form-0-meaning": "holiday"}):
        assert client.post(reverse("people:option_list", args=[key]), data | wrong).status_code == 422
    assert client.post(reverse("people:option_list", args=[key]), data).status_code == 302
    options.forget(cast.city.pk)
    assert [choice.code for choice in options.choices(cast.city.pk, key)] == ["2027-01-04"]
    late = client.post(reverse("people:option_list", args=[key]), data | {"form-0-zh": "改成别的"})
    assert late.status_code == 409
    assert "改成别的" in late.content.decode()
    assert Option.objects.get().zh == "省里通知放假"


def test_a_day_of_ones_own_is_picked_and_said_to_be_work_or_off(cast):
    options.forget(cast.city.pk)
    client, address = cast.client("office"), reverse("people:option_list", args=["kernel.own_days"])
    page = client.get(address).content.decode()
    assert '<input type="date" name="form-0-code"' in page
    assert 'type="radio" name="form-0-meaning" value="work"' in page
    assert "语义" not in page
    data = {"seen": client.get(address).context["seen"], "form-TOTAL_FORMS": 3, "form-INITIAL_FORMS": 0}
    data |= {"form-0-code": "2027-01-04", "form-0-zh": "元旦补班", "form-0-meaning": "work", "form-0-active": "on"}
    twice = {"form-1-code": "2027-01-04", "form-1-zh": "放假", "form-1-meaning": "off"}
    refused = client.post(address, data | twice)
    assert refused.status_code == 422
    assert "2027年1月4日在列表里出现了两次" in refused.content.decode()
    assert client.post(address, data).status_code == 302
    options.forget(cast.city.pk)
    assert own_days(cast.city.pk) == {date(2027, 1, 4): True}


def test_a_refused_list_says_above_where_and_opens_there(cast):
    options.forget(cast.city.pk)
    client, address = cast.client("office"), reverse("people:option_list", args=["concerns.topic"])
    page = client.get(address)
    assert page.content.decode().count(" open>") == 1  # only the first empty row: what stands there is folded
    data = {form.add_prefix(name): form[name].value() or "" for form in page.context["formset"] for name in form.fields}
    data |= {f"form-{name}": value for name, value in page.context["formset"].management_form.initial.items()}
    late = client.post(address, data | {"seen": page.context["seen"], "form-13-zh": "供水", "form-13-code": "供水"})
    assert late.status_code == 422
    shown = late.content.decode()
    assert '<a href="#entry-14">' in shown.split('id="entry-1"')[0]
    assert re.search(r'name="form-13-code"[^>]* autofocus', shown)


def test_what_a_contact_on_duty_counts_for_is_chosen_by_its_name(cast):
    options.forget(cast.city.pk)
    client, address = cast.client("office"), reverse("people:option_parameter", args=["contact.duty_channel"])
    assert "走访座谈</option>" in client.get(address).content.decode()
    assert client.post(address, {"value": "service"}).status_code == 302
    options.forget(cast.city.pk)
    assert options.parameter(cast.city.pk, "contact.duty_channel") == "service"
    assert client.post(address, {"value": "no-such"}).status_code == 422


def test_a_number_is_changed_and_journaled(cast):
    client, key = cast.client("office"), "people.keep_months"
    assert client.post(reverse("people:option_parameter", args=[key]), {"value": "-1"}).status_code == 422
    assert client.post(reverse("people:option_parameter", args=[key]), {"value": "36"}).status_code == 302
    options.forget(cast.city.pk)
    assert options.parameter(cast.city.pk, key) == 36
    assert JournalEntry.objects.filter(verb="parameter_changed", assembly=cast.city).count() == 1
    page = client.get(reverse("people:options"))
    assert "默认 24 个月" in page.content.decode()
    assert client.get(reverse("people:option_parameter", args=["no.such"])).status_code == 404


def test_a_number_changed_by_two_keeps_the_first(cast):
    client, url_ = cast.client("office"), reverse("people:option_parameter", args=["concerns.triage_days"])
    seen = client.get(url_).context["seen"]
    assert client.post(url_, {"value": 5, "source": "", "seen": seen}).status_code == 302
    late = client.post(url_, {"value": 9, "source": "", "seen": seen})
    assert late.status_code == 409
    assert "5" in late.content.decode()
    options.forget(cast.city.pk)  # done by itself where the transaction is committed
    assert options.parameter(cast.city.pk, "concerns.triage_days") == 5


def test_sectors_without_convener_and_terms_that_run_out_are_told(cast):
    client, today = cast.client("office"), timezone.localdate()
    page = client.get(reverse("people:institutions"))
    assert page.context["no_convener"] == [cast.sector, cast.other_sector]
    assert "2 个界别没有召集人" in page.content.decode()
    ends = today + timedelta(days=queries.CONVENING_ENDS - 1)
    Convener.objects.create(assembly=cast.city, sector=cast.sector, member=cast.seat, from_on=today, to_on=ends)
    page = client.get(reverse("people:institutions"))
    assert page.context["no_convener"] == [cast.other_sector]
    assert "1 位召集人快到期" in page.content.decode()
    Convener.objects.update(to_on=None)
    assert not client.get(reverse("people:institutions")).context["convening_ends"]
    Term.objects.update(to_on=ends)
    assert client.get(reverse("people:institutions")).context["convening_ends"]


def test_two_who_enter_the_same_at_the_same_moment(cast, monkeypatch):
    """The check of the second passes before the first is saved; the database refuses, the text is kept."""
    monkeypatch.setattr(Body, "validate_constraints", lambda self, exclude=None: None)
    monkeypatch.setattr(Body, "validate_unique", lambda self, exclude=None: None)
    data = {"name": "市水务局", "code": "roads", "position": "0"}
    page = cast.client("office", raise_request_exception=False).post(
        reverse("people:register_new", args=["bodies"]), data
    )
    assert page.status_code == 409
    assert "市水务局" in page.content.decode()
    assert Body.objects.filter(code="roads").count() == 1


def test_bodies_stand_in_the_assembly_s_own_order(cast):
    """By the number that the office gives them, else as they were entered; their codes are no order to a reader."""
    made = [Body.objects.create(assembly=cast.elsewhere, name=name, code=code) for name, code in
            (("市住建局", "z"), ("市教育局", "m"), ("市农业农村局", "a"))]  # fmt: skip
    assert list(queries.bodies(cast.elsewhere)) == made
    client = cast.client("stranger")
    told = body(name="市教育局", code="m", version=made[1].version, position="1")
    assert client.post(url("bodies", made[1].pk), told).status_code == 302
    assert [each.name for each in queries.bodies(cast.elsewhere)] == ["市住建局", "市农业农村局", "市教育局"]
