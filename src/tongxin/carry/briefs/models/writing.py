"""Who wrote a brief, the concerns behind it, every text that was saved, and what was sent back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tongxin.hear.concerns.models import Concern
from tongxin.kernel.models import Record, StoredFile

from .briefs import TEXTS, Brief


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
    """The text as it was saved once. Nothing that was written is ever lost: of a text that was read from a Word file
    the file is kept, and what of it found no place in the form, as pairs of what it is and its words."""

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=60)
    situation = models.TextField(blank=True)
    analysis = models.TextField(blank=True)
    suggestion = models.TextField(blank=True)
    edited = models.BooleanField(default=False)  # by an editor, not by the author
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    left = models.JSONField(default=list, blank=True)  # [[label, text]]; no label: what was done in reading

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["brief", "number"], name="brief_version_once")]

    def __str__(self) -> str:
        return f"{self.brief_id}/{self.number}"

    @property
    def texts(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in TEXTS}

    @property
    def unplaced(self) -> list[list[str]]:
        """What of the file found no place in the text."""
        return [one for one in self.left if one[0]]


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
