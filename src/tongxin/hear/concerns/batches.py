"""Triage of several concerns at once: each goes through the door by itself, as if it had been opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongxin.kernel import door
from tongxin.kernel.actor import Actor
from tongxin.kernel.errors import IllegalMove, Invalid, NotAllowed, Stale
from tongxin.kernel.text import joined

from .forms import DeclineForm as SingleDeclineForm
from .forms import SortingForm, choices, long_text, offer_sorting
from .models import Concern
from .workflow import CONCERNS


class TriageForm(SortingForm):
    """What is left empty stays as each concern has it."""

    note = long_text(gettext_lazy("Note"), 500, required=False)

    def prepare(self) -> None:
        if self.actor and self.actor.assembly:
            offer_sorting(self, self.actor.assembly, self.now)
        for name in ("sector", "committee", "topic", "severity"):
            self.fields[name].help_text = ""
            self.fields[name].required = False
        self.fields["severity"].choices = [("", "—"), *Concern.Severity.choices]


class DeclineForm(SingleDeclineForm):
    """One reason and explanation for all of them."""

    def prepare(self) -> None:
        assembly_id = self.actor.assembly_id if self.actor else None
        reasons = choices(assembly_id, "concerns.decline_reason", empty=True)
        self.fields["reason"].choices = reasons


@dataclass
class Report:
    """Which concerns were moved, and why the others were not."""

    done: list[Concern] = field(default_factory=list)
    refused: list[tuple[Concern, str]] = field(default_factory=list)


def run(concerns: list[Concern], kind: str, form: forms.Form, actor: Actor) -> Report:
    """Make the move `kind` (triage or decline) on each concern; what one refuses does not hold up the others."""
    report = Report()
    for concern in concerns:
        data = _sorted(concern, form.cleaned_data) if kind == "triage" else form.cleaned_data
        try:
            report.done.append(door.perform(concern, kind, actor, data, version=concern.version))
        except IllegalMove:
            state = CONCERNS.state(concern.state).label
            report.refused.append((concern, _("It is past this step: %(state)s.") % {"state": state}))
        except Stale:
            report.refused.append((concern, _("Somebody changed it at this moment. Look at it again.")))
        except NotAllowed as refused:
            report.refused.append((concern, str(refused.reason)))
        except Invalid as refused:
            report.refused.append(
                (concern, joined(error for errors in refused.form.errors.values() for error in errors))
            )
    return report


def _sorted(concern: Concern, cleaned: dict[str, Any]) -> dict[str, Any]:
    """The form's wishes, and where it has none what the concern has."""
    sector = cleaned["sector"] or concern.sector
    # A new sector brings its own committee, unless one is named.
    committee = cleaned["committee"] or (None if cleaned["sector"] else concern.committee)
    return {
        "sector": sector.pk if sector else "",
        "committee": committee.pk if committee else "",
        "topic": cleaned["topic"] or concern.topic,
        "severity": cleaned["severity"] or concern.severity,
        "note": cleaned["note"],
    }
