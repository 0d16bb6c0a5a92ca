"""`news-worker feed PATH…`: files and folders to the topic of raw articles."""

from __future__ import annotations

import argparse
import asyncio
import gzip
import io
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from worker import feeds, formats
from worker.clean.charset import decode
from worker.cli.backfill import Archive
from worker.cli.item import Item
from worker.cli.newest import newest
from worker.cli.warc import pages
from worker.errors import ConfigError, TransientError
from worker.settings import Settings
from worker.times import format_ms

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
_FEEDS = (".rss", ".atom", ".xml")
KINDS = (".txt", ".html", ".htm", ".json", ".jsonl", ".ndjson", ".warc", *_FEEDS)
_PACKED = (".gz", ".zst")
_TYPES = {".txt": b"text/plain", ".html": b"text/html", ".htm": b"text/html"}
_IN_FLIGHT = 500
_TOPIC_SECONDS = 30.0
# A few packed bytes may stand for 128 KiB: so many hold 16 MiB at most.
_ZSTD_STEP = 512


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = subparsers.add_parser(
        "feed",
        help="send files and folders to the topic of raw articles",
        description="Send files to news.raw: .txt and .html are one article each, .json one or a list of them, "
        ".jsonl one a line, .rss, .atom and .xml a feed, each item one article, .warc its pages; each also "
        "as .gz or .zst (extra 'archives'). A folder is searched "
        "for all of these. '-' reads JSON lines from "
        "standard input.",
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="file, folder or -")
    parser.add_argument("--samples", action="store_true", help="the sample articles that come with the package")
    parser.add_argument(
        "--if-empty", action="store_true", help="send nothing where the topic has ever had a message: samples come once"
    )
    parser.add_argument(
        "--backfill",
        action="store_true",
        help="an archive: sort it by fetched_at, say which lateness the workers need for it, and send it only if "
        "--lateness, which is what they run with, is at least that",
    )
    parser.add_argument(
        "--rate", type=float, default=0.0, metavar="N", help="at most N messages a second (default: all at once)"
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Send everything. Exit status 1 where a message was too large or a file could not be read; the rest is sent."""
    if not args.paths and not args.samples:
        print("news-worker feed: name a file, a folder, - or --samples", file=sys.stderr)
        return 2
    paths = find([*([str(SAMPLES)] if args.samples else []), *args.paths])
    total = sum(path.stat().st_size for path in paths if path.is_file())
    if args.backfill:
        return _backfill(Source(paths, settings.max_message, Progress(total, live=False)), settings, args.rate)
    source = Source(paths, settings.max_message, Progress(total))
    asyncio.run(_send(source, settings, source.progress, args.rate, only_empty=args.if_empty))
    source.progress.end(source.refused)
    return 1 if source.refused else 0


def _backfill(source: Source, settings: Settings, rate: float) -> int:
    archive = Archive(int(time.time() * 1000))
    try:
        for item in source:
            archive.add(item)
        progress = Progress(0, archive.count)
        asyncio.run(_send(archive.items(), settings, progress, rate, lambda known: _check(archive, known, settings)))
    finally:
        archive.close()
    progress.end(source.refused)
    return 1 if source.refused else 0


def _check(archive: Archive, known: int | None, settings: Settings) -> None:
    """Say what the archive needs. Raises ConfigError where the workers run with less."""
    need, have = archive.need(known), settings.lateness / 3600
    beside = "" if known is None else f", beside a stream that has come to {format_ms(known)}"
    print(f"news-worker feed: {archive}{beside}: the workers need a lateness of {need}h", file=sys.stderr, flush=True)
    if have < need:
        raise ConfigError(
            f"nothing was sent: the workers run with a lateness of {have:g}h, as far as is said here. Start all of them "
            f"with NEWS_WORKER_LATENESS={need}h (or --lateness {need}h; they hold that much more in memory), then give "
            f"--lateness {need}h here too. Or send the archive into a prefix of its own"
        )


class Source:
    """The messages of files, one after the other; what cannot be sent is said, counted and left out."""

    def __init__(self, paths: Sequence[Path], most: int, progress: Progress) -> None:
        self._paths, self._most, self.progress = paths, most, progress
        self.refused = 0

    def __iter__(self) -> Iterator[Item]:
        for path in self._paths:
            try:
                for item in read(path, self.progress, most=self._most):
                    if len(item.value) > self._most:
                        limit = f"NEWS_WORKER_MAX_MESSAGE allows {self._most}"
                        self.progress.say(f"{item.where}: {len(item.value)} bytes, {limit}: not sent")
                        self.refused += 1
                    else:
                        yield item
            except (OSError, EOFError, zlib.error, feeds.FeedError) as error:
                self.progress.say(f"{path}: {error}: not sent, or not all of it")
                self.refused += 1


def find(names: list[str]) -> list[Path]:
    """The files that `names` stand for, folders searched and sorted. Raises ConfigError for a name that is none."""
    found: list[Path] = []
    for name in names:
        path = Path(name)
        if name == "-":
            found.append(path)
        elif path.is_dir():
            inside = sorted(each for each in path.rglob("*") if each.is_file() and _kind(each) in KINDS)
            if not inside:
                raise ConfigError(
                    f"{name}: no file in it is one that feed knows ({', '.join(KINDS)}, each also .gz, .zst)"
                )
            found += inside
        elif not path.exists():
            raise ConfigError(f"{name}: no such file or folder")
        elif _kind(path) not in KINDS:
            raise ConfigError(f"{name}: not a kind of file that feed knows ({', '.join(KINDS)}, each also .gz, .zst)")
        else:
            found.append(path)
    return found


def read(path: Path, progress: Progress | None = None, *, most: int = 8 << 20) -> Iterator[Item]:
    """The messages in `path`; of a page in an archive at most `most` bytes and one are read, so that it is refused by name.

    Raises ConfigError where an extra is missing, OSError, EOFError or zlib.error where it cannot be read or unpacked,
    FeedError for XML that is no feed.
    """
    if str(path) == "-":
        if sys.stdin is None:
            raise OSError("standard input is closed")
        yield from _lines(sys.stdin.buffer, "standard input", None)
        return
    with path.open("rb") as packed:
        file = _unpacked(packed, path.suffix.lower())
        kind = _kind(path)
        if kind == ".warc":
            yield from pages(file, str(path), most=most)
        elif kind in (".jsonl", ".ndjson"):
            step = None if progress is None else lambda: progress.at(packed.tell())
            yield from _lines(file, str(path), step)
        else:
            data = file.read()
            if kind == ".json":
                yield from _objects(data, str(path))
            elif kind in _FEEDS:
                yield from _items(data, str(path))
            else:
                yield Item(str(path), None, data, (("content-type", _TYPES[kind]),))
        if progress is not None:
            progress.file_done(packed.tell())


def _kind(path: Path) -> str:
    return Path(path.stem).suffix.lower() if path.suffix.lower() in _PACKED else path.suffix.lower()


def _unpacked(packed: BinaryIO, suffix: str) -> Any:
    if suffix == ".gz":
        return gzip.GzipFile(fileobj=packed)
    if suffix != ".zst":
        return packed
    try:
        import zstandard
    except ImportError:
        raise ConfigError("to read .zst: pip install 'news-worker[archives]'") from None
    # The limit is what a frame may make us hold; that of `zstd --ultra --long=27` still fits.
    return io.BufferedReader(_Zstd(packed, zstandard.ZstdDecompressor(max_window_size=1 << 27), zstandard.ZstdError))


class _Zstd(io.RawIOBase):
    """The plain bytes of all frames of `packed`. A file that ends within a frame is an error, which zstandard's reader passes."""

    def __init__(self, packed: BinaryIO, frames: Any, broken: type[Exception]) -> None:
        self._packed, self._frames, self._broken = packed, frames, broken
        self._frame: Any = None
        self._rest = b""
        self._plain = memoryview(b"")
        self._told = 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._told  # readers of archives ask for the place

    def readinto(self, buffer: Any) -> int:
        while not self._plain:
            if not self._step():
                return 0
        size = min(len(buffer), len(self._plain))
        buffer[:size] = self._plain[:size]
        self._plain = self._plain[size:]
        self._told += size
        return size

    def _step(self) -> bool:
        packed = self._rest or self._packed.read(_ZSTD_STEP)
        if not packed:
            if self._frame is not None:
                raise EOFError("the compressed file ends before its end")
            return False
        self._frame = self._frame or self._frames.decompressobj()
        try:
            self._plain = memoryview(self._frame.decompress(packed))
        except self._broken as error:
            raise OSError(f"broken zstd data ({error})") from None
        self._rest = self._frame.unused_data
        if self._frame.eof:
            self._frame = None
        return True


def _lines(file: BinaryIO, name: str, step: Any) -> Iterator[Item]:
    for number, line in enumerate(file, 1):
        if line := line.strip():
            yield Item(f"{name} line {number}", _key(line), line)
        if step is not None and number % 100 == 0:
            step()


def _objects(data: bytes, name: str) -> Iterator[Item]:
    """The elements of a JSON list; anything else is one message as it is: what does not parse, the worker answers."""
    if data.lstrip()[:1] == b"[":
        try:
            for number, element in enumerate(orjson.loads(data), 1):
                value = orjson.dumps(element)
                yield Item(f"{name} element {number}", _key(value), value)
            return
        except orjson.JSONDecodeError:
            pass
    yield Item(name, _key(data), data)


def _items(data: bytes, name: str) -> Iterator[Item]:
    text, _ = decode(data, None)
    if not feeds.looks_like_feed(text):
        raise feeds.FeedError("this XML is no RSS or Atom feed")
    for number, item in enumerate(feeds.read_items(text), 1):
        value = orjson.dumps(item)
        yield Item(f"{name} item {number}", _key(value), value)


def _key(value: bytes) -> bytes | None:
    """The URL, so that all messages of an article meet in one partition; else its own id; else none."""
    try:
        message = orjson.loads(value)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(message, dict):
        return None
    shape = formats.recognise(message)
    if shape is not None:
        message = shape.message
    key = message.get("url") or message.get("id")
    return key.encode("utf-8", "replace") if isinstance(key, str) else None


async def _send(
    items: Iterable[Item],
    settings: Settings,
    progress: Progress,
    rate: float,
    check: Callable[[int | None], None] | None = None,
    *,
    only_empty: bool = False,
) -> None:
    from aiokafka import AIOKafkaProducer
    from aiokafka.errors import KafkaError

    room = settings.max_message + (64 << 10)
    producer = AIOKafkaProducer(
        **settings.kafka_options(),
        enable_idempotence=settings.idempotent,
        acks="all",
        max_request_size=room,
        max_batch_size=256 << 10,
        linger_ms=5,
        client_id="news-worker-feed",
    )
    try:
        await producer.start()
    except (KafkaError, OSError) as error:
        await producer.stop()
        raise TransientError(f"no broker answers at {settings.broker} ({type(error).__name__})") from None
    try:
        await _wait_for_topic(settings)
        if only_empty and await _used(settings):
            progress.say(f"{settings.raw_topic} has had messages already: nothing is sent")
            return
        if check is not None:
            check(await newest(settings))
        await _send_all(producer, items, settings, progress, rate)
    except (KafkaError, OSError) as error:
        raise TransientError(
            f"the broker did not take everything ({type(error).__name__}: {error}); send it again"
        ) from None
    finally:
        await producer.stop()


async def _send_all(producer: Any, items: Iterable[Item], settings: Settings, progress: Progress, rate: float) -> None:
    flying: list[Any] = []
    begin = time.monotonic()
    for item in items:
        if rate > 0:
            await asyncio.sleep(max(0.0, begin + progress.sent / rate - time.monotonic()))
        flying.append(await producer.send(settings.raw_topic, item.value, key=item.key, headers=list(item.headers)))
        progress.step()
        if len(flying) >= _IN_FLIGHT:
            await asyncio.gather(*flying)
            flying.clear()
    await asyncio.gather(*flying)


async def _wait_for_topic(settings: Settings) -> None:
    """The worker makes the topics, with the partitions it is set to; one made by sending would have the broker's."""
    from worker.view.existing import existing

    end = time.monotonic() + _TOPIC_SECONDS
    while not await existing(settings.kafka_options(), [settings.raw_topic]):
        if time.monotonic() > end:
            raise TransientError(f"there is no topic {settings.raw_topic}: start the worker, it makes its topics")
        await asyncio.sleep(0.5)


async def _used(settings: Settings) -> bool:
    from worker.stream.follow import Follower, partitions_of

    kafka = settings.kafka_options()
    places = {(settings.raw_topic, p): 0 for p in await partitions_of(kafka, settings.raw_topic)}
    async with Follower(kafka, places) as follower:
        return any((await follower.ends()).values())


class Progress:
    """A bar on standard error where that is a terminal, else one line at the end.

    Its length is `total_bytes` of files, or `total` messages where that is known.
    """

    def __init__(self, total_bytes: int, total: int = 0, *, live: bool = True) -> None:
        self.sent = 0
        self._total = total_bytes
        self._messages = total
        self._done = 0
        self._here = 0
        self._begin = self._drawn = time.monotonic()
        self._live = live and sys.stderr.isatty()

    def step(self) -> None:
        """One message more has been sent."""
        self.sent += 1
        if self._live and time.monotonic() - self._drawn > 0.1:
            self._draw()

    def at(self, position: int) -> None:
        """`position` bytes of the file in hand have been read."""
        self._here = position

    def file_done(self, size: int) -> None:
        """The file in hand, of `size` bytes, is through."""
        self._done, self._here = self._done + size, 0

    def say(self, text: str) -> None:
        """A line for a person, above the bar."""
        print(f"{chr(13) + chr(27) + '[K' if self._live else ''}news-worker feed: {text}", file=sys.stderr, flush=True)

    def end(self, refused: int) -> None:
        """The last line: how many, how fast."""
        seconds = max(0.001, time.monotonic() - self._begin)
        left = f", {refused} refused" if refused else ""
        self.say(f"{self.sent} messages sent{left} in {seconds:.1f} s ({self.sent / seconds:.0f}/s)")

    def _draw(self) -> None:
        self._drawn = time.monotonic()
        done, total = (self.sent, self._messages) if self._messages else (self._done + self._here, self._total)
        share = min(1.0, done / total) if total else 0.0
        bar = "#" * int(share * 30)
        rate = self.sent / max(0.001, self._drawn - self._begin)
        sys.stderr.write(f"\r\x1b[K[{bar:<30}] {share:4.0%} {self.sent} messages {rate:.0f}/s")
        sys.stderr.flush()
