from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.tag.keywords import MOST, keywords
from worker.tag.names import Names, names
from worker.tag.tokens import tokenise


def found(body: str, language: str = "de", given: Names | None = None, title: str = "") -> list[str]:
    doc = tokenise({"title": title, "body": body, "language": {"code": language}})
    return keywords(doc, names(doc) if given is None else given)


def test_german_nouns_in_base_form_no_verbs_no_days() -> None:
    words = found(
        "Die Brücke wird saniert. Am Montag sperrte die Stadt die Brücken, weil Risse im Beton waren. "
        "Die Sanierung der Brücke dauert.",
        given=Names(),
        title="Risse im Beton: Brücke gesperrt",
    )
    assert words[0] == "Brücke"
    assert "Beton" in words
    assert not {"Montag", "dauert", "sperrte", "saniert", "Brücken"} & set(words)


def test_parts_of_german_compounds_tell_the_matter() -> None:
    words = found("Der Schuldenberg wächst. Die Schuldenlast drückt, ein Schuldenerlass ist fern.", given=Names())
    assert "Schulden" in words


@pytest.mark.parametrize(
    ("text", "noun", "linked"),
    [
        ("Der Verkehrsplan steht. Das Verkehrsnetz wächst, ein Verkehrsverbund ist fern.", "Verkehr", "Verkehrs"),
        ("Der Tagesplan steht. Das Tagesziel ist nah, ein Tagesausflug ist fern.", "Tag", "Tages"),
    ],
)
def test_parts_of_german_compounds_are_written_without_the_link(text: str, noun: str, linked: str) -> None:
    words = found(text, given=Names())
    assert noun in words
    assert linked not in words


def test_hanging_hyphen_is_no_word() -> None:
    words = found("Das Wohn- und Pflegeheim schließt. Das Wohn- und Pflegeheim war alt.", given=Names())
    assert "Pflegeheim" in words
    assert "Wohn" not in words


def test_names_are_keywords_and_their_parts_are_not() -> None:
    text = "Clara Weidmann leitet das Museum. Weidmann folgt auf Jonas Ahrens. Das Museum gehört zu Weidmanns Plan."
    doc = tokenise({"title": "Clara Weidmann leitet Museum", "body": text, "language": {"code": "de"}})
    spans = [(a, a + 2, "PER") for a, word in enumerate(doc.words) if word == "Clara"]
    spans += [(a, a + 1, "PER") for a, word in enumerate(doc.words) if word.startswith("Weidmann") and a > 6]
    words = keywords(doc, Names(people=[("Clara Weidmann", 4)], spans=sorted(spans)))
    assert "Clara Weidmann" in words
    assert "Weidmann" not in words


def test_phrases_that_come_again() -> None:
    text = "Le prix du pétrole monte. Le prix du pétrole inquiète la banque. Prix du pétrole : la hausse."
    assert "prix du pétrole" in [word.lower() for word in found(text, "fr", Names())]


def test_no_contractions_no_common_words_in_english() -> None:
    words = found("They don't like the tunnel. The tunnel isn't safe, and they've closed the tunnel.", "en", Names())
    assert words[0] == "tunnel"
    assert not {"don't", "they've", "they", "like", "isn't"} & set(words)


def test_language_without_table_still_gets_words() -> None:
    words = found("Kaupunginvaltuusto päätti sillasta. Kaupunginvaltuusto kokoontui.", "fi", Names())
    assert words[0].lower() == "kaupunginvaltuusto"


def test_each_keyword_can_say_why() -> None:
    doc = tokenise({"body": "The tunnel under the harbour is closed. The tunnel leaks.", "language": {"code": "en"}})
    why: dict[str, Any] = {}
    words = keywords(doc, Names(), why)
    assert list(why) == words
    assert why["tunnel"][0] == "word"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300), st.sampled_from(["de", "en", "fr", "xx", "und"]))
def test_any_text_gives_at_most_ten_different_keywords(text: str, language: str) -> None:
    words = found(text, language)
    assert len(words) <= MOST
    assert len({word.casefold() for word in words}) == len(words)
    assert all(words)
    assert words == found(text, language)


def test_no_clause_of_a_language_without_blanks_is_a_keyword() -> None:
    text = "中国人民银行周三宣布下调存款准备金率,以支持经济增长。分析人士认为,美国关税是主要原因。"
    assert found(text, "zh", title="中国央行下调利率") == ["中国", "美国"]


def test_neither_the_credit_of_a_dateline_nor_a_numeral_is_a_keyword() -> None:
    text = "OSLO, Norway (AP) - The harbour was rebuilt for King Harald VIII. The harbour reopened on Sunday."
    words = found(text, "en", title="Harbour reopens")
    assert words[0] == "harbour"
    assert not {"oslo", "OSLO", "AP", "VIII"} & set(words)


def test_words_of_a_phrase_are_not_told_again() -> None:
    text = "Tram lines matter. The tram lines opened, new tram lines follow. Passengers praise the Harbour Museum."
    words = found(text, "en", given=Names(), title="New tram lines")
    assert not ("tram lines" in words and {"tram", "lines"} <= set(words))
