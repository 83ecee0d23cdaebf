"""A Word file as the beginning of a brief: its parts found by headings and numbering, as members write them.

Knows no database and loses nothing: whatever finds no place in the form is in `left`, with its text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongxin.documents.official.content import numbered
from tongxin.documents.wordfile import LeftOut, WordParagraph, WordText

from ..models import PARTS
from .headings import CUES, bare, inline, marker, part_of, split

SHORT = 60  # characters of a line that tells a fact, a name say; longer ones are text

_CHARACTERS = r"[\u4e00-\u9fff·]"
#: What stands above a title: the sheet's name, its number, marks, organ and date.
_HEAD = re.compile(
    r"^.{0,20}社情民意信息?(报送单|报送表|反映单|登记表|稿纸|稿件|专报|摘报)?$|^（?第.{1,10}期.{0,20}$"
    r"|^(内部|秘密|机密|绝密|特急|加急).{0,8}$|^.{2,30}\d{4}年\d{1,2}月\d{1,2}日$"
)
_AUTHOR = re.compile(
    r"^(?:反映人|反映委员|作者|执笔人?|撰稿人?|撰写人?|供稿人?|姓名|提交人|报送人|联名人?|委员姓名)[：:]\s*(.+)$"
)
_FACT = re.compile(
    r"^(?:反映|作者|报送|工作|联系|签发|审核|编辑|提交|所在|发文|主办)?"
    r"(?:单位|单位及?职务|职务|职业|界别|党派|电话|手机|手机号码?|联系方式|类别|密级|日期|时间|编号|来源|部门|邮箱)[：:]\s*\S.*$"
)
_SPOKEN = re.compile(r"^(.{2,40}?)(?:同志)?反映[：:，,]?$")
_BELOW_TITLE = re.compile(
    rf"^[（(]?(?:.{{0,30}}委员[\s　：:]*)?({_CHARACTERS}{{1,4}}(?:[\s　、，]+{_CHARACTERS}{{1,4}})*)[）)]?$"
)
_ENDS_A_TITLE = re.compile(r"^的|(?:建议|思考|对策|提案|报告|信息|意见|研究|问题)[）)]?$")
_TITLES = {"题目", "标题", "案由", "信息题目", "信息标题"}
_NAMES = {"反映人", "作者", "执笔人", "姓名", "反映委员", "委员姓名", "提交人"}


@dataclass(frozen=True)
class Left:
    """What found no place: what it is, and its text as far as it has any."""

    label: str
    text: str = ""


def told(left: list[Left]) -> str:
    """What is left, for a form to send along."""
    return json.dumps([[one.label, one.text] for one in left], ensure_ascii=False) if left else ""


def told_back(text: str) -> list[Left]:
    """What a form sent along; nothing, for what no form of ours made."""
    try:
        left = [Left(label, words) for label, words in json.loads(text)] if text else []
    except (ValueError, TypeError):
        return []
    return left if all(isinstance(one.label, str) and isinstance(one.text, str) for one in left) else []


@dataclass
class Placed:
    """What was found: the title, the parts, the authors' names as written; what is left; and what was done in reading
    that the writer should know (tracked changes read as accepted, say)."""

    title: str = ""
    parts: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def place(found: WordText) -> Placed:
    """Title, authors and parts of a text, by what its lines say about themselves."""
    placed = Placed(notes=_notes(found))
    _take_title(found, placed)
    body = _without_facts(found.paragraphs, placed)
    placed.parts = {part: text for part, text in _parts(body).items() if text}
    for one in found.left_out:
        if one.kind == "table":
            _take_table(one, placed)
        placed.left.append(Left(_called(one), one.text))
    placed.left += [Left(_("Comment in the margin"), comment.text) for comment in found.comments]
    return placed


# Above the text


def _take_title(found: WordText, placed: Placed) -> None:
    """The lines of the title, without the head above it and the author's name below it."""
    title: list[str] = []
    for line in found.title_lines:
        if _HEAD.match(line):
            placed.left.append(Left(_("Line above the title"), line))
        elif names := (_author(line) or (_names_below(line) if title else [])):
            placed.names += names
        else:
            title.append(line)
    placed.title = "".join(title)


def _author(line: str) -> list[str]:
    labelled = _AUTHOR.match(line)
    return names_in(labelled[1]) if labelled and len(line) <= SHORT else []


def _names_below(line: str) -> list[str]:
    """（市政协委员　甲某） below a title; a name alone as well, unless it reads like the title's own end."""
    matched = _BELOW_TITLE.match(line)
    if not matched or len(line) > SHORT or _ENDS_A_TITLE.search(line) or bare(line):
        return []
    return names_in(matched[1])


def names_in(text: str) -> list[str]:
    """甲某某、乙某 and 甲　某: single characters apart are one name. Posts before a name (教育界别委员) fall off."""
    found = []
    for piece in re.split(r"[、，,;；]|(?<=..)[\s　]+(?=..)", text):
        name = re.sub(r"^.*委员(?=..)|等\d*[名位]?(?:委员)?$|[（(].*$|[\s　]", "", piece.strip())
        if re.fullmatch(rf"{_CHARACTERS}{{2,12}}", name):
            found.append(name)
    return list(dict.fromkeys(found))


def _without_facts(paragraphs: list[WordParagraph], placed: Placed) -> list[WordParagraph]:
    """The paragraphs that are text. Names are taken out of lines that tell them; other facts, which the form does not
    ask for in words, are left."""
    body: list[WordParagraph] = []
    for at, paragraph in enumerate(paragraphs):
        line, begun = paragraph.text, bool(body)
        if len(line) > SHORT or inline(line):
            body.append(paragraph)
        elif not begun and _HEAD.match(line):
            placed.left.append(Left(_("Line above the title"), line))
        elif names := _names_told(line, begun=begun, first=at == 0 and bool(placed.title)):
            placed.names += names
        elif _FACT.match(line):
            placed.left.append(Left(_("Line beside the text"), line))
        else:
            body.append(paragraph)
    placed.names = list(dict.fromkeys(placed.names))
    return body


def _names_told(line: str, *, begun: bool, first: bool) -> list[str]:
    """The names in a line that tells nothing else: 作者：…; above the text 教育界别委员甲某反映：, and the line that
    follows the title."""
    if names := _author(line):
        return names
    spoken = None if begun else _SPOKEN.match(line)
    if spoken:
        return names_in(spoken[1])
    return _names_below(line) if first else []


# The text


@dataclass
class _Section:
    """A heading with what stands below it."""

    heading: str = ""
    lines: list[str] = field(default_factory=list)


def _parts(paragraphs: list[WordParagraph]) -> dict[str, str]:
    """The text by parts. Only headings of the highest level that names a part begin one; those below it are text."""
    lines = [piece for paragraph in paragraphs for piece in _pieces(paragraph)]
    named = [(level, part) for level, part, _heading, _rest, _line in lines if part]
    top = min((level for level, _part in named), default=0)
    headed = {part for level, part in named if level == top}
    sections: dict[str, list[_Section]] = {part: [] for part in PARTS}
    now = "situation"
    for level, part, heading, rest, line in lines:
        cue = next((part for part, words in CUES.items() if part not in headed and words.match(line)), "")
        if part and level == top:
            now = part
            sections[now].append(_Section(heading, [rest] if rest else []))
            continue
        now = cue or now
        if not sections[now]:
            sections[now].append(_Section())
        sections[now][-1].lines.append(line)
    return {part: _joined(found) for part, found in sections.items()}


def _pieces(paragraph: WordParagraph) -> Iterator[tuple[int, str, str, str, str]]:
    """A paragraph in lines, each with the level and part it is a heading of ("" for none), the heading's words and what
    follows them on the line."""
    for line in split(paragraph.text):
        level, words = marker(line)
        level = level or paragraph.level
        if found := inline(line):
            yield max(level, 1), part_of(found[0]), found[0], found[1], line
        elif len(words) <= SHORT // 2 and (part := part_of(bare(words, loose=level == 1))):
            yield max(level, 1), part, words.rstrip("：:。"), "", line
        else:
            yield 0, "", "", "", line


def _joined(sections: list[_Section]) -> str:
    """One part. A single heading falls away, for the form has it; several are kept, counted anew."""
    several = sum(bool(section.heading) for section in sections) > 1
    lines, count = [], 0
    for section in sections:
        if several and section.heading:
            count += 1
            lines.append(numbered(1, count) + section.heading)
        lines += section.lines
    return "\n".join(lines)


# Beside the text


def _take_table(one: LeftOut, placed: Placed) -> None:
    """A form with 题目, 反映人 and the parts in its cells fills what is still empty; the table is shown in any case."""
    for label, text in _cells(one.text):
        words = re.sub(r"[\s　：:]", "", label)
        part = part_of(bare(words))
        if words in _TITLES and not placed.title:
            placed.title = " ".join(text.split())
        elif words in _NAMES:
            placed.names += [name for name in names_in(text) if name not in placed.names]
        elif part and not placed.parts.get(part):
            placed.parts[part] = text


def _cells(table: str) -> Iterator[tuple[str, str]]:
    """Each label of a form with the cell beside it; a cell of several paragraphs goes on in the next lines."""
    rows: list[list[str]] = []
    for line in table.splitlines():
        cells = line.split("\t")
        if len(cells) == 1 and rows:
            rows[-1][-1] += f"\n{line}"
        else:
            rows.append(cells)
    for row in rows:
        yield from ((label, text.strip()) for label, text in zip(row[::2], row[1::2], strict=False) if text.strip())


def _called(one: LeftOut) -> str:
    names = {
        "table": _("Table"), "picture": _("Picture in the text"), "text_box": _("Text box"), "formula": _("Formula"),
        "chart": _("Chart"), "object": _("Embedded file"), "footnote": _("Footnote"),
        "attached_text": _("Attached text"), "header": _("Header of the page"), "footer": _("Footer of the page"),
    }  # fmt: skip
    label = names[one.kind]
    return f"{label}: {one.name}" if one.name and one.kind != "table" else label


def _notes(found: WordText) -> list[str]:
    """What happened in reading, in sentences."""
    changes = found.insertions + found.deletions
    told = (
        (changes, ngettext("%(n)d tracked change was read as accepted.", "%(n)d tracked changes were read as accepted.",
                           changes)),
        (found.hidden, ngettext("%(n)d stretch of hidden text was passed over.",
                                "%(n)d stretches of hidden text were passed over.", found.hidden)),
        (found.numbered, ngettext("%(n)d paragraph is numbered by Word; the number is not in the text.",
                                  "%(n)d paragraphs are numbered by Word; the numbers are not in the text.",
                                  found.numbered)),
    )  # fmt: skip
    return [sentence % {"n": n} for n, sentence in told if n]
