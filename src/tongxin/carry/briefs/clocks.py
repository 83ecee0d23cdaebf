"""The brief's deadlines, lists and parameters (domain §2.5). `[K]` there marks what has to be confirmed locally."""

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

LOOK_CLOCK = Start("look", _("a first look"), "briefs.look_days")
REPLY_CLOCK = Start("brief_reply", _("reply of the body"), "briefs.reply_days")
FEEDBACK_CLOCK = Start("feedback", _("feedback to the author"), "briefs.feedback_days")
MEND_CLOCK = Start("mend", _("mending by the author"), "briefs.return_days")
LABELS = {clock.kind: clock.label for clock in (LOOK_CLOCK, MEND_CLOCK, REPLY_CLOCK, FEEDBACK_CLOCK)}
REMIND_DAYS = 7  # before a returned text is due its authors are reminded

USUAL = _("Usual practice; check it against your own rules")

PARAMETERS = (
    ParameterDefinition(
        "briefs.word_limit", _("Longest text of a brief, characters"), 1500, "count", "广州市政协社情民意信息须知"
    ),
    ParameterDefinition("briefs.look_days", _("Working days until a brief is looked at"), 5, "working_days", USUAL),
    ParameterDefinition("briefs.return_days", _("Days for the author to mend a returned brief"), 30, "days", USUAL),
    ParameterDefinition("briefs.main_to", _("Whom briefs are sent to (empty: by the level)"), "", "text", USUAL),
    ParameterDefinition("briefs.reply_days", _("Days for the body's reply to a brief"), 30, "days", USUAL),
    ParameterDefinition("briefs.feedback_days", _("Days to tell the author after the reply"), 15, "days", USUAL),
    ParameterDefinition(
        "briefs.issued_before", _("Issues of briefs before this system, counted through"), 0, "count", USUAL, least=0
    ),
)

CATEGORIES = (
    Choice("economy", "经济发展", "Economy"),
    Choice("livelihood", "民生保障", "People's livelihood"),
    Choice("farm", "农业农村", "Farming and villages"),
    Choice("city", "城乡建设", "Towns and building"),
    Choice("ecology", "生态环境", "Environment"),
    Choice("education", "科教文卫体", "Education, health, culture"),
    Choice("law", "社会法治", "Society and law"),
    Choice("united", "统战民宗侨", "United front, ethnic and religious matters"),
    Choice("other", "其他", "Other"),
)
SECRECY = (
    Choice("public", "可以公开", "May be public", "public"),
    Choice("internal", "内部参阅", "For internal reading", "internal"),
)
REASONS = (
    Choice("thin", "情况不具体，缺时间地点人数", "No particulars: who, where, how many"),
    Choice("no_advice", "没有可行的建议", "No suggestion that can be carried out"),
    Choice("several", "一事一报，内容过多", "More than one matter"),
    Choice("long", "篇幅过长", "Too long"),
    Choice("facts", "事实需要核实", "The facts have to be checked"),
    Choice("known", "已有同类信息或已公开", "Known already, or public"),
    Choice("routine", "属于日常工作汇报", "A report on daily work"),
    Choice("outside", "不属于反映范围", "Not a matter for briefs"),
    Choice("wording", "表述需要修改", "The wording has to be changed"),
)
LEVELS = (
    Choice("city", "本级党委政府", "This place's Party and government", "own"),
    Choice("municipal_assembly", "市政协", "City assembly", "city"),
    Choice("municipal", "市委市政府", "City Party committee and government", "city"),
    Choice("province_assembly", "省政协", "Provincial assembly", "province"),
    Choice("province", "省委省政府", "Provincial Party committee and government", "province"),
    Choice("national_assembly", "全国政协", "National assembly", "national"),
    Choice("central", "中办国办", "Central offices", "national"),
)
SENDERS: tuple[Choice, ...] = ()  # an assembly enters those elsewhere from which it takes packages, by their codes
SENDERS_HINT = _("Name and administrative code of an assembly that works with a system of its own, and sends files")
LISTS = (
    ("briefs.category", _("Categories of briefs"), CATEGORIES),
    ("briefs.secrecy", _("Who may read a brief"), SECRECY),
    ("briefs.return_reason", _("Reasons for returning a brief"), REASONS),
    ("briefs.level", _("Levels of adoption and of reports"), LEVELS),
    ("briefs.sender", _("Assemblies elsewhere whose briefs we take in"), SENDERS),
)


def declare() -> None:
    for parameter in PARAMETERS:
        declare_parameter(parameter)
    for key, label, choices in LISTS:
        declare_list(ListDefinition(key, label, choices, USUAL if choices else SENDERS_HINT))
