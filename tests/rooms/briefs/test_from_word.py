"""A draft from a Word file: what is found where, what is left, what is refused; on the page without JavaScript."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.cast import Cast
from tests.rooms.briefs.ways import TEXT, brief_in
from tests.rooms.documents.papers import SHEET
from tests.rooms.documents.word_files import packed, paragraph, parts, text, word_file
from tongxin.carry.briefs import documents
from tongxin.carry.briefs.documents.headings import part_of, split
from tongxin.carry.briefs.documents.reading import Placed, names_in, place
from tongxin.carry.briefs.editor import LONGEST_WORD
from tongxin.carry.briefs.models import PARTS, Brief
from tongxin.documents.official import to_word
from tongxin.documents.problems import MESSAGES
from tongxin.documents.wordfile import read_word

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


def of_lines(*lines: str, **others: str) -> Placed:
    return place(read_word(word_file("".join(paragraph(line) for line in lines), **others)))


def table(*rows: tuple[str, ...]) -> str:
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


# Finding the parts


def test_numbered_headings_as_members_write_them() -> None:
    found = of_lines(
        "关于路灯的建议", "（市政协委员　周　岩）", "一、基本情况", "六盏灯不亮。", "二、存在的问题",
        "（一）资金问题", "没有经费。", "三、原因分析", "没人管。", "四、对策建议", "一是检修。", "二是巡查。",
        "作者单位：市一中", "联系电话：13900000000",
    )  # fmt: skip
    assert found.title == "关于路灯的建议"
    assert found.names == ["周岩"]
    assert found.parts == {
        "situation": "一、基本情况\n六盏灯不亮。\n二、存在的问题\n（一）资金问题\n没有经费。",
        "analysis": "没人管。",
        "suggestion": "一是检修。\n二是巡查。",
    }
    assert [one.text for one in found.left] == ["作者单位：市一中", "联系电话：13900000000"]


@pytest.mark.parametrize(
    "lines",
    [
        ("调研情况：六盏灯不亮。", "问题分析：没人管。", "意见建议：一是检修。"),
        ("调研情况：六盏灯不亮。问题分析：没人管。意见建议：一是检修。",),
        ("情况与问题", "六盏灯不亮。", "原因分析：", "没人管。", "建议", "一是检修。"),
        ("一、我市学校照明工作现状", "六盏灯不亮。", "二、灯不亮的主要原因", "没人管。", "三、几点建议", "一是检修。"),
        ("（一）现状", "六盏灯不亮。", "（二）成因", "没人管。", "（三）对策", "一是检修。"),
        ("1.背景情况", "六盏灯不亮。", "2.症结", "没人管。", "3.解决办法", "一是检修。"),
    ],
)  # fmt: skip
def test_other_ways_to_head_the_parts(lines: tuple[str, ...]) -> None:
    found = of_lines("关于路灯的建议", *lines)
    assert found.parts == {"situation": "六盏灯不亮。", "analysis": "没人管。", "suggestion": "一是检修。"}
    assert found.left == []


def test_without_headings_the_words_that_begin_a_paragraph_tell() -> None:
    found = of_lines(
        "关于路灯", "反映人：周岩、李四", "近来居民反映：路灯坏了，孩子看不见路，家长很担心。",
        "究其原因，移交后没有人管。", "为此，建议住建局修。", "还要列入巡查。",
    )  # fmt: skip
    assert found.names == ["周岩", "李四"]
    assert found.parts["situation"] == "近来居民反映：路灯坏了，孩子看不见路，家长很担心。"
    assert found.parts["analysis"] == "究其原因，移交后没有人管。"
    assert found.parts["suggestion"] == "为此，建议住建局修。\n还要列入巡查。"
    assert of_lines("只有一段话的文字，没有任何标题。").parts == {"situation": "只有一段话的文字，没有任何标题。"}


def test_headings_of_a_list_of_suggestions_stay_text() -> None:
    told = ("关于路灯的建议", "六盏灯不亮，孩子看不见路。")
    found = of_lines(*told, "建议：", "一、尽快检修", "马上修。", "二、列入巡查")
    advice = "一、尽快检修\n马上修。\n二、列入巡查"
    assert found.parts == {"situation": "六盏灯不亮，孩子看不见路。", "suggestion": advice}


@pytest.mark.parametrize(
    ("heading", "part"),
    [
        ("情况与问题", "situation"), ("存在问题及原因", "situation"), ("情况分析", "situation"),
        ("问题分析", "analysis"),
        ("问题的根源", "analysis"), ("意见建议", "suggestion"), ("问题和建议", "situation"), ("工作措施", "suggestion"),
        ("", ""),
    ],
)  # fmt: skip
def test_which_part_a_heading_begins(heading: str, part: str) -> None:
    assert part_of(heading) == part


def test_a_paragraph_is_cut_before_headings_within_it_and_nowhere_else() -> None:
    whole = "居民反映情况：灯坏了。大家的意见：快修。"
    assert list(split(whole)) == [whole]
    assert "".join(split("调研情况：灯坏了。问题分析：没人管。")) == "调研情况：灯坏了。问题分析：没人管。"


@pytest.mark.parametrize(
    ("told", "names"),
    [
        ("甲某某、乙　某", ["甲某某", "乙某"]), ("王 磊", ["王磊"]), ("周岩 李四等3名委员", ["周岩", "李四"]),
        ("教育界别委员周岩、农业界别委员吴敏", ["周岩", "吴敏"]), ("阿卜杜·热合曼", ["阿卜杜·热合曼"]), ("2024", []),
    ],
)  # fmt: skip
def test_names(told: str, names: list[str]) -> None:
    assert names_in(told) == names


def test_a_title_of_two_lines_is_no_author() -> None:
    centred = '<w:pPr><w:jc w:val="center"/></w:pPr>'
    body = "".join(paragraph(line, centred) for line in ("关于加快老旧小区加装电梯", "若干建议", "周 岩"))
    body += paragraph("近来居民多次反映电梯难装，上下楼不便。") + paragraph("建议尽快修。")
    found = place(read_word(word_file(body)))
    assert (found.title, found.names) == ("关于加快老旧小区加装电梯若干建议", ["周岩"])


def test_our_own_papers_are_read_back(db: None, cast: Cast) -> None:
    brief = brief_in(cast, "issued", situation="一、底数不清\n没有台账。\n二、标准不一", secrecy="internal")
    issue = place(read_word(to_word(documents.of_brief(cast.actor("office"), brief, "issue")[0])))
    assert issue.title == brief.title
    assert issue.names == ["周岩"]
    assert issue.parts["situation"] == "（一）底数不清\n没有台账。\n（二）标准不一"
    assert issue.parts["analysis"] == brief.analysis
    sheet = place(read_word(to_word(documents.of_brief(cast.actor("office"), brief, "sheet")[0])))
    assert (sheet.title, sheet.names) == (brief.title, ["周岩"])
    assert sheet.parts["suggestion"] == brief.suggestion


def test_nothing_is_lost() -> None:
    """Every character of a paper with everything in it is in the form or beside it."""
    found = place(read_word(to_word(SHEET)))
    kept = "".join([found.title, *found.names, *found.parts.values(), *(one.text for one in found.left)])
    for words in (
        "社情民意信息", "第3期（总第128期）", "内部", "政协某某市委员会办公室", "甲某某", "一部电梯连同土建约需50万元",
        "一户一策", "表1　办理时间", "征求意见", "送：市政府办公室", "（共印50份）",
    ):  # fmt: skip
        assert words in kept, words


def test_a_form_with_cells_fills_what_is_empty_and_is_shown() -> None:
    rows = (("题目", "关于路灯的建议"), ("反映人", "周岩"), ("情况与问题", "灯坏了。"), ("意见建议", "快修。"))
    body = paragraph("社情民意信息报送单") + table(*rows) + paragraph("原因分析：没人管。")
    found = place(read_word(word_file(body)))
    assert (found.title, found.names) == ("关于路灯的建议", ["周岩"])
    assert found.parts == {"analysis": "没人管。", "situation": "灯坏了。", "suggestion": "快修。"}
    assert any("灯坏了。" in one.text for one in found.left)


def test_what_has_no_place_is_named() -> None:
    picture = '<w:r><w:drawing><wp:inline><wp:docPr id="1" descr="路口照片"/><pic:pic/></wp:inline></w:drawing></w:r>'
    body = paragraph("关于路灯的建议") + paragraph(text("六盏灯不亮，孩子看不见路。") + picture)
    body += paragraph(f"<w:ins>{text('马上检修，列入巡查。')}</w:ins><w:del>{text('不修')}</w:del>")
    body += table(("路段", "盏数"))
    comment = f'<w:comment w:id="1">{paragraph("请核实盏数")}</w:comment>'
    found = place(read_word(word_file(body, comments=comment)))
    told = {(one.label, one.text) for one in found.left}
    assert told == {("文中图片: 路口照片", ""), ("表格", "路段\t盏数"), ("批注", "请核实盏数")}
    assert found.notes == ["2 处修订痕迹按接受修订读入。"]
    assert "不修" not in found.parts["situation"]


# On the page

pages = pytest.mark.django_db
LINES = (
    "关于路灯的建议", "作者：周岩、吴敏", "一、基本情况", "六盏灯不亮。", "二、原因", "没人管。",
    "三、建议", "一是检修。",
)  # fmt: skip
FILE = word_file("".join(paragraph(line) for line in LINES) + table(("路段", "盏数")))


def send(cast: Cast, data: bytes | None, name: str = "稿件.docx", who: str = "member", **typed: Any) -> tuple[int, str]:
    posted = {"then": "word", **typed}
    if data is not None:
        posted["word"] = SimpleUploadedFile(name, data)
    answer = cast.client(who).post("/desk/briefs/new/", posted)
    return answer.status_code, unescape(answer.content.decode())


def value(html: str, name: str) -> str:
    """What stands in a field of the form."""
    area = re.search(rf'<textarea[^>]*name="{name}"[^>]*>\r?\n?(.*?)</textarea>', html, re.S)
    if area:
        return area[1]
    tag = next((tag for tag in re.findall(r"<input[^>]*>", html) if f'name="{name}"' in tag), "")
    found = re.search(r'value="([^"]*)"', tag)
    return found[1] if found else ""


@pages
def test_the_form_is_filled_and_nothing_is_saved(cast: Cast) -> None:
    status, html = send(cast, FILE)
    assert status == 200
    assert value(html, "title") == "关于路灯的建议"
    assert [value(html, part) for part in PARTS] == ["六盏灯不亮。", "没人管。", "一是检修。"]
    assert value(html, "authors") == ""  # the member's own name needs no credit beside it
    assert "作者（不在本届在册委员中）" in html
    assert "吴敏" in html
    assert "路段\t盏数" in html
    assert "已从 稿件.docx 填入" in html
    assert not Brief.objects.exists()
    assert 'enctype="multipart/form-data"' in html
    assert "data-kept-done" in html  # what this device kept of the form before does not come back over it
    assert send(cast, FILE, who="office")[1].count('value="周岩"') == 1


@pages
def test_what_was_typed_stays_and_the_files_words_are_beside_it(cast: Cast) -> None:
    _status, html = send(cast, FILE, title="我的标题", analysis="我写的原因", category="city", token="t1")
    assert (value(html, "title"), value(html, "analysis")) == ("我的标题", "我写的原因")
    assert value(html, "situation") == "六盏灯不亮。"
    assert "文件里的“标题”（保留了您写的）" in html
    assert "没人管。" in html
    assert 'value="city" selected' in html
    assert value(html, "token") == "t1"


@pages
def test_concerns_behind_it_stay_and_their_words_too(cast: Cast) -> None:
    concern = cast.concern(token="word")
    status, html = send(cast, FILE, who="office", concerns=[concern.pk], situation=concern.text)
    assert status == 200
    assert f'name="concerns" value="{concern.pk}"' in html
    assert value(html, "situation") == concern.text
    assert "六盏灯不亮。" in html


@pages
def test_what_is_left_is_still_beside_the_form_when_it_comes_back(cast: Cast) -> None:
    _status, html = send(cast, FILE)
    left = re.search(r'name="left" value="(.*?)">', html)
    assert left
    answer = cast.client("member").post("/desk/briefs/new/", {**TEXT, "title": "", "left": left[1]})
    assert answer.status_code == 422
    assert "路段\t盏数" in unescape(answer.content.decode())
    for nonsense in ("{", "[1]", '[["a"]]', "[[1, {}]]", '{"a": 1}'):
        answer = cast.client("member").post("/desk/briefs/new/", {**TEXT, "title": "", "left": nonsense})
        assert answer.status_code == 422
    saved = cast.client("member").post("/desk/briefs/new/", {**TEXT, "left": left[1]})
    assert saved.status_code == 302


@pages
def test_what_is_filled_in_is_saved_as_it_stands(cast: Cast) -> None:
    _status, html = send(cast, FILE)
    sent = {name: value(html, name) for name in ("title", *PARTS, "authors", "token")}
    assert cast.client("member").post("/desk/briefs/new/", sent).status_code == 302
    brief = Brief.objects.get()
    assert (brief.title, brief.suggestion) == ("关于路灯的建议", "一是检修。")


def damaged() -> bytes:
    return FILE[:200]


def declared(content: str) -> bytes:
    return packed({**parts(paragraph("文字")), "word/document.xml": f"<!DOCTYPE x>{content}"})


def encrypted_package() -> bytes:
    return OLE + "EncryptedPackage".encode("utf-16-le")


REFUSED = {
    "word_empty": b"\0\0", "word_none": b"plain words", "word_old": OLE + "WordDocument".encode("utf-16-le"),
    "word_pdf": b"%PDF-1.7", "word_rtf": b"{\\rtf1 x}", "word_web_page": b"<html></html>",
    "word_other_office": OLE + "Workbook".encode("utf-16-le"), "word_program": b"MZ\x90\0",
    "word_encrypted": encrypted_package(), "word_damaged": damaged(), "word_entities": declared("<w/>"),
    "word_other_text": packed({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}),
    "word_macros": packed({**parts(paragraph("文字")), "word/vbaProject.bin": b"x"}),
    "word_bomb": packed({**parts(paragraph("文字")), "word/big.xml": b"0" * 6_000_000}),
    "word_no_text": word_file("<w:p/>"),
    "word_too_long": word_file(paragraph("字" * 200_000)),
    "word_too_many": word_file("<w:p/>" * 30_000),
}  # fmt: skip


@pages
@pytest.mark.parametrize("code", [*REFUSED, "word_too_large"])
def test_every_refusal_is_a_sentence_and_keeps_what_was_typed(cast: Cast, code: str, monkeypatch: Any) -> None:
    data = REFUSED.get(code, FILE)
    if code == "word_too_large":
        monkeypatch.setattr("tongxin.documents.wordpackage.MAX_FILE", 100)
    status, html = send(cast, data, situation="先写好的情况", authors="吴敏")
    assert status == 422
    problem = re.search(r'id="id_word_error".*?<span>(.*?)</span>', html, re.S)
    assert problem
    assert problem[1].startswith("稿件.docx: ")
    sentence = problem[1].removeprefix("稿件.docx: ")
    assert not sentence.isascii()
    assert sentence == chinese(code)
    assert (value(html, "situation"), value(html, "authors")) == ("先写好的情况", "吴敏")
    assert not Brief.objects.exists()


def chinese(code: str) -> str:
    from django.utils import translation
    from django.utils.translation import gettext

    with translation.override("zh-hans"):
        return gettext(MESSAGES[code]) % {"characters": LONGEST_WORD, "megabytes": 0}


def test_every_code_of_the_reader_is_tried() -> None:
    assert {*REFUSED, "word_too_large"} == {code for code in MESSAGES if code.startswith("word_")}


@pages
def test_without_a_file_it_says_so(cast: Cast) -> None:
    status, html = send(cast, None, situation="先写好的情况")
    assert status == 422
    assert "请先选一个 Word 文件（.docx）。" in html
    assert value(html, "situation") == "先写好的情况"


@pages
def test_200_000_characters_pasted_are_refused_and_kept(cast: Cast) -> None:
    pasted = "字" * 200_000
    answer = cast.client("member").post("/desk/briefs/new/", {**TEXT, "situation": pasted})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "200000" in html
    assert pasted in html
    assert not Brief.objects.exists()


@pages
def test_who_names_himself_as_an_author_stands_there_once(cast: Cast) -> None:
    answer = cast.client("member").post("/desk/briefs/new/", {**TEXT, "authors": "周岩、周岩"})
    assert answer.status_code == 302
    assert [author.name for author in Brief.objects.get().authors.all()] == ["周岩"]


@pages
def test_only_who_may_write_reads_a_file_in(cast: Cast) -> None:
    for who in ("leader", "body", "info_signer"):
        assert send(cast, FILE, who=who)[0] == 403
