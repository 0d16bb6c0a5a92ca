"""All metrics, one line each: the list a dashboard is built from.

Use them as attributes, `metrics.RECORDS.labels("clean", "cleaned").inc(n)`; `render()` is the answer of /metrics. Names
and units follow the habits of Prometheus: `news_worker_…_total`, `_seconds`, `_bytes`.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

# A registry of our own: libraries that fill the global one do not change what we answer.
REGISTRY = CollectorRegistry(auto_describe=True)
for _collector in (ProcessCollector, PlatformCollector, GCCollector):
    _collector(registry=REGISTRY)

_FAST = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_AGE = (1, 5, 15, 60, 300, 900, 3600, 14400, 86400, 604800)


def _counter(name: str, text: str, *labels: str) -> Counter:
    return Counter(f"news_worker_{name}", text, labels, registry=REGISTRY)


def _gauge(name: str, text: str, *labels: str) -> Gauge:
    return Gauge(f"news_worker_{name}", text, labels, registry=REGISTRY)


def _histogram(name: str, text: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
    return Histogram(f"news_worker_{name}", text, labels, buckets=buckets, registry=REGISTRY)


# the worker
RECORDS = _counter("records", "Records an agent has answered, by outcome", "agent", "outcome")
BATCH_SECONDS = _histogram("batch_seconds", "Take to confirmation of a batch", _FAST, "agent")
BATCH_RECORDS = _histogram("batch_records", "Records in a batch", (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000), "agent")
DEAD = _counter("dead_letters", "Records sent to the dead letters", "stage", "code")

# serve
VIEW_RECORDS = _counter("view_records", "Records read into the view", "topic")
VIEW_ARTICLES = _gauge("view_articles", "Articles in the view", "state")
VIEW_DEAD = _gauge("view_dead_letters", "Dead letters in the view")
VIEW_LAG = _gauge("view_lag_records", "Records of the topics that the view has not read yet")
VIEW_BYTES = _gauge("view_bytes", "Size of the view on disk")
VIEW_WRITE_SECONDS = _histogram("view_write_seconds", "One transaction of the view", _FAST)
NEWS_AGE_SECONDS = _histogram("news_age_seconds", "First seen to arrival in the view, followed live", _AGE)
BROKER_UP = _gauge("broker_up", "1 while the broker answers")
HTTP_SECONDS = _histogram("http_request_seconds", "Answers of the API", _FAST, "route", "status")


def render() -> bytes:
    """All metrics in the text format of Prometheus."""
    return generate_latest(REGISTRY)
