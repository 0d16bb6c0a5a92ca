"""People, organisations and places of an article, with how often each is named, the most central first.

Use when: an article is cut into tokens. The sequence model (`sequence.py`) finds the names; here titles and roles are
stripped, one name gets one kind within an article, a surname alone counts for the full name, and a genitive s goes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from worker.tag.sequence import Lists, Model, model
from worker.tag.tokens import Document

MODELS = {"de": "de", "en": "en"}
OTHER = "en"
"""The model for any other language with capital letters: its lists of names and places hold everywhere."""
LEAD_TOKENS = 70
MOST = 60
"""So many names of a kind are told: a table of results has hundreds."""


@dataclass(slots=True)
class Names:
    """The names of an article: (name, count), and where they stand: (first token, end, PER, ORG or LOC)."""

    people: list[tuple[str, int]] = field(default_factory=list)
    organisations: list[tuple[str, int]] = field(default_factory=list)
    places: list[tuple[str, int]] = field(default_factory=list)
    spans: list[tuple[int, int, str]] = field(default_factory=list)


def names(doc: Document, why: dict[str, Any] | None = None) -> Names:
    """The names of a document. `why` is filled with {name: [[words as written, kind, token], …]}. Never raises."""
    tagger = model(MODELS.get(doc.language[:2], OTHER))
    if tagger is None:
        return Names()
    spans = trimmed(doc, tagger.spans(doc), tagger.lists)
    texts = [text_of(doc, a, b, tagger) for a, b, _ in spans]
    spans = agreed(spans, texts)
    result = Names(spans=spans)
    for kind, out in (("PER", result.people), ("ORG", result.organisations), ("LOC", result.places)):
        mine = [(text, a, b) for (a, b, k), text in zip(spans, texts, strict=True) if k == kind and text]
        full = heads(mine) if kind == "PER" else {}
        found: dict[str, list[tuple[int, int]]] = {}
        spelled: dict[str, str] = {}
        for text, a, b in mine:
            name = full.get(text, text)
            key = spelled.setdefault(name.casefold(), name)
            found.setdefault(key, []).append((a, b))
        out.extend((name, len(places)) for name, places in ranked(doc, found)[:MOST])
        if why is not None:
            for name, places in found.items():
                why.setdefault(name, []).extend([" ".join(doc.words[a:b]), kind, a] for a, b in places[:5])
    return result


def ranked(doc: Document, found: dict[str, list[tuple[int, int]]]) -> list[tuple[str, list[tuple[int, int]]]]:
    """Most central first: named often, in the headline, in the lead."""

    def weight(places: list[tuple[int, int]]) -> float:
        first = places[0][0]
        in_title = any(a < doc.title_tokens for a, _ in places)
        return len(places) + 2.0 * in_title + 1.0 * (first < doc.title_tokens + LEAD_TOKENS)

    return sorted(found.items(), key=lambda item: (-weight(item[1]), item[1][0]))


def trimmed(doc: Document, spans: list[tuple[int, int, str]], of: Lists) -> list[tuple[int, int, str]]:
    """Spans without titles, articles and marks at their ends; what then holds no word is dropped."""
    kept: list[tuple[int, int, str]] = []
    words, lower, triggers = doc.words, doc.lower, of.triggers
    for a, b, kind in spans:
        while a < b - 1:
            role = triggers.get(lower[a])
            if (
                not words[a][0].isalnum()
                or (role in ("title", "role") and kind == "PER")
                or (role == "article" and words[a][0].islower())
                or (kind == "PER" and words[a] == "." and a > 0)
            ):
                a += 1
            else:
                break
        while b > a and not words[b - 1][0].isalnum():
            b -= 1
        if a < b and any(c.isalpha() for c in words[a]) and not (b - a == 1 and len(words[a]) < 2):
            kept.append((a, b, kind))
    return kept


def text_of(doc: Document, a: int, b: int, tagger: Model) -> str:
    """The name as it should be told: as written, without a genitive s, normally spelled where all is in capitals."""
    text = doc.text[doc.starts[a] : doc.ends[b - 1]]
    if "\n" in text:
        text = " ".join(text.split())
    if (
        len(text) > 5
        and text.isupper()
        and (b - a > 1 or text.capitalize() in tagger.lists.words or text.capitalize() in tagger.lists.persons)
    ):
        text = "-".join(p.title() for p in text.split("-"))
    last = doc.words[b - 1]
    if len(last) > 3 and last[-1] == "s" and last[-2] not in "sxzß'" and doc.language[:2] == "de":
        of = tagger.lists
        if last not in of.words and last not in of.persons and last.lower() not in of.lex.first:
            short = last[:-1]
            if short in doc.words or short in of.words or short in of.persons or short.lower() in of.lex.first:
                text = text[:-1]
        elif last[:-1] in doc.words:
            text = text[:-1]
    return text


def agreed(spans: list[tuple[int, int, str]], texts: list[str]) -> list[tuple[int, int, str]]:
    """One name is of one kind within an article: the one it is found with most often."""
    votes: dict[str, dict[str, int]] = {}
    for (_, _, kind), text in zip(spans, texts, strict=True):
        of = votes.setdefault(text, {})
        of[kind] = of.get(kind, 0) + 1
    best = {text: max(of, key=lambda k: (of[k], k)) for text, of in votes.items() if len(of) > 1}
    if not best:
        return spans
    return [(a, b, best.get(text, kind)) for (a, b, kind), text in zip(spans, texts, strict=True)]


def heads(mine: list[tuple[str, int, int]]) -> dict[str, str]:
    """For each name of one word the full name it stands for, when the article has one; the first told wins."""
    full: dict[str, str] = {}
    for text, _, _ in mine:
        parts = text.split()
        if len(parts) > 1:
            for part in (parts[-1], " ".join(parts[1:]), parts[0]):
                full.setdefault(part, text)
    # a full name may itself be the tail of a longer one: Putin -> Wladimir Putin -> Wladimir Wladimirowitsch Putin
    return {short: full.get(name, name) if full.get(name) != short else name for short, name in full.items()}
