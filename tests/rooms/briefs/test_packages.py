"""Briefs between installations: what a package holds, and what it becomes."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import translation

from tests.cast import Cast, gather
from tests.rooms.briefs.sent import PATH, altered, foreign, parts, reported, stored, upper
from tests.rooms.briefs.test_packages_refused import refusal
from tests.rooms.briefs.ways import TEXT, brief_in, move
from tongxin.carry.briefs import exchange, queries
from tongxin.carry.briefs.commands import import_brief
from tongxin.carry.briefs.models import Brief, BriefPackage, BriefReport
from tongxin.documents.wordfile import read_word
from tongxin.kernel import door, journal, options
from tongxin.kernel.errors import Invalid, NotAllowed
from tongxin.kernel.models import JournalEntry, Notice

pytestmark = pytest.mark.django_db


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
    outside, _fresh = exchange.take_in(exchange.packed(reported(cast)), upper(cast))
    inside = brief_in(cast, "reported").reports.get().arrived
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
