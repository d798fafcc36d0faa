"""The chart of the project, rendered as Helm renders it, and what its manifests say."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import helm_python
import yaml

__all__ = [
    "CHART",
    "NAMESPACE",
    "VALUES_FILES",
    "Workload",
    "custom",
    "manifests",
    "values_of",
    "workloads",
    "workloads_of",
]

CHART = Path(__file__).parents[2] / "deploy" / "helm" / "fairway"
NAMESPACE = "conjunctions"
VALUES_FILES = ("values.yaml", "values-laptop.yaml", "values-small.yaml", "values-production.yaml")

_BUILT_IN = ("v1", "apps/v1", "batch/v1", "policy/v1", "autoscaling/v2", "networking.k8s.io/v1")

Manifest = dict[str, Any]


class Workload(NamedTuple):
    """A Deployment or a Job, and its pods."""

    name: str
    manifest: Manifest
    labels: dict[str, str]
    pod: Manifest
    container: Manifest

    def environment(self) -> dict[str, Manifest]:
        """Return the container's environment by name."""
        return {entry["name"]: entry for entry in self.container["env"]}


def values_of(file: str) -> Manifest:
    """Return what a file of values says."""
    read: Manifest = yaml.safe_load((CHART / file).read_text("utf-8"))
    return read


@cache
def manifests(file: str) -> tuple[Manifest, ...]:
    """Return everything that a release with this file of values consists of, hooks with it."""
    return tuple(render(values_of(file)))


def render(values: Manifest) -> Iterator[Manifest]:
    """Render the chart with these values."""
    with helm_python.Chart.load(CHART) as chart:
        chart.validate_schema(values)
        texts = chart.render(values, name="fairway", namespace=NAMESPACE)
    for name, text in sorted(texts.items()):
        if not name.endswith("NOTES.txt"):
            yield from (manifest for manifest in yaml.safe_load_all(text) if manifest is not None)


def custom(manifest: Manifest) -> bool:
    """Tell whether it is of a kind that the cluster has to be taught."""
    return manifest["apiVersion"] not in _BUILT_IN


def workloads(file: str) -> tuple[Workload, ...]:
    """Return everything that has pods in a release with this file of values."""
    return workloads_of(manifests(file))


def workloads_of(rendered: Iterable[Manifest]) -> tuple[Workload, ...]:
    """Return everything that has pods."""
    return tuple(
        Workload(
            name=manifest["metadata"]["name"],
            manifest=manifest,
            labels=manifest["spec"]["template"]["metadata"]["labels"],
            pod=manifest["spec"]["template"]["spec"],
            container=manifest["spec"]["template"]["spec"]["containers"][0],
        )
        for manifest in rendered
        if manifest["kind"] in ("Deployment", "Job")
    )
