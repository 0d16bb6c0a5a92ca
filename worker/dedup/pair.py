"""The pair rule: whether two entries are copies of one report, and how close they are. Pure, symmetric, blind to all else.

Two articles of one language within the window that share a probe key are copies when

1. they share half of the shingles of the shorter (the definition of a copy); the share is the score. Where the text in
   common is no longer than two openings, half of it can be stock phrases: there two thirds;
2. the shared text is not that of a template: at most one slot in 20 words, which is about one in a sentence. Notices
   filled into a form have one in six to twelve words, edited copies one in thirty or fewer;
3. two of four witnesses say that the *subject* is shared and not only a stretch of text, such as the house text below
   each story or background from an older one: two fifths of the opening of the one are in the other, and the reverse; half
   of the long words of the shorter title are in the other; two thirds of the shingles are shared. Two thirds alone are
   enough where the text in common is long: editors give a report a headline and a first paragraph of their own;
4. where both begin with words of their own, the text in common is longer than a house text: newsletters, rights and the
   like below two notices of one sentence are most of their text, and the second half of their opening.

Equal normalised texts are copies at once. Below SHORT words only those, and only with an equal title.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from worker.dedup.align import (
    Batch,
    Ints,
    Query,
    leads,
    leads_of_one,
    openings,
    openings_of_one,
    shared,
    slots,
    slots_of_one,
)
from worker.dedup.entry import Entry
from worker.dedup.reading import SHORT
from worker.dedup.sketch import OPENING

RULE = "2"  # version: state that was made under another one cannot be mixed with it

SHARED = 500  # thousandths of the shorter text's shingles
WORDS_PER_SLOT = 20
OPENING_FOUND = 400  # thousandths of its shingles
TITLE_FOUND = 500  # thousandths of its long words
MOSTLY_SHARED = 666  # two thirds, in thousandths of the shorter text's shingles
WITNESSES = 2
LONG = 8 * OPENING  # words in common: no house text is so long
HOUSE_TEXT = 4 * OPENING  # words in common
OWN_WORDS = 8  # before the text in common: a sentence, and no byline

_NAMES = ("opening", "opening of the parent", "title", "most of the text")


class Match(NamedTuple):
    """What the rule found of two copies."""

    score: int  # thousandths of the shorter one's shingles
    exact: bool
    slots: int = 0
    compared: int = 0  # words of the earlier one that were found in the later
    witnesses: int = 0  # bits: opening of the later, of the earlier, title, most of the text

    def explain(self) -> dict[str, Any]:
        """For people: the shared share and what else counted."""
        if self.exact:
            return {"shared": 1.0, "exact": True, "rule": RULE}
        agree = [name for bit, name in enumerate(_NAMES) if self.witnesses >> bit & 1]
        return {
            "shared": self.score / 1000,
            "words": self.compared,
            "slots": self.slots,
            "agree": agree,
            "rule": RULE,
        }


class Findings(NamedTuple):
    """The rule's parts for each of a batch, in its order."""

    copies: npt.NDArray[np.bool_]
    slots: Ints
    compared: Ints
    witnesses: Ints

    def match(self, k: int, score: int) -> Match:
        """The match with the k-th, which must be a copy."""
        return Match(score, False, int(self.slots[k]), int(self.compared[k]), int(self.witnesses[k]))


def scores(query: Query, batch: Batch, sizes: Ints) -> Ints:
    """Part 1 for each candidate: thousandths of `sizes`, the number of shingles of the shorter text (that count)."""
    return shared(query, batch) * 1000 // np.maximum(sizes, 1)


def judge(query: Query, title: bytes, batch: Batch, titles: list[bytes], found: Ints, later: bool) -> Findings:
    """Parts 2 and 3 for candidates whose `scores` are `found`. `later`: the query is later than all of them, else earlier."""
    changed, compared = slots(query, batch, walk_query=not later)
    of_query, of_candidate = openings(query, batch)
    own, other = (of_query, of_candidate) if later else (of_candidate, of_query)
    witnesses = (own >= OPENING_FOUND) * 1 + (other >= OPENING_FOUND) * 2 + (found >= MOSTLY_SHARED) * 8
    ours = set(title)
    if ours:
        alike = {
            t: len(ours.intersection(t)) * 1000 >= TITLE_FOUND * min(len(ours), len(set(t))) and bool(t)
            for t in set(titles)
        }
        witnesses += np.array([alike[t] for t in titles]) * 4
    enough = (witnesses & 1) + (witnesses >> 1 & 1) + (witnesses >> 2 & 1) + (witnesses >> 3 & 1) >= WITNESSES
    enough |= (witnesses >= 8) & (compared >= LONG)
    form = changed * WORDS_PER_SLOT > compared
    house = (np.minimum(*leads(batch)) >= OWN_WORDS) & (compared < HOUSE_TEXT)
    needed = np.where(compared < 2 * OPENING, MOSTLY_SHARED, SHARED)
    return Findings(enough & ~form & ~house & (found >= needed), changed, compared, witnesses)


def judge_one(query: Query, title: bytes, batch: Batch, other: bytes, found: int) -> Match | None:
    """What `judge` says of a batch of one that the query is later than: nearly always the best candidate is the parent."""
    needed = found >= MOSTLY_SHARED
    of_query, of_candidate = openings_of_one(query, batch)
    witnesses = (of_query >= OPENING_FOUND) * 1 + (of_candidate >= OPENING_FOUND) * 2 + needed * 8
    if title and other:
        ours, theirs = set(title), set(other)
        witnesses += (len(ours & theirs) * 1000 >= TITLE_FOUND * min(len(ours), len(theirs))) * 4
    enough = witnesses.bit_count() >= WITNESSES
    if not enough and not needed:
        return None
    changed, compared = slots_of_one(query, batch)
    if changed * WORDS_PER_SLOT > compared or not (needed or (compared >= 2 * OPENING and found >= SHARED)):
        return None
    if not enough and compared < LONG:
        return None
    if compared < HOUSE_TEXT and min(leads_of_one(batch)) >= OWN_WORDS:
        return None
    return Match(found, False, changed, compared, witnesses)


def pair(a: Entry, b: Entry, window: int) -> Match | None:
    """The match of two entries, None when they are no copies. `window` in ms. The order of the arguments does not matter."""
    if a.language != b.language or abs(a.t - b.t) > window:
        return None
    if a.body == b.body:
        return Match(1000, True) if len(a.trace) >= SHORT or a.title else None
    if len(a.trace) < SHORT or len(b.trace) < SHORT:
        return None
    if not np.isin(np.frombuffer(a.keys, "<u4"), np.frombuffer(b.keys, "<u4")).any():
        return None
    earlier, later = (a, b) if (a.t, a.id) < (b.t, b.id) else (b, a)
    query = Query(later.trace, later.stopped)
    batch = Batch.of(query, [earlier.trace], [earlier.stopped])
    found = scores(query, batch, np.array([min(a.size, b.size)]))
    if found[0] < SHARED:
        return None
    findings = judge(query, later.title, batch, [earlier.title], found, later=True)
    return findings.match(0, int(found[0])) if findings.copies[0] else None
