"""Training of the name models: corpus formats, alignment of tokens, the gradient of the loss."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from worker.tag.train.names import Corpus, Trainer, _aligned, read, text_of
from worker.tag.word_features import BOUNDARY, lists

GERMEVAL = (
    "#\thttp://example.org\t[2001]\n1\tDer\tO\tO\n2\tRat\tO\tO\n3\tin\tO\tO\n4\tNeustadt\tB-LOC\tO\n5\ttagt\tO\tO\n"
)
CONLL = "Anna\tB-person\nBauer\tI-person\nof\tO\nAcme\tB-corporation\n\nWienish\tB-LOCderiv\nbread\tO\n"


def test_two_column_formats(tmp_path: Path) -> None:
    path = tmp_path / "corpus"
    path.write_text(GERMEVAL, encoding="utf8")
    assert list(read(path)) == [(["Der", "Rat", "in", "Neustadt", "tagt"], ["O", "O", "O", "B-LOC", "O"])]
    path.write_text(CONLL, encoding="utf8")
    assert list(read(path)) == [
        (["Anna", "Bauer", "of", "Acme"], ["B-PER", "I-PER", "O", "B-ORG"]),
        (["Wienish", "bread"], ["O", "O"]),
    ]


def test_running_text_of_tokens() -> None:
    assert text_of(["He", "said", ":", '"', "No", ".", '"', "(", "A", ")"])[0] == 'He said: "No." (A)'
    text, starts = text_of(["Anna", "'s", "dog"])
    assert text == "Anna's dog" and [text[s] for s in starts] == ["A", "'", "d"]


def test_a_token_of_ours_within_one_of_the_corpus_goes_on_with_its_name() -> None:
    assert _aligned([0, 4, 8], [0, 8], ["B-PER", "B-PER"]) == ["B-PER", "I-PER", "B-PER"]


def test_the_gradient_is_that_of_the_loss(tmp_path: Path) -> None:
    pytest.importorskip("scipy")
    path = tmp_path / "corpus"
    path.write_text(GERMEVAL + "\n" + CONLL, encoding="utf8")
    of = lists("de")
    rows = {BOUNDARY: 0}
    corpus = Corpus(list(read(path)), "de", of, rows, capitals=True)
    trainer = Trainer(corpus, rows, of, least=1, prior=0.3)
    random = np.random.default_rng(1)
    theta = random.normal(0, 0.3, int(trainer.sizes[-1]))
    _, gradient = trainer.loss(theta)
    places = [*np.flatnonzero(gradient)[:: max(1, np.count_nonzero(gradient) // 25)], len(theta) - 1]
    for i in places:
        step = np.zeros_like(theta)
        step[i] = 1e-5
        numeric = (trainer.loss(theta + step)[0] - trainer.loss(theta - step)[0]) / 2e-5
        assert numeric == pytest.approx(gradient[i], abs=1e-3)
