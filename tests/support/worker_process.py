"""A screening worker as a process of its own, as a pod runs it: to be told to stop, killed, or frozen for a while."""

import os
import signal as signals
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from records.screening.tables import ScreeningWorker
from servicekit.store import Store

__all__ = ["WorkerProcess"]

_PATIENCE_S = 240.0
_LISTENS = "0A"


@dataclass
class WorkerProcess:
    """``fairway serve screening-worker`` on PostgreSQL, a folder of objects and, where one is named, a broker."""

    name: str
    database_url: str
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> "WorkerProcess":
        """Start it; it is heard of in the table of workers."""
        given = {
            "FAIRWAY_DATABASE__URL": self.database_url,
            "FAIRWAY_DATA": str(self.folder),
            "FAIRWAY_KAFKA__GROUP_INSTANCE_ID": self.name,
            "FAIRWAY_SCREENING__THREADS": "1",
            "FAIRWAY_SCREENING__WORKER_HEARTBEAT_S": "1",
            **self.environment,
        }
        self.started_at = datetime.now(UTC)
        log = (self.folder / f"{self.name}.log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "fairway", "serve", "screening-worker", "--port", "0"],
                env=os.environ | given,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        """The process that was started last."""
        assert self._process is not None, f"{self.name} has not been started"
        return self._process

    def signal(self, number: signals.Signals) -> None:
        """Send it a signal; a stop or its end reaches the engine's child as a whole pod's would."""
        if number in (signals.SIGSTOP, signals.SIGCONT, signals.SIGKILL):
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)

    def engine(self) -> int:
        """Return the process that computes its slices."""
        threads = Path(f"/proc/{self.process.pid}/task").iterdir()
        children = [each for thread in threads for each in (thread / "children").read_text().split()]
        (engine,) = [each for each in children if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()]
        return int(engine)

    def signal_engine(self, number: signals.Signals) -> None:
        """Send its engine a signal."""
        os.kill(self.engine(), number)

    def stop_engine(self) -> None:
        """Have its engine compute nothing any more until it is told to go on."""
        self.signal_engine(signals.SIGSTOP)

    async def has_heard(self) -> bool:
        """Whether it knows that it is to stop: it listens no more."""
        held = set()
        for file in Path(f"/proc/{self.process.pid}/fd").iterdir():
            with suppress(FileNotFoundError):  # closed in the meantime
                held.add(str(file.readlink()))
        tables = (Path(f"/proc/{self.process.pid}/net/{name}").read_text().splitlines()[1:] for name in ("tcp", "tcp6"))
        rows = [line.split() for table in tables for line in table]
        return not any(row[3] == _LISTENS and f"socket:[{row[9]}]" in held for row in rows)

    def ended(self, patience_s: float = _PATIENCE_S) -> int:
        """Wait for its end, and return its exit code."""
        return self.process.wait(patience_s)

    def close(self) -> None:
        """End it, however it is."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signals.SIGKILL)
            self._process.wait()

    async def row(self, store: Store) -> Any:
        """Return what this process has said of itself, or None."""
        async with store.read() as session:
            row = await session.get(ScreeningWorker, self.name)
        return row if row is not None and row.started_at >= self.started_at else None
