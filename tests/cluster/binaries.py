"""The programs of a Kubernetes cluster, built from Go modules whose versions and hashes stand beside this file.

Nothing is downloaded but modules: Kubernetes with etcd as one program, CoreDNS, KEDA's operator and its adapter of
metrics, and the process that holds a pod open. A cold build takes about 20 minutes on two cores and 15 GB of caches, a
warm one seconds.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

__all__ = ["KEDA", "KUBERNETES", "Missing", "build", "custom_kinds", "needed_programs"]

HERE = Path(__file__).parent
KUBERNETES = "v1.34.1"
KEDA = "v2.21.0"
GATEWAY_API = "v1.3.0"
PROMETHEUS_OPERATOR = "v0.85.0"

_VERSION = "k8s.io/component-base/version"
_MAJOR, _MINOR = KUBERNETES.removeprefix("v").split(".")[:2]
_STAMP = f"-X {_VERSION}.gitVersion={KUBERNETES} -X {_VERSION}.gitMajor={_MAJOR} -X {_VERSION}.gitMinor={_MINOR}"
_PROGRAMS = {
    # program: (folder of the module, package, what the linker is told)
    "pause": ("pause", ".", ""),
    "kubebox": ("kubernetes", ".", _STAMP),
    "coredns": ("coredns", ".", ""),
    "keda-operator": ("keda", "github.com/kedacore/keda/v2/cmd/operator", ""),
    "keda-adapter": ("keda", "github.com/kedacore/keda/v2/cmd/adapter", ""),
}
_CUSTOM_KINDS = {
    "github.com/kedacore/keda/v2": (KEDA, "config/crd/bases", ("",)),
    "sigs.k8s.io/gateway-api": (GATEWAY_API, "config/crd/standard", ("httproutes",)),
    "github.com/prometheus-operator/prometheus-operator": (
        PROMETHEUS_OPERATOR,
        "example/prometheus-operator-crd",
        ("servicemonitors", "prometheusrules"),
    ),
}
_FROM_DEBIAN = {
    "containerd": "containerd",
    "runc": "runc",
    "iptables": "iptables",
    "conntrack": "conntrack",
    "ethtool": "ethtool",
    "/usr/lib/cni/bridge": "containernetworking-plugins",
}


class Missing(RuntimeError):
    """Something that the machine must have is not there; the message says what to install."""


def needed_programs() -> None:
    """See to it that what comes from the distribution is there; as root on Debian it is installed.

    Raises
    ------
    Missing
        It is not there, and cannot be installed from here.
    """
    packages = sorted({package for program, package in _FROM_DEBIAN.items() if shutil.which(program) is None})
    if not packages:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Missing(f"install {', '.join(packages)}")
    print(f"installing {', '.join(packages)}")
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=True, env=quietly)
    subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], check=True, env=quietly)


def build(folder: Path) -> None:
    """Build every program into `folder`; what is built already is only checked by Go.

    Raises
    ------
    Missing
        There is no Go.
    """
    if shutil.which("go") is None:
        raise Missing("install Go 1.25 or newer (https://go.dev/dl)")
    for program, (module, package, stamp) in _PROGRAMS.items():
        made = folder / program
        if made.exists() and made.stat().st_mtime > (HERE / module / "go.mod").stat().st_mtime:
            continue
        print(f"building {program}", flush=True)
        subprocess.run(
            ["go", "build", "-trimpath", "-buildvcs=false", "-ldflags", f"-s -w {stamp}", "-o", made, package],
            cwd=HERE / module,
            env={**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly"},
            check=True,
        )


def custom_kinds() -> list[Path]:
    """Return the definitions of the kinds that others than Kubernetes add, from the modules of who defines them.

    Raises
    ------
    Missing
        A module does not have what is looked for.
    """
    found: list[Path] = []
    for module, (version, folder, kinds) in _CUSTOM_KINDS.items():
        answer = subprocess.run(
            ["go", "mod", "download", "-json", f"{module}@{version}"],
            cwd="/",
            env={**os.environ, "GOFLAGS": "-mod=mod"},
            capture_output=True,
            check=True,
        )
        root = Path(json.loads(answer.stdout)["Dir"], folder)
        files = sorted(file for kind in kinds for file in root.glob(f"*{kind}.yaml"))
        if len(files) < len(kinds):
            raise Missing(f"{module}@{version} does not define {', '.join(kinds)} in {folder}")
        found += files
    return found
