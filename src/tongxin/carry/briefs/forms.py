"""The forms of the brief's moves up to the issue; those of what comes after stand in `forms_after.py`."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.hear.concerns.forms import choices, long_text
from tongxin.hear.concerns.models import Concern
from tongxin.hear.concerns.workflow import UNDECIDED
from tongxin.insight import telephones
from tongxin.kernel import options, search
from tongxin.kernel.fields import PlainTextField
from tongxin.kernel.forms import MoveForm, RecordChoice
from tongxin.kernel.text import whole_number
from tongxin.people import queries as people
from tongxin.people import roles
from tongxin.people.models import Assembly, Member, Sector

from . import checklist, policy
from .models import OF_SHEET, TEXTS, Brief

LONGEST_PART = 20_000  # characters of one part; what may be issued is far shorter (briefs.word_limit)
MERGEABLE = ("submitted", "editing")
OFFERED, LIKE_IT, LEAST_LIKE = 40, 8, 0.2  # to be merged with: how many; of these the most alike, from what likeness on
BEING_WRITTEN = ("draft", "returned", "editing")


class Several(forms.ModelMultipleChoiceField):
    """Several records; takes the records themselves as well as their ids."""

    def clean(self, value: Any) -> Any:
        return super().clean([getattr(each, "pk", each) for each in value] if isinstance(value, list) else value)


def assembly_id_of(form: MoveForm) -> int | None:
    """The assembly whose lists and limits hold for the form."""
    if form.record is not None:
        return form.record.assembly_id
    given = form.data.get("assembly") if form.is_bound else form.initial.get("assembly")
    given = getattr(given, "pk", given)
    return int(str(given)) if str(given or "").isdecimal() else (form.actor.assembly_id if form.actor else None)


def first_error(form: Any) -> str:
    """The first thing that is wrong, with the name of its field."""
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return f"{label}: {errors[0]}" if label else str(errors[0])


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
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        wanted = people.in_force(timezone.localdate(self.now)) | Q(pk=getattr(self.record, "sector_id", None) or 0)
        rows = Sector.objects.filter(wanted, assembly_id=assembly_id or 0)
        self.fields["sector"].queryset = rows  # type: ignore[attr-defined]
        if self.record is not None:
            for name in (*TEXTS, "category", "secrecy", "sector"):
                self.fields[name].initial = getattr(self.record, name)


class CreditForm(TextForm):
    """The author's own text, with those who wrote it together."""

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
        help_text=_("Handling bodies and other readers see the names only then."),
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
        self.fields["concerns"].queryset = rows.order_by("-id")  # type: ignore[attr-defined]

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


class GatherForm(TextForm):
    """The text that several briefs are made into."""

    assembly: Any = RecordChoice(Assembly.objects.all(), widget=forms.HiddenInput)
    from_people = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def prepare(self) -> None:
        super().prepare()
        for part in TEXTS[1:]:  # several texts one after the other may be longer than a single one
            self.fields[part] = long_text(self.fields[part].label, 10 * LONGEST_PART, required=False)


class BriefById(forms.Field):
    """One brief by its id. It offers none, so that no page can show the briefs of other assemblies."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> Brief | None:
        pk = whole_number(str(getattr(value, "pk", value) or ""))
        found = Brief.objects.filter(pk=pk).select_related("assembly").first() if pk else None
        if value and found is None:
            raise forms.ValidationError(_("There is no such brief."))
        return found


class ArriveForm(GatherForm):
    """What a lower assembly reports. Many may have written what was merged, so that the names are long."""

    came_from: Any = BriefById(required=False)
    unit = PlainTextField(max_length=80, required=False)
    names = PlainTextField(max_length=20_000, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        source, here = cleaned.get("came_from"), cleaned.get("assembly")
        if source is not None and here is not None and source.assembly.parent_id != here.pk:
            self.add_error("came_from", _("It is reported to the assembly above only."))
        return cleaned


class AttachForm(MoveForm):
    concern: Any = RecordChoice(Concern.objects.all(), label=_("Concern"))

    def prepare(self) -> None:
        if self.record is not None:
            rows = Concern.objects.filter(assembly_id=self.record.assembly_id)
            self.fields["concern"].queryset = rows  # type: ignore[attr-defined]


class CarryForm(MoveForm):
    """On a concern: into a new brief, or into one the actor is writing."""

    brief: Any = RecordChoice(
        Brief.objects.all(), label=_("Which brief"), required=False, empty_label=_("a new one"),
        help_text=_("The person is told by you when something came of it; until then the concern waits."),
    )  # fmt: skip

    sector: Any = RecordChoice(Sector.objects.all(), label=_("Sector"), required=False)

    def prepare(self) -> None:
        self.fields["brief"].queryset = being_written(self.actor, assembly_id_of(self))  # type: ignore[attr-defined]
        if self.record is None or self.record.sector_id:
            del self.fields["sector"]
        else:
            rows = people.sectors(self.record.assembly, timezone.localdate(self.now))
            self.fields["sector"].queryset = rows  # type: ignore[attr-defined]


def being_written(actor: Any, assembly_id: int | None) -> QuerySet[Brief]:
    """Texts of the actor's own that are being written, or that are on the actor's desk as editor."""
    rows = Brief.objects.filter(assembly_id=assembly_id or 0)
    if actor is None or actor.is_system:
        return rows.filter(state__in=BEING_WRITTEN)
    mine = rows.filter(created_by=actor.user_id, state__in=("draft", "returned"))
    return (mine | rows.filter(editor=actor.user_id, state="editing")).order_by("-id")


class CompleteForm(MoveForm):
    """Goes on only when the text has all it needs; each missing point is named."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.record is not None:
            points = checklist.missing(self.record.texts, self.record.assembly_id)
            if points:
                raise forms.ValidationError([_wrong(each) for each in points])
        return cleaned


class NumbersForm(MoveForm):
    """Goes on with telephone or identity card numbers in the text only when somebody has looked at them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = telephones.personal_numbers("\n".join(self.record.texts.values())) if self.record is not None else []
        if found:
            told = {"numbers": "、".join(found)}
            self.fields["numbers_ok"] = forms.BooleanField(
                label=_("I have looked at them, they may stand in the text: %(numbers)s") % told,
                error_messages={
                    "required": _("There are numbers in the text: %(numbers)s. Take them out or confirm them.") % told
                },
            )

    def full_clean(self) -> None:
        super().full_clean()
        if hasattr(self, "cleaned_data"):
            self.cleaned_data.pop("numbers_ok", None)  # the move itself says who confirmed it


def _wrong(point: checklist.Point) -> str:
    """A point of the list as a refusal: what is missing, or how much there is too much."""
    if point.key == "length":
        return point.hint
    return _("Still missing: %(what)s") % {"what": f"{point.label} {point.hint}".strip()}


class NoteForm(MoveForm):
    note = long_text(_("Note"), 500, required=False)


class SendReviewForm(NumbersForm, NoteForm, CompleteForm):
    """The editor hands the text to the reviewer."""


class WithdrawForm(MoveForm):
    """One author does not take back what others' texts were merged into."""

    reason = long_text(_("Reason"), 500, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.record is not None and self.record.sources.exists():
            raise forms.ValidationError(
                _("Texts of others were merged into it: it cannot be taken back any more. Speak with the editor.")
            )
        return cleaned


class ReasonForm(MoveForm):
    reason = long_text(_("Reason"), 500)


class SendBackForm(MoveForm):
    """A reason of the list, which is counted, and what exactly has to change."""

    reason = forms.ChoiceField(label=_("Reason"))
    text = long_text(_("What exactly"), 1000, help_text=_("Whoever gets it back reads this."))

    def prepare(self) -> None:
        offered = choices(assembly_id_of(self), "briefs.return_reason")
        self.fields["reason"].choices = [("", _("Please choose")), *offered]  # type: ignore[attr-defined]


class ReturnForm(SendBackForm):
    """Back to the author; who reported it from a lower assembly has no way to mend it here."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.record is not None and self.record.origin == Brief.Origin.LOWER:
            raise forms.ValidationError(
                _("%(unit)s reported it as it was issued there. Take it on and edit it, or do not take it on.")
                % {"unit": self.record.unit}
            )
        return cleaned


class MergeForm(MoveForm):
    """Several become one: a new one, or one that is being edited."""

    others: Any = Several(
        Brief.objects.all(), label=_("Together with"), required=False, widget=forms.CheckboxSelectMultiple
    )
    title = PlainTextField(
        label=_("Title of the new one"), max_length=60, required=False, help_text=_("Empty: the title of this one")
    )
    into: Any = RecordChoice(
        Brief.objects.all(), label=_("Or into one that is being edited"), required=False, empty_label=_("a new one")
    )

    def prepare(self) -> None:
        if self.record is None:
            return
        near = Brief.objects.filter(assembly_id=self.record.assembly_id).exclude(pk=self.record.pk)
        here: Any = self.fields["others"]
        mine = policy.settle.filter(self.actor, near) if self.actor is not None else near
        here.queryset = mine.filter(state__in=MERGEABLE).order_by("-id")
        here.widget.choices = self._alike_first(here.queryset)
        target: Any = self.fields["into"]
        target.queryset = Brief.objects.filter(assembly_id=self.record.assembly_id)  # refused with the reason
        offered = near.filter(state="editing").order_by("-id")[:40]
        target.widget.choices = [("", target.empty_label), *((each.pk, str(each)) for each in offered)]

    def _alike_first(self, rows: QuerySet[Brief]) -> list[tuple[Any, str]]:
        """What is most like this one with its likeness, then the newest. A form that was sent looks for nothing."""
        found = search.similar(self.record, rows, LIKE_IT) if not self.is_bound else []
        like = [
            (each.pk, _("%(brief)s (%(n)d%% alike)") % {"brief": each, "n": round(100 * likeness)})
            for each, likeness in found
            if likeness >= LEAST_LIKE
        ]
        first = {pk for pk, _label in like}
        newest = [each for each in rows[: OFFERED + len(first)] if each.pk not in first]
        return [*like, *((each.pk, str(each)) for each in newest[: OFFERED - len(first)])]

    def clean_into(self) -> Brief | None:
        into = self.cleaned_data["into"]
        if into is None:
            return None
        if into == self.record:
            raise forms.ValidationError(_("A brief cannot be merged into itself."))
        if into.state == "withdrawn":
            raise forms.ValidationError(
                _("%(number)s was withdrawn: nothing can be merged into it.") % {"number": into.number}
            )
        if into.state != "editing":
            raise forms.ValidationError(
                _("%(number)s is not being edited any more: nothing can be merged into it.") % {"number": into.number}
            )
        return into

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        into, others = cleaned.get("into"), list(cleaned.get("others") or ())
        if into is not None and into in others:
            self.add_error("others", _("%(number)s cannot be merged into itself.") % {"number": into.number})
        if into is None and not others and not self.errors:
            raise forms.ValidationError(_("Say which others it is merged with, or into which one."))
        return cleaned


class JoinForm(MoveForm):
    """On the brief that another was merged into; filled in by the merge."""

    source: Any = RecordChoice(Brief.objects.none())

    def prepare(self) -> None:
        if self.record is not None:
            rows = Brief.objects.filter(assembly_id=self.record.assembly_id).exclude(pk=self.record.pk)
            self.fields["source"].queryset = rows  # type: ignore[attr-defined]


class ApproveForm(NoteForm):
    """Whoever worked on the text as an editor, even before somebody took it over, does not review it."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        refuse_who_edited(self)
        return cleaned


class SignForm(NumbersForm):
    main_to = PlainTextField(label=_("Sent to"), max_length=200)
    copy_to = PlainTextField(label=_("Copies to"), max_length=200, required=False)

    def prepare(self) -> None:
        if self.record is not None:
            self.fields["main_to"].initial = self.record.main_to or usual_receivers(self.record.assembly)
            self.fields["copy_to"].initial = self.record.copy_to

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        refuse_who_edited(self)
        return cleaned


_PLACE = re.compile(r"(自治区|自治州|自治县|省|市|县|区|旗|州)(?:政协|委员会)")
_PLACES = {"province": "省", "city": "市", "county": "县"}


def usual_receivers(assembly: Assembly) -> str:
    """The Party committee and the government of the place: as the assembly set it, else by its name and level. In
    Chinese, as it is printed, whatever language the signer reads."""
    if own := options.parameter(assembly.pk, "briefs.main_to"):
        return str(own)
    named = _PLACE.search(assembly.name)
    place = named[1] if named else _PLACES[assembly.level]
    return "自治区党委、自治区政府" if place == "自治区" else f"{place[-1]}委、{place[-1]}政府"


def refuse_who_edited(form: MoveForm) -> None:
    """Adds the refusal when the actor once edited this text."""
    if form.record is None or form.actor is None or not form.actor.is_user:
        return
    if form.record.versions.filter(edited=True, created_by=form.actor.user_id).exists():
        form.add_error(None, _("You worked on this text as an editor. Another person has to do this."))
