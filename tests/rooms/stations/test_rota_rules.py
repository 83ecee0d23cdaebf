"""Rules of a rota: words and chosen fields, the preview, their days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from tests.cast import Cast
from tests.rooms.stations.duty import another, today
from tests.rooms.stations.rotas import beginning, rota, rule, worked_out
from tongxin.hear.stations import lists
from tongxin.hear.stations.forms.rota import RuleForm
from tongxin.hear.stations.models import RotaRule
from tongxin.hear.stations.policy import plan as may_plan
from tongxin.hear.stations.rota import rule_days
from tongxin.hear.stations.rota.resting import minder, not_published
from tongxin.hear.stations.rota.rule_words import said
from tongxin.insight.rota import rules, wording
from tongxin.kernel import door, workdays
from tongxin.kernel.deadlines import OWN_DAYS
from tongxin.kernel.models import Option, Parameter

pytestmark = pytest.mark.django_db


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
    assert (said(made), made.who, made.nths) == ("每月第一个周二 1 名领导 14:00-16:30", "leader", [1])


def test_holidays_are_minded(cast: Cast) -> None:
    made = RotaRule(kind="weekly", weekdays=[3], seats=1, who="member", from_on=date(2026, 1, 1))
    assert date(2026, 1, 1) not in rule_days.next_days(made, date(2026, 1, 1))  # New Year's Day, a Thursday


def test_the_assembly_s_own_days_count(cast: Cast) -> None:
    local, worked = date(2026, 6, 10), date(2026, 6, 19)  # an ordinary Wednesday; the Dragon Boat Festival, a Friday
    for day, meaning in ((local, "off"), (worked, "work"), (date(2026, 6, 13), "off"), (date(2026, 6, 21), "work")):
        Option.objects.create(assembly=cast.city, list=OWN_DAYS, code=day.isoformat(), zh="本地", meaning=meaning)
    made = rule(cast, "每周三、五、六 1 名委员")
    made.from_on = date(2026, 6, 8)
    days = rule_days.next_days(made, date(2026, 6, 8), 5)
    assert [day.day for day in days] == [12, 17, 19, 20, 24]  # neither the 10th nor the 13th
    made.assembly = cast.elsewhere
    assert [day.day for day in rule_days.next_days(made, date(2026, 6, 8), 5)] == [10, 12, 13, 17, 20]


def test_a_holiday_s_turn_moves_to_a_weekday_not_to_a_weekend_that_is_worked(cast: Cast) -> None:
    # 2026: National Day rests until Wednesday the 7th, and Saturday the 10th is worked instead.
    every = wording.parse("每周四 1 名委员")
    first, last = date(2026, 10, 1), date(2026, 10, 31)
    moved = rules.working(every.days(first, last), last, "move", minder(cast.city.pk))
    assert [day.day for day in moved] == [8, 15, 22, 29]  # the 1st met the 8th
    every = wording.parse("每月第一个周五 1 名委员")
    rests = {date(2026, 10, 2), *(date(2026, 10, n) for n in range(5, 10))}  # to the end of the week after
    moved = rules.working(every.days(first, last), last, "move", rests.__contains__)
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


# Chosen field by field


def chosen(cast: Cast, **sent: Any) -> RuleForm:
    form = RuleForm(
        {"from_on": timezone.localdate(), **sent}, actor=cast.actor("office"), record=cast.door_station,
        now=timezone.now(),
    )  # fmt: skip
    form.is_valid()
    return form


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"how": "weekly", "weekdays": [1, 3], "seats": 2}, "每周二、周四 2 名委员"),
        ({"how": "other", "weekdays": [2]}, "每两周的周三 1 名委员"),
        ({"how": "odd", "weekdays": [2], "who": "leader"}, "单周的周三 1 名领导"),
        ({"how": "even", "weekdays": [2]}, "双周的周三 1 名委员"),
        ({"how": "monthly", "weekdays": [2], "nths": [1, 3]}, "每月第一个、第三个周三 1 名委员"),
        ({"how": "monthly", "weekdays": [4], "nths": [-1]}, "每月最后一个周五 1 名委员"),
        ({"how": "monthday", "month_days": "1、16"}, "每月1日、16日 1 名委员"),
        ({"how": "quarterly", "weekdays": [1], "nths": [1]}, "每季度第一个周二 1 名委员"),
        ({"how": "appointment"}, "预约 1 名委员"),
    ],
)
def test_a_rule_chosen_field_by_field_is_the_one_in_words(cast: Cast, sent: dict[str, Any], words: str) -> None:
    form = chosen(cast, **sent)
    assert not form.errors
    spoken = chosen(cast, words=words)
    assert form.cleaned_data == spoken.cleaned_data
    made = RotaRule(assembly=cast.city, station=cast.door_station, **form.cleaned_data)
    door.establish(made, cast.actor("office"), may_plan)
    with override("en"):
        english = said(RotaRule.objects.get())
    assert said(RotaRule.objects.get()) == f"{words} 09:00-11:30"
    assert chosen(cast, words=english).cleaned_data | {"words": words} == form.cleaned_data


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "words"),
        ({"how": "weekly"}, "weekdays"),
        ({"how": "monthly", "weekdays": [1]}, "nths"),
        ({"how": "monthly", "weekdays": [1, 2], "nths": [1]}, "weekdays"),
        ({"how": "monthday"}, "month_days"),
        ({"how": "monthday", "month_days": "32"}, "month_days"),
        ({"how": "sometimes"}, "how"),
        ({"how": "weekly", "weekdays": [1], "words": "每周三 1 名委员"}, "how"),
    ],
)
def test_what_lacks_or_contradicts_the_words_is_said_at_its_field(cast: Cast, sent: dict[str, Any], field: str) -> None:
    assert list(chosen(cast, **sent).errors) == [field]


# Dates of the month


@pytest.mark.parametrize("moves", [True, False])
def test_a_date_that_is_no_working_day_moves_or_falls_away_as_the_assembly_has_it(cast: Cast, moves: bool) -> None:
    Parameter.objects.create(assembly=cast.city, key=lists.MOVE_DATES, value=moves)
    made = rule(cast, "每月15日 1 名委员")
    made.from_on = date(2026, 1, 1)
    first, last = date(2026, 2, 1), date(2026, 4, 30)  # 15 February: a Sunday within the Spring Festival's days off
    days = rule_days.days_of(made, first, last, "skip")
    assert days == [*([date(2026, 2, 24)] if moves else []), date(2026, 3, 16), date(2026, 4, 15)][0 if moves else -1 :]
    assert rule_days.days_of(made, first, last, "keep")[0] == date(2026, 2, 15)
    # What moved into a time is found there, though its date lies before it.
    begins = date(2026, 2, 16)
    assert rule_days.days_of(made, begins, date(2026, 2, 28), "skip") == days[: 1 if moves else 0]
    page = cast.client("office").post(
        reverse("duty:rules", args=[cast.door_station.pk]), {"words": "每月15、31日", "from_on": beginning()}
    )
    notes = page.context["preview"]["notes"]
    assert ("下一个工作日" in notes[0]) == moves
    assert "31" in notes[1]


def test_a_day_moved_by_a_holiday_stays_when_the_rota_is_worked_out_again_after_it(cast: Cast) -> None:
    made = rule(cast, "每月第一个周四 1 名委员")
    made.from_on = date(2026, 1, 1)
    # 1 October 2026 is a Thursday that rests, and so do the days until the 7th; its turn is on the 8th.
    assert rule_days.days_of(made, date(2026, 10, 2), date(2026, 10, 8), "move") == [date(2026, 10, 8)]


def test_every_other_week_is_counted_from_the_rule_s_beginning_in_every_rota(cast: Cast) -> None:
    made = rule(cast, "隔周三 1 名委员")
    first, second = half_of(cast, made, 0), half_of(cast, made, 7)
    assert first
    assert first[-len(second) :] == second  # whenever one begins to look


def half_of(cast: Cast, made: RotaRule, later: int) -> list[date]:
    begins = made.from_on + timedelta(days=later + 1)
    return rule_days.days_of(made, begins, made.from_on + timedelta(days=180), "keep")


# Beside the station's other rules


def test_a_day_that_has_duty_already_is_said_with_the_rule(cast: Cast) -> None:
    there = rule(cast, "每周三 1 名委员")
    address = reverse("duty:rules", args=[cast.door_station.pk])
    page = cast.client("office").post(address, {"words": "每月第一个周三 1 名委员", "from_on": beginning()})
    ((words, days, n),) = page.context["preview"]["twice"]
    assert (words, all(day.day <= 7 for day in days), n >= 10) == (said(there), True, True)
    assert words in page.content.decode().split("context-title")[0]
    for harmless in ("每月第一个周四 1 名委员", "每月第一个周三 14:00-16:00 1 名委员", "预约"):
        page = cast.client("office").post(address, {"words": harmless, "from_on": beginning()})
        assert page.context["preview"]["twice"] == []


def test_the_other_rules_count_for_who_comes_into_question(cast: Cast) -> None:
    another(cast)
    rule(cast, "每周三 1 名委员")
    address = reverse("duty:rules", args=[cast.door_station.pk])

    def preview(words: str) -> dict[str, Any]:
        page = cast.client("office").post(address, {"words": words, "from_on": beginning()})
        return page.context["preview"]

    alone, together = preview("每周四 2 名委员"), preview("每周三 14:00-16:00 2 名委员")
    assert (alone["few"], alone["over"]["most"]) == (None, 6)  # with the Wednesdays up to 15 a month
    assert alone["over"]["asked"] >= 12
    assert (together["few"], together["most"]) == (2, 3)  # three people on a day, and two come into question


@pytest.mark.parametrize("words", ["每周1名委员", "每周一名委员", "每周 1 人", "隔周2名委员", "one member every week"])
def test_a_week_without_a_day_asks_which_day(cast: Cast, words: str) -> None:
    form = RuleForm({"words": words, "from_on": today()}, actor=cast.actor("office"), now=timezone.now())
    assert not form.is_valid()
    assert form.errors.as_data()["words"][0].code == "weekday"
    assert "星期几" in str(form.errors["words"])


def test_a_rule_that_was_to_begin_later_is_taken_back_and_brings_no_turn(cast: Cast) -> None:
    form = RuleForm({"words": "每天 1 名委员", "from_on": beginning()}, actor=cast.actor("office"), now=timezone.now())
    assert form.is_valid()
    made = RotaRule(assembly=cast.city, station=cast.door_station, **form.cleaned_data)
    made = door.establish(made, cast.actor("office"), may_plan)
    page = (
        cast.client("office")
        .post(reverse("duty:rule_end", args=[cast.door_station.pk, made.pk]), follow=True)
        .content.decode()
    )
    assert "从未生效" in page
    assert worked_out(cast, rota(cast)).result["slots"] == 0
    made.refresh_from_db()
    assert made.to_on < timezone.localdate()
