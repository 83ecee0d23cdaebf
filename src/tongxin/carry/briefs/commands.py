"""The command line of briefs: `tongxin import brief`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


@click.command("brief")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--assembly", "code", help="Code of the receiving assembly; not needed when there is only one.")
@click.option("--dry-run", is_flag=True, help="Only say what the package holds.")
def import_brief(file: Path, code: str | None, dry_run: bool) -> None:
    """Take in the package of a brief that a lower assembly reports from its own installation."""
    from tongxin.kernel.actor import system

    from . import exchange
    from .packages import MAX_FILE, PackageError

    by = system("import", _assembly(code))
    try:
        if file.stat().st_size > MAX_FILE:
            raise PackageError.too_large()
        data = file.read_bytes()
        package, twin = exchange.checked(data, by)
        told = {"from": package.sender.name, "number": package.number, "title": package.text.title}
        click.echo(_("%(from)s, %(number)s: “%(title)s”", **told))
        if twin is not None:
            click.echo(_("It was taken in before, as %(number)s. No second one was made.", number=twin.number))
        elif not dry_run:
            brief, _fresh = exchange.take_in(data, by)
            click.echo(_("Taken in as %(number)s.", number=brief.number))
    except PackageError as problem:
        raise click.ClickException(f"{file.name}: {problem} {_('Nothing was taken in.')}") from None


def _assembly(code: str | None) -> Any:
    """The assembly named, or the only one with a term."""
    from tongxin.people.models import Assembly, Term

    rows = (
        Assembly.objects.filter(code=code) if code else Assembly.objects.filter(pk__in=Term.objects.values("assembly"))
    )
    if rows.count() != 1:
        known = ", ".join(f"{a.code} {a}" for a in Assembly.objects.all())
        raise click.ClickException(_("Say which assembly, with --assembly CODE: %(known)s", known=known or "–"))
    return rows.get()


def _(message: str, **values: object) -> str:
    from django.utils.translation import gettext

    return gettext(message) % values if values else gettext(message)
