"""``news-worker process``: the pipeline in this process, without Kafka. JSON lines in, one answer a line, in order."""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import fcntl
import gc
import os
import stat
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import orjson

from worker.dedup.shelf import Shelf
from worker.errors import ConfigError, RecordError
from worker.identity import article_id
from worker.pool import CHUNK_RECORDS, Pool
from worker.settings import Settings
from worker.stages import STAGES, RawRecord, Staged, TextOptions, parsed_record, setup, text_ahead, text_stages

if TYPE_CHECKING:
    from worker.dedup.lists import Lists
    from worker.dedup.reading import Reading
    from worker.dedup.sequential import Deduplication

# Lines read ahead of the answers: enough to keep the pool busy, little enough to stay flat on an archive.
_BATCHES_AHEAD = 4
_PIPE_BYTES = 1 << 20
_BATCH_RECORDS = 4 * CHUNK_RECORDS
_RAW_LIMIT = 64 << 10


def add_parser(subparsers: Any) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("process", help="clean, tag and deduplicate JSON lines", description=__doc__)
    parser.add_argument(
        "--stages", default=",".join(STAGES), help="which stages run, separated by commas (default: all)"
    )
    parser.add_argument("--final", action="store_true", help="hold the lines back and print each with its last verdict")
    parser.add_argument("--templates", metavar="FILE", help="learned lists of template shingles (news-worker learn)")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Answer every line of standard input; 0 when each was answered."""
    stages = tuple(s.strip() for s in args.stages.split(",") if s.strip())
    if unknown := [s for s in stages if s not in STAGES]:
        print(f"news-worker process: no stage {unknown[0]!r}; there are {', '.join(STAGES)}", file=sys.stderr)
        return 2
    if sys.stdin is None or sys.stdout is None:
        raise ConfigError("standard input or output is closed: messages come from the one, answers go to the other")
    lists = None
    if args.templates:
        from worker.dedup.lists import Lists

        try:
            lists = Lists.read(Path(args.templates))
        except (OSError, ValueError) as error:
            raise ConfigError(f"--templates {args.templates} cannot be used: {error}") from None
    answers = Answers(settings, stages, args.final, lists, sys.stdout.buffer)
    asyncio.run(_answer_all(settings, stages, answers))
    return 0


class Answers:
    """Turns what the text stages made of each line into the line of output, through deduplication where it runs."""

    def __init__(
        self, settings: Settings, stages: Sequence[str], final: bool, lists: Lists | None, out: BinaryIO
    ) -> None:
        self.out = out
        self.held: list[tuple[int, str | None]] | None = [] if final else None
        self.shelf = Shelf(_temporary)
        self.dedup: Deduplication | None = None
        if "dedup" in stages:
            from worker.dedup.sequential import Deduplication

            self.dedup = Deduplication(
                window_ms=int(settings.window * 1000),
                lateness_ms=int(settings.lateness * 1000),
                keep_ms=int(settings.keep * 1000),
                lists=lists,
                shelf=Shelf(_temporary),
                remember=final,
            )

    def write(self, lines: Sequence[bytes], results: Sequence[Staged | RecordError]) -> None:
        """Answer some lines; the texts of all of them are read at once, which costs half."""
        articles = [self._article(result) for result in results]
        readings: Iterator[Reading] = iter(())
        if self.dedup is not None:
            from worker.dedup.reading import read

            readings = iter(read([article for article in articles if article is not None]))
        for line, result, article in zip(lines, results, articles, strict=True):
            reading = None if article is None else next(readings, None)
            if isinstance(result, Staged):
                try:
                    answer, ident = self._finished(result, article, reading)
                except RecordError as error:
                    answer, ident = failure(line, error), None
            else:
                answer, ident = failure(line, result), None
            if self.held is None:
                self.out.write(answer + b"\n")
            else:
                self.held.append((self.shelf.put(answer), ident))

    def _article(self, result: Staged | RecordError) -> dict[str, Any] | None:
        if self.dedup is None or not isinstance(result, Staged) or result.article is None:
            return None
        return result.parsed if result.parsed is not None else orjson.loads(result.article)

    def _finished(
        self, staged: Staged, own: dict[str, Any] | None, reading: Reading | None
    ) -> tuple[bytes, str | None]:
        if self.dedup is None:
            return staged.article or _canceled(staged.id), None
        article = self.dedup.message(staged.id, own, staged.fetched_ms, staged.raw_hash, staged.article, reading)
        if article is None:
            return _canceled(staged.id), staged.id
        verdict = article.pop("dedup")
        if own is None:  # a takedown that later messages have overtaken
            raw = dict(zip(("topic", "partition", "offset"), staged.src, strict=True))
            own = {
                "labels": orjson.loads(staged.labels),
                "extra": {},
                "provenance": {**article["provenance"], "raw": raw},
            }
        for key in ("labels", "extra", "provenance"):
            article[key] = own[key]
        article["dedup"] = verdict  # last, for `end`
        return orjson.dumps(article), staged.id

    def end(self) -> None:
        """Print what ``--final`` held back, each line with the last verdict of its article."""
        for place, ident in self.held or ():
            answer = self.shelf.get(place)
            if ident is not None and self.dedup is not None:
                known = self.dedup.final(ident)
                head, _, _ = answer.rpartition(b',"dedup":')
                answer = head + b',"dedup":' + orjson.dumps(known) + b"}"
            self.out.write(answer + b"\n")
        self.out.flush()


def _temporary() -> BinaryIO:
    try:
        return cast(BinaryIO, tempfile.TemporaryFile(prefix="news-worker-"))
    except OSError as error:
        raise ConfigError(f"no temporary file can be made for articles of a long archive (TMPDIR): {error}") from None


def _canceled(ident: str) -> bytes:
    return orjson.dumps({"id": ident, "status": "canceled", "dedup": None})


def failure(line: bytes, error: RecordError) -> bytes:
    """The answer to a line that failed: why, and the line itself."""
    try:
        value = orjson.loads(line)
        parsed = True
    except orjson.JSONDecodeError:
        value, parsed = None, False
    known = value if isinstance(value, dict) else {}
    text = {k: v for k in ("url", "source", "id", "text", "html") if isinstance(v := known.get(k), str)}
    answer: dict[str, Any] = {
        "error": {"code": error.code, "stage": error.stage, "message": error.message},
        "id": article_id(text.get("url"), text.get("source"), text.get("id"), text.get("text") or text.get("html")),
        "labels": known.get("labels") if isinstance(known.get("labels"), dict) else None,
    }
    if parsed and len(line) <= _RAW_LIMIT:
        answer["raw"] = value
    else:
        answer["raw"] = base64.b64encode(line[:_RAW_LIMIT]).decode()
        answer["raw_encoding"] = "base64"
    try:
        return orjson.dumps(answer)
    except orjson.JSONEncodeError:  # nested deeper than can be written again
        answer["labels"] = None
        answer |= {"raw": base64.b64encode(line[:_RAW_LIMIT]).decode(), "raw_encoding": "base64"}
        return orjson.dumps(answer)


class _Lines(threading.Thread):
    """Reads standard input into batches of the lines that are there; a line above the limit is cut, not kept."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, queue: asyncio.Queue[list[tuple[bytes, int]]], limit: int
    ) -> None:
        super().__init__(name="stdin", daemon=True)
        self.loop, self.queue, self.limit = loop, queue, limit
        self.room = threading.Semaphore(_BATCHES_AHEAD)
        self.broken: OSError | None = None

    def run(self) -> None:
        try:
            self._read()
        except OSError as error:
            self.broken = error
        self._put([])

    def _read(self) -> None:
        _widen(0)
        head, length = b"", 0  # the unfinished line: what is kept of it, and how long it is
        while data := os.read(0, 1 << 18):
            *whole, rest = data.split(b"\n")
            batch = []
            for part in whole:
                batch.append((head + part if length + len(part) <= self.limit else head, length + len(part)))
                head, length = b"", 0
            length += len(rest)
            if length <= self.limit:
                head += rest
            elif len(head) > _RAW_LIMIT:
                head = head[:_RAW_LIMIT]
            for start in range(0, len(batch), _BATCH_RECORDS):
                self._put(batch[start : start + _BATCH_RECORDS])
        if length:
            self._put([(head, length)])

    def _put(self, batch: list[tuple[bytes, int]]) -> None:
        self.room.acquire()
        self.loop.call_soon_threadsafe(self.queue.put_nowait, batch)


def _widen(descriptor: int) -> None:
    """Let a pipe hold more than its 64 KiB, so that a read finds many lines: what comes together is worked on at once."""
    size = getattr(fcntl, "F_SETPIPE_SZ", None)
    if size is None or not stat.S_ISFIFO(os.fstat(descriptor).st_mode):
        return
    with contextlib.suppress(OSError):  # above what the system lets a user have
        fcntl.fcntl(descriptor, size, _PIPE_BYTES)


async def _answer_all(settings: Settings, stages: tuple[str, ...], answers: Answers) -> None:
    options = TextOptions.of(settings, stages)
    text = "clean" in stages or "tag" in stages
    # What is kept of an article is never garbage in a cycle: looking for it among all that is kept costs a tenth.
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    # Without a text stage nothing parses what strangers wrote but orjson, which is bounded.
    processes = (settings.processes if settings.processes >= 0 else 1) if text else 0
    pool = Pool(processes, settings.deadline, setup, options)
    work: Callable[[RawRecord], Staged] = text_stages if text else parsed_record
    ahead_of = text_ahead if text else None
    incoming: asyncio.Queue[list[tuple[bytes, int]]] = asyncio.Queue()
    lines = _Lines(asyncio.get_running_loop(), incoming, settings.max_message)
    lines.start()
    ahead: asyncio.Queue[tuple[list[tuple[bytes, int]], asyncio.Task[Any]] | None] = asyncio.Queue()
    offset = 0

    async def read() -> None:
        nonlocal offset
        while batch := await incoming.get():
            records = []
            for line, length in batch:
                if length <= settings.max_message:
                    records.append(RawRecord(line, src=(None, None, offset)))
                offset += 1
            ahead.put_nowait((batch, asyncio.create_task(pool.map(work, records, "clean", _weight, ahead_of))))
        ahead.put_nowait(None)

    reader = asyncio.create_task(read())
    try:
        while (item := await ahead.get()) is not None:
            batch, task = item
            results = iter(await task)
            answers.write(
                [line for line, _ in batch],
                [next(results) if n <= settings.max_message else _too_large(n, settings) for _, n in batch],
            )
            if answers.held is None:
                answers.out.flush()
            lines.room.release()
        await reader
        if lines.broken is not None:
            raise ConfigError(f"standard input cannot be read any further: {lines.broken}")
        answers.end()
    finally:
        pool.close()


def _too_large(length: int, settings: Settings) -> RecordError:
    return RecordError(
        "message-too-large", f"{length} bytes; NEWS_WORKER_MAX_MESSAGE allows {settings.max_message}", "clean"
    )


def _weight(record: RawRecord) -> int:
    return len(record.value or b"")
