"""Words as numbers: what the tags look up of a word is looked up once and kept under its number.

Use when: something is asked of every word of a text. A text costs one look-up a token (`Vocabulary`); all else is array
look-ups by number (`Column`), and only the few tokens that a table knows of are touched again (`Hits`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from worker.tag.traits import traits

MOST = 100_000
"""Distinct words kept; then `current` starts a new vocabulary with those of them that were met in several texts, and the
columns keep what they have of these."""
_ROOM = 2 * MOST
"""Numbers there is room for: one text may overfill a vocabulary. Memory that is never written to costs nothing."""

T = TypeVar("T")


class Vocabulary(dict[str, int]):
    """Number of each word met; `words[n]` is the word of number n, `traits[n]` what is seen of it alone."""

    def __init__(self, before: Vocabulary | None = None) -> None:
        """`before`: a vocabulary whose words are taken over as far as they were met in several texts."""
        super().__init__()
        self.words: list[str] = []
        self.traits: NDArray[np.uint8] = np.zeros(_ROOM, np.uint8)
        self._again: NDArray[np.bool_] = np.zeros(_ROOM, np.bool_)
        self.serial = next(_serials)
        self.before = -1 if before is None else before.serial
        self.kept: NDArray[np.intp] = np.zeros(0, np.intp)
        """Numbers that the first words of this vocabulary have in the one before, ascending."""
        if before is not None:
            self.kept = before._again[: len(before.words)].nonzero()[0][: MOST // 2]
            self.numbers(list(map(before.words.__getitem__, self.kept.tolist())))

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self.words)
        self.words.append(word)
        return number

    def numbers(self, words: Sequence[str]) -> NDArray[np.intp]:
        """The number of each word; new ones are given to words not met before."""
        known = len(self.words)
        numbers = np.fromiter(map(self.__getitem__, words), np.intp, len(words))
        self._again[numbers[numbers < known]] = True
        if known < len(self.words):
            while len(self.words) > len(self.traits):
                self.traits = np.concatenate([self.traits, np.zeros_like(self.traits)])
                self._again = np.concatenate([self._again, np.zeros_like(self._again)])
            self.traits[known : len(self.words)] = traits(self.words[known:])
        return numbers


_serials = count()
_current = Vocabulary()


def current() -> Vocabulary:
    """The vocabulary of this process for the next text. One text may overfill it, a stream cannot."""
    global _current
    if len(_current) > MOST:
        _current = Vocabulary(_current)
    return _current


class Column:
    """A number > 0 for each word of the vocabulary, asked of `look(words)` when a text first needs it."""

    def __init__(self, look: Callable[[list[str]], Sequence[int]]) -> None:
        self._look = look
        self._serial = -1  # of the vocabulary, which is not held: a language seldom met would keep an old one alive
        self._known: NDArray[np.int32] = np.zeros(0, np.int32)

    def of(self, numbers: NDArray[np.intp], vocabulary: Vocabulary) -> NDArray[np.int32]:
        """The column's number for each word number."""
        known = self._known
        if vocabulary.serial != self._serial:
            known = self._begin(vocabulary)
        if len(vocabulary) > len(known):
            known = self._known = np.concatenate([known, np.zeros(len(vocabulary), np.int32)])
        got: NDArray[np.int32] = known.take(numbers)
        if not got.all():
            new = list(set(numbers[got == 0].tolist()))
            known[new] = self._look(list(map(vocabulary.words.__getitem__, new)))
            got = known.take(numbers)
        return got

    def _begin(self, vocabulary: Vocabulary) -> NDArray[np.int32]:
        """The numbers known of the words of another vocabulary: those that it has from the one before."""
        known = np.zeros(2 * len(vocabulary), np.int32)  # as long as is needed: a process meets dozens of languages
        if vocabulary.before == self._serial >= 0:
            kept = vocabulary.kept[: vocabulary.kept.searchsorted(len(self._known))]
            known[: len(kept)] = self.carried(self._known.take(kept))
        else:
            self.restart()
        self._known, self._serial = known, vocabulary.serial
        return known

    def restart(self) -> None:
        """Called when a vocabulary begins that has nothing to do with the one before."""

    def carried(self, known: NDArray[np.int32]) -> NDArray[np.int32]:
        """What takes the place of these numbers, and nothing else is left of the column. 0: to be asked anew."""
        self.restart()
        return np.zeros_like(known)


class Hits(Column, Generic[T]):
    """What a table has of each word; `ask(words)` gives None for a word without anything."""

    def __init__(self, ask: Callable[[list[str]], Iterable[T | None]]) -> None:
        super().__init__(self._numbered)
        self._ask = ask
        self._values: list[T | None] = [None, None]  # 0: not asked yet, 1: nothing

    def restart(self) -> None:
        """Forgets the values."""
        self._values = [None, None]

    def carried(self, known: NDArray[np.int32]) -> NDArray[np.int32]:
        """Numbers the values that are left from the beginning."""
        at = (known > 1).nonzero()[0]
        self._values = [None, None, *map(self._values.__getitem__, known.take(at).tolist())]
        known[at] = np.arange(2, len(self._values))
        return known

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
