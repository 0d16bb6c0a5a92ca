"""The measurements of the API can be made: small, and without a look at the figures."""

import re

import pytest

from tests.bench import api


def test_every_route_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert api.main(["--articles", "300", "--asks", "2", "--rate", "50"]) == 0
    said = capsys.readouterr().out
    asked = re.findall(r"^(/\S*).*? +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+ +[\d,]+$", said, re.M)
    routes = {path.partition("?")[0].rstrip(",") for path in asked}
    assert routes >= {"/articles", "/articles/{id}", "/articles/{id}/copies", "/dlq", "/sources", "/stats", "/stream"}
    assert re.search(r"^[1-9]\d* events came by /stream", said, re.M)
