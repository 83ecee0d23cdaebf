"""What runs by itself. Rooms add to the two lists; `tongxin worker` calls `beat` and runs what was enqueued."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.apps import apps
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from . import deadlines, door, files, journal, notices, personal, throttle
from .actor import system
from .models import TaskRun

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
RESULTS_KEPT = timedelta(days=3)
_RECURRING: dict[str, tuple[timedelta, Callable[[datetime], object]]] = {}


def recurring(every: timedelta) -> Callable[[Callable[[datetime], object]], Callable[[datetime], object]]:
    """Run the decorated function (it gets the current time) every minute or every day. It must be safe to run twice."""

    def remember(function: Callable[[datetime], object]) -> Callable[[datetime], object]:
        _RECURRING[f"{function.__module__}.{function.__name__}"] = (every, function)
        return function

    return remember


def beat(now: datetime | None = None) -> list[str]:
    """Enqueue what is due; of several workers only one gets each turn. Returns the names enqueued."""
    now = now or timezone.now()
    started = []
    for name, (every, _function) in _RECURRING.items():
        TaskRun.objects.bulk_create([TaskRun(name=name, last=now - 2 * every)], ignore_conflicts=True)
        if TaskRun.objects.filter(name=name, last__lte=now - every).update(last=now):
            run.enqueue(name)
            started.append(name)
    return started


@task()
def run(name: str) -> None:
    """Run a recurring task by its name."""
    if name not in _RECURRING:
        raise LookupError(f"{name} is not a recurring task")
    import_string(name)(timezone.now())


@recurring(MINUTE)
def seal_journal(now: datetime) -> int:
    """Seal new entries of every assembly that has some."""
    return _seal(whole=False)


@recurring(DAY)
def seal_stragglers(now: datetime) -> int:
    return _seal(whole=True)


def _seal(whole: bool) -> int:
    fresh = journal.unsealed(whole).order_by().values_list("assembly_id", flat=True).distinct()
    return sum(journal.seal(assembly_id, whole) for assembly_id in list(fresh))


@recurring(DAY)
def recompute_deadlines(now: datetime) -> int:
    """Reckon clocks anew for a calendar published since, and tell the records whose clocks they are."""
    changed = deadlines.recompute(now)
    for kind, pk in {(clock.record_type, clock.record_id) for clock in changed}:
        record = apps.get_model(kind)._default_manager.select_related("assembly").filter(pk=pk).first()
        if record is not None:
            door.repoint(record, system("daily task", record.assembly), now=now)
    return len(changed)


@recurring(DAY)
def send_digests(now: datetime) -> int:
    return notices.send_digests(now)


@recurring(DAY)
def erase_expired(now: datetime) -> int:
    """Erase personal data kept longer than its assembly allows."""
    return personal.erase_expired(now)


@recurring(DAY)
def sweep(now: datetime) -> int:
    """Delete bytes without a file, counts whose window is over, and what is told of tasks done some days ago."""
    done = DBTaskResult.objects.filter(finished_at__lt=now - RESULTS_KEPT).delete()[0]
    return files.sweep(now) + throttle.sweep(now) + done
