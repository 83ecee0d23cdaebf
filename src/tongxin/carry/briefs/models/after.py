"""What becomes of a brief after it was issued: reports upward, adoptions, instructions, handling."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tongxin.carry.recognition.models import Award, Instruction
from tongxin.kernel import options
from tongxin.kernel.models import Record, StoredFile

from .briefs import Brief, issue_words


class BriefReport(Record):
    """Reported upward: to the parent assembly in this installation, or to somebody outside it.

    What the assembly above made of it comes back to this row: `outcome`, and in `answer` its words for the authors.
    """

    class Outcome(models.TextChoices):
        NOT_ADOPTED = "not_adopted", _("not taken on there")
        ADOPTED = "adopted", _("adopted there")
        INSTRUCTED = "instructed", _("instructed on there")
        FED_BACK = "fed_back", _("fed back from there")

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="reports")
    to = models.ForeignKey("people.Assembly", models.PROTECT, null=True, blank=True, related_name="+")
    to_name = models.CharField(_("to whom"), max_length=80)
    to_code = models.CharField(_("code of the receiver"), max_length=40, blank=True)  # of an assembly elsewhere
    level = models.CharField(_("level"), max_length=40)
    arrived = models.OneToOneField(Brief, models.PROTECT, null=True, blank=True, related_name="report")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True, editable=False)
    answer = models.TextField(blank=True, editable=False)
    heard_at = models.DateTimeField(null=True, blank=True, editable=False)
    owed = models.BooleanField(default=False, editable=False)  # its words are still to be told to authors and people
    void = models.BooleanField(_("entered by mistake"), default=False, editable=False)
    # To somebody elsewhere: the text and the printed sheet as they were sent, whatever is put right here later.
    packed = models.JSONField(null=True, editable=False)
    word = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", editable=False)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["brief"], condition=Q(owed=True), name="brief_words_owed")]
        constraints = [
            models.UniqueConstraint(fields=["brief", "to_name"], condition=Q(void=False), name="brief_report_once")
        ]

    def __str__(self) -> str:
        return self.to_name


class BriefPackage(Record):
    """The package that a brief arrived in from an assembly of another installation. One number arrives once."""

    brief = models.OneToOneField(Brief, models.CASCADE, related_name="package")
    sender = models.CharField(_("code of the sender"), max_length=40)
    number = models.CharField(_("number there"), max_length=20)
    issue_year = models.PositiveSmallIntegerField()
    issue_number = models.PositiveIntegerField()
    issue_total = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)  # SHA-256 of the text as it was packed
    word = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")  # the printed sheet, as it was sent

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assembly", "sender", "number"], name="brief_package_once"),
        ]

    def __str__(self) -> str:
        return f"{self.sender} {self.number}"

    @property
    def issue(self) -> str:
        return issue_words(self.issue_year, self.issue_number, self.issue_total)


class BriefAdoption(Record):
    """Used by somebody at some level, with the paper that shows it."""

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="adoptions")
    level = models.CharField(_("level"), max_length=40)
    organ = models.CharField(_("by whom"), max_length=80)
    on = models.DateField(_("day"))
    evidence = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    note = models.CharField(_("note"), max_length=300, blank=True)
    void = models.BooleanField(_("entered by mistake"), default=False, editable=False)

    class Meta:
        ordering = ["on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["brief", "organ", "on"], condition=Q(void=False), name="brief_adoption_once"
            )
        ]
        indexes = [models.Index(fields=["assembly", "on"], name="brief_adopted_on")]

    def __str__(self) -> str:
        return self.organ

    def get_absolute_url(self) -> str:
        return reverse("briefs:read", args=[self.brief_id])

    @property
    def level_label(self) -> str:
        return options.label(self.assembly_id, "briefs.level", self.level)


class BriefInstruction(Instruction):
    """批示: what a leader wrote on a brief."""

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="instructions")
    void = models.BooleanField(_("entered by mistake"), default=False, editable=False)

    class Meta:
        ordering = ["on", "id"]
        indexes = [models.Index(fields=["assembly", "on"], name="brief_instructed_on")]


class BriefAward(Award):
    """A prize that a brief was given: 优秀社情民意信息."""

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="awards")

    class Meta:
        ordering = ["-year", "-id"]
        indexes = [models.Index(fields=["assembly", "year"], name="brief_award_year")]
        constraints = [
            models.UniqueConstraint(
                fields=["brief", "issuer", "name", "year"], condition=Q(void=False), name="brief_award_once"
            )
        ]

    def get_absolute_url(self) -> str:
        return reverse("briefs:read", args=[self.brief_id])


class BriefHandling(Record):
    """A body that handles what the brief asks for: one leads, others assist. What it says it did stands here."""

    class Part(models.TextChoices):
        LEAD = "lead", _("leads")
        ASSIST = "assist", _("assists")

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="handlings")
    body = models.ForeignKey("people.Body", models.PROTECT, related_name="+")
    part = models.CharField(max_length=6, choices=Part.choices)
    result = models.CharField(_("result"), max_length=40, blank=True)
    text = models.TextField(_("what was done"), blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)  # given to other bodies since

    class Meta:
        ordering = ["-part", "id"]
        constraints = [
            models.UniqueConstraint(fields=["brief", "body"], condition=Q(ended_at=None), name="brief_handling_once")
        ]
        indexes = [models.Index(fields=["body", "brief"], name="brief_handled_by")]

    def __str__(self) -> Any:
        return f"{self.body}: {self.get_part_display()}"

    @property
    def result_label(self) -> str:
        return options.label(self.assembly_id, "concerns.result", self.result) if self.result else ""


class BriefFollowUp(Record):
    """Looked at again after the reply: whether it was really done."""

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="follow_ups")
    done = models.CharField(_("carried out"), max_length=40)
    text = models.TextField(_("what was found"))
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def done_label(self) -> str:
        return options.label(self.assembly_id, "concerns.result", self.done)
