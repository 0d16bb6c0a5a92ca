"""The dateline: the place, and perhaps the day and the agency, that open a report. It stays in the body."""

# ruff: noqa: E501 -- expressions and tables are read by the line
from __future__ import annotations

import re

from worker.clean.agency import is_credit_line

_WORD = r"[^\W\d_][\w'’.-]{0,30}"
_PLACE = rf"{_WORD}(?:[ /]{_WORD}){{0,4}}"
_WITH_AGENCY = re.compile(
    rf"^({_PLACE}(?:, {_PLACE})?)(?:,? [^()]{{1,30}})? ?\([^()]{{2,30}}\) ?(?:-{{1,2}}|–|—|:|\.) ?(?=\S)"
)
_WITH_DASH = re.compile(
    rf"^({_PLACE}(?:, {_PLACE})?)(?:, [^\W\d_]{{3,10}}\.? \d{{1,2}}| ?, \d{{1,2}}\. ?[^\W\d_]{{3,10}})?(?: ?[–—]| -{{1,2}}) (?=[\"“„»«‘'(]?[^\W_])"
)
_WITH_STOP = re.compile(rf"^({_WORD}(?:[ /]{_WORD}){{0,2}})\. (?=[^\W\d_])")
_AGENCY_FIRST = re.compile(r"^[A-Z][A-Za-z ]{1,18} -{1,2} ")


def dateline(paragraph: str) -> str | None:
    """The place that opens `paragraph` as printed (`ATHENS`, `Wien/Traiskirchen`, `ALLENTOWN, Pa.`), or None."""
    head = paragraph[:120]
    opening = _AGENCY_FIRST.match(head)
    for part in (head[opening.end() :], head) if opening else (head,):
        found = _WITH_AGENCY.match(part) if "(" in part else None
        if found is None and ("–" in part or "—" in part or " -" in part):
            found = _WITH_DASH.match(part)
        if found and _plausible(found[1]) and not part[found.end() :].lstrip("\"“„»«‘'(")[:1].islower():
            return found[1].strip(" ,-")
        found = _WITH_STOP.match(part)
        if (
            found
            and len(found[1]) >= 4
            and "." not in found[1]
            and (found[1].isupper() or "/" in found[1])
            and _plausible(found[1])
        ):
            return found[1]
    return None


def _plausible(place: str) -> bool:
    """Names begin with capitals; small words only between them (`Frankfurt am Main`, `Rio de Janeiro`)."""
    words = re.split(r"[ /]", place.replace(",", ""))
    if not words[0][:1].isupper() or not words[-1][:1].isupper() or is_credit_line(place):
        return False
    small = sum(1 for w in words if w[:1].islower())
    return (
        len(place) <= 50
        and small <= 1
        and (len(words) <= 3 or place.isupper() or "," in place or "/" in place or small == 1)
    )
