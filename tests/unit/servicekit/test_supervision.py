"""Background work: what crashes is counted and tried again; what is told to stop may finish."""

import asyncio
from datetime import timedelta
from typing import Any, cast

import pytest

from servicekit.context import Context
from servicekit.observability import Metrics
from servicekit.runtime import Job
from servicekit.runtime.supervision import Supervisor

CONTEXT = cast("Context", None)
"""These jobs look at no context."""


class BrokenError(Exception):
    """Something failed."""


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def stopping() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
def supervisor(metrics: Metrics, stopping: asyncio.Event) -> Supervisor:
    return Supervisor(metrics, stopping, first_pause_s=0.001)


def sample(metrics: Metrics, metric: str, /, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(metric, labels)


async def stop(supervisor: Supervisor, stopping: asyncio.Event, grace_s: float = 5) -> None:
    stopping.set()
    await supervisor.stop(grace_s)


async def test_a_task_that_crashes_is_counted_and_runs_again(
    supervisor: Supervisor, metrics: Metrics, stopping: asyncio.Event
) -> None:
    attempts = 0
    recovered = asyncio.Event()

    async def work() -> None:
        nonlocal attempts
        attempts += 1
        if attempts < 3:
            raise BrokenError
        recovered.set()
        await stopping.wait()

    supervisor.keep_running("bus", work)
    async with asyncio.timeout(60):
        await recovered.wait()
    await stop(supervisor, stopping)
    assert attempts == 3
    assert sample(metrics, "fairway_task_crashes_total", task="bus") == 2


async def test_a_job_runs_again_and_again_and_a_crash_does_not_end_it(
    supervisor: Supervisor, metrics: Metrics, stopping: asyncio.Event
) -> None:
    runs = 0
    enough = asyncio.Event()

    async def reconcile(_context: Context) -> None:
        nonlocal runs
        runs += 1
        if runs == 2:
            raise BrokenError
        if runs == 4:
            enough.set()

    supervisor.repeat(Job(name="x.reconcile", every=timedelta(milliseconds=1), run=reconcile), CONTEXT)
    async with asyncio.timeout(60):
        await enough.wait()
    await stop(supervisor, stopping)
    assert sample(metrics, "fairway_job_runs_total", name="x.reconcile", outcome="failed") == 1
    assert (sample(metrics, "fairway_job_runs_total", name="x.reconcile", outcome="done") or 0) >= 3


async def test_a_job_that_does_not_run_at_the_start_waits_for_its_interval(
    supervisor: Supervisor, stopping: asyncio.Event
) -> None:
    ran: list[Any] = []

    async def sweep(context: Context) -> None:
        ran.append(context)

    supervisor.repeat(Job(name="x.sweep", every=timedelta(hours=1), run=sweep, at_start=False), CONTEXT)
    await asyncio.sleep(0)
    await stop(supervisor, stopping)
    assert ran == []


async def test_work_in_hand_is_finished_when_the_process_stops(supervisor: Supervisor, stopping: asyncio.Event) -> None:
    begun, finish, finished = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        await finish.wait()
        finished.set()

    supervisor.keep_running("work", work)
    await begun.wait()
    stopped = asyncio.create_task(stop(supervisor, stopping))
    await asyncio.sleep(0)
    finish.set()
    await stopped
    assert finished.is_set()


async def test_work_that_does_not_end_in_time_is_cut_off(supervisor: Supervisor, stopping: asyncio.Event) -> None:
    begun, cut_off = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cut_off.set()

    supervisor.keep_running("work", work)
    await begun.wait()
    await stop(supervisor, stopping, grace_s=0.01)
    assert cut_off.is_set()


async def test_two_tasks_cannot_have_one_name(supervisor: Supervisor, stopping: asyncio.Event) -> None:
    supervisor.keep_running("bus", stopping.wait)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="two background tasks have the name bus"):
        supervisor.keep_running("bus", stopping.wait)  # type: ignore[arg-type]
    await stop(supervisor, stopping)


async def test_what_is_expendable_does_not_delay_the_end() -> None:
    stopping = asyncio.Event()
    supervisor = Supervisor(Metrics(), stopping)
    supervisor.keep_running("warming", asyncio.Event().wait, is_expendable=True)  # type: ignore[arg-type]
    await asyncio.sleep(0)
    stopping.set()
    async with asyncio.timeout(60):
        await supervisor.stop(grace_s=3600)
