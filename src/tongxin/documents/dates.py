"""Dates the way people write them in tables."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone

from tongxin.documents.problems import DateError

FIRST_YEAR, LAST_YEAR = 1900, 2100

# Excel counts days from here (its 29 February 1900, which never was, included).
_EXCEL_ZERO = datetime(1899, 12, 30)
# Smaller numbers are more likely a year, an age or a count than a date before 1920.
_FIRST_SERIAL = 7306
_LAST_SERIAL = (datetime(LAST_YEAR, 12, 31) - _EXCEL_ZERO).days

_DAY = r"(?P<year>\d{4})\s*(?:[-/.]|年)\s*(?P<month>\d{1,2})\s*(?:[-/.]|月)\s*(?P<day>\d{1,2})\s*[日号]?"
_COMPACT = r"(?P<cyear>\d{4})(?P<cmonth>\d{2})(?P<cday>\d{2})"
_WEEKDAY = r"(?:[\s,]*\(?(?:星期|周|礼拜)[一二三四五六日天]\)?)?"
_TIME = (
    r"(?:[\sT,]*(?P<half>上午|下午|AM|PM)?\s*(?P<hour>\d{1,2})\s*[:时点]\s*(?P<minute>\d{1,2})\s*"
    r"(?:[:分]\s*(?:(?P<second>\d{1,2})(?:\.\d+)?\s*秒?)?)?\s*(?P<late>AM|PM)?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
)
_WHOLE = re.compile(rf"(?:{_DAY}|{_COMPACT}){_WEEKDAY}{_TIME}", re.IGNORECASE)
_MONTH_ONLY = re.compile(r"\d{4}\s*(?:[-/.]|年)\s*\d{1,2}\s*月?(?:份)?")
_SHORT_YEAR = re.compile(r"\d{1,2}\s*(?:[-/.]|年)\s*\d{1,2}\s*(?:[-/.]|月)\s*\d{1,4}.*")


def parse_date(value: object) -> date | datetime:
    """The day, or the day and time, that `value` means: a date, Excel's number for one, or text such as 2024-1-5,
    2024/1/5, 2024.1.5, 2024年1月5日, 20240105, "2024-01-05 10:20:30".

    A date without a time gives a `date`; a time gives a `datetime`, aware only when the text names an offset.
    Raises `DateError` (a `ValueError`) whose sentence says what is wrong.
    """
    if isinstance(value, date):
        return _in_range(value, value)
    if isinstance(value, bool) or value is None:
        raise DateError("date_missing") if value is None else DateError("date_form", value=value)
    if isinstance(value, int | float):
        return _from_number(value)
    text = unicodedata.normalize("NFKC", str(value)).strip()
    if not text:
        raise DateError("date_missing")
    match = _WHOLE.fullmatch(text)
    if match:
        return _from_match(match, text)
    if re.fullmatch(r"\d{4,6}(\.\d+)?", text, re.ASCII):
        return _from_number(float(text))
    if _MONTH_ONLY.fullmatch(text):
        raise DateError("date_no_day", value=text)
    raise DateError("date_year" if _SHORT_YEAR.fullmatch(text) else "date_form", value=_short(text))


def month_as_day(value: object) -> date | None:
    """The first of the month for what names year and month only (1980.5, 1979年3月); None for everything else."""
    text = unicodedata.normalize("NFKC", str(value)).strip()
    parts = re.findall(r"\d+", text) if _MONTH_ONLY.fullmatch(text) else []
    return date(int(parts[0]), int(parts[1]), 1) if parts and 1 <= int(parts[1]) <= 12 else None


def _from_number(number: float) -> date | datetime:
    """Excel's serial number (a fraction is the time of day), or eight digits meant as YYYYMMDD."""
    if _FIRST_SERIAL <= number < _LAST_SERIAL + 1:
        moment = _EXCEL_ZERO + timedelta(seconds=round(number * 86400))
        return moment.date() if number == int(number) else moment
    if 10_000_000 <= number <= 99_999_999 and number == int(number):
        return parse_date(str(int(number)))
    raise DateError("date_form", value=int(number) if float(number).is_integer() else number)


def _from_match(match: re.Match[str], text: str) -> date | datetime:
    part = match.groupdict()
    try:
        day = date(*(int(part[name] or part["c" + name]) for name in ("year", "month", "day")))
        if part["hour"] is None:
            return _in_range(day, text)
        moment = datetime(
            day.year, day.month, day.day, _hour(part), int(part["minute"]), int(part["second"] or 0), tzinfo=_zone(part)
        )
    except ValueError as error:
        if isinstance(error, DateError):
            raise
        raise DateError("date_impossible", value=text) from None
    return _in_range(moment, text)


def _hour(part: dict[str, str | None]) -> int:
    hour = int(part["hour"] or 0)
    half = (part["half"] or part["late"] or "").upper()
    if half in ("下午", "PM") and hour < 12:
        return hour + 12
    return 0 if half in ("上午", "AM") and hour == 12 else hour


def _zone(part: dict[str, str | None]) -> timezone | None:
    zone = part["zone"]
    if zone is None:
        return None
    if zone in "Zz":
        return UTC
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return timezone(-offset if zone[0] == "-" else offset)


def _in_range(day: date | datetime, shown: object) -> date | datetime:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise DateError("date_range", value=_short(str(shown)), first=FIRST_YEAR, last=LAST_YEAR)
    return day


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
