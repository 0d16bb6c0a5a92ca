"""Means over the lines before and behind each line of several documents, out of running sums. For the features and the model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from worker.clean.shape import Floats

Places = npt.NDArray[np.intp]


def fill_means(
    out: Floats, column: int, sums: Floats, row: Places, low: Places, high: Places, spans: Sequence[int]
) -> int:
    """Write the means of the `span` lines before and of those behind, for each of `spans`; the first free column after them.

    `sums` (rows, k) are running sums, a row more than lines in each document; `row` is that before each line, `low` and `high`
    the first and the last row of its document. `out` gets k columns a side and span, from `column`.
    """
    k = sums.shape[1]
    here = sums.take(row, axis=0)
    after = sums.take(row + 1, axis=0)
    for span in spans:
        part = out[:, column : column + k]
        np.subtract(here, sums.take(np.maximum(row - span, low), axis=0), out=part)
        part /= span
        column += k
        part = out[:, column : column + k]
        np.subtract(sums.take(np.minimum(row + 1 + span, high), axis=0), after, out=part)
        part /= span
        column += k
    return column
