"""The elements of WordprocessingML by their names, and the parts beside the text: styles, notes, comments."""

from collections.abc import Iterator
from typing import Any

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
