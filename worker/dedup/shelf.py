"""Bytes that are seldom read again, out of the way. Use it for what may be asked for and would fill the memory.

Items are numbered as they come. They fill a segment; a full one goes to a file, if files can be had, and a segment of
which nothing is left is closed, so that space is given back as long as items go about in the order in which they came.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import BinaryIO

SEGMENT = 32 << 20  # bytes
_BITS = 32


class _Segment:
    __slots__ = ("ends", "file", "items", "left", "size")

    def __init__(self) -> None:
        self.items: list[bytes | None] = []  # until it is full
        self.size = self.left = 0
        self.file: BinaryIO | None = None
        self.ends: array[int] = array("Q")


class Shelf:
    """Puts bytes away under a number. `make_file` opens a temporary file; without it all stays in memory."""

    def __init__(self, make_file: Callable[[], BinaryIO] | None = None, segment: int = SEGMENT) -> None:
        self._make_file, self._full = make_file, segment
        self._segments: dict[int, _Segment] = {}
        self._newest = -1
        self._open = _Segment()  # stands for a full one: the first item opens another
        self._open.size = segment

    def put(self, data: bytes) -> int:
        """Puts it away; the number it is got back by. Raises OSError when the disk is full."""
        segment = self._open
        if segment.size >= self._full:
            self._close(segment)
            self._newest += 1
            segment = self._open = self._segments[self._newest] = _Segment()
        segment.items.append(data)
        segment.size += len(data)
        segment.left += 1
        return self._newest << _BITS | (len(segment.items) - 1)

    def get(self, number: int) -> bytes:
        """What was put away under a number that was not dropped."""
        segment, at = self._segments[number >> _BITS], number & (1 << _BITS) - 1
        if segment.file is None:
            data = segment.items[at]
            assert data is not None
            return data
        begin = segment.ends[at - 1] if at else 0
        segment.file.seek(begin)
        return segment.file.read(segment.ends[at] - begin)

    def drop(self, number: int) -> None:
        """It will not be asked for any more."""
        key, at = number >> _BITS, number & (1 << _BITS) - 1
        segment = self._segments[key]
        segment.left -= 1
        if segment.file is None:
            segment.items[at] = None
        if not segment.left and segment is not self._open:
            if segment.file is not None:
                segment.file.close()
            del self._segments[key]

    def close(self) -> None:
        """Closes the files."""
        for segment in self._segments.values():
            if segment.file is not None:
                segment.file.close()

    def _close(self, segment: _Segment) -> None:
        if not segment.left:
            self._segments.pop(self._newest, None)
        elif self._make_file is not None:
            end = 0
            for data in segment.items:
                end += len(data or b"")
                segment.ends.append(end)
            segment.file = self._make_file()
            segment.file.write(b"".join(data or b"" for data in segment.items))
            segment.items = []
