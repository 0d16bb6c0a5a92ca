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
    padded = np.zeros((m + 6 * (len(edges) - 1), k), np.float32)  # three rows on either side of each document
    column = 7 * k
    size = padded.itemsize  # a view whose rows are seven rows each
    around: Floats = np.ndarray((len(padded) - 6, column), np.float32, padded, strides=(k * size, size))
    told = np.zeros((m, 2), np.float32)
    for i, (a, b) in enumerate(pairwise(edges)):
        padded[a + 6 * i + 3 : b + 6 * i + 3] = first[a:b]
        out[a:b, :column] = around[a + 6 * i : b + 6 * i]
        text = np.cumsum(first[a:b, BODY]) + np.cumsum(first[a:b, LEAD])
        text /= max(float(text[-1]), 1e-6)
        told[a + 1 : b, 0] = text[:-1]
        told[a:b, 1] = text
    column = fill_means(out, column, first, _SPANS, edges)
    out[:, column : column + 2] = told
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
