"""What happens to accounts by itself, once a day."""

from __future__ import annotations

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from tongxin.kernel.tasks import DAY, recurring

from . import convening
from .models import Assembly


@recurring(DAY)
def sweep_sessions(now: datetime) -> int:
    """Delete sessions that are over, and what was kept of the devices they ran on; returns how many sessions."""
    gone = Session.objects.filter(expire_date__lt=now).delete()[0]
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return gone


@recurring(DAY)
def settle_conveners(now: datetime) -> int:
    """The role of a convener begins and ends with the time in the register; returns how many changed."""
    return sum(convening.settle(assembly, now) for assembly in Assembly.objects.all())
