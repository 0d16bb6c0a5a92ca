"""Messages in the shapes of others arrive as articles; unknown ones say what they lack."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker import feeds, formats
from worker.errors import RecordError
from worker.identity import article_id
from worker.messages import Message, RawArticle, parse

URL = "https://example.org/harbour"
BODY = "The harbour of Selmouth opened its new quay on Tuesday."


def message(value: Any, **more: Any) -> Message:
    return parse(value if isinstance(value, bytes) else orjson.dumps(value), **more)


def article(value: Any, **more: Any) -> RawArticle:
    raw = message(value, **more).raw
    assert raw is not None
    return raw


def refused(value: Any, **more: Any) -> RecordError:
    with pytest.raises(RecordError) as caught:
        message(value, **more)
    return caught.value


SHAPES: dict[str, dict[str, Any]] = {
    "feed": {
        "title": "Quay &amp; crane", "link": URL, "description": "Short.", "content:encoded": f"<p>{BODY}</p>",
        "pubDate": "Tue, 12 Mar 2024 10:00:00 GMT", "guid": "x1", "dc:creator": "A. Bee", "category": ["Local"],
    },
    "schema-org": {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": "Quay & crane", "articleBody": BODY,
        "mainEntityOfPage": {"@type": "WebPage", "@id": URL}, "datePublished": "2024-03-12T10:00:00Z",
        "author": [{"@type": "Person", "name": "A. Bee"}], "publisher": {"name": "Example"},
        "articleSection": ["Local", "Sea"], "inLanguage": "en-GB",
    },
    "trafilatura": {
        "title": "Quay & crane", "author": "A. Bee; C. Dee", "hostname": "example.org", "date": "2024-03-12",
        "fingerprint": "f00", "id": None, "raw_text": BODY, "text": BODY, "source": URL, "source-hostname": "Example",
    },
    "newspaper": {
        "url": URL, "title": "Quay & crane", "text": BODY, "authors": ["A. Bee"], "publish_date": "2024-03-12T10:00:00",
        "meta_lang": "en", "language": "en", "top_image": "", "canonical_link": URL,
    },
    "news-please": {
        "url": URL, "title": "Quay & crane", "maintext": BODY, "authors": ["A. Bee"], "language": "en",
        "date_publish": "2024-03-12 10:00:00", "date_download": "2024-03-12 11:00:00", "source_domain": "example.org",
    },
    "webz": {
        "uuid": "u1", "url": URL, "title": "Quay & crane", "text": BODY, "author": "A. Bee", "language": "english",
        "published": "2024-03-12T10:00:00.000+00:00", "crawled": "2024-03-12T11:00:00.000+00:00",
        "thread": {"uuid": "u1", "site_full": "www.example.org", "site": "example.org", "country": "GB"},
    },
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_known_shapes_arrive_with_address_title_date_and_author(name: str) -> None:
    raw = article(SHAPES[name])
    assert f"format:{name}" in raw.flags
    assert (raw.url, raw.title, raw.authors[:1]) == (URL, "Quay & crane", ("A. Bee",))
    assert BODY in (raw.text or raw.html or "")
    assert raw.published_at and "12" in raw.published_at
    assert message(SHAPES[name]).id == article_id(URL, None, None, None)


def test_details_of_the_shapes() -> None:
    assert article(SHAPES["feed"]).html == f"<p>{BODY}</p>" and article(SHAPES["feed"]).extra["category"] == ["Local"]
    assert (article(SHAPES["schema-org"]).section, article(SHAPES["schema-org"]).language) == ("Local", "en-GB")
    assert article(SHAPES["trafilatura"]).source == "example.org"
    assert article(SHAPES["trafilatura"]).authors == ("A. Bee", "C. Dee")
    assert article(SHAPES["webz"]).language == "en" and article(SHAPES["webz"]).extra["thread"]["country"] == "GB"
    for name in ("webz", "news-please"):
        fetched = article(SHAPES[name]).fetched_at
        assert fetched is not None and fetched.hour == 11


@pytest.mark.parametrize(
    "wrap",
    [
        lambda n: {"@graph": [{"@type": "Organization"}, n]},
        lambda n: n | {"@type": ["Thing", "https://schema.org/ReportageNewsArticle"]},
    ],
)
def test_json_ld_in_a_graph_or_of_several_types(wrap: Any) -> None:
    assert article(wrap(SHAPES["schema-org"])).title == "Quay & crane"


def ninjs(version: int, **more: Any) -> dict[str, Any]:
    dated = {"versioncreated": "2024-03-12T10:00:00Z"} if version < 3 else {"versionCreated": "2024-03-12T10:00:00Z"}
    kind = "contenttype" if version < 3 else "contentType"
    if version == 1:
        content: dict[str, Any] = {"headline": "Quay", "body_text": BODY, "byline": "A. Bee"}
    else:
        content = {
            "by": "A. Bee",
            "headlines": [{"role": "short", "value": "Q"}, {"role": "main", "value": "Quay"}],
            "bodies": [{"role": "main", kind: "text/plain", "value": BODY}],
        }
    return {"uri": "tag:agency.example,2024:n1", "type": "text", "language": "en", **dated, **content, **more}


@pytest.mark.parametrize("version", [1, 2, 3])
def test_ninjs_of_three_generations(version: int) -> None:
    raw = article(ninjs(version))
    assert (raw.title, raw.text, raw.authors) == ("Quay", BODY, ("A. Bee",))
    assert (raw.own_id, raw.source, raw.published_at) == (
        "tag:agency.example,2024:n1",
        "agency.example",
        "2024-03-12T10:00:00Z",
    )
    assert "format:ninjs" in raw.flags


def test_ninjs_prefers_marked_up_text_and_an_address_as_uri() -> None:
    both = ninjs(3)
    both["bodies"].append({"contentType": "application/xhtml+xml", "value": f"<p>{BODY}</p>"})
    assert article(both).html == f"<p>{BODY}</p>" and article(both).text is None
    assert article(ninjs(2, uri=URL)).url == URL


def test_a_cancelled_ninjs_item_takes_the_article_down() -> None:
    gone = message({"uri": "tag:agency.example,2024:n1", "pubStatus": "canceled", "headlines": []})
    assert gone.raw is None and gone.id == message(ninjs(3)).id


def test_the_contracts_own_shape_is_left_alone() -> None:
    own = {
        "text": BODY,
        "url": URL,
        "link": "https://elsewhere.example/",
        "guid": "g",
        "@type": "NewsArticle",
        "articleBody": "x",
    }
    raw = article(own)
    assert (raw.text, raw.url, raw.flags) == (BODY, URL, ())
    assert set(raw.extra) == {"link", "guid", "@type", "articleBody"}
    assert message({"op": "delete", "uri": "u", "url": URL, "headline": "x"}).raw is None
    assert refused({"text": 5, "uri": "u", "url": URL, "body_text": BODY}).code == "field-type"


def test_what_is_missing_is_named() -> None:
    lacking = {
        "articleBody": {"@type": "NewsArticle", "headline": "Quay", "url": URL},
        "bodies": {"uri": URL, "headline": "Quay"},
        "content": {"title": "Quay", "link": URL},
        "maintext": {"url": URL, "date_publish": "2024-03-12", "maintext": None},
        "'url', 'titel'": {"url": URL, "titel": "A secret of the article"},
    }
    for word, value in lacking.items():
        error = refused(value)
        assert error.code == "content-missing" and word in str(error), str(error)
        assert "secret" not in str(error)


ITEM = f"""<item><title>Quay &amp; crane</title><link>{URL}</link><guid isPermaLink="false">x1</guid>
<dc:creator>A. Bee</dc:creator><pubDate>Tue, 12 Mar 2024 10:00:00 GMT</pubDate><description>Short.&nbsp;</description>
<content:encoded><![CDATA[<p>{BODY}</p><!DOCTYPE html>]]></content:encoded></item>"""
ENTRY = f"""<entry xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title type="html">Quay &amp;amp; crane</title>
<link rel="self" href="https://example.org/feed"/><link href="{URL}"/><id>tag:example.org,2024:1</id>
<author><name>A. Bee</name><email>a@example.org</email></author><published>2024-03-12T10:00:00Z</published>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{BODY}</p></div></content></entry>"""


@pytest.mark.parametrize(
    "text",
    [
        ITEM,
        ENTRY,
        '<?xml version="1.0"?>\n' + ENTRY,
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Feed</title><language>en</language>{ITEM}</channel></rss>',
    ],
)
def test_an_item_or_entry_as_xml_is_an_article(text: str) -> None:
    raw = article(text.encode())
    assert (raw.url, raw.title, raw.authors) == (URL, "Quay & crane", ("A. Bee",))
    assert raw.html is not None and f"<p>{BODY}</p>" in raw.html and "format:feed" in raw.flags
    assert raw.published_at and "2024" in raw.published_at


def test_headers_stand_before_the_item() -> None:
    raw = article(ITEM.encode(), headers=[("url", b"https://example.org/other")])
    assert raw.url == "https://example.org/other"


def test_feeds_give_their_items_and_language() -> None:
    feed = f"<rss><channel><title>F</title><language>de-at</language><link>https://example.org/</link>{ITEM}{ITEM}</channel></rss>"
    items = feeds.read_items(feed)
    assert [item["language"] for item in items] == ["de-at", "de-at"] and items[0]["link"] == URL
    assert "this feed has 2" in str(refused(feed.encode()))


BOMB = '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><rss><channel><item><title>&b;</title></item></channel></rss>'


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (BOMB, "document type"),
        ('<?xml version="1.0"?>' + BOMB, "document type"),
        ('<!DOCTYPE item SYSTEM "file:///etc/hostname"><item><title>x</title></item>', "document type"),
        ("<item>" + "<a>" * 200, "nested"),
        ("<item><title>cut", "does not parse"),
        ("<rss><channel></channel></rss>", "no item"),
    ],
)
def test_hostile_and_broken_xml_is_a_dead_letter(text: str, word: str) -> None:
    error = refused(text.encode())
    assert error.code == "content-missing" and word in str(error)


@pytest.mark.parametrize(
    "text",
    ["<!DOCTYPE html><html><p>Hello</p>", '<?xml version="1.0"?><html><p>x</p></html>', "Items <item> are here."],
)
def test_pages_and_texts_are_no_feeds(text: str) -> None:
    assert not feeds.looks_like_feed(text)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_KEYS = sorted(
    {key for shape in SHAPES.values() for key in shape}
    | set(ninjs(1))
    | set(ninjs(3))
    | {"@graph", "links", "pubStatus", "people"}
)


@given(st.dictionaries(st.sampled_from(_KEYS) | st.text(max_size=5), _VALUES, max_size=8))
def test_no_shape_breaks_the_parser(value: dict[str, Any]) -> None:
    before = orjson.dumps(value)
    formats.recognise(value)
    assert orjson.dumps(value) == before
    try:
        message(value)
    except RecordError as error:
        assert error.code in ("content-missing", "no-identity", "field-type")


@given(st.text(alphabet="<>/&;!?abitemrs \"'=[]-", max_size=60))
def test_no_xml_breaks_the_parser(text: str) -> None:
    try:
        parse(("<item>" + text).encode())
    except RecordError as error:
        assert error.code == "content-missing" or error.code == "no-identity"
