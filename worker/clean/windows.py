"""What stands some lines before and behind each line of several documents, and means over such lines: for features and model."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from worker.clean.shape import Floats


def fill_means(out: Floats, column: int, source: Floats, spans: Sequence[int], edges: Sequence[int]) -> int:
    """Write the means of the `span` lines before and of those behind, for each of `spans`; the first free column after them.

    Document i has the lines from `edges[i]` to `edges[i + 1]`; what is outside of it counts as zeros. `out` gets as many
    columns a side and span as `source` has, from `column`.
    """
    k = source.shape[1]
    reach = max(spans)
    for a, b in pairwise(edges):
        n = b - a
        padded = np.zeros((n + 2 * reach, k), np.float32)
        padded[reach : reach + n] = source[a:b]
        at = column
        for span in spans:
            means = _sums(padded, span) / np.float32(span)
            for first in (reach - span, reach + 1):
                out[a:b, at : at + k] = means[first : first + n]
                at += k
    return at


def _sums(rows: Floats, span: int) -> Floats:
    """Of each row and the `span` - 1 behind it, where there are so many."""
    if span == 1:
        return rows
    half = span // 2
    sums = _sums(rows, half)
    sums = sums[:-half] + sums[half:]
    return sums[:-1] + rows[span - 1 :] if span % 2 else sums


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
