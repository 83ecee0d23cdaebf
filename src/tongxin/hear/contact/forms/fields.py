"""What several forms of the room share: choosing a member, a day that has come."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.forms import MoveForm, RecordChoice
from tongxin.people.forms.fields import DayField
from tongxin.people.models import Member
from tongxin.people.workflow import IN_OFFICE

from .. import policy


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


class Several(forms.MultipleChoiceField):
    """Some of many; what is sent twice counts once."""

    def to_python(self, value: Any) -> list[str]:
        return list(dict.fromkeys(super().to_python(value)))


def come(day: date | None, now: datetime | None) -> date | None:
    """A day that has come. Raises `ValidationError` for one that has not."""
    if day and day > timezone.localdate(now):
        raise forms.ValidationError(_("This day has not come yet."), code="future")
    return day


class DatedForm(MoveForm):
    """A move on a day that has come; today unless another is given."""

    on = DayField(label=_("Day"), required=False, help_text=_("Empty: today"))

    def clean_on(self) -> date | None:
        return come(self.cleaned_data["on"] or timezone.localdate(self.now), self.now)

    def refuse_before(self, on: date | None, first: date | None, sentence: Any) -> None:
        """Refuse a day before another, which the sentence names as `%(day)s`."""
        if on and first and on < first:
            raise forms.ValidationError(sentence, code="early", params={"day": first.isoformat()})


class WithdrawForm(DatedForm):
    """Consent is withdrawn on a day, not before it was given."""

    def clean_on(self) -> date | None:
        on = super().clean_on()
        if self.record is not None:
            self.refuse_before(on, self.record.consent_on, _("Consent was given on %(day)s only."))
        return on


class MoveAwayForm(DatedForm):
    """Somebody moves away on a day: not before the last of the links began."""

    def clean_on(self) -> date | None:
        on = super().clean_on()
        if self.record is not None:
            newest = self.record.links.filter(to_on=None).aggregate(day=Max("from_on"))["day"]
            self.refuse_before(on, newest, _("A member keeps contact since %(day)s."))
        return on


class ComeBackForm(DatedForm):
    """Somebody comes back on a day, not before leaving."""

    def clean_on(self) -> date | None:
        on = super().clean_on()
        if self.record is not None:
            self.refuse_before(on, self.record.moved_on, _("The person moved away on %(day)s only."))
        return on


def assembly_of(form: MoveForm) -> Any:
    if form.record is not None:
        return form.record.assembly
    return form.actor.assembly if form.actor else None


def assembly_id_of(form: MoveForm) -> int | None:
    return getattr(assembly_of(form), "pk", None)
