"""An uploaded Word file: what it says, what could not be placed, and what is refused in words."""

import io
import struct
import time
import zipfile
from random import Random

import docx
import pytest

from tests.rooms.documents.word_files import DOCUMENT, packed, paragraph, parts, relations, text, types, word_file
from tongxin.documents import wordfile, wordpackage
from tongxin.documents.problems import MESSAGES
from tongxin.documents.wordfile import WordError, WordParagraph, WordText, read_word

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refused(data: bytes) -> str:
    with pytest.raises(WordError) as caught:
        read_word(data)
    assert caught.value.template == MESSAGES[caught.value.code]
    return caught.value.code


def levels(found: WordText) -> list[tuple[int, str]]:
    return [(one.level, one.text) for one in found.paragraphs]


# What it says


def test_a_file_as_python_docx_writes_it():
    document = docx.Document()
    document.add_heading("关于老旧小区加装电梯的建议", level=0)
    document.add_paragraph("教育界别委员反映：")
    document.add_heading("情况与问题", level=1)
    document.add_paragraph("　　居民\t反映，  上下楼难。")
    document.add_paragraph("")
    out = io.BytesIO()
    document.save(out)
    found = read_word(out.getvalue())
    assert found.title == "关于老旧小区加装电梯的建议"
    assert levels(found) == [(0, "教育界别委员反映："), (1, "情况与问题"), (0, "居民 反映， 上下楼难。")]
    assert found.text == "教育界别委员反映：\n情况与问题\n居民 反映， 上下楼难。"
    assert not found.left_out
    assert not found.comments
    assert (found.insertions, found.deletions, found.hidden, found.numbered) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("first", "title"),
    [
        (paragraph("关于停车难的建议"), "关于停车难的建议"),
        (paragraph(text("关于停车难"), '<w:pPr><w:jc w:val="center"/></w:pPr>') * 2, "关于停车难关于停车难"),
        (paragraph("居民反映，停车难。"), ""),
        (paragraph("一、情况"), ""),
        (paragraph("长" * 61), ""),
    ],
)
def test_the_title_is_known_by_its_look_or_its_length(first, title):
    found = read_word(word_file(first + paragraph("正文第一段。") + paragraph("正文第二段。")))
    assert found.title == title
    assert found.paragraphs[-2:] == [WordParagraph("正文第一段。"), WordParagraph("正文第二段。")]


def test_a_title_below_the_head_of_a_paper_is_found_by_its_style():
    style = '<w:style w:styleId="a"><w:name w:val="公文标题"/></w:style>'
    titled = '<w:pPr><w:pStyle w:val="a"/></w:pPr>'
    body = paragraph("内部") + paragraph("关于", titled) + paragraph("停车的建议", titled) + paragraph("正文。")
    found = read_word(word_file(body, styles=style))
    assert found.title == "关于停车的建议"
    assert levels(found) == [(0, "内部"), (0, "正文。")]


def test_headings_are_known_by_their_numbers_but_never_long_lines():
    body = "".join(
        map(paragraph, ["题目", "一、情况", "（一）现状", "1.数量", "（2）质量", "3.5亿元", "二、" + "长" * 60])
    )
    assert levels(read_word(word_file(body))) == [
        (1, "一、情况"),
        (2, "（一）现状"),
        (3, "1.数量"),
        (4, "（2）质量"),
        (0, "3.5亿元"),
        (0, "二、" + "长" * 60),
    ]


def test_tracked_changes_are_read_as_accepted_and_counted():
    body = paragraph("题目") + paragraph(
        text("原有")
        + f'<w:ins w:id="1" w:author="甲">{text("加上")}</w:ins>'
        + '<w:del w:id="2" w:author="甲"><w:r><w:delText>删掉</w:delText></w:r></w:del>'
        + f'<w:moveFrom w:id="3">{text("旧处")}</w:moveFrom><w:moveTo w:id="4">{text("新处")}</w:moveTo>'
    )
    joined = '<w:pPr><w:rPr><w:del w:id="5"/></w:rPr></w:pPr>'
    found = read_word(word_file(body + paragraph(text("前半"), joined) + paragraph("后半。")))
    assert found.text == "原有加上新处\n前半后半。"
    assert (found.insertions, found.deletions) == (2, 3)


def test_comments_are_noted_without_their_authors():
    comment = f'<w:comment w:id="1" w:author="某某">{paragraph("数字要核实")}</w:comment><w:comment w:id="2"/>'
    found = read_word(word_file(paragraph("题目") + paragraph("正文。"), comments=comment))
    assert [one.text for one in found.comments] == ["数字要核实"]
    assert "某某" not in repr(found)


def test_headers_and_footers_are_named_with_their_text_once():
    seal = '<w:r><w:drawing><wp:inline><wp:docPr id="1" descr="徽标"/><pic:pic/></wp:inline></w:drawing></w:r>'
    content = parts(
        paragraph("题目") + paragraph("正文。"),
        header=paragraph("政协某某市委员会"),
        footer=paragraph(f'<w:r><w:drawing><wp:docPr id="2" descr="文本框 2"/>{paragraph("— 1 —")}</w:drawing></w:r>'),
        headerFirst=paragraph("政协某某市委员会"),
        headerEven=paragraph(seal),
        footerEven=paragraph("第 2 页 共 9 页"),
        footerFirst=paragraph("联系人：办公室"),
    )
    told = str(content["word/_rels/document.xml.rels"])
    for kind in ("First", "Even"):  # in a file they are parts of their own, and one kind of relation
        told = told.replace(f"relationships/header{kind}", "relationships/header")
        told = told.replace(f"relationships/footer{kind}", "relationships/footer")
    found = read_word(packed({**content, "word/_rels/document.xml.rels": told}))
    assert [(one.kind, one.name, one.text, one.after) for one in found.left_out] == [
        ("header", "", "政协某某市委员会", 1),
        ("header", "徽标", "", 1),
        ("footer", "", "联系人：办公室", 1),
    ]
    assert found.text == "正文。"


def test_what_cannot_be_placed_is_named_with_its_place():
    table = "<w:tbl>" + "<w:tr>" + "".join(f"<w:tc>{paragraph(x)}</w:tc>" for x in ("单位", "件数")) + "</w:tr>"
    table += f"<w:tr><w:tc>{paragraph('住建局')}</w:tc><w:tc>{paragraph('12')}</w:tc></w:tr></w:tbl>"
    picture = (
        '<w:r><w:drawing><wp:inline><wp:docPr id="1" name="图片 1" descr="小区大门"/>'
        "<pic:pic/></wp:inline></w:drawing></w:r>"
    )
    words = f"<v:textbox><w:txbxContent>{paragraph('框里的话')}</w:txbxContent></v:textbox>"
    box = f"<w:pict><v:shape>{words}</v:shape></w:pict>"
    twice = f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    twice = f"<w:r><mc:AlternateContent>{twice}</mc:AlternateContent></w:r>"
    chart = "<w:r><w:drawing><c:chart/></w:drawing></w:r>"
    sheet = "<w:r><w:object><o:OLEObject/></w:object></w:r>"
    formula = "<m:oMath><m:r><m:t>a=b</m:t></m:r></m:oMath>"
    note = '<w:r><w:footnoteReference w:id="7"/></w:r>'
    body = paragraph("题目") + paragraph("第一段。") + table + paragraph("第二段" + "。") + "<w:altChunk/>"
    body += paragraph(text("第三段。") + picture + twice + chart + sheet + formula + note)
    found = read_word(word_file(body, footnotes=f'<w:footnote w:id="7">{paragraph("据统计局")}</w:footnote>'))
    assert [(one.kind, one.name, one.text, one.after) for one in found.left_out] == [
        ("table", "单位 件数", "单位\t件数\n住建局\t12", 1),
        ("attached_text", "", "", 2),
        ("picture", "小区大门", "", 2),
        ("text_box", "", "框里的话", 2),
        ("chart", "", "", 2),
        ("object", "", "", 2),
        ("formula", "", "a=b", 2),
        ("footnote", "", "据统计局", 2),
    ]
    assert found.count("picture") == 1
    assert found.text == "第一段。\n第二段。\n第三段。"


def test_fields_show_their_result_links_their_words_and_hidden_text_is_counted():
    field = "".join(
        f"<w:r>{inner}</w:r>"
        for inner in (
            '<w:fldChar w:fldCharType="begin"/>',
            "<w:instrText>DATE \\@</w:instrText>",
            "<w:t>不显示</w:t>",
            '<w:fldChar w:fldCharType="separate"/>',
            "<w:t>3月5日</w:t>",
            '<w:fldChar w:fldCharType="end"/>',
        )
    )
    link = f'<w:hyperlink r:id="r9">{text("网址")}</w:hyperlink>'
    hidden = text("藏起来的", "<w:rPr><w:vanish/></w:rPr>") + text("没藏", '<w:rPr><w:vanish w:val="0"/></w:rPr>')
    ruby = f"<w:r><w:ruby><w:rt>{text('zhèng')}</w:rt><w:rubyBase>{text('政')}</w:rubyBase></w:ruby></w:r>"
    lines = "<w:r><w:t>上</w:t><w:br/><w:t>下</w:t><w:br w:type='page'/><w:noBreakHyphen/><w:tab/><w:t>末</w:t></w:r>"
    numbered = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="3"/></w:numPr></w:pPr>'
    wrapped = f"<w:sdt><w:sdtContent>{paragraph('控件里')}</w:sdtContent></w:sdt>"
    body = paragraph("题目") + paragraph(field + link + hidden + ruby) + paragraph(lines, numbered) + wrapped
    found = read_word(word_file(body))
    assert found.text == "3月5日网址没藏政\n上\n下- 末\n控件里"
    assert (found.hidden, found.numbered) == (1, 1)


def test_the_strict_form_of_the_standard_is_read():
    content = {
        name: data.replace(
            "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            "http://purl.oclc.org/ooxml/wordprocessingml/main",
        )
        if isinstance(data, str)
        else data
        for name, data in parts(paragraph("题目") + paragraph("正文。")).items()
    }
    assert read_word(packed(content)).title == "题目"


def test_a_template_is_read_like_a_document():
    content = parts(paragraph("题目") + paragraph("正文。"))
    content["[Content_Types].xml"] = types(DOCUMENT.replace("document.main", "template.main"))
    assert read_word(packed(content)).title == "题目"


# What is refused


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "word_empty"),
        (b"\0\0\0", "word_empty"),
        (b"%PDF-1.7 ...", "word_pdf"),
        (b"\xef\xbb\xbf<!DOCTYPE html><html>", "word_web_page"),
        (b"<html xmlns:w='urn:x'>", "word_web_page"),
        (b"MIME-Version: 1.0\r\n", "word_web_page"),
        (b"{\\rtf1\\ansi", "word_rtf"),
        (b"MZ\x90\0\x03", "word_program"),
        (b"\x7fELF\x02", "word_program"),
        (b"#!/bin/sh\n", "word_program"),
        ("一段文字".encode(), "word_none"),
        (b"\x89PNG\r\n\x1a\n", "word_none"),
        (OLE + b"\0" * 512 + "WordDocument".encode("utf-16-le"), "word_old"),
        (OLE + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le"), "word_encrypted"),
        (OLE + b"\0" * 512 + "Workbook".encode("utf-16-le"), "word_other_office"),
        (OLE + b"\0" * 512 + "PowerPoint Document".encode("utf-16-le"), "word_other_office"),
        (OLE + b"\0" * 512, "word_none"),
        (b"PK\x05\x06" + b"\0" * 18, "word_none"),
        (b"PK\x03\x04 cut off", "word_damaged"),
        (packed({"virus.exe": "MZ"}), "word_none"),
        (packed({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"}), "word_other_text"),
    ],
)
def test_what_is_really_something_else_is_called_by_its_name(data, code):
    assert refused(data) == code


def changed(**replaced: str | bytes) -> bytes:
    """A good file with parts replaced: `types`, `rels`, `document`, or another by its name."""
    names = {"types": "[Content_Types].xml", "rels": "_rels/.rels", "document": "word/document.xml"}
    content = parts(paragraph("题目") + paragraph("正文。"))
    content |= {names.get(key, key): value for key, value in replaced.items()}
    return packed(content)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (changed(types=types("application/vnd.ms-word.document.macroEnabled.main+xml")), "word_macros"),
        (changed(**{"word/vbaProject.bin": b"\0"}), "word_macros"),
        (
            changed(types=types("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml")),
            "word_other_office",
        ),
        (
            changed(types=types("application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml")),
            "word_other_office",
        ),
        (changed(rels=relations()), "word_damaged"),
        (changed(rels=relations(officeDocument="https://example.org/document.xml")), "word_damaged"),
        (changed(rels=relations(officeDocument="../../etc/passwd")), "word_damaged"),
        (changed(document="<w:document"), "word_damaged"),
        (changed(document=b"\xff\xff\xff"), "word_damaged"),
        (changed(document=""), "word_damaged"),
        (changed(document="<a/>"), "word_damaged"),
        (changed(document='<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'), "word_entities"),
        (changed(document='<!DOCTYPE a [<!ENTITY x SYSTEM "http://example.org/">]><a>&x;</a>'), "word_entities"),
        (changed(document='<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16")), "word_entities"),
        (changed(types='<!DOCTYPE a [<!ENTITY x "y">]><Types/>'), "word_entities"),
        (word_file(""), "word_no_text"),
        (word_file(paragraph("　 ")), "word_no_text"),
        (word_file(paragraph("<w:r><w:drawing><pic:pic/></w:drawing></w:r>")), "word_no_text"),
    ],
)
def test_what_should_not_be_opened_is_refused(data, code):
    assert refused(data) == code


def test_a_billion_laughs_are_not_laughed():
    bomb = "<!DOCTYPE a [" + "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "哈"}">' for i in range(12)) + "]>"
    assert refused(changed(document=bomb + "<a>&l11;</a>")) == "word_entities"


def test_two_parts_of_one_name_are_refused():
    out = io.BytesIO(changed())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("word/Document.xml", "<other/>")
    assert refused(out.getvalue()) == "word_damaged"


def test_a_part_that_unpacks_far_beyond_its_size_is_refused_unread():
    assert refused(changed(**{"word/media/image1.bmp": b"\0" * 6 * 1024 * 1024})) == "word_bomb"


def test_a_text_of_nothing_but_marks_is_refused_soon():
    """Ten million empty paragraphs fit into 300 KB, within the ratio that is allowed."""
    assert refused(word_file("<w:p/>" * 30_000)) == "word_too_many"
    assert refused(word_file("<w:p>" + "<w:r/>" * 260_000 + "</w:p>")) == "word_too_many"
    row = "<w:tr>" + "<w:tc/>" * 100 + "</w:tr>"
    assert refused(word_file("<w:tbl>" + row * 2600 + "</w:tbl>")) == "word_too_many"
    begun, noise = time.process_time(), Random(1).randbytes(300_000).hex()
    assert refused(word_file(f"<!--{noise}-->" + "<w:p/>" * 8_000_000)) == "word_too_many"
    assert time.process_time() - begun < 10


def test_a_part_that_lies_about_its_size_is_cut_off(monkeypatch):
    """The directory says ten bytes, the part holds two hundred thousand: what is unpacked is what counts."""
    monkeypatch.setattr(wordpackage, "MAX_PART", 100_000)
    honest = changed(document=f"<a>{'字' * 200_000}</a>")
    assert refused(honest) == "word_bomb"
    lying = bytearray(honest)
    place = lying.rfind(b"word/document.xml") - 46 + 24  # the size in the directory at the end
    while lying[place - 24 : place - 20] != b"PK\x01\x02":
        place = lying.rfind(b"word/document.xml", 0, place) - 46 + 24
    lying[place : place + 4] = struct.pack("<I", 10)
    assert refused(bytes(lying)) in {"word_bomb", "word_damaged"}


def test_too_many_parts_and_too_much_altogether_are_refused(monkeypatch):
    monkeypatch.setattr(wordpackage, "MAX_PARTS", 3)
    assert refused(changed()) == "word_bomb"
    monkeypatch.setattr(wordpackage, "MAX_PARTS", 100)
    monkeypatch.setattr(wordpackage, "MAX_UNPACKED", 500)
    assert refused(changed()) == "word_bomb"


def test_a_zip_with_a_password_is_refused():
    data = bytearray(changed())
    place = 0
    while (place := data.find(b"PK\x01\x02", place)) >= 0:
        data[place + 8] |= 1
        place += 4
    assert refused(bytes(data)) == "word_encrypted"


def test_bounds_of_file_and_text(monkeypatch):
    monkeypatch.setattr(wordfile, "MAX_CHARACTERS", 5)
    assert refused(word_file(paragraph("六个字的正文"))) == "word_too_long"
    monkeypatch.setattr(wordpackage, "MAX_FILE", 100)
    assert refused(changed()) == "word_too_large"


def test_two_hundred_thousand_characters_are_read():
    body = paragraph("题目") + paragraph("字" * 999 + "。") * 200
    assert len(read_word(word_file(body)).text) == 200 * 1000 + 199


def test_elements_nested_without_end_are_refused():
    deep = 3000
    body = "<w:ins>" * deep + paragraph("深") + "</w:ins>" * deep
    assert refused(word_file(body)) == "word_damaged"
