"""Word lists of topics that an editor can read and change: the format of `data/topics/README.md`.

Use when: words and phrases of a text are to be counted for topics. A lexicon is read once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from worker.errors import ConfigError
from worker.tag.tokens import cut
from worker.tag.vocabulary import Hits

Entries = tuple[tuple[int, float], ...]
"""(topic 1..17, weight), ascending by topic."""

_TOPIC = re.compile(r"\[(\d\d)\b[^\]]*\]")
_LINE = re.compile(r"([\d.]+):(.*)")
_ENDINGS = {
    "de": ("innen", "ern", "en", "er", "es", "em", "in", "n", "e", "s"),
    "en": ("ing", "ed", "es", "s", "d"),
    "fr": ("es", "e", "s", "x"),
}
_STEM = 3
"""So many letters are left of a word where an ending is taken off."""
_HEAD = 5
"""So many first letters tell of most words that nothing in a list begins as they do."""
_SHORTER = tuple(range(_HEAD - 1, 0, -1))


def fold(word: str) -> str:
    """Lower case without accents and umlauts: `Übergröße` -> `ubergrosse`."""
    return plain(word.lower())


def plain(word: str) -> str:
    """A word in lower case without accents and umlauts."""
    if word.isascii():
        return word
    found = word.translate(_PLAIN)  # letters of Europe; whatever else there is takes longer
    return found if found.isascii() else _unaccented(word)


@lru_cache(maxsize=1 << 12)
def _unaccented(word: str) -> str:
    word = word.replace("ß", "ss").replace("’", "'").replace("œ", "oe").replace("æ", "ae").replace("ø", "o")
    word = word.replace("\u00ad", "").replace("‑", "-").replace("‐", "-")
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


_PLAIN = {n: bare for n in range(0xA0, 0x250) if (bare := _unaccented(chr(n))).isascii()}


@dataclass(slots=True)
class Phrase:
    """A run of words; `rest` follows the first one."""

    rest: tuple[str, ...]
    starred: bool
    name: str
    entries: Entries


Affixes = list[tuple[str, Entries]]
"""Beginnings or ends of words, the longest first: what a word counts for of which this is the longest."""
Hit = tuple[str, Entries, "dict[str, list[Phrase]] | None"]
"""A word of a text that counts: in lower case, as what, and the phrases that it may begin, by the first letter that must
follow."""


@dataclass(slots=True)
class Lexicon:
    """The words of one language, by the way they match."""

    language: str
    words: dict[str, Entries] = field(default_factory=dict)
    starts: dict[str, Entries] = field(default_factory=dict)
    ends: dict[str, Entries] = field(default_factory=dict)
    inner: dict[str, Entries] = field(default_factory=dict)
    exact: dict[str, Entries] = field(default_factory=dict)  # as written, by capitals
    phrases: dict[str, list[Phrase]] = field(default_factory=dict)
    hits: Hits[Hit] = field(init=False)
    _forms: dict[str, Entries] = field(default_factory=dict)  # the words, with and without an ending
    _by_head: dict[str, Affixes] = field(default_factory=dict)  # starts by their first letters, _HEAD at most
    _short: set[str] = field(default_factory=set)  # the first two letters of keys that have fewer
    _by_tail: dict[str, Affixes] = field(default_factory=dict)  # ends, with and without an ending, by the last letters
    _following: dict[str, dict[str, list[Phrase]]] = field(default_factory=dict)  # phrases as a Hit has them

    def __post_init__(self) -> None:
        self.hits = Hits(self.look)

    def close(self) -> None:
        """Puts longer phrases first and all that matches by its parts where it is found; call after the last word."""
        for phrases in self.phrases.values():
            phrases.sort(key=lambda phrase: (-len(phrase.rest), phrase.starred, phrase.name))
        self._following = {}
        for first, phrases in self.phrases.items():
            following = self._following.setdefault(first, {})
            for phrase in phrases:
                following.setdefault(phrase.rest[0][0], []).append(phrase)
        endings = _ENDINGS.get(self.language, ())
        self._forms = dict(self.words)
        for ending in endings:
            for word, entries in self.words.items():
                if len(word) >= _STEM:
                    self._forms.setdefault(word + ending, entries)
        self._by_head, self._by_tail = {}, {}
        short: Affixes = []
        for start in sorted(self.starts, key=len, reverse=True):
            # A starred shield (weight 0) hides the shorter ones.
            shield = not any(weight for _, weight in self.starts[start])
            shorter = [self.starts.get(start[:n], ()) for n in range(len(start) + 1)]
            one = start, () if shield else highest(shorter)
            self._by_head.setdefault(start[:_HEAD], []).append(one)
            if len(start) < _HEAD:
                short.append(one)
        for one in short:
            for head in self._by_head:
                if head != one[0] and head.startswith(one[0]):
                    self._by_head[head].append(one)
        self._short = {head[:2] for head in self._by_head if len(head) < _HEAD}
        ends: dict[str, list[Entries]] = {}
        for end, entries in self.ends.items():
            for ending in ("", *endings) if len(end) >= _STEM else ("",):
                ends.setdefault(end + ending, []).append(entries)
        for end in sorted(ends, key=len, reverse=True):
            within = [one for n in range(max(1, len(end) - _STEM + 1)) for one in ends.get(end[n:], ())]
            self._by_tail.setdefault(end[-_STEM:], []).append((end, highest(within)))

    def look(self, words: list[str]) -> list[Hit | None]:
        """What each word of a text counts for, and the phrases it may begin; None for most words."""
        forms, following, exact, inner = self._forms, self._following, self.exact, self.inner
        by_head, by_tail, short = self._by_head, self._by_tail, self._short
        lower = list(map(str.lower, words))
        found: list[Hit | None] = []
        for word, low in zip(words, lower, strict=True):
            folded = low if low.isascii() else plain(low)
            entries = forms.get(folded)
            if entries is None:
                starts = by_head.get(folded[:_HEAD])
                if starts is None and folded[:2] in short:
                    for size in _SHORTER:
                        if (starts := by_head.get(folded[:size])) is not None:
                            break
                ends = by_tail.get(folded[-_STEM:])
                entries = () if starts is None and ends is None and not inner else self._match(folded, starts, ends)
            if not entries and exact:
                entries = exact.get(word, ())
            phrases = following.get(folded)
            found.append((low, entries, phrases) if entries or phrases is not None else None)
        return found

    def _match(self, word: str, starts: Affixes | None, ends: Affixes | None) -> Entries:
        """What a word counts for that the list does not have, with an ending or without: by its start and its end.

        `starts`, `ends`: those of the list that have the first and last letters of the word.
        """
        found: list[Entries] = []
        for start, entries in starts or ():
            if word.startswith(start):
                if not entries:
                    return ()
                found.append(entries)
                break
        for end, entries in ends or ():
            if word.endswith(end):
                found.append(entries)
                break
        if self.inner:
            return highest(found + [entries for stem, entries in self.inner.items() if stem in word])
        if not found:
            return ()
        return found[0] if len(found) == 1 else highest(found)


def highest(found: Iterable[Entries]) -> Entries:
    """The highest weight of each topic, those of weight 0 left out."""
    best: dict[int, float] = {}
    for entries in found:
        for topic, weight in entries:
            if weight > best.get(topic, 0.0):
                best[topic] = weight
    return tuple(sorted(best.items()))


def read_lexicon(path: Path, language: str) -> Lexicon:
    """Reads a lexicon file. Raises ConfigError with file and line where it does not follow the format."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read the topic lexicon {path}: {error}") from error
    lexicon = Lexicon(language)
    topic = 0
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        head = _TOPIC.fullmatch(line)
        if head and 1 <= int(head[1]) <= 17:
            topic = int(head[1])
            continue
        entry = _LINE.fullmatch(line)
        if not entry or not topic:
            raise ConfigError(f"{path.name}, line {number}: expected [01..17 topic] or weight: words")
        try:
            weight = float(entry[1])
        except ValueError:
            raise ConfigError(f"{path.name}, line {number}: {entry[1]!r} is no weight") from None
        for term in entry[2].split():
            _add(lexicon, term, topic, weight)
    lexicon.close()
    return lexicon


def _add(lexicon: Lexicon, term: str, topic: int, weight: float) -> None:
    if term[:2].isupper() and term.isalpha():
        _put(lexicon.exact, term, topic, weight)
        return
    starred = term.endswith("*")
    leading = term.startswith("*")
    words = [fold(word) for word in cut(term.strip("*").replace("_", " "), lexicon.language)]
    if not words:
        return
    if len(words) > 1:
        phrases = lexicon.phrases.setdefault(words[0], [])
        rest = tuple(words[1:])
        for phrase in phrases:
            if phrase.rest == rest and phrase.starred == starred:
                phrase.entries = tuple(sorted({**dict(phrase.entries), topic: weight}.items()))
                return
        phrases.append(Phrase(rest, starred, " ".join(words), ((topic, weight),)))
        return
    where = (
        lexicon.inner
        if leading and starred
        else lexicon.ends
        if leading
        else lexicon.starts
        if starred
        else lexicon.words
    )
    _put(where, words[0], topic, weight)


def _put(where: dict[str, Entries], word: str, topic: int, weight: float) -> None:
    known = dict(where.get(word, ()))
    known[topic] = max(weight, known.get(topic, 0.0))
    where[word] = tuple(sorted(known.items()))


def phrase_at(phrases: Iterable[Phrase], words: Sequence[str], index: int) -> Phrase | None:
    """The longest phrase that stands at `index` of a text (its first word does already), or None."""
    for phrase in phrases:
        end = index + 1 + len(phrase.rest)
        if end > len(words):
            continue
        for offset, word in enumerate(phrase.rest, index + 1):
            there = fold(words[offset])
            if there != word and not (phrase.starred and offset == end - 1 and there.startswith(word)):
                break
        else:
            return phrase
    return None
