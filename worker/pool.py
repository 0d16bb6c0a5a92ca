"""Where CPU work runs: a pool of processes, batch-wise, with a deadline; a record that kills its process is found.

Use it for everything that parses what strangers wrote. A chunk of records goes to one process; when its process dies, by
a crash or by the deadline, each record of the chunk is tried alone once, so a poison record costs itself and nothing else.
The deadline counts the CPU time of a record, because on a busy machine all records are slow and none is to blame: the
kernel's profiling timer (setitimer(2), ITIMER_PROF) ends the process, also in the middle of a C call. A record that sleeps
is ended by the clock, at a multiple of it. With no processes the work runs here (debugging), without a deadline.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from multiprocessing.connection import wait
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from worker.errors import ConfigError, RecordError

T = TypeVar("T")
R = TypeVar("R")

# A chunk is small enough that its records share one deadline, and large enough that the pipe costs little.
CHUNK_RECORDS = 16
CHUNK_BYTES = 1 << 18
_CLOCK = 3  # by the clock a record may take so many times its deadline


class Pool:
    """Applies a function to records in other processes and answers a result or a RecordError for each, in order.

    ``setup`` runs once in each process (it loads lexicons); ``deadline`` is in seconds for a record; ``progressed`` is
    called when a chunk or a record tried alone is through. Functions and their arguments must be picklable; functions
    return values and raise RecordError for the record's own faults.
    """

    def __init__(
        self,
        processes: int,
        deadline: float,
        setup: Callable[..., None],
        *arguments: Any,
        progressed: Callable[[], None] = lambda: None,
    ) -> None:
        self.processes = processes
        self.deadline = deadline
        self._progressed = progressed
        if processes:
            # One thread a process: the matrices are small, and threads of a library would fight for the same cores.
            for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
                os.environ.setdefault(name, "1")
            # Spawn, because the parent has threads: a fork would inherit their locks.
            self._pool = ProcessPool(
                max_workers=processes,
                initializer=_begin,
                initargs=[setup, arguments],
                context=multiprocessing.get_context("spawn"),
            )
        else:
            setup(*arguments)

    @property
    def batch(self) -> int:
        """Records to take at a time: two chunks for each process, so that none waits for the next batch."""
        return 2 * CHUNK_RECORDS * max(1, self.processes)

    async def map(
        self, function: Callable[[T], R], records: Sequence[T], stage: str, weigh: Callable[[T], int]
    ) -> list[R | RecordError]:
        """Results of ``function`` over ``records``, in order. ``weigh`` gives a record's size in bytes."""
        if not self.processes:
            return [_guarded(function, record, stage) for record in records]
        chunks = list(_chunks(records, weigh))
        answers = await asyncio.gather(*(self._chunk(function, chunk, stage) for chunk in chunks))
        return [result for chunk in answers for result in chunk]

    async def _chunk(self, function: Callable[[T], R], chunk: Sequence[T], stage: str) -> list[R | RecordError]:
        try:
            return await self._run(function, chunk, stage)
        except (FutureTimeoutError, TimeoutError, ProcessExpired, MemoryError):
            return [await self._alone(function, record, stage) for record in chunk]

    async def _alone(self, function: Callable[[T], R], record: T, stage: str) -> R | RecordError:
        late = RecordError("deadline-exceeded", f"the record took longer than {self.deadline:g} s", stage)
        try:
            return (await self._run(function, [record], stage))[0]
        except (FutureTimeoutError, TimeoutError):
            return late
        except ProcessExpired as error:
            if error.exitcode == -signal.SIGPROF:
                return late
            return RecordError("process-died", "the record ended the process that worked on it, twice", stage)
        except MemoryError:
            return RecordError("process-died", "there is not enough memory for the record", stage)

    async def _run(self, function: Callable[[T], R], chunk: Sequence[T], stage: str) -> list[R | RecordError]:
        try:
            patience = _CLOCK * self.deadline * (1 + (len(chunk) - 1) / CHUNK_RECORDS)
            future: Future[list[R | RecordError]] = self._pool.schedule(
                _run_chunk, args=[function, list(chunk), stage, self.deadline], timeout=patience
            )
            return await asyncio.wrap_future(future)
        except BrokenExecutor:
            raise ConfigError("the processes of the text stages cannot start; the reason stands above") from None
        except RuntimeError as error:  # pebble refuses work once its pool has broken or was closed
            raise ConfigError(f"the pool of processes takes no work: {error}") from None
        finally:
            self._progressed()

    def close(self) -> None:
        """End the processes; what they were working on is not answered."""
        if self.processes:
            self._pool.stop()
            self._pool.join(timeout=5)


def _chunks(records: Sequence[T], weigh: Callable[[T], int]) -> Iterator[Sequence[T]]:
    start = weight = 0
    for at, record in enumerate(records):
        size = weigh(record)
        if at > start and (at - start >= CHUNK_RECORDS or weight + size > CHUNK_BYTES):
            yield records[start:at]
            start, weight = at, 0
        weight += size
    if start < len(records):
        yield records[start:]


def _run_chunk(function: Callable[[T], R], chunk: Sequence[T], stage: str, deadline: float) -> list[R | RecordError]:
    out = []
    for record in chunk:
        signal.setitimer(signal.ITIMER_PROF, deadline)
        out.append(_guarded(function, record, stage))
    signal.setitimer(signal.ITIMER_PROF, 0)
    return out


def _guarded(function: Callable[[T], R], record: T, stage: str) -> R | RecordError:
    try:
        return function(record)
    except RecordError as error:
        return error
    except RecursionError:
        return RecordError("too-deep", "the record is nested too deeply", stage)
    except Exception as error:  # a fault of ours must cost one record, not the stream; the dead letter names it
        where = _place(error)
        return RecordError("internal-error", f"{type(error).__name__} in {where}", stage)


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "an unknown place"
    return f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"


def _begin(setup: Callable[..., None], arguments: Sequence[Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business; it ends its pool
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_die_with, args=[parent.sentinel], name="parent", daemon=True).start()
    try:
        setup(*arguments)
    except Exception as error:
        # The parent only learns that its processes end; the reason must stand somewhere.
        print(f"news-worker: the text stages cannot be loaded: {type(error).__name__}: {error}", file=sys.stderr)
        raise


def _die_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(0)
