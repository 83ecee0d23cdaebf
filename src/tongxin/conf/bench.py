"""`tongxin bench NAME`: measures on temporary databases; nothing of the installation is read or changed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click

BOTH = "both"


def common(command: Callable) -> Callable:
    """The options that every benchmark has."""
    for option in (
        click.option("--here", hidden=True, help="In the environment's own database: how a benchmark calls itself."),
        click.option("--json", "as_json", is_flag=True, help="One JSON object per measured thing."),
        click.option("--database", type=click.Choice(["sqlite", "postgresql", BOTH]), default=BOTH, show_default=True),
    ):
        command = option(command)
    return command


@click.group()
def bench() -> None:
    """Measure speed and memory, as ratios to a yardstick."""


@bench.command()
@click.option("--rows", type=click.IntRange(1), default=100_000, show_default=True, help="Concerns to load.")
@click.option("--seconds", type=float, default=10, show_default=True, help="To measure each page, and its floor.")
@common
def pages(rows: int, seconds: float, database: str, as_json: bool, here: str | None) -> None:
    """The pages of the production server, each beside a bare view that runs the same SQL."""
    arguments = ["pages", "--rows", str(rows), "--seconds", str(seconds)]
    if not here:
        return _on_each(database, arguments, as_json, draws=True)
    from .benches import pages as benchmark
    from .benches.load import Unexpected
    from .benches.report import Report

    try:
        return benchmark.measure(Report(here, as_json=as_json), rows, seconds)
    except (Unexpected, OSError, RuntimeError) as error:
        raise click.ClickException(str(error)) from error


@bench.command("import")
@click.option("--rows", type=click.IntRange(1), default=10_000, show_default=True, help="Rows of the list.")
@click.option("--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Take in this list instead.")
@common
def import_(rows: int, file: Path | None, database: str, as_json: bool, here: str | None) -> None:
    """A list of concerns, from the file to the committed transaction."""
    arguments = ["import", "--rows", str(rows), *(["--file", str(file.resolve())] if file else [])]
    if not here:
        return _on_each(database, arguments, as_json, draws=False)
    from .benches import lists
    from .benches.report import Report

    return lists.measure(Report(here, as_json=as_json), rows, file)


@bench.command()
@click.option(
    "--largest", type=click.IntRange(1), default=30_000, show_default=True, help="Leave out larger assemblies."
)
@common
def circle(largest: int, database: str, as_json: bool, here: str | None) -> None:
    """The concentric circle and the 1158 check at 240 × 5, 600 × 10 and 30,000 × 5, beside their bare SQL."""
    if not here:
        return _on_each(database, ["circle", "--largest", str(largest)], as_json, draws=True)
    from .benches import circles
    from .benches.report import Report

    sizes = tuple(size for size in circles.SIZES if size[0] <= largest)
    return circles.measure(Report(here, as_json=as_json), sizes)


@bench.command()
@click.option("--times", default="1,2,4", show_default=True, help="Sizes, as multiples of 76 stations, 240 members.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per measured thing.")
def rota(times: str, as_json: bool) -> None:
    """A year of duty, planned and proven, beside the plain way; needs no database."""
    from .benches import rota as benchmark
    from .benches.report import Report

    try:
        sizes = tuple(max(int(each), 1) for each in times.split(","))
    except ValueError:
        raise click.BadParameter("whole numbers with commas between, like 1,2,4", param_hint="--times") from None
    benchmark.measure(Report("none", as_json=as_json), sizes)


@bench.command()
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="Folder with messages/, proposals/ and places/, as bench/README.md lists them.",
)
@click.option("--documents", default="10000,100000", show_default=True, help="Sizes; beyond 100000 made of copies.")
@click.option("--queries", type=click.IntRange(1), default=200, show_default=True)
@common
def search(data: Path, documents: str, queries: int, database: str, as_json: bool, here: str | None) -> None:
    """Search through real messages, beside ILIKE and a trigram index on the same rows."""
    try:
        sizes = sorted({max(int(each), 1) for each in documents.split(",")})
    except ValueError:
        raise click.BadParameter("whole numbers with commas between", param_hint="--documents") from None
    if not here:
        arguments = ["search", "--data", str(data.resolve()), "--documents", documents, "--queries", str(queries)]
        return _on_each(database, arguments, as_json, draws=False)
    from .benches import corpus, searching
    from .benches.report import Report

    try:
        return searching.measure(Report(here, as_json=as_json), corpus.read(data), sizes, queries)
    except corpus.Unreadable as error:
        raise click.ClickException(str(error)) from error


def _on_each(database: str, arguments: list[str], as_json: bool, *, draws: bool) -> None:
    """Run a benchmark on each database by itself, in a process whose settings are those of a temporary place.

    `draws`: it draws pages, for which static files are gathered.
    """
    from django.conf import settings

    from .benches import places

    lacking = 0
    for name in places.DATABASES if database == BOTH else [database]:
        command = [*places.TONGXIN, "bench", *arguments, *(["--json"] if as_json else []), "--here", name]
        try:
            with places.place(name, Path(settings.STATIC_ROOT) if draws else None) as environment:
                done = subprocess.run(command, env=environment, check=False)  # noqa: S603 - our own command
        except places.Unavailable as lack:
            click.echo(f"SKIPPED {name}: {lack}", err=True)
            lacking += 1
            continue
        if done.returncode:
            sys.exit(done.returncode)
    if lacking and database != BOTH:
        sys.exit(1)
