"""What stands around the lines of several documents."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from worker.clean.windows import fill_beside, fill_means

EDGES = (0, 4, 5, 12)
ROWS = np.arange(24, dtype=np.float32).reshape(12, 2) + 1


def _row(of: int, line: int) -> list[float]:
    """A row of document `of` by its place in the document, zeros outside."""
    start, end = EDGES[of], EDGES[of + 1]
    return ROWS[start + line].tolist() if 0 <= line < end - start else [0, 0]


@pytest.mark.parametrize("step", [-3, -1, 1, 2])
def test_neighbours_are_those_of_the_same_document(step: int) -> None:
    out = np.full((12, 5), -1, np.float32)
    assert fill_beside(out, 1, ROWS, step, EDGES) == 3
    for of, (start, end) in enumerate(pairwise(EDGES)):
        for line in range(end - start):
            assert out[start + line, 1:3].tolist() == _row(of, line + step)
    assert (out[:, [0, 3, 4]] == -1).all()


def test_means_are_those_of_the_same_document() -> None:
    out = np.full((12, 10), -1, np.float32)
    assert fill_means(out, 1, ROWS, (2, 5), EDGES) == 9
    for of, (start, end) in enumerate(pairwise(EDGES)):
        for line in range(end - start):
            wanted = [
                np.sum([_row(of, line + i) for i in around], axis=0) / len(around)
                for around in (range(-2, 0), range(1, 3), range(-5, 0), range(1, 6))
            ]
            assert np.allclose(out[start + line, 1:9], np.concatenate(wanted))
    assert (out[:, [0, 9]] == -1).all()
