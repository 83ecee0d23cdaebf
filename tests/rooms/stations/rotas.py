"""What the tests of rotas begin with: rules, rotas, plans."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from tests.cast import Cast
from tongxin.hear.stations import queries
from tongxin.hear.stations.forms.rota import RuleForm
from tongxin.hear.stations.models import Rota, RotaPlan, RotaRule, Station
from tongxin.hear.stations.policy import plan as may_plan
from tongxin.hear.stations.rota import planning, sentences
from tongxin.hear.stations.workflow.rota import ROTAS
from tongxin.kernel import door


def beginning() -> date:
    """The first day of a month that is still to come."""
    return (timezone.localdate().replace(day=1) + timedelta(days=40)).replace(day=1)


def rule(cast: Cast, text: str, station: Station | None = None) -> RotaRule:
    form = RuleForm({"words": text, "from_on": timezone.localdate()}, actor=cast.actor("office"), now=timezone.now())
    assert form.is_valid(), form.errors
    made = RotaRule(assembly=cast.city, station=station or cast.door_station, **form.cleaned_data)
    return door.establish(made, cast.actor("office"), may_plan)


def rota(cast: Cast, days: int = 27, **more: Any) -> Rota:
    frame = {"name": "本期", "from_on": beginning(), "to_on": beginning() + timedelta(days=days), "per_month": 3}
    return door.begin(
        ROTAS, "draft", cast.actor("office"), frame | {"match": "prefer", "holidays": "keep"} | more
    )  # fmt: skip


def worked_out(cast: Cast, of: Rota) -> RotaPlan:
    door.perform(of, "work_out", cast.actor("office"))
    return planning.work_out(of.plans.first())


def publish(cast: Cast, of: Rota) -> Rota:
    return door.perform(of, "publish", cast.actor("office"))


def why(plan: RotaPlan, of: Rota) -> str:
    named = queries.rota.in_question(of, plan)["open"]
    return " ".join(sentence for gap in named for sentence in sentences.conflict(gap["why"], gap["rule"]))
