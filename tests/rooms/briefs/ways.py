"""Briefs brought to a state through the door, each step by whoever makes it in life."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.documents.word_files import paragraph, word_file
from tongxin.carry.briefs.documents.reading import Left, told
from tongxin.carry.briefs.forms.wordfile import set_aside
from tongxin.carry.briefs.models import Brief
from tongxin.carry.briefs.workflow import BRIEFS
from tongxin.kernel import door, journal
from tongxin.kernel.errors import Invalid
from tongxin.people import roles
from tongxin.people.models import Member, Person, RoleGrant, User

TEXT = {
    "title": "关于解决八马路小学门前夜间照明不足的建议",
    "situation": "八马路小学门前路段长约300米，六盏路灯停用半月，涉及学生家长四百余户。",
    "analysis": "路灯产权移交后，养护责任在街道与住建部门之间没有划清。",
    "suggestion": "由市住建局牵头，一个月内完成检修，并把学校周边路段列入夜间巡查。",
}


#: Category and reading level, which a brief has when it goes to the reviewer.
SORTED = {"category": "city", "secrecy": "internal"}


def notice(name: str = "采用通知.txt") -> dict[str, Any]:
    """The paper that shows an adoption, as a request has it."""
    return {"evidence": [SimpleUploadedFile(name, "第12期已采用".encode(), "text/plain")]}


def prize(**told: Any) -> dict[str, Any]:
    usual = {"name": "优秀社情民意信息", "issuer": "省政协办公厅", "level": "province", "grade": "commended"}
    return {**usual, "year": timezone.localdate().year, **told}


def from_word(cast: Cast, who: str = "member") -> dict[str, Any]:
    """What a form sends along that was filled from a Word file."""
    file = SimpleUploadedFile("稿件.docx", word_file(paragraph("路灯")))
    return {"from_word": set_aside(file, cast.actor(who)), "left": told([Left("页眉", "某某市政协")])}


def province_at_work(cast: Cast) -> int:
    """The province's assembly, in which an editor works: reports to it arrive there."""
    rows = RoleGrant.objects.filter(assembly=cast.province, role=roles.INFO_EDITOR)
    if not rows.exists():
        user = User.objects.create(username="above", name="省政协编辑", must_change_password=False)
        RoleGrant.objects.create(assembly=cast.province, user=user, role=roles.INFO_EDITOR)
    return cast.province.pk


def begin(cast: Cast, who: str = "member", **told: Any) -> Brief:
    return door.begin(BRIEFS, "draft", cast.actor(who), {**TEXT, **SORTED, "assembly": cast.city.pk, **told})


def move(cast: Cast, brief: Brief, name: str, who: str, files: Any = None, /, **data: Any) -> Brief:
    sheet = SORTED if name in ("write", "edit") else {}  # the page has both fields
    return door.perform(brief, name, cast.actor(who), {**sheet, **data}, files)


BACK = {"reason": "thin", "text": "请写明涉及多少户。"}
LOOK = [("submit", "member", {})]
TAKE = [*LOOK, ("accept", "info_editor", {})]
SEND = [*TAKE, ("send_review", "info_editor", {})]
PASS = [*SEND, ("approve", "info_reviewer", {})]
SIGN = [*PASS, ("sign", "info_signer", {"main_to": "市委、市政府"})]


def way(cast: Cast, state: str) -> list[tuple[str, str, dict[str, Any]]]:
    """The moves that lead to a state: name, who makes it, and what is filled in."""
    hand = [*SIGN, ("transfer", "office", {"lead": cast.roads.pk, "assisting": [cast.health.pk], "note": "请办理"})]
    reply = [*hand, ("reply", "body", {"result": "resolved", "text": "六盏路灯全部修好。"})]
    adopt = {"level": "city", "organ": "市委办公室", "on": timezone.localdate(), "_files": True}
    told = {"level": "city_main", "on": timezone.localdate(), "leader": "某某", "text": "请住建局阅办。"}
    up = {"to": province_at_work(cast) if state == "reported" else 0, "level": "province_assembly"}
    return {
        "draft": [],
        "submitted": LOOK,
        "returned": [*LOOK, ("return", "info_editor", BACK)],
        "editing": TAKE,
        "reviewing": SEND,
        "signing": PASS,
        "issued": SIGN,
        "reported": [*SIGN, ("report_up", "info_editor", up)],
        "adopted": [*SIGN, ("adopt", "info_editor", adopt)],
        "instructed": [*SIGN, ("instruct", "instructions", told)],
        "handling": hand,
        "replied": reply,
        "fed_back": [*reply, ("feed_back", "info_editor", {"result": "resolved", "text": "路灯修好了，谢谢您。"})],
        "not_adopted": [*LOOK, ("not_adopt", "info_editor", BACK)],
        "withdrawn": [*LOOK, ("withdraw", "member", {"reason": "写重了"})],
    }[state]


def brief_in(cast: Cast, state: str, **told: Any) -> Brief:
    """A brief of the member's, brought to the state."""
    brief = begin(cast, **told)
    for name, who, data in way(cast, state):
        sent = dict(data)
        files = notice() if sent.pop("_files", None) else None
        brief = move(cast, brief, name, who, files, **sent)
    assert brief.state == state
    return brief


STATES = (
    "draft", "submitted", "returned", "editing", "reviewing", "signing", "issued", "reported", "adopted", "instructed",
    "handling", "replied", "fed_back", "not_adopted", "withdrawn",
)  # fmt: skip


def verbs(record: object) -> list[str]:
    return [event.verb for event in journal.timeline(record)]


def errors(refused: pytest.ExceptionInfo[Invalid]) -> str:
    return " ".join(error for found in refused.value.form.errors.values() for error in found)


def issue(cast: Cast, brief: Brief) -> Brief:
    """From a draft or a text being edited to the issue."""
    steps = [("submit", "office"), ("accept", "info_editor")] if brief.state == "draft" else []
    for name, who in [*steps, ("send_review", "info_editor"), ("approve", "info_reviewer")]:
        brief = move(cast, brief, name, who)
    return move(cast, brief, "sign", "info_signer", main_to="市委")


def second_member(cast: Cast) -> User:
    """Another member with an account, 孙萍."""
    user = User.objects.create(username="other", name="孙萍", must_change_password=False)
    person = Person.objects.create(assembly=cast.city, name="孙萍", user=user)
    seat = Member.objects.create(
        assembly=cast.city, person=person, term=cast.term, sector=cast.other_sector, state="active"
    )
    RoleGrant.objects.create(assembly=cast.city, user=user, role=roles.MEMBER, scope=seat.pk)
    cast.users["other"] = user
    return user
