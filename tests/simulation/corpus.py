"""Made-up messages that meet in every way the answer depends on. Use `make(seed)`: the same seed, the same corpus."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import orjson

from worker.dedup import sketch
from worker.dedup.entry import Entry, make_entry
from worker.dedup.lists import DAY, Lists, StopList
from worker.dedup.normalise import normalise
from worker.dedup.reading import content_hash

HOUR = 3_600_000
START = 20_000 * DAY
WINDOW, LATENESS, KEEP = 24 * HOUR, 12 * HOUR, 24 * HOUR  # short, so that rows are purged while news comes in

_SYLLABLES = (
    "ba be bo da de do fa fi ga go ha ka ke ko la le li lo ma me mi mo na ne ni no pa pe ra re ri ro sa se".split()
)
_LANGUAGES = ("de", "en", "fr")


class Raw(NamedTuple):
    """One record of `news.tagged`, as the text stages would send it."""

    id: str
    fetched: int  # ms
    raw: bytes  # 8
    value: bytes | None  # None: takedown
    src: bytes

    @property
    def article(self) -> dict[str, Any] | None:
        """The article of the record, None for a takedown."""
        return orjson.loads(self.value) if self.value is not None else None


@dataclass(slots=True)
class Corpus:
    """The messages in no order, and the lists."""

    seed: int
    messages: list[Raw]
    lists: Lists = field(default_factory=Lists)
    entries: dict[tuple[str, int, bytes, str], Entry] = field(default_factory=dict)

    def entry(self, id: str, t: int, article: Mapping[str, Any], lists: Lists | None = None) -> Entry:
        """What `make_entry` makes of these, made once."""
        key = id, t, content_hash(article["title"], article["body"]), article["language"]["code"]
        if key not in self.entries:
            self.entries[key] = make_entry(id, t, article, lists)
        return self.entries[key]

    @property
    def ids(self) -> set[str]:
        """All ids."""
        return {m.id for m in self.messages}


class _Maker:
    def __init__(self, seed: int, articles: int, days: int) -> None:
        self.rng = random.Random(f"corpus {seed}")
        self.days, self.seed = days, seed
        self.vocabulary = ["".join(self.rng.choices(_SYLLABLES, k=self.rng.randint(2, 4))) for _ in range(900)]
        self.boilerplate = [self.sentence() for _ in range(6)]
        self.messages: list[Raw] = []
        made = 0
        while made < articles:
            made += self.story(min(self.rng.choice((1, 1, 1, 2, 2, 3, 4, 6)), articles - made))

    def sentence(self) -> str:
        found = self.rng.choices(self.vocabulary, k=self.rng.randint(8, 13))
        if self.rng.random() < 0.3:
            found[self.rng.randrange(len(found))] = str(self.rng.randint(2, 400))
        return " ".join(found).capitalize() + "."

    def sentences(self, least: int = 5, most: int = 9) -> list[str]:
        return [self.sentence() for _ in range(self.rng.randint(least, most))]

    def new_id(self) -> str:
        return f"{self.rng.getrandbits(128):032x}"

    def say(self, id: str, fetched: int, title: str, body: str, language: str, *, withheld: bool = False) -> None:
        number = len(self.messages)
        article = {
            "id": id,
            "status": "withheld" if withheld else "usable",
            "url": f"https://example.org/{id}",
            "fetched_at": str(fetched),
            "title": title,
            "body": body,
            "language": {"code": language, "confidence": 1.0},
            "quality": {"flags": [], "removed_chars": 0},
            "labels": {"message": number},
            "extra": {},
            "provenance": {"raw": {"topic": "news.raw", "partition": 0, "offset": number}, "rules": "r"},
        }
        self.add(id, fetched, orjson.dumps(article))

    def take_down(self, id: str, fetched: int) -> None:
        self.add(id, fetched, None)

    def add(self, id: str, fetched: int, value: bytes | None) -> None:
        number = len(self.messages)
        raw = self.rng.getrandbits(64).to_bytes(8, "big")
        self.messages.append(Raw(id, fetched, raw, value, b"news.raw:0:%d" % number))

    def copy_of(self, sentences: list[str]) -> list[str]:
        """The same, cut, extended, half of it, moved on, or with some words changed."""
        kind = self.rng.choice(("same", "same", "cut", "longer", "half", "moved", "edited"))
        size = len(sentences)
        if kind == "cut":
            return sentences[: max(2, size - self.rng.randint(1, 2))]
        if kind == "longer":
            return sentences + self.sentences(1, 3)
        if kind == "half":
            return sentences[: size // 2] + self.sentences(size // 2, size // 2 + 1)
        if kind == "moved":  # a chain: the next one shares its new end, not the old beginning
            return sentences[size // 3 :] + self.sentences(size // 3, size // 3 + 1)
        if kind == "edited":
            out = " ".join(sentences).split(" ")
            for _ in range(self.rng.randint(1, 3)):
                out[self.rng.randrange(len(out))] = self.rng.choice(self.vocabulary)
            return [" ".join(out)]
        return sentences

    def story(self, size: int) -> int:
        rng = self.rng
        language = rng.choice(_LANGUAGES)
        sentences = self.sentences()
        if rng.random() < 0.12:
            sentences = [self.sentence()]
            sentences[0] = " ".join(sentences[0].split()[:7]) + "."
        if rng.random() < 0.2:
            sentences = rng.sample(self.boilerplate, 3) + sentences[:4]
        title = " ".join(rng.choices(self.vocabulary, k=6))
        t = START + rng.randrange(self.days * 24) * HOUR + rng.randrange(HOUR)
        for _ in range(size):
            self.article(t, title, sentences, language)
            sentences = self.copy_of(sentences) if rng.random() < 0.8 else sentences
            if rng.random() < 0.15:
                title = " ".join(rng.choices(self.vocabulary, k=6))
            # ties in t, just inside and just outside the window, or some hours
            t += rng.choice((0, 0, 1, WINDOW, WINDOW + 1, *(rng.randrange(1, 10) * HOUR for _ in range(6))))
        return size

    def article(self, t: int, title: str, sentences: list[str], language: str) -> None:
        rng, id = self.rng, self.new_id()
        if rng.random() < 0.05:
            language = rng.choice(_LANGUAGES)
        body = "\n\n".join(sentences)
        withheld = rng.random() < 0.04
        if rng.random() < 0.06:
            self.take_down(id, t - rng.choice((0, HOUR)))  # on ties the takedown is last
        self.say(id, t, title, body, language, withheld=withheld)
        later = t
        while rng.random() < 0.4:
            later = min(later + rng.choice((0, 1, HOUR, 5 * HOUR, 16 * HOUR, KEEP)), t + KEEP)
            kind = rng.choice(("again", "again", "update", "update", "joins", "language", "down", "older", "parts"))
            if kind == "again":
                self.say(id, later, title, body, language, withheld=withheld)
            elif kind == "update":
                body = "\n\n".join(self.copy_of(sentences))
                self.say(id, later, title, body, language)
            elif kind == "joins":
                other = [m for m in self.messages if m.value is not None and abs(m.fetched - later) < WINDOW]
                article = rng.choice(other).article if other else None
                if article is not None:
                    title, body, language = article["title"], article["body"], article["language"]["code"]
                    self.say(id, later, title, body, language)
            elif kind == "language":
                language = rng.choice(_LANGUAGES)
                self.say(id, later, title, body, language)
            elif kind == "down":
                self.take_down(id, later)
                if rng.random() < 0.4:
                    self.say(id, min(later + HOUR, t + KEEP), title, body, language)
            elif kind == "older":
                lower = t - rng.choice((1, HOUR, 10 * HOUR))
                if later - lower <= KEEP:
                    self.say(id, lower, title, "\n\n".join(self.copy_of(sentences)), language)
                    t = lower
            else:  # another content in the middle of a run
                self.say(id, (t + later) // 2, title, "\n\n".join(self.sentences(3, 4)), language)


def make(seed: int, articles: int = 50, days: int = 4) -> Corpus:
    """Messages of some `articles` ids over `days`, and two list versions."""
    maker = _Maker(seed, articles, days)
    # What is older than KEEP after the t of its id gives no one answer: leave it to the runs about late messages.
    first: dict[str, int] = {}
    for m in maker.messages:
        if m.value is not None:
            first[m.id] = min(m.fetched, first.get(m.id, m.fetched))
    messages = [m for m in maker.messages if m.fetched <= first[m.id] + KEEP]
    lists = Lists()
    for day, count in ((1, 3), (2, 6)):
        hashes = [sketch.tops(sketch.shingles(sketch.word_hashes(normalise(s))[0])) for s in maker.boilerplate[:count]]
        lists.add(StopList(START // DAY + day, np.unique(np.concatenate(hashes))))
    return Corpus(seed, messages, lists)


def arrival(corpus: Corpus, kind: str, rng: random.Random) -> list[Raw]:
    """The messages in an order of arrival; 5 % come twice.

    `ordered`: nearly by time; `shuffled`: fully within the lateness; `stalled`: one input partition of three far behind;
    `late`: some later than the lateness.
    """
    delays = {
        "ordered": lambda _: rng.uniform(0, HOUR),
        "shuffled": lambda _: rng.uniform(0, LATENESS),
        "stalled": lambda m: LATENESS - 1 if m.raw[0] % 3 == 0 else rng.uniform(0, HOUR),
        "late": lambda _: rng.uniform(0, 12 * LATENESS) if rng.random() < 0.2 else rng.uniform(0, LATENESS),
    }
    delay = delays[kind]
    due = [(m.fetched + delay(m), m) for m in corpus.messages]
    due += [(at + rng.choice((0, rng.uniform(0, HOUR))), m) for at, m in due if rng.random() < 0.05]
    # A stable sort: what is said twice at once comes twice in a row.
    return [m for _, m in sorted(due, key=lambda pair: pair[0])]
