from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import orjson
import pytest

from worker.dedup.entry import make_entry
from worker.dedup.learner import Learner
from worker.dedup.lists import DAY, Lists, StopList

FRAME = "The water of the river stood at {} marks below the bridge this morning and will {} until the evening, the wardens said."


def stop_list(day: int, *hashes: int) -> StopList:
    return StopList(day, np.array(hashes, np.uint32))


STORIES = [
    "Children from the upper school found an old anchor in the mud and carried it to the museum by handcart.",
    "Two swans have built their nest beside the ferry landing, so passengers board from the other side for now.",
    "A barge with gravel ran aground near the mill but was pulled free before noon by the fire brigade.",
    "The rowing club elected its first chairwoman, a baker who has won the autumn race four times.",
    "Divers looked for a wedding ring in vain and brought up a bicycle, three bottles and a safe without a door.",
    "Workers began to paint the railings green, a colour the heritage office had asked for since last winter.",
    "An otter was seen at the weir again, as photographs by a retired teacher prove beyond doubt.",
]


def report(n: int) -> dict[str, object]:
    frame = FRAME.format(n * 7 + 3, ["rise", "fall", "stay"][n % 3])
    return {"title": "River report", "body": f"{frame}\n\n{STORIES[n]}", "language": {"code": "en"}}


def learned(days: int = 6) -> list[StopList]:
    learner = Learner()
    for n in range(days):
        learner.add(f"{n:032x}", n * DAY, report(n))
        learner.add(f"{n + 100:032x}", n * DAY + 1, report(n))  # a copy: counts once
    return list(learner.lists())


def test_each_list_comes_from_earlier_days_only() -> None:
    lists = learned()
    assert [version.valid_from for version in lists] == [1, 2, 3, 4, 5, 6]
    assert [len(version.hashes) > 0 for version in lists] == [False, False, False, True, True, True]


def test_frames_are_listed_and_stories_are_not() -> None:
    lists = Lists()
    for version in learned():
        lists.add(version)
    entry = make_entry("0" * 32, 6 * DAY, report(6), lists)
    free = make_entry("0" * 32, 6 * DAY, report(6))
    stopped = np.unpackbits(np.frombuffer(entry.stopped, np.uint8), count=len(entry.trace) - 3)
    assert stopped[:4].all() and not stopped[-10:].any()
    assert entry.size == free.size - stopped.sum()
    assert make_entry("0" * 32, 0, report(6), lists).stopped == b"", "no list holds on the first day"


def test_the_newest_list_of_the_day_holds() -> None:
    lists = Lists()
    for day in (5, 3):
        lists.add(stop_list(day, day))
    at = {day: lists.at(day * DAY + DAY - 1) for day in (2, 3, 4, 5, 9)}
    assert {day: version and version.valid_from for day, version in at.items()} == {2: None, 3: 3, 4: 3, 5: 5, 9: 5}


def test_a_day_has_one_list_and_a_late_one_is_not_taken() -> None:
    lists = Lists()
    lists.add(stop_list(3, 1))
    lists.add(stop_list(3, 1))
    with pytest.raises(ValueError):
        lists.add(stop_list(3, 2))
    assert not lists.take(stop_list(4, 1).dump(), 4 * DAY)
    assert lists.take(stop_list(4, 1).dump(), 4 * DAY - 1)
    assert len(lists) == 2


def test_a_list_survives_its_file_and_damage_is_named(tmp_path: Path) -> None:
    version = stop_list(19_800, 5, 9, 4_000_000_000)
    read = StopList.parse(version.dump())
    assert read.valid_from == 19_800 and read.name == "2024-03-18" and read.hashes.tolist() == version.hashes.tolist()
    assert StopList.parse(stop_list(3).dump()).hashes.tolist() == []
    value = orjson.loads(version.dump())
    for wrong in (
        b"",
        b"[]",
        b"{}",
        version.dump()[:-9],
        orjson.dumps({**value, "size": 9}),
        orjson.dumps({**value, "form": 0}),
    ):
        with pytest.raises(ValueError):
            StopList.parse(wrong)
    path = tmp_path / "lists"
    path.write_bytes(version.dump() + b"\n{}\n")
    with pytest.raises(ValueError, match="line 2"):
        Lists.read(path)


def test_the_command_learns_from_raw_messages_and_finished_articles(tmp_path: Path) -> None:
    raw, finished = tmp_path / "raw.jsonl", tmp_path / "finished.jsonl"
    days = [f"2026-03-0{n + 1}T08:00:00Z" for n in range(6)]
    with raw.open("wb") as r, finished.open("wb") as f:
        for n, day in enumerate(days):
            article = report(n)
            r.write(
                orjson.dumps(
                    {"url": f"https://a.example/{n}", "text": article["body"], "title": "River", "fetched_at": day}
                )
                + b"\n"
            )
            f.write(orjson.dumps({**article, "id": f"{n:032x}", "status": "usable", "first_seen_at": day}) + b"\n")
        f.write(b"no article\n")
    for path in (raw, finished):
        out = tmp_path / "lists"
        done = subprocess.run(
            [sys.executable, "-m", "worker", "learn", str(path), "--out", str(out)], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        lists = Lists.read(out)
        assert len(lists) == 6 and "6 articles" in done.stderr
        last = lists.at(30_000 * DAY)
        assert last is not None and last.name == "2026-03-07" and len(last.hashes) >= 5
    done = subprocess.run([sys.executable, "-m", "worker", "learn", str(raw)], capture_output=True, text=True)
    assert done.returncode == 2
