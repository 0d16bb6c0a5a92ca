"""The place that opens a report."""

from __future__ import annotations

import pytest

from worker.clean.dateline import dateline


@pytest.mark.parametrize(
    ("paragraph", "place"),
    [
        ("ATHENS (Reuters) - The ferry stopped.", "ATHENS"),
        ("Wien/Traiskirchen – Die Fähre fährt nicht mehr.", "Wien/Traiskirchen"),
        ("ALLENTOWN, Pa., March 2 - The plant closed.", "ALLENTOWN, Pa."),
        ("Frankfurt am Main – Die Bank öffnet.", "Frankfurt am Main"),
        ("Reuters - The ferry stopped.", None),
        ("I.B.M. said that it would pay.", None),
        ("Die Fähre – ein altes Boot – fährt nicht mehr.", None),
        ("", None),
    ],
)
def test_datelines(paragraph: str, place: str | None) -> None:
    assert dateline(paragraph) == place
