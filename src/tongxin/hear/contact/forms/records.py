"""Contact records: written in a minute, put right, voided, taken over from elsewhere."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.hear.concerns.models import Concern
from tongxin.kernel import options
from tongxin.kernel.fields import FilesField, PlainTextAreaField, PlainTextField
from tongxin.kernel.forms import MoveForm, RecordChoice
from tongxin.kernel.personal import mask_name
from tongxin.kernel.rules import NOTHING
from tongxin.kernel.text import whole_number
from tongxin.people import queries as people
from tongxin.people.forms.fields import DayField
from tongxin.people.models import LeaderSector, Member, Sector

from .. import lists, policy
from ..models import Constituent, ConstituentLink, ContactRecord
from .fields import MemberChoice, Several, assembly_id_of, come, offer_members

SENTENCE = 200  # characters of a contact's one sentence
MET_NOBODY = _("Tap whom you met, or say how many others were there.")


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
    people = Several(label=_("Whom"), widget=forms.CheckboxSelectMultiple, error_messages={"required": MET_NOBODY})
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
    tasks = Several(
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

    same_for = ()
    known: dict | None = None
    roster: dict[int, Constituent] = {}

    def __init__(self, *args: Any, known: dict | None = None, **kwargs: Any) -> None:
        self.shared = known
        super().__init__(*args, known=known, **kwargs)

    def prepare(self) -> None:
        asked: dict[str, Any] = self.fields
        for name, offered in self._offers().items():
            if name == "member":
                asked[name].assembly_id, asked[name].queryset = assembly_id_of(self), offered
            else:
                asked[name].choices = offered
        if self.shared is None or self.data.get("sector"):
            asked["sector"].queryset = led_sectors(self._member_id(), timezone.localdate(self.now))
        self._offer_people()

    def rebind(self, data: Any, now: datetime | None) -> bool:
        """Among many rows only whose people may be met is looked up again; a leader's sectors need a form anew."""
        if self.shared is None or data.get("sector") or not super().rebind(data, now):
            return False
        self._offer_people()
        return True

    def _offer_people(self) -> None:
        asked: dict[str, Any] = self.fields
        self.roster = self._roster()
        own = policy.seats(self.actor) if self.actor else []
        whole = self._member_id() in own or (self.actor is not None and self.actor.is_system)
        asked["people"].choices = [
            (str(pk), str(each) if whole else mask_name(each.name) or str(each)) for pk, each in self.roster.items()
        ]
        asked["concern_by"].choices = [("", _("the first of them")), *asked["people"].choices]
        asked["people"].required = not self.data.get("others")  # whoever met only others says how many
        asked["member"].required = len(own) != 1 or bool(self.data.get("member"))

    def _offers(self) -> dict[str, Any]:
        """What may be chosen; looked up once when many records are written at once."""
        known = self.shared if self.shared is not None else {}
        if "offers" in known:
            return known["offers"]
        assembly_id = assembly_id_of(self)
        found: dict[str, Any] = {
            "channel": lists.choices(assembly_id, lists.CHANNELS_LIST),
            "tasks": lists.choices(assembly_id, lists.TASKS_LIST),
            "concern_topic": [("", "—"), *lists.choices(assembly_id, "concerns.topic")],
        }
        if self.actor is not None:
            offer_members(self.fields["member"], self.actor, assembly_id)
            found["member"] = self.fields["member"].queryset
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

    def clean_on(self) -> date | None:
        return come(self.cleaned_data["on"] or timezone.localdate(self.now), self.now)

    def clean_others(self) -> int:
        return self.cleaned_data["others"] or 0

    def clean_concern_by(self) -> Constituent | None:
        chosen = self.cleaned_data["concern_by"]
        return self.roster.get(int(chosen)) if chosen else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("people") and not cleaned.get("others") and "people" not in self.errors:
            self.add_error("people", MET_NOBODY)
        if not cleaned.get("tasks") and cleaned.get("channel"):
            cleaned["tasks"] = usual_tasks(assembly_id_of(self), cleaned["channel"])
        return cleaned


def usual_tasks(assembly_id: int | None, channel: str) -> list[str]:
    """The tasks that a channel usually serves, as far as the assembly has them; told by the channel's meaning."""
    meaning = next((c.meaning for c in options.every_choice(assembly_id, lists.CHANNELS_LIST) if c.code == channel), "")
    tasks = options.choices(assembly_id, lists.TASKS_LIST)
    return [task.code for task in tasks if task.meaning in lists.USUAL_TASKS.get(meaning, ())]


class AmendForm(MoveForm):
    """Words, tasks and people of a record put right: one that came from a duty turn names nobody until this.

    Only the member's own people are offered; whom else the record met stays. `people_asked` tells a form in which
    nobody is ticked from one that never asked.
    """

    people = Several(label=_("Whom"), required=False, widget=forms.CheckboxSelectMultiple)
    people_asked = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)
    summary = RecordForm.base_fields["summary"]
    place = RecordForm.base_fields["place"]
    policy_told = RecordForm.base_fields["policy_told"]
    companions = RecordForm.base_fields["companions"]
    others = RecordForm.base_fields["others"]
    tasks = Several(label=_("Tasks served"), required=False, widget=forms.CheckboxSelectMultiple)

    roster: dict[int, Constituent] = {}

    def prepare(self) -> None:
        if self.record is None:
            return
        task: Any = self.fields["tasks"]
        known = options.every_choice(self.record.assembly_id, lists.TASKS_LIST)
        task.initial = list(self.record.tasks.values_list("task", flat=True))
        task.choices = [(c.code, c.label) for c in known if c.active or c.code in task.initial]
        for name in ("summary", "place", "policy_told", "companions", "others"):
            self.fields[name].initial = getattr(self.record, name)
        self._offer_people()

    def _offer_people(self) -> None:
        """The member's people, of today and of the record's day; whole names only for the member."""
        people: Any = self.fields["people"]
        allowed = policy.met_links.rows(self.actor) if self.actor else NOTHING
        self.roster = known_people(self.record.member_id, self.record.on, allowed)
        whole = self.actor is not None and (self.record.member_id in policy.seats(self.actor) or self.actor.is_system)
        people.choices = [
            (str(pk), str(each) if whole else mask_name(each.name) or str(each)) for pk, each in self.roster.items()
        ]
        met = self.record.people.values_list("constituent_id", flat=True)
        people.initial = [str(pk) for pk in met if pk in self.roster]
        if not self.roster:
            del self.fields["people"], self.fields["people_asked"]

    def clean_others(self) -> int:
        return self.cleaned_data["others"] or 0

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        ticked = [self.roster[int(pk)] for pk in cleaned.pop("people", [])]
        if not cleaned.pop("people_asked", False) or self.record is None:
            return cleaned
        cleaned["people"], cleaned["offered"] = ticked, list(self.roster)
        nobody = (
            not ticked
            and not cleaned.get("others")
            and not self.record.people.exclude(constituent__in=self.roster).exists()
        )
        if nobody and self.record.source == ContactRecord.Source.OWN:
            self.add_error("people", MET_NOBODY)
        return cleaned


class VoidForm(MoveForm):
    reason = PlainTextField(
        label=_("Reason"), max_length=150, help_text=_("The record stays to be seen, but counts nowhere any more.")
    )


class BlotForm(MoveForm):
    """Whom to blot out of a record's texts; never journaled."""

    name = forms.CharField(required=False)
    phone = forms.CharField(required=False)
    pictures = forms.BooleanField(required=False)


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
    tasks = Several(required=False)
    concerns: Any = forms.ModelMultipleChoiceField(Concern.objects.all(), required=False)

    def prepare(self) -> None:
        assembly_id = assembly_id_of(self)
        every = options.every_choice(assembly_id, lists.CHANNELS_LIST)
        self.fields["channel"].choices = [(c.code, c.label) for c in every]
        self.fields["tasks"].choices = lists.choices(assembly_id, lists.TASKS_LIST)

    def clean_place(self) -> str:
        return self.cleaned_data["place"][:80]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("tasks") and cleaned.get("channel"):
            cleaned["tasks"] = usual_tasks(assembly_id_of(self), cleaned["channel"])
        cleaned["others"] = cleaned.get("others") or 0
        cleaned["concerns"] = list(cleaned.get("concerns") or [])
        return cleaned


def _day(given: Any) -> date | None:
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(str(given or ""))
    except ValueError:
        return None
