"""The text of an uploaded Word file, for a form to begin from; what has no place in a form is named, not lost.

`read_word` is the entrance. Tracked changes are read as accepted. Nothing of the file is run, followed or fetched.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from tongxin.documents.problems import WordError
from tongxin.documents.wordpackage import Package
from tongxin.documents.wordparts import (
    SIGNS,
    ancestors,
    any_name,
    attribute,
    child_of,
    chosen,
    comments,
    described,
    is_on,
    name_of,
    notes,
    number,
    plain_text,
    running,
    styles,
    value,
)
from tongxin.documents.writing import clean

__all__ = ["Comment", "LeftOut", "WordError", "WordParagraph", "WordText", "read_word"]

MAX_CHARACTERS = 500_000
#: A paper has some hundred paragraphs; a text with much formatting a run for every few characters.
MAX_PARAGRAPHS, MAX_PIECES = 20_000, 250_000
MAX_TABLE_TEXT = 20_000

Left = Literal[
    "table", "picture", "text_box", "formula", "chart", "object", "footnote", "attached_text", "header", "footer"
]  # fmt: skip

_BLANK = re.compile(r"[ \t\u00a0]+")
_ENDS_LIKE_TEXT = tuple("。！？；，、：.!?;,:")
_TITLE_STYLE = re.compile(r"^(title|标题|文章标题|公文标题|大标题|主标题)$", re.IGNORECASE)
_HEADING_STYLE = re.compile(r"(?:heading|标题)\s*([1-9])$", re.IGNORECASE)
_LEVELS = (
    re.compile(r"^[一二三四五六七八九十]{1,3}、"),
    re.compile(r"^（[一二三四五六七八九十]{1,3}）|^\([一二三四五六七八九十]{1,3}\)"),
    re.compile(r"^[0-9]{1,2}[.．](?![0-9])"),
    re.compile(r"^（[0-9]{1,2}）|^\([0-9]{1,2}\)"),
)


@dataclass(frozen=True, slots=True)
class WordParagraph:
    """A paragraph that holds text. `level` 1 to 4 is a heading's, 0 running text."""

    text: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that could not be placed: what it is, what it is called (a picture's description, a table's first row),
    its text as far as it has any, and after how many paragraphs it stood (headers and footers: after all)."""

    kind: Left
    name: str = ""
    text: str = ""
    after: int = 0


@dataclass(frozen=True, slots=True)
class Comment:
    """A remark in the margin; who made it is not kept."""

    text: str


@dataclass
class WordText:
    """What a Word file says. `title` is made of `title_lines`, of which the last may name the author. `insertions` and
    `deletions` count tracked changes that were read as accepted; `hidden` counts stretches of hidden text that were
    passed over, `numbered` paragraphs whose number Word makes, which is not in the text."""

    title: str = ""
    title_lines: list[str] = field(default_factory=list)
    paragraphs: list[WordParagraph] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    insertions: int = 0
    deletions: int = 0
    hidden: int = 0
    numbered: int = 0

    @property
    def text(self) -> str:
        """The paragraphs, one a line."""
        return "\n".join(paragraph.text for paragraph in self.paragraphs)

    def count(self, kind: Left) -> int:
        """How many things of a kind could not be placed."""
        return sum(one.kind == kind for one in self.left_out)


def read_word(data: bytes) -> WordText:
    """The text of a .docx. Raises `WordError` with a code of `problems.MESSAGES`."""
    package = Package(data)
    root = package.xml(package.main)
    body = next((child for child in root if name_of(child) == "body"), None) if root is not None else None
    if body is None:
        raise WordError("word_damaged")
    relations = package.relations(package.main)
    reader = _Reader(styles(package, relations), notes(package, relations))
    try:
        reader.blocks(body)
    except RecursionError:
        raise WordError("word_damaged") from None
    for kind, name, text in running(package, relations):
        reader.leave(kind, name, text)
    found = reader.finish()
    found.comments = [Comment(text) for text in comments(package, relations)]
    if not found.title and not found.paragraphs and not any(one.text for one in found.left_out):
        raise WordError("word_no_text")
    return found


@dataclass
class _Line:
    """A paragraph while it is read."""

    pieces: list[str] = field(default_factory=list)
    style: str = ""
    outline: int | None = None
    centred: bool = False
    size: int = 0


class _Reader:
    """Walks the body once, keeping text and naming what is not text."""

    def __init__(self, styles: dict[str, str], notes: dict[tuple[str, str], str]) -> None:
        self.styles, self.notes = styles, notes
        self.found = WordText()
        self.lines: list[_Line] = []
        self.line = _Line()
        self.fields: list[bool] = []  # for each open field whether its result has begun
        self.length = self.paragraphs = self.pieces = 0

    # Blocks

    def blocks(self, parent: Any) -> None:
        """The paragraphs and tables in an element, however they are wrapped."""
        for child in parent:
            name = name_of(child)
            if name == "p":
                self.paragraph(child)
            elif name == "tbl":
                self.table(child)
            elif name == "altChunk":
                self.leave("attached_text")
            elif name in {"del", "moveFrom"}:
                self.found.deletions += 1
            elif name in {"sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"}:
                self.blocks(child)
            elif name == "AlternateContent":
                self.blocks(chosen(child))

    def paragraph(self, element: Any) -> None:
        """One paragraph; one whose mark was deleted runs on into the next."""
        self.paragraphs += 1
        if self.paragraphs > MAX_PARAGRAPHS:
            raise WordError("word_too_many")
        properties = child_of(element, "pPr")
        if not self.line.pieces:
            self.line = self.described(properties)
        self.inline(element)
        mark = child_of(properties, "rPr")
        if child_of(mark, "ins") is not None:
            self.found.insertions += 1
        if child_of(mark, "del") is not None:
            self.found.deletions += 1
            return
        self.lines.append(self.line)
        self.line = _Line()

    def described(self, properties: Any) -> _Line:
        line = _Line()
        if properties is None:
            return line
        line.style = self.styles.get(value(properties, "pStyle"), "")
        line.outline = number(value(properties, "outlineLvl"))
        line.centred = value(properties, "jc") == "center"
        numbering = child_of(properties, "numPr")
        if numbering is not None and value(numbering, "numId") not in {"", "0"}:
            self.found.numbered += 1
        return line

    def table(self, element: Any) -> None:
        """A table is left out with its text, a line for each row."""
        rows = []
        for row in element.iter():
            if name_of(row) == "tr" and not any(name_of(up) == "tr" for up in ancestors(row, element)):
                cells = [_BLANK.sub(" ", plain_text(cell)).strip() for cell in row if name_of(cell) in {"tc", "sdt"}]
                rows.append("\t".join(cells))
                self.piece(1 + len(cells))
        self.leave("table", rows[0].replace("\t", " ") if rows else "", "\n".join(rows))

    # What stands in a line

    def inline(self, parent: Any) -> None:
        for child in parent:
            name = name_of(child)
            if name == "r":
                self.run(child)
            elif name in {"ins", "moveTo"}:
                self.found.insertions += 1
                self.inline(child)
            elif name in {"del", "moveFrom"}:
                self.found.deletions += 1
            elif name in {"hyperlink", "smartTag", "sdt", "sdtContent", "customXml", "fldSimple", "dir", "bdo"}:
                self.inline(child)
            elif name == "AlternateContent":
                self.inline(chosen(child))
            elif name in {"oMath", "oMathPara"}:
                self.leave("formula", text=plain_text(child))

    def piece(self, count: int = 1) -> None:
        """Counts runs, rows and cells, which cost time and memory even when they are empty."""
        self.pieces += count
        if self.pieces > MAX_PIECES:
            raise WordError("word_too_many")

    def run(self, element: Any) -> None:
        self.piece()
        properties = child_of(element, "rPr")
        if properties is not None:
            if is_on(properties, "vanish"):
                self.found.hidden += 1
                return
            self.line.size = max(self.line.size, number(value(properties, "sz")) or 0)
        for child in element:
            self.in_run(child, name_of(child))

    def in_run(self, child: Any, name: str) -> None:
        """One thing in a run: text or a sign; else what is no text."""
        if name == "fldChar":
            self.field(child)
        elif self.fields and not self.fields[-1]:
            return  # the instruction of a field, not its result
        elif name == "t":
            self.add(child.text or "")
        elif name in SIGNS:
            self.add(SIGNS[name])
        elif name == "br":
            self.add("" if attribute(child, "type") in {"page", "column"} else "\n")
        else:
            self.no_text(child, name)

    def no_text(self, child: Any, name: str) -> None:
        if name == "ruby":
            for part in child:
                if name_of(part) == "rubyBase":
                    self.inline(part)
        elif name == "AlternateContent":
            for part in chosen(child):
                self.in_run(part, name_of(part))
        elif name in {"footnoteReference", "endnoteReference"}:
            self.leave("footnote", text=self.notes.get((name[:-9], attribute(child, "id")), ""))
        elif name in {"drawing", "pict", "object"}:
            self.drawing(child, name)

    def field(self, child: Any) -> None:
        kind = attribute(child, "fldCharType")
        if kind == "begin":
            self.fields.append(False)
        elif kind == "separate" and self.fields:
            self.fields[-1] = True
        elif kind == "end" and self.fields:
            self.fields.pop()

    def drawing(self, element: Any, name: str) -> None:
        """Something drawn: text in a box, a chart, an embedded object, or a picture."""
        inner = [(any_name(one), one) for one in element.iter()]
        names = {one for one, _ in inner}
        title = next((described(one) for found, one in inner if found in {"docPr", "shape"} and described(one)), "")
        boxes = [plain_text(one) for found, one in inner if found == "txbxContent"]
        if any(box.strip() for box in boxes):
            self.leave("text_box", title, "\n".join(boxes).strip())
        elif "chart" in names or "relIds" in names:
            self.leave("chart", title)
        elif name == "object" or "OLEObject" in names:
            self.leave("object", title)
        elif names & {"pic", "imagedata", "blip"}:
            self.leave("picture", title)

    def leave(self, kind: Left, name: str = "", text: str = "") -> None:
        """Notes something that could not be placed."""
        text = clean(text).strip()
        self.count_in(len(text))
        name = _BLANK.sub(" ", clean(name)).strip()[:80]
        self.found.left_out.append(LeftOut(kind, name, text[:MAX_TABLE_TEXT], len(self.lines)))

    def add(self, text: str) -> None:
        self.count_in(len(text))
        self.line.pieces.append(text)

    def count_in(self, length: int) -> None:
        self.length += length
        if self.length > MAX_CHARACTERS:
            raise WordError("word_too_long", characters=MAX_CHARACTERS)

    # In the end

    def finish(self) -> WordText:
        if self.line.pieces:
            self.lines.append(self.line)
        kept: list[tuple[_Line, str]] = []
        places = []  # how many paragraphs with text came before each line
        for line in self.lines:
            places.append(len(kept))
            for text in clean("".join(line.pieces)).split("\n"):
                text = _BLANK.sub(" ", text).strip(" \u3000")
                if text:
                    kept.append((line, text))
        places.append(len(kept))
        start, end = _title_lines(kept)
        self.found.title_lines = [text for _, text in kept[start:end]]
        self.found.title = "".join(self.found.title_lines)
        self.found.paragraphs = [WordParagraph(text, _level(line, text)) for line, text in kept[:start] + kept[end:]]
        for i, one in enumerate(self.found.left_out):
            place = places[min(one.after, len(places) - 1)]
            self.found.left_out[i] = replace(one, after=place - min(max(place - start, 0), end - start))
        return self.found


def _title_lines(kept: list[tuple[_Line, str]]) -> tuple[int, int]:
    """Which paragraphs are the title, from one to before another: those of a title's style (in a paper below its head);
    else the first, where they are centred or set larger than what follows; else one short first line that does not end
    like a sentence."""
    styled = [i for i, (line, _) in enumerate(kept[:15]) if _TITLE_STYLE.match(line.style)]
    if styled:
        start = end = styled[0]
        while end in styled:
            end += 1
        return start, end
    usual = max((line.size for line, _ in kept[4:8]), default=0)
    shown = 0
    while shown < min(len(kept) - 1, 3) and _stands_out(*kept[shown], usual):
        shown += 1
    first = kept[0][1] if len(kept) > 1 else ""
    plain = 0 < len(first) <= 60 and not first.endswith(_ENDS_LIKE_TEXT) and not _numbered(first)
    return 0, shown or int(plain)


def _stands_out(line: _Line, text: str, usual: int) -> bool:
    return (line.centred or (0 < usual < line.size)) and len(text) <= 60 and not text.endswith("。")


def _level(line: _Line, text: str) -> int:
    """A heading's level, by its style, its outline or the number before it; a long line is text in any case."""
    if len(text) > 60 or text.endswith("。"):
        return 0
    styled = _HEADING_STYLE.search(line.style)
    if styled:
        return min(int(styled[1]), 4)
    if line.outline is not None and line.outline < 9:
        return min(line.outline + 1, 4)
    return _numbered(text)


def _numbered(text: str) -> int:
    return next((level for level, form in enumerate(_LEVELS, 1) if form.match(text)), 0)
