"""Stated dates in their written forms, zones, and what is no date."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.clean import dates
from worker.clean.dates import find_date, is_date_line, parse_date
from worker.clean.zones import zone_of_host

FETCHED = datetime(2022, 12, 31, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at", "precision"),
    [
        ("2022-12-30T15:02:00+01:00", "2022-12-30T15:02:00+01:00", "minute"),
        ("2022-12-30T15:02:00.123Z", "2022-12-30T15:02:00+00:00", "minute"),
        ("20221230T150200Z", "2022-12-30T15:02:00+00:00", "minute"),
        ("Fri, 30 Dec 2022 15:02:00 +0100", "2022-12-30T15:02:00+01:00", "minute"),
        ("Fri Dec 30 15:02:00 CET 2022", "2022-12-30T15:02:00+01:00", "minute"),
        ("1672412520", "2022-12-30T15:02:00+00:00", "minute"),
        ("1672412520000", "2022-12-30T15:02:00+00:00", "minute"),
        ("30.12.2022, 15.02 Uhr MEZ", "2022-12-30T15:02:00+01:00", "minute"),
        ("30. Juli 2022, 15:02 Uhr (MESZ)", "2022-07-30T15:02:00+02:00", "minute"),
        ("15:02 Uhr, 30. Dezember 2022", "2022-12-30T15:02:00+00:00", "minute"),
        ("Freitag, 30.12.22", "2022-12-30T00:00:00+00:00", "day"),
        ("30 décembre 2022 à 15h02", "2022-12-30T15:02:00+00:00", "minute"),
        ("1er janvier 2022", "2022-01-01T00:00:00+00:00", "day"),
        ("30 de diciembre de 2022 a las 15:02", "2022-12-30T15:02:00+00:00", "minute"),
        ("30 dicembre 2022, ore 15:02", "2022-12-30T15:02:00+00:00", "minute"),
        ("30 de dezembro de 2022 às 15h02", "2022-12-30T15:02:00+00:00", "minute"),
        ("30 december 2022 om 15:02", "2022-12-30T15:02:00+00:00", "minute"),
        ("30 grudnia 2022, 15:02", "2022-12-30T15:02:00+00:00", "minute"),
        ("29 december 2022 kl. 15.02", "2022-12-29T15:02:00+00:00", "minute"),
        ("30 Aralık 2022 15:02", "2022-12-30T15:02:00+00:00", "minute"),
        ("30 декабря 2022, 15:02 мск", "2022-12-30T15:02:00+03:00", "minute"),
        ("2022. december 30. 15:02", "2022-12-30T15:02:00+00:00", "minute"),
        ("2022年12月30日 下午3:02", "2022-12-30T15:02:00+00:00", "minute"),
        ("2022. 12. 30. 오후 3:02", "2022-12-30T15:02:00+00:00", "minute"),
        ("٣٠ ديسمبر 2022", "2022-12-30T00:00:00+00:00", "day"),
        ("December 30, 2022 at 3:02 p.m. ET", "2022-12-30T15:02:00-05:00", "minute"),
        ("July 30th, 2022 3pm PT", "2022-07-30T15:00:00-07:00", "minute"),
        ("30 Dec 2022 15:02 UTC+2", "2022-12-30T15:02:00+02:00", "minute"),
        ("Updated 9:51 PM CST, November 21, 2022", "2022-11-21T21:51:00-06:00", "minute"),
        ("vor 2 Stunden", "2022-12-31T08:00:00+00:00", "hour"),
        ("vor einer Stunde", "2022-12-31T09:00:00+00:00", "hour"),
        ("3 hours ago", "2022-12-31T07:00:00+00:00", "hour"),
        ("hace 5 minutos", "2022-12-31T09:55:00+00:00", "minute"),
        ("il y a 3 jours", "2022-12-28T00:00:00+00:00", "day"),
        ("2 godziny temu", "2022-12-31T08:00:00+00:00", "hour"),
        ("3時間前", "2022-12-31T07:00:00+00:00", "hour"),
        ("gestern, 14:30", "2022-12-30T14:30:00+00:00", "minute"),
        ("yesterday at 2:30 pm", "2022-12-30T14:30:00+00:00", "minute"),
        ("30. Dezember, 15:02 Uhr", "2022-12-30T15:02:00+00:00", "minute"),
        ("5. Mai", "2022-05-05T00:00:00+00:00", "day"),
        ("Apr 042013", "2013-04-04T00:00:00+00:00", "day"),
        ("Mai062018", "2018-05-06T00:00:00+00:00", "day"),
        ("30.12.2022, 21:41 Uhr", "2022-12-30T21:41:00+00:00", "minute"),
        ("30.12.2022 um 23.15 Uhr", "2022-12-30T23:15:00+00:00", "minute"),
        ("2022年12月30日 20:02", "2022-12-30T20:02:00+00:00", "minute"),
        ("Mon Aug 03 12:45:00 EDT 2015", "2015-08-03T12:45:00-04:00", "minute"),
        ("Thu Jan 02 10:00:00 +0100 2020", "2020-01-02T10:00:00+01:00", "minute"),
        ("Fri Sep 30 15:13:45 UTC+0000 2016", "2016-09-30T15:13:45+00:00", "minute"),
        ("Datum:26. Januar 2021", "2021-01-26T00:00:00+00:00", "day"),
        ("الجمعة 24 نيسان / أبريل 2020 09:22 مساءً", "2020-04-24T21:22:00+00:00", "minute"),
        ("By Jane RoeApril 28, 2021 GMT", "2021-04-28T00:00:00+00:00", "day"),
        ("01.21.2020 07:00 AM", "2020-01-21T07:00:00+00:00", "minute"),
        ("2016 12 12 14:00:00", "2016-12-12T14:00:00+00:00", "minute"),
    ],
)
def test_reads(text: str, at: str, precision: str) -> None:
    found = parse_date(text, fetched_at=FETCHED)
    assert found is not None
    assert (found.at, found.precision) == (at, precision)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "May 2022",
        "2022",
        "32.13.2022",
        "Seite 12 von 30",
        "gegen 1.500 Euro",
        "3/4/2022",
        "vor dem Haus",
        "99",
        "Sommer",
        "1970-01-01T00:00:00Z",
        "1970-01-01T01:00:00+01:00",
        "31.12.1969 19:00 EST",
    ],
)
def test_no_day_stated(text: str) -> None:
    assert parse_date(text, fetched_at=FETCHED) is None


def test_relative_needs_the_fetch() -> None:
    assert parse_date("vor 2 Stunden") is None
    assert parse_date("5. Mai") is None


@pytest.mark.parametrize(
    ("host", "language", "day"),
    [
        ("a.co.uk", None, "2022-04-03"),
        ("a.us", None, "2022-03-04"),
        ("a.com", "en", "2022-03-04"),
        ("a.com", "fr", "2022-04-03"),
    ],
)
def test_order_of_day_and_month(host: str, language: str | None, day: str) -> None:
    found = parse_date("3/4/2022", host=host, language=language)
    assert found is not None and found.at.startswith(day)


def test_zone_comes_from_the_source_before_the_domain() -> None:
    stated = parse_date("30.12.2022 15:02", zone="America/New_York", host="a.de")
    assert stated is not None and stated.at == "2022-12-30T15:02:00-05:00" and not stated.zone_assumed
    country = parse_date("30.07.2022 15:02", host="www.a.de")
    assert country is not None and country.at == "2022-07-30T15:02:00+02:00" and country.zone_assumed
    nothing = parse_date("30.12.2022 15:02", host="a.com")
    assert nothing is not None and nothing.at.endswith("+00:00") and nothing.zone_assumed
    written = parse_date("2022-12-30T15:02:00Z", host="a.de")
    assert written is not None and not written.zone_assumed


def test_zones_of_country_domains() -> None:
    assert zone_of_host("news.a.at") == "Europe/Vienna"
    assert zone_of_host("a.co.uk") == "Europe/London"
    assert zone_of_host("a.us") is None  # several
    assert zone_of_host("a.io") is None  # sold to everybody
    assert zone_of_host("a.com") is None


def test_croatian_reads_its_own_months() -> None:
    croatian = parse_date("30. listopada 2022.", language="hr")
    polish = parse_date("30 listopada 2022", language="pl")
    assert croatian is not None and croatian.at.startswith("2022-10-30")
    assert polish is not None and polish.at.startswith("2022-11-30")


def test_date_lines() -> None:
    for line in (
        "Stand: 30.12.2022, 15:02 Uhr",
        "vor 2 Stunden",
        "Published 3 May 2024",
        "Montag, 5. Mai 2022 | Lesezeit: 3 Min",
    ):
        assert is_date_line(line), line
    for line in (
        "Am 5. Mai 2022 wurde die Brücke gesperrt",
        "5 Tipps für den Sommer",
        "Version 2",
        "Heute im Rathaus: der Haushalt",
    ):
        assert not is_date_line(line), line


def test_find_date_prefers_publication_to_update_and_ignores_prose() -> None:
    head = [
        "Die Brücke bleibt zu",
        "Seit dem 3. Mai 2022 fährt dort niemand mehr, sagt die Stadt, und so werde es noch lange bleiben.",
        "Aktualisiert am 31.12.2022, 09:00 Uhr",
        "Von Greta Holm, 30.12.2022, 15:02 Uhr",
    ]
    found = find_date(head, fetched_at=FETCHED, host="a.de")
    assert found is not None and found.at == "2022-12-30T15:02:00+01:00"


@pytest.mark.parametrize(
    "line",
    [
        "Registriert: 18.09.2008, 05:56",
        "Mitglied seit 18.09.2008",
        "Member since May 3, 2008",
        "Erscheinungsdatum: 18.09.2008",
        "Born: 18 September 1968",
        "Anmeldeschluss: 18.09.2022",
    ],
)
def test_find_date_takes_no_day_of_a_person_or_a_product(line: str) -> None:
    assert find_date([line], host="a.de") is None
    found = find_date([line, "Von r23, 21.01.2009, 05:42"], host="a.de")
    assert found is not None and found.at.startswith("2009-01-21")


@pytest.mark.parametrize(
    "line", ["By Jane RoeUpdatedJanuary 25, 2022", "2019.03.26 lastupdate", "Updated on January 25, 2022"]
)
def test_find_date_knows_an_update_however_it_is_written(line: str) -> None:
    assert find_date([line]) is not None
    assert find_date([line], updates=False) is None


def test_find_date_takes_no_day_to_come() -> None:
    assert find_date(["24.06.2023, 19:00 Uhr"], fetched_at=FETCHED) is None


@given(
    st.text(max_size=200),
    st.sampled_from([None, "de", "en", "hr", "ja"]),
    st.sampled_from([None, "a.de", "b.co.uk", "c.com"]),
)
def test_any_text(text: str, language: str | None, host: str | None) -> None:
    found = parse_date(text, language=language, fetched_at=FETCHED, host=host)
    if found is not None:
        assert found.instant.tzinfo is not None
        assert found.precision in ("minute", "hour", "day")
    is_date_line(text)
    find_date(text.splitlines(), fetched_at=FETCHED)


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2150, 1, 1)))
def test_own_output_reads_back(moment: datetime) -> None:
    text = moment.replace(microsecond=0, tzinfo=UTC).isoformat()
    found = parse_date(text)
    assert found is not None and found.at == text


_PIECES = [
    *(
        "vor 3 Stunden",
        "il y a",
        "ago",
        "hace",
        "heute",
        "I DAG",
        "aujourd\u2019hui",
        "hier",
        "3分前",
        "今日",
        "3시간 전",
        "İl",
        "bugün",
        "Mın",
    ),
    *(
        "Stand:",
        "Stand",
        "reading time",
        "MIS À JOUR",
        "by",
        "Jane Doe",
        "o\u2019clock",
        "19nov",
        "nov_2019",
        "Nov\u200bember",
        "May",
    ),
    *(
        "ſtand",
        "Straße",
        "ΧΘΕΣ",
        "12.11.2024",
        "14:05",
        "Uhr",
        "PM",
        "ET",
        "GMT",
        "UTC+1",
        "90 Safety Group",
        "5,5",
        "a",
        "xyz",
        "3",
    ),
]
_LINES = st.lists(
    st.tuples(st.sampled_from(_PIECES), st.sampled_from((" ", "  ", "", "-", "_", "\u00a0", "|", ", "))), max_size=7
).map(lambda pieces: "".join(word + gap for word, gap in pieces))


@given(_LINES)
def test_the_words_of_a_line_tell_what_is_left_over(line: str) -> None:
    left = dates._left_over(line)
    for most in range(max(0, left - 5), left + 5):
        assert dates._holds_more(line, most) == (left > most)


@given(_LINES)
def test_what_cannot_be_relative_is_not(line: str) -> None:
    text = " ".join(line.translate(dates._DIGITS).split())
    if not dates._may_be_relative(text):
        assert dates._AGO.search(text) is None
        assert dates._RELATIVE.search(text) is None
