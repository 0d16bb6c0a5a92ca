"""Who wrote an article, as the head of a dump says it."""

from __future__ import annotations

import pytest

from tests.clean.test_clean_text import DUMP, run
from worker.clean.head import names

BYLINE = "Von Greta Holm\n14.03.2024, 16:20 Uhr\n"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("By G.T. Holm Mar 14, 2024, 10:00am EST", ["G.T. Holm"]),
        ("by Greta Holm @gretaholm March 14, 2024: 12:41 PM ET", ["Greta Holm"]),
        ("Greta Holm March 3 at 5:10 PM", ["Greta Holm"]),
        ("By Greta Holm last updated 4 April 17", ["Greta Holm"]),
        ("Thursday March 14, 2024 10:44 am PST by Greta Holm", ["Greta Holm"]),
        ("14 mars 2024 à 16h20 par Greta Holm", ["Greta Holm"]),
        ("By Greta Holm , Senior Staff Botanist, Valley Gardens, Plants and Seeds Project", ["Greta Holm"]),
        ("By Greta Holm, Paul Eisenach and Ada Brook", ["Greta Holm", "Paul Eisenach", "Ada Brook"]),
    ],
)
def test_a_byline_names_people_without_the_day_the_handle_and_what_they_are(line: str, found: list[str]) -> None:
    assert names(line) == found


@pytest.mark.parametrize(
    "lines",
    [
        "By\nGreta Holm\nMarch 14, 2024\n",
        "March 14, 2024 at 1:06 PM ET by  Greta   Holm\n",
        "By     G.T. Holm        Mar 14, 2024, 4:20pm\n",
        "Greta Holm   @gretaholm\n",
    ],
)
def test_a_byline_in_the_head_of_a_dump(lines: str) -> None:
    assert BYLINE in DUMP
    assert run(DUMP.replace(BYLINE, lines))["authors"] == ["G.T. Holm" if "G.T." in lines else "Greta Holm"]


def test_what_is_made_of_common_words_is_no_name() -> None:
    text = DUMP.replace(BYLINE, "Tech Insider\n14.03.2024, 16:20 Uhr\n")
    assert run(text)["authors"] == ["Tech Insider"]
    assert run(text.replace("eine Bibliothek", "eine tech-Ecke, ein insider, eine Bibliothek"))["authors"] == []


def test_spaces_between_two_tags_are_one() -> None:
    wide = DUMP.replace("Bis zum Herbst des", "Bis  zum   Herbst  des").replace(
        "Die alte Mühle am Fluss wird", "Die alte  Mühle am Fluss  wird"
    )
    assert "  " in wide
    same = run(DUMP)
    found = run(wide)
    assert (found["title"], found["body"], found["lead"]) == (same["title"], same["body"], same["lead"])
