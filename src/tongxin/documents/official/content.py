"""What an official paper consists of, whichever way it is laid out.

The parts are those of GB/T 9704-2012: 版头 (above the red line), 主体 (between it and the colophon) and 版记. Nothing
here knows what the paper is about: the room that issues it fills in every word.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date as Date
from enum import Enum
from typing import Literal

DIGITS = "零一二三四五六七八九"


class Sort(Enum):
    """The sorts of head a paper can have."""

    FILE = "file"  # 文件式: red name of the organ, document number, red line
    LETTER = "letter"  # 信函格式: red name between the page's edges, double red lines above and below the first page
    SHEET = "sheet"  # 信息、简报: red name of the sheet, issue number, organ and date, red line
    PLAIN = "plain"  # no head: attached sheets and forms


@dataclass(frozen=True, slots=True)
class Head:
    """版头. `name` is printed red: 政协××市委员会文件, or the name of a sheet.

    `number` is the document number or the issue number (第3期（总第128期）), written out by the caller; `signer`
    (签发人) stands beside it on a paper that goes up. A sheet shows `organ` and `date` above the line. `star` puts ★
    into the line, as Party papers have it. At the top left: `copy_number`, `secrecy` (秘密★1年) and `urgency` (特急).
    """

    sort: Sort = Sort.PLAIN
    name: str = ""
    number: str = ""
    signer: str = ""
    organ: str = ""
    date: Date | None = None
    star: bool = False
    copy_number: str = ""
    secrecy: str = ""
    urgency: str = ""

    @property
    def marks(self) -> list[str]:
        """The lines at the top left in the standard's order: 份号, 密级, 紧急程度."""
        return [mark for mark in (self.copy_number, self.secrecy, self.urgency) if mark]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; a line end in it begins a new paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 4, numbered 一、 （一） 1. （1） by its place unless `numbered` is false."""

    level: Literal[1, 2, 3, 4]
    text: str
    numbered: bool = True


@dataclass(frozen=True, slots=True)
class Items:
    """A list: each item a paragraph of its own, after 1. 2. 3. when `ordered`, else after a dash."""

    items: tuple[str, ...]
    ordered: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A table or a form to fill in.

    `shares` are the columns' widths in relation to each other; `heights` the rows' least heights in lines of the page
    (a form leaves room for handwriting), the last one holding for all further rows; `header` repeats the first row on
    every page; `labels` sets every second column off, beginning with the
    first, as what is asked for. With `spans` the last cell of a row that has fewer cells reaches to the right edge.
    """

    rows: tuple[tuple[str, ...], ...]
    shares: tuple[float, ...] = ()
    heights: tuple[int, ...] = (1,)
    header: bool = True
    labels: bool = False
    spans: bool = False
    caption: str = ""

    @property
    def columns(self) -> int:
        return max((len(row) for row in self.rows), default=0)

    def widths(self, total: int) -> list[int]:
        """The columns' widths, together exactly `total`."""
        shares = [*self.shares, *[1.0] * self.columns][: self.columns]
        ends = [round(total * sum(shares[: i + 1]) / sum(shares)) for i in range(len(shares))]
        return [end - start for start, end in zip([0, *ends], ends, strict=False)]

    @property
    def small(self) -> bool:
        """Whether it is short enough to be kept on one page rather than broken: up to eight lines."""
        return sum(self.height(i) for i in range(len(self.rows))) <= 8

    def is_label(self, row: int, column: int) -> bool:
        """Whether a cell names what others hold: the header, and in a form every second column from the first."""
        return (self.header and row == 0) or (self.labels and column % 2 == 0)

    def filled(self) -> list[list[str]]:
        """The rows, all with as many cells unless shorter ones span."""
        if self.spans:
            return [list(row) or [""] for row in self.rows]
        return [[*row, *[""] * self.columns][: self.columns] for row in self.rows]

    def span(self, row: list[str], column: int) -> int:
        """How many columns a cell of a filled row takes."""
        return self.columns - column if column == len(row) - 1 else 1

    def height(self, row: int) -> int:
        """The least height of a row in lines."""
        return self.heights[min(row, len(self.heights) - 1)] if self.heights else 1


Block = Paragraph | Heading | Items | Table


@dataclass(frozen=True, slots=True)
class Signature:
    """落款. With `sealed` the organ's name is centred over the date, which stands four characters from the right
    (§7.3.5.1: the seal goes over both); without, name and date stand as §7.3.5.2 has it. `note` (附注) follows."""

    organ: str
    date: Date
    sealed: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Colophon:
    """版记. `sent` are the lines of recipients: ("抄送", "…"), ("报", "…"); `hands` who had it in hand, side by side:
    ("签发", "…"), ("审核", "…"); then who printed it and when; `copies` adds （共印N份）."""

    sent: tuple[tuple[str, str], ...] = ()
    hands: tuple[tuple[str, str], ...] = ()
    printer: str = ""
    printed_on: Date | None = None
    copies: int | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to print."""
        return not (self.sent or self.hands or self.printer or self.printed_on or self.copies)


@dataclass(frozen=True, slots=True)
class Paper:
    """An official paper. `title` may hold line ends where it must break; otherwise it is broken evenly."""

    title: str
    head: Head = field(default_factory=Head)
    addressee: str = ""
    body: tuple[Block, ...] = ()
    attachments: tuple[str, ...] = ()
    signature: Signature | None = None
    colophon: Colophon = field(default_factory=Colophon)


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of the body as it is set: `level` 0 is running text, 1 to 4 a heading."""

    text: str
    level: int = 0


def lines(body: tuple[Block, ...]) -> Iterator[Line | Table]:
    """The body with its numbers put in and its line ends made paragraphs; empty paragraphs fall out."""
    counters = [0, 0, 0, 0]
    for block in body:
        if isinstance(block, Table):
            yield block
        elif isinstance(block, Heading):
            text = " ".join(block.text.split())
            if block.numbered:
                counters[block.level - 1] += 1
                counters[block.level :] = [0] * (4 - block.level)
                text = numbered(block.level, counters[block.level - 1]) + text
            yield Line(text, block.level)
        elif isinstance(block, Items):
            for i, item in enumerate(block.items, 1):
                yield Line((f"{i}." if block.ordered else "——") + " ".join(item.split()))
        else:
            yield from (Line(text.strip()) for text in block.text.splitlines() if text.strip())


def plain_text(body: tuple[Block, ...]) -> str:
    """The words of the body, for whoever counts or compares them."""
    return "\n".join(line.text for line in lines(body) if isinstance(line, Line))


def attachment_label(index: int, count: int) -> str:
    """What stands before an attachment's name (§7.3.4): 附件： once, numbers when there are several."""
    return ("附件：" if index == 0 else "") + (f"{index + 1}." if count > 1 else "")


def numbered(level: int, number: int) -> str:
    """The number before a heading (GB/T 9704-2012 §7.3.3): 一、 （一） 1. （1）."""
    return (f"{chinese(number)}、", f"（{chinese(number)}）", f"{number}.", f"（{number}）")[level - 1]


def chinese(number: int) -> str:
    """A number from 1 to 99 in Chinese: 三, 十, 二十一; larger ones in digits."""
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    head = "" if not tens else ("" if tens == 1 else DIGITS[tens]) + "十"
    return head + (DIGITS[ones] if ones else "")


def written(day: Date) -> str:
    """A date as papers write it (§7.3.5.4): Arabic digits, month and day without zeros before them."""
    return f"{day.year}年{day.month}月{day.day}日"
