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

_HEAD = re.compile(r"\[(\d\d)\b[^\]]*\]")
_LINE = re.compile(r"([\d.]+):(.*)")
_ENDINGS = {
    "de": ("innen", "ern", "en", "er", "es", "em", "in", "n", "e", "s"),
    "en": ("ing", "ed", "es", "s", "d"),
    "fr": ("es", "e", "s", "x"),
}
_ENDINGS_BY_LAST = {
    language: {last: [(e, len(e)) for e in endings if e[-1] == last] for last in {e[-1] for e in endings}}
    for language, endings in _ENDINGS.items()
}
_FIRST = 5
"""So many first letters tell of most words that nothing in a list begins as they do."""


def fold(word: str) -> str:
    """Lower case without accents and umlauts: `Übergröße` -> `ubergrosse`."""
    word = word.lower()
    if word.isascii():
        return word
    plain = word.translate(_PLAIN)  # letters of Europe; whatever else there is takes longer
    return plain if plain.isascii() else _unaccented(word)


@lru_cache(maxsize=1 << 12)
def _unaccented(word: str) -> str:
    word = word.replace("ß", "ss").replace("’", "'").replace("œ", "oe").replace("æ", "ae").replace("ø", "o")
    word = word.replace("\u00ad", "").replace("‑", "-").replace("‐", "-")
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


_PLAIN = {n: plain for n in range(0xA0, 0x250) if (plain := _unaccented(chr(n))).isascii()}


@dataclass(slots=True)
class Phrase:
    """A run of words; `rest` follows the first one."""

    rest: tuple[str, ...]
    starred: bool
    name: str
    entries: Entries


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
    _endings: dict[str, list[tuple[str, int]]] = field(init=False)  # by the last letter: ending and its length
    _start_sizes: dict[str, list[int]] = field(default_factory=dict)  # by the first two letters, ascending
    _end_sizes: dict[str, list[int]] = field(default_factory=dict)  # by the last three letters
    _heads: set[str] = field(default_factory=set)  # first letters, _FIRST of them, of all that may match with an ending
    _short: set[str] = field(default_factory=set)  # first two letters of starts that are shorter than that
    _tails: set[str] = field(default_factory=set)  # last three letters of all that may match by its end

    def __post_init__(self) -> None:
        self.hits = Hits(self.look)
        self._endings = _ENDINGS_BY_LAST.get(self.language, {})

    def close(self) -> None:
        """Puts longer phrases first, finds what most words can be ruled out by; to be called after the last word."""
        for phrases in self.phrases.values():
            phrases.sort(key=lambda phrase: (-len(phrase.rest), phrase.starred, phrase.name))
        for word in sorted(self.starts, key=len):
            if len(word) not in (sizes := self._start_sizes.setdefault(word[:2], [])):
                sizes.append(len(word))
        for word in sorted(self.ends, key=len):
            if len(word) not in (sizes := self._end_sizes.setdefault(word[-3:], [])):
                sizes.append(len(word))
        endings = ["", *_ENDINGS.get(self.language, ())]
        self._heads = {word[:_FIRST] for word in self.starts if len(word) >= _FIRST}
        self._heads |= {(word + ending)[:_FIRST] for word in self.words for ending in endings}
        self._short = {word[:2] for word in self.starts if len(word) < _FIRST}
        self._tails = {(word + ending)[-3:] for word in self.ends for ending in endings}

    def look(self, word: str) -> Hit | None:
        """What a word of a text counts for, and the phrases it may begin; None for most words."""
        folded = fold(word)
        entries = self.words.get(folded)
        if entries is None:
            entries = self._match(folded)
        if not entries and self.exact:
            entries = self.exact.get(word, ())
        phrases = self.phrases.get(folded)
        if phrases is None:
            return (word.lower(), entries, None) if entries else None
        following: dict[str, list[Phrase]] = {}
        for phrase in phrases:
            following.setdefault(phrase.rest[0][0], []).append(phrase)
        return word.lower(), entries, following

    def _match(self, word: str) -> Entries:
        """What a word counts for that the list does not have as it stands: by its ending, its start, its end."""
        if (
            word[:_FIRST] not in self._heads
            and word[:2] not in self._short
            and word[-3:] not in self._tails
            and not self.inner
        ):
            return ()
        size = len(word)
        forms = [word]
        for ending, length in self._endings.get(word[-1:], ()):
            if size - length >= 3 and word.endswith(ending):
                form = word[:-length]
                if (found := self.words.get(form)) is not None:
                    return found
                forms.append(form)
        best: dict[int, float] = {}
        longest: Entries = ()
        for start in self._start_sizes.get(word[:2], ()):
            if start <= size and (entries := self.starts.get(word[:start])) is not None:
                _raise(best, entries)
                longest = entries
        # A starred shield (weight 0) that is the longest match hides the shorter ones.
        if longest and all(weight == 0 for _, weight in longest):
            return ()
        for form in forms:
            for end in self._end_sizes.get(form[-3:], ()):
                if end <= len(form) and (entries := self.ends.get(form[-end:])) is not None:
                    _raise(best, entries)
        for stem, entries in self.inner.items():
            if stem in word:
                _raise(best, entries)
        return tuple(sorted((t, w) for t, w in best.items() if w > 0)) if best else ()


def _raise(best: dict[int, float], entries: Entries) -> None:
    for topic, weight in entries:
        if weight > best.get(topic, 0.0):
            best[topic] = weight


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
        head = _HEAD.fullmatch(line)
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
