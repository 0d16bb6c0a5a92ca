"""Sub-headings that are missed or mistaken, texts of our own."""

from __future__ import annotations

import numpy as np

from worker.clean import model
from worker.clean.headings import missed, mistaken


def roles(*best: tuple[int, float]) -> np.ndarray:
    found = np.zeros((len(best), len(model.LABELS)), np.float32)
    for i, (role, likely) in enumerate(best):
        found[i, role] = likely
    return found


BODY, OTHER = (model.BODY, 1.0), (model.OTHER, 0.6)


def test_an_advertisement_may_stand_below_a_sub_heading() -> None:
    texts = ["The boat is old.", "Nobody wants to pay for it", "Advertisement", "The mayor has a plan."]
    labels = ["body", "other", "advertisement", "body"]
    words: list[float] = [4, 6, 1, 5]
    likely = roles(BODY, (model.HEADING, 0.5), OTHER, BODY)
    assert missed(texts, labels, labels, words, likely) == [1]
    assert missed(texts, labels, labels, words, roles(BODY, (model.HEADING, 0.2), OTHER, BODY)) == []
    assert missed(texts, ["body", "other", "teaser", "body"], labels, words, likely) == []


def test_a_link_to_another_article_may_stand_below_a_sub_heading() -> None:
    texts = ["The boat is old.", "Nobody pays", ">> How the bridge was paid for in the end", "The mayor has a plan."]
    labels = ["body", "teaser", "teaser", "body"]
    ruled = ["body", "other", "other", "body"]
    assert missed(texts, labels, ruled, [4, 2, 9, 5], roles(BODY, OTHER, OTHER, BODY)) == [1]
    assert missed(texts, [*labels[:3], "other"], ruled, [4, 2, 9, 5], roles(BODY, OTHER, OTHER, BODY)) == []


def test_words_in_lower_case_are_no_name_of_a_photographer() -> None:
    for line, found in (("Mayor under pressure again", [1]), ("Anna de Brenner", []), ("dpa/Anna unter Brenner", [])):
        texts = ["The boat is old.", line, "The mayor has a plan."]
        labels, ruled = ["credit", "credit", "body"], ["credit", "heading", "body"]
        likely = roles(OTHER, (model.CREDIT, 0.9), BODY)
        assert missed(texts, labels, ruled, [4, 4, 5], likely) == found


QUOTE = "We have waited long enough for this"
TEXTS = [
    "The island gets a second boat in the autumn of next year.",
    QUOTE,
    "Anna Brenner, captain of the old boat",
    f"“{QUOTE}”, said Anna Brenner, who has steered the old one for twenty years.",
]


def test_who_said_what_stands_out_above_is_no_sub_heading() -> None:
    labels = ["body", "body", "heading", "body"]
    assert mistaken(TEXTS, labels) == [2]
    assert mistaken([*TEXTS[:2], "A captain waits", TEXTS[3]], labels) == []
    assert mistaken([TEXTS[0], "Something else that nobody has said", *TEXTS[2:]], labels) == []


def test_a_label_that_comes_again_and_the_place_below_a_lead_are_none() -> None:
    assert mistaken(["A text.", *["Summary", "A text."] * 4], ["body", *["heading", "body"] * 4]) == [1, 3, 5, 7]
    assert mistaken(["A text.", *["Summary", "A text."] * 3], ["body", *["heading", "body"] * 3]) == []
    assert mistaken(["A lead.", "Passau.", "A text."], ["body", "heading", "body"]) == [1]
    assert mistaken(["A lead.", "A text.", "Passau.", "A text."], ["body", "body", "heading", "body"]) == []
