"""Research reports brought to a state through the door, each step by whoever makes it in life."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import Cast
from tongxin.carry.research.models import ResearchReport
from tongxin.carry.research.workflow import RESEARCH
from tongxin.kernel import door
from tongxin.kernel.errors import Invalid
from tongxin.kernel.models import Notice

TEXT = {
    "title": "关于我市中小学食堂食品安全的调研报告",
    "topic": "education",
    "text": "走访二十一所中小学。配送路程长，冬季入校餐温不足。建议按片区建设中央厨房。",
}
INSTRUCTION = {"level": "city_main", "leader": "某某", "text": "请教育局阅研。"}
BACK = {"reason": "fieldwork", "text": "再走访两所乡镇学校。"}


def begin(cast: Cast, who: str = "committee", **told: Any) -> ResearchReport:
    data = {**TEXT, "assembly": cast.city.pk, "committee": cast.committee_.pk, "team": "周岩", **told}
    return door.begin(RESEARCH, "draft", cast.actor(who), data)


def move(cast: Cast, report: ResearchReport, name: str, who: str, files: Any = None, /, **data: Any) -> ResearchReport:
    return door.perform(report, name, cast.actor(who), data, files)


def prize(**told: Any) -> dict[str, Any]:
    usual = {"name": "省政协优秀调研成果", "issuer": "省政协办公厅", "level": "province", "grade": "first"}
    return {**usual, "year": timezone.localdate().year, **told}


def way(state: str) -> list[tuple[str, str, dict[str, Any]]]:
    """The moves that lead to a state: name, who makes it, and what is filled in."""
    today = timezone.localdate()
    seen = [
        ("visit", "committee", {"on": today - timedelta(days=3), "place": "八马路小学", "heard": 46, "note": "餐凉"})
    ]
    review = [*seen, ("hand_in", "committee", {})]
    reviewed = [*review, ("review", "office", {})]
    final = [*reviewed, ("finalize", "leader", {})]
    sent = [*final, ("submit", "committee", {"to": "市委、市政府"})]
    return {
        "draft": seen,
        "review": review,
        "returned": [*review, ("return", "office", BACK)],
        "reviewed": reviewed,
        "finalized": final,
        "submitted": sent,
        "instructed": [*sent, ("instruct", "instructions", {**INSTRUCTION, "on": today})],
        "applied": [*sent, ("apply", "office", {"application": "列入年度项目。"})],
        "withdrawn": [*seen, ("withdraw", "committee", {"reason": "课题合并"})],
    }[state]


def report_in(cast: Cast, state: str, **told: Any) -> ResearchReport:
    """A report of the committee's, brought to the state."""
    report = begin(cast, **told)
    for name, who, data in way(state):
        report = move(cast, report, name, who, **data)
    assert report.state == state
    return report


STATES = (
    "draft", "review", "returned", "reviewed", "finalized", "submitted", "instructed", "applied", "withdrawn",
)  # fmt: skip


def refused(cast: Cast, report: ResearchReport, name: str, who: str, files: Any = None, /, **data: Any) -> str:
    """The sentences of a refused form."""
    with pytest.raises(Invalid) as caught:
        move(cast, report, name, who, files, **data)
    return " ".join(error for errors in caught.value.form.errors.values() for error in errors)


def told(user: Any, verb: str) -> bool:
    return Notice.objects.filter(user=user, event__verb=verb).exists()
