"""The one place that knows how to find LibreOffice and poppler: for the tests that render papers."""

import os
import shutil
import subprocess
from pathlib import Path

NAMES = ("soffice", "libreoffice")
ELSEWHERE = ("/Applications/LibreOffice.app/Contents/MacOS/soffice",)
POPPLER = ("pdftotext", "pdftoppm", "pdffonts")
# Free stand-ins for the offices' fonts, by the name they are asked for in `documents.official.FREE_FONTS`.
FONTS = {
    "Noto Serif CJK SC": "fonts-noto-cjk",
    "AR PL UMing CN": "fonts-arphic-uming",
    "AR PL UKai CN": "fonts-arphic-ukai",
}
MISSING = (
    "papers are rendered with LibreOffice Writer, poppler and free Chinese fonts "
    "(Debian: apt install libreoffice-writer-nogui poppler-utils fonts-noto-cjk fonts-arphic-uming fonts-arphic-ukai)"
)


def find() -> str | None:
    """The path of LibreOffice: TONGXIN_OFFICE, or the first known name on the path, or None."""
    named = os.environ.get("TONGXIN_OFFICE")
    if named:
        return shutil.which(named)
    return next(filter(None, map(shutil.which, NAMES)), None) or next(filter(os.path.exists, ELSEWHERE), None)


def lacking() -> list[str]:
    """The Debian packages that are missing for rendering."""
    packages = [] if find() else ["libreoffice-writer-nogui"]
    if not all(map(shutil.which, POPPLER)):
        packages.append("poppler-utils")
    lister = shutil.which("fc-list")
    families = ""
    if lister:
        families = subprocess.run([lister, ":", "family"], capture_output=True, check=False, text=True).stdout
    return packages + [package for family, package in FONTS.items() if family not in families]


def to_pdf(files: list[Path], folder: Path) -> None:
    """Renders Word files into `folder`, with a profile of its own. RuntimeError when one does not come out."""
    path = find()
    if not path:
        raise RuntimeError(MISSING)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [path, "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder), *map(str, files)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=180)
    absent = [file.name for file in files if not (folder / f"{file.stem}.pdf").exists()]
    if absent:
        raise RuntimeError(f"LibreOffice made no PDF of {', '.join(absent)}: {done.stdout}{done.stderr}")


def fonts(pdf: Path) -> set[str]:
    """The fonts a PDF was set in."""
    done = subprocess.run(["pdffonts", str(pdf)], capture_output=True, check=True, text=True)
    return {line.split()[0] for line in done.stdout.splitlines()[2:] if line.strip()}
