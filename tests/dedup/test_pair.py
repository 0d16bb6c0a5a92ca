"""The pair rule on texts of every kind of edit and notice; what the four parts of it are for."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dedup.oracle import oracle
from worker.dedup import align
from worker.dedup.align import Batch, Query, Table, slots, slots_of_one
from worker.dedup.entry import Entry, make_entry
from worker.dedup.pair import Match, judge, judge_one, pair

HOUR = 3_600_000
STORY = """The council of the port town voted on Tuesday evening to rebuild the old fish market after two years of argument.
Eleven members were in favour, seven against, and one left the hall before hands were raised. The plan foresees a roof of
larch shingles, forty stalls and a small quay for boats from the islands. Building is to begin in September and to end
before the summer fair. Fishers had asked for a cold store, which the treasurer called too dear for a place of this size.
Neighbours fear noise in the early hours; the mayor promised that lorries would come by the northern road only. A group
that collected signatures against the roof said it would go to court. The architect, who grew up two streets away, said
the market had been the heart of the town when she was a child and could be so again."""
OTHER = """Rescuers searched for a second day for a hiker missing in the hills above the lake. Some eighty volunteers with dogs
combed the slopes on Wednesday while fog kept the helicopter on the ground. The woman had set out alone on Sunday morning
and told her sister she would be back by dusk. Her car stood untouched at the upper inn. A shepherd reported calls from a
gully towards evening, and a team with ropes went down before darkness fell, without result. The search goes on today."""
HOUSE = """Readers who want to hear from us each morning can order the letter of the editors without charge and cancel it at
any time. This report was taken from an agency and was not edited by the newsroom of this paper. All rights are with the
publisher; copying it, even in part, needs consent in writing. You know something that the public should know? Write to the
desk for investigations, by post or by the form on our page, and your name stays with us."""
FORM = (
    "The {animal} of the week at the shelter is called {name} and has waited {n} days for a home. {name} likes {food} and "
    "sleeps {where}. The keepers say that {she} gets on well with {company} but needs {need}. Who wants to meet {name} may "
    "come on {day} between {hour} o'clock and dusk; the shelter asks for a gift of {n} crowns."
)


def entry(body: str, title: str = "Fish market to be rebuilt", id: int = 1, t: int = 0, language: str = "en") -> Entry:
    return make_entry(f"{id:032x}", t, {"title": title, "body": body, "language": {"code": language}})


def match(
    a: str, b: str, titles: tuple[str, str] = ("Fish market to be rebuilt",) * 2, apart: int = HOUR
) -> Match | None:
    return pair(entry(a, titles[0]), entry(b, titles[1], 2, apart), 48 * HOUR)


SENTENCES = STORY.replace("\n", " ").split(". ")


@pytest.mark.parametrize(
    "copy",
    [
        STORY.upper(),
        "PORT TOWN (Agency) - " + STORY,
        STORY + "\n\n" + HOUSE,
        ". ".join(SENTENCES[:3]),
        ". ".join(SENTENCES[2:6]),
        ". ".join(SENTENCES[4:] + SENTENCES[:4]),
        "The fish market of the port town gets a new roof, and not all like it. " + STORY,
        STORY.replace("Eleven", "Twelve").replace("seven", "six").replace("forty", "fifty").replace("September", "May"),
        STORY.replace("said", "told reporters")
        .replace("small ", "")
        .replace("old ", "")
        .replace("who grew up", "born"),
    ],
    ids=["upper", "byline", "house text", "cut", "excerpt", "reordered", "new lead", "figures", "copy-edited"],
)
def test_edited_copies_are_found(copy: str) -> None:
    assert match(STORY, copy) is not None
    assert match(copy, STORY) is not None


def test_a_new_headline_does_not_hide_a_copy() -> None:
    assert (
        match(STORY, STORY + " So it is.", ("Fish market to be rebuilt", "A roof of larch divides a town")) is not None
    )


def test_different_stories_are_none() -> None:
    assert match(STORY, OTHER, ("Fish market", "Hiker missing")) is None


def notice(seed: int) -> str:
    r = random.Random(seed)
    return FORM.format(
        animal=r.choice(["dog", "cat", "rabbit", "goat"]),
        name=f"{r.choice(['Ben', 'Lia', 'Max', 'Una'])}{r.choice(['ka', 'to', 'ri', 'sa'])}",
        n=r.randrange(2, 400),
        food=r.choice(["carrots", "long walks", "cheese", "fresh hay"]),
        where=r.choice(["under the stairs", "in a basket", "on the roof"]),
        she=r.choice(["he", "she"]),
        company=r.choice(["children", "other animals", "old people", "everybody"]),
        need=r.choice(["a garden", "patience", "a firm hand"]),
        day=r.choice(["Monday", "Friday", "Sunday"]),
        hour=r.randrange(9, 16),
    )


def test_issues_of_a_notice_are_no_copies_of_each_other_but_their_copies_are() -> None:
    issues = [notice(seed) for seed in range(12)]
    titles = ("Animal of the week",) * 2
    assert not any(match(a, b, titles) for i, a in enumerate(issues) for b in issues[:i])
    for issue in issues:
        found = match(issue, "SHELTER NEWS - " + issue + " " + HOUSE.split(".")[0] + ".", titles)
        assert found is not None and found.slots == 0


def test_short_stories_under_a_long_house_text_stay_apart() -> None:
    first, second = SENTENCES[0] + ". ", ". ".join(OTHER.split(". ")[:2]) + ". "
    assert match(first + HOUSE, second + HOUSE, ("Fish market", "Hiker missing")) is None


def test_short_notices_under_one_house_text_stay_apart_under_one_headline_too() -> None:
    first, second = SENTENCES[0] + ". ", OTHER.split(". ")[0] + ". "
    assert match(first + HOUSE, second + HOUSE, ("News in brief",) * 2) is None
    assert match(first + HOUSE, first + "More in our paper of tomorrow. " + HOUSE, ("News in brief",) * 2) is not None


LONG_STORY = " ".join(
    f"Speaker {n} said that item{n} of the plan needs money{n} before winter{n} comes." for n in range(30)
)


def test_a_long_report_with_a_headline_and_a_first_paragraph_of_its_own_is_a_copy() -> None:
    titles = ("Fish market to be rebuilt", "Rescuers seek hiker")
    assert match(STORY + LONG_STORY, OTHER + LONG_STORY, titles) is not None
    assert match(STORY + LONG_STORY[:1000], OTHER + LONG_STORY[:1000], titles) is None


@pytest.mark.parametrize("words", [20, 40])
def test_the_beginning_of_a_long_report_is_found(words: int) -> None:
    found = 0
    for seed in range(20):
        r = random.Random(seed)
        report = [f"w{r.randrange(10_000)}" for _ in range(1500)]
        found += match(" ".join(report), " ".join(report[:words])) is not None
    assert found >= 18


FORMS_WITHOUT_SPACES = [
    (
        "ja",
        "{a}日午後{b}時ごろ、県南部を震源とする地震がありました。震源の深さは{c}キロ、地震の規模を示す"
        "マグニチュードは{d}と推定されています。市内では震度{e}の揺れを感じました。津波の心配はありません。",
    ),
    ("zh", "市气象台预计，今天白天最高气温{a}度，夜间最低气温{b}度，风力{c}级，空气质量指数{d}。明天气温{e}度。"),
    (
        "th",
        "ราคาทองคำวันที่ {a} ครั้งที่ {b} ทองคำแท่งขายออกบาทละ {c} บาท ทองรูปพรรณขายออกบาทละ {d} บาท "
        "ราคาตลาดโลก {e} ดอลลาร์ต่อออนซ์",
    ),
]


@pytest.mark.parametrize(("language", "form"), FORMS_WITHOUT_SPACES)
def test_issues_of_a_notice_stay_apart_where_no_spaces_part_the_words(language: str, form: str) -> None:
    issues = [
        entry(form.format(**{name: 11 * n + k for k, name in enumerate("abcde")}), "", n, n, language)
        for n in range(1, 9)
    ]
    assert not any(pair(a, b, HOUR) for i, a in enumerate(issues) for b in issues[:i])


def test_background_from_an_older_story_is_no_copy() -> None:
    assert match(STORY, OTHER + " " + ". ".join(SENTENCES[6:]), ("Fish market", "Hiker missing")) is None


def test_window_language_and_short_texts() -> None:
    assert match(STORY, STORY, apart=48 * HOUR) is not None
    assert match(STORY, STORY, apart=48 * HOUR + 1) is None
    assert pair(entry(STORY), entry(STORY, id=2, language="de"), 48 * HOUR) is None
    short = "Power is back in the valley after nine hours."
    assert match(short, short) == Match(1000, True)
    assert match(short, short, ("Power is back", "Power back")) is None
    assert match(short, short, ("", "")) is None
    assert match(short, short + " Yes.") is None


def test_the_explanation_says_what_counted() -> None:
    found = match(STORY, STORY.replace("Eleven", "Twelve"))
    assert found is not None
    why = found.explain()
    assert why["slots"] == 1 and 0.9 < why["shared"] < 1 and "title" in why["agree"] and why["rule"]


WORDS = [f"{a}{b}" for a in ("ka", "lo", "mi", "nu", "re") for b in ("da", "fe", "gi", "po", "tu")]


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Texts that share stretches, with words changed, dropped and put in: repeated shingles included."""
    parts = []
    for _ in range(draw(st.integers(1, 5))):
        r = random.Random(draw(st.integers(0, 5)))
        part = [r.choice(WORDS) for _ in range(20)]
        for _ in range(draw(st.integers(0, 3))):
            part[draw(st.integers(0, len(part) - 1))] = draw(st.sampled_from(["red", "blue", "", "green and yellow"]))
        parts.append(" ".join(part))
    return " ".join(parts)


@settings(max_examples=400, deadline=None)
@given(texts(), texts(), st.sampled_from(["Red house burns", "Blue house burns", "Nothing"]), st.integers(-3, 3))
def test_the_rule_is_symmetric_and_equals_a_plain_reading_of_it(a: str, b: str, title: str, apart: int) -> None:
    one, two = entry(a, "Red house burns"), entry(b, title, 2, apart * HOUR)
    found = pair(one, two, 48 * HOUR)
    assert found == pair(two, one, 48 * HOUR)
    assert found == oracle(one, two)


@given(st.data())
def test_one_candidate_alone_is_judged_as_among_many(data: st.DataObject) -> None:
    # Few distinct words and small edits: gaps at both ends, repeats, moved stretches.
    words = st.lists(st.integers(0, data.draw(st.sampled_from([3, 40, 255]))), min_size=12, max_size=90)
    base = data.draw(words)
    other = base.copy()
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(other)))
        other[at : at + data.draw(st.integers(0, 14))] = data.draw(st.lists(st.integers(0, 255), max_size=14))
    other += data.draw(words) if len(other) < 12 else []
    title, its = data.draw(st.binary(max_size=5)), data.draw(st.binary(max_size=5))
    query, trace = Query(bytes(base), b""), bytes(other)
    alone, twice = Batch.of(query, [trace], [b""]), Batch.of(query, [trace, trace], [b"", b""])
    found = data.draw(st.integers(400, 1000))
    findings = judge(query, title, twice, [its, its], np.array([found, found]), later=True)
    expected = findings.match(1, found) if findings.copies[1] else None
    assert judge_one(query, title, alone, its, found) == expected
    changed, compared = slots(query, twice, walk_query=False)
    assert slots_of_one(query, alone) == (changed[1], compared[1])


@given(st.lists(st.binary(min_size=12, max_size=60), min_size=2, max_size=4), st.sampled_from([3, 256]))
def test_shingles_that_share_a_bucket_are_told_apart(traces: list[bytes], kinds: int) -> None:
    first, *others = (bytes(word % kinds for word in trace) for trace in traces)
    table = Table()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(align, "_MIXES", ())  # as if each way of mixing had put two of them together
        slow = Query(first, b"", table)
    query = Query(first, b"", table)
    Query(others[0], b"", table)  # another one in the same room
    found, expected = (Batch.of(q, others, [b""] * len(others)) for q in (query, slow))
    assert (found.at == expected.at).all()
    assert (found.has == expected.has).all()
    for trace, has in zip(others, found.has, strict=True):
        assert has.sum() == len(
            {trace[i : i + 4] for i in range(len(trace) - 3)} & {first[i : i + 4] for i in range(len(first) - 3)}
        )
