"""预约: somebody asks to meet a member at a station, and is told when and whom, or why not (domain §4-10)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.fields import EncryptedTextField
from tongxin.kernel.models import Process

from .duty import DutyTurn
from .places import Station


class Appointment(Process):
    """A request to meet a member. `turn` is when somebody receives the person: a turn of its own (`made_turn`), or one
    that is there anyway; whoever takes a turn over takes its visitors over. The holder of the receipt follows it."""

    class Part(models.TextChoices):
        ANY = "any", _("any time of the day")
        MORNING = "morning", _("in the morning")
        AFTERNOON = "afternoon", _("in the afternoon")

    station = models.ForeignKey(Station, models.PROTECT, related_name="appointments", verbose_name=_("station"))
    sector = models.ForeignKey("people.Sector", models.PROTECT, null=True, related_name="+")  # the station's
    matter = models.CharField(_("what it is about"), max_length=120)
    wish_on = models.DateField(_("wished day"), null=True, blank=True)  # None: any day
    part = models.CharField(_("part of the day"), max_length=9, choices=Part.choices, default=Part.ANY)
    outside = models.BooleanField(default=False, editable=False)  # the wish lies outside the station's hours for it
    asked_at = models.DateTimeField(_("asked"))
    reply = models.CharField(_("what the person is told"), max_length=200, blank=True)
    turn = models.ForeignKey(DutyTurn, models.PROTECT, null=True, blank=True, related_name="appointments")
    begins = models.TimeField(_("from (time)"), null=True, blank=True)  # what the person was given, within the turn
    ends = models.TimeField(_("until (time)"), null=True, blank=True)
    purpose = models.CharField(_("what for"), max_length=80, blank=True)  # for whoever is on duty; no names
    made_turn = models.BooleanField(default=False, editable=False)  # the turn is there because of it

    asker_name = EncryptedTextField(_("name"), blank=True, default="")
    asker_phone = EncryptedTextField(_("telephone"), blank=True, default="")
    phone_index = models.CharField(max_length=64, blank=True, default="", editable=False)
    consent_at = models.DateTimeField(_("consent given"), null=True, blank=True)
    receipt_index = models.CharField(max_length=64, unique=True, editable=False)

    INBOX_RELATED = ("station",)

    class Meta:
        verbose_name = _("request for an appointment")
        verbose_name_plural = _("requests for appointments")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["assembly", "state", "due_on"], name="appointment_queue"),
            models.Index(fields=["asked_at"], condition=Q(consent_at__isnull=False), name="appointment_contact"),
            models.Index(fields=["phone_index"], condition=~Q(phone_index=""), name="appointment_phone"),
        ]

    def __str__(self) -> str:
        return f"{self.station} {self.asked_at:%Y-%m-%d}"

    @property
    def title(self) -> str:
        return self.matter or str(self.station)

    def get_absolute_url(self) -> str:
        return reverse("duty:appointment", args=[self.pk])

    @property
    def own_turn_id(self) -> int | None:
        """The turn that falls away with the request: made for it, still ahead, and with no other visitors."""
        turn = self.turn
        if turn is None or not self.made_turn or turn.state not in ("scheduled", "confirmed"):
            return None
        others = Appointment.objects.filter(turn=turn, state="agreed").exclude(pk=self.pk)
        return None if others.exists() else turn.pk
