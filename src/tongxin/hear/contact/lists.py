"""What differs from place to place: the channels, the tasks, kinds of areas, purposes of consent, and the numbers of
1158 (domain §1.1, §2.3).

The numbers 1 · 1 · 5 · 8 are certain; the names of the five channels and the eight tasks were not found in any public
document. What stands here are placeholders `[K]` to be replaced by those of the assembly's own document.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.kernel import options
from tongxin.kernel.options import Choice, ListDefinition, ParameterDefinition, declare_list, declare_parameter

CHANNELS_LIST, TASKS_LIST = "contact.channel", "contact.task"
AREA_KINDS_LIST, PURPOSES_LIST = "contact.area_kind", "contact.consent_purpose"
LINKS_MIN = "contact.links_min"
FRESH_DAYS, FADING_DAYS, STALE_DAYS = "contact.fresh_days", "contact.fading_days", "contact.stale_days"
KEEP_WITHDRAWN, KEEP_MOVED = "contact.keep_withdrawn_months", "contact.keep_moved_months"
DUTY_CHANNEL, ACTIVITY_CHANNEL = "contact.duty_channel", "contact.activity_channel"
LEADER_MONTHLY, PLAN_TARGET = "contact.leader_monthly", "contact.plan_target"
TELL_RESULT = "tell_result"  # the purpose without which nobody is called about a result

PLACEHOLDER = "占位，请按本级正式文件核对"
USUAL = _("Usual practice; check it against your own rules")

CHANNELS = tuple(
    Choice(code, zh, en, meaning=code, source=PLACEHOLDER)
    for code, zh, en in (
        ("visit", "走访座谈", "Visits and talks"),
        ("research", "调研协商", "Research and consultation"),
        ("online", "网络互动", "Online exchange"),
        ("service", "服务活动", "Service activities"),
        ("reading", "读书学习", "Reading and learning"),
    )
)
TASKS = tuple(
    Choice(code, zh, en, meaning=code, source=PLACEHOLDER)
    for code, zh, en in (
        ("policy", "政策宣讲", "Explaining policy"),
        ("listening", "听取意见", "Hearing opinions"),
        ("voicing", "反映社情民意", "Passing on what people say"),
        ("proposing", "提案转化", "Turning it into proposals"),
        ("consulting", "协商议事", "Consulting together"),
        ("oversight", "民主监督", "Democratic oversight"),
        ("helping", "帮办实事", "Practical help"),
        ("guiding", "思想引领与释疑解惑", "Guidance and answering doubts"),
    )
)
AREA_KINDS = (
    Choice("street", "乡镇街道", "Street or township"),
    Choice("community", "社区", "Neighbourhood"),
    Choice("park", "园区", "Industrial park"),
    Choice("unit", "单位", "Institution"),
    Choice("trade", "行业片区", "Trade"),
    Choice("online", "线上群", "Online group"),
)
PURPOSES = (
    Choice("contact", "与联系委员保持联系", "Keeping contact with the member"),
    Choice(TELL_RESULT, "告知反映事项的结果", "Being told the result of what was raised"),
    Choice("invite", "邀请参加活动", "Being invited to activities"),
)
# Which tasks a channel usually serves, offered when the form is opened without a plan.
USUAL_TASKS = {
    "visit": ("listening", "voicing"),
    "research": ("consulting", "voicing"),
    "online": ("listening", "guiding"),
    "service": ("helping",),
    "reading": ("policy", "guiding"),
}

_REPORT = _("Number named in the rule “each member keeps contact with five constituents” [S]")
PARAMETERS = (
    ParameterDefinition(LINKS_MIN, _("Constituents each member keeps contact with, at least"), 5, "count", _REPORT),
    ParameterDefinition(FRESH_DAYS, _("Days after a contact while it counts as fresh"), 30, "days", USUAL),
    ParameterDefinition(FADING_DAYS, _("Days after a contact until it is getting old"), 60, "days", USUAL),
    ParameterDefinition(STALE_DAYS, _("Days without contact after which the office looks"), 90, "days", USUAL),
    ParameterDefinition(PLAN_TARGET, _("Contacts a year offered when a plan is begun"), 20, "count", USUAL),
    ParameterDefinition(
        LEADER_MONTHLY,
        _("How often a month a leader goes to the sectors"),
        1,
        "count",
        _("Hegang: members of the leaders' meeting once a month [R:鹤岗]"),
        least=0,
    ),
    ParameterDefinition(
        DUTY_CHANNEL,
        _("Channel that contacts on duty turns count for"),
        "visit",
        "choice",
        "",
        of_list=CHANNELS_LIST,
    ),
    ParameterDefinition(
        ACTIVITY_CHANNEL,
        _("Channel that contacts at activities count for"),
        "service",
        "choice",
        "",
        of_list=CHANNELS_LIST,
    ),
    ParameterDefinition(
        KEEP_WITHDRAWN, _("Months a name is kept after consent was withdrawn"), 1, "months", USUAL, least=0
    ),
    ParameterDefinition(KEEP_MOVED, _("Months somebody who moved away is kept"), 12, "months", USUAL, least=0),
)


def declare() -> None:
    for parameter in PARAMETERS:
        declare_parameter(parameter)
    placeholder = _("Placeholders; replace them by the names of your own document. Their number is five.")
    declare_list(ListDefinition(CHANNELS_LIST, _("Channels of contact"), CHANNELS, placeholder, expected=5))
    placeholder = _("Placeholders; replace them by the names of your own document. Their number is eight.")
    declare_list(ListDefinition(TASKS_LIST, _("Tasks of contact"), TASKS, placeholder, expected=8))
    declare_list(ListDefinition(AREA_KINDS_LIST, _("Kinds of responsibility areas"), AREA_KINDS, USUAL))
    declare_list(ListDefinition(PURPOSES_LIST, _("What consent is given for"), PURPOSES, USUAL))


def choices(assembly_id: int | None, key: str) -> list[tuple[str, str]]:
    """The options of a list as a form wants them."""
    return [(choice.code, choice.label) for choice in options.choices(assembly_id, key)]


def every(assembly_id: int | None, key: str) -> list[tuple[str, str]]:
    """All entries of a list, those switched off included, for showing old records."""
    return [(choice.code, choice.label) for choice in options.every_choice(assembly_id, key)]


def labels(assembly_id: int | None, key: str, codes: Any) -> list[str]:
    """The labels of codes, in the list's order; a code the list no longer knows stands as it is."""
    wanted = list(codes)
    known = [(c.code, c.label) for c in options.every_choice(assembly_id, key) if c.code in wanted]
    return [label for _code, label in known] + [code for code in wanted if code not in dict(known)]


def days_since(day: date | None, today: date) -> int | None:
    """Days since the last contact; None when there never was one."""
    return None if day is None else max(0, (today - day).days)


def freshness(days: int | None, assembly_id: int | None) -> str:
    """How fresh a contact is: "fresh", "fading", "stale" or, beyond the last limit or never, "cold"."""
    if days is None:
        return "cold"
    for name, limit in (("fresh", FRESH_DAYS), ("fading", FADING_DAYS), ("stale", STALE_DAYS)):
        if days <= int(options.parameter(assembly_id, limit)):
            return name
    return "cold"


TONES = {"fresh": "jade", "fading": "amber", "stale": "seal", "cold": "seal"}
