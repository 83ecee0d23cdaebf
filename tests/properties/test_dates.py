"""Dates as people write them in tables."""

import contextlib
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxin.documents.dates import parse_date
from tongxin.documents.problems import DateError

DAYS = st.dates(date(1920, 1, 1), date(2100, 12, 30))
FORMS = [
    "{y}-{m}-{d}",
    "{y}/{m:02}/{d:02}",
    "{y}.{m}.{d}",
    "{y}年{m}月{d}日",
    "{y}{m:02}{d:02}",
    " {y} 年 {m} 月 {d} 日 ",
]


@given(DAYS, st.sampled_from(FORMS))
def test_every_form_of_every_day(day: date, form: str) -> None:
    assert parse_date(form.format(y=day.year, m=day.month, d=day.day)) == day


@given(st.datetimes(datetime(1920, 1, 1), datetime(2100, 12, 30)), st.sampled_from(FORMS[:5]))
def test_every_form_with_a_time(moment: datetime, form: str) -> None:
    moment = moment.replace(microsecond=0)
    text = form.format(y=moment.year, m=moment.month, d=moment.day).strip()
    assert parse_date(f"{text} {moment:%H:%M:%S}") == moment
    assert parse_date(f"{text} {moment.hour}:{moment:%M}") == moment.replace(second=0)


@given(DAYS)
def test_excel_serials(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    assert parse_date(serial) == day
    assert parse_date(float(serial)) == day
    assert parse_date(str(serial)) == day
    assert parse_date(serial + 0.5) == datetime(day.year, day.month, day.day, 12)


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (datetime(2024, 1, 5, 10, 20), datetime(2024, 1, 5, 10, 20)),
        (20240105, date(2024, 1, 5)),
        (20240105.0, date(2024, 1, 5)),
        ("2019/12/31 14:05", datetime(2019, 12, 31, 14, 5)),
        ("２０２４年１月５日", date(2024, 1, 5)),
        ("2024年1月5号", date(2024, 1, 5)),
        ("2024/1/5 星期五", date(2024, 1, 5)),
        ("2024/1/5 下午 3:20:00", datetime(2024, 1, 5, 15, 20)),
        ("2024年1月5日 上午12时05分", datetime(2024, 1, 5, 0, 5)),
        ("2024-01-05 3:20 PM", datetime(2024, 1, 5, 15, 20)),
        ("2024-01-05T10:20:30.123", datetime(2024, 1, 5, 10, 20, 30)),
        ("2024-01-05T10:20:30+08:00", datetime(2024, 1, 5, 10, 20, 30, tzinfo=timezone(timedelta(hours=8)))),
    ],
)
def test_forms(value: object, meant: date) -> None:
    parsed = parse_date(value)
    assert parsed == meant
    assert type(parsed) is type(meant)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "date_missing"),
        ("  ", "date_missing"),
        ("去年", "date_form"),
        (True, "date_form"),
        (2024, "date_form"),
        (float("nan"), "date_form"),
        (float("inf"), "date_form"),
        ("2024-02-30", "date_impossible"),
        ("2024-13-01", "date_impossible"),
        ("2024-01-05 25:00", "date_impossible"),
        ("24-1-5", "date_year"),
        ("1/5/2024", "date_year"),
        ("2024年1月", "date_no_day"),
        ("0024-01-05", "date_range"),
        ("9999-01-05", "date_range"),
        (datetime(1800, 1, 1), "date_range"),
    ],
)
def test_refusals_say_why(value: object, code: str) -> None:
    with pytest.raises(DateError) as caught:
        parse_date(value)
    assert caught.value.code == code
    assert "%(" not in str(caught.value)


@given(st.one_of(st.text(), st.floats(), st.integers()))
def test_anything_is_a_date_or_a_sentence(value: object) -> None:
    with contextlib.suppress(DateError):
        assert isinstance(parse_date(value), date)
