"""Tables that every room shares. Integrity lives in constraints; verbs live in the modules beside this one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .files import StoredFile
from .throttle import ThrottleCount

__all__ = [
    "Deadline",
    "JournalEntry",
    "JournalSeal",
    "Notice",
    "Option",
    "Parameter",
    "Process",
    "Record",
    "SearchDocument",
    "Sequence",
    "StoredFile",
    "TaskRun",
    "ThrottleCount",
]


class Record(models.Model):
    """What every record carries. `assembly` partitions the data; `version` is the optimistic lock."""

    assembly = models.ForeignKey("people.Assembly", models.PROTECT, related_name="+", verbose_name=_("assembly"))
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    updated_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def label(cls) -> str:
        """How journal, deadlines and search name this kind of record: `concerns.concern`."""
        return cls._meta.label_lower


class Process(Record):
    """A record that moves through a workflow. `due_on` copies the nearest open deadline for queues."""

    state = models.CharField(_("state"), max_length=20)
    #: The column by whose date the inbox puts records in order: the deadline, or the day on which something happens.
    INBOX_DAY = "due_on"

    due_on = models.DateField(_("due"), null=True, blank=True, editable=False)
    due_kind = models.CharField(max_length=24, blank=True, editable=False)

    class Meta:
        abstract = True


class JournalEntry(models.Model):
    """Who did what to which record, when. Append-only: triggers refuse update and delete."""

    assembly = models.ForeignKey("people.Assembly", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    actor_kind = models.CharField(max_length=10)
    actor_name = models.CharField(max_length=60, blank=True)
    record_type = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    verb = models.CharField(max_length=40)
    state_from = models.CharField(max_length=20, blank=True)
    state_to = models.CharField(max_length=20, blank=True)
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["record_type", "record_id", "id"], name="journal_of_record")]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.record_type} {self.record_id}: {self.verb}"


class JournalSeal(models.Model):
    """One link of an assembly's hash chain. Sealing follows writing, so that writers never wait for each other."""

    assembly = models.ForeignKey("people.Assembly", models.PROTECT, related_name="+")
    position = models.PositiveBigIntegerField()
    entry = models.OneToOneField(JournalEntry, models.PROTECT, related_name="seal")
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assembly", "position"], name="seal_position")]

    def __str__(self) -> str:
        return f"{self.assembly_id}/{self.position}"


class Sequence(models.Model):
    """The last number given in a series of an assembly and year (or session)."""

    assembly = models.ForeignKey("people.Assembly", models.PROTECT, related_name="+")
    series = models.CharField(max_length=40)
    period = models.CharField(max_length=20)
    value = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assembly", "series", "period"], name="sequence_once")]

    def __str__(self) -> str:
        return f"{self.series} {self.period}: {self.value}"


class Deadline(models.Model):
    """A clock of one record. It stores all that is needed to explain its date."""

    assembly = models.ForeignKey("people.Assembly", models.PROTECT, related_name="+")
    record_type = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    kind = models.CharField(max_length=24)
    started_on = models.DateField()
    length = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=14)  # "days", "working_days", or `deadlines.NAMED`
    parameter = models.CharField(max_length=60)
    calendar = models.CharField(max_length=40, blank=True)
    due_on = models.DateField()
    extensions = models.JSONField(default=list, blank=True)  # [{"days", "reason", "by", "at", "was", "due_on"}]
    met_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    escalated_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["record_type", "record_id"], name="deadline_of_record"),
            models.Index(
                fields=["assembly", "due_on"], condition=Q(met_at=None, dropped_at=None), name="deadline_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_type} {self.record_id} {self.kind}: {self.due_on}"


class Option(models.Model):
    """An assembly's own entry of a declared list."""

    assembly = models.ForeignKey("people.Assembly", models.PROTECT, related_name="+")
    list = models.CharField(max_length=60)
    code = models.SlugField(_("code"), max_length=40)
    zh = models.CharField(_("Chinese"), max_length=60)
    en = models.CharField(_("English"), max_length=80, blank=True)
    meaning = models.CharField(_("neutral meaning"), max_length=40, blank=True)
    source = models.CharField(_("clause it comes from"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assembly", "list", "code"], name="option_once")]

    def __str__(self) -> str:
        return f"{self.list}.{self.code}"


class Parameter(models.Model):
    """An assembly's own value of a declared parameter."""

    assembly = models.ForeignKey("people.Assembly", models.PROTECT, related_name="+")
    key = models.CharField(max_length=60)
    value: Any = models.JSONField()
    source = models.CharField(_("clause it comes from"), max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assembly", "key"], name="parameter_once")]

    def __str__(self) -> str:
        return self.key


class Notice(models.Model):
    """The outbox: one row per (event, person, channel), written in the event's own transaction."""

    event = models.ForeignKey(JournalEntry, models.PROTECT, related_name="notices")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    channel = models.CharField(max_length=10)  # "page" or "email"
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "user", "channel"], name="notice_once")]
        indexes = [
            models.Index(fields=["user", "channel", "read_at"], name="notice_of_user"),
            models.Index(fields=["channel", "created_at"], condition=Q(delivered_at=None), name="notice_to_send"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} → {self.user_id} ({self.channel})"


class SearchDocument(models.Model):
    """What search knows of a record: what is shown of it, what lists of hits are narrowed by, and its terms.

    `terms` is an `insight.terms.document`; the database's engine indexes it. Kept true by the door, in the
    transaction that changes the record.
    """

    assembly = models.ForeignKey("people.Assembly", models.PROTECT, related_name="+", db_index=False)
    record_type = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    reference = models.CharField(max_length=80, blank=True)  # the record's number or whatever names it beside the title
    title = models.CharField(max_length=300)
    body = models.TextField(blank=True)  # what passages are taken from
    state = models.CharField(max_length=20, blank=True)
    on = models.DateField(null=True)
    sector = models.ForeignKey("people.Sector", models.PROTECT, null=True, related_name="+", db_index=False)
    terms = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record_type", "record_id"], name="search_document_once")]

    def __str__(self) -> str:
        return f"{self.record_type} {self.record_id}"


class TaskRun(models.Model):
    """When a recurring task was last started; `worker` beats once a minute."""

    name = models.CharField(max_length=60, primary_key=True)
    last = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
