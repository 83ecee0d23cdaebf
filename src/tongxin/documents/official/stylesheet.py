"""The stylesheet of the print page, made from the same measures as the Word file."""

from tongxin.documents.official import geometry
from tongxin.documents.official.geometry import FONTS, Fonts
from tongxin.documents.official.page import MOST_FOOT_LINES

# A hundredth of a millimetre less than 225/22, and a hundredth of a point less than the grid's pitch, so that rounding
# in the browser never costs a line or a character.
_LINE = f"{geometry.BLOCK[1] / geometry.LINES - 0.007:.2f}mm"
_SPACING = f"{geometry.BLOCK[0] / 25.4 * 72 / geometry.CHARACTERS - geometry.BODY_POINTS - 0.01:.3f}pt"
_CHARACTER = f"{geometry.BLOCK[0] / geometry.CHARACTERS:.3f}mm"

_TEMPLATE = """\
@page {{
  size: {page_w}mm {page_h}mm;
  margin: {top}mm {right}mm {bottom}mm {left}mm;
}}
@page :right {{
  @bottom-right {{ {number} padding-right: {character}; }}
}}
@page :left {{
  @bottom-left {{ {number} padding-left: {character}; }}
}}
.paper {{
  position: relative;
  display: flow-root;
  box-sizing: border-box;
  color: #000;
  background: #fff;
  font-family: {body};
  font-size: {points}pt;
  font-weight: normal;
  line-height: {line};
  letter-spacing: {spacing};
  text-align: justify;
  text-spacing-trim: space-all;
  text-autospace: no-autospace;
  line-break: strict;
  overflow-wrap: anywhere;
}}
.paper p, .paper h1, .paper h2, .paper h3, .paper h4, .paper h5, .paper hr {{
  margin: 0;
  font: inherit;
  line-height: inherit;
  letter-spacing: inherit;
}}
.paper p {{ orphans: 1; widows: 1; }}
.paper .paper-mark {{ font-family: {black}; }}
.paper .paper-copy {{ font-family: {body}; }}
.paper .paper-name {{
  color: {red};
  font-family: {title};
  line-height: 1.1;
  letter-spacing: 0;
  text-align: center;
}}
.paper .paper-number {{ text-align: center; }}
.paper .paper-ends {{
  display: flex;
  justify-content: space-between;
  padding-inline: {character};
  gap: 0 {character};
}}
.paper-file .paper-name {{ margin-bottom: calc(2 * {line}); }}
.paper-sheet .paper-name {{ margin-bottom: {line}; }}
.paper .paper-signer {{ font-family: {script}; }}
.paper .paper-rule {{
  box-sizing: border-box;
  height: {below:.2f}mm;
  margin: 0 0 calc(2 * {line});
  border: 0;
  border-bottom: 0.7mm solid {red};
  opacity: 1;
}}
.paper div.paper-star {{
  display: flex;
  align-items: center;
  height: {star:.2f}mm;
  gap: 2mm;
  border: 0;
  color: {red};
  font-size: 18pt;
  line-height: 1;
}}
.paper-star::before, .paper-star::after {{ content: ""; flex: 1; border-top: 0.7mm solid {red}; }}
.paper-letter .paper-head {{ margin-bottom: calc(2 * {line}); }}
.paper .paper-double {{
  box-sizing: border-box;
  height: 1.7mm;
  margin: {letter_line}mm 0 3mm;
  border: 0 solid {red};
  border-width: 0.9mm 0 0.3mm;
  opacity: 1;
}}
.paper .paper-first-mark {{ display: flex; justify-content: space-between; }}
.paper .paper-title {{
  margin-bottom: {line};
  font-family: {title};
  font-size: {title_points}pt;
  letter-spacing: 0;
  text-align: center;
  break-after: avoid;
}}
.paper-text p, .paper-text h2, .paper-text h3, .paper-text h4, .paper-text h5 {{ text-indent: calc(2 * {character}); }}
.paper-text p.paper-addressee, .paper-text .paper-signature p {{ text-indent: 0; }}
.paper .paper-level-1 {{ font-family: {black}; break-after: avoid; }}
.paper .paper-level-2 {{ font-family: {script}; break-after: avoid; }}
.paper table {{
  width: 100%;
  table-layout: fixed;
  border-collapse: collapse;
  font-size: {small}pt;
  line-height: 24pt;
  letter-spacing: 0;
  text-align: left;
}}
.paper caption {{ caption-side: top; padding: 0; color: inherit; font-family: {black}; text-align: center; }}
.paper th, .paper td {{ padding: 0 5pt; border: 0.5pt solid #000; vertical-align: middle; }}
.paper th {{ font-family: {black}; font-weight: normal; text-align: center; }}
.paper tr, .paper .paper-whole {{ break-inside: avoid; }}
/* The date never stands on a page without text (no 此页无正文): the last line goes with it. */
.paper-end {{ break-before: avoid; break-inside: avoid; }}
.paper-attachments {{ margin-top: {line}; }}
.paper-text .paper-attachment {{ padding-left: calc(5 * {character}); }}
.paper-text p.paper-first {{ text-indent: calc(-3 * {character}); }}
.paper-text .paper-several p.paper-attachment {{
  padding-left: calc(6 * {character});
  text-indent: calc(-1 * {character});
}}
.paper-text .paper-several p.paper-first {{ text-indent: calc(-4 * {character}); }}
.paper-signature {{ margin-top: calc(2 * {line}); text-align: right; }}
.paper-foot {{ break-before: avoid; break-inside: avoid; }}
@media print {{
  /* What of a margin goes beyond the page is cut off: so the paper reaches the foot of its last page. */
  .paper-foot {{ margin-bottom: {last_page}mm; }}
}}
.paper-colophon {{
  position: absolute;
  right: 0;
  bottom: 0;
  left: 0;
  border-block: 0.35mm solid #000;
  font-size: {small}pt;
  line-height: 24pt;
  letter-spacing: 0;
  text-align: left;
  break-inside: avoid;
}}
.paper-colophon > p {{ padding-inline: {character}; }}
.paper-colophon > p + p {{ border-top: 0.25mm solid #000; }}
.paper-letter .paper-colophon, .paper-letter .paper-colophon > p {{ border: 0; }}
.paper .paper-copies {{ text-align: right; }}
"""

# After all other rules, for it takes back some of them on small screens.
_SCREEN = """\
@media screen {{
  .paper {{
    width: {page_w}mm;
    max-width: 100%;
    margin-inline: auto;
    padding: {top}mm {right}mm {bottom}mm {left}mm;
    min-height: {page_h}mm;
    box-shadow: 0 0 0 1px #0002, 0 2px 12px #0002;
  }}
  .paper-colophon {{ right: {right}mm; bottom: {bottom}mm; left: {left}mm; }}
}}
@media screen and (max-width: {page_w}mm) {{
  .paper {{ padding: 24px 16px; letter-spacing: 0; text-align: start; }}
  .paper .paper-head .paper-name {{ margin-top: 0; font-size: min(7.5vw, 44px); letter-spacing: 0; text-indent: 0; }}
  .paper .paper-title {{ font-size: min(6vw, 29px); }}
  .paper .paper-ends {{ flex-wrap: wrap; }}
  .paper table {{ font-size: 14px; line-height: 1.7; }}
  .paper th, .paper td {{ padding: 2px 4px; }}
  .paper-foot {{ display: none; }}
  .paper-colophon {{ position: static; margin-top: 24px; }}
}}
"""


def stylesheet(fonts: Fonts = FONTS) -> str:
    """The whole stylesheet. Pages are A4; the number stands outside, odd pages right and even pages left (browsers that
    know no margin boxes leave it out)."""
    # The dash stands in the middle of a line that begins half a line above it.
    above = geometry.NUMBER_BELOW_BLOCK_MM - geometry.SMALL_POINTS / 2 / 72 * 25.4
    # The red line is measured from the characters, which end above the end of their line.
    below = geometry.LINE_BELOW_NUMBER_MM - (geometry.BLOCK[1] / geometry.LINES - geometry.BODY_POINTS / 72 * 25.4) / 2
    number = (
        f'content: "— " counter(page) " —"; font: {geometry.SMALL_POINTS}pt {_stack(fonts.number)}; '
        f"line-height: 1; vertical-align: top; padding-top: {above:.2f}mm;"
    )
    values = {
        "page_w": geometry.PAGE[0],
        "page_h": geometry.PAGE[1],
        "top": geometry.TOP,
        "right": geometry.RIGHT,
        "bottom": geometry.BOTTOM,
        "left": geometry.LEFT,
        "number": number,
        "character": _CHARACTER,
        "line": _LINE,
        "spacing": _SPACING,
        "points": geometry.BODY_POINTS,
        "small": geometry.SMALL_POINTS,
        "title_points": geometry.TITLE_POINTS,
        "last_page": geometry.BLOCK[1] - 1,
        "below": below,
        "star": 2 * below,
        "letter_line": geometry.LETTER["line_below_name"],
        "red": f"#{geometry.RED.lower()}",
    }
    values |= {part: _stack(getattr(fonts, part)) for part in ("title", "body", "black", "script")}
    return "\n".join([_TEMPLATE.format(**values).rstrip(), *_counted(), _SCREEN.format(**values)])


def _stack(names: tuple[str, ...]) -> str:
    """A font-family value; a name cannot end the string it stands in."""
    safe = ("".join(sign for sign in name if sign not in '"\\\n\r\f;{}<') for name in names)
    return ", ".join(f'"{name}"' for name in safe) + ", serif"


def _counted() -> list[str]:
    """The rules of which there is one for each number."""
    smallest, largest = geometry.NAME_POINTS
    half = geometry.BLOCK[0] / geometry.CHARACTERS / 2
    rules = [f".paper .paper-name-{size} {{ font-size: {size}pt; }}" for size in range(smallest, largest + 1)]
    for apart in range(1, 5):  # the last character has its space behind it; an indent puts the name in the middle
        rules.append(f".paper .paper-apart-{apart} {{ letter-spacing: {apart / 2}em; text-indent: {apart / 2}em; }}")
    for sort, drop in geometry.NAME_DROP_MM.items():
        for marks in range(4):
            over = max(0, drop - marks * geometry.BLOCK[1] / geometry.LINES)
            rules.append(
                f".paper-{sort} .paper-marks-{marks} .paper-name {{ margin-top: calc({over:.2f}mm - 0.08em); }}"
            )
    rules.append(".paper-letter .paper-head .paper-name { margin-top: -0.08em; }")
    rules += [_letter(size) for size in range(smallest, largest + 1)]
    rules += [f".paper .paper-right-{n} {{ padding-right: {n * half:.3f}mm; }}" for n in range(2 * geometry.CHARACTERS)]
    for n in range(2, 25):
        em = n / 2
        rules.append(
            f".paper-colophon > .paper-hang-{n} {{ padding-left: calc({_CHARACTER} + {em}em); text-indent: -{em}em; }}"
        )
    rules += [f".paper .paper-rows-{n} {{ height: {n * 24}pt; }}" for n in range(1, 23)]
    rules += [f".paper-foot-{n} {{ height: calc({n * 24}pt + 3mm); }}" for n in range(1, MOST_FOOT_LINES + 1)]
    return rules


def _letter(size: int) -> str:
    """The first page of a letter whose name is so many points large (§10.1).

    It has no number and begins 30 mm below the edge. Its double red lines are wider than the text block: the lower one
    stands in the margin, the ends of the upper one beside the line in the text, whose height follows from the name's.
    """
    letter = geometry.LETTER
    out = (letter["width"] - geometry.BLOCK[0]) / 2
    # The name's line of 1.1 of its size, less what it is moved up, and the space below it.
    upper = 1.02 * size / 72 * 25.4 + letter["line_below_name"]
    foot = geometry.BOTTOM - letter["line_above_foot"] - 1.7
    line = f'content: ""; box-sizing: border-box; height: 1.7mm; border: 0 solid #{geometry.RED.lower()};'
    thick_above, thin_above = "border-width: 0.9mm 0 0.3mm;", "border-width: 0.3mm 0 0.9mm;"
    return (
        f"@page letter-{size}:first {{ margin-top: {letter['name']}mm; @bottom-right {{ content: none; }} "
        f"@left-top {{ {line} {thick_above} width: {out}mm; margin: {upper:.2f}mm 0 auto auto; }} "
        f"@right-top {{ {line} {thick_above} width: {out}mm; margin: {upper:.2f}mm auto auto 0; }} "
        f"@bottom-center {{ {line} {thin_above} width: {letter['width']}mm; margin: {foot:.2f}mm -{out}mm auto; }} }}\n"
        f".paper-letter-{size} {{ page: letter-{size}; }}"
    )
