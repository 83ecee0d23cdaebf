"""Who keeps contact with whom: begun, ended, handed over."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.fields import PlainTextField
from tongxin.kernel.forms import RecordChoice
from tongxin.people.models import Member

from .. import joining, policy
from ..models import ConstituentLink
from .fields import DatedForm, MemberChoice, assembly_id_of, offer_members


class LinkForm(DatedForm):
    """A member who is to keep contact."""

    member: Any = MemberChoice(label=_("member"))
    field_order = ["member", "on"]

    def prepare(self) -> None:
        if self.actor is not None:
            offer_members(self.fields["member"], self.actor, assembly_id_of(self))

    def clean_member(self) -> Member:
        member = self.cleaned_data["member"]
        if self.record is not None and self.record.links.filter(member=member, to_on=None).exists():
            raise forms.ValidationError(
                _("%(name)s keeps contact with this person already."), code="linked", params={"name": member}
            )
        return member

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        member, on = cleaned.get("member"), cleaned.get("on")
        if self.record is None or member is None or on is None:
            return cleaned
        until = self.record.links.filter(member=member, to_on__gt=on).aggregate(day=Max("to_on"))["day"]
        try:
            self.refuse_before(on, self.record.consent_on, _("Consent was given on %(day)s only."))
            self.refuse_before(on, until, _("This member kept contact until %(day)s: begin no earlier."))
        except forms.ValidationError as error:
            self.add_error("on", error)
        return cleaned


class JoinForm(LinkForm):
    """Somebody found as a twin begins to be in contact with a member; `key` proves that it was so."""

    key = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_key(self) -> str:
        given = self.cleaned_data["key"]
        if self.actor is None or self.record is None or not joining.holds(self.actor, self.record, given):
            raise forms.ValidationError(_("This offer is over. Enter the person once more."), code="over")
        return given


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

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if link := cleaned.get("link"):
            try:
                self.refuse_before(cleaned.get("on"), link.from_on, _("This link began on %(day)s only."))
            except forms.ValidationError as error:
                self.add_error("on", error)
        return cleaned


class UnlinkForm(LinksForm):
    """The end of a link."""


class HandOverForm(LinksForm):
    """A link goes to another member of the same assembly."""

    to: Any = MemberChoice(label=_("goes to"))

    def prepare(self) -> None:
        super().prepare()
        if self.actor is not None:
            offer_members(self.fields["to"], self.actor, assembly_id_of(self))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("link") and cleaned.get("to") == cleaned["link"].member:
            self.add_error("to", _("The person is with this member already."))
        return cleaned


class TransferForm(DatedForm):
    """All people of one member, the leaver, go to another."""

    to: Any = MemberChoice(label=_("goes to"))
    reason = PlainTextField(label=_("Reason"), max_length=150, required=False)
    field_order = ["to", "on", "reason"]

    def __init__(self, *args: Any, leaver: Member, **kwargs: Any) -> None:
        self.leaver = leaver
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        field: Any = self.fields["to"]
        offer_members(field, self.actor, self.leaver.assembly_id)
        field.queryset = field.queryset.exclude(pk=self.leaver.pk)

    def clean_on(self) -> date | None:
        on = super().clean_on()
        newest = self.leaver.links.filter(to_on=None).aggregate(day=Max("from_on"))["day"]
        self.refuse_before(on, newest, _("Of these links one began on %(day)s only."))
        return on
