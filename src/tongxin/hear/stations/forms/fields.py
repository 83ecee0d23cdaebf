"""Fields that the forms of duty share, and whom they offer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django import forms
from django.db import connection
from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.forms import MoveForm, RecordChoice
from tongxin.people import receiving
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

    assembly_id: int | None = None
    by_appointment = False

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except forms.ValidationError:
            raise forms.ValidationError(
                self._why_not(str(getattr(value, "pk", value))), code="invalid_choice"
            ) from None

    def _why_not(self, key: str) -> str:
        known = Member.objects.filter(assembly=self.assembly_id) if self.assembly_id and key.isdecimal() else None
        member = known.filter(pk=key[:18]).select_related("person").first() if known is not None else None
        if member is None:
            return gettext("This is no member of the assembly. Choose somebody from the list.")
        if member.state != "active":
            state = MEMBER.state(member.state).label
            return gettext("%(who)s cannot take the turn: %(state)s.") % {"who": member, "state": state}
        if self.by_appointment and not receiving.is_willing(member):
            words = gettext("%(who)s does not wish appointments at present. Choose somebody else, or ask the member.")
            return words % {"who": member}
        return gettext("This turn is for a leader, and %(who)s is none.") % {"who": member}


def offer_members(field: Any, assembly_id: Any, turn: DutyTurn | None = None, *, by_appointment: bool = False) -> None:
    """The members in office, for a turn those who serve at its station or belong to its sector first; by appointment
    only those with whom people may make one, each with the own word on when."""
    field.assembly_id, field.by_appointment = assembly_id, by_appointment
    rows = Member.objects.filter(assembly_id=assembly_id, state="active").select_related("person", "sector")
    order: list[Any] = ["sector__position", "person__name"]
    if by_appointment:
        rows = rows.filter(receiving.willing(assembly_id))
    if turn is not None:
        near = Q(stations__station=turn.station_id, stations__to_on=None)
        serving = Member.objects.filter(near).values("pk")
        rank = Case(When(pk__in=serving, then=Value(0)), When(sector=turn.station.sector_id, then=Value(1)),
                    default=Value(2))  # fmt: skip
        rows, order = rows.annotate(rank=rank), ["rank", *order]
        if turn.who == Who.LEADER:
            rows = rows.filter(duty__in=LEADING)
    field.queryset = rows.order_by(*order)
    field.label_from_instance = lambda m: f"{unsaid(m)} · {m.receives_when}" if m.receives_when else unsaid(m)
    if not by_appointment:
        field.label_from_instance = unsaid
    if turn is not None:
        field.choices = lambda: _grouped(field)


def unsaid(member: Member) -> str:
    """Somebody in a list of members, without the own word on when people may come."""
    return f"{member} · {member.sector}"


def _grouped(field: Any) -> list[tuple[Any, Any]]:
    """The members in two groups: those who serve here or belong to the station's sector, and all others."""
    near: list[tuple[int, str]] = []
    others: list[tuple[int, str]] = []
    for member in field.queryset:
        (near if member.rank < 2 else others).append((member.pk, field.label_from_instance(member)))
    groups = [(gettext("Of this station or its sector"), near), (gettext("Other members"), others)]
    return [("", field.empty_label), *(group for group in groups if group[1])]


@dataclass(frozen=True)
class Hours:
    """When somebody would be on duty. A rota asks nobody twice a day; else only turns that overlap are in the way.
    `but` is a turn that falls away in the same act."""

    on: date
    begins: time
    ends: time
    of_rota: bool = False
    but: int | None = None

    @classmethod
    def of(cls, turn: DutyTurn) -> Hours:
        return cls(turn.on, turn.begins, turn.ends, turn.rota_id is not None, turn.pk)

    def meets(self, turn: DutyTurn) -> bool:
        twice = self.of_rota and turn.rota_id is not None
        return twice or (turn.begins < self.ends and self.begins < turn.ends)


def hours_given(cleaned: dict[str, Any], but: int | None = None) -> Hours | None:
    """The hours of a form with day, beginning and end; None where one of them is wrong."""
    on, begins, ends = (cleaned.get(name) for name in ("on", "begins", "ends"))
    return Hours(on, begins, ends, cleaned.get("rota") is not None, but) if on and begins and ends else None


def check_free(form: MoveForm, member: Member | None, at: Hours | None, field: str | None = "member") -> None:
    """Refuse somebody who is on duty in these hours or away that day, and say why.

    In a transaction the member is locked until its end: nobody else gives them other hours meanwhile.
    """
    if member is None or at is None:
        return
    if connection.in_atomic_block:
        Member.objects.select_for_update(of=("self",)).filter(pk=member.pk).order_by().first()
    if member.state != "active":
        form.add_error(field, _("%(who)s is not in office.") % {"who": member})
        return
    rows = DutyTurn.objects.exclude(state__in=DutyTurn.GONE).filter(member=member, on=at.on).select_related("station")
    if busy := next((turn for turn in rows if turn.pk != at.but and at.meets(turn)), None):
        words = _("%(who)s is on duty at %(station)s on %(day)s, %(begins)s–%(ends)s.")
        told = {"who": member, "station": busy.station, "day": f"{at.on:%Y-%m-%d}"}
        told |= {"begins": f"{busy.begins:%H:%M}", "ends": f"{busy.ends:%H:%M}"}
        form.add_error(field, words % told)
        return
    for away in Unavailability.objects.filter(member=member, dropped_on=None, from_on__lte=at.on):
        if away.covers(at.on):
            words = _("%(who)s cannot come on %(day)s.")
            form.add_error(field, words % {"who": member, "day": f"{at.on:%Y-%m-%d}"})
            return
