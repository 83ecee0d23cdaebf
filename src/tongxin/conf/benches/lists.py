"""`tongxin bench import`: how fast a list of concerns is read, checked and taken in."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.utils import timezone

from tongxin.hear.concerns import importing
from tongxin.kernel.actor import system

from . import rows
from .report import Report

GOAL = 500  # rows a second, from the file to the committed transaction


def measure(report: Report, count: int, file: Path | None) -> None:
    """Take in `file`, or a list of `count` rows, in the database of this process's environment."""
    report.say("building the assembly through the door …")
    where = rows.institution(lambda text: None)
    content = file.read_bytes() if file else written(where, count)
    actor = system("import", where.assembly)
    seconds: dict[str, float] = {}
    table = _timed(seconds, "read", lambda: importing.read(content, file.stem if file else "bench"))
    total = sum(len(sheet.rows) for sheet in table.book.sheets)
    with report.progress("checking", total) as step:
        found = _timed(seconds, "check", lambda: importing.check(table, actor, progress=step))
    if found.faults:
        raise RuntimeError(f"the list has {len(found.faults)} faults, the first: {found.faults[0]}")
    with report.progress("taking in", len(found.new)) as step:
        taken = _timed(seconds, "take in", lambda: importing.take_in(found, actor, progress=step))
    for name, number in (("read", total), ("check", total), ("take in", taken)):
        report.add(f"import: {name}", number / seconds[name], "rows/s", rows=number, seconds=seconds[name])
    report.add(
        "import", total / sum(seconds.values()), "rows/s", GOAL, rows=total, taken=taken, repeated=len(found.repeated)
    )
    made = report.table(f"{report.database}: a list of {total:,} rows", "step", "rows", "seconds", "rows/s")
    for name, number in (("read", total), ("check", total), ("take in", taken)):
        made.add_row(name, f"{number:,}", f"{seconds[name]:.1f}", f"{number / seconds[name]:,.0f}")
    whole = sum(seconds.values())
    made.add_row("all", f"{total:,}", f"{whole:.1f}", f"{total / whole:,.0f} (aim: {GOAL})")
    report.show(made)


def written(where: rows.Institution, count: int) -> bytes:
    """A CSV of `count` messages as a hotline exports them."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["留言编号", "留言主题", "留言时间", "留言详情", "县区"])
    for number, row in enumerate(rows.told(where, count), 1):
        station = row["station"]
        moment = timezone.localtime(row["_at"]).strftime("%Y/%m/%d %H:%M")
        county = station.county.place if station and station.county else ""
        table.writerow([f"B{number}", row["text"][:20], moment, row["text"], county])
    return out.getvalue().encode("utf-8-sig")


def _timed(seconds: dict[str, float], name: str, work: Callable[[], Any]) -> Any:
    begun = time.perf_counter()
    done = work()
    seconds[name] = time.perf_counter() - begun
    return done
