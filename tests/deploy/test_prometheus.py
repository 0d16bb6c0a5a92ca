"""Every query of the dashboard and every alert, asked of a real Prometheus that scrapes a real worker and a real serve.

Grafana itself is not run: it only passes the queries on.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from tests.deploy.test_monitoring import FOLDER, QUERIES, RULES
from tests.harness import Child, Cluster
from tests.texts import raw, story
from worker.broker import free_port

_open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
# Grafana would put four scrape intervals here.
RATE = "20s"


class Prometheus:
    """The server of Debian's package, with the project's own configuration but for the addresses and the pace."""

    def __init__(self, program: str, folder: Path, **ports: int) -> None:
        config = yaml.safe_load((FOLDER / "prometheus.yml").read_text("utf-8"))
        config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
        for job in config["scrape_configs"]:
            del job["dns_sd_configs"]
            job["static_configs"] = [{"targets": [f"127.0.0.1:{ports[job['job_name']]}"]}]
        (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
        rules = (FOLDER / "rules.yml").read_text("utf-8")
        (folder / "rules.yml").write_text(re.sub(r"for: \w+", "for: 1s", rules))
        self.port = free_port()
        self._log = (folder / "prometheus.log").open("wb")
        self._process = subprocess.Popen(
            [
                program,
                f"--config.file={folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{self.port}",
            ],
            stdout=self._log,
            stderr=self._log,
        )

    def get(self, path: str, **query: str) -> Any:
        """The data of an answer. Raises AssertionError with the message where the question was wrong."""
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}?{urllib.parse.urlencode(query)}"
        try:
            with _open(url, timeout=10) as answer:
                return orjson.loads(answer.read())["data"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{query}: {error.read().decode()}") from None

    def values(self, query: str) -> list[float]:
        """What a query gives now, by series."""
        return [float(each["value"][1]) for each in self.get("query", query=query)["result"]]

    def firing(self) -> set[str]:
        return {each["labels"]["alertname"] for each in self.get("alerts")["alerts"] if each["state"] == "firing"}

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)
        self._log.close()


def until(condition: Callable[[], Any], seconds: float = 60.0, step: Callable[[], None] = lambda: None) -> Any:
    """Take steps until a condition holds; its value."""
    end = time.monotonic() + seconds
    while True:
        try:
            if value := condition():
                return value
        except OSError:  # not up yet
            pass
        assert time.monotonic() < end, condition()
        step()
        time.sleep(0.5)


def history(source: str, *, newest: datetime, hours: int) -> list[tuple[bytes | None, bytes]]:
    """An article an hour of one source, up to a moment."""
    return [
        (None, orjson.dumps(raw(story(n, "en"), f"https://{source}/{n}", newest - timedelta(hours=hours - n))))
        for n in range(hours)
    ]


@pytest.fixture
def scraped(kafka: str, prefix: str, tmp_path: Path) -> Iterator[tuple[Prometheus, Cluster, Child]]:
    if (program := shutil.which("prometheus")) is None:
        if os.environ.get("CI"):
            pytest.fail("prometheus is not installed; Debian: apt install prometheus")
        pytest.skip("prometheus is not installed; Debian: apt install prometheus")
    with Cluster(kafka, prefix, tmp_path, partitions=2, processes=1, deadline="60s") as cluster:
        worker, serve = cluster.start("worker"), cluster.start("serve")
        cluster.wait_ready(120)
        prometheus = Prometheus(program, tmp_path, worker=worker.port, serve=serve.port)
        try:
            yield prometheus, cluster, worker
        finally:
            prometheus.stop()


def test_every_query_and_alert_of_a_running_worker(scraped: tuple[Prometheus, Cluster, Child]) -> None:
    prometheus, cluster, worker = scraped
    now = datetime.now(UTC).replace(microsecond=0)
    until(lambda: prometheus.values("up") == [1, 1])
    # What is wrong or not there would be seen.
    with pytest.raises(AssertionError, match="parse error"):
        prometheus.values("sum by (agent rate(")
    assert prometheus.values("news_worker_no_such_thing") == []
    # One source fell silent two days ago, another goes on.
    cluster.feed([*history("silent.example", newest=now - timedelta(days=2), hours=40)])
    sent = 0

    def more() -> None:
        """Articles of now, each with a copy, and something broken: rates need what goes on."""
        nonlocal sent
        for n in range(sent, sent + 4):
            told = story(1000 + n, "en")
            at = datetime.now(UTC).replace(microsecond=0)
            cluster.feed(
                [(None, orjson.dumps(raw(told, f"https://{host}.example/{n}", at))) for host in ("goes-on", "copies")]
            )
            cluster.feed(
                [(f"https://goes-on.example/broken/{n}".encode(), b'{"url": "https://goes-on.example/x", "te')]
            )
        sent += 4

    missing = {query: query.replace("$__rate_interval", RATE) for query in QUERIES}

    def all_answered() -> bool:
        for query, asked in list(missing.items()):
            if any(value == value for value in prometheus.values(asked)):  # something, and a number
                del missing[query]
        return not missing

    try:
        until(all_answered, 90, more)
    except AssertionError:
        pytest.fail(f"no data: {missing}")
    assert len(QUERIES) > 20

    loaded = {each["name"]: each for group in prometheus.get("rules")["groups"] for each in group["rules"]}
    assert set(loaded) == {rule["alert"] for rule in RULES}
    assert {each["health"] for each in loaded.values()} == {"ok"}, loaded
    until(lambda: "NewsWorkerSourceSilent" in prometheus.firing())
    assert "NewsWorkerGone" not in prometheus.firing()
    # A worker has no view: a 0 of its own would say that serve had lost the broker.
    assert prometheus.values("news_worker_broker_up") == [1]
    assert "NewsWorkerBrokerGone" not in prometheus.firing()
    worker.kill()
    until(lambda: "NewsWorkerGone" in prometheus.firing())
