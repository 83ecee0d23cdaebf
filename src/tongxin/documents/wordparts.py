"""The elements of WordprocessingML by their names, and the parts beside the text: styles, notes, comments."""

import re
from collections.abc import Iterator
from typing import Any, Literal

from tongxin.documents.wordpackage import Package
from tongxin.documents.writing import clean

Relations = dict[str, tuple[str, str, bool]]

_W = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_MATH = (
    "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "http://purl.oclc.org/ooxml/officeDocument/math",
)
#: Elements that stand for a sign.
SIGNS = {"tab": " ", "cr": "\n", "noBreakHyphen": "-", "softHyphen": "", "sym": "□"}

#: What a header or footer says that tells the page and nothing else: — 1 —, 第 1 页 共 3 页.
_PAGE_NUMBER = re.compile(r"[\W\d_]*(第[\W\d_]*页)?[\W\d_]*([共/][\W\d_]*页)?[\W\d_]*|[Pp]age[\W\d_]*(of[\W\d_]*)?")

# The other parts


def styles(package: Package, relations: Relations) -> dict[str, str]:
    """Style id -> name."""
    root = _part(package, relations, "styles")
    return {
        attribute(one, "styleId"): value(one, "name")
        for one in (root if root is not None else [])
        if name_of(one) == "style"
    }


def notes(package: Package, relations: Relations) -> dict[tuple[str, str], str]:
    """(footnote or endnote, id) -> text."""
    found: dict[tuple[str, str], str] = {}
    for kind in ("footnote", "endnote"):
        root = _part(package, relations, f"{kind}s")
        for note in root if root is not None else []:
            if name_of(note) == kind:
                found[kind, attribute(note, "id")] = plain_text(note)
    return found


def comments(package: Package, relations: Relations) -> list[str]:
    """The texts of the remarks in the margin."""
    root = _part(package, relations, "comments")
    texts = (clean(plain_text(one)).strip() for one in (root if root is not None else []) if name_of(one) == "comment")
    return [text[:2000] for text in texts if text]


def running(package: Package, relations: Relations) -> Iterator[tuple[Literal["header", "footer"], str, str]]:
    """The headers and footers: which of the two, what a picture in it is called, its text. Those that say the same are
    told once, those with nothing but the number of the page not at all."""
    places = dict.fromkeys((kind, place) for kind, place, outside in relations.values() if not outside)
    told = set()
    for kind, place in places:
        root = package.xml(place) if kind in {"header", "footer"} else None
        if root is None:
            continue
        drawn = [(any_name(one), one) for one in root.iter()]
        picture = any(found in {"pic", "blip", "imagedata"} for found, _one in drawn)  # not the box of a page number
        names = (described(one) for found, one in drawn if picture and found in {"docPr", "shape"})
        name = next(filter(None, names), "")
        text = clean(plain_text(root)).strip()
        if (kind, name, text) not in told and (picture or not _PAGE_NUMBER.fullmatch(text)):
            told.add((kind, name, text))
            yield ("header" if kind == "header" else "footer"), name, text


def _part(package: Package, relations: Relations, kind: str) -> Any | None:
    place = next((place for found, place, outside in relations.values() if found == kind and not outside), None)
    return package.xml(place) if place else None


# Elements by their names


def name_of(element: Any) -> str:
    """The local name of an element of ours; "" for comments and for what other programs put in."""
    tag = element.tag
    if not isinstance(tag, str) or not tag.startswith("{"):
        return ""
    space, _, name = tag[1:].partition("}")
    return name if space in _W or space == _MC or space in _MATH else ""


def any_name(element: Any) -> str:
    """The local name of an element, whoever's it is."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def child_of(element: Any | None, name: str) -> Any | None:
    """The first child of a name."""
    return next((child for child in element if name_of(child) == name), None) if element is not None else None


def attribute(element: Any, name: str) -> str:
    """A `w:` attribute, empty without one."""
    return next((element.get(f"{{{space}}}{name}") for space in _W if element.get(f"{{{space}}}{name}")), "")


def value(element: Any, name: str) -> str:
    """The `w:val` of a child, empty without one."""
    found = child_of(element, name)
    return attribute(found, "val") if found is not None else ""


def number(text: str) -> int | None:
    """A whole number as Word writes it; None for anything else."""
    return int(text) if text.isdecimal() and len(text) < 9 else None


def is_on(properties: Any, name: str) -> bool:
    """Whether a property that is on or off is on."""
    return child_of(properties, name) is not None and value(properties, name) not in {"0", "false", "off"}


def chosen(alternatives: Any) -> Any:
    """Of alternatives for old and new programs the first, so that nothing is read twice."""
    return next((one for one in alternatives if name_of(one) in {"Choice", "Fallback"}), [])


def described(element: Any) -> str:
    """What somebody wrote about a drawing, or what it is called."""
    return element.get("descr") or element.get("alt") or element.get("title") or element.get("name") or ""


def ancestors(element: Any, limit: Any) -> Iterator[Any]:
    """The ancestors of an element below a limit."""
    parent = element.getparent()
    while parent is not None and parent is not limit:
        yield parent
        parent = parent.getparent()


def plain_text(element: Any) -> str:
    """All text in an element, deleted text left out; a line for each paragraph."""
    pieces = []
    for one in element.iter():
        name = name_of(one)
        if name == "t" and not any(name_of(up) in {"del", "moveFrom", "Fallback"} for up in ancestors(one, element)):
            pieces.append(one.text or "")
        elif name in SIGNS and name_of(one.getparent()) == "r":
            pieces.append(SIGNS[name])
        elif name == "p" and pieces:
            pieces.append("\n")
    return "".join(pieces)
