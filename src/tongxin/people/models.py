"""Who: assemblies, terms, sectors, committees, bodies, persons, members, users and their roles (domain §2.1, §2.2)."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.fields import EncryptedTextField
from tongxin.kernel.models import Process, Record

from .phones import PhoneIndexField


def ordinal(number: int) -> str:
    """A small number as it is written in names: 第十二届, Term 12."""
    if (get_language() or "").startswith("en") or not 0 < number < 100:
        return str(number)
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    return (digits[tens] if tens > 1 else "") + ("十" if tens else "") + (digits[ones] if ones else "")


class Named(models.Model):
    """A Chinese name and, where somebody entered it, an English one."""

    name = models.CharField(pgettext_lazy("of an institution", "name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return (self.name_en or self.name) if (get_language() or "").startswith("en") else self.name


class Dated(models.Model):
    """Something that holds from one day to another; no last day means until further notice."""

    from_on = models.DateField(_("from"))
    to_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        abstract = True


class Assembly(Named):
    """A consultative assembly. An upper one *guides* a lower one: it sees figures and what was submitted."""

    class Level(models.TextChoices):
        PROVINCE = "province", _("province")
        CITY = "city", _("city")
        COUNTY = "county", _("county")

    code = models.CharField(_("code"), max_length=12, unique=True)
    short = models.CharField(_("short name"), max_length=20, blank=True)
    short_en = models.CharField(_("short English name"), max_length=40, blank=True)
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    class Meta:
        verbose_name = _("assembly")
        ordering = ["code"]

    @property
    def place(self) -> str:
        """The place it speaks for: 尖山区, not 尖山区政协."""
        if (get_language() or "").startswith("en"):
            return self.short_en or self.name_en or self.short or self.name
        return self.short or self.name.removesuffix("政协")


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


class User(AbstractBaseUser):
    """Somebody who can sign in, by name or by telephone. One account may serve in several assemblies."""

    username = models.CharField(_("sign-in name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=60)
    phone = EncryptedTextField(_("telephone"), blank=True, default="")
    phone_index = PhoneIndexField()
    email = models.EmailField(_("e-mail"), blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    must_change_password = models.BooleanField(default=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    objects = UserManager()
    held: list[RoleGrant] | None = None  # the roles, where they were found together with the user

    class Meta:
        verbose_name = _("user")
        constraints = [
            models.UniqueConstraint(fields=["phone_index"], condition=~Q(phone_index=""), name="user_phone_once")
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    get_short_name = get_full_name


class Term(Record, Dated):
    """届: the period for which members are appointed."""

    number = models.PositiveSmallIntegerField(_("number"))

    class Meta:
        verbose_name = _("term")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["assembly", "number"], name="term_once")]

    def __str__(self) -> str:
        return str(_("Term %(n)s") % {"n": ordinal(self.number)})


class Session(Record):
    """次会议: a plenary session of a term."""

    term = models.ForeignKey(Term, models.PROTECT, related_name="sessions", verbose_name=_("term"))
    number = models.PositiveSmallIntegerField(_("number"))
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    proposal_deadline = models.DateField(_("last day for proposals"), null=True, blank=True)

    class Meta:
        verbose_name = _("session")
        ordering = ["-term__number", "-number"]
        constraints = [models.UniqueConstraint(fields=["term", "number"], name="session_once")]

    def __str__(self) -> str:
        return str(_("%(term)s, session %(n)s") % {"term": self.term, "n": ordinal(self.number)})


class Sector(Record, Named):
    """界别. `national` is the code of the national sector it belongs to, for figures across places."""

    class Category(models.TextChoices):
        PARTY = "party", _("party")
        PEOPLE_ORG = "people_org", _("people's organisation")
        CIRCLE = "circle", _("circle")
        SPECIAL = "special", _("specially invited")

    class Organisation(models.TextChoices):
        HIGH = "high", _("high: reaches its people through its own organisation")
        MID = "mid", _("middling: partly organised")
        LOW = "low", _("low: its people are scattered")

    code = models.CharField(_("code"), max_length=20)
    category = models.CharField(_("category"), max_length=12, choices=Category.choices)
    organisation = models.CharField(
        _("organisation"), max_length=4, choices=Organisation.choices, default=Organisation.MID
    )
    national = models.CharField(_("national sector"), max_length=20, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    from_on = models.DateField(_("from"), null=True, blank=True)
    closed_on = models.DateField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("sector")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["assembly", "code"], name="sector_once")]


class Committee(Record, Named):
    """专门委员会."""

    code = models.CharField(_("code"), max_length=20)
    short = models.CharField(_("short name"), max_length=20, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    from_on = models.DateField(_("from"), null=True, blank=True)
    closed_on = models.DateField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("special committee")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["assembly", "code"], name="committee_once")]

    @property
    def brief(self) -> str:
        """The short name where there is one in the reader's language: 提案委."""
        return str(self) if (get_language() or "").startswith("en") else self.short or self.name


class CommitteeSector(Record, Dated):
    """Which committee looks after which sector, from when to when."""

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="sectors", verbose_name=_("committee"))
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="committees", verbose_name=_("sector"))

    class Meta:
        verbose_name = _("sector of a committee")
        constraints = [
            models.UniqueConstraint(fields=["committee", "sector", "from_on"], name="committee_sector_once"),
            models.CheckConstraint(condition=Q(to_on=None) | Q(to_on__gte=F("from_on")), name="committee_sector_dates"),
        ]

    def __str__(self) -> str:
        return f"{self.committee} · {self.sector}"


class Body(Record, Named):
    """承办单位: a government department or county that handles what is referred to it."""

    code = models.CharField(_("code"), max_length=20)
    short = models.CharField(_("short name"), max_length=20, blank=True)
    contact = models.CharField(_("contact"), max_length=60, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    closed_on = models.DateField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("handling body")
        verbose_name_plural = _("handling bodies")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["assembly", "code"], name="body_once")]


class Person(Record):
    """A human being who sits in one or several assemblies. `assembly` is the one that entered the person."""

    class Sex(models.TextChoices):
        MALE = "m", _("male")
        FEMALE = "f", _("female")

    name = models.CharField(_("name"), max_length=60)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex.choices, blank=True)
    ethnicity = models.CharField(_("ethnicity"), max_length=20, blank=True)
    party = models.CharField(_("party"), max_length=40, blank=True)
    birth = models.DateField(_("date of birth"), null=True, blank=True)
    education = models.CharField(_("education"), max_length=40, blank=True)
    phone = EncryptedTextField(_("telephone"), blank=True, default="")
    phone_index = PhoneIndexField()
    expertise = models.CharField(_("expertise"), max_length=200, blank=True)
    interests = models.CharField(_("concerned with"), max_length=200, blank=True)
    user = models.OneToOneField(User, models.SET_NULL, null=True, blank=True, related_name="person")

    class Meta:
        verbose_name = _("person")
        constraints = [
            models.UniqueConstraint(fields=["phone_index"], condition=~Q(phone_index=""), name="person_phone_once")
        ]

    def __str__(self) -> str:
        return self.name


class Member(Process):
    """委员: a person's seat in one assembly for one term. The same person may hold seats at several levels."""

    class Duty(models.TextChoices):
        CHAIR = "chair", _("chairperson")
        VICE_CHAIR = "vice_chair", _("vice-chairperson")
        SECRETARY_GENERAL = "secretary_general", _("secretary-general")
        STANDING = "standing", _("standing member")
        MEMBER = "member", _("member")

    person = models.ForeignKey(Person, models.PROTECT, related_name="seats", verbose_name=_("person"))
    term = models.ForeignKey(Term, models.PROTECT, related_name="members", verbose_name=_("term"))
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="members", verbose_name=_("sector"))
    committee = models.ForeignKey(
        Committee, models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("committee")
    )
    number = models.CharField(_("member number"), max_length=20, blank=True)
    duty = models.CharField(_("duty"), max_length=20, choices=Duty.choices, default=Duty.MEMBER)
    employer = models.CharField(_("employer"), max_length=80, blank=True)
    title = models.CharField(_("position held"), max_length=60, blank=True)
    is_entrepreneur = models.BooleanField(_("entrepreneur"), default=False)
    since_on = models.DateField(_("member since"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True, editable=False)
    receives = models.BooleanField(_("people may make an appointment"), null=True, editable=False)  # None: nothing said
    receives_when = models.CharField(_("when it suits best"), max_length=40, blank=True, editable=False)

    INBOX_RELATED = ("person", "sector")

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [models.UniqueConstraint(fields=["person", "term"], name="member_once")]
        indexes = [
            models.Index(fields=["assembly", "state", "sector"], name="member_by_sector"),
            models.Index(fields=["assembly", "committee"], name="member_by_committee"),
        ]

    def __str__(self) -> str:
        return self.person.name

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def post(self) -> str:
        """Where the member works and as what, in one line."""
        return f"{self.employer} {self.title}".strip()

    def get_absolute_url(self) -> str:
        return reverse("people:member", args=[self.pk])


class LeaderSector(Record, Dated):
    """主席、副主席联系界别: a leader keeps contact with a sector."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="led_sectors", verbose_name=_("leader"))
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="leaders", verbose_name=_("sector"))

    class Meta:
        verbose_name = _("leader's sector")
        constraints = [models.UniqueConstraint(fields=["member", "sector", "from_on"], name="leader_sector_once")]

    def __str__(self) -> str:
        return f"{self.member} · {self.sector}"


class Convener(Record, Dated):
    """界别召集人, chief or deputy, for a time; `election` says how the choice was made."""

    class Rank(models.TextChoices):
        CHIEF = "chief", _("convener")
        DEPUTY = "deputy", _("deputy convener")

    sector = models.ForeignKey(Sector, models.PROTECT, related_name="conveners", verbose_name=_("sector"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="convening", verbose_name=_("member"))
    rank = models.CharField(_("rank"), max_length=6, choices=Rank.choices, default=Rank.CHIEF)
    election = models.CharField(_("how chosen"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("convener")
        constraints = [models.UniqueConstraint(fields=["sector", "member", "from_on"], name="convener_once")]

    def __str__(self) -> str:
        return f"{self.sector} · {self.member}"


class RoleGrant(Record):
    """A role that a user holds in an assembly, limited to one committee, sector, body … where the role has a scope.

    What `scope` is the id of follows from the role (`roles.py`); `policy` never reads one without the other.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="grants", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=24)
    scope = models.BigIntegerField(_("limited to"), null=True, blank=True)

    class Meta:
        verbose_name = _("role")
        constraints = [
            models.UniqueConstraint(fields=["assembly", "user", "role", "scope"], name="grant_once"),
            # NULL differs from NULL in a unique index: an unlimited role needs its own.
            models.UniqueConstraint(
                fields=["assembly", "user", "role"], condition=Q(scope=None), name="grant_once_unlimited"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"
