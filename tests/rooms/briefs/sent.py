"""Packages of briefs as another installation makes them, and their files."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from tests.rooms.briefs.ways import TEXT
from tongxin.carry.briefs import packages
from tongxin.documents import official


def foreign(**told: Any) -> bytes:
    """A package from an installation whose records are not in this database: the county's, to the city."""
    kept: dict[str, Any] = {
        "sender": packages.Party("230502", "东山区政协"),
        "receiver": packages.Party("2305", "某市政协"),
        "number": "2026-0007",
        "issue": packages.Issue(2026, 3, 45),
        "text": packages.Text(
            **TEXT, authors=("周岩", "孙萍"), category={"code": "city", "label": "城乡建设", "meaning": ""},
            secrecy={"code": "internal", "label": "内部参阅", "meaning": "internal"}, issued_on="2026-03-02",
        ),
        "word": official.to_word(official.Paper(TEXT["title"])),
    }  # fmt: skip
    return packages.pack(packages.Package(**{**kept, **told}))


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()
