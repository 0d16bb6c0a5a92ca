"""All metrics, one line each: the list a dashboard is built from.

Use them as attributes, `metrics.RECORDS.labels("clean", "cleaned").inc(n)`; `render()` is the answer of /metrics. Names
and units follow the habits of Prometheus: `news_worker_…_total`, `_seconds`, `_bytes`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, cast

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from worker.stream.app import App

# A registry of our own: libraries that fill the global one do not change what we answer.
REGISTRY = CollectorRegistry(auto_describe=True)
# What only serve has: in a worker each of these would be a 0 that means nothing and raises alarms.
_VIEW = CollectorRegistry(auto_describe=True)
for _collector in (ProcessCollector, PlatformCollector, GCCollector):
    _collector(registry=REGISTRY)

_FAST = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_AGE = (1, 5, 15, 60, 300, 900, 3600, 14400, 86400, 604800)


def _counter(name: str, text: str, *labels: str, registry: CollectorRegistry = REGISTRY) -> Counter:
    return Counter(f"news_worker_{name}", text, labels, registry=registry)


def _gauge(name: str, text: str, *labels: str) -> Gauge:
    return Gauge(f"news_worker_{name}", text, labels, registry=_VIEW)


def _histogram(
    name: str, text: str, buckets: tuple[float, ...], *labels: str, registry: CollectorRegistry = _VIEW
) -> Histogram:
    return Histogram(f"news_worker_{name}", text, labels, buckets=buckets, registry=registry)


# the worker
RECORDS = _counter("records", "Records an agent has answered, by outcome", "agent", "outcome")
LATE = _counter("late", "Messages further behind than the lateness, or after the time in which an article may change")

# what the stream loop counts: its name there, the metric, what it says
_STREAM = (
    ("records", "agent_records", "Records an agent has answered"),
    ("batches", "agent_batches", "Batches an agent has confirmed"),
    ("sent", "agent_sent", "Records an agent has sent to topics"),
    ("seconds", "agent_work_seconds", "Seconds an agent has worked on its batches, delivery left out"),
    ("dead", "dead_letters", "Records sent to the dead letters"),
)

# serve
VIEW_RECORDS = _counter("view_records", "Records read into the view", "topic", registry=_VIEW)
VIEW_ARTICLES = _gauge("view_articles", "Articles in the view", "state")
VIEW_VERDICTS = _gauge("view_verdicts", "Articles in the view by how they stand to others", "verdict")
VIEW_DEAD = _gauge("view_dead_letters", "Dead letters in the view")
VIEW_LAG = _gauge("view_lag_records", "Records of the topics that the view has not read yet")
VIEW_BYTES = _gauge("view_bytes", "Size of the view on disk")
VIEW_WRITE_SECONDS = _histogram("view_write_seconds", "One transaction of the view", _FAST)
NEWS_AGE_SECONDS = _histogram("news_age_seconds", "First seen to arrival in the view, followed live", _AGE)
SOURCES = _gauge("sources", "Sources in the view")
SOURCES_SILENT = _gauge("sources_silent", "Sources that by their own rhythm should have brought several articles since")
SOURCE_SILENT = _gauge(
    "source_silent_seconds", "Seconds since the last article of a silent source; at most 100", "source"
)
SOURCE_RECORDS = _gauge(
    "source_records", "What the 100 largest sources have in the view, by outcome", "source", "outcome"
)
BROKER_UP = _gauge("broker_up", "1 while the broker answers")

# both
HTTP_SECONDS = _histogram("http_request_seconds", "Answers of the API", _FAST, "route", "status", registry=REGISTRY)


class StreamCollector:
    """Reads the counters of the stream loop when Prometheus asks, so that counting costs the loop nothing."""

    def __init__(self, app: App) -> None:
        self._app = app

    def collect(self) -> Iterator[Metric]:
        """One family a counter, labelled by agent, and the lag by topic."""
        app = self._app
        for counted, name, text in _STREAM:
            label = "stage" if counted == "dead" else "agent"
            family = CounterMetricFamily(f"news_worker_{name}", text, labels=[label])
            for agent in app.batch_agents:
                family.add_metric([agent.name], app.counters.get((counted, agent.name), 0.0))
            yield family
        lag = GaugeMetricFamily("news_worker_lag_records", "Records of owned partitions not yet done", labels=["topic"])
        by_topic: dict[str, int] = {}
        for (topic, _), records in app.lag().items():
            by_topic[topic] = by_topic.get(topic, 0) + records
        for topic, records in by_topic.items():
            lag.add_metric([topic], records)
        yield lag
        limit = GaugeMetricFamily(
            "news_worker_batch_limit_records", "Most records the next batch takes", labels=["agent"]
        )
        for agent in app.batch_agents:
            limit.add_metric([agent.name], agent.batch_size)
        yield limit
        rows = GaugeMetricFamily("news_worker_state_rows", "Rows kept, on disk an estimate", labels=["state"])
        for state in app.states:
            rows.add_metric([state.name], state.about())
        yield rows
        yield GaugeMetricFamily("news_worker_ready", "1 while records are handed on", app.health.ready()[0])
        yield GaugeMetricFamily("news_worker_restored_rows", "Changelog rows read since the start", app.restored)


@cache
def of_serve() -> None:
    """From now on the answers have the metrics of `serve` too."""
    REGISTRY.register(cast(Collector, _VIEW))


def render() -> bytes:
    """All metrics in the text format of Prometheus."""
    return generate_latest(REGISTRY)
