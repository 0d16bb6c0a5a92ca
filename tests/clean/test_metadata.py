"""What a page declares: short cuts say what the long way says."""

from __future__ import annotations

import re
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.clean import meta_tags, metadata

_PIECES = (
    "https://",
    "http://",
    "HTTPS://",
    "a.de",
    "a_b.de",
    "[::1]",
    ":80",
    "/",
    "x",
    ";",
    "?",
    "#",
    "..",
    "é",
    " ",
    "&",
    "@",
    "",
)
_URLS = st.lists(st.sampled_from(_PIECES), max_size=7).map("".join)


@given(_URLS, st.sampled_from((None, "", "https://b.com/c/d", "ftp://e.org/")))
def test_an_address_that_is_absolute_stays(stated: str, url: str | None) -> None:
    found = metadata.absolute(stated, url)
    with patch.object(metadata, "_ABSOLUTE", re.compile("(?!)")):
        assert found == metadata.absolute(stated, url)


_ATTRIBUTES = st.lists(
    st.sampled_from(
        ("name=", " content=", '"', '"a"', '"b=c"', "'d'", "property=", "/>", ">e", "f", "=", " ", "Name=")
    ),
    max_size=8,
).map("".join)


@given(_ATTRIBUTES)
def test_attributes_are_those_of_the_long_way(attributes: str) -> None:
    found = meta_tags._stated(attributes)
    with patch.object(meta_tags, "_USUAL", {}):
        assert found == meta_tags._stated(attributes)


@pytest.mark.parametrize("attributes", ['name="description" content="a > b">', 'property="og:title" content=""/>\n'])
def test_the_usual_meta_tag(attributes: str) -> None:
    assert list(meta_tags._stated(attributes)) == [attributes.split("=")[0], "content"]
