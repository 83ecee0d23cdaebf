"""`tongxin bench circle`: time and bytes of the concentric circle and the 1158 check, beside their bare SQL."""

from __future__ import annotations

import statistics
import time
import zlib
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.utils import timezone

from tongxin.account.circle import drawing, queries
from tongxin.kernel.actor import Actor
from tongxin.people import queries as people
from tongxin.people.models import (
    Assembly,
    Committee,
    CommitteeSector,
    RoleGrant,
    Sector,
    Term,
    User,
)

from . import contacts, floor
from .report import Report

SIZES = ((240, 5), (600, 10), (30_000, 5))
SECTORS, COMMITTEES = 34, 9
TIMES = 7  # each page and its floor, in turns; the middle one counts
WITHIN = 3.0  # times the bare SQL that a page may take


def measure(report: Report, sizes: tuple[tuple[int, int], ...] = SIZES, times: int = TIMES) -> None:
    """All sizes in the database of this process's environment, each in an assembly of its own."""
    made = report.table(
        f"{report.database}: the circle",
        "page", "SQL", "first ms", "ms", "own CPU ms", "bare SQL ms", "ratio", "kB", "kB gzip",
    )  # fmt: skip
    for members, each in sizes:
        size = f"{members:,} × {each}"
        report.say(f"{size}: building …")
        client, actor = _place(report, members, each)
        sector = Sector.objects.filter(assembly=actor.assembly).order_by("position")[0].pk
        circle = _timed(partial(_drawn, actor), times)
        report.add(f"circle data {size}", circle * 1000, "ms", members=members, constituents=members * each)
        for name, path in (
            ("circle", "/desk/circle/"),
            ("circle of a sector", f"/desk/circle/?sector={sector}"),
            ("check by sector", "/desk/contact/check/"),
            ("check by member", "/desk/contact/check/?by=member"),
        ):
            told = _page(client, path, times)
            more = {key: told[key] for key in ("queries", "bytes", "gzip", "first_ms", "cpu_ms")}
            within = told["ms"] <= WITHIN * told["floor_ms"]
            report.add(f"{name} {size}", told["ms"], "ms", told["floor_ms"], path=path, within=within, **more)
            numbers = (told["first_ms"], told["ms"], told["cpu_ms"], told["floor_ms"], told["ms"] / told["floor_ms"])
            shown = [f"{number:.1f}" for number in (*numbers, told["bytes"] / 1000, told["gzip"] / 1000)]
            made.add_row(f"{name} {size}", str(told["queries"]), *shown)
    report.show(made)


def _place(report: Report, members: int, each: int) -> tuple[Client, Actor]:
    """An assembly of the size, and a leader of it who is signed in."""
    assembly = Assembly.objects.create(code=f"9{members}", name=f"{members}人政协", level="city")
    term = Term.objects.create(assembly=assembly, number=1, from_on=timezone.localdate().replace(month=1, day=1))
    sectors = [
        Sector.objects.create(assembly=assembly, code=f"s{n}", name=f"第{n + 1}界别", category="circle", position=n)
        for n in range(SECTORS)
    ]
    committees = [
        Committee.objects.create(assembly=assembly, code=f"c{n}", name=f"第{n + 1}委员会", position=n)
        for n in range(COMMITTEES)
    ]
    for n, sector in enumerate(sectors):
        CommitteeSector.objects.create(
            assembly=assembly, committee=committees[n * COMMITTEES // SECTORS], sector=sector, from_on=term.from_on
        )
    contacts.grow(assembly, members, each, say=report.say)
    user = User.objects.create(username=f"leader{members}", name="主席", must_change_password=False)
    RoleGrant.objects.create(assembly=assembly, user=user, role="leader")
    client = Client(headers={"accept-encoding": "identity"})
    client.force_login(user)
    return client, people.actor_of(user)


def _drawn(actor: Actor) -> Any:
    circle = queries.circle(actor, {})
    return drawing.drawing(circle, "w", drawing.WIDE), drawing.drawing(circle, "n", drawing.NARROW)


def _page(client: Client, path: str, times: int) -> dict[str, Any]:
    """The page and its bare SQL in turns, so that whatever else the machine does hits both."""
    caches["local"].clear()
    first = _seconds(lambda: client.get(path))
    with floor.noting() as notes:
        response = client.get(path)
    if response.status_code != 200:
        raise RuntimeError(f"{path}: status {response.status_code}")
    page, bare, cpu = [], [], []
    for _time in range(times):
        worked = time.process_time()
        page.append(_seconds(lambda: client.get(path)))
        cpu.append(time.process_time() - worked)
        bare.append(_seconds(lambda: _bare(notes)))
    ms, floor_ms = (statistics.median(found) * 1000 for found in (page, bare))
    size, packed = len(response.content), len(zlib.compress(response.content, 6))
    return {
        "ms": ms,
        "floor_ms": floor_ms,
        "queries": len(notes.statements),
        "bytes": size,
        "gzip": packed,
        "first_ms": first * 1000,
        "cpu_ms": statistics.median(cpu) * 1000,
    }


def _bare(notes: floor.Notes) -> None:
    """The page's reading statements and nothing else."""
    with connection.cursor() as cursor:
        for statement in notes.statements:
            if statement.sql.lstrip("( ").upper().startswith(("SELECT", "WITH")):
                cursor.execute(statement.sql, statement.params)
                cursor.fetchall()


def _timed(work: Callable[[], Any], times: int) -> float:
    return statistics.median(_seconds(work) for _time in range(times))


def _seconds(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
