"""Time in words: what the person reads must be true at every edge."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone, translation

from tongxin.shell import phrases

NOW = datetime(2024, 11, 18, 4, 0, tzinfo=UTC)  # noon in Shanghai


@pytest.mark.parametrize(
    ("left", "words", "tone"),
    [
        (-3, "3 days overdue", "seal"),
        (-1, "1 day overdue", "seal"),
        (0, "due today", "amber"),
        (1, "1 day left", "amber"),
        (7, "7 days left", "amber"),
        (8, "8 days left", ""),
    ],
)
def test_a_due_date_says_how_long_and_how_urgent(left: int, words: str, tone: str) -> None:
    today = date(2024, 11, 18)
    with translation.override("en"):
        assert phrases.due(today + timedelta(days=left), today=today) == (words, tone)


def test_a_due_date_can_say_what_is_to_be_done() -> None:
    today = date(2024, 11, 18)
    with translation.override("en"):
        assert phrases.due(today, "triage", today) == ("triage due today", "amber")


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=2), "2 hours ago"),
        (timedelta(hours=11, minutes=59), "11 hours ago"),
        (timedelta(hours=12, minutes=1), "yesterday"),
        (timedelta(days=2), "2 days ago"),
        (timedelta(days=6), "6 days ago"),
        (-timedelta(days=1), "tomorrow"),
    ],
)
def test_how_long_ago_follows_the_calendar_not_the_hours(passed: timedelta, words: str) -> None:
    with translation.override("en"):
        assert phrases.since(NOW - passed, NOW) == words


def test_after_a_week_the_day_itself_is_told() -> None:
    today = timezone.localdate()
    with translation.override("zh-hans"):
        assert phrases.since(date(today.year - 1, 3, 5)) == f"{today.year - 1}年3月5日"
        assert phrases.moment(datetime(today.year - 1, 11, 2, 9, 20, tzinfo=UTC)) == f"{today.year - 1}年11月2日 17:20"
        assert phrases.day(date(today.year, 3, 5)) == "3月5日"
