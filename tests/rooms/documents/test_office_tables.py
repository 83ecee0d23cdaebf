"""Tables as offices really send them."""

import csv
import datetime
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tongxin.documents.tables import TableError, read
from tongxin.documents.writing import csv_lines, write_xlsx

WANTED = {"name": ["姓名"], "phone": ["手机", "联系电话"], "sector": ["界别", "所属界别"]}
DATA = Path(__file__).resolve().parents[3].parent / "shared/data/messages"


def workbook(fill) -> bytes:
    book = openpyxl.Workbook()
    fill(book, book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def roster(book: openpyxl.Workbook, sheet) -> None:
    sheet.title = "名册"
    sheet.append(["某市政协委员名册"])
    sheet.merge_cells("A1:C1")
    sheet.append([])
    sheet.append(["所属界别（必填）", "姓 名", "联系电话"])
    sheet.append(["教育界", "甲", 13900000001])
    sheet.append([None, "乙", "13900000002"])
    sheet.append([None, None, None])
    sheet.append(["经济界", "丙", None])
    sheet.merge_cells("A4:A6")
    notes = book.create_sheet("填写说明")
    notes.append(["请逐行填写"])
    hidden = book.create_sheet("选项")
    hidden.append(["姓名", "界别"])
    hidden.sheet_state = "hidden"


def test_roster_with_title_merged_cells_and_other_sheets() -> None:
    book = read(workbook(roster), wanted=WANTED)
    (sheet,) = book.sheets
    assert book.ignored == ["填写说明"]
    assert (sheet.name, sheet.header_row) == ("名册", 3)
    from tongxin.documents.columns import guess_mapping

    mapping = guess_mapping(sheet.header, WANTED)
    rows = [(row.number, {name: cell.text for name, cell in row.pick(mapping).items()}) for row in sheet.rows]
    assert rows == [
        (4, {"name": "甲", "phone": "13900000001", "sector": "教育界"}),
        (5, {"name": "乙", "phone": "13900000002", "sector": "教育界"}),
        (7, {"name": "丙", "phone": "", "sector": "经济界"}),
    ]
    cell = sheet.rows[1][2]
    assert (cell.sheet, cell.row, cell.column, cell.header) == ("名册", 5, "C", "联系电话")


def test_rows_are_counted_as_excel_counts_them() -> None:
    text = '\n\n姓名,备注\n甲,"两行\n的话"\n\n乙,\n'
    book = read(text.encode("gbk"), wanted=WANTED, name="导入.csv")
    assert [(row.number, row[0].text) for row in book.sheets[0].rows] == [(4, "甲"), (6, "乙")]
    assert book.sheets[0].rows[0][1].value == "两行\n的话"
    assert book.sheets[0].rows[0][9].text == ""


def test_dates_and_numbers_keep_their_kind() -> None:
    def fill(_book, sheet) -> None:
        sheet.append(["姓名", "日期", "数"])
        sheet.append(["甲", datetime.date(2024, 1, 5), 3])

    (row,) = read(workbook(fill)).sheets[0].rows
    assert row[1].value == datetime.date(2024, 1, 5)
    assert row[2].text == "3"


def bomb() -> bytes:
    def fill(_book, sheet) -> None:
        sheet["A1"], sheet["XFD1048576"] = "姓名", "x"

    return workbook(fill)


def without_places() -> bytes:
    """A workbook whose last row is far down and whose cells do not say where they stand."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(roster))) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            part = old.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                part = (
                    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
                    b'<row r="1048576"><c t="n"><v>1</v></c></row></sheetData></worksheet>'
                )
            new.writestr(entry.filename, part)
    return out.getvalue()


def wordfile() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("word/document.xml", "<x/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \r\n\r\n", "empty"),
        (b"\xef\xbb\xbf,,\r\n,,\r\n", "empty"),
        (b"MZ\x90\x00\x03" + b"\x00" * 500, "not_a_table"),
        (b"%PDF-1.7\nfoo,bar\n", "not_a_table"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)), "not_a_table"),
        (workbook(roster)[:900], "damaged"),
        (b"PK\x03\x04" + b"x" * 100, "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") + b"\0" * 600, "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "not_a_table"),
        (wordfile(), "not_a_table"),
        (bomb(), "too_large"),
        (without_places(), "too_large"),
        ("<html><table><tr><td>姓名</td></tr></table></html>".encode("gbk"), "web_page"),
        ('姓名,备注\n甲,"没有结束\n乙,x\n'.encode(), "quotes"),
        ("甲乙丙丁戊己庚辛,壬癸\n".encode() * 20 + b"\xff\xff\n", "encoding"),
        ("日期,数\n1,2\n".encode(), "no_header"),
    ],
)
def test_refusals(data: bytes, code: str) -> None:
    with pytest.raises(TableError) as caught:
        read(data, wanted=WANTED)
    assert caught.value.code == code
    assert "%(" not in str(caught.value)


def test_what_is_called_like_a_picture_is_told_to_be_no_table() -> None:
    with pytest.raises(TableError) as caught:
        read(b"#!/bin/sh\necho hello\n", wanted=WANTED, name="IMG_1.JPG")
    assert caught.value.code == "not_a_table"


def test_a_table_without_header_names_the_expected_columns() -> None:
    with pytest.raises(TableError) as caught:
        read("日期,数\n1,2\n".encode(), wanted={"text": ["", "留言详情"], "topic": ["类别", "分类"], "number": []})
    assert caught.value.params["wanted"] == "留言详情、类别、number"


def test_quotes_name_the_row() -> None:
    with pytest.raises(TableError, match="Row 3"):
        read('姓名,备注\n甲,x\n乙,"没有结束\n丙,x\n'.encode())


def test_written_csv_opens_in_excel_and_runs_nothing() -> None:
    written = b"".join(csv_lines(["题", "数"], [["=cmd|'/c calc'!A1", -5], ["路灯\x00坏了", None]]))
    assert written.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"))))
    assert rows == [["题", "数"], ["'=cmd|'/c calc'!A1", "-5"], ["路灯坏了", ""]]


def test_written_xlsx_holds_no_formula() -> None:
    out = io.BytesIO()
    shanghai = datetime.timezone(datetime.timedelta(hours=8))
    when = datetime.datetime(2024, 1, 5, 10, 20, tzinfo=shanghai)
    write_xlsx(
        out, [("明细[1]/?", ["题", "时间", "数"], [["=1+1", when, 7], ["#N/A", None, 1.5], ["a\x0bb", when, 0]])]
    )
    sheet = openpyxl.load_workbook(out).worksheets[0]
    cells = [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows(min_row=2, max_col=1)]
    assert cells == [[("=1+1", "s")], [("#N/A", "s")], [("ab", "s")]]
    assert sheet["B2"].value == datetime.datetime(2024, 1, 5, 10, 20)
    assert sheet["C2"].value == 7
    assert sheet.title == "明细 1"


@pytest.mark.skipif(not DATA.exists(), reason="the shared messages are not here")
def test_real_messages_are_read_without_loss() -> None:
    file = DATA / "intake_unlabelled.csv"
    book = read(file, wanted={"title": ["留言主题"], "text": ["留言详情"], "at": ["留言时间"]})
    with file.open(encoding="utf-8-sig", newline="") as plain:
        expected = [record["留言详情"] for record in csv.DictReader(plain)]
    assert len(expected) == 2801
    assert [row.values[4] for row in book.sheets[0].rows] == expected
