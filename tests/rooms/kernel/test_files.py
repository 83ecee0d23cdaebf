"""Files people send: what is taken, what is refused, what is left of it, how it is given out."""

import io
import struct
import zipfile
import zlib
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import InMemoryStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from PIL import Image

from tongxin.kernel import files, pictures
from tongxin.kernel.fields import FilesField
from tongxin.kernel.files import DOCUMENTS, PICTURES, StoredFile, prepare
from tongxin.people.models import Assembly

PLACE = b"GPSPLACE-45.9N"


def upload(data: bytes, name: str = "照片.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="image/jpeg")


def drawn(kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", colour="red", **save) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, kind, **save)
    return out.getvalue()


def photo() -> bytes:
    """A JPEG lying on its side, left half red, with place, comment and maker's notes."""
    picture = Image.new("RGB", (60, 40), "blue")
    picture.paste("red", (0, 0, 30, 40))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter to the right
    exif[0x010F] = PLACE.decode()
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=PLACE, icc_profile=PLACE, dpi=(72, 72))
    return out.getvalue()


def bomb_png(side: int = 30_000) -> bytes:
    """A PNG of a few kilobytes that claims `side` × `side` pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(bytes(100_000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


def package(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), content)
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WORD = package(word__document_xml=b"<x/>")


def test_photo_is_upright_and_tells_no_place() -> None:
    assert PLACE in photo()
    ready = prepare(upload(photo()))
    assert (ready.content_type, ready.width, ready.height) == ("image/jpeg", 40, 60)
    for data in (ready.content, ready.thumbnail):
        picture = Image.open(io.BytesIO(data))
        assert PLACE not in data
        assert not picture.getexif()
        assert not {"exif", "comment", "icc_profile"} & set(picture.info)
        red, _, blue = picture.getpixel((20, 5))
        assert red > 200 > blue
        red, _, blue = picture.getpixel((20, 55))
        assert blue > 200 > red


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "MPO"])
def test_kinds_of_pictures(kind: str) -> None:
    ready = prepare(upload(drawn(kind), "图.dat"))
    assert ready.content_type == "image/jpeg"
    assert ready.name == "图.jpg"
    assert Image.open(io.BytesIO(ready.content)).format == "JPEG"


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "I;16", "LA", "RGBA"])
def test_modes(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    ready = prepare(upload(drawn(kind, mode=mode, colour=1 if mode in "1LPI;16" else None)))
    assert ready.content_type == ("image/png" if mode in ("LA", "RGBA") else "image/jpeg")


def test_transparent_stays_so_without_its_metadata() -> None:
    ready = prepare(upload(drawn("PNG", mode="RGBA", colour=(255, 0, 0, 100), icc_profile=PLACE), "图.png"))
    assert ready.content_type == "image/png"
    assert PLACE not in ready.content
    assert Image.open(io.BytesIO(ready.content)).getpixel((0, 0)) == (255, 0, 0, 100)
    assert Image.open(io.BytesIO(ready.thumbnail)).format == "JPEG"


def test_large_pictures_become_smaller() -> None:
    ready = prepare(upload(drawn(size=(6000, 3000))))
    assert (ready.width, ready.height) == (pictures.LONGEST_SIDE, 1280)
    assert max(Image.open(io.BytesIO(ready.thumbnail)).size) == pictures.THUMBNAIL_SIDE


def test_of_a_moving_picture_the_first_frame() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    ready = prepare(upload(out.getvalue(), "动.gif"))
    red, _, blue = Image.open(io.BytesIO(ready.content)).getpixel((5, 5))
    assert red > 200 > blue


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"MZ\x90\x00" + bytes(2000), "not_a_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not_a_picture"),
        (b"%PDF-1.7\n", "not_a_picture"),
        (bytes(4) + b"ftypheic" + bytes(100), "heic"),
        (bomb_png(), "too_many_pixels"),
        (bomb_png(8_000), "too_many_pixels"),
        (bomb_png(1_000), "damaged"),
        (drawn(size=(900, 900), colour="green")[:4000], "damaged"),
        (photo()[:40], "not_a_picture"),
        (b"\xff\xd8\xff\xe0" + bytes(15 * 1024 * 1024), "too_large"),
    ],
)
def test_refused_pictures(data: bytes, code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        prepare(upload(data))
    assert caught.value.code == code
    assert "照片.jpg" in caught.value.messages[0]


@pytest.mark.parametrize(
    ("data", "name", "stored", "content_type"),
    [
        (b"%PDF-1.7\n...", "答复.pdf", "答复.pdf", "application/pdf"),
        (WORD, "答复", "答复.docx", files._OFFICE + "wordprocessingml.document"),
        (package(xl__workbook_xml=b""), "表.XLSX", "表.XLSX", files._OFFICE + "spreadsheetml.sheet"),
        (package(OFD_xml=b""), "文.ofd", "文.ofd", "application/ofd"),
        (OLE + "WordDocument".encode("utf-16-le"), "旧.doc", "旧.doc", "application/msword"),
        ("内容".encode("gbk"), "说明.txt", "说明.txt", "text/plain"),
        (b"@echo off\r\ndel *", "run.bat", "run.bat.txt", "text/plain"),
        (b"<script>alert(1)</script>", "x.html", "x.html.txt", "text/plain"),
        (drawn("PNG"), "图.png", "图.jpg", "image/jpeg"),
    ],
)
def test_documents(data: bytes, name: str, stored: str, content_type: str) -> None:
    ready = prepare(upload(data, name), kinds=DOCUMENTS | PICTURES)
    assert (ready.name, ready.content_type) == (stored, content_type)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"MZ\x90\x00" + bytes(2000), "not_a_document"),
        (drawn(), "not_a_document"),
        (package(a_xml=b""), "not_a_document"),
        (WORD[:60], "damaged"),
        (package(word__document_xml=bytes(201 * 1024 * 1024)), "bomb"),
        (package(word__document_xml=b"", word__vbaProject_bin=b""), "macros"),
        (OLE + "WordDocument _VBA_PROJECT".encode("utf-16-le"), "macros"),
        (b"%PDF-" + bytes(20 * 1024 * 1024), "too_large"),
    ],
    ids=["program", "picture", "zip", "truncated", "bomb", "macros", "old macros", "large"],
)
def test_refused_documents(data: bytes, code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        prepare(upload(data, "x.docx"), kinds=DOCUMENTS)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\照片\\路灯.JPG", "路灯.jpg"),
        ("照片\u202egnp.exe", "照片gnp.jpg"),
        ("长" * 300 + ".jpg", "长" * 116 + ".jpg"),
        ("   .jpg", "jpg.jpg"),
        ("👨‍👩‍👧.jpg", "👨👩👧.jpg"),
    ],
)
def test_names(given: str, kept: str) -> None:
    raw = upload(drawn())
    raw._name = given  # as a crafted request might have it
    assert prepare(raw).name == kept


# Keeping and giving out


@pytest.fixture
def assembly(db) -> Assembly:
    return Assembly.objects.create(code="T", name="某市政协", level="city")


@pytest.fixture(autouse=True)
def storage(settings):
    """A storage of its own for each test."""
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    return InMemoryStorage


def kept_names() -> set[str]:
    return {f"{folder}/{name}" for folder, names in files._walk() for name in names}


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def test_accepted_picture_is_kept_and_served(assembly: Assembly) -> None:
    stored = files.accept(upload(photo(), "路灯.jpeg"), assembly=assembly)
    stored.refresh_from_db()
    assert kept_names() == {stored.path, stored.thumbnail_path}
    assert (stored.size, stored.width, stored.is_picture) == (default_storage.size(stored.path), 40, True)
    whole, small = files.serve(stored), files.serve(stored, thumbnail=True)
    assert whole["Content-Type"] == "image/jpeg"
    assert whole["X-Content-Type-Options"] == "nosniff"
    assert whole["Cache-Control"].startswith("private")
    assert "sandbox" in whole["Content-Security-Policy"]
    assert whole["Content-Disposition"] == "inline; filename*=utf-8''%E8%B7%AF%E7%81%AF.jpg"
    assert len(body(whole)) == stored.size
    assert Image.open(io.BytesIO(body(small))).format == "JPEG"
    assert files.serve(stored, download=True)["Content-Disposition"].startswith("attachment")


def test_only_pictures_and_pdf_open_in_the_browser(assembly: Assembly) -> None:
    def served(data: bytes, name: str):
        return files.serve(files.accept(upload(data, name), assembly=assembly, kinds=DOCUMENTS), thumbnail=True)

    pdf, page = served(b"%PDF-1.7", "a.pdf"), served(b"<script>alert(1)</script>", "a.html")
    assert pdf["Content-Disposition"].startswith("inline")
    assert page["Content-Disposition"].startswith("attachment")
    assert page["Content-Type"] == "text/plain; charset=utf-8"
    assert "sandbox" in page["Content-Security-Policy"]


def test_nothing_is_left_when_the_row_cannot_be_written(assembly: Assembly, monkeypatch) -> None:
    def fail(*args, **kwargs):
        raise RuntimeError("disk")

    monkeypatch.setattr(StoredFile, "save", fail)
    with pytest.raises(RuntimeError):
        files.accept(upload(photo()), assembly=assembly)
    assert kept_names() == set()


def test_sweep_takes_what_a_rolled_back_transaction_left(assembly: Assembly) -> None:
    stored = files.accept(upload(photo()), assembly=assembly)
    with transaction.atomic():
        files.accept(upload(photo()), assembly=assembly)
        transaction.set_rollback(True)
    assert len(kept_names()) == 4
    now = timezone.now()
    assert files.sweep(now) == 0
    assert files.sweep(now + timedelta(days=2)) == 2
    assert kept_names() == {stored.path, stored.thumbnail_path}


@pytest.mark.django_db
def test_sweep_of_a_storage_never_used(settings, tmp_path) -> None:
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "none"}}
    settings.STORAGES = {**settings.STORAGES, "default": backend}
    assert files.sweep(timezone.now()) == 0


def test_remove_takes_row_and_bytes(assembly: Assembly, django_capture_on_commit_callbacks) -> None:
    stored = files.accept(upload(photo()), assembly=assembly)
    with django_capture_on_commit_callbacks(execute=True):
        assert files.remove(StoredFile.objects.filter(pk=stored.pk)) == 1
    assert kept_names() == set()
    assert not StoredFile.objects.exists()


# The form field


def test_field_prepares_several() -> None:
    ready = FilesField().clean([upload(photo(), "a.jpg"), upload(drawn("PNG"), "b.png")])
    assert [each.name for each in ready] == ["a.jpg", "b.jpg"]
    assert FilesField(required=False).clean([]) == []
    assert FilesField(required=False).clean(None) == []


@pytest.mark.parametrize(
    ("field", "sent", "code"),
    [
        (FilesField(), [], "required"),
        (FilesField(max_files=1), [upload(photo()), upload(photo())], "count"),
        (FilesField(max_total=1000), [upload(drawn(size=(500, 500)))], "total"),
    ],
)
def test_field_limits(field: FilesField, sent: list, code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        field.clean(sent)
    assert caught.value.code == code


def test_field_names_every_wrong_file() -> None:
    with pytest.raises(ValidationError) as caught:
        FilesField().clean([upload(b"MZ", "一.jpg"), upload(photo(), "二.jpg"), upload(b"", "三.jpg")])
    assert len(caught.value.messages) == 2
    assert "一.jpg" in caught.value.messages[0]
    assert "三.jpg" in caught.value.messages[1]


def test_field_widget_takes_many_and_only_its_kinds() -> None:
    field = FilesField()
    assert 'type="file"' in field.widget.render("pictures", None)
    assert "multiple" in field.widget.render("pictures", None)
    assert field.widget.attrs["accept"] == "image/*"
    assert ".docx" in FilesField(kinds=DOCUMENTS).widget.attrs["accept"]
