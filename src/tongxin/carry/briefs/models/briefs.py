"""The brief itself: its text in three parts, the three hands, its issue, and when each step was reached."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.models import Process

#: The parts of the text, in their order.
PARTS = ("situation", "analysis", "suggestion")
TEXTS = ("title", *PARTS)
#: What the sheet says besides, of those who wrote it.
OF_SHEET = ("drafter", "name_public")


def issue_words(year: Any, number: Any, total: Any) -> str:
    """2026年第12期（总第340期）, in the reader's language."""
    return str(_("%(year)s No. %(n)s (%(total)s in all)") % {"n": number, "total": total, "year": year})


def issue_sought(brief: Brief) -> str:
    """The words by which an issue is looked for, as it is printed; "" before it is one."""
    if brief.issue_number is None:
        return ""
    return f"{brief.issue_year}年第{brief.issue_number}期（总第{brief.issue_total}期）"


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
    entered = models.BooleanField(default=False, editable=False)  # by staff, for those whose names stand under it
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
    awarded_at = models.DateTimeField(null=True, blank=True, editable=False)
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
            models.Index(fields=["assembly", "id"], condition=Q(entered=True), name="brief_entered"),
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
