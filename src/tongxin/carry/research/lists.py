"""The room's lists (domain §2.8). They are preset by usual practice and have to be confirmed locally."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongxin.kernel.options import (
    Choice,
    ListDefinition,
    ParameterDefinition,
    declare_list,
    declare_parameter,
)
from tongxin.kernel.workflow import Start

TOPICS, RETURN_REASONS, HONOUR_KINDS = "research.topic", "research.return_reason", "research.honour_kind"

REPLY_CLOCK = Start("report_reply", _("reply of the body"), "research.reply_days", named="due_on")

TOPIC = (
    Choice("economy", "经济发展", "Economy"),
    Choice("farm", "农业农村", "Farming and villages"),
    Choice("city", "城乡建设", "Towns and building"),
    Choice("ecology", "生态环境", "Environment"),
    Choice("livelihood", "民生保障", "People's livelihood"),
    Choice("education", "教科卫体", "Education, science, health, sports"),
    Choice("culture", "文化旅游", "Culture and tourism"),
    Choice("law", "社会法治", "Society and law"),
    Choice("assembly", "政协工作", "The assembly's own work"),
)
REASON = (
    Choice("fieldwork", "实地调研不够，情况不具体", "Too little field work; no particulars"),
    Choice("facts", "数据和事实需要核实", "Figures and facts have to be checked"),
    Choice("causes", "原因分析不深", "The causes are not looked into"),
    Choice("advice", "建议不可操作", "Suggestions that cannot be carried out"),
    Choice("wording", "文字和格式需要修改", "Wording and form have to be changed"),
)
KIND = (
    Choice("experience_talk", "经验介绍", "Talk on experience", "experience_talk"),
    Choice("commendation", "表彰奖励", "Commendation", "commendation"),
    Choice("media", "经验刊发推广", "Experience published", "media"),
    Choice("other", "其他荣誉", "Other honour", "other"),
)
#: What comes next in a state, and whose turn it is; where nothing has to come, nothing stands here.
NEXT = {
    "review": _("the review (the office, the secretary-general or a reviewer)"),
    "returned": _("mending by the research team"),
    "reviewed": _("finalizing (the secretary-general or a leader)"),
    "finalized": _("submitting (the committee or the office)"),
    "handling": REPLY_CLOCK.label,
    "replied": _("entering what was done with it (the committee or the office)"),
}
USUAL = _("Usual practice; check it against your own rules")


def declare() -> None:
    declare_parameter(
        ParameterDefinition(
            "research.reply_days", _("Days for the body's reply to an instruction on a report"), 30, "days", USUAL
        )
    )
    for key, label, choices in (
        (TOPICS, _("Topics of research"), TOPIC),
        (RETURN_REASONS, _("Reasons for returning a research report"), REASON),
        (HONOUR_KINDS, _("Kinds of honours"), KIND),
    ):
        declare_list(ListDefinition(key, label, choices, USUAL))
