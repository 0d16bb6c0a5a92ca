"""Floods: when thousands of candidates are of one form, most are known to be no copies without being looked at.

Let R be any text, A the article, B a candidate, and let the shingles of A and of B that R lacks have nothing in common.
Then all that A and B share is in R, and

1. they share no more than A and R do: if that is below what the pair rule asks for, B is no copy;
2. where two shingles of R follow each other in the earlier of A and B with a short gap between, and stand as near to each
   other in the later, that gap is a slot. If these alone are more than the pair rule lets pass in a text as long as the
   earlier one, the two are issues of a form and no copies;
3. the opening of the one is in the other no more than in R, and the reverse. If both openings are missing, and 1 leaves less
   than two thirds of the text, a title alone makes no copy.

Gaps are few and the same in most issues of a form, so articles are put into classes by their gaps, and a class is judged
at once. Whoever shares a shingle with A that R lacks is scored as ever. The answer is the same as without it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from worker.dedup.align import SLOT, Codes, Ints, Mask, Query, codes
from worker.dedup.entry import Entry
from worker.dedup.index import Index, Slots
from worker.dedup.pair import MOSTLY_SHARED, OPENING_FOUND, SHARED, WORDS_PER_SLOT
from worker.dedup.sketch import OPENING, WIDTH
from worker.dedup.store import Store

MOST = 8  # forms kept: each may hold a few hundred bytes for each article
_AT_ONCE = 512  # articles taken in at once: their working arrays fit into the cache
_BULK = 32  # articles: so many are sorted into the index at once

Pairs = npt.NDArray[np.uint32]  # two shingles of the reference by their words: the earlier << 16 | the later


class Form:
    """What articles have in common with a reference, and what of theirs it lacks. Filled as they come up."""

    def __init__(self, store: Store, reference: bytes) -> None:
        self._store = store
        self._query = Query(reference, b"", store.table)
        self._codes = codes(self._query.trace)[: len(self._query.first)]
        self._distinct = self._query.first == np.arange(len(self._codes))
        self._lacks = Index()
        self._seen = np.zeros(0, np.int64)  # by slot: the birth of the entry that was taken in
        self._class = np.zeros(0, np.int32)  # by slot
        self._opens = np.zeros(0, bool)  # by slot: whether the reference has enough of the opening
        self._classes: dict[bytes, int] = {}  # by the gaps
        self._pairs = np.zeros(0, np.uint32)  # the gaps of all classes
        self._ends = [0]  # where in `_pairs` each class ends, a nought before

    @property
    def nbytes(self) -> int:
        """Bytes in memory, an estimate."""
        return self._lacks.nbytes + self._seen.nbytes + self._class.nbytes + self._opens.nbytes + 2 * self._pairs.nbytes

    def members(self, slots: Slots) -> int:
        """How many of these were taken in."""
        self._grow()
        return int(np.count_nonzero(self._seen[slots] == self._store.born[slots]))

    def hopeless(self, entry: Entry, query: Query, slots: Slots, before: Mask) -> Mask:
        """Which of `slots`, all of at least WIDTH words, are no copies of the entry, of which `query` was made.

        `before`: which of them are earlier than the entry.
        """
        store = self._store
        self._grow()
        new = slots[self._seen[slots] != store.born[slots]]
        for i in range(0, len(new), _AT_ONCE):
            self._take_in(new[i : i + _AT_ONCE])
        own, foreign, opens, _ = self._read([entry.trace])
        rivals = np.zeros(len(store.alive), bool)
        rivals[self._lacks.find(foreign.tobytes(), store.alive)] = True
        place = query.look_up(self._codes).astype(np.int64)  # at each word of the reference: that of the article
        common = np.count_nonzero(self._distinct & (place >= 0))
        most = common * 1000 // np.maximum(np.minimum(store.sizes[slots].astype(np.int64), entry.size), 1)
        hopeless = most < SHARED
        if not opens[0]:
            hopeless |= (most < MOSTLY_SHARED) & ~self._opens[slots]
        left, right = place[self._pairs >> _S16], place[self._pairs & _LOW16]
        width = right - left - WIDTH
        theirs = self._by_class((left >= 0) & (right >= 0) & (width > 0) & (width <= SLOT))
        ours = self._by_class(np.isin(self._pairs, own))
        classes = self._class[slots]
        hopeless |= before & (theirs[classes] * WORDS_PER_SLOT > store.words[slots])
        hopeless |= ~before & (ours[classes] * WORDS_PER_SLOT > len(entry.trace))
        return hopeless & ~rivals[slots]

    def _by_class(self, counts: Mask) -> Ints:
        sums = np.concatenate((_NOUGHT, counts.cumsum()))[self._ends]
        return sums[1:] - sums[:-1]

    def _take_in(self, slots: Slots) -> None:
        traces, _ = self._store.traces(slots.tolist())
        pairs, foreign, opens, owners = self._read(traces)
        self._opens[slots] = opens
        places = slots[owners[1]]
        if len(slots) < _BULK:
            for k, slot in enumerate(slots.tolist()):
                self._lacks.add(foreign[owners[1] == k].tobytes(), slot)
        else:
            self._lacks.load(foreign, places)
        ends = np.searchsorted(owners[0], np.arange(len(slots) + 1)).tolist()
        for slot, begin, end in zip(slots.tolist(), ends, ends[1:], strict=False):
            own = pairs[begin:end]
            number = self._classes.setdefault(own.tobytes(), len(self._classes))
            if number == len(self._ends) - 1:
                self._pairs = np.concatenate((self._pairs, own))
                self._ends.append(len(self._pairs))
            self._class[slot] = number
        self._seen[slots] = self._store.born[slots]

    def _read(self, traces: list[bytes]) -> tuple[Pairs, Codes, Mask, tuple[Ints, Ints]]:
        """The short gaps of texts, their shingles that the reference lacks, whether it has enough of the opening of each;
        and to which text each gap and each shingle belongs.

        Only gaps between shingles that stand once in their text.
        """
        k, n = len(traces), len(self._codes)
        lengths = np.fromiter(map(len, traces), np.int64, k)
        found = codes(np.frombuffer(b"".join(traces), np.uint8))
        at = self._query.look_up(found).astype(np.int64)
        owners = np.arange(k).repeat(lengths)
        inside = np.ones(len(found), bool)
        ends = lengths.cumsum()
        inside[np.subtract.outer(ends, np.arange(1, WIDTH))] = False
        foreign = ((at < 0) & inside).nonzero()[0]
        hits = ((at >= 0) & inside).nonzero()[0]
        sums = np.concatenate((_NOUGHT, ((at >= 0) & inside).cumsum()))
        counts = np.minimum(lengths - WIDTH + 1, OPENING - WIDTH + 1)
        opens = (sums[ends - lengths + counts] - sums[ends - lengths]) * 1000 // counts >= OPENING_FOUND
        cell = owners[hits] * n + at[hits]
        once = np.bincount(cell, minlength=k * n)[cell] == 1
        gap = hits[1:] - hits[:-1] - WIDTH
        short = (gap > 0) & (gap <= SLOT) & (owners[hits[1:]] == owners[hits[:-1]]) & once[1:] & once[:-1]
        left, right = hits[:-1][short], hits[1:][short]
        pairs = (at[left] << 16 | at[right]).astype(np.uint32)
        return pairs, found[foreign], opens, (owners[left], owners[foreign])

    def _grow(self) -> None:
        size = len(self._store.born)
        if len(self._seen) < size:
            self._seen = np.concatenate((self._seen, np.zeros(size - len(self._seen), np.int64)))
            self._class = np.concatenate((self._class, np.zeros(size - len(self._class), np.int32)))
            self._opens = np.concatenate((self._opens, np.zeros(size - len(self._opens), bool)))


_S16, _LOW16 = np.uint32(16), np.uint32(0xFFFF)
_NOUGHT = np.zeros(1, np.int64)


class Forms:
    """The forms in use, the last few."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._forms: list[Form] = []  # the last used comes last

    @property
    def nbytes(self) -> int:
        """Bytes in memory, an estimate."""
        return sum(form.nbytes for form in self._forms)

    def of(self, slots: Slots) -> Form:
        """The form that knows most of these, if that is half of them; else a new one, with the first of them for reference."""
        best = max(self._forms, key=lambda form: form.members(slots), default=None)
        if best is not None and 2 * best.members(slots) >= len(slots):
            self._forms.remove(best)
        else:
            (reference,), _ = self._store.traces(slots[:1].tolist())
            best = Form(self._store, reference)
        self._forms = [*self._forms[-MOST + 1 :], best]
        return best
