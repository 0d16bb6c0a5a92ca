"""The commonest words of German and English: they have their numbers beforehand, and of most of them the tables are known
to have nothing.

Use when: a vocabulary begins, or a table is asked of words. A fresh process would else spend more time on looking up new
words than on the text. `data/common-<language>.npz` holds a bit for each word of `words-<language>.tsv` and table;
`python -m worker.tag.train.common` makes it, and a table that was changed since, or one of the user's own, does without.
"""

from __future__ import annotations

import zlib
from functools import cache
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

from worker.tag.gazetteer import data_file

LANGUAGES = ("de", "en")
MOST = 20_000
"""So many words of each language: more of them lie so far apart in memory that it costs what it saves."""
SOURCES = {
    "gazetteer": ("gazetteer.tsv", "evidence.tsv", "demonyms.tsv", "organisations.tsv", "clubs.tsv"),
    "topics": ("topics/{}.txt",),
    "keywords": ("frequency/{}.txt", "frequency/stop.txt"),
}
"""Tables, and the files that they are made of."""


@cache
def word_list(language: str) -> dict[str, str]:
    """The words of a language, the commonest first: cluster in hex, tab, how it is written (`worker.tag.sequence`)."""
    with open(data_file(f"words-{language}.tsv"), encoding="utf8") as file:
        rows = [line.partition("\t") for line in file.read().split("\n") if line and line[0] != "#"]
    return {word: rest for word, _, rest in rows}


@cache
def common_words(language: str) -> list[str]:
    """The first of the list."""
    return list(islice(word_list(language), MOST))


@cache
def numbers() -> dict[str, int]:
    """The number of each of the commonest words, those of one language after those of the other."""
    words = dict.fromkeys(chain.from_iterable(map(common_words, LANGUAGES)))
    return dict(zip(words, range(len(words)), strict=True))


def checksum(table: str, language: str) -> int:
    """CRC-32 of the files that a table and the word list are made of."""
    value = 0
    for name in (f"words-{language}.tsv", *SOURCES[table]):
        value = zlib.crc32(data_file(name.format(language)).read_bytes(), value)
    return value


def nothing(table: str, language: str) -> NDArray[np.int32] | None:
    """For each of the words 1 where the table of a language has nothing of it, 0 where it is to be asked; None where that
    is not known."""
    path = data_file(f"common-{language}.npz")
    if language not in LANGUAGES or not path.is_file():
        return None
    with np.load(path) as file:
        if int(file[table + "_checksum"]) != checksum(table, language):
            return None
        words = common_words(language)
        bits = np.unpackbits(file[table])[: len(words)]
    number_of = numbers()
    known = np.zeros(len(number_of), np.int32)
    known[np.fromiter(map(number_of.__getitem__, words), np.intp, len(words))] = bits
    return known
