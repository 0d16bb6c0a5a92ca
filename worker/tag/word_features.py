"""What is seen of a word alone: its letters, how it is written, its cluster, the lists it is in.

Use when: the sequence model or its training asks for the class and the features of a word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import Any, TypeVar

from worker.tag.gazetteer import Lexicon, data_file, lexicon

BOUNDARY = "<s>"
"""The word before the first and after the last of a sentence."""

CLASSES = (
    "boundary low prep article of and comma open close quote stop mark number initial title role say company orgword "
    "placeword calendar particle fore sur foresur loc adj org noun cap rare acronym shout mixed hyphen genitive"
).split()
CLASS = {name: i for i, name in enumerate(CLASSES)}
MARKS = {",": "comma", "(": "open", ")": "close", ".": "stop", "'s": "genitive", "’s": "genitive"}


@dataclass(slots=True)
class Lists:
    """The word lists of one language."""

    words: dict[str, str]  # word -> cluster in hex, tab, how it is written: s small, c with a capital, b both
    persons: dict[str, str]  # name -> flags f, s, w
    triggers: dict[str, str]  # lower-case word -> kind
    lex: Lexicon


def _table(name: str) -> dict[str, str]:
    """First column -> the rest of the line."""
    with open(data_file(name), encoding="utf8") as file:
        rows = [line.partition("\t") for line in file.read().split("\n") if line and line[0] != "#"]
    return {word: rest for word, _, rest in rows}


@cache
def _persons() -> dict[str, str]:
    return _table("persons.tsv")


@cache
def lists(language: str) -> Lists:
    """The lists for 'de' or 'en'."""
    triggers: dict[str, str] = {}
    with open(data_file("triggers.tsv"), encoding="utf8") as file:
        for line in file:
            if line[0] != "#":
                kind, of, forms = line.rstrip("\n").split("\t")
                if of in ("*", language):
                    for form in forms.split(" "):
                        triggers.setdefault(form, kind)
    return Lists(_table(f"words-{language}.tsv"), _persons(), triggers, lexicon(language))


def base(word: str, known: Mapping[str, Any]) -> str:
    """The word without a German genitive s, when only so it is known."""
    if word not in known and len(word) > 3 and word[-1] == "s" and word[:-1] in known:
        return word[:-1]
    return word


def natural(word: str, of: Lists) -> str:
    """A long word in capitals as it is normally written, where only that is known: BERLIN, MÜLLER; not UNESCO, NATO."""
    if len(word) > 3 and word.isupper() and word.isalpha() and word not in of.words:
        small = word.capitalize()
        if small in of.words or small in of.persons or word.lower() in of.lex.first:
            return small
    return word


LOW, _HYPHEN, _MARK, _QUOTE, _NUMBER = (CLASS[name] for name in ("low", "hyphen", "mark", "quote", "number"))
_INITIAL, _NOUN, _CAP, _RARE = (CLASS[name] for name in ("initial", "noun", "cap", "rare"))
_OF_KIND = dict.fromkeys(("adjective", "people"), CLASS["adj"])
_OF_KIND |= dict.fromkeys(("name", "capital", "city", "region", "state"), CLASS["loc"])
_OF_KIND |= dict.fromkeys(("org", "firm", "gov"), CLASS["org"])
_QUOTES = frozenset("\"'„“”‘’‚«»‹›")


def word_class(word: str, of: Lists) -> int:
    """The coarse class of a word, an index of CLASSES."""
    first = word[0]
    low = word.lower()
    if first.islower():
        if low != word and "-" in word:
            return _HYPHEN  # al-Bashir
        return CLASS.get(of.triggers.get(low, "low"), LOW)
    if first.isdigit():
        return _NUMBER
    if not first.isalpha():
        if word == BOUNDARY:
            return 0
        name = MARKS.get(word)
        return CLASS[name] if name is not None else _QUOTE if word in _QUOTES else _MARK
    kind = of.triggers.get(low)
    if kind is not None:
        return CLASS["low" if kind == "of" else kind]
    if len(word) == 1:
        return _INITIAL
    if word.isupper():
        word = natural(word, of)
        if word.isupper():
            return CLASS["acronym" if len(word) < 6 else "shout"]
    if not word.istitle() and len(word) > 2 and low != word and word.isalpha() and sum(map(str.isupper, word)) > 1:
        return CLASS["mixed"]
    if (found := lexicon_class(word, low, of)) is not None:
        return found
    line = of.words.get(word)
    flags = of.persons.get(base(word, of.persons))
    return listed_class(flags, line[-1] if line else "", "-" in word)


def lexicon_class(word: str, low: str, of: Lists) -> int | None:
    """The class of a capitalised word by the lexicon; `low`: in small letters."""
    # what the lexicon only derives is flagged, but for a genitive
    if low in of.lex.first or word[-1] == "s" or "İ" in word:
        for entry in of.lex.entries(word):
            if not entry.rest and not entry.flags and (found := _OF_KIND.get(entry.kind)) is not None:
                return found
    return None


@lru_cache(maxsize=256)
def listed_class(flags: str | None, written: str, hyphen: bool = False) -> int:
    """The class of another capitalised word. `flags`: what the persons have of it, `written`: how the words have it."""
    if flags and "w" not in flags:
        return CLASS["foresur" if "f" in flags and "s" in flags else "fore" if "f" in flags else "sur"]
    if hyphen:
        return _HYPHEN
    if written == "s":
        return _NOUN
    if flags:
        return CLASS["sur" if "s" in flags else "fore"]
    return _CAP if written else _RARE


def shape(word: str) -> str:
    """Letters as X x, digits as d, marks as they are, repeats squeezed: Xx, X, Xx-Xx, dx."""
    if word.isalpha():
        if word.istitle():
            return "Xx" if len(word) > 1 else "X"
        if word.islower():
            return "x"
        if word.isupper():
            return "X"
    if word.isdigit():
        return "d"
    out: list[str] = []
    for c in word[:20]:
        s = "X" if c.isupper() else "x" if c.isalpha() else "d" if c.isdigit() else c
        if not out or out[-1] != s:
            out.append(s)
    return "".join(out[:8])


GROUPS = ("w", "k", "c4", "c7", "c", "p", "sh", "wr", "s2", "s3", "s4", "p3", "p4", "n", "c10", "h1", "h2", "hk")
"""Groups of features: word, class, cluster (upper 4, 7, all, 10 levels), list of persons, shape, how written, endings,
beginnings, length, first part, last part, classes of the parts of a hyphenated word."""
MOST_SIZE = 12
"""A longer word counts as one of so many letters."""
WRITTEN = "scb-"
Feature = tuple[int, str]
"""Index of the group and value."""


def features(word: str, of: Lists, number: int) -> tuple[list[Feature], list[Feature]]:
    """(what a neighbour may see of the word, what only the word itself uses); `number` is its class."""
    shared, own = describer(of, _FEATURES)(word, number)
    return [found for found in shared if found is not None], [found for found in own if found is not None]


T = TypeVar("T")


def describer(
    of: Lists, get: Sequence[Callable[[str], T | None]]
) -> Callable[[str, int], tuple[list[T | None], list[T | None]]]:
    """What tells the features of a word of a class, as `features`, each as what `get` of its group has of its value.

    A model asks for the numbers of its weights in this way, and no feature is made that it does not know.
    """
    w, k, c4, c7, c, p, sh, wr, s2, s3, s4, p3, p4, n, c10, h1, h2, hk = get
    words, persons = of.words, of.persons
    class_of = [k(name) for name in CLASSES]

    def clusters(line: str) -> tuple[list[T | None], T | None]:
        """What is shared and what is not of the cluster in a line of the word list."""
        cluster = int(line[:-2], 16)
        if not cluster:
            return [], None
        return [c4(HEX[cluster & 15]), c7(HEX[cluster & 127]), c(line[:-2])], c10(HEX[cluster & 1023])

    @lru_cache(maxsize=1 << 12)
    def class_of_part(part: str) -> T | None:
        return hk(CLASSES[word_class(part, of)] if part else "")

    def describe(word: str, number: int) -> tuple[list[T | None], list[T | None]]:
        if word == BOUNDARY:
            return [w(BOUNDARY)], []
        low = word.lower()
        shared = [w(low), class_of[number]]
        if not word[0].isalpha():
            return shared, [sh(shape(word))]
        line = words.get(word)
        if low == word:
            if line is not None:
                shared += clusters(line)[0]
            return shared, []
        plain = word
        if line is None:
            plain = natural(word, of)
            line = words.get(base(plain, words)) or words.get(plain.capitalize())
        size = min(len(word), MOST_SIZE)
        own = [
            sh(shape(word)), s2(low[-2:]), s3(low[-3:]), s4(low[-4:]), p3(low[:3]), p4(low[:4]), n(HEX[size]),
            wr("-" if line is None else line[-1]),
        ]  # fmt: skip
        if line is not None:
            more, deep = clusters(line)
            shared += more
            own.append(deep)
        flags = persons.get(base(plain, persons))
        if flags is not None:
            shared.append(p(flags))
        if "-" in word:
            parts = word.split("-")
            own += h1(parts[0].lower()), h2(parts[-1].lower())
            own += map(class_of_part, parts[:3])
        return shared, own

    return describe


HEX = [f"{n:x}" for n in range(1024)]
_FEATURES: list[Callable[[str], Feature]] = [
    partial(lambda group, value: (group, value), i) for i in range(len(GROUPS))
]
