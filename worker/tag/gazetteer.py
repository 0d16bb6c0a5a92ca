"""What points to a country, as one table of tokens: names, adjectives, inhabitants, cities, regions, governments.

Use when: text tokens are to be read as places. `lexicon(language)` gives the table for a language, read once from the
data files `gazetteer.tsv`, `evidence.tsv` and `demonyms.tsv` in `DATA` (format: the head of each file); `matches` reads
a text with it in one pass.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from worker.tag.inflection import inflected
from worker.tag.tokens import Document, cut, unspaced
from worker.tag.vocabulary import Hits

DATA = Path(__file__).parent / "data"
ADJECTIVE_ENDINGS = ("", "e", "en", "er", "es", "em")
PLACES = frozenset(("name", "capital", "city", "region"))


_own: list[Path] = []


def use_folder(folder: Path | None) -> None:
    """Files of this folder stand in for those of the same name in `data/`; to be called before the first article."""
    _own[:] = [folder] if folder is not None else []
    for read in (_files, _by_language, _shared, _lexicon, unspaced):
        read.cache_clear()


def data_file(name: str) -> Path:
    """Where a data file is read from."""
    for folder in _own:
        if (folder / name).exists():
            return folder / name
    return DATA / name


Countries = tuple[tuple[str, int], ...]
"""(Country, inhabitants), the likeliest first."""


class Entry(NamedTuple):
    """One form: its first token is the key of the table."""

    rest: tuple[str, ...]  # lower-case tokens that must follow
    kind: str
    countries: Countries  # empty for a blocking phrase
    cased: bool  # the first letter must be a capital
    exact: str | None  # an acronym: the token must be written so
    flags: str  # w = also a common word, p = also a first name, d = derived: a part or another form of the word


Form = tuple[str, Entry]
"""First token in lower case, entry."""


def read_form(form: str, kind: str, countries: Countries, flags: str = "") -> Form | None:
    """A form as it is written in a file; None where it holds no token."""
    if form.isalpha():
        head, token = form.lower(), form
        rest: tuple[str, ...] = ()
    else:
        tokens = cut(form, "en")
        if not tokens:
            return None
        token = tokens[0]
        head, rest = token.lower(), tuple([t.lower() for t in tokens[1:]])
    exact = token if not rest and len(form) < 7 and form.isupper() and "." not in form else None
    return head, Entry(rest, kind, countries, form[0].isupper() or form[1:2].isupper(), exact, flags)


_DERIVED = {"s": ("s", PLACES | {"leader"}), "r": ("er", frozenset(("city",)))}
"""By the last letter: the ending, with the kinds of entry that may stand before it."""
_STEM = 5
"""A German compound is told by so many first letters."""
Start = tuple[tuple[Entry, ...], tuple[Entry, ...], frozenset[str]]
"""What may begin at a word: all entries, those of one word, the words that may come next in the others (lower case)."""
Match = tuple[int, int, Entry]
"""First token, number of tokens, entry."""


class Lexicon:
    """The forms of one language; those of `base` beside them, so that fifty languages fit into memory."""

    def __init__(self, base: Lexicon | None = None) -> None:
        self.base = base
        self.first: dict[str, list[Entry]] = {}  # first token, lower case -> entries, longest first
        self.stems: dict[str, list[tuple[str, str]]] = {}
        """For German compounds (Russlandpolitik): first five letters -> (country name in lower case, country)."""
        self.hits: Hits[Start] = Hits(self.starts)
        self._added: set[tuple[str, tuple[str, ...], str | None]] = set()

    def get(self, head: str) -> list[Entry] | None:
        """The entries whose first token is `head` (lower case)."""
        found = self.first.get(head)
        return found if found is not None or self.base is None else self.base.first.get(head)

    def add(self, form: str, kind: str, countries: Countries, flags: str = "") -> None:
        """Adds a form unless the same form is there."""
        self.put(read_form(form, kind, countries, flags))

    def put(self, form: Form | None) -> None:
        """The same for a form that is read already."""
        if form is None:
            return
        head, entry = form
        same = head, entry.rest, entry.exact
        if same not in self._added:
            self._added.add(same)
            self.first.setdefault(head, []).append(entry)

    def close(self) -> None:
        """Puts longer forms first; to be called after the last `add`."""
        self._added.clear()
        for entries in self.first.values():
            if len(entries) > 1:
                entries.sort(key=lambda e: (-len(e.rest), e.exact is None))

    def starts(self, words: list[str]) -> list[Start | None]:
        """What may begin at each word; None for most."""
        first, base, stems = self.first, self.base.first if self.base is not None else {}, self.stems
        return [
            self._start(word)
            if low in first
            or low in base
            or "-" in word
            or "İ" in word
            or (low != word and (low[-1] in _DERIVED or low[:_STEM] in stems))
            else None  # `entries` would have nothing
            for word, low in zip(words, map(str.lower, words), strict=True)
        ]

    def _start(self, word: str) -> Start | None:
        entries = self.entries(word)
        if not entries:
            return None
        if len(entries) == 1:
            return entries, () if entries[0].rest else entries, frozenset(entries[0].rest[:1])
        return entries, tuple(e for e in entries if not e.rest), frozenset(e.rest[0] for e in entries if e.rest)

    def entries(self, word: str) -> tuple[Entry, ...]:
        """What may begin at a word as it is written: forms of the table, else what its parts say."""
        low = word.lower()
        if "İ" in word:  # the small one would be two letters: i and a dot
            low = word.replace("İ", "I").lower()
        found = self.first.get(low)
        if found is None and self.base is not None:
            found = self.base.first.get(low)
        if found is not None:
            capital = word[0].isupper()
            return tuple([e for e in found if (capital or not e.cased) and (e.exact is None or e.exact == word)])
        if "-" in word:
            return self._parts(word) if len(word) > 3 and word[0].isalpha() else ()
        return self._derived(low) if low != word and len(word) > 3 and word[0].isupper() else ()

    def _derived(self, low: str) -> tuple[Entry, ...]:
        """Genitive (Russlands), inhabitant of a town (Londoner), German compound (Russlandpolitik)."""
        if (derived := _DERIVED.get(low[-1])) is not None:
            ending, kinds = derived
            if low.endswith(ending) and (found := self.get(low[: -len(ending)])) is not None:
                for e in found:
                    if not e.rest and not e.flags and e.exact is None and e.kind in kinds:
                        return (e._replace(flags="d" if ending == "er" else ""),)
        if len(low) > 8 and self.stems:
            for name, code in self.stems.get(low[:_STEM], ()):
                if low.startswith(name) and len(low) > len(name) + 2:
                    return (Entry((), "name", ((code, 0),), True, None, "d"),)
        return ()

    def _parts(self, word: str) -> tuple[Entry, ...]:
        """A hyphenated word: US-Präsident, Ukraine-Krieg, Peking-owned, deutsch-französisch."""
        found: list[Entry] = []
        for part in word.split("-")[:4]:
            for e in self.get(part.lower()) or ():
                if e.rest or e.flags or not e.countries or e.kind in ("weak", "leader", "state"):
                    continue
                if e.exact == part or (e.exact is None and (part[0].isupper() or not e.cased or e.kind == "adjective")):
                    found.append(e._replace(flags="d"))
                    break
        return tuple(found)


def _places(column: str) -> Countries:
    """Countries with inhabitants of "GE:4000,US:10"; none of "-"."""
    return tuple([(c[:2], int(c[3:] or 0)) for c in column.split(",")]) if column != "-" else ()


def _rows(name: str) -> list[list[str]]:
    with open(data_file(name), encoding="utf8") as file:
        return [line.split("\t") for line in file.read().split("\n") if line and line[0] != "#"]


@cache
def _files() -> tuple[list[list[str]], list[list[str]], list[list[str]]]:
    return _rows("evidence.tsv"), _rows("demonyms.tsv"), _rows("gazetteer.tsv")


def inhabitants(pattern: str) -> list[str]:
    """The forms of a German word for inhabitants: "Russ:e" -> Russe, Russen, Russin, Russinnen."""
    stem, mark, ending = pattern.partition(":")
    if not mark:
        return [pattern]
    endings = ("e", "en", "in", "innen") if ending == "e" else ("er", "ern", "ers", "erin", "erinnen")
    return [stem + e for e in endings]


def lexicon(language: str) -> Lexicon:
    """The lexicon for a BCP 47 language; English forms belong to every language, German ones to German texts.

    A language of which the files say nothing shares the English one.
    """
    language = language[:2] if language[2:3] in ("", "-") else language
    return _lexicon(language if language in _by_language() else "en")


def country_names(language: str) -> list[str]:
    """The names of countries in a language, English ones left out."""
    _, gazetteer, _ = _by_language().get(language, ([], [], []))
    return [form for form, _, kind, _, _ in gazetteer if kind == "name"]


@cache
def _by_language() -> dict[str, tuple[list[list[str]], list[list[str]], list[list[str]]]]:
    """The rows of one language only in the lists of evidence, the gazetteer and the organisations."""
    evidence, _, gazetteer = _files()
    found: dict[str, tuple[list[list[str]], list[list[str]], list[list[str]]]] = {}
    for which, rows, column in ((0, evidence, 2), (1, gazetteer, 1), (2, _rows("organisations.tsv"), 1)):
        for row in rows:
            if (language := row[column]) != "*":
                found.setdefault(language, ([], [], []))[which].append(row)
    return found


@cache
def _shared() -> tuple[list[tuple[str, str, str, Form | None]], list[Form | None]]:
    """What German and English have in common, read once: the gazetteer (language, form, kind, what was read), clubs."""
    towns = [
        (of, form, kind, read_form(form, kind, _places(places), flags))
        for form, of, kind, places, flags in _files()[2]
        if of in ("*", "de", "en")
    ]
    return towns, [read_form(row[0], "org", ((row[1], 0),)) for row in _rows("clubs.tsv")]


@cache
def _lexicon(language: str) -> Lexicon:
    if language not in ("de", "en"):
        return _with_own(_lexicon("en"), language)
    evidence, demonyms, _ = _files()
    lex = Lexicon()
    add = lex.add
    for code, kind, of, forms in evidence:
        if of in ("*", language):
            for form in forms.split("|"):
                add(form, kind, _places(code))
    for code, english, stems, people in (row + [""] * (4 - len(row)) for row in demonyms):
        country = ((code, 0),)
        if language == "de":
            for stem in stems.split():
                for ending in ADJECTIVE_ENDINGS:
                    add(stem + ending, "adjective", country)
            for pattern in people.split():
                for form in inhabitants(pattern):
                    add(form, "people", country)
        for word in english.split():
            word = word.replace("-", " ")
            add(word, "adjective", country)
            if not word.endswith(("s", "sh", "ch", "ese", "men", "man")):
                add(word + "s", "people", country)
    towns, clubs = _shared()
    for of, form, kind, made in towns:
        if of in ("*", language):
            lex.put(made)
            if (
                of == "de"
                and kind == "name"
                and made is not None
                and form.isalpha()
                and (len(form) > 5 or form in ("China", "Japan"))
            ):
                lex.stems.setdefault(form[:_STEM].lower(), []).append((form.lower(), made[1].countries[0][0]))
    if language == "de":
        lex.stems.setdefault("schwe", []).append(("schweiz", "CH"))
    for club in clubs:
        lex.put(club)
    for row in _rows("organisations.tsv"):
        if row[1] in ("*", language):
            for form in row[2].split("|"):
                add(form, "firm", ((row[0], 0),) if row[0] != "-" else ())
    lex.close()
    return lex


def _with_own(base: Lexicon, language: str) -> Lexicon:
    """The base with the forms of one more language before its own."""
    lex = Lexicon(base)
    evidence, gazetteer, organisations = _by_language().get(language, ([], [], []))
    for code, kind, _, forms in evidence:
        for form in forms.split("|"):
            lex.add(form, kind, _places(code))
    for form, _, kind, places, flags in gazetteer:
        lex.add(form, kind, _places(places), flags)
    for form, _, kind, places, flags in gazetteer:
        for other in inflected(form, language) if kind == "name" else ():
            if other.lower() not in lex.first and other.lower() not in base.first:
                lex.add(other, kind, _places(places), flags)
    for row in organisations:
        for form in row[2].split("|"):
            lex.add(form, "firm", ((row[0], 0),) if row[0] != "-" else ())
    for head, mine in lex.first.items():
        known = {(entry.rest, entry.exact) for entry in mine}
        mine += [entry for entry in base.first.get(head, ()) if (entry.rest, entry.exact) not in known]
    lex.close()
    return lex


def words(doc: Document) -> Hits[Start]:
    """Where the words of a document are looked up."""
    return lexicon(doc.language).hits


def matches(doc: Document, lex: Lexicon) -> list[Match]:
    """The forms of the lexicon in a text, the longest at each place, in order; context is for the caller to judge."""
    words = doc.words
    found: list[Match] = []
    free = 0
    last = len(words) - 1
    for i, (entries, single, following) in lex.hits.at(doc.numbers, doc.vocabulary):
        if i < free:
            continue
        for entry in entries if following and i < last and words[i + 1].lower() in following else single:
            rest = entry.rest
            if not rest:
                found.append((i, 1, entry))
                if "d" in entry.flags:
                    continue  # each part of a hyphenated word speaks
                free = i + 1
                break
            size = 1 + len(rest)
            if tuple([word.lower() for word in words[i + 1 : i + size]]) == rest:
                found.append((i, size, entry))
                free = i + size
                break
    return found
