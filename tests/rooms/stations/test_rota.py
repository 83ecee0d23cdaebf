"""Working out a rota, publishing it, working it out again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast, system_actor
from tests.rooms.stations.duty import another, turn
from tests.rooms.stations.rotas import beginning, publish, rota, rule, worked_out
from tongxin.hear.stations import queries
from tongxin.hear.stations.models import DutyTurn, RotaPlan, Station, Unavailability
from tongxin.hear.stations.policy import plan as may_plan
from tongxin.hear.stations.rota import planning
from tongxin.kernel import door
from tongxin.kernel.errors import Invalid
from tongxin.kernel.models import Notice, TaskRun
from tongxin.people.models import Member, Person, Sector, Term

pytestmark = pytest.mark.django_db


def test_from_rules_to_turns(cast: Cast) -> None:
    others = [another(cast, name) for name in ("孙萍", "钱进", "赵敏")]
    rule(cast, "每周三 1 名委员")
    of = rota(cast)
    with pytest.raises(Invalid):  # nothing to publish yet
        publish(cast, of)
    plan = worked_out(cast, of)
    assert not DutyTurn.objects.exists()  # a proposal changes nothing
    assert (plan.result["proven"], plan.result["open"], plan.result["gap"]) == (True, [], 0)
    of = publish(cast, of)
    turns = list(DutyTurn.objects.all())
    assert len(turns) == plan.result["slots"] == 4
    assert {t.member for t in turns} == {cast.seat, *others}  # four turns, four people
    assert Notice.objects.filter(user=cast.member, channel="page").count() == 1
    assert RotaPlan.objects.get().status == "published"
    with pytest.raises(Invalid):  # a plan is published once
        publish(cast, of)


def test_working_out_again_keeps_what_is_confirmed_and_shows_what_changes(cast: Cast) -> None:
    sick = another(cast)
    another(cast, "钱进")
    rule(cast, "每周三 1 名委员")
    of = rota(cast)
    worked_out(cast, of)
    of = publish(cast, of)
    kept = DutyTurn.objects.filter(member=cast.seat).first()
    kept = door.perform(kept, "confirm", system_actor(cast))
    before = {t.pk: t.member_id for t in DutyTurn.objects.all()}
    Unavailability.objects.create(assembly=cast.city, member=sick, from_on=beginning(), to_on=of.to_on)
    plan = worked_out(cast, of)
    assert {t.pk: t.member_id for t in DutyTurn.objects.all()} == before  # nothing before it is published
    changed = plan.result["changes"]
    assert {c["before"] for c in changed} == {sick.pk}  # nobody else is moved
    assert len(changed) == sum(member == sick.pk for member in before.values())
    of = publish(cast, of)
    after = {t.pk: t.member_id for t in DutyTurn.objects.exclude(state__in=DutyTurn.GONE)}
    assert after[kept.pk] == cast.seat.pk
    assert sick.pk not in after.values()
    kept.refresh_from_db()
    assert kept.state == "confirmed"


def test_a_rule_that_ended_takes_its_turns_along(cast: Cast) -> None:
    made = rule(cast, "每周三 1 名委员")
    of = rota(cast)
    worked_out(cast, of)
    of = publish(cast, of)
    door.revise(made, cast.actor("office"), {"to_on": made.from_on}, may_plan)
    plan = worked_out(cast, of)
    assert all(c["gone"] for c in plan.result["changes"])
    publish(cast, of)
    assert set(DutyTurn.objects.values_list("state", flat=True)) == {"cancelled"}


def test_two_who_change_places_on_a_day_are_published(cast: Cast) -> None:
    other = another(cast)
    second = Station.objects.create(assembly=cast.city, code="B002", name="南市联络站", state="active")
    for station in (cast.door_station, second):
        rule(cast, "每周三 1 名委员", station)
    of = rota(cast, days=6)
    worked_out(cast, of)
    of = publish(cast, of)
    plan = worked_out(cast, of)
    rows = plan.slots
    rows[0]["member"], rows[1]["member"] = rows[1]["member"], rows[0]["member"]
    plan.save()
    before = {t.station_id: t.member_id for t in DutyTurn.objects.all()}
    publish(cast, of)
    after = {t.station_id: t.member_id for t in DutyTurn.objects.all()}
    assert after == dict(zip(before, reversed(before.values()), strict=True))
    assert set(after.values()) == {cast.seat.pk, other.pk}


def test_changes_that_are_not_shown_are_counted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    another(cast)
    made = rule(cast, "每周三 1 名委员")
    of = rota(cast)
    worked_out(cast, of)
    publish(cast, of)
    door.revise(made, cast.actor("office"), {"to_on": made.from_on}, may_plan)
    plan = worked_out(cast, of)
    monkeypatch.setattr(queries.rota, "CHANGES", 3)
    named = queries.rota.in_question(of, plan)
    assert (len(named["changes"]), named["more"]) == (3, len(plan.result["changes"]) - 3)
    page = cast.client("office").get(of.get_absolute_url())
    assert len(page.context["named"]["changes"]) == 3
    assert "还有 1 处变动没有列出" in page.content.decode()


# Pages


def test_a_rota_is_worked_out_at_once_or_in_the_background(cast: Cast) -> None:
    rule(cast, "每周三 1 名委员")
    of = rota(cast)
    client = cast.client("office")
    address = reverse("duty:rota_move", args=[of.pk, "work_out"])
    client.post(address)
    assert of.plans.first().status == "ready"
    page = client.get(of.get_absolute_url())
    assert page.context["ready"] is True
    TaskRun.objects.create(name="worker", last=timezone.now())
    client.post(address)
    waiting = client.get(of.get_absolute_url())
    assert of.plans.first().status in ("waiting", "ready")
    assert waiting.status_code == 200


def test_the_office_enters_an_absence_for_a_member_and_takes_it_back(cast: Cast) -> None:
    rule(cast, "每周三 1 名委员")
    of, office = rota(cast, days=6), cast.client("office")
    address = reverse("duty:rota_away", args=[of.pk])
    assert address in office.get(of.get_absolute_url()).content.decode()
    turn(cast, beginning(), "scheduled")
    sent = {"member": cast.seat.pk, "from_on": of.from_on, "to_on": of.to_on, "reason": "电话请假"}
    told = office.post(address, sent, follow=True).content.decode()
    assert f"{beginning().month}月{beginning().day}日" in told  # the turn they still hold
    kept = Unavailability.objects.get()
    assert (kept.member, kept.reason, kept.created_by) == (cast.seat, "电话请假", cast.office)
    assert worked_out(cast, of).result["filled"] == 0
    office.post(reverse("duty:rota_back", args=[of.pk, kept.pk]))
    assert worked_out(cast, of).result["filled"] == 1


def test_an_absence_is_for_a_member_of_the_rota_s_assembly_and_not_the_keeper_s_to_enter(cast: Cast) -> None:
    of, today = rota(cast, days=6), timezone.localdate()
    address = reverse("duty:rota_away", args=[of.pk])
    person = Person.objects.create(assembly=cast.county, name="县委员")
    term = Term.objects.create(assembly=cast.county, number=9, from_on=date(2021, 1, 1))
    sector = Sector.objects.create(assembly=cast.county, code="z", name="中共")
    far = Member.objects.create(assembly=cast.county, person=person, term=term, sector=sector, state="active")
    sent = {"from_on": today, "to_on": today}
    assert cast.client("office").post(address, sent | {"member": far.pk}).status_code == 422
    assert cast.client("office").post(address, sent).status_code == 422
    assert cast.client("station").post(address, sent | {"member": cast.seat.pk}).status_code == 403
    assert not Unavailability.objects.exists()


def test_a_plan_that_fails_leaves_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    rule(cast, "每周三 1 名委员")
    of = rota(cast)
    door.perform(of, "work_out", cast.actor("office"))

    def fail(*_args: Any, **_more: Any) -> None:
        raise RuntimeError("no solver")

    monkeypatch.setattr(planning.solver, "solve", fail)
    with pytest.raises(RuntimeError):
        planning.work_out(of.plans.first())
    assert of.plans.first().status == "failed"
    assert cast.client("office").get(of.get_absolute_url()).status_code == 200
    with pytest.raises(Invalid):
        publish(cast, of)
