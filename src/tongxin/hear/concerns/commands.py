"""The command line of concerns: `tongxin import concerns`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

SHOWN = 30  # faults and repeated rows told one by one; how many more there are stands below


@click.command("concerns")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--assembly", "code", help="Code of the assembly; not needed when there is only one with a term.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen, row by row.")
@click.option("--encoding", help="Character set of a CSV, when it is not recognised (gb18030, utf-16 …).")
@click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="Which column holds a field; “FIELD=” for none. May be repeated.",
)
@click.option("--take-repeated", is_flag=True, help="Take in again what is in the books already, with a mark.")
@click.option("--consent", is_flag=True, help="The people agreed that we keep their names and numbers.")
def import_concerns(
    file: Path,
    code: str | None,
    dry_run: bool,
    encoding: str | None,
    pairs: tuple[str, ...],
    take_repeated: bool,
    consent: bool,
) -> None:
    """Take in a list of concerns (.csv, .xlsx or .xls): all of it, or nothing when a row is wrong."""
    from tongxin.documents.tables import TableError
    from tongxin.kernel.actor import system

    from . import importing

    by = system("import", _assembly(code))
    try:
        table = importing.read(_content(file, encoding), file.stem, _given(pairs))
    except TableError as problem:
        raise click.ClickException(f"{file.name}: {_(problem.template, **problem.params)}") from None
    except LookupError as problem:
        raise click.ClickException(str(problem.args[0])) from None
    total = sum(len(sheet.rows) for sheet in table.book.sheets)
    with _Bar(_("Checking"), total) as step:
        report = importing.check(table, by, consent=consent, progress=step)
    _tell(report, take_repeated)
    if report.faults:
        raise click.ClickException(
            _("Nothing was taken in. Put %(n)d places right and try again.", n=len(report.faults))
        )
    waiting = report.to_take(skip_repeated=not take_repeated)
    if dry_run or not waiting:
        return
    with _Bar(_("Taking in"), len(waiting)) as step:
        done = importing.take_in(report, by, skip_repeated=not take_repeated, progress=step)
    click.echo(_("Done: %(n)d concerns taken in.", n=done))


def _content(file: Path, encoding: str | None) -> bytes:
    content = file.read_bytes()
    if not encoding:
        return content
    try:
        return content.decode(encoding).encode()
    except LookupError:
        raise click.ClickException(_("There is no character set “%(name)s”.", name=encoding)) from None
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise click.ClickException(
            _("%(file)s is not written in %(name)s (line %(line)d).", file=file.name, name=encoding, line=line)
        ) from None


def _given(pairs: tuple[str, ...]) -> dict[str, str]:
    from .importing import COLUMNS

    given = {}
    for pair in pairs:
        name, equals, column = pair.partition("=")
        if not equals or name not in COLUMNS:
            known = ", ".join(COLUMNS)
            raise click.ClickException(_("--map wants FIELD=COLUMN; fields are: %(known)s", known=known))
        given[name] = column
    return given


def _assembly(code: str | None) -> Any:
    from tongxin.people.models import Assembly, Term

    with_term = Term.objects.order_by().values("assembly_id")
    found = Assembly.objects.filter(code=code) if code else Assembly.objects.filter(pk__in=with_term)
    if found.count() != 1:
        known = ", ".join(f"{a.code} {a}" for a in Assembly.objects.all())
        raise click.ClickException(_("Say which assembly, with --assembly CODE: %(known)s", known=known or "–"))
    return found.get()


def _tell(report: Any, take_repeated: bool) -> None:
    for sheet, label, header in report.table.columns:
        click.echo(f"{sheet}: {label} ← {header}")
    if report.table.unused:
        click.echo(_("Columns not used: %(names)s", names="、".join(report.table.unused)))
    if report.table.passed_over:
        click.echo(
            _("Sheets without a column that is understood: %(names)s", names="、".join(report.table.passed_over))
        )
    for line in report.repeated[:SHOWN]:
        click.echo(f"= {line.row.sheet.name} {line.row.number}  {line.title}  {line.twin}")
    if len(report.repeated) > SHOWN:
        click.echo(_("… and %(n)d more", n=len(report.repeated) - SHOWN))
    for fault in report.faults[:SHOWN]:
        click.echo(f"✗ {fault}", err=True)
    if len(report.faults) > SHOWN:
        click.echo(_("… and %(n)d more", n=len(report.faults) - SHOWN), err=True)
    click.echo(
        _(
            "%(rows)d rows: %(new)d new, %(repeated)d in words said before (%(out)d left out), %(wrong)d with faults",
            rows=len(report.lines),
            new=len(report.new),
            repeated=len(report.repeated),
            out=0 if take_repeated else sum(line.known for line in report.repeated),
            wrong=len(report.of("wrong")),
        )
    )


class _Bar:
    """A progress bar on a terminal, silence elsewhere."""

    def __init__(self, label: str, total: int) -> None:
        from rich.console import Console
        from rich.progress import Progress

        console = Console(stderr=True)
        self.progress = Progress(console=console, disable=not console.is_terminal, transient=True)
        self.task = self.progress.add_task(label, total=total)

    def __enter__(self) -> Any:
        self.progress.start()
        return lambda n: self.progress.advance(self.task, n)

    def __exit__(self, *_error: object) -> None:
        self.progress.stop()


def _(message: str, **values: object) -> str:
    from django.utils.translation import gettext

    return gettext(message) % values if values else gettext(message)
