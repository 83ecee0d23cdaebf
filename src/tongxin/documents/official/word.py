"""A paper as a Word file, laid out by GB/T 9704-2012."""

import io
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, time
from typing import Any

import docx
from docx.document import Document
from docx.opc.part import Part
from lxml import etree

from tongxin.documents.official import geometry, measure, word_tables
from tongxin.documents.official.content import (
    Head,
    Paper,
    Signature,
    Sort,
    Table,
    attachment_label,
    lines,
    plain_text,
    written,
)
from tongxin.documents.official.geometry import FONTS, Fonts
from tongxin.documents.official.word_parts import (
    ADDRESSEE,
    BODY,
    CELL_LABEL,
    LEVELS,
    MARK,
    NAME,
    NORMAL,
    NUMBER_LINE,
    PAGE_NUMBER,
    RED_LINE,
    STAR_LINE,
    TITLE,
    element,
    fonts,
    hint,
    indent_right,
    paragraph,
    run,
    styles,
    tab,
)
from tongxin.documents.writing import clean

WIDTH = geometry.BLOCK_TWIPS[0]
# Parts of python-docx's empty file, by their relations.
_NOT_NEEDED = {"stylesWithEffects", "customXml", "thumbnail", "numbering", "extended-properties"}


def to_word(paper: Paper, names: Fonts = FONTS) -> bytes:
    """The paper as a .docx. The same paper gives the same bytes, so that a checksum of it stays true."""
    document = docx.Document()
    _bare(document, names)
    body = document.element.body
    for block in _blocks(paper, names):
        body.insert(len(body) - 1, block)  # the last child holds the page's measures
    _page(document)
    _footers(document, first=paper.head.sort is not Sort.LETTER)
    _properties(document, paper)
    out = io.BytesIO()
    document.save(out)
    return _same_bytes(out.getvalue())


# The parts, from top to bottom


def _blocks(paper: Paper, names: Fonts) -> Iterator[Any]:
    if paper.head.sort is not Sort.PLAIN:
        letter = paper.head.sort is Sort.LETTER
        yield from _letter_head(paper.head, names) if letter else _head(paper.head, names)
        yield from (_empty(), _empty())
    yield from (paragraph(TITLE, run(line)) for line in measure.title_lines(paper.title, plain_text(paper.body)))
    yield _empty()
    if paper.addressee:
        yield paragraph(ADDRESSEE, run(paper.addressee.rstrip("：: ") + "："))
    yield from _body(paper)
    yield from _attachments(paper.attachments)
    if paper.signature:
        yield from _signature(paper.signature)
    if not paper.colophon.empty:
        yield word_tables.colophon(paper.colophon, ruled=paper.head.sort is not Sort.LETTER)
        yield _anchor()


def _empty(keep: bool = False) -> Any:
    return paragraph(NORMAL, keep=keep)


def _anchor() -> Any:
    """A paragraph a point high, so that it finds room wherever the text ends."""
    made = paragraph(NORMAL)
    made.pPr.append(element("spacing", {"line": 20, "lineRule": "exact"}))
    made.pPr.append(element("rPr", None, element("sz", {"val": 2})))
    return made


def _head(head: Head, names: Fonts) -> Iterator[Any]:
    """版头 down to the red line."""
    for mark in head.marks:  # the number of the copy in 仿宋, secrecy and urgency in 黑体 (§7.2.1–7.2.3)
        face = fonts(names.body) if mark == head.copy_number else hint()
        yield paragraph(MARK, run(mark, face))
    over = geometry.twips(geometry.NAME_DROP_MM[head.sort.value]) - len(head.marks) * geometry.LINE_TWIPS
    points, height = _name_size(head)
    yield paragraph(NAME, *_name_runs(head), before=over - (height - points * 20) // 2, line=height)
    yield from _under_the_name(head, names)


def _name_size(head: Head) -> tuple[int, int]:
    """The red name's size in points and the height of its line in twips."""
    points = measure.name_points(head.name)
    return points, round(points * 1.2) * 20


def _name_runs(head: Head) -> tuple[Any, Any]:
    points, _ = _name_size(head)
    size = element("sz", {"val": points * 2})
    apart = element("spacing", {"val": round(measure.name_spacing(head.name) * points * 20)})
    # No space after the last character, or the name stands off the middle.
    return run(head.name[:-1], hint(), apart, size), run(head.name[-1:], hint(), deepcopy(size))


def _letter_head(head: Head, names: Fonts) -> Iterator[Any]:
    """信函格式 (§10.1): name and lines in frames that stand on the first page, then marks left and the number right."""
    letter = geometry.LETTER
    points, height = _name_size(head)
    inner = (height - points * 20) // 2  # from the edge of the line to the characters
    place = {
        "w": geometry.twips(letter["width"]),
        "wrap": "notBeside",
        "vAnchor": "page",
        "hAnchor": "page",
        "xAlign": "center",
    }
    red = {"sz": 24, "color": geometry.RED}
    # From the characters' feet, which stand above the end of their line and a tenth of their size above their box.
    below = max(0, round((geometry.twips(letter["line_below_name"]) - inner) / 20 - points / 10))
    upper = element("bottom", {"val": "thickThinSmallGap", "space": below, **red})
    lower = element("bottom", {"val": "thinThickSmallGap", "space": 0, **red})
    at = geometry.twips(letter["name"]) - inner
    foot = geometry.twips(geometry.PAGE[1] - letter["line_above_foot"] - 2)  # the double line is some 2 mm high
    yield paragraph(NAME, *_name_runs(head), line=height, frame={**place, "y": at}, border=upper)
    yield paragraph(NAME, line=20, frame={**place, "y": foot}, border=lower)
    marks = [*head.marks, ""]
    for i, mark in enumerate(marks[: max(1, len(head.marks))]):
        number = [tab(), run(head.number, fonts(names.body))] if i == 0 else []
        yield paragraph(MARK if mark else NORMAL, run(mark), *number, stop=WIDTH, jc="left", before=0 if i else 180)


def _under_the_name(head: Head, names: Fonts) -> Iterator[Any]:
    """Number, organ and date, and the red line below them."""
    last = STAR_LINE if head.star else RED_LINE
    if head.sort is Sort.SHEET:
        yield _empty()
        yield paragraph(NUMBER_LINE, run(head.number))
        yield _two_ends(last, run(head.organ), run(written(head.date)) if head.date else None)
    else:
        yield from (_empty(), _empty())
        if head.signer:
            yield _two_ends(last, run(head.number), run("签发人："), run(head.signer, fonts(names.script)))
        else:
            yield paragraph(last, run(head.number))
    if head.star:
        yield word_tables.star_line()


def _two_ends(style: str, left: Any, *right: Any) -> Any:
    """Text at both ends of the line, a character from each edge. Not by indents: the red line would shrink with it."""
    return paragraph(style, run("　"), left, tab(), *right, stop=WIDTH - geometry.characters(1), jc="left")


def _body(paper: Paper) -> Iterator[Any]:
    content = list(lines(paper.body))
    for i, line in enumerate(content):
        if isinstance(line, Table):
            if line.caption:
                yield paragraph(CELL_LABEL, run(line.caption), keep=True)
            yield word_tables.body_table(line)
            if i + 1 == len(content) or isinstance(content[i + 1], Table):
                yield _anchor()  # Word joins two tables that nothing parts, and wants something after the last
        else:
            # The colophon too: it does not stand on a page without text.
            follows = paper.signature is not None or bool(paper.attachments) or not paper.colophon.empty
            keep = follows and 0 < i == len(content) - 1 and measure.width(line.text) <= measure.KEPT
            yield paragraph(LEVELS[line.level], run(line.text), keep=keep)


def _attachments(names: tuple[str, ...]) -> Iterator[Any]:
    """附件说明 (§7.3.4): a line below the text, two characters in, further lines under the name's first character."""
    if not names:
        return
    yield _empty(keep=True)
    for i, name in enumerate(names):
        label = attachment_label(i, len(names))
        left, hanging = 5 + (len(names) > 1), measure.width(label)
        indent = {
            "leftChars": left * 100,
            "left": geometry.characters(left),
            "hangingChars": round(hanging * 100),
            "hanging": geometry.characters(hanging),
        }
        yield paragraph(NORMAL, run(label + name), indent=indent, keep=True)


def _signature(signature: Signature) -> Iterator[Any]:
    yield from (_empty(keep=True), _empty(keep=True))
    organ, date = measure.signature_indents(signature)
    yield paragraph(NORMAL, run(signature.organ), indent=indent_right(organ), jc="right", keep=True)
    yield paragraph(NORMAL, run(written(signature.date)), indent=indent_right(date), jc="right")
    if signature.note:
        yield paragraph(BODY, run(f"（{signature.note.strip('（）()')}）"))


# The file around them


def _page(document: Document) -> None:
    """Paper size, margins and the grid of 22 lines of 28 characters."""
    section = document.element.body.sectPr
    for child in list(section):
        section.remove(child)
    width, height = geometry.PAGE_TWIPS
    section.append(element("pgSz", {"w": width, "h": height}))
    # The middle of the number's line, where its dashes are, stands 7 mm below the text block.
    footer = geometry.twips(geometry.BOTTOM - geometry.NUMBER_BELOW_BLOCK_MM) - geometry.SMALL_POINTS * 10
    section.append(
        element("pgMar", {**geometry.MARGINS_TWIPS, "header": geometry.twips(15), "footer": footer, "gutter": 0})
    )
    section.append(element("cols", {"space": 0}))
    section.append(
        element(
            "docGrid",
            {"type": "linesAndChars", "linePitch": geometry.LINE_TWIPS, "charSpace": geometry.CHARACTER_SPACE},
        )
    )


def _footers(document: Document, first: bool) -> None:
    """— 1 — outside: on odd pages a character from the right, on even ones a character from the left (§7.5); on the
    first page of a letter none."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    section.different_first_page_header_footer = not first
    one = geometry.characters(1)
    for footer, edge, jc in ((section.footer, "right", "right"), (section.even_page_footer, "left", "left")):
        footer.is_linked_to_previous = False
        root = footer._element
        for child in list(root):
            root.remove(child)
        field = element("fldSimple", {"instr": "PAGE"}, run("1"))
        root.append(paragraph(PAGE_NUMBER, run("— "), field, run(" —"), indent={edge: one}, jc=jc))


def _bare(document: Document, names: Fonts) -> None:
    """Takes out of the empty file what a paper does not need, and puts in the paper's styles, settings and fonts."""
    part = document.part
    for owner in (part, part.package):
        for key, relation in list(owner.rels.items()):
            if relation.reltype.rsplit("/", 1)[-1] in _NOT_NEEDED:
                del owner.rels[key]
            elif relation.reltype.endswith("/fontTable"):
                _font_table(relation.target_part, names)
    root = document.styles.element
    for child in list(root):
        root.remove(child)
    root.extend(styles(names))
    settings = document.settings.element
    for child in list(settings):
        settings.remove(child)
    mode = {"name": "compatibilityMode", "uri": "http://schemas.microsoft.com/office/word", "val": 15}
    settings.append(element("zoom", {"percent": 100}))
    settings.append(element("defaultTabStop", {"val": geometry.characters(2)}))
    settings.append(element("drawingGridVerticalSpacing", {"val": geometry.LINE_TWIPS}))
    settings.append(element("characterSpacingControl", {"val": "doNotCompress"}))
    settings.append(element("compat", None, element("compatSetting", mode)))
    settings.append(element("themeFontLang", {"val": "en-US", "eastAsia": "zh-CN"}))


def _font_table(part: Part, names: Fonts) -> None:
    """Tells Word which fonts to take where the first one is missing."""
    table = element("fonts")
    for first, *others in sorted(set(names.all())):
        other = element("altName", {"val": ",".join(others)}) if others else None
        table.append(element("font", {"name": first}, other, element("charset", {"val": "86"})))
    part._blob = etree.tostring(table, xml_declaration=True, encoding="UTF-8", standalone=True)


def _properties(document: Document, paper: Paper) -> None:
    """Title and organ as the file's properties; its day is the paper's own, never the clock's."""
    signed = paper.signature.date if paper.signature else None
    day = signed or paper.head.date or paper.colophon.printed_on
    moment = datetime.combine(day, time(), UTC) if day else datetime(1980, 1, 1, tzinfo=UTC)
    properties = document.core_properties
    properties.title = clean(" ".join(paper.title.split()))[:255]
    properties.author = clean(paper.signature.organ if paper.signature else paper.head.organ or paper.head.name)[:255]
    properties.last_modified_by = properties.comments = properties.keywords = ""
    properties.language = "zh-CN"
    properties.revision = 1
    properties.created = properties.modified = moment.replace(tzinfo=None)


def _same_bytes(data: bytes) -> bytes:
    """The package with one fixed time on all its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(zipfile.ZipInfo(entry.filename), old.read(entry), zipfile.ZIP_DEFLATED)
    return out.getvalue()
