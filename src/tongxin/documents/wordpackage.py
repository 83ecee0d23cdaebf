"""An uploaded .docx opened with care: what it really is, what it holds, and nothing unpacked beyond its bounds.

Nothing is written to disk, nothing is fetched, and no part is parsed that declares a document type (entities).
"""

import io
import zipfile
import zlib
from typing import Any

from lxml import etree

from tongxin.documents.problems import WordError

MAX_FILE = 30 * 1024 * 1024
MAX_PARTS = 3000
#: All parts together; pictures are never unpacked, but what claims more is no ordinary file.
MAX_UNPACKED = 300 * 1024 * 1024
#: One part of text. 200,000 characters with much formatting take some 20 MB.
MAX_PART = 60 * 1024 * 1024
#: Tags of one part, closing ones too: each takes a hundred bytes and more once it is read.
MAX_TAGS = 1_500_000
# A part that shrank to less than a two-hundredth is made, not written. Small ones may (empty tables, white pictures).
MAX_RATIO, RATIO_FROM = 200, 5 * 1024 * 1024

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What an old Office file or an encrypted new one holds, by the names in its directory.
_OLE_STREAMS = (
    ("EncryptedPackage", "word_encrypted"),
    ("WordDocument", "word_old"),
    ("Workbook", "word_other_office"),
    ("PowerPoint Document", "word_other_office"),
)
_ENCRYPTED = 0x1
_MAIN = "wordprocessingml.document.main+xml"
_TEMPLATE = "wordprocessingml.template.main+xml"
_OTHER_OFFICE = ("spreadsheetml", "presentationml", "visio")


class Package:
    """The parts of a .docx. Raises `WordError` from the start when it is none, or none that may be read."""

    def __init__(self, data: bytes) -> None:
        check_kind(data)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            entries = self._zip.infolist()
        except _BROKEN as error:
            raise WordError("word_damaged") from error
        self._entries = {entry.filename.lstrip("/").lower(): entry for entry in entries}
        _check_size(entries)
        if len(self._entries) != len(entries):
            raise WordError("word_damaged")  # two parts of one name: programs disagree which one is read
        if any(entry.flag_bits & _ENCRYPTED for entry in entries):
            raise WordError("word_encrypted")
        self.main = self._main_part()
        if any(name.endswith(("vbaproject.bin", "vbadata.xml")) for name in self._entries):
            raise WordError("word_macros")

    def xml(self, name: str) -> Any | None:
        """The root of a part, None when there is no such part."""
        entry = self._entries.get(name.lstrip("/").lower())
        return parse(self._read(entry)) if entry else None

    def relations(self, part: str) -> dict[str, tuple[str, str, bool]]:
        """The relations of a part: id -> (last word of its type, target as a part's name, whether it lies outside)."""
        folder, _, name = part.rpartition("/")
        root = self.xml(f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels")
        found = {}
        for relation in root if root is not None else []:
            if not isinstance(relation.tag, str):
                continue
            outside = relation.get("TargetMode") == "External"
            target = relation.get("Target", "")
            place = target if outside else _resolved(folder, target)
            found[relation.get("Id", "")] = (relation.get("Type", "").rsplit("/", 1)[-1], place, outside)
        return found

    def _main_part(self) -> str:
        """The name of the part with the text, by the package's own relations and content types."""
        types = self.xml("[Content_Types].xml")
        if types is None:
            raise WordError(_kind_of_archive(self._entries))
        kinds = {
            one.get("PartName", "").lstrip("/").lower(): one.get("ContentType", "")
            for one in types
            if isinstance(one.tag, str)
        }
        for kind, place, outside in self.relations("").values():
            if kind != "officeDocument" or outside:
                continue
            content = kinds.get(place.lower(), "")
            if "macroEnabled" in content:
                raise WordError("word_macros")
            if any(other in content for other in _OTHER_OFFICE):
                raise WordError("word_other_office")
            if (_MAIN in content or _TEMPLATE in content) and place.lower() in self._entries:
                return place
        raise WordError("word_damaged" if "word/document.xml" in self._entries else "word_none")

    def _read(self, entry: zipfile.ZipInfo) -> bytes:
        """A part's bytes; what the directory says about its size is not believed."""
        try:
            with self._zip.open(entry) as stream:
                data = stream.read(MAX_PART + 1)
        except _BROKEN as error:
            raise WordError("word_damaged") from error
        if len(data) > MAX_PART:
            raise WordError("word_bomb")
        return data


# What zipfile raises on broken, cut or strangely packed files.
_BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    IndexError,
    KeyError,
)


def check_kind(data: bytes) -> None:
    """Raises when the first bytes say that this is something else than a zip archive."""
    if not data.strip(b"\0 \r\n\t"):
        raise WordError("word_empty")
    if len(data) > MAX_FILE:
        raise WordError("word_too_large", megabytes=MAX_FILE // 1024 // 1024)
    if data.startswith(_OLE):
        found = (code for stream, code in _OLE_STREAMS if stream.encode("utf-16-le") in data)
        raise WordError(next(found, "word_none"))
    head = data[:1024].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    for beginning, code in (
        (b"%pdf", "word_pdf"),
        (b"{\\rtf", "word_rtf"),
        (b"mz", "word_program"),
        (b"\x7felf", "word_program"),
        (b"#!", "word_program"),
        (b"<!doctype html", "word_web_page"),
        (b"<html", "word_web_page"),
        (b"mime-version:", "word_web_page"),
    ):
        if head.startswith(beginning):
            raise WordError(code)
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise WordError("word_none")


def parse(data: bytes) -> Any:
    """XML without document type, entities or network. Raises `WordError`."""
    if any("<!DOCTYPE".encode(code) in data for code in ("utf-8", "utf-16-le", "utf-16-be")):
        raise WordError("word_entities")
    if data.count(b"<") > MAX_TAGS:  # before anything is made of them
        raise WordError("word_too_many")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise WordError("word_damaged") from error
    if root.getroottree().docinfo.doctype:  # in yet another encoding
        raise WordError("word_entities")
    return root


def _check_size(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_PARTS or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise WordError("word_bomb")
    for entry in entries:
        if entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise WordError("word_bomb")


def _kind_of_archive(names: Any) -> str:
    """The refusal for an archive that is no Office file."""
    if ("mimetype" in names and "content.xml" in names) or "index/document.iwa" in names:
        return "word_other_text"
    return "word_none"


def _resolved(folder: str, target: str) -> str:
    """A relation's target as a part's name: relative to its folder, or from the root."""
    if target.startswith("/"):
        return target.lstrip("/")
    steps = folder.split("/") if folder else []
    for step in target.split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step not in {"", "."}:
            steps.append(step)
    return "/".join(steps)
