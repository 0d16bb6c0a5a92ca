from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from worker.clean.ngrams import Ngrams

MODEL = Ngrams()


def test_languages_that_the_quick_identifier_lacks() -> None:
    assert MODEL.rank("Gwamnatin jihar ta sanar da gina sabuwar gada a kan kogin")[0][0] == "ha"
    assert MODEL.rank("Umkhandlu wedolobha unqume ukwakha ibhuloho elisha phezu komfula")[0][0] == "zu"


def test_capitals_do_not_matter() -> None:
    text = "der gemeinderat hat den bau der brücke beschlossen"
    assert MODEL.rank(text.upper()) == MODEL.rank(text)


def test_no_known_letters_no_answer() -> None:
    assert MODEL.rank("") == []
    assert MODEL.rank("\U0001f389") == [] or MODEL.rank("\U0001f389")[0][1] < 0.5


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200))
def test_shares_are_ordered_and_at_most_one(text: str) -> None:
    ranked = MODEL.rank(text)
    shares = [share for _, share in ranked]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) <= 1.0001
    assert len({label for label, _ in ranked}) == len(ranked) <= 5
