"""The page with the last result."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from cluster.binaries import KEDA, KUBERNETES

__all__ = ["Results"]

_TOLD = {
    "server-side dry run": "`kubectl apply --dry-run=server` of the chart with every file of values",
    "install": "`helm install --wait` into a namespace that enforces the restricted pod security standard",
    "dashboard": "a page of the dashboard's pod",
    "workers without lag": "KEDA takes the workers to none",
    "upgrade while files arrive": "`helm upgrade --wait` to another tag, uploads through the Service all the while",
    "rollback while files arrive": "`helm rollback --wait`, the same",
    "workers by lag, one killed in a task": "KEDA brings workers by the lag of the topics of tasks; in a task one is "
    "deleted with `--force --grace-period=0`",
    "undisturbed": "the same run once more, with nobody killed",
    "workers after the lag": "KEDA takes them to none again",
    "history": "revisions of the release",
}


class Results:
    """What each step took and said."""

    def __init__(self, *, scale_down_s: int) -> None:
        self.image = ""
        self._scale_down_s = scale_down_s
        self._lines: list[tuple[str, float, str]] = []

    def add(self, name: str, took_s: float, said: str) -> None:
        """Keep what a step said."""
        self._lines.append((name, took_s, said))

    def page(self) -> str:
        """Return the page."""
        revision = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"],
            capture_output=True,
            text=True,
            check=False,
            cwd=Path(__file__).parent,
        ).stdout.strip()
        steps = [line for line in self._lines if line[0] in _TOLD]
        starts = [f"{name} {took_s:.0f} s" for name, took_s, _ in self._lines if name not in _TOLD]
        rows = "\n".join(f"| {_TOLD[name]} | {took_s:.0f} s | {said} |" for name, took_s, said in steps)
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
        return f"""\
<!-- written by `make test-cluster`; what it is and how to run it stands in kubernetes.md -->

# The chart on a real Kubernetes: the last result

{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, revision {revision}; one machine ({platform.machine()}, {os.cpu_count()} cores,
{memory:.0f} GB) for everything: Kubernetes {KUBERNETES} (etcd, API server, controllers, scheduler, kubelet, kube-proxy,
containerd, CoreDNS), KEDA {KEDA}, PostgreSQL, Kafka, SeaweedFS, a mail catcher, and the release's pods. Helm is the
SDK of Helm 4. Times include whatever else the machine was doing. Scaling down is stabilised over 300 s in the chart,
over {self._scale_down_s} s in this run.

The image: {self.image}. Started before: {", ".join(starts)}.

| step | time | what came out |
|---|---|---|
{rows}

Files arrive in an open loop, each over a connection of its own, each with content of its own; a request that gets no
answer is sent again with the same Idempotency-Key and counted. *None lost* says that each file got its document, each
document its verdict, and no two files one document.
"""
