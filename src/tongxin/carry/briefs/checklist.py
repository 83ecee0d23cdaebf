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

from tongxin.insight import telephones
from tongxin.kernel import options

from .models import PARTS, Brief

_WHO = re.compile(
    r"居民|村民|市民|群众|学生|家长|老人|老年|职工|工人|农民|农户|养殖户|种植户|商户|业主|患者|病人|司机|企业|商家|"
    r"人员|[护学专]理?员|员工|蜂农|菜农|渔民|教师|医生|孩子|儿童|妇女|残疾人|退役军人|委员|用户|旅客|住户|合作社|乘客|新就业|骑手|户"
)
_WHERE = re.compile(
    r"[\u4e00-\u9fff](?:省|市|区|县|乡|镇|街道|街|路|村|屯|社区|小区|林场|园区|学校|小学|中学|幼儿园|医院|广场|路口|市场|煤矿|站)"
)
_HOW_MANY = re.compile(
    r"[0-9０-９]|[一二两三四五六七八九十百千万半]+(?:余|多|来)?"
    r"(?:个|名|人|户|家|处|次|年|月|天|元|亩|吨|米|公里|起|件|所|座|盏|成)"
)

_MARK = re.compile(r"【[0-9]{4}-[0-9]{4,}】")  # under which a source's part stands in what was merged
#: Roughly what `telephones` finds, for the page; the server looks more closely.
_NUMBER = r"(?<![0-9])(?:1[3-9][0-9]{9}|0[0-9]{2,3}[-－ ]?[0-9]{7,8}|[0-9]{17}[0-9Xx])(?![0-9])"


@dataclass(frozen=True)
class Point:
    """One line of the list. `required` ones have to be there before the brief goes on."""

    key: str
    label: str
    ok: bool
    required: bool = True
    hint: str = ""
    pattern: str = ""  # what the text has to hold (`without`: must not hold), for the page to follow while one writes
    without: bool = False
    part: str = ""  # the part that has to be filled in

    @property
    def unmet(self) -> str:
        """How it is shown while it is not there."""
        return "miss" if self.required else "hint"

    @property
    def kind(self) -> str:
        return "ok" if self.ok else self.unmet


def count(texts: Mapping[str, str]) -> int:
    """The length of the text in characters, white space left out; the title does not count."""
    return sum(len("".join(texts.get(part, "").split())) for part in PARTS)


def sorting(chosen: Mapping[str, Any], due: bool = True) -> list[Point]:
    """Category and reading level, which the paper and the yearly account show: left to the editor while it is written,
    and `due` from the editor on."""
    told = (("category", _("It has a category")), ("secrecy", _("It says who may read it")))
    return [Point(key, label, bool(chosen.get(key)), required=due, part=key) for key, label in told]


def unsorted(brief: Brief) -> list[Point]:
    """What of both is not there."""
    return [point for point in sorting({"category": brief.category, "secrecy": brief.secrecy}) if not point.ok]


def points(texts: Mapping[str, str], assembly_id: int | None) -> list[Point]:
    """The whole list for a text."""
    limit, length = int(options.parameter(assembly_id, "briefs.word_limit")), count(texts)
    whole = "\n".join(texts.get(part, "") for part in PARTS)
    over = length - limit
    too_long = ngettext("%(n)d character too many.", "%(n)d characters too many.", over) % {"n": over}
    told = (
        ("situation", _("The situation is told"), _("What is wrong, since when.")),
        ("analysis", _("The causes are analysed"), _("Why it came to this.")),
        ("suggestion", _("Something is suggested"), _("Who should do what.")),
    )
    numbers = telephones.personal_numbers(f"{texts.get('title', '')}\n{whole}")
    marks = list(dict.fromkeys(_MARK.findall(whole)))
    return [
        *(Point(key, label, _told(texts, key), hint=hint, part=key) for key, label, hint in told),
        Point(
            "length",
            _("No longer than %(limit)d characters: %(n)d") % {"limit": limit, "n": length},
            length <= limit,
            hint=too_long if over > 0 else "",
        ),
        *(
            Point(key, label, bool(pattern.search(whole)), required=False, pattern=pattern.pattern)
            for key, label, pattern in (
                ("who", _("It says who is concerned"), _WHO),
                ("where", _("It says where"), _WHERE),
                ("how_many", _("It says how many, how much or how long"), _HOW_MANY),
            )
        ),
        Point(  # it may be an office's number that belongs there: each hand confirms it (`forms.NumbersForm`)
            "numbers", _("No telephone or identity card number stands in it"), not numbers, required=False,
            hint="、".join(numbers), pattern=_NUMBER, without=True,
        ),
        *(
            [Point("marks", _("The marks of the merged briefs are taken out"), False, hint="、".join(marks),
                   pattern=_MARK.pattern, without=True)]
            if marks else []
        ),
    ]  # fmt: skip


def missing(texts: Mapping[str, str], assembly_id: int | None) -> list[Point]:
    """The required points that are not there."""
    return [point for point in points(texts, assembly_id) if point.required and not point.ok]


def _told(texts: Mapping[str, Any], part: str) -> bool:
    return bool(str(texts.get(part, "")).strip())
