"""The administrator: an account, a role, a roster. And the first day of whoever gets the account."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time

from tests.cast import Cast
from tests.journeys.conftest import Opener
from tests.journeys.people import sign_in
from tests.journeys.window import Edition
from tests.rooms.people.test_roster import ROWS, excel
from tongxin.people.models import Member, User

WEAK = {"zh": "至少要 8 位", "en": "It must contain at least 8 characters."}
OWN = "三棵白杨树下听雨声"


def one_time(secret: str) -> str:
    """What an authenticator app shows at this moment (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(base64.b32decode(secret + "=" * (-len(secret) % 8)), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def test_a_new_account_and_its_first_day(window: Opener, cast: Cast, in_turn: Edition) -> None:
    admin = window("admin", Edition("desktop", in_turn.language)).open("/desk/")
    admin.press("Accounts", ".side").picture("accounts").press("New account").write(name="李敏", username="limin")
    admin.choose(role="committee").press("Go on").choose(scope=str(cast.committee_.pk)).picture("account-new")
    first = admin.press("Make the account").picture("account-made").tab.locator("#password").inner_text()

    clerk = sign_in(window(edition=in_turn), "limin", first)
    clerk.at("/accounts/password/change/").open("/desk/concerns/").at("/accounts/password/change/")
    clerk.picture("first-password").write(password1="123", password2="123").write(oldpassword=first)
    clerk.press("Change password", "main").at("/accounts/password/change/")  # too short: said, and nothing changed
    clerk.sees(WEAK[in_turn.language]).picture("password-weak").write(oldpassword=first, password1=OWN, password2=OWN)
    clerk.press("Change password", "main").at("/desk/$")

    enrol(clerk)
    assert not User.objects.get(username="limin").must_change_password


def enrol(clerk) -> None:
    """Two-step sign-in is switched on, and from then on asked for."""
    clerk.open("/accounts/2fa/").picture("mfa").press("Switch on")
    clerk.tab.wait_for_url(re.compile(r"/2fa/totp/activate/|/reauthenticate/"))
    if "/reauthenticate/" in clerk.tab.url:
        clerk.write(password=OWN)
        clerk.tab.locator("main button").click()
    clerk.picture("mfa-enrol").write(code="000000").press("Switch on", "main")
    clerk.tab.locator(".field-error").wait_for()
    clerk.write(code=one_time(clerk.tab.locator("#secret").inner_text())).press("Switch on", "main")
    clerk.tab.wait_for_url(re.compile(r"/accounts/2fa/(?!totp)"))
    clerk.picture("mfa-on").open("/accounts/logout/").tab.locator("main button").first.click()
    clerk.tab.wait_for_url(re.compile(r"/$"))
    sign_in(clerk, "limin", OWN).at("/accounts/2fa/authenticate/").picture("mfa-ask")
    clerk.write(code="000000").press("Sign in", "main")
    clerk.tab.locator(".field-error, .notice.seal").first.wait_for()
    assert "/2fa/authenticate/" in clerk.tab.url


def test_a_role_is_given_and_taken_back(window: Opener, cast: Cast) -> None:
    admin, station = window("admin", Edition("desktop", "en")), window("station", Edition("desktop", "en"))
    assert station.open("/manage/members/").watch.met[-1] == 403
    admin.open(f"/manage/accounts/{cast.station.pk}/").press("Give a role").press("leader")
    admin.press("Give this role").sees("leader").picture("role-given")
    assert station.open("/manage/members/").watch.met[-1] == 200
    admin.tab.get_by_role("button", name="Take back leader").click()
    admin.sees("is ended")
    assert station.open("/manage/members/").watch.met[-1] == 403


def test_lockout_after_many_wrong_passwords(window: Opener, cast: Cast) -> None:
    guesser = window()
    for _try in range(6):
        guesser.open("/accounts/login/").write(login="office", password="wrong").press("Sign in", "#content")
        guesser.tab.locator(".notice.seal, .trouble").first.wait_for()
    guesser.picture("locked").open("/accounts/login/").write(login="office", password="a-long-enough-one")
    guesser.press("Sign in", "#content").tab.locator(".notice.seal, .trouble").first.wait_for()
    guesser.open("/desk/").at("/accounts/login/")


def test_a_roster_from_excel(window: Opener, cast: Cast, crosswise: Edition) -> None:
    admin = window("admin", crosswise).open("/manage/members/")
    before = Member.objects.count()
    faulty = ["白雪", "女", "航天界", "", "", "123", "", ""]
    choose(admin.open("/manage/members/import/").picture("import"), excel([*ROWS, faulty]))
    admin.reads("Not yet: something has to be put right").sees("航天界").picture("import-faults")
    assert admin.one("Take it all in").count() == 0

    choose(admin.press("Choose the file again"), excel(ROWS))
    admin.reads("This would happen").sees("关山", "秦雪").picture("import-dry-run")
    assert Member.objects.count() == before  # a dry run writes nothing
    admin.press("Take it all in").at("/manage/members/").sees("关山", "秦雪").picture("members")
    assert Member.objects.count() == before + 2


def choose(window, data: bytes) -> None:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    window.tab.set_input_files("#id_file", {"name": "名册.xlsx", "mimeType": kind, "buffer": data})
    window.press("Check the table")
