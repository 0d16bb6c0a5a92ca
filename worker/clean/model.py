"""The line model: for each line near the article, how likely each role is.

Two small networks, one after the other: the first sees a line's features and those of its neighbours, the second sees
the first's answers around the line, which smooths them over blocks. Trained by `python -m worker.clean.train` on made-up
pages; some kB of weights.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np

from worker.clean.shape import Floats

LABELS = ("other", "body", "heading", "title", "lead", "caption", "credit", "byline", "date", "section", "teaser")
OTHER, BODY, HEADING, TITLE, LEAD, CAPTION, CREDIT, BYLINE, DATE, SECTION, TEASER = range(len(LABELS))

_SPANS = (5, 15)


def softmax(x: Floats) -> Floats:
    """Row by row."""
    e = np.exp(x - x.max(axis=1, keepdims=True))
    e /= e.sum(axis=1, keepdims=True)
    return e


def surroundings(first: Floats, mine: Floats) -> Floats:
    """What the second network sees: the first's answers at the line, at three lines to each side, and in windows."""
    m, k = first.shape
    out = np.empty((m, (7 + 2 * len(_SPANS)) * k + 2 + mine.shape[1]), np.float32)
    padded = np.zeros((m + 6, k), np.float32)
    padded[3 : m + 3] = first
    for i in range(7):
        out[:, i * k : (i + 1) * k] = padded[i : i + m]
    widest = _SPANS[-1]
    sums = np.zeros((m + 2 * widest + 1, k), np.float32)
    np.cumsum(first, axis=0, out=sums[widest + 1 : widest + m + 1])
    sums[widest + m + 1 :] = sums[widest + m]
    here = sums[widest : widest + m]
    after = sums[widest + 1 : widest + m + 1]
    column = 7 * k
    for span in _SPANS:
        out[:, column : column + k] = (here - sums[widest - span : widest - span + m]) / span
        column += k
        out[:, column : column + k] = (sums[widest + 1 + span : widest + 1 + span + m] - after) / span
        column += k
    text = sums[widest : widest + m + 1, BODY] + sums[widest : widest + m + 1, LEAD]
    text /= max(float(text[-1]), 1e-6)
    out[:, column] = text[:-1]
    out[:, column + 1] = text[1:]
    out[:, column + 2 :] = mine
    return out


@cache
def _weights() -> dict[str, Floats]:
    with files("worker.clean").joinpath("data/lines.npz").open("rb") as file, np.load(file) as stored:
        return {name: stored[name].astype(np.float32) for name in stored.files}


def apply(weights: dict[str, Floats], prefix: str, x: Floats) -> Floats:
    """One network: a hidden layer of rectifiers, then the logits."""
    hidden = np.maximum(_product(x, weights[prefix + "a"]) + weights[prefix + "b"], 0)
    return _product(hidden, weights[prefix + "c"]) + weights[prefix + "d"]


def _product(x: Floats, w: Floats) -> Floats:
    """`x @ w` in pieces too small for a BLAS to wake its threads: for a page their waking costs more than the product,
    and in a pool of processes they fight for the cores. (OpenBLAS stays on one thread up to m n k = 262,144.)"""
    rows = max(1, 250_000 // w.size)
    if len(x) <= rows:
        return x @ w
    out = np.empty((len(x), w.shape[1]), np.float32)
    for start in range(0, len(x), rows):
        np.matmul(x[start : start + rows], w, out=out[start : start + rows])
    return out


def roles(features: Floats, own: Floats) -> Floats:
    """(m, 11) probabilities of `LABELS` from the features of `worker.clean.features`."""
    weights = _weights()
    first = softmax(apply(weights, "1", features))
    return softmax(apply(weights, "2", surroundings(first, own)))
