"""A small picture as a telephone would send it."""

import io

from PIL import Image


def a_picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), (40, 60, 80)).save(out, "JPEG")
    return out.getvalue()
