"""A small linear topic model fitted to a user's own labels: one logistic regression a label over the words of an article.

Use when: `train-topics` fits one, or the tagger loads one by path (`NEWS_WORKER_TOPIC_MODEL`). Pure numpy; a few megabytes, a few
tens of microseconds an article. The same labelled articles in the same order give the same file.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from worker.errors import ConfigError
from worker.tag.tokens import Document

VERSION = 1
SEEN = 3
"""A word must stand in so many articles to be a feature."""
MOST_WORDS = 40_000
TITLE = 2.0
"""What a word of the headline counts."""
EPOCHS, RATE, DECAY = 8, 0.5, 1e-5
_CODE = re.compile(r"medtop:\d{8}")
_WORD = re.compile(r"[^\W\d_][\w'’-]+")

Vector = tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]
"""Columns and their values."""


@dataclass(slots=True)
class LinearModel:
    """Labels, words and their weights: `weights[word, label]`, `bias[label]`, `rarity[word]` (idf)."""

    labels: list[str]
    words: dict[str, int]
    rarity: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]

    def vector(self, doc: Document) -> Vector:
        """The features of a document: log counts by rarity, of length one."""
        return _vector(counts(doc), self.words, self.rarity)

    def probabilities(self, doc: Document) -> npt.NDArray[np.float32]:
        """How likely each label is, 0..1, independent of each other; zeros where no word is known."""
        columns, values = self.vector(doc)
        if not len(columns):
            return np.zeros(len(self.labels), dtype=np.float32)
        scores = values @ self.weights[columns] + self.bias
        result: npt.NDArray[np.float32] = 1 / (1 + np.exp(-np.clip(scores, -30, 30)))
        return result

    def reasons(self, doc: Document, label: int, most: int = 8) -> list[tuple[str, float]]:
        """The words that speak most for a label, with what they add to its log odds."""
        columns, values = self.vector(doc)
        points = values * self.weights[columns, label]
        names = {column: word for word, column in self.words.items()} if len(columns) else {}
        order = np.argsort(-points, kind="stable")[:most]
        return [(names[int(columns[i])], round(float(points[i]), 2)) for i in order if points[i] > 0]

    def save(self, path: Path) -> None:
        """Writes the model. Raises ConfigError where the file cannot be written."""
        words = sorted(self.words, key=self.words.__getitem__)
        parts = {
            "version": np.array([VERSION]),
            "labels": np.frombuffer("\n".join(self.labels).encode(), dtype=np.uint8),
            "words": np.frombuffer("\n".join(words).encode(), dtype=np.uint8),
            "rarity": self.rarity.astype(np.float16),
            "weights": self.weights.astype(np.float16),
            "bias": self.bias,
        }
        try:
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, values in parts.items():
                    buffer = io.BytesIO()
                    np.save(buffer, values)
                    # a fixed date: the same model is the same file
                    archive.writestr(zipfile.ZipInfo(name + ".npy", (2020, 1, 1, 0, 0, 0)), buffer.getvalue())
        except OSError as error:
            raise ConfigError(f"the topic model {path} cannot be written: {error}") from None

    @classmethod
    def load(cls, path: Path) -> LinearModel:
        """Reads a model. Raises ConfigError where the file is missing or no model of this version."""
        try:
            with np.load(path, allow_pickle=False) as parts:
                if int(parts["version"][0]) != VERSION:
                    raise ConfigError(f"the topic model {path} is of another version: fit it again with train-topics")
                labels = parts["labels"].tobytes().decode().split("\n")
                words = parts["words"].tobytes().decode().split("\n")
                model = cls(
                    labels,
                    {word: column for column, word in enumerate(words)},
                    parts["rarity"].astype(np.float32),
                    parts["weights"].astype(np.float32),
                    parts["bias"].astype(np.float32),
                )
        except (OSError, EOFError, ValueError, KeyError, IndexError, zipfile.BadZipFile) as error:
            raise ConfigError(f"the topic model {path} cannot be read: {error}") from None
        if model.weights.shape != (len(words), len(labels)) or len(model.rarity) != len(words):
            raise ConfigError(f"the topic model {path} is damaged: its tables do not fit together")
        return model


def counts(doc: Document) -> dict[str, float]:
    """The words of a document, in lower case, with how often they stand; the headline's count more."""
    found: dict[str, float] = defaultdict(float)
    for index, word in enumerate(doc.lower):
        if len(word) > 2 and _WORD.match(word):
            found[word] += TITLE if index < doc.title_tokens else 1.0
    return found


def _vector(found: dict[str, float], words: dict[str, int], rarity: npt.NDArray[np.float32]) -> Vector:
    known = [(words[word], 1 + math.log(count)) for word, count in found.items() if word in words]
    columns = np.array([column for column, _ in known], dtype=np.int64)
    values = np.array([value for _, value in known], dtype=np.float32)
    if len(columns):
        values *= rarity[columns]
        values /= float(np.linalg.norm(values)) or 1.0
    return columns, values


def fit(articles: Sequence[tuple[dict[str, float], set[str]]]) -> LinearModel:
    """Fits a model to articles: (words with counts, as `counts` gives them; labels). Raises ConfigError for too little.

    One logistic regression a label, by stochastic gradient steps with steps shrinking by feature (AdaGrad; Duchi, Hazan,
    Singer 2011), the articles in an order fixed by a seeded shuffle.
    """
    labels = sorted({label for _, given in articles for label in given})
    seen = Counter(word for found, _ in articles for word in found)
    kept = sorted(seen, key=lambda word: (-seen[word], word))[:MOST_WORDS]
    words = {word: column for column, word in enumerate(sorted(word for word in kept if seen[word] >= SEEN))}
    if len(labels) < 2 or not words:
        raise ConfigError(
            f"too little to learn from: {len(articles)} labelled articles, {len(labels)} labels, {len(words)} words seen "
            f"{SEEN} times; at least two labels are needed"
        )
    rarity = np.array([math.log((1 + len(articles)) / (1 + seen[word])) + 1 for word in words], dtype=np.float32)
    place = {label: i for i, label in enumerate(labels)}
    rows = [_vector(found, words, rarity) for found, _ in articles]
    wanted = np.zeros((len(articles), len(labels)), dtype=np.float32)
    for i, (_, given) in enumerate(articles):
        for label in given:
            wanted[i, place[label]] = 1.0
    share = np.clip(wanted.mean(axis=0), 1e-4, 1 - 1e-4)
    bias = np.log(share / (1 - share)).astype(np.float32)
    weights = np.zeros((len(words), len(labels)), dtype=np.float32)
    squares = np.full_like(weights, 1e-3)
    bias_squares = np.full_like(bias, 1.0)
    order = np.random.default_rng(0)
    for _ in range(EPOCHS):
        for i in order.permutation(len(rows)):
            columns, values = rows[i]
            if not len(columns):
                continue
            scores = values @ weights[columns] + bias
            error = 1 / (1 + np.exp(-np.clip(scores, -30, 30))) - wanted[i]
            step = np.outer(values, error) + DECAY * weights[columns]
            squares[columns] += step * step
            weights[columns] -= RATE * step / np.sqrt(squares[columns])
            bias_squares += error * error
            bias -= RATE * 0.2 * error / np.sqrt(bias_squares)
    return LinearModel(labels, words, rarity, weights, bias)
