"""The scenarios: what happens to the members or the broker while records flow."""

from __future__ import annotations

import random
import shutil
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import psutil

from tests.chaos.feeder import Feeder
from tests.chaos.run import Result, Run
from tests.texts import form
from worker.broker import KafkaBroker

_TAKE = 200  # records of a batch, where the command line says nothing


@dataclass(frozen=True)
class Plan:
    """What the command line asks for."""

    kind: str  # lab or worker
    records: int
    rate: float
    events: int  # kills, storms, stalls: how often
    seed: int
    partitions: int
    every: float  # seconds between two events of a storm
    disk: bool
    take: int | None  # most records of a batch; None: as configured, and for poison also one by one
    broker: KafkaBroker | None  # one of our own; None: a given one, which no scenario may stop
    address: str

    def env(self) -> dict[str, str]:
        """For the lab."""
        return {"LAB_TAKE": str(self.take or _TAKE)}

    def run(self) -> Run:
        """A fresh stage."""
        return Run(self.address, self.kind, partitions=self.partitions, disk=self.disk, env=self.env())


def kill(plan: Plan) -> list[Result]:
    """One worker, killed with -9 at random moments of its work and started again."""
    rnd = random.Random(plan.seed)
    with plan.run() as run:
        run.members.start()
        run.ready()
        feeder = run.feed(plan.records, plan.rate, plan.seed)
        at_work = 0
        for _ in range(plan.events):
            member = run.members.alive[0]
            # Whoever is killed before it reads anything proves nothing.
            run.until(lambda member=member: 'msg="ready"' in member.said(), 90)
            before = run.written()
            run.until(lambda before=before: run.written() > before, 10, 0.05)
            time.sleep(rnd.uniform(0.0, 1.5))
            at_work += run.written() > before
            member.kill()
            run.members.start()
        feeder.join()
        result = run.finish(f"kill x{plan.events}")
        result.notes.insert(0, f"{at_work} at work")
        return [result]


def rebalance(plan: Plan) -> list[Result]:
    """Storms: a member comes, leaves by SIGTERM or dies by kill -9 every 2.5 s (--every) under steady load."""
    return [_storm(plan, plan.seed + n) for n in range(plan.events)]


def _storm(plan: Plan, seed: int) -> Result:
    rnd = random.Random(seed)
    with plan.run() as run:
        run.members.start()
        feeder = run.feed(plan.records, plan.rate, seed)
        done = {"start": 1, "term": 0, "kill": 0}
        end = time.monotonic() + plan.records / plan.rate - 4
        time.sleep(5)
        while time.monotonic() < end:
            living = run.members.alive
            if len(living) < 2 or (len(living) < 3 and rnd.random() < 0.4):
                run.members.start()
                done["start"] += 1
            else:
                gone = rnd.choice(living)
                hard = rnd.random() < 0.4
                gone.signal(signal.SIGKILL if hard else signal.SIGTERM)
                done["kill" if hard else "term"] += 1
            time.sleep(rnd.uniform(0.7, 1.3) * plan.every)
        feeder.join()
        if not run.members.alive:
            run.members.start()
        result = run.finish(f"storm {seed} {'disk' if plan.disk else 'memory'}")
        result.notes.insert(0, ", ".join(f"{n} {what}" for what, n in done.items()))
        return result


def quiet(plan: Plan) -> list[Result]:
    """Two members at ease; one comes, leaves by SIGTERM, one comes, is killed: how long is a partition of the output silent?

    The time an event may take is its own: the next comes when all are ready and records flow again.
    """
    spans: dict[str, list[tuple[int, int]]] = {"join": [], "stop": [], "kill": []}
    with plan.run() as run:
        run.members.start()
        run.members.start()
        feeder = run.feed(plan.records, plan.rate, plan.seed)
        run.ready()
        time.sleep(15)
        for n in range(plan.events):
            for what in ("join", "stop", "join", "kill"):
                if not feeder.is_alive():
                    break
                begin = int(time.time() * 1000)
                if what == "join":
                    member = run.members.start()
                    run.until(lambda member=member: 'msg="ready"' in member.said(), 60)
                else:
                    run.members.alive[n % 2].signal(signal.SIGTERM if what == "stop" else signal.SIGKILL)
                time.sleep(12 if what == "kill" else 6)
                spans[what].append((begin, int(time.time() * 1000)))
        feeder.stopped.set()
        feeder.join()
        run.fed = run.fed[: feeder.sent]
        result = run.finish(f"quiet x{plan.events}")
        gaps = run.gaps()
        for what, times in spans.items():
            worst = [
                max((b - a for a, b in gaps if begin <= (a + b) / 2 <= end), default=0) / 1000 for begin, end in times
            ]
            limit = run.target.session + 2.0 if what == "kill" else 2.5
            result.notes.append(
                f"{what}: " + " ".join(f"{each:.1f}" for each in sorted(worst)) + f" s (goal {limit:g})"
            )
        return [result]


def double(plan: Plan) -> list[Result]:
    """Two members started within a second of each other; no recovery may hang."""
    results = []
    for n in range(plan.events):
        rnd = random.Random(plan.seed + n)
        with plan.run() as run:
            run.members.start()
            time.sleep(rnd.uniform(0, 1))
            run.members.start()
            run.feed(plan.records, plan.rate, plan.seed + n)
            results.append(run.finish(f"double {n}"))
    return results


def stall(plan: Plan) -> list[Result]:
    """The broker is restarted, killed, frozen for 8 s and for 60 s; what exits is started again, as a supervisor would."""
    broker = plan.broker
    if broker is None:
        raise SystemExit("stall needs a broker of its own: unset NEWS_WORKER_TEST_KAFKA")

    def restart() -> None:
        broker.stop()
        time.sleep(5)
        broker.start(90)

    def crash() -> None:
        broker.kill()
        time.sleep(5)
        broker.start(90)

    def freeze(seconds: float) -> Callable[[], None]:
        def go() -> None:
            broker.pause()
            time.sleep(seconds)
            broker.resume()

        return go

    hits: list[tuple[str, Callable[[], None]]] = [
        ("restart", restart),
        ("crash", crash),
        ("freeze 8 s", freeze(8)),
        ("freeze 60 s", freeze(60)),
    ]
    results = []
    for n in range(plan.events):
        for name, hit in hits:
            with plan.run() as run:
                run.members.start()
                run.members.start()
                run.ready()
                run.feed(plan.records, plan.rate, plan.seed + n)
                over = threading.Event()
                keeper = threading.Thread(target=_keep, args=(run, over), daemon=True)
                keeper.start()
                time.sleep(min(8.0, plan.records / plan.rate / 3))
                hit()
                assert run.feeder is not None
                run.feeder.join()
                over.set()
                keeper.join()
                results.append(run.finish(f"stall: {name}"))
    return results


def _keep(run: Run, over: threading.Event) -> None:
    while not over.wait(0.5):
        while len(run.members.alive) < 2 and not over.is_set():
            run.members.start()


def gone(plan: Plan) -> list[Result]:
    """The broker goes for good: the worker exits with 75 within the watchdog's time."""
    if plan.broker is None:
        raise SystemExit("gone needs a broker of its own: unset NEWS_WORKER_TEST_KAFKA")
    with plan.run() as run:
        member = run.members.start(LAB_WATCHDOG="10", NEWS_WORKER_WATCHDOG="10s")
        run.ready()
        run.feed(plan.records, 1e9, plan.seed).join()
        assert run.settled(120)
        plan.broker.kill()
        started = time.monotonic()
        exited = run.until(lambda: not member.alive, 40)
        took = time.monotonic() - started
        plan.broker.start(90)
        result = Result("gone", run.target.outcome(run.fed), 0, took, [f"exit {member.status} after {took:.1f} s"])
        if not exited or member.status != 75:
            result.outcome.wrong.append(f"exit status {member.status}, not 75")
        return [result]


def zombie(plan: Plan) -> list[Result]:
    """A member is frozen for longer than the session timeout and wakes beside the one that took over."""
    rnd = random.Random(plan.seed)
    with plan.run() as run:
        run.members.start()
        run.members.start()
        run.ready()
        feeder = run.feed(plan.records, plan.rate, plan.seed)
        for _ in range(plan.events):
            time.sleep(rnd.uniform(1.0, 3.0))
            if len(living := run.members.alive) < 2:
                run.members.start()
                time.sleep(3)
                living = run.members.alive
            victim = rnd.choice(living)
            victim.signal(signal.SIGSTOP)
            time.sleep(rnd.uniform(7.5, 10.0))
            victim.signal(signal.SIGCONT)
        feeder.join()
        return [run.finish(f"zombie x{plan.events}")]


def poison(plan: Plan) -> list[Result]:
    """One bad record in so many (--events), kind after kind, in batches as configured and in batches of one."""
    results = []
    for take in (plan.take,) if plan.take else (_TAKE, 1):
        with Run(
            plan.address,
            plan.kind,
            partitions=plan.partitions,
            disk=plan.disk,
            planted=True,
            env={"LAB_TAKE": str(take), "PLANTED_TAKE": str(take)},
        ) as run:
            run.members.start()
            run.ready()
            run.feed(plan.records, plan.rate * 4, plan.seed, poison=plan.events).join()
            results.append(run.finish(f"poison, batches of {take}"))
    return results


def wipe(plan: Plan) -> list[Result]:
    """The disk of the state is wiped between two runs of the worker: the state comes back from the changelog."""
    with plan.run() as run:
        first = run.members.start()
        run.ready()
        half = run.target.records(plan.records, plan.seed, 0)
        run.feed(plan.records, 1e9, plan.seed).join()
        assert run.settled(300)
        first.stop()
        shutil.rmtree(Path(run.folder) / "data")
        second = run.members.start()
        run.until(lambda: 'msg="ready"' in second.said(), 120)
        recovered = [line for line in second.said().splitlines() if "state recovered" in line]
        run.feed(plan.records, 1e9, plan.seed + 1).join()
        run.fed = half + run.fed
        result = run.finish("wipe")
        result.notes += [line.split("msg=")[1] for line in recovered]
        return [result]


def term(plan: Plan) -> list[Result]:
    """SIGTERM in the middle of the load: out within 5 s, nothing repeated."""
    rnd = random.Random(plan.seed)
    slowest = 0.0
    with plan.run() as run:
        run.members.start()
        run.ready()
        feeder = run.feed(plan.records, plan.rate, plan.seed)
        seconds = plan.records / plan.rate
        statuses = set()
        for _ in range(plan.events):
            time.sleep(rnd.uniform(0.5, 1.5) * seconds / plan.events)
            member = run.members.alive[0]
            run.until(lambda member=member: 'msg="ready"' in member.said(), 60)
            slowest = max(slowest, member.stop())
            statuses.add(member.status)
            run.members.start()
        feeder.join()
        result = run.finish(f"term x{plan.events}")
        result.notes.insert(0, f"slowest {slowest:.1f} s, status {statuses}")
        if slowest > 5 or statuses != {0} or result.outcome.doubled:
            result.outcome.wrong.append("not out within 5 s, or not 0, or something was repeated")
        return [result]


def flood(plan: Plan) -> list[Result]:
    """Issues of one form, a second apart and none a copy: all the earlier ones are candidates of each. Heartbeats must go on."""
    if plan.kind != "worker":
        raise SystemExit("flood is for the real worker")
    begin = datetime(2026, 3, 1, tzinfo=UTC)
    with plan.run() as run:
        member = run.members.start()
        run.ready()
        run.fed = [
            (None, orjson.dumps({**_issue(plan.seed, n), "fetched_at": (begin + timedelta(seconds=n)).isoformat()}))
            for n in range(plan.records)
        ]
        run.feeder = Feeder(plan.address, run.target.input, run.fed, plan.rate)
        run.feeder.start()
        most, over = 0.0, threading.Event()

        def watch() -> None:
            nonlocal most
            process = psutil.Process(member.process.pid)
            while not over.wait(1.0) and process.is_running():
                most = max(most, process.memory_info().rss / (1 << 20))

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        run.feeder.join()
        run.settled(3600)
        over.set()
        watcher.join()
        joined = member.said().count('msg="ready"')
        result = run.finish("flood")
        result.notes += [f"joined {joined} times", f"{most:.0f} MB at most"]
        if joined != 1:
            result.outcome.wrong.append("heartbeats were missed: the group rebalanced with one member")
        return [result]


def _issue(seed: int, n: int) -> dict[str, str]:
    return {"url": f"https://weather.example/{n}", "title": "The weather of the hour", "text": form(seed, n)}


SCENARIOS: dict[str, Callable[[Plan], list[Result]]] = {
    "kill": kill,
    "rebalance": rebalance,
    "quiet": quiet,
    "double": double,
    "stall": stall,
    "gone": gone,
    "zombie": zombie,
    "poison": poison,
    "wipe": wipe,
    "term": term,
    "flood": flood,
}
