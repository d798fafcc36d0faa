"""docker-compose.yml as it runs on a container engine, and who may ask its services anything."""

import json
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from support.container_engine import Engine

__all__ = ["Deployment", "until"]

_ROOT = Path(__file__).parents[2]


@dataclass
class Deployment:
    """All containers, and who may ask them anything."""

    engine: Engine
    secrets: Path
    environment: dict[str, str]
    url: str
    mail_url: str
    prometheus_url: str
    tokens: dict[str, str] = field(default_factory=dict)

    def compose(self, *arguments: str, **given: str) -> str:
        return self.engine.compose_run(*arguments, env=self.environment | given, timeout_s=1800.0)

    def demo_compose(self) -> str:
        """Run what `make demo-compose` runs, with the image that is there, and return what it printed."""
        programs = [str(Path(program).parent) for program in (self.engine.compose, self.engine.docker)]
        done = subprocess.run(
            [_ROOT / "scripts" / "demo-compose"],
            env={**os.environ, **self.engine.environment, **self.environment, "BUILD": "0"}
            | {"PATH": os.pathsep.join([*programs, os.environ["PATH"]])},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=1800.0,
            check=False,
        )
        assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
        return done.stdout

    @property
    def token(self) -> str:
        """The administrator's, from where scripts/demo-compose keeps it."""
        return (self.secrets / "administrator-token").read_text().strip()

    def containers(self) -> dict[str, str]:
        """Return the name of each container's service by the container's own."""
        listed = [json.loads(line) for line in self.compose("ps", "--all", "--format", "json").splitlines()]
        return {each["Name"]: each["Service"] for each in listed}

    def of_service(self, service: str) -> str:
        return next(name for name, each in self.containers().items() if each == service)

    def client(self, token: str) -> httpx.Client:
        return httpx.Client(base_url=f"{self.url}/v1/", headers={"Authorization": f"Bearer {token}"}, timeout=240.0)


def until(condition: Callable[[], bool], patience_s: float, what: str) -> None:
    """Wait until something holds, or say what does not."""
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, f"no {what} after {patience_s:.0f} s"
        time.sleep(0.5)
