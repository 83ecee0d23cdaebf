"""Tables of a paper: those of the body, the red line with its star, and the colophon at the foot of the last page."""

from typing import Any

from tongxin.documents.official import geometry, measure
from tongxin.documents.official.content import Colophon, Table, written
from tongxin.documents.official.word_parts import (
    CELL,
    CELL_LABEL,
    COLOPHON,
    NAME,
    element,
    hint,
    paragraph,
    run,
    tab,
)

WIDTH = geometry.BLOCK_TWIPS[0]
# Eighths of a point: 0.35 mm and 0.25 mm (§7.4), rounded to what Word offers.
THICK, THIN, GRID = 8, 6, 4
LINE = 480


def body_table(table: Table) -> Any:
    """A table as wide as the text block, its header repeated on every page."""
    widths = table.widths(WIDTH)
    rows = []
    for i, cells in enumerate(table.filled()):
        keep = table.small and i + 1 < len(table.rows)
        made = []
        for j, text in enumerate(cells):
            span = table.span(cells, j)
            made.append(_cell(text, sum(widths[j : j + span]), table.is_label(i, j), keep, span))
        height = {"val": LINE * table.height(i), "hRule": "atLeast"}
        rows.append(
            element(
                "tr",
                None,
                element(
                    "trPr",
                    None,
                    element("cantSplit"),
                    element("trHeight", height),
                    element("tblHeader") if table.header and i == 0 else None,
                ),
                *made,
            )
        )
    borders = {side: GRID for side in ("top", "left", "bottom", "right", "insideH", "insideV")}
    return _table(widths, borders, rows, margin=100)


def _cell(text: str, width: int, label: bool, keep: bool, span: int) -> Any:
    style = CELL_LABEL if label else CELL
    lines = [line for line in text.splitlines() if line.strip()] or [""]
    return element(
        "tc",
        None,
        element(
            "tcPr",
            None,
            element("tcW", {"w": width, "type": "dxa"}),
            element("gridSpan", {"val": span}) if span > 1 else None,
            element("vAlign", {"val": "center"}),
        ),
        *(paragraph(style, run(line), keep=keep) for line in lines),
    )


def _table(widths: list[int], borders: dict[str, int], rows: list[Any], *, margin: int, place: Any = None) -> Any:
    lines = {
        side: element(side, {"val": "single", "sz": size, "space": 0, "color": "000000"})
        for side, size in borders.items()
    }
    properties = element(
        "tblPr",
        None,
        place,
        element("tblOverlap", {"val": "never"}) if place is not None else None,
        element("tblW", {"w": sum(widths), "type": "dxa"}),
        element("tblInd", {"w": 0, "type": "dxa"}) if place is None else None,
        element("tblBorders", None, *lines.values()),
        element("tblLayout", {"type": "fixed"}),
        element(
            "tblCellMar",
            None,
            element("left", {"w": margin, "type": "dxa"}),
            element("right", {"w": margin, "type": "dxa"}),
        ),
    )
    grid = element("tblGrid", None, *(element("gridCol", {"w": width}) for width in widths))
    return element("tbl", None, properties, grid, *rows)


def star_line() -> Any:
    """The red line with ★ in its middle: two lines beside a cell that spans both their rows."""
    middle = geometry.characters(2)
    side = (WIDTH - middle) // 2
    red = {"val": "single", "sz": 16, "space": 0, "color": geometry.RED}

    def line(first: bool) -> Any:
        return element("tcBorders", None, element("bottom", red)) if first else None

    def row(first: bool) -> Any:
        merge = element("vMerge", {"val": "restart"} if first else None)
        star = run("★", hint(), element("sz", {"val": 36})) if first else None
        cells = [
            element(
                "tc",
                None,
                element("tcPr", None, element("tcW", {"w": width, "type": "dxa"}), *properties),
                element("p", None, _tight(), text),
            )
            for width, properties, text in (
                (side, (line(first),), None),
                (middle, (merge, element("vAlign", {"val": "center"})), star),
                (side, (line(first),), None),
            )
        ]
        height = element("trPr", None, element("trHeight", {"val": 180, "hRule": "exact"}))
        return element("tr", None, height, *cells)

    return _table([side, middle, side], {}, [row(True), row(False)], margin=0)


def _tight() -> Any:
    return element(
        "pPr", None, element("pStyle", {"val": NAME}), element("spacing", {"line": 360, "lineRule": "exact"})
    )


def colophon(content: Colophon, *, ruled: bool = True) -> Any:
    """版记: a table that floats to the foot of the page its anchor, the paragraph after it, comes to stand on.

    That of a letter has no lines (§10.1)."""
    rows = [_line(row) for row in _colophon_rows(content)]
    borders = {"top": THICK, "bottom": THICK, "insideH": THIN} if ruled else {}
    place = element(
        "tblpPr",
        {
            "leftFromText": 0,
            "rightFromText": 0,
            "vertAnchor": "margin",
            "horzAnchor": "page",  # counted from the margin, LibreOffice would not let a table of full width float
            "tblpX": geometry.MARGINS_TWIPS["left"],
            "tblpYSpec": "bottom",
        },
    )
    return _table([WIDTH], borders, rows, margin=0, place=place)


def _line(content: Any) -> Any:
    cell = element("tc", None, element("tcPr", None, element("tcW", {"w": WIDTH, "type": "dxa"})), content)
    return element("tr", None, element("trPr", None, element("cantSplit")), cell)


def _colophon_rows(content: Colophon) -> list[Any]:
    one = geometry.characters(1)
    rows = []
    for label, recipients in content.sent:
        hang = round(measure.width(f"{label}：") * geometry.SMALL_POINTS * 20)
        indent = {"left": one + hang, "right": one, "hanging": hang}
        rows.append(paragraph(COLOPHON, run(f"{label}：{recipients}"), indent=indent))
    edges = {"left": one, "right": one}
    if content.hands:
        rows.append(paragraph(COLOPHON, run(measure.side_by_side(content.hands)), indent=edges))
    if content.printer or content.printed_on:
        day = f"{written(content.printed_on)}印发" if content.printed_on else ""
        rows.append(paragraph(COLOPHON, run(content.printer), tab(), run(day), indent=edges, stop=WIDTH - one))
    if content.copies:
        rows.append(paragraph(COLOPHON, tab(), run(f"（共印{content.copies}份）"), indent=edges, stop=WIDTH - one))
    return rows
