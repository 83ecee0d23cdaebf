"""Packages of briefs as another installation makes them, and their files."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from django.core.files.storage import default_storage

from tests.cast import Cast
from tests.rooms.briefs.ways import TEXT, brief_in, move
from tongxin.carry.briefs import packages
from tongxin.carry.briefs.models import Brief, BriefReport
from tongxin.documents import official
from tongxin.kernel.actor import Actor
from tongxin.people import queries as people
from tongxin.people import roles
from tongxin.people.models import RoleGrant, User


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


PATH = "/desk/briefs/take-in/"


def reported(cast: Cast, **told: Any) -> BriefReport:
    """A brief of the city's that was reported to somebody in another installation."""
    data = {"to": "outside", "to_name": cast.province.name, "to_code": "23", "level": "province_assembly", **told}
    return move(cast, brief_in(cast, "issued"), "report_up", "info_editor", **data).reports.get()


def upper(cast: Cast) -> Actor:
    """The editor of the province, which stands for the other installation."""
    user, _made = User.objects.get_or_create(username="upper", name="省编辑", must_change_password=False)
    RoleGrant.objects.get_or_create(assembly=cast.province, user=user, role=roles.INFO_EDITOR)
    cast.users["upper"] = user
    return people.actor_of(user)


def stored(brief: Brief) -> bytes:
    """The printed sheet that came in the package."""
    with default_storage.open(brief.package.word.path) as file:
        return file.read()


def altered(data: bytes, change: Callable[[dict[str, Any]], Any], name: str = "manifest.json") -> bytes:
    """The package with one of its JSON files changed; the manifest's checksums are made true again."""
    files = parts(data)
    content = json.loads(files[name])
    change(content)
    files[name] = json.dumps(content).encode()
    if name != "manifest.json":
        manifest = json.loads(files["manifest.json"])
        manifest["files"][name]["sha256"] = hashlib.sha256(files[name]).hexdigest()
        files["manifest.json"] = json.dumps(manifest).encode()
    return zipped(files)
