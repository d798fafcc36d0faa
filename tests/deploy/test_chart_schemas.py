"""The chart is one: Helm finds nothing to say about it, and Kubernetes' own schemas know every field of it."""

import json
import os
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import helm_python
import kubernetes_validate
import pytest
import yaml
from support.helm_chart import CHART, VALUES_FILES, custom, manifests, render, values_of

KUBERNETES = "1.34"
ROOT = CHART.parents[2]
SCHEMAS = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema" / f"v{KUBERNETES}.0-local-strict"

each_size = pytest.mark.parametrize("file", VALUES_FILES)


@each_size
def test_lint_has_nothing_to_say(file: str) -> None:
    report = helm_python.lint(CHART, values_of(file), strict=True, namespace="conjunctions", kube_version="v1.34.0")
    assert report["messages"] is None or report["messages"] == []
    assert not report["errors"]


@each_size
def test_kubernetes_knows_every_field(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kubernetes_validate.utils, "schema_contents", _schema)
    for manifest in manifests(file):
        if not custom(manifest):
            kubernetes_validate.validate(manifest, KUBERNETES, strict=True)


@each_size
def test_what_the_cluster_must_be_taught_is_asked_for(file: str) -> None:
    taught = {manifest["kind"] for manifest in manifests(file) if custom(manifest)}
    values = values_of("values.yaml") | values_of(file)
    expected = set()
    if values["autoscaling"].get("keda"):
        expected |= {"ScaledObject", "TriggerAuthentication"}
    if values["monitoring"].get("enabled"):
        expected |= {"ServiceMonitor", "PrometheusRule"}
    if values["gateway"].get("enabled"):
        expected |= {"HTTPRoute"}
    assert taught == expected


def test_kubeconform_agrees(kubeconform: Path, local_schemas: Path) -> None:
    built_in = [manifest for file in VALUES_FILES for manifest in manifests(file) if not custom(manifest)]
    answer = subprocess.run(
        [
            kubeconform,
            *("-strict", "-summary", "-output=json", "-n=1"),
            f"-schema-location={local_schemas}/{{{{ .ResourceKind }}}}{{{{ .KindSuffix }}}}.json",
        ],
        input=yaml.safe_dump_all(built_in),
        text=True,
        capture_output=True,
        check=False,
    )
    report = json.loads(answer.stdout)
    assert report.get("resources", []) == []
    assert report["summary"] == {"valid": len(built_in), "invalid": 0, "errors": 0, "skipped": 0}


@each_size
def test_it_renders_the_same_twice(file: str) -> None:
    assert list(render(values_of(file))) == list(manifests(file))


@cache
def _schema(file: str, _: str) -> Any:
    """The schemas of one version are some megabytes, which kubernetes-validate reads for every object anew."""
    return json.loads((Path(kubernetes_validate.__file__).parent / file).read_text("utf-8"))


@pytest.fixture(scope="session")
def kubeconform() -> Path:
    found = subprocess.run([ROOT / "scripts" / "kubeconform"], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(found.stderr)
    return Path(found.stdout.strip())


@pytest.fixture(scope="session")
def local_schemas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The schemas of kubernetes-validate as files that name each other by paths."""
    folder = tmp_path_factory.mktemp("schemas")
    for schema in SCHEMAS.glob("*.json"):
        text = schema.read_text("utf-8").replace('"/api/_definitions.json#', '"_definitions.json#')
        (folder / schema.name).write_text(re.sub(r',?\s*"\$id": "[^"]*"', "", text), "utf-8")
    return folder
