"""Dates as news states them. `parse_date` reads one stated date, `find_date` looks for it in the head of a text dump.

No day stated means None: nothing here guesses a day. The order of the zone rules is that of the contract: offset or
zone of the text, the zone given (message or source), the only zone of the host's country domain (assumed), UTC
(assumed).
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from worker.clean import jalali
from worker.clean.months import CROATIAN, MONTHS
from worker.clean.zones import NAMED, OFFSETS, is_day_first, zone_of_host
from worker.clean.zones import zone as zone_named

_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_EPOCH, _NO_TIME = datetime(1970, 1, 1, tzinfo=UTC), timedelta(days=1)
_LONGEST = 400  # characters of a stated date; more is prose


@dataclass(frozen=True, slots=True)
class Published:
    """When an article appeared: RFC 3339 with offset, precision (`minute`, `hour`, `day`), offset assumed?, where it
    stood.
    """

    at: str
    precision: str
    zone_assumed: bool = False
    source: str = "text"

    @property
    def instant(self) -> datetime:
        return datetime.fromisoformat(self.at)


@dataclass(frozen=True, slots=True)
class _Clock:
    hour: int
    minute: int
    second: int
    tz: tzinfo | None
    start: int
    end: int


_ISO = re.compile(
    r"(?<![\d.])(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[Tt]|\s{1,3}|, ?)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?"
    r"\s?([Zz]|(?:UTC|GMT)?[+\-−]\d{2}:?\d{2}|(?:UTC|GMT)?[+\-−]\d{1,2}(?!\d))?)?"
)
_COMPACT = re.compile(r"(?<!\d)(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(Z|[+\-]\d{2}:?\d{2})?)?(?!\d)")
_CJK = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일号]?")
_CJK_SHORT = re.compile(r"(?<![\d年])(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]")
_YMD = re.compile(r"(?<![\d./])(\d{4})([./])\s?(\d{1,2})\2\s?(\d{1,2})(?!\d)")
_SPACED = re.compile(r"(\d{4})( )(\d{2}) (\d{2})(?= \d{1,2}:|$)")
_NUMERIC = re.compile(r"(?<![\d./:\-])(\d{1,2})(\. ?|/| / |-)(\d{1,2})\2(\d{4}|\d{2})(?![\d:])(?!\.\d)")
_NUMERIC_SHORT = re.compile(r"(?<![\d./:\-,])(\d{1,2})\.(\d{1,2})\.(?!\d)")
_WORD = r"([^\s\d,.;:()/|\[\]<>\-–—_]{2,20})"
_DAY_MONTH = re.compile(
    r"(?<![\d.:,/])(\d{1,2})(?:\.?º|ª|\.|er|st|nd|rd|th|re|e|ης|η|-?го|ta|na|\.?-?án|-e)?[ \-/]{0,3}"
    r"(?:(?:de|of|di|do|den|del|ng|tháng)\s|d['’]\s?)?"
    + _WORD
    + r"\.?(?:\s?/\s?[^\W\d_]{3,12}\.?)?"  # a month of two names, as the Levant and the Gulf call it
    + r"(?:[ ,\-/]{0,3}(?:(?:de|del|of|do)\s)?(\d{4}|['’]\d{2})(?!\d)|[\-/ ](\d{2})(?![\d:.h]))?"
)
_MONTH_DAY = re.compile(
    r"(?<![^\s(,|/\-–])" + _WORD + r"\.?\s{1,2}(\d{1,2})(?:st|nd|rd|th|\.)?(?!\d|[:.,]\d)(?:,?\s{1,2}(\d{4})(?!\d))?"
)
_YEAR_MONTH_DAY = re.compile(r"(?<!\d)(\d{4})(?:\.|\s?m\.|\.? gada|e?ko|,)?\s" + _WORD + r"\.?\s(\d{1,2})(?!\d)")
_LATE_YEAR = re.compile(
    r"\s\d{1,2}:\d{2}(?::\d{2})?(?:\s[A-Za-z]{1,5}(?:[+\-]\d{2}:?\d{2})?|\s[+\-]\d{2}:?\d{2})?\s(\d{4})(?![\d:])"
)
"""The time of day and the year, as Unix writes them behind a day: `Dec 30 15:02:00 CET 2022`."""
_MONTH_YEAR = re.compile(r"\s?ماه\s(\d{4})(?!\d)")
_LABELLED = re.compile(r"(?<=[^\W\d_]):(?=\d)")
_GLUED = re.compile(r"(?<=[a-z])(?=[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4})")
"""Where a template puts no space between a name or label and the date behind it: `PressApril 28, 2023`."""

_STACKED = re.compile(r"^([^\W\d_]{3,9})\.?\s?(\d{2})((?:19|20)\d\d)$")
"""A leaf of a calendar, drawn by a template: month, day and year in lines of their own."""

_TIME = re.compile(
    r"(?<![\d.,:/\-])(?:(?P<half>上午|下午|午前|午後|오전|오후|sa|ch)\s?)?(?P<h>2[0-4]|[01]?\d)"
    r"(?:\s?(?:(?P<colon>[:：])|(?P<dot>\.)|(?P<mark>[hH]|時|时|시|点|點)\s?)(?P<m>[0-5]\d)(?:[:.](?P<s>[0-5]\d))?(?!\d|"
    r"[.,]\d)"
    r"|\s?(?P<bare>[hH](?![a-zA-Z])|時|时|시|点|點))?"
    r"(?:\s?(?P<ap>[aApP])\.?\s?[mM](?![^\W\d_])\.?|\s?(?P<late>مساء|م(?!\w)|μ\.?μ\.?))?"
    r"(?:\s?(?P<uhr>Uhr|uhr|UHR|hrs?|Hrs|uur|h(?![a-z])|u\.|ч\.?|分|분)(?:\s(?P<m2>[0-5]\d)(?!\d|\.))?)?"
)
_BEFORE_TIME = re.compile(
    r"(?:kl\.?|klo|kello|ore|alle|at|um|às|as|a las|à|o|godz\.?|om|ob|at:|в|о|,|-|–|\||at )\s?$", re.I
)
_ZONE = re.compile(
    r"\s{0,2}\(?(?:(?:(?:UTC|GMT)\s?)?(?P<sign>[+\-−])(?P<zh>\d{1,2}):?(?P<zm>\d{2})?(?!\d)|"
    r"(?P<name>[A-Za-zмск]{1,8})(?![^\W\d_]))\)?"
)

_UNITS = {
    "minute": "minute minutes min mins minuten minutter minuter minuut minuto minutos minuti minut minuty minutę "
    "dakika perc "
    "минут минуты минуту хвилин хвилини хвилину minuuttia minutu minúty minút menit phút دقيقة דקות",
    "hour": "hour hours hr hrs h std stunde stunden heure heures hora horas ora ore uur uren godz godziny godzin "
    "godzinę timer "
    "time timmar timme timma saat час часа часов годин години годину óra óráj órával tuntia tunti hodina hodinami "
    "hodinou "
    "hodinu jam giờ ساعة שעות ώρες ώρα",
    "day": "day days tag tage tagen jour jours día días dia dias giorno giorni dag dagen dage dagar dni dzień dzien "
    "gün день дня "
    "дней дні днів nap napja päivää päivä dny dnem dňami hari ngày يوم ימים μέρες",
}
_UNIT = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_AGO = re.compile(
    r"\b(?:vor|il y a|hace|há|fa|for|för|acum|před|pred|prije|pirms|prieš|πριν|منذ|לפני|cách đây)\s{1,2}"
    r"(?:etwa |ca\. |über |rund |environ )?"
    r"(?P<n1>\d{1,3}|einer|einem|une?|una|ett?)\s?(?P<u1>[^\s\d,;|]{1,10})"
    r"|(?<![\d.,:])(?P<n2>\d{1,3}|an|a|une?|un|una|een|één|jedną)\s?(?P<u2>[^\s\d,;|]{1,10})\s{1,2}"
    r"(?:ago|fa|geleden|temu|siden|sedan|önce|назад|тому|sitten|atrás|ezelőtt|yang lalu|lalu|trước)(?![^\W\d_])"
    r"|(?<!\d)(?P<n3>\d{1,3})\s?(?P<u3>分|小时|小時|時間|시간|分钟|分鐘|분|日|天|일)\s?(?:前|전)",
    re.I,
)
_CJK_UNIT = {"分": "minute", "分钟": "minute", "分鐘": "minute", "분": "minute", "小时": "hour", "小時": "hour"}
_CJK_UNIT |= {"時間": "hour", "시간": "hour", "日": "day", "天": "day", "일": "day"}
_DAYS_AGO = {
    0: "heute today aujourd'hui aujourd’hui hoy oggi hoje vandaag dziś dzisiaj idag i\u00a0dag bugün сегодня "
    "сьогодні dnes danas "
    "tänään σήμερα היום اليوم 今日 今天 오늘",
    1: "gestern yesterday hier ayer ieri ontem gisteren wczoraj igår i\u00a0går dün вчера вчора včera jučer eilen "
    "tegnap χθες "
    "אתמול أمس 昨日 昨天 어제",
    2: "vorgestern avant-hier anteayer eergisteren przedwczoraj позавчера",
}
_RELATIVE_DAY = {word.replace("\u00a0", " "): n for n, words in _DAYS_AGO.items() for word in words.split(" ")}
_RELATIVE = re.compile(
    r"(?<![^\W\d_])(?:" + "|".join(sorted(map(re.escape, _RELATIVE_DAY), key=len, reverse=True)) + r")(?![^\W\d_])",
    re.I,
)
_DIGITS = {
    ord(c): str(unicodedata.digit(c)) for c in "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९০১২৩৪৫৬৭৮৯๐๑๒๓๔๕๖๗๘๙０１２３４５６７８９"
}
_DIGITS |= {0xA0: " ", 0x202F: " ", 0x2009: " ", 0x200E: None, 0x200F: None, 0x200B: None, 0x2011: "-", 0x2044: "/"}  # type: ignore[dict-item]


def _plain(text: str) -> str:
    """`text` with the digits, spaces and hyphens that ASCII has."""
    return text if text.isascii() else text.translate(_DIGITS)


_ONE = frozenset(["einer", "einem", "un", "une", "una", "ett", "et", "an", "a", "een", "één", "jedną"])


def parse_date(
    text: str,
    *,
    language: str | None = None,
    fetched_at: datetime | None = None,
    zone: str | None = None,
    host: str | None = None,
    source: str = "text",
) -> Published | None:
    """Read the first date stated in `text` (at most 400 characters are looked at), or None where no day is stated.

    `fetched_at` (aware) resolves relative forms and dates without a year; without it they are None. `zone` is an IANA
    name stated for the source, `host` the site's host name (its country domain; it also decides 3/4/2022), `language`
    a BCP 47 code, `source` goes into the result.
    """
    text = " ".join(_plain(text[:_LONGEST]).split())
    if not text:
        return None
    if ":" in text:
        text = _LABELLED.sub(": ", text)
    if ", " in text:
        text = _GLUED.sub(" ", text)
    elif len(text) < 20:
        text = _STACKED.sub(r"\2 \1 \3", text)
    reader = _Reader(text, (language or "").split("-")[0].lower(), fetched_at, zone_named(zone), host or "", source)
    try:
        found = reader.read()
    except (ValueError, OverflowError):  # a day that no calendar has, or an instant outside of it
        return None
    # the beginning of all time stamps: a date that nobody has set
    return None if found is not None and abs(found.instant - _EPOCH) < _NO_TIME else found


class _Reader:
    """One reading of one text: tries the written forms from the most to the least certain."""

    def __init__(
        self,
        text: str,
        language: str,
        fetched_at: datetime | None,
        stated: tzinfo | None,
        host: str,
        source: str,
    ) -> None:
        self.text, self.language, self.fetched_at = text, language, fetched_at
        self.stated, self.host, self.source = stated, host, source

    @property
    def fallback(self) -> tzinfo:
        """The zone of what states none; most dates of pages state theirs, and nobody looks for one."""
        return self.stated or (zone_named(zone_of_host(self.host)) if self.host else None) or UTC

    def read(self) -> Published | None:
        found = self._iso() or self._epoch()
        if found is not None:
            return found
        day = self._first_day()
        if day is not None:
            start, end, value = day
            return self._with_clock(value, start, end)
        return self._relative()

    # -- complete machine forms

    def _iso(self) -> Published | None:
        for pattern in (_ISO, _COMPACT):
            if pattern is _COMPACT and len(self.text) > 40:
                continue
            for found in pattern.finditer(self.text):
                day = _day(int(found[1]), int(found[2]), int(found[3]))
                if day is None:
                    continue
                if found[4] is None or int(found[4]) > 24 or int(found[5]) > 59:
                    return self._with_clock(day, found.start(), found.end())
                tz = _offset(found[7]) if found[7] else _zone_after(self.text, found.end())
                return self._at(day, int(found[4]) % 24, int(found[5]), min(int(found[6] or 0), 59), tz)
        return None

    def _epoch(self) -> Published | None:
        text = self.text
        if not text.isdecimal() or len(text) not in (10, 13):
            return None
        seconds = int(text) // (1000 if len(text) == 13 else 1)
        if not 631_152_000 <= seconds <= 4_102_444_800:  # 1990 to 2100: outside of it the number is no time
            return None
        moment = datetime.fromtimestamp(seconds, UTC)
        return Published(moment.isoformat(), "minute", False, self.source)

    # -- written forms

    def _first_day(self) -> tuple[int, int, date] | None:
        """The day that stands first in the text, in any written form: (start, end, day)."""
        found = [x for x in (self._cjk(), self._numeric(), self._worded()) if x is not None]
        return min(found, key=lambda x: (x[0], -x[1])) if found else None

    def _cjk(self) -> tuple[int, int, date] | None:
        if found := _CJK.search(self.text):
            day = _day(int(found[1]), int(found[2]), int(found[3]))
            return (found.start(), found.end(), day) if day else None
        if found := _CJK_SHORT.search(self.text):
            day = self._without_year(int(found[1]), int(found[2]))
            return (found.start(), found.end(), day) if day else None
        return None

    def _numeric(self) -> tuple[int, int, date] | None:
        for found in _YMD.finditer(self.text):
            numbers = int(found[1]), int(found[3]), int(found[4])
            if day := _day(*numbers) or (jalali.day_of(*numbers) if self.language == "fa" else None):
                return found.start(), found.end(), day
        if (first := _SPACED.match(self.text)) and (day := _day(int(first[1]), int(first[3]), int(first[4]))):
            return first.start(), first.end(), day
        for found in _NUMERIC.finditer(self.text):
            day = self._day_month_order(int(found[1]), int(found[3]), _year(found[4]), found[2].strip())
            if day is None and self.language == "fa":
                day = jalali.day_of(int(found[4]), int(found[3]), int(found[1]))
            if day:
                return found.start(), found.end(), day
        for found in _NUMERIC_SHORT.finditer(self.text):
            if day := self._without_year(int(found[2]), int(found[1])):
                return found.start(), found.end(), day
        return None

    def _day_month_order(self, first: int, second: int, year: int, separator: str) -> date | None:
        if (separator == "." and second <= 12) or first > 12 or first == second:
            return _day(year, second, first)
        if second > 12:
            return _day(year, first, second)
        day_first = is_day_first(self.host) if self.host else None
        if day_first is None:
            day_first = bool(self.language) and self.language != "en"
            if not self.language:
                return None  # 3/4/2022 with nothing to tell the order: either reading would be a guess
        return _day(year, second, first) if day_first else _day(year, first, second)

    def _worded(self) -> tuple[int, int, date] | None:
        best: tuple[int, int, date] | None = None
        for pattern, d, m, y in ((_YEAR_MONTH_DAY, 3, 2, 1), (_DAY_MONTH, 1, 2, 3), (_MONTH_DAY, 2, 1, 3)):
            position = 0
            while found := pattern.search(self.text, position):
                position = (
                    found.start() + 1 if found.end() <= found.start() + 1 else found.start(m) + (pattern is _MONTH_DAY)
                )
                month = self._month(found[m])
                if month is None:
                    if (day := self._persian(found[m], found[d], found[y], found.end())) is not None:
                        return found.start(), found.end(), day
                    continue
                stated = found[y] or (found[4] if pattern is _DAY_MONTH else None)
                if stated is None and (late := _LATE_YEAR.match(self.text, found.end())):
                    stated = late[1]
                number = int(found[d])
                day = _day(_year(stated.strip("'’")), month, number) if stated else self._without_year(month, number)
                if day is None:
                    continue
                # "May 30, 2022" also reads as "30, 2022"; the form with a year wins, then the earlier one
                candidate = (found.start(), found.end(), day)
                if best is None or candidate[0] < best[0]:
                    best = candidate
                break
        return best

    def _persian(self, word: str, number: str, year: str | None, end: int) -> date | None:
        month = jalali.month_of(word)
        if month is None:
            return None
        if year is None:  # "12 Tir month 1399"
            later = _MONTH_YEAR.match(self.text, end)
            year = later[1] if later else None
        return jalali.day_of(int(year), month, int(number)) if year and year.isdecimal() else None

    def _month(self, word: str) -> int | None:
        word = word.casefold()
        if self.language == "hr" and word in CROATIAN:
            return CROATIAN[word]
        return MONTHS.get(word) or MONTHS.get(unicodedata.normalize("NFKC", word))

    def _without_year(self, month: int, number: int) -> date | None:
        """The latest such day that is not after the fetch: a page says no year when it is the present one."""
        if self.fetched_at is None:
            return None
        limit = (self.fetched_at + timedelta(days=1)).date()
        for year in (limit.year, limit.year - 1):
            day = _day(year, month, number)
            if day is not None and day <= limit:
                return day
        return None

    # -- forms that need the fetch

    def _relative(self) -> Published | None:
        if self.fetched_at is None or not _may_be_relative(self.text):
            return None
        if found := _AGO.search(self.text):
            unit = (
                _CJK_UNIT.get(found["u3"])
                if found["u3"]
                else _UNIT.get((found["u1"] or found["u2"]).casefold().rstrip("."))
            )
            number = found["n1"] or found["n2"] or found["n3"]
            count = 1 if number.casefold() in _ONE else int(number) if number.isdecimal() else None
            if unit and count is not None:
                return self._ago(unit, count)
        if found := _RELATIVE.search(self.text):
            local = self.fetched_at.astimezone(self.fallback)
            day = local.date() - timedelta(days=_RELATIVE_DAY[found[0].casefold()])
            return self._with_clock(day, found.start(), found.end())
        return None

    def _ago(self, unit: str, count: int) -> Published:
        assert self.fetched_at is not None
        local = self.fetched_at.astimezone(self.fallback)
        if unit == "day":
            return self._at(local.date() - timedelta(days=count), None, 0, 0, None)
        moment = self.fetched_at - timedelta(**{unit + "s": count})
        shown = moment.astimezone(self.fallback).replace(microsecond=0)
        # the instant is known whatever the zone: the offset is one of presentation
        return Published(shown.isoformat(), unit, False, self.source)

    # -- time of day and offset

    def _with_clock(self, day: date, start: int, end: int) -> Published:
        clock = _clock(self.text, start, end)
        if clock is None:
            return self._at(day, None, 0, 0, None)
        return self._at(day, clock.hour, clock.minute, clock.second, clock.tz)

    def _at(self, day: date, hour: int | None, minute: int, second: int, tz: tzinfo | None) -> Published:
        assumed = tz is None and self.stated is None
        zone = tz or self.fallback
        moment = datetime(day.year, day.month, day.day, hour or 0, minute, second, tzinfo=zone)
        return Published(moment.isoformat(), "day" if hour is None else "minute", assumed, self.source)


def _day(year: int, month: int, day: int) -> date | None:
    if 2440 <= year <= 2650:  # the Buddhist calendar of Thailand
        year -= 543
    if not _FIRST_YEAR <= year <= _LAST_YEAR or not 1 <= month <= 12 or not 1 <= day <= 31:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text) if int(text) < 70 else 1900 + int(text)


def _offset(text: str) -> tzinfo | None:
    """`Z`, `+02:00`, `+0200`, `GMT+2` -> a fixed offset."""
    text = text.strip().replace("−", "-").upper().removeprefix("UTC").removeprefix("GMT")
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits[:2]), int(digits[2:4] or 0)) if len(digits) > 2 else (int(digits), 0)
    return _fixed((hours * 60 + minutes) * (-1 if text[0] == "-" else 1))


def _fixed(minutes: int) -> tzinfo | None:
    if minutes == 0:
        return UTC
    return timezone(timedelta(minutes=minutes)) if abs(minutes) <= 15 * 60 else None


def _zone_after(text: str, end: int) -> tzinfo | None:
    """The zone that is written right after a time of day: `(MEZ)`, `UTC+1`, `ET`."""
    found = _ZONE.match(text, end)
    if not found:
        return None
    if found["sign"]:
        minutes = int(found["zh"]) * 60 + int(found["zm"] or 0)
        return _fixed(-minutes if found["sign"] in "-−" else minutes)
    raw = found["name"]
    name = raw.casefold()
    if name in NAMED and (raw.isupper() or len(raw) > 2):
        return zone_named(NAMED[name])
    if name in OFFSETS and (raw.isupper() or raw == "мск"):
        signed = _ZONE.match(text, found.end()) if name in ("utc", "gmt") else None
        if signed and signed["sign"]:
            minutes = int(signed["zh"]) * 60 + int(signed["zm"] or 0)
            return _fixed(-minutes if signed["sign"] in "-−" else minutes)
        return _fixed(OFFSETS[name])
    return None


def _clock(text: str, start: int, end: int) -> _Clock | None:
    """The time of day that belongs to the date at [start, end): right behind it, else right before it."""
    tail = text[end : end + 48]
    for found in _TIME.finditer(tail):
        if clock := _read_clock(tail, found):
            # another date between the two takes the time for itself
            return None if re.search(r"\d{4}", tail[: found.start()]) else clock
    head = text[max(0, start - 32) : start]
    best = None
    for found in _TIME.finditer(head):
        best = _read_clock(head, found) or best
    return best if best and not re.search(r"\d{2}", head[best.end :]) else None


def _read_clock(text: str, found: re.Match[str]) -> _Clock | None:
    hour, minute = int(found["h"]), found["m"]
    marked = found["ap"] or found["uhr"] or found["mark"] or found["half"]
    if minute is None:
        if not (found["ap"] or (found["uhr"] and found["uhr"] not in ("分", "분")) or found["bare"]):
            return None
        minute = found["m2"] or "0"
    elif found["dot"] and not marked and not _BEFORE_TIME.search(text[: found.start()]):
        return None
    half = found["half"]
    if found["ap"]:
        if hour > 12:
            half = None
        else:
            hour = hour % 12 + (12 if found["ap"] in "pP" else 0)
    elif found["late"]:
        hour = hour % 12 + 12 if hour <= 12 else hour
    elif half and hour <= 12:
        hour = hour % 12 + (12 if half in ("下午", "午後", "오후", "ch") else 0)
    return _Clock(
        hour % 24, int(minute), int(found["s"] or 0), _zone_after(text, found.end()), found.start(), found.end()
    )


# ---------------------------------------------------------------- the head of a text dump

_UPDATED = re.compile(
    r"\b(?:aktualisiert|zuletzt (?:geändert|bearbeitet)|updated?|modified|mis à jour|actualizad[oa]|aggiornato|"
    r"atualizado|"
    r"bijgewerkt|aktualizacja|uppdaterad|oppdatert|opdateret|обновлено|güncelle\w{0,6})\b|last ?update|"
    r"(?-i:[Uu]pdated(?=[A-Z]))",
    re.I,
)
_OF_ELSE = re.compile(
    r"\b(?:registriert|angemeldet seit|mitglied seit|dabei seit|beigetreten|registered|joined|member since|inscrit|"
    r"erscheinungs(?:datum|termin|tag)|release date|releases?:|geboren|geburts(?:tag|datum)|born|né|née|nacid[oa]|nato il|"
    r"gültig (?:ab|bis|vom)|valid (?:from|until)|expires|deadline|anmeldeschluss|bewerbungsschluss|last checked)",
    re.I,
)
"""What calls the day behind it that of a person, a product or an event."""
_LABELS = (
    "veröffentlicht|erstellt|publiziert|erschienen|stand|artikel|vom|am|um|uhr|first|published|posted|on|at|"
    "date|datum|"
    "publié|publiée|publicado|publicada|pubblicato|gepubliceerd|opublikowano|publicerad|publisert|udgivet|le|el|il|"
    "em|op|"
    "von|by|par|por|di|da|door|av|af|aktualisiert|zuletzt|geändert|update|updated|last|modified|mis à jour|"
    "actualizado|aggiornato|"
    "lesezeit|lesedauer|min|minuten|minute|minutes|read|reading time|lecture|mins|kommentar|kommentare|comment|comments|"
    "h|kl|ore|alle|"
    "montag|dienstag|donnerstag|freitag|samstag|sonntag|mittwoch|mo|mi|do|fr|sa|so|"
    "monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tue|wed|thu|fri|sat|sun|"
    "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo|"
    "lunedì|martedì|"
    "mercoledì|giovedì|venerdì|sabato|domenica|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag"
)
_LABEL = re.compile(rf"\b(?:{_LABELS})\b[.:]?", re.I)
_HAS_DATE_SIGN = re.compile(r"\d|" + _RELATIVE.pattern, re.I)
_LETTERS = re.compile(r"[^\W\d_]")


_MOST_LETTERS = 12  # beside a date, in a line that is one


_SIGNED = re.compile(r"[\d./-]{8,10}\s(?:by|von|par|por|di|da|door)\s", re.I)


_LETTER_RUN = re.compile(r"[^\W\d_]+")
_DATE_WORDS = frozenset(
    word
    for known in (*MONTHS, *OFFSETS, *_RELATIVE_DAY, *_LABELS.split("|"))
    for word in _LETTER_RUN.findall(known.casefold())
)
_AGO_WORDS = frozenset(
    "vor il hace há fa for för acum před pred prije pirms prieš πριν منذ לפני cách ago geleden temu siden sedan önce назад "
    "тому sitten atrás ezelőtt yang lalu trước".casefold().split()
)
_RELATIVE_WORDS = frozenset(word for known in _RELATIVE_DAY for word in _LETTER_RUN.findall(known.casefold()))
_UNSURE = re.compile("[ıİ前전]")
"""Letters that `casefold` and expressions compare differently, and what stands for "ago" inside a word."""


def _may_be_relative(text: str) -> bool:
    """Whether a text holds a word without which it states no day from that of the fetch."""
    words = [word.casefold() for word in _LETTER_RUN.findall(text)]
    if _AGO_WORDS.isdisjoint(words) and _RELATIVE_WORDS.isdisjoint(words):
        return _UNSURE.search(text) is not None
    return True


def _holds_more(text: str, most: int) -> bool:
    """Whether more letters than `most` are left over in a line beside its dates; its words alone tell, as good as always."""
    text = _plain(text)
    words = _LETTER_RUN.findall(text)
    if sum(map(len, words)) <= most:
        return False
    if not _UNSURE.search(text):
        folded = [word.casefold() for word in words]
        if _AGO_WORDS.isdisjoint(folded):  # else what stands beside it may be a unit
            certain = sum(len(word) for word, key in zip(words, folded, strict=True) if key not in _DATE_WORDS)
            if certain > most:
                return True
    return _left_over(text) > most


def is_date_line(text: str, *, language: str | None = None) -> bool:
    """Whether a line of a dump is but a date with its labels ("Stand: 30.12.2022, 15:02 Uhr", "3 hours ago")."""
    if len(text) > 140 or not _HAS_DATE_SIGN.search(text):
        return False
    return not _holds_more(text, _MOST_LETTERS) and _states_day(text, language)


_SOME_FETCH = datetime(2100, 1, 1, tzinfo=UTC)  # only asks whether a form is a date at all


def _states_day(text: str, language: str | None) -> bool:
    return parse_date(text, language=language, fetched_at=_SOME_FETCH) is not None


def _left_over(text: str) -> int:
    """Letters of a line that are neither part of its dates and times nor labels or weekdays."""
    rest = " ".join(_plain(text).split())
    rest = _RELATIVE.sub(" ", _AGO.sub(" ", rest))
    words = [w for w in re.split(r"[\s,.;:()/|\[\]\-–—_•·]+", _LABEL.sub(" ", rest)) if w]
    return sum(len(_LETTERS.findall(w)) for w in words if w.casefold() not in MONTHS and w.casefold() not in OFFSETS)


def find_date(
    lines: Sequence[str],
    *,
    language: str | None = None,
    fetched_at: datetime | None = None,
    zone: str | None = None,
    host: str | None = None,
    updates: bool = True,
) -> Published | None:
    """The article's own date among the lines of a dump's head (from a little before the title to the body), or None.

    Give only the head: a date further down belongs to another story. A line counts when it is a date with its labels
    or a byline with a date; of several the first that is not an "updated" wins, which only counts with `updates`. A day
    later than the fetch is an event, not a publication.
    """
    updated: Published | None = None
    for line in lines:
        if len(line) > 200 or not _HAS_DATE_SIGN.search(line):
            continue
        most = 80 if _SIGNED.match(line) else 40  # more is prose that mentions a day
        if _holds_more(line, most):
            continue
        if _OF_ELSE.search(line[:40]):
            continue
        found = parse_date(line, language=language, fetched_at=fetched_at, zone=zone, host=host)
        if found is None or (fetched_at is not None and found.instant > fetched_at + timedelta(hours=26)):
            continue
        if not _UPDATED.search(line[:40]):
            return found
        updated = updated or found
    return updated if updates else None
