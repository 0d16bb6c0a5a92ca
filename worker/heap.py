"""What glibc's malloc keeps back of freed memory. Call `settle` first of all in a process that runs for months.

Not in the processes of the pool: they keep nothing between two articles, and pages of 150 kB and more cost them 5 to 8 % more CPU
with it, since what is given back must be asked for again.
"""

from __future__ import annotations

import ctypes

# mallopt(3)
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8

# Bytes; above what a read of a socket takes (256 KiB), which comes too often for a mapping of its own.
_LARGE = 512 << 10
_KEPT = 1 << 20  # bytes at the end of the heap that are kept for what comes next
_ARENAS = 2  # the threads wait for the interpreter's lock, not for malloc


def settle() -> bool:
    """Have large blocks mapped on their own and few heaps; whether this malloc knows how.

    By default glibc raises the size from which a block is mapped on its own each time that one is freed, to 32 MiB. From
    then on arrays, dicts and fetched batches lie in the heap between small blocks that live for days, what they leave is
    seldom filled again, and the heap grows with the worst moment so far; each thread that meets another in malloc begins a
    heap of its own besides. Setting a threshold ends that. Other systems and allocators stay as they are.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, TypeError, AttributeError):
        return False
    done = [mallopt(_MMAP_THRESHOLD, _LARGE), mallopt(_TRIM_THRESHOLD, _KEPT), mallopt(_ARENA_MAX, _ARENAS)]
    return done == [1, 1, 1]
