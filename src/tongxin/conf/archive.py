"""The backup file: one zip with a consistent copy of the database, the private files and a manifest of checksums.

SQLite is copied by its own online backup, PostgreSQL table by table out of one snapshot; both while people work.
Restoring adds files first (their names are unique, so none is in the way of another) and then replaces the database in
one transaction: whatever fails, what was there before still stands.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

import tongxin
from tongxin.kernel import triggers
from tongxin.kernel.crypto import blind_index
from tongxin.kernel.files import StoredFile

from .server import complete_search

FORMAT = 1
MANIFEST, KEYS, SQLITE, TABLES, FILES = "manifest.json", "fields.key", "database.sqlite3", "tables/", "files/"
CHUNK = 1 << 20
Progress = Callable[[int, int], None]


class Refused(Exception):
    """Why a backup or restore is not done, in a sentence with what to do."""


@dataclass
class Made:
    """What went into a backup: how many files, and the paths of those that a row knows but the storage has not."""

    files: int = 0
    missing: list[str] = field(default_factory=list)


def write(path: Path, *, with_keys: bool = False, progress: Progress = lambda done, total: None) -> Made:
    """Write a backup to `path`, which must not exist. Raises `Refused`."""
    if path.exists():
        raise Refused(f"{path} 已经有了。请换一个文件名，或者先把它移走。")
    if unapplied():
        raise Refused("数据库结构还没有更新到这个版本。请先运行 tongxin prepare。")
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part")
    try:
        fd = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(fd, "w+b") as out, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as package:
            made = _fill(_Writer(package), with_keys, progress)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    return made


def read(path: Path, *, overwrite: bool = False, progress: Progress = lambda done, total: None) -> None:
    """Restore a backup. Raises `Refused`, and then nothing has changed."""
    try:
        package = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise Refused(f"{path} 不是同心的备份文件，或者已经损坏（{error}）。") from error
    with package:
        manifest = _manifest(package, path)
        _check_fits(manifest)
        _check_sums(package, manifest)
        _prepare()
        if not overwrite and _has_data():
            raise Refused("这里已经有数据。确定要用备份整个替换，请加上 --yes（建议先备份现在的数据）。")
        _take_keys(package, manifest)
        _put_files(package, manifest, progress)
        if connection.vendor == "sqlite":
            _put_sqlite(package)
        else:
            _put_tables(package, manifest)
    _prepare(complete=True)


def unapplied() -> list[str]:
    """Migrations that this version has and the database has not."""
    executor = MigrationExecutor(connection)
    return [str(step) for step, _back in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def key_place() -> str:
    """Where the keys of encrypted fields are kept in this installation."""
    return "环境变量 TONGXIN_FIELD_KEYS 的值" if os.environ.get("TONGXIN_FIELD_KEYS") else str(_key_file())


# Writing


class _Writer:
    """Writes members and remembers size and checksum of each."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self.package = package
        self.sums: dict[str, dict[str, Any]] = {}

    @contextmanager
    def member(self, name: str) -> Iterator[Callable[[bytes], None]]:
        digest, size = hashlib.sha256(), 0
        with self.package.open(name, "w", force_zip64=True) as out:

            def put(data: bytes) -> None:
                nonlocal size
                out.write(data)
                digest.update(data)
                size += len(data)

            yield put
        self.sums[name] = {"sha256": digest.hexdigest(), "size": size}

    def copy(self, name: str, source: IO[bytes]) -> None:
        with self.member(name) as put:
            for data in _chunks(source):
                put(data)


def _fill(writer: _Writer, with_keys: bool, progress: Progress) -> Made:
    told = {
        "format": FORMAT,
        "version": tongxin.__version__,
        "made_at": timezone.now().isoformat(),
        "engine": connection.vendor,
        "key": _fingerprint(),
        "migrations": sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()),
    }
    if connection.vendor == "sqlite":
        _copy_sqlite(writer)
    else:
        told["tables"] = _copy_tables(writer)
    made = _copy_files(writer, progress)
    if with_keys:
        with writer.member(KEYS) as put:
            put(",".join(settings.FIELD_KEYS).encode())
    writer.package.writestr(MANIFEST, json.dumps({**told, "members": writer.sums}, ensure_ascii=False, indent=1))
    return made


def _copy_sqlite(writer: _Writer) -> None:
    connection.ensure_connection()
    with TemporaryDirectory(dir=settings.DATA_DIR) as folder:
        copy = Path(folder) / SQLITE
        with closing(sqlite3.connect(copy)) as target:
            connection.connection.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
        with copy.open("rb") as source:
            writer.copy(SQLITE, source)


def _copy_tables(writer: _Writer) -> dict[str, list[str]]:
    """Every table as COPY writes it, out of one snapshot; returns their columns."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        tables = _tables(cursor)
        for table, columns in tables.items():
            with writer.member(TABLES + table) as put, cursor.copy(f"COPY {_named(table, columns)} TO STDOUT") as rows:
                for data in rows:
                    put(bytes(data))
    return tables


def _copy_files(writer: _Writer, progress: Progress) -> Made:
    made = Made()
    total = StoredFile.objects.count()
    for number, stored in enumerate(StoredFile.objects.order_by("pk").iterator(), 1):
        for path in [stored.path, *([stored.thumbnail_path] if stored.is_picture else [])]:
            try:
                with default_storage.open(path) as source:
                    writer.copy(FILES + path, source)
                made.files += 1
            except FileNotFoundError:
                made.missing.append(path)
        progress(number, total)
    return made


# Reading


def _manifest(package: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(package.read(MANIFEST))
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise Refused(f"{path} 不是同心的备份文件，或者没有写完。") from error
    if manifest.get("format") != FORMAT:
        raise Refused(f"这个备份的格式是 {manifest.get('format')}，本版本只认得 {FORMAT}。请用制作它的版本恢复。")
    return manifest


def _check_fits(manifest: dict[str, Any]) -> None:
    if manifest["engine"] != connection.vendor:
        raise Refused(f"这个备份来自 {manifest['engine']}，这里用的是 {connection.vendor}，两者不能互相恢复。")
    executor = MigrationExecutor(connection)
    ours = {f"{app}.{name}" for app, name in executor.loader.disk_migrations}
    theirs = set(manifest["migrations"])
    newer, older = theirs - ours, ours - theirs
    if newer or (older and connection.vendor != "sqlite"):
        raise Refused(f"这个备份由版本 {manifest['version']} 制作，表结构与本版本不同。请先装那个版本恢复，再升级。")


def _check_sums(package: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    members = set(package.namelist()) - {MANIFEST}
    if members != set(manifest["members"]):
        raise Refused("备份文件里的内容与它的清单不一致，没有恢复。")
    for name, told in manifest["members"].items():
        digest = hashlib.sha256()
        try:
            with package.open(name) as source:
                for data in _chunks(source):
                    digest.update(data)
        except zipfile.BadZipFile as error:
            raise Refused(f"备份文件里的 {name} 已损坏，没有恢复。") from error
        if digest.hexdigest() != told["sha256"]:
            raise Refused(f"备份文件里的 {name} 与清单不符（损坏或被改动），没有恢复。")


def _take_keys(package: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    """Keys that fit the data are needed before anything else; those in the backup are kept beside the old ones."""
    if manifest["key"] == _fingerprint():
        return
    if KEYS not in manifest["members"]:
        raise Refused(f"这个备份要用另一把密钥才能读。请把与它一起保管的密钥放到 {key_place()}，再恢复一次。")
    if os.environ.get("TONGXIN_FIELD_KEYS"):
        raise Refused("环境变量 TONGXIN_FIELD_KEYS 里是另一把密钥。请先去掉它，再恢复一次。")
    keys = package.read(KEYS).decode()
    place = _key_file()
    if place.exists():
        shutil.copy2(place, place.with_name(f"{place.name}.before-{timezone.now():%Y%m%d%H%M%S}"))
    draft = place.with_name(f".{place.name}.part")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(keys)
    os.replace(draft, place)


def _put_files(package: zipfile.ZipFile, manifest: dict[str, Any], progress: Progress) -> None:
    names = [name for name in manifest["members"] if name.startswith(FILES)]
    for number, name in enumerate(names, 1):
        path = name.removeprefix(FILES)
        if not (default_storage.exists(path) and default_storage.size(path) == manifest["members"][name]["size"]):
            default_storage.delete(path)
            with package.open(name) as source:
                default_storage.save(path, File(source))
        progress(number, len(names))


def _put_sqlite(package: zipfile.ZipFile) -> None:
    """SQLite writes the copy over the open database in one transaction of its own: readers see the old or the new."""
    with TemporaryDirectory(dir=settings.DATA_DIR) as folder:
        copy = Path(package.extract(SQLITE, folder))
        with closing(sqlite3.connect(copy)) as source:
            if source.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                raise Refused("备份里的数据库不完整，没有恢复。")
            connection.close()
            connection.ensure_connection()
            source.backup(connection.connection)
    connection.close()


def _put_tables(package: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    """Empty all tables and fill them again in one transaction; references are checked at its end."""
    with transaction.atomic(), connection.cursor() as cursor:
        triggers.remove(connection)
        tables = manifest["tables"]
        if set(tables) != set(_tables(cursor)):
            raise Refused("备份里的表与数据库里的不一致，没有恢复。")
        cursor.execute(f"TRUNCATE {', '.join(_quoted(table) for table in tables)}")
        for table, columns in tables.items():
            with (
                package.open(TABLES + table) as source,
                cursor.copy(f"COPY {_named(table, columns)} FROM STDIN") as rows,
            ):
                for data in _chunks(source):
                    rows.write(data)
        _restart_numbers(cursor)
        triggers.install(connection)


def _restart_numbers(cursor: Any) -> None:
    """Let every table's counter go on after its largest id."""
    for table, column in _counters(cursor):
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence(%s, %s), COALESCE(MAX({_quoted(column)}), 1), "  # noqa: S608
            f"MAX({_quoted(column)}) IS NOT NULL) FROM {_quoted(table)}",
            [_quoted(table), column],
        )


def _counters(cursor: Any) -> list[tuple[str, str]]:
    cursor.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
        " AND (is_identity = 'YES' OR column_default LIKE 'nextval(%%') ORDER BY 1"
    )
    return list(cursor.fetchall())


def _tables(cursor: Any) -> dict[str, list[str]]:
    """Every table with the columns that hold data of their own (not those the database computes)."""
    cursor.execute(
        "SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t"
        " USING (table_schema, table_name) WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'"
        " AND c.is_generated = 'NEVER' ORDER BY c.table_name, c.ordinal_position"
    )
    found: dict[str, list[str]] = {}
    for table, column in cursor.fetchall():
        found.setdefault(table, []).append(column)
    return found


def _prepare(*, complete: bool = False) -> None:
    """Make or update the tables; `complete` fills the search index too, which an older backup lacks."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    if complete:
        complete_search()


def _has_data() -> bool:
    from tongxin.people.models import Assembly, User

    return Assembly.objects.exists() or User.objects.exists()


def _named(table: str, columns: list[str]) -> str:
    return f"{_quoted(table)} ({', '.join(_quoted(column) for column in columns)})"


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _key_file() -> Path:
    return settings.DATA_DIR / "fields.key"


def _fingerprint() -> str:
    """Tells whether the same keys are in use, without telling the keys."""
    return blind_index("tongxin", "backup")[:16]


def _chunks(source: IO[bytes]) -> Iterator[bytes]:
    while data := source.read(CHUNK):
        yield data
