"""What differs from place to place: the four functions, and the address that posters carry (domain §1.4 P7)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongxin.kernel.options import (
    Choice,
    ListDefinition,
    ParameterDefinition,
    declare_list,
    declare_parameter,
)

FUNCTIONS_LIST = "stations.function"
PUBLIC_ADDRESS = "stations.public_address"

FUNCTIONS = (
    Choice("consensus", "凝聚共识综合体", "Consensus hub"),
    Choice("learning", "学习充电站", "Learning point"),
    Choice("voices", "社情民意收集点", "Opinion collection point"),
    Choice("service", "界别群众服务站", "Service point"),
)


def declare() -> None:
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
            PUBLIC_ADDRESS, _("Address of the public pages, as posters print it (https://…)"), "", "text", ""
        )
    )
