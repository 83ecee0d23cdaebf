"""The web and the background process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import click
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import close_old_connections, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

# Of the front-end packages only what a page asks for is gathered and compressed.
UNUSED = ["*.rtl.*", "bootstrap-*", "bootstrap.css", "bootstrap.css.map", "bootstrap*.js*", "ext", "htmx.esm.d.ts"]
UNUSED += ["htmx.js", "htmx.amd.js", "htmx.cjs.js", "htmx.esm.js", "htmx.min.js.gz"]


@click.command()
def prepare() -> None:
    """Bring the database up to date and gather static files; safe to run again."""
    advise_backup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    complete_search()
    if not _static_is_fresh():
        click.echo("正在收集并压缩静态文件……")
        call_command("collectstatic", interactive=False, clear=True, verbosity=0, ignore_patterns=UNUSED)


def advise_backup() -> None:
    """Tables are migrated forwards only: whoever updates an installation in use is told what the way back is."""
    executor = MigrationExecutor(connection)
    steps = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if steps and executor.loader.applied_migrations:
        click.echo(f"数据库来自较早的版本，现在升级（{steps} 步）。升级后不能退回，只能恢复升级前的备份；")
        click.echo("没有备份请马上按 Ctrl-C 停下，用原来的版本运行 tongxin backup。")


def complete_search() -> None:
    """An update may have emptied the search index: fill it, so that what was found yesterday is found today."""
    from tongxin.kernel import search

    if search.incomplete():
        click.echo("正在重建搜索索引……")
        search.rebuild()


def _static_is_fresh() -> bool:
    """Whether the gathered files are newer than their sources and the locked packages; compressing takes a while."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not manifest.exists():
        return False
    sources = [storage.path(name) for finder in get_finders() for name, storage in finder.list(None)]
    locks = [settings.ROOT / "package-lock.json", settings.ROOT / "requirements" / "run.txt"]
    return manifest.stat().st_mtime > max(os.path.getmtime(path) for path in [*sources, *locks])


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=int, default=lambda: int(os.environ.get("PORT") or 8000), show_default="8000 or $PORT")
@click.option("--workers", type=int, default=1, show_default=True, help="Web processes.")
@click.option("--worker", "with_worker", is_flag=True, help="Run the background process too.")
def serve(host: str, port: int, workers: int, with_worker: bool) -> None:
    """Serve the pages; with --worker also do the background work (enough for one office)."""
    click.echo(f"请用浏览器打开（open in a browser）：http://{host}:{port}/")
    command = [sys.argv[0], "worker"]
    helper = subprocess.Popen(command) if with_worker else None  # noqa: S603 - our own command
    try:
        granian(host, port, workers).serve()
    finally:
        if helper:
            helper.terminate()
            helper.wait()


def granian(host: str, port: int, workers: int) -> Any:
    """The production server, set for pages that mostly wait for the database."""
    from granian.constants import Interfaces
    from granian.server import Server

    return Server(
        "tongxin.conf.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        websockets=False,
        workers=workers,
        blocking_threads=2 if _is_sqlite() else 4,
        backlog=512,
        log_access=False,
        respawn_failed_workers=True,
        process_name=None,
    )


def _is_sqlite() -> bool:
    return settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now and stop.")
def worker(once: bool) -> None:
    """Do the background work: seal the journal, close what nobody rated, send digests."""
    from tongxin.kernel import tasks

    if once:
        tasks.beat()
        call_command("db_worker", batch=True, reload=False, verbosity=0)
        return
    stop = threading.Event()
    threading.Thread(target=_beat, args=(stop,), daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_args: sys.exit(0))
    call_command("db_worker", reload=False, verbosity=0)


def _beat(stop: threading.Event) -> None:
    from tongxin.kernel import tasks

    while not stop.wait(60 - timezone.now().second % 60):
        try:
            tasks.beat()
        except Exception as error:  # a beat that fails must not end the worker; the next one tries again
            click.echo(f"beat: {error}", err=True)
        finally:
            close_old_connections()
