"""The command line: `tongxin COMMAND`. Rooms bring their own commands; this file only gathers them."""

from __future__ import annotations

import os
import sys

import click


def main() -> None:
    """Entry point. A refusal is printed as one sentence, never as a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongxin.conf.settings")
    import django
    from django.conf import settings
    from django.utils import translation

    django.setup()
    translation.activate(settings.LANGUAGE_CODE)
    from tongxin.kernel.errors import DoorError

    try:
        gather()(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Abort:
        sys.exit(130)
    except DoorError as error:
        click.echo(f"{type(error).__name__}: {error}", err=True)
        sys.exit(1)


def gather() -> click.Group:
    """All commands in one group. Importing rooms needs Django to be set up."""
    from tongxin.account.figures.commands import figures
    from tongxin.carry.briefs.commands import export_brief, import_brief
    from tongxin.hear.concerns.commands import import_concerns
    from tongxin.people.commands import found, import_members

    from . import bench, demo, server, upkeep

    group = click.Group("tongxin", help="Tongxin 同心: contact between members and the people they speak for.")
    group.add_command(
        click.Group(
            "import",
            {"members": import_members, "concerns": import_concerns, "brief": import_brief},
            help="Take in lists, and packages of briefs.",
        )
    )
    group.add_command(click.Group("export", {"brief": export_brief}, help="Write papers as files."))
    for command in (
        server.serve,
        server.worker,
        server.prepare,
        demo.demo,
        found,
        figures,
        upkeep.journal,
        upkeep.backup,
        upkeep.restore,
        upkeep.check,
        upkeep.personal,
        upkeep.search,
        bench.bench,
    ):
        group.add_command(command)
    return group
