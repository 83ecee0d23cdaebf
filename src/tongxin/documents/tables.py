"""Tables read from CSV and Excel, every value knowing where it stood so that an error can name the place.

`read` is the entrance. What cannot be read is refused with a `TableError` whose sentence says what to do.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path, PurePath
from typing import BinaryIO

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from tongxin.documents.columns import ColumnMapping, Wanted, find_header, guess_mapping
from tongxin.documents.dates import parse_date
from tongxin.documents.problems import MESSAGES, DateError, Problem, TableError
from tongxin.documents.writing import restore

__all__ = [
    "MESSAGES",
    "Book",
    "Cell",
    "ColumnMapping",
    "DateError",
    "Problem",
    "Row",
    "Sheet",
    "TableError",
    "Value",
    "Wanted",
    "column_letter",
    "guess_mapping",
    "parse_date",
    "read",
]

Value = str | int | float | bool | date | datetime | time | timedelta

MAX_ROWS, MAX_COLUMNS = 200_000, 500
MAX_CELLS = 6_000_000
MAX_UNPACKED = 256 * 1024 * 1024

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NO_TABLES = (".jpg", ".jpeg", ".png", ".gif", ".heic", ".pdf", ".doc", ".docx", ".ppt", ".pptx", ".zip", ".exe")
_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_CELL_PLACE = re.compile(rb"<(?:\w+:)?c\b[^>]*?\sr\s*=\s*[\"']([A-Z]{1,3})(\d+)[\"'][^>]*(?<!/)>")
_CELL_NO_PLACE = re.compile(rb"<(?:\w+:)?c(?:\s+(?!r\s*=)\w+\s*=\s*[\"'][^\"']*[\"'])*\s*>")
_ROW_PLACE = re.compile(rb"<(?:\w+:)?row\b[^>]*?\sr\s*=\s*[\"'](\d+)[\"'][^>]*(?<!/)>")

csv.field_size_limit(1_000_000)


@dataclass(frozen=True, slots=True)
class Cell:
    """One value and where it stands: sheet name, row as Excel counts it, column letter and column name."""

    value: Value
    sheet: str
    row: int
    column: str
    header: str

    @property
    def text(self) -> str:
        """The value as text: whole numbers without ".0", dates in ISO form; outer white space gone."""
        return as_text(self.value).strip()


@dataclass(frozen=True, slots=True)
class Row:
    """One row with something in it. `number` is the row as Excel counts it, from 1."""

    sheet: "Sheet"
    number: int
    values: Sequence[Value]

    def __getitem__(self, index: int) -> Cell:
        """The cell in column `index` (from 0); beyond the end of a short row an empty one."""
        value = self.values[index] if index < len(self.values) else ""
        header = self.sheet.header[index] if index < len(self.sheet.header) else ""
        return Cell(value, self.sheet.name, self.number, column_letter(index), header)

    def pick(self, mapping: ColumnMapping) -> dict[str, Cell]:
        """The mapped fields of this row."""
        return {name: self[index] for name, index in mapping.columns.items()}


@dataclass
class Sheet:
    """A table: its column names, the row they stand in, and the rows below that hold something of their own."""

    name: str
    header: list[str]
    header_row: int
    rows: list[Row] = field(default_factory=list, repr=False)


@dataclass
class Book:
    """What a file holds: its tables, and the names of sheets passed over because they hold no wanted column."""

    sheets: list[Sheet]
    ignored: list[str]


def read(source: bytes | Path | BinaryIO, *, wanted: Wanted | None = None, name: str = "CSV") -> Book:
    """Reads a CSV (UTF-8, GB18030, UTF-16 with mark; comma, semicolon or tab) or an Excel file, known by content.

    With `wanted` (field -> known column names) the header may stand in any of the first 10 rows and sheets without a
    wanted column are ignored; without, the first row that is not empty is the header. `name` is what a CSV, which has
    no sheet, is called in errors; one called like a picture or a text is told to be no table. Raises `TableError`.
    """
    data = _bytes(source)
    if not data.strip():
        raise TableError("empty")
    grids = _excel(data) if data.startswith((b"PK\x03\x04", _OLE)) else [(name, *_csv(data, wanted))]
    sheets, ignored = [], []
    for title, grid, own in grids:
        sheet = _sheet(title, grid, own, wanted)
        if sheet:
            sheets.append(sheet)
        elif any(own):
            ignored.append(title)
    if not sheets:
        if not ignored:
            raise TableError("empty")
        if PurePath(name).suffix.lower() in _NO_TABLES:
            raise TableError("not_a_table")
        expected = "、".join(next(filter(None, names), key) for key, names in (wanted or {}).items())
        raise TableError("no_header", wanted=expected)
    return Book(sheets, ignored)


def as_text(value: Value | None) -> str:
    """A cell's value as a person would write it."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return "" if value is None else str(value)


def column_letter(index: int) -> str:
    """Excel's name of column `index` (from 0): A … Z, AA …"""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _bytes(source: bytes | Path | BinaryIO) -> bytes:
    if isinstance(source, bytes):
        return source
    return source.read_bytes() if isinstance(source, Path) else source.read()


def _sheet(name: str, grid: list[list[Value]], own: list[bool], wanted: Wanted | None) -> Sheet | None:
    """The grid as a table; None when it is empty or holds no wanted column. `own` tells which rows hold a value of
    their own, not only one that a merged area lends them."""
    first = next((i for i, filled in enumerate(own) if filled), None)
    if first is None:
        return None
    top = first
    if wanted:
        offset, found = find_header([[as_text(v) for v in row] for row in grid[first : first + 10]], wanted)
        if not found:
            return None
        top = first + offset
    sheet = Sheet(name, [" ".join(as_text(v).split()) for v in grid[top]], top + 1)
    sheet.rows = [Row(sheet, i + 1, grid[i]) for i in range(top + 1, len(grid)) if own[i]]
    return sheet


# CSV


def _csv(data: bytes, wanted: Wanted | None) -> tuple[list[list[Value]], list[bool]]:
    text = _decode(data)
    if re.match(r"\s*<(!doctype|html|table|\?xml)", text, re.IGNORECASE):
        raise TableError("web_page")
    if _CONTROL.search(text) or text.startswith("%PDF"):
        raise TableError("not_a_table")
    delimiter = _delimiter(text)
    grid: list[list[Value]] = []
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            grid.append([restore(value) for value in record])
            if len(grid) > MAX_ROWS or len(record) > MAX_COLUMNS:
                raise TableError("too_large", rows=MAX_ROWS, columns=MAX_COLUMNS)
    except csv.Error:
        raise TableError("quotes", row=len(grid) + 1) from None
    return grid, _filled(grid)


def _decode(data: bytes) -> str:
    """UTF-16 by its mark, else UTF-8, else GB18030 (which holds GBK and GB2312)."""
    if data[:2] in _UTF16:
        try:
            return data[2:].decode(_UTF16[data[:2]])
        except UnicodeDecodeError:
            raise TableError("damaged") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if b"\0" in data:
            raise TableError("not_a_table") from None
        line = data[: error.start].count(b"\n") + 1
    # Almost any bytes are GB18030: what is UTF-8 but for a few broken characters must not turn into other words.
    lenient = data.decode("utf-8", errors="replace")
    broken, foreign = lenient.count("\ufffd"), sum(character > "\x7f" for character in lenient)
    if broken * 10 < foreign:
        raise TableError("encoding", line=line)
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise TableError("encoding", line=data[: error.start].count(b"\n") + 1) from None


def _delimiter(text: str) -> str:
    """The delimiter that splits the first dividable one of the first ten records into most columns."""
    readers = {mark: csv.reader(io.StringIO(text[:65536], newline=""), delimiter=mark) for mark in ",;\t"}
    for _ in range(10):
        try:
            widths = {mark: len(next(reader, [])) for mark, reader in readers.items()}
        except csv.Error:
            break
        best = max(widths, key=lambda mark: widths[mark])
        if widths[best] > 1:
            return best
    return ","


# Excel


def _excel(data: bytes) -> list[tuple[str, list[list[Value]], list[bool]]]:
    if data.startswith(b"PK"):
        _check_package(data)
    elif "EncryptedPackage".encode("utf-16-le") in data:
        raise TableError("encrypted")
    elif not any(stream.encode("utf-16-le") in data for stream in ("Workbook", "Book")):
        raise TableError("not_a_table")
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            shown = [
                meta.name
                for meta in book.sheets_metadata
                if meta.typ == SheetTypeEnum.WorkSheet and meta.visible == SheetVisibleEnum.Visible
            ]
            return [(name, *_grid(book.get_sheet_by_name(name))) for name in shown]
    except (TableError, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except PasswordError:
        raise TableError("encrypted") from None
    except BaseException as error:  # a panic of the reader on a damaged file is no Exception
        raise TableError("damaged") from error


def _check_package(data: bytes) -> None:
    """Refuses what is no workbook, or would unpack to more than memory should hold.

    The reader lays out a dense grid from the first to the last filled cell; a single cell in the last corner would
    take hundreds of gigabytes. So the places are looked at before it runs.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            if "xl/workbook.xml" not in {entry.filename for entry in entries}:
                raise TableError("other_format" if _is_table_like(entries) else "not_a_table")
            if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
                raise TableError("too_large", rows=MAX_ROWS, columns=MAX_COLUMNS)
            for entry in entries:
                _check_extent(package.read(entry))
    except TableError:
        raise
    except Exception as error:  # zipfile raises many kinds on a broken or encrypted package
        raise TableError("damaged") from error


def _is_table_like(entries: list[zipfile.ZipInfo]) -> bool:
    return any(entry.filename in ("xl/workbook.bin", "content.xml", "Index/Document.iwa") for entry in entries)


def _check_extent(part: bytes) -> None:
    """Raises when the filled cells of one part of the package stretch too far."""
    rows = columns = 0
    for letters, number in _CELL_PLACE.findall(part):
        rows, columns = max(rows, int(number)), max(columns, _column_number(letters))
    if _CELL_NO_PLACE.search(part):  # cells without a place stand in the place of their row
        rows = max(rows, *(int(number) for number in _ROW_PLACE.findall(part)), 0)
    _check_size(rows, columns)


def _check_size(rows: int, columns: int) -> None:
    if rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
        raise TableError("too_large", rows=MAX_ROWS, columns=MAX_COLUMNS)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _grid(sheet: CalamineSheet) -> tuple[list[list[Value]], list[bool]]:
    if sheet.end is None:
        return [], []
    _check_size(sheet.end[0] + 1, sheet.end[1] + 1)
    grid: list[list[Value]] = sheet.to_python(skip_empty_area=False)
    own = _filled(grid)
    for row, column, value in _lent(grid, sheet.merged_cell_ranges or []):
        grid[row][column] = value
    return grid, own


def _lent(
    grid: list[list[Value]], areas: list[tuple[tuple[int, int], tuple[int, int]]]
) -> Iterator[tuple[int, int, Value]]:
    """What merged areas lend to the rows they cover, in their first column; areas never overlap in a real workbook,
    so a crafted one that claims more places than there are rows and columns is cut short."""
    budget = len(grid) * max(map(len, grid), default=0)
    for (top, column), (bottom, _right) in areas:
        if top >= len(grid) or column >= len(grid[top]) or grid[top][column] == "":
            continue
        for row in range(top + 1, min(bottom + 1, len(grid), top + 1 + budget)):
            budget -= 1
            yield row, column, grid[top][column]


def _filled(grid: list[list[Value]]) -> list[bool]:
    return [any(as_text(value).strip() for value in row) for row in grid]
