"""KEDA: the operator that sets the numbers of pods, and the adapter that tells Kubernetes how long the queues are."""

import shutil
import ssl
import urllib.error
import urllib.request
from base64 import b64encode
from pathlib import Path

import yaml
from cluster.certificates import Authority
from cluster.component import Component
from cluster.control_plane import ControlPlane

from local_parts.ports import free_ports

__all__ = ["Keda"]

_NAMESPACE = "keda"
_API = "external.metrics.k8s.io"
_SERVICE = "keda-metrics"


class Keda:
    """Runs beside the control plane, as processes of the host; its kinds must be known to the cluster."""

    def __init__(self, folder: Path, programs: Path, control_plane: ControlPlane, authority: Authority) -> None:
        self._control_plane = control_plane
        self._authority = authority
        operator_port, probe_port, operator_metrics, self._port, adapter_metrics = free_ports(5)
        hosts = ("127.0.0.1", "localhost", f"{_SERVICE}.{_NAMESPACE}.svc")
        pair = authority.pair("keda", "keda", hosts=hosts)
        certificates = folder / "keda"
        certificates.mkdir(parents=True, exist_ok=True)
        for source, name in ((authority.certificate, "ca.crt"), (pair.certificate, "tls.crt"), (pair.key, "tls.key")):
            shutil.copy(source, certificates / name)
        environment = {"KUBECONFIG": str(control_plane.kubeconfig), "WATCH_NAMESPACE": "", "POD_NAMESPACE": _NAMESPACE}
        environment["KEDA_CLUSTER_OBJECT_NAMESPACE"] = _NAMESPACE
        self._operator = Component(
            "keda-operator",
            folder,
            [
                programs / "keda-operator",
                f"--cert-dir={certificates}",
                f"--metrics-service-bind-address=127.0.0.1:{operator_port}",
                f"--health-probe-bind-address=127.0.0.1:{probe_port}",
                f"--metrics-bind-address=127.0.0.1:{operator_metrics}",
                "--enable-webhook-patching=false",
                "--enable-apiservice-patching=false",
            ],
            answers=lambda: _answers(f"http://127.0.0.1:{probe_port}/readyz"),
            environment=environment,
        )
        self._adapter = Component(
            "keda-adapter",
            folder,
            [
                programs / "keda-adapter",
                f"--secure-port={self._port}",
                "--bind-address=127.0.0.1",
                f"--port={adapter_metrics}",
                f"--cert-dir={certificates}",
                f"--tls-cert-file={certificates / 'tls.crt'}",
                f"--tls-private-key-file={certificates / 'tls.key'}",
                f"--client-ca-file={authority.certificate}",
                f"--metrics-service-address=127.0.0.1:{operator_port}",
                f"--lister-kubeconfig={control_plane.kubeconfig}",
                f"--authentication-kubeconfig={control_plane.kubeconfig}",
                f"--authorization-kubeconfig={control_plane.kubeconfig}",
            ],
            answers=lambda: _answers(f"https://127.0.0.1:{self._port}/livez"),
            environment=environment,
        )

    def start(self) -> None:
        """Start both, and have the cluster ask the adapter for external metrics."""
        self._control_plane.kubectl("create", "namespace", _NAMESPACE, check=False)
        self._operator.start()
        self._adapter.start()
        self._control_plane.kubectl("apply", "--filename=-", given=self._registration())
        self._control_plane.kubectl("wait", "--for=condition=Available", f"apiservice/v1beta1.{_API}", "--timeout=60s")

    def stop(self) -> None:
        """Stop both."""
        self._adapter.stop()
        self._operator.stop()

    def _registration(self) -> str:
        authority = b64encode(self._authority.certificate.read_bytes()).decode()
        where = {"name": _SERVICE, "namespace": _NAMESPACE, "port": self._port}
        service = {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": _SERVICE, "namespace": _NAMESPACE},
            "spec": {"type": "ExternalName", "externalName": "localhost", "ports": [{"port": self._port}]},
        }
        api = {
            "apiVersion": "apiregistration.k8s.io/v1",
            "kind": "APIService",
            "metadata": {"name": f"v1beta1.{_API}"},
            "spec": {
                "group": _API,
                "version": "v1beta1",
                "groupPriorityMinimum": 100,
                "versionPriority": 100,
                "caBundle": authority,
                "service": where,
            },
        }
        return yaml.safe_dump_all([service, api])


def _answers(url: str) -> bool:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # asked is only whether it lives
    try:
        with urllib.request.urlopen(url, timeout=2.0, context=context) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as refusal:
        return refusal.code in (401, 403)
    except OSError:
        return False
