"""Tables written as CSV and Excel so that nothing in them is taken for a formula."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

# Excel takes text with such a beginning for a formula, in Chinese and Japanese locales the wide signs as well.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
# What XML cannot hold, and no table should.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")


def neutral(text: str) -> str:
    """`text` for a CSV cell: an apostrophe before what a spreadsheet would calculate. `restore` is its inverse."""
    return "'" + text if _FORMULA.match(text) else text


def restore(text: str) -> str:
    """`text` as it was before `neutral`."""
    return text[1:] if _ESCAPED.match(text) else text


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The lines of a CSV in UTF-8 with the mark by which Excel knows it, for a file or a streamed answer.

    Text that begins like a formula gets an apostrophe; numbers stay numbers; dates are ISO; None is empty.
    """
    line = io.StringIO(newline="")
    writer = csv.writer(line)
    yield b"\xef\xbb\xbf"
    for row in _with_header(header, rows):
        writer.writerow([_csv_value(value) for value in row])
        yield line.getvalue().encode()
        line.seek(0)
        line.truncate()


def write_xlsx(out: IO[bytes], sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[object]]]]) -> None:
    """Writes a workbook of (name, header, rows); the header row is bold and stays in sight.

    Text is always stored as text. Aware times are written as the clock time they carry: localise them before.
    """
    book = Workbook(write_only=True)
    for name, header, rows in sheets:
        sheet = book.create_sheet(_SHEET_NAME.sub(" ", clean(name)).strip(" '")[:31] or "1")
        sheet.freeze_panes = "A2"
        sheet.append([_xlsx_cell(sheet, title, bold=True) for title in header])
        for row in rows:
            sheet.append([_xlsx_cell(sheet, value) for value in row])
    book.save(out)


def clean(text: str) -> str:
    """`text` without the control characters that no table can hold."""
    return _ILLEGAL.sub("", text)


def _with_header(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    yield header
    yield from rows


def _csv_value(value: object) -> object:
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    return neutral(clean(str(value)))


def _xlsx_cell(sheet: Any, value: Any, bold: bool = False) -> Any:
    if isinstance(value, datetime):
        value = value.replace(tzinfo=None)
    if value is None or isinstance(value, int | float | date):
        return WriteOnlyCell(sheet, value)  # type: ignore[arg-type]  # its stubs know no int, date, None
    cell = WriteOnlyCell(sheet, clean(str(value)))
    cell.data_type = "s"  # never a formula or an error literal, whatever it looks like
    if bold:
        cell.font = Font(bold=True)
    return cell
