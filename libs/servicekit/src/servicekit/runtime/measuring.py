"""What a process measures when it is asked for its metrics: the state of its parts, and what its services keep."""

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.pool import QueuePool

from servicekit.bus import Bus
from servicekit.context import Context
from servicekit.observability import Metrics, logger
from servicekit.observability import platform_metrics as platform
from servicekit.observability.declarations import declared
from servicekit.runtime.certificates import certificates_end
from servicekit.runtime.module import ServiceModule
from servicekit.store.plumbing import DeliveryRow, OutboxRow, SubscriptionRow

__all__ = ["Measuring"]

_log = logger(__name__)
_FRESH_S = 5.0
"""Who asks again within this time gets the same figures."""

_LONGEST_S = 10.0

Measure = Callable[[Context], Awaitable[None]]


class Measuring:
    """Measures at most every few seconds. What cannot be measured is counted, and hides nothing else."""

    def __init__(self, modules: Sequence[ServiceModule], version: str) -> None:
        self._modules = modules
        self._services = ",".join(module.name for module in modules)
        self._version = version
        self._measures: list[tuple[str, Measure]] = [
            (module.name, module.measure) for module in modules if module.measure is not None
        ]
        self._turn = asyncio.Lock()
        self._measured_at = -_FRESH_S

    async def measure(self, context: Context, bus: Bus | None) -> None:
        """Bring the gauges up to date."""
        async with self._turn:
            if time.monotonic() - self._measured_at < _FRESH_S:
                return
            self._show_from_the_start(context.metrics)
            _measure_process(context)
            await self._part("database", _measure_database, context)
            await self._part("outbox", self._measure_deliveries, context)
            if bus is not None:
                await self._part("bus", lambda context: _measure_bus(context, bus), context)
            for name, measure in self._measures:
                await self._part(name, measure, context)
            self._measured_at = time.monotonic()

    async def _measure_deliveries(self, context: Context) -> None:
        await _measure_deliveries(context, [each.name for module in self._modules for each in module.consumers])

    def _show_from_the_start(self, metrics: Metrics) -> None:
        """Have every series there that may be counted up: of what begins with 1 no increase can be seen."""
        metrics.begin(declared())
        metrics.of(platform.BUILD).labels(self._version, self._services).set(1)
        for module in self._modules:
            for consumer in module.consumers:
                for outcome in ("done", "retried", "dead"):
                    metrics.of(platform.DELIVERIES).labels(consumer.name, outcome)
            for job in module.jobs:
                metrics.of(platform.CRASHES).labels(job.name)
                for outcome in ("done", "failed"):
                    metrics.of(platform.JOB_RUNS).labels(job.name, outcome)
        metrics.of(platform.CRASHES).labels("bus")
        for part in ("database", "outbox", "bus", *(name for name, _ in self._measures)):
            metrics.of(platform.MEASUREMENT_FAILURES).labels(part)

    @staticmethod
    async def _part(name: str, measure: Measure, context: Context) -> None:
        try:
            async with asyncio.timeout(_LONGEST_S):
                await measure(context)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other figures are wanted all the more
            context.metrics.of(platform.MEASUREMENT_FAILURES).labels(name).inc()
            _log.warning("a part could not be measured", part=name, error=type(error).__name__)


def _measure_process(context: Context) -> None:
    metrics = context.metrics
    for pool_name, pool in context.store.pools().items():
        if isinstance(pool, QueuePool):
            metrics.of(platform.POOL_IN_USE).labels(pool_name).set(pool.checkedout())
            metrics.of(platform.POOL_LIMIT).labels(pool_name).set(pool.size() + max(0, pool._max_overflow))  # noqa: SLF001
    has_folder = context.settings.data.exists()
    disk = shutil.disk_usage(context.settings.data if has_folder else tempfile.gettempdir())
    metrics.of(platform.DISK_FREE_BYTES).set(disk.free)
    metrics.of(platform.DISK_SIZE_BYTES).set(disk.total)
    metrics.of(platform.MEMORY_BYTES).set(_memory_bytes())
    limit = _memory_limit_bytes()
    if limit is not None:
        metrics.of(platform.MEMORY_LIMIT_BYTES).set(limit)
    for setting, ends in certificates_end(context.settings).items():
        metrics.of(platform.CERTIFICATE_ENDS).labels(setting).set(ends.timestamp())


async def _measure_database(context: Context) -> None:
    metrics = context.metrics
    async with context.store.read() as session:
        if context.store.is_sqlite:
            size = await session.scalar(
                text("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
            )
        else:
            size = await session.scalar(text("SELECT pg_database_size(current_database())"))
            connections = await session.scalar(text("SELECT count(*) FROM pg_stat_activity"))
            limit = await session.scalar(text("SELECT setting::int FROM pg_settings WHERE name = 'max_connections'"))
            metrics.of(platform.DATABASE_CONNECTIONS).set(connections or 0)
            metrics.of(platform.DATABASE_CONNECTIONS_LIMIT).set(limit or 0)
    metrics.of(platform.DATABASE_BYTES).set(size or 0)


async def _measure_deliveries(context: Context, own: Iterable[str]) -> None:
    """Measure outbox and deliveries: of every consumer where the database is the bus, else of those of this process."""
    unpublished = OutboxRow.published_at.is_(None)
    async with context.store.read() as session:
        waiting = await session.scalar(select(func.count()).select_from(OutboxRow).where(unpublished))
        oldest = await session.scalar(select(func.min(OutboxRow.emitted_at)).where(unpublished))
        consumers = sorted({*own, *await session.scalars(select(SubscriptionRow.consumer))})
        rows = (
            await session.execute(
                select(DeliveryRow.consumer, DeliveryRow.state, func.count(), func.min(DeliveryRow.emitted_at))
                .where(DeliveryRow.consumer.in_(consumers), DeliveryRow.state.in_(("pending", "running", "dead")))
                .group_by(DeliveryRow.consumer, DeliveryRow.state)
            )
        ).all()
    now = context.clock.now()
    metrics = context.metrics
    metrics.of(platform.OUTBOX_WAITING).set(waiting or 0)
    metrics.of(platform.OUTBOX_AGE_S).set(_age_s(oldest, now))
    dead = dict.fromkeys(consumers, 0)
    living = dict.fromkeys(consumers, 0)
    ages = dict.fromkeys(consumers, 0.0)
    for consumer, state, count, emitted_at in rows:
        if state == "dead":
            dead[consumer] = count
        else:
            living[consumer] += count
            ages[consumer] = max(ages[consumer], _age_s(emitted_at, now))
    metrics.replace(platform.DEAD_LETTERS, dead)
    metrics.replace(platform.DELIVERIES_WAITING, living)
    metrics.replace(platform.DELIVERY_OLDEST_AGE_S, ages)


async def _measure_bus(context: Context, bus: Bus) -> None:
    figures = await bus.figures()
    context.metrics.replace(platform.CONSUMER_LAG, figures.lag)
    context.metrics.replace(platform.CONSUMER_OLDEST_AGE_S, figures.oldest_age_s)


def _age_s(moment: datetime | None, now: datetime) -> float:
    return 0.0 if moment is None else max(0.0, (now - moment).total_seconds())


def _memory_bytes() -> int:
    """Return the resident memory of this process and of the children that it has spawned."""
    own = os.getpid()
    pages = _resident_pages(own)
    for task in Path(f"/proc/{own}/task").glob("*/children"):
        pages += sum(_resident_pages(int(child)) for child in _read(task).split())
    return pages * os.sysconf("SC_PAGE_SIZE")


def _resident_pages(process: int) -> int:
    fields = _read(Path(f"/proc/{process}/statm")).split()
    return int(fields[1]) if len(fields) > 1 else 0


def _memory_limit_bytes() -> int | None:
    """Return the limit of the control group that the process is in, or None where there is none."""
    for place in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        limit = _read(Path(place)).strip()
        if limit.isdigit() and int(limit) < 1 << 60:  # version 1 says "none" by a number that is none
            return int(limit)
    return None


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:  # another system, or a child that has just ended
        return ""
