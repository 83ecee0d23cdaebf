"""Draw the app's icons from the brand mark, in a real browser: src/tongxin/shell/static/tongxin/app-*.png.

python scripts/icons.py        needed only when brand.svg has changed
"""

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

import browser

STATIC = Path(__file__).resolve().parents[1] / "src/tongxin/shell/static/tongxin"
PAPER = "#faf8f4"
# Name, side in pixels, and how much of it the mark takes: telephones cut up to a fifth off a maskable icon.
ICONS = (("app-180", 180, 0.74), ("app-192", 192, 0.8), ("app-512", 512, 0.8), ("app-maskable-512", 512, 0.6))
COLOURS = 64


def drawn(chromium: Browser, mark: str, side: int, share: float) -> bytes:
    """The mark on paper, as a PNG."""
    tab = chromium.new_page(viewport={"width": side, "height": side})
    size = f"width:{side * share}px;height:{side * share}px"
    style = f"margin:0;background:{PAPER};display:grid;place-items:center;height:100vh"
    tab.set_content(f'<body style="{style}">{mark.replace("<svg ", f"""<svg style="{size}" """, 1)}</body>')
    png = tab.screenshot()
    tab.close()
    return png


def main() -> None:
    """Draw every icon anew."""
    mark = (STATIC / "brand.svg").read_text("utf-8")
    with browser.launched() as chromium:
        for name, side, share in ICONS:
            picture = Image.open(io.BytesIO(drawn(chromium, mark, side, share))).convert("RGB")
            picture.quantize(COLOURS).save(STATIC / f"{name}.png", optimize=True)
            print(f"{name}.png")


if __name__ == "__main__":
    main()
