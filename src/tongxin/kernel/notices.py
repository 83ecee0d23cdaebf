"""The outbox: who is told of an event, written in the event's own transaction, delivered by the worker."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .actor import Actor
from .journal import describe
from .models import JournalEntry, Notice


def queue(event: JournalEntry, users: Iterable[Any], *, except_for: int | None = None) -> None:
    """Tell the users on their page, and by e-mail where they gave an address. Nobody is told of their own act."""
    now = event.at
    rows = []
    for user in {user.pk: user for user in users if user.pk != except_for}.values():
        rows.append(Notice(event=event, user=user, channel="page", created_at=now, delivered_at=now))
        if user.email and _sends_mail():
            rows.append(Notice(event=event, user=user, channel="email", created_at=now))
    if rows:
        Notice.objects.bulk_create(rows, ignore_conflicts=True)


def unread(actor: Actor, limit: int = 20) -> list[dict[str, Any]]:
    """The newest unread notices of the actor, in words."""
    if not actor.user_id:
        return []
    rows = (
        Notice.objects.filter(user_id=actor.user_id, channel="page", read_at=None)
        .select_related("event")
        .order_by("-id")[:limit]
    )
    return [{"id": row.pk, "at": row.event.at, "event": in_words(row.event), "record": row.event} for row in rows]


def mark_read(actor: Actor, now: datetime | None = None) -> int:
    """Mark all of the actor's notices as read; returns how many."""
    if not actor.user_id:
        return 0
    return Notice.objects.filter(user_id=actor.user_id, channel="page", read_at=None).update(
        read_at=now or timezone.now()
    )


def in_words(event: JournalEntry) -> Any:
    return describe(event, apps.get_model(event.record_type))


def send_digests(now: datetime) -> int:
    """One e-mail a day per person with all that is new; returns how many were sent. Failures are kept and tried
    again."""
    if not _sends_mail():
        return 0
    waiting = Notice.objects.filter(channel="email", delivered_at=None, user__is_active=True)
    letters: dict[Any, list[Notice]] = defaultdict(list)
    for row in waiting.select_related("event", "user").order_by("id"):
        letters[row.user].append(row)
    sent = 0
    for user, rows in letters.items():
        with translation.override(user.language or settings.LANGUAGE_CODE):
            lines = [f"{timezone.localtime(r.event.at):%m-%d %H:%M}  {in_words(r.event).title}" for r in rows]
            subject = ngettext("%(n)d thing is new in Tongxin", "%(n)d things are new in Tongxin", len(rows))
            body = "\n".join([*lines, "", _("Sign in to see them.")])
            try:
                send_mail(subject % {"n": len(rows)}, body, None, [user.email])
            except OSError as error:
                Notice.objects.filter(pk__in=[r.pk for r in rows]).update(failure=str(error)[:200])
                continue
        Notice.objects.filter(pk__in=[r.pk for r in rows]).update(delivered_at=now, failure="")
        sent += 1
    return sent


def _sends_mail() -> bool:
    """Whether this installation can send e-mail at all. What it cannot send is not collected for later."""
    return not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")
