"""The invariants at quiescence. Use `check(world, answers)`; late messages leave only some of them."""

from __future__ import annotations

import orjson

from tests.simulation.reference import Answer
from tests.simulation.world import PLACES, Violation, World
from worker.dedup.deduplicate import content_key
from worker.dedup.records import ARTICLES, DUPLICATES
from worker.dedup.row import Row
from worker.times import format_ms


def check(world: World, answers: dict[str, Answer]) -> None:
    """Raises Violation at the first invariant that does not hold."""
    found = {place: world.compacted(place) for place in PLACES}
    late = world.plan.arrival == "late"
    roots = set()
    for id in sorted(answers):
        expected = answers[id]
        records = {place: found[place].get(id) for place in PLACES}
        standing = [place for place in PLACES if (r := records[place]) is not None and r.value is not None]
        highest = max(world.revision(record) for record in records.values())
        if expected.place is None:
            if standing or any(record is None for record in records.values()):
                raise Violation(1, f"{id} was taken down and stands in {standing}")
            if any(dict(r.headers)["reason"] != b"taken-down" for r in records.values() if r is not None):
                raise Violation(1, f"{id} has tombstones of another reason")
            continue
        if len(standing) != 1:
            raise Violation(1, f"{id} stands in {standing or 'no topic'}")
        record = records[standing[0]]
        assert record is not None and record.value is not None
        if world.revision(record) != highest:
            raise Violation(5, f"{id}: what stands does not have the highest revision")
        article = orjson.loads(record.value)
        dedup = article["dedup"]
        if (dedup["verdict"] == "original") != (standing[0] == ARTICLES):
            raise Violation(1, f"{id} is {dedup['verdict']} in {standing[0]}")
        if dedup["of"] == id or (dedup["verdict"] == "original") != (dedup["of"] is None):
            raise Violation(2, f"{id} is a copy of {dedup['of']}")
        if standing[0] == DUPLICATES:
            roots.add((id, dedup["of"]))
        if not late:
            compare(id, article, expected)
    for id, of in roots:
        original = found[ARTICLES].get(of)
        if not late and (original is None or original.value is None):
            raise Violation(3, f"{id} is a copy of {of}, which is no original")
    extra = {key for place in PLACES for key in found[place]}.difference(answers)
    if extra:
        raise Violation(4, f"{extra} stand and never came")


def compare(id: str, article: dict[str, object], expected: Answer) -> None:
    """One article, value by value."""
    dedup, labels = article["dedup"], article["labels"]
    assert isinstance(dedup, dict) and isinstance(labels, dict)
    got = Answer(
        ARTICLES if dedup["verdict"] == "original" else DUPLICATES,
        int(str(article["version"])),
        expected.t if article["first_seen_at"] == format_ms(expected.t) else -1,
        labels["message"],
        dedup["verdict"],
        dedup["of"],
        dedup["cluster"],
        dedup["explain"].get("parent"),
        dedup["score"],
    )
    if got != expected:
        raise Violation(4, f"{id} is {got}, not {expected}")


def check_sweep(world: World) -> None:
    """A sweep leaves no article behind that can never be shown."""
    for unit in world.ids:
        unit.sweep()
        rows = unit.stores["rows"].rows
        for name in unit.stores["contents"].rows:
            id = name.partition("/")[0]
            if id not in rows or name not in {content_key(id, m) for m in Row.unpack(rows[id]).last_run()}:
                raise Violation(6, f"{name} is kept and can never be shown")
