"""The dashboards: what their source says, queries that a real Prometheus answers, of metrics that there are."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.prometheus_server import Prometheus, shown_metrics, started_prometheus

from fairway.composition import SERVICES
from servicekit.observability.declarations import declared

OBSERVABILITY = Path(__file__).parents[2] / "deploy" / "observability"
RULES = OBSERVABILITY / "prometheus-rules.yaml"
PAGES = sorted((OBSERVABILITY / "dashboards").glob("*.json"))
NOTHING_FIRES = frozenset({"Alerts"})
"""Panels that are rightly empty where no alert fires."""


def panels(page: Path) -> list[dict[str, Any]]:
    """Return the panels of a page that draw something."""
    return [panel for panel in json.loads(page.read_text())["panels"] if panel["type"] != "row"]


def queries() -> list[tuple[str, dict[str, Any], dict[str, str]]]:
    """Return every query of every dashboard: what it is called, its panel, and itself."""
    return [
        (f"{page.stem}: {panel['title']} {target['refId']}", panel, target)
        for page in PAGES
        for panel in panels(page)
        for target in panel["targets"]
    ]


def asked(expr: str) -> str:
    """Return a query with Grafana's variables put in."""
    return expr.replace("$__rate_interval", "30s").replace("$namespace", ".*")


def rules() -> list[dict[str, Any]]:
    """Return every rule."""
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """A Prometheus that looks at two processes which show every metric."""
    for module in SERVICES.values():
        import_module(module)
    folder = tmp_path_factory.mktemp("prometheus")
    with shown_metrics() as one, shown_metrics() as other, started_prometheus(folder, [one, other], RULES) as server:
        yield server


def test_the_committed_dashboards_are_what_their_source_says() -> None:
    write = OBSERVABILITY / "source" / "write.py"
    done = subprocess.run([sys.executable, str(write), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_metric_that_a_dashboard_or_an_alert_names_is_declared() -> None:
    for module in SERVICES.values():
        import_module(module)
    there_is = {name for metric in declared() for name in metric.sample_names}
    texts = {name: target["expr"] for name, _, target in queries()}
    texts |= {rule.get("alert") or rule["record"]: rule["expr"] for rule in rules()}
    unknown = {
        name: missing for name, text in texts.items() if (missing := set(re.findall(r"\bfairway_\w+", text)) - there_is)
    }
    assert unknown == {}


@pytest.mark.parametrize(("name", "panel", "target"), queries(), ids=[name for name, _, _ in queries()])
def test_a_real_prometheus_answers_a_query_and_the_legend_finds_its_labels(
    name: str, panel: dict[str, Any], target: dict[str, str], prometheus: Prometheus
) -> None:
    found = prometheus.query(asked(target["expr"]))
    assert found or panel["title"] in NOTHING_FIRES, f"{name} draws nothing"
    wanted = set(re.findall(r"{{(\w+)}}", target["legendFormat"]))
    for series in found:
        assert wanted <= set(series["metric"]), f"{name} has no label for its legend"


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.get("alert") or rule["record"])
def test_a_real_prometheus_evaluates_a_rule(rule: dict[str, Any], prometheus: Prometheus) -> None:
    prometheus.query(rule["expr"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_explains_its_panels_and_puts_none_over_another(page: Path) -> None:
    taken: set[tuple[int, int]] = set()
    document = json.loads(page.read_text())
    assert document["uid"] == f"fairway-{page.stem}"
    assert len({panel["id"] for panel in document["panels"]}) == len(document["panels"])
    for panel in document["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells
    assert [panel["title"] for panel in panels(page) if not panel["description"].endswith(".")] == []
