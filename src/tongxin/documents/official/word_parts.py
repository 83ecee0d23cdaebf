"""Paragraphs, runs and styles as WordprocessingML wants them: the order of elements is part of the format."""

import re
from collections.abc import Mapping
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from tongxin.documents.official import geometry
from tongxin.documents.official.geometry import Fonts
from tongxin.documents.writing import clean

Attributes = Mapping[str, object]

# Style ids; their names, which people see in Word, stand in `styles`.
NORMAL, BODY, TITLE, ADDRESSEE = "Normal", "GwBody", "GwTitle", "GwAddressee"
MARK, NAME, NUMBER_LINE, RED_LINE, STAR_LINE = "GwMark", "GwName", "GwNumber", "GwRedLine", "GwStarLine"
CELL, CELL_LABEL, COLOPHON, PAGE_NUMBER = "GwCell", "GwLabel", "GwColophon", "GwPageNumber"
LEVELS = (BODY, "GwLevel1", "GwLevel2", "GwLevel3", "GwLevel4")

_WHITE = re.compile(r"[ \t\r\n\u00a0]+")


def element(tag: str, attributes: Attributes | None = None, *children: Any) -> Any:
    """A `w:` element with `w:` attributes; None among the children is left out."""
    made = OxmlElement(f"w:{tag}")
    for name, value in (attributes or {}).items():
        made.set(qn(f"w:{name}"), str(value))
    for child in children:
        if child is not None:
            made.append(child)
    return made


def run(text: str, *properties: Any) -> Any:
    """A run; quotation marks, dashes and dots in it are set from the Chinese font."""
    piece = element("t", None)
    piece.text = _WHITE.sub(" ", clean(text))
    piece.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return element("r", None, element("rPr", None, *(properties or [hint()])), piece)


def hint() -> Any:
    return element("rFonts", {"hint": "eastAsia"})


def fonts(names: tuple[str, ...]) -> Any:
    """The font of a run or style for Chinese and Latin alike, as offices set papers."""
    first = names[0]
    return element("rFonts", {"hint": "eastAsia", "ascii": first, "hAnsi": first, "eastAsia": first, "cs": first})


def tab() -> Any:
    return element("r", None, element("tab"))


def paragraph(
    style: str,
    *runs: Any,
    keep: bool = False,
    before: int | None = None,
    line: int | None = None,
    indent: Attributes | None = None,
    stop: int | None = None,
    jc: str | None = None,
    frame: Attributes | None = None,
    border: Any = None,
) -> Any:
    """A paragraph of a style. `keep` binds it to the next one; `before` is extra space and `line` another
    height of the lines; `stop` is a tab stop from which text runs to the left. All in twips. A `frame` takes it
    out of the text to a place on the page."""
    properties = element(
        "pPr",
        None,
        element("pStyle", {"val": style}),
        element("keepNext") if keep else None,
        element("framePr", frame) if frame else None,
        element("pBdr", None, border) if border is not None else None,
        element("tabs", None, element("tab", {"val": "right", "pos": stop})) if stop is not None else None,
        _spacing(before, line),
        element("ind", indent) if indent else None,
        element("jc", {"val": jc}) if jc else None,
    )
    return element("p", None, properties, *runs)


def _spacing(before: int | None, line: int | None) -> Any:
    attributes: dict[str, object] = {}
    if before is not None:
        attributes["before"] = max(0, before)
    if line is not None:
        attributes |= {"line": line, "lineRule": "exact"}
    return element("spacing", attributes) if attributes else None


def indent_right(count: float) -> dict[str, object]:
    """Attributes of an indent of so many characters from the right: by characters for Word, by twips for others."""
    return {"rightChars": round(count * 100), "right": geometry.characters(count)}


def styles(names: Fonts) -> list[Any]:
    """Every style a paper uses, defaults first."""
    body, line = geometry.BODY_POINTS, geometry.LINE_TWIPS
    two = {"firstLineChars": 200, "firstLine": geometry.characters(2)}
    return [
        _defaults(names),
        _style(NORMAL, "Normal", names.body, body, line, jc="both", default=True),
        _style(BODY, "公文正文", names.body, body, line, indent=two),
        _style(LEVELS[1], "公文一级标题", names.black, body, line, indent=two, outline=0, keep=True),
        _style(LEVELS[2], "公文二级标题", names.script, body, line, indent=two, outline=1, keep=True),
        _style(LEVELS[3], "公文三级标题", names.body, body, line, indent=two, outline=2),
        _style(LEVELS[4], "公文四级标题", names.body, body, line, indent=two, outline=3),
        _style(TITLE, "公文标题", names.title, geometry.TITLE_POINTS, line, jc="center", keep=True),
        _style(NAME, "公文机关标志", names.title, body, line, jc="center", red=True),
        _style(NUMBER_LINE, "公文字号", names.body, body, line, jc="center"),
        _style(RED_LINE, "公文字号与红线", names.body, body, line, jc="center", ruled=True),
        # Before the star the line ends sooner, for the star takes room of its own above the red line.
        _style(STAR_LINE, "公文字号与星", names.body, body, line - 200, jc="center", before=200),
        _style(MARK, "公文密级", names.black, body, line),
        _style(ADDRESSEE, "公文主送", names.body, body, line),
        _style(CELL, "公文表格", names.body, geometry.SMALL_POINTS, 480, jc="left"),
        _style(CELL_LABEL, "公文表头", names.black, geometry.SMALL_POINTS, 480, jc="center"),
        _style(COLOPHON, "公文版记", names.body, geometry.SMALL_POINTS, 480, jc="left"),
        _style(PAGE_NUMBER, "公文页码", names.number, geometry.SMALL_POINTS, 280, jc="left"),
    ]


def _defaults(names: Fonts) -> Any:
    size = geometry.BODY_POINTS * 2
    properties = element(
        "rPr",
        None,
        fonts(names.body),
        element("sz", {"val": size}),
        element("szCs", {"val": size}),
        element("lang", {"val": "en-US", "eastAsia": "zh-CN", "bidi": "ar-SA"}),
    )
    return element("docDefaults", None, element("rPrDefault", None, properties), element("pPrDefault"))


def _style(
    name_id: str,
    name: str,
    face: tuple[str, ...],
    points: int,
    line: int,
    *,
    jc: str | None = None,
    indent: Attributes | None = None,
    outline: int | None = None,
    keep: bool = False,
    red: bool = False,
    ruled: bool = False,
    default: bool = False,
    before: int = 0,
) -> Any:
    """A paragraph style: its lines exactly `line` twips high, so that 22 of the body's fill a page."""
    red_line = {"val": "single", "sz": 16, "space": 5, "color": geometry.RED}
    paragraph_properties = element(
        "pPr",
        None,
        element("keepNext") if keep else None,
        element("widowControl", {"val": 0}) if default else None,
        element("pBdr", None, element("bottom", red_line)) if ruled else None,
        element("overflowPunct", {"val": 0}) if default else None,  # no mark beyond the text block
        # No space between Chinese and digits: every character keeps its place in the grid.
        element("autoSpaceDE", {"val": 0}) if default else None,
        element("autoSpaceDN", {"val": 0}) if default else None,
        element("snapToGrid", {"val": 0}) if default else None,  # see BODY_SPACING_TWIPS
        element("spacing", {"before": before, "after": 0, "line": line, "lineRule": "exact"}),
        element("ind", indent) if indent else None,
        element("jc", {"val": jc}) if jc else None,
        element("outlineLvl", {"val": outline}) if outline is not None else None,
    )
    run_properties = element(
        "rPr",
        None,
        fonts(face),
        element("color", {"val": geometry.RED}) if red else None,
        element("spacing", {"val": geometry.BODY_SPACING_TWIPS if points == geometry.BODY_POINTS else 0}),
        element("sz", {"val": points * 2}),
        element("szCs", {"val": points * 2}),
    )
    attributes = {"type": "paragraph", "styleId": name_id, **({"default": 1} if default else {"customStyle": 1})}
    return element(
        "style",
        attributes,
        element("name", {"val": name}),
        None if default else element("basedOn", {"val": NORMAL}),
        element("qFormat"),
        paragraph_properties,
        run_properties,
    )
