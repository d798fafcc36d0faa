"""Every service in a process of its own, on a folder, as ``fairway up`` runs it: started, killed, started again."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpx
from support.final_state import is_quiet, unsettled

__all__ = ["ServiceProcess"]

_SCRIPT = Path(__file__).with_name("dying_service.py")
_PATIENCE_S = 180.0


@dataclass
class ServiceProcess:
    """The process under test; it may be started again on the same folder."""

    data: Path
    as_of: datetime
    public_url: str | None = "https://fairway.example"
    """Address in mails and links, the same whatever the port; None is where it listens."""
    port: int = 0
    deaths: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self, die_at: str = "never") -> None:
        """Start it and wait until it answers, or has died at the moment `die_at`, such as ``mail:before=3``."""
        self.data.parent.mkdir(parents=True, exist_ok=True)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        arguments = [str(self.data), str(self.port), self.as_of.isoformat(), die_at, str(self.steps)]
        environment = os.environ | {"FAIRWAY_SCREENING__WORKER_HEARTBEAT_S": "86400"}  # no commit that time alone makes
        environment |= {"FAIRWAY_HTTP__PUBLIC_URL": self.public_url} if self.public_url else {}
        self._process = subprocess.Popen([sys.executable, str(_SCRIPT), *arguments], env=environment)
        deadline = time.monotonic() + _PATIENCE_S
        with httpx.Client(base_url=self.url, timeout=5, verify=False) as client:
            while not self.is_dead:
                try:
                    if client.get("/healthz").is_success:
                        return
                except httpx.HTTPError:
                    time.sleep(0.1)
                assert time.monotonic() < deadline, "the service does not start"

    @property
    def steps(self) -> Path:
        """Where it writes its durable steps."""
        return self.data.parent / "steps"

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def is_dead(self) -> bool:
        """Whether the process has ended."""
        return self._process is None or self._process.poll() is not None

    def revive(self) -> None:
        """Start it again, undisturbed, if it has been killed."""
        if not self.is_dead:
            return
        assert self._process is not None
        assert self._process.returncode == -signal.SIGKILL, f"it ended by itself with {self._process.returncode}"
        self.deaths += 1
        self.start()

    def stop(self) -> None:
        """Tell it to stop, as a person would, and see that it ends well."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            assert self._process.wait(60) == 0

    def administrator(self) -> str:
        """Return the token that the first start made."""
        file = self.data / "administrator"
        deadline = time.monotonic() + _PATIENCE_S
        while not file.exists() or not file.read_text():
            assert time.monotonic() < deadline, "no administrator's token was made"
            time.sleep(0.05)
        return file.read_text()

    def steps_taken(self) -> Counter[str]:
        """Return how many durable steps of each name there were, over all its lives."""
        return Counter(line.split()[1] for line in self.steps.read_text().splitlines())

    def wait_until_quiet(self) -> None:
        """Wait until nothing is left to do for half a second, starting it again if it was killed meanwhile."""
        (database,) = self.data.glob("*.db")
        deadline = time.monotonic() + _PATIENCE_S
        quiet_since: float | None = None
        while quiet_since is None or time.monotonic() - quiet_since < 0.5:
            self.revive()
            if not is_quiet(database):
                quiet_since = None
            elif quiet_since is None:
                quiet_since = time.monotonic()
            assert time.monotonic() < deadline, f"not finished: {json.dumps(unsettled(database))}"
            time.sleep(0.05)
