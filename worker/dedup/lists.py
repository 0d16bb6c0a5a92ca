"""Lists of template shingles: what recurs from issue to issue of a notice is no evidence that two texts are copies.

Use `Lists` when sketching: each article is sketched with the newest list whose first day is not after the article's own
day, so both of a pair are judged by what was known on their days. `Learner` makes the lists.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import orjson

from worker.dedup.sketch import Hashes, tops

DAY = 86_400_000  # ms
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORM = 1
_LIMIT = 64 << 20  # bytes of an unpacked list: more is no list of ours


@dataclass(frozen=True, slots=True, eq=False)
class StopList:
    """One version: the upper halves of shingle hashes, sorted. It holds for articles from day `valid_from` on."""

    valid_from: int  # days since the epoch, UTC
    hashes: npt.NDArray[np.uint32]

    @property
    def name(self) -> str:
        """The first day as a date: the key of the version."""
        return (_EPOCH + timedelta(days=self.valid_from)).date().isoformat()

    def contains(self, shingles: Hashes) -> npt.NDArray[np.bool_]:
        """Which of `shingles` stand on the list."""
        if not len(self.hashes) or not len(shingles):
            return np.zeros(len(shingles), bool)
        wanted = tops(shingles)
        at = np.searchsorted(self.hashes, wanted)
        at[at == len(self.hashes)] = 0
        return self.hashes[at] == wanted

    def dump(self) -> bytes:
        """One line of JSON: a line of a file, the value of a record."""
        packed = base64.b64encode(zlib.compress(np.diff(self.hashes, prepend=np.uint32(0)).astype("<u4").tobytes()))
        return orjson.dumps(
            {"form": _FORM, "valid_from": self.name, "size": len(self.hashes), "shingles": packed.decode()}
        )

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The list that was dumped. Raises ValueError on anything else."""
        try:
            value = orjson.loads(data)
            if value["form"] != _FORM:
                raise ValueError(f"a list of form {value['form']}; this version reads form {_FORM}")
            day = datetime.fromisoformat(value["valid_from"]).replace(tzinfo=UTC)
            unpacked = zlib.decompressobj().decompress(base64.b64decode(value["shingles"], validate=True), _LIMIT)
            hashes = np.cumsum(np.frombuffer(unpacked, "<u4"), dtype=np.uint32)
        except (KeyError, TypeError, AttributeError, zlib.error, binascii.Error, orjson.JSONDecodeError) as error:
            raise ValueError(f"no list of template shingles ({type(error).__name__})") from None
        if len(hashes) != value.get("size") or (hashes[1:] <= hashes[:-1]).any():
            raise ValueError(f"the list of {value['valid_from']} is damaged")
        return cls((day - _EPOCH).days, hashes)


class Lists:
    """All versions that were published. It grows, and never changes what it said of a day that has begun."""

    def __init__(self) -> None:
        self._versions: list[StopList] = []

    def __len__(self) -> int:
        return len(self._versions)

    @classmethod
    def read(cls, path: Path) -> Self:
        """The lists of a file written by `news-worker learn`. Raises OSError, or ValueError on anything else."""
        lists = cls()
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    try:
                        lists.add(StopList.parse(line))
                    except ValueError as error:
                        raise ValueError(f"line {number}: {error}") from None
        if not lists:
            raise ValueError("there is no list in it")
        return lists

    def add(self, version: StopList) -> None:
        """Takes a version in. Raises ValueError when there is another one for its first day."""
        i = bisect_right(self._versions, version.valid_from, key=lambda v: v.valid_from)
        if i and self._versions[i - 1].valid_from == version.valid_from:
            if np.array_equal(self._versions[i - 1].hashes, version.hashes):
                return
            raise ValueError(f"there is another list for {version.name}")
        self._versions.insert(i, version)

    def take(self, value: bytes, newest: int) -> bool:
        """Takes in a published version, unless articles of its days have come already (`newest`: the largest `t`, ms).

        So every worker has it before it is needed, and nobody waits. Raises ValueError on what is no list.
        """
        version = StopList.parse(value)
        if version.valid_from <= newest // DAY:
            return False
        self.add(version)
        return True

    def at(self, t: int) -> StopList | None:
        """The list that holds for an article with this `t` (ms), None before the first."""
        i = bisect_right(self._versions, t // DAY, key=lambda v: v.valid_from)
        return self._versions[i - 1] if i else None
