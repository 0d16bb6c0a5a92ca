from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.dedup.entry import Entry, content_hash, make_entry
from worker.dedup.lists import Lists, StopList
from worker.dedup.normalise import words
from worker.dedup.sketch import KEYS, MAX_WORDS, shingles, tops, word_hashes

ID = "0" * 32


def entry(body: str, title: str = "A title", lists: Lists | None = None) -> Entry:
    return make_entry(ID, 0, {"title": title, "body": body, "language": {"code": "en-GB"}}, lists)


@given(st.text(), st.text(max_size=300), st.integers(-(2**40), 2**50))
def test_unpack_is_the_inverse_of_pack(title: str, body: str, t: int) -> None:
    made = make_entry(ID, t, {"title": title, "body": body, "language": {"code": "de"}})
    assert Entry.unpack(made.pack()) == made


def test_bytes_of_another_form_are_refused() -> None:
    packed = entry("some words").pack()
    for wrong in (b"", b"\xff" + packed[1:], packed[:-1], packed + b"x"):
        with pytest.raises(ValueError):
            Entry.unpack(wrong)


def test_an_article_of_three_hundred_words_needs_less_than_600_bytes() -> None:
    assert (
        len(entry(" ".join(f"word{n}" for n in range(300)), "A headline of some ten words that says it").pack()) < 600
    )


def test_the_numbers_are_the_same_in_every_process() -> None:
    made = entry("The harbour of the old town was closed on Monday after a storm had torn ships from their moorings.")
    assert made.body.hex() == "3c8fbb93f8422ac3"
    assert made.keys[:8].hex() == "e78f060a0de8e127"
    assert made.trace[:4].hex() == "5e04be5e"


@given(st.text(max_size=200))
def test_only_the_composed_text_counts(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert entry(text, text) == entry(composed, composed)
    assert content_hash(text, text) == content_hash(composed, composed)


def test_equal_texts_share_a_key_even_when_every_shingle_is_listed() -> None:
    body = " ".join(f"word{n}" for n in range(40))
    lists = Lists()
    lists.add(StopList(0, tops(shingles(word_hashes(words(body)))).copy()))
    lists.at(0).hashes.sort()  # type: ignore[union-attr]
    listed = entry(body, lists=lists)
    assert listed.size == 0 and len(listed.keys) == 4
    assert listed.keys in [entry(body).keys[i : i + 4] for i in range(0, 4 * KEYS, 4)]


def test_a_huge_text_is_compared_by_its_beginning_but_equal_only_as_a_whole() -> None:
    body = " ".join(f"w{n}" for n in range(MAX_WORDS + 50))
    longer = entry(body + " more")
    assert len(longer.trace) == MAX_WORDS and longer.trace == entry(body).trace
    assert longer.body != entry(body).body


def test_an_empty_article_has_an_entry() -> None:
    made = make_entry(ID, 0, {"title": None, "body": None, "language": None})
    assert (made.trace, made.size, made.language) == (b"", 0, "und")
