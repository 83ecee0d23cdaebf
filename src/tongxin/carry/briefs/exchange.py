"""Briefs between installations: what goes into a package, from whom one is taken, and what it becomes here."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from tongxin.documents import official
from tongxin.kernel import door, options
from tongxin.kernel.actor import Actor, system
from tongxin.kernel.errors import Invalid, NotAllowed
from tongxin.kernel.files import DOCUMENTS, accept, prepare
from tongxin.kernel.text import whole_number
from tongxin.people.models import Assembly

from . import documents, packages, policy
from .actions.steps import flow
from .forms.fields import first_error
from .models import PARTS, Brief, BriefPackage, BriefReport, issue_words
from .packages import Issue, Package, PackageError, Party, Text

_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_LISTS = {"category": "briefs.category", "secrecy": "briefs.secrecy"}

# Going out


def sent(brief: Brief, to_code: str, by: Actor) -> dict[str, Any]:
    """What is kept of a report to somebody outside: the text and the printed sheet, as they go out."""
    text, word, name = _made(brief, to_code)
    sheet = SimpleUploadedFile(name, word, _WORD_TYPE)
    return {"packed": asdict(text), "word": accept(sheet, assembly=brief.assembly, by=by.user, kinds=DOCUMENTS)}


def packed(report: BriefReport) -> bytes:
    """The package of a report to somebody outside: what was sent, the same bytes whenever it is asked for."""
    brief = report.brief
    if report.packed and report.word:
        text = Text(**{**report.packed, "authors": tuple(report.packed["authors"])})
        with default_storage.open(report.word.path) as file:
            word = file.read()
    else:  # reported before what was sent was kept
        text, word, _name = _made(brief, report.to_code)
    return packages.pack(
        Package(
            sender=Party(brief.assembly.code, brief.assembly.name),
            receiver=Party(report.to_code, report.to_name),
            number=brief.number,
            issue=Issue(brief.issue_year or 0, brief.issue_number or 0, brief.issue_total or 0),
            text=text,
            word=word,
        )
    )


def _made(brief: Brief, to_code: str) -> tuple[Text, bytes, str]:
    """The text, the printed sheet and its file's name. An assembly reads the authors' names, because it gives the
    credit; others do by consent only."""
    named = bool(to_code) or brief.name_public
    issue, name = documents.of_brief(system("exchange", brief.assembly), brief, "issue", named=named)
    parts: dict[str, Any] = {**brief.texts, **lists_of(brief)}
    text = Text(
        **parts,
        authors=tuple(author.name for author in brief.authors.all()) if named else (),
        issued_on=timezone.localdate(brief.issued_at).isoformat() if brief.issued_at else "",
    )
    return text, official.to_word(issue), f"{name}.docx"


def lists_of(brief: Brief) -> dict[str, dict[str, str]]:
    """Category and reading level as code, label and neutral meaning."""
    found = {}
    for name, key in _LISTS.items():
        code = getattr(brief, name)
        known = next((each for each in options.every_choice(brief.assembly_id, key) if each.code == code), None)
        found[name] = {"code": code, "label": known.zh, "meaning": known.meaning} if known else {}
    return found


# Coming in


def fitting(assembly_id: int, chosen: dict[str, dict[str, str]]) -> dict[str, str]:
    """Category and reading level out of the receiver's lists: the same code, else the same label or meaning.

    A category that is unknown here is left for the editor; who may read it is never made wider than it was.
    """
    found = {name: _same(assembly_id, key, chosen.get(name, {})) for name, key in _LISTS.items()}
    if chosen.get("secrecy", {}).get("code") and not found["secrecy"]:
        closed = (each for each in options.choices(assembly_id, _LISTS["secrecy"]) if each.meaning != "public")
        found["secrecy"] = next((each.code for each in closed), "")
    return found


def _same(assembly_id: int, key: str, told: dict[str, str]) -> str:
    """The code of the entry that says the same in the assembly's own list, "" when there is none."""
    offered = options.choices(assembly_id, key)
    for name in ("code", "zh", "meaning"):
        wanted = told.get("label" if name == "zh" else name)
        if same := next((each for each in offered if wanted and getattr(each, name) == wanted), None):
            return same.code
    return ""


def known_sender(here: Assembly, code: str) -> str:
    """The name in our books of whom briefs are taken from: an assembly below, or one on the list of known senders.

    "" for all others."""
    below = Assembly.objects.filter(Q(parent=here) | Q(parent__parent=here) | Q(parent__parent__parent=here), code=code)
    if found := below.first():
        return found.name
    senders = options.choices(here.pk, "briefs.sender")
    return next((each.label for each in senders if each.code == code), "")


def arrived(here: Assembly, sender: str, number: str) -> Brief | None:
    """What the brief of this number became here, whichever way it came."""
    year, _dash, serial = number.partition("-")
    way = Q(package__sender=sender, package__number=number)
    if (place := whole_number(serial)) is not None and (in_year := whole_number(year)) is not None:
        way |= Q(came_from__assembly__code=sender, came_from__year=in_year, came_from__serial=place)
    return Brief.objects.filter(way, assembly=here).select_related("package").first()


def checked(data: bytes, by: Actor) -> tuple[Package, Brief | None]:
    """What a file holds, and what it became when it was taken in before. Raises `PackageError` for what is not taken
    in here."""
    package = packages.unpack(data)
    here: Any = by.assembly
    if package.sender.code == here.code:
        raise PackageError("own", here=here, code=here.code)
    if not known_sender(here, package.sender.code):
        raise PackageError("sender", code=package.sender.code, name=package.sender.name)
    to = package.receiver
    if (to.code != here.code) if to.code else (to.name not in (here.name, here.short)):
        raise PackageError("receiver_code" if to.code else "receiver", name=to.name, code=to.code, here=here)
    twin = arrived(here, package.sender.code, package.number)
    if twin is not None:
        kept = BriefPackage.objects.filter(brief=twin).first()
        if kept is not None and kept.digest != package.digest:
            told = {"name": package.sender.name, "number": package.number, "brief": twin.number}
            raise PackageError("changed", **told)
        return package, twin
    _form(package, by)
    return package, None


def take_in(data: bytes, by: Actor, now: datetime | None = None) -> tuple[Brief, bool]:
    """The brief that a package became, and whether that happened now. It arrives as a lower assembly's submission, in
    the name of that assembly; the journal keeps who took it in.

    Raises `PackageError`, and `NotAllowed` for whoever is no editor.
    """
    if not policy.receive.allows(by, Brief(assembly=by.assembly)):
        raise NotAllowed(policy.receive.reason)
    package, twin = checked(data, by)
    if twin is not None:
        return twin, False
    now = now or timezone.now()
    told, files, sender = _told(package, by), _files(package), system(package.sender.name, by.assembly)
    try:
        with transaction.atomic():
            brief = door.begin(flow(), "arrive", sender, told, files, now=now)
            door.note(brief, "taken_in", by, now=now, unit=package.sender.name, number=package.number)
    except (Invalid, IntegrityError):
        # It was right a moment ago: somebody else has taken it in meanwhile, and that one is the brief.
        _package, twin = checked(data, by)
        if twin is None:
            raise
        return twin, False
    return brief, True


def _told(package: Package, by: Actor) -> dict[str, Any]:
    """What the move `arrive` is told of a package."""
    text, issue = package.text, package.issue
    return {
        "title": text.title,
        **{part: getattr(text, part) for part in PARTS},
        **fitting(by.assembly_id or 0, {"category": text.category, "secrecy": text.secrecy}),
        "assembly": by.assembly_id,
        "unit": package.sender.name,
        "names": "、".join(name.strip() for name in text.authors if name.strip()),
        "sender": package.sender.code,
        "number": package.number,
        "issue_year": issue.year,
        "issue_number": issue.number,
        "issue_total": issue.total,
        "digest": package.digest,
    }


def _files(package: Package) -> dict[str, Any]:
    """The printed sheet as a request has it. Raises `PackageError` when it is no Word file."""
    sheet = SimpleUploadedFile(f"{package.sender.name} {package.number}.docx", package.word, _WORD_TYPE)
    try:
        kind = prepare(sheet, kinds=DOCUMENTS).content_type
    except ValidationError as error:
        raise PackageError("word") from error
    if kind != _WORD_TYPE:
        raise PackageError("word")
    return {"word": [sheet]}


def _form(package: Package, by: Actor) -> None:
    """The move's form looks at it before anybody is asked to take it in. Raises `PackageError`."""
    move = flow().move("arrive")
    sender = system(package.sender.name, by.assembly)
    form = move.form(_told(package, by), _files(package), record=None, actor=sender, now=timezone.now())
    if not form.is_valid():
        raise PackageError("content", what=first_error(form))


def words(package: Package, by: Actor) -> dict[str, str]:
    """What the page says of a package beside its text: issue, category and reading level as they will stand here."""
    issue, text = package.issue, package.text
    chosen = fitting(by.assembly_id or 0, {"category": text.category, "secrecy": text.secrecy})
    labels = {name: options.label(by.assembly_id, key, chosen[name]) for name, key in _LISTS.items()}
    return {"issue": issue_words(issue.year, issue.number, issue.total), **labels}
