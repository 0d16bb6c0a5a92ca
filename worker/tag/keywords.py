"""The handful of phrases an editor would file an article under, in its language.

Use when: a tokenised article and its names are at hand. Candidates are names, nouns and other telling words, and
phrases that come again; they are scored by how often and how early they stand, against how common their words are.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import Any

from worker.tag.countries import dateline_end
from worker.tag.gazetteer import data_file
from worker.tag.names import Names
from worker.tag.tokens import UNSPACED, Document, lists_language
from worker.tag.traits import HYPHEN
from worker.tag.vocabulary import Hits

MOST = 10
TITLE, LEAD, BODY = 1.9, 1.7, 1.0
"""What a word counts by where it stands."""
LEAD_TOKENS = 70
UNKNOWN = 13.5
"""Rarity (steps of `data/frequency`) of a word that the table of its language lacks."""
RAREST = 11.0
"""Beyond this, rarer is not more telling: typing errors, odd words, names told once."""
COMMON = 8.7
"""Words up to this step say nothing of an article."""
REPEAT = 0.65
"""A word that stands n times counts n ** REPEAT."""
RARITY, LEAST = 0.85, 5.0
"""A word of rarity r counts (r - LEAST) ** RARITY."""
CAPITAL = 1.1
PERSON, ORGANISATION, PLACE = 1.2, 0.85, 1.3
ASIDE = 0.55
"""Part left of a person whom the headline does not name."""
PHRASE, LINKED = 0.35, 0.8
"""Part of its words' scores that a phrase gets; in languages that build terms with links (`prix du pétrole`) more."""
INSIDE = 0.9
"""A word that stands in one phrase this often or oftener is told by the phrase alone."""
PART = 1.0
"""What a part of a German compound counts, beside the whole: `Drogenhandel`, `Drogenrazzia` tell of `Drogen`."""
FORM = 0.4
_COMPOUND, _FIRST_PART = 8, 5
"""Letters that a German compound has at least, and the first noun in it."""
LONGEST = 64
"""A longer run of letters is no word."""
KEPT = 50
"""So many stems are looked at closely."""

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
    "en": ("ing", "ed", "es", "s", "e"),
    "fr": ("es", "s", "x", "e"),
}

_ENDINGS_BY_LAST: dict[tuple[str, str], list[tuple[str, int]]] = {}
for _language, _endings in _ENDINGS.items():
    for _ending in _endings:
        _ENDINGS_BY_LAST.setdefault((_language, _ending[-1]), []).append((_ending, len(_ending)))

Word = tuple[str, str, float, bool, tuple[tuple[str, str, float], ...]]
"""Of a word that may be a keyword: as it is written, its stem, what its rarity counts, whether it is none at a sentence's
start, nouns in a compound (stem, as written, what the rarity counts)."""


@dataclass(slots=True)
class Found:
    """What an article has of one stem that may become a keyword: how it is written at each place, how many of these
    with a capital, whether it stands in one phrase only."""

    score: float
    written: list[str] = field(default_factory=list)
    capitals: int = 0
    parts: int = 0
    inside: bool = False

    def text(self, known: Words) -> str:
        """A German noun in its base form; else as it is written most often, small unless it mostly has a capital."""
        best = self.written[0]
        if self.written.count(best) < len(self.written):
            forms = Counter(self.written)
            if known.language == "de":
                return min(forms, key=lambda form: (len(form), form))
            best = min(forms, key=lambda form: (-forms[form], len(form), form))
        if known.language == "de":
            return best
        if 2 * self.capitals >= len(self.written) or known.table.get(best.lower(), (0.0, False, 0.0))[1]:
            return best  # "Polish", though only a sentence's start has it
        return best.replace("İ", "i").lower()


Run = list[tuple[int, str, str, str]]
"""Where telling words stand: (token, stem, as written, the compound that it is a part of or "")."""


Scored = tuple[float, str, "str | Found"]
"""A candidate: score, kind (person, organisation, place, phrase, word), text or stem."""


def keywords(doc: Document, names: Names, why: dict[str, Any] | None = None) -> list[str]:
    """At most ten keywords, the most telling first. `why` is filled with {keyword: [kind, score]}. Never raises."""
    language = lists_language(doc.language)
    known = _words(language)
    run, scores = _collect(doc, names, known)
    found = _best(doc, run, scores, language)
    scored: list[Scored] = _named(doc, names)
    scored += _phrases(doc, found, run, _LINKS.get(language))
    scored += [
        (one.score, "word", one)
        for one in found.values()
        if not one.inside and (one.parts < len(one.written) or one.parts > 1)
    ]
    scored.sort(key=itemgetter(0), reverse=True)  # equal scores: names first, then as they stand in the text
    chosen: list[str] = []
    taken: set[str] = set()
    for score, kind, what in scored:
        text = what if isinstance(what, str) else what.text(known)
        folded = _folded(text, language)
        if folded in taken or (kind == "phrase" and taken.issuperset(folded.split(" "))):
            continue
        taken.add(folded)
        if kind != "word" and " " in folded:
            taken.update(folded.split(" "))  # `Premier League` says `League` too
        chosen.append(text)
        if why is not None:
            why[text] = [kind, round(score, 1)]
        if len(chosen) == MOST:
            break
    return chosen


def words(doc: Document) -> Hits[Word]:
    """Where the words of a document are looked up."""
    return _words(lists_language(doc.language)).hits


def _folded(text: str, language: str) -> str:
    """What is the same of two keywords that say the same: forms of a word, a name with its article."""
    return " ".join([_stem(word, language) for word in text.casefold().removeprefix("the ").split()])


def _collect(doc: Document, names: Names, known: Words) -> tuple[Run, dict[str, float]]:
    """Where telling words outside of names stand, and the score of each stem."""
    title_end = doc.title_tokens
    lead_end = title_end + LEAD_TOKENS
    begins = set(doc.sentences)
    named: set[int] = set()
    whole: set[int] = set()  # names of one word: no compounds (Frankreich)
    for a, b, kind in names.spans:
        if b - a > 1 or kind == "PER":
            named.update(range(a, b))
        else:
            whole.add(a)
    if end := dateline_end(doc):  # its town is among the places, its agency is no topic
        named.update(range(title_end, end))
    for i in doc.having(HYPHEN):
        if i and doc.starts[i] == doc.ends[i - 1]:
            named.add(i - 1)  # "Wohn- und Pflegeheim"
    run: Run = []
    weights: dict[str, float] = {}
    tellings: dict[str, float] = {}
    for index, (written, stem, telling, small, nouns) in known.hits.at(doc.numbers, doc.vocabulary):
        if index in named or (small and index in begins):
            continue
        place = BODY if index >= lead_end else LEAD if index >= title_end else TITLE
        run.append((index, stem, written, ""))
        if stem in weights:
            weights[stem] += place
        else:
            weights[stem] = place
            tellings[stem] = telling
        if nouns and index not in whole:
            for stem, noun, telling in nouns:
                run.append((index, stem, noun, written))
                weights[stem] = weights.get(stem, 0.0) + PART * place
                tellings.setdefault(stem, telling)
    return run, {stem: _repeated(weight) * tellings[stem] for stem, weight in weights.items()}


@lru_cache(maxsize=1 << 12)
def _repeated(weight: float) -> float:
    value: float = weight**REPEAT
    return value


def _best(doc: Document, run: Run, scores: dict[str, float], language: str) -> dict[str, Found]:
    """The stems with the highest scores, with how they are written; scores weighed by capitals and word form."""
    found = {stem: Found(scores[stem]) for stem in sorted(scores, key=scores.__getitem__, reverse=True)[:KEPT]}
    if language == "de":
        for _, stem, written, compound in run:
            if (one := found.get(stem)) is not None:
                one.written.append(written)
                if compound:
                    one.parts += 1
        return found
    begins = set(doc.sentences)
    for index, stem, written, _ in run:
        if (one := found.get(stem)) is not None:
            one.written.append(written)
            if written[0].isupper() and index not in begins:
                one.capitals += 1
    adverb = _FORMS.get(language)
    for stem, one in found.items():
        if 2 * one.capitals >= len(one.written):
            one.score *= CAPITAL
        elif "-" in stem or (adverb is not None and stem.endswith(adverb)):
            one.score *= FORM
    return found


def _phrases(doc: Document, found: dict[str, Found], run: Run, links: frozenset[str] | None) -> list[Scored]:
    """Scores neighbours that come again together, and marks words that stand in one such phrase only."""
    least = 2 if links else 3
    pairs: dict[tuple[str, str], list[tuple[int, int]]] = {}
    last, last_stem = -9, ""
    for index, stem, _, compound in run:
        if compound:
            continue
        if (
            (index - last == 1 or (links is not None and index - last < 4))
            and stem in found
            and last_stem in found
            and (links is None or _joined(doc.words, last, index, links))
        ):
            pairs.setdefault((last_stem, stem), []).append((last, index))
        last, last_stem = index, stem
    scored: list[Scored] = []
    inside: dict[str, int] = {}
    for (first, second), places in pairs.items():
        if len(places) < least:
            continue
        one, two = found[first], found[second]
        share = 2 * len(places) / (len(one.written) + len(two.written))
        text = " ".join(doc.text[doc.starts[places[0][0]] : doc.ends[places[0][1]]].split())
        scored.append(((one.score + two.score) * (LINKED if links else PHRASE) * share, "phrase", text))
        for stem in (first, second):
            inside[stem] = max(len(places), inside.get(stem, 0))
    for stem, count in inside.items():
        found[stem].inside = count >= INSIDE * len(found[stem].written)
    return scored


def _joined(words: list[str], last: int, index: int, links: frozenset[str]) -> bool:
    """Whether two tokens, at most three apart, are neighbours or joined by a link: `prix du pétrole`, `crise de la dette`."""
    gap = index - last
    if gap == 1:
        return True
    return words[last + 1].lower() in links and (gap == 2 or words[last + 2].lower() in _ARTICLES)


def _named(doc: Document, names: Names) -> list[Scored]:
    """Scores names by how often they stand and whether headline or lead name them."""
    scored: list[Scored] = []
    title = doc.text[: doc.title_end]
    lead_end = min(doc.title_tokens + LEAD_TOKENS, len(doc.ends))
    early = doc.text[: doc.ends[lead_end - 1]] if lead_end else ""
    for found, factor, kind in (
        (names.people, PERSON, "person"),
        (names.organisations, ORGANISATION, "organisation"),
        (names.places, PLACE, "place"),
    ):
        for name, count in found[: 3 if kind == "person" else 8]:
            last = name.rsplit(" ", 1)[-1]
            in_title = last in title
            weight = count + (TITLE - 1 if in_title else 0) + (LEAD - 1 if last in early else 0)
            score: float = weight**REPEAT * (RAREST - LEAST) ** RARITY * factor
            scored.append((score if in_title or kind != "person" else score * ASIDE, kind, name))
    return scored


_UMLAUTS = str.maketrans("äöü", "aou")


@lru_cache(maxsize=1 << 12)
def _stem(word: str, language: str) -> str:
    return _stem_of(word, language)


def _stem_of(word: str, language: str) -> str:
    if language == "de" and not word.isascii():
        word = word.translate(_UMLAUTS)  # Kindergarten, Kindergärten
    if (endings := _ENDINGS_BY_LAST.get((language, word[-1:]))) is not None:
        size = len(word)
        for ending, length in endings:
            if size - length >= 4 and word.endswith(ending):
                return word[:-length]
    return word


class Words:
    """The words of a language: which may be keywords, and what they tell."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.table = _table(language)
        self.silent = _stop(language) | {word for word, (rarity, _, _) in self.table.items() if rarity <= COMMON}
        """Words that are never a keyword."""
        self.hits: Hits[Word] = Hits(self.nouns if language == "de" else self.look)
        self.begun: dict[str, list[str]] = {}
        """For German compounds: the first letters -> nouns of the table that begin so, the longest first."""
        if language == "de":
            for word, (_, capital, _) in self.table.items():
                if capital and len(word) >= _FIRST_PART:
                    self.begun.setdefault(word[:_FIRST_PART], []).append(word)
            for nouns in self.begun.values():
                nouns.sort(key=len, reverse=True)

    def look(self, words: list[str]) -> list[Word | None]:
        """What each word tells; None where it is no keyword."""
        entry, language = self.table.get, self.language
        return [
            (written, _stem_of(word, language), entry(word, _NEW)[2], False, ()) if word else None
            for written, word in zip(words, self._telling(words), strict=True)
        ]

    def nouns(self, words: list[str]) -> list[Word | None]:
        """The same in German, nouns only; at a sentence's start a word that the table knows as small is none."""
        entry = self.table.get
        found: list[Word | None] = [None] * len(words)
        capitals = [i for i, word in enumerate(words) if word[0].isupper()]
        for i, word in zip(capitals, self._telling([words[i] for i in capitals]), strict=True):
            if word:
                _, capital, telling = entry(word, _NEW)
                parts = self._parts(words[i], word) if len(word) >= _COMPOUND else ()
                found[i] = words[i], _stem_of(word, "de"), telling, not capital, parts
        return found

    def _telling(self, words: list[str]) -> list[str]:
        """The words in lower case; "" where one is no keyword."""
        silent = self.silent
        least = 2 if self.table else 5  # no list of common words: the short ones are the best guess
        english, unspaced = self.language == "en", self.language in UNSPACED
        return [
            ""
            if word in silent
            or not least <= len(written) <= LONGEST
            or not written[0].isalpha()
            or (english and ("'" in word or "’" in word))  # don't, they've
            or (written.isupper() and _NUMERAL.issuperset(written))  # Leo XIV
            or (len(written) < 3 and not written.isupper())
            or (unspaced and not written.isascii() and _KATAKANA.search(written) is None)
            else word
            for written, word in zip(words, map(str.lower, words), strict=True)
        ]

    def _parts(self, written: str, word: str) -> tuple[tuple[str, str, float], ...]:
        """The telling parts of a German compound: what stands between hyphens, else the longest noun it begins with.

        `word`: the word in lower case.
        """
        if "-" in word:
            parts = [part for part in word.split("-") if len(part) > 3]
        else:
            most = len(word) - 4
            for noun in self.begun.get(word[:_FIRST_PART], ()):
                if word.startswith(noun) and len(noun) <= most:
                    if noun in self.silent:
                        return ()
                    return ((_stem_of(noun, "de"), written[: self._alone(noun)], self.table[noun][2]),)
            return ()
        nouns: list[tuple[str, str, float]] = []
        for part in parts:
            if part not in self.silent:
                start = word.find(part)
                noun = written[start : start + len(part)]
                if noun[:1].isupper():  # not the adjective in "KI-generiertes"
                    nouns.append((_stem_of(part, "de"), noun, self.table.get(part, _NEW)[2]))
        return tuple(nouns)

    def _alone(self, noun: str) -> int:
        """Letters of the first noun of a compound without its link, where it is commoner so: `Verkehr` of `Verkehrs`."""
        best, letters = self.table[noun][0], len(noun)
        for link in ("s", "es"):
            rarity, capital, _ = self.table.get(noun.removesuffix(link), _NEW)
            if noun.endswith(link) and capital and rarity < best:
                best, letters = rarity, len(noun) - len(link)
        return letters


_NUMERAL = frozenset("IVXLCDM")
_KATAKANA = re.compile(r"^[\u30a1-\u30ff]{3,12}$")
"""What may be a keyword beside names where no blank parts the words: Japanese writes foreign words in letters of their own."""


Entry = tuple[float, bool, float]
"""Of a word in the table: rarity, whether it is mostly written with a capital, what its rarity counts."""


def _entry(rarity: float, capital: bool) -> Entry:
    telling: float = (max(LEAST, min(rarity, RAREST)) - LEAST) ** RARITY
    return rarity, capital, telling


_NEW = _entry(UNKNOWN, True)
"""A word that the table lacks; nothing is known against its capital."""


@lru_cache(maxsize=64)
def _words(language: str) -> Words:
    return Words(language)


@lru_cache(maxsize=64)
def _stop(language: str) -> frozenset[str]:
    """Words no article is filed under."""
    lines = data_file("frequency/stop.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if line.startswith(language + ":") for word in line[3:].split())


@lru_cache(maxsize=64)
def _table(language: str) -> dict[str, Entry]:
    """Words of a language in lower case."""
    path = data_file(f"frequency/{language}.txt")
    table: dict[str, Entry] = {}
    if not (language.isascii() and language.isalpha()) or not path.is_file():
        return table
    for line in reversed(path.read_text(encoding="utf-8").splitlines()):  # the first line that has a word counts
        step, _, rest = line.partition(":")
        if line.startswith("#") or not rest:
            continue
        small, capital = (_entry(float(step), written) for written in (False, True))
        words = rest.split()
        entries = [capital if word[0].isupper() else small for word in words]
        table.update(zip(map(str.lower, reversed(words)), reversed(entries), strict=True))
    return table
