"""A paper as a piece of a web page, and the stylesheet that prints it with the geometry of the Word file.

No style attributes and no scripts: the content security policy forbids both. What differs from paper to paper (the size
of the name, indents, the colophon's lines) is told by class names that the stylesheet knows.
"""

import math
from collections.abc import Iterator
from html import escape

from tongxin.documents.official import measure
from tongxin.documents.official.content import (
    Colophon,
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

# The most lines of a colophon for which the stylesheet keeps room: nearly a page.
MOST_FOOT_LINES = 24


def to_html(paper: Paper) -> str:
    """The paper as an `<article class="paper">` without anything around it; all text is escaped."""
    addressee = paper.addressee.rstrip("：: ")
    parts = [
        *_head(paper.head),
        _title(paper),
        '<div class="paper-text">',
        *([f'<p class="paper-addressee">{escape(addressee)}：</p>'] if addressee else []),
        *_body(paper),
        '<div class="paper-end">',
        *_attachments(paper.attachments),
        *(_signature(paper.signature) if paper.signature else []),
        "</div>",
        "</div>",
        *_colophon(paper.colophon),
    ]
    sort = paper.head.sort
    sized = f" paper-letter-{measure.name_points(paper.head.name)}" if sort is Sort.LETTER else ""
    opening = f'<article class="paper paper-{sort.value}{sized}" lang="zh-Hans">'
    return "\n".join([opening, *parts, "</article>"])


def _head(head: Head) -> Iterator[str]:
    if head.sort is Sort.PLAIN:
        return
    size, apart = measure.name_points(head.name), round(measure.name_spacing(head.name) * 2)
    name = f'<p class="paper-name paper-name-{size} paper-apart-{apart}">{escape(head.name)}</p>'
    marks = [_mark(mark, head) for mark in head.marks]
    yield f'<header class="paper-head paper-marks-{len(marks)}">'
    if head.sort is Sort.LETTER:
        yield name
        yield '<hr class="paper-double">'
        first = marks.pop(0) if marks else "<span></span>"
        yield f'<p class="paper-first-mark">{first}<span>{escape(head.number)}</span></p>'
        yield from (f"<p>{mark}</p>" for mark in marks)
    else:
        yield from (f"<p>{mark}</p>" for mark in marks)
        yield name
        yield from _under_the_name(head)
    yield "</header>"


def _mark(mark: str, head: Head) -> str:
    plain = " paper-copy" if mark == head.copy_number else ""
    return f'<span class="paper-mark{plain}">{escape(mark)}</span>'


def _under_the_name(head: Head) -> Iterator[str]:
    if head.sort is Sort.SHEET:
        yield f'<p class="paper-number">{escape(head.number)}</p>'
        yield _ends(escape(head.organ), written(head.date) if head.date else "")
    elif head.signer:
        yield _ends(escape(head.number), f'签发人：<span class="paper-signer">{escape(head.signer)}</span>')
    else:
        yield f'<p class="paper-number">{escape(head.number)}</p>'
    yield '<div class="paper-rule paper-star" aria-hidden="true">★</div>' if head.star else '<hr class="paper-rule">'


def _ends(left: str, right: str) -> str:
    return f'<p class="paper-ends"><span>{left}</span><span>{right}</span></p>'


def _title(paper: Paper) -> str:
    rows = measure.title_lines(paper.title, plain_text(paper.body))
    return f'<h1 class="paper-title">{"<br>".join(map(escape, rows))}</h1>'


def _body(paper: Paper) -> Iterator[str]:
    for line in lines(paper.body):
        if isinstance(line, Table):
            yield _table(line)
        elif line.level:
            tag = f"h{line.level + 1}"
            yield f'<{tag} class="paper-level-{line.level}">{escape(line.text)}</{tag}>'
        else:
            yield f"<p>{escape(line.text)}</p>"


def _table(table: Table) -> str:
    shares = table.widths(100)
    columns = "".join(f'<col width="{share}%">' for share in shares)
    rows = []
    for i, cells in enumerate(table.filled()):
        made = []
        for j, text in enumerate(cells):
            tag = "th" if table.is_label(i, j) else "td"
            scope = f' scope="{"col" if table.header and i == 0 else "row"}"' if tag == "th" else ""
            span = table.span(cells, j)
            wide = f' colspan="{span}"' if span > 1 else ""
            made.append(f"<{tag}{scope}{wide}>{'<br>'.join(map(escape, text.splitlines()))}</{tag}>")
        rows.append(f'<tr class="paper-rows-{min(table.height(i), 22)}">{"".join(made)}</tr>')
    head = f"<thead>{rows.pop(0)}</thead>" if table.header and rows else ""
    caption = f"<caption>{escape(table.caption)}</caption>" if table.caption else ""
    whole = ' class="paper-whole"' if table.small else ""
    return f"<table{whole}>{caption}<colgroup>{columns}</colgroup>{head}<tbody>{''.join(rows)}</tbody></table>"


def _attachments(names: tuple[str, ...]) -> Iterator[str]:
    if not names:
        return
    several = " paper-several" if len(names) > 1 else ""
    yield f'<div class="paper-attachments{several}">'
    for i, name in enumerate(names):
        first = " paper-first" if i == 0 else ""
        yield f'<p class="paper-attachment{first}">{attachment_label(i, len(names))}{escape(name)}</p>'
    yield "</div>"


def _signature(signature: Signature) -> Iterator[str]:
    organ, date = (round(indent * 2) for indent in measure.signature_indents(signature))
    yield '<div class="paper-signature">'
    yield f'<p class="paper-right-{organ}">{escape(signature.organ)}</p>'
    yield f'<p class="paper-right-{date}"><time datetime="{signature.date}">{written(signature.date)}</time></p>'
    yield "</div>"
    if signature.note:
        yield f"<p>（{escape(signature.note.strip('（）()'))}）</p>"


def _colophon(content: Colophon) -> Iterator[str]:
    """The colophon, placed at the foot of the last page; an empty box below the text keeps its room."""
    if content.empty:
        return
    yield f'<div class="paper-foot paper-foot-{min(_foot_lines(content), MOST_FOOT_LINES)}"></div>'
    yield '<footer class="paper-colophon">'
    for label, recipients in content.sent:
        hang = min(round(measure.width(f"{label}：") * 2), 24)
        yield f'<p class="paper-hang-{hang}">{escape(label)}：{escape(recipients)}</p>'
    if content.hands:
        yield f"<p>{escape(measure.side_by_side(content.hands))}</p>"
    if content.printer or content.printed_on:
        day = f"{written(content.printed_on)}印发" if content.printed_on else ""
        yield f'<p class="paper-ends"><span>{escape(content.printer)}</span><span>{day}</span></p>'
    if content.copies:
        yield f'<p class="paper-copies">（共印{content.copies}份）</p>'
    yield "</footer>"


def _foot_lines(content: Colophon) -> int:
    """How many lines the colophon takes, rather one too many than text printed over text."""
    line = measure.foot_width() - 0.5
    rows = 0
    for label, recipients in content.sent:
        hang = measure.width(f"{label}：")
        rows += math.ceil(measure.width(recipients) / max(line - hang, 1)) or 1
    if content.hands:
        rows += math.ceil(measure.width(measure.side_by_side(content.hands)) / line)
    if content.printer or content.printed_on:
        rows += math.ceil((measure.width(content.printer) + 11) / line)
    return rows + bool(content.copies)
