"""A paper as a Word file, opened again: GB/T 9704-2012 read back in twips, fonts and sizes."""

import io
import zipfile
from dataclasses import replace
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm
from lxml import etree

from tests.rooms.documents.papers import ALL, FILE, FULL, LETTER, SHEET, SLIP, UPWARD
from tongxin.documents.official import Fonts, Head, Paper, Paragraph, Sort, Table, to_word
from tongxin.documents.wordfile import read_word


def opened(paper: Paper, **options: Any) -> Any:
    return docx.Document(io.BytesIO(to_word(paper, **options)))


def twips(value: Any) -> int:
    return round(value.twips)


def attributes(element: Any, name: str) -> dict[str, str]:
    found = element.find(f".//{qn(f'w:{name}')}")
    return {key.rpartition("}")[2]: value for key, value in found.attrib.items()}


def style_of(document: Any, name: str) -> Any:
    return document.styles[name].element


def by_style(document: Any, name: str) -> list[Any]:
    return [one for one in document.paragraphs if one.style.name == name]


@pytest.mark.parametrize("paper", ALL.values(), ids=ALL)
def test_page_margins_and_text_block(paper):
    section = opened(paper).sections[0]
    assert (twips(section.page_width), twips(section.page_height)) == (11906, 16838)
    margins = [section.top_margin, section.bottom_margin, section.left_margin, section.right_margin]
    assert [twips(one) for one in margins] == [2098, 1984, 1587, 1474]
    block = (
        section.page_width - section.left_margin - section.right_margin,
        section.page_height - section.top_margin - section.bottom_margin,
    )
    assert block[0] == pytest.approx(Mm(156), abs=Mm(0.1))
    assert block[1] == pytest.approx(Mm(225), abs=Mm(0.1))


def test_the_grid_holds_22_lines_of_28_characters():
    document = opened(FULL)
    grid = attributes(document.element.body.sectPr, "docGrid")
    assert grid == {"type": "linesAndChars", "linePitch": "579", "charSpace": "-848"}
    assert 12756 // int(grid["linePitch"]) == 22
    pitch = 16 + int(grid["charSpace"]) / 4096
    assert 8845 / 20 // pitch == 28
    # What really sets the lines and characters where a program does not follow the grid:
    normal = style_of(document, "Normal")
    assert attributes(normal, "spacing") == {"before": "0", "after": "0", "line": "579", "lineRule": "exact"}
    closer = int(normal.rPr.find(qn("w:spacing")).get(qn("w:val")))
    assert 8845 // (320 + closer) == 28
    for off in ("widowControl", "overflowPunct", "autoSpaceDE", "autoSpaceDN", "snapToGrid"):
        assert attributes(normal, off) == {"val": "0"}


@pytest.mark.parametrize(
    ("style", "font", "points"),
    [
        ("公文正文", "仿宋_GB2312", 16),
        ("公文标题", "方正小标宋简体", 22),
        ("公文一级标题", "黑体", 16),
        ("公文二级标题", "楷体_GB2312", 16),
        ("公文三级标题", "仿宋_GB2312", 16),
        ("公文四级标题", "仿宋_GB2312", 16),
        ("公文字号", "仿宋_GB2312", 16),
        ("公文密级", "黑体", 16),
        ("公文版记", "仿宋_GB2312", 14),
        ("公文页码", "宋体", 14),
    ],
)
def test_fonts_and_sizes(style, font, points):
    properties = style_of(opened(FILE), style).rPr
    fonts = attributes(properties, "rFonts")
    assert (fonts["eastAsia"], fonts["ascii"]) == (font, font)
    assert attributes(properties, "sz") == {"val": str(points * 2)}


def test_fonts_can_be_chosen_and_missing_ones_have_stand_ins():
    document = opened(SHEET, names=Fonts(body=("朱雀仿宋", "仿宋")))
    assert attributes(style_of(document, "公文正文").rPr, "rFonts")["eastAsia"] == "朱雀仿宋"
    with zipfile.ZipFile(io.BytesIO(to_word(SHEET))) as package:
        table = etree.fromstring(package.read("word/fontTable.xml"))
    others = {one.get(qn("w:name")): attributes(one, "altName")["val"] for one in table}
    assert others["仿宋_GB2312"].split(",")[:2] == ["仿宋", "FangSong"]
    assert set(others) == {"仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312", "宋体"}


def test_headings_and_text_stand_in_their_styles_two_characters_in():
    document = opened(SHEET)
    assert [one.text for one in by_style(document, "公文一级标题")] == ["一、情况与问题", "二、原因分析", "三、建议"]
    assert [one.text for one in by_style(document, "公文二级标题")] == [
        "（一）资金“缺口”较大",
        "（二）办理环节较多",
    ]
    assert [one.text for one in by_style(document, "公文三级标题")] == ["1.分担办法不明"]
    assert [one.text for one in by_style(document, "公文四级标题")] == ["（1）一户一策"]
    assert by_style(document, "公文正文")[0].text == "教育界别委员甲某某反映："
    for style in ("公文正文", "公文一级标题", "公文四级标题"):
        assert attributes(style_of(document, style), "ind") == {"firstLineChars": "200", "firstLine": "632"}


def test_page_numbers_stand_outside_between_dashes():
    document = opened(FULL)
    assert document.settings.odd_and_even_pages_header_footer
    section = document.sections[0]
    assert not section.different_first_page_header_footer
    for footer, edge in ((section.footer, "right"), (section.even_page_footer, "left")):
        (line,) = footer.paragraphs
        assert "".join(one.text or "" for one in line._p.iter(qn("w:t"))) == "— 1 —"
        assert attributes(line._p, "fldSimple") == {"instr": "PAGE"}
        assert attributes(line._p, "jc") == {"val": edge}
        assert attributes(line._p, "ind") == {edge: "316"}
        assert line.style.name == "公文页码"
    # 35 mm below the block, the middle of a line of 14 points 7 mm below it.
    assert twips(section.footer_distance) == pytest.approx(28 / 25.4 * 1440 - 140, abs=1)


def test_the_head_of_a_file():
    document = opened(FILE)
    assert [one.text for one in by_style(document, "公文密级")] == ["000001", "秘密★1年", "特急"]
    (name,) = by_style(document, "公文机关标志")
    assert name.text == "政协某某市委员会文件"
    assert attributes(style_of(document, "公文机关标志").rPr, "color") == {"val": "FF0000"}
    # Its upper edge 35 mm below the top of the text block: three lines of marks and what is still missing.
    spacing, size = attributes(name._p, "spacing"), int(attributes(name._p, "sz")["val"]) * 10
    top = 3 * 579 + int(spacing["before"]) + (int(spacing["line"]) - size) / 2
    assert top == pytest.approx(35 / 25.4 * 1440, abs=12)
    (number,) = by_style(document, "公文字号与红线")
    assert number.text == "某协发〔2024〕3号"
    border = attributes(style_of(document, "公文字号与红线"), "bottom")
    assert (border["val"], border["color"]) == ("single", "FF0000")
    names = [one.style.name for one in document.paragraphs]
    at = names.index("公文机关标志")
    assert names[at : at + 7] == ["公文机关标志", "Normal", "Normal", "公文字号与红线", "Normal", "Normal", "公文标题"]
    assert [one.text for one in by_style(document, "公文主送")] == ["各县（区）政协，市政协各专门委员会："]


def test_a_paper_that_goes_up_shows_its_signer_and_a_star():
    document = opened(UPWARD)
    (number,) = by_style(document, "公文字号与星")
    assert number.text == "　某协党〔2024〕1号\t签发人：甲某某"
    assert attributes(number.runs[-1]._r, "rFonts")["eastAsia"] == "楷体_GB2312"
    line = document.tables[0]
    assert line.cell(0, 1).text == "★"
    borders = line._tbl.findall(f".//{qn('w:tcBorders')}/{qn('w:bottom')}")
    assert [one.get(qn("w:color")) for one in borders] == ["FF0000", "FF0000"]


def test_a_sheet_shows_issue_organ_and_date_above_the_line():
    document = opened(SHEET)
    assert [one.text for one in by_style(document, "公文字号")] == ["第3期（总第128期）"]
    assert [one.text for one in by_style(document, "公文字号与红线")] == ["　政协某某市委员会办公室\t2024年3月5日"]
    assert "".join(one.text for one in by_style(document, "公文标题")) == SHEET.title


def test_a_letter_has_frames_at_the_edges_and_no_number_on_its_first_page():
    document = opened(LETTER)
    name, foot = by_style(document, "公文机关标志")
    assert name.text == "某某市住房和城乡建设局"
    places = [attributes(one._p, "framePr") for one in (name, foot)]
    assert [(one["w"], one["vAnchor"], one["xAlign"]) for one in places] == [("9638", "page", "center")] * 2
    assert int(places[1]["y"]) == pytest.approx(275 / 25.4 * 1440, abs=1)
    lines = [attributes(one._p, "bottom")["val"] for one in (name, foot)]
    assert lines == ["thickThinSmallGap", "thinThickSmallGap"]
    assert [one.text for one in by_style(document, "公文密级")] == ["000001\t某建函〔2024〕12号", "A类"]
    section = document.sections[0]
    assert section.different_first_page_header_footer
    assert not section.first_page_footer._has_definition
    assert document.tables[-1]._tbl.find(f".//{qn('w:tblBorders')}/*") is None


def test_attachments_signature_and_note():
    document = opened(FILE)
    texts = [one.text for one in document.paragraphs]
    at = texts.index("附件：1.委员联系界别群众工作办法（试行）")
    assert texts[at + 1 : at + 7] == ["2.对照表", "", "", "政协某某市委员会", "2024年3月5日", "（联系人：甲某）"]
    first, second = (attributes(document.paragraphs[at + i]._p, "ind") for i in (0, 1))
    assert (first["leftChars"], first["hangingChars"]) == ("600", "400")
    assert (second["leftChars"], second["hangingChars"]) == ("600", "100")
    organ, day = (attributes(document.paragraphs[at + i]._p, "ind") for i in (4, 5))
    assert (organ["rightChars"], day["rightChars"]) == ("300", "400")
    # The date keeps company: the short last paragraph and all that follows go with it.
    kept = [one.paragraph_format.keep_with_next for one in document.paragraphs[at - 2 : at + 5]]
    assert kept == [True] * 7


def test_a_long_last_paragraph_is_not_bound_to_the_date():
    paper = replace(FILE, body=(Paragraph("首段。"), Paragraph("长" * 300)), attachments=())
    last = by_style(opened(paper), "公文正文")[1]
    assert last.text == "长" * 300
    assert not last.paragraph_format.keep_with_next


def test_the_colophon_floats_to_the_foot_between_its_lines():
    document = opened(SHEET)
    table = document.tables[-1]
    place = attributes(table._tbl, "tblpPr")
    assert (place["vertAnchor"], place["tblpYSpec"]) == ("margin", "bottom")
    assert (place["horzAnchor"], place["tblpX"]) == ("page", "1587")
    assert attributes(table._tbl, "tblW") == {"w": "8845", "type": "dxa"}
    borders = table._tbl.find(f".//{qn('w:tblBorders')}")
    sizes = {one.tag.rpartition("}")[2]: int(one.get(qn("w:sz"))) / 8 / 72 * 25.4 for one in borders}
    assert sizes == {
        "top": pytest.approx(0.35, abs=0.02),
        "bottom": pytest.approx(0.35, abs=0.02),
        "insideH": pytest.approx(0.25, abs=0.02),
    }
    assert [row.cells[0].text for row in table.rows] == [
        "报：省政协，市委",
        "送：" + SHEET.colophon.sent[1][1],
        "签发：甲某　审核：乙某　编辑：丙某　电话：000-0000000",
        "政协某某市委员会办公室\t2024年3月6日印发",
        "\t（共印50份）",
    ]
    # Lines after the first begin under the first character after the colon.
    indent = attributes(table.rows[1].cells[0].paragraphs[0]._p, "ind")
    assert indent == {"left": str(316 + 560), "right": "316", "hanging": "560"}
    anchor = table._tbl.getnext()
    assert attributes(anchor, "spacing") == {"line": "20", "lineRule": "exact"}


def test_tables_are_as_wide_as_the_block_and_repeat_their_header():
    table = opened(SHEET).tables[0]
    assert [int(one.get(qn("w:w"))) for one in table._tbl.tblGrid] == [4422, 2212, 2211]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["环节", "现在（天）", "建议（天）"],
        ["征求意见", "90", "30"],
        ["审批", "120", ""],
    ]
    assert table.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None
    assert table.rows[1]._tr.find(f".//{qn('w:tblHeader')}") is None


def test_a_short_table_stays_on_one_page_and_a_long_one_may_break():
    short = opened(SHEET).tables[0]
    kept = [[one.paragraph_format.keep_with_next for one in row.cells[0].paragraphs] for row in short.rows]
    assert kept == [[True], [True], [None]]
    long = Paper("长表", body=(Table((("甲", "乙"),) * 9),))
    assert not any(row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in opened(long).tables[0].rows)


def test_a_form_leaves_room_to_write():
    first, second = opened(SLIP).tables
    assert [cell.paragraphs[0].style.name for cell in first.rows[0].cells] == ["公文表头", "公文表格"] * 2
    heights = [int(row._tr.find(f".//{qn('w:trHeight')}").get(qn("w:val"))) for row in second.rows]
    assert heights == [6 * 480] * 3


@pytest.mark.parametrize("paper", ALL.values(), ids=ALL)
def test_the_same_paper_gives_the_same_bytes_and_nothing_of_this_computer(paper):
    data = to_word(paper)
    assert data == to_word(paper)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        names = package.namelist()
        assert not any("thumbnail" in name or "customXml" in name for name in names)
        assert b"python-docx" not in b"".join(map(package.read, names))
    properties = docx.Document(io.BytesIO(data)).core_properties
    assert properties.title == paper.title
    day = paper.signature.date if paper.signature else paper.head.date
    assert properties.created.date().isoformat() == (day.isoformat() if day else "1980-01-01")


def test_whatever_is_in_the_text_stays_text():
    nasty = "</w:t><w:br/>&amp; \x00\x0b\ud800\ufffe<script>"
    paper = Paper(nasty, Head(Sort.SHEET, nasty, nasty, organ=nasty), nasty, (Paragraph(nasty + "尾"),))
    document = opened(paper)
    assert by_style(document, "公文正文")[-1].text.endswith("<script>尾")
    assert read_word(to_word(paper)).text.endswith("<script>尾")


def test_our_own_papers_can_be_taken_in_again():
    found = read_word(to_word(SHEET))
    assert found.title == SHEET.title
    assert [(one.level, one.text) for one in found.paragraphs if one.level in {1, 2}] == [
        (1, "一、情况与问题"),
        (2, "（一）资金“缺口”较大"),
        (2, "（二）办理环节较多"),
        (1, "二、原因分析"),
        (1, "三、建议"),
    ]
    assert found.count("table") == 2  # the one in the text, and the colophon
