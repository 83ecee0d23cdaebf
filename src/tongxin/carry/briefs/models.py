"""Briefs 社情民意信息 and what hangs on them (domain §2.5): authors, concerns behind them, versions, returns, reports
upward, adoptions, instructions, handling.

The text has three parts: situation, analysis, suggestion. Whoever wrote keeps the credit in `BriefAuthor`, through
every merge.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.carry.recognition.models import Instruction
from tongxin.hear.concerns.models import Concern
from tongxin.kernel import options
from tongxin.kernel.models import Process, Record, StoredFile

#: The parts of the text, in their order.
PARTS = ("situation", "analysis", "suggestion")
TEXTS = ("title", *PARTS)
#: What the sheet says besides, of those who wrote it.
OF_SHEET = ("drafter", "name_public")


def issue_words(year: Any, number: Any, total: Any) -> str:
    """2026年第12期（总第340期）, in the reader's language."""
    return str(_("%(year)s No. %(n)s (%(total)s in all)") % {"n": number, "total": total, "year": year})


class Brief(Process):
    """社情民意信息: one matter with its situation, analysis and suggestion, on its way up and back."""

    class Origin(models.TextChoices):
        MEMBER = "member", _("a member")
        SECTOR = "sector", _("a sector")
        COMMITTEE = "committee", _("a committee")
        STATION = "station", _("a liaison station")
        OFFICE = "office", _("the office")
        LOWER = "lower", _("a lower assembly")

    year = models.PositiveSmallIntegerField(editable=False)
    serial = models.PositiveIntegerField(editable=False)
    title = models.CharField(_("title"), max_length=60)
    situation = models.TextField(_("situation and problem"), blank=True)
    analysis = models.TextField(_("analysis of the causes"), blank=True)
    suggestion = models.TextField(_("suggestion"), blank=True)
    word_count = models.PositiveIntegerField(_("characters"), default=0, editable=False)
    category = models.CharField(_("category"), max_length=40, blank=True)
    secrecy = models.CharField(_("who may read it"), max_length=40, blank=True)
    drafter = models.CharField(
        _("written down by"), max_length=60, blank=True
    )  # 执笔人, when it is none of the authors
    name_public = models.BooleanField(_("the names may be made public"), default=False)  # 署名公开: outside, only then
    origin = models.CharField(_("comes from"), max_length=10, choices=Origin.choices)
    unit = models.CharField(_("unit"), max_length=80, blank=True)
    sector = models.ForeignKey(
        "people.Sector", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sector")
    )
    committee = models.ForeignKey(
        "people.Committee", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("committee")
    )
    token = models.CharField(max_length=64, blank=True, editable=False)  # of the form that made it, sent once or twice

    # Three hands: three different people.
    editor = models.ForeignKey("people.User", models.PROTECT, null=True, blank=True, related_name="+")
    reviewer = models.ForeignKey("people.User", models.PROTECT, null=True, blank=True, related_name="+")
    signer = models.ForeignKey("people.User", models.PROTECT, null=True, blank=True, related_name="+")

    # Merging: the sources point to what they became part of; `gathered` is such a one.
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="sources")
    gathered = models.BooleanField(default=False, editable=False)
    public = models.BooleanField(default=False, editable=False)  # issued at a reading level that is for everybody
    came_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", editable=False)

    # The issue: 期 within the year and 总期 over all years, both without gaps.
    issue_year = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    issue_number = models.PositiveIntegerField(_("issue"), null=True, blank=True, editable=False)
    issue_total = models.PositiveIntegerField(_("issue, counted through"), null=True, blank=True, editable=False)
    main_to = models.CharField(_("sent to"), max_length=200, blank=True)
    copy_to = models.CharField(_("copies to"), max_length=200, blank=True)

    lead_body = models.ForeignKey(
        "people.Body", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("leading body")
    )
    feedback = models.TextField(_("what came of it"), blank=True)
    result = models.CharField(_("result"), max_length=40, blank=True)
    from_people = models.BooleanField(default=False, editable=False)  # began with what a constituent said

    # When each step was reached, and how many whole days it lay on each desk (added up when it came back to one).
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)  # taken on, merged or not adopted
    issued_at = models.DateTimeField(null=True, blank=True, editable=False)
    reported_at = models.DateTimeField(null=True, blank=True, editable=False)
    adopted_at = models.DateTimeField(null=True, blank=True, editable=False)
    instructed_at = models.DateTimeField(null=True, blank=True, editable=False)
    transferred_at = models.DateTimeField(null=True, blank=True, editable=False)
    replied_at = models.DateTimeField(null=True, blank=True, editable=False)
    fed_back_at = models.DateTimeField(null=True, blank=True, editable=False)
    moved_at = models.DateTimeField(default=timezone.now, editable=False)
    days_submitted = models.PositiveIntegerField(default=0, editable=False)
    days_editing = models.PositiveIntegerField(default=0, editable=False)
    days_reviewing = models.PositiveIntegerField(default=0, editable=False)
    days_signing = models.PositiveIntegerField(default=0, editable=False)
    days_returned = models.PositiveIntegerField(default=0, editable=False)
    days_issued = models.PositiveIntegerField(default=0, editable=False)  # until it was given to bodies or fed back
    days_handling = models.PositiveIntegerField(default=0, editable=False)
    days_replied = models.PositiveIntegerField(default=0, editable=False)

    INBOX_RELATED = ("sector", "lead_body")

    class Meta:
        verbose_name = _("brief")
        verbose_name_plural = _("briefs")
        constraints = [
            models.UniqueConstraint(fields=["assembly", "year", "serial"], name="brief_number"),
            models.UniqueConstraint(fields=["assembly", "issue_year", "issue_number"], name="brief_issue_number"),
            models.UniqueConstraint(fields=["assembly", "issue_total"], name="brief_issue_total"),
            models.UniqueConstraint(fields=["assembly", "token"], condition=~Q(token=""), name="brief_of_one_form"),
            models.UniqueConstraint(
                fields=["assembly", "came_from"], condition=Q(came_from__isnull=False), name="brief_arrives_once"
            ),
            models.CheckConstraint(
                condition=Q(editor=None) | Q(reviewer=None) | ~Q(editor=F("reviewer")), name="brief_editor_reviewer"
            ),
            models.CheckConstraint(
                condition=Q(signer=None) | Q(reviewer=None) | ~Q(signer=F("reviewer")), name="brief_reviewer_signer"
            ),
            models.CheckConstraint(
                condition=Q(editor=None) | Q(signer=None) | ~Q(editor=F("signer")), name="brief_editor_signer"
            ),
            models.CheckConstraint(
                condition=Q(issued_at=None) | Q(issue_number__isnull=False, issue_total__isnull=False),
                name="brief_issued_has_number",
            ),
        ]
        indexes = [
            models.Index(fields=["assembly", "state", "due_on", "id"], name="brief_queue"),
            models.Index(fields=["assembly", "due_on", "id"], condition=Q(due_on__isnull=False), name="brief_due"),
            models.Index(fields=["assembly", "committee", "state"], name="brief_of_committee"),
            models.Index(fields=["assembly", "created_by", "id"], name="brief_of_writer"),
            models.Index(fields=["lead_body", "state", "due_on"], name="brief_of_body"),
            models.Index(fields=["assembly", "issued_at"], name="brief_issued"),
            models.Index(fields=["assembly", "submitted_at"], name="brief_submitted"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def number(self) -> str:
        """The number of the submission; the issue has one of its own."""
        return f"{self.year}-{self.serial:04d}"

    @property
    def issue(self) -> str:
        """第 12 期（总第 340 期）, "" before it is issued."""
        if self.issue_number is None:
            return ""
        return issue_words(self.issue_year, self.issue_number, self.issue_total)

    @property
    def texts(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in TEXTS}

    @property
    def parts(self) -> list[tuple[str, Any, str]]:
        """Each part of the text: name, label, words."""
        return [(name, self._meta.get_field(name).verbose_name, getattr(self, name)) for name in PARTS]  # type: ignore[union-attr]

    def get_absolute_url(self) -> str:
        return reverse("briefs:read", args=[self.pk])


class BriefAuthor(models.Model):
    """Who wrote it and keeps the credit. A member of ours, or a name alone (of a lower assembly, a station, …).

    `by_way_of` is the source through which the credit came when briefs were merged.
    """

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="authors")
    member = models.ForeignKey("people.Member", models.PROTECT, null=True, blank=True, related_name="+")
    user = models.ForeignKey("people.User", models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    unit = models.CharField(_("unit"), max_length=100, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    by_way_of = models.ForeignKey(Brief, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["brief", "member"], condition=Q(member__isnull=False), name="brief_author_once"
            )
        ]
        indexes = [models.Index(fields=["user", "brief"], name="brief_author_user")]

    def __str__(self) -> str:
        return self.name


class BriefConcern(models.Model):
    """A concern behind a brief: what somebody said, and whom the answer is owed to."""

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="concerns")
    concern = models.ForeignKey(Concern, models.PROTECT, related_name="briefs")
    by_way_of = models.ForeignKey(Brief, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["brief", "concern"], name="brief_concern_once")]

    def __str__(self) -> str:
        return str(self.concern_id)


class BriefVersion(Record):
    """The text as it was saved once. Nothing that was written is ever lost."""

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=60)
    situation = models.TextField(blank=True)
    analysis = models.TextField(blank=True)
    suggestion = models.TextField(blank=True)
    edited = models.BooleanField(default=False)  # by an editor, not by the author

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["brief", "number"], name="brief_version_once")]

    def __str__(self) -> str:
        return f"{self.brief_id}/{self.number}"

    @property
    def texts(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in TEXTS}


class BriefReturn(Record):
    """Sent back, or not adopted: by whom, for which reason of the list and in which words. Counted to teach writers."""

    class Kind(models.TextChoices):
        RETURNED = "returned", _("returned to the author")
        REJECTED = "rejected", _("sent back to the editor")
        NOT_ADOPTED = "not_adopted", _("not taken on")

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="returns")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    reason = models.CharField(_("reason"), max_length=40)
    text = models.TextField(_("explanation"), blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.reason

    def get_absolute_url(self) -> str:
        return reverse("briefs:read", args=[self.brief_id])


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

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["brief", "to_name"], name="brief_report_once")]

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

    class Meta:
        ordering = ["on", "id"]
        constraints = [models.UniqueConstraint(fields=["brief", "organ", "on"], name="brief_adoption_once")]
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

    class Meta:
        ordering = ["on", "id"]
        indexes = [models.Index(fields=["assembly", "on"], name="brief_instructed_on")]


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
