"""Limits on how often one client may do a thing, without any outside service.

Counts live in one table, so that they hold for all processes, and each is one statement, so that none is lost when
many requests come at once. An address is kept only as a keyed hash.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from django.conf import settings
from django.db import connection, models
from django.http import HttpRequest
from django.utils import timezone

from tongxin.kernel.crypto import blind_index


class ThrottleCount(models.Model):
    """How often one client did one thing in the window that ends at `until` (Unix seconds)."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    until = models.PositiveBigIntegerField(db_index=True)

    class Meta:
        app_label = "kernel"

    def __str__(self) -> str:
        return f"{self.count} until {self.until}"


@dataclass(frozen=True)
class Throttle:
    """At most `limit` times in `seconds` for each client; `scope` names what is counted."""

    scope: str
    limit: int
    seconds: int

    def blocked(self, request: HttpRequest, now: datetime | None = None) -> int:
        """Seconds this client has to wait, 0 when it need not. Counts nothing."""
        stamp = self._stamp(now)
        row = (
            ThrottleCount.objects.filter(key=self._key(request), until__gt=stamp).values_list("count", "until").first()
        )
        return ceil(row[1] - stamp) if row and row[0] >= self.limit else 0

    def hit(self, request: HttpRequest, now: datetime | None = None) -> int:
        """Counts one time. Returns 0 when it was within the limit, else the seconds to wait.

        Call it outside a transaction that may be rolled back.
        """
        stamp = self._stamp(now)
        table = connection.ops.quote_name(ThrottleCount._meta.db_table)
        sql = (
            f"INSERT INTO {table} (key, count, until) VALUES (%s, 1, %s) ON CONFLICT (key) DO UPDATE SET "  # noqa: S608
            f"count = CASE WHEN {table}.until > %s THEN {table}.count + 1 ELSE 1 END, "
            f"until = CASE WHEN {table}.until > %s THEN {table}.until ELSE excluded.until END RETURNING count, until"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, [self._key(request), int(stamp) + self.seconds, int(stamp), int(stamp)])
            count, until = cursor.fetchone()
        return ceil(until - stamp) if count > self.limit else 0

    def _key(self, request: HttpRequest) -> str:
        return blind_index(f"{self.scope} {client_address(request)}", "throttle")

    @staticmethod
    def _stamp(now: datetime | None) -> float:
        return (now or timezone.now()).timestamp()


def client_address(request: HttpRequest) -> str:
    """The address a request came from; for IPv6 the /64 network, which one household has to itself.

    Of `X-Forwarded-For`, which anybody may send, only as many hops are believed as `settings.TRUSTED_PROXIES` says.
    """
    address = request.META.get("REMOTE_ADDR", "")
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    if 0 < settings.TRUSTED_PROXIES <= len(hops):
        address = hops[-settings.TRUSTED_PROXIES] or address
    try:
        parsed = ipaddress.ip_address(address.removeprefix("[").split("]")[0])
    except ValueError:
        return request.META.get("REMOTE_ADDR", "")
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))


def sweep(now: datetime) -> int:
    """Deletes counts whose window is over (daily task). Returns how many."""
    return ThrottleCount.objects.filter(until__lte=now.timestamp()).delete()[0]
