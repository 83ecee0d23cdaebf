"""`tongxin bench search`: build rate, time, size and recall of the search index over real texts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from tongxin.hear.concerns.models import Concern
from tongxin.hear.concerns.policy import read
from tongxin.kernel import search, textindex
from tongxin.kernel.actor import Actor
from tongxin.people import queries as people
from tongxin.people import roles
from tongxin.people.models import Assembly, RoleGrant, User

from . import copies, yardsticks
from .corpus import Corpus
from .load import percentile
from .report import Report

AIM = 50.0  # milliseconds for 95 of 100 queries at a million documents
BATCH = 1000
TOLD = 100_000  # documents that are told one by one; more are copies of these
AT = 10  # among so many of the most similar ones a text's companions are looked for
COUNTIES = 8
SLOW = 20  # queries that a yardstick without an index is asked, of all
YEARS = 3


@dataclass
class Place:
    """The assembly whose concerns the texts are, and who looks for them: an office, and a county's clerk."""

    assembly: Assembly
    counties: list[Assembly]
    office: Actor
    clerk: Actor
    ids: dict[str, int] = field(default_factory=dict)  # of the texts as they are, by key


def measure(report: Report, corpus: Corpus, sizes: list[int], queries: int) -> None:
    """All sizes in the database of this process's environment, each grown from the one before."""
    place = _place()
    made = report.table(f"{report.database}: search", "documents", "what", "p50 ms", "p95 ms", "bytes / text byte", "")
    done = 0
    for size in sizes:
        if done < TOLD < size:
            _grow(report, place, corpus, done, TOLD)
            done = TOLD
        rate = _multiply(report, done, size) if done >= TOLD else _grow(report, place, corpus, done, size)
        done = size
        _measured(report, made, place, corpus, size, queries, rate)
    report.show(made)


def _measured(report: Report, made: Any, place: Place, corpus: Corpus, size: int, count: int, rate: float) -> None:
    name = f"search {size:,}"
    asked = corpus.queries(count)
    words = [query for _form, query in asked]
    text = yardsticks.text_bytes()
    parts = {key: value / text for key, value in yardsticks.index_bytes().items()}
    report.add(f"{name}: index", rate, "documents/s", documents=size, copied=size > TOLD)
    report.add(f"{name}: size", parts["index"], "bytes/text byte", terms=parts["terms"], text_bytes=text)
    first = _times(words, lambda query: search.find(place.office, query, limit=8))
    times = _times(words, lambda query: search.find(place.office, query, limit=8))
    clerk = _times(words, lambda query: search.find(place.clerk, query, limit=8))
    processor = _times(words, lambda query: search.find(place.office, query, limit=8), _processor)
    p95 = percentile(times, 95)
    forms = {
        f"p95_ms {form}": percentile([t for t, (f, _q) in zip(times, asked, strict=True) if f == form], 95)
        for form in dict.fromkeys(form for form, _query in asked)
    }
    report.add(
        f"{name}: find", p95, "ms", AIM, p50_ms=percentile(times, 50), p95_ms=p95, first_p95_ms=percentile(first, 95),
        clerk_p50_ms=percentile(clerk, 50), clerk_p95_ms=percentile(clerk, 95), cpu_p50_ms=percentile(processor, 50),
        cpu_p95_ms=percentile(processor, 95), longest_ms=max(times), queries=len(words), within=p95 <= AIM, **forms,
    )  # fmt: skip
    _row(made, size, "find", times, f"{parts['index']:.2f} + {parts['terms']:.2f}", f"{rate:,.0f} documents/s")
    _row(made, size, "find, a county's clerk", clerk)
    _beside(report, made, place, size, words, p95, text)
    _companions(report, made, name, size, place, corpus)


def _beside(report: Report, made: Any, place: Place, size: int, words: list[str], p95: float, text: int) -> None:
    """The same queries put to the database's own means. The ratio says how many times as long they take, `finds` of how
    many queries they find anything where search does: a trigram index may know no word of two characters."""
    few = words[:: max(len(words) // SLOW, 1)]
    with yardsticks.trigrams() if size <= TOLD else nullcontext() as trigram:
        for yardstick, asked in ((yardsticks.plain(), few), (trigram, words)):
            if yardstick is None:
                report.say("no trigram index: not installed on this server, or too many documents")
                continue
            times = _times(asked, yardstick.find)
            share = yardstick.size / text if yardstick.size else None
            there = [query for query in asked if len(search.find(place.office, query, limit=0))]
            finds = sum(bool(yardstick.find(query)) for query in there) / max(len(there), 1)
            more = {"finds": finds, **({"size": share} if share else {})}
            report.add(
                f"search {size:,}: {yardstick.name}", percentile(times, 95), "ms", p95,
                p50_ms=percentile(times, 50), queries=len(asked), **more,
            )  # fmt: skip
            _row(made, size, yardstick.name, times, f"{share:.2f}" if share else "", f"finds {finds:.0%}")


def _companions(report: Report, made: Any, name: str, size: int, place: Place, corpus: Corpus) -> None:
    """How many of a text's companions stand among the ten most similar ones, of those that could.

    Of a hot issue the copies of its own messages are left out: the same matter told of another place is neither one of
    the set nor wrong. Beside exact duplicates they stay. What was copied word by word counts in neither.
    """
    every = read.filter(place.office, Concern.objects.exclude(text_key=copies.AGAIN))
    for what, sets in (("exact duplicates", corpus.twins), ("hot issues", corpus.issues)):
        there = [[place.ids[key] for key in keys if key in place.ids] for keys in sets]
        wanted = found = whole = 0
        times: list[float] = []
        groups = [ids for ids in there if len(ids) > 1]
        for ids in groups:
            records = Concern.objects.in_bulk(ids)
            references = [record.reference for record in records.values()]
            rows = every.exclude(text_key="copy", reference__in=references) if what == "hot issues" else every
            got = 0
            for pk in ids:
                begun = time.perf_counter()
                near = search.similar(records[pk], rows, limit=AT)
                times.append(1000 * (time.perf_counter() - begun))
                got += min(len(ids) - 1, AT, sum(other.pk in records for other, _likeness in near))
            could = len(ids) * min(len(ids) - 1, AT)
            whole += got == could
            wanted, found = wanted + could, found + got
        if not wanted:
            continue
        report.add(
            f"{name}: {what} at {AT}", found / wanted, "recall", 1.0, groups=len(groups), whole_groups=whole,
            p50_ms=percentile(times, 50), p95_ms=percentile(times, 95),
        )  # fmt: skip
        _row(made, size, f"similar: {what}", times, "", f"{found / wanted:.1%}, {whole} of {len(groups)} sets whole")


def _row(made: Any, size: int, what: str, times: list[float], share: str = "", note: str = "") -> None:
    made.add_row(f"{size:,}", what, f"{percentile(times, 50):,.1f}", f"{percentile(times, 95):,.1f}", share, note)


def _times(
    words: list[str], find: Callable[[str], object], clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """How long each query takes, in milliseconds of the clock."""
    times = []
    for query in words:
        begun = clock()
        find(query)
        times.append(1000 * (clock() - begun))
    return times


def _processor() -> float:
    """Seconds of the processor that this process and the one that serves it have taken: other work on the machine does
    not lengthen them. Without PostgreSQL's part where Linux does not tell it."""
    spent = time.process_time()
    if connection.vendor == "postgresql" and connection.connection.info.host.startswith("/"):
        told = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
        spent += int(told.read_text().split()[0]) / 1e9 if told.exists() else 0
    return spent


# The rows


def _place() -> Place:
    city = Assembly.objects.create(code="2399", name="某市政协", short="某市", level="city")
    counties = [
        Assembly.objects.create(code=f"23990{n}", name=f"第{n}县政协", short=f"第{n}县", level="county", parent=city)
        for n in range(COUNTIES)
    ]
    return Place(city, counties, _actor(city, roles.OFFICE, None), _actor(city, roles.COUNTY, counties[0].pk))


def _actor(city: Assembly, role: str, scope: int | None) -> Actor:
    user = User.objects.create(username=f"bench-{role}", name=role)
    RoleGrant.objects.create(assembly=city, user=user, role=role, scope=scope)
    return people.actor_of(user)


def _grow(report: Report, place: Place, corpus: Corpus, done: int, size: int) -> float:
    """Put texts into the tables as concerns, past the door, and index them; how many a second are indexed."""
    spent = 0.0
    with report.progress(f"{size:,} documents", size - done) as step:
        for batch in _batches(_concerns(place, corpus, done, size)):
            made = Concern.objects.bulk_create(concern for _key, concern in batch)
            if done < len(corpus.texts):
                place.ids.update({key: c.pk for (key, _draft), c in zip(batch, made, strict=True) if "/" not in key})
            begun = time.perf_counter()
            search.index_many(made)
            spent += time.perf_counter() - begun
            step(len(made))
    begun = time.perf_counter()
    textindex.purge(connection)
    spent += time.perf_counter() - begun
    _settle()
    return (size - done) / spent


def _multiply(report: Report, done: int, size: int) -> float:
    with report.progress(f"{size:,} documents", size - done) as step:
        rate = copies.multiply(done, size, step)
    _settle()
    return rate


def _settle() -> None:
    """What autovacuum does within a minute; SQLite's own upkeep."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _concerns(place: Place, corpus: Corpus, done: int, size: int) -> Iterator[tuple[str, Concern]]:
    now = timezone.now()
    for number, text in enumerate(corpus.told(size, done), done + 1):
        said = now - timedelta(days=365 * YEARS) + timedelta(minutes=number)
        yield text.key, Concern(
            assembly=place.assembly, county=place.counties[number % COUNTIES], year=2026, serial=number,
            title=text.title[:60], text=text.body, said_at=said, state="closed" if number % 10 else "recorded",
            source=Concern.Source.IMPORT, text_key="copy" if "/" in text.key else "",
            reference=text.key.partition("/")[0],
        )  # fmt: skip


def _batches(rows: Iterator[tuple[str, Concern]]) -> Iterator[list[tuple[str, Concern]]]:
    batch: list[tuple[str, Concern]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
