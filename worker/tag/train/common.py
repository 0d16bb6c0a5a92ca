"""Builds `data/common-de.npz` and `common-en.npz`: of which of the commonest words the tables have nothing.

    python -m worker.tag.train.common

Use when a word list, a topic lexicon, a table of the gazetteer or a list of frequencies has changed, or what is made of
them: the tests say so.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from worker.tag.common import LANGUAGES, SOURCES, checksum, common_words
from worker.tag.gazetteer import lexicon
from worker.tag.keywords import Words
from worker.tag.topics import read_lexicon, topic_file
from worker.tag.vocabulary import Hits

OUT = Path(__file__).parent.parent / "data"


def table(name: str, language: str) -> Hits[Any]:
    """What the words are looked up in."""
    if name == "gazetteer":
        return lexicon(language).hits
    if name == "topics":
        return read_lexicon(topic_file(language), language).hits
    return Words(language).hits


def bits(name: str, language: str) -> NDArray[np.bool]:
    """For each of the commonest words whether the table has nothing of it."""
    ask = table(name, language).ask
    return np.array([ask(word) is None for word in common_words(language)])


def main() -> None:
    """Writes the files."""
    for language in LANGUAGES:
        arrays: dict[str, NDArray[Any]] = {}
        for name in SOURCES:
            arrays[name] = np.packbits(bits(name, language))
            arrays[name + "_checksum"] = np.array(checksum(name, language), np.uint32)
        np.savez_compressed(OUT / f"common-{language}.npz", **arrays)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
