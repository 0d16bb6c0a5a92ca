"""Dates that stand where no block of text does: in a page's scripts, in side boxes, in attributes.

Use `only_day` for a page that states its date nowhere else. It searches the mark-up itself, which costs as much as
all the other places together, but few pages need it.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from worker.clean.dates import Published, parse_date
from worker.references import resolve

_KEY = re.compile(
    r"""ub(?:lish|lication|_?[dD]ate)[A-Za-z_\-]{0,12}\\?["']?\s{0,2}[:=]\s{0,2}\\?["']([^"'\\<>]{8,40})"""
)
_BEFORE_KEY = re.compile(r"[A-Za-z_\-]{0,20}$")
_OTHER_KEY = re.compile(r"modif|updat|unp$|expir|related|comment|last", re.I)
_TIME = re.compile(r"""<(?:relative-)?time\b[^<>]{0,300}?\bdatetime\s?=\s?["']([^"'<>]{8,40})""", re.I)
_MARKED = [
    re.compile(word + r"""[^"'<>]{0,100}["'][^<>]{0,200}>\s{0,20}([^<>]{6,60})<""")
    for word in ("date", "Date", "datum", "fecha", "publish", "posted", "timestamp")
]
"""What stands in an element with such a name: literals ahead, which are found ten times faster than a tag."""
_IN_NAME = re.compile(
    r"""<(?:span|div|p|li|dd|td|small|em|i|b|strong|font)\s[^<>]{0,200}?\b(?:class|id)="[^"<>]{0,100}$""", re.I
)
_ATTRIBUTE = re.compile(
    r"""data-[a-z\-]{0,20}(?:date|publish|timestamp|posted)[a-z\-]{0,12}\s?=\s?["']([^"'<>]{8,40})"""
)
_TITLE = re.compile(r"""title=["'](\d{4}-\d\d-\d\d[T ][^"'<>]{5,25})""")
_OTHERS = re.compile(
    r"comment|kommentar|related|teaser|recommend|popular|most-?read|meistgelesen|latest|recent|sidebar|widget|event|"
    r"termin|copyright|modified|updated",
    re.I,
)
_BEFORE = 300  # characters of mark-up that tell whose date it is
_MOST = 60  # places of a kind that are read


def only_day(
    html: str,
    reduced: str,
    *,
    language: str | None = None,
    fetched_at: datetime | None = None,
    zone: str | None = None,
    host: str | None = None,
) -> Published | None:
    """The day that a page states in one kind of place, if it is the only one there; of several none is known to be its own.

    `html` is the whole page, `reduced` the one without scripts; the others are those of `parse_date`.
    """
    for source, texts in _places(html, reduced):
        # without the fetch: what needs it, like a day without its year, is no date for machines
        stated = [parse_date(text, language=language, zone=zone, host=host, source=source) for text in texts]
        days = {found.at[:10]: found for found in reversed(stated) if found is not None}
        if len(days) == 1:
            (found,) = days.values()
            if fetched_at is None or found.instant <= fetched_at + timedelta(hours=26):
                return found
    return None


def _places(html: str, reduced: str) -> Iterator[tuple[str, list[str]]]:
    """The texts that may be a page's date: for each kind of place what it counts as and what stands there."""
    keys = _first(_KEY, html)
    yield "metadata", [found[1] for found in keys if not _OTHER_KEY.search(_before(html, found.start()))]
    yield "page", _own(reduced, _first(_TIME, reduced))
    marked = (found for pattern in _MARKED for found in _first(pattern, reduced))
    yield "page", _own(reduced, (found for found in marked if _in_name(reduced, found.start())))
    for pattern in (_ATTRIBUTE, _TITLE):
        yield "page", _own(reduced, _first(pattern, reduced))


def _own(html: str, places: Iterable[re.Match[str]]) -> list[str]:
    """What stands in the places that the mark-up around them calls nobody else's."""
    return [
        resolve(found[1])
        for found in places
        if not _OTHERS.search(html, max(0, found.start() - _BEFORE), found.start(1))
    ]


def _in_name(html: str, at: int) -> bool:
    """Whether a word belongs to the class or the id of an element."""
    start = html.rfind("<", max(0, at - _BEFORE), at)
    return start >= 0 and _IN_NAME.match(html, start, at) is not None


def _first(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    for count, found in enumerate(pattern.finditer(text)):
        if count == _MOST:
            return
        yield found


def _before(text: str, at: int) -> str:
    """The beginning of a key that goes on at `at`."""
    found = _BEFORE_KEY.search(text[max(0, at - 20) : at])
    return found[0] if found else ""
