"""Days of the Persian calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.clean import jalali
from worker.clean.dates import parse_date


@pytest.mark.parametrize(
    ("stated", "day"),
    [
        ((1349, 1, 1), date(1970, 3, 21)),
        ((1357, 11, 22), date(1979, 2, 11)),
        ((1375, 12, 30), date(1997, 3, 20)),
        ((1399, 2, 21), date(2020, 5, 10)),
        ((1399, 12, 30), date(2021, 3, 20)),
        ((1400, 1, 1), date(2021, 3, 21)),
        ((1403, 12, 30), date(2025, 3, 20)),
        ((1400, 12, 30), None),
        ((1400, 7, 31), None),
        ((1400, 13, 1), None),
        ((1441, 2, 21), None),
        ((1250, 2, 21), None),
    ],
)
def test_days(stated: tuple[int, int, int], day: date | None) -> None:
    assert jalali.day_of(*stated) == day


@given(st.integers(jalali.FIRST, jalali.LAST), st.integers(1, 12), st.integers(1, 29))
def test_a_day_follows_the_other(year: int, month: int, day: int) -> None:
    today, following = jalali.day_of(year, month, day), jalali.day_of(year, month, day + 1)
    if following is None:  # the last of a common year
        assert (month, day) == (12, 29)
        following = jalali.day_of(year + 1, 1, 1)
    assert today is not None and (following is None or following - today == timedelta(days=1))


@pytest.mark.parametrize(
    ("text", "language", "at"),
    [
        ("یکشنبه ۲۱ اردیبهشت ۱۳۹۹", "fa", "2020-05-10T00:00:00+00:00"),
        ("۱۸:۵۹ - يکشنبه ۲۱ ارديبهشت ۱۳۹۹", None, "2020-05-10T18:59:00+00:00"),
        ("۱۰ جدی ۱۴۰۱", "fa-AF", "2022-12-31T00:00:00+00:00"),
        ("۱۳۹۹/۰۲/۲۱ ۱۸:۵۹", "fa", "2020-05-10T18:59:00+00:00"),
        ("۱۲ تیر ماه ۱۳۹۹", "fa", "2020-07-02T00:00:00+00:00"),
        ("۱۲/۰۴/۱۳۹۹", "fa", "2020-07-02T00:00:00+00:00"),
        ("1399/02/21", None, None),
        ("1399/02/21", "de", None),
        ("21. Mai 1399", "fa", None),
        ("۲۱ اردیبهشت", "fa", None),
    ],
)
def test_as_pages_state_them(text: str, language: str | None, at: str | None) -> None:
    found = parse_date(text, language=language)
    assert (found and found.at) == at
