"""Words as numbers: what the tags look up of a word is looked up once and kept under its number.

Use when: something is asked of every word of a text. A text costs one look-up a token (`Vocabulary`); all else is array
look-ups by number (`Column`), and only the few tokens that a table knows of are touched again (`Hits`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

MOST = 100_000
"""Distinct words kept; then `current` starts a new vocabulary, and the columns start anew with it."""

T = TypeVar("T")


class Vocabulary(dict[str, int]):
    """Number of each word met; `words[n]` is the word of number n."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self.words)
        self.words.append(word)
        return number

    def numbers(self, words: Sequence[str]) -> NDArray[np.intp]:
        """The number of each word; new ones are given to words not met before."""
        return np.fromiter(map(self.__getitem__, words), np.intp, len(words))


_current = Vocabulary()


def current() -> Vocabulary:
    """The vocabulary of this process for the next text. One text may overfill it, a stream cannot."""
    global _current
    if len(_current) > MOST:
        _current = Vocabulary()
    return _current


class Column:
    """A number >= 0 for each word of the vocabulary, asked of `look(words)` when a text first needs it."""

    def __init__(self, look: Callable[[list[str]], Sequence[int]]) -> None:
        self._look = look
        self._vocabulary = Vocabulary()
        self._known: NDArray[Any] = np.empty(0, np.int32)

    def of(self, numbers: NDArray[np.intp], vocabulary: Vocabulary) -> NDArray[np.int32]:
        """The column's number for each word number."""
        if vocabulary is not self._vocabulary:
            self._vocabulary = vocabulary
            self._known = np.empty(0, np.int32)
            self.restart()
        if len(vocabulary) > len(self._known):
            more = np.full((1 << len(vocabulary).bit_length()) - len(self._known), -1, np.int32)
            self._known = np.concatenate([self._known, more])
        got: NDArray[np.int32] = self._known[numbers]
        if len(got) and got[got.argmin()] < 0:
            new = list(set(numbers[got < 0].tolist()))
            self._known[new] = self._look(list(map(vocabulary.words.__getitem__, new)))
            got = self._known[numbers]
        return got

    def restart(self) -> None:
        """Called when another vocabulary begins."""


class Hits(Column, Generic[T]):
    """What a table has of each word; `ask(word)` gives None for a word without anything."""

    def __init__(self, ask: Callable[[str], T | None]) -> None:
        super().__init__(self._numbered)
        self._ask = ask
        self._values: list[T | None] = [None]

    def restart(self) -> None:
        """Forgets the values."""
        self._values = [None]

    def _numbered(self, words: list[str]) -> list[int]:
        numbered: list[int] = []
        for value in map(self._ask, words):
            if value is None:
                numbered.append(0)
            else:
                numbered.append(len(self._values))
                self._values.append(value)
        return numbered

    def at(self, numbers: NDArray[np.intp], vocabulary: Vocabulary) -> Iterator[tuple[int, T]]:
        """Indexes of the words that the table knows of, ascending, and what it has of each."""
        got = self.of(numbers, vocabulary)
        at = got.nonzero()[0]
        values: Iterator[Any] = map(self._values.__getitem__, got[at].tolist())
        return zip(at.tolist(), values, strict=True)
