"""Responsibility areas and yearly plans: reference records without a process, changed through the door."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.kernel import door, options
from tongxin.kernel.actor import Actor
from tongxin.kernel.fields import PlainTextField
from tongxin.kernel.forms import MoveForm, RecordChoice
from tongxin.people import queries as people
from tongxin.people import roles
from tongxin.people.forms.fields import DayField
from tongxin.people.models import Assembly, Member, Sector

from . import lists, policy
from .forms.fields import MemberChoice, Several, come, offer_members
from .models import AreaMember, ContactPlan, ResponsibilityArea


class AreaForm(MoveForm):
    """What is written of an area; `record` is the area that is corrected."""

    name = PlainTextField(label=_("name of the area"), max_length=60)
    kind = forms.ChoiceField(label=_("kind"), required=False)
    sector: Any = RecordChoice(Sector.objects.none(), label=_("sector"))
    county: Any = RecordChoice(Assembly.objects.none(), label=_("county"), required=False)
    leader: Any = MemberChoice(label=_("head"), required=False)
    closed_on = DayField(label=_("ended"), required=False, help_text=_("Empty: the area is in use"))
    end_holders = forms.BooleanField(label=_("Whoever answers for it leaves it on that day"), required=False)

    def prepare(self) -> None:
        assert self.actor is not None  # noqa: S101 - areas are kept by people
        asked: dict[str, Any] = self.fields
        assembly = self.actor.assembly
        sectors = people.sectors(assembly, timezone.localdate(self.now))  # type: ignore[arg-type]
        convened = self.actor.scopes(roles.CONVENER)
        asked["sector"].queryset = sectors.filter(pk__in=convened) if not self.actor.has(roles.OFFICE) else sectors
        if len(convened) == 1 and not self.actor.has(roles.OFFICE):
            asked["sector"].initial = convened[0]
        asked["county"].queryset = assembly.children.all() if assembly else Assembly.objects.none()
        asked["county"].label_from_instance = lambda county: county.place
        asked["kind"].choices = [("", "—"), *lists.choices(self.actor.assembly_id, lists.AREA_KINDS_LIST)]
        offer_members(asked["leader"], self.actor, self.actor.assembly_id)
        if self.record is None:
            del asked["closed_on"], asked["end_holders"]
            return
        for name, field in self.fields.items():
            field.initial = getattr(self.record, name, None)

    def clean_closed_on(self) -> date | None:
        return come(self.cleaned_data["closed_on"], self.now)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        name, sector = cleaned.get("name"), cleaned.get("sector")
        others = ResponsibilityArea.objects.filter(
            assembly=self.actor.assembly if self.actor else None, sector=sector, name=name
        )
        if name and sector and others.exclude(pk=self.record.pk if self.record else 0).exists():
            self.add_error("name", _("This sector has an area of this name already."))
        if cleaned.get("closed_on"):
            cleaned["holders"] = holders = list(
                self.record.members.filter(to_on=None).select_related("member__person").order_by("from_on", "id")
            )
            self._check_holders(holders, cleaned["closed_on"], bool(cleaned.get("end_holders")))
        return cleaned

    def _check_holders(self, holders: list[AreaMember], on: date, ending: bool) -> None:
        """An area that has ended has nobody who answers for it."""
        assert self.actor is not None  # noqa: S101 - areas are kept by people
        named = "、".join(str(held.member) for held in holders)
        if not holders:
            return
        if not ending:
            sentence = _("%(names)s still answer for it. Tick below that they leave it on that day.")
            self.add_error("closed_on", sentence % {"names": named})
        elif not all(policy.answer_for.allows(self.actor, held) for held in holders):
            self.add_error(
                "closed_on", _("%(names)s: some are of other sectors, so the office ends it.") % {"names": named}
            )
        elif later := [held for held in holders if held.from_on > on]:
            sentence = _("%(name)s answers for it only since %(day)s.")
            self.add_error("closed_on", sentence % {"name": later[0].member, "day": later[0].from_on.isoformat()})


class AssignForm(MoveForm):
    """A member begins to answer for an area; whoever answers for another one has to leave that first."""

    member: Any = MemberChoice(label=_("member"))
    on = DayField(label=_("from"), required=False, help_text=_("Empty: today"))
    move = forms.BooleanField(label=_("The member leaves the other area on this day"), required=False)

    def prepare(self) -> None:
        if self.record is not None:
            offer_members(self.fields["member"], self.actor, self.record.assembly_id)

    def clean_on(self) -> date | None:
        return come(self.cleaned_data["on"] or timezone.localdate(self.now), self.now)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        member, on = cleaned.get("member"), cleaned.get("on")
        held = AreaMember.objects.filter(member=member, to_on=None).select_related("area").first() if member else None
        cleaned["held"] = held
        if self.record is not None and self.record.closed_on:
            raise forms.ValidationError(_("This area has ended: nobody begins to answer for it."), code="closed")
        if member is None or on is None:
            return cleaned
        if before := member.areas.filter(to_on__gt=on).select_related("area").order_by("-to_on").first():
            sentence = _("%(name)s answered for “%(area)s” until %(day)s: begin no earlier.")
            told = {"name": member, "area": before.area, "day": before.to_on.isoformat()}
            self.add_error("on", sentence % told)
        if held is None:
            return cleaned
        if held.area_id == self.record.pk:
            self.add_error("member", _("%(name)s answers for this area already.") % {"name": member})
        elif not cleaned.get("move"):
            sentence = _(
                "%(name)s answers for “%(area)s” since %(day)s. A member has one area: tick below to change it."
            )
            self.add_error("member", sentence % {"name": member, "area": held.area, "day": held.from_on.isoformat()})
        elif on < held.from_on:
            self.add_error(
                "on", _("This day lies before the other area began (%(day)s).") % {"day": held.from_on.isoformat()}
            )
        return cleaned


class EndForm(MoveForm):
    """A member no longer answers for the area."""

    on = DayField(label=_("until"), required=False, help_text=_("Empty: today"))

    def clean_on(self) -> date | None:
        on = come(self.cleaned_data["on"] or timezone.localdate(self.now), self.now)
        if on and self.record is not None and on < self.record.from_on:
            sentence = _("The day lies before the beginning (%(day)s).")
            params = {"day": self.record.from_on.isoformat()}
            raise forms.ValidationError(sentence, code="early", params=params)
        return on


class PlanForm(MoveForm):
    """How often and how a member means to keep contact in a year."""

    target = forms.IntegerField(label=_("contacts planned"), min_value=1, max_value=500)
    channels = Several(label=_("channels"), required=False, widget=forms.CheckboxSelectMultiple)
    tasks = Several(label=_("tasks"), required=False, widget=forms.CheckboxSelectMultiple)
    note = PlainTextField(label=_("note"), max_length=300, required=False)

    def prepare(self) -> None:
        assembly_id = self.record.assembly_id if self.record is not None else None
        self.fields["channels"].choices = lists.choices(assembly_id, lists.CHANNELS_LIST)
        self.fields["tasks"].choices = lists.choices(assembly_id, lists.TASKS_LIST)
        if self.record is None:
            return
        for name, field in self.fields.items():
            field.initial = getattr(self.record, name)
        if self.record.pk is None:
            self.fields["target"].initial = options.parameter(assembly_id, lists.PLAN_TARGET)
            self.fields["channels"].initial = [code for code, _label in self.fields["channels"].choices]
            self.fields["tasks"].initial = [code for code, _label in self.fields["tasks"].choices]


def enter(by: Actor, cleaned: dict[str, Any], now: datetime | None = None) -> ResponsibilityArea:
    """A new area. Raises `NotAllowed`."""
    return door.establish(ResponsibilityArea(assembly=by.assembly, **cleaned), by, policy.manage_area, now=now)


def change(
    area: ResponsibilityArea,
    by: Actor,
    cleaned: dict[str, Any],
    version: int | None = None,
    now: datetime | None = None,
) -> ResponsibilityArea:
    """What is written of an area put right; when it ends, so does whoever answers for it. Raises `Stale`."""
    fields = {name: value for name, value in cleaned.items() if name not in ("holders", "end_holders")}
    with transaction.atomic():
        for held in cleaned.get("holders", ()):
            end(held, by, cleaned["closed_on"], now=now)
        return door.revise(area, by, fields, policy.manage_area, now=now, version=version)


def assign(area: ResponsibilityArea, by: Actor, cleaned: dict[str, Any], now: datetime | None = None) -> AreaMember:
    """The member answers for the area from a day on; the other area, if any, ends on the same day."""
    with transaction.atomic():
        if cleaned.get("held"):
            door.revise(cleaned["held"], by, {"to_on": cleaned["on"]}, policy.answer_for, now=now)
        begun = AreaMember(assembly=area.assembly, area=area, member=cleaned["member"], from_on=cleaned["on"])
        return door.establish(begun, by, policy.answer_for, now=now)


def end(held: AreaMember, by: Actor, on: date, now: datetime | None = None) -> AreaMember:
    return door.revise(held, by, {"to_on": on}, policy.answer_for, now=now)


def plan_of(member: Member, year: int) -> ContactPlan:
    """The member's plan for the year; an unsaved one when there is none yet."""
    found = ContactPlan.objects.filter(member=member, year=year).first()
    return found or ContactPlan(assembly_id=member.assembly_id, member=member, year=year)


def keep_plan(
    plan: ContactPlan, by: Actor, cleaned: dict[str, Any], version: int | None = None, now: datetime | None = None
) -> ContactPlan:
    """Save a new or changed plan. Raises `NotAllowed` and `Stale`."""
    if plan.pk is None:
        for name, value in cleaned.items():
            setattr(plan, name, value)
        try:
            with transaction.atomic():
                return door.establish(plan, by, policy.plan, now=now)
        except IntegrityError:  # sent twice at once: the other made it
            plan = ContactPlan.objects.get(member=plan.member, year=plan.year)
    return door.revise(plan, by, cleaned, policy.plan, now=now, version=version)
