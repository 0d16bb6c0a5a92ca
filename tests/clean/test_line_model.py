"""The line model, its features and its training."""

from __future__ import annotations

import numpy as np
import pytest

from worker.clean import blocks, features, head, model
from worker.clean.lines import Line, split
from worker.clean.pictures import pair
from worker.clean.shape import Letters, shape
from worker.clean.train.fit import examples, fit
from worker.clean.train.pages import make


def test_shapes_count_words_and_sentence_ends() -> None:
    text = "Menü\nDie Fähre fährt nicht mehr, sagte sie.\n„Warum nicht?“\nEin Text, der endet …\n山田さんは東京へ行きました。"
    form = shape(Letters(text.split("\n")))
    assert form.words.tolist()[:4] == [1, 7, 2, 5]
    assert form.ends.tolist() == [False, True, True, True, True]
    assert form.dots.tolist() == [False, False, False, True, False]
    assert form.asks.tolist() == [False, False, True, False, False]


def test_the_region_is_the_run_with_the_largest_sum() -> None:
    scores = np.array([-1, 2, 3, -1, 2, -9, 4, -1, -2, 5], np.float32)
    assert features.regions(scores, (0, 7, 9, 10)) == [(1, 5), (0, 0), (0, 1)]


def test_made_pages_are_the_same_for_the_same_seed() -> None:
    assert make(5) == make(5)
    assert make(5) != make(6)
    page = make(5)
    assert len(page.texts) == len(page.gaps) == len(page.labels)


def test_the_shipped_weights_fit_the_features_and_know_made_pages() -> None:
    hits = total = 0
    for seed in range(40):
        x, own, truth = examples(make(900_000_000 + seed))
        assert x.shape[1] == features.WIDTH
        got = model.roles(x, own, (0, len(own)))
        assert np.allclose(got.sum(axis=1), 1, atol=1e-4)
        inside = got[:, [model.BODY, model.HEADING, model.LEAD]].sum(axis=1) > 0.5
        hits += int((inside == np.isin(truth, (model.BODY, model.HEADING, model.LEAD))).sum())
        total += len(truth)
    assert hits / total > 0.9


def test_a_dump_is_judged_the_same_whatever_stands_beside_it() -> None:
    pages = [make(800_000_000 + seed) for seed in range(9)]
    dumps: list[tuple[list[str], list[bool], bool]] = [
        ([t for text in page.texts for t in split(text).texts], list(page.gaps), i == 3) for i, page in enumerate(pages)
    ]
    dumps[5:5] = [([], [], False), (["Ein Satz."], [True], False)]
    together = blocks.judge_dumps(dumps)
    for dump, got in zip(dumps, together, strict=True):
        alone = blocks.judge_dump(dump[0], dump[1], titled=dump[2])
        assert got.labels == alone.labels
        if alone.roles is None or alone.own is None:
            assert got.roles is None
            continue
        assert got.roles is not None and np.array_equal(got.roles, alone.roles)
        assert got.own is not None and np.array_equal(got.own, alone.own)
        assert got.low == alone.low and got.form == alone.form


def test_training_runs_and_gives_weights_of_the_right_form() -> None:
    weights, figures = fit(pages=20, seed=3, epochs=1)
    assert weights["1a"].shape[0] == features.WIDTH
    assert weights["2c"].shape[1] == len(model.LABELS)
    assert "held-out" in figures


def test_a_group_behind_the_body_stays_if_it_shares_the_storys_words() -> None:
    words = [200.0] + [2.0] * 8 + [40.0]
    keep = [True] + [False] * 8 + [True]
    own, strange = np.array([[0.9, 0.1]] * 10, np.float32), np.array([[0.1, 0.9]] * 10, np.float32)
    assert blocks._without_islands(list(keep), words, own) == keep
    assert blocks._without_islands(list(keep), words, strange) == [True] + [False] * 9


def test_an_article_is_lost_where_the_vote_leaves_hardly_anything_that_the_rules_see() -> None:
    ruled, words = ["heading", "body", "body", "other"], [5.0, 100.0, 80.0, 300.0]
    assert blocks._lost([True, False, False, True], ruled, words)
    assert not blocks._lost([False, True, False, False], ruled, words)
    assert not blocks._lost([False] * 4, ruled, [5.0, 60.0, 80.0, 300.0])


@pytest.mark.parametrize(
    ("line", "found"), [("The ferry is late again this week", 0), ("The ferry is late again this week.", -1)]
)
def test_a_sentence_of_the_body_is_no_title(line: str, found: int) -> None:
    texts = [line, "Nobody on the island knows why the ferry is late again, she said this week."]
    roles = np.zeros((2, len(model.LABELS)), np.float32)
    roles[0, model.TITLE] = 0.6
    judged = blocks.Judged(texts, ["body", "body"], roles=roles)
    assert head.find_title(texts, judged, 0, " ".join(texts).lower(), None) == found


def test_hints_of_markup_stand_unless_the_wording_is_plain() -> None:
    lines = [
        Line("Die Fähre fährt nicht mehr", "h1", hint="title"),
        Line("Kurz", "p", hint="body"),
        Line("Mehr zum Thema", "p", hint="body"),
        Line("Ein Bild der Fähre am Abend", "figcaption", hint="caption"),
        Line("Warum niemand mehr wartet", "h2", hint="subheading"),
        Line("Am Montag blieb die Fähre im Hafen, und niemand wusste, warum.", "p"),
        Line("Sport", "a", 1.0, None),
    ]
    labels = blocks.judge_lines(lines).labels
    assert labels == ["title", "body", "related", "caption", "heading", "body", "navigation"]


def test_the_end_of_a_body_is_tidied() -> None:
    texts = ["Ein Satz.", "Noch ein Satz.", "dpa", "Weiterlesen"]
    labels = ["body", "body", "body", "heading"]
    blocks.tidy(texts, labels, [])
    assert labels[:2] == ["body", "body"]
    assert "body" not in labels[2:] and "heading" not in labels[2:]


def test_captions_take_the_credit_that_follows_else_the_one_before() -> None:
    texts = ["Eva Muster", "Ein Boot.", "Ein Boot.", "Foto: AFP", "Ein Hafen.", "© Ben Beispiel"]
    labels = ["credit", "caption", "caption", "credit", "caption", "credit"]
    assert [(i["caption"], i["credit"]) for i in pair(texts, labels, [False] * 6)] == [
        ("Ein Boot.", "AFP"),
        ("Ein Hafen.", "Ben Beispiel"),
    ]
    assert pair(["Ein Boot. (Foto: Eva Muster)"], ["caption"], [True])[0]["credit"] == "Eva Muster"


def test_splitting_squeezes_and_drops_what_is_not_seen() -> None:
    dump = split("a\u200bb\r\n\n  <b>c&amp;d</b> \x00\n&lt;p&gt;e&lt;/p&gt;\n\u200c\n")
    assert dump.texts == ["ab", "c&d", "e"]
    assert dump.gaps == [True, True, False]
    assert split("f\n&zwnj;\n&zwnj;\u0646\n< & > <\n").texts == ["f", "\u200c\u0646", "< & > <"]
