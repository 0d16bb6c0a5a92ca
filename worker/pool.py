"""Where CPU work runs: a pool of processes, batch-wise, with a deadline; a record that kills its process is found.

Use it for everything that parses what strangers wrote. A chunk of records goes to one process; when its process dies, by
a crash or by the deadline, each record of the chunk is tried alone once, so a poison record costs itself and nothing else.
The deadline counts the CPU time of a record, because on a busy machine all records are slow and none is to blame: the
kernel's profiling timer (setitimer(2), ITIMER_PROF) ends the process, also in the middle of a C call. A record that sleeps
is ended by the clock, at a multiple of it. With no processes the work runs here (debugging), without a deadline.

On Linux the processes are forked from one that has loaded everything and has no other thread (`worker.forkserver`): models
are loaded once, their memory is shared, and a process that a record has ended is replaced in no time. Elsewhere each process
is spawned and loads for itself. This process may not be forked: it has threads, and a fork inherits their locks.
"""

from __future__ import annotations

import asyncio
import base64
import gc
import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures import wait as wait_for_futures
from multiprocessing import forkserver
from multiprocessing.connection import wait
from multiprocessing.context import BaseContext
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from worker import blas, heap
from worker.errors import ConfigError, RecordError, TransientError

T = TypeVar("T")
R = TypeVar("R")

# A chunk is small enough that its records share one deadline, and large enough (four pages) that handing it over costs little.
CHUNK_RECORDS = 32
CHUNK_BYTES = 1 << 20
_CLOCK = 3  # by the clock a record may take so many times its deadline
_LOOK = 1.0  # s between two looks at a pool that has not answered yet
_LOADING = 120.0  # s for a process to load what it needs, on a machine that is busy
_BROKEN = "the processes of the text stages cannot start; the reason stands above"
_SETUP = "_NEWS_WORKER_SETUP"  # tells the process that is forked from what to load
_loaded: tuple[Callable[..., None], tuple[Any, ...]] | None = None  # what this process was forked with


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
        self._broken = self._closed = False
        if processes:
            blas.one_thread()
            self._pool = ProcessPool(
                max_workers=processes,
                initializer=_begin,
                initargs=[setup, arguments],
                context=_context(setup, arguments),
            )
        else:
            setup(*arguments)

    @property
    def batch(self) -> int:
        """Records to take at a time: two chunks for each process, so that none waits for the next batch."""
        return 2 * CHUNK_RECORDS * max(1, self.processes)

    async def start(self) -> None:
        """Return when the first process waits for work, so that no record waits for models to be loaded.

        Raises ConfigError when they cannot be loaded, TransientError when that takes too long.
        """
        if not self.processes:
            return
        # The first task starts the processes and waits until they are there: not in the loop, and not for ever.
        started: Future[None] = Future()
        threading.Thread(target=self._start, args=[started], name="pool", daemon=True).start()
        try:
            await asyncio.wait_for(asyncio.wrap_future(started), _LOADING)
        except TimeoutError:
            raise TransientError(f"the text stages were not loaded within {_LOADING:.0f} s") from None
        except BrokenExecutor:
            raise ConfigError(_BROKEN) from None

    def _start(self, started: Future[None]) -> None:
        try:
            first = self._pool.schedule(_nothing)
            while not wait_for_futures([first], timeout=_LOOK).done:
                self._look()
            first.result()
        except Exception as error:
            if not started.cancelled():
                started.set_exception(error)
        else:
            if not started.cancelled():
                started.set_result(None)

    async def map(
        self,
        function: Callable[[T], R],
        records: Sequence[T],
        stage: str,
        weigh: Callable[[T], int],
        prepare: Callable[[Sequence[T]], Sequence[T]] | None = None,
    ) -> list[R | RecordError]:
        """Results of ``function`` over ``records``, in order. ``weigh`` gives a record's size in bytes.

        ``prepare`` may do a part of the work for a chunk at once: ``function`` then gets what it answers in place of the
        records. It is left out where it fails, and for a record tried alone.
        """
        chunks = list(_chunks(records, weigh))
        if not self.processes:
            return [_guarded(function, record, stage) for chunk in chunks for record in _prepared(prepare, chunk)]
        answers = await asyncio.gather(*(self._chunk(function, chunk, stage, prepare) for chunk in chunks))
        return [result for chunk in answers for result in chunk]

    async def _chunk(
        self,
        function: Callable[[T], R],
        chunk: Sequence[T],
        stage: str,
        prepare: Callable[[Sequence[T]], Sequence[T]] | None,
    ) -> list[R | RecordError]:
        try:
            return await self._run(function, chunk, stage, prepare)
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

    async def _run(
        self,
        function: Callable[[T], R],
        chunk: Sequence[T],
        stage: str,
        prepare: Callable[[Sequence[T]], Sequence[T]] | None = None,
    ) -> list[R | RecordError]:
        try:
            patience = _CLOCK * self.deadline * (1 + (len(chunk) - 1) / CHUNK_RECORDS)
            future: Future[list[R | RecordError]] = self._pool.schedule(
                _run_chunk, args=[function, list(chunk), stage, self.deadline, prepare], timeout=patience
            )
            answer = asyncio.wrap_future(future)
            try:
                while not (await asyncio.wait([answer], timeout=_LOOK))[0]:
                    self._look()
            finally:
                answer.cancel()  # nothing happens where it is there
            return answer.result()
        except BrokenExecutor:
            raise ConfigError(_BROKEN) from None
        except RuntimeError as error:  # pebble refuses work once its pool has broken or was closed
            raise ConfigError(f"the pool of processes takes no work: {error}") from None
        finally:
            self._progressed()

    def _look(self) -> None:
        """Raise BrokenExecutor where the pool broke before the last look: what was handed over just then is never answered.

        pebble fails the tasks that its manager knows of when a pool breaks; one that is still in its queue stays pending
        for ever (noxdafox/pebble#69).
        """
        if self._pool.active or self._closed:
            self._broken = False
        elif self._broken:
            raise BrokenExecutor(_BROKEN)
        else:
            self._broken = True

    def close(self) -> None:
        """End the processes and wait for them; what they were working on is not answered."""
        self._closed = True
        if self.processes:
            self._pool.stop()
            self._pool.join(timeout=5)
            _end_forkserver()


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


def _run_chunk(
    function: Callable[[T], R],
    chunk: Sequence[T],
    stage: str,
    deadline: float,
    prepare: Callable[[Sequence[T]], Sequence[T]] | None = None,
) -> list[R | RecordError]:
    out = []
    signal.setitimer(signal.ITIMER_PROF, deadline)
    for record in _prepared(prepare, chunk):
        signal.setitimer(signal.ITIMER_PROF, deadline)
        out.append(_guarded(function, record, stage))
    signal.setitimer(signal.ITIMER_PROF, 0)
    return out


def _prepared(prepare: Callable[[Sequence[T]], Sequence[T]] | None, chunk: Sequence[T]) -> Sequence[T]:
    """What ``prepare`` makes of a chunk; the chunk itself where it fails, so that the fault costs the one record whose it is."""
    if prepare is None or len(chunk) < 2:
        return chunk
    try:
        return prepare(chunk)
    except Exception:
        return chunk


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


def _nothing() -> None:
    """The first task of a pool: it is done when its process has loaded what it needs."""


def _context(setup: Callable[..., None], arguments: tuple[Any, ...]) -> BaseContext:
    """How processes start here; on Linux the one that they are forked from begins to load now."""
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["worker.forkserver"])
    os.environ[_SETUP] = base64.b64encode(pickle.dumps((setup, arguments))).decode()
    try:
        forkserver.ensure_running()
    finally:
        del os.environ[_SETUP]
    return context


def _end_forkserver() -> None:
    """End the process that the others are forked from, and wait for it: their CPU time counts as this process's only then."""
    if sys.platform == "linux":
        forkserver._forkserver._stop()  # type: ignore[attr-defined]  # nothing public ends it


def preload() -> None:
    """Load what the processes need, in the one that they are forked from. Called by `worker.forkserver`."""
    global _loaded
    if (packed := os.environ.pop(_SETUP, None)) is None:
        return
    try:
        setup, arguments = pickle.loads(base64.b64decode(packed))
        setup(*arguments)
    except Exception:
        return  # each process tries for itself, and says what the reason is
    _loaded = (setup, arguments)
    gc.collect()
    gc.freeze()  # a collection that touches every object would end the sharing of their memory


def _begin(setup: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's business; it ends its pool
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_die_with, args=[parent.sentinel], name="parent", daemon=True).start()
    # An article makes and drops thousands of objects, hardly one of them in a cycle: looking for cycles less often saves 5 %.
    gc.set_threshold(50_000, 20, 100)
    heap.keep()
    if _loaded == (setup, arguments):
        return
    try:
        setup(*arguments)
    except Exception as error:
        # The parent only learns that its processes end; the reason must stand somewhere.
        print(f"news-worker: the text stages cannot be loaded: {type(error).__name__}: {error}", file=sys.stderr)
        os._exit(1)  # raised on, pebble would log where, for a person who set a wrong path


def _die_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(0)
