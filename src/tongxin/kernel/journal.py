"""The journal: append-only entries, sealed into one hash chain per assembly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from . import workflow
from .actor import Actor
from .crypto import blind_index
from .models import JournalEntry, JournalSeal, Record

SEAL_BATCH = 500
# An entry of a transaction that ends late has a lower id than some already sealed; older stragglers wait for the day's
# look at the whole journal.
LOOK_BACK = 10_000
OTHER_VERBS: dict[str, Any] = {
    "established": _("Entered"),
    "revised": _("Changed: {fields}"),
    "revealed": _("The contact details were looked at"),
    "erased": _("Personal data erased"),
    "reclocked": _("The calendar of holidays is out: now due {due_on}"),
}


_SAID: dict[tuple[type, str], tuple[Any, dict[str, Callable[[int, Any], Any]]]] = {}


def say(model: type, verb: str, past: Any, **fact_words: Callable[[int, Any], Any]) -> None:
    """How a verb of records without workflow reads: the timeline's line, and its facts in words as a workflow's."""
    _SAID[model, verb] = (past, fact_words)


def entry(
    record: Record, verb: str, by: Actor, now: datetime, *, frm: str = "", to: str = "", facts: dict | None = None
) -> JournalEntry:
    """An unsaved entry; `facts` are what the timeline shows and must hold no personal data of constituents."""
    return JournalEntry(
        assembly_id=record.assembly_id,
        at=now,
        actor_id=by.user_id,
        actor_kind=by.kind,
        actor_name=by.name[:60],
        record_type=record.label(),
        record_id=record.pk,
        verb=verb,
        state_from=frm,
        state_to=to,
        facts=facts or {},
    )


@dataclass(frozen=True)
class Event:
    """One line of a record's timeline."""

    at: datetime
    who: str
    title: str
    note: str = ""
    verb: str = ""
    facts: dict = field(default_factory=dict)
    id: int = 0


def timeline(record: Record) -> list[Event]:
    """The record's story, oldest first; one query."""
    entries = JournalEntry.objects.filter(record_type=record.label(), record_id=record.pk).order_by("at", "id")
    return [describe(e, type(record)) for e in entries]


def describe(item: JournalEntry, model: type) -> Event:
    """An entry in words: the move's `past` line filled with its facts."""
    flow = workflow.of(model) if workflow.has(model) else None
    move = flow.move(item.verb) if flow else None
    past, words = _SAID.get((model, item.verb), (OTHER_VERBS.get(item.verb, item.verb), {}))
    template = str(move.past if move else past)
    words = {"on": _day, **(flow.fact_words if flow else words)}
    facts = {
        name: str(words[name](item.assembly_id, value)) if name in words else value
        for name, value in item.facts.items()
    }
    note = facts.get("note") or ""
    who = gettext("the system") if item.actor_kind == "system" else item.actor_name
    return Event(item.at, who, template.format_map(_Gaps(facts)), note, item.verb, facts, item.pk)


def _day(_assembly_id: int, iso: Any) -> Any:
    """A day that the journal keeps as code, as the reader writes days."""
    return date_format(date.fromisoformat(iso), "DATE_FORMAT") if iso else iso


class _Gaps(dict):
    def __missing__(self, key: str) -> str:
        return "…"


def unsealed(whole: bool = False) -> QuerySet[JournalEntry]:
    """Entries without a seal, looked for among the newest; `whole`: in all of the journal."""
    rows = JournalEntry.objects.filter(seal=None)
    newest = None if whole else JournalSeal.objects.aggregate(id=Max("entry_id"))["id"]
    return rows.filter(pk__gt=newest - LOOK_BACK) if newest else rows


def seal(assembly_id: int, whole: bool = False) -> int:
    """Seal what is not yet sealed in an assembly; returns how many entries were. Safe to run twice at once."""
    from tongxin.kernel.numbering import lock

    sealed = 0
    while True:
        with transaction.atomic():
            lock(assembly_id, "journal.seal")
            fresh = list(unsealed(whole).filter(assembly_id=assembly_id).order_by("id")[:SEAL_BATCH])
            if not fresh:
                return sealed
            last = JournalSeal.objects.filter(assembly_id=assembly_id).order_by("-position").first()
            position, digest = (last.position, last.digest) if last else (0, "")
            links = []
            for item in fresh:
                position, digest = position + 1, _digest(digest, item)
                links.append(JournalSeal(assembly_id=assembly_id, position=position, entry=item, digest=digest))
            JournalSeal.objects.bulk_create(links)
            sealed += len(links)


@dataclass(frozen=True)
class Verdict:
    """What `verify` found in one assembly. `broken` names the first bad place, or is empty; `heads` are those of the
    positions asked for, as far as the chain is whole up to there."""

    assembly_id: int
    sealed: int
    unsealed: int
    head: str
    broken: str = ""
    heads: dict[int, str] = field(default_factory=dict)


def verify(assembly_id: int, positions: Iterable[int] = ()) -> Verdict:
    """Recompute the chain of one assembly and name the first entry that does not fit.

    A tail that was cut off leaves a chain that is whole: who wants to see that copies a head down and asks for it
    again by its position.
    """
    digest, count, wanted = "", 0, set(positions)
    heads: dict[int, str] = {}
    for link in _links(assembly_id):
        count += 1
        if link.position != count:
            missing = gettext("link %(n)d is missing") % {"n": count}
            return Verdict(assembly_id, count - 1, 0, digest, missing, heads)
        place = {"id": link.entry_id, "n": count}
        if link.entry is None:
            gone = gettext("entry %(id)d (link %(n)d) is missing") % place
            return Verdict(assembly_id, count - 1, 0, digest, gone, heads)
        recomputed = _digest(digest, link.entry)
        if recomputed != link.digest:
            changed = gettext("entry %(id)d (link %(n)d) was changed") % place
            return Verdict(assembly_id, count - 1, 0, digest, changed, heads)
        digest = recomputed
        if count in wanted:
            heads[count] = digest
    unsealed = JournalEntry.objects.filter(assembly_id=assembly_id, seal=None).count()
    return Verdict(assembly_id, count, unsealed, digest, heads=heads)


def _links(assembly_id: int) -> Iterator[Any]:
    """Seals in order, each with its entry or None where the entry is gone (a join would hide the gap)."""
    start = 0
    while True:
        batch: list[Any] = list(
            JournalSeal.objects.filter(assembly_id=assembly_id, position__gt=start).order_by("position")[:2000]
        )
        if not batch:
            return
        entries = JournalEntry.objects.in_bulk([link.entry_id for link in batch])
        for link in batch:
            found = entries.get(link.entry_id)
            yield _Link(link.position, link.entry_id, found, link.digest)
        start = batch[-1].position


@dataclass(frozen=True)
class _Link:
    position: int
    entry_id: int
    entry: JournalEntry | None
    digest: str


def _digest(previous: str, item: JournalEntry) -> str:
    content = [
        previous,
        item.pk,
        item.assembly_id,
        item.at.astimezone(UTC).isoformat(timespec="microseconds"),
        item.actor_id,
        item.actor_kind,
        item.actor_name,
        item.record_type,
        item.record_id,
        item.verb,
        item.state_from,
        item.state_to,
        item.facts,
    ]
    return blind_index(json.dumps(content, ensure_ascii=False, sort_keys=True), "journal")


def write(entries: Iterable[JournalEntry]) -> None:
    """Append many entries."""
    JournalEntry.objects.bulk_create(entries, batch_size=500)
