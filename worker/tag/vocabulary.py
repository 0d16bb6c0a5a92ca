"""Words as numbers: what the tags look up of a word is looked up once and kept under its number.

Use when: something is asked of every word of a text. A text costs one look-up a token (`Vocabulary`); all else is array
look-ups by number (`Column`), and only the few tokens that a table knows of are touched again (`Hits`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from worker.tag.traits import traits

MOST = 100_000
"""Distinct words kept; then `current` starts a new vocabulary, and the columns start anew with it."""
_ROOM = 2 * MOST
"""Numbers there is room for: one text may overfill a vocabulary. Memory that is never written to costs nothing."""

T = TypeVar("T")


class Vocabulary(dict[str, int]):
    """Number of each word met; `words[n]` is the word of number n, `traits[n]` what is seen of it alone."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.traits: NDArray[np.uint8] = np.zeros(_ROOM, np.uint8)

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self.words)
        self.words.append(word)
        return number

    def numbers(self, words: Sequence[str]) -> NDArray[np.intp]:
        """The number of each word; new ones are given to words not met before."""
        known = len(self.words)
        numbers = np.fromiter(map(self.__getitem__, words), np.intp, len(words))
        if known < len(self.words):
            while len(self.words) > len(self.traits):
                self.traits = np.concatenate([self.traits, np.zeros_like(self.traits)])
            self.traits[known : len(self.words)] = traits(self.words[known:])
        return numbers


_current = Vocabulary()


def current() -> Vocabulary:
    """The vocabulary of this process for the next text. One text may overfill it, a stream cannot."""
    global _current
    if len(_current) > MOST:
        _current = Vocabulary()
    return _current


class Column:
    """A number > 0 for each word of the vocabulary, asked of `look(words)` when a text first needs it."""

    def __init__(self, look: Callable[[list[str]], Sequence[int]]) -> None:
        self._look = look
        self._vocabulary = Vocabulary()
        self._known: NDArray[np.int32] = np.zeros(0, np.int32)

    def of(self, numbers: NDArray[np.intp], vocabulary: Vocabulary) -> NDArray[np.int32]:
        """The column's number for each word number."""
        known = self._known
        if vocabulary is not self._vocabulary:
            self._vocabulary = vocabulary
            known = self._known = np.zeros(_ROOM, np.int32)
            self.restart()
        if len(vocabulary) > len(known):
            known = self._known = np.concatenate([known, np.zeros(len(vocabulary), np.int32)])
        got: NDArray[np.int32] = known.take(numbers)
        if not got.all():
            new = list(set(numbers[got == 0].tolist()))
            known[new] = self._look(list(map(vocabulary.words.__getitem__, new)))
            got = known.take(numbers)
        return got

    def restart(self) -> None:
        """Called when another vocabulary begins."""


class Hits(Column, Generic[T]):
    """What a table has of each word; `ask(words)` gives None for a word without anything."""

    def __init__(self, ask: Callable[[list[str]], Iterable[T | None]]) -> None:
        super().__init__(self._numbered)
        self._ask = ask
        self._values: list[T | None] = [None, None]  # 0: not asked yet, 1: nothing

    def restart(self) -> None:
        """Forgets the values."""
        self._values = [None, None]

    def _numbered(self, words: list[str]) -> list[int]:
        numbered: list[int] = []
        values = self._values
        for value in self._ask(words):
            if value is None:
                numbered.append(1)
            else:
                numbered.append(len(values))
                values.append(value)
        return numbered

    def at(self, numbers: NDArray[np.intp], vocabulary: Vocabulary) -> Iterator[tuple[int, T]]:
        """Indexes of the words that the table knows of, ascending, and what it has of each."""
        got = self.of(numbers, vocabulary)
        at = (got > 1).nonzero()[0]
        values: Iterator[Any] = map(self._values.__getitem__, got.take(at).tolist())
        return zip(at.tolist(), values, strict=True)
