"""Bytes to text, and text that somebody decoded wrongly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.clean.charset import decode, repair_mojibake

GERMAN = "Die Brücke über den Fluss wäre schön für Fußgänger, sagt die Bürgermeisterin."


@pytest.mark.parametrize(
    ("data", "declared", "text", "flags"),
    [
        (GERMAN.encode(), None, GERMAN, []),
        (GERMAN.encode(), "iso-8859-1", GERMAN, []),  # a wrong declaration: it is UTF-8
        (GERMAN.encode("latin-1"), "iso-8859-1", GERMAN, ["charset-declared"]),
        (GERMAN.encode("cp1252"), "utf-8", GERMAN, ["charset-guessed"]),
        (b"\xef\xbb\xbf" + GERMAN.encode(), None, GERMAN, []),
        (b"\xff\xfe" + GERMAN.encode("utf-16-le"), None, GERMAN, []),
        (
            '<meta charset="windows-1251">Мост закрыт'.encode("cp1251"),
            None,
            '<meta charset="windows-1251">Мост закрыт',
            ["charset-declared"],
        ),
        ("橋は閉鎖された".encode("iso-2022-jp"), "iso-2022-jp", "橋は閉鎖された", ["charset-declared"]),
        (GERMAN.encode() + b"\xc3", None, GERMAN, ["charset-broken"]),  # cut in a character
        (b"", None, "", []),
    ],
)
def test_decode(data: bytes, declared: str | None, text: str, flags: list[str]) -> None:
    assert decode(data, declared) == (text, flags)


def test_a_codec_that_is_no_charset_is_not_used() -> None:
    text, flags = decode(b"\xe4\xf6\xfc abc", "hex")
    assert "abc" in text and "charset-declared" not in flags


def test_mojibake_is_mended_once_and_twice() -> None:
    once = GERMAN.encode().decode("cp1252")
    twice = once.encode().decode("cp1252")
    assert repair_mojibake(once) == (GERMAN, True)
    assert repair_mojibake(twice) == (GERMAN, True)


def test_quotes_are_mended() -> None:
    text = "“The bridge” – it’s closed"
    shown = text.encode().decode("latin-1")
    assert repair_mojibake(shown) == (text, True)


@pytest.mark.parametrize(
    "text", [GERMAN, "NÃO SÃO IRMÃ DA MANHÃ", "ça va, Â et Ã", "Привет, мост закрыт", "naïve café", ""]
)
def test_right_text_stays(text: str) -> None:
    assert repair_mojibake(text) == (text, False)


@given(st.binary(max_size=400), st.sampled_from([None, "utf-8", "latin-1", "shift_jis", "nonsense", "utf-7"]))
def test_any_bytes(data: bytes, declared: str | None) -> None:
    text, flags = decode(data, declared)
    assert isinstance(text, str) and all(flag.startswith("charset-") for flag in flags)
    repair_mojibake(text)


@given(st.text(max_size=200))
def test_utf8_comes_back(text: str) -> None:
    data = text.encode("utf-8", "ignore")
    if not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        assert decode(data) == (data.decode(), [])
