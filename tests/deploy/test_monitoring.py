"""Alerts fire when they should, and no panel or rule asks for a metric that nobody has."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import orjson
import pytest
import yaml
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry

from tests.view import made
from worker import metrics
from worker.stream.app import App
from worker.web.app import make_app
from worker.web.readers import Readers

FOLDER = Path(__file__).resolve().parent.parent.parent / "deploy" / "monitoring"
DASHBOARD = orjson.loads((FOLDER / "grafana" / "dashboards" / "news-worker.json").read_bytes())
RULES = [
    rule for group in yaml.safe_load((FOLDER / "rules.yml").read_text("utf-8"))["groups"] for rule in group["rules"]
]
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
_NAME = re.compile(r"\b(?:news_worker|process|python)_[a-z_]+")


def promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    if (program := shutil.which("promtool")) is None:
        if os.environ.get("CI"):
            pytest.fail("promtool is not installed; Debian: apt install prometheus")
        pytest.skip("promtool is not installed; Debian: apt install prometheus")
    return subprocess.run([program, *arguments], capture_output=True, text=True, cwd=FOLDER, timeout=60)


@pytest.mark.parametrize("arguments", [("check", "config", "prometheus.yml"), ("test", "rules", "rules_test.yml")])
def test_rules_hold_what_their_tests_say(arguments: tuple[str, ...]) -> None:
    done = promtool(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_wrong_rule_is_found(tmp_path: Path) -> None:
    text = (FOLDER / "rules.yml").read_text("utf-8")
    (tmp_path / "rules.yml").write_text(text.replace("news_worker_broker_up) == 0", "news_worker_broker_up) == 7"))
    (tmp_path / "rules_test.yml").write_bytes((FOLDER / "rules_test.yml").read_bytes())
    assert promtool("test", "rules", str(tmp_path / "rules_test.yml")).returncode == 1


def test_every_rule_is_tested() -> None:
    tests = yaml.safe_load((FOLDER / "rules_test.yml").read_text("utf-8"))["tests"]
    fired = {each["alertname"] for test in tests for each in test["alert_rule_test"] if each["exp_alerts"]}
    assert fired == {rule["alert"] for rule in RULES}


def test_every_query_of_the_dashboard_parses(tmp_path: Path) -> None:
    """Each as a recording rule: promtool knows the language, no Prometheus has to run."""
    rules = [
        {"record": f"panel:{n}", "expr": query.replace("$__rate_interval", "5m")} for n, query in enumerate(QUERIES)
    ]
    path = tmp_path / "panels.yml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    done = promtool("check", "rules", str(path))
    assert done.returncode == 0 and f"{len(QUERIES)} rules found" in done.stdout, done.stdout + done.stderr


def worker_metrics() -> str:
    """What a worker answers, from a loop that has counted nothing yet."""
    agents = [SimpleNamespace(name="clean", batch_size=8)]
    app = SimpleNamespace(
        batch_agents=agents,
        states=[],
        counters={},
        lag=lambda: {("news.raw", 0): 0},
        health=SimpleNamespace(ready=lambda: (True, "")),
        restored=0,
    )
    registry = CollectorRegistry()
    registry.register(metrics.StreamCollector(cast(App, app)))
    return metrics.generate_latest(registry).decode()


@pytest.fixture
async def served(tmp_path: Path) -> Any:
    writer = made.writer(tmp_path)
    writer.apply([made.original(n) for n in range(1, 4)])
    readers = Readers(writer.path)
    async with TestClient(TestServer(make_app(readers, lambda: {"live": True}))) as client:
        yield await (await client.get("/metrics")).text()
    readers.close()


def queries() -> Iterator[str]:
    yield from QUERIES
    for rule in RULES:
        yield rule["expr"]


async def test_every_metric_asked_for_exists(served: str) -> None:
    text = served + worker_metrics()
    there = set(re.findall(r"^# TYPE (\S+)", text, re.M))
    # A histogram is asked for by the names of its series.
    there |= {f"{name}_bucket" for name in re.findall(r"^# TYPE (\S+) histogram", text, re.M)}
    asked = {name for query in queries() for name in _NAME.findall(query)}
    assert len(asked) > 15 and asked <= there, asked - there
    assert "news_worker_sources 1.0" in served and "news_worker_sources_silent " in served


async def test_silent_sources_are_named(tmp_path: Path) -> None:
    """One source brings an article each hour of two days and stops, another goes on for a day more."""
    writer = made.writer(tmp_path)
    hours = [(n, n) for n in range(48)] + [(1000 + n, n) for n in range(72)]
    for n, hour in hours:
        seen = f"2024-03-{10 + hour // 24:02d}T{hour % 24:02d}:00:00Z"
        source = "goes-on.example" if n >= 1000 else "stopped.example"
        writer.apply([made.original(n, source=source, first_seen_at=seen)])
    readers = Readers(writer.path)
    async with TestClient(TestServer(make_app(readers, lambda: {"live": True}))) as client:
        text = await (await client.get("/metrics")).text()
    readers.close()
    assert "news_worker_sources_silent 1.0" in text
    silent = re.findall(r'^news_worker_source_silent_seconds{source="(.*)"}', text, re.M)
    assert silent == ["stopped.example"]
    assert 'news_worker_source_records{outcome="original",source="goes-on.example"} 72.0' in text
