"""The table of a roster, in Excel or CSV: what stands in it, each value with its place; and an empty one to fill in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.core import signing
from django.utils.translation import gettext as _

from tongxin.documents import tables, writing

#: field -> the column names it is known by; the first is the one of the template.
COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("姓名", "委员姓名", "名字", "name"),
    "sex": ("性别", "sex", "gender"),
    "ethnicity": ("民族", "ethnicity"),
    "party": ("党派", "政治面貌", "所属党派", "party"),
    "sector": ("界别", "所属界别", "sector"),
    "committee": ("专委会", "所属专委会", "专门委员会", "committee"),
    "duty": ("职务", "政协职务", "委员职务", "duty"),
    "employer": ("工作单位", "单位", "单位名称", "employer", "work unit"),
    "title": ("单位职务", "行政职务", "工作职务", "职务职称", "position", "title"),
    "phone": ("手机", "手机号", "手机号码", "联系电话", "电话", "联系方式", "phone", "mobile"),
    "birth": ("出生日期", "出生年月日", "生日", "出生年月", "date of birth", "birth"),
    "education": ("学历", "文化程度", "education"),
    "number": ("委员编号", "委员证号", "编号", "member number"),
    "is_entrepreneur": ("是否企业家", "企业家", "企业家委员", "entrepreneur"),
    "since_on": ("任职日期", "任委员日期", "增补日期", "member since"),
    "expertise": ("专长", "特长", "expertise"),
    "interests": ("关注领域", "关注重点", "关注方向", "concerned with"),
}
NEEDED = ("name", "sector")
#: What the template says behind a column's name; the reader passes over what stands in brackets.
HINTS: dict[str, str] = {
    "name": "必填",
    "sector": "必填",
    "duty": "主席、副主席、秘书长、常委或委员",
    "birth": "如 1980-01-05",
    "is_entrepreneur": "是或否",
    "since_on": "如 2022-01-10",
}

_SALT = "people.roster"
_VALID_SECONDS = 6 * 3600


@dataclass(frozen=True)
class Line:
    """One row of the table: field -> text, and field -> (column letter, column name)."""

    sheet: str
    row: int
    values: dict[str, str]
    places: dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Reading:
    """What was found in a file: its rows, remarks about what is not used, and columns that had to be there."""

    lines: list[Line]
    remarks: list[str]
    missing: list[tuple[str, str]]  # (sheet, column)


def read(source: bytes | Path | BinaryIO, name: str = "CSV") -> Reading:
    """The rows of a roster. Raises `tables.TableError` for what is no table."""
    book = tables.read(source, wanted=COLUMNS, name=name)
    reading = Reading([], [], [])
    for title in book.ignored:
        reading.remarks.append(_("The sheet “%(name)s” holds no roster and is left out.") % {"name": title})
    for sheet in book.sheets:
        _read_sheet(sheet, reading)
    return reading


def _read_sheet(sheet: tables.Sheet, into: Reading) -> None:
    mapping = tables.guess_mapping(sheet.header, COLUMNS)
    into.missing.extend((sheet.name, COLUMNS[name][0]) for name in NEEDED if name in mapping.missing)
    for header in mapping.unmatched:
        into.remarks.append(_("%(sheet)s: the column “%(name)s” is not used.") % {"sheet": sheet.name, "name": header})
    nameless = []
    for row in sheet.rows:
        cells = row.pick(mapping)
        if not any(cells[name].text for name in cells if name in ("name", "phone", "number")):
            nameless.append(str(row.number))  # a sum, a remark, a row that a merged cell reaches into
            continue
        values = {name: cell.text for name, cell in cells.items()}
        places = {name: (cell.column, cell.header) for name, cell in cells.items()}
        into.lines.append(Line(sheet.name, row.number, values, places))
    if nameless and "name" in mapping.columns:
        sentence = _("%(sheet)s: without name, number and telephone, and left out: row %(rows)s.")
        into.remarks.append(sentence % {"sheet": sheet.name, "rows": "、".join(nameless)})


def pack(reading: Reading) -> str:
    """The rows as a signed text that a page can carry from the dry run to the confirmation; nothing lies about."""
    content = [[line.sheet, line.row, line.values, line.places] for line in reading.lines]
    return signing.dumps([content, reading.remarks, reading.missing], salt=_SALT, compress=True)


def unpack(text: str) -> Reading:
    """What `pack` packed. Raises `signing.BadSignature` when it was changed or is older than six hours."""
    content, remarks, missing = signing.loads(text, salt=_SALT, max_age=_VALID_SECONDS)
    lines = [
        Line(sheet, row, values, {name: (column, header) for name, (column, header) in places.items()})
        for sheet, row, values, places in content
    ]
    return Reading(lines, remarks, [(sheet, column) for sheet, column in missing])


def template(out: BinaryIO) -> None:
    """Write an empty roster to be filled in, as .xlsx."""
    header = [f"{names[0]}（{HINTS[name]}）" if name in HINTS else names[0] for name, names in COLUMNS.items()]
    writing.write_xlsx(out, [("委员名册", header, [])])
