"""Accounts and roles: made, limited, taken back, journaled; and where somebody with several assemblies works."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from click.testing import CliRunner
from django.urls import reverse

from tests.cast import PASSWORD
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.models import JournalEntry
from tongxin.people import accounts, queries, roles
from tongxin.people.commands import found
from tongxin.people.models import RoleGrant, User


def new_account(**changes) -> dict:
    return {"name": "丁一", "username": "dingyi", "phone": "", "email": "", "role": roles.OFFICE, **changes}


def test_an_account_is_made_with_a_role_and_its_password_shown_once(cast):
    page = cast.client("admin").post(reverse("people:account_new"), new_account(phone="13912342261"))
    password = page.context["password"]
    assert password in page.content.decode()
    user = User.objects.get(username="dingyi")
    assert user.check_password(password)
    assert user.must_change_password
    assert "13912342261" not in page.content.decode()
    assert queries.actor_of(user).has(roles.OFFICE)
    again = cast.client("admin").get(reverse("people:account", args=[user.pk]))
    assert password not in again.content.decode()
    verbs = set(
        JournalEntry.objects.filter(record_type="people.user", record_id=user.pk).values_list("verb", flat=True)
    )
    assert verbs == {"account_made", "granted"}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"username": "office"}, "有人用了"),
        ({"username": "OFFICE"}, "有人用了"),
        ({"username": "丁 一"}, "不能有空格"),
        ({"username": "13912342261"}, "像是手机号"),
        ({"phone": "1391234"}, "11"),
        ({"role": roles.COMMITTEE}, ""),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(cast, changes, told):
    page = cast.client("admin").post(reverse("people:account_new"), new_account(**changes))
    assert page.status_code == 422
    assert told in page.content.decode()
    assert "丁一" in page.content.decode()
    assert not User.objects.filter(name="丁一").exists()


def test_the_scope_offered_follows_from_the_role(cast):
    client = cast.client("admin")
    page = client.get(reverse("people:account_grant", args=[cast.member.pk]), {"role": roles.COMMITTEE})
    assert "教科卫体委员会" in page.content.decode()
    done = client.post(
        reverse("people:account_grant", args=[cast.member.pk]),
        {"role": roles.COMMITTEE, "scope": cast.committee_.pk},
    )
    assert done.status_code == 302
    assert RoleGrant.objects.filter(user=cast.member, role=roles.COMMITTEE, scope=cast.committee_.pk).count() == 1
    page = client.get(reverse("people:account_grant", args=[cast.member.pk]), {"role": roles.STATION})
    assert "八马路联络站" in page.content.decode()


def test_a_scope_of_another_assembly_is_refused(cast):
    foreign = type(cast.sector).objects.create(assembly=cast.elsewhere, code="x", name="外地界别", category="circle")
    page = cast.client("admin").post(
        reverse("people:account_grant", args=[cast.member.pk]), {"role": roles.CONVENER, "scope": foreign.pk}
    )
    assert page.status_code == 422


def test_roles_are_taken_back_but_never_the_last_administrators(cast):
    client = cast.client("admin")
    held = RoleGrant.objects.get(user=cast.office)
    client.post(reverse("people:account_revoke", args=[cast.office.pk, held.pk]))
    assert not RoleGrant.objects.filter(pk=held.pk).exists()
    last = RoleGrant.objects.get(user=cast.admin)
    page = client.post(reverse("people:account_revoke", args=[cast.admin.pk, last.pk]), follow=True)
    assert "至少要留一名" in page.content.decode()
    assert RoleGrant.objects.filter(pk=last.pk).exists()
    # Without a role the account is still found by whoever took the role back.
    assert client.get(reverse("people:account", args=[cast.office.pk])).status_code == 200


def test_only_the_administrator_and_only_of_the_own_assembly(cast):
    assert cast.client("office").get(reverse("people:accounts")).status_code == 403
    assert cast.client("admin").get(reverse("people:account", args=[cast.stranger.pk])).status_code == 404
    with pytest.raises(NotAllowed):
        accounts.create(cast.actor("office"), username="x", name="x")


def test_an_account_used_elsewhere_too_is_not_taken_over(cast):
    RoleGrant.objects.create(assembly=cast.elsewhere, user=cast.office, role=roles.OFFICE)
    with pytest.raises(NotAllowed):
        accounts.reset_password(cast.office, cast.actor("admin"))
    page = cast.client("admin").post(reverse("people:account_password", args=[cast.office.pk]))
    assert page.status_code == 404


def test_nobody_closes_their_own_account(cast):
    with pytest.raises(NotAllowed):
        accounts.set_active(cast.admin, cast.actor("admin"), False)


def test_a_members_role_links_person_and_account(cast):
    cast.seat.person.user = None
    cast.seat.person.save()
    user, _password = accounts.create(cast.actor("admin"), username="zhou", name="周岩")
    accounts.grant(user, roles.MEMBER, cast.actor("admin"), scope=cast.seat.pk)
    cast.seat.person.refresh_from_db()
    assert cast.seat.person.user == user


def test_an_account_for_a_member_is_filled_in(cast):
    cast.seat.person.user = None
    cast.seat.person.save()
    page = cast.client("admin").get(reverse("people:account_new"), {"member": cast.seat.pk})
    assert page.context["form"].initial["name"] == "周岩"
    assert page.context["role"] == roles.MEMBER


def test_switching_between_assemblies(cast):
    RoleGrant.objects.create(assembly=cast.elsewhere, user=cast.office, role=roles.LEADER)
    client = cast.client("office")
    client.post(reverse("people:switch"), {"assembly": cast.elsewhere.pk})
    assert client.get("/desk/").wsgi_request.actor.assembly == cast.elsewhere
    client.post(reverse("people:switch"), {"assembly": cast.province.pk})
    assert client.get("/desk/").wsgi_request.actor.assembly == cast.elsewhere


def test_a_lower_assembly_gets_its_first_administrator_and_then_looks_after_itself(cast):
    client = cast.client("admin")
    page = client.get(reverse("people:assemblies"))
    assert "东山区政协" in page.content.decode()
    url = reverse("people:assembly_administrator", args=[cast.county.pk])
    made = client.post(url, {"name": "李信", "username": "lixin", "phone": "", "email": ""})
    user = User.objects.get(username="lixin")
    assert made.context["password"] in made.content.decode()
    assert queries.actor_of(user).assembly == cast.county
    assert client.get(url).status_code == 404
    assert client.get(reverse("people:account", args=[user.pk])).status_code == 200


def test_a_new_assembly_stands_below_the_own_one(cast):
    data = {"name": "西山县政协", "name_en": "", "short": "西山县", "short_en": "", "code": "230503", "level": "county"}
    cast.client("admin").post(reverse("people:assembly_new"), data)
    made = type(cast.city).objects.get(code="230503")
    assert made.parent == cast.city
    assert cast.client("admin").get(reverse("people:assembly_edit", args=[cast.province.pk])).status_code == 404


def test_no_assembly_raises_itself_above_others(cast):
    """The highest assembly below the province is the one the public pages speak for."""
    RoleGrant.objects.create(assembly=cast.county, user=cast.stranger, role=roles.SYSADMIN)
    client = cast.client("stranger")
    client.post(reverse("people:switch"), {"assembly": cast.county.pk})
    data = {"name": "尖山区政协", "name_en": "", "short": "尖山区", "short_en": "", "code": "0", "level": "city"}
    client.post(reverse("people:assembly_edit", args=[cast.county.pk]), data)
    assert client.post(reverse("people:assembly_new"), data | {"code": "00"}).status_code == 422
    cast.county.refresh_from_db()
    assert (cast.county.level, cast.county.code) != ("city", "0")
    assert queries.home() == cast.city


def test_an_assembly_is_founded_from_the_command_line(db):
    call = CliRunner().invoke
    done = call(found, ["2307", "新市政协"])
    assert done.exit_code == 0
    user = User.objects.get(username="admin")
    assert queries.actor_of(user).has(roles.SYSADMIN)
    assert user.check_password(done.output.split()[-1].split("：")[-1])
    assert call(found, ["2307", "新市政协"]).exit_code == 1
    assert call(found, ["2308", "另一个市政协"]).exit_code == 1


def test_a_lost_telephone_locks_nobody_out(cast):
    TOTP.activate(cast.member, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(cast.member)
    client, url = cast.client("admin"), reverse("people:account_second_step", args=[cast.member.pk])
    assert url in client.get(reverse("people:account", args=[cast.member.pk])).content.decode()
    page = client.post(url, follow=True)
    assert not Authenticator.objects.filter(user=cast.member).exists()
    assert url not in page.content.decode()
    assert JournalEntry.objects.filter(record_id=cast.member.pk, verb="second_step_off").count() == 1


def test_two_administrators_the_second_sees_what_the_first_wrote(cast):
    client, url = cast.client("admin"), reverse("people:account", args=[cast.member.pk])
    seen = client.get(url).context["seen"]
    first = {"name": "周岩", "email": "zhou@example.org", "phone": "", "seen": seen}
    assert client.post(url, first).status_code == 302
    late = client.post(url, {"name": "周 岩", "email": "", "phone": "", "seen": seen})
    assert late.status_code == 409
    assert "zhou@example.org" in late.content.decode()
    assert 'value="周 岩"' in late.content.decode()
    assert User.objects.get(pk=cast.member.pk).email == "zhou@example.org"
    over = {"name": "周 岩", "email": "", "phone": "", "seen": late.context["seen"]}
    assert client.post(url, over).status_code == 302


def test_an_assembly_written_by_two_keeps_the_first(cast):
    client, url = cast.client("admin"), reverse("people:assembly_edit", args=[cast.city.pk])
    seen = client.get(url).context["seen"]
    data = {"name": "某市政协", "name_en": "One", "short": "某市", "short_en": "", "seen": seen}
    assert client.post(url, data).status_code == 302
    late = client.post(url, {**data, "name_en": "Two"})
    assert late.status_code == 409
    assert "One" in late.content.decode()
    cast.city.refresh_from_db()
    assert cast.city.name_en == "One"


def test_ones_own_password_is_journaled(cast):
    client = cast.client("office")
    fresh = {"oldpassword": PASSWORD, "password1": "quite-another-1", "password2": "quite-another-1"}
    client.post(reverse("account_change_password"), fresh)
    assert JournalEntry.objects.filter(record_id=cast.office.pk, verb="password_changed").count() == 1
