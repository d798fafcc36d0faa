"""Processes that share a database share its time: without that, clocks that differ would end each other's leases."""

from datetime import timedelta
from time import monotonic

from sqlalchemy import func, select

from servicekit.clock import Clock, SharedClock
from servicekit.context import Context
from servicekit.observability import logger
from servicekit.runtime.module import Job
from servicekit.store import Store

__all__ = ["KEEPING_STEP", "compare_clocks"]

_log = logger(__name__)


async def compare_clocks(store: Store, clock: Clock) -> None:
    """Correct our clock by the database's, if it is one that can be corrected, and say so where it has to be."""
    if not isinstance(clock, SharedClock):
        return
    before = clock.ahead
    async with store.read() as session:
        await session.connection()  # what it takes to connect is no part of the answer's way
        asked = monotonic()
        theirs = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    clock.compare(theirs, timedelta(seconds=monotonic() - asked))
    if clock.ahead != before:
        _log.warning(
            "the clock of this machine is not that of the database, and is corrected; let both follow the same time",
            ahead_s=round(clock.ahead.total_seconds(), 1),
        )


async def _keep_step(context: Context) -> None:
    await compare_clocks(context.store, context.clock)


KEEPING_STEP = Job(name="runtime.keep-step", every=timedelta(minutes=1), run=_keep_step, at_start=False)
