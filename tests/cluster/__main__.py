"""``make test-cluster``: the chart on a real Kubernetes with real pods, step by step, and a page with what came out.

``python -m cluster [--folder FOLDER] [--image NAME | --archive FILE] [--scale-down SECONDS] [--results FILE]``
"""

import argparse
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

from cluster import binaries
from cluster.certificates import Authority
from cluster.control_plane import ControlPlane
from cluster.drill import Drill, StepFailed
from cluster.images import built_from
from cluster.keda import Keda
from cluster.node import Node
from cluster.parts import Parts
from cluster.release import IMAGE, Release
from cluster.results import Results

ROOT = Path(__file__).parents[2]


def main() -> int:
    """Build what is missing, start the cluster, take the steps, write the page, and take everything down again."""
    options = _options()
    folder = options.folder.absolute()
    results = Results(scale_down_s=options.scale_down)
    try:
        binaries.needed_programs()
        binaries.build(folder / "bin")
        archive = options.archive or _saved(options.image, folder / "image.tar")
    except (binaries.Missing, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 2
    shutil.rmtree(folder / "run", ignore_errors=True)
    for number in (signal.SIGINT, signal.SIGTERM):  # whoever ends it, the cluster is taken down
        signal.signal(number, signal.default_int_handler)
    with ExitStack() as running:
        ended = _steps(running, folder, archive, options, results)
        if options.keep:
            print(f"the cluster runs until Ctrl-C; kubectl: {folder / 'bin' / 'kubebox'} kubectl --kubeconfig=", end="")
            print(folder / "run" / "control-plane" / "kubeconfig-admin", flush=True)
            with suppress(KeyboardInterrupt):
                while True:
                    time.sleep(3600)
    if ended and options.results is not None:
        options.results.write_text(results.page(), "utf-8")
        print(f"written: {options.results}")
    return 0 if ended else 1


def _steps(running: ExitStack, folder: Path, archive: Path, options: argparse.Namespace, results: Results) -> bool:
    programs, run = folder / "bin", folder / "run"
    authority = Authority(run / "authority")
    control_plane = ControlPlane(run / "control-plane", programs / "kubebox", authority)
    node = Node(run / "node", programs, control_plane, authority)
    keda = Keda(run / "keda", programs, control_plane, authority)
    parts = Parts(run / "parts")
    release = Release(control_plane, parts, scale_down_s=options.scale_down)
    drill = Drill(release, rate_hz=options.rate, scale=options.scale, hours=options.hours)

    def started(part: ControlPlane | Node | Keda | Parts) -> str:
        running.callback(_unless_it_fails, part.stop)
        part.start()
        return ""

    def load() -> str:
        node.load(archive)
        (built,) = (name for name in node.images() if name.startswith(f"{IMAGE}:"))
        node.tag(built, f"{IMAGE}:first")
        node.tag(built, f"{IMAGE}:second")
        results.image = f"{archive.stat().st_size / 1e6:.0f} MB, {built_from(archive)}"
        return results.image

    def teach() -> str:
        files = [f"--filename={file}" for file in binaries.custom_kinds()]
        control_plane.kubectl("apply", "--server-side", *files)
        return f"{len(files)} kinds of KEDA, the Gateway API and the Prometheus operator"

    def install() -> str:
        running.callback(_unless_it_fails, release.uninstall)
        return drill.install()

    steps: list[tuple[str, Callable[[], str]]] = [
        ("control plane", lambda: started(control_plane)),
        ("node", lambda: started(node)),
        ("parts", lambda: started(parts)),
        ("image", load),
        ("kinds", teach),
        ("KEDA", lambda: started(keda)),
        ("server-side dry run", drill.dry_run),
        ("install", install),
        ("dashboard", drill.dashboard),
        ("workers without lag", drill.idle),
        ("upgrade while files arrive", drill.upgrade),
        ("rollback while files arrive", drill.rollback),
        ("workers by lag, one killed in a task", drill.scale_and_kill),
        ("undisturbed", drill.undisturbed),
        ("workers after the lag", drill.back_to_none),
        ("history", lambda: ", ".join(release.history())),
    ]
    for name, step in steps:
        began = time.monotonic()
        print(f"{datetime.now(UTC):%H:%M:%S} {name} …", flush=True)
        try:
            said = step()
        except Exception as error:  # noqa: BLE001 - whatever it is, the cluster is taken down
            traceback.print_exc()
            if not isinstance(error, StepFailed):
                print("  this is not the release's fault, or not yet known to be", file=sys.stderr)
            return False
        results.add(name, time.monotonic() - began, said)
        print(f"         {said}", flush=True)
    return True


def _saved(image: str, archive: Path) -> Path:
    """Save an image of the Docker engine that is there, if it is not saved already."""
    if shutil.which("docker") is None:
        raise binaries.Missing("no image: build one (docs/operations/image.md), or give --archive")
    subprocess.run(["docker", "save", "--output", archive, image], check=True)
    return archive


def _unless_it_fails(stop: Callable[[], None]) -> None:
    try:
        stop()
    except Exception:  # noqa: BLE001 - what comes after must be stopped too
        traceback.print_exc()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The chart on a real Kubernetes.")
    default = Path(os.environ.get("FAIRWAY_CLUSTER_FOLDER", ROOT / "build" / "cluster"))
    parser.add_argument("--folder", type=Path, default=default, help="Programs, and what runs; default build/cluster")
    parser.add_argument("--image", default="fairway:dev", help="The image to take from the Docker engine")
    parser.add_argument("--archive", type=Path, help="An archive as docker save writes it, instead")
    parser.add_argument("--scale-down", type=int, default=300, help="Stabilisation in seconds; the chart's is 300")
    parser.add_argument("--rate", type=float, default=2.0, help="Files a second during upgrade and rollback")
    parser.add_argument("--scale", type=float, default=0.5, help="Size of the catalogue, of the demonstration's 25,000")
    parser.add_argument("--hours", type=float, default=240.0, help="Span of the run that brings the workers")
    parser.add_argument("--results", type=Path, default=ROOT / "docs" / "operations" / "cluster-results.md")
    parser.add_argument("--keep", action="store_true", help="Leave the cluster up until Ctrl-C")
    if os.geteuid() != 0:
        parser.error("a kubelet needs root")
    if platform.system() != "Linux":
        parser.error("a kubelet needs Linux")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted: the cluster is down, no result is written")
