"""The handful of phrases an editor would file an article under, in its language.

Use when: a tokenised article and its names are at hand. Candidates are names, nouns and other telling words, and
phrases that come again; they are scored by how often and how early they stand, against how common their words are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from worker.tag.names import Names
from worker.tag.tokens import Document

DATA = Path(__file__).parent / "data" / "frequency"
MOST = 10
TITLE, LEAD, BODY = 2.0, 1.7, 1.0
"""What a word counts by where it stands."""
LEAD_TOKENS = 70
UNKNOWN = 13.5
"""Rarity (steps of `data/frequency`) of a word that the table of its language lacks."""
RAREST = 11.0
"""Beyond this, rarer is not more telling: typing errors, odd words, names told once."""
COMMON = 7.6
"""Words up to this step say nothing of an article."""
REPEAT = 0.8
"""A word that stands n times counts n ** REPEAT."""
RARITY, LEAST = 0.8, 5.0
"""A word of rarity r counts (r - LEAST) ** RARITY."""
CAPITAL = 1.1
PERSON, ORGANISATION, PLACE = 1.1, 0.9, 1.4
ASIDE = 0.55
"""Part left of a person whom the headline does not name."""
PHRASE, LINKED = 0.35, 0.8
"""Part of its words' scores that a phrase gets; in languages that build terms with links (`prix du pétrole`) more."""
INSIDE = 0.9
"""A word that stands in one phrase this often or oftener is told by the phrase alone."""
PART = 0.5
"""What a part of a German compound counts of the whole: `Drogenhandel`, `Drogenrazzia` tell of `Drogen`."""
PLAIN_GERMAN = 0.2
FORM = 0.4
_MEMORY = 50_000

_LINKS = {
    "fr": frozenset(("de", "du", "des", "d'", "d’", "à", "au", "aux")),
    "es": frozenset(("de", "del")),
    "it": frozenset(("di", "del", "della", "dei", "delle", "d'")),
    "pt": frozenset(("de", "do", "da", "dos", "das")),
}
_ARTICLES = frozenset(("la", "le", "les", "l'", "l’", "los", "las", "el"))
_FORMS = {"en": "ly", "fr": "ment", "es": "mente", "it": "mente", "pt": "mente"}
"""Endings of words that are seldom filed under: adverbs."""
_ENDINGS = {
    "de": ("innen", "ern", "en", "er", "es", "n", "e", "s"),
    "en": ("es", "s"),
    "fr": ("es", "s", "x", "e"),
}

Word = tuple[str, float, bool, tuple[str, ...]]
"""Of a word that may be a keyword: its stem, rarity, whether it is mostly written with a capital, parts of a compound."""


@dataclass(slots=True)
class Found:
    """What an article has of one stem."""

    rarity: float
    weight: float = 0.0
    count: int = 0
    capitals: int = 0
    written: dict[str, int] = field(default_factory=dict)
    score: float = 0.0


@dataclass(slots=True)
class Pair:
    """Two neighbouring words: (first token, last token) of the first place."""

    first: int
    last: int
    count: int = 0


def keywords(doc: Document, names: Names, why: dict[str, Any] | None = None) -> list[str]:
    """At most ten keywords, the most telling first. `why` is filled with {keyword: [kind, score]}. Never raises."""
    language = doc.language[:2]
    found, pairs = _collect(doc, names, _words(language), language)
    _score(found, language)
    scored = _named(doc, names)
    _add_phrases(doc, found, pairs, scored, language in _LINKS)
    for one in found.values():
        if one.count:
            german = language == "de"
            # German nouns in their base form, else as written most often.
            text = min(one.written, key=lambda form: (len(form), form) if german else (-one.written[form], form))
            if not german and 2 * one.capitals < one.count:
                text = text.lower()
            if text not in scored or scored[text][0] < one.score:
                scored[text] = (one.score, "word")
    chosen: list[str] = []
    taken: set[str] = set()
    for text, (score, kind) in sorted(scored.items(), key=lambda item: (-item[1][0], item[0])):
        folded = " ".join([_stem(word, language) for word in text.casefold().split()])
        if folded in taken:
            continue
        taken.add(folded)
        chosen.append(text)
        if why is not None:
            why[text] = [kind, round(score, 1)]
        if len(chosen) == MOST:
            break
    return chosen


def _collect(
    doc: Document, names: Names, known: Words, language: str
) -> tuple[dict[str, Found], dict[tuple[str, str], Pair]]:
    """Counts the stems of all telling words outside of names, and pairs of neighbours."""
    words, lower = doc.words, doc.lower
    german = language == "de"
    links = _LINKS.get(language)
    title_end = doc.title_tokens
    lead_end = title_end + LEAD_TOKENS
    begins = set(doc.sentences)
    named: set[int] = set()
    for a, b, kind in names.spans:
        if b - a > 1 or kind == "PER":
            named.update(range(a, b))
    found: dict[str, Found] = {}
    pairs: dict[tuple[str, str], Pair] = {}
    memory = known.memory
    last, last_stem = -9, ""
    for index, word in enumerate(lower):
        info = memory[word] if word in memory else known.learn(word)
        if info is None or index in named:
            continue
        stem, rarity, usual, parts = info
        written = words[index]
        if len(word) == 2 and not written.isupper():
            continue
        place = TITLE if index < title_end else LEAD if index < lead_end else BODY
        one = found.get(stem)
        if one is None:
            one = found[stem] = Found(rarity)
        one.weight += place
        one.count += 1
        upper = written[0].isupper()
        if upper and (index not in begins or (german and usual)):
            one.capitals += 1
        one.written[written] = one.written.get(written, 0) + 1
        gap = index - last
        if gap == 1 or (
            links is not None and gap <= 3 and lower[last + 1] in links and (gap == 2 or lower[last + 2] in _ARTICLES)
        ):
            key = (last_stem, stem)
            pair = pairs.get(key)
            if pair is None:
                pair = pairs[key] = Pair(last, index)
            pair.count += 1
        last, last_stem = index, stem
        if parts and upper:
            for part in parts:
                part_stem = _stem(part, language)
                other = found.get(part_stem)
                if other is None:
                    other = found[part_stem] = Found(known.rarity(part))
                other.weight += PART * place
                other.count += 1
                other.capitals += 1
                start = word.find(part)
                noun = written[start : start + len(part)]
                other.written.setdefault(noun[:1].upper() + noun[1:], 0)
    return found, pairs


def _score(found: dict[str, Found], language: str) -> None:
    adverb = _FORMS.get(language)
    for stem, one in found.items():
        score: float = one.weight**REPEAT * (min(one.rarity, RAREST) - LEAST) ** RARITY
        if language == "de":
            if 2 * one.capitals < one.count:
                score *= PLAIN_GERMAN
        elif 2 * one.capitals >= one.count:
            score *= CAPITAL
        elif "-" in stem or (adverb is not None and stem.endswith(adverb)):
            score *= FORM
        one.score = score


def _add_phrases(
    doc: Document,
    found: dict[str, Found],
    pairs: dict[tuple[str, str], Pair],
    scored: dict[str, tuple[float, str]],
    linked: bool,
) -> None:
    """Scores pairs that come again, and drops words that stand in one phrase only."""
    least = 2 if linked else 3
    inside: dict[str, int] = {}
    for (first, second), pair in pairs.items():
        if pair.count < least:
            continue
        one, two = found[first], found[second]
        share = 2 * pair.count / (one.count + two.count)
        text = " ".join(doc.text[doc.starts[pair.first] : doc.ends[pair.last]].split())
        scored[text] = ((one.score + two.score) * (LINKED if linked else PHRASE) * share, "phrase")
        for stem in (first, second):
            inside[stem] = max(pair.count, inside.get(stem, 0))
    for stem, count in inside.items():
        if count >= INSIDE * found[stem].count:
            found[stem].count = 0


def _named(doc: Document, names: Names) -> dict[str, tuple[float, str]]:
    """Scores names by how often they stand and whether headline or lead name them."""
    scored: dict[str, tuple[float, str]] = {}
    title = doc.text[: doc.title_end]
    lead_end = min(doc.title_tokens + LEAD_TOKENS, len(doc.ends))
    early = doc.text[: doc.ends[lead_end - 1]] if lead_end else ""
    for found, factor, kind in (
        (names.people, PERSON, "person"),
        (names.organisations, ORGANISATION, "organisation"),
        (names.places, PLACE, "place"),
    ):
        for name, count in found[:12]:
            last = name.rsplit(" ", 1)[-1]
            in_title = last in title
            weight = count + (TITLE - 1 if in_title else 0) + (LEAD - 1 if last in early else 0)
            score: float = weight**REPEAT * (RAREST - LEAST) ** RARITY * factor
            scored[name] = (score if in_title or kind != "person" else score * ASIDE, kind)
    return scored


def _stem(word: str, language: str) -> str:
    for ending in _ENDINGS.get(language, ()):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


class Words:
    """The words of a language: how rare they are, and what has been found out about those seen before."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.table = _table(language)
        self.stop = _stop(language)
        self.memory: dict[str, Word | None] = {}

    def rarity(self, word: str) -> float:
        """The step of a word (lower case) in the table."""
        entry = self.table.get(word)
        return UNKNOWN if entry is None else entry[0]

    def learn(self, word: str) -> Word | None:
        """Finds out about a word (lower case) and remembers it; None: never a keyword."""
        if len(self.memory) >= _MEMORY:
            self.memory.clear()
        info = self.memory[word] = self._look(word)
        return info

    def _look(self, word: str) -> Word | None:
        if len(word) < 2 or not word[0].isalpha() or word in self.stop:
            return None
        if self.language == "en" and ("'" in word or "’" in word):
            return None  # don't, they've
        if not self.table and len(word) < 5:
            return None  # no list of common words: the short ones are the best guess
        rarity = self.rarity(word)
        if rarity <= COMMON:
            return None
        entry = self.table.get(word)
        return _stem(word, self.language), rarity, bool(entry and entry[1]), self._parts(word)

    def _parts(self, word: str) -> tuple[str, ...]:
        """The telling parts of a German compound: what stands between hyphens, else the longest noun it begins with."""
        if self.language != "de" or len(word) < 8:
            return ()
        if "-" in word:
            found = [part for part in word.split("-") if len(part) > 3]
        else:
            nouns = (word[:size] for size in range(len(word) - 4, 4, -1))
            found = [next((noun for noun in nouns if self.table.get(noun, (0.0, False))[1]), "")]
        return tuple(part for part in found if part and part not in self.stop and self.rarity(part) > COMMON)


@lru_cache(maxsize=64)
def _words(language: str) -> Words:
    return Words(language)


@lru_cache(maxsize=64)
def _stop(language: str) -> frozenset[str]:
    """Words no article is filed under."""
    lines = (DATA / "stop.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if line.startswith(language + ":") for word in line[3:].split())


@lru_cache(maxsize=64)
def _table(language: str) -> dict[str, tuple[float, bool]]:
    """Words of a language in lower case: rarity, and whether they are mostly written with a capital."""
    path = DATA / f"{language}.txt"
    table: dict[str, tuple[float, bool]] = {}
    if not (language.isascii() and language.isalpha()) or not path.is_file():
        return table
    for line in path.read_text(encoding="utf-8").splitlines():
        step, _, rest = line.partition(":")
        if line.startswith("#") or not rest:
            continue
        rarity = float(step)
        for word in rest.split():
            table.setdefault(word.lower(), (rarity, word[0].isupper()))
    return table
