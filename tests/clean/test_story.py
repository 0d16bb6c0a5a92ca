from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from worker.clean.shape import Letters
from worker.clean.story import kinship

LINES = [
    "the harbour of the town was closed after the accident",
    "more from the region",
    "workers at the harbour waited for the inspectors until evening",
    "an actress marries her gardener",
]


def test_a_story_repeats_its_words_and_a_teaser_does_not() -> None:
    stems, kin = kinship(Letters(LINES), np.array([True, False, True, False]))
    assert stems.tolist() == [3, 1, 5, 3]
    assert kin.tolist() == [np.float32(1 / 3), 0, np.float32(1 / 5), 0]


def test_a_paragraph_is_not_its_own_kin() -> None:
    assert kinship(Letters(["harbour harbour"]), np.array([True]))[1].tolist() == [0]


def test_another_documents_words_are_others() -> None:
    together = kinship(Letters(LINES + LINES[:1]), np.array([True, False, True, False, True]), (0, 4, 5))
    apart = kinship(Letters(LINES), np.array([True, False, True, False]))
    for got, wanted in zip(together, apart, strict=True):
        assert got[:4].tolist() == wanted.tolist()
    assert together[1][4] == 0


def _counted(lines: list[str], prose: list[bool]) -> tuple[list[int], list[float]]:
    """The same, said plainly."""
    sets = [{w[:6] for w in line.lower().split() if len(w) >= 6} for line in lines]
    stems, shares = [], []
    for i, mine in enumerate(sets):
        others = {stem for j, theirs in enumerate(sets) if j != i and prose[j] for stem in theirs}
        stems.append(len(mine))
        shares.append(len(mine & others) / max(len(mine), 1))
    return stems, shares


_WORDS = st.sampled_from(
    "harbour harbours inspector ein Überfahrt überfahrten İstanbul istanbul ΚΟΣΜΟΣ κόσμος 港湾都市計画 🙂🙂🙂🙂🙂🙂🙂".split()
)
_ROWS = st.lists(
    st.tuples(st.lists(_WORDS, min_size=1, max_size=8).map(" ".join), st.booleans()), min_size=1, max_size=9
)


@given(_ROWS)
def test_counts_like_the_plain_way(rows: list[tuple[str, bool]]) -> None:
    lines = [line for line, _ in rows]
    prose = [flag for _, flag in rows]
    stems, kin = kinship(Letters(lines).lowered(), np.array(prose))
    expected = _counted(lines, prose)
    assert stems.tolist() == expected[0]
    assert np.allclose(kin, expected[1])
