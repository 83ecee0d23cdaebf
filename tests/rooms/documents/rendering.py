"""Rendered papers measured: where words and red ink stand on the page, in millimetres."""

import io
import re
import subprocess
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from PIL import Image

_WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')
_MM = 25.4 / 72
DPI = 300

# The text block of GB/T 9704, from the page's left and upper edge.
LEFT, RIGHT, TOP, BOTTOM = 28, 184, 37, 262


@dataclass(frozen=True)
class Word:
    """Characters that stand together."""

    left: float
    top: float
    right: float
    bottom: float
    text: str

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def pages(pdf: Path) -> list[list[Word]]:
    """The words of every page in reading order."""
    done = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], capture_output=True, check=True, text=True)
    return [
        [Word(*(float(n) * _MM for n in found[:4]), unescape(found[4])) for found in _WORD.findall(page)]
        for page in done.stdout.split("<page ")[1:]
    ]


def text_lines(words: list[Word]) -> list[str]:
    """What stands in the text block, a string for each line; spaces left out."""
    rows: dict[float, list[Word]] = {}
    for word in words:
        if TOP - 1 < word.middle < BOTTOM:
            row = next((known for known in rows if abs(known - word.middle) < 2), word.middle)
            rows.setdefault(row, []).append(word)
    ordered = (sorted(rows[row], key=lambda word: word.left) for row in sorted(rows))
    return ["".join(word.text for word in row) for row in ordered]


def number(words: list[Word]) -> tuple[str, float, float, float]:
    """The page number below the text block: its text, left and right edge and the middle of its line."""
    below = [word for word in words if word.middle > BOTTOM]
    text = " ".join(word.text for word in below)
    return text, min(word.left for word in below), max(word.right for word in below), below[0].middle


def ink(pdf: Path, page: int, red: bool) -> list[tuple[float, float, float, float]]:
    """Bands of red (or black) ink on a page (from 1): upper and lower, left and right edge."""
    drawn = subprocess.run(
        ["pdftoppm", "-r", str(DPI), "-f", str(page), "-l", str(page), "-png", str(pdf)],
        capture_output=True,
        check=True,
    ).stdout
    image = Image.open(io.BytesIO(drawn)).convert("RGB")
    r, g, _ = image.split()
    if red:
        mask = Image.eval(g, lambda value: 255 * (value < 110))
        mask.paste(0, mask=Image.eval(r, lambda value: 255 * (value < 170)))
    else:
        mask = Image.eval(r, lambda value: 255 * (value < 140))
    bands: list[list[int]] = []
    width, height = mask.size
    for y in range(height):
        if mask.crop((0, y, width, y + 1)).getbbox():
            if bands and bands[-1][1] >= y - 1:
                bands[-1][1] = y + 1
            else:
                bands.append([y, y + 1])
    k = 25.4 / DPI
    found = []
    for top, bottom in bands:
        box = mask.crop((0, top, width, bottom)).getbbox()
        found.append((top * k, bottom * k, box[0] * k, box[2] * k))
    return found
