"""Rules in words, working out a rota, what stays open and why, publishing, working out again."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast, system_actor
from tests.rooms.stations.test_duty import another, turn
from tongxin.hear.contact.models import AreaMember, ResponsibilityArea
from tongxin.hear.stations import planning, queries_duty, words
from tongxin.hear.stations.forms_rota import RuleForm, said
from tongxin.hear.stations.models import DutyTurn, Rota, RotaPlan, RotaRule, Station, Unavailability
from tongxin.hear.stations.policy import plan as may_plan
from tongxin.hear.stations.pools import SAME_COUNTY
from tongxin.hear.stations.resting import minder, not_published
from tongxin.hear.stations.workflow_duty import ROTAS
from tongxin.insight import rota_rules
from tongxin.kernel import door, workdays
from tongxin.kernel.deadlines import OWN_DAYS
from tongxin.kernel.errors import Invalid
from tongxin.kernel.models import Notice, Option, TaskRun
from tongxin.people.models import Member, Person, Sector, Term

pytestmark = pytest.mark.django_db


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
    named = queries_duty.in_question(of, plan)["open"]
    return " ".join(sentence for gap in named for sentence in words.conflict(gap["why"], gap["rule"]))


# Rules


def test_a_rule_is_repeated_before_it_is_saved(cast: Cast) -> None:
    client = cast.client("office")
    address = reverse("duty:rules", args=[cast.door_station.pk])
    sent = {"words": "每周三 1 名委员", "begins": "09:00", "ends": "11:30", "from_on": "", "to_on": ""}
    shown = client.post(address, sent)
    assert shown.context["preview"]["words"] == "每周三 1 名委员 09:00-11:30"
    assert all(day.weekday() == 2 for day in shown.context["preview"]["days"])
    assert not RotaRule.objects.exists()
    assert client.post(address, sent | {"save": "1"}).status_code == 302
    made = RotaRule.objects.get()
    assert (made.kind, made.weekdays, made.seats, made.who) == ("weekly", [2], 1, "member")
    client.post(reverse("duty:rule_end", args=[cast.door_station.pk, made.pk]))
    made.refresh_from_db()
    assert made.to_on is not None


@pytest.mark.parametrize("text", ["", "看情况", "每周三 唱歌", "每周三 99 名委员", "每周三 11:00-9:00"])
def test_what_is_not_understood_is_refused_and_kept(cast: Cast, text: str) -> None:
    page = cast.client("office").post(reverse("duty:rules", args=[cast.door_station.pk]), {"words": text, "save": "1"})
    assert page.status_code == 422
    assert text in page.content.decode()
    assert "words" in page.context["form"].errors


def test_hours_in_the_words_win(cast: Cast) -> None:
    made = rule(cast, "每月第一个星期二 1 名领导 14:00-16:30")
    assert (said(made), made.who, made.nth) == ("每月第一个周二 1 名领导 14:00-16:30", "leader", 1)


# Working out and publishing


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


# Fair over the year


def half_years(cast: Cast, of_first: int = 26, of_second: int = 26) -> tuple[Rota, Rota]:
    """Two rotas after one another, not worked out yet."""
    first = rota(cast, days=of_first * 7 - 1)
    begins = first.to_on + timedelta(days=1)
    return first, rota(cast, from_on=begins, to_on=begins + timedelta(days=of_second * 7 - 1))


def test_two_half_years_make_a_fair_year(cast: Cast) -> None:
    for name in ("孙萍", "钱进", "赵敏", "李想"):
        another(cast, name)
    rule(cast, "每周三 1 名委员")  # 26 turns among five: one has six; again 26, which must go to others
    first, second = half_years(cast)
    plan = worked_out(cast, first)
    assert [(g["least"], g["most"], "year_most" in g) for g in plan.result["groups"]] == [(5, 6, False)]
    publish(cast, first)
    plan = worked_out(cast, second)
    assert [(g["year_least"], g["year_most"]) for g in plan.result["groups"]] == [(10, 11)]
    publish(cast, second)
    year = Counter(DutyTurn.objects.values_list("member", flat=True))
    assert sorted(year.values()) == [10, 10, 10, 11, 11]
    page = cast.client("office").get(second.get_absolute_url()).content.decode()
    assert "10–11" in page


def test_turns_that_were_cancelled_or_handed_over_count_for_nobody(cast: Cast) -> None:
    other = another(cast)
    rule(cast, "每周三 1 名委员")
    first, second = half_years(cast, 2, 1)
    worked_out(cast, first)
    publish(cast, first)
    for held in DutyTurn.objects.filter(member=cast.seat):
        door.perform(held, "cancel", cast.actor("office"), {"reason": "停电"})
    assert planning.question(second, timezone.now()).problem.base == {other.pk: 1}
    assert {row["member"] for row in worked_out(cast, second).slots} == {cast.seat.pk}


def test_turns_of_more_than_a_year_ago_no_longer_count(cast: Cast) -> None:
    of = rota(cast, days=6)
    turn(cast, of.to_on - timedelta(days=365), "scheduled")
    assert planning.question(of, timezone.now()).problem.base == {}
    turn(cast, of.to_on - timedelta(days=364), "scheduled")
    assert planning.question(of, timezone.now()).problem.base == {cast.seat.pk: 1}


def test_who_came_into_office_meanwhile_does_not_make_up_for_it(cast: Cast) -> None:
    other = another(cast)
    rule(cast, "每周三 1 名委员")
    first, second = half_years(cast, 7, 6)
    worked_out(cast, first)
    publish(cast, first)  # seven turns of two people: three, and four
    fresh = another(cast, "钱进", since_on=first.to_on)
    old = another(cast, "赵敏", since_on=second.to_on - timedelta(days=365))  # was there all the time, and had nothing
    loads = planning.question(second, timezone.now()).problem.base
    assert (loads[cast.seat.pk] + loads[other.pk], loads[fresh.pk]) == (7, 2)  # 7 turns of three people
    assert old.pk not in loads
    chair = another(cast, "孙理", duty="chair", since_on=first.to_on)  # no leader was there to compare with
    assert chair.pk not in planning.question(second, timezone.now()).problem.base
    plan = worked_out(cast, second)
    mine = Counter(row["member"] for row in plan.slots)
    assert mine[fresh.pk] <= 2


def test_changes_that_are_not_shown_are_counted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    another(cast)
    made = rule(cast, "每周三 1 名委员")
    of = rota(cast)
    worked_out(cast, of)
    publish(cast, of)
    door.revise(made, cast.actor("office"), {"to_on": made.from_on}, may_plan)
    plan = worked_out(cast, of)
    monkeypatch.setattr(queries_duty, "CHANGES", 3)
    named = queries_duty.in_question(of, plan)
    assert (len(named["changes"]), named["more"]) == (3, len(plan.result["changes"]) - 3)
    page = cast.client("office").get(of.get_absolute_url())
    assert len(page.context["named"]["changes"]) == 3
    assert "还有 1 处变动没有列出" in page.content.decode()


# What stays open, and why


def test_the_wishes_that_conflict_are_named(cast: Cast) -> None:
    rule(cast, "每周三 1 名委员")
    of = rota(cast)
    away = Unavailability.objects.create(
        assembly=cast.city, member=cast.seat, from_on=beginning(), to_on=beginning() + timedelta(days=7)
    )
    plan = worked_out(cast, of)
    assert [len(gap["days"]) for gap in plan.result["open"]] == [1]
    assert plan.result["open"][0]["why"] == [
        {"kind": "wish", "who": "周岩", "from": away.from_on.isoformat(), "to": away.to_on.isoformat(), "weekdays": []}
    ]
    assert "周岩" in why(plan, of)


def test_the_monthly_limit_is_named(cast: Cast) -> None:
    rule(cast, "每周三 1 名委员")
    of = rota(cast, per_month=1)
    plan = worked_out(cast, of)
    assert [reason["kind"] for reason in plan.result["open"][0]["why"]] == ["cap"]
    assert "1" in why(plan, of)


def test_a_rule_nobody_can_keep_is_explained(cast: Cast) -> None:
    made = rule(cast, "每周三 3 名领导")
    of = rota(cast)
    plan = worked_out(cast, of)
    assert plan.result["filled"] == 0
    assert plan.result["open"][0]["why"] == [{"kind": "nobody", "per_month": 3}]
    assert said(made) in why(plan, of)
    page = cast.client("office").get(of.get_absolute_url()).content.decode()
    assert (page.count("× 3"), said(made) in page) == (4, True)  # a day is named once, with how many are missing
    publish(cast, of)
    assert DutyTurn.objects.filter(member=None).count() == plan.result["slots"]  # open, and seen


def test_only_members_of_the_sector_where_that_is_asked(cast: Cast) -> None:
    other = another(cast)  # of another sector
    rule(cast, "每周三 1 名委员")
    plan = worked_out(cast, rota(cast, match="require", per_month=2))
    members = {row["member"] for row in plan.slots}
    assert members == {cast.seat.pk, None}
    # More turns a month would do, and so would members of other sectors.
    assert [r["kind"] for r in plan.result["open"][0]["why"]] == ["cap", "fit"]
    assert other.pk not in members


def of_the_county(cast: Cast, member: Member, way: str) -> None:
    """As the check knows it: the area a member answers for lies there, or they sit in the county's own assembly."""
    if way == "area":
        area = ResponsibilityArea.objects.create(
            assembly=cast.city, name=f"{member}责任区", kind="community", sector=member.sector, county=cast.county
        )
        AreaMember.objects.create(assembly=cast.city, member=member, area=area, from_on=timezone.localdate())
    else:
        term = Term.objects.create(assembly=cast.county, number=9, from_on=date(2021, 1, 1))
        sector = Sector.objects.create(assembly=cast.county, code="z", name="中共")
        Member.objects.create(assembly=cast.county, person=member.person, term=term, sector=sector, state="active")


@pytest.mark.parametrize("way", ["area", "seat"])
@pytest.mark.parametrize("match", ["prefer", "require"])
def test_members_of_the_county_come_into_question_where_a_station_has_no_sector(
    cast: Cast, match: str, way: str
) -> None:
    near, leader = another(cast), another(cast, "孙理", duty="chair")
    of_the_county(cast, near, way)
    of_the_county(cast, leader, "area")
    place = Station.objects.create(assembly=cast.city, code="B003", name="东山站", state="active", county=cast.county)
    rule(cast, "每周三 1 名委员", place)
    of = rota(cast, days=6, match=match)
    (pool,) = planning.question(of, timezone.now()).problem.pools.values()
    assert (dict(pool.fits), pool.crowd) == ({near.pk: SAME_COUNTY}, "" if match == "require" else "member")
    assert [row["member"] for row in worked_out(cast, of).slots] == [near.pk]
    Station.objects.filter(pk=place.pk).update(sector=cast.sector)  # with a sector, that alone is required
    (pool,) = planning.question(of, timezone.now()).problem.pools.values()
    assert (near.pk in pool.fits) == (match == "prefer")


def test_members_fit_before_others_where_it_costs_no_fairness(cast: Cast) -> None:
    another(cast)
    second = Station.objects.create(
        assembly=cast.city, code="B002", name="农业站", state="active", sector=cast.other_sector
    )
    rule(cast, "每周三 1 名委员")
    rule(cast, "每周三 1 名委员", second)
    plan = worked_out(cast, rota(cast, per_month=5))
    assert {row["member"] for row in plan.slots if row["station"] == cast.door_station.pk} == {cast.seat.pk}


def test_holidays_are_minded(cast: Cast) -> None:
    made = RotaRule(kind="weekly", weekdays=[3], seats=1, who="member", from_on=date(2026, 1, 1))
    assert date(2026, 1, 1) not in planning.next_days(made, date(2026, 1, 1))  # New Year's Day, a Thursday


def test_the_assembly_s_own_days_count(cast: Cast) -> None:
    local, worked = date(2026, 6, 10), date(2026, 6, 19)  # an ordinary Wednesday; the Dragon Boat Festival, a Friday
    for day, meaning in ((local, "off"), (worked, "work"), (date(2026, 6, 13), "off"), (date(2026, 6, 21), "work")):
        Option.objects.create(assembly=cast.city, list=OWN_DAYS, code=day.isoformat(), zh="本地", meaning=meaning)
    made = rule(cast, "每周三、五、六 1 名委员")
    made.from_on = date(2026, 6, 8)
    days = planning.next_days(made, date(2026, 6, 8), 5)
    assert [day.day for day in days] == [12, 17, 19, 20, 24]  # neither the 10th nor the 13th
    made.assembly = cast.elsewhere
    assert [day.day for day in planning.next_days(made, date(2026, 6, 8), 5)] == [10, 12, 13, 17, 20]


def test_a_holiday_s_turn_moves_to_a_weekday_not_to_a_weekend_that_is_worked(cast: Cast) -> None:
    # 2026: National Day rests until Wednesday the 7th, and Saturday the 10th is worked instead.
    every = rota_rules.parse("每周四 1 名委员")
    first, last = date(2026, 10, 1), date(2026, 10, 31)
    moved = rota_rules.working(every.days(first, last), last, "move", minder(cast.city.pk))
    assert [day.day for day in moved] == [8, 15, 22, 29]  # the 1st met the 8th
    every = rota_rules.parse("每月第一个周五 1 名委员")
    rests = {date(2026, 10, 2), *(date(2026, 10, n) for n in range(5, 10))}  # to the end of the week after
    moved = rota_rules.working(every.days(first, last), last, "move", rests.__contains__)
    assert moved == [date(2026, 10, 12)]


def test_holidays_that_are_not_published_yet_are_said(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    year = beginning().year
    monkeypatch.setattr(workdays, "PUBLISHED_UNTIL", year - 1)
    rule(cast, "每周三 1 名委员")
    client, of = cast.client("office"), rota(cast, holidays="skip")
    sentence = not_published(year)
    assert str(year) in sentence
    assert sentence in client.get(of.get_absolute_url()).content.decode()
    assert worked_out(cast, of).result["unpublished"] == year
    assert sentence in client.get(of.get_absolute_url()).content.decode()
    rests = minder(cast.city.pk)
    assert [rests(date(year, *day)) for day in ((5, 1), (5, 2), (10, 3), (1, 1))] == [True] * 4  # as the law has it
    sent = {"words": "每周三 1 名委员", "from_on": beginning()}
    shown = client.post(reverse("duty:rules", args=[cast.door_station.pk]), sent)
    assert sentence in shown.content.decode()
    kept = rota(cast, holidays="keep")
    assert sentence not in client.get(kept.get_absolute_url()).content.decode()
    monkeypatch.setattr(workdays, "PUBLISHED_UNTIL", year + 1)
    assert worked_out(cast, of).result["unpublished"] is None
    assert sentence not in client.get(of.get_absolute_url()).content.decode()


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
    assert f"{beginning():%m-%d}" in told  # the turn they still hold
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
