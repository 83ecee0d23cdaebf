"""日历订阅: the turns of a member or a station as iCalendar, behind a secret address that can be renewed."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from tongxin.kernel import door
from tongxin.kernel.actor import Actor
from tongxin.kernel.crypto import blind_index
from tongxin.people.models import Member

from . import policy
from .models import CalendarFeed, DutyTurn, Station

BYTES = 24  # of the secret: nobody guesses 192 bits
BACK, AHEAD = timedelta(days=120), timedelta(days=400)
PURPOSE = "calendar feed"


def of(who: Member | Station) -> CalendarFeed | None:
    """The feed of a member or a station, if one was ever asked for."""
    return CalendarFeed.objects.filter(**_key(who)).first()


def renew(who: Member | Station, by: Actor, now: datetime | None = None) -> CalendarFeed:
    """A new secret address; the old one is dead at once. Raises `NotAllowed`."""
    secret = secrets.token_urlsafe(BYTES)
    fresh = {"secret": secret, "secret_index": blind_index(secret, PURPOSE)}
    feed = of(who)
    if feed is not None:
        return door.revise(feed, by, fresh, policy.feed, now=now)
    return door.establish(CalendarFeed(assembly_id=who.assembly_id, **_key(who), **fresh), by, policy.feed, now=now)


def behind(secret: str) -> CalendarFeed | None:
    """The feed with this address."""
    rows = CalendarFeed.objects.select_related("member__person", "station", "assembly")
    return rows.filter(secret_index=blind_index(secret, PURPOSE)).first() if secret else None


def calendar(feed: CalendarFeed, now: datetime, host: str) -> bytes:
    """The turns as iCalendar. Names of members on duty, never of people who came."""
    calendar = Calendar()
    calendar.add("prodid", "-//Tongxin//duty rota//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Duty: %(who)s") % {"who": feed})
    calendar.add("refresh-interval;value=duration", "PT6H")
    for turn in turns(feed, now):
        calendar.add_component(_event(turn, feed, host))
    return calendar.to_ical()


def turns(feed: CalendarFeed, now: datetime) -> Any:
    """What stands in the calendar: turns somebody holds, recent and ahead."""
    today = timezone.localdate(now)
    whose = Q(member=feed.member_id) if feed.member_id else Q(station=feed.station_id, member__isnull=False)
    rows = DutyTurn.objects.exclude(state__in=DutyTurn.GONE).filter(whose, on__gte=today - BACK, on__lte=today + AHEAD)
    return rows.select_related("station", "member__person")


def tag(content: bytes) -> str:
    """The ETag of a calendar: it changes when, and only when, something in it does."""
    return f'"{sha256(content).hexdigest()[:32]}"'


def _event(turn: DutyTurn, feed: CalendarFeed, host: str) -> Event:
    event = Event()
    event.add("uid", f"turn-{turn.pk}@{host}")
    event.add("dtstamp", turn.updated_at.replace(microsecond=0))
    event.add("dtstart", timezone.make_aware(datetime.combine(turn.on, turn.begins)))
    event.add("dtend", timezone.make_aware(datetime.combine(turn.on, turn.ends)))
    if feed.member_id:
        event.add("summary", _("On duty: %(station)s") % {"station": turn.station})
    else:
        event.add("summary", _("On duty: %(who)s") % {"who": turn.member})
    event.add("location", f"{turn.station} {turn.station.whereabouts}".strip())
    event.add("sequence", turn.version)
    event.add("status", "TENTATIVE" if turn.state == "scheduled" else "CONFIRMED")
    return event


def _key(who: Member | Station) -> dict[str, Any]:
    return {"member": who} if isinstance(who, Member) else {"station": who}
