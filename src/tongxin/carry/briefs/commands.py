"""The command line of briefs: `tongxin export brief` and `tongxin import brief`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click
from django.db.models import QuerySet
from django.utils.translation import gettext as _

_SUBMISSION = re.compile(r"^(\d{4})-(\d{1,9})$")
_ISSUE = re.compile(r"^(?:(\d{4})年?)?第(\d{1,9})期$")
_TOTAL = re.compile(r"^总第(\d{1,9})期$")


@click.command("brief")
@click.argument("brief", metavar="ID_OR_NUMBER")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The Word file to write (.docx).")
@click.option(
    "--paper", type=click.Choice(["sheet", "issue", "slip"]), help="Which paper; the issue when there is one."
)
@click.option("--assembly", "code", default="", help="Code of the assembly; the portal's own when not given.")
@click.option("--force", is_flag=True, help="Write over a file that is there already.")
def export_brief(brief: str, out: Path, paper: str | None, code: str, force: bool) -> None:
    """Write a brief as an official paper: by its id, its number (2026-0001), or its issue (2026年第3期, 总第128期)."""
    from tongxin.documents.official import to_word
    from tongxin.kernel.actor import system
    from tongxin.kernel.errors import NotAllowed

    from . import documents

    where = _assembly(code)
    found = _found(where, brief.strip())
    _check(out, force)
    key = paper or ("issue" if found.issued_at else "sheet")
    try:
        made, _name = documents.of_brief(system("export", where), found, key)
    except NotAllowed:
        raise click.ClickException(
            _("%(number)s is not issued yet: there is only its sheet (--paper sheet).") % {"number": found.number}
        ) from None
    _write(out, to_word(made), force)
    told = {"paper": documents.KINDS[key].label, "number": found.number, "title": found.title, "file": out}
    click.echo(_("%(paper)s of %(number)s “%(title)s” written to %(file)s.") % told)


@click.command("brief")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--assembly", "code", help="Code of the receiving assembly; not needed when there is only one.")
@click.option("--dry-run", is_flag=True, help="Only say what the package holds.")
def import_brief(file: Path, code: str | None, dry_run: bool) -> None:
    """Take in the package of a brief that a lower assembly reports from its own installation."""
    from tongxin.kernel.actor import system

    from . import exchange
    from .packages import MAX_FILE, PackageError

    by = system("import", _receiver(code))
    try:
        if file.stat().st_size > MAX_FILE:
            raise PackageError.too_large()
        data = file.read_bytes()
        package, twin = exchange.checked(data, by)
        told = {"from": package.sender.name, "number": package.number, "title": package.text.title}
        click.echo(_("%(from)s, %(number)s: “%(title)s”") % told)
        if twin is not None:
            click.echo(_("It was taken in before, as %(number)s. No second one was made.") % {"number": twin.number})
        elif not dry_run:
            brief, _fresh = exchange.take_in(data, by)
            click.echo(_("Taken in as %(number)s.") % {"number": brief.number})
    except PackageError as problem:
        raise click.ClickException(f"{file.name}: {problem} {_('Nothing was taken in.')}") from None


def _receiver(code: str | None) -> Any:
    """The receiving assembly: the one named, or the only one with a term."""
    from tongxin.people.models import Assembly, Term

    rows = (
        Assembly.objects.filter(code=code) if code else Assembly.objects.filter(pk__in=Term.objects.values("assembly"))
    )
    if rows.count() != 1:
        known = ", ".join(f"{a.code} {a}" for a in Assembly.objects.all())
        raise click.ClickException(_("Say which assembly, with --assembly CODE: %(known)s") % {"known": known or "–"})
    return rows.get()


def _assembly(code: str) -> Any:
    from tongxin.people import queries as people
    from tongxin.people.models import Assembly

    found = Assembly.objects.filter(code=code).first() if code else people.home()
    if found is None and code:
        known = "、".join(f"{each.code} {each}" for each in Assembly.objects.all()[:30])
        raise click.ClickException(
            _("There is no assembly with code %(code)s. There are: %(known)s") % {"code": code, "known": known}
        )
    if found is None:
        raise click.ClickException(_("There is no assembly yet. “tongxin demo” makes one to try out."))
    return found


def _found(where: Any, asked: str) -> Any:
    """The brief that is asked for. An issue without a year is that of the newest year that has it."""
    from .models import Brief
    from .queries.rows import READ_RELATED

    rows: QuerySet[Brief] = Brief.objects.select_related(*READ_RELATED, "created_by")
    if asked.isascii() and asked.isdecimal() and len(asked) < 19:
        chosen = rows.filter(pk=int(asked))
    elif number := _SUBMISSION.match(asked):
        chosen = rows.filter(year=int(number[1]), serial=int(number[2]))
    elif issue := _ISSUE.match(asked):
        chosen = rows.filter(issue_number=int(issue[2])).order_by("-issue_year")
        chosen = chosen.filter(issue_year=int(issue[1])) if issue[1] else chosen
    elif total := _TOTAL.match(asked):
        chosen = rows.filter(issue_total=int(total[1]))
    else:
        raise click.ClickException(
            _("“%(asked)s” is no id, number or issue. Examples: 12, 2026-0001, 2026年第3期, 总第128期.")
            % {"asked": asked}
        )
    here = chosen.filter(assembly=where).first()
    if here is None:
        raise click.ClickException(_nowhere(where, asked, list(chosen.exclude(assembly=where)[:5])))
    return here


def _nowhere(where: Any, asked: str, others: list[Any]) -> str:
    sentence = _("%(assembly)s has no brief %(asked)s.") % {"assembly": where, "asked": asked}
    if not others:
        return sentence
    known = "、".join(f"{each.assembly} (--assembly {each.assembly.code})" for each in others)
    return f"{sentence} {_('There is one in: %(known)s') % {'known': known}}"


def _check(out: Path, force: bool) -> None:
    """Refuses before anything is made what could not be written in the end."""
    if out.suffix.lower() != ".docx":
        raise click.ClickException(_("%(file)s: the name of a Word file ends with .docx.") % {"file": out})
    if out.is_dir():
        raise click.ClickException(_("%(file)s is a folder. Name a file in it.") % {"file": out})
    if out.exists() and not force:
        raise click.ClickException(
            _("%(file)s is there already. Choose another name, or write over it with --force.") % {"file": out}
        )
    if not out.absolute().parent.is_dir():
        raise click.ClickException(_("There is no folder %(folder)s.") % {"folder": out.absolute().parent})


def _write(out: Path, content: bytes, force: bool) -> None:
    """The file, whole or not at all; one that came to be meanwhile is not written over."""
    try:
        with out.open("wb" if force else "xb") as file:
            file.write(content)
    except FileExistsError:
        _check(out, force)
    except OSError as error:
        raise click.ClickException(
            _("%(file)s cannot be written: %(why)s") % {"file": out, "why": error.strerror or error}
        ) from None
