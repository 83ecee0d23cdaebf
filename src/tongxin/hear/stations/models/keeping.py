"""What is kept about a place: whether it has what it should, and the secret addresses of calendars."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.fields import EncryptedTextField
from tongxin.kernel.models import Record, StoredFile

from .places import Station


class StationCheck(Record):
    """条件核查: one thing a station should have, found or missing on a day, with its evidence. The newest counts."""

    station = models.ForeignKey(Station, models.PROTECT, related_name="checks", verbose_name=_("station"))
    list = models.CharField(max_length=40)  # the list of options the item stands in
    code = models.CharField(max_length=40)
    held = models.BooleanField(_("is there"), default=True)
    on = models.DateField(_("day"))
    note = models.CharField(_("evidence"), max_length=300, blank=True)
    picture = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("station check")
        verbose_name_plural = _("station checks")
        indexes = [models.Index(fields=["station", "list", "code", "id"], name="check_of_station")]

    def __str__(self) -> str:
        return f"{self.station} {self.code}"


class CalendarFeed(Record):
    """日历订阅: the secret address of a member's or a station's turns. Renewing it ends the old one."""

    member = models.OneToOneField("people.Member", models.PROTECT, null=True, blank=True, related_name="feed")
    station = models.OneToOneField(Station, models.PROTECT, null=True, blank=True, related_name="feed")
    secret = EncryptedTextField(_("secret address"), default="")
    secret_index = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        constraints = [
            models.CheckConstraint(
                condition=Q(member__isnull=False, station__isnull=True) | Q(member__isnull=True, station__isnull=False),
                name="feed_of_one",
            )
        ]

    def __str__(self) -> str:
        return str(self.member or self.station)
