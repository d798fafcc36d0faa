"""One real node on this machine: containerd, the kubelet, kube-proxy, and the names of services."""

import json
import re
import shlex
import shutil
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import yaml
from cluster.certificates import Authority
from cluster.component import Component
from cluster.control_plane import NODE_ADDRESS, POD_NETWORK, ControlPlane
from cluster.images import archive_of_program

__all__ = ["NODE", "Node"]

NODE = "machine"
_BRIDGE = "fairway0"
_DNS_DOMAIN = "cluster.local"
_PAUSE = "localhost/pause:1"
_GONE_S = 30.0
_OURS = re.compile(r"-j (KUBE|CNI)-")


class Node:
    """Runs pods in a folder of its own; what it changes on the host it takes back when it is stopped."""

    def __init__(self, folder: Path, programs: Path, control_plane: ControlPlane, authority: Authority) -> None:
        self.folder = folder
        self._programs = programs
        self._control_plane = control_plane
        kubebox = programs / "kubebox"
        self._socket = folder / "containerd.sock"
        pair = authority.pair("kubelet", f"system:node:{NODE}", groups=("system:nodes",), hosts=(NODE, NODE_ADDRESS))
        files = folder / "configuration"
        files.mkdir(parents=True, exist_ok=True)
        (files / "cni").mkdir(exist_ok=True)
        (files / "cni" / "10-bridge.conflist").write_text(json.dumps(_network(), indent=2))
        (files / "containerd.toml").write_text(_containerd(folder, files / "cni"))
        (files / "kubelet.yaml").write_text(
            yaml.safe_dump(_kubelet(self._socket, authority, pair.certificate, pair.key))
        )
        (files / "Corefile").write_text(_names(control_plane.kubeconfig))
        self._containerd = Component(
            "containerd",
            folder,
            ["containerd", "--config", files / "containerd.toml"],
            answers=lambda: self._ctr("version", check=False).returncode == 0,
        )
        self._names = Component(
            "coredns",
            folder,
            [programs / "coredns", "-conf", files / "Corefile"],
            answers=lambda: _listens(f"http://{NODE_ADDRESS}:8181/ready"),
        )
        self._kubelet = Component(
            "kubelet",
            folder,
            [
                *(kubebox, "kubelet"),
                f"--config={files / 'kubelet.yaml'}",
                f"--kubeconfig={control_plane.kubeconfig}",
                f"--root-dir={folder / 'kubelet' / 'root'}",
                f"--cert-dir={folder / 'kubelet' / 'certificates'}",
                f"--hostname-override={NODE}",
                f"--node-ip={NODE_ADDRESS}",
            ],
            answers=self._is_ready,
        )
        self._proxy = Component(
            "kube-proxy",
            folder,
            [
                *(kubebox, "kube-proxy"),
                f"--kubeconfig={control_plane.kubeconfig}",
                f"--hostname-override={NODE}",
                "--proxy-mode=iptables",
                f"--cluster-cidr={POD_NETWORK}",
                "--masquerade-all",  # answers come back this way too, though client and server hang on one bridge
                *("--conntrack-max-per-core=0", "--conntrack-min=0"),
                *("--conntrack-tcp-timeout-established=0s", "--conntrack-tcp-timeout-close-wait=0s"),
                "--oom-score-adj=0",
                "--metrics-bind-address=127.0.0.1:16249",
                "--healthz-bind-address=127.0.0.1:16256",
            ],
            answers=lambda: _listens("http://127.0.0.1:16256/healthz"),
        )

    def start(self) -> None:
        """Start everything and return when the node is ready for pods."""
        _make_bridge()
        self._containerd.start()
        pause = self.folder / "pause.tar"
        archive_of_program(self._programs / "pause", _PAUSE, pause)
        self.load(pause)
        self._names.start()
        self._kubelet.start()
        self._proxy.start()

    def load(self, archive: Path) -> None:
        """Make an archive of images known to the node."""
        self._ctr("--namespace=k8s.io", "images", "import", str(archive))

    def tag(self, image: str, name: str) -> None:
        """Give an image a further name."""
        self._ctr("--namespace=k8s.io", "images", "tag", "--force", image, name)

    def images(self) -> list[str]:
        """Return the names of the images that are known."""
        return self._ctr("--namespace=k8s.io", "images", "ls", "-q").stdout.split()

    def stop(self) -> None:
        """Stop everything, end what still runs in pods, and leave the host's network as it was."""
        self._proxy.stop()
        self._kubelet.stop()
        with suppress(Exception):
            self._end_containers()
        self._names.stop()
        self._containerd.stop()
        _unmount_below(self.folder)
        kubebox = self._programs / "kubebox"
        subprocess.run([kubebox, "kube-proxy", "--cleanup"], capture_output=True, check=False)
        _remove_bridge()

    def _ctr(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        command = ["ctr", f"--address={self._socket}", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if check and done.returncode != 0:
            raise RuntimeError(f"ctr {' '.join(arguments)}: {done.stderr.strip()}")
        return done

    def _end_containers(self) -> None:
        in_pods = ("--namespace=k8s.io",)
        deadline = time.monotonic() + _GONE_S
        while (running := self._ctr(*in_pods, "tasks", "ls", "-q").stdout.split()) and time.monotonic() < deadline:
            for container in running:
                self._ctr(*in_pods, "tasks", "kill", "--signal=SIGKILL", container, check=False)
                self._ctr(*in_pods, "tasks", "rm", "--force", container, check=False)
        for container in self._ctr(*in_pods, "containers", "ls", "-q").stdout.split():
            self._ctr(*in_pods, "containers", "rm", container, check=False)

    def _is_ready(self) -> bool:
        answer = self._control_plane.kubectl(
            "get", "node", NODE, "--output=jsonpath={.status.conditions[?(@.type=='Ready')].status}", check=False
        )
        return answer.strip() == "True"


def _network() -> dict[str, object]:
    """Pods hang on one bridge, and reach the world under the host's address."""
    bridge = {
        "type": "bridge",
        "bridge": _BRIDGE,
        "isGateway": True,
        "ipMasq": True,
        "hairpinMode": True,
        "ipam": {
            "type": "host-local",
            "ranges": [[{"subnet": POD_NETWORK, "rangeStart": "10.244.1.1", "gateway": NODE_ADDRESS}]],
            "routes": [{"dst": "0.0.0.0/0"}],
        },
    }
    ports = {"type": "portmap", "capabilities": {"portMappings": True}}
    return {"cniVersion": "0.4.0", "name": "pods", "plugins": [bridge, ports]}


def _containerd(folder: Path, cni: Path) -> str:
    return f"""\
version = 2
root = "{folder}/containerd/root"
state = "{folder}/containerd/state"
[grpc]
  address = "{folder}/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{_PAUSE}"
  restrict_oom_score_adj = true
  enable_unprivileged_ports = false
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{cni}"
"""


def _kubelet(socket: Path, authority: Authority, certificate: Path, key: Path) -> dict[str, object]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": NODE_ADDRESS,
        "healthzBindAddress": "127.0.0.1",
        "tlsCertFile": str(certificate),
        "tlsPrivateKeyFile": str(key),
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": False},
            "x509": {"clientCAFile": str(authority.certificate)},
        },
        "authorization": {"mode": "AlwaysAllow"},
        "containerRuntimeEndpoint": f"unix://{socket}",
        "clusterDNS": [NODE_ADDRESS],
        "clusterDomain": _DNS_DOMAIN,
        "resolvConf": "/etc/resolv.conf",
        "cgroupDriver": "cgroupfs",
        "failCgroupV1": False,
        "failSwapOn": False,
        "enforceNodeAllocatable": [],
        "localStorageCapacityIsolation": False,
        "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
        "maxOpenFiles": 20000,
        "oomScoreAdj": 0,
        "serializeImagePulls": False,
    }


def _names(kubeconfig: Path) -> str:
    return f"""\
.:53 {{
    bind {NODE_ADDRESS}
    ready {NODE_ADDRESS}:8181
    errors
    cache 5
    kubernetes {_DNS_DOMAIN} {{
        kubeconfig {kubeconfig}
    }}
    forward . /etc/resolv.conf
}}
"""


def _make_bridge() -> None:
    if subprocess.run(["ip", "link", "show", _BRIDGE], capture_output=True, check=False).returncode != 0:
        subprocess.run(["ip", "link", "add", _BRIDGE, "type", "bridge"], check=True)
        subprocess.run(["ip", "address", "add", f"{NODE_ADDRESS}/16", "dev", _BRIDGE], check=True)
    subprocess.run(["ip", "link", "set", _BRIDGE, "up"], check=True)
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")


def _remove_bridge() -> None:
    subprocess.run(["ip", "link", "delete", _BRIDGE], capture_output=True, check=False)
    _remove_chains()


def _remove_chains() -> None:
    """Take away what the kubelet and the network plugins leave in the packet filter when their pods are cut off."""
    for table in ("nat", "filter", "mangle"):
        kept = subprocess.run(["iptables-save", "-t", table], capture_output=True, text=True, check=False).stdout
        lines = kept.splitlines()
        ours = [line for line in lines if line.startswith(("-A KUBE-", "-A CNI-")) or _OURS.search(line)]
        for line in (line for line in lines if line.startswith("-A ") and line in ours):
            subprocess.run(["iptables", "-t", table, "-D", *shlex.split(line)[1:]], capture_output=True, check=False)
        for chain in (line[1:].split()[0] for line in lines if line.startswith((":KUBE-", ":CNI-"))):
            subprocess.run(["iptables", "-t", table, "-X", chain], capture_output=True, check=False)


def _unmount_below(folder: Path) -> None:
    """Secrets and root file systems of pods that were cut off stay mounted; the folder could not be removed."""
    mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    for mount in sorted((mount for mount in mounts if mount.startswith(f"{folder}/")), reverse=True):
        subprocess.run(["umount", "--lazy", mount], capture_output=True, check=False)
    shutil.rmtree(folder / "kubelet" / "root", ignore_errors=True)


def _listens(url: str) -> bool:
    answer = subprocess.run(
        ["curl", "--silent", "--output", "/dev/null", "--max-time", "2", "--fail", url], check=False
    )
    return answer.returncode == 0
