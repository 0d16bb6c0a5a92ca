from __future__ import annotations

import hashlib
import re
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker import identity
from worker.identity import article_id, host_of, is_absolute_url, is_id, normalise_url

SAME_PAGE = [
    "https://www.example.org/news/flood?b=2&a=1",
    "http://example.org/news/flood?a=1&b=2",
    "HTTPS://WWW.EXAMPLE.ORG:443/news/flood?a=1&b=2#comments",
    "https://example.org/news/flood?utm_source=x&b=2&fbclid=abc&a=1",
    "  https://example.org/news/flood?a=1&b=2&gclid=1&utm_medium=rss ",
]


@pytest.mark.parametrize("url", SAME_PAGE)
def test_one_page_has_one_id(url: str) -> None:
    assert article_id(url, None, None, None) == article_id(SAME_PAGE[0], None, None, None)


def test_the_id_is_the_hash_of_the_normalised_url() -> None:
    assert normalise_url(SAME_PAGE[2]) == "example.org/news/flood?a=1&b=2"
    expected = hashlib.sha256(b"example.org/news/flood?a=1&b=2").hexdigest()[:32]
    assert article_id(SAME_PAGE[0], "ignored", "ignored", "ignored") == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org/a", "https://example.org/a/"),
        ("https://example.org/a?id=1", "https://example.org/a?id=2"),
        ("https://example.org/a", "https://example.org:8443/a"),
        ("https://news.example.org/a", "https://example.org/a"),
    ],
)
def test_other_pages_have_other_ids(one: str, other: str) -> None:
    assert article_id(one, None, None, None) != article_id(other, None, None, None)


def test_spelling_of_the_path_and_host_does_not_matter() -> None:
    assert normalise_url("https://example.org/caf%c3%a9") == normalise_url("https://example.org/café")
    assert normalise_url("https://bücher.example/") == normalise_url("https://xn--bcher-kva.example")


def test_without_a_url_source_and_own_id_count_then_the_text() -> None:
    by_own = article_id(None, "example.org", "42", "text")
    assert by_own == hashlib.sha256(b"example.org\x0042").hexdigest()[:32]
    assert article_id(None, None, "42", None) == hashlib.sha256(b"\x0042").hexdigest()[:32]
    assert article_id(None, "example.org", None, "One  text\n") == article_id(None, "other", None, "One text")
    assert article_id(None, "example.org", None, "  ") is None


def test_keys_of_takedowns_are_told_apart() -> None:
    assert is_absolute_url("https://example.org/a")
    assert not is_absolute_url("example.org/a")
    assert not is_absolute_url("ftp://example.org/a")
    assert is_id("0123456789abcdef" * 2)
    assert not is_id("0123456789ABCDEF" * 2)
    assert host_of("https://www.Example.org/a") == "example.org"
    assert host_of("no url") is None


@given(st.text(max_size=200))
def test_any_text_is_normalised_and_stays_so(text: str) -> None:
    assert isinstance(normalise_url(text), str)
    assert isinstance(normalise_url("https://example.org/" + text), str)


@given(st.text(alphabet="abc/%?&=#:@é ü[]", max_size=60))
def test_normalising_a_normalised_url_changes_nothing(text: str) -> None:
    once = normalise_url("https://example.org/" + text)
    assert normalise_url("https://" + once) == once


_ADDRESSES = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["http://", "https://", "HTTP://", "ftp://", "https:/", "https:", ""]),
    st.sampled_from(["", "www.", "www.www.", "WWW.", "user@", "www"]),
    st.sampled_from("example.org a a..b example.org. -a.org Example.org bücher.example a_b.c 1.2.3.4 [::1]".split()),
    st.sampled_from(["", ":80", ":443", ":8080", ":x"]),
    st.text(st.sampled_from("aZ09/~!$&'()*+,;=:@._-%?# é\n\\|"), max_size=12).map(lambda path: "/" + path)
    | st.sampled_from(["", "/", "?a=1", "/a?utm_source=x", "//b", "/%41"]),
)


@given(_ADDRESSES)
def test_an_address_that_is_plain_is_treated_like_all(url: str) -> None:
    quick = normalise_url(url), host_of(url)
    with patch.object(identity, "_PLAIN", re.compile("(?!)")):
        assert quick == (normalise_url(url), host_of(url))
