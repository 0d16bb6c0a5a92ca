"""What glibc's malloc keeps back of freed memory: little in a process that holds much for months (`settle`), enough for the next
records in one that holds nothing between two of them (`keep`)."""

from __future__ import annotations

import ctypes

# mallopt(3)
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8

# Bytes; above what a read of a socket takes (256 KiB), which comes too often for a mapping of its own.
_LARGE = 512 << 10
_KEPT = 1 << 20  # bytes at the end of the heap that are kept for what comes next
_ARENAS = 2  # the threads wait for the interpreter's lock, not for malloc
_FOR_THE_NEXT = 16 << 20  # bytes; the arrays of a chunk of records have 12 MiB together


def settle() -> bool:
    """Have large blocks mapped on their own and few heaps; whether this malloc knows how.

    By default glibc raises the size from which a block is mapped on its own each time that one is freed, to 32 MiB. From
    then on arrays, dicts and fetched batches lie in the heap between small blocks that live for days, what they leave is
    seldom filled again, and the heap grows with the worst moment so far; each thread that meets another in malloc begins a
    heap of its own besides. Setting a threshold ends that. Other systems and allocators stay as they are.
    """
    return _set((_MMAP_THRESHOLD, _LARGE), (_TRIM_THRESHOLD, _KEPT), (_ARENA_MAX, _ARENAS))


def keep() -> bool:
    """Have freed memory kept for what comes next, up to some MiB; whether this malloc knows how.

    For the processes of the pool: by default each chunk of records asks the system for the pages of its arrays anew, which
    costs a text 3 to 5 % of its CPU time.
    """
    return _set((_MMAP_THRESHOLD, _FOR_THE_NEXT), (_TRIM_THRESHOLD, _FOR_THE_NEXT))


def _set(*options: tuple[int, int]) -> bool:
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, TypeError, AttributeError):
        return False
    return all(mallopt(name, value) for name, value in options)
