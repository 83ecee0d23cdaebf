"""The concern's deadlines and the lists and parameters behind them (domain §2.3).

`[K]` marks what is usual and has to be confirmed locally.
"""

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

TRIAGE_CLOCK = Start("triage", _("triage"), "concerns.triage_days")
HANDLE_CLOCK = Start("handle", _("outcome"), "concerns.handle_days")
REPLY_CLOCK = Start("reply", _("reply of the body"), "concerns.reply_days")
ANSWER_CLOCK = Start("answer", _("answer to the person"), "concerns.answer_days")
RATING_CLOCK = Start("rating", _("rating by the person"), "concerns.rating_days")
LABELS = {clock.kind: clock.label for clock in (TRIAGE_CLOCK, HANDLE_CLOCK, REPLY_CLOCK, ANSWER_CLOCK, RATING_CLOCK)}

USUAL = _("Usual practice; check it against your own rules")

PARAMETERS = (
    ParameterDefinition("concerns.triage_days", _("Days for triage"), 7, "days", USUAL),
    ParameterDefinition("concerns.handle_days", _("Days from triage to an outcome"), 30, "days", USUAL),
    ParameterDefinition("concerns.reply_days", _("Working days for the body's reply"), 10, "working_days", USUAL),
    ParameterDefinition("concerns.answer_days", _("Days to tell the person after the outcome"), 15, "days", USUAL),
    ParameterDefinition("concerns.rating_days", _("Days the person has to rate"), 30, "days", USUAL),
    ParameterDefinition("concerns.send_back_times", _("How often a body may send it back"), 1, "count", USUAL, least=0),
    ParameterDefinition("concerns.extend_days", _("Days a time limit may be extended by, at most"), 30, "days", USUAL),
    ParameterDefinition("concerns.text_limit", _("Longest text at the portal, characters"), 2000, "count", USUAL),
    ParameterDefinition("concerns.keep_contact_months", _("Months contact details are kept"), 24, "months", USUAL),
)

TOPICS = (
    Choice("road", "道路交通", "Roads and traffic"),
    Choice("housing", "社区物业", "Housing"),
    Choice("health", "看病就医", "Health care"),
    Choice("school", "上学", "Schools"),
    Choice("business", "办企业", "Business"),
    Choice("environment", "环境", "Environment"),
    Choice("elderly", "养老", "Care for the elderly"),
    Choice("work", "就业社保", "Work and social security"),
    Choice("farm", "农业农村", "Farming and villages"),
    Choice("heating", "供热供水供电", "Heating, water, power"),
    Choice("culture", "文化体育", "Culture and sport"),
    Choice("law", "法治平安", "Law and safety"),
    Choice("other", "其他", "Other"),
)
REASONS = (
    Choice("petition", "属于信访事项", "A matter for the petition office"),
    Choice("lawsuit", "涉及诉讼、仲裁", "Before a court or tribunal"),
    Choice("personnel", "涉及组织人事", "Personnel of party or state organs"),
    Choice("secret", "涉及国家秘密", "State secrets"),
    Choice("privacy", "涉及他人隐私", "Somebody else's privacy"),
    Choice("commercial", "涉及商业秘密", "Commercial secrets"),
    Choice("private_dispute", "个人之间的民事纠纷", "A dispute between private persons"),
    Choice("personal_gain", "为个人谋取特殊照顾", "A special favour for one person"),
    Choice("authority", "超出本级职权", "Beyond this level's authority"),
    Choice("unclear", "内容不清、无法联系", "Unclear, and nobody to ask"),
)
RESULTS = (
    Choice("resolved", "已经解决", "Resolved", "resolved"),
    Choice("in_progress", "正在解决", "Being resolved", "in_progress"),
    Choice("planned", "列入计划", "Planned", "planned"),
    Choice("constrained", "条件所限，暂时办不了", "Not possible for now", "constrained"),
    Choice("reference", "已说明、供参考", "Explained, for reference", "reference"),
)
CHANNELS = (
    Choice("12345", "12345 政务服务热线", "Hotline 12345"),
    Choice("petition", "信访部门", "Petition office"),
    Choice("court", "法院或仲裁机构", "Court or tribunal"),
    Choice("legal_aid", "法律援助中心", "Legal aid"),
    Choice("110", "公安 110、119、120", "Emergency numbers"),
)


def declare() -> None:
    for parameter in PARAMETERS:
        declare_parameter(parameter)
    declare_list(ListDefinition("concerns.topic", _("Topics"), TOPICS, USUAL))
    declare_list(
        ListDefinition(
            "concerns.decline_reason",
            _("Reasons for declining"),
            REASONS,
            _("What assemblies usually leave to others; check it against your own rules"),
        )
    )
    declare_list(
        ListDefinition(
            "concerns.result",
            _("Results"),
            RESULTS,
            _("Differs from place to place; what an entry counts as makes places comparable"),
        )
    )
    declare_list(ListDefinition("concerns.channel", _("Where people are directed"), CHANNELS, USUAL))
