"""The forms that bring a concern into a brief."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.hear.concerns.models import Concern
from tongxin.kernel.forms import MoveForm, RecordChoice
from tongxin.people import queries as people
from tongxin.people.models import Sector

from .. import policy
from ..models import Brief
from .fields import assembly_id_of

BEING_WRITTEN = ("draft", "returned", "editing")


class AttachForm(MoveForm):
    concern: Any = RecordChoice(Concern.objects.all(), label=_("Concern"))

    def prepare(self) -> None:
        if self.record is not None:
            rows = Concern.objects.filter(assembly_id=self.record.assembly_id)
            self.fields["concern"].queryset = rows


class CarryForm(MoveForm):
    """On a concern: into a new brief, or into one the actor is writing."""

    brief: Any = RecordChoice(
        Brief.objects.all(), label=_("Which brief"), required=False, empty_label=_("a new one"),
        help_text=_("The person is told by you when something came of it; until then the concern waits."),
    )  # fmt: skip

    sector: Any = RecordChoice(Sector.objects.all(), label=_("Sector"), required=False)

    def prepare(self) -> None:
        self.fields["brief"].queryset = being_written(self.actor, assembly_id_of(self))
        if self.record is None or self.record.sector_id:
            del self.fields["sector"]
        else:
            rows = people.sectors(self.record.assembly, timezone.localdate(self.now))
            self.fields["sector"].queryset = rows


def being_written(actor: Any, assembly_id: int | None) -> QuerySet[Brief]:
    """Texts of the actor's own that are being written, or that are on the actor's desk as editor."""
    rows = Brief.objects.filter(assembly_id=assembly_id or 0)
    if actor is None or actor.is_system:
        return rows.filter(state__in=BEING_WRITTEN)
    mine = policy.own.filter(actor, rows.filter(state__in=("draft", "returned")))
    return (mine | rows.filter(editor=actor.user_id, state="editing")).order_by("-id")
