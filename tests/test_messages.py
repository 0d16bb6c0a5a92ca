from __future__ import annotations

import gzip

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import RecordError
from worker.identity import article_id
from worker.messages import Message, RawArticle, parse, parse_ms
from worker.times import format_ms

URL = "https://example.org/harbour"
T = 1_700_000_000_000


def message(value: object, **more: object) -> Message:
    data = value if isinstance(value, bytes) or value is None else orjson.dumps(value)
    return parse(data, **more)  # type: ignore[arg-type]


def article(value: object, **more: object) -> RawArticle:
    raw = message(value, **more).raw
    assert raw is not None
    return raw


def code_of(value: object, **more: object) -> str:
    with pytest.raises(RecordError) as caught:
        message(value, **more)
    return caught.value.code


def test_all_keys_arrive() -> None:
    sent = {
        "text": "The harbour opened.", "url": URL, "source": "example.org", "id": "17", "title": "Harbour",
        "published_at": "2 March 2024", "timezone": "Europe/Vienna", "fetched_at": "2024-03-02T10:00:00+01:00",
        "language": "en", "authors": ["A. Bee"], "section": "Local", "labels": {"k": [1]}, "mine": {"deep": 1},
    }  # fmt: skip
    raw = article(sent)
    assert (raw.text, raw.url, raw.own_id, raw.title, raw.authors) == (sent["text"], URL, "17", "Harbour", ("A. Bee",))
    assert raw.labels == {"k": [1]} and raw.extra == {"mine": {"deep": 1}} and raw.flags == ()
    assert message(sent).fetched_ms == parse_ms("2024-03-02T09:00:00Z")
    assert message(sent).id == article_id(URL, None, None, None)


def test_wrong_types_in_optional_keys_are_dropped_and_flagged() -> None:
    raw = article({"text": "x", "url": URL, "title": 5, "labels": [], "authors": [1, "B"], "timezone": "Mars/Base"})
    assert raw.title is None and raw.labels == {} and raw.authors == ("B",) and raw.timezone is None
    assert set(raw.flags) == {f"field-dropped:{k}" for k in ("title", "labels", "authors", "timezone")}


@pytest.mark.parametrize("key", ["text", "html", "op"])
def test_wrong_types_in_text_html_op_are_errors(key: str) -> None:
    assert code_of({"text": "x", "url": URL, key: 5}) == "field-type"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (b"", "empty-message"),
        (b"{", "json-invalid"),
        (b'{"text": "cut', "json-invalid"),
        (b'{"a": NaN}', "json-invalid"),
        (b"[1]", "not-an-object"),
        (b"[" * 100_000, "json-invalid"),
        (b"null", "takedown-without-key"),
        (bytes(range(32)) * 9, "not-text"),
        (gzip.compress(b"news " * 500), "not-text"),
        (b" \n ", "no-identity"),
        (b'{"op": "delete"}', "no-identity"),
        (b'{"title": "only", "url": "https://example.org/"}', "content-missing"),
        (b'{"text": "x", "op": "explode"}', "field-type"),
        (b"x" * 2000, "message-too-large"),
    ],
)
def test_what_is_no_message_has_a_code(value: bytes, code: str) -> None:
    assert code_of(value, max_bytes=200_000 if code != "message-too-large" else 1999) == code


def test_json_is_expected_where_the_header_says_so() -> None:
    headers = [("Content-Type", b"application/json; charset=utf-8")]
    assert code_of(b"plain words", headers=headers) == "json-invalid"
    assert code_of(b'"a string"', headers=headers) == "not-an-object"


def test_other_bytes_are_text_or_html() -> None:
    headers = [
        ("url", URL.encode()),
        ("source", b"example.org"),
        ("published_at", b"2024-03-02"),
        ("fetched_at", b"2024-03-02T10:00:00Z"),
    ]
    raw = article(b"The harbour opened.", headers=headers)
    assert raw.text == "The harbour opened." and raw.url == URL and raw.published_at == "2024-03-02"
    assert article(b"<!DOCTYPE html><html><body><p>x</p></body></html>").html is not None
    assert article(b"plain", headers=[("content-type", b"text/html")]).html == "plain"
    assert article(b"<p>shown as it is", headers=[("content-type", b"text/plain")]).text is not None


def test_bytes_that_are_not_utf8_are_decoded_and_flagged() -> None:
    data = "Der Bürgermeister eröffnete die Brücke über die Spree.".encode("cp1252")
    raw = article(data)
    assert raw.text is not None and "Bürgermeister" in raw.text and raw.flags
    raw = article(b'{"text": "' + data + b'"}')
    assert raw.text is not None and "Brücke" in raw.text and raw.flags


def test_lone_surrogates_are_replaced_and_flagged() -> None:
    raw = article(b'{"text": "a \\ud83d b", "url": "https://example.org/"}')
    assert raw.text == "a \ufffd b" and "surrogates-replaced" in raw.flags


def test_takedowns() -> None:
    ident = article_id(URL, None, None, None)
    for value, key in ((None, URL), (None, ident), (b"null", URL), (b" null\n", ident)):
        assert key is not None
        taken = parse(value, key=key.encode(), timestamp_ms=T)
        assert (taken.id, taken.raw, taken.fetched_ms) == (ident, None, T)
    assert message({"op": "delete", "url": URL}).raw is None
    assert code_of(None, key=b"harbour") == "takedown-unknown-key"
    assert code_of(None) == "takedown-without-key"


def test_implausible_fetch_times_give_way_to_the_record() -> None:
    late = {"text": "x", "url": URL, "fetched_at": format_ms(T + 3_700_000)}
    for given_time in (late, {**late, "fetched_at": "yesterday"}):
        got = message(given_time, timestamp_ms=T)
        assert got.fetched_ms == T and got.raw is not None and "fetched-at-implausible" in got.raw.flags
    soon = message({**late, "fetched_at": format_ms(T + 3_500_000)}, timestamp_ms=T)
    assert soon.fetched_ms == T + 3_500_000
    assert message({"text": "x"}, timestamp_ms=None).fetched_ms is None


def test_a_record_without_a_time_leaves_the_message_its_own() -> None:
    stated = message({"text": "x", "url": URL, "fetched_at": format_ms(T)}, timestamp_ms=-1)
    assert stated.fetched_ms == T and stated.raw is not None and stated.raw.flags == ()


@pytest.mark.parametrize("value", [b'{"text": "x", "url": "https://e.example/1"}', b"Plain text of an article", None])
def test_a_time_beyond_the_calendar_has_a_code(value: bytes | None) -> None:
    micros = T * 1000  # what some producers send for milliseconds
    assert code_of(value, key=URL.encode(), timestamp_ms=micros) == "timestamp-implausible"
    stated = message({"text": "x", "url": URL, "fetched_at": format_ms(T)}, timestamp_ms=micros)
    assert stated.fetched_ms == T


def test_times_are_read_as_utc_and_written_so() -> None:
    assert parse_ms("2024-03-02T10:00:00") == parse_ms("2024-03-02T11:00:00+01:00")
    assert format_ms(parse_ms("2024-03-02T10:00:00.250Z")) == "2024-03-02T10:00:00.250Z"
    assert format_ms(parse_ms("0001-01-01T00:00:00Z")) is not None


@given(st.binary(max_size=400), st.binary(max_size=40) | st.none())
def test_any_bytes_are_a_message_or_our_error(value: bytes, key: bytes | None) -> None:
    try:
        got = parse(value, key=key, timestamp_ms=T)
    except RecordError as error:
        assert error.code and error.message
    else:
        assert len(got.id) == 32


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=8),
    lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=5), v, max_size=3),
    max_leaves=6,
)


@given(
    st.dictionaries(
        st.sampled_from(["text", "html", "url", "id", "source", "title", "op", "authors", "labels", "fetched_at", "x"]),
        json_values,
    )
)
def test_any_object_is_a_message_or_our_error(value: dict[str, object]) -> None:
    try:
        got = message(value, timestamp_ms=T)
    except RecordError as error:
        assert error.code and error.message
    else:
        assert got.raw is None or isinstance(got.raw.labels, dict)
