"""What the heads and feet of papers say that differs from place to place (`[K]` in domain §5.2: confirm it there)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongxin.kernel import options
from tongxin.kernel.options import ParameterDefinition, declare_parameter
from tongxin.people.models import Assembly

from ..clocks import USUAL

NAME, ORGAN, PHONE, COPIES = "briefs.paper_name", "briefs.paper_organ", "briefs.paper_phone", "briefs.paper_copies"
LEAD, HEADINGS = "briefs.paper_lead", "briefs.paper_headings"

PARAMETERS = (
    ParameterDefinition(NAME, _("Issue: its red name"), "社情民意信息", "text", USUAL),
    ParameterDefinition(
        ORGAN, _("Issue: the organ that issues it (empty: the office of the assembly)"), "", "text", USUAL
    ),
    ParameterDefinition(PHONE, _("Issue: telephone of the editors, in the colophon"), "", "text", USUAL),
    ParameterDefinition(
        COPIES, _("Issue: number of copies printed (0: not said)"), 0, "count", USUAL, least=0
    ),
    ParameterDefinition(
        LEAD, _("Issue: how members are named before “reports:” ({sector}, {names})"), "{sector}界别委员{names}",
        "text", USUAL,
    ),
    ParameterDefinition(
        HEADINGS, _("Issue: headings of the three parts, divided by 、 (empty: none)"),
        "情况与问题、原因分析、意见建议", "text", USUAL,
    ),
)  # fmt: skip


def declare() -> None:
    for parameter in PARAMETERS:
        declare_parameter(parameter)


def words(assembly: Assembly, key: str) -> str:
    return str(options.parameter(assembly.pk, key) or "").strip()


def name(assembly: Assembly) -> str:
    """社情民意信息: the name that sheet, issue and slip go by; never empty."""
    return words(assembly, NAME) or str(options.parameter_definition(NAME).default)


def organ(assembly: Assembly) -> str:
    """政协××市委员会办公室, unless the assembly names another."""
    place = assembly.short or assembly.name.removesuffix("政协")
    return words(assembly, ORGAN) or f"政协{place}委员会办公室"


def headings(assembly: Assembly) -> list[str]:
    """Three headings, "" for a part that has none."""
    given = [each.strip() for each in words(assembly, HEADINGS).split("、")]
    return [*given, "", "", ""][:3]
