"""The slow language identifier: naive Bayes over byte n-grams of a text's start.

Use when: `language.py` is not sure by its quick identifier. The model file is a smaller copy of the one of py3langid
(BSD, licence beside it), made by `train/ngrams.py`: 140 languages, 70,000 n-grams of up to six bytes, one byte a
weight; 20 MB in memory.
"""

from __future__ import annotations

import math
import unicodedata
from pathlib import Path

import numpy as np
import numpy.typing as npt

DATA = Path(__file__).parent / "data" / "ngrams.npz"
LONGEST = 6


class Ngrams:
    """The model: `grams` gives an n-gram's row in `table`, whose bytes are steps of `step` above `floor` (log
    probability)."""

    def __init__(self, path: Path = DATA) -> None:
        with np.load(path, allow_pickle=False) as parts:
            joined = parts["grams"].tobytes()
            ends = np.cumsum(parts["lengths"], dtype=np.int64).tolist()
            self.table: npt.NDArray[np.uint8] = parts["table"]
            self.prior: npt.NDArray[np.float32] = parts["prior"]
            self.floor, self.step = (float(value) for value in parts["scale"])
            self.labels: list[str] = parts["labels"].tobytes().decode().split()
        self.grams = {joined[start:end]: row for row, (start, end) in enumerate(zip([0, *ends], ends, strict=False))}

    def rank(self, text: str, most: int = 5) -> list[tuple[str, float]]:
        """The likeliest languages with their share, best first; [] where the text has no known n-gram.

        At each byte the longest known n-gram that ends there counts; the scores are divided by the root of the length
        before they become shares, or every answer would look certain.
        """
        text = unicodedata.normalize("NFC", text)
        data = (text.lower() if text.isupper() else text).encode("utf-8", "ignore")
        grams = self.grams
        counts: dict[int, int] = {}
        for end in range(1, len(data) + 1):
            for start in range(max(0, end - LONGEST), end):
                row = grams.get(data[start:end])
                if row is not None:
                    counts[row] = counts.get(row, 0) + 1
                    break
        if not counts:
            return []
        rows = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        heard = np.log1p(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))
        scores = heard @ self.table[rows].astype(np.float32) * self.step + float(heard.sum()) * self.floor + self.prior
        scores /= math.sqrt(len(data))
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        merged: dict[str, float] = {}
        for column in np.argsort(-shares, kind="stable")[: 3 * most].tolist():
            label = self.labels[column]
            merged[label] = merged.get(label, 0.0) + float(shares[column])
        return sorted(merged.items(), key=lambda item: (-item[1], item[0]))[:most]
