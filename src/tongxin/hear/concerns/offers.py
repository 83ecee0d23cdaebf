"""What the desk offers beside the concern itself: filters with their words, clocks in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongxin.kernel import deadlines, options
from tongxin.kernel.actor import Actor
from tongxin.people import queries as people
from tongxin.people.models import Assembly, Committee, Sector

from .clocks import LABELS
from .forms import choices, stations
from .models import Concern
from .queries import Filters, Story

NONE = ("none", gettext_lazy("not assigned"))


class FilterForm(forms.Form):
    """All filters of the queue; each is a part of its address."""

    q = forms.CharField(label=gettext_lazy("Words"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    sector = forms.ChoiceField(label=gettext_lazy("Sector"), required=False)
    committee = forms.ChoiceField(label=gettext_lazy("Committee"), required=False)
    topic = forms.ChoiceField(label=gettext_lazy("Topic"), required=False)
    county = forms.ChoiceField(label=gettext_lazy("County"), required=False)
    station = forms.ChoiceField(label=gettext_lazy("Station"), required=False)
    source = forms.ChoiceField(label=gettext_lazy("How it came"), required=False)
    mine = forms.BooleanField(label=gettext_lazy("Only what waits for me"), required=False)
    overdue = forms.BooleanField(label=gettext_lazy("Only what is overdue"), required=False)

    use_required_attribute = False

    def __init__(self, data: Any, actor: Actor) -> None:
        super().__init__(initial=data.dict())  # nothing is validated: the queue leaves out what it does not know
        for field in self.fields.values():
            field.required = True  # so that not every one of them says it may be left empty
        today, where = timezone.localdate(), actor.assembly
        if where is None:
            return
        offered: dict[str, list] = {
            "sector": [NONE, *_named(people.sectors(where, today))],
            "committee": [NONE, *_named(people.committees(where, today))],
            "topic": choices(where.pk, "concerns.topic"),
            "county": [(row.pk, row.place) for row in where.children.all()],
            "station": _named(stations(where.pk).order_by("code")),
            "source": Concern.Source.choices,
        }
        for name, entries in offered.items():
            # The checker knows a field of any kind; all of these are fields with choices.
            self.fields[name].choices = [("", _("any")), *entries]  # type: ignore[attr-defined]
        for name in ("mine", "overdue"):
            self.fields[name].widget = forms.CheckboxInput(attrs={"value": "1"}, check_test=lambda value: value == "1")


def _named(rows: Any) -> list[tuple[int, str]]:
    return [(row.pk, str(row)) for row in rows]


@dataclass(frozen=True)
class Active:
    """A filter that is on: its words, and the key that takes it out of the address."""

    key: str
    words: str


def active(actor: Actor, filters: Filters) -> list[Active]:
    """The filters that are on, in words; a query for each that names a record of the actor's assembly."""
    found = []
    own = Q(assembly=actor.assembly_id)
    models: dict[str, tuple[Any, Q]] = {
        "sector": (Sector, own),
        "committee": (Committee, own),
        "county": (Assembly, Q(pk=actor.assembly_id) | Q(parent=actor.assembly_id)),
        "station": (Concern._meta.get_field("station").related_model, own),
    }
    for key, (model, known) in models.items():
        value = getattr(filters, key)
        if value == "none":
            found.append(Active(key, f"{_('not assigned')}: {FilterForm.base_fields[key].label}"))
        elif value:
            record = model._default_manager.filter(known, pk=int(value)).first()
            found.append(Active(key, getattr(record, "place", None) or str(record or "?")))
    if filters.topic:
        found.append(Active("topic", options.label(actor.assembly_id, "concerns.topic", filters.topic)))
    if filters.source:
        found.append(Active("source", str(Concern.Source(filters.source).label)))
    if filters.mine:
        found.append(Active("mine", _("Waits for me")))
    return found


@dataclass(frozen=True)
class Clock:
    """A running clock in words: what has to be done, by when, and how the date came about."""

    label: Any
    due_on: date
    explained: str
    late: bool


def clocks(story: Story) -> list[Clock]:
    today = timezone.localdate()
    return [
        Clock(LABELS.get(clock.kind, clock.kind), clock.due_on, deadlines.explain(clock), clock.due_on < today)
        for clock in story.clocks
    ]


def waiting(story: Story) -> str:
    """What comes next, as the timeline's last line; "" when nothing does."""
    nearest = story.clocks[0] if story.clocks else None
    if nearest is None or story.concern.state == "closed":
        return ""
    day = date_format(nearest.due_on, "MONTH_DAY_FORMAT")
    return _("Next: %(what)s, by %(day)s") % {"what": LABELS.get(nearest.kind, nearest.kind), "day": day}
