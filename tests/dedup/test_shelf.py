from __future__ import annotations

import tempfile
from typing import BinaryIO

import pytest

from worker.dedup.shelf import Shelf


class Files:
    def __init__(self) -> None:
        self.opened: list[BinaryIO] = []

    def __call__(self) -> BinaryIO:
        self.opened.append(tempfile.TemporaryFile())
        return self.opened[-1]

    @property
    def open(self) -> int:
        return sum(not file.closed for file in self.opened)


@pytest.mark.parametrize("filed", [False, True])
def test_everything_is_got_back_by_its_number(filed: bool) -> None:
    files = Files()
    shelf = Shelf(files if filed else None, segment=100)
    items = [b"%d" % n * (n % 7) for n in range(300)]
    numbers = [shelf.put(item) for item in items]
    for n in range(0, 300, 3):
        shelf.drop(numbers[n])
    assert [shelf.get(number) for n, number in enumerate(numbers) if n % 3] == [
        item for n, item in enumerate(items) if n % 3
    ]
    assert (files.open > 0) == filed


def test_a_file_of_which_nothing_is_left_is_closed() -> None:
    files = Files()
    shelf = Shelf(files, segment=100)
    numbers = [shelf.put(b"x" * 60) for _ in range(40)]
    most = files.open
    assert most > 10
    for number in numbers[:-1]:
        shelf.drop(number)
    assert files.open == 0
    assert shelf.get(numbers[-1]) == b"x" * 60
    shelf.drop(numbers[-1])
    for number in [shelf.put(b"y" * 60) for _ in range(40)]:
        shelf.drop(number)
    assert files.open == 0
    shelf.close()
