"""Fits the two networks of the line model to made-up pages, with nothing but numpy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from worker.clean import features, model
from worker.clean.cues import Cues
from worker.clean.lines import split
from worker.clean.shape import Floats, Letters, shape
from worker.clean.train.pages import Made, make

_HIDDEN = (32, 20)
_INSIDE = (model.BODY, model.HEADING, model.LEAD)


def examples(page: Made) -> tuple[Floats, Floats, np.ndarray]:
    """Features, own features and labels of the lines of one made-up page that the model would be asked about."""
    texts = [split(t).texts[0] for t in page.texts]
    place = features.zones([texts])[0]
    here = texts[place.low : place.high]
    letters = Letters(here)
    form = shape(letters)
    scores = features.prose_scores(form)
    cues = Cues(letters)
    edges = (0, len(here))
    mine = features.own(here, features.gaps_around(page.gaps, place), form, scores, cues, edges)
    marked = features.marked_scores(scores, form, cues)
    return (
        features.matrix(mine, scores, features.regions(marked, edges), [len(texts)], edges),
        mine,
        np.array(page.labels[place.low : place.high]),
    )


def _batches(count: int, size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    order = rng.permutation(count)
    for i in range(0, count, size):
        yield order[i : i + size]


def train(
    x: Floats, y: np.ndarray, weight: Floats, hidden: int, rng: np.random.Generator, epochs: int, dropout: float
) -> list[Floats]:
    """A network with one hidden layer by Adam on cross-entropy; returns its four arrays."""
    width, classes = x.shape[1], len(model.LABELS)
    p = [
        (rng.standard_normal((width, hidden)) / np.sqrt(width)).astype(np.float32),
        np.zeros(hidden, np.float32),
        (rng.standard_normal((hidden, classes)) / np.sqrt(hidden)).astype(np.float32),
        np.zeros(classes, np.float32),
    ]
    m = [np.zeros_like(a) for a in p]
    v = [np.zeros_like(a) for a in p]
    step = 0
    steps = epochs * (len(x) // 256 + 1)
    for _ in range(epochs):
        for batch in _batches(len(x), 256, rng):
            step += 1
            rate = 3e-3 * 0.5 * (1 + np.cos(np.pi * step / steps)) + 1e-5
            xb = x[batch].astype(np.float32)
            if dropout:
                xb = xb * (rng.random(xb.shape, dtype=np.float32) >= dropout) / (1 - dropout)
            h = xb @ p[0] + p[1]
            r = np.maximum(h, 0)
            q = model.softmax(r @ p[2] + p[3])
            q[np.arange(len(batch)), y[batch]] -= 1
            q *= weight[batch][:, None] / len(batch)
            g2, g3 = r.T @ q, q.sum(axis=0)
            back = (q @ p[2].T) * (h > 0)
            for i, g in enumerate((xb.T @ back, back.sum(axis=0), g2, g3)):
                m[i] = 0.9 * m[i] + 0.1 * g
                v[i] = 0.999 * v[i] + 0.001 * g * g
                p[i] -= rate * (m[i] / (1 - 0.9**step) / (np.sqrt(v[i] / (1 - 0.999**step)) + 1e-8) + 1e-3 * p[i])
    return p


def _second(weights: dict[str, Floats], features: Floats, own: Floats) -> Floats:
    """What the second network sees of a page."""
    edges = (0, len(own))
    return model.surroundings(model.softmax(model.apply(weights, "1", features, edges)), own, edges)


def fit(pages: int, seed: int, epochs: int) -> tuple[dict[str, Floats], str]:
    """Weights for `worker.clean.model` and a line of figures on made-up pages that were not trained on."""
    rng = np.random.default_rng(seed)
    made = [examples(make(seed * 1_000_000 + i)) for i in range(pages)]
    held = [examples(make(seed * 1_000_000 + 900_000 + i)) for i in range(pages // 10)]
    x = np.concatenate([a for a, _, _ in made])
    y = np.concatenate([c for _, _, c in made])
    # A long line counts more: its loss costs the reader more words. Column 0 is 0.4 log(1 + words).
    heavy = (np.exp(0.8 * np.concatenate([b[:, 0] for _, b, _ in made])) / 2).astype(np.float32)
    # Made pages hold more long lines beside the body than real ones do, and to lose a paragraph is worse than to keep a caption.
    heavy[(heavy > 1.3) & ~np.isin(y, _INSIDE)] *= 0.5
    weights: dict[str, Floats] = {}
    for name, a in zip("abcd", train(x, y, heavy, _HIDDEN[0], rng, epochs, 0.1), strict=True):
        weights["1" + name] = a
    del x
    near = np.concatenate([_second(weights, a, b) for a, b, _ in made])
    for name, a in zip("abcd", train(near, y, heavy, _HIDDEN[1], rng, epochs, 0.05), strict=True):
        weights["2" + name] = a
    hits = kept = found = true = total = 0
    for a, b, c in held:
        got = model.apply(weights, "2", _second(weights, a, b), (0, len(a))).argmax(axis=1)
        inside = np.isin(got, _INSIDE)
        wanted = np.isin(c, _INSIDE)
        hits += int((got == c).sum())
        total += len(c)
        kept += int(inside.sum())
        true += int(wanted.sum())
        found += int((inside & wanted).sum())
    return (
        weights,
        f"held-out made pages: role accuracy {hits / total:.4f}, kept lines P {found / kept:.4f} R {found / true:.4f}",
    )
