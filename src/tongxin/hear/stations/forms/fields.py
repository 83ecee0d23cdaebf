"""Fields that the forms of duty share, and whom they offer."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.forms import MoveForm, RecordChoice
from tongxin.people.models import Member
from tongxin.people.workflow import MEMBER

from ..models import DutyTurn, Unavailability
from ..models.duty import Who
from ..rota.pools import LEADING

WEEKDAYS = (
    (0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday")), (4, _("Friday")),
    (5, _("Saturday")), (6, _("Sunday")),
)  # fmt: skip


class TimeField(forms.TimeField):
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    input_formats = ["%H:%M", "%H:%M:%S"]


class TurnMember(RecordChoice):
    """Whom a turn may go to; says of anybody else why not."""

    turn: DutyTurn | None = None

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except forms.ValidationError:
            raise forms.ValidationError(
                self._why_not(str(getattr(value, "pk", value))), code="invalid_choice"
            ) from None

    def _why_not(self, key: str) -> str:
        known = Member.objects.filter(assembly=self.turn.assembly_id) if self.turn and key.isdecimal() else None
        member = known.filter(pk=key[:18]).select_related("person").first() if known is not None else None
        if member is None:
            return gettext("This is no member of the assembly. Choose somebody from the list.")
        if member.state != "active":
            state = MEMBER.state(member.state).label
            return gettext("%(who)s cannot take the turn: %(state)s.") % {"who": member, "state": state}
        return gettext("This turn is for a leader, and %(who)s is none.") % {"who": member}


def offer_members(field: Any, assembly_id: Any, turn: DutyTurn | None = None) -> None:
    """The members in office, for a turn those who serve at its station or belong to its sector first."""
    rows = Member.objects.filter(assembly_id=assembly_id, state="active").select_related("person", "sector")
    order: list[Any] = ["sector__position", "person__name"]
    if turn is not None:
        field.turn = turn
        near = Q(stations__station=turn.station_id, stations__to_on=None)
        serving = Member.objects.filter(near).values("pk")
        order.insert(0, Case(When(pk__in=serving, then=Value(0)), When(sector=turn.station.sector_id, then=Value(1)),
                             default=Value(2)))  # fmt: skip
        if turn.who == Who.LEADER:
            rows = rows.filter(duty__in=LEADING)
    field.queryset = rows.order_by(*order)
    field.label_from_instance = lambda m: f"{m} · {m.sector}"


def check_free(form: MoveForm, member: Member | None, on: date | None, field: str | None = "member") -> None:
    """Refuse somebody who is on duty or away that day, and say why."""
    if member is None or on is None:
        return
    if member.state != "active":
        form.add_error(field, _("%(who)s is not in office.") % {"who": member})
        return
    busy = DutyTurn.objects.exclude(state__in=DutyTurn.GONE).filter(member=member, on=on).select_related("station")
    if turn := busy.first():
        words = _("%(who)s is on duty at %(station)s that day (%(day)s).")
        form.add_error(field, words % {"who": member, "station": turn.station, "day": f"{on:%Y-%m-%d}"})
        return
    for away in Unavailability.objects.filter(member=member, dropped_on=None, from_on__lte=on):
        if away.covers(on):
            words = _("%(who)s cannot come on %(day)s.")
            form.add_error(field, words % {"who": member, "day": f"{on:%Y-%m-%d}"})
            return
