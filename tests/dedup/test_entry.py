from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.dedup.entry import Entry, make_entry
from worker.dedup.lists import Lists, StopList
from worker.dedup.normalise import normalise
from worker.dedup.reading import content_hash
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
    assert made.body.hex() == "55019c887c4ba2f0"
    assert made.keys[:8].hex() == "702f9907f7c7ec0e"
    assert made.trace[:4].hex() == "64969d64"


@given(
    st.lists(st.text(st.characters(codec="cp1252", categories=["L", "N"]), min_size=1), max_size=30), st.integers(0, 2)
)
def test_a_word_has_the_same_hash_wherever_it_stands(parts: list[str], spaces: int) -> None:
    normal = [part.encode("cp1252") for part in parts]
    hashes, starts, lengths = word_hashes(b" " * spaces + b"  ".join(normal) + b" " * spaces)
    assert hashes.tolist() == [int(word_hashes(word)[0][0]) for word in normal]
    assert lengths.tolist() == [len(word) for word in normal]
    assert starts.tolist() == [spaces + sum(len(word) + 2 for word in normal[:n]) for n in range(len(normal))]


@given(st.text(max_size=200))
def test_only_the_composed_text_counts(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert entry(text, text) == entry(composed, composed)
    assert content_hash(text, text) == content_hash(composed, composed)


def test_equal_texts_share_a_key_even_when_every_shingle_is_listed() -> None:
    body = " ".join(f"word{n}" for n in range(40))
    lists = Lists()
    lists.add(StopList(0, tops(shingles(word_hashes(normalise(body))[0])).copy()))
    lists.at(0).hashes.sort()  # type: ignore[union-attr]
    listed = entry(body, lists=lists)
    assert listed.size == 0 and len(listed.keys) == 4
    assert listed.keys in [entry(body).keys[i : i + 4] for i in range(0, 4 * KEYS, 4)]


def test_a_huge_text_is_compared_by_its_beginning_but_equal_only_as_a_whole() -> None:
    body = " ".join(f"w{n}" for n in range(MAX_WORDS + 50))
    longer = entry(body + " more")
    assert len(longer.trace) == MAX_WORDS and longer.trace == entry(body).trace
    assert longer.body != entry(body).body


def test_long_texts_are_cut_into_pieces_between_words() -> None:
    normal = " ".join(f"word{n}" for n in range(20_000)).encode()
    hashes, starts, lengths = word_hashes(normal)
    assert hashes.tolist() == [int(word_hashes(word)[0][0]) for word in normal.split()]
    assert int(lengths.sum()) == len(normal) - 19_999
    assert starts.tolist() == [0, *(n + 1 for n, byte in enumerate(normal) if byte == 32)]
    assert len(word_hashes(b"x" * 200_000)[0]) > 0


def test_an_empty_article_has_an_entry() -> None:
    made = make_entry(ID, 0, {"title": None, "body": None, "language": None})
    assert (made.trace, made.size, made.language) == (b"", 0, "und")
