"""What is written of constituents: enrolled, put right, consent given anew."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.fields import PhoneField, PlainTextField
from tongxin.kernel.forms import MoveForm, RecordChoice
from tongxin.people import queries as people
from tongxin.people.forms.fields import DayField
from tongxin.people.models import Assembly, Member, Sector

from .. import joining, lists, policy
from ..indexes import name_index, phone_index
from ..models import Constituent
from .fields import MemberChoice, Several, assembly_of, come, offer_members


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
    consent_for = Several(label=_("consent for"), widget=forms.CheckboxSelectMultiple, required=False)

    def prepare(self) -> None:
        assembly = assembly_of(self)
        if assembly is None:
            return
        asked: dict[str, Any] = self.fields
        if "sector" in asked:
            self.offer_sectors()
            asked["county"].queryset = assembly.children.all()
            asked["county"].label_from_instance = lambda county: county.place
        asked["consent_for"].choices = lists.choices(assembly.pk, lists.PURPOSES_LIST)
        asked["consent_on"].initial = timezone.localdate(self.now)
        asked["consent_for"].initial = [code for code, _label in asked["consent_for"].choices]
        asked["consent_on"].error_messages["required"] = _("Without consent nobody is enrolled: say when it was given.")

    def offer_sectors(self) -> None:
        """The sectors there were on the day."""
        field: Any = self.fields["sector"]
        field.queryset = people.sectors(assembly_of(self), timezone.localdate(self.now))

    def clean_consent_on(self) -> date | None:
        return come(self.cleaned_data.get("consent_on"), self.now)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "known_for" in self.fields:
            words = cleaned.pop("known_for", "").replace(",", "，").replace("、", "，").split("，")
            cleaned["tags"] = [word.strip() for word in words if word.strip()][:8]
        if cleaned.get("phone") and "consent_for" in cleaned and not cleaned["consent_for"]:
            self.add_error("consent_for", _("A number is kept for something: say what the person agreed to."))
        return cleaned


class EnrolForm(PersonFields):
    """Somebody new. Whoever is known already (same number, or same name and no other place) is offered to be linked.

    What may be shown of those found stands in `offers`; `another` says that it is somebody else. A member learns of
    others' people only by their number: the same name makes an entry of its own, which the office finds.
    """

    member: Any = MemberChoice(label=_("member who keeps contact"), required=False)
    another = forms.BooleanField(label=_("It is somebody else: enrol all the same."), required=False)
    same_for = ()
    offers: list[joining.Offer] = []

    field_order = ["name", "sector", "place", "occupation", "county", "phone", "consent_on", "consent_way",
                   "consent_for", "known_for", "member", "another"]  # fmt: skip

    def __init__(self, *args: Any, known: dict | None = None, **kwargs: Any) -> None:
        self.shared = known
        super().__init__(*args, known=known, **kwargs)

    def rebind(self, data: Any, now: datetime | None) -> bool:
        if not super().rebind(data, now):
            return False
        self.offer_sectors()
        return True

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
            member = self.fields["member"].queryset.filter(pk__in=own).first() if own else None
        return member

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.actor is None or not cleaned.get("name") or cleaned.get("another"):
            return cleaned
        phone = cleaned.get("phone", "")
        self.offers = joining.offers(self.actor, self._twins(cleaned["name"], cleaned.get("place", ""), phone), phone)
        if self.offers:
            raise forms.ValidationError(_("This person seems to be enrolled already."), code="twin")
        return cleaned

    def _twins(self, name: str, place: str, phone: str) -> list[Constituent]:
        """Who is enrolled already; when many are entered at once, everybody's indexes are read once."""
        assembly_id = self.actor.assembly_id if self.actor else None
        if self.shared is None:
            return find_twins(assembly_id, name, place, phone)
        if "enrolled" not in self.shared:
            self.shared["enrolled"] = Enrolled(assembly_id)
        enrolled: Enrolled = self.shared["enrolled"]
        if not enrolled.has(name, place, phone):
            enrolled.add(name, place, phone)
            return []
        found = find_twins(assembly_id, name, place, phone)
        if not found:  # not saved yet: an earlier row of the same list
            raise forms.ValidationError(_("This person stands in the list twice."), code="twice")
        return found


class Enrolled:
    """The indexes of all who are enrolled, to see at once whether one row of many may be a twin."""

    def __init__(self, assembly_id: int | None) -> None:
        rows = Constituent.objects.filter(assembly_id=assembly_id or 0).exclude(state="erased")
        self.phones: set[str] = set()
        self.places: dict[str, set[str]] = defaultdict(set)  # by the index of the name
        for name, place, phone in rows.values_list("name_index", "place", "phone_index"):
            self.places[name].add(place)
            self.phones.add(phone)

    def has(self, name: str, place: str, phone: str) -> bool:
        there = self.places.get(name_index(name), set())
        return bool((phone and phone_index(phone) in self.phones) or (there and (not place or there & {place, ""})))

    def add(self, name: str, place: str, phone: str) -> None:
        self.places[name_index(name)].add(place)
        self.phones.add(phone_index(phone))


def find_twins(assembly_id: int | None, name: str, place: str, phone: str, but: int | None = None) -> list[Constituent]:
    """Who has the same number, or the same name and no other place; found by blind indexes, two queries at most."""
    rows = Constituent.objects.filter(assembly_id=assembly_id or 0).exclude(state="erased").exclude(pk=but or 0)
    found = list(rows.filter(phone_index=phone_index(phone)).select_related("sector")) if phone else []
    if name:
        same = rows.filter(name_index=name_index(name)).select_related("sector")
        if place:
            same = same.filter(place__in=(place, ""))
        found += [each for each in same if each not in found]
    return found


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
        refuse_taken_number(self)
        if phone and cleaned.get("drop_phone"):
            self.add_error("drop_phone", _("Either a new number or none: tick this only without one."))
        stays = there is not None and there.phone and not cleaned.get("drop_phone")
        if stays and not phone and not cleaned.get("consent_for"):
            sentence = _("The number stays only for what the person agreed to: tick what for, or take it away.")
            self.add_error("consent_for", sentence)
        return cleaned


class ConsentForm(PersonFields):
    """Consent given anew."""

    phone = PhoneField(label=_("telephone"), required=False)
    name = sector = place = occupation = county = known_for = None  # type: ignore[assignment]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        refuse_taken_number(self)
        day, withdrawn = cleaned.get("consent_on"), self.record.withdrawn_on if self.record is not None else None
        if day and withdrawn and day < withdrawn:
            sentence = _("Consent was withdrawn on %(day)s: it is given anew no earlier.")
            self.add_error("consent_on", sentence % {"day": withdrawn.isoformat()})
        return cleaned


def refuse_taken_number(form: PersonFields) -> None:
    """A number belongs to one entry: whoever else has it has to be looked at first."""
    phone, there = form.cleaned_data.get("phone"), form.record
    if phone and there is not None and find_twins(there.assembly_id, "", "", phone, but=there.pk):
        form.add_error("phone", _("Somebody else is enrolled with this number."))
