"""Pictures made harmless: drawn anew from their pixels, so that place, camera and anything hidden in them is gone."""

import io
import warnings
from dataclasses import dataclass
from threading import Lock

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")  # JPEG includes the MPO of some cameras
MAX_PIXELS = 50_000_000
LONGEST_SIDE = 2560
THUMBNAIL_SIDE = 480
QUALITY = 85

# Fifty million pixels take hundreds of megabytes: a process draws one picture at a time, however many are sent.
_ONE_AT_A_TIME = Lock()
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")


@dataclass(frozen=True)
class Picture:
    """A picture drawn anew: JPEG, or PNG where it is transparent; `thumbnail` is always JPEG."""

    content_type: str
    content: bytes
    thumbnail: bytes
    width: int
    height: int


def redraw(data: bytes, name: str) -> Picture:
    """The picture in `data`, turned the right way up, at most `LONGEST_SIDE` pixels, without metadata; of a moving one
    the first frame. `name` is what errors call it.

    Raises `ValidationError` when it is no picture, too many pixels (told from the header, before anything is
    unpacked), or damaged.
    """
    _check(data, name)
    try:
        with _ONE_AT_A_TIME, Image.open(io.BytesIO(data), formats=FORMATS) as source:
            whole = _drawn(source, LONGEST_SIDE)
        opaque = _opaque(whole)
        small = opaque.copy()
        small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
        if whole.mode == "RGBA":
            content_type, content = "image/png", _encoded(whole, "PNG")
        else:
            content_type, content = "image/jpeg", _encoded(whole, "JPEG")
        return Picture(content_type, content, _encoded(small, "JPEG"), *whole.size)
    except Exception as error:  # broken files make the decoders raise nearly anything
        raise ValidationError(
            _("“%(name)s” is damaged or was not sent completely. Please send it again."),
            code="damaged",
            params={"name": name},
        ) from error


def _check(data: bytes, name: str) -> None:
    """Raises when the header says that this is no picture we draw, or one with too many pixels."""
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        raise ValidationError(
            _(
                "“%(name)s” is an HEIC photo, which cannot be read here. Send a screenshot of it, or set the phone's "
                "camera to “most compatible”."
            ),
            code="heic",
            params={"name": name},
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as source:
                width, height = source.size
    except Image.DecompressionBombError:
        width, height = MAX_PIXELS, MAX_PIXELS
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise ValidationError(
            _("“%(name)s” is not a picture. Pictures are JPEG, PNG, WebP, GIF or BMP files."),
            code="not_a_picture",
            params={"name": name},
        ) from None
    if width * height > MAX_PIXELS:
        raise ValidationError(
            _("“%(name)s” has too many pixels: at most %(limit)d million."),
            code="too_many_pixels",
            params={"name": name, "limit": MAX_PIXELS // 1_000_000},
        )


def _drawn(source: Image.Image, side: int) -> Image.Image:
    """The pixels alone, RGB or (when something shows through) RGBA, upright and no longer than `side`."""
    transparent = source.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in source.info
    if transparent or source.mode not in ("RGB", "L", "CMYK"):
        drawn = source.convert("RGBA" if transparent else "RGB")
        drawn.thumbnail((side, side), reducing_gap=2.0)
    else:
        source.thumbnail((side, side), reducing_gap=2.0)  # lets the JPEG decoder shrink while it reads
        drawn = source.convert("RGB")
    drawn = ImageOps.exif_transpose(drawn)
    if drawn.mode == "RGBA" and drawn.getchannel("A").getextrema() == (255, 255):
        drawn = drawn.convert("RGB")
    return Image.frombytes(drawn.mode, drawn.size, drawn.tobytes())


def _opaque(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _encoded(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **({"quality": QUALITY, "progressive": True} if kind == "JPEG" else {}))
    return out.getvalue()
