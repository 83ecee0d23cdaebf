"""What happens to accounts by itself, once a day."""

from __future__ import annotations

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from tongxin.kernel.tasks import DAY, recurring


@recurring(DAY)
def sweep_sessions(now: datetime) -> int:
    """Delete sessions that are over, and what was kept of the devices they ran on; returns how many sessions."""
    gone = Session.objects.filter(expire_date__lt=now).delete()[0]
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return gone
