"""What a brief rests on: what people said (不调研不建言). Asked for when it is handed in, as strictly as the assembly
says.

Off unless an assembly wants it: most briefs are brought by members who know the matter themselves.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from tongxin.hear.concerns.models import Concern
from tongxin.kernel import evidence, options

from .forms.checks import CompleteForm
from .models import Brief

PARAMETER = "briefs.evidence"


class SubmitForm(evidence.EvidencedForm, CompleteForm):
    """Handing in: complete, and resting on what somebody said where that is demanded."""


def _voices(brief: Brief) -> Iterable[Concern]:
    return (link.concern for link in brief.concerns.select_related("concern"))


def declare() -> None:
    options.declare_parameter(
        evidence.parameter(PARAMETER, _("A brief behind which no concern stands, when it is handed in"), evidence.OFF)
    )
    evidence.demand(
        evidence.Demand(
            Brief,
            PARAMETER,
            _voices,
            _("Nobody's words stand behind this brief. Begin it from a concern that you heard, or carry one into it."),
        )
    )
