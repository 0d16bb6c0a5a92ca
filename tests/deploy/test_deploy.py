"""What deploys: Kubernetes manifests against the API's own schemas, compose and image against each other."""

import re
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from worker.broker import KAFKA_VERSION
from worker.settings import Settings, load
from worker.stream.app import App, Options
from worker.stream.runner import changelogs
from worker.tables import Tables
from worker.topics import HEADER_ROOM, topics

ROOT = Path(__file__).resolve().parent.parent.parent
MANIFESTS = [
    pytest.param(each, id=f"{each['kind']}-{each['metadata']['name']}")
    for path in sorted((ROOT / "deploy" / "kubernetes").glob("*.yaml"))
    for each in yaml.safe_load_all(path.read_text("utf-8"))
]
APPS = ("worker", "serve", "feed")
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))


@pytest.mark.parametrize("manifest", MANIFESTS)
@pytest.mark.parametrize("version", ["1.30", "1.37"])
def test_kubernetes_knows_every_field(manifest: dict[str, Any], version: str) -> None:
    kubernetes_validate.validate(manifest, version, strict=True)


def test_the_topics_of_kubernetes_are_those_the_worker_would_make(tmp_path: Path) -> None:
    settings = Settings(replication=3)
    options = Options(
        settings.kafka_options(), settings.group_id, tmp_path, "dead", max_request=settings.max_message + HEADER_ROOM
    )
    app = App(options)
    Tables(app, settings)
    wanted = {
        each.name: (str(each.partitions), *(f"{name}={value}" for name, value in each.config().items()))
        for each in (*topics(settings), *changelogs(app))
    }
    job = next(param.values[0] for param in MANIFESTS if param.values[0]["kind"] == "Job")  # type: ignore[index, call-overload]
    script = job["spec"]["template"]["spec"]["containers"][0]["args"][0]  # type: ignore[index, call-overload]
    found = {name: tuple(rest) for name, *rest in (line.split() for line in re.findall(r"^topic (.+)", script, re.M))}
    assert found == wanted


def test_a_wrong_manifest_is_refused() -> None:
    wrong = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}, "spec": {"port": 1}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, "1.37", strict=True)


def test_settings_in_deployments_are_settings() -> None:
    manifests = [param.values[0] for param in MANIFESTS]
    environments = [each["data"] for each in manifests if each["kind"] == "ConfigMap"]  # type: ignore[index, call-overload]
    environments += [service.get("environment", {}) for name, service in COMPOSE["services"].items() if name in APPS]
    for environment in environments:
        _, warnings = load(environment)
        assert warnings == []


def test_ports_are_published_on_the_loopback_only() -> None:
    for name, service in COMPOSE["services"].items():
        for port in service.get("ports", ()):
            assert port.startswith("127.0.0.1:"), (name, port)


def test_the_broker_is_the_one_the_tests_run_on() -> None:
    assert COMPOSE["services"]["kafka"]["image"] == f"apache/kafka:{KAFKA_VERSION}"


def test_the_image_runs_without_rights() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8")
    assert re.search(r"^USER 10001$", text, re.M) and "HEALTHCHECK" in text
    for name in APPS:
        service = COMPOSE["services"][name]
        assert service["read_only"] and service["cap_drop"] == ["ALL"], name
