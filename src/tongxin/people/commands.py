"""The command line of people: `tongxin import members`, and `tongxin found` for the very first beginning."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("members")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--assembly", "code", help="Code of the assembly; not needed when there is only one with a term.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen, row by row.")
def import_members(file: Path, code: str | None, dry_run: bool) -> None:
    """Take in a roster (.xlsx, .xls or .csv): all of it, or nothing when a row is wrong."""
    from tongxin.documents.tables import TableError
    from tongxin.kernel.actor import system

    from . import roster

    assembly = _assembly(code)
    by = system("import", assembly)
    try:
        reading = roster.table.read(file, name=file.stem)
    except TableError as error:
        raise click.ClickException(f"{file.name}: {_words(error)}") from None
    report = roster.checking.check(reading, by)
    _tell(report)
    if report.faults:
        raise click.ClickException(_("Nothing was taken in. Put %(n)d rows right and try again.", n=len(report.faults)))
    if dry_run or not report.possible:
        return
    waiting = sum(
        report.counts[action] for action in (roster.checking.NEW, roster.checking.SECOND_SEAT, roster.checking.CHANGED)
    )
    with click.progressbar(length=waiting, label=str(assembly)) as bar:
        roster.checking.take_in(report, by, progress=bar.update)
    click.echo(_("Done: %(n)d rows taken in.", n=waiting))


@click.command("found")
@click.argument("code")
@click.argument("name")
@click.option("--level", type=click.Choice(["province", "city", "county"]), default="city", show_default=True)
@click.option("--login", default="admin", show_default=True, help="Sign-in name of the administrator.")
def found(code: str, name: str, level: str, login: str) -> None:
    """Found an assembly with its first administrator; prints the first password. Everything else is done on the pages.

    CODE is the administrative code (2305), NAME the assembly's name (双鸭山市政协).
    """
    from django.db import transaction

    from tongxin.kernel.actor import system

    from . import accounts, roles
    from .models import Assembly, User

    if Assembly.objects.filter(code=code).exists():
        raise click.ClickException(_("There is an assembly with the code %(code)s already.", code=code))
    if User.objects.filter(username__iexact=login).exists():
        raise click.ClickException(_("The sign-in name %(login)s is taken; choose another with --login.", login=login))
    with transaction.atomic():
        assembly = Assembly.objects.create(code=code, name=name, short=name.removesuffix("政协"), level=level)
        by = system("found", assembly)
        accounts.record(assembly, "assembly_changed", by, note=str(assembly))
        user, password = accounts.create(by, username=login, name=login)
        accounts.grant(user, roles.SYSADMIN, by)
    click.echo(_("Sign-in name: %(login)s   First password: %(password)s", login=login, password=password))


def _assembly(code: str | None):
    from .models import Assembly

    found = Assembly.objects.filter(code=code) if code else Assembly.objects.filter(pk__in=_with_term())
    if found.count() != 1:
        known = ", ".join(f"{a.code} {a}" for a in Assembly.objects.all())
        raise click.ClickException(_("Say which assembly, with --assembly CODE: %(known)s", known=known or "–"))
    return found.get()


def _with_term() -> list[int]:
    from .models import Term

    return list(Term.objects.order_by().values_list("assembly_id", flat=True).distinct())


def _tell(report) -> None:
    for remark in report.remarks:
        click.echo(remark)
    for fault in report.general:
        click.echo(f"✗ {fault}", err=True)
    for verdict in report.verdicts:
        line = f"{verdict.line.sheet} {verdict.line.row}  {verdict.name}  {verdict.label}"
        click.echo(f"{line}  {verdict.note}".rstrip())
        for fault in verdict.faults:
            click.echo(f"  ✗ {fault}", err=True)
    click.echo("  ".join(f"{label} {report.counts[action]}" for action, label in _labels()))


def _labels() -> list[tuple[str, str]]:
    from .roster.checking import ACTIONS

    return [(action, str(label)) for action, label in ACTIONS.items()]


def _words(problem) -> str:
    from django.utils.translation import gettext

    return gettext(problem.template) % problem.params


def _(message: str, **values: object) -> str:
    from django.utils.translation import gettext

    return gettext(message) % values
