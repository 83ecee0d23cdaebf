"""What the desk offers beside the brief itself: filters with their words, clocks in words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongxin.hear.concerns.forms import choices
from tongxin.hear.concerns.offers import NONE, Active, Clock
from tongxin.kernel import deadlines, options
from tongxin.kernel.actor import Actor
from tongxin.people import queries as people
from tongxin.people.models import Sector

from .clocks import LABELS
from .models import Brief
from .queries import Filters, Story

YEARS = 6  # offered to filter by, from this one backwards


class FilterForm(forms.Form):
    """All filters of the queue; each is a part of its address."""

    q = forms.CharField(label=gettext_lazy("Words"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    category = forms.ChoiceField(label=gettext_lazy("Category"), required=False)
    sector = forms.ChoiceField(label=gettext_lazy("Sector"), required=False)
    origin = forms.ChoiceField(label=gettext_lazy("Comes from"), required=False)
    year = forms.ChoiceField(label=gettext_lazy("Year"), required=False)
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
            "category": choices(where.pk, "briefs.category"),
            "sector": [NONE, *((row.pk, str(row)) for row in people.sectors(where, today))],
            "origin": list(Brief.Origin.choices),
            "year": [(str(year), str(year)) for year in range(today.year, today.year - YEARS, -1)],
        }
        for name, entries in offered.items():
            # The checker knows a field of any kind; all of these are fields with choices.
            self.fields[name].choices = [("", _("any")), *entries]  # type: ignore[attr-defined]
        for name in ("mine", "overdue"):
            self.fields[name].widget = forms.CheckboxInput(attrs={"value": "1"}, check_test=lambda value: value == "1")


def active(actor: Actor, filters: Filters) -> list[Active]:
    """The filters that are on, in words."""
    found = []
    if filters.sector == "none":
        found.append(Active("sector", f"{_('Sector')}: {_('not assigned')}"))
    elif filters.sector:
        found.append(Active("sector", str(Sector.objects.filter(pk=int(filters.sector)).first() or "?")))
    if filters.category:
        found.append(Active("category", options.label(actor.assembly_id, "briefs.category", filters.category)))
    if filters.origin:
        found.append(Active("origin", str(Brief.Origin(filters.origin).label)))
    if filters.year:
        found.append(Active("year", filters.year))
    if filters.mine:
        found.append(Active("mine", _("Waits for me")))
    return found


def clocks(story: Story) -> list[Clock]:
    """The running clocks in words."""
    today = timezone.localdate()
    return [
        Clock(LABELS.get(clock.kind, clock.kind), clock.due_on, deadlines.explain(clock), clock.due_on < today)
        for clock in story.clocks
    ]
