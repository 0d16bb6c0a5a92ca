"""Which countries an article is about, as ISO 3166-1 alpha-2 codes, the main one first.

Use when: an article is cut into tokens. Evidence (country names, adjectives, inhabitants, capitals and cities,
governments, parties, leaders; `gazetteer.py`) is weighed by its kind and by where it stands; passing mentions are cut
off against the strongest country. Weak evidence (currencies, forms of company, words of one country, the domain of the
source) speaks only where the text names no place.
"""

from __future__ import annotations

from typing import Any, Protocol

from worker.tag.gazetteer import Match, lexicon, matches
from worker.tag.tokens import Document

WEIGHTS = {
    "name": 3.0,
    "adjective": 2.0,
    "people": 2.0,
    "capital": 1.6,
    "gov": 2.0,
    "region": 1.6,
    "state": 1.6,
    "city": 1.4,
    "org": 0.9,
    "firm": 0.5,
    "leader": 1.2,
    "weak": 0.0,
}
"""How much one mention says."""
TITLE = 2.5
LEAD = 1.5
DATELINE = 3.0
LEAD_TOKENS = 70
PASSING = 0.35
"""Below this share of the strongest country a mention is a passing one."""
NAMED = 0.5
"""Part of that share that is enough for a country in the headline."""
HEADLINE = frozenset(("name", "adjective", "people", "capital", "gov"))
LEAST = 2.1
"""A country with less evidence than this is no topic of the article."""
MOST = 5
HOME = 1.0
"""What the domain of the source adds to its country."""
INSIDE = 0.5
"""Part of the weight of a town within the name of an organisation: Boston Consulting, Potsdam-Institut."""
BRANDS = 0.9
"""The most that companies and brands add to their country: a text about an app is not about where its maker sits."""
CONTEXT = frozenset("in at near from to of around outside im aus bei nach von um für zwischen à a en de para".split())
"""Words before a town whose name is also a common word or a first name."""
DASHES = frozenset("-–—")
DOMAINS = {"uk": "GB", "at": "AT", "de": "DE", "ch": "CH"}


def _home(doc: Document) -> str | None:
    """The country of the source's domain, None for an international one."""
    host = doc.source or ""
    if doc.url and "//" in doc.url:
        host = doc.url.split("//", 1)[1].split("/", 1)[0].split(":", 1)[0]
    ending = host.strip().rsplit(".", 1)[-1].lower()
    if (
        "." not in host
        or len(ending) != 2
        or ending in ("tv", "io", "me", "co", "ai", "eu", "fm", "ly", "to", "cc", "ws")
    ):
        return None
    return DOMAINS.get(ending, ending.upper())


def dateline_end(doc: Document) -> int:
    """Index of the first token after a dateline at the start of the body; 0 when there is none.

    "LONDON, March 3 - Shares", "Wien (APA) – Der"; the place stands first, a dash between spaces ends it.
    """
    words, first = doc.words, doc.title_tokens
    for i in range(first + 1, min(first + 16, len(words))):
        word = words[i]
        if word in DASHES:
            return (
                i + 1
                if doc.ends[i - 1] < doc.starts[i] and doc.ends[i] < len(doc.text) and doc.text[doc.ends[i]].isspace()
                else 0
            )
        if word[0].islower() and len(word) > 3 and word not in ("März", "und", "and"):
            return 0
    return 0


class Spans(Protocol):
    """What is needed of `worker.tag.names.Names`."""

    spans: list[tuple[int, int, str]]  # first token, end, PER, ORG or LOC
    matches: list[Match] | None  # what the lexicon of the same language found


def accepted(doc: Document, match: Match, shouted: bool, persons: set[int]) -> bool:
    """Whether a form of the lexicon is meant as a place here. `shouted`: the headline is all in capitals."""
    i, size, entry = match
    kind, flags = entry.kind, entry.flags
    if kind == "state":
        return i > 0 and doc.words[i - 1] == ","
    if kind == "weak":
        return True
    if flags and flags != "d":
        if shouted and i < doc.title_tokens:
            return False
        before = doc.words[i - 1].lower() if i else ""
        after = doc.words[i + size] if i + size < len(doc.words) else ""
        if "w" in flags and before not in CONTEXT:
            return False
        if "p" in flags and kind != "capital" and (after[:1].isupper() or (before not in CONTEXT and after != ",")):
            return False
    return kind == "leader" or i not in persons


def _strangers(doc: Document, names: Spans | None) -> set[str]:
    """Surnames that the text gives to a person with a first name: a Robert Blair is not the prime minister."""
    if names is None:
        return set()
    leaders = {i + size for i, size, entry in names.matches or () if entry.kind == "leader" and size > 1}
    return {doc.words[b - 1] for a, b, kind in names.spans if kind == "PER" and b - a > 1 and b not in leaders}


def countries(doc: Document, names: Spans | None = None, why: dict[str, Any] | None = None) -> list[str]:
    """The countries of an article, the most salient first, at most five.

    `names` tells where persons stand, whose names are no places. `why` is filled with
    {country: [[words, kind, weight], …]}. Never raises.
    """
    persons: set[int] = set()
    found = names.matches if names is not None else None
    if names is not None:
        persons.update(i for a, b, kind in names.spans if kind == "PER" for i in range(a, b))
    if found is None:
        found = matches(doc, lexicon(doc.language))
    shouted = doc.text[: doc.title_end].isupper()
    found = [m for m in found if m[2].countries and m[2].countries[0][0] != "-" and accepted(doc, m, shouted, persons)]
    home = _home(doc)
    line_end = dateline_end(doc)
    lead = doc.title_tokens + LEAD_TOKENS
    strangers = _strangers(doc, names)
    inside = (
        {i for a, b, kind in names.spans if kind == "ORG" and b - a > 1 for i in range(a, b)}
        if names is not None
        else set()
    )
    scores: dict[str, float] = {}
    weak: dict[str, float] = {}
    brands: dict[str, float] = {}
    open_towns: list[tuple[Match, float]] = []
    reasons: dict[str, list[list[Any]]] = {}
    before: Match | None = None
    states = {i for i, _, entry in found if entry.kind == "state"}
    regions = {i: entry.countries for i, _, entry in found if entry.kind == "region" and i and doc.words[i - 1] == ","}

    def count(code: str, match: Match, weight: float) -> None:
        i, size, entry = match
        table = weak if entry.kind == "weak" else brands if entry.kind == "firm" else scores
        table[code] = table.get(code, 0.0) + weight
        if why is not None:
            place = "headline" if i < doc.title_tokens else "dateline" if i < line_end else "text"
            reasons.setdefault(code, []).append(
                [" ".join(doc.words[i : i + size]), f"{entry.kind}, {place}", round(weight, 2)]
            )

    for match in found:
        i, size, entry = match
        kind = entry.kind
        if kind == "leader" and size == 1 and doc.words[i] in strangers:
            continue
        weight = 1.0 if kind == "weak" else WEIGHTS[kind]
        if kind != "weak":
            weight *= TITLE if i < doc.title_tokens else DATELINE if i < line_end else LEAD if i < lead else 1.0
        if i in inside and kind in ("city", "adjective", "region"):
            weight *= INSIDE
        if (
            kind == "region"
            and before is not None
            and before[2].kind in ("city", "capital")
            and before[0] + before[1] + 1 == i
        ):
            # a town before its state: "Birmingham, Michigan"
            open_towns = [(m, w) for m, w in open_towns if m is not before]
        before = match
        if i + size + 1 in states and kind in ("city", "capital"):
            continue  # "ATHENS, Ga."
        if kind in ("city", "capital") and len(entry.countries) == 1:
            region = regions.get(i + size + 1)
            if region and entry.countries[0][0] not in [code for code, _ in region]:
                continue  # "Paris, Texas"
        if len(entry.countries) > 1:
            open_towns.append((match, weight))
        else:
            count(entry.countries[0][0], match, weight)
    for match, weight in open_towns:  # a name of several towns is the one in a country that is spoken of
        codes = [code for code, _ in match[2].countries]
        known = max(codes, key=lambda code: scores.get(code, 0.0))
        count(known if scores.get(known) else home if home in codes and home else codes[0], match, weight)
    for code, weight in brands.items():
        scores[code] = scores.get(code, 0.0) + min(weight, BRANDS)
    if home is not None and (home in scores or home in weak or not scores):
        scores[home] = scores.get(home, 0.0) + HOME
        if why is not None:
            reasons.setdefault(home, []).append([doc.source or doc.url, "domain of the source", HOME])
    if not scores or max(scores.values()) < LEAST:
        for code, mentions in weak.items():
            scores[code] = scores.get(code, 0.0) + min(mentions, 3.0) + LEAST
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    least = max(LEAST, ranked[0][1] * PASSING) if ranked else 0.0
    told = {m[2].countries[0][0] for m in found if m[0] < doc.title_tokens and m[2].kind in HEADLINE}
    kept = [code for code, score in ranked if score >= (max(LEAST, least * NAMED) if code in told else least)][
        :MOST
    ] or [code for code, score in ranked[:1] if score > BRANDS or code == home]
    if why is not None:
        why.update({code: reasons.get(code, [])[:8] for code in kept})
    return kept
