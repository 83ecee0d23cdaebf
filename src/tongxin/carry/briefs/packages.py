"""A brief as a package: the file in which one installation reports a brief to another.

A zip archive of three files: `manifest.json` (format and version, from whom, to whom, number and issue, the SHA-256 of
the other two), `brief.json` (the text) and `brief.docx` (the printed sheet). `pack` writes it, always the same bytes
for the same report; `unpack` believes nothing of what it reads. Neither knows the database.

A checksum shows damage, not forgery: who sent a package is known by the way it came.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
import zlib
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

FORMAT = "tongxin-brief"
VERSION = 1
MANIFEST, TEXT, WORD = "manifest.json", "brief.json", "brief.docx"
#: What each file may unpack to at most, in bytes.
LIMITS = {MANIFEST: 100_000, TEXT: 4 * 1024 * 1024, WORD: 20 * 1024 * 1024}
MAX_FILE = 20 * 1024 * 1024
_BEGINNING = b"PK\x03\x04"
_DAY = (1980, 1, 1, 0, 0, 0)  # a zip's first day: when it was packed changes nothing
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError,
)  # fmt: skip
_CODE = re.compile(r"[0-9A-Za-z-]{1,40}")
_NUMBER = re.compile(r"[0-9]{4}-[0-9]{1,8}")
_LONGEST_NAME = 80

MESSAGES = {
    "none": _("This file is no package of a brief. Choose the .zip file that the sending assembly made."),
    "too_large": _("The file is too large for a package: at most %(megabytes)s MB."),
    "damaged": _("The package is damaged or incomplete. Ask the sender for it once more."),
    "encrypted": _("The package is protected by a password. Ask the sender for it as it was downloaded."),
    "bomb": _("The package would unpack to far too much data and is not opened."),
    "path": _("The package holds a file under the name “%(name)s”, which leads elsewhere. It is not opened."),
    "foreign": _("The package holds “%(name)s”, which does not belong into one. It is not opened."),
    "newer": _(
        "The package was made by a newer version (format %(version)s, known here up to %(known)s). Update this system, "
        "or ask the sender for the printed sheet."
    ),
    "manifest": _("The package does not say rightly what it holds (%(what)s). Ask the sender for it once more."),
    "checksum": _("“%(name)s” in the package is not what the sender packed: its checksum is wrong. Ask for it again."),
    "word": _("The Word file in the package is none. Ask the sender for the package once more."),
    "content": _("The text in the package cannot be taken in: %(what)s"),
    "own": _(
        "This is a package of %(here)s itself (code %(code)s) and is not taken in here. It is for the assembly to "
        "which it is addressed."
    ),
    "sender": _(
        "“%(name)s” (code %(code)s) is no assembly below this one. If briefs are taken from it, enter its code in the "
        "list of known senders first."
    ),
    "receiver": _("The package is addressed to %(name)s, not to %(here)s. It has to be taken in there."),
    "receiver_code": _(
        "The package is addressed to %(name)s (code %(code)s), not to %(here)s. It has to be taken in there."
    ),
    "changed": _(
        "%(name)s sent another text under the number %(number)s before: it became the brief %(brief)s. Ask the sender."
    ),
}  # fmt: skip


class PackageError(ValueError):
    """Why a package is not taken in, in words."""

    def __init__(self, reason: str, /, **params: object) -> None:
        self.reason, self.params = reason, params
        super().__init__(reason)

    @classmethod
    def too_large(cls) -> PackageError:
        return cls("too_large", megabytes=MAX_FILE // 2**20)

    def __str__(self) -> str:
        return str(MESSAGES[self.reason]) % self.params


@dataclass(frozen=True)
class Party:
    """An assembly by its code and name. A receiver may be known by its name alone."""

    code: str
    name: str


@dataclass(frozen=True)
class Issue:
    """期 of the year, and 总期 over all years."""

    year: int
    number: int
    total: int


@dataclass(frozen=True)
class Text:
    """What the brief says. Category and reading level go as code, label and neutral meaning: lists differ."""

    title: str
    situation: str = ""
    analysis: str = ""
    suggestion: str = ""
    category: dict[str, str] = field(default_factory=dict)
    secrecy: dict[str, str] = field(default_factory=dict)
    authors: tuple[str, ...] = ()
    issued_on: str = ""


@dataclass(frozen=True)
class Package:
    """A package's content. `digest` is the SHA-256 of the text as it was packed ("" before)."""

    sender: Party
    receiver: Party
    number: str
    issue: Issue
    text: Text
    word: bytes
    digest: str = ""


def is_code(code: str) -> bool:
    """Whether it can be an assembly's code."""
    return bool(_CODE.fullmatch(code))


def pack(package: Package) -> bytes:
    """The archive."""
    files = {TEXT: _json(asdict(package.text)), WORD: package.word}
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "sender": asdict(package.sender),
        "receiver": asdict(package.receiver),
        "number": package.number,
        "issue": asdict(package.issue),
        "files": {
            name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)} for name, data in files.items()
        },
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {MANIFEST: _json(manifest), **files}.items():
            archive.writestr(zipfile.ZipInfo(name, _DAY), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def unpack(data: bytes) -> Package:
    """What an archive holds. Raises `PackageError`; nothing is written anywhere."""
    if len(data) > MAX_FILE:
        raise PackageError.too_large()
    if not data.startswith(_BEGINNING):
        raise PackageError("none")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if MANIFEST not in archive.namelist():  # a Word file, say, is such an archive too
                raise PackageError("none")
            names = _names(archive)
            manifest = _manifest(_read(archive, MANIFEST) if MANIFEST in names else None)
            if foreign := sorted(names - set(LIMITS)):
                raise PackageError("foreign", name=foreign[0][:_LONGEST_NAME])
            if missing := sorted(set(LIMITS) - names):
                raise PackageError("manifest", what=missing[0])
            text, word = (_checked(archive, name, manifest) for name in (TEXT, WORD))
    except PackageError:
        raise
    except _BROKEN as error:
        raise PackageError("damaged") from error
    return Package(
        sender=_party(manifest, "sender"),
        receiver=_party(manifest, "receiver", named_only=True),
        number=_matching(manifest, "number", _NUMBER),
        issue=_issue(manifest),
        text=_text(_loaded(text, TEXT)),
        word=word,
        digest=hashlib.sha256(text).hexdigest(),
    )


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode()


# The archive


def _names(archive: zipfile.ZipFile) -> set[str]:
    """The names in it, after a look at each of them; nothing has been unpacked yet."""
    entries = archive.infolist()
    for entry in entries:
        if _leads_elsewhere(entry.orig_filename):
            raise PackageError("path", name=re.sub(r"[^\w./\\:-]", "?", entry.orig_filename)[:_LONGEST_NAME])
        if entry.file_size > LIMITS.get(entry.filename, LIMITS[WORD]):
            raise PackageError("bomb")
        if entry.flag_bits & 0x1:
            raise PackageError("encrypted")
    if sum(entry.file_size for entry in entries) > sum(LIMITS.values()):
        raise PackageError("bomb")
    names = {entry.filename for entry in entries}
    if len(names) != len(entries):  # two files of one name: programs disagree which one is read
        raise PackageError("damaged")
    return names


def _leads_elsewhere(name: str) -> bool:
    return ".." in name or any(sign in name for sign in ("/", "\\", ":", "\0"))


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """A file's bytes; what the directory says about its size is not believed."""
    with archive.open(name) as stream:
        data = stream.read(LIMITS[name] + 1)
    if len(data) > LIMITS[name]:
        raise PackageError("bomb")
    return data


def _checked(archive: zipfile.ZipFile, name: str, manifest: dict[str, Any]) -> bytes:
    """A file whose checksum is the manifest's."""
    files = manifest.get("files")
    told = files.get(name) if isinstance(files, dict) else None
    if not isinstance(told, dict) or not isinstance(told.get("sha256"), str):
        raise PackageError("manifest", what=name)
    data = _read(archive, name)
    if hashlib.sha256(data).hexdigest() != told["sha256"].lower():
        raise PackageError("checksum", name=name)
    return data


# What the files say


def _manifest(data: bytes | None) -> dict[str, Any]:
    """The manifest, when it is one of ours and of a version we know."""
    if data is None:
        raise PackageError("none")
    manifest = _loaded(data, MANIFEST)
    if manifest.get("format") != FORMAT:
        raise PackageError("none")
    version = manifest.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise PackageError("manifest", what="version")
    if version > VERSION:
        raise PackageError("newer", version=str(version)[:20], known=VERSION)
    return manifest


def _loaded(data: bytes, name: str) -> dict[str, Any]:
    try:
        content = json.loads(data)
        json.dumps(content, ensure_ascii=False).encode()  # halves of characters are nothing that can be kept
    except (ValueError, RecursionError) as error:
        raise PackageError("manifest", what=name) from error
    if not isinstance(content, dict):
        raise PackageError("manifest", what=name)
    return content


def _party(manifest: dict[str, Any], key: str, *, named_only: bool = False) -> Party:
    told = manifest.get(key)
    if not isinstance(told, dict):
        raise PackageError("manifest", what=key)
    code = "" if named_only and told.get("code") == "" else _matching(told, "code", _CODE, key)
    name = told.get("name")
    if not isinstance(name, str) or not name.strip() or len(name) > _LONGEST_NAME:
        raise PackageError("manifest", what=key)
    return Party(code, name.strip())


def _matching(told: dict[str, Any], name: str, pattern: re.Pattern[str], key: str = "") -> str:
    value = told.get(name)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise PackageError("manifest", what=key or name)
    return value


def _issue(manifest: dict[str, Any]) -> Issue:
    told = manifest.get("issue")
    values: list[Any] = [told.get(name) for name in ("year", "number", "total")] if isinstance(told, dict) else []
    if not values or any(type(value) is not int or not 0 < value < 10**7 for value in values):
        raise PackageError("manifest", what="issue")
    if values[0] > 9999:
        raise PackageError("manifest", what="issue")
    return Issue(*values)


def _text(told: dict[str, Any]) -> Text:
    """The text; how long its parts may be is the receiver's matter."""
    words = {name: told.get(name, "") for name in ("title", "situation", "analysis", "suggestion", "issued_on")}
    lists = {name: told.get(name, {}) for name in ("category", "secrecy")}
    authors = told.get("authors", [])
    if not isinstance(authors, list) or not all(isinstance(each, str) for each in (*words.values(), *authors)):
        raise PackageError("manifest", what=TEXT)
    for chosen in lists.values():
        if not isinstance(chosen, dict) or not all(isinstance(each, str) for each in chosen.values()):
            raise PackageError("manifest", what=TEXT)
    return Text(**words, **lists, authors=tuple(authors))
