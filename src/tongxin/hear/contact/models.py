"""1158: who keeps contact with whom, and each contact (domain §1.1, §2.3).

A member has one responsibility area and a group of constituents; every contact names the people met, one of the
assembly's channels and the tasks it served. Counts of areas, links, channels and tasks are derived from these rows.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tongxin.hear.concerns.models import Concern
from tongxin.kernel.fields import EncryptedTextField
from tongxin.kernel.models import Process, Record, StoredFile
from tongxin.kernel.personal import mask_name
from tongxin.people.models import Dated


class ResponsibilityArea(Record):
    """界别责任区: a place or trade that members answer for together; each member has exactly one."""

    name = models.CharField(_("name of the area"), max_length=60)
    kind = models.CharField(_("kind"), max_length=40, blank=True)  # an option of `contact.area_kind`
    sector = models.ForeignKey("people.Sector", models.PROTECT, related_name="areas", verbose_name=_("sector"))
    county = models.ForeignKey(
        "people.Assembly", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("county")
    )
    leader = models.ForeignKey(
        "people.Member", models.PROTECT, null=True, blank=True, related_name="led_areas", verbose_name=_("head")
    )
    closed_on = models.DateField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("responsibility area")
        verbose_name_plural = _("responsibility areas")
        constraints = [models.UniqueConstraint(fields=["assembly", "sector", "name"], name="area_once")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("contact:area", args=[self.pk])


class AreaMember(Record, Dated):
    """A member answers for an area from one day to another; one area at a time."""

    area = models.ForeignKey(ResponsibilityArea, models.PROTECT, related_name="members", verbose_name=_("area"))
    member = models.ForeignKey("people.Member", models.PROTECT, related_name="areas", verbose_name=_("member"))

    class Meta:
        verbose_name = _("member of an area")
        constraints = [
            models.UniqueConstraint(fields=["member"], condition=Q(to_on=None), name="area_one_per_member"),
            models.CheckConstraint(condition=Q(to_on=None) | Q(to_on__gte=F("from_on")), name="area_member_dates"),
        ]

    def __str__(self) -> str:
        return f"{self.area} · {self.member}"


class Constituent(Process):
    """界别群众: somebody whom members keep contact with, kept with consent only.

    Erasing leaves nothing of the person but the counts: links, meetings and what was raised stay without a name.
    """

    class ConsentWay(models.TextChoices):
        SPOKEN = "spoken", _("spoken, in the presence of the member")
        WRITTEN = "written", _("in writing")
        MESSAGE = "message", _("by message")

    name = EncryptedTextField(_("name"), blank=True, default="")
    name_index = models.CharField(max_length=64, blank=True, default="", editable=False)
    sector = models.ForeignKey("people.Sector", models.PROTECT, related_name="constituents", verbose_name=_("sector"))
    county = models.ForeignKey(
        "people.Assembly", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("county")
    )
    place = models.CharField(_("employer or village"), max_length=80, blank=True)
    occupation = models.CharField(_("occupation"), max_length=40, blank=True)
    tags = models.JSONField(_("known for"), default=list, blank=True)
    phone = EncryptedTextField(_("telephone"), blank=True, default="")
    phone_index = models.CharField(max_length=64, blank=True, default="", editable=False)
    # Earlier spellings, and indexes of earlier numbers: kept only so that erasing finds the person everywhere.
    earlier_names = EncryptedTextField(_("earlier spellings of the name"), blank=True, default="", editable=False)
    earlier_phones = models.JSONField(default=list, blank=True, editable=False)
    consent_on = models.DateField(_("consent given on"), null=True, blank=True)
    consent_way = models.CharField(_("how consent was given"), max_length=8, choices=ConsentWay.choices, blank=True)
    consent_for = models.JSONField(_("consent for"), default=list, blank=True)  # options of `contact.consent_purpose`
    withdrawn_on = models.DateField(_("consent withdrawn on"), null=True, blank=True, editable=False)
    moved_on = models.DateField(_("moved away on"), null=True, blank=True, editable=False)
    # The entry of the same person that was kept, when somebody had been entered twice; then nothing else stands here.
    same_as = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("kept entry"),
    )

    INBOX_RELATED = ("sector", "county")

    class Meta:
        verbose_name = _("constituent")
        verbose_name_plural = _("constituents")
        constraints = [
            models.CheckConstraint(
                condition=Q(phone_index="") | Q(consent_on__isnull=False), name="constituent_phone_needs_consent"
            ),
        ]
        indexes = [
            models.Index(fields=["assembly", "state", "sector"], name="constituent_by_sector"),
            models.Index(fields=["assembly", "name_index"], name="constituent_name"),
            models.Index(fields=["phone_index"], condition=~Q(phone_index=""), name="constituent_phone"),
        ]

    def __str__(self) -> str:
        return self.name or str(_("a second entry (merged)") if self.same_as_id else _("a constituent (erased)"))

    @property
    def title(self) -> str:
        """Masked: it stands in notices, which do not ask whether the reader may see the whole name."""
        return mask_name(self.name) or str(self)

    @property
    def is_closed(self) -> bool:
        """Whether nothing of the person stands here any more: erased, or merged into another entry."""
        return self.state in ("erased", "merged")

    @property
    def names(self) -> list[str]:
        """Every spelling of the name there has been, the longest first: a short one may be part of a long one."""
        return sorted({name for name in (self.name, *self.earlier_names.split("\n")) if name}, key=len, reverse=True)

    def get_absolute_url(self) -> str:
        return reverse("contact:constituent", args=[self.pk])


class ConstituentLink(Record, Dated):
    """联系关系: a member keeps contact with a constituent. `last_on` copies the day of the newest contact."""

    member = models.ForeignKey("people.Member", models.PROTECT, related_name="links", verbose_name=_("member"))
    constituent = models.ForeignKey(Constituent, models.PROTECT, related_name="links", verbose_name=_("constituent"))
    last_on = models.DateField(_("last contact"), null=True, blank=True, editable=False)
    ended_for = models.CharField(_("why it ended"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("link")
        constraints = [
            models.UniqueConstraint(fields=["member", "constituent"], condition=Q(to_on=None), name="link_once"),
            models.CheckConstraint(condition=Q(to_on=None) | Q(to_on__gte=F("from_on")), name="link_dates"),
        ]
        indexes = [
            models.Index(fields=["assembly", "member"], condition=Q(to_on=None), name="link_in_force"),
            models.Index(fields=["constituent", "to_on"], name="link_of_constituent"),
        ]

    def __str__(self) -> str:
        """Without the constituent's name: it stands in places that are never erased."""
        return f"{self.member} → {self.constituent_id}"


class ContactPlan(Record):
    """年度联系计划: how often and how a member means to keep contact in a year."""

    member = models.ForeignKey("people.Member", models.PROTECT, related_name="contact_plans", verbose_name=_("member"))
    year = models.PositiveSmallIntegerField(_("year"))
    target = models.PositiveSmallIntegerField(_("contacts planned"))
    channels = models.JSONField(_("channels"), default=list, blank=True)
    tasks = models.JSONField(_("tasks"), default=list, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("contact plan")
        constraints = [models.UniqueConstraint(fields=["member", "year"], name="contact_plan_once")]

    def __str__(self) -> str:
        return f"{self.member} {self.year}"


class ContactRecord(Process):
    """联系记录: one contact. What came from a duty turn or an activity is made by itself (`source`, `origin_*`)."""

    class Source(models.TextChoices):
        OWN = "own", _("written by the member")
        DUTY = "duty", _("from a duty turn")
        ACTIVITY = "activity", _("from an activity")

    member = models.ForeignKey("people.Member", models.PROTECT, related_name="contacts", verbose_name=_("member"))
    # For which sector: the member's own, or for a leader one that the leader keeps contact with.
    sector = models.ForeignKey(
        "people.Sector", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sector")
    )
    on = models.DateField(_("day"))
    channel = models.CharField(_("channel"), max_length=40)  # an option of `contact.channel`
    place = models.CharField(_("place"), max_length=80, blank=True)
    summary = models.CharField(_("in one sentence"), max_length=500, blank=True)
    policy_told = models.CharField(_("policy explained"), max_length=300, blank=True)
    others = models.PositiveSmallIntegerField(_("others present"), default=0)
    companions = models.CharField(_("came along"), max_length=120, blank=True)
    source = models.CharField(_("how it came"), max_length=8, choices=Source.choices, default=Source.OWN)
    origin_type = models.CharField(max_length=60, blank=True, editable=False)
    origin_id = models.BigIntegerField(null=True, editable=False)
    token = models.CharField(max_length=64, unique=True, null=True, editable=False)  # sent twice, recorded once
    met = models.ManyToManyField(Constituent, through="ContactPerson", related_name="contacts")
    concerns = models.ManyToManyField(Concern, through="ContactConcern", related_name="contacts")

    class Meta:
        verbose_name = _("contact record")
        verbose_name_plural = _("contact records")
        constraints = [
            models.UniqueConstraint(
                fields=["member", "origin_type", "origin_id"], condition=~Q(origin_type=""), name="contact_of_origin"
            ),
        ]
        indexes = [
            models.Index(fields=["assembly", "state", "on"], name="contact_by_day"),
            models.Index(fields=["member", "state", "on"], name="contact_of_member"),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.on}"

    @property
    def title(self) -> str:
        return self.summary or str(self)

    def get_absolute_url(self) -> str:
        return reverse("contact:record", args=[self.pk])


class ContactPerson(models.Model):
    """Whom a contact met."""

    record = models.ForeignKey(ContactRecord, models.CASCADE, related_name="people")
    constituent = models.ForeignKey(Constituent, models.PROTECT, related_name="meetings")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "constituent"], name="contact_person_once")]

    def __str__(self) -> str:
        return f"{self.record_id} → {self.constituent_id}"


class ContactTask(models.Model):
    """Which of the assembly's tasks a contact served."""

    record = models.ForeignKey(ContactRecord, models.CASCADE, related_name="tasks")
    task = models.CharField(max_length=40)  # an option of `contact.task`

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "task"], name="contact_task_once")]

    def __str__(self) -> str:
        return self.task


class ContactConcern(models.Model):
    """A concern that was raised at a contact."""

    record = models.ForeignKey(ContactRecord, models.CASCADE, related_name="raised")
    concern = models.OneToOneField(Concern, models.PROTECT, related_name="raised_at")

    def __str__(self) -> str:
        return str(self.concern)


class ContactFile(models.Model):
    """A picture of a contact."""

    record = models.ForeignKey(ContactRecord, models.CASCADE, related_name="files")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.file.name


class Reminder(Record):
    """催: somebody pointed out to a member what is short of 1158. Kept, so that nobody reminds twice unknowingly."""

    member = models.ForeignKey("people.Member", models.PROTECT, related_name="reminders", verbose_name=_("member"))
    about = models.JSONField(_("about"), default=list)  # codes of the 1158 check's cells
    on = models.DateField(_("day"))
    to_call = models.BooleanField(_("to be called"), default=False)  # had no account to read it with

    class Meta:
        verbose_name = _("reminder")
        constraints = [models.UniqueConstraint(fields=["member", "on"], name="reminder_once_a_day")]

    def __str__(self) -> str:
        return f"{self.member} {self.on}"

    @property
    def title(self) -> str:
        return str(_("Keeping contact with constituents"))

    def get_absolute_url(self) -> str:
        """The member's own line of the check, where what is short stands."""
        return f"{reverse('check:index')}?by=member&member={self.member_id}"
