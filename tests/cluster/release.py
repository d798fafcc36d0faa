"""A release of the chart on the cluster, handled by Helm."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import helm_python
from cluster.control_plane import ControlPlane
from cluster.parts import Parts
from support.helm_chart import CHART

__all__ = ["BUCKET", "IMAGE", "NAMESPACE", "Release"]

NAMESPACE = "conjunctions"
NAME = "fairway"
BUCKET = "fairway"
IMAGE = "docker.io/library/fairway"
_WAIT_S = 900
_SLICE_S = 4
"""Of processor time: many slices of a run that one machine can do."""


class Release:
    """The chart with values for one machine: small pods, the parts on the host, workers by the lag."""

    def __init__(self, control_plane: ControlPlane, parts: Parts, *, scale_down_s: int) -> None:
        self.kubectl = control_plane.kubectl
        self._parts = parts
        self.scale_down_s = scale_down_s
        self._helm = helm_python.Config(kubeconfig_path=control_plane.kubeconfig, namespace=NAMESPACE)

    def values(self, tag: str) -> dict[str, Any]:
        """Return the values of the release with this tag of the image."""
        worker = {"requests": {"cpu": "100m", "memory": "512Mi"}, "limits": {"cpu": "1", "memory": "3Gi"}}
        little = {"requests": {"cpu": "20m", "memory": "128Mi"}, "limits": {"cpu": "2", "memory": "1Gi"}}
        services = ("validator", "spacetrack-gateway", "notifier", "dashboard")
        return {
            "image": {"repository": IMAGE, "tag": tag, "pullPolicy": "Never"},
            "publicUrl": "http://fairway.test",
            "database": {"existingSecret": "fairway-database", "port": self._parts.database.port},
            "objects": {
                "bucket": BUCKET,
                "endpointUrl": self._parts.objects.address,
                "existingSecret": "fairway-objects",
                "port": self._parts.objects.port,
            },
            "kafka": {"bootstrapServers": self._parts.kafka.address, "port": self._parts.kafka.port},
            "mail": {"host": self._parts.mail.host, "port": self._parts.mail.port, "security": "none"},
            "autoscaling": {"keda": True},
            "services": {
                "ingest-api": {"replicas": 2, "resources": little},
                **{service: {"replicas": 1, "resources": little} for service in services},
                "screening": {
                    "replicas": 1,
                    "resources": little,
                    "settings": {"FAIRWAY_SCREENING__TASK_AIM_S": _SLICE_S},
                },
                "screening-worker": {
                    "resources": worker,
                    "settings": {"FAIRWAY_SCREENING__THREADS": 1, "FAIRWAY_SCREENING__WORKER_MEMORY_MIB": 2432},
                    "autoscale": {
                        "min": 0,
                        "max": 2,
                        "tasksPerWorker": 2,
                        "pollingSeconds": 5,
                        "scaleDownSeconds": self.scale_down_s,
                    },
                },
            },
        }

    def prepare(self) -> None:
        """Make the namespace, and the Secrets that the chart names."""
        self.kubectl("create", "namespace", NAMESPACE)
        self.kubectl("label", "namespace", NAMESPACE, "pod-security.kubernetes.io/enforce=restricted")
        self._secret("fairway-database", url=self._parts.database_url)
        objects = self._parts.objects
        keys = {"access-key-id": objects.access_key_id, "secret-access-key": objects.secret_access_key}
        self._secret("fairway-objects", **keys)
        asyncio.run(self._make_bucket())

    def install(self, tag: str) -> float:
        """Install, wait until everything is ready, and return how long that took."""
        return _timed(lambda: self._helm.install(CHART, NAME, self.values(tag), wait="watcher", timeout=_WAIT_S))

    def upgrade(self, tag: str) -> float:
        """Upgrade to another tag, wait, and return how long that took."""
        return _timed(lambda: self._helm.upgrade(CHART, NAME, self.values(tag), wait="watcher", timeout=_WAIT_S))

    def rollback(self) -> float:
        """Go back to the revision before, wait, and return how long that took."""
        return _timed(lambda: self._helm.rollback(NAME, wait="watcher", timeout=_WAIT_S))

    def history(self) -> list[str]:
        """Return what has become of each revision."""
        return [f"{one['revision']} {one['status']}" for one in self._helm.history(NAME)]

    def uninstall(self) -> None:
        """Take the release away and wait until its pods are gone."""
        self._helm.uninstall(NAME, ignore_not_found=True, timeout=_WAIT_S)
        self.kubectl("delete", "pods", "--all", f"--namespace={NAMESPACE}", "--force", "--grace-period=0", check=False)

    def pods(self, service: str, *, ready: bool = False) -> list[str]:
        """Return the names of a service's pods that are not about to go."""
        selector = f"--selector=app.kubernetes.io/component={service}"
        found = self.kubectl.get("pods", f"--namespace={NAMESPACE}", selector)["items"]
        return [
            pod["metadata"]["name"]
            for pod in found
            if "deletionTimestamp" not in pod["metadata"] and (not ready or _is_ready(pod))
        ]

    def address(self, service: str) -> str:
        """Return the address of a service inside the cluster; kube-proxy leads the host there too."""
        found = self.kubectl.get("service", f"--namespace={NAMESPACE}", f"{NAME}-{service}")
        return f"http://{found['spec']['clusterIP']}:8080"

    def execute(self, service: str, *command: str) -> str:
        """Run a command in a pod of a service."""
        return self.kubectl("exec", f"--namespace={NAMESPACE}", f"deployment/{NAME}-{service}", "--", *command)

    def images(self) -> set[str]:
        """Return the images that pods of the release run on."""
        found = self.kubectl.get("pods", f"--namespace={NAMESPACE}")["items"]
        return {pod["spec"]["containers"][0]["image"] for pod in found if "deletionTimestamp" not in pod["metadata"]}

    def _secret(self, name: str, **entries: str) -> None:
        literals = [f"--from-literal={key}={value}" for key, value in entries.items()]
        self.kubectl("create", "secret", "generic", name, f"--namespace={NAMESPACE}", *literals)

    async def _make_bucket(self) -> None:
        from aiobotocore.session import get_session

        objects = self._parts.objects
        async with get_session().create_client(
            "s3",
            endpoint_url=objects.address,
            region_name="us-east-1",
            aws_access_key_id=objects.access_key_id,
            aws_secret_access_key=objects.secret_access_key,
        ) as client:
            await client.create_bucket(Bucket=BUCKET)


def _is_ready(pod: dict[str, Any]) -> bool:
    conditions = pod["status"].get("conditions", ())
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)


def _timed(act: Callable[[], object]) -> float:
    started = time.monotonic()
    act()
    return time.monotonic() - started
