"""Names by a spaCy pipeline: its spans become ours; what is missing is said."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from worker.errors import ConfigError
from worker.tag import names, spacy_names
from worker.tag.tokens import tokenise


@pytest.fixture(autouse=True)
def built_in_afterwards() -> Iterator[None]:
    yield
    names.RECOGNISERS.clear()


def pipeline(*marked: tuple[str, str]) -> Any:
    def nlp(text: str) -> Any:
        ents = [
            SimpleNamespace(start_char=text.index(w), end_char=text.index(w) + len(w), label_=label)
            for w, label in marked
        ]
        return SimpleNamespace(ents=ents)

    return nlp


def test_its_spans_are_ours() -> None:
    doc = tokenise({"body": "Dr. Maria Wallner leads Blue Foxes in Upper Xanadu.", "language": {"code": "en"}})
    nlp = pipeline(("Dr. Maria Wallner", "PERSON"), ("Blue Foxes", "ORG"), ("Upper Xanadu", "GPE"))
    names.RECOGNISERS["en"] = spacy_names.recogniser(nlp)
    found = names.names(doc)
    assert found.people == [("Maria Wallner", 1)]
    assert found.organisations == [("Blue Foxes", 1)]
    assert found.places == [("Upper Xanadu", 1)]


def test_other_kinds_and_overlaps_are_left_out() -> None:
    doc = tokenise({"body": "On Monday Maria Wallner came.", "language": {"code": "en"}})
    spans = spacy_names.recogniser(pipeline(("Monday", "DATE"), ("Maria Wallner", "PERSON"), ("Wallner", "ORG")))(doc)
    assert [" ".join(doc.words[a:b]) for a, b, _ in spans] == ["Maria Wallner"]


@pytest.mark.parametrize("text", ["de_core_news_sm", "=x", "de="])
def test_a_wrong_setting_is_named(text: str) -> None:
    with pytest.raises(ConfigError, match="language=model"):
        spacy_names.use(text)


def test_a_missing_model_is_named() -> None:
    with pytest.raises(ConfigError, match=r"pip install|download"):
        spacy_names.use("en=no_such_model")


def test_nothing_named_is_the_built_in_model() -> None:
    spacy_names.use("")
    assert not names.RECOGNISERS
