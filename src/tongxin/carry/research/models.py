"""Research reports 调研报告 with their team and field work, what came of them, and the assembly's own honours (domain
§2.8)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tongxin.carry.recognition.models import Award, Instruction
from tongxin.kernel import options
from tongxin.kernel.models import Process, Record, StoredFile


class ResearchReport(Process):
    """调研报告: a question that a team looked into on the spot, its text, and its way up."""

    year = models.PositiveSmallIntegerField(editable=False)
    serial = models.PositiveIntegerField(editable=False)
    title = models.CharField(_("title"), max_length=80)
    topic = models.CharField(_("topic"), max_length=40)
    committee = models.ForeignKey(
        "people.Committee", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("committee")
    )
    sector = models.ForeignKey(
        "people.Sector", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sector")
    )
    text = models.TextField(_("text of the report"), blank=True)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("the report as a file")
    )
    token = models.CharField(max_length=64, blank=True, editable=False)  # of the form that made it, sent once or twice

    # Who wrote it (`created_by`), who reviewed it and who finalized it are three people.
    reviewer = models.ForeignKey("people.User", models.PROTECT, null=True, blank=True, related_name="+")
    finalizer = models.ForeignKey("people.User", models.PROTECT, null=True, blank=True, related_name="+")
    lead_body = models.ForeignKey("people.Body", models.PROTECT, null=True, blank=True, related_name="+")
    submitted_to = models.CharField(_("submitted to"), max_length=300, blank=True)
    application = models.TextField(_("what was done with it"), blank=True)

    handed_in_at = models.DateTimeField(null=True, blank=True, editable=False)
    finalized_at = models.DateTimeField(null=True, blank=True, editable=False)
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    instructed_at = models.DateTimeField(null=True, blank=True, editable=False)
    applied_at = models.DateTimeField(null=True, blank=True, editable=False)

    INBOX_RELATED = ("committee", "sector")

    class Meta:
        verbose_name = _("research report")
        verbose_name_plural = _("research reports")
        constraints = [
            models.UniqueConstraint(fields=["assembly", "year", "serial"], name="research_number"),
            models.UniqueConstraint(fields=["assembly", "token"], condition=~Q(token=""), name="research_of_one_form"),
            models.CheckConstraint(
                condition=Q(reviewer=None) | Q(created_by=None) | ~Q(reviewer=F("created_by")),
                name="research_writer_reviewer",
            ),
            models.CheckConstraint(
                condition=Q(finalizer=None) | Q(created_by=None) | ~Q(finalizer=F("created_by")),
                name="research_writer_finalizer",
            ),
            models.CheckConstraint(
                condition=Q(finalizer=None) | Q(reviewer=None) | ~Q(finalizer=F("reviewer")),
                name="research_reviewer_finalizer",
            ),
        ]
        indexes = [
            models.Index(fields=["assembly", "state", "-id"], name="research_by_state"),
            models.Index(fields=["assembly", "committee", "-id"], name="research_of_committee"),
            models.Index(fields=["assembly", "finalized_at"], name="research_finalized"),
            models.Index(fields=["assembly", "created_by", "-id"], name="research_of_writer"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def number(self) -> str:
        return f"{self.year}-{self.serial:04d}"

    @property
    def topic_label(self) -> str:
        return options.label(self.assembly_id, "research.topic", self.topic)

    def get_absolute_url(self) -> str:
        return reverse("research:read", args=[self.pk])


class TeamMember(models.Model):
    """Somebody of the team: a member of ours, or somebody from outside with name and unit. One of them leads."""

    report = models.ForeignKey(ResearchReport, models.CASCADE, related_name="team")
    member = models.ForeignKey("people.Member", models.PROTECT, null=True, blank=True, related_name="+")
    user = models.ForeignKey("people.User", models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    unit = models.CharField(_("unit"), max_length=100, blank=True)
    leads = models.BooleanField(_("leads"), default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "member"], condition=Q(member__isnull=False), name="research_team_once"
            ),
            models.UniqueConstraint(fields=["report"], condition=Q(leads=True), name="research_one_leader"),
        ]
        indexes = [models.Index(fields=["user", "report"], name="research_team_user")]

    def __str__(self) -> str:
        return self.name


class FieldVisit(Record):
    """A day of field work: where the team was and how many people it heard. A `struck` one was entered by mistake."""

    report = models.ForeignKey(ResearchReport, models.CASCADE, related_name="visits")
    on = models.DateField(_("day"))
    place = models.CharField(_("place"), max_length=100)
    heard = models.PositiveIntegerField(_("people heard"))
    note = models.TextField(_("note"), blank=True)
    struck = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["on", "id"]

    def __str__(self) -> str:
        return f"{self.on.isoformat()} {self.place}"


class ReportInstruction(Instruction):
    """批示: what a leader wrote on a report."""

    report = models.ForeignKey(ResearchReport, models.CASCADE, related_name="instructions")

    class Meta:
        ordering = ["on", "id"]
        indexes = [models.Index(fields=["assembly", "on"], name="research_instructed_on")]


class ReportHandling(Record):
    """What a handling body does about an instruction: one body at a time has it. What it says it did stands here."""

    report = models.ForeignKey(ResearchReport, models.CASCADE, related_name="handlings")
    instruction = models.ForeignKey(ReportInstruction, models.CASCADE, related_name="handlings")
    body = models.ForeignKey("people.Body", models.PROTECT, related_name="+")
    note = models.TextField(_("what it is asked to do"), blank=True)
    result = models.CharField(_("result"), max_length=40, blank=True)
    text = models.TextField(_("what was done"), blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)  # given to another since, or asked again

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["report"], condition=Q(ended_at=None), name="research_handled_by_one")
        ]

    def __str__(self) -> str:
        return str(self.body)

    @property
    def result_label(self) -> str:
        return options.label(self.assembly_id, "concerns.result", self.result) if self.result else ""


class ReportFollowUp(Record):
    """Looked at again after the reply: whether it was really done."""

    report = models.ForeignKey(ResearchReport, models.CASCADE, related_name="follow_ups")
    done = models.CharField(_("carried out"), max_length=40)
    text = models.TextField(_("what was found"))

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def done_label(self) -> str:
        return options.label(self.assembly_id, "concerns.result", self.done)


class ReportAward(Award):
    """A prize that a report was given."""

    report = models.ForeignKey(ResearchReport, models.CASCADE, related_name="awards")

    class Meta:
        verbose_name = _("award")
        ordering = ["-year", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "issuer", "name", "year"], condition=Q(void=False), name="research_award_once"
            )
        ]
        indexes = [models.Index(fields=["assembly", "-year", "-id"], name="research_award_year")]

    def get_absolute_url(self) -> str:
        return reverse("research:award", args=[self.pk])


class Honour(Record):
    """荣誉: what the assembly itself was given, or a talk on its experience that it was asked for (F31)."""

    kind = models.CharField(_("kind"), max_length=40)
    occasion = models.CharField(_("occasion"), max_length=160)
    issuer = models.CharField(_("given or held by"), max_length=80)
    on = models.DateField(_("day"))
    note = models.TextField(_("note"), blank=True)
    void = models.BooleanField(_("entered by mistake"), default=False)

    class Meta:
        verbose_name = _("honour")
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["assembly", "kind", "occasion", "on"], condition=Q(void=False), name="honour_once"
            )
        ]
        indexes = [models.Index(fields=["assembly", "-on", "-id"], name="honour_on")]

    def __str__(self) -> Any:
        return self.occasion

    @property
    def kind_label(self) -> str:
        return options.label(self.assembly_id, "research.honour_kind", self.kind)

    def get_absolute_url(self) -> str:
        return reverse("research:honour", args=[self.pk])
