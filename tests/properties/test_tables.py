"""Tables survive the way out and back in, in every encoding; anything else is refused in words."""

import contextlib
import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongxin.documents.columns import guess_mapping
from tongxin.documents.tables import Cell, TableError, column_letter, read
from tongxin.documents.writing import clean, csv_lines, neutral, restore, write_xlsx

# \r alone counts as the end of a line when a CSV goes through other hands, and so cannot be promised.
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff\ufeff"), max_size=40)
CELLS = st.one_of(TEXT, st.tuples(st.sampled_from("=+-@'\t\n＝"), TEXT).map("".join))
TABLE = st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=8)


@given(st.text())
def test_neutral_and_restore(text: str) -> None:
    assert restore(neutral(text)) == text
    assert not neutral(text).startswith(tuple("=+-@\t\r\n＝＋－＠"))


@given(TABLE)
@settings(max_examples=60, deadline=None)
def test_csv_round_trip(rows: list[list[str]]) -> None:
    book = read(b"".join(csv_lines(["甲", "乙", "丙"], rows)))
    kept = [row for row in rows if any(value.strip() for value in row)]
    assert [list(row.values) for row in book.sheets[0].rows] == kept


@given(TABLE)
@settings(max_examples=30, deadline=None)
def test_xlsx_round_trip(rows: list[list[str]]) -> None:
    out = io.BytesIO()
    write_xlsx(out, [("表", ["甲", "乙", "丙"], rows)])
    book = read(out.getvalue())
    # A cell of nothing but white space is an empty one to spreadsheets.
    kept = [[value if value.strip() else "" for value in row] for row in rows if any(value.strip() for value in row)]
    read_back = [[row[i].value if str(row[i].value).strip() else "" for i in range(3)] for row in book.sheets[0].rows]
    assert read_back == kept


@given(
    st.lists(st.tuples(st.sampled_from("路灯小区停车张三李四"), st.text("abc路灯,;\t\n\"'", max_size=9)), min_size=1),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    st.sampled_from(",;\t"),
)
@settings(max_examples=80, deadline=None)
def test_every_encoding_and_delimiter(rows: list[tuple[str, str]], encoding: str, delimiter: str) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([("留言主题", "详情"), *rows])
    book = read(out.getvalue().encode(encoding), wanted={"title": ["留言主题"], "text": ["详情"]})
    assert [tuple(restore(value) for value in row) for row in rows] == [
        tuple(row.values) for row in book.sheets[0].rows
    ]


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_refused(data: bytes) -> None:
    for start in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe"):
        with contextlib.suppress(TableError):
            assert read(start + data).sheets


@given(st.integers(0, 20000))
def test_column_letters_count_up(index: int) -> None:
    number = 0
    for letter in column_letter(index):
        number = number * 26 + ord(letter) - 64
    assert number == index + 1


@given(st.permutations(["姓名", "手机号码", "界别", "备注"]))
def test_mapping_finds_columns_in_any_order(header: list[str]) -> None:
    dressed = [f" {name}（必填）*" for name in header]
    mapping = guess_mapping(
        dressed, {"name": ["姓名"], "phone": ["手机", "电话"], "sector": ["界别"], "unit": ["单位"]}
    )
    assert {field: header[index] for field, index in mapping.columns.items()} == {
        "name": "姓名",
        "phone": "手机号码",
        "sector": "界别",
    }
    assert mapping.missing == ["unit"]
    assert mapping.unmatched == [" 备注（必填）*"]


@given(st.text())
def test_clean_removes_nothing_else(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert [c for c in text if c >= " " and c not in "\ufffe\uffff"] == [c for c in cleaned if c >= " "]


def test_an_exact_name_beats_a_longer_one() -> None:
    mapping = guess_mapping(["联系人电话", "电话", "联系人"], {"phone": ["电话"], "name": ["联系人"]})
    assert mapping.columns == {"phone": 1, "name": 2}


@pytest.mark.parametrize(
    ("value", "text"), [(13912342261.0, "13912342261"), (1.5, "1.5"), (" a ", "a"), (True, "True")]
)
def test_cell_text(value: object, text: str) -> None:
    assert Cell(value, "表", 2, "A", "电话").text == text  # type: ignore[arg-type]
