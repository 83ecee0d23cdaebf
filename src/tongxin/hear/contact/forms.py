"""The forms of the contact room's moves: the same check for pages, the demo and whatever comes later."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.hear.concerns.models import Concern
from tongxin.kernel import options
from tongxin.kernel.fields import FilesField, PhoneField, PlainTextAreaField, PlainTextField
from tongxin.kernel.forms import MoveForm, RecordChoice
from tongxin.kernel.personal import mask_name
from tongxin.kernel.rules import NOTHING
from tongxin.kernel.text import whole_number
from tongxin.people import queries as people
from tongxin.people.forms import DayField
from tongxin.people.models import Assembly, LeaderSector, Member, Sector
from tongxin.people.workflow import IN_OFFICE

from . import lists, policy
from .actions import name_index, phone_index
from .models import Constituent, ConstituentLink, ContactRecord

SENTENCE = 200  # characters of a contact's one sentence


class MemberChoice(RecordChoice):
    """A member in office of the assembly; whoever is not one is refused with the reason."""

    assembly_id: int | None = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Member.objects.none(), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} · {obj.sector}"

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except forms.ValidationError:
            raise self._refused(getattr(value, "pk", value)) from None

    def _refused(self, key: Any) -> forms.ValidationError:
        known = Member.objects.filter(pk=key).select_related("person", "assembly") if str(key).isdecimal() else []
        found = next(iter(known), None)
        if found is None:
            return forms.ValidationError(_("There is no such member."), code="unknown")
        if self.assembly_id and found.assembly_id != self.assembly_id:
            return forms.ValidationError(
                _("This member belongs to %(assembly)s: links stay within one assembly."),
                code="elsewhere",
                params={"assembly": found.assembly},
            )
        if found.state not in IN_OFFICE:
            return forms.ValidationError(
                _("%(name)s is no longer in office."), code="left", params={"name": found.person.name}
            )
        return forms.ValidationError(
            _("%(name)s belongs to another sector; ask the office."), code="others", params={"name": found.person.name}
        )


def offer_members(field: Any, actor: Any, assembly_id: int | None, rows: Q | None = None) -> None:
    """Let a `MemberChoice` offer those in office whom the actor may choose."""
    field.assembly_id = assembly_id
    allowed = policy.members_of(actor) if rows is None else rows
    found = Member.objects.filter(allowed, assembly_id=assembly_id or 0, state__in=IN_OFFICE)
    field.queryset = found.select_related("person", "sector").order_by("sector__position", "person__name")


class DatedForm(MoveForm):
    """A move on a day that has come; today unless another is given."""

    on = DayField(label=_("Day"), required=False, help_text=_("Empty: today"))

    def clean_on(self) -> date:
        today = timezone.localdate(self.now)
        on = self.cleaned_data["on"] or today
        if on > today:
            raise forms.ValidationError(_("This day has not come yet."), code="future")
        return on


class PersonFields(MoveForm):
    """What is written of a constituent: no more than needed to meet again."""

    name = PlainTextField(label=_("name"), max_length=40)
    sector: Any = RecordChoice(Sector.objects.none(), label=_("sector"))
    place = PlainTextField(label=_("employer or village"), max_length=80, required=False)
    occupation = PlainTextField(label=_("occupation"), max_length=40, required=False)
    county: Any = RecordChoice(Assembly.objects.none(), label=_("county"), required=False)
    known_for = PlainTextField(
        label=_("known for"), max_length=120, required=False, help_text=_("In a few words, divided by commas")
    )
    phone = PhoneField(label=_("telephone"), required=False)
    consent_on = DayField(label=_("consent given on"))
    consent_way = forms.ChoiceField(
        label=_("how consent was given"), choices=Constituent.ConsentWay.choices, widget=forms.RadioSelect
    )
    consent_for = forms.MultipleChoiceField(label=_("consent for"), widget=forms.CheckboxSelectMultiple, required=False)

    def prepare(self) -> None:
        assembly = _assembly(self)
        if assembly is None:
            return
        asked: dict[str, Any] = self.fields
        if "sector" in asked:
            asked["sector"].queryset = people.sectors(assembly, timezone.localdate(self.now))
            asked["county"].queryset = assembly.children.all()
            asked["county"].label_from_instance = lambda county: county.place
        asked["consent_for"].choices = lists.choices(assembly.pk, lists.PURPOSES_LIST)
        asked["consent_on"].initial = timezone.localdate(self.now)
        asked["consent_for"].initial = [code for code, _label in asked["consent_for"].choices]
        asked["consent_on"].error_messages["required"] = _("Without consent nobody is enrolled: say when it was given.")

    def clean_consent_on(self) -> date | None:
        day = self.cleaned_data.get("consent_on")
        if day and day > timezone.localdate(self.now):
            raise forms.ValidationError(_("This day has not come yet."), code="future")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "known_for" in self.fields:
            words = cleaned.pop("known_for", "").replace(",", "，").replace("、", "，").split("，")
            cleaned["tags"] = [word.strip() for word in words if word.strip()][:8]
        if cleaned.get("phone") and "consent_for" in cleaned and not cleaned["consent_for"]:
            self.add_error("consent_for", _("A number is kept for something: say what the person agreed to."))
        return cleaned


class EnrolForm(PersonFields):
    """Somebody new. Whoever is known already (same number, or same name and place) is offered to be linked instead.

    The twins found stand in `twins`; `another` says that it is somebody else.
    """

    member: Any = MemberChoice(label=_("member who keeps contact"), required=False)
    another = forms.BooleanField(label=_("It is somebody else: enrol all the same."), required=False)
    twins: list[Constituent] = []

    field_order = ["name", "sector", "place", "occupation", "county", "phone", "consent_on", "consent_way",
                   "consent_for", "known_for", "member", "another"]  # fmt: skip

    def prepare(self) -> None:
        super().prepare()
        if self.actor is None:
            return
        field: Any = self.fields["member"]
        offer_members(field, self.actor, self.actor.assembly_id)
        own = policy.seats(self.actor)
        if len(own) == 1 and not policy.ARRANGING(self.actor):
            field.initial, field.widget = own[0], forms.HiddenInput()

    def clean_member(self) -> Member | None:
        """A member enrols for himself unless he names another of those he arranges for."""
        member = self.cleaned_data["member"]
        if member is None and self.actor is not None:
            own = policy.seats(self.actor)
            member = self.fields["member"].queryset.filter(pk__in=own).first() if own else None  # type: ignore
        return member

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.actor is None or not cleaned.get("name") or cleaned.get("another"):
            return cleaned
        place, phone = cleaned.get("place", ""), cleaned.get("phone", "")
        self.twins = find_twins(self.actor.assembly_id, cleaned["name"], place, phone)
        if self.twins:
            raise forms.ValidationError(_("This person seems to be enrolled already."), code="twin")
        return cleaned


def find_twins(assembly_id: int | None, name: str, place: str, phone: str, but: int | None = None) -> list[Constituent]:
    """Who has the same number, or the same name at the same place; found by blind indexes, two queries at most."""
    rows = Constituent.objects.filter(assembly_id=assembly_id or 0).exclude(state="erased").exclude(pk=but or 0)
    found = list(rows.filter(phone_index=phone_index(phone)).select_related("sector")) if phone else []
    if name and place:
        same = rows.filter(name_index=name_index(name), place=place).select_related("sector")
        found += [each for each in same if each not in found]
    return found


class LinkForm(DatedForm):
    """A member who is to keep contact."""

    member: Any = MemberChoice(label=_("member"))
    field_order = ["member", "on"]

    def prepare(self) -> None:
        if self.actor is not None:
            offer_members(self.fields["member"], self.actor, _assembly_id(self))

    def clean_member(self) -> Member:
        member = self.cleaned_data["member"]
        if self.record is not None and self.record.links.filter(member=member, to_on=None).exists():
            raise forms.ValidationError(
                _("%(name)s keeps contact with this person already."), code="linked", params={"name": member}
            )
        return member


class LinksForm(DatedForm):
    """A move about one of the person's links in force."""

    link: Any = RecordChoice(ConstituentLink.objects.none(), label=_("link"), empty_label=None)
    reason = PlainTextField(label=_("Reason"), max_length=150, required=False)
    field_order = ["link", "to", "on", "reason"]

    def prepare(self) -> None:
        if self.record is None:
            return
        rows = self.record.links.filter(to_on=None).select_related("member__person")
        if self.actor and not policy.arrange.allows(self.actor, self.record):
            rows = rows.filter(member_id__in=policy.seats(self.actor))
        field: Any = self.fields["link"]
        field.queryset = rows
        field.label_from_instance = lambda link: str(link.member)
        field.error_messages["invalid_choice"] = _("This link has ended meanwhile.")


class UnlinkForm(LinksForm):
    """The end of a link."""


class HandOverForm(LinksForm):
    """A link goes to another member of the same assembly."""

    to: Any = MemberChoice(label=_("goes to"))

    def prepare(self) -> None:
        super().prepare()
        if self.actor is not None:
            offer_members(self.fields["to"], self.actor, _assembly_id(self))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("link") and cleaned.get("to") == cleaned["link"].member:
            self.add_error("to", _("The person is with this member already."))
        return cleaned


class TransferForm(MoveForm):
    """All people of one member, the leaver, go to another."""

    to: Any = MemberChoice(label=_("goes to"))
    on = DayField(label=_("Day"), required=False, help_text=_("Empty: today"))
    reason = PlainTextField(label=_("Reason"), max_length=150, required=False)

    def __init__(self, *args: Any, leaver: Member, **kwargs: Any) -> None:
        self.leaver = leaver
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        field: Any = self.fields["to"]
        offer_members(field, self.actor, self.leaver.assembly_id)
        field.queryset = field.queryset.exclude(pk=self.leaver.pk)

    def clean_on(self) -> date:
        today = timezone.localdate(self.now)
        on = self.cleaned_data["on"] or today
        if on > today:
            raise forms.ValidationError(_("This day has not come yet."), code="future")
        return on


class CorrectForm(PersonFields):
    """What is written is put right. The number is never shown in the form: empty leaves it as it is."""

    name = PlainTextField(label=_("name"), max_length=40, required=False, help_text=_("Empty: the name stays as it is"))
    phone = PhoneField(label=_("telephone"), required=False, help_text=_("Empty: the number stays as it is"))
    drop_phone = forms.BooleanField(label=_("Take the number away"), required=False)

    field_order = ["name", "sector", "place", "occupation", "county", "known_for", "phone", "drop_phone",
                   "consent_on", "consent_way", "consent_for"]  # fmt: skip

    def prepare(self) -> None:
        super().prepare()
        if self.record is None:
            return
        for name in ("sector", "place", "occupation", "county", "consent_on", "consent_way", "consent_for"):
            self.fields[name].initial = getattr(self.record, name)
        self.fields["known_for"].initial = "，".join(self.record.tags)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        phone, there = cleaned.get("phone"), self.record
        if phone and there is not None and find_twins(there.assembly_id, "", "", phone, but=there.pk):
            self.add_error("phone", _("Somebody else is enrolled with this number."))
        return cleaned


class ConsentForm(PersonFields):
    """Consent given anew."""

    phone = PhoneField(label=_("telephone"), required=False)
    name = sector = place = occupation = county = known_for = None  # type: ignore[assignment]


def led_sectors(member: int | None, today: date) -> Any:
    """The sectors that a member keeps contact with as a leader."""
    if member is None:
        return Sector.objects.none()
    led = LeaderSector.objects.filter(people.in_force(today, end="to_on"), member=member)
    return Sector.objects.filter(pk__in=led.values("sector"))


def known_people(member: Member | int, on: date | None = None, allowed: Q | None = None) -> dict[int, Constituent]:
    """With whom a member keeps contact now, or did on a day; by id, in the order of linking. `allowed` narrows the
    links to those whose people may be named."""
    in_force = Q(to_on=None)
    if on is not None:
        in_force |= Q(from_on__lte=on, to_on__gte=on)
    links = ConstituentLink.objects.filter(in_force, member=member).select_related("constituent__sector")
    if allowed is not None:
        links = links.filter(allowed)
    return {link.constituent_id: link.constituent for link in links.order_by("from_on", "id")}


class RecordForm(MoveForm):
    """One contact: whom, by which channel, one sentence. All the rest may stay empty."""

    member: Any = MemberChoice(label=_("member"), widget=forms.HiddenInput)
    people = forms.MultipleChoiceField(label=_("Whom"), required=False, widget=forms.CheckboxSelectMultiple)
    channel = forms.ChoiceField(
        label=_("How"), widget=forms.RadioSelect, error_messages={"required": _("Tap how you were in contact.")}
    )
    summary = PlainTextField(
        label=_("In one sentence"),
        max_length=SENTENCE,
        error_messages={"required": _("Say in one sentence what it was about.")},
    )
    on = DayField(label=_("Day"), required=False)
    place = PlainTextField(label=_("Place"), max_length=80, required=False)
    sector: Any = RecordChoice(
        Sector.objects.none(), label=_("For which sector"), required=False, help_text=_("Empty: the member's own")
    )
    tasks = forms.MultipleChoiceField(
        label=_("Tasks served"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: those that the channel usually serves"),
    )
    policy_told = PlainTextField(label=_("Policy explained"), max_length=150, required=False)
    others = forms.IntegerField(label=_("Others present"), required=False, min_value=0, max_value=999)
    companions = PlainTextField(label=_("Came along"), max_length=120, required=False)
    pictures = FilesField(label=_("Pictures"), required=False, max_files=6)
    concern_text = PlainTextAreaField(
        label=_("What was raised"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("It becomes a concern and is followed until the person has been answered."),
    )
    concern_topic = forms.ChoiceField(label=_("Topic"), required=False)
    concern_by = forms.ChoiceField(label=_("Who raised it"), required=False)
    concern_named = forms.BooleanField(
        label=_("Pass on name and telephone, so that the result can be told"), required=False, initial=True
    )
    token = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    known: dict | None = None
    roster: dict[int, Constituent] = {}

    def __init__(self, *args: Any, known: dict | None = None, **kwargs: Any) -> None:
        self.shared = known
        super().__init__(*args, known=known, **kwargs)

    def prepare(self) -> None:
        asked: dict[str, Any] = self.fields
        for name, offered in self._offers().items():
            if name == "member":
                asked[name].assembly_id, asked[name].queryset = _assembly_id(self), offered
            else:
                asked[name].choices = offered
        if self.shared is None or self.data.get("sector"):
            asked["sector"].queryset = led_sectors(self._member_id(), timezone.localdate(self.now))
        self.roster = self._roster()
        own = policy.seats(self.actor) if self.actor else []
        whole = self._member_id() in own or (self.actor is not None and self.actor.is_system)
        asked["people"].choices = [
            (str(pk), str(each) if whole else mask_name(each.name) or str(each)) for pk, each in self.roster.items()
        ]
        asked["concern_by"].choices = [("", _("the first of them")), *asked["people"].choices]
        if len(own) == 1 and not self.data.get("member"):
            asked["member"].required = False

    def _offers(self) -> dict[str, Any]:
        """What may be chosen; looked up once when many records are written at once."""
        known = self.shared if self.shared is not None else {}
        if "offers" in known:
            return known["offers"]
        assembly_id = _assembly_id(self)
        found: dict[str, Any] = {
            "channel": lists.choices(assembly_id, lists.CHANNELS_LIST),
            "tasks": lists.choices(assembly_id, lists.TASKS_LIST),
            "concern_topic": [("", "—"), *lists.choices(assembly_id, "concerns.topic")],
        }
        if self.actor is not None:
            offer_members(self.fields["member"], self.actor, assembly_id)
            found["member"] = self.fields["member"].queryset  # type: ignore[attr-defined]
        known["offers"] = found
        return found

    def _roster(self) -> dict[int, Constituent]:
        """The member's people; when many records are written at once each member's are looked up once."""
        member = self._member_id()
        if member is None:
            return {}
        if self.shared is None:
            allowed = policy.met_links.rows(self.actor) if self.actor else NOTHING
            return known_people(member, _day(self.data.get("on")), allowed)
        rosters = self.shared.setdefault("rosters", {})
        if member not in rosters:
            links = ConstituentLink.objects.filter(member=member).select_related("constituent")
            rosters[member] = {link.constituent_id: link.constituent for link in links}
        return rosters[member]

    def _member_id(self) -> int | None:
        given = self.data.get("member") or self.initial.get("member")
        given = getattr(given, "pk", given)
        if (number := whole_number(str(given or ""))) is not None:
            return number
        own = policy.seats(self.actor) if self.actor else []
        return own[0] if own else None

    def clean_member(self) -> Member:
        member = self.cleaned_data["member"]
        if member is None:
            member = self.fields["member"].queryset.filter(pk__in=policy.seats(self.actor)).first()  # type: ignore
        if member is None:
            raise forms.ValidationError(_("Say whose contact this is."), code="required")
        return member

    def clean_people(self) -> list[Constituent]:
        return [self.roster[int(pk)] for pk in self.cleaned_data["people"]]

    def clean_on(self) -> date:
        today = timezone.localdate(self.now)
        on = self.cleaned_data["on"] or today
        if on > today:
            raise forms.ValidationError(_("This day has not come yet."), code="future")
        return on

    def clean_others(self) -> int:
        return self.cleaned_data["others"] or 0

    def clean_concern_by(self) -> Constituent | None:
        chosen = self.cleaned_data["concern_by"]
        return self.roster.get(int(chosen)) if chosen else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("people") and not cleaned.get("others") and "people" not in self.errors:
            self.add_error("people", _("Tap whom you met, or say how many others were there."))
        if not cleaned.get("tasks") and cleaned.get("channel"):
            cleaned["tasks"] = usual_tasks(_assembly_id(self), cleaned["channel"])
        return cleaned


def usual_tasks(assembly_id: int | None, channel: str) -> list[str]:
    """The tasks that a channel usually serves, as far as the assembly has them; told by the channel's meaning."""
    meaning = next((c.meaning for c in options.every_choice(assembly_id, lists.CHANNELS_LIST) if c.code == channel), "")
    tasks = options.choices(assembly_id, lists.TASKS_LIST)
    return [task.code for task in tasks if task.meaning in lists.USUAL_TASKS.get(meaning, ())]


class AmendForm(MoveForm):
    """Words and tasks of a record put right."""

    summary = RecordForm.base_fields["summary"]
    place = RecordForm.base_fields["place"]
    policy_told = RecordForm.base_fields["policy_told"]
    companions = RecordForm.base_fields["companions"]
    others = RecordForm.base_fields["others"]
    tasks = forms.MultipleChoiceField(label=_("Tasks served"), required=False, widget=forms.CheckboxSelectMultiple)

    def prepare(self) -> None:
        if self.record is None:
            return
        task: Any = self.fields["tasks"]
        known = options.every_choice(self.record.assembly_id, lists.TASKS_LIST)
        task.initial = list(self.record.tasks.values_list("task", flat=True))
        task.choices = [(c.code, c.label) for c in known if c.active or c.code in task.initial]
        for name in ("summary", "place", "policy_told", "companions", "others"):
            self.fields[name].initial = getattr(self.record, name)

    def clean_others(self) -> int:
        return self.cleaned_data["others"] or 0


class VoidForm(MoveForm):
    reason = PlainTextField(
        label=_("Reason"), max_length=150, help_text=_("The record stays to be seen, but counts nowhere any more.")
    )


class BlotForm(MoveForm):
    """Whom to blot out of a record's texts; never journaled."""

    name = forms.CharField(required=False)
    phone = forms.CharField(required=False)


class TakeOverForm(MoveForm):
    """What another room tells of a turn or an activity that a member took part in."""

    member: Any = RecordChoice(Member.objects.all())
    on = DayField()
    channel = forms.ChoiceField()
    place = forms.CharField(required=False, max_length=200)
    summary = forms.CharField(required=False, max_length=500)
    others = forms.IntegerField(required=False, min_value=0)
    source = forms.ChoiceField(choices=ContactRecord.Source.choices, required=False)
    origin_type = forms.CharField(max_length=60)
    origin_id = forms.IntegerField()
    tasks = forms.MultipleChoiceField(required=False)
    concerns: Any = forms.ModelMultipleChoiceField(Concern.objects.all(), required=False)

    def prepare(self) -> None:
        assembly_id = _assembly_id(self)
        every = options.every_choice(assembly_id, lists.CHANNELS_LIST)
        self.fields["channel"].choices = [(c.code, c.label) for c in every]  # type: ignore[attr-defined]
        self.fields["tasks"].choices = lists.choices(assembly_id, lists.TASKS_LIST)  # type: ignore[attr-defined]

    def clean_place(self) -> str:
        return self.cleaned_data["place"][:80]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("tasks") and cleaned.get("channel"):
            cleaned["tasks"] = usual_tasks(_assembly_id(self), cleaned["channel"])
        cleaned["others"] = cleaned.get("others") or 0
        cleaned["concerns"] = list(cleaned.get("concerns") or [])
        return cleaned


def masked_names(rows: Iterable[Constituent]) -> str:
    """Names with all but their first character hidden, for messages and previews."""
    return "、".join(mask_name(each.name) for each in rows)


def _assembly(form: MoveForm) -> Any:
    if form.record is not None:
        return form.record.assembly
    return form.actor.assembly if form.actor else None


def _assembly_id(form: MoveForm) -> int | None:
    return getattr(_assembly(form), "pk", None)


def _day(given: Any) -> date | None:
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(str(given or ""))
    except ValueError:
        return None
