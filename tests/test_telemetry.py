"""Metrics by OTLP, to a collector that is an HTTP server of the test."""

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from tests.cli.serving import Serving
from worker import telemetry
from worker.broker import free_port


class Collector:
    """Takes what is exported; `down` refuses it."""

    def __init__(self) -> None:
        self.requests: list[ExportMetricsServiceRequest] = []
        self.down = False
        app = web.Application()
        app.router.add_post("/v1/metrics", self.take)
        self.server = TestServer(app)

    async def take(self, request: web.Request) -> web.Response:
        if self.down:
            return web.Response(status=400)
        message = ExportMetricsServiceRequest()
        message.ParseFromString(await request.read())
        self.requests.append(message)
        return web.Response(content_type="application/x-protobuf")

    @property
    def url(self) -> str:
        return str(self.server.make_url("")).rstrip("/")

    async def metrics(self, wanted: str, seconds: float = 30) -> dict[str, Any]:
        """The first export that holds a metric of the name: metrics by name."""
        async with asyncio.timeout(seconds):
            while True:
                for request in self.requests:
                    found = {m.name: m for m in request.resource_metrics[0].scope_metrics[0].metrics}
                    if wanted in found:
                        return found
                await asyncio.sleep(0.05)


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    collector = Collector()
    await collector.server.start_server()
    yield collector
    await collector.server.close()


def configure(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(f"OTEL_{name}", value)


@pytest.mark.parametrize(
    ("variables", "on"),
    [
        ({}, False),
        ({"SERVICE_NAME": "x"}, False),
        ({"EXPORTER_OTLP_ENDPOINT": "http://c:4318"}, True),
        ({"EXPORTER_OTLP_METRICS_ENDPOINT": "http://c:4318/v1/metrics"}, True),
        ({"EXPORTER_OTLP_ENDPOINT": "http://c:4318", "METRICS_EXPORTER": "none"}, False),
        ({"EXPORTER_OTLP_ENDPOINT": "http://c:4318", "SDK_DISABLED": "true"}, False),
    ],
)
def test_is_off_unless_asked_for(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], on: bool) -> None:
    configure(monkeypatch, **variables)
    assert telemetry.wanted() is on


async def test_what_is_counted_arrives(
    collector: Collector, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    configure(
        monkeypatch, EXPORTER_OTLP_ENDPOINT=collector.url, METRIC_EXPORT_INTERVAL="50", RESOURCE_ATTRIBUTES="region=eu"
    )
    registry = CollectorRegistry()
    counter = Counter("records", "Records", ["agent"], registry=registry)
    counter.labels("clean").inc(3)
    asked = Gauge("asked_bytes", "Asked", registry=registry)
    histogram = Histogram("wait_seconds", "Waited", buckets=(1, 5), registry=registry)
    for seconds in (0.5, 2, 3, 9):
        histogram.observe(seconds)

    async def before() -> None:
        asked.set(7)

    monkeypatch.setattr(telemetry.Telemetry.__init__, "__kwdefaults__", {"registry": registry, "before": None})
    exporting = await telemetry.start("test", before=before)
    assert exporting is not None
    found = await collector.metrics("records")
    (point,) = found["records"].sum.data_points
    assert (point.as_double, point.attributes[0].value.string_value) == (3, "clean")
    assert found["records"].sum.is_monotonic and found["records"].sum.aggregation_temporality == 2
    assert (found["asked_bytes"].gauge.data_points[0].as_double, found["asked_bytes"].unit) == (7, "By")
    (point,) = found["wait_seconds"].histogram.data_points
    assert (point.count, point.sum, list(point.bucket_counts), list(point.explicit_bounds)) == (
        4,
        14.5,
        [1, 2, 1],
        [1, 5],
    )
    about = {a.key: a.value.string_value for a in collector.requests[0].resource_metrics[0].resource.attributes}
    assert (about["service.name"], about["process.command"], about["region"]) == ("news-worker", "test", "eu")

    collector.down = True
    async with asyncio.timeout(20):
        while "takes no metrics" not in caplog.text:
            await asyncio.sleep(0.05)
    collector.down = False
    counter.labels("clean").inc()
    await exporting.stop()

    def last() -> float:
        found = {m.name: m for m in collector.requests[-1].resource_metrics[0].scope_metrics[0].metrics}
        return float(found["records"].sum.data_points[0].as_double)

    async with asyncio.timeout(20):
        while last() != 4:
            await asyncio.sleep(0.05)
    assert caplog.text.count("takes no metrics") == 1


async def test_without_the_extra_it_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    configure(monkeypatch, EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1")
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.metric_exporter", None)
    with caplog.at_level(logging.WARNING):
        assert await telemetry.start("test") is None
    assert "news-worker[otel]" in caplog.text


async def test_serve_exports_and_ends_in_time(
    collector: Collector, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    configure(monkeypatch, EXPORTER_OTLP_ENDPOINT=collector.url, METRIC_EXPORT_INTERVAL="200", SERVICE_NAME="desk")
    serving = Serving(f"127.0.0.1:{free_port()}", "news", tmp_path)
    try:
        found = await collector.metrics("news_worker_sources")
        assert found["news_worker_broker_up"].gauge.data_points[0].as_double == 0
        about = {a.key: a.value.string_value for a in collector.requests[0].resource_metrics[0].resource.attributes}
        assert (about["service.name"], about["process.command"]) == ("desk", "serve")
        assert await asyncio.to_thread(serving.stop) == 0
    finally:
        serving.kill()
