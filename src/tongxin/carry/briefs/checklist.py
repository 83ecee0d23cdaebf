"""What a complete brief has (domain §2.5): situation, analysis, suggestion, one matter; who, where, how many.

Whether a text names people, places and numbers is guessed from its words, so those points advise and never block.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongxin.kernel import options

from .models import PARTS

_WHO = re.compile(
    r"居民|村民|市民|群众|学生|家长|老人|老年|职工|工人|农民|农户|养殖户|种植户|商户|业主|患者|病人|司机|企业|商家|"
    r"人员|[护学专]理?员|员工|蜂农|菜农|渔民|教师|医生|孩子|儿童|妇女|残疾人|退役军人|委员|用户|旅客|住户|合作社|乘客|新就业|骑手|户"
)
_WHERE = re.compile(r"[\u4e00-\u9fff](?:省|市|区|县|乡|镇|街道|街|路|村|屯|社区|小区|林场|园区|学校|医院|广场|站)")
_HOW_MANY = re.compile(
    r"[0-9０-９]|[一二两三四五六七八九十百千万半]+(?:余|多|来)?"
    r"(?:个|名|人|户|家|处|次|年|月|天|元|亩|吨|米|公里|起|件|所|座|盏|成)"
)


@dataclass(frozen=True)
class Point:
    """One line of the list. `required` ones have to be there before the brief goes on."""

    key: str
    label: str
    ok: bool
    required: bool = True
    hint: str = ""


def count(texts: Mapping[str, str]) -> int:
    """The length of the text in characters, white space left out; the title does not count."""
    return sum(len("".join(texts.get(part, "").split())) for part in PARTS)


def points(texts: Mapping[str, str], assembly_id: int | None) -> list[Point]:
    """The whole list for a text."""
    limit, length = int(options.parameter(assembly_id, "briefs.word_limit")), count(texts)
    whole = "\n".join(texts.get(part, "") for part in PARTS)
    over = length - limit
    too_long = ngettext("%(n)d character too many.", "%(n)d characters too many.", over) % {"n": over}
    return [
        Point("situation", _("The situation is told"), _told(texts, "situation"), hint=_("What is wrong, since when.")),
        Point("analysis", _("The causes are analysed"), _told(texts, "analysis"), hint=_("Why it came to this.")),
        Point("suggestion", _("Something is suggested"), _told(texts, "suggestion"), hint=_("Who should do what.")),
        Point(
            "length",
            _("No longer than %(limit)d characters: %(n)d") % {"limit": limit, "n": length},
            length <= limit,
            hint=too_long if over > 0 else "",
        ),
        Point("who", _("It says who is concerned"), bool(_WHO.search(whole)), required=False),
        Point("where", _("It says where"), bool(_WHERE.search(whole)), required=False),
        Point("how_many", _("It says how many, how much or how long"), bool(_HOW_MANY.search(whole)), required=False),
    ]


def missing(texts: Mapping[str, str], assembly_id: int | None) -> list[Point]:
    """The required points that are not there."""
    return [point for point in points(texts, assembly_id) if point.required and not point.ok]


def _told(texts: Mapping[str, Any], part: str) -> bool:
    return bool(str(texts.get(part, "")).strip())
