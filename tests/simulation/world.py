"""The handlers of deduplication at work: partitions of ids, shards, crashes, moves, zombies. Use `World(plan, corpus).run()`."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from zlib import crc32

import orjson

from tests.simulation.bus import Bus, Record, Store
from tests.simulation.corpus import HOUR, KEEP, LATENESS, WINDOW, Corpus, arrival
from worker.dedup import deduplicate as deduplicate_module
from worker.dedup.deduplicate import Deduplicator
from worker.dedup.match import Matcher, ShardRow
from worker.dedup.publish import Published, Publisher, parse_revision
from worker.dedup.records import ARTICLES, DUPLICATES, SKETCHES, VERDICTS, Out
from worker.dedup.row import Row
from worker.dedup.sweep import sweep

TAGGED = "tagged"
PLACES = (ARTICLES, DUPLICATES)
ZOMBIE_STEPS = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is to be like; `seed` decides the rest."""

    seed: int
    partitions: int = 3
    shards: int = 1
    crash: float = 0.0
    arrival: str = "ordered"
    schedule: str = "uniform"  # uniform, starving, newest
    commit: float = 0.3
    moves: float = 0.0  # of a partition, per step
    zombies: bool = False
    deduplicator: type[Deduplicator] = Deduplicator
    matcher: type[Matcher] = Matcher
    publisher: type[Publisher] = Publisher


@dataclass(slots=True)
class Stats:
    """What a run has counted."""

    sent: Counter[str] = field(default_factory=Counter)  # by topic
    bytes: Counter[str] = field(default_factory=Counter)
    tombstones: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    late: int = 0
    crashes: int = 0
    moves: int = 0
    zombies: int = 0
    replays: int = 0  # messages recognised as handled before
    first: int = 0  # first answers
    amended: int = 0  # answers that changed after the first, for the same content
    first_steps: list[int] = field(default_factory=list)  # from input to the first answer
    final_steps: list[int] = field(default_factory=list)
    purged: int = 0
    rows: int = 0
    state_bytes: int = 0
    steps: int = 0


class Violation(Exception):
    """An invariant does not hold."""

    def __init__(self, invariant: int, what: str) -> None:
        super().__init__(f"invariant {invariant}: {what}")
        self.invariant = invariant


class Unit(ABC):
    """What lives and dies together: handlers, their state, their offsets."""

    name: str
    sources: tuple[str, ...]  # topics with a committed offset

    def __init__(self, world: World, partition: int) -> None:
        self.world, self.partition = world, partition
        self.stores: dict[str, Store] = {}
        self.offsets = dict.fromkeys(self.sources, 0)
        self.committed = dict(self.offsets)
        self.sent: list[Record] = []  # since the last commit
        self.zombie = False

    @abstractmethod
    def start(self) -> None:
        """Take over: handlers on the state as it is."""

    def pending(self) -> list[tuple[str, int]]:
        """(topic, offset) of what could be handled next."""
        found = []
        for topic in self.sources:
            offset = self.world.bus.next((topic, self.partition), self.offsets[topic])
            if offset is not None:
                found.append((topic, offset))
        return found

    def handle(self, topic: str, offset: int) -> None:
        """Handle one record."""
        record = self.world.bus.log((topic, self.partition))[offset]
        record.read = True
        self.send(self.work(topic, offset, record))
        self.offsets[topic] = offset + 1

    @abstractmethod
    def work(self, topic: str, offset: int, record: Record) -> list[Out]:
        """The handler's answer to one record."""

    @abstractmethod
    def on_commit(self) -> None:
        """Tell the handlers."""

    def send(self, outs: Iterable[Out]) -> None:
        """Append to the logs."""
        for out in outs:
            self.sent.append(self.world.append(out))

    def commit(self) -> None:
        """Offsets, state and what was sent are durable now."""
        self.committed = dict(self.offsets)
        for store in self.stores.values():
            store.commit()
        self.sent.clear()
        self.on_commit()

    def fall_back(self, lose_sent: bool) -> None:
        """To the last commit; state and records sent since are kept or lost one by one."""
        rng = self.world.rng
        for name, store in self.stores.items():
            store.crash(rng)
            for key, value in store.foreign:
                if rng.random() < 0.5:
                    recover(name, store, key, value)
            store.foreign.clear()
        if lose_sent:
            for record in self.sent:
                if not record.read and rng.random() < 0.5:
                    record.lost = True
        self.sent = []
        self.offsets = dict(self.committed)


def recover(table: str, store: Store, key: str, value: bytes | None) -> None:
    """Recovery from a changelog: rows of a key are merged."""
    old = store.rows.get(key)
    if value is None:
        if table == "contents":
            store.rows.pop(key, None)
        return
    if old is None or key.startswith("#"):
        store.rows[key] = value if old is None else max(old, value, key=int)
    elif table == "rows":
        store.rows[key] = Row.unpack(old).merge(Row.unpack(value)).pack()
    elif table == "published":
        store.rows[key] = Published.unpack(old).merge(Published.unpack(value)).pack()
    elif table == "shard":
        store.rows[key] = ShardRow.unpack(old).merge(ShardRow.unpack(value)).pack()
    else:
        store.rows[key] = value


class IdUnit(Unit):
    """One partition of ids: `deduplicate` and `publish`, and the outputs read back."""

    name = "ids"
    sources = (TAGGED, VERDICTS)

    def __init__(self, world: World, partition: int) -> None:
        super().__init__(world, partition)
        self.stores = {"rows": Store(), "contents": Store(), "published": Store()}
        self.positions = dict.fromkeys(PLACES, 0)
        self.start()

    def start(self) -> None:
        plan, rows, contents = self.world.plan, self.stores["rows"], self.stores["contents"]
        self.deduplicator = plan.deduplicator(
            self.partition,
            rows,
            contents,
            shards=plan.shards,
            lateness=LATENESS,
            keep=KEEP,
            lists=self.world.corpus.lists,
            committed=self.committed[TAGGED],
        )
        term = self.world.next_term()
        lists = self.world.corpus.lists
        self.publisher = plan.publisher(
            self.stores["published"], rows, contents, term=term, shards=plan.shards, lists=lists
        )
        for place in PLACES:
            self.positions[place] = self.publisher.position(place)
            while (offset := self.world.bus.next((place, self.partition), self.positions[place])) is not None:
                record = self.read(place, offset)
                self.publisher.read_back(place, record.key, record.value, record.headers, offset, live=False)
        for outs in self.publisher.begin():
            self.send(outs)

    def read(self, place: str, offset: int) -> Record:
        record = self.world.bus.log((place, self.partition))[offset]
        record.read = True
        self.positions[place] = offset + 1
        return record

    def pending(self) -> list[tuple[str, int]]:
        found = super().pending()
        for place in PLACES:
            offset = self.world.bus.next((place, self.partition), self.positions[place])
            if offset is not None:
                found.append((place, offset))
        return found

    def handle(self, topic: str, offset: int) -> None:
        if topic in PLACES:
            record = self.read(topic, offset)
            self.send(self.publisher.read_back(topic, record.key, record.value, record.headers, offset))
        else:
            super().handle(topic, offset)

    def work(self, topic: str, offset: int, record: Record) -> list[Out]:
        if topic == VERDICTS:
            assert record.value is not None
            return self.publisher.verdict(record.key, record.value)
        headers = dict(record.headers)
        known = record.key in self.stores["rows"].rows
        handled = self.deduplicator.message(
            record.key, record.value, int(headers["fetched-at"]), headers["raw-hash"], offset, headers["src"]
        )
        stats = self.world.stats
        stats.outcomes[handled.outcome] += 1
        stats.late += handled.late
        stats.replays += known and not handled.outs
        return [*handled.outs, *self.publisher.step(record.key, headers["src"], handled.row)]

    def on_commit(self) -> None:
        self.deduplicator.committed(self.committed[TAGGED])
        for place in PLACES:
            self.publisher.keep(place, self.positions[place])

    def sweep(self) -> None:
        """Forget the ids that all shards have dropped."""
        for _ in sweep(self.deduplicator, self.publisher, life=40 * LATENESS):
            pass


class ShardUnit(Unit):
    """One shard: `match`."""

    name = "shard"
    sources = (SKETCHES,)

    def __init__(self, world: World, partition: int) -> None:
        super().__init__(world, partition)
        self.stores = {"shard": Store()}
        self.start()

    def start(self) -> None:
        plan = self.world.plan
        self.matcher = plan.matcher(
            self.partition,
            self.stores["shard"],
            term=self.world.next_term(),
            partitions=plan.partitions,
            window=WINDOW,
            retention=KEEP + WINDOW + LATENESS,
            committed=self.committed[SKETCHES],
            step=HOUR,
        )
        self.send(self.matcher.takeover())

    def work(self, topic: str, offset: int, record: Record) -> list[Out]:
        assert record.value is not None
        return self.matcher.record(record.value, offset, dict(record.headers).get("src"))

    def on_commit(self) -> None:
        before = len(self.stores["shard"].rows)
        self.matcher.committed(self.committed[SKETCHES])
        self.world.stats.purged += max(0, before - len(self.stores["shard"].rows))


class World:
    """One run: from the first record to quiescence."""

    def __init__(self, plan: Plan, corpus: Corpus) -> None:
        self.plan, self.corpus = plan, corpus
        self.rng = random.Random(f"world {plan.seed}")
        self.bus, self.stats = Bus(), Stats()
        self.term = 0
        self.first_answer: dict[tuple[str, bytes], tuple[int, bytes]] = {}  # (id, judged): (step, answer)
        self.last_answer: dict[str, int] = {}
        self.input_step: dict[str, int] = {}
        self.standing: dict[str, dict[str, bool]] = {}
        self.seen: dict[str, tuple[tuple[int, int], bool]] = {}  # (highest revision, whether a value has it)
        self.may_vanish = {m.id for m in corpus.messages if m.value is None}
        # Pure, and repeated by each crash and each run over the corpus: worth remembering.
        deduplicate_module.make_entry = corpus.entry
        self.arriving = arrival(corpus, plan.arrival, self.rng)
        self.ids = [IdUnit(self, p) for p in range(plan.partitions)]
        self.shards = [ShardUnit(self, s) for s in range(self.shard_count)]
        self.zombies: list[tuple[Unit, int]] = []  # and the steps it has left
        self.sleepers: list[Unit] = []

    @property
    def shard_count(self) -> int:
        """Units of matching; the control with a local index has one for each partition of ids."""
        return getattr(self.plan.deduplicator, "units", lambda plan: plan.shards)(self.plan)

    def next_term(self) -> int:
        """The generation of the group: each takeover is a new one."""
        self.term += 1
        return self.term

    def partition_of(self, id: str) -> int:
        """Where an id lives."""
        return crc32(id.encode()) % self.plan.partitions

    def append(self, out: Out) -> Record:
        """Write what a handler has sent."""
        id = out.key.decode()
        partition = self.partition_of(id) if out.partition is None else out.partition
        self.stats.sent[out.topic] += 1
        self.stats.bytes[out.topic] += len(out.key) + len(out.value or b"")
        if out.topic == VERDICTS:
            self.count_answer(id, out.value or b"")
        if out.topic in PLACES:
            self.stats.tombstones += out.value is None
            self.watch(out.topic, id, out.value is not None, parse_revision(dict(out.headers)["revision"]))
        return self.bus.append((out.topic, partition), id, out.value, out.headers)

    def count_answer(self, id: str, value: bytes) -> None:
        judged = orjson.loads(value)
        key, answer = (id, orjson.dumps(judged[5:8])), orjson.dumps(judged[8:12])
        self.last_answer[id] = self.stats.steps
        if key not in self.first_answer:
            self.first_answer[key] = self.stats.steps, answer
            self.stats.first += 1
            self.stats.first_steps.append(self.stats.steps - self.input_step.get(id, 0))
        elif self.first_answer[key][1] != answer:
            self.first_answer[key] = self.first_answer[key][0], answer
            self.stats.amended += 1

    def watch(self, place: str, id: str, stands: bool, revision: tuple[int, int]) -> None:
        """An article never disappears in between: its new place is written first.

        Seen by a reader that keeps the highest revision of both topics; and, where there is no former owner whose
        tombstones outrank nothing, by one that looks at what stands.
        """
        places = self.standing.setdefault(id, {})
        places[place] = stands
        highest, seen = self.seen.get(id, ((0, 0), False))
        if revision >= highest:
            seen = stands or (seen and revision == highest)
            self.seen[id] = revision, seen
        if id not in self.may_vanish and not (seen and (any(places.values()) or self.plan.zombies)):
            raise Violation(1, f"{id} has disappeared for a moment")

    def run(self) -> None:
        """To quiescence. Raises Violation when it is not reached."""
        limit = 100 * (len(self.arriving) + 50) * (1 + 40 * (self.plan.crash > 0))
        feed = iter(self.arriving)
        left = len(self.arriving)
        while True:
            self.stats.steps += 1
            if self.stats.steps > limit:
                raise Violation(6, f"no quiescence after {limit} steps")
            work = [(unit, *p) for unit in self.units() for p in unit.pending()]
            # Input arrives while there is other work, and when there is none.
            if left and (not work or self.rng.random() < 0.25):
                left -= 1
                m = next(feed)
                self.input_step[m.id] = self.stats.steps
                headers = [("fetched-at", b"%d" % m.fetched), ("raw-hash", m.raw), ("src", m.src)]
                self.bus.append((TAGGED, self.partition_of(m.id)), m.id, m.value, headers)
                continue
            if not work:
                if self.settle():
                    continue
                break
            unit, topic, offset = self.choose(work)
            unit.handle(topic, offset)
            self.after(unit)
        self.stats.rows = sum(len(s.rows) for u in (*self.ids, *self.shards) for s in u.stores.values())
        self.stats.state_bytes = sum(
            len(k) + len(v) for u in (*self.ids, *self.shards) for s in u.stores.values() for k, v in s.items()
        )
        self.stats.final_steps = [step - self.input_step.get(id, 0) for id, step in self.last_answer.items()]

    def units(self) -> list[Unit]:
        """All that work now, zombies too."""
        return [*self.ids, *self.shards, *(unit for unit, _ in self.zombies)]

    def choose(self, work: list[tuple[Unit, str, int]]) -> tuple[Unit, str, int]:
        if self.plan.schedule == "newest" and self.rng.random() < 0.9:
            return max(work, key=lambda w: self.bus.log((w[1], w[0].partition))[w[2]].born)
        if self.plan.schedule == "starving":
            starved = self.ids[0] if self.plan.seed % 2 else self.shards[0]
            fed = [w for w in work if w[0] is not starved]
            if fed and self.rng.random() < 0.98:
                return self.rng.choice(fed)
        return self.rng.choice(work)

    def after(self, unit: Unit) -> None:
        """A zombie gets weaker; a living one crashes, moves or commits."""
        if unit.zombie:
            self.zombies = [(u, n - (u is unit)) for u, n in self.zombies if u is not unit or n > 1]
            return
        draw = self.rng.random()
        if draw < self.plan.crash:
            self.crash(unit)
        elif draw < self.plan.crash + self.plan.moves:
            self.move(unit)
        elif self.rng.random() < self.plan.commit:
            unit.commit()
            # Rows of ids outlive every zombie: days against the seconds of a session.
            if isinstance(unit, IdUnit) and not (self.sleepers or self.zombies) and self.rng.random() < 0.02:
                unit.sweep()

    def crash(self, unit: Unit) -> None:
        """The unit falls back to its commit and starts again."""
        self.stats.crashes += 1
        unit.fall_back(lose_sent=True)
        unit.start()

    def move(self, unit: Unit) -> None:
        """Another worker takes the partition over; with zombies the old one does not know yet."""
        self.stats.moves += 1
        if not self.plan.zombies:
            if self.rng.random() < 0.5:
                unit.commit()
            unit.fall_back(lose_sent=False)
            unit.start()
            return
        self.stats.zombies += 1
        zombie = self.zombie_of(unit)
        unit.fall_back(lose_sent=False)
        unit.start()
        if self.rng.random() < 0.5:
            self.sleepers.append(zombie)
        else:
            self.zombies.append((zombie, self.rng.randint(1, ZOMBIE_STEPS)))

    def zombie_of(self, unit: Unit) -> Unit:
        """The old owner, with handlers, state and offsets of its own; what it writes also reaches the changelog."""
        zombie: Unit = object.__new__(type(unit))
        zombie.__dict__.update(unit.__dict__)
        zombie.zombie, zombie.sent, zombie.offsets = True, [], dict(unit.offsets)
        zombie.stores = {name: _ZombieStore(store) for name, store in unit.stores.items()}
        if isinstance(zombie, IdUnit) and isinstance(unit, IdUnit):
            zombie.positions = dict(unit.positions)
            zombie.deduplicator.rows = zombie.stores["rows"]
            zombie.deduplicator.contents = zombie.stores["contents"]
            zombie.publisher.rows, zombie.publisher.contents = zombie.stores["rows"], zombie.stores["contents"]
            zombie.publisher.published = zombie.stores["published"]
        if isinstance(zombie, ShardUnit):
            zombie.matcher.rows = zombie.stores["shard"]
        return zombie

    def settle(self) -> bool:
        """Nothing is unread: the last commits, with crashes just before them, and zombies that wake. True: go on."""
        if self.sleepers:
            self.zombies += [(z, ZOMBIE_STEPS) for z in self.sleepers]
            self.sleepers = []
            return True
        for unit in (*self.ids, *self.shards):
            if unit.committed != unit.offsets or any(store.journal for store in unit.stores.values()):
                if self.rng.random() < 5 * self.plan.crash:
                    self.crash(unit)
                    return True
                unit.commit()
                for store in unit.stores.values():
                    store.commit()  # what the handlers wrote on being told of the commit
                if unit.pending():
                    return True
        return any(unit.pending() for unit in (*self.ids, *self.shards))

    def compacted(self, place: str) -> dict[str, Record]:
        """The last record of each id in an output topic."""
        found: dict[str, Record] = {}
        for p in range(self.plan.partitions):
            for record in self.bus.log((place, p)):
                if not record.lost:
                    found[record.key] = record
        return found

    def revision(self, record: Record | None) -> tuple[int, int]:
        """Of a record of an output topic; (0, 0) where there is none."""
        return parse_revision(dict(record.headers).get("revision")) if record is not None else (0, 0)


class _ZombieStore(Store):
    """A copy of the owner's state; writes go to the owner's changelog too."""

    def __init__(self, owner: Store) -> None:
        super().__init__()
        self.rows, self.owner = dict(owner.rows), owner

    def put(self, key: str, value: bytes) -> None:
        super().put(key, value)
        self.owner.foreign.append((key, value))

    def delete(self, key: str) -> None:
        super().delete(key)
        self.owner.foreign.append((key, None))
