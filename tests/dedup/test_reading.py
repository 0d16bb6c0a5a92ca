from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from worker.dedup.reading import SHORT, Reading, read
from worker.dedup.sketch import MAX_WORDS

WORDS = st.sampled_from(["a", "der", "harbour", "1,200", "Straße", "\u6771\u4eac", "x" * 40, "", "&amp;"])
ARTICLES = st.builds(
    lambda title, body, times: {
        "title": " ".join(title),
        "body": " ".join(body * times),
        "language": {"code": "de-AT"},
    },
    st.lists(WORDS, max_size=30),
    st.lists(WORDS, max_size=30),
    st.sampled_from([0, 1, 1, 3, 40, 400]),
)


def plain(reading: Reading) -> tuple[object, ...]:
    return *reading[:-1], reading.shingles.tolist()


@settings(deadline=None, max_examples=50)
@given(st.lists(ARTICLES, max_size=6))
def test_an_article_reads_the_same_whatever_is_read_beside_it(articles: list[dict[str, object]]) -> None:
    assert [plain(r) for r in read(articles)] == [plain(read([article])[0]) for article in articles]


def test_texts_of_many_short_words_are_read_to_the_limit_beside_others() -> None:
    long = {"title": "T", "body": "a b " * (MAX_WORDS // 2 + 40)}
    one, beside, _ = read([{"title": "Before", "body": "few words"}, long, {"title": "After", "body": "few words"}])
    assert len(beside.trace) == MAX_WORDS
    assert plain(beside) == plain(read([long])[0])
    assert len(one.trace) == 2


def test_below_the_limit_a_text_has_no_shingles_and_its_title_counts() -> None:
    body = " ".join(f"w{n}" for n in range(SHORT - 1))
    one, other, longer = read(
        [{"title": "A", "body": body}, {"title": "B", "body": body}, {"title": "B", "body": body + " more"}]
    )
    assert (one.size, other.size, longer.size) == (0, 0, SHORT - 3)
    assert one.body != other.body
    assert read([{"title": "C", "body": body + " more"}])[0].body == longer.body


def test_nothing_to_read() -> None:
    assert read([]) == []
    assert [r.language for r in read([{}, {"language": {"code": None}}])] == ["und", "und"]
