"""The chart's values: what cannot work is refused before anything is installed, and the code's own names are in it."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import helm_python
import pytest
from starlette.routing import Route
from support.helm_chart import CHART, VALUES_FILES, manifests, render, values_of
from support.service import running

from fairway.composition import SERVICES, modules
from screening.worker.handler import CONSUMERS as WORKER_CONSUMERS
from servicekit.runtime.health import router as health
from servicekit.runtime.module import ServiceModule
from servicekit.settings import TracingSettings

DEFAULTS = values_of("values.yaml")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"publicUrl": "fairway.example.org"}, "publicUrl"),
        ({"objects": {"bucket": ""}}, "bucket"),
        ({"kafka": {"bootstrapServers": "broker"}}, "bootstrapServers"),
        ({"kafka": {"securityProtocol": "TLS"}}, "securityProtocol"),
        ({"kafka": {"certSecret": "No Secret"}}, "certSecret"),
        ({"services": {"worker": DEFAULTS["services"]["validator"]}}, "worker"),
        ({"services": {"validator": {"replicas": -1}}}, "replicas"),
        ({"services": {"validator": {"resources": {"limits": {"cpu": "100mm"}}}}}, "cpu"),
        ({"services": {"notifier": {"connects": ["internet"]}}}, "connects"),
        ({"settings": {"FAIRWAY_DATABASE__URL": "postgresql+asyncpg://fairway:secret@db/fairway"}}, "DATABASE__URL"),
        ({"services": {"notifier": {"settings": {"FAIRWAY_MAIL__SMTP__PASSWORD": "secret"}}}}, "PASSWORD"),
        ({"tracing": {"otlpEndpoint": "http://collector:4318"}}, "otlpEndpoint"),
        ({"ingres": {"enabled": True}}, "ingres"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_wrong_values_are_refused(wrong: dict[str, Any], said: str) -> None:
    with helm_python.Chart.load(CHART) as chart, pytest.raises(helm_python.HelmValuesError, match=said):
        chart.validate_schema(wrong)


def test_the_collectors_address_in_production_is_one_that_the_service_takes() -> None:
    endpoint = values_of("values-production.yaml")["tracing"]["otlpEndpoint"]
    assert TracingSettings(otlp_endpoint=endpoint).otlp_endpoint == endpoint


def test_a_worker_that_could_not_finish_its_task_is_refused() -> None:
    with pytest.raises(helm_python.HelmRenderError, match="shutdownSeconds"):
        list(render({"services": {"screening-worker": {"shutdownSeconds": 20}}}))


def test_signing_in_without_saying_how_is_refused() -> None:
    kafka = {"bootstrapServers": "kafka:9092", "securityProtocol": "SASL_SSL", "existingSecret": "kafka"}
    with pytest.raises(helm_python.HelmRenderError, match="saslMechanism"):
        list(render({"kafka": kafka}))


def test_there_is_a_deployment_for_each_service_of_the_code() -> None:
    deployed = {one["metadata"]["name"] for one in manifests("values.yaml") if one["kind"] == "Deployment"}
    assert deployed == {f"fairway-{service}" for service in SERVICES}


def test_workers_are_scaled_on_the_topics_and_groups_that_they_consume() -> None:
    triggers = DEFAULTS["services"]["screening-worker"]["autoscale"]["triggers"]
    assert [(trigger["topic"], trigger["consumerGroup"]) for trigger in triggers] == [
        (consumer.event.topic, consumer.name) for consumer in WORKER_CONSUMERS
    ]


ROUTES = json.loads((CHART / "files" / "routes.json").read_text("utf-8"))["rules"]
SERVED = [
    (service, method, route.path)
    for service in SERVICES
    for router in modules([service])[0].routers
    for route in router.routes
    if isinstance(route, Route)
    for method in sorted(route.methods or ())
]


def answering(path: str) -> str:
    """Return the service that the chart's table sends a path to, the first line that fits."""
    for route in ROUTES:
        exactly = route["match"] == "exact"
        fits = path == route["path"] if exactly else f"{path}/".startswith(f"{route['path'].rstrip('/')}/")
        if fits:
            return str(route["service"])
    raise AssertionError(f"no line for {path}")


@pytest.mark.parametrize(("service", "method", "path"), SERVED)
def test_every_route_of_the_code_is_led_to_the_pods_that_have_it(service: str, method: str, path: str) -> None:
    assert answering(path.replace("{", "").replace("}", "")) == service, f"{method} {path}"


def test_the_chart_has_the_table_of_the_project() -> None:
    table = (CHART.parents[1] / "routes.json").read_text("utf-8")
    assert (CHART / "files" / "routes.json").read_text("utf-8") == table, "run `make generate`"


def test_pages_on_problems_are_led_to_pods() -> None:
    assert answering("/problems/document-not-found") == "ingest-api"


async def test_whom_the_edge_leads_to_metrics_shows_them_to_nobody_who_comes_through_it(tmp_path: Path) -> None:
    """An Ingress cannot leave a path out: what is below / goes to the dashboard, whose process has metrics too."""
    service = answering("/metrics")
    async with running(modules([service]), tmp_path / "data") as process:
        assert (await process.client.get("/metrics")).status_code == 200, "Prometheus comes by itself"
        through_the_edge = await process.client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"})
    assert through_the_edge.status_code == 404


@pytest.mark.parametrize("file", VALUES_FILES)
def test_what_leads_in_names_services_that_exist(file: str) -> None:
    services = {one["metadata"]["name"] for one in manifests(file) if one["kind"] == "Service"}
    for one in manifests(file):
        if one["kind"] == "Ingress":
            paths = one["spec"]["rules"][0]["http"]["paths"]
            assert {path["backend"]["service"]["name"] for path in paths} <= services
        if one["kind"] == "HTTPRoute":
            assert {backend["name"] for rule in one["spec"]["rules"] for backend in rule["backendRefs"]} <= services


def test_probes_ask_what_the_process_answers() -> None:
    answered = {route.path for route in health.routes if isinstance(route, Route)}
    assert {"/healthz", "/readyz", "/metrics"} <= answered


def test_a_module_is_behind_every_name() -> None:
    for service, module in SERVICES.items():
        assert isinstance(import_module(module).MODULE, ServiceModule), service
