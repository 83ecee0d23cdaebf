"""Rota rules as people say them: “每周三 1 名委员”, “first and third Tuesday of the month a leader”, “预约”. Pure.

What is not understood is never left out silently: `parse` names it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import time
from typing import Any

from .rules import (
    AFTERNOON,
    ALL_DAY,
    APPOINTMENT,
    EVEN,
    LAST,
    MONTHDAY,
    MONTHLY,
    MORNING,
    MOST_SEATS,
    ODD,
    OTHER,
    QUARTERLY,
    WEEKLY,
    Rule,
    ordered,
)

DAYS_ZH = "一二三四五六日"
DAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NTH_EN = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", LAST: "last"}
NUMBERS_EN = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MOST_DAYS = 31


class NotUnderstood(ValueError):
    """`code` says what is wrong: "empty", "when", "weekday" (a week, and no day of it), "left" (`part` was not
    understood), "seats", "times", "days"."""

    def __init__(self, code: str, part: str = "") -> None:
        super().__init__(f"{code}: {part}")
        self.code, self.part = code, part


# --- Saying ----------------------------------------------------------------------------------------------------------


def say(rule: Rule, english: bool = False) -> str:
    """The rule in plain words; `parse` reads them back as the same rule."""
    hours = f" {rule.hours[0]:%H:%M}-{rule.hours[1]:%H:%M}" if rule.hours else ""
    if english:
        who = ("leader" if rule.leader else "member") + ("s" if rule.seats > 1 else "")
        return f"{_when_en(rule)} {NUMBERS_EN[rule.seats] if rule.seats <= 10 else rule.seats} {who}{hours}"
    return f"{_when_zh(rule)} {rule.seats} 名{'领导' if rule.leader else '委员'}{hours}"


def _when_zh(rule: Rule) -> str:
    days = "、".join(f"周{DAYS_ZH[day]}" for day in rule.weekdays)
    nths = "、".join("最后一个" if n == LAST else f"第{DAYS_ZH[n - 1]}个" for n in rule.nths)
    dates = "、".join("最后一天" if n == LAST else f"{n}日" for n in rule.month_days)
    weeks = {"": "每", OTHER: "每两周的", ODD: "单周的", EVEN: "双周的"}[rule.weeks]
    return {
        WEEKLY: f"{weeks}{days}", MONTHLY: f"每月{nths}{days}", MONTHDAY: f"每月{dates}",
        QUARTERLY: f"每季度{nths}{days}", APPOINTMENT: "预约",
    }[rule.kind]  # fmt: skip


def _when_en(rule: Rule) -> str:
    days = ", ".join(DAYS_EN[day] for day in rule.weekdays)
    nths = " and ".join(NTH_EN[n] for n in rule.nths)
    dates = " and ".join("last day" if n == LAST else _ordinal(n) for n in rule.month_days)
    weeks = {"": f"every {days}", OTHER: f"every other {days}", ODD: f"every {days} in odd weeks",
             EVEN: f"every {days} in even weeks"}[rule.weeks]  # fmt: skip
    return {
        WEEKLY: weeks, MONTHLY: f"{nths} {days} of the month", MONTHDAY: f"on the {dates} of the month",
        QUARTERLY: f"{nths} {days} of the quarter", APPOINTMENT: "by appointment",
    }[rule.kind]  # fmt: skip


def _ordinal(n: int) -> str:
    ending = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


# --- Reading ---------------------------------------------------------------------------------------------------------

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九十")} | {"两": 2, "首": 1}
_DAY = "[一二三四五六日天1-7]"
_NEXT_DAY = r"(?:[一二三四五六日天](?![名位个人十])|[1-7](?![名位个人\d:点时]))"  # a day, not the number of people
_WEEK = "(?:周|星期|礼拜)"
_AND = "[、,和及与/]"
_LIST = rf"((?:{_NEXT_DAY})(?:(?:到|至|-|—|~){_WEEK}?{_NEXT_DAY})?(?:{_AND}*{_WEEK}?{_NEXT_DAY})*)"
_NTH = "(?:第?[一二三四五12345]|首|最后一|末)"
_NTHS = rf"({_NTH}(?:个?{_AND}+{_NTH})*)个?(?:{_WEEK}的?)?{_WEEK}({_NEXT_DAY})"
_NUMBER = r"(?:\d{1,2}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_DATE = rf"(?:{_NUMBER}[日号]?|最后一[天日]|月?[底末])"
_APPOINTMENT = re.compile(r"(?:按|自选|提前)?预约(?:接待)?|自选|byappointment")
_MONTHLY = re.compile(rf"每个?月的?{_NTHS}")
_QUARTERLY = re.compile(rf"每个?季度?的?{_NTHS}")
_MONTHDAY = re.compile(rf"每个?月的?({_DATE}(?:{_AND}+{_DATE})*)(?<=[日号天底末])(?!到|至|-|—|~)")
_OTHER = re.compile(rf"(?:每?隔一?个?{_WEEK}|每[两二2]个?{_WEEK})(?:一次)?[的,]?{_WEEK}?{_LIST}")
_ODD_EVEN = re.compile(rf"(?:每个?|逢)?([单双])数?{_WEEK}[的,]?{_WEEK}?{_LIST}")
_WEEKLY = re.compile(rf"(?:每个?|^,?){_WEEK}{_LIST}")
_WORKDAYS = re.compile(r"(?:每个?)?工作日的?(?:每天|每日)?|everyweekday")
_DAILY = re.compile(r"每天|每日|everyday")
_EN_AND = "(?:,and|,|and|&)"
_EN_MANY = "(?:s(?!ix|even))?"  # the plural, not the beginning of a number
_EN_DAY = f"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?{_EN_MANY}"
_EN_LIST = rf"({_EN_DAY}(?:{_EN_AND}(?:every)?{_EN_DAY})*)"
_EN_NTH = "(?:first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th)"
_EN_NTHS = rf"({_EN_NTH}(?:{_EN_AND}(?:the)?{_EN_NTH})*)({_EN_DAY})"
_EN_OF = "(?:of|in)?(?:the|each|every|a)?"
_EN_DATE = r"(?:\d{1,2}(?:st|nd|rd|th)|lastday)"
_EN_MONTHLY = re.compile(rf"(?:on)?(?:every|the|each)?{_EN_NTHS}{_EN_OF}month")
_EN_QUARTERLY = re.compile(rf"(?:on)?(?:every|the|each)?{_EN_NTHS}{_EN_OF}quarter")
_EN_OTHER = re.compile(
    rf"(?:every|each)(?:other|second|2nd){_EN_LIST}"
    rf"|(?:every(?:two|2|other|second)week{_EN_MANY}|fortnightly|everyfortnight),?(?:on)?{_EN_LIST}"
)
_EN_ODD_EVEN = re.compile(rf"(?:every|each|on)?{_EN_LIST}(?:of|in)(?:the)?(odd|even)week{_EN_MANY}")
_EN_NTH_DAY = re.compile(rf"(?<!every)(?<!each)(?:on)?(?:the)?{_EN_NTHS}")  # “every third Wednesday” has two meanings
_EN_MONTHDAY = re.compile(
    rf"(?:everymonth|monthly)?,?(?:onthe|the|on)({_EN_DATE}(?:{_EN_AND}(?:the)?{_EN_DATE})*)(?:{_EN_OF}month{_EN_MANY})?"
)
_EN_WEEKLY = re.compile(rf"(?:every|each|on){_EN_LIST}")
_WEEK_ALONE = re.compile(rf"(?:每个?|每?隔一?个?|[每单双][两二2数]?个?|一){_WEEK}|week|fortnight")  # and no day of it
_SEATS = re.compile(r"(\d+|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])(?:名|位|个|人)")
_EN_SEATS = re.compile(r"(\d+|one|two|three|four|five|six|seven|eight|nine|ten|an?)(?=member|leader|person|people)")
_OF_PLACE = "(?:全?[省市县区州盟旗]{0,2}(?:政协)?)"
_LEADER = re.compile(rf"{_OF_PLACE}(?:主席会议成员|领导|副?主席|秘书长)|leaders?")
_MEMBER = re.compile(rf"{_OF_PLACE}委员|members?|persons?|people|人")
_HOURS = re.compile(
    r"(上午|下午|晚上)?(\d{1,2})(?:[::点时]|(?=-|—|~|至|到))(\d{2}|半)?分?(?:-|—|–|~|至|到|to)+(上午|下午|晚上)?(\d{1,2})[::点时]?(\d{2}|半)?分?"
)
_EN_HOURS = re.compile(
    r"(\d{1,2})(?:[:.](\d{2}))?(am|pm)?(?:-|—|–|~|to|until|till)(\d{1,2})(?:[:.](\d{2}))?(am|pm)(?![a-z])"
)
_PARTS = (("上午", MORNING), ("下午", AFTERNOON), ("全天", ALL_DAY), ("morning", MORNING), ("afternoon", AFTERNOON))
_FILLER = re.compile(
    r"[,、。;.:的有由来在是均都各安排值班轮坐接待日,]+|onduty|inthe|isthere|the|each|with|from|at|on|and|of|is"
)


def parse(words: str) -> Rule:
    """The rule in these words. Raises `NotUnderstood`."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", words).lower().replace("第1个", "第一个"))
    if not text:
        raise NotUnderstood("empty")
    text, hours = _hours(text)
    text, when = _when(text)
    text, seats = _seats(text)
    leader = bool(_LEADER.search(text))
    text = _MEMBER.sub("", _LEADER.sub("", text))
    if rest := _FILLER.sub("", text):
        raise NotUnderstood("left", rest)
    return Rule(**when, seats=seats, leader=leader, hours=hours)


def dates(words: str) -> tuple[int, ...]:
    """Dates of the month as somebody writes them alone: “1、16”, “15日”, “最后一天”. Raises `NotUnderstood`."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", words))
    if not re.fullmatch(rf"{_DATE}(?:{_AND}+{_DATE})*", text):
        raise NotUnderstood("left" if text else "when", text)
    return _dates(text)


_When = dict[str, Any]


def _of_month(kind: str) -> Callable[[re.Match[str]], _When]:
    return lambda m: {"kind": kind, "weekdays": (_day(m[2]),), "nths": _nths(m[1])}


def _of_week(days: str | None, weeks: str = "") -> _When:
    return {"kind": WEEKLY, "weekdays": _days(days or ""), "weeks": weeks}


#: What is said first is what a later pattern would take a part of for something else.
_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], _When]], ...] = (
    (_MONTHLY, _of_month(MONTHLY)),
    (_QUARTERLY, _of_month(QUARTERLY)),
    (_EN_MONTHLY, _of_month(MONTHLY)),
    (_EN_QUARTERLY, _of_month(QUARTERLY)),
    (_OTHER, lambda m: _of_week(m[1], OTHER)),
    (_EN_OTHER, lambda m: _of_week(m[1] or m[2], OTHER)),
    (_ODD_EVEN, lambda m: _of_week(m[2], ODD if m[1] == "单" else EVEN)),
    (_EN_ODD_EVEN, lambda m: _of_week(m[1], m[2])),
    (_EN_NTH_DAY, _of_month(MONTHLY)),
    (_MONTHDAY, lambda m: {"kind": MONTHDAY, "month_days": _dates(m[1])}),
    (_EN_MONTHDAY, lambda m: {"kind": MONTHDAY, "month_days": _dates(m[1])}),
    (_APPOINTMENT, lambda m: {"kind": APPOINTMENT}),
    (_WORKDAYS, lambda m: {"kind": WEEKLY, "weekdays": (0, 1, 2, 3, 4)}),
    (_DAILY, lambda m: {"kind": WEEKLY, "weekdays": tuple(range(7))}),
    (_WEEKLY, lambda m: _of_week(m[1])),
    (_EN_WEEKLY, lambda m: _of_week(m[1])),
)


def _when(text: str) -> tuple[str, _When]:
    """What is left of the text, and the fields of the rule that say when."""
    found: list[_When] = []
    for pattern, read in _READERS:
        if match := pattern.search(text):
            found.append(read(match))
            text = text[: match.start()] + "," + text[match.end() :]
    if not found and _WEEK_ALONE.search(text):
        raise NotUnderstood("weekday")
    if len(found) != 1:
        raise NotUnderstood("when", text.strip(",") if not found else "")
    return text, found[0]


def _day(word: str) -> int:
    if word[0] in DAYS_ZH:
        return DAYS_ZH.index(word[0])
    if word[0] == "天":
        return 6
    if word[0].isdigit():
        return int(word[0]) - 1
    return next(n for n, name in enumerate(DAYS_EN) if name.lower()[:3] == word[:3])


def _days(words: str) -> tuple[int, ...]:
    if words[0].isascii() and words[0].isalpha():
        return tuple(sorted({_day(word) for word in re.findall(_EN_DAY, words)}))
    found: set[int] = set()
    for first, _till, last in re.findall(rf"({_DAY})(?:(到|至|-|—|~){_WEEK}?({_DAY}))?", words):
        a = _day(first)
        b = _day(last) if last else a
        found |= {day % 7 for day in range(a, b + 1 if b >= a else b + 8)}  # Friday to Monday goes over the weekend
    return tuple(sorted(found))


def _nths(words: str) -> tuple[int, ...]:
    return ordered({_nth(word) for word in re.findall(f"{_EN_NTH}|{_NTH}", words)})


def _dates(words: str) -> tuple[int, ...]:
    """Dates of the month. Raises `NotUnderstood` for one that no month has."""
    found = set()
    for word in re.findall(rf"lastday|最后一|[底末]|{_NUMBER}", words):
        number = LAST if word in ("lastday", "最后一", "底", "末") else _number(word)
        if number != LAST and not 1 <= number <= MOST_DAYS:
            raise NotUnderstood("days", word)
        found.add(number)
    return ordered(found)


def _number(word: str) -> int:
    if word.isdigit():
        return int(word)
    tens, _ten, ones = word.rpartition("十") if "十" in word else ("", "", word)
    return (_DIGITS[tens] if tens else 1) * 10 * ("十" in word) + (_DIGITS[ones] if ones else 0)


def _nth(word: str) -> int:
    if word in ("最后一", "末", "last"):
        return LAST
    for number, name in NTH_EN.items():
        if word == name or (word[0] == str(number) and word[0].isdigit()):
            return number
    word = word.removeprefix("第")
    return int(word) if word.isdigit() else _DIGITS[word]


def _seats(text: str) -> tuple[str, int]:
    match = _SEATS.search(text) or _EN_SEATS.search(text)
    if not match:
        return text, 1
    word = match[1]
    if word in NUMBERS_EN:
        seats = NUMBERS_EN.index(word)
    else:
        seats = 1 if word in ("a", "an") else _number(word)
    if not 1 <= seats <= MOST_SEATS:
        raise NotUnderstood("seats", word)
    return text[: match.start()] + "," + text[match.end() :], seats


def _hours(text: str) -> tuple[str, tuple[time, time] | None]:
    """Clock times first, else parts of the day."""
    if match := _EN_HOURS.search(text):
        return text[: match.start()] + "," + text[match.end() :], _english_hours(match)
    if match := _HOURS.search(text):
        half, h1, m1, half2, h2, m2 = match.groups()
        try:
            begins = _clock(half, h1, m1)
            ends = _clock(half2 or half, h2, m2)
        except ValueError:
            raise NotUnderstood("times", match[0]) from None
        if ends <= begins:
            raise NotUnderstood("times", match[0])
        return text[: match.start()] + "," + text[match.end() :], (begins, ends)
    for word, hours in _PARTS:
        if word in text:
            return text.replace(word, ",", 1), hours
    return text, None


def _english_hours(match: re.Match[str]) -> tuple[time, time]:
    """9am-11:30am, 2-4pm, 11-1pm: the half of the day said once counts for both, unless that turns them round."""
    h1, m1, half, h2, m2, half2 = match.groups()
    try:
        ends = _half_day(h2, m2, half2)
        begins = _half_day(h1, m1, half or half2)
        if not half and begins >= ends:
            begins = _half_day(h1, m1, "am")
    except ValueError:
        raise NotUnderstood("times", match[0]) from None
    if ends <= begins:
        raise NotUnderstood("times", match[0])
    return begins, ends


def _half_day(hour: str, minute: str | None, half: str) -> time:
    """A time of the twelve-hour clock. Raises `ValueError` for one that it does not have."""
    if not 1 <= int(hour) <= 12:
        raise ValueError(hour)
    return time(int(hour) % 12 + 12 * (half == "pm"), int(minute or 0))


def _clock(half: str | None, hour: str, minute: str | None) -> time:
    hours = int(hour)
    if half in ("下午", "晚上") and hours < 12:
        hours += 12
    return time(hours, 30 if minute == "半" else int(minute or 0))
