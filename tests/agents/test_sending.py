"""What a handler with state answers when it fails."""

from __future__ import annotations

import pytest

from worker.agents.sending import guarded
from worker.errors import TransientError
from worker.stream.record import Dead, Record
from worker.stream.state import NotOwned

RECORD = Record("news.tagged", 0, 1, b"k", b"v", [], 0)


@pytest.mark.parametrize("error", [NotOwned("given back"), TransientError("the disk is full")])
def test_a_failure_of_the_machine_is_no_dead_letter(error: Exception) -> None:
    def one(record: Record) -> list[object]:
        raise error

    with pytest.raises(type(error)):
        guarded(one, RECORD)  # type: ignore[arg-type]


def test_a_fault_of_ours_costs_the_record() -> None:
    def one(record: Record) -> list[object]:
        raise KeyError("x")

    answer = guarded(one, RECORD)  # type: ignore[arg-type]
    assert isinstance(answer, Dead) and answer.code == "internal-error" and "KeyError" in answer.message
