from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.tag import tokens
from worker.tag.tokens import MAX_CHARS, look_up, tokenise
from worker.tag.vocabulary import Hits


def words(text: str, language: str = "de") -> list[str]:
    return tokenise({"body": text, "language": {"code": language}}).words


def sentences(text: str, language: str = "de") -> list[str]:
    doc = tokenise({"body": text, "language": {"code": language}})
    bounds = [*doc.sentences, len(doc.words)]
    return [" ".join(doc.words[a:b]) for a, b in pairwise(bounds)]


def test_hyphens_and_apostrophes_stay_inside_words() -> None:
    assert words("Die Ost-Ukraine-Politik von O'Brien") == ["Die", "Ost-Ukraine-Politik", "von", "O'Brien"]


def test_genitive_s_is_a_token_of_its_own() -> None:
    assert words("Britain's plan isn't new", "en") == ["Britain", "'s", "plan", "isn't", "new"]


def test_elided_articles_are_cut_off_in_french_only() -> None:
    assert words("l'État d’Israël", "fr") == ["l'", "État", "d’", "Israël"]
    assert words("l'État", "de") == ["l'État"]


def test_numbers_and_abbreviations_are_whole() -> None:
    assert words("z.B. 1.250,5 Euro, 2:1 in den U.S. Staaten", "de")[:4] == ["z.B.", "1.250,5", "Euro", ","]
    assert "2:1" in words("Es stand 2:1 zur Pause")


def test_vowel_signs_belong_to_their_word() -> None:
    assert words("हिन्दी में समाचार", "hi") == ["हिन्दी", "में", "समाचार"]


def test_sentences_end_at_marks_but_not_after_titles_initials_and_ordinals() -> None:
    text = "Am 3. Oktober kam Dr. J. Huber. „Es reicht.“ Danach ging er! Wohin?\n\nNeuer Absatz"
    assert sentences(text) == [
        "Am 3 . Oktober kam Dr . J . Huber .",
        "„ Es reicht . “",
        "Danach ging er !",
        "Wohin ?",
        "Neuer Absatz",
    ]


def test_title_comes_first_and_its_tokens_are_counted() -> None:
    doc = tokenise({"title": "Zwei Wörter", "body": "Text folgt.", "language": {"code": "de"}})
    assert doc.text == "Zwei Wörter\n\nText folgt."
    assert (doc.title_end, doc.title_tokens) == (11, 2)


def test_wrong_types_count_as_absent() -> None:
    doc = tokenise({"title": 7, "body": None, "lead": "Nur der Vorspann", "language": "de", "section": []})
    assert doc.words == ["Nur", "der", "Vorspann"]
    assert (doc.language, doc.section) == ("de", None)
    assert tokenise({}).language == "und"


@pytest.mark.parametrize("piece", ["a", "1", "1.,", "a-", "a.", "'s", "l'", "😀", "文", ".\n", "\u0301", "A&"])
@pytest.mark.parametrize("language", ["de", "fr"])
def test_long_hostile_text_is_cut(piece: str, language: str) -> None:
    doc = tokenise({"title": piece * 100_000, "body": piece * 2_000_000, "language": language})
    assert len(doc.text) <= MAX_CHARS


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400), st.text(max_size=60), st.sampled_from(["de", "en", "fr", "und"]))
def test_lists_are_parallel_and_offsets_right(body: str, title: str, language: str) -> None:
    doc = tokenise({"title": title, "body": body, "language": {"code": language}})
    assert len(doc.words) == len(doc.lower) == len(doc.starts) == len(doc.ends)
    for word, start, end in zip(doc.words, doc.starts, doc.ends, strict=True):
        assert word == doc.text[start:end] != ""
    assert doc.starts == sorted(doc.starts)
    assert doc.sentences == sorted(set(doc.sentences))
    assert all(0 <= i < len(doc.words) for i in doc.sentences)
    assert doc.sentences[:1] == ([0] if doc.words else [])


@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                "Über Größe e\u0301 z.B. U.S. 1.250,5 . , ... ,. don't l'eau Łódź мир Ost-West \xad".split(" ")
            ),
            st.sampled_from([" ", "\n", "\t", "\xa0", "", "ÿ×÷", "x" * 81]),
            st.text(max_size=3),
        )
    )
)
def test_the_short_way_to_most_tokens_cuts_nothing_else(parts: list[str]) -> None:
    text = "".join(parts)
    long_way = re.compile(tokens._PLAIN.pattern.replace(tokens._COMMON + "|", ""))
    assert long_way.pattern != tokens._PLAIN.pattern
    assert tokens._PLAIN.split(text) == long_way.split(text)


def test_the_words_of_several_documents_are_looked_up_in_one_go() -> None:
    asked: list[list[str]] = []

    def ask(new: list[str]) -> list[str | None]:
        asked.append(sorted(new))
        return [None if word == "Der" else word for word in new]

    hits = Hits(ask)
    texts = (("Der Hafen", "de"), ("The port", "en"), ("Der Park", "de"))
    docs = [tokenise({"body": text, "language": {"code": language}}) for text, language in texts]
    look_up(docs, lambda doc: hits if doc.language == "de" else None)
    found = [dict(hits.at(doc.numbers, doc.vocabulary)) for doc in docs if doc.language == "de"]
    assert found == [{1: "Hafen"}, {1: "Park"}]
    assert asked == [["Der", "Hafen", "Park"]]
