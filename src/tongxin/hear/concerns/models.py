"""What people said, and what became of it (domain §2.0, §2.3).

Three facts are kept apart: what was done (`Outcome`), what the person says of it (`Rating`), and where the procedure
stands (`Concern.state`).
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.kernel import options
from tongxin.kernel.fields import EncryptedTextField
from tongxin.kernel.models import Process, Record, StoredFile
from tongxin.kernel.personal import blot_out


class Concern(Process):
    """诉求: what somebody said, followed until that person has been answered."""

    class Source(models.TextChoices):
        CODE = "code", _("scanned code")
        PORTAL = "portal", _("portal")
        DESK = "desk", _("written down at the station")
        IMPORT = "import", _("imported")
        CONTACT = "contact", _("told to a member")
        VISIT = "visit", _("walked in during a duty turn")

    class Severity(models.IntegerChoices):
        ORDINARY = 1, _("ordinary")
        SERIOUS = 2, _("serious")
        URGENT = 3, _("urgent")

    year = models.PositiveSmallIntegerField(editable=False)
    serial = models.PositiveIntegerField(editable=False)
    title = models.CharField(_("title"), max_length=60)
    text = models.TextField(_("what was said"))
    said_at = models.DateTimeField(_("said"), default=timezone.now)
    text_key = models.CharField(max_length=32, editable=False)  # the same for the same words, see `texts.key`
    reference = models.CharField(_("number elsewhere"), max_length=40, blank=True)  # in the list it was taken in from
    repeats = models.BooleanField(default=False, editable=False)  # taken in although the same words were there
    source = models.CharField(_("how it came"), max_length=8, choices=Source.choices)
    topic = models.CharField(_("topic"), max_length=40, blank=True)
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity.choices, default=Severity.ORDINARY)
    station = models.ForeignKey("stations.Station", models.PROTECT, null=True, blank=True, related_name="concerns")
    county = models.ForeignKey(
        "people.Assembly", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("county")
    )
    sector = models.ForeignKey(
        "people.Sector", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sector")
    )
    committee = models.ForeignKey(
        "people.Committee", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("committee")
    )
    body = models.ForeignKey(
        "people.Body", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("handling body")
    )
    channel = models.CharField(
        _("directed to"), max_length=40, blank=True
    )  # an option, when no body of ours handles it
    decline_reason = models.CharField(_("reason for declining"), max_length=40, blank=True)
    sent_back = models.PositiveSmallIntegerField(default=0, editable=False)

    # The person. Encrypted; nothing here is needed to follow the concern, which the receipt does.
    speaker_name = EncryptedTextField(_("name"), blank=True, default="")
    speaker_phone = EncryptedTextField(_("telephone"), blank=True, default="")
    phone_index = models.CharField(max_length=64, blank=True, default="", editable=False)
    consent_at = models.DateTimeField(_("consent given"), null=True, blank=True)
    receipt_index = models.CharField(max_length=64, unique=True, null=True, editable=False)

    # When each step was reached; figures and lists read these instead of searching the journal.
    triaged_at = models.DateTimeField(null=True, blank=True, editable=False)
    triage_due_on = models.DateField(null=True, blank=True, editable=False)
    outcome_at = models.DateTimeField(null=True, blank=True, editable=False)
    answer_due_on = models.DateField(null=True, blank=True, editable=False)
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)
    rated_at = models.DateTimeField(null=True, blank=True, editable=False)
    triaged_in_time = models.BooleanField(null=True, editable=False)
    answered_in_time = models.BooleanField(null=True, editable=False)
    rating = models.CharField(max_length=10, blank=True, editable=False)  # copy of the newest Rating
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    INBOX_RELATED = ("county", "sector", "body")

    class Meta:
        verbose_name = _("concern")
        verbose_name_plural = _("concerns")
        constraints = [
            models.UniqueConstraint(fields=["assembly", "year", "serial"], name="concern_number"),
            models.CheckConstraint(
                condition=Q(phone_index="") | Q(consent_at__isnull=False), name="concern_phone_needs_consent"
            ),
        ]
        indexes = [
            # The queue walks its state by due date; every open state has one.
            models.Index(fields=["assembly", "state", "due_on", "id"], name="concern_queue"),
            models.Index(fields=["assembly", "due_on", "id"], condition=~Q(state="closed"), name="concern_due"),
            models.Index(fields=["assembly", "committee", "state", "due_on"], name="concern_of_committee"),
            models.Index(fields=["assembly", "sector", "state", "due_on"], name="concern_of_sector"),
            models.Index(fields=["body", "state", "due_on"], name="concern_of_body"),
            models.Index(fields=["station", "state", "due_on"], name="concern_of_station"),
            models.Index(fields=["county", "state", "due_on"], name="concern_of_county"),
            models.Index(fields=["assembly", "said_at"], name="concern_said"),
            models.Index(fields=["assembly", "text_key"], name="concern_same_words"),
            models.Index(fields=["phone_index"], condition=~Q(phone_index=""), name="concern_phone"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def number(self) -> str:
        return f"{self.year}-{self.serial:04d}"

    @property
    def named(self) -> str:
        """The title in lists, whose readers may not all know the person: without name and number."""
        return blot_out(self.title, self.speaker_name, self.speaker_phone)

    def get_absolute_url(self) -> str:
        return reverse("concerns:read", args=[self.pk])


class ConcernFile(models.Model):
    """A picture or paper belonging to a concern: sent with it, or with an outcome."""

    concern = models.ForeignKey(Concern, models.CASCADE, related_name="files")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    outcome = models.ForeignKey("Outcome", models.CASCADE, null=True, blank=True, related_name="files")

    def __str__(self) -> str:
        return self.file.name


class Outcome(Record):
    """Fact one: what whoever handled it says was done, or why nothing will be (`declined`).

    A concern that is taken up again gets another.
    """

    DECLINED = "declined"  # beside the results of the list `concerns.result`
    EXPLAINED = "explained"  # likewise, where the list has no entry of the meaning “reference”

    concern = models.ForeignKey(Concern, models.CASCADE, related_name="outcomes")
    body = models.ForeignKey("people.Body", models.PROTECT, null=True, blank=True, related_name="+")
    result = models.CharField(_("result"), max_length=40)
    text = models.TextField(_("what was done"))
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def result_label(self) -> str:
        """The result in the assembly's words."""
        if self.result == self.DECLINED:
            return str(_("Declined"))
        if self.result == self.EXPLAINED:
            return str(_("Explained"))
        return options.label(self.assembly_id, "concerns.result", self.result)


class Answer(Record):
    """Telling the person: a step with a delivery record. The receipt page shows the words in any case."""

    class Way(models.TextChoices):
        PAGE = "page", _("on the receipt page")
        MESSAGE = "message", _("text message")
        PHONE = "phone", _("telephone call")
        VISIT = "visit", _("in person")
        UNREACHED = "unreached", _("could not be reached")

    NEED_NUMBER = (Way.MESSAGE, Way.PHONE)

    concern = models.ForeignKey(Concern, models.CASCADE, related_name="answers")
    outcome = models.OneToOneField(Outcome, models.CASCADE, null=True, blank=True, related_name="answer")
    way = models.CharField(_("how the person was told"), max_length=10, choices=Way.choices)
    text = models.TextField(_("what the person is told"))
    number = models.CharField(_("number"), max_length=20, blank=True)  # masked; where it was sent to, or called
    delivery = models.CharField(_("delivery note"), max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.text[:40]


class Rating(Record):
    """Fact two: what the person says of it. Made with the receipt only; one for each answer."""

    class Value(models.TextChoices):
        SATISFIED = "satisfied", _("satisfied")
        FAIR = "fair", _("fair")
        NOT = "not", _("not satisfied")

    concern = models.ForeignKey(Concern, models.CASCADE, related_name="ratings")
    answer = models.OneToOneField(Answer, models.CASCADE, related_name="rating")
    value = models.CharField(_("rating"), max_length=10, choices=Value.choices)
    comment = models.CharField(_("comment"), max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> Any:
        return self.get_value_display()
