"""Briefs between installations: what a package holds, what is refused, and what it becomes."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import translation

from tests.cast import Cast, gather
from tests.rooms.briefs.sent import foreign, parts, zipped
from tests.rooms.briefs.ways import TEXT, brief_in, move
from tongxin.carry.briefs import exchange, packages, queries
from tongxin.carry.briefs.commands import import_brief
from tongxin.carry.briefs.models import Brief, BriefPackage, BriefReport
from tongxin.carry.briefs.packages import PackageError
from tongxin.documents.wordfile import read_word
from tongxin.kernel import door, journal, options
from tongxin.kernel.actor import Actor
from tongxin.kernel.errors import Invalid, NotAllowed
from tongxin.kernel.models import JournalEntry, Notice, Option, StoredFile
from tongxin.people import queries as people
from tongxin.people import roles
from tongxin.people.models import RoleGrant, User

pytestmark = pytest.mark.django_db
PATH = "/desk/briefs/take-in/"


def reported(cast: Cast, **told: Any) -> BriefReport:
    """A brief of the city's that was reported to somebody in another installation."""
    data = {"to": "outside", "to_name": cast.province.name, "to_code": "23", "level": "province_assembly", **told}
    return move(cast, brief_in(cast, "issued"), "report_up", "info_editor", **data).reports.get()


def upper(cast: Cast) -> Actor:
    """The editor of the province, which stands for the other installation."""
    user, _made = User.objects.get_or_create(username="upper", name="省编辑", must_change_password=False)
    RoleGrant.objects.get_or_create(assembly=cast.province, user=user, role=roles.INFO_EDITOR)
    cast.users["upper"] = user
    return people.actor_of(user)


def stored(brief: Brief) -> bytes:
    """The printed sheet that came in the package."""
    with default_storage.open(brief.package.word.path) as file:
        return file.read()


def altered(data: bytes, change: Callable[[dict[str, Any]], Any], name: str = "manifest.json") -> bytes:
    """The package with one of its JSON files changed; the manifest's checksums are made true again."""
    files = parts(data)
    content = json.loads(files[name])
    change(content)
    files[name] = json.dumps(content).encode()
    if name != "manifest.json":
        manifest = json.loads(files["manifest.json"])
        manifest["files"][name]["sha256"] = hashlib.sha256(files[name]).hexdigest()
        files["manifest.json"] = json.dumps(manifest).encode()
    return zipped(files)


# Going out


def test_a_package_holds_the_sheet_the_text_and_a_manifest_with_true_checksums(cast: Cast) -> None:
    report = reported(cast)
    files = parts(exchange.packed(report))
    assert set(files) == {"manifest.json", "brief.json", "brief.docx"}
    manifest, text = json.loads(files["manifest.json"]), json.loads(files["brief.json"])
    assert (manifest["format"], manifest["version"]) == ("tongxin-brief", 1)
    assert manifest["sender"] == {"code": "2305", "name": "某市政协"}
    assert manifest["receiver"] == {"code": "23", "name": "某省政协"}
    brief = report.brief
    assert (manifest["number"], manifest["issue"]) == (
        brief.number, {"year": brief.issue_year, "number": 1, "total": 1},
    )  # fmt: skip
    for name in ("brief.json", "brief.docx"):
        assert manifest["files"][name] == {
            "sha256": hashlib.sha256(files[name]).hexdigest(), "size": len(files[name])
        }  # fmt: skip
    assert {part: text[part] for part in TEXT} == TEXT
    assert text["authors"] == ["周岩"]
    words = read_word(files["brief.docx"])
    printed = "\n".join([words.title, *(paragraph.text for paragraph in words.paragraphs)])
    for said in (TEXT["situation"], TEXT["suggestion"], "周岩反映"):
        assert said in printed


def test_the_same_report_gives_the_same_bytes(cast: Cast) -> None:
    report = reported(cast)
    assert exchange.packed(report) == exchange.packed(BriefReport.objects.get(pk=report.pk))


def test_neither_people_nor_drafts_go_along(cast: Cast) -> None:
    concern = cast.concern(
        "我是周大姐，路灯坏了，打13800001234。", speaker_name="周大姐", speaker_phone="13800001234", consent="on"
    )
    brief = door.perform(concern, "to_brief", cast.actor("office"), {})
    brief = Brief.objects.get()
    steps = [
        ("write", "office", {**TEXT, "analysis": "草稿里的话。"}),
        ("write", "office", TEXT),
        ("submit", "office", {}),
    ]
    steps += [("accept", "info_editor", {}), ("send_review", "info_editor", {"note": "内部的话"})]
    steps += [("approve", "info_reviewer", {}), ("sign", "info_signer", {"main_to": "市委"})]
    for name, who, data in steps:
        brief = move(cast, brief, name, who, **data)
    report = move(
        cast, brief, "report_up", "office", to="outside", to_name="某省政协", to_code="23", level="province_assembly"
    ).reports.get()
    files = parts(exchange.packed(report))
    with zipfile.ZipFile(io.BytesIO(files["brief.docx"])) as word:
        everything = b"".join(
            [files["manifest.json"], files["brief.json"], *(word.read(name) for name in word.namelist())]
        )
    for hidden in ("周大姐", "13800001234", "草稿里的话", "内部的话"):
        assert hidden.encode() not in everything


def test_the_page_offers_it_to_those_who_report_and_for_receivers_elsewhere_only(cast: Cast) -> None:
    report = reported(cast)
    brief = report.brief
    url = f"/desk/briefs/{brief.pk}/package/{report.pk}/"
    for who in ("info_editor", "office"):
        assert url in cast.client(who).get(f"/desk/briefs/{brief.pk}/").content.decode(), who
        answer = cast.client(who).get(url)
        assert answer["Content-Disposition"] == f'attachment; filename="2305-{brief.number}.zip"'
        assert b"".join(answer.streaming_content) == exchange.packed(report)
    for who in ("leader", "info_signer", "member"):
        assert url not in cast.client(who).get(f"/desk/briefs/{brief.pk}/").content.decode(), who
        assert cast.client(who).get(url).status_code == 404, who
    inside = brief_in(cast, "reported")
    here = inside.reports.get()
    html = cast.client("info_editor").get(f"/desk/briefs/{inside.pk}/").content.decode()
    assert "/package/" not in html
    assert cast.client("info_editor").get(f"/desk/briefs/{inside.pk}/package/{here.pk}/").status_code == 404
    assert cast.client("info_editor").get(f"/desk/briefs/{inside.pk}/package/{report.pk}/").status_code == 404


@pytest.mark.parametrize("code", ["2305", "省政协", "23/../", "2" * 41])
def test_a_receivers_code_that_is_none_or_our_own_is_refused(cast: Cast, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        reported(cast, to_code=code)
    assert set(refused.value.form.errors) == {"to_code"}


# Coming in


def test_taken_in_it_arrives_as_a_lower_assemblys_submission(cast: Cast) -> None:
    brief, fresh = exchange.take_in(foreign(), cast.actor("info_editor"))
    assert fresh
    assert (brief.state, brief.origin, brief.unit, brief.assembly) == ("submitted", "lower", "东山区政协", cast.city)
    assert (brief.texts, brief.category, brief.secrecy) == (TEXT, "city", "internal")
    assert [(a.name, a.unit, a.member, a.user) for a in brief.authors.all()] == [
        ("周岩", "东山区政协", None, None), ("孙萍", "东山区政协", None, None),
    ]  # fmt: skip
    assert (brief.created_by, brief.due_kind, brief.versions.count(), brief.concerns.count()) == (None, "look", 1, 0)
    assert (brief.package.sender, brief.package.number, brief.package.issue_total) == ("230502", "2026-0007", 45)
    assert read_word(stored(brief)).title == TEXT["title"]
    events = journal.timeline(brief)
    assert [(event.verb, event.who) for event in events] == [("arrive", "系统"), ("taken_in", "info_editor用户")]
    assert "东山区政协" in events[1].title
    assert "2026-0007" in events[1].title
    for who in ("member", "body", "convener"):
        assert not queries.readable(cast.actor(who)).filter(pk=brief.pk).exists(), who
    with pytest.raises(NotAllowed):  # it is not the editor's own text
        move(cast, brief, "withdraw", "info_editor")
    with pytest.raises(Invalid):
        move(cast, brief, "return", "info_editor", reason="thin", text="请补充。")
    assert move(cast, brief, "accept", "info_editor").state == "editing"


def test_it_is_exactly_what_arrives_inside_one_installation(cast: Cast) -> None:
    inside = brief_in(cast, "reported").reports.get().arrived
    outside, _fresh = exchange.take_in(exchange.packed(reported(cast)), upper(cast))
    same = ("assembly", "origin", "unit", "state", "category", "secrecy", "created_by", "due_kind", "due_on", "sector")
    assert [getattr(inside, name) for name in same] == [getattr(outside, name) for name in same]
    assert inside.texts == outside.texts
    named = [[(a.name, a.unit, a.user, a.member) for a in brief.authors.all()] for brief in (inside, outside)]
    assert named[0] == named[1]
    assert Notice.objects.filter(user=cast.users["upper"], event__record_id=outside.pk, event__verb="arrive").exists()


def test_the_page_shows_what_it_holds_and_writes_nothing_before_one_says_so(cast: Cast) -> None:
    client = cast.client("info_editor")
    before = JournalEntry.objects.count()
    answer = client.post(PATH, {"file": SimpleUploadedFile("a.zip", foreign())})
    html = answer.content.decode()
    assert answer.status_code == 200
    for said in (
        TEXT["title"],
        TEXT["analysis"],
        "东山区政协",
        "230502",
        "2026-0007",
        "2026年第 3 期",
        "孙萍",
        "内部参阅",
    ):
        assert said in html
    assert (Brief.objects.count(), JournalEntry.objects.count()) == (0, before)
    key = re.search(r'name="key" value="(\w+)"', html)
    assert key
    answer = client.post(PATH, {"key": key[1]})
    brief = Brief.objects.get()
    assert answer.url == brief.get_absolute_url()
    html = client.get(answer.url).content.decode()
    assert "已接收" in html
    sheet = f"/desk/briefs/{brief.pk}/as-sent/"
    assert sheet in html
    assert b"".join(client.get(sheet).streaming_content) == stored(brief)
    assert client.post(PATH, {"key": key[1]}).url == brief.get_absolute_url()  # pressed twice
    assert Brief.objects.count() == 1
    assert cast.client("leader").get(sheet).status_code == 200
    assert cast.client("info_editor").get(f"/desk/briefs/{brief_in(cast, 'submitted').pk}/as-sent/").status_code == 404


def test_the_same_package_twice_answers_with_the_brief_it_became(cast: Cast) -> None:
    data, client = foreign(), cast.client("info_editor")
    brief, _fresh = exchange.take_in(data, cast.actor("info_editor"))
    assert exchange.take_in(data, cast.actor("info_editor")) == (brief, False)
    answer = client.post(PATH, {"file": SimpleUploadedFile("again.zip", data)})
    assert answer.url == brief.get_absolute_url()
    assert "没有再生成" in client.get(answer.url).content.decode()
    assert (Brief.objects.count(), BriefPackage.objects.count()) == (1, 1)


def test_what_already_came_inside_the_installation_does_not_come_again_in_a_package(cast: Cast) -> None:
    brief = brief_in(cast, "reported")
    arrived = brief.reports.get().arrived
    told = {"to": "outside", "to_name": "某省政协", "to_code": "23", "level": "province_assembly"}
    with pytest.raises(Invalid):  # the name says that it was reported there already
        move(cast, brief, "report_further", "info_editor", **told)
    brief = move(cast, brief, "report_further", "info_editor", **{**told, "to_name": "省政协办公厅"})
    data = exchange.packed(brief.reports.get(to=None))
    assert exchange.take_in(data, upper(cast)) == (arrived, False)


def test_another_text_under_the_same_number_is_refused(cast: Cast) -> None:
    data = foreign()
    brief, _fresh = exchange.take_in(data, cast.actor("info_editor"))
    other = altered(data, lambda text: text.update(situation="完全不同的情况。"), "brief.json")
    assert brief.number in refusal(other, cast)
    assert Brief.objects.get() == brief


@pytest.mark.django_db(transaction=True)
def test_the_same_package_at_the_same_moment_becomes_one_brief() -> None:
    cast = gather()
    data, ready = foreign(), Barrier(2)
    actor = cast.actor("info_editor")

    def taken(_n: int) -> int:
        try:
            ready.wait(10)
            return exchange.take_in(data, actor)[0].pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(taken, range(2))
    assert first == second == Brief.objects.get().pk


# Refusals


def refusal(data: bytes, cast: Cast, who: str = "info_editor") -> str:
    """What the page says; nothing may have been written."""
    before = (Brief.objects.count(), JournalEntry.objects.count(), StoredFile.objects.count())
    answer = cast.client(who).post(PATH, {"file": SimpleUploadedFile("报送包.zip", data)})
    assert answer.status_code == 422
    assert (Brief.objects.count(), JournalEntry.objects.count(), StoredFile.objects.count()) == before
    with pytest.raises(PackageError):
        exchange.take_in(data, cast.actor(who))
    found = re.search(r'class="notice seal" role="alert">.*?<div>(.*?)</div>', answer.content.decode(), re.DOTALL)
    assert found
    assert "没有接收任何内容" in found[1]
    return found[1]


@pytest.mark.parametrize("name", ["brief.json", "brief.docx"])
def test_a_wrong_checksum_is_refused(cast: Cast, name: str) -> None:
    files = parts(foreign())
    files[name] = files[name].replace(b"300", b"301") + b" "
    said = refusal(zipped(files), cast)
    assert name in said
    assert "校验" in said


def test_an_unknown_assembly_is_refused_until_it_is_on_the_list(cast: Cast) -> None:
    data = foreign(sender=packages.Party("999901", "远方县政协"))
    assert "999901" in refusal(data, cast)
    Option.objects.create(assembly=cast.city, list="briefs.sender", code="999901", zh="远方县政协")
    options.forget(cast.city.pk)
    assert exchange.take_in(data, cast.actor("info_editor"))[0].unit == "远方县政协"
    Option.objects.update(active=False)
    options.forget(cast.city.pk)
    assert "999901" in refusal(foreign(sender=packages.Party("999901", "远方县政协"), number="2026-0008"), cast)


@pytest.mark.parametrize("code", ["2305", "2306", "23"])
def test_who_does_not_stand_below_is_no_sender(cast: Cast, code: str) -> None:
    assert code in refusal(foreign(sender=packages.Party(code, "某政协")), cast)


def test_a_county_reports_to_the_province_too(cast: Cast) -> None:
    data = foreign(receiver=packages.Party("23", "某省政协"))
    assert exchange.take_in(data, upper(cast))[0].assembly == cast.province


@pytest.mark.parametrize(
    ("receiver", "taken"),
    [
        (packages.Party("2305", "叫什么都行"), True),
        (packages.Party("2306", "某市政协"), False),
        (packages.Party("", "某市政协"), True),
        (packages.Party("", "某市"), True),
        (packages.Party("", "市政协"), False),
    ],
)
def test_what_is_addressed_to_another_assembly_is_refused(cast: Cast, receiver: packages.Party, taken: bool) -> None:
    data = foreign(receiver=receiver)
    if taken:
        assert exchange.take_in(data, cast.actor("info_editor"))[1]
    else:
        assert receiver.name in refusal(data, cast)


WORDS = {
    "text": "这不是压缩包".encode(),
    "empty zip": zipped({}),
    "other zip": zipped({"a.txt": b"a"}),
    "word": zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"}),
    "other format": zipped({"manifest.json": b'{"format": "something", "version": 1}'}),
}


@pytest.mark.parametrize("what", WORDS)
def test_what_is_no_package_is_refused(cast: Cast, what: str) -> None:
    said = refusal(WORDS[what], cast)
    assert "不是" in said or "不打开" in said


def test_nothing_chosen_and_an_empty_file_are_form_errors(cast: Cast) -> None:
    client = cast.client("info_editor")
    for sent in ({}, {"file": SimpleUploadedFile("a.zip", b"")}):
        answer = client.post(PATH, sent)
        assert answer.status_code == 422
        assert "field-error" in answer.content.decode()


@pytest.mark.parametrize("how", ["cut", "flipped", "directory"])
def test_a_damaged_zip_is_refused(cast: Cast, how: str) -> None:
    data = foreign()
    files = parts(data)
    place = data.index(b"brief.docx") + 400
    broken = {
        "cut": data[: len(data) // 2],
        "flipped": data[:place] + bytes(byte ^ 0xFF for byte in data[place : place + 40]) + data[place + 40 :],
        "directory": zipped(files)[:-30],
    }[how]
    said = refusal(broken, cast)
    assert "损坏" in said or "校验" in said


def test_every_cut_and_every_flipped_byte_is_a_refusal_and_never_an_error(cast: Cast) -> None:
    data, said = foreign(), []
    for place in range(0, len(data), 97):
        for broken in (data[:place], data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :]):
            try:
                found = packages.unpack(broken)
            except PackageError as refused:
                said.append(str(refused))
            else:  # a byte that says nothing: a time, say
                assert found == packages.unpack(data)
    assert said
    assert all(said)


def test_a_newer_format_says_so(cast: Cast) -> None:
    newer = altered(foreign(), lambda manifest: manifest.update(version=2))
    said = refusal(zipped({**parts(newer), "more.bin": b"x"}), cast)
    assert "新" in said
    assert "2" in said
    for version in (0, -1, True, "1", 1.0, None):
        refused = altered(foreign(), lambda manifest, v=version: manifest.update(version=v))
        with pytest.raises(PackageError) as error:
            packages.unpack(refused)
        assert error.value.reason == "manifest"


def test_bombs_and_what_is_too_large_are_refused_before_they_are_unpacked(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = parts(foreign())
    bomb = zipped({**files, "brief.json": b" " * (packages.LIMITS["brief.json"] + 1)})
    assert len(bomb) < 200_000
    assert "解开" in refusal(bomb, cast)
    many = zipped({**files, **{f"a{n}": b" " * 19_000_000 for n in range(3)}})
    with pytest.raises(PackageError) as error:
        packages.unpack(many)
    assert error.value.reason == "bomb"
    monkeypatch.setattr(packages, "MAX_FILE", 1000)
    answer = cast.client("info_editor").post(PATH, {"file": SimpleUploadedFile("a.zip", foreign())})
    assert answer.status_code == 422
    assert "太大" in answer.content.decode()
    with pytest.raises(PackageError) as error:
        packages.unpack(foreign())
    assert error.value.reason == "too_large"


def test_a_directory_that_lies_about_sizes_unpacks_no_more_than_it_says(cast: Cast) -> None:
    files = parts(foreign())
    files["brief.json"] = b" " * 3_000_000
    data = bytearray(zipped(files))
    size = (3_000_000).to_bytes(4, "little")
    while (place := data.find(size)) >= 0:
        data[place : place + 4] = (10).to_bytes(4, "little")
    with pytest.raises(PackageError) as error:
        packages.unpack(bytes(data))
    assert error.value.reason == "damaged"


@pytest.mark.parametrize(
    "name", ["../brief.json", "/etc/passwd", "..\\brief.json", "C:evil", "a/b.json", "brief.json\0.exe", ".."]
)
def test_a_name_that_leads_elsewhere_is_refused(cast: Cast, name: str) -> None:
    data = zipped({**parts(foreign()), "placeholder" + "x" * (len(name) - 11) if len(name) > 11 else name: b"x"})
    if "\0" in name:  # the library cuts such a name when it writes; a hand that means harm does not
        data = zipped({**parts(foreign()), name.replace("\0", "?"): b"x"})
        data = data.replace(name.replace("\0", "?").encode(), name.encode())
    elif len(name) > 11:
        data = zipped({**parts(foreign()), name: b"x"})
    assert "不打开" in refusal(data, cast)


def test_a_file_too_many_and_one_of_the_same_name_are_refused(cast: Cast) -> None:
    files = parts(foreign())
    assert "more.txt" in refusal(zipped({**files, "more.txt": b"x"}), cast)
    twice = zipped({**files, "brief.jsoX": files["brief.json"]}).replace(b"brief.jsoX", b"brief.json")
    assert "损坏" in refusal(twice, cast)
    for name in ("brief.json", "brief.docx"):
        assert name in refusal(zipped({each: data for each, data in files.items() if each != name}), cast)


def test_a_locked_package_is_refused(cast: Cast) -> None:
    data = bytearray(foreign())
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := data.find(sign, start)) >= 0:
            data[start + place] |= 1
            start += 4
    assert "密码" in refusal(bytes(data), cast)


WRONG: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no sender": lambda m: m.pop("sender"),
    "sender's code": lambda m: m["sender"].update(code="../x"),
    "sender's name": lambda m: m["sender"].update(name=7),
    "name too long": lambda m: m["sender"].update(name="长" * 81),
    "half a character": lambda m: m["sender"].update(name="\ud800"),
    "receiver": lambda m: m.update(receiver="23"),
    "number": lambda m: m.update(number="7"),
    "issue": lambda m: m["issue"].update(number="3"),
    "issue 0": lambda m: m["issue"].update(total=0),
    "year": lambda m: m["issue"].update(year=20260),
    "files": lambda m: m.update(files=[]),
    "checksum": lambda m: m["files"]["brief.json"].update(sha256=None),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_manifest_that_says_nothing_right_is_refused(cast: Cast, what: str) -> None:
    assert refusal(altered(foreign(), WRONG[what]), cast)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": ""}, "标题"),
        ({"title": "长" * 61}, "60"),
        ({"situation": "字" * 200_001}, "200000"),
        ({"situation": "看不见\u0000的"}, "U+0000"),
        ({"suggestion": "倒\u202e过来"}, "U+202E"),
        ({"authors": ["王" * 20_001]}, "20000"),
        ({"situation": 5}, "brief.json"),
        ({"authors": "周岩"}, "brief.json"),
        ({"category": ["city"]}, "brief.json"),
    ],
)
def test_a_text_that_cannot_stand_here_is_refused_with_what_is_wrong(
    cast: Cast, change: dict[str, Any], said: str
) -> None:
    assert said in refusal(altered(foreign(), lambda text: text.update(change), "brief.json"), cast)


def test_json_that_is_none_or_bottomless_is_refused(cast: Cast) -> None:
    files = parts(foreign())
    for bad in (b"", b"[]", b"\xff\xfe", b"[" * 50_000, b'{"a": ' * 10_000):
        with pytest.raises(PackageError) as error:
            packages.unpack(zipped({**files, "manifest.json": bad}))
        assert error.value.reason == "manifest"


def test_a_word_file_that_is_none_is_refused(cast: Cast) -> None:
    for word in (b"MZ", b"", zipped({"a": b"b"}), zipped({"word/document.xml": b"<a/>", "word/vbaProject.bin": b"x"})):
        assert "Word" in refusal(foreign(word=word), cast)


def test_lists_that_differ_hinder_nothing_and_never_open_what_was_closed(cast: Cast) -> None:
    chosen = {"code": "grain", "label": "粮食安全", "meaning": ""}
    text = packages.Text(**TEXT, category=chosen, secrecy={"code": "heads", "label": "只送领导", "meaning": "heads"})
    brief, _fresh = exchange.take_in(foreign(text=text), cast.actor("info_editor"))
    assert (brief.category, brief.secrecy) == ("", "internal")
    by_label = packages.Text(**TEXT, category={"code": "c1", "label": "农业农村", "meaning": ""})
    brief, _fresh = exchange.take_in(foreign(text=by_label, number="2026-0008"), cast.actor("info_editor"))
    assert (brief.category, brief.secrecy) == ("farm", "")


def test_a_category_that_only_exists_below_does_not_hinder_a_report_inside(cast: Cast) -> None:
    Option.objects.create(assembly=cast.city, list="briefs.category", code="grain", zh="粮食安全")
    options.forget(cast.city.pk)
    brief = brief_in(cast, "draft", category="grain")
    for name, who, data in (
        ("submit", "member", {}), ("accept", "info_editor", {}), ("send_review", "info_editor", {}),
        ("approve", "info_reviewer", {}), ("sign", "info_signer", {"main_to": "市委"}),
        ("report_up", "info_editor", {"to": cast.province.pk, "level": "province_assembly"}),
    ):  # fmt: skip
        brief = move(cast, brief, name, who, **data)
    assert (brief.category, brief.reports.get().arrived.category) == ("grain", "")


def test_only_editors_take_in(cast: Cast) -> None:
    for who in ("office", "leader", "info_reviewer", "member", "body", "admin"):
        assert cast.client(who).get(PATH).status_code == 403, who
        with pytest.raises(NotAllowed):
            exchange.take_in(foreign(), cast.actor(who))
    assert not Brief.objects.exists()


def test_nobody_takes_in_what_another_editor_laid_down(cast: Cast) -> None:
    RoleGrant.objects.create(assembly=cast.city, user=cast.users["office"], role=roles.INFO_EDITOR)
    html = cast.client("info_editor").post(PATH, {"file": SimpleUploadedFile("a.zip", foreign())}).content.decode()
    key = re.search(r'name="key" value="(\w+)"', html)
    assert key
    for bad in (key[1], "../../etc/passwd", "x" * 400):
        assert cast.client("office").post(PATH, {"key": bad}).url == PATH
    assert not Brief.objects.exists()


# The command line


def run(*args: str) -> Any:
    with translation.override("zh-hans"):
        return CliRunner().invoke(import_brief, args)


def test_on_the_command_line(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "brief.zip"
    file.write_bytes(foreign())
    dry = run(str(file), "--dry-run")
    assert (dry.exit_code, Brief.objects.count()) == (0, 0)
    assert TEXT["title"] in dry.output
    done = run(str(file))
    brief = Brief.objects.get()
    assert done.exit_code == 0
    assert brief.number in done.output
    again = run(str(file), "--assembly", "2305")
    assert (again.exit_code, Brief.objects.count()) == (0, 1)
    assert brief.number in again.output
    assert [event.verb for event in journal.timeline(brief)] == ["arrive", "taken_in"]


def test_on_the_command_line_a_refusal_is_one_sentence(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "brief.zip"
    file.write_bytes(b"PK\x03\x04 and nothing more")
    refused = run(str(file))
    assert (refused.exit_code, Brief.objects.count()) == (1, 0)
    assert "损坏" in refused.output
    file.write_bytes(foreign())
    assert "2306" in run(str(file), "--assembly", "nowhere").output
    assert run(str(file), "--assembly", "2306").exit_code == 1


def test_the_office_enters_a_known_sender_on_the_page_of_the_list(cast: Cast) -> None:
    client, path = cast.client("office"), reverse("people:option_list", args=["briefs.sender"])
    page = client.get(path)
    formset = page.context["formset"]
    data = {f"form-{name}": str(value) for name, value in formset.management_form.initial.items()}
    data |= {f"form-{n}-active": "on" for n in range(len(formset.forms))}
    data |= {"seen": page.context["seen"], "form-0-code": "999901", "form-0-zh": "远方县政协"}
    assert client.post(path, data).status_code == 302
    options.forget(cast.city.pk)
    assert exchange.known_sender(cast.city, "999901") == "远方县政协"
