"""Files people send: known by their content, limited, pictures drawn anew, kept in private storage.

`prepare` examines, `accept` keeps, `serve` gives out; the permission check comes before `serve` and is the caller's.
"""

import hashlib
import io
import re
import unicodedata
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Flag, auto
from pathlib import PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.kernel import pictures

MEGABYTE = 1024 * 1024
MAX_PICTURE = 15 * MEGABYTE
MAX_DOCUMENT = 20 * MEGABYTE
MAX_UNPACKED = 200 * MEGABYTE
MAX_PARTS = 10_000
NAME_LENGTH = 120


class Kinds(Flag):
    """What may be sent at one place."""

    PICTURES = auto()
    DOCUMENTS = auto()


PICTURES = Kinds.PICTURES
DOCUMENTS = Kinds.DOCUMENTS

_PDF, _TEXT = "application/pdf", "text/plain"
_OFFICE = "application/vnd.openxmlformats-officedocument."
# Content type -> the endings its name may have; the first is given when it has another.
_ENDINGS = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    _PDF: (".pdf",),
    "application/ofd": (".ofd",),
    "application/msword": (".doc", ".wps"),
    "application/vnd.ms-excel": (".xls", ".et"),
    _OFFICE + "wordprocessingml.document": (".docx",),
    _OFFICE + "spreadsheetml.sheet": (".xlsx",),
    _OFFICE + "presentationml.presentation": (".pptx",),
    _TEXT: (".txt", ".csv", ".md"),
}
_PACKAGES = {
    "word/document.xml": _OFFICE + "wordprocessingml.document",
    "xl/workbook.xml": _OFFICE + "spreadsheetml.sheet",
    "ppt/presentation.xml": _OFFICE + "presentationml.presentation",
    "OFD.xml": "application/ofd",
}
_INLINE = ("image/jpeg", "image/png", _PDF)
# A PDF is shown by the browser's own viewer, which a sandbox would shut out.
_POLICY_PDF = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"


class StoredFile(models.Model):
    """A file that was accepted. Its bytes lie in the default storage under `path`, of a picture a small copy too."""

    assembly = models.ForeignKey("people.Assembly", models.PROTECT, related_name="+")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("file name"), max_length=NAME_LENGTH)
    content_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        app_label = "kernel"
        verbose_name = _("file")

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        return self.width is not None

    @property
    def path(self) -> str:
        """Where the bytes lie in the storage."""
        return f"{self.assembly_id}/{self.key.hex[:2]}/{self.key.hex}"

    @property
    def thumbnail_path(self) -> str:
        """Where the small copy of a picture lies."""
        return f"{self.path}-small"


@dataclass(frozen=True)
class Prepared:
    """A file examined and made harmless, not yet kept."""

    name: str
    content_type: str
    content: bytes
    thumbnail: bytes | None = None
    width: int | None = None
    height: int | None = None


def prepare(upload: File, *, kinds: Kinds = PICTURES) -> Prepared:
    """Examines `upload` by its content, whatever its name says, and draws pictures anew.

    Raises `ValidationError` with a sentence that names the file: empty, too large, of another kind, damaged.
    """
    name = _clean_name(upload.name or "")
    limit = MAX_DOCUMENT if DOCUMENTS in kinds else MAX_PICTURE
    if (upload.size or 0) > limit:
        raise _too_large(name, upload.size, limit)
    upload.seek(0)
    data = upload.read(limit + 1)
    if not data:
        raise _refused(_("“%(name)s” is empty."), "empty", name)
    document = _document_type(data, name) if DOCUMENTS in kinds else None
    if document:
        return Prepared(_with_ending(name, document), document, data)
    if PICTURES not in kinds:
        raise _refused(
            _("“%(name)s” is of a kind that is not accepted here. Please send PDF, Word, Excel, OFD or plain text."),
            "not_a_document",
            name,
        )
    if len(data) > MAX_PICTURE:
        raise _too_large(name, len(data), MAX_PICTURE)
    try:
        drawn = pictures.redraw(data, name)
    except ValidationError as error:
        if DOCUMENTS not in kinds or error.code != "not_a_picture":
            raise
        raise _refused(_(
            "“%(name)s” is of a kind that is not accepted here. Please send PDF, Word, Excel, OFD, plain text or a "
            "picture (JPEG, PNG, WebP, GIF, BMP)."
        ), "not_accepted", name) from None  # fmt: skip
    name = _with_ending(PurePosixPath(name).stem, drawn.content_type)
    return Prepared(name, drawn.content_type, drawn.content, drawn.thumbnail, drawn.width, drawn.height)


def accept(upload: File | Prepared, *, assembly: Any, by: Any = None, kinds: Kinds = PICTURES) -> StoredFile:
    """Keeps a file for `assembly`, sent by the user `by` (None: somebody without account). Raises like `prepare`.

    Bytes are written before the row. When the row cannot be written they are taken away at once; when the surrounding
    transaction is rolled back later, `sweep` takes them.
    """
    ready = upload if isinstance(upload, Prepared) else prepare(upload, kinds=kinds)
    stored = StoredFile(
        assembly=assembly,
        name=ready.name,
        content_type=ready.content_type,
        size=len(ready.content),
        sha256=hashlib.sha256(ready.content).hexdigest(),
        width=ready.width,
        height=ready.height,
        created_by=by,
    )
    try:
        default_storage.save(stored.path, ContentFile(ready.content))
        if ready.thumbnail is not None:
            default_storage.save(stored.thumbnail_path, ContentFile(ready.thumbnail))
        with transaction.atomic():
            stored.save()
    except BaseException:
        _delete_bytes([stored])
        raise
    return stored


def remove(stored: models.QuerySet[StoredFile]) -> int:
    """Deletes files; their bytes go when the transaction is committed. Returns how many."""
    gone = list(stored)
    StoredFile.objects.filter(pk__in=[file.pk for file in gone]).delete()
    transaction.on_commit(lambda: _delete_bytes(gone))
    return len(gone)


def sweep(now: datetime, older_than: timedelta = timedelta(days=1)) -> int:
    """Deletes bytes that no row knows, left by a transaction rolled back or a process killed (daily task).

    Younger ones may belong to a transaction still running and stay. Returns how many were deleted.
    """
    deleted = 0
    for folder, names in _walk():
        keys = {uuid.UUID(name.removesuffix("-small")) for name in names}
        known = {key.hex for key in StoredFile.objects.filter(key__in=keys).values_list("key", flat=True)}
        for name in names:
            path = f"{folder}/{name}"
            if name.removesuffix("-small") in known or default_storage.get_modified_time(path) > now - older_than:
                continue
            default_storage.delete(path)
            deleted += 1
    return deleted


def serve(stored: StoredFile, *, thumbnail: bool = False, download: bool = False) -> FileResponse:
    """The file as an answer. Only pictures and PDF open in the browser; nothing in them runs in our name."""
    small = thumbnail and stored.is_picture
    content_type = "image/jpeg" if small else stored.content_type
    content = default_storage.open(stored.thumbnail_path if small else stored.path)
    response = answer(content, stored.name, content_type, download=download)
    response["Cache-Control"] = "private, max-age=3600"
    return response


def answer(content: IO[bytes], name: str, content_type: str, *, download: bool = False) -> FileResponse:
    """A file's content as an answer, which nothing keeps on the way."""
    response = FileResponse(
        content,
        as_attachment=download or content_type not in _INLINE,
        filename=name,
        content_type=f"{_TEXT}; charset=utf-8" if content_type == _TEXT else content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = _POLICY_PDF if content_type == _PDF else _POLICY
    return response


def _document_type(data: bytes, name: str) -> str | None:
    """The content type of a document we take, None when it is none. Raises for packed bombs and macros."""
    if b"%PDF-" in data[:1024]:
        return _PDF
    if data.startswith(b"PK\x03\x04"):
        return _package_type(data, name)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "_VBA_PROJECT".encode("utf-16-le") in data:
            raise _macros(name)
        streams = {"WordDocument": "application/msword", "Workbook": "application/vnd.ms-excel"}
        return next((kind for stream, kind in streams.items() if stream.encode("utf-16-le") in data), None)
    if re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", data):
        return None
    for encoding in ("utf-8", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return _TEXT
    return None


def _package_type(data: bytes, name: str) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
    except Exception as error:  # zipfile raises many kinds on a broken package
        raise _refused(
            _("“%(name)s” is damaged. Please save it again and send it once more."), "damaged", name
        ) from error
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise _refused(_("“%(name)s” would unpack to far too much data."), "bomb", name)
    names = {part.filename for part in parts}
    if any(part.endswith("vbaProject.bin") for part in names):
        raise _macros(name)
    return next((kind for part, kind in _PACKAGES.items() if part in names), None)


def _clean_name(name: str) -> str:
    """The name as given, without folders, invisible and direction-changing characters; never empty."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    return " ".join(name.split()).strip(". ")[:400] or "file"


def _with_ending(name: str, content_type: str) -> str:
    """`name` with an ending that tells the truth, at most `NAME_LENGTH` characters."""
    endings = _ENDINGS[content_type]
    ending = PurePosixPath(name).suffix
    stem = name.removesuffix(ending) if ending.lower() in endings else name
    ending = ending if ending.lower() in endings else endings[0]
    return stem[: NAME_LENGTH - len(ending)] + ending


def _walk() -> Iterator[tuple[str, list[str]]]:
    """The storage's folders with the names in them, a folder at a time."""
    try:
        assemblies = default_storage.listdir("")[0]
    except FileNotFoundError:  # nothing was ever kept
        return
    for assembly in assemblies:
        for part in default_storage.listdir(assembly)[0]:
            folder = f"{assembly}/{part}"
            names = [
                name for name in default_storage.listdir(folder)[1] if re.fullmatch(r"[0-9a-f]{32}(-small)?", name)
            ]
            yield folder, names


def _delete_bytes(gone: list[StoredFile]) -> None:
    for stored in gone:
        default_storage.delete(stored.path)
        if stored.is_picture:
            default_storage.delete(stored.thumbnail_path)


def _refused(sentence: Any, code: str, name: str, **params: object) -> ValidationError:
    return ValidationError(sentence, code=code, params={"name": name[:NAME_LENGTH], **params})


def _too_large(name: str, size: int, limit: int) -> ValidationError:
    megabytes = {"size": f"{size / MEGABYTE:.1f}", "limit": limit // MEGABYTE}
    return _refused(_("“%(name)s” is too large (%(size)s MB): at most %(limit)d MB."), "too_large", name, **megabytes)


def _macros(name: str) -> ValidationError:
    return _refused(
        _("“%(name)s” contains macros (programs). Please save it without macros and send it again."), "macros", name
    )
