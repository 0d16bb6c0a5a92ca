"""The line model: for each line near the article, how likely each role is.

Two small networks, one after the other: the first sees a line's features and those of its neighbours, the second sees
the first's answers around the line, which smooths them over blocks. Trained by `python -m worker.clean.train` on made-up
pages; some kB of weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, reduce
from importlib.resources import files
from itertools import pairwise

import numpy as np

from worker.clean.shape import Floats
from worker.clean.windows import fill_means

LABELS = ("other", "body", "heading", "title", "lead", "caption", "credit", "byline", "date", "section", "teaser")
OTHER, BODY, HEADING, TITLE, LEAD, CAPTION, CREDIT, BYLINE, DATE, SECTION, TEASER = range(len(LABELS))

_SPANS = (5, 15)


def softmax(x: Floats) -> Floats:
    """Row by row; all rows are done at once, column by column, since a row is short."""
    columns = np.ascontiguousarray(x.T)
    columns -= columns.max(axis=0)
    np.exp(columns, out=columns)
    columns /= reduce(np.add, columns)  # `sum` adds in another order where there is one row alone
    return np.ascontiguousarray(columns.T)


def surroundings(first: Floats, mine: Floats, edges: Sequence[int]) -> Floats:
    """What the second network sees: the first's answers at the line, at three lines to each side, and in windows.

    Document i stands from line `edges[i]` to `edges[i + 1]`; every value is the same whatever stands beside it.
    """
    m, k = first.shape
    out = np.empty((m, (7 + 2 * len(_SPANS)) * k + 2 + mine.shape[1]), np.float32)
    bounds = np.array(edges)
    sizes = np.diff(bounds)
    start = np.repeat(bounds[:-1], sizes)
    end = np.repeat(bounds[1:], sizes)
    line = np.arange(m)
    padded = np.zeros((m + 6 * len(sizes), k), np.float32)  # three rows on either side of each document
    column = 7 * k
    size = padded.itemsize  # a view whose rows are seven rows each
    around: Floats = np.ndarray((len(padded) - 6, column), np.float32, padded, strides=(k * size, size))
    sums = np.zeros((m + len(sizes), k), np.float32)
    text = np.empty((m + len(sizes),), np.float32)
    for i, (a, b) in enumerate(pairwise(edges)):
        padded[a + 6 * i + 3 : b + 6 * i + 3] = first[a:b]
        out[a:b, :column] = around[a + 6 * i : b + 6 * i]
        part = sums[a + i : b + i + 1]
        np.cumsum(first[a:b], axis=0, out=part[1:])
        told = part[:, BODY] + part[:, LEAD]
        text[a + i : b + i + 1] = told / max(float(told[-1]), 1e-6)
    row = line + np.repeat(np.arange(len(sizes)), sizes)
    low = row - line + start
    high = row - line + end
    column = fill_means(out, column, sums, row, low, high, _SPANS)
    out[:, column] = text[row]
    out[:, column + 1] = text[row + 1]
    out[:, column + 2 :] = mine
    return out


@cache
def _weights() -> dict[str, Floats]:
    with files("worker.clean").joinpath("data/lines.npz").open("rb") as file, np.load(file) as stored:
        return {name: stored[name].astype(np.float32) for name in stored.files}


def apply(weights: dict[str, Floats], prefix: str, x: Floats, edges: Sequence[int]) -> Floats:
    """One network: a hidden layer of rectifiers, then the logits."""
    hidden = _product(x, weights[prefix + "a"], edges)
    hidden += weights[prefix + "b"]
    out = _product(np.maximum(hidden, 0, out=hidden), weights[prefix + "c"], edges)
    out += weights[prefix + "d"]
    return out


def _product(x: Floats, w: Floats, edges: Sequence[int]) -> Floats:
    """`x @ w`, document by document, for a BLAS rounds a row differently at another place of a matrix; and in pieces too
    small for it to wake its threads: for a page their waking costs more than the product, and in a pool of processes they
    fight for the cores. (OpenBLAS stays on one thread up to m n k = 262,144.)"""
    rows = max(1, 250_000 // w.size)
    out = np.empty((len(x), w.shape[1]), np.float32)
    for low, high in pairwise(edges):
        for start in range(low, high, rows):
            end = min(start + rows, high)
            np.matmul(x[start:end], w, out=out[start:end])
    return out


def roles(features: Floats, own: Floats, edges: Sequence[int]) -> Floats:
    """(m, 11) probabilities of `LABELS` from the features of `worker.clean.features`; document i has the lines from
    `edges[i]` to `edges[i + 1]`."""
    weights = _weights()
    first = softmax(apply(weights, "1", features, edges))
    return softmax(apply(weights, "2", surroundings(first, own, edges), edges))
