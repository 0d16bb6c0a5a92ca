"""The solar calendar of Iran and Afghanistan. Use it for a day that a page states in it: 21 Ordibehesht 1399 is 10 May 2020.

The leap years are those of the 33-year cycle, which agrees with the observed calendar from 1178 to 1633 AP (Borkowski,
"The Persian calendar for 3000 years", Earth, Moon and Planets 74, 1996).
"""

from datetime import date, timedelta

FIRST, LAST = 1349, 1430
"""Its years from 1970 on; the lunar calendar, which has passed 1440, is not mistaken for it."""
_NAMES = (
    "فروردین حمل",
    "اردیبهشت ثور",
    "خرداد جوزا",
    "تیر سرطان",
    "مرداد امرداد اسد",
    "شهریور سنبله",
    "مهر میزان",
    "آبان ابان عقرب",
    "آذر اذر قوس",
    "دی جدی",
    "بهمن دلو",
    "اسفند حوت",
)
_MONTHS = {word: month for month, words in enumerate(_NAMES, 1) for word in words.split()}
_ARABIC = str.maketrans("يك", "یک")  # two letters that Arabic keyboards write in another way
_START, _START_YEAR = date(1600, 3, 20), 979


def month_of(word: str) -> int | None:
    """The number of a month by its Iranian or Afghan name; None for what is none."""
    return None if word.isascii() else _MONTHS.get(word.translate(_ARABIC))


def day_of(year: int, month: int, day: int) -> date | None:
    """The Gregorian day; None for one that the calendar has not, or a year outside of `FIRST` to `LAST`."""
    if not FIRST <= year <= LAST or not 1 <= month <= 12 or not 1 <= day <= (31 if month <= 6 else 30):
        return None
    found = _new_year(year) + timedelta(days=31 * (month - 1) - max(0, month - 7) + day - 1)
    return found if found < _new_year(year + 1) else None


def _new_year(year: int) -> date:
    years = year - _START_YEAR
    return _START + timedelta(days=365 * years + years // 33 * 8 + (years % 33 + 3) // 4)
