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
    "leader": 1.2,
    "weak": 0.0,
}
"""How much one mention says."""
TITLE = 2.5
LEAD = 1.5
DATELINE = 2.5
LEAD_TOKENS = 70
PASSING = 0.3
"""Below this share of the strongest country a mention is a passing one."""
LEAST = 1.3
"""A country with less evidence than this is no topic of the article."""
MOST = 5
HOME = 1.0
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
        before = doc.lower[i - 1] if i else ""
        after = doc.words[i + size] if i + size < len(doc.words) else ""
        if "w" in flags and before not in CONTEXT:
            return False
        if "p" in flags and kind != "capital" and (after[:1].isupper() or (before not in CONTEXT and after != ",")):
            return False
    return kind == "leader" or i not in persons


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
    scores: dict[str, float] = {}
    weak: dict[str, float] = {}
    reasons: dict[str, list[list[Any]]] = {}
    sure = {e.countries[0][0] for _, _, e in found if len(e.countries) == 1 and e.kind != "weak"}
    lead = doc.title_tokens + LEAD_TOKENS
    for i, size, entry in found:
        kind, candidates = entry.kind, entry.countries
        code = candidates[0][0]
        if len(candidates) > 1 and code not in sure:
            code = next((c for c, _ in candidates[1:] if c in sure or c == home), code)
        if kind == "weak":
            weak[code] = weak.get(code, 0.0) + 1.0
            weight = 0.0
        else:
            weight = WEIGHTS[kind] * (
                TITLE if i < doc.title_tokens else DATELINE if i < line_end else LEAD if i < lead else 1.0
            )
            scores[code] = scores.get(code, 0.0) + weight
        if why is not None:
            reasons.setdefault(code, []).append(
                [
                    " ".join(doc.words[i : i + size]),
                    kind if i >= line_end or i < doc.title_tokens else "dateline " + kind,
                    round(weight, 2),
                ]
            )
    if home is not None and (home in scores or home in weak or not scores):
        scores[home] = scores.get(home, 0.0) + HOME
        if why is not None:
            reasons.setdefault(home, []).append([doc.source or doc.url, "domain of the source", HOME])
    if not scores or max(scores.values()) < LEAST:
        for code, count in weak.items():
            scores[code] = scores.get(code, 0.0) + min(count, 3.0) + LEAST
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    least = max(LEAST, ranked[0][1] * PASSING) if ranked else 0.0
    kept = [code for code, score in ranked if score >= least][:MOST] or [code for code, _ in ranked[:1]]
    if why is not None:
        why.update({code: reasons.get(code, [])[:8] for code in kept})
    return kept
