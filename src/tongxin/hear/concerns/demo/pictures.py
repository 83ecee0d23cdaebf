"""Small drawn pictures for the demo: what a telephone might have taken, without anybody in it."""

from __future__ import annotations

import io
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

SIZE = (960, 720)
Colour = tuple[int, int, int]


def draw(name: str) -> bytes:
    """The picture as JPEG."""
    out = io.BytesIO()
    _PICTURES[name]().save(out, "JPEG", quality=82)
    return out.getvalue()


def _ground(top: Colour, bottom: Colour) -> Image.Image:
    """A gradient from top to bottom."""
    column = Image.new("RGB", (1, SIZE[1]))
    for y in range(SIZE[1]):
        share = y / SIZE[1]
        mixed = tuple(round(a + (b - a) * share) for a, b in zip(top, bottom, strict=True))
        column.putpixel((0, y), mixed)
    return column.resize(SIZE)


def _glow(image: Image.Image, centre: tuple[int, int], radius: int, colour: Colour) -> Image.Image:
    light = Image.new("RGB", SIZE)
    x, y = centre
    ImageDraw.Draw(light).ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    mask = light.convert("L").filter(ImageFilter.GaussianBlur(radius // 2))
    return Image.composite(Image.new("RGB", SIZE, colour), image, mask.point(lambda value: value * 0.7))


def _street() -> Image.Image:
    """An unlit street at dusk."""
    image = _ground((38, 46, 66), (22, 25, 30))
    pen = ImageDraw.Draw(image)
    pen.polygon([(330, 430), (630, 430), (960, 720), (0, 720)], fill=(32, 35, 40))
    for y, width in ((470, 4), (530, 7), (610, 11), (700, 15)):
        pen.rectangle((480 - width, y, 480 + width, y + width * 3), fill=(120, 120, 112))
    for x, height in ((90, 210), (210, 170), (700, 190), (820, 230)):
        pen.rectangle((x, 430 - height, x + 100, 430), fill=(28, 32, 42))
    for x in (250, 720):
        pen.line((x, 520, x, 250), fill=(70, 74, 80), width=8)
        pen.line((x, 252, x + 46, 244), fill=(70, 74, 80), width=6)
    return image.filter(ImageFilter.GaussianBlur(0.6))


def _lamp() -> Image.Image:
    """A single lamp that still burns, far off."""
    image = _ground((26, 32, 48), (16, 18, 24))
    pen = ImageDraw.Draw(image)
    pen.polygon([(0, 560), (960, 500), (960, 720), (0, 720)], fill=(24, 27, 32))
    for x in (180, 420):
        pen.line((x, 590, x, 180), fill=(58, 62, 70), width=10)
        pen.line((x, 184, x + 60, 172), fill=(58, 62, 70), width=8)
    pen.line((760, 530, 760, 330), fill=(58, 62, 70), width=6)
    return _glow(image, (782, 328), 46, (255, 205, 110))


def _snow() -> Image.Image:
    """A heap of snow before a stop."""
    image = _ground((196, 208, 220), (232, 236, 240))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 560, 960, 720), fill=(206, 212, 218))
    pen.rectangle((600, 180, 616, 600), fill=(92, 100, 110))
    pen.rounded_rectangle((520, 120, 700, 260), 14, fill=(43, 76, 126))
    for line in range(3):
        pen.rectangle((545, 155 + line * 32, 675, 165 + line * 32), fill=(215, 224, 238))
    for x, y, r in ((300, 640, 190), (470, 610, 170), (620, 640, 200), (760, 660, 150)):
        pen.ellipse((x - r, y - r * 0.62, x + r, y + r * 0.62), fill=(248, 250, 252))
    return image.filter(ImageFilter.GaussianBlur(1.2))


def _stairs() -> Image.Image:
    """A dark flight of stairs with light from below."""
    image = _ground((30, 30, 34), (74, 70, 64))
    pen = ImageDraw.Draw(image)
    for step in range(9):
        y, inset = 690 - step * 66, step * 38
        shade = 92 - step * 8
        pen.polygon(
            [(90 + inset, y), (870 - inset, y), (850 - inset, y - 30), (110 + inset, y - 30)],
            fill=(shade, shade, shade - 6),
        )
        pen.line((90 + inset, y, 870 - inset, y), fill=(shade + 26, shade + 24, shade + 14), width=3)
    pen.line((90, 560, 420, 70), fill=(60, 56, 50), width=14)
    return image.filter(ImageFilter.GaussianBlur(0.8))


_PICTURES: dict[str, Callable[[], Image.Image]] = {"street": _street, "lamp": _lamp, "snow": _snow, "stairs": _stairs}
