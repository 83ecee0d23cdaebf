"""Upkeep of an installation: check it, back it up, restore it, prove its journal, erase what may no longer be kept."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from stat import S_IMODE
from typing import Any, NamedTuple

import click
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.utils import timezone

from tongxin.kernel import journal as chain
from tongxin.kernel import personal as registry
from tongxin.kernel import search as index
from tongxin.kernel import workdays

from . import archive

HEAD = re.compile(r"[0-9a-f]{64}")
KEEP_STILL = "请不要再改动数据库，留好现场和最近的备份，由懂技术的人来查。"
WORKER_LATE = timedelta(minutes=5)
ENOUGH_SPACE = 1 << 30  # bytes
GOOD, WARNING, BAD = "✓", "！", "✗"


class Finding(NamedTuple):
    """One thing looked at: how it is, in a sentence, with what to do when it is not well."""

    mark: str
    text: str


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--with-keys", is_flag=True, help="Put the keys of encrypted fields into the file too.")
def backup(file: Path, with_keys: bool) -> None:
    """Write database and files into one FILE."""
    try:
        made = archive.write(file, with_keys=with_keys, progress=_progress("正在备份附件"))
    except archive.Refused as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"已备份到 {file}：数据库和 {made.files} 个附件，共 {_megabytes(file.stat().st_size)}。")
    for path in made.missing:
        click.echo(f"注意：附件 {path} 在库里有登记，却找不到文件，没有备份。", err=True)
    if with_keys:
        click.echo("密钥也在这个文件里：拿到它的人就能读出群众的姓名和电话，请锁好。")
    else:
        click.echo(
            f"密钥不在里面。没有密钥，姓名、电话和回执都恢复不了：请另存一份 {archive.key_place()}，与备份分开保管。"
        )


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Overwrite what is there.")
def restore(file: Path, yes: bool) -> None:
    """Put back what `backup` wrote: all of it or nothing."""
    try:
        archive.read(file, overwrite=yes, progress=_progress("正在恢复附件"))
    except archive.Refused as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"已从 {file} 恢复。请重新启动服务，再运行 tongxin check 看一遍。")


@click.command()
@click.pass_context
def check(context: click.Context) -> None:
    """Say in plain sentences whether all is well; exit code 1 when something is not."""
    found: list[Finding] = []
    for look in (_database, _migrations, _storage, _space, _keys, _calendar, _worker, _search, _journal):
        try:
            found += look()
        except DatabaseError as error:
            found.append(Finding(BAD, f"数据库没有答应（{look.__name__.strip('_')}）：{error}"))
        if found[-1].mark == BAD and look in (_database, _migrations):
            break  # nothing further can be asked
    for finding in found:
        click.echo(f"{finding.mark} {finding.text}")
    if any(finding.mark == BAD for finding in found):
        context.exit(1)


@click.group()
def journal() -> None:
    """The journal of who did what."""


@journal.command()
@click.option("--assembly", "code", help="Code of the assembly; without it every one is looked at.")
@click.option(
    "--expect",
    "heads",
    multiple=True,
    metavar="POSITION:HEAD",
    help="A head copied down earlier: the chain must still reach that entry and have that head there. May be repeated.",
)
@click.pass_context
def verify(context: click.Context, code: str | None, heads: tuple[str, ...]) -> None:
    """Recompute the chain of every assembly and name the first entry that does not fit."""
    expected = [_expected(head) for head in heads]
    verdicts = [(each, chain.verify(each.pk, [place for place, _head in expected])) for each in _asked(code)]
    sound = True
    for assembly, verdict in verdicts:
        if verdict.sealed or verdict.unsealed or verdict.broken:
            sound = _told(assembly, verdict) and sound
    # A head is that of one assembly alone, so it is looked for in all of them.
    for place, head in expected:
        sound = _met(place, head, verdicts) and sound
    if not sound:
        context.exit(1)


def _asked(code: str | None) -> list[Any]:
    from tongxin.people.models import Assembly

    found = list(Assembly.objects.filter(**({"code": code} if code else {})).order_by("code"))
    if code and not found:
        raise click.ClickException(f"没有代码是 {code} 的政协组织。")
    return found


def _expected(head: str) -> tuple[int, str]:
    place, _colon, digest = head.strip().partition(":")
    if not place.isdecimal() or int(place) < 1 or not HEAD.fullmatch(digest.lower()):
        raise click.ClickException(f"“{head}”看不懂。请照抄当时打印的那一行：条数、冒号、链头，例如 120:3f…（64 位）。")
    return int(place), digest.lower()


def _told(assembly: Any, verdict: chain.Verdict) -> bool:
    """Say what was found in one assembly; whether it is whole."""
    if verdict.broken:
        click.echo(f"{BAD} {assembly}：前 {verdict.sealed} 条完好，之后断了：{verdict.broken}。")
        click.echo(f"  {KEEP_STILL}")
        return False
    waiting = f"，另有 {verdict.unsealed} 条等待封签" if verdict.unsealed else ""
    click.echo(f"{GOOD} {assembly}：{verdict.sealed} 条日志环环相扣，没有改动{waiting}。")
    if verdict.head:
        click.echo(f"  链头 {verdict.sealed}:{verdict.head}（抄在纸上：以后用 --expect 再查，应当还对得上）")
    return True


def _met(place: int, head: str, verdicts: list[tuple[Any, chain.Verdict]]) -> bool:
    """Say whether a head that was copied down still stands where it stood."""
    for assembly, verdict in verdicts:
        if verdict.heads.get(place) == head:
            click.echo(f"{GOOD} 抄下的第 {place} 条还在，链头一致（{assembly}）。")
            return True
    if any(place in verdict.heads for _assembly, verdict in verdicts):
        click.echo(f"{BAD} 第 {place} 条的链头与抄下的不一致：这一条或它之前的日志换过了。")
    elif any(verdict.broken for _assembly, verdict in verdicts):
        click.echo(f"{BAD} 抄下的第 {place} 条没有核到：链在它之前就断了。")
    else:
        longest = max((verdict.sealed for _assembly, verdict in verdicts), default=0)
        click.echo(f"{BAD} 抄下的是第 {place} 条，现在最长只到第 {longest} 条：后面的日志被截掉了。")
    click.echo(f"  {KEEP_STILL}")
    return False


@click.group()
def personal() -> None:
    """Personal data of constituents."""


@personal.command("erase-expired")
def erase_expired() -> None:
    """Erase what has been kept longer than the assembly allows (the worker does so every day)."""
    erased = registry.erase_expired(timezone.now())
    click.echo(f"清除了 {erased} 条到期的个人信息。" if erased else "没有到期的个人信息。")


@click.group()
def search() -> None:
    """The search index."""


@search.command()
def rebuild() -> None:
    """Make the index anew from the records; work can go on beside it, and it may be broken off and repeated."""
    click.echo(f"搜索索引已重建：{index.rebuild(_progress('正在重建搜索索引'))} 条记录。")


# What `check` looks at


def _database() -> list[Finding]:
    connection.ensure_connection()
    names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
    version = ".".join(str(part) for part in connection.get_database_version())
    return [Finding(GOOD, f"数据库可用：{names.get(connection.vendor, connection.vendor)} {version}。")]


def _migrations() -> list[Finding]:
    waiting = archive.unapplied()
    if waiting:
        return [Finding(BAD, f"数据库结构还差 {len(waiting)} 步没有更新。请运行 tongxin prepare。")]
    return [Finding(GOOD, "数据库结构是最新的。")]


def _storage() -> list[Finding]:
    try:
        name = default_storage.save("check/probe", ContentFile(b"probe"))
        with default_storage.open(name) as probe:
            same = probe.read() == b"probe"
        default_storage.delete(name)
    except Exception as error:  # a remote storage raises errors of its own kinds
        return [Finding(BAD, f"附件存不进去：{error}。请检查存放附件的位置和权限。")]
    if not same:
        return [Finding(BAD, "附件存进去再读出来不一样了。请检查磁盘。")]
    return [Finding(GOOD, "附件可以存取。")]


def _space() -> list[Finding]:
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free < ENOUGH_SPACE:
        return [Finding(BAD, f"磁盘只剩 {_megabytes(free)}。请清理或换大一点的磁盘。")]
    return [Finding(GOOD, f"磁盘还有 {_megabytes(free)}。")]


def _keys() -> list[Finding]:
    found = []
    for path in (settings.DATA_DIR / "secret.key", settings.DATA_DIR / "fields.key"):
        if path.exists() and S_IMODE(path.stat().st_mode) & 0o077:
            found.append(Finding(BAD, f"密钥文件 {path} 别人也能读。请运行 chmod 600 {path}。"))
    return found or [Finding(GOOD, "密钥只有本机服务账号能读。")]


def _calendar() -> list[Finding]:
    today = timezone.localdate()
    until = workdays.PUBLISHED_UNTIL
    if until < today.year:
        return [Finding(WARNING, f"节假日安排只到 {until} 年，今年的工作日只扣了周末。请更新 chinesecalendar。")]
    if until == today.year and today.month == 12:
        return [Finding(WARNING, f"节假日安排只到 {until} 年，明年的工作日期限先按周末推算，安排公布后会重算。")]
    return [Finding(GOOD, f"节假日安排有到 {until} 年的。")]


def _worker() -> list[Finding]:
    from tongxin.shell.queries import heartbeat

    beat = heartbeat()
    if beat is None:
        return [Finding(WARNING, "后台还没有运行过。请用 tongxin worker 或 tongxin serve --worker 启动。")]
    if timezone.now() - beat > WORKER_LATE:
        return [Finding(BAD, f"后台从 {_moment(beat)} 起没有动静。请重新启动 tongxin worker。")]
    return [Finding(GOOD, f"后台在运行，上次动作 {_moment(beat)}。")]


def _search() -> list[Finding]:
    if lacking := index.incomplete():
        names = "、".join(str(kind.label) for kind in lacking)
        return [Finding(BAD, f"有些记录搜不到（{names}）。请运行 tongxin search rebuild。")]
    return [Finding(GOOD, "搜索索引是全的。")]


def _journal() -> list[Finding]:
    from tongxin.people.models import Assembly

    found, sealed = [], 0
    for assembly in Assembly.objects.order_by("code"):
        verdict = chain.verify(assembly.pk)
        sealed += verdict.sealed
        if verdict.broken:
            found.append(Finding(BAD, f"{assembly}的日志断了：{verdict.broken}。请运行 tongxin journal verify。"))
    return found or [Finding(GOOD, f"日志完好，已封签 {sealed} 条。")]


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def _megabytes(size: int) -> str:
    return f"{size / (1 << 30):.1f} GB" if size >= 1 << 30 else f"{size / (1 << 20):.1f} MB"


def _progress(label: str) -> Callable[[int, int], None]:
    """Shows how far the work is, on a terminal only; called with what is done and how much there is."""

    def show(done: int, total: int) -> None:
        if not sys.stderr.isatty() or not total:
            return
        click.echo(f"\r{label} {done}/{total}", nl=done == total, err=True)

    return show
