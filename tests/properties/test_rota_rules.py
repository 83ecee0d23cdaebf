"""Rota rules in the words people use."""

import calendar
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxin.insight.rota.rules import (
    AFTERNOON,
    APPOINTMENT,
    EVEN,
    LAST,
    MONTHDAY,
    MONTHLY,
    MORNING,
    ODD,
    OTHER,
    QUARTERLY,
    WEEKLY,
    Rule,
    ordered,
    working,
)
from tongxin.insight.rota.wording import NotUnderstood, dates, parse, say

seats = st.integers(1, 20)
hours = st.none() | st.tuples(st.integers(0, 11), st.integers(12, 23), st.sampled_from((0, 15, 30))).map(
    lambda h: (time(h[0], h[2]), time(h[1], h[2]))
)
rules = st.one_of(
    st.builds(
        Rule,
        st.just(WEEKLY),
        st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
        st.just(()), seats, st.booleans(), hours, st.sampled_from(("", OTHER, ODD, EVEN)),
    ),
    st.builds(
        Rule,
        st.sampled_from((MONTHLY, QUARTERLY)),
        st.integers(0, 6).map(lambda day: (day,)),
        st.sets(st.sampled_from((1, 2, 3, 4, 5, LAST)), min_size=1).map(ordered), seats, st.booleans(), hours,
    ),
    st.builds(
        Rule, st.just(MONTHDAY), st.just(()), st.just(()), seats, st.booleans(), hours, st.just(""),
        st.sets(st.sampled_from((*range(1, 32), LAST)), min_size=1).map(ordered),
    ),
    st.builds(Rule, st.just(APPOINTMENT), st.just(()), st.just(()), seats, st.booleans(), hours),
)  # fmt: skip


@given(rules, st.booleans())
def test_what_a_rule_says_is_read_back_as_the_same_rule(rule: Rule, english: bool) -> None:
    assert parse(say(rule, english)) == rule


@given(st.text(max_size=30))
def test_any_text_is_a_rule_or_refused_with_a_reason(text: str) -> None:
    code, rule = _read(text)
    assert code in ("", "empty", "when", "weekday", "left", "seats", "times", "days")
    assert rule is None or parse(say(rule)) == rule


def _read(text: str) -> tuple[str, Rule | None]:
    try:
        return "", parse(text)
    except NotUnderstood as refused:
        return refused.code, None


@given(rules, st.dates(date(2024, 1, 1), date(2027, 1, 1)))
def test_the_days_are_those_of_the_calendar(rule: Rule, first: date) -> None:
    last = first + timedelta(days=200)
    days = list(rule.days(first, last))
    assert days == sorted(set(days))
    for n in range(201):
        day = first + timedelta(days=n)
        assert (day in days) == _is_due(rule, day, days), day


def _is_due(rule: Rule, day: date, days: list[date]) -> bool:
    """The same reckoned another way: by the lists of the calendar."""
    last = calendar.monthrange(day.year, day.month)[1]
    if rule.kind == MONTHDAY:
        return day.day in rule.month_days or (day.day == last and LAST in rule.month_days)
    if day.weekday() not in rule.weekdays:
        return False
    if rule.kind == WEEKLY:
        weeks = {day.isocalendar()[:2] for day in days}
        if rule.weeks == OTHER:  # every second week from the first one, whatever the year
            return min(days) <= day and ((day.toordinal() - 1) // 7 - (min(days).toordinal() - 1) // 7) % 2 == 0
        return not rule.weeks or (day.isocalendar()[:2] in weeks and int(day.strftime("%V")) % 2 == (rule.weeks == ODD))
    first = day.month if rule.kind == MONTHLY else (day.month - 1) // 3 * 3 + 1
    months = range(first, day.month + 1 if rule.kind == MONTHLY else first + 3)
    of_span = [
        d for month in months for d in calendar.Calendar().itermonthdates(day.year, month)
        if d.month == month and d.weekday() == day.weekday()
    ]  # fmt: skip
    place = of_span.index(day) + 1
    return place in rule.nths or (LAST in rule.nths and place == len(of_span))


def test_every_second_week_is_counted_from_the_beginning_of_the_rule() -> None:
    rule = Rule(WEEKLY, (2, 4), weeks=OTHER, since=date(2026, 1, 1))  # a Thursday: the first day is Friday the 2nd
    assert [d.day for d in rule.days(date(2026, 1, 1), date(2026, 1, 31))] == [2, 14, 16, 28, 30]
    later = list(rule.days(date(2026, 1, 8), date(2026, 1, 31)))  # the same weeks, wherever one begins to look
    assert [d.day for d in later] == [14, 16, 28, 30]


@pytest.mark.parametrize(("words", "said"), [("1、16", (1, 16)), ("15日", (15,)), ("十五号,最后一天", (15, LAST))])
def test_dates_are_read_alone(words: str, said: tuple[int, ...]) -> None:
    assert dates(words) == said


@pytest.mark.parametrize(("words", "code"), [("", "when"), ("32", "days"), ("1-5", "left"), ("每天", "left")])
def test_dates_that_are_none_are_refused(words: str, code: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        dates(words)
    assert refused.value.code == code


@given(rules, st.sampled_from(("skip", "move", "keep")), st.sets(st.integers(0, 120), max_size=40))
def test_holidays_are_skipped_moved_or_kept(rule: Rule, how: str, resting: set[int]) -> None:
    first, last = date(2026, 1, 1), date(2026, 5, 1)
    rest = {first + timedelta(days=n) for n in resting}
    wanted = list(rule.days(first, last))
    days = working(iter(wanted), last, how, rest.__contains__)
    assert len(days) == len(set(days)) <= len(wanted)
    if how == "keep":
        assert days == wanted
        return
    assert not rest & set(days)
    assert set(wanted) - rest <= set(days)
    if how == "skip":
        assert set(days) <= set(wanted)


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("每周三 1 名委员", Rule(WEEKLY, (2,))),
        ("每周三1名委员轮值", Rule(WEEKLY, (2,))),
        ("每周二、周四 9:00—11:30 两名委员", Rule(WEEKLY, (1, 3), (), 2, False, (time(9), time(11, 30)))),
        ("每周一至周五上午 1 名委员值班", Rule(WEEKLY, (0, 1, 2, 3, 4), hours=MORNING)),
        ("每周一三五 2人", Rule(WEEKLY, (0, 2, 4), (), 2)),
        ("每月第一个星期二 1 名领导", Rule(MONTHLY, (1,), (1,), 1, True)),
        ("每月第一个星期的星期二，政协领导接待", Rule(MONTHLY, (1,), (1,), 1, True)),
        ("每月首个周二下午有委员坐班", Rule(MONTHLY, (1,), (1,), hours=AFTERNOON)),
        ("每月最后一个周五 2 名委员", Rule(MONTHLY, (4,), (LAST,), 2)),
        ("预约", Rule(APPOINTMENT)),
        ("自选预约", Rule(APPOINTMENT)),
        ("every Wednesday one member", Rule(WEEKLY, (2,))),
        ("first Tuesday of the month a leader", Rule(MONTHLY, (1,), (1,), 1, True)),
        ("by appointment", Rule(APPOINTMENT)),
        ("周三 1名委员", Rule(WEEKLY, (2,))),
        ("周三下午 2 名委员", Rule(WEEKLY, (2,), (), 2, hours=AFTERNOON)),
        ("上午 周二、四", Rule(WEEKLY, (1, 3), hours=MORNING)),
        ("工作日每天 1 名委员", Rule(WEEKLY, (0, 1, 2, 3, 4))),
        ("每个工作日", Rule(WEEKLY, (0, 1, 2, 3, 4))),
        ("每天 1 名委员", Rule(WEEKLY, (0, 1, 2, 3, 4, 5, 6))),
        ("Every Wednesday, 1 member, 9am-11am", Rule(WEEKLY, (2,), hours=(time(9), time(11)))),
        ("every Monday two members 2-4:30pm", Rule(WEEKLY, (0,), (), 2, hours=(time(14), time(16, 30)))),
        ("every Friday one member from 11 to 1pm", Rule(WEEKLY, (4,), hours=(time(11), time(13)))),
        ("隔周三 1 名委员", Rule(WEEKLY, (2,), weeks=OTHER)),
        ("每两周周三 2 名委员", Rule(WEEKLY, (2,), (), 2, weeks=OTHER)),
        ("every other Wednesday one member", Rule(WEEKLY, (2,), weeks=OTHER)),
        ("every second Wednesday", Rule(WEEKLY, (2,), weeks=OTHER)),
        ("every second Wednesday of the month", Rule(MONTHLY, (2,), (2,))),
        ("双周三 1 名委员", Rule(WEEKLY, (2,), weeks=EVEN)),
        ("双周周三", Rule(WEEKLY, (2,), weeks=EVEN)),
        ("单周周二、周四下午", Rule(WEEKLY, (1, 3), hours=AFTERNOON, weeks=ODD)),
        ("every Friday in odd weeks", Rule(WEEKLY, (4,), weeks=ODD)),
        ("每月第一、三个周三 1 名委员", Rule(MONTHLY, (2,), (1, 3))),
        ("每月第一个和第三个周三", Rule(MONTHLY, (2,), (1, 3))),
        ("first and third Wednesday", Rule(MONTHLY, (2,), (1, 3))),
        ("1st and 3rd Wednesdays of every month, two members", Rule(MONTHLY, (2,), (1, 3), 2)),
        ("每月15日 1 名委员", Rule(MONTHDAY, month_days=(15,))),
        ("每月1日、16日 两名委员", Rule(MONTHDAY, (), (), 2, month_days=(1, 16))),
        ("每月十五号上午 1 名领导", Rule(MONTHDAY, (), (), 1, True, MORNING, month_days=(15,))),
        ("每月最后一天", Rule(MONTHDAY, month_days=(LAST,))),
        ("on the 15th", Rule(MONTHDAY, month_days=(15,))),
        ("one member on the 1st and 16th of the month", Rule(MONTHDAY, month_days=(1, 16))),
        ("每季度第一个周二 1 名领导", Rule(QUARTERLY, (1,), (1,), 1, True)),
        ("first Tuesday of the quarter", Rule(QUARTERLY, (1,), (1,))),
        ("每周五至周一 1 名委员", Rule(WEEKLY, (0, 4, 5, 6))),
        ("每周五到一 2 人", Rule(WEEKLY, (0, 4, 5, 6), (), 2)),
        ("每月第一个星期二市政协领导接待日", Rule(MONTHLY, (1,), (1,), 1, True)),
        ("每周三 2 名区政协委员值班", Rule(WEEKLY, (2,), (), 2)),
        ("每周一 1 名委员", Rule(WEEKLY, (0,))),
        ("every Tuesday six members", Rule(WEEKLY, (1,), (), 6)),
        ("every Sunday a leader 12am-12pm", Rule(WEEKLY, (6,), (), 1, True, (time(0), time(12)))),
    ],
)
def test_the_words_people_use(words: str, rule: Rule) -> None:
    assert parse(words) == rule


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        ("", "empty", ""),
        ("1 名委员", "when", "1名委员"),
        ("每周三和每月第一个周二", "when", ""),
        ("每周三 唱歌", "left", "唱歌"),
        ("每周三 99 名委员", "seats", "99"),
        ("每周三 11:00-9:00", "times", "11:00-9:00"),
        ("每周三 25:00-26:00", "times", "25:00-26:00"),
        ("every Wednesday 13am-2pm", "times", "13am-2pm"),
        ("every Wednesday 3pm-2pm", "times", "3pm-2pm"),
        ("第一个周三 1 名委员", "when", "第一个周三1名委员"),
        ("every third Wednesday", "when", "everythirdwednesday"),  # of the month, or every three weeks?
        ("每周1名委员", "weekday", ""),  # one member every week: on which day?
        ("每周一名委员", "weekday", ""),
        ("每周一位领导", "weekday", ""),
        ("单周2人", "weekday", ""),
        ("one member every week", "weekday", ""),
        ("每月35日", "days", "35"),
        ("每月1-5日", "when", "每月,日"),
        ("每月第一个周三、五", "left", "五"),
        ("每周三和每月15日", "when", ""),
    ],
)
def test_what_is_not_understood_is_named(words: str, code: str, part: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        parse(words)
    assert (refused.value.code, refused.value.part) == (code, part)
