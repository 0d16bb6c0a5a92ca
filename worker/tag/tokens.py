"""The one pass over an article's text that all tags share.

Use when: a tag needs words, their positions, sentences or what stands in the headline. `tokenise` cuts the text once
into parallel lists (no object a token: the whole of tagging has about one millisecond for an average article).

What is a token: a word with its inner hyphens and apostrophes (`Ost-Ukraine`, `O'Brien`, `don't`), an abbreviation with
its dots (`U.S.`, `z.B.`), a number (`1.250,5`, `2:1`), a genitive `'s` on its own, a French or Italian elided article
on its own (`l'`), and each mark of `. ! ? … : ; , ( ) [ ] " ' „ “ ” « » – — - / & % $ €` and of the full-width marks on
its own. Other characters (emoji, box drawing) are no token.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from worker.tag.traits import CLOSING, END
from worker.tag.vocabulary import Column, Vocabulary, current

MAX_CHARS = 30_000
"""Only so many characters of an article are tagged: the story is told by then, and the time for hostile input stays
bounded."""
MAX_TITLE = 1_000
MAX_WORD = 80
"""A longer run of letters is no word of a language that puts spaces between words; it is cut into pieces of this
length."""

# Vowel signs and joiners are not \w in `re`; a word of Hindi, Tamil or Thai would fall to pieces without these blocks.
_L = r"[^\W\d_]"
_W = (
    r"[\w\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
    r"\u0900-\u0963\u0966-\u0df3\u0e00-\u0e4e\u0e80-\u0fff\u1000-\u1049\u1050-\u109f\u1780-\u17d3\u200c\u200d\u00ad]"
)
_NUMBER = r"\d{1,20}(?:[.,:]\d{1,20}){1,8}(?!\w)"
_ABBREVIATION = rf"\b(?:{_L}\.){{2,8}}(?=\W|$)"
_WORD = rf"{_W}{{1,{MAX_WORD}}}(?:(?!['’]s\b)[-‐‑'’ʼ]{_W}{{1,{MAX_WORD}}}|(?<=[A-Z])&[A-Z]{{1,9}}\b){{0,8}}"
_MARK = r"['’]s\b|\.\.\.|[.!?…。！？।؟。:;,،、，()\[\]\"'„“”‘’‚«»‹›–—\-/&%$€£|•]"
_ELIDED = r"\b(?:[cdjlmnst]|qu|dell|all|dall|nell|sull|un|jusqu|lorsqu|puisqu)['’](?=\w)"
# Most tokens by far; saves the alternatives a third of the time. Letters of a small set are found quicker than \w.
_COMMON = r"[A-Za-zÀ-ÖØ-öø-ÿ]{2,80}+(?=[,.]?[ \n])|[.,](?=[ \n])|\w{2,80}+(?=[,.]?[ \n])"
# The look-ahead spares trying all alternatives at each blank.
_PLAIN = re.compile(rf"(?=\S)({_COMMON}|{_NUMBER}|{_ABBREVIATION}|{_WORD}|{_MARK})")
_ELIDING = re.compile(rf"(?=\S)({_COMMON}|{_NUMBER}|{_ABBREVIATION}|(?i:{_ELIDED})|{_WORD}|{_MARK})")
_ELIDING_LANGUAGES = frozenset({"fr", "it", "ca", "oc"})
# A suffix follows a name after an apostrophe (İstanbul'da), so it is no part of the word.
_WHOLE = _WORD.replace("'’ʼ", "")
_SUFFIXING = re.compile(rf"(?=\S)({_COMMON}|{_NUMBER}|{_ABBREVIATION}|{_WHOLE}|{_MARK})")
_SUFFIXING_LANGUAGES = frozenset({"tr", "az"})
UNSPACED = frozenset({"zh", "yue", "ja", "th", "lo", "km", "my"})
"""Languages that put no blanks between words: only names that the gazetteer knows are cut out of a clause."""

ABBREVIATIONS = frozenset(
    """
    dr prof mr mrs ms st ste sr jr hr fr hon rev gen lt col sgt capt cpl maj adm cmdr gov sen rep pres supt insp
    dipl ing mag phil med jur  no nr nos vol pp fig art abs bzw ca evtl ggf inkl exkl max min mio mrd mill bill tel
    str vgl usw etc al vs co corp inc ltd bros dept est approx  jan feb febr mrz apr jun jul aug sep sept okt oct
    nov dez dec mon tue wed thu fri sat sun  mme mlle mm av env bd boul sra srta dña dott sig dra drs mevr dhr
    """.split()
)
"""Words after which a full stop does not end a sentence (lower case)."""


@dataclass(slots=True)
class Document:
    """One article cut into tokens. `words`, `starts`, `ends` are parallel: token i is `text[starts[i]:ends[i]]`."""

    text: str  # title + "\n\n" + body, cut at MAX_CHARS
    title_end: int  # characters of the title part
    language: str  # BCP 47, 'und' when unknown
    words: list[str]
    starts: list[int]
    ends: list[int]
    sentences: list[int]  # index of the first token of each sentence or line, ascending, without repeats
    title_tokens: int  # how many tokens belong to the title
    section: str | None
    dateline: str | None
    source: str | None
    url: str | None
    agency: frozenset[str]  # codes of the agencies credited, lower case
    vocabulary: Vocabulary = field(compare=False, repr=False)
    numbers: NDArray[np.intp] = field(compare=False, repr=False)  # of the words in the vocabulary
    traits: NDArray[np.uint8] = field(compare=False, repr=False)  # of the words, `worker.tag.traits`

    @property
    def lower(self) -> list[str]:
        """The words in lower case."""
        return [word.lower() for word in self.words]

    def respelled(self, words: list[str]) -> Document:
        """The same document with other words at the same places."""
        numbers = self.vocabulary.numbers(words)
        return replace(self, words=words, numbers=numbers, traits=self.vocabulary.traits.take(numbers))

    def having(self, traits: int) -> list[int]:
        """Indexes of the tokens with one of the traits."""
        return (self.traits & traits).nonzero()[0].tolist()


def look_up(docs: Sequence[Document], column: Callable[[Document], Column | None]) -> None:
    """Asks the column of each document for its words: those of several documents at once, where they have the same."""
    together: dict[tuple[int, int], tuple[Column, Vocabulary, list[NDArray[np.intp]]]] = {}
    for doc in docs:
        if (its := column(doc)) is not None:
            key = id(its), id(doc.vocabulary)
            together.setdefault(key, (its, doc.vocabulary, []))[2].append(doc.numbers)
    for its, vocabulary, numbers in together.values():
        its.of(np.concatenate(numbers), vocabulary)


_LIKE = {"pcm": "en", "gsw": "de", "als": "de", "bar": "de"}


def lists_language(language: str) -> str:
    """The language whose word lists fit a BCP 47 code: its first part; for a close relative without lists the big one."""
    first = language.split("-", 1)[0]
    return _LIKE.get(first, first)


def cut(text: str, language: str) -> list[str]:
    """The tokens of a short text, as `tokenise` would cut them."""
    return _pattern(language).findall(text)


def _pattern(language: str) -> re.Pattern[str]:
    first = language.split("-", 1)[0]
    if first in UNSPACED:
        return unspaced(first)
    if first in _SUFFIXING_LANGUAGES:
        return _SUFFIXING
    return _ELIDING if first in _ELIDING_LANGUAGES else _PLAIN


@lru_cache(maxsize=16)
def unspaced(language: str) -> re.Pattern[str]:
    """The pattern for a language of UNSPACED."""
    from worker.tag.gazetteer import country_names  # it cuts its own forms with this module

    names = sorted(country_names(language), key=lambda name: (-len(name), name))
    if not names:
        return _PLAIN
    first = re.escape("".join(sorted({name[0] for name in names})))
    known = rf"(?=[{first}])(?:{'|'.join(map(re.escape, names))})"
    return re.compile(rf"(?=\S)({_NUMBER}|{known}|(?:(?!{known}){_W}){{1,{MAX_WORD}}}|{_MARK})")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def tokenise(article: Mapping[str, Any], vocabulary: Vocabulary | None = None) -> Document:
    """Cuts title and body of an article (as `clean` leaves it) into tokens.

    `vocabulary`: the one to be used, where several documents are to have the same; else the current one.
    Missing keys and values of a wrong type count as absent. Time is linear in the text and bounded by MAX_CHARS; never
    raises for a mapping of JSON values.
    """
    title = (_text(article.get("title")) or "")[:MAX_TITLE].strip()
    body = _text(article.get("body")) or _text(article.get("lead")) or ""
    code = article.get("language")
    if isinstance(code, Mapping):
        code = code.get("code")
    language = code.lower() if isinstance(code, str) and code else "und"
    credited = article.get("agency")
    if not isinstance(credited, list | tuple):
        credited = ()
    text = (title + "\n\n" + body)[:MAX_CHARS]
    title_end = len(title)
    parts = _pattern(language).split(text)  # what is no token, a token, what is no token, ...
    words = parts[1::2]
    bounds = list(accumulate(map(len, parts)))
    starts, ends = bounds[:-1:2], bounds[1::2]
    n = len(words)
    if vocabulary is None:
        vocabulary = current()
    numbers = vocabulary.numbers(words)
    traits = vocabulary.traits.take(numbers)
    lines: list[int] = [0]
    line_end = text.find("\n")
    while line_end >= 0:
        lines.append(bisect_left(starts, line_end))
        line_end = text.find("\n", line_end + 1)
    title_tokens = bisect_left(starts, title_end)
    sentences = {*lines, *_sentence_ends(words, starts, ends, traits, language)}
    sentences.discard(n)
    return Document(
        text,
        title_end,
        language,
        words,
        starts,
        ends,
        sorted(sentences) if n else [],
        title_tokens,
        _text(article.get("section")),
        _text(article.get("dateline")),
        _text(article.get("source")),
        _text(article.get("url")),
        frozenset(code.lower() for code in credited if isinstance(code, str)),
        vocabulary,
        numbers,
        traits,
    )


def _sentence_ends(
    words: list[str], starts: list[int], ends: list[int], traits: NDArray[np.uint8], language: str
) -> list[int]:
    """The index after each sentence end: a final mark, closing quotes taken along, white space after it."""
    n = len(words)
    ordinals = lists_language(language) in _ORDINALS
    found: list[int] = []
    for i in (traits & END).nonzero()[0].tolist():
        word = words[i]
        j = i + 1
        while j < n and traits[j] & CLOSING and starts[j] == ends[j - 1]:
            j += 1
        if j >= n or (starts[j] == ends[j - 1] and ord(word[0]) < 0x900):
            continue
        if word == "." and i and starts[i] == ends[i - 1]:
            before = words[i - 1]
            if (len(before) == 1 and before.isalpha()) or before.lower() in ABBREVIATIONS:
                continue  # an initial or a title: "J. Biden", "Dr. Braun"
            if ordinals and len(before) <= 2 and before.isdigit():
                continue  # "3. Oktober"
        if not words[j][0].islower():
            found.append(j)
    return found


_ORDINALS = frozenset(("de", "da", "nb", "no", "fi", "cs", "sk", "hu", "pl", "sl", "hr"))
"""Languages that write an ordinal number with a full stop."""
