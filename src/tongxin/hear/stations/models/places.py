"""委员联络站: where members meet the people of their sector (domain §2.4)."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.models import Process, Record


class Station(Process):
    """A liaison station. `code` stands on its door: whoever scans it speaks there."""

    class SetUp(models.TextChoices):
        MERGED = "merged", _("built into an institution")
        SUNK = "sunk", _("sent down to a village or neighbourhood")
        STACKED = "stacked", _("added on to another facility")

    code = models.CharField(_("station code"), max_length=12)
    name = models.CharField(_("name of the station"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    county = models.ForeignKey(
        "people.Assembly", models.PROTECT, null=True, blank=True, related_name="stations", verbose_name=_("county")
    )
    sector = models.ForeignKey(
        "people.Sector", models.PROTECT, null=True, blank=True, related_name="stations", verbose_name=_("sector")
    )
    street = models.CharField(_("street or township"), max_length=40, blank=True)
    address = models.CharField(_("address"), max_length=120, blank=True)
    host_unit = models.CharField(_("host"), max_length=80, blank=True)
    head = models.CharField(_("head"), max_length=40, blank=True)
    phone = models.CharField(_("telephone of the station"), max_length=30, blank=True)
    set_up = models.CharField(_("set-up"), max_length=8, choices=SetUp.choices, default=SetUp.MERGED)
    functions = models.JSONField(_("functions"), default=list)
    hours = models.CharField(_("opening hours"), max_length=120, blank=True)
    opened_on = models.DateField(_("station opened on"), null=True, blank=True)
    suspended_on = models.DateField(_("resting since"), null=True, blank=True, editable=False)  # while it rests
    closed_on = models.DateField(_("station closed on"), null=True, blank=True, editable=False)
    idle_since = models.DateField(_("nothing happened since"), null=True, blank=True, editable=False)  # while warned
    idle_alarmed_on = models.DateField(_("told up on"), null=True, blank=True, editable=False)  # once, while it lasts
    idle_explained_on = models.DateField(_("explained on"), null=True, blank=True, editable=False)

    INBOX_RELATED = ("county", "sector")

    class Meta:
        verbose_name = _("liaison station")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["code"], name="station_code")]
        indexes = [models.Index(fields=["assembly", "state", "county"], name="station_by_county")]

    def __str__(self) -> str:
        return (self.name_en or self.name) if (get_language() or "").startswith("en") else self.name

    @property
    def title(self) -> str:
        return str(self)

    @property
    def whereabouts(self) -> str:
        """Street and address in one line, without saying the street twice."""
        return self.address if self.address.startswith(self.street) else f"{self.street} {self.address}".strip()

    @property
    def door_path(self) -> str:
        """Where whoever scans the code on the door comes to speak; printed on posters, so it never changes."""
        return f"/s/{self.code}"

    def get_absolute_url(self) -> str:
        return reverse("stations:read", args=[self.pk])


class StationMember(Record):
    """A member who serves at a station, as its head or resident."""

    class Part(models.TextChoices):
        HEAD = "head", _("in charge")
        RESIDENT = "resident", _("resident member")

    station = models.ForeignKey(Station, models.PROTECT, related_name="members", verbose_name=_("station"))
    member = models.ForeignKey("people.Member", models.PROTECT, related_name="stations", verbose_name=_("member"))
    part = models.CharField(_("part"), max_length=8, choices=Part.choices, default=Part.RESIDENT)
    from_on = models.DateField(_("from"))
    to_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("station member")
        constraints = [models.UniqueConstraint(fields=["station", "member", "from_on"], name="station_member_once")]

    def __str__(self) -> str:
        return f"{self.station} · {self.member}"
