"""etcd, the API server, the controllers and the scheduler, on the loopback address."""

import json
import os
import ssl
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import yaml
from cluster.certificates import Authority, Pair
from cluster.component import Component

from local_parts.ports import free_ports

__all__ = ["NODE_ADDRESS", "POD_NETWORK", "SERVICE_NETWORK", "ControlPlane", "Kubectl"]

POD_NETWORK = "10.244.0.0/16"
SERVICE_NETWORK = "10.96.0.0/16"
NODE_ADDRESS = "10.244.0.1"
"""Of the bridge that pods hang on: the one address that pods and the host both reach the node by."""
_ANSWER_S = 2.0


class Kubectl:
    """kubectl on one cluster."""

    def __init__(self, program: Path, kubeconfig: Path) -> None:
        self._command = [str(program), "kubectl", f"--kubeconfig={kubeconfig}"]

    def __call__(self, *arguments: str, given: str | None = None, check: bool = True) -> str:
        """Run it and return what it printed."""
        done = subprocess.run([*self._command, *arguments], input=given, capture_output=True, text=True, check=False)
        if check and done.returncode != 0:
            raise RuntimeError(f"kubectl {' '.join(arguments)[:200]}: {done.stderr.strip()[-3000:]}")
        return done.stdout if done.returncode == 0 else done.stdout + done.stderr

    def get(self, *arguments: str) -> Any:
        """Return what ``get`` finds, parsed."""
        return json.loads(self("get", "--output=json", *arguments))


class ControlPlane:
    """A Kubernetes without nodes; its administrator is whoever has the kubeconfig file."""

    def __init__(self, folder: Path, program: Path, authority: Authority) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._program = program
        self._authority = authority
        self._etcd_port, peer_port, self.port, controllers_port, scheduler_port = free_ports(5)
        hosts = ("127.0.0.1", "localhost", "kubernetes.default.svc", "10.96.0.1", NODE_ADDRESS)
        self._serving = authority.pair("apiserver", "kube-apiserver", hosts=hosts)
        self._to_kubelet = authority.pair("apiserver-kubelet", "kube-apiserver", groups=("system:masters",))
        self._to_extensions = authority.pair("front-proxy", "front-proxy")
        self._accounts = authority.pair("accounts", "service-accounts")
        self.kubeconfig = self.kubeconfig_of("admin", "system:masters")
        self.kubectl = Kubectl(program, self.kubeconfig)
        self._parts = [
            self._etcd(peer_port),
            self._api_server(),
            self._with_kubeconfig(
                "kube-controller-manager",
                controllers_port,
                f"--service-account-private-key-file={self._accounts.key}",
                f"--root-ca-file={authority.certificate}",
                "--controllers=*,-bootstrap-signer-controller,-token-cleaner-controller",
                "--horizontal-pod-autoscaler-sync-period=5s",
            ),
            self._with_kubeconfig("kube-scheduler", scheduler_port),
        ]

    def start(self) -> None:
        """Start everything and return when the API server is ready."""
        for part in self._parts:
            part.start()

    def stop(self) -> None:
        """Stop everything, what was started last first."""
        for part in reversed(self._parts):
            part.stop()

    def kubeconfig_of(self, user: str, group: str) -> Path:
        """Write a kubeconfig by which its holder is `user` in `group`."""
        pair = self._authority.pair(f"client-{user.replace(':', '-')}", user, groups=(group,))
        file = self.folder / f"kubeconfig-{user.replace(':', '-')}"
        server = {"server": f"https://127.0.0.1:{self.port}", "certificate-authority": str(self._authority.certificate)}
        credentials = {"client-certificate": str(pair.certificate), "client-key": str(pair.key)}
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "cluster", "cluster": server}],
            "users": [{"name": user, "user": credentials}],
            "contexts": [{"name": "cluster", "context": {"cluster": "cluster", "user": user}}],
            "current-context": "cluster",
        }
        file.touch(mode=0o600)
        file.write_text(yaml.safe_dump(config))
        return file

    def is_ready(self) -> bool:
        """Whether the API server says that it is."""
        context = ssl.create_default_context(cafile=self._authority.certificate)
        try:
            with urllib.request.urlopen(
                f"https://127.0.0.1:{self.port}/readyz", timeout=_ANSWER_S, context=context
            ) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def _etcd(self, peer_port: int) -> Component:
        client, peer = f"http://127.0.0.1:{self._etcd_port}", f"http://127.0.0.1:{peer_port}"

        def answers() -> bool:
            try:
                with urllib.request.urlopen(f"{client}/health", timeout=_ANSWER_S) as answer:
                    return bool(json.load(answer)["health"] == "true")
            except (OSError, urllib.error.URLError, ValueError):
                return False

        return Component(
            "etcd",
            self.folder,
            [
                self._program,
                "etcd",
                f"--data-dir={self.folder / 'etcd' / 'data'}",
                f"--listen-client-urls={client}",
                f"--advertise-client-urls={client}",
                f"--listen-peer-urls={peer}",
                f"--initial-advertise-peer-urls={peer}",
                f"--initial-cluster=default={peer}",
                "--unsafe-no-fsync",  # the cluster lives as long as its test
                "--log-level=warn",
            ],
            answers=answers,
        )

    def _api_server(self) -> Component:
        def flags(pair: Pair, certificate: str, key: str) -> list[str]:
            return [f"--{certificate}={pair.certificate}", f"--{key}={pair.key}"]

        return Component(
            "kube-apiserver",
            self.folder,
            [
                self._program,
                "kube-apiserver",
                f"--etcd-servers=http://127.0.0.1:{self._etcd_port}",
                "--bind-address=127.0.0.1",
                "--advertise-address=127.0.0.1",
                f"--secure-port={self.port}",
                "--endpoint-reconciler-type=none",
                f"--service-cluster-ip-range={SERVICE_NETWORK}",
                "--authorization-mode=RBAC",
                f"--client-ca-file={self._authority.certificate}",
                *flags(self._serving, "tls-cert-file", "tls-private-key-file"),
                *flags(self._to_kubelet, "kubelet-client-certificate", "kubelet-client-key"),
                f"--kubelet-certificate-authority={self._authority.certificate}",
                "--kubelet-preferred-address-types=InternalIP",
                "--service-account-issuer=https://kubernetes.default.svc",
                f"--service-account-key-file={self._accounts.certificate}",
                f"--service-account-signing-key-file={self._accounts.key}",
                f"--requestheader-client-ca-file={self._authority.certificate}",
                "--requestheader-allowed-names=front-proxy",
                "--requestheader-extra-headers-prefix=X-Remote-Extra-",
                "--requestheader-group-headers=X-Remote-Group",
                "--requestheader-username-headers=X-Remote-User",
                *flags(self._to_extensions, "proxy-client-cert-file", "proxy-client-key-file"),
            ],
            answers=self.is_ready,
        )

    def _with_kubeconfig(self, name: str, port: int, *flags: str) -> Component:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # it signs for itself; asked is only whether it lives

        def answers() -> bool:
            try:
                with urllib.request.urlopen(
                    f"https://127.0.0.1:{port}/healthz", timeout=_ANSWER_S, context=context
                ) as answer:
                    return bool(answer.status == 200)
            except (OSError, urllib.error.URLError):
                return False

        return Component(
            name,
            self.folder,
            [
                self._program,
                name,
                f"--kubeconfig={self.kubeconfig}",
                f"--authentication-kubeconfig={self.kubeconfig}",
                f"--authorization-kubeconfig={self.kubeconfig}",
                "--leader-elect=false",
                "--bind-address=127.0.0.1",
                f"--secure-port={port}",
                f"--cert-dir={self.folder / name / 'certificates'}",
                *flags,
            ],
            answers=answers,
            environment={"HOME": os.environ.get("HOME", "/")},
        )
