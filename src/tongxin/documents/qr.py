"""QR codes as SVG that a strict content security policy accepts: attributes only, no style."""

import io
from typing import Literal

import segno


def svg(
    content: str,
    *,
    title: str = "",
    css_class: str = "qr",
    border: int = 4,
    size: int | None = None,
    error: Literal["L", "M", "Q", "H"] = "M",
) -> str:
    """`content` as an SVG element of black modules on whatever is behind it.

    `title` is what a screen reader says; `border` is the quiet zone in modules (scanners want 4); `size` the width
    and height in CSS pixels, None to fill what it is put in; `error` the level of correction (Q or H for a printed
    poster that weather may damage). Raises `ValueError` when `content` does not fit a code.
    """
    code = segno.make(content, error=error, micro=False, boost_error=True)
    drawn = code.svg_inline(
        border=border, omitsize=True, svgclass=css_class, lineclass=None, title=title or None, dark="#000"
    )
    attributes = ' role="img"' if title else ' aria-hidden="true"'
    if size is not None:
        attributes += f' width="{size}" height="{size}"'
    return drawn.replace("<svg", "<svg" + attributes, 1)


def image(content: str, kind: Literal["svg", "png"], *, error: Literal["L", "M", "Q", "H"] = "Q") -> bytes:
    """`content` as a file by itself: SVG, or PNG large enough for print (24 pixels a module)."""
    out = io.BytesIO()
    code = segno.make(content, error=error, micro=False, boost_error=True)
    if kind == "svg":
        code.save(out, kind="svg", border=4, unit="mm", light="#fff")
    else:
        code.save(out, kind="png", border=4, scale=24)
    return out.getvalue()
