"""Words as numbers: columns ask once for each word, and start anew with a new vocabulary."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.tag import tag, vocabulary
from worker.tag.sequence import code, model
from worker.tag.vocabulary import Column, Hits, Vocabulary
from worker.tag.word_features import BOUNDARY, features, word_class

TEXT = (
    "Ministerin Clara Weidmann sprach in Oslo über den Hafen. Clara Weidmann kam aus Wien nach Oslo; der Hafen wächst."
)


@given(st.lists(st.lists(st.text(max_size=4), max_size=9), max_size=9))
def test_hits_are_what_the_table_says_of_each_word(texts: list[list[str]]) -> None:
    words, asked = Vocabulary(), list[str]()

    def ask(new: list[str]) -> list[int | None]:
        asked.extend(new)
        return [len(word) if len(word) > 1 else None for word in new]

    hits: Hits[int] = Hits(ask)
    for text in texts:
        found = list(hits.at(words.numbers(text), words))
        assert found == [(i, len(word)) for i, word in enumerate(text) if len(word) > 1]
    assert len(asked) == len(set(asked)) == len(words)


def test_a_column_does_not_mix_two_vocabularies() -> None:
    column = Column(lambda words: [len(word) for word in words])
    one, other = Vocabulary(), Vocabulary()
    assert column.of(one.numbers(["a", "bb", "a"]), one).tolist() == [1, 2, 1]
    assert column.of(other.numbers(["ccc", "a"]), other).tolist() == [3, 1]
    assert column.of(one.numbers(["bb", "dddd"]), one).tolist() == [2, 4]


def test_words_met_in_several_texts_are_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "MOST", 6)
    first = Vocabulary()
    for text in ("der Hafen von Oslo", "der Park von Wien von heute", "der Hafen heute Abend in Wien"):
        first.numbers(text.split())
    second = Vocabulary(first)
    assert second.words == ["der", "Hafen", "von"]  # no more than half of what there is room for
    assert second.numbers(["GmbH", "von"]).tolist() == [3, 2]
    assert Vocabulary(second).words == ["von"]


def test_hits_are_kept_of_words_taken_over_and_asked_anew_of_others() -> None:
    asked: list[str] = []

    def ask(new: list[str]) -> list[str | None]:
        asked.extend(new)
        return [word if word[0].isupper() else None for word in new]

    hits: Hits[str] = Hits(ask)
    first = Vocabulary()
    for text in ("Abend der Hafen von Oslo", "Park von Wien", "der Hafen von Wien"):
        list(hits.at(first.numbers(text.split()), first))
    second = Vocabulary(first)
    asked.clear()
    assert list(hits.at(second.numbers("der Abend von Wien Hafen".split()), second)) == [
        (1, "Abend"),
        (3, "Wien"),
        (4, "Hafen"),
    ]
    assert asked == ["Abend"]


def test_a_column_that_missed_a_vocabulary_starts_anew() -> None:
    column: Hits[str] = Hits(lambda words: words)
    first = Vocabulary()
    column.of(first.numbers(["a", "b"]), first)
    first.numbers(["b"])
    second = Vocabulary(first)
    second.numbers(["c", "b"])
    third = Vocabulary(second)
    for words in (third, first, second, third):
        assert dict(column.at(words.numbers(["d", "b", "c"]), words)) == {0: "d", 1: "b", 2: "c"}


def test_a_new_vocabulary_changes_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    article = {"title": "Weidmann baut", "body": TEXT, "language": {"code": "de"}}
    before = tag(article)
    monkeypatch.setattr(vocabulary, "MOST", 0)
    assert [tag(article), tag({"body": "Another text about the port of Oslo."}), tag(article)][::2] == [before, before]


def test_rows_of_words_made_together_are_those_made_alone() -> None:
    tagger = model("de")
    assert tagger is not None
    words = ["Quellwolkenfeld", "al-Bergstein", "XQZ", "Quellwolkenfelds", "12"]
    together = tagger.table[tagger.new_rows(words)].copy()
    alone = [tagger.table[tagger.row(word)].copy() for word in words]
    assert all((a == b).all() for a, b in zip(together, alone, strict=True))


def test_rows_of_words_taken_over_stay_and_the_others_are_forgotten() -> None:
    tagger = model.__wrapped__("de")
    fresh = model.__wrapped__("de")
    assert tagger is not None and fresh is not None
    known = ["Berlin", "Quellwolkenfeld", "xqzz", "xqzy", "Bergstein-Nord", "der"]
    first = Vocabulary()
    tagger.column.of(first.numbers([*known, "Nebelhornwart", "Sonnenfeldring"]), first)
    first.numbers(known)
    second = Vocabulary(first)
    words = [*reversed(known), "Regenbachsteg", "xqzx"]
    rows = tagger.column.of(second.numbers(words), second)
    assert tagger.used == len(tagger.ready) + 4  # two names, the small words that no list knows, the new one
    expected = fresh.new_rows(words)
    assert np.array_equal(tagger.table[rows], fresh.table[expected])
    assert np.array_equal(tagger.classes[rows], fresh.classes[expected])
    assert np.array_equal(tagger.codes[rows], fresh.codes[expected])


WORDS = st.one_of(
    st.sampled_from(
        "Bergs Berlin Wien Gruber Grubers McDonald U.S. USA BERLIN ǅ Ǆxx A Ab ab 12 1.250,5 - „ Ost-West".split()
    ),
    st.sampled_from(
        "Russlands Wiener Russlandpolitik von sagte al-Bergstein IIx X-Y A中 中文 ª ⓐb Übergröße Jonas".split()
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=14).filter(
        lambda word: word != BOUNDARY
    ),
)


@pytest.mark.parametrize("language", ["de", "en"])
@settings(max_examples=200, deadline=None)
@given(words=st.lists(WORDS, min_size=1, max_size=8, unique=True))
def test_the_row_of_a_word_is_the_sum_of_its_features(language: str, words: list[str]) -> None:
    tagger = model(language)
    assert tagger is not None
    for word, row in zip(words, tagger.new_rows(words), strict=True):
        shared, own = features(word, tagger.lists, word_class(word, tagger.lists))
        numbers = [i for group, value in shared + own if (i := tagger.ids[group](value)) is not None]
        assert tagger.table[row] == pytest.approx(tagger.weights[numbers].sum(0) * tagger.scale)
        assert tagger.classes[row] == word_class(word, tagger.lists)
        assert chr(tagger.codes[row]) == code(word, tagger.lists)
