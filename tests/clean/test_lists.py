"""Articles that are lists, texts of our own."""

from __future__ import annotations

from worker.clean import clean
from worker.clean.features import zones
from worker.clean.lists import with_lists
from worker.clean.words import Cue
from worker.messages import RawArticle

HEAD = """Home
News
Garden
Contact

Twelve tools for a small garden
March 3, 2024
By Helen Brackett

Nobody needs a shed full of machines for twenty square metres of beans and roses. We asked four gardeners in town which tools they would buy again, and what they would rather have left in the shop.
"""
FOOT = """
Related Articles
Why the old orchard will stay
A bench for the market square
Imprint
"""


def body(text: str) -> list[str]:
    article: str = clean(RawArticle(text=text))["body"]
    return article.split("\n\n")


def test_things_told_by_number_are_the_article() -> None:
    things = "Hand trowel|Watering can|Pruning shears|Leather gloves|Garden hose|Soil sieve".split("|")
    items = "\n".join(f"\n{i}) {thing}\nhttp://shop.example/{i}" for i, thing in enumerate(things, 1))
    kept = body(HEAD + items + FOOT)
    assert all(f"{i}) {thing}" in kept for i, thing in enumerate(things, 1))
    assert "Why the old orchard will stay" not in kept


def test_a_long_list_of_amounts_is_the_article_though_it_lies_far_from_its_paragraph() -> None:
    plan = "\n".join(
        f"Bed {i}\nBeans and carrots: {i + 2} rows\nCompost for the beans: {i} buckets\nWater every {i} days"
        for i in range(1, 26)
    )
    kept = body(HEAD + "\n" + plan + "\n" + FOOT)
    assert "Compost for the beans: 1 buckets" in kept
    assert "Compost for the beans: 24 buckets" in kept
    assert "A bench for the market square" not in kept


def test_what_a_colon_announces_stays_up_to_the_next_paragraph() -> None:
    texts = ["She names three kinds that she would plant again:", "Old beans", "Blue peas", "And so she did."]
    keep = with_lists(
        [True, False, False, True], texts, [9, 2, 2, 4], [0] * 4, ["body", "other", "other", "body"], [0] * 4, []
    )
    assert keep == [True] * 4
    keep = with_lists(
        [True, False, False, True], texts, [9, 2, 2, 4], [0] * 4, ["body", "credit", "other", "body"], [0] * 4, []
    )
    assert keep == [True, False, False, True]


def test_links_to_other_stories_between_two_numbers_are_no_items() -> None:
    texts = [
        "A first paragraph.",
        "1. Beans",
        "2. Peas",
        "Read more",
        "A bench for the square",
        "3. Kale",
        "Sow it late",
        "4. Leek",
    ]
    labels = ["body"] + ["other"] * 7
    cues = [0, 0, 0, Cue.RELATED, 0, 0, 0, 0]
    keep = with_lists([True] + [False] * 7, texts, [3] * 8, cues, labels, [0] * 8, [1, 2, 5, 7])
    assert keep == [True, True, True, False, False, True, True, True]


def test_counters_of_pictures_are_no_numbers_of_a_list() -> None:
    texts = ["A first paragraph.", *(f"{i} of 6 | A boat in the harbour" for i in range(1, 7))]
    keep = [True] + [False] * 6
    assert with_lists(keep, texts, [3] + [8] * 6, [0] * 7, ["body"] + ["other"] * 6, [0] * 7, range(1, 7)) == keep


def test_dated_lines_are_other_stories_however_many_figures_they_hold() -> None:
    texts = ["A first paragraph.", *(f"Match {i}: harbour against valley {i}:0" for i in range(30))]
    cues, labels = [0] * 31, ["body"] + ["other"] * 30
    keep = [True] + [False] * 30
    assert all(with_lists(keep, texts, [6] * 31, cues, labels, [0] * 31, []))
    assert with_lists(keep, texts, [6] * 31, cues, labels, [0] + [1] * 30, []) == keep


def test_the_zone_takes_in_a_list_of_amounts_but_no_menu() -> None:
    prose = ["A paragraph of the article that is much longer than any of the lines of a menu or a list around it."] * 3
    menu = [f"Section {'abcdefghij'[i % 10]}" for i in range(90)]
    assert zones([[*menu, *prose, *menu]])[0].high < 150
    assert zones([[*menu, *prose, *(f"{i} cups of flour" for i in range(90))]])[0].high == 183
