"""What an article is about: the seventeen top-level IPTC Media Topics, with relevance.

Use when: a tokenised article needs its topics. By word lists (`data/topics/`), the place of a word (headline, lead,
body), the section label and address of the page; a model that `train-topics` fitted to a user's own labels is weighed
in where one is loaded.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, TypedDict

from worker.tag.gazetteer import data_file
from worker.tag.lexicon import Entries, Hit, Lexicon, fold, phrase_at, read_lexicon
from worker.tag.linear import LinearModel
from worker.tag.names import Names
from worker.tag.tokens import Document, lists_language
from worker.tag.vocabulary import Hits

NAMES = (
    "arts, culture, entertainment and media",
    "crime, law and justice",
    "disaster, accident and emergency incident",
    "economy, business and finance",
    "education",
    "environment",
    "health",
    "human interest",
    "labour",
    "lifestyle and leisure",
    "politics and government",
    "religion",
    "science and technology",
    "society",
    "sport",
    "conflict, war and peace",
    "weather",
)
"""IPTC Media Topics, top level: medtop:01000000 to medtop:17000000."""

TITLE, LEAD, BODY, TAIL = 3.0, 1.6, 1.0, 0.5
"""What a word counts by where it stands: headline, lead, body, far down."""
LEAD_TOKENS, TAIL_TOKENS = 60, 800
STRENGTH = {4.0: 4.0, 3.0: 2.2, 2.0: 1.0, 1.0: 0.4}
"""Points for the weights of the lexicon; a weight between counts as it stands."""
REPEAT = 0.55
"""A word that stands n times counts n ** REPEAT: repetition supports, but different words support more."""
USUAL = {1: 1.05, 2: 0.85, 4: 1.1, 5: 0.85, 9: 0.75, 11: 1.15, 13: 1.15, 15: 1.1, 16: 0.8}
"""How much more often a topic is what a story is about than one of its aspects: a strike is told as business, a trial
as politics."""
SECTION, FOLDER = 10.0, 7.0
"""Points for the page's section label and for a folder of its address, as much as a headline word or two."""
MODEL = 24.0
"""Points for a topic that a fitted model holds for certain: as much as two or three headline words."""
LIKELY = 0.5
"""From this probability on, a label of the user's own is given as a topic."""
AT_LEAST = 1.5
"""Points below which nothing is said."""
SHARE = 0.12
MOST = 5


class Topic(TypedDict):
    """`code` medtop:NN000000, `relevance` 0..1."""

    code: str
    name: str
    relevance: float


def topics(doc: Document, names: Names | None = None, why: dict[str, Any] | None = None) -> list[Topic]:
    """The topics of an article, the most relevant first, at most five; [] where nothing speaks for any.

    Words in a person's full name (of `names`) say nothing: Chelsea Clinton is no football.

    `why` is filled with {code: [[evidence, points], ...]}, strongest first. Never raises.
    """
    scores = [0.0] * 18
    reasons: list[dict[str, float]] | None = [{} for _ in range(18)] if why is not None else None
    lexicon = _lexicon(lists_language(doc.language))
    if lexicon is not None:
        _count(doc, lexicon, _in_persons(names), scores, reasons)
    for topic, factor in USUAL.items():
        scores[topic] *= factor
    for entries, points, label in _places(doc):
        for topic, weight in entries:
            scores[topic] += points * weight / 4
            if reasons is not None:
                reasons[topic][label] = round(points * weight / 4, 1)
    own = _own(doc, scores, reasons, why) if _model is not None else []
    best = max(scores)
    if best < AT_LEAST:
        return own
    order = sorted((t for t in range(1, 18) if scores[t] >= SHARE * best), key=lambda t: (-scores[t], t))[:MOST]
    sure = 1 - math.exp(-best / 12)
    answer: list[Topic] = []
    for topic in order:
        code = f"medtop:{topic:02d}000000"
        answer.append(
            {"code": code, "name": NAMES[topic - 1], "relevance": round(max(0.01, sure * scores[topic] / best), 2)}
        )
        if why is not None and reasons is not None:
            strongest = sorted(reasons[topic].items(), key=lambda item: (-item[1], item[0]))[:8]
            why[code] = [[word, round(points, 1)] for word, points in strongest]
    return sorted(answer + own, key=lambda topic: -topic["relevance"])[: MOST + len(own)] if own else answer


def words(doc: Document) -> Hits[Hit] | None:
    """Where the words of a document are looked up."""
    lexicon = _lexicon(lists_language(doc.language))
    return lexicon.hits if lexicon is not None else None


def _in_persons(names: Names | None) -> set[int]:
    """Tokens of full names."""
    if names is None:
        return set()
    return {i for a, b, kind in names.spans if kind == "PER" and b - a > 1 for i in range(a, b)}


def _count(
    doc: Document, lexicon: Lexicon, persons: set[int], scores: list[float], reasons: list[dict[str, float]] | None
) -> None:
    """Adds the points of all words and phrases of the lexicon."""
    title_end = doc.title_tokens
    lead_end = title_end + LEAD_TOKENS
    if not title_end:  # a text without headline opens with what would be one
        title_end = min(next((i for i in doc.sentences if i), 0), 25)
    found: dict[str, float] = {}
    entries_of: dict[str, Entries] = {}
    words = doc.words
    last = len(words) - 1
    skip = 0
    for index, (word, entries, phrases) in lexicon.hits.at(doc.numbers, doc.vocabulary):
        if index < skip or index in persons:
            continue
        if phrases is not None and index < last:
            first = words[index + 1][0]
            those = phrases.get(first.lower() if first.isascii() else fold(words[index + 1])[:1])
            phrase = phrase_at(those, words, index) if those is not None else None
            if phrase is not None:
                skip = index + 1 + len(phrase.rest)
                word, entries = phrase.name, phrase.entries
        if not entries:
            continue
        place = TITLE if index < title_end else LEAD if index < lead_end else BODY if index < TAIL_TOKENS else TAIL
        if word in found:
            found[word] += place
        else:
            found[word] = place
            entries_of[word] = entries
    for word, weight in found.items():
        heard = weight**REPEAT
        for topic, strength in entries_of[word]:
            points = STRENGTH.get(strength, strength) * heard
            scores[topic] += points
            if reasons is not None and points:
                reasons[topic][word] = points


_FOLDER = re.compile(r"[^\W\d_]{2,30}(?:-[^\W\d_]{1,30}){0,4}")


def _places(doc: Document) -> list[tuple[Entries, float, str]]:
    """The topics of the section label and of the address's first folders, with their points."""
    places: list[tuple[Entries, float, str]] = []
    if doc.section:
        entries = _label(doc.section[:80])
        if entries:
            places.append((entries, SECTION, f"section: {doc.section[:80]}"))
    if doc.url and "//" in doc.url:
        path = doc.url[:500].split("//", 1)[1].split("?", 1)[0].split("/")[1:-1]
        for folder in path[:3]:
            entries = _label(folder) if _FOLDER.fullmatch(folder) else ()
            if entries:
                places.append((entries, FOLDER, f"address: {folder}"))
                break
    return places


@lru_cache(maxsize=4096)
def _label(label: str) -> Entries:
    lexicon = _lexicon("any")
    assert lexicon is not None
    folded = fold(label.strip())
    whole = lexicon.words.get(re.sub(r"[\s_&/]+", "-", folded))
    if whole:
        return whole
    best: dict[int, float] = {}
    for word in re.findall(r"\w+", folded):
        entries = lexicon.words.get(word, ())
        if not entries:
            ends = [word[i:] for i in range(1, len(word) - 4) if word[i:] in lexicon.words]
            entries = lexicon.words[ends[0]] if ends else ()
        for topic, weight in entries:
            best[topic] = max(best.get(topic, 0.0), weight)
    return tuple(sorted(best.items()))


@lru_cache(maxsize=32)
def _lexicon(language: str) -> Lexicon | None:
    if not (language.isascii() and language.isalpha()):
        return None
    path = data_file(f"topics/{language}.txt")
    return read_lexicon(path, language) if path.is_file() else None


_model: LinearModel | None = None


def load_model(path: str | None) -> None:
    """Loads a model that `train-topics` wrote, for this process; None or "" for none. Raises ConfigError."""
    global _model
    _model = LinearModel.load(Path(path)) if path else None


_TOP_LEVEL = re.compile(r"medtop:(0[1-9]|1[0-7])0{6}")


def _own(
    doc: Document, scores: list[float], reasons: list[dict[str, float]] | None, why: dict[str, Any] | None
) -> list[Topic]:
    """Adds the fitted model's points for top-level topics; returns the labels of the user's own that are likely."""
    assert _model is not None
    own: list[Topic] = []
    for index, chance in enumerate(_model.probabilities(doc).tolist()):
        label = _model.labels[index]
        top = _TOP_LEVEL.fullmatch(label)
        if top:
            scores[int(top[1])] += MODEL * chance
            if reasons is not None and chance >= 0.05:
                words = ", ".join(word for word, _ in _model.reasons(doc, index, 4))
                reasons[int(top[1])][f"model {chance:.2f}: {words}"] = MODEL * chance
        elif chance >= LIKELY:
            own.append({"code": label, "name": label, "relevance": round(chance, 2)})
            if why is not None:
                why[label] = [["model", round(chance, 2)], *map(list, _model.reasons(doc, index))]
    own.sort(key=lambda topic: (-topic["relevance"], topic["code"]))
    return own[:MOST]
