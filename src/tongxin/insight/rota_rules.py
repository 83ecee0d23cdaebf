"""Rota rules as people say them: “每周三 1 名委员”, “first Tuesday of the month a leader”, “预约”. Pure.

What is not understood is never left out silently: `parse` names it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

WEEKLY, MONTHLY, APPOINTMENT = "weekly", "monthly", "appointment"
LAST = -1
SATURDAY = 5
MOST_SEATS = 20
DAYS_ZH = "一二三四五六日"
DAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NTH_EN = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", LAST: "last"}
NUMBERS_EN = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MORNING, AFTERNOON, ALL_DAY = (time(9), time(11, 30)), (time(14), time(16, 30)), (time(9), time(16, 30))


class NotUnderstood(ValueError):
    """`code` says what is wrong: "empty", "when", "left" (`part` was not understood), "seats", "times"."""

    def __init__(self, code: str, part: str = "") -> None:
        super().__init__(f"{code}: {part}")
        self.code, self.part = code, part


@dataclass(frozen=True)
class Rule:
    """`weekdays` from Monday = 0; `nth` which one in the month (`LAST`); `hours` only where the words name some."""

    kind: str
    weekdays: tuple[int, ...] = ()
    nth: int | None = None
    seats: int = 1
    leader: bool = False
    hours: tuple[time, time] | None = None

    def days(self, first: date, last: date) -> Iterator[date]:
        """The days of the rule from the first to the last one, as the calendar has them; none by appointment."""
        if self.kind == APPOINTMENT:
            return
        day = first
        while day <= last:
            if day.weekday() in self.weekdays and (self.kind == WEEKLY or self._is_nth(day)):
                yield day
            day += timedelta(days=1)

    def _is_nth(self, day: date) -> bool:
        if self.nth == LAST:
            return (day + timedelta(days=7)).month != day.month
        return (day.day - 1) // 7 + 1 == self.nth


def working(days: Iterator[date], last: date, how: str, rests: Callable[[date], bool]) -> list[date]:
    """The days with public holidays minded: "skip" drops them, "move" takes the next weekday that does not rest, "keep"
    keeps them. A moved day that meets another of the rule, or lies behind the last day, falls away."""
    found: list[date] = []
    wanted = list(days)
    taken = {day for day in wanted if how == "keep" or not rests(day)}
    for day in wanted:
        if day in taken:
            found.append(day)
        elif how == "move":
            while (rests(day) or day.weekday() >= SATURDAY) and day <= last:
                day += timedelta(days=1)
            if day <= last and day not in taken:
                taken.add(day)
                found.append(day)
    return sorted(found)


# --- Reading ---------------------------------------------------------------------------------------------------------

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九十")} | {"两": 2, "首": 1}
_DAY = "[一二三四五六日天1-7]"
_NEXT_DAY = r"(?:[一二三四五六日天](?![名位个人十])|[1-7](?![名位个人\d:点时]))"  # not the number of people
_WEEK = "(?:周|星期|礼拜)"
_NTH = "(?:第?[一二三四五12345]|首|最后一|末)"
_APPOINTMENT = re.compile(r"(?:按|自选|提前)?预约(?:接待)?|自选|byappointment")
_MONTHLY = re.compile(rf"每个?月的?({_NTH})个?(?:{_WEEK}的)?{_WEEK}({_DAY})")
_WEEKLY = re.compile(
    rf"(?:每个?|^,?){_WEEK}({_DAY}(?:(?:到|至|-|—|~){_WEEK}?{_NEXT_DAY})?(?:[、,和及与/]*{_WEEK}?{_NEXT_DAY})*)"
)
_WORKDAYS = re.compile(r"(?:每个?)?工作日的?(?:每天|每日)?|everyweekday")
_DAILY = re.compile(r"每天|每日|everyday")
_EN_DAY = "(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?s?"
_EN_MONTHLY = re.compile(
    rf"(?:on)?(?:every|the|each)?(first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th)({_EN_DAY})"
    r"(?:of|in)?(?:the|each|every|a)?month"
)
_EN_WEEKLY = re.compile(rf"(?:every|each|on)({_EN_DAY}(?:(?:,and|,|and|&)(?:every)?{_EN_DAY})*)")
_SEATS = re.compile(r"(\d+|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])(?:名|位|个|人)")
_EN_SEATS = re.compile(r"(\d+|one|two|three|four|five|six|seven|eight|nine|ten|an?)(?=member|leader|person|people)")
_LEADER = re.compile(r"(?:主席会议成员|政协领导|市领导|领导|副?主席|秘书长)|leaders?")
_MEMBER = re.compile(r"政协委员|委员|members?|persons?|people|人")
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
    text, kind, weekdays, nth = _when(text)
    text, seats = _seats(text)
    leader = bool(_LEADER.search(text))
    text = _MEMBER.sub("", _LEADER.sub("", text))
    if rest := _FILLER.sub("", text):
        raise NotUnderstood("left", rest)
    return Rule(kind, weekdays, nth, seats, leader, hours)


def say(rule: Rule, english: bool = False) -> str:
    """The rule in plain words; `parse` reads them back as the same rule."""
    hours = f" {rule.hours[0]:%H:%M}-{rule.hours[1]:%H:%M}" if rule.hours else ""
    if english:
        names = [DAYS_EN[day] for day in rule.weekdays]
        when = {
            WEEKLY: f"every {', '.join(names)}",
            MONTHLY: f"{NTH_EN.get(rule.nth or 1)} {names[0] if names else ''} of the month",
            APPOINTMENT: "by appointment",
        }[rule.kind]
        who = ("leader" if rule.leader else "member") + ("s" if rule.seats > 1 else "")
        return f"{when} {NUMBERS_EN[rule.seats] if rule.seats <= 10 else rule.seats} {who}{hours}"
    days = "、".join(f"周{DAYS_ZH[day]}" for day in rule.weekdays)
    nth = "最后一个" if rule.nth == LAST else f"第{DAYS_ZH[(rule.nth or 1) - 1]}个"
    when = {WEEKLY: f"每{days}", MONTHLY: f"每月{nth}{days}", APPOINTMENT: "预约"}[rule.kind]
    return f"{when} {rule.seats} 名{'领导' if rule.leader else '委员'}{hours}"


def _when(text: str) -> tuple[str, str, tuple[int, ...], int | None]:
    """What is left of the text, kind, weekdays and which one in the month."""
    found: list[tuple[str, tuple[int, ...], int | None]] = []
    for pattern, read in (
        (_MONTHLY, lambda m: (MONTHLY, (_day(m[2]),), _nth(m[1]))),
        (_EN_MONTHLY, lambda m: (MONTHLY, (_day(m[2]),), _nth(m[1]))),
        (_APPOINTMENT, lambda m: (APPOINTMENT, (), None)),
        (_WORKDAYS, lambda m: (WEEKLY, (0, 1, 2, 3, 4), None)),
        (_DAILY, lambda m: (WEEKLY, tuple(range(7)), None)),
        (_WEEKLY, lambda m: (WEEKLY, _days(m[1]), None)),
        (_EN_WEEKLY, lambda m: (WEEKLY, _days(m[1]), None)),
    ):
        if match := pattern.search(text):
            found.append(read(match))
            text = text[: match.start()] + "," + text[match.end() :]
    if len(found) != 1:
        raise NotUnderstood("when", text.strip(",") if not found else "")
    return text, *found[0]


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
        found |= set(range(a, b + 1)) if b >= a else {a, b}
    return tuple(sorted(found))


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
    if word.isdigit():
        seats = int(word)
    elif word in NUMBERS_EN:
        seats = NUMBERS_EN.index(word)
    elif word in ("a", "an"):
        seats = 1
    else:
        tens, _ten, ones = word.rpartition("十") if "十" in word else ("", "", word)
        seats = (_DIGITS[tens] if tens else 1) * 10 * ("十" in word) + (_DIGITS[ones] if ones else 0)
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
