"""Packages that are refused, and in which words; lists that differ; who takes in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.cast import Cast
from tests.rooms.briefs.sent import PATH, altered, foreign, parts, upper, zipped
from tests.rooms.briefs.ways import TEXT, brief_in, move, province_at_work
from tongxin.carry.briefs import exchange, packages
from tongxin.carry.briefs.models import Brief
from tongxin.carry.briefs.packages import PackageError
from tongxin.kernel import options
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.models import JournalEntry, Option, StoredFile
from tongxin.people import roles
from tongxin.people.models import RoleGrant

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize("code", ["2306", "23"])
def test_who_does_not_stand_below_is_no_sender(cast: Cast, code: str) -> None:
    assert code in refusal(foreign(sender=packages.Party(code, "某政协")), cast)


def test_ones_own_package_is_called_that_and_no_unknown_senders(cast: Cast) -> None:
    said = refusal(foreign(sender=packages.Party("2305", "某市政协"), receiver=packages.Party("23", "某省政协")), cast)
    assert "某市政协自己的报送包（代码 2305）" in said
    assert "报送单位名单" not in said


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
        ("report_up", "info_editor", {"to": province_at_work(cast), "level": "province_assembly"}),
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


def test_a_word_file_is_no_package(cast: Cast) -> None:
    """An archive too: who chose it by mistake reads that, and nothing of names inside it."""
    assert "不是信息报送包" in refusal(zipped({"[Content_Types].xml": b"<x/>", "_rels/.rels": b"<x/>"}), cast)
