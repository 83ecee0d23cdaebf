"""The forms in which a text is written, with the names of those who wrote it."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.hear.concerns.forms import choices, long_text
from tongxin.hear.concerns.models import Concern
from tongxin.hear.concerns.workflow import UNDECIDED
from tongxin.kernel import options
from tongxin.kernel.fields import PlainTextField
from tongxin.kernel.forms import MoveForm, RecordChoice
from tongxin.people import queries as people
from tongxin.people import roles
from tongxin.people.models import Assembly, Member, Sector

from .. import policy
from ..models import OF_SHEET, TEXTS, Brief
from .fields import Several, assembly_id_of
from .wordfile import WordFields

LONGEST_PART = 20_000  # characters of one part; what may be issued is far shorter (briefs.word_limit)


class TextForm(MoveForm):
    """The text in its three parts, its category, and who may read it. Nothing but the title is asked for to save it."""

    title = PlainTextField(label=_("Title"), max_length=60)
    situation = long_text(_("Situation and problem"), LONGEST_PART, rows=7, required=False)
    analysis = long_text(_("Analysis of the causes"), LONGEST_PART, rows=5, required=False)
    suggestion = long_text(_("Suggestion"), LONGEST_PART, rows=5, required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    secrecy = forms.ChoiceField(
        label=_("Who may read it"), required=False, help_text=_("State secrets must not be entered here at all.")
    )
    sector: Any = RecordChoice(Sector.objects.all(), label=_("Sector"), required=False)

    def prepare(self) -> None:
        assembly_id = assembly_id_of(self)
        for name, key in (("category", "briefs.category"), ("secrecy", "briefs.secrecy")):
            offered, kept = choices(assembly_id, key, empty=True), getattr(self.record, name, "")
            if kept and kept not in dict(offered):  # retired since: it is not lost by saving the text
                offered = [*offered, (kept, options.label(assembly_id, key, kept))]
            self.fields[name].choices = offered
        wanted = people.in_force(timezone.localdate(self.now)) | Q(pk=getattr(self.record, "sector_id", None) or 0)
        rows = Sector.objects.filter(wanted, assembly_id=assembly_id or 0)
        self.fields["sector"].queryset = rows
        if self.record is not None:
            for name in (*TEXTS, "category", "secrecy", "sector"):
                self.fields[name].initial = getattr(self.record, name)
            for name in ("category", "secrecy"):  # saved without them, but not given to the reviewer
                self.fields[name].at_times = self.record.state == "editing"


class CreditForm(WordFields, TextForm):
    """The author's own text, with those who wrote it together, and the Word file that it was read from."""

    authors = PlainTextField(
        label=_("Written together with"),
        max_length=200,
        required=False,
        help_text=_("Names of other members, divided by commas. Each of them keeps the credit."),
    )
    drafter = PlainTextField(
        label=_("Written down by"),
        max_length=60,
        required=False,
        help_text=_("Only when it is somebody else than those whose matter it is."),
    )
    name_public = forms.BooleanField(
        label=_("The authors agree that their names are made public"),
        required=False,
        help_text=_(
            "An assembly to which it is reported reads the names in any case, to give the credit. Handling bodies, "
            "other receivers and other readers see them only then."
        ),
    )

    def prepare(self) -> None:
        super().prepare()
        if self.record is not None:  # what was typed before is shown again, one's own name left out
            for name in OF_SHEET:
                self.fields[name].initial = getattr(self.record, name)
            own = self.actor.user_id if self.actor is not None else None
            named = self.record.authors.exclude(member=None).filter(by_way_of=None)
            names = [name for name, user in named.values_list("name", "user") if user is None or user != own]
            self.fields["authors"].initial = "、".join(names)

    def clean_authors(self) -> list[Member]:
        return members_named(self, self.cleaned_data["authors"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["named"] = "authors" in self.data  # a form without the field takes nobody's name away
        return cleaned


def members_named(form: MoveForm, words: str) -> list[Member]:
    """The members that names divided by commas stand for. Raises `ValidationError` for one that stands for none."""
    names = [name for name in re.split(r"[,，、;；\s]+", words) if name]
    return [_member(form, name) for name in dict.fromkeys(names)]


def _member(form: MoveForm, name: str) -> Member:
    if form.record is not None:  # who stands there already may have left office since
        here = form.record.authors.filter(name=name).exclude(member=None).select_related("member__person").first()
        if here is not None and here.member is not None:
            return here.member
    rows = Member.objects.filter(
        assembly_id=assembly_id_of(form) or 0, person__name=name, state__in=("active", "leave")
    ).select_related("person")[:2]
    if len(rows) == 1:
        return rows[0]
    if rows:
        raise forms.ValidationError(
            _("There are several members called %(name)s. Ask the office to add the right one.") % {"name": name}
        )
    raise forms.ValidationError(_("No member in office is called %(name)s.") % {"name": name})


class DraftForm(CreditForm):
    """A new text: from one or several concerns, or from nothing."""

    assembly: Any = RecordChoice(Assembly.objects.all(), widget=forms.HiddenInput)
    concerns: Any = Several(Concern.objects.all(), label=_("Concerns behind it"), required=False)
    token = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    for_sector = forms.BooleanField(
        label=_("Written for the sector"), required=False, help_text=_("It then comes from the sector you convene.")
    )

    field_order = ["assembly", "token", "concerns", "title"]

    def prepare(self) -> None:
        super().prepare()
        if not (self.actor and self.actor.scopes(roles.CONVENER)):
            del self.fields["for_sector"]
        rows = Concern.objects.none()
        if self.actor is not None:
            rows = policy.convert.filter(self.actor, Concern.objects.filter(state__in=UNDECIDED))
        self.fields["concerns"].queryset = rows.order_by("-id")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.pop("for_sector", False) or self.actor is None:
            return cleaned
        convened = Sector.objects.filter(pk__in=self.actor.scopes(roles.CONVENER))
        rows = convened.filter(pk=cleaned["sector"].pk) if cleaned.get("sector") else convened
        if len(rows) != 1:
            self.add_error("sector", _("Choose the sector that you convene."))
            return cleaned
        return cleaned | {"sector": rows[0], "origin": Brief.Origin.SECTOR, "unit": rows[0].name}
