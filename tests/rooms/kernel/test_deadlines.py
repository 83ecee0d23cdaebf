"""Due dates: calendar and Chinese working days, own days, extensions, and how they explain themselves."""

from datetime import date, datetime

import pytest
from django.utils import timezone
from django.utils.translation import override

from tongxin.kernel import deadlines, options, tasks, workdays
from tongxin.kernel.models import Deadline, JournalEntry, Option, Parameter


def moment(*parts):
    return timezone.make_aware(datetime(*parts))


def test_working_days_know_the_national_holidays_and_shifted_sundays():
    # National Day 2025: off 1-8 October; Sunday 28 September and Saturday 11 October are worked.
    assert workdays.add_working_days(date(2025, 9, 26), 3) == date(2025, 9, 30)
    assert workdays.add_working_days(date(2025, 9, 30), 1) == date(2025, 10, 9)
    assert workdays.is_working_day(date(2025, 10, 11))


def test_beyond_the_published_calendar_weekends_count_and_it_is_said():
    year = workdays.PUBLISHED_UNTIL + 3
    start = date.fromisocalendar(year, 27, 1)
    due = workdays.add_working_days(start, 10)
    assert (due - start).days == 14
    assert workdays.calendar_version(year) == "weekends"


def test_own_days_come_first(cast):
    Option.objects.create(assembly=cast.city, list=deadlines.OWN_DAYS, code="2025-06-09", zh="地方假日", meaning="off")
    assert deadlines.reckon(cast.city.pk, date(2025, 6, 6), 1, "working_days")[0] == date(2025, 6, 10)


def test_an_assemblys_parameter_sets_the_length(cast):
    Parameter.objects.create(assembly=cast.city, key="concerns.triage_days", value=3)
    options.forget(cast.city.pk)
    concern = cast.concern()
    clock = deadlines.of(concern)[0]
    assert (clock.due_on - clock.started_on).days == 3


def clock(cast, **given):
    values = {
        "assembly": cast.city,
        "record_type": "x",
        "record_id": 1,
        "kind": "reply",
        "started_on": date(2025, 9, 26),
        "length": 3,
        "unit": "working_days",
        "parameter": "concerns.reply_days",
        "calendar": "chinesecalendar",
        "due_on": date(2025, 9, 30),
    }
    return Deadline(**values | given)


def test_an_extension_keeps_reason_and_name(cast):
    item = clock(cast, unit="days", due_on=date(2025, 3, 1))
    deadlines.extend(item, 10, "材料未齐", "韩静", moment(2025, 2, 20, 9))
    assert item.due_on == date(2025, 3, 11)
    assert "材料未齐" in deadlines.explain(item)
    assert "韩静" in deadlines.explain(item)


def test_the_explanation_names_clause_and_calendar_as_people_know_them(cast):
    options.forget(cast.city.pk)
    with override("zh-hans"):
        words = deadlines.explain(clock(cast, calendar=workdays.calendar_version(2025)))
        assert "国务院放假安排（2025 年）" in words
        assert "chinesecalendar" not in words
        assert "本级未另设期限（一般做法" in words
        assert "由本级设定" not in words
        assert "承办单位答复的工作日数" not in words
    own = Parameter.objects.create(assembly=cast.city, key="concerns.reply_days", value=3)
    options.forget(cast.city.pk)
    with override("zh-hans"):
        assert "由本级设定" in deadlines.explain(clock(cast))
    Parameter.objects.filter(pk=own.pk).update(source="《办理办法》第九条")
    options.forget(cast.city.pk)
    with override("zh-hans"):
        assert "依据：《办理办法》第九条。" in deadlines.explain(clock(cast))
    options.forget(cast.city.pk)


def test_an_extended_clock_is_reckoned_anew_as_well(cast):
    item = clock(cast, started_on=date(2025, 9, 29), length=1, due_on=date(2025, 9, 30), calendar="weekends")
    item.extensions = [
        {"days": 2, "reason": "材料未齐", "by": "韩静", "at": "", "was": "2025-09-30", "due_on": "2025-10-02"}
    ]
    item.due_on = date(2025, 10, 2)  # before it was known that 1-8 October are holidays
    item.save()
    assert deadlines.recompute(timezone.now()) == [item]
    item.refresh_from_db()
    assert item.due_on == date(2025, 10, 10)
    assert item.extensions[0]["due_on"] == "2025-10-10"
    assert "尚未公布" not in deadlines.explain(item)


def test_when_the_calendar_is_published_open_clocks_are_reckoned_anew(cast, settings):
    # A clock that was reckoned before the calendar of 2025 came out: 1-8 October counted as if they were worked.
    item = clock(cast, started_on=date(2025, 9, 30), due_on=date(2025, 10, 3), calendar="weekends")
    concern = cast.concern()
    item.record_type, item.record_id = concern.label(), concern.pk
    Deadline.objects.filter(record_id=concern.pk).delete()
    item.save()
    assert tasks.recompute_deadlines(timezone.now()) == 1
    item.refresh_from_db()
    concern.refresh_from_db()
    assert item.due_on == concern.due_on == date(2025, 10, 11), "the queue sorts by the record's copy"
    assert JournalEntry.objects.filter(record_id=concern.pk, verb="reclocked").count() == 1
    assert item.calendar.startswith("chinesecalendar")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_explanation_speaks_both_languages(cast, language):
    from django.utils import translation

    with translation.override(language):
        words = deadlines.explain(clock(cast))
    assert ("工作日" in words) == (language == "zh-hans")
