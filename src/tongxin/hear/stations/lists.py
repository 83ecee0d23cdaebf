"""What differs from place to place: the four functions, what a station should have, the numbers of its duty rota
(domain §1.4 P7, §2.4)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongxin.kernel.options import (
    Choice,
    ListDefinition,
    ParameterDefinition,
    declare_list,
    declare_parameter,
)
from tongxin.kernel.web import PUBLIC_ADDRESS

FUNCTIONS_LIST = "stations.function"

FUNCTIONS = (
    Choice("consensus", "凝聚共识综合体", "Consensus hub"),
    Choice("learning", "学习充电站", "Learning point"),
    Choice("voices", "社情民意收集点", "Opinion collection point"),
    Choice("service", "界别群众服务站", "Service point"),
)

WALL_LIST = "stations.wall"
HAVES_LIST = "stations.haves"
CHECKLISTS = (WALL_LIST, HAVES_LIST, FUNCTIONS_LIST)

PER_MONTH = "stations.turns_per_month"
CONFIRM_DAYS = "stations.confirm_days"
EARLY_MINUTES = "stations.early_minutes"
LATE_MINUTES = "stations.late_minutes"
IDLE_DAYS = "stations.idle_days"
IDLE_LONG_DAYS = "stations.idle_long_days"
MOVE_DATES = "stations.dates_move"
KEEP_ASKERS, ASK_DAYS = "stations.keep_askers_months", "stations.appointment_days"
APART_DAYS = "stations.days_apart"
KEEP_SUMMARIES, KEEP_REASONS = "stations.keep_summaries_months", "stations.keep_reasons_months"

WALL = (
    Choice("sign", "标识", "Sign", source="五上墙（商洛）"),
    Choice("people", "人员信息", "Who is here", source="五上墙（商洛）"),
    Choice("duties", "工作职责", "Duties", source="五上墙（商洛）"),
    Choice("procedure", "工作流程", "Procedure", source="五上墙（商洛）"),
    Choice("rules", "规章制度", "Rules", source="五上墙（商洛）"),
)
# The number is known from a report, the names are not: to be checked against the assembly's own document.
HAVES = (
    Choice("place", "有场所", "A place", source="五有（名称请按本级文件核对）"),
    Choice("sign", "有标牌", "A sign", source="五有（名称请按本级文件核对）"),
    Choice("people", "有人员", "People", source="五有（名称请按本级文件核对）"),
    Choice("rules", "有制度", "Rules", source="五有（名称请按本级文件核对）"),
    Choice("records", "有台账", "Records", source="五有（名称请按本级文件核对）"),
)

USUAL = _("Usual practice; check it against your own rules")
PARAMETERS = (
    ParameterDefinition(PER_MONTH, _("Duty turns of one member in a month, at most"), 3, "count", USUAL),
    ParameterDefinition(
        APART_DAYS, _("Days between two duty turns of one member, where it can be had"), 14, "days", USUAL, least=0
    ),
    ParameterDefinition(
        MOVE_DATES,
        _("Duty on a date of the month that is no working day: on the next working day (otherwise it falls away)"),
        True,
        "flag",
        USUAL,
    ),
    ParameterDefinition(CONFIRM_DAYS, _("Days before a duty turn from which it can be confirmed"), 30, "days", USUAL),
    ParameterDefinition(
        EARLY_MINUTES, _("Minutes before a duty turn from which checking in counts as in time"), 30, "count", USUAL
    ),
    ParameterDefinition(
        LATE_MINUTES, _("Minutes after the beginning until which checking in counts as in time"), 10, "count", USUAL
    ),
    ParameterDefinition(
        IDLE_DAYS, _("Days without duty, visit or concern after which a station is idle"), 30, "days", _("domain §2.4")
    ),
    ParameterDefinition(
        IDLE_LONG_DAYS,
        _("Days after which an idle station is shown in red and the leaders are told"),
        60,
        "days",
        _("domain §2.4"),
    ),
    ParameterDefinition(
        ASK_DAYS, _("Working days in which a request for an appointment is answered"), 3, "working_days", USUAL
    ),
    ParameterDefinition(
        KEEP_ASKERS, _("Months the name and number are kept of whoever asked for an appointment"), 6, "months", USUAL
    ),
    ParameterDefinition(
        KEEP_SUMMARIES,
        _("Months the summary of a duty turn is kept, and what an appointment was about"),
        24,
        "months",
        USUAL,
    ),
    ParameterDefinition(
        KEEP_REASONS, _("Months the reason is kept for which a member could not come"), 12, "months", USUAL, least=0
    ),
)

_WALL = _("What hangs on the wall of every station (五上墙); ticked for each station")
_HAVES = _("What every station has to have (五有); ticked for each station")


def declare() -> None:
    declare_list(ListDefinition(WALL_LIST, _("Five things on the wall"), WALL, _WALL, expected=5))
    declare_list(ListDefinition(HAVES_LIST, _("Five haves"), HAVES, _HAVES, expected=5))
    for parameter in PARAMETERS:
        declare_parameter(parameter)
    declare_list(
        ListDefinition(
            FUNCTIONS_LIST,
            _("Functions of a station"),
            FUNCTIONS,
            _("The four functions of a liaison station"),
            expected=4,
        )
    )
    declare_parameter(
        ParameterDefinition(
            PUBLIC_ADDRESS,
            _("Address of the public pages, as posters, slips and messages give it (https://…)"),
            "",
            "text",
            "",
        )
    )
