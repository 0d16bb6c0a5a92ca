"""How many threads the libraries below numpy start. Call `one_thread` before numpy is imported."""

from __future__ import annotations

import os

_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def one_thread() -> None:
    """Have them start none beside the caller's, here and in child processes, unless the environment says otherwise.

    Our matrices are small, and threads of a library would fight for the cores of the pool. The mere start costs too: each
    thread waits for work by turning in a loop, 0.1 s of CPU time in a process that never multiplies.
    """
    for name in _VARIABLES:
        os.environ.setdefault(name, "1")
