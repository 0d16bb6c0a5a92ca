"""What stands some lines before and behind each line of several documents, and means over such lines: for features and model."""

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
        told = sums.take(np.maximum(row - span, low), axis=0)
        np.divide(np.subtract(here, told, out=told), span, out=out[:, column : column + k])
        column += k
        told = sums.take(np.minimum(row + 1 + span, high), axis=0)
        np.divide(np.subtract(told, after, out=told), span, out=out[:, column : column + k])
        column += k
    return column


def fill_beside(out: Floats, column: int, source: Floats, step: int, edges: Sequence[int]) -> int:
    """Write the rows of `source` that stand `step` lines behind each line (before it, where negative); the first free column.

    Zeros where that is outside the line's document; document i has the lines from `edges[i]` to `edges[i + 1]`.
    """
    m, width = source.shape
    part = out[:, column : column + width]
    bounds = np.array(edges)
    if step < 0:
        part[-step:] = source[:step]
        outside = bounds[:-1, None] + np.arange(-step)
    else:
        part[:-step] = source[step:]
        outside = bounds[1:, None] - np.arange(1, step + 1)
    part[outside[(outside >= 0) & (outside < m)]] = 0
    return column + width
