"""What the room does by itself: rotas are worked out, missed turns found, idle stations noticed."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from tongxin.kernel import door
from tongxin.kernel.actor import system
from tongxin.kernel.errors import DoorError
from tongxin.kernel.tasks import DAY, recurring

from . import idle
from .models import DutyTurn, RotaPlan
from .rota import planning, vacancies


@task()
def work_out(plan: int) -> None:
    """Work out a rota in the background."""
    planning.work_out(RotaPlan.objects.select_related("rota").get(pk=plan))


@recurring(DAY)
def find_missed(now: datetime) -> int:
    """Turns of past days at which nobody checked in are missed; returns how many. Open ones are cancelled by nobody:
    they were missed too."""
    past = DutyTurn.objects.filter(state__in=("scheduled", "confirmed"), on__lt=timezone.localdate(now))
    return _each(past.select_related("assembly").order_by("id"), "miss", now)


@recurring(DAY)
def free_turns(now: datetime) -> int:
    """Turns ahead of members who are not in office stand open; returns how many. Whoever leaves frees them at once,
    whoever goes on leave in the night."""
    return vacancies.free(now)


@recurring(DAY)
def finish_forgotten(now: datetime) -> int:
    """Turns of past days at which somebody checked in and wrote no summary were kept all the same; returns how many.
    The summary stays empty: nobody is made to have said something."""
    left = DutyTurn.objects.filter(state="on_duty", on__lt=timezone.localdate(now))
    return _each(left.select_related("assembly").order_by("id"), "finish", now)


@recurring(DAY)
def watch_stations(now: datetime) -> int:
    """Warn of stations where nothing happened for too long, and take the warning back where something did."""
    today = timezone.localdate(now)
    done = 0
    for station, move in idle.changes(today):
        done += _each([station], move, now)
    return done


def _each(records: object, move: str, now: datetime) -> int:
    done = 0
    for record in list(records):  # type: ignore[call-overload]
        try:
            door.perform(record, move, system(_("daily task"), record.assembly), now=now)
        except DoorError:
            continue  # somebody moved it meanwhile
        done += 1
    return done
