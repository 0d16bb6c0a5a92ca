"""The same metrics by OTLP, for those who have an OpenTelemetry collector instead of a Prometheus. Off unless asked for.

OTEL_EXPORTER_OTLP_ENDPOINT (or OTEL_EXPORTER_OTLP_METRICS_ENDPOINT) turns it on, with the extra `otel` installed; the
other variables of the OpenTelemetry specification that concern metrics by HTTP hold too: headers, timeout, certificates,
OTEL_METRIC_EXPORT_INTERVAL (ms), OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, OTEL_METRICS_EXPORTER=none, OTEL_SDK_DISABLED.
What is counted is counted once, in worker/metrics.py; this reads it there, so that both say the same.
"""

from __future__ import annotations

import asyncio
import logging
import os
import queue
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, Metric

from worker import __version__, metrics
from worker.logs import fields

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import MetricExporter, MetricsData
    from opentelemetry.sdk.resources import Resource

log = logging.getLogger(__name__)

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_INTERVAL_MS = 60_000
# How long the end of the process may wait for the last figures to be taken.
_GOODBYE_SECONDS = 2.0
_UNITS = {"seconds": "s", "bytes": "By"}

Before = Callable[[], Awaitable[None]]


def wanted(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the environment names a collector for metrics."""
    off = environ.get("OTEL_SDK_DISABLED", "").lower() == "true" or environ.get("OTEL_METRICS_EXPORTER") == "none"
    return not off and any(environ.get(name) for name in _ENDPOINTS)


async def start(process: str, *, before: Before | None = None) -> Telemetry | None:
    """Begin to export where the environment asks for it; `process` names what runs, `before` sets what is only known by asking.

    None where it is not asked for, and, with a warning that says how to mend it, where the extra is missing.
    """
    if not wanted():
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.sdk.resources import Resource
    except ImportError:
        log.warning("no metrics are exported by OTLP: pip install 'news-worker[otel]'")
        return None
    # It has lines and tracebacks of its own for each attempt; one line when it begins to fail is enough.
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    about = {
        "service.name": "news-worker",
        "service.namespace": "news-worker",
        "service.instance.id": f"{socket.gethostname()}-{os.getpid()}",
        "service.version": __version__,
        "process.command": process,
    }
    # What the environment says wins over what we say.
    said = Resource.create({}).attributes
    named = {name: value for name, value in said.items() if not str(value).startswith("unknown_service")}
    resource = Resource({**about, **named})
    interval = float(os.environ.get("OTEL_METRIC_EXPORT_INTERVAL") or _INTERVAL_MS) / 1000
    return Telemetry(OTLPMetricExporter(), resource, interval, before=before)


class Telemetry:
    """Hands the registry to an exporter every `interval` seconds, from a thread of its own: a slow collector delays nobody."""

    def __init__(
        self,
        exporter: MetricExporter,
        resource: Resource,
        interval: float,
        *,
        registry: CollectorRegistry = metrics.REGISTRY,
        before: Before | None = None,
    ) -> None:
        self._exporter, self._resource, self._registry, self._before = exporter, resource, registry, before
        self._began = time.time_ns()
        self._failing = False
        # One at a time: figures that were not taken in time are overtaken by newer ones.
        self._next: queue.SimpleQueue[MetricsData | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._export, name="otlp", daemon=True)
        self._thread.start()
        self._task = asyncio.create_task(self._tick(interval), name="otlp")

    async def stop(self) -> None:
        """Export once more, for at most two seconds, and end."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._next.put(self._taken())
        self._next.put(None)
        await asyncio.to_thread(self._thread.join, _GOODBYE_SECONDS)

    async def _tick(self, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            if self._before is not None:
                await self._before()
            if self._next.empty():
                self._next.put(self._taken())

    def _taken(self) -> MetricsData:
        return data(self._registry.collect(), self._resource, self._began, time.time_ns())

    def _export(self) -> None:
        from opentelemetry.sdk.metrics.export import MetricExportResult

        while (taken := self._next.get()) is not None:
            try:
                failed = self._exporter.export(taken) is not MetricExportResult.SUCCESS
            except Exception as error:  # a thread that dies would say nothing
                failed = True
                log.debug("an export failed", extra=fields(error=type(error).__name__))
            if failed and not self._failing:
                log.warning("the OTLP collector takes no metrics", extra=fields(endpoint=_endpoint()))
            elif self._failing and not failed:
                log.info("the OTLP collector takes metrics again", extra=fields(endpoint=_endpoint()))
            self._failing = failed
        self._exporter.shutdown()


def data(families: Iterable[Metric], resource: Resource, began: int, now: int) -> MetricsData:
    """The families of a registry as OpenTelemetry has them; times in nanoseconds since the epoch.

    Counters are cumulative monotonic sums, histograms keep their bounds, all else is a gauge. Names stay those of Prometheus.
    """
    from opentelemetry.sdk.metrics.export import Metric as Exported
    from opentelemetry.sdk.metrics.export import MetricsData, ResourceMetrics, ScopeMetrics
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope

    out = [
        Exported(family.name, family.documentation, _UNITS.get(family.name.rpartition("_")[2], ""), points)
        for family in families
        if (points := _points(family, began, now)) is not None
    ]
    scope = ScopeMetrics(InstrumentationScope("news-worker", __version__), out, "")
    return MetricsData([ResourceMetrics(resource, [scope], "")])


def _points(family: Metric, began: int, now: int) -> Any:
    from opentelemetry.sdk.metrics.export import AggregationTemporality, Gauge, Histogram, NumberDataPoint, Sum

    cumulative = AggregationTemporality.CUMULATIVE
    if family.type == "histogram":
        points = _histograms(family, began, now)
        return Histogram(points, cumulative) if points else None
    suffix = "_total" if family.type == "counter" else ""
    numbers = [
        NumberDataPoint(dict(sample.labels), began, now, sample.value)
        for sample in family.samples
        if not sample.name.endswith("_created") and sample.name.endswith(suffix)
    ]
    if not numbers:
        return None
    return Sum(numbers, cumulative, True) if suffix else Gauge(numbers)


def _histograms(family: Metric, began: int, now: int) -> list[Any]:
    from opentelemetry.sdk.metrics.export import HistogramDataPoint

    bounds: dict[tuple[tuple[str, str], ...], list[tuple[float, float]]] = {}
    sums: dict[tuple[tuple[str, str], ...], float] = {}
    for sample in family.samples:
        labels = tuple(sorted((name, value) for name, value in sample.labels.items() if name != "le"))
        if sample.name.endswith("_bucket"):
            bounds.setdefault(labels, []).append((float(sample.labels["le"]), sample.value))
        elif sample.name.endswith("_sum"):
            sums[labels] = sample.value
    points = []
    for labels, cumulated in bounds.items():
        cumulated.sort()
        counts = [int(n - before) for (_, n), (_, before) in zip(cumulated, [(0.0, 0.0), *cumulated], strict=False)]
        points.append(
            HistogramDataPoint(
                dict(labels),
                began,
                now,
                count=int(cumulated[-1][1]),
                sum=sums.get(labels, 0.0),
                bucket_counts=counts,
                explicit_bounds=[bound for bound, _ in cumulated[:-1]],
                # Prometheus does not know them, OTLP may leave them out.
                min=None,  # type: ignore[arg-type]
                max=None,  # type: ignore[arg-type]
            )
        )
    return points


def _endpoint() -> str:
    return next((os.environ[name] for name in _ENDPOINTS if os.environ.get(name)), "")
