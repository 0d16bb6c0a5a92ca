"""Builds `data/ngrams.npz` from the model of py3langid (BSD): fewer n-grams, one byte a weight, no automaton.

    python -m worker.clean.train.ngrams [--grams 70000]

Use when the model is to be built anew; needs `pip install "py3langid>=0.4,<0.5"`. The n-grams that tell most between
languages are kept (their part of the mutual information); the automaton is walked once to read them.
"""

from __future__ import annotations

import argparse
import importlib
from collections import deque
from importlib.metadata import files
from typing import Any

import numpy as np

from worker.clean.ngrams import DATA


def features(model: Any) -> list[bytes]:
    """The n-gram of each feature, read from the automaton in order of depth: a state is first met by its own bytes."""
    strings = {0: b""}
    queue = deque([0])
    found: dict[int, bytes] = {}
    while queue:
        state = queue.popleft()
        base = model.tk_row[state] << 8
        for byte in range(256):
            target = model.tk_nextmove[base + byte]
            if target not in strings:
                strings[target] = strings[state] + bytes([byte])
                queue.append(target)
                feature = model.tk_output[target]
                if feature >= 0 and len(strings[target]) < len(found.get(feature, b"1234567")):
                    found[feature] = strings[target]
    return [found[i] for i in range(len(found))]


def main() -> None:
    """Writes the model and its licence."""
    parser = argparse.ArgumentParser(description="Build the n-gram model of the language identifier.")
    parser.add_argument("--grams", type=int, default=70_000)
    options = parser.parse_args()
    langid = importlib.import_module("py3langid.langid")
    model = langid.LanguageIdentifier.from_model_file("data/model.npz.xz")
    grams = features(model)
    logs = np.asarray(model.nb_ptc).astype(np.float32)
    chances = np.exp(logs)
    telling = (chances * (logs - np.log(chances.mean(axis=1, keepdims=True)))).sum(axis=1)
    kept = np.sort(np.argsort(-telling, kind="stable")[: options.grams])
    floor, top = float(logs[kept].min()), float(logs[kept].max())
    step = (top - floor) / 255
    np.savez_compressed(
        DATA,
        grams=np.frombuffer(b"".join(grams[i] for i in kept), dtype=np.uint8),
        lengths=np.array([len(grams[i]) for i in kept], dtype=np.uint8),
        table=np.rint((logs[kept] - floor) / step).astype(np.uint8),
        prior=np.asarray(model.nb_pc, dtype=np.float32),
        scale=np.array([floor, step]),
        labels=np.frombuffer(" ".join(model.nb_classes).encode(), dtype=np.uint8),
    )
    licence = next(file for file in files("py3langid") or [] if file.name == "LICENSE")
    DATA.with_suffix(".LICENSE.txt").write_text(licence.read_text(encoding="utf-8"), encoding="utf-8")


if __name__ == "__main__":
    main()
