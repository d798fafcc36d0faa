"""A service as a value: what it answers, what it listens to, what it does from time to time."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from fastapi import APIRouter

from servicekit.bus import Consumer
from servicekit.context import Context

__all__ = ["Job", "ServiceModule"]


@dataclass(frozen=True, kw_only=True)
class Job:
    """Something done from time to time: a reconciler, a sweeper. One run at a time; after a crash it goes on."""

    name: str
    """Unique, with the service before the dot, for example ``screening.reconcile``."""
    every: timedelta
    run: Callable[[Context], Awaitable[None]]
    at_start: bool = True
    """Whether the first run comes at once, or after one interval."""


@dataclass(frozen=True, kw_only=True)
class ServiceModule:
    """One service. A process runs any set of them."""

    name: str
    routers: Sequence[APIRouter] = ()
    """Each carries its own prefix, for example ``/v1/documents``."""
    consumers: Sequence[Consumer] = ()
    jobs: Sequence[Job] = ()
    start: Callable[[Context], Awaitable[None]] | None = None
    """Awaited before the process answers or consumes anything. When it raises, the process does not start."""
    warm: Callable[[Context], Awaitable[None]] | None = None
    """Runs beside the rest; the process is not ready until it is done (for example compiling kernels)."""
    measure: Callable[[Context], Awaitable[None]] | None = None
    """Brings gauges up to date when the process is asked for its metrics: what waits, how old it is. It only reads."""
    stop: Callable[[Context], Awaitable[None]] | None = None
    """Awaited once no job and no consumer of the process runs any more, while its database is still there. It has a few
    seconds, and a process that is killed never comes to it: it may only spare others a wait."""
    static: Mapping[str, Path] = field(default_factory=dict)
    """Folders of files that are served as they are, by path, for example ``/static/dashboard``."""
