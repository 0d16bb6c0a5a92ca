from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from worker.errors import ConfigError
from worker.tag.linear import LinearModel, counts, fit
from worker.tag.tokens import Document, tokenise
from worker.tag.topics import load_model, topics

GARDEN = ("Beet", "Rose", "Gießkanne", "Kompost", "Hecke", "Rasen")
RAILWAY = ("Lokomotive", "Bahnsteig", "Schiene", "Waggon", "Weiche", "Signal")


def document(*words: str) -> Document:
    return tokenise({"body": "Es geht um " + " und ".join(words) + ".", "language": {"code": "de"}})


def examples(first: str = "Garten", second: str = "Bahn") -> list[tuple[dict[str, float], set[str]]]:
    rows = []
    for i in range(18):
        for label, words in ((first, GARDEN), (second, RAILWAY)):
            rows.append((counts(document(*(words[(i + k) % 6] for k in range(3)))), {label}))
    return rows


@pytest.fixture
def no_model() -> Iterator[None]:
    yield
    load_model(None)


def test_it_learns_the_words_of_its_labels() -> None:
    model = fit(examples())
    assert model.labels == ["Bahn", "Garten"]
    assert model.probabilities(document("Rose", "Hecke"))[1] > 0.9 > 0.1 > model.probabilities(document("Weiche"))[1]
    assert "rose" in [word for word, _ in model.reasons(document("Rose", "Signal"), 1)]
    assert not model.probabilities(tokenise({"body": "völlig anderes"})).any()


def test_the_same_articles_give_the_same_file(tmp_path: Path) -> None:
    fit(examples()).save(tmp_path / "one")
    fit(examples()).save(tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_saved_model_answers_as_before(tmp_path: Path) -> None:
    model = fit(examples())
    model.save(tmp_path / "model.npz")
    loaded = LinearModel.load(tmp_path / "model.npz")
    doc = document("Rose", "Kompost")
    assert np.allclose(model.probabilities(doc), loaded.probabilities(doc), atol=0.01)


def test_too_little_to_learn_from_is_told() -> None:
    with pytest.raises(ConfigError, match="two labels"):
        fit([row for row in examples() if row[1] == {"Bahn"}])
    with pytest.raises(ConfigError, match="too little"):
        fit(examples()[:2])


@pytest.mark.parametrize("content", [b"", b"no model", b"PK\x03\x04 cut"])
def test_a_file_that_is_no_model_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.npz").write_bytes(content)
    with pytest.raises(ConfigError, match="cannot be read"):
        LinearModel.load(tmp_path / "bad.npz")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_model(str(tmp_path / "missing.npz"))


def test_labels_of_ones_own_become_topics(tmp_path: Path, no_model: None) -> None:
    fit(examples()).save(tmp_path / "model.npz")
    load_model(str(tmp_path / "model.npz"))
    why: dict[str, object] = {}
    found = topics(document("Lokomotive", "Schiene", "Waggon"), why=why)
    assert ("Bahn", "Bahn") in [(topic["code"], topic["name"]) for topic in found]
    assert "Garten" not in [topic["code"] for topic in found]
    assert "Bahn" in why


def test_media_topics_are_weighed_in_with_the_lexicon(tmp_path: Path, no_model: None) -> None:
    doc = document("Lokomotive", "Schiene", "Waggon")
    before = [topic["code"] for topic in topics(doc)]
    fit(examples(second="medtop:04000000")).save(tmp_path / "model.npz")
    load_model(str(tmp_path / "model.npz"))
    assert "medtop:04000000" not in before
    assert topics(doc)[0]["code"] == "medtop:04000000"
