"""The clusters against a brute-force sequential reference, under any order of puts, replacements and removals."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dedup.reference import reference
from worker.dedup.clusters import Clusters, Verdict
from worker.dedup.entry import Entry, make_entry

HOUR = 3_600_000
WINDOW = 48 * HOUR
STORIES = [
    [
        f"{subject} {verb} the {thing} of {place} on {day} after {cause} {n} times"
        for n, (subject, verb, thing, place, day, cause) in enumerate(rows)
    ]
    for rows in (
        [
            ("council", "approved", "harbour", "Lindau", "monday", "rain"),
            ("mayor", "praised", "bridge", "Bregenz", "friday", "storms"),
            ("union", "criticised", "budget", "Dornbirn", "sunday", "talks"),
            ("court", "dismissed", "appeal", "Feldkirch", "tuesday", "hearings"),
        ],
        [
            ("club", "signed", "keeper", "Graz", "today", "injuries"),
            ("coach", "defended", "striker", "Linz", "yesterday", "criticism"),
            ("league", "moved", "final", "Wels", "thursday", "frost"),
        ],
        [
            ("theatre", "opened", "season", "Steyr", "saturday", "renovation"),
            ("museum", "showed", "painting", "Krems", "wednesday", "restoration"),
        ],
    )
]


@st.composite
def articles(draw: st.DrawFn) -> Entry:
    sentences = draw(st.sampled_from(STORIES))
    first = draw(st.integers(0, len(sentences) - 1))
    last = draw(st.integers(first, len(sentences) - 1))
    text = ". ".join(sentences[first : last + 1]) if draw(st.integers(0, 9)) else " ".join(sentences[first].split()[:7])
    return make_entry(
        f"{draw(st.integers(0, 11)):032x}",
        draw(st.sampled_from([0, 0, 1, 1, 20, 48, 49, 60, 96, 97])) * HOUR,
        {
            "title": draw(st.sampled_from([None, "Short news", "Other news"])),
            "body": text,
            "language": {"code": draw(st.sampled_from(["en", "en", "en", "de"]))},
        },
    )


BASE = [f"word{n}" for n in range(90)]


@st.composite
def variants(draw: st.DrawFn) -> Entry:
    """Copies of one text with a word changed here and there, cut or extended: close to each other in many degrees."""
    words = BASE.copy()
    for place in (15, 45, 75):
        words[place] = draw(st.sampled_from([words[place], words[place], "red", "blue"]))
    words = words[draw(st.sampled_from([0, 0, 0, 30])) : draw(st.sampled_from([90, 90, 90, 70, 50]))]
    words += draw(st.sampled_from([[], [], ["more", "words", "at", "the", "end", "of", "it"]]))
    return make_entry(
        f"{draw(st.integers(0, 24)):032x}",
        draw(st.integers(0, 60)) * HOUR,
        {"title": "A headline of some length", "body": " ".join(words), "language": {"code": "en"}},
    )


@st.composite
def issues(draw: st.DrawFn) -> Entry:
    """One form filled in: two issues differ in none to all of its nine slots, so that they are copies or just not."""
    words = BASE.copy()
    usual = draw(st.booleans())
    for place in range(5, 90, 10):
        words[place] = draw(
            st.sampled_from([*["red"] * (8 * usual), "red", "blue", "green", "dark grey", "word1 word2", ""])
        )
    cut = draw(st.sampled_from([90, 90, 90, 66]))
    story = draw(st.integers(0, 2))
    words = [f"own{story}x{n}" for n in range(draw(st.sampled_from([0, 0, 0, 12, 31, 60])))] + words[:cut]
    return make_entry(
        f"{draw(st.integers(0, 24)):032x}",
        draw(st.integers(0, 60)) * HOUR,
        {
            "title": draw(st.sampled_from(["The usual headline", "Another story"])),
            "body": " ".join(words),
            "language": {"code": "en"},
        },
    )


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(articles(), st.integers(0, 11)), max_size=40))
def test_any_order_of_puts_and_removals_gives_the_reference(steps: list[Entry | int]) -> None:
    _follow(steps)


def _follow_with_shortcuts(steps: list[Entry | int], many: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("worker.dedup.search.MANY", many)
        patch.setattr("worker.dedup.search.FEW", 1)
        patch.setattr("worker.dedup.search.CHUNK", 3)
        patch.setattr("worker.dedup.store.HANDFUL", 0)
        patch.setattr("worker.dedup.store.SPARE", 3)
        patch.setattr("worker.dedup.index.RECENT", 40)
        patch.setattr("worker.dedup.form.MOST", 2)
        patch.setattr("worker.dedup.form._BULK", 3)
        _follow(steps)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(variants(), variants(), variants(), articles(), st.integers(0, 24)), max_size=40))
def test_the_shortcuts_of_floods_change_no_answer(steps: list[Entry | int]) -> None:
    _follow_with_shortcuts(steps, 2)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(issues(), issues(), issues(), variants(), st.integers(0, 24)), max_size=40))
def test_the_shortcuts_of_floods_of_one_form_change_no_answer(steps: list[Entry | int]) -> None:
    _follow_with_shortcuts(steps, 1)


def _story(id: int, own: int, length: int = 40, house: int = 90, title: str = "The usual headline") -> Entry:
    """Some words of its own above a house text."""
    words = [f"own{own}x{n}" for n in range(length)] + [f"word{n}" for n in range(house)]
    article = {"title": title, "body": " ".join(words), "language": {"code": "en"}}
    return make_entry(f"{id:032x}", id * HOUR, article)


def test_a_long_house_text_and_a_title_make_copies_in_a_flood_too() -> None:
    steps: list[Entry | int] = [_story(n, n, length, 130) for n, length in enumerate((40, 30, 40, 27, 40))]
    assert len({answer[2] for answer in reference([s for s in steps if isinstance(s, Entry)], WINDOW).values()}) == 1
    _follow_with_shortcuts(steps, 1)


def test_a_place_that_was_given_to_another_article_is_read_anew_in_a_flood() -> None:
    first: list[Entry | int] = [_story(n, n, 40, 60, f"Headline {n}") for n in range(8)]
    second = [_story(n, 20 + n // 2, 40, 60 + n % 2, f"Title {n}") for n in range(8, 16)]
    _follow_with_shortcuts([*first, *range(1, 8), *second], 1)


def _follow(steps: list[Entry | int]) -> None:
    """Takes the steps one by one and compares with the reference after each."""
    clusters, alive, said = Clusters(WINDOW), dict[str, Entry](), dict[str, Verdict]()
    for step in steps:
        if isinstance(step, int):
            id = f"{step:032x}"
            alive.pop(id, None)
            said.pop(id, None)
            changed = clusters.remove(id)
            assert all(v.id != id for v in changed)
        else:
            alive[step.id] = step
            changed = clusters.put(step)
            assert changed[0].id == step.id
        assert len({v.id for v in changed}) == len(changed)
        others = changed[1:] if isinstance(step, Entry) else changed
        assert all(said.get(v.id) != v for v in others), "an unchanged verdict was announced"
        said.update((v.id, v) for v in changed)
        expected = reference(alive.values(), WINDOW)
        assert said == {v.id: v for v in clusters.verdicts()}, "the announced verdicts are not those that stand"
        assert {i: (v.verdict, v.of, v.cluster, v.parent, v.score) for i, v in said.items()} == expected
    loaded = Clusters(WINDOW)
    loaded.load((e, None) for e in alive.values())
    assert list(loaded.verdicts()) == list(clusters.verdicts())


@settings(max_examples=200, deadline=None)
@given(st.lists(articles(), max_size=30), st.integers(0, 100))
def test_purging_changes_no_verdict_and_links_survive_a_reload(entries: list[Entry], line: int) -> None:
    clusters = Clusters(WINDOW)
    for entry in entries:
        clusters.put(entry)
    before = {v.id: v for v in clusters.verdicts()}
    gone = [v.id for v in before.values() if v.t < line * HOUR]
    links = dict(clusters.heirs(gone))
    clusters.purge(gone)
    assert {v.id: v for v in clusters.verdicts()} == {i: v for i, v in before.items() if i not in gone}
    loaded = Clusters(WINDOW)
    kept = [e for e in map(clusters.entry, clusters.ids()) if e is not None]
    loaded.load((e, type(links[e.id]).unpack(links[e.id].pack()) if e.id in links else None) for e in kept)
    assert list(loaded.verdicts()) == list(clusters.verdicts())
