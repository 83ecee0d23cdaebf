"""The lists that instructions and awards are told by (domain §2.8). Figures count by the meanings, not by the codes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongxin.kernel.options import Choice, ListDefinition, declare_list

INSTRUCTION_LEVELS, AWARD_LEVELS, AWARD_GRADES = "carry.instruction_level", "carry.award_level", "carry.award_grade"

# Main leaders and others stand apart, because the yearly account counts the former (F20, F21).
LEVELS_OF_LEADERS = (
    Choice("national", "党和国家领导人批示", "National leader", "national"),
    Choice("province_main", "省委主要领导批示", "Main leader of the provincial Party committee", "province_main"),
    Choice("province_other", "省级其他领导批示", "Other provincial leader", "province"),
    Choice("city_main", "市委主要领导批示", "Main leader of the city Party committee", "city_main"),
    Choice("city_other", "市级其他领导批示", "Other city leader", "city"),
    Choice("county", "县（区）领导批示", "County leader", "county"),
)
LEVELS_OF_AWARDS = (
    Choice("national", "国家级", "National", "national"),
    Choice("province", "省级", "Provincial", "province"),
    Choice("city", "市级", "City", "city"),
    Choice("county", "县（区）级", "County", "county"),
)
GRADES = (
    Choice("first", "一等奖", "First prize", "first"),
    Choice("second", "二等奖", "Second prize", "second"),
    Choice("third", "三等奖", "Third prize", "third"),
    Choice("merit", "优秀奖", "Merit prize", "merit"),
    Choice("commended", "评优", "Commended", "commended"),
)
USUAL = _("Usual practice; check it against your own rules")


def declare() -> None:
    for key, label, choices in (
        (INSTRUCTION_LEVELS, _("Levels of leaders' instructions"), LEVELS_OF_LEADERS),
        (AWARD_LEVELS, _("Levels of awards"), LEVELS_OF_AWARDS),
        (AWARD_GRADES, _("Grades of awards"), GRADES),
    ):
        declare_list(ListDefinition(key, label, choices, USUAL))
