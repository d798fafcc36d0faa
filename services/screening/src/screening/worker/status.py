"""How this worker stands, for the page and the API: in memory, and in its row of the database."""

import os
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from records.screening import writes
from screening.settings import ScreeningSettings, screening_settings
from screening.worker.memory import resident_bytes
from servicekit.context import Context
from servicekit.store import Actor, UnitOfWork

__all__ = ["STATUS", "WorkerStatus", "seconds_since_start", "tell_alive", "worker_name"]

_OURS: Final = Actor.service("screening-worker")
_MIB: Final = 1024 * 1024


def worker_name(ctx: Context) -> str:
    """Return the name that the bus knows this process by, else the machine's with the number of the process."""
    return ctx.settings.kafka.group_instance_id or f"{socket.gethostname()}-{os.getpid()}"


@dataclass
class WorkerStatus:
    """What this process does. One slice at a time: the engine has one child."""

    state: str = "warming"
    run_id: str | None = None
    task_id: str | None = None
    since: datetime | None = None
    done: int = 0
    total: int = 0
    engine_memory_bytes: int = 0
    kernels_ready_s: float | None = None
    tasks_done: int = 0
    cpu_s: float = 0.0
    started_at: datetime | None = None
    told_at_s: float | None = None
    begun_s: float = field(default=0.0)
    """When the slice in hand was begun, by the monotonic clock."""
    heard_s: float = field(default=0.0)
    """When the engine last said something about it, or was given it."""

    def begin(self, run_id: str, task_id: str, now: datetime) -> None:
        """Take a slice in hand."""
        self.state, self.run_id, self.task_id, self.since = "busy", run_id, task_id, now
        self.done = self.total = 0
        self.begun_s = self.heard_s = time.monotonic()

    def end(self, now: datetime, state: str = "idle") -> None:
        """Have no slice in hand any more."""
        if (self.state, self.task_id) != (state, None):
            self.state, self.run_id, self.task_id, self.since = state, None, None, now
        self.done = self.total = 0

    def count(self, cpu_s: float) -> None:
        """Count a slice whose result stands."""
        self.tasks_done += 1
        self.cpu_s += cpu_s

    def progress(self, report: Mapping[str, int]) -> None:
        """Take notice of what the engine says."""
        self.done, self.total = report["done"], report["total"]
        self.engine_memory_bytes = report["memory_bytes"]
        self.heard_s = time.monotonic()

    def silent_s(self) -> float:
        """Return for how long the engine has said nothing about the slice in hand."""
        return time.monotonic() - self.heard_s

    def remaining_s(self, usual_s: float) -> float:
        """Return about how long the slice in hand still takes; before its first chunk is done, as if it were usual."""
        elapsed_s = time.monotonic() - self.begun_s
        if self.done:
            return elapsed_s * (self.total - self.done) / self.done
        return usual_s - elapsed_s if elapsed_s < usual_s else elapsed_s

    async def write(self, unit: UnitOfWork, ctx: Context, settings: ScreeningSettings) -> None:
        """Put the row of this worker."""
        self.started_at = self.started_at or unit.now
        await writes.put_worker(
            unit,
            silence=settings.worker_silence,
            name=worker_name(ctx),
            state=self.state,
            run_id=self.run_id,
            task_id=self.task_id,
            progress=self.done / self.total if self.total else None,
            since=self.since or self.started_at,
            threads=settings.threads,
            memory_bytes=resident_bytes() + self.engine_memory_bytes,
            memory_limit_bytes=settings.worker_memory_mib * _MIB,
            kernels_ready_s=self.kernels_ready_s,
            tasks_done=self.tasks_done,
            cpu_s=self.cpu_s,
            started_at=self.started_at,
        )
        self.told_at_s = time.monotonic()

    async def tell(self, ctx: Context) -> None:
        """Say how this worker stands, in a unit of work of its own."""
        settings = screening_settings()
        async with ctx.store.write(_OURS) as unit:
            await self.write(unit, ctx, settings)


STATUS: Final = WorkerStatus()
"""Of this process."""


async def tell_alive(ctx: Context) -> None:
    """Say that this worker lives, if it has not said so for as long as the setting has it."""
    told = STATUS.told_at_s
    if told is None or time.monotonic() - told >= screening_settings().worker_heartbeat_s:
        await STATUS.tell(ctx)


def seconds_since_start() -> float:
    """Return for how long this process has run."""
    with suppress(OSError, ValueError, IndexError):
        uptime_s = float(Path("/proc/uptime").read_text().split()[0])
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        return uptime_s - int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return time.process_time()
