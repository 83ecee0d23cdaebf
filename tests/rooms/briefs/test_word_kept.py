"""A Word file stays with the version that was read from it, and so does what the form had no place for."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.briefs.test_from_word import FILE, send, value
from tests.rooms.briefs.ways import TEXT, begin, brief_in, from_word, move, second_member, verbs
from tests.rooms.documents.word_files import paragraph, word_file
from tongxin.carry.briefs.documents.reading import Left, told
from tongxin.carry.briefs.models import PARTS, Brief, BriefVersion
from tongxin.documents import wordpackage
from tongxin.hear.concerns import stash
from tongxin.kernel import files, personal
from tongxin.kernel.models import JournalEntry, StoredFile

pytestmark = pytest.mark.django_db

NEWER = word_file(
    "".join(paragraph(line) for line in ("关于路灯的新建议", "一、基本情况", "九盏灯不亮。", "二、建议", "马上修。")),
    header=paragraph("某某市政协 电话13900000000"),
)


def sent_along(html: str) -> dict[str, str]:
    names = ("title", *PARTS, "authors", "token", "from_word", "version")
    left = re.search(r'name="left" value="(.*?)">', html)
    return {**{name: value(html, name) for name in names}, "left": left[1] if left else ""}


def upload(cast: Cast, brief: Brief, data: bytes = NEWER, **typed: Any) -> tuple[int, str]:
    posted = {**brief.texts, "then": "word", "version": brief.version, **typed}
    posted["word"] = SimpleUploadedFile("新稿.docx", data)
    answer = cast.client("member").post(f"/desk/briefs/{brief.pk}/text/", posted)
    return answer.status_code, unescape(answer.content.decode())


def content(version: BriefVersion) -> bytes:
    assert version.file is not None
    return b"".join(files.serve(version.file).streaming_content)  # type: ignore[arg-type]


def test_what_was_left_of_a_file_and_the_file_stay_with_the_first_version(cast: Cast) -> None:
    _status, html = send(cast, FILE)
    assert cast.client("member").post("/desk/briefs/new/", sent_along(html)).status_code == 302
    version = Brief.objects.get().versions.get()
    assert ["表格", "路段\t盏数"] in version.left
    assert version.file is not None
    assert (version.file.name, content(version)) == ("稿件.docx", FILE)
    page = unescape(cast.client("member").get(f"/desk/briefs/{version.brief_id}/").content.decode())
    assert "第 1 版读自 Word 文件" in page
    assert "路段\t盏数" in page
    editor = unescape(cast.client("member").get(f"/desk/briefs/{version.brief_id}/text/").content.decode())
    assert "路段\t盏数" in editor
    got = cast.client("member").post(f"/desk/briefs/{version.brief_id}/versions/1/file/")
    assert b"".join(got.streaming_content) == FILE  # type: ignore[arg-type]
    assert got["Content-Disposition"].startswith("attachment")


def test_what_was_read_differently_than_it_stands_is_kept_too(cast: Cast) -> None:
    changes = paragraph("路灯") + f"<w:p><w:ins>{paragraph('快修。')[5:-6]}</w:ins></w:p>"
    note = "1 处修订痕迹按接受修订读入。"
    _status, html = send(cast, word_file(changes + paragraph("六盏灯不亮。")))
    assert html.count(f">{note}<") == 1  # told above the form, not beside it once more
    assert "处内容在表单里放不下" not in html
    cast.client("member").post("/desk/briefs/new/", {**TEXT, **sent_along(html)})
    version = Brief.objects.get().versions.get()
    assert version.left == [["", note]]
    page = unescape(cast.client("member").get(f"/desk/briefs/{version.brief_id}/").content.decode())
    assert "处正文里放不下" not in page
    assert note in page


def test_a_second_file_replaces_the_first_with_what_was_left_of_it_and_says_so(cast: Cast) -> None:
    status, html = send(cast, FILE)
    assert "替换了此前选的文件" not in html
    status, html = send(cast, NEWER, **sent_along(html))
    assert status == 200
    assert "替换了此前选的文件" in html
    assert "路段\t盏数" not in html
    cast.client("member").post("/desk/briefs/new/", {**TEXT, **sent_along(html)})
    version = Brief.objects.get().versions.get()
    assert content(version) == NEWER
    assert ["页眉", "某某市政协 电话****"] in version.left


def test_a_file_chosen_and_not_read_fills_the_form_before_anything_is_saved(cast: Cast) -> None:
    status, html = send(cast, FILE, then="", title="我的标题")
    assert (status, Brief.objects.count()) == (200, 0)
    assert (value(html, "title"), value(html, "situation")) == ("我的标题", "六盏灯不亮。")


@pytest.mark.parametrize("state", ["draft", "returned"])
def test_a_file_read_into_a_brief_becomes_its_next_version(cast: Cast, state: str) -> None:
    brief = brief_in(cast, state)
    status, html = upload(cast, brief)
    assert status == 200
    assert (value(html, "title"), value(html, "situation")) == ("关于路灯的新建议", "九盏灯不亮。")
    assert value(html, "analysis") == TEXT["analysis"]  # of which the file has nothing
    assert "某某市政协" in html
    brief.refresh_from_db()
    assert (brief.title, brief.versions.count()) == (TEXT["title"], 1)
    answer = cast.client("member").post(f"/desk/briefs/{brief.pk}/text/", {**sent_along(html), "category": "city"})
    assert answer.status_code == 302
    first, second = brief.versions.all()
    assert (first.title, first.left, first.file) == (TEXT["title"], [], None)
    assert (second.title, content(second)) == ("关于路灯的新建议", NEWER)
    assert second.left == [["页眉", "某某市政协 电话****"]]  # whole in the file alone
    edited = move(cast, brief, "write", "member", **{**TEXT, "title": "再改"})
    assert edited.versions.last().left == []  # type: ignore[union-attr]
    assert "某某市政协" in cast.client("member").get(f"/desk/briefs/{brief.pk}/").content.decode()


def test_what_was_typed_and_not_saved_is_not_given_up_for_the_file(cast: Cast) -> None:
    brief = begin(cast)
    _status, html = upload(cast, brief, situation="刚写的情况", suggestion=brief.suggestion.replace("，", "，\r\n"))
    assert value(html, "situation") == "刚写的情况"
    assert "九盏灯不亮。" in html.split("editor-beside")[1]
    assert value(html, "title") == "关于路灯的新建议"


def test_the_same_words_from_a_file_are_a_version_with_the_file(cast: Cast) -> None:
    brief = begin(cast)
    move(cast, brief, "write", "member", **TEXT, **from_word(cast))
    assert [bool(each.file) for each in brief.versions.all()] == [False, True]


def test_a_refused_file_leaves_what_another_one_left(cast: Cast) -> None:
    brief = begin(cast)
    _status, html = upload(cast, brief)
    before = sent_along(html)
    status, html = upload(cast, brief, b"plain", left=before["left"], from_word=before["from_word"])
    assert status == 422
    assert sent_along(html)["from_word"] == before["from_word"]
    assert "某某市政协" in html


def test_a_file_too_large_to_be_kept_is_refused_before_the_form_is_filled(cast: Cast, monkeypatch: Any) -> None:
    assert files.MAX_DOCUMENT < wordpackage.MAX_FILE
    monkeypatch.setattr(files, "MAX_DOCUMENT", 100)
    status, html = send(cast, FILE, situation="先写好的情况")
    assert (status, value(html, "situation"), value(html, "title")) == (422, "先写好的情况", "")
    assert "太大" in html


def test_a_file_that_is_not_kept_any_more_takes_no_text_along(cast: Cast) -> None:
    sent = from_word(cast)
    stash.drop(sent["from_word"].split()[0], cast.actor("member"))
    answer = cast.client("member").post("/desk/briefs/new/", {**TEXT, **sent}, follow=True)
    assert "Word 文件只保留一天" in answer.content.decode()
    version = Brief.objects.get().versions.get()
    assert (version.file, version.left) == (None, [["页眉", "某某市政协"]])


def test_a_number_in_the_name_of_what_is_left_is_not_kept(cast: Cast) -> None:
    left = told([Left("嵌入的文件: 名单13900000000.xlsx", "见附件")])
    cast.client("member").post("/desk/briefs/new/", {**TEXT, "left": left})
    assert Brief.objects.get().versions.get().left == [["嵌入的文件: 名单****.xlsx", "见附件"]]


def test_nobody_takes_somebody_elses_file(cast: Cast) -> None:
    cast.client("member").post("/desk/briefs/new/", {**TEXT, **from_word(cast, "office")})
    assert Brief.objects.get().versions.get().file is None


def test_an_editors_page_has_no_upload_and_reads_none(cast: Cast) -> None:
    brief = brief_in(cast, "editing")
    page = cast.client("info_editor").get(f"/desk/briefs/{brief.pk}/text/").content.decode()
    assert 'name="word"' not in page
    file = SimpleUploadedFile("新稿.docx", NEWER)
    posted = {**TEXT, "title": "编辑的标题", "version": brief.version, "then": "word", "word": file}
    answer = cast.client("info_editor").post(f"/desk/briefs/{brief.pk}/text/", posted)
    assert "九盏灯不亮" not in answer.content.decode()
    newest = brief.versions.last()
    assert newest is not None
    assert (newest.title, newest.file, newest.left) == ("编辑的标题", None, [])


def test_the_file_is_for_those_who_may_read_that_version(cast: Cast) -> None:
    brief = brief_in(cast, "handling", **from_word(cast))
    second_member(cast)
    address = f"/desk/briefs/{brief.pk}/versions/1/file/"
    for who, expected in (("member", 200), ("info_editor", 200), ("body", 404), ("other", 404), ("stranger", 404)):
        assert cast.client(who).post(address).status_code == expected, who
    assert "某某市政协" not in cast.client("body").get(f"/desk/briefs/{brief.pk}/").content.decode()
    assert cast.client("member").post(f"/desk/briefs/{brief.pk}/versions/2/file/").status_code == 404


def test_the_journal_keeps_who_else_opened_the_file(cast: Cast) -> None:
    brief = brief_in(cast, "handling", **from_word(cast))
    address = f"/desk/briefs/{brief.pk}/versions/1/file/"
    cast.client("member").post(address)
    assert "file_opened" not in verbs(brief)
    cast.client("info_editor").post(address)
    noted = JournalEntry.objects.get(verb="file_opened")
    assert (noted.actor_id, noted.facts["version"]) == (cast.users["info_editor"].pk, 1)
    page = cast.client("office").get(f"/desk/briefs/{brief.pk}/").content.decode()
    assert "（会留痕）" in page
    assert "打开了第 1 版的 Word 文件" in page


def test_the_file_goes_when_the_brief_has_long_been_over(cast: Cast) -> None:
    brief, going_on = brief_in(cast, "fed_back", **from_word(cast)), brief_in(cast, "handling", **from_word(cast))
    later = timezone.now() + timedelta(days=740)  # contact details are kept for 24 months
    assert personal.erase_expired(timezone.now() + timedelta(days=700)) == 0
    personal.erase_expired(later)
    version = brief.versions.get(number=1)
    assert (version.file, version.left, version.situation) == (None, [], TEXT["situation"])
    assert going_on.versions.get(number=1).file is not None
    assert StoredFile.objects.filter(name="稿件.docx").count() == 1
    assert verbs(brief).count("file_erased") == 1
    personal.erase_expired(later)
    assert verbs(brief).count("file_erased") == 1
    assert "读自 Word 文件" not in cast.client("member").get(f"/desk/briefs/{brief.pk}/").content.decode()
