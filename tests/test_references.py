"""Character references in texts of others."""

from worker.references import resolve


def test_references_are_resolved_and_one_without_end_is_no_failure() -> None:
    assert resolve("Caf&eacute; &amp; Bar &#8212; 5&nbsp;Euro") == "Café & Bar — 5\u00a0Euro"
    assert resolve("a &#" + "9" * 5_000 + "; b &amp; c") == "a \ufffd b & c"
    assert resolve("&#1114112;&#x110000;") == "\ufffd\ufffd"
