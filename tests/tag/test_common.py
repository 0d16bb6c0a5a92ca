"""The commonest words: what is known of them beforehand is what the tables say, and other tables do without."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from worker.tag import vocabulary
from worker.tag.common import LANGUAGES, SOURCES, common_words, nothing, numbers
from worker.tag.gazetteer import use_folder
from worker.tag.sequence import model
from worker.tag.train.common import bits
from worker.tag.vocabulary import Column, Vocabulary, current


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", SOURCES)
def test_what_is_known_beforehand_is_what_the_table_says(table: str, language: str) -> None:
    known = nothing(table, language)
    assert known is not None, "a list has changed: python -m worker.tag.train.common"
    number_of = numbers()
    of_words = [number_of[word] for word in common_words(language)]
    assert np.array_equal(known[of_words] == 1, bits(table, language))
    assert known.sum() == known[of_words].sum()


def test_a_table_of_ones_own_does_without(tmp_path: Path) -> None:
    (tmp_path / "topics").mkdir()
    (tmp_path / "topics" / "en.txt").write_text("[15 sport]\n4: goal\n", encoding="utf8")
    use_folder(tmp_path)
    try:
        assert nothing("topics", "en") is None and nothing("keywords", "en") is not None
    finally:
        use_folder(None)
    assert nothing("topics", "en") is not None


def test_the_commonest_words_stay_when_a_vocabulary_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    words = current()
    assert words["und"] < words.common and words["Quellwolkenfeld"] >= words.common
    assert words.words[words["Quellwolkenfeld"]] == "Quellwolkenfeld"
    monkeypatch.setattr(vocabulary, "MOST", 0)
    new = current()
    assert new is not words and len(new) == new.common == len(numbers())


def test_a_column_asks_for_no_word_that_is_known_beforehand() -> None:
    column = Column(lambda words: [len(word) for word in words])
    column.common = np.array([7, 0], np.int32)
    words = Vocabulary({"a": 0, "bb": 1})
    assert column.of(words.numbers(["a", "bb", "ccc", "a"]), words).tolist() == [7, 2, 3, 7]


def test_rows_that_come_with_a_model_are_known_beforehand() -> None:
    tagger = model("de")
    assert tagger is not None and tagger.column.common is not None
    assert tagger.column.common[numbers()["Berlin"]] == tagger.ready["Berlin"] > 0
