from __future__ import annotations

import orjson

from tests.texts import edited, story, stream


def shingles(text: str) -> set[tuple[str, ...]]:
    words = text.lower().split()
    return {tuple(words[i : i + 4]) for i in range(len(words) - 3)}


def test_stories_differ_and_edits_do_not_too_much() -> None:
    stories = [shingles(story(n, "en").text) for n in range(12)]
    for n, one in enumerate(stories):
        for other in stories[n + 1 :]:
            assert len(one & other) < 0.35 * min(len(one), len(other))
        copy = shingles(edited(story(n, "en"), n).text)
        assert len(one & copy) > 0.6 * min(len(one), len(copy))


def test_a_stream_is_the_same_each_time_and_holds_every_kind() -> None:
    records = list(stream(3, 400, bad=0.03))
    assert records == list(stream(3, 400, bad=0.03)) and len(records) == 400
    parsed = []
    for _, value in records:
        try:
            parsed.append(orjson.loads(value or b""))
        except orjson.JSONDecodeError:
            continue
    assert any(m.get("op") == "delete" for m in parsed if isinstance(m, dict))
    assert any("html" in m for m in parsed if isinstance(m, dict)) and any(key is None for key, _ in records)
