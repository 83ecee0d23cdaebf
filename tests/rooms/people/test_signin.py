"""Signing in by name or telephone, lockout, the first password, closed accounts, sessions."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import PASSWORD
from tongxin.people import accounts
from tongxin.people.models import User

LOGIN = "/accounts/login/"


def sign_in(login: str, password: str = PASSWORD, client: Client | None = None):
    return (client or Client()).post(LOGIN, {"login": login, "password": password})


@pytest.fixture
def with_phone(cast) -> User:
    cast.office.phone = "+8613912342261"
    cast.office.save()
    return cast.office


def test_name_and_password_lead_to_the_desk(cast):
    answer = sign_in("office")
    assert (answer.status_code, answer.url) == (302, "/desk/")


@pytest.mark.parametrize(
    "typed", ["13912342261", "+86 139 1234 2261", "139-1234-2261", "１３９１２３４２２６１", " OFFICE "]
)
def test_the_telephone_however_it_is_written_and_the_name_in_any_case(with_phone, typed):
    client = Client()
    assert sign_in(typed, client=client).status_code == 302
    assert int(client.session["_auth_user_id"]) == with_phone.pk


@pytest.mark.parametrize("login", ["office", "nobody", "13900000000"])
def test_wrong_password_and_unknown_name_are_answered_alike(cast, login):
    answer = sign_in(login, "wrong")
    assert answer.status_code == 200
    assert "对不上" in answer.content.decode()


def test_an_unknown_name_hashes_a_password_too(cast, monkeypatch):
    hashed = []
    monkeypatch.setattr(User, "set_password", lambda self, raw: hashed.append(raw))
    sign_in("nobody", "wrong")
    assert hashed == ["wrong"]


def test_five_wrong_passwords_lock_the_account_and_say_for_how_long(with_phone):
    for login in ("office", "13912342261", "office", "OFFICE", "13912342261"):
        sign_in(login, "wrong")
    answer = sign_in("office")  # the right one, too late
    assert "请 15 分钟后再试" in answer.content.decode()
    elsewhere = Client(headers={"host": "another.example"})
    assert elsewhere.post(LOGIN, {"login": "office", "password": PASSWORD}).status_code == 200


def test_a_new_password_from_the_administrator_lifts_the_lockout(cast):
    for _attempt in range(5):
        sign_in("office", "wrong")
    page = cast.client("admin").post(reverse("people:account_password", args=[cast.office.pk]))
    password = page.context["password"]
    assert password in page.content.decode()
    assert sign_in("office", password).status_code == 302


def test_a_first_password_is_changed_before_anything_else(cast):
    password = accounts.reset_password(cast.member, cast.actor("admin"))
    client = Client()
    sign_in("member", password, client)
    for path in ("/desk/", "/manage/members/", "/figures/"):
        assert client.get(path).url == "/accounts/password/change/"
    change = "/accounts/password/change/"
    same = client.post(change, {"oldpassword": password, "password1": password, "password2": password})
    assert "换一个和初始密码不同" in same.content.decode()
    fresh = "three words in a row"
    done = client.post(change, {"oldpassword": password, "password1": fresh, "password2": fresh})
    assert (done.status_code, done.url) == (302, "/desk/")
    assert client.get("/desk/").status_code == 200
    cast.member.refresh_from_db()
    assert not cast.member.must_change_password


def test_signing_out_is_possible_before_the_password_is_changed(cast):
    password = accounts.reset_password(cast.member, cast.actor("admin"))
    client = Client()
    sign_in("member", password, client)
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session


def test_a_closed_account_is_told_so_and_its_sessions_end(cast):
    client = cast.client("office")
    accounts.set_active(cast.office, cast.actor("admin"), False)
    assert client.get("/desk/").url.startswith(LOGIN)
    answer = sign_in("office")
    assert answer.url == "/accounts/inactive/"


def test_there_is_no_sign_up_and_no_password_by_email(cast):
    client = Client()
    assert client.get("/accounts/signup/").status_code == 404
    assert client.get("/accounts/email/").status_code == 404
    assert "管理员" in client.get("/accounts/password/reset/").content.decode()


def test_sessions_are_listed_and_ended_one_by_one_or_all(cast):
    here, there, third = Client(), Client(), Client()
    for client in (here, there, third):
        sign_in("office", client=client)
    page = here.get("/accounts/sessions/")
    assert page.context["session_count"] == 3
    other = next(s for s in page.context["sessions"] if s.session_key == there.session.session_key)
    here.post(reverse("end_session", args=[other.pk]))
    assert there.get("/desk/").status_code == 302
    here.post("/accounts/sessions/")
    assert third.get("/desk/").status_code == 302
    assert here.get("/desk/").status_code == 200


def test_nobody_ends_anothers_session(cast):
    mine, theirs = Client(), Client()
    sign_in("office", client=mine)
    sign_in("member", client=theirs)
    session = theirs.get("/accounts/sessions/").context["sessions"][0]
    mine.post(reverse("end_session", args=[session.pk]))
    assert theirs.get("/desk/").status_code == 200


def test_two_steps_ask_for_a_code_after_the_password(cast):
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import (
        TOTP,
        format_hotp_value,
        generate_totp_secret,
        hotp_value,
        yield_hotp_counters_from_time,
    )

    secret = generate_totp_secret()
    TOTP.activate(cast.office, secret)
    assert Authenticator.objects.filter(user=cast.office).exists()
    client = Client()
    answer = sign_in("office", client=client)
    assert answer.url.startswith("/accounts/2fa/authenticate/")
    assert client.get("/desk/").status_code == 302
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    assert client.post("/accounts/2fa/authenticate/", {"code": code}).url == "/desk/"
    assert client.get("/desk/").status_code == 200
