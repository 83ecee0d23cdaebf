"""The one door: the only functions that write records.

Each checks that the move is legal and the actor may make it, applies it, writes the journal, turns the deadlines,
queues notices and refreshes the search index, in one transaction. Nobody can skip the permission check: system work
has a named system actor, which the rules know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone

from . import deadlines, journal, notices, numbering, search
from .actor import Actor
from .errors import IllegalMove, Invalid, NotAllowed, Stale
from .forms import MoveForm
from .models import Deadline, JournalEntry, Process, Record
from .rules import Rule
from .workflow import Move, Workflow, of

P = TypeVar("P", bound=Process)
R = TypeVar("R", bound=Record)

BATCH = 500


def form_for(record: Process, move: Move, by: Actor, data: Any = None, files: Any = None, **kwargs: Any) -> MoveForm:
    """The form of a move, bound when `data` is given; pages show the same form that the door checks."""
    return move.form(data, files, record=record, actor=by, now=timezone.now(), **kwargs)


def begin(
    workflow: Workflow,
    move: str,
    by: Actor,
    data: Mapping | None = None,
    files: Any = None,
    *,
    now: datetime | None = None,
) -> Any:
    """Make a record by a creating move and return it. Raises `Invalid` or `NotAllowed`."""
    now = now or timezone.now()
    step = _creating(workflow, move)
    cleaned = _cleaned(step, data or {}, files, None, by, now)
    with transaction.atomic():
        record = _draft(step, by, now, cleaned)
        clocks = [deadlines.prepare(record, start, now) for start in step.starts]
        deadlines.point(record, clocks)  # before the first save, so that creating costs one statement
        if workflow.series:
            year = timezone.localdate(now).year
            record.year, record.serial = year, numbering.take(record.assembly_id, workflow.series, str(year))
        record.save(force_insert=True)
        facts = step.then(record, by, now, **cleaned) if step.then else None
        Deadline.objects.bulk_create(_belonging(record, clocks))
        _log(record, step, by, now, "", facts)
        search.index_many([record])
    return record


def perform(
    record: P,
    move: str,
    by: Actor,
    data: Mapping | None = None,
    files: Any = None,
    *,
    now: datetime | None = None,
    version: int | None = None,
) -> P:
    """Make a move on a record; returns it as it is afterwards.

    `version` is the one the form was shown with: when the record has changed since, `Stale` is raised. Raises
    `NotAllowed` (also for a move that does not exist), `IllegalMove` and `Invalid`.
    """
    now = now or timezone.now()
    workflow = of(type(record))
    step = workflow.move(move)
    if files and step and step.who.allows(by, record):
        # Drawing pictures anew takes seconds: they are made ready before the record (in SQLite every record) is locked.
        step.form(data or {}, files, record=record, actor=by, now=now).is_valid()
    with transaction.atomic():
        fresh = _locked(record)
        if step is None or step.creates or not step.who.allows(by, fresh):
            raise NotAllowed(step.who.reason if step else "")
        _check_version(fresh, version)
        if fresh.state not in step.frm:
            raise IllegalMove(fresh, move, workflow.possible(by, fresh))
        cleaned = _cleaned(step, data or {}, files, fresh, by, now)
        before, said = fresh.state, search.words(fresh)
        facts = step.act(fresh, by, now, **cleaned) if step.act else None
        fresh.state = step.to or before
        final = workflow.state(fresh.state).final
        deadlines.turn(fresh, step.starts, step.meets, now, final=final, told=cleaned)
        _save(fresh, now)
        if step.then:
            facts = {**(facts or {}), **(step.then(fresh, by, now, **cleaned) or {})}
        search.follow(fresh, said)
        _log(fresh, step, by, now, before, facts)
    return fresh


def begin_many(
    workflow: Workflow,
    move: str,
    by: Actor,
    rows: Iterable[Mapping],
    *,
    now: datetime | None = None,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Make many records by one creating move: the same form, rule, numbers, journal and clocks, in few statements.

    All or nothing: a row that fails raises `Invalid` and nothing stays. A row may carry `_at`, the moment it happened.
    Returns how many records were made.
    """
    now = now or timezone.now()
    step = _creating(workflow, move)
    known: dict = {}
    form: MoveForm | None = None
    made = 0
    with transaction.atomic():
        for batch in _batches(rows, BATCH):
            drafts = []
            for row in batch:
                at = row.get("_at") or now
                if form is None or not form.rebind(row, at):
                    form = step.form(row, None, record=None, actor=by, now=at, known=known)
                if not form.is_valid():
                    raise Invalid(form)
                record = _draft(step, by, at, form.cleaned_data)
                clocks = [deadlines.prepare(record, start, at) for start in step.starts]
                deadlines.point(record, clocks)
                drafts.append(_Draft(record, at, form.cleaned_data, clocks))
            _number(workflow, drafts)
            _save_many(workflow, step, by, drafts)
            made += len(drafts)
            if progress:
                progress(len(drafts))
    return made


def establish(
    record: R,
    by: Actor,
    rule: Rule,
    *,
    now: datetime | None = None,
    verb: str = "established",
    facts: dict | None = None,
    tells: Iterable[Any] = (),
) -> R:
    """Save a new reference record (sector, body …) that has no workflow, journal it and tell the users in `tells`."""
    now = now or timezone.now()
    if not rule.allows(by, record):
        raise NotAllowed(rule.reason)
    with transaction.atomic():
        record.created_by_id, record.created_at, record.updated_at = by.user_id, now, now
        record.save(force_insert=True)
        item = journal.entry(record, verb, by, now, facts=facts if facts is not None else {"note": str(record)})
        item.save()
        notices.queue(item, tells, except_for=by.user_id)
        search.index(record)
    return record


def revise(
    record: R,
    by: Actor,
    changes: Mapping[str, Any],
    rule: Rule,
    *,
    now: datetime | None = None,
    version: int | None = None,
) -> R:
    """Change fields of a record without moving it. The journal keeps which fields changed, not their values."""
    now = now or timezone.now()
    with transaction.atomic():
        fresh = _locked(record)
        if not rule.allows(by, fresh):
            raise NotAllowed(rule.reason)
        _check_version(fresh, version)
        changed = [name for name, value in changes.items() if getattr(fresh, name) != value]
        said = search.words(fresh) if changed else None
        for name in changed:
            setattr(fresh, name, changes[name])
        if changed:
            if not rule.allows(by, fresh):
                raise NotAllowed(rule.reason)
            _save(fresh, now)
            names = [str(getattr(fresh._meta.get_field(name), "verbose_name", name)) for name in changed]
            journal.entry(fresh, "revised", by, now, facts={"fields": "、".join(names)}).save()
            search.follow(fresh, said)
            search.requote(fresh, changed)
    return fresh


def repoint(record: P, by: Actor, *, now: datetime | None = None) -> P:
    """Copy the nearest deadline to the record again, after the deadlines themselves were reckoned anew; journaled."""
    now = now or timezone.now()
    with transaction.atomic():
        fresh = _locked(record)
        before = (fresh.due_on, fresh.due_kind)
        deadlines.point(fresh, deadlines.open_ones(fresh))
        if (fresh.due_on, fresh.due_kind) != before:
            _save(fresh, now)
            due = fresh.due_on.isoformat() if fresh.due_on else ""
            journal.entry(fresh, "reclocked", by, now, facts={"due_on": due}).save()
    return fresh


def note(record: Record, verb: str, by: Actor, *, now: datetime | None = None, **facts: Any) -> JournalEntry:
    """Journal what changes no field: a telephone number was looked at, a paper was printed."""
    item = journal.entry(record, verb, by, now or timezone.now(), facts=facts)
    item.save()
    return item


def _creating(workflow: Workflow, move: str) -> Move:
    step = workflow.move(move)
    if step is None or not step.creates:
        raise NotAllowed("")
    return step


@dataclass(frozen=True)
class _Draft:
    """A record of a bulk that is not saved yet, when it happened, what was told of it, and its clocks."""

    record: Any
    at: datetime
    told: dict[str, Any]
    clocks: list[Deadline]


def _cleaned(step: Move, data: Mapping, files: Any, record: Any, by: Actor, now: datetime) -> dict[str, Any]:
    form = step.form(data, files, record=record, actor=by, now=now)
    if not form.is_valid():
        raise Invalid(form)
    return form.cleaned_data


def _draft(step: Move, by: Actor, now: datetime, cleaned: dict) -> Any:
    assert step.act is not None  # noqa: S101 - Workflow.check sees to it
    record = step.act(by=by, now=now, **cleaned)
    record.state = step.to
    record.created_by_id, record.created_at, record.updated_at = by.user_id, now, now
    if not step.who.allows(by, record):
        raise NotAllowed(step.who.reason)
    return record


def _belonging(record: Process, clocks: list[Deadline]) -> list[Deadline]:
    """The clocks of a record that has its id now."""
    for clock in clocks:
        clock.record_id = record.pk
    return clocks


def _number(workflow: Workflow, drafts: list[_Draft]) -> None:
    if not workflow.series:
        return
    groups: dict[tuple[int, int], list] = {}
    for draft in drafts:
        groups.setdefault((draft.record.assembly_id, timezone.localdate(draft.at).year), []).append(draft.record)
    for (assembly_id, year), records in groups.items():
        first = numbering.take(assembly_id, workflow.series, str(year), len(records))
        for serial, record in enumerate(records, first):
            record.year, record.serial = year, serial


def _save_many(workflow: Workflow, step: Move, by: Actor, drafts: list[_Draft]) -> None:
    records = [draft.record for draft in drafts]
    workflow.model._default_manager.bulk_create(records)
    if step.then_many:
        facts = step.then_many([(d.record, d.at, d.told) for d in drafts], by)
    else:
        facts = [step.then(d.record, by, d.at, **d.told) if step.then else None for d in drafts]
    Deadline.objects.bulk_create(clock for d in drafts for clock in _belonging(d.record, d.clocks))
    journal.write(
        journal.entry(d.record, step.name, by, d.at, to=d.record.state, facts=fact)
        for d, fact in zip(drafts, facts, strict=True)
    )
    search.index_many(records)


def _locked(record: R) -> R:
    fresh = type(record)._default_manager.select_for_update(of=("self",)).filter(pk=record.pk).first()
    if fresh is None:
        raise NotAllowed("")
    return fresh


def _check_version(fresh: Record, version: int | None) -> None:
    if version is not None and version != fresh.version:
        last = JournalEntry.objects.filter(record_type=fresh.label(), record_id=fresh.pk).order_by("-id").first()
        raise Stale(fresh, last)


def _save(record: Record, now: datetime) -> None:
    record.version += 1
    record.updated_at = now
    record.save(force_update=True)


def _log(record: Process, step: Move, by: Actor, now: datetime, before: str, facts: dict | None) -> None:
    item = journal.entry(record, step.name, by, now, frm=before, to=record.state, facts=facts)
    item.save()
    if step.tells:
        notices.queue(item, step.tells(record), except_for=by.user_id)


def _batches(rows: Iterable[Mapping], size: int) -> Iterable[list[Mapping]]:
    batch: list[Mapping] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
