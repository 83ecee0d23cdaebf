"""`tongxin figures`: every figure of a year with the records behind it."""

from __future__ import annotations

import json
from typing import Any

import click
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from tongxin.kernel import figures as kernel
from tongxin.kernel.figures import Answer
from tongxin.people import queries as people
from tongxin.people.models import Assembly

from .queries import as_number


@click.command()
@click.option("--year", type=click.IntRange(1949, 2999), help="The year; the running one when not given.")
@click.option("--assembly", "code", default="", help="Code of the assembly; the portal's own when not given.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def figures(year: int | None, code: str, form: str) -> None:
    """Print every figure of a year; as JSON with the ids of the records counted."""
    with translation.override(settings.LANGUAGE_CODE):
        answers = kernel.answer_all(kernel.every(), kernel.scope(_assembly(code), year))
        if form == "json":
            told = {answer.figure.code: _as_json(answer) for answer in answers}
            click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        else:
            _print_table(answers)


def _assembly(code: str) -> Assembly:
    found = Assembly.objects.filter(code=code).first() if code else people.home()
    if found is None and code:
        known = "、".join(f"{each.code} {each}" for each in Assembly.objects.all()[:30])
        raise click.ClickException(
            _("There is no assembly with code %(code)s. There are: %(known)s") % {"code": code, "known": known}
        )
    if found is None:
        raise click.ClickException(_("There is no assembly yet. “tongxin demo” makes one to try out."))
    return found


def _as_json(answer: Answer) -> dict[str, Any]:
    figure = answer.figure
    ids = figure.records(answer.scope).order_by("pk").values_list("pk", flat=True)
    return {
        "value": as_number(answer.value),
        "unit": str(figure.unit),
        "label": str(figure.label),
        "numerator": answer.numerator if answer.denominator is not None else None,
        "denominator": answer.denominator,
        "records": list(ids),
    }


def _print_table(answers: list[Answer]) -> None:
    from rich.console import Console
    from rich.table import Table

    where = answers[0].scope if answers else None
    title = f"{where.assembly} {where.year}" if where else None
    table = Table(title=title, title_justify="left", show_edge=False)
    for heading, justify in (
        (_("Figure code"), "left"),
        (_("Figure"), "left"),
        (_("Value"), "right"),
        (_("Unit"), "left"),
    ):
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]
    table.add_column(_("Of"), justify="right")
    for answer in answers:
        share = "" if answer.denominator is None else f"{answer.numerator}/{answer.denominator}"
        value = "–" if answer.value is None else f"{answer.value:,}"
        table.add_row(answer.figure.code, str(answer.figure.label), value, str(answer.figure.unit), share)
    Console().print(table)
