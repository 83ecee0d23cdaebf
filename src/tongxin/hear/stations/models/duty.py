"""轮值: the rules of a rota, the turns that follow from them, and who came (domain §2.4)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.hear.concerns.models import Concern
from tongxin.kernel.models import Process, Record
from tongxin.people.models import Dated

from .places import Station


class Who(models.TextChoices):
    """Whom a turn asks for."""

    MEMBER = "member", _("member")
    LEADER = "leader", _("leader")


class RotaRule(Record, Dated):
    """When somebody is at a station, as people say it: “every Wednesday one member”.

    `weekdays` count from Monday = 0; `nths` say which ones in the month or quarter (-1 the last), `weeks` which weeks,
    `month_days` the dates of the month (-1 its last day). By appointment there is none of them.
    """

    class Kind(models.TextChoices):
        WEEKLY = "weekly", _("every week")
        MONTHLY = "monthly", _("weekdays of the month")
        MONTHDAY = "monthday", _("dates of the month")
        QUARTERLY = "quarterly", _("weekdays of the quarter")
        APPOINTMENT = "appointment", _("by appointment")

    class Weeks(models.TextChoices):
        EVERY = "", _("every week")
        OTHER = "other", _("every other week")
        ODD = "odd", _("odd weeks of the year")
        EVEN = "even", _("even weeks of the year")

    station = models.ForeignKey(Station, models.PROTECT, related_name="rules", verbose_name=_("station"))
    words = models.CharField(_("rule in words"), max_length=160)
    kind = models.CharField(_("how often"), max_length=12, choices=Kind.choices)
    weekdays = models.JSONField(_("weekdays"), default=list, blank=True)
    nths = models.JSONField(_("which ones"), default=list, blank=True)
    month_days = models.JSONField(_("dates"), default=list, blank=True)
    weeks = models.CharField(_("which weeks"), max_length=6, choices=Weeks.choices, default="", blank=True)
    begins = models.TimeField(_("from (time)"))
    ends = models.TimeField(_("until (time)"))
    seats = models.PositiveSmallIntegerField(_("how many"), default=1)
    who = models.CharField(_("who"), max_length=8, choices=Who.choices, default=Who.MEMBER)

    class Meta:
        verbose_name = _("rota rule")
        verbose_name_plural = _("rota rules")
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("begins")), name="rule_times"),
            models.CheckConstraint(condition=Q(to_on=None) | Q(to_on__gte=F("from_on")), name="rule_dates"),
        ]
        indexes = [models.Index(fields=["assembly", "station"], name="rule_of_station")]

    def __str__(self) -> str:
        return self.words


class Unavailability(Record):
    """请假: days on which a member cannot come: from one day to another, only certain weekdays where some are named."""

    member = models.ForeignKey("people.Member", models.PROTECT, related_name="away", verbose_name=_("member"))
    from_on = models.DateField(_("from"))
    to_on = models.DateField(_("until"), null=True, blank=True)
    weekdays = models.JSONField(_("only on these weekdays"), default=list, blank=True)
    reason = models.CharField(_("reason"), max_length=120, blank=True)
    dropped_on = models.DateField(_("taken back on"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.CheckConstraint(condition=Q(to_on=None) | Q(to_on__gte=F("from_on")), name="absence_dates"),
        ]
        indexes = [
            models.Index(fields=["member"], condition=Q(dropped_on=None), name="absence_of_member"),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.from_on}"

    def covers(self, day: Any) -> bool:
        """Whether the member cannot come on this day."""
        within = self.from_on <= day and (self.to_on is None or day <= self.to_on)
        return self.dropped_on is None and within and (not self.weekdays or day.weekday() in self.weekdays)


class Rota(Process):
    """轮值表: who is on duty in a period, worked out, published and closed."""

    class Match(models.TextChoices):
        PREFER = "prefer", _("of the station's sector and county where possible")
        REQUIRE = "require", _("only of the station's sector (without one, of its county), or serving there")
        STATION = "station", _("only members who serve at the station")

    class Holidays(models.TextChoices):
        SKIP = "skip", _("no duty on public holidays")
        MOVE = "move", _("the next working day instead")
        KEEP = "keep", _("duty on holidays as well")

    name = models.CharField(_("name of the rota"), max_length=60)
    from_on = models.DateField(_("from"))
    to_on = models.DateField(_("until"))
    per_month = models.PositiveSmallIntegerField(_("turns a month at most"), default=3)
    apart_days = models.PositiveSmallIntegerField(_("days between two turns, where it can be had"), default=0)
    match = models.CharField(_("who comes into question"), max_length=8, choices=Match.choices, default=Match.PREFER)
    holidays = models.CharField(_("public holidays"), max_length=8, choices=Holidays.choices, default=Holidays.SKIP)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("duty rota")
        verbose_name_plural = _("duty rotas")
        ordering = ["-from_on", "-id"]
        constraints = [models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="rota_dates")]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("duty:rota", args=[self.pk])


class RotaPlan(models.Model):
    """One run of the solver for a rota: a proposal that changes nothing until it is published.

    `slots` are the turns it proposes, `result` what it proved, how fair it is, what stays open and why.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting for its turn")
        RUNNING = "running", _("being worked out")
        READY = "ready", _("ready")
        FAILED = "failed", _("not finished")
        PUBLISHED = "published", _("published")

    rota = models.ForeignKey(Rota, models.CASCADE, related_name="plans")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ready_at = models.DateTimeField(null=True)
    progress = models.PositiveSmallIntegerField(default=0)  # percent
    slots: Any = models.JSONField(default=list)
    result: Any = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.rota} {self.asked_at:%Y-%m-%d %H:%M}"


class DutyTurn(Process):
    """值班: one seat of one day at a station. Nobody holds it while `member` is empty."""

    GONE = ("swapped", "cancelled")
    INBOX_DAY = "on"

    rota = models.ForeignKey(Rota, models.PROTECT, null=True, blank=True, related_name="turns", verbose_name=_("rota"))
    station = models.ForeignKey(Station, models.PROTECT, related_name="turns", verbose_name=_("station"))
    rule = models.ForeignKey(RotaRule, models.SET_NULL, null=True, blank=True, related_name="turns")
    on = models.DateField(_("day"))
    begins = models.TimeField(_("from (time)"))
    ends = models.TimeField(_("until (time)"))
    seat = models.PositiveSmallIntegerField(default=0)
    who = models.CharField(_("who"), max_length=8, choices=Who.choices, default=Who.MEMBER)
    member = models.ForeignKey(
        "people.Member", models.PROTECT, null=True, blank=True, related_name="turns", verbose_name=_("member")
    )
    offered_to = models.ForeignKey(
        "people.Member", models.PROTECT, null=True, blank=True, related_name="offered_turns", verbose_name=_("asked")
    )
    exchange_for = models.ForeignKey(  # while somebody is asked: their turn that is wanted in exchange, if any
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("in exchange for")
    )
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    purpose = models.CharField(_("what for"), max_length=80, blank=True)  # of an appointment; no names
    arrived_at = models.DateTimeField(_("checked in"), null=True, blank=True, editable=False)
    arrival_sent_at = models.DateTimeField(_("sent later"), null=True, blank=True, editable=False)  # for want of a line
    late_by = models.SmallIntegerField(_("minutes late"), null=True, blank=True, editable=False)  # negative: early
    summary = models.CharField(_("summary"), max_length=500, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True, editable=False)

    INBOX_RELATED = ("station", "member__person", "offered_to__person")

    class Meta:
        verbose_name = _("duty turn")
        verbose_name_plural = _("duty turns")
        ordering = ["on", "begins", "station_id", "seat"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "on", "begins", "seat"],
                condition=~Q(state__in=("swapped", "cancelled")),
                name="turn_once",
            ),
            models.UniqueConstraint(
                fields=["member", "on"],
                condition=~Q(state__in=("swapped", "cancelled")) & Q(member__isnull=False, rota__isnull=False),
                name="turn_of_rota_one_a_day",
            ),
            # That no two turns of somebody overlap is seen to by the forms, which lock the member meanwhile.
            models.UniqueConstraint(
                fields=["member", "on", "begins"],
                condition=~Q(state__in=("swapped", "cancelled")) & Q(member__isnull=False),
                name="turn_one_at_a_time",
            ),
            models.CheckConstraint(condition=Q(ends__gt=F("begins")), name="turn_times"),
        ]
        indexes = [
            models.Index(fields=["assembly", "on", "state"], name="turn_by_day"),
            models.Index(fields=["station", "on"], name="turn_of_station"),
            models.Index(fields=["member", "on"], name="turn_of_member"),
        ]

    def __str__(self) -> str:
        return f"{self.station} {self.on}"

    @property
    def title(self) -> str:
        return str(self.station)

    @property
    def over(self) -> bool:
        """Whether its hours are past, be it kept or not."""
        now = timezone.localtime()
        return (self.on, self.ends) < (now.date(), now.time())

    def get_absolute_url(self) -> str:
        return reverse("duty:turn", args=[self.pk])


class DutyVisit(Record):
    """来访: who came during a turn; with a concern when there was one, else only counted."""

    turn = models.ForeignKey(DutyTurn, models.PROTECT, related_name="visits", verbose_name=_("duty turn"))
    station = models.ForeignKey(Station, models.PROTECT, related_name="visits", verbose_name=_("station"))
    on = models.DateField(_("day"))
    people = models.PositiveSmallIntegerField(_("people"), default=1)
    concern = models.OneToOneField(Concern, models.PROTECT, null=True, blank=True, related_name="visit")
    token = models.CharField(max_length=64, unique=True, editable=False)  # sent twice, counted once

    class Meta:
        verbose_name = _("walk-in")
        verbose_name_plural = _("walk-ins")
        indexes = [models.Index(fields=["station", "on"], name="visit_of_station")]

    def __str__(self) -> str:
        return f"{self.station} {self.on}"
