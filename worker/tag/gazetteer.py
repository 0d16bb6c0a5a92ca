"""What points to a country, as one table of tokens: names, adjectives, inhabitants, cities, regions, governments.

Use when: text tokens are to be read as places. `lexicon(language)` gives the table for a language, read once from the
data files `gazetteer.tsv`, `evidence.tsv` and `demonyms.tsv` in `DATA` (format: the head of each file).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from worker.tag.tokens import tokenise

DATA = Path(__file__).parent / "data"
ADJECTIVE_ENDINGS = ("", "e", "en", "er", "es", "em")


@dataclass(slots=True, frozen=True)
class Entry:
    """One form: its first token is the key of the table."""

    rest: tuple[str, ...]  # lower-case tokens that must follow
    kind: str
    countries: tuple[tuple[str, int], ...]  # (country, inhabitants), the likeliest first; empty for a blocking phrase
    cased: bool  # the first letter must be a capital
    exact: str | None  # an acronym: the token must be written so
    flags: str  # w = also a common word, p = also a first name


@dataclass(slots=True)
class Lexicon:
    """The forms of one language."""

    first: dict[str, list[Entry]] = field(default_factory=dict)  # first token, lower case -> entries, longest first
    stems: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """For German compounds (Russlandpolitik): first five letters -> (country name in lower case, country)."""

    def add(self, form: str, kind: str, countries: tuple[tuple[str, int], ...], flags: str = "") -> None:
        """Adds a form unless the same form of this kind or a more certain one is there."""
        tokens = [form] if form.isalpha() else tokenise({"body": form, "language": {"code": "en"}}).words
        if not tokens:
            return
        head, rest = tokens[0].lower(), tuple(t.lower() for t in tokens[1:])
        entries = self.first.get(head)
        exact = tokens[0] if not rest and len(form) < 7 and form.isupper() and "." not in form else None
        entry = Entry(rest, kind, countries, any(c.isupper() for c in form[:2]), exact, flags)
        if entries is None:
            self.first[head] = [entry]
        elif all(e.rest != rest or e.exact != exact for e in entries):
            entries.append(entry)


def _rows(name: str) -> list[list[str]]:
    with open(DATA / name, encoding="utf8") as file:
        return [line.rstrip("\n").split("\t") for line in file if line.strip() and line[0] != "#"]


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


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon for a BCP 47 language; English forms belong to every language, German ones to German texts."""
    language = language[:2] if language[2:3] in ("", "-") else language
    evidence, demonyms, gazetteer = _files()
    lex = Lexicon()
    for code, kind, of, forms in evidence:
        if of in ("*", language):
            for form in forms.split("|"):
                lex.add(form, kind, ((code, 0),) if code != "-" else ())
    for code, english, stems, people in (row + [""] * (4 - len(row)) for row in demonyms):
        country = ((code, 0),)
        if language == "de":
            for stem in stems.split():
                for ending in ADJECTIVE_ENDINGS:
                    lex.add(stem + ending, "adjective", country)
            for pattern in people.split():
                for form in inhabitants(pattern):
                    lex.add(form, "people", country)
        for word in english.split():
            word = word.replace("-", " ")
            lex.add(word, "adjective", country)
            if not word.endswith(("s", "sh", "ch", "ese", "men", "man")):
                lex.add(word + "s", "people", country)
    for form, of, kind, places, flags in gazetteer:
        if of in ("*", language):
            countries = tuple((c[:2], int(c[3:] or 0)) for c in places.split(","))
            lex.add(form, kind, countries, flags)
            if of == "de" and kind == "name" and form.isalpha() and (len(form) > 5 or form in ("China", "Japan")):
                lex.stems.setdefault(form[:5].lower(), []).append((form.lower(), countries[0][0]))
    if language == "de":
        lex.stems.setdefault("schwe", []).append(("schweiz", "CH"))
    for entries in lex.first.values():
        if len(entries) > 1:
            entries.sort(key=lambda e: (-len(e.rest), e.exact is None))
    return lex
