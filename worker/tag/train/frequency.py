"""Builds the word frequencies of the keyword tagger: `data/frequency/<language>.txt`.

    python -m worker.tag.train.frequency --lookups spacy_lookups_data/data [--words 20000]

Use when the lists are to be built anew. Input: the data folder of the package spacy-lookups-data (MIT): logarithms of
the probability of a word as written. Output: a line for each step of half a natural logarithm, the commonest words
first; a word mostly written with a capital (a German noun, a name) stands with it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import re
from collections import defaultdict
from pathlib import Path

OUT = Path(__file__).parent.parent / "data" / "frequency"
HEAD = """\
# Word frequencies. Made by worker/tag/train/frequency.py from spacy-lookups-data (MIT, Explosion).
# n: words whose probability is about e ** -n; written as they mostly are.
"""
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’-](?=[^\W\d_])){0,24}")


def table(logs: dict[str, float], most: int) -> str:
    """The text of a frequency file from log probabilities of words as written."""
    forms: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for word, log in logs.items():
        if _WORD.fullmatch(word) and not (word.isupper() and len(word) > 1):
            forms[word.lower()].append((math.exp(log), word))
    ranked = sorted(((sum(p for p, _ in f), max(f)[1]) for f in forms.values()), key=lambda x: (-x[0], x[1]))[:most]
    steps: dict[float, list[str]] = defaultdict(list)
    for p, word in ranked:
        steps[round(-math.log(p) * 2) / 2].append(word)
    return HEAD + "".join(f"{step:g}: {' '.join(sorted(words))}\n" for step, words in sorted(steps.items()))


def main() -> None:
    """Writes the files of all languages the package has."""
    parser = argparse.ArgumentParser(description="Build the word frequencies of the keyword tagger.")
    parser.add_argument("--lookups", type=Path, required=True, help="the data folder of spacy-lookups-data")
    parser.add_argument("--words", type=int, default=20_000)
    parser.add_argument("--languages", default="de,en,es")
    options = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    for language in options.languages.split(","):
        with gzip.open(options.lookups / f"{language}_lexeme_prob.json.gz", "rt", encoding="utf-8") as file:
            logs: dict[str, float] = json.load(file)
        (OUT / f"{language}.txt").write_text(table(logs, options.words), encoding="utf-8")


if __name__ == "__main__":
    main()
