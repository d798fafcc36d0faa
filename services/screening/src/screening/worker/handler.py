"""One task: the engine on its slice, the result as an object, and then the row that counts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, TypeAlias

from sqlalchemy import select

from astrodynamics.timescales import from_datetime, to_datetime
from records.screening import writes
from records.screening.events import ScreeningTaskBulkV1, ScreeningTaskUrgentV1
from records.screening.tables import ScreeningRun, ScreeningTask
from records.screening.writes import TaskResult
from screening.measuring import TASK_CPU_S, TASK_PEAK_BYTES, TASK_S, TASK_WAIT_S
from screening.pinned_files import pinned_files
from screening.runs.inputs import RunInputs
from screening.runs.slices import Cutting, cut_again
from screening.settings import ScreeningSettings, screening_settings
from screening.worker.engine import SliceFound, SliceOrder, SliceTooLong, TooLittleMemoryError, screen_slice
from screening.worker.status import STATUS, worker_name
from servicekit.bus import Consumer, Delivery, GivenBack
from servicekit.child import ChildDied
from servicekit.context import Context
from servicekit.observability import logger
from servicekit.store import UnitOfWork

__all__ = ["CONSUMERS"]

TaskDelivery: TypeAlias = Delivery[ScreeningTaskUrgentV1] | Delivery[ScreeningTaskBulkV1]

_log = logger(__name__)
_LOOK_S: Final = 0.25
"""How often a worker that is to stop looks whether its slice still fits."""
_TO_COMMIT_S: Final = 2.0
"""What of the grace period is left for the result to be stored."""


class EngineStuck(ChildDied):
    """The engine's process lives and computes nothing: stopped by somebody, or deadlocked."""

    code = "engine-stuck"
    title = "The engine does not go on"
    remedy = (
        "The task is tried again in a new process. If it comes again, look whether somebody stops the process, "
        "and whether the machine has far more to do than it can (FAIRWAY_SCREENING__TASK_SILENCE_S)."
    )


async def on_task(ctx: Context, delivery: TaskDelivery) -> None:
    """Screen a slice unless somebody has done it; the first committed result wins."""
    event = delivery.event
    async with ctx.store.read() as session:
        run = await session.get(ScreeningRun, event.run_id)
        task = await session.get(ScreeningTask, event.task_id)
    if run is None or task is None:
        raise LookupError(f"there is no task {event.task_id} of run {event.run_id}")
    if task.state != "waiting" or run.state != "running":
        return
    settings = screening_settings()
    async with _in_hand(ctx, task) as taken_at:
        try:
            found = await _while_it_fits(ctx, delivery, run, task, settings)
        except TooLittleMemoryError as error:
            await _fail(delivery, run, task, _memory_reason(task, error))
        else:
            if isinstance(found, SliceTooLong):
                await _cut(delivery, run, task, found, settings)
            else:
                await _keep(ctx, delivery, run, task, found, taken_at, settings)


@asynccontextmanager
async def _in_hand(ctx: Context, task: ScreeningTask) -> AsyncIterator[datetime]:
    taken_at = ctx.clock.now()
    STATUS.begin(task.run_id, task.id, taken_at)
    try:
        await STATUS.tell(ctx)
        yield taken_at
    except GivenBack:
        STATUS.end(ctx.clock.now(), "stopping")
        await STATUS.tell(ctx)
        raise
    finally:
        STATUS.end(ctx.clock.now(), STATUS.state if STATUS.state == "stopping" else "idle")


async def _while_it_fits(
    ctx: Context, delivery: TaskDelivery, run: ScreeningRun, task: ScreeningTask, settings: ScreeningSettings
) -> SliceFound | SliceTooLong:
    """Compute; when the process is to stop, go on if that fits into its grace period, else give the task back now.

    Cancelling, also by the bus when it takes the task away, kills the engine's child.
    """
    computing = asyncio.ensure_future(_screened(ctx, run, task, settings))
    stopping = asyncio.ensure_future(delivery.stopping.wait())
    try:
        await _until_done_or_silent({computing, stopping}, settings)
        until_s = asyncio.get_running_loop().time() + ctx.settings.http.shutdown_s - _TO_COMMIT_S
        while not computing.done():
            left_s = until_s - asyncio.get_running_loop().time()
            if STATUS.remaining_s(settings.task_aim_s) > left_s:
                raise GivenBack(f"slice {task.ordinal} of run {run.id} does not fit into the {left_s:.1f} s left")
            await asyncio.wait({computing}, timeout=_LOOK_S)
        return computing.result()
    finally:
        stopping.cancel()
        if not computing.done():
            computing.cancel()
            await asyncio.wait({computing})


async def _until_done_or_silent(awaited: set[asyncio.Future[Any]], settings: ScreeningSettings) -> None:
    """Wait for the first of `awaited`; an engine that says nothing any more is not waited for.

    Raises
    ------
    EngineStuck
        Its child is killed when the task that computes is cancelled, which the caller does.
    """
    done: set[asyncio.Future[Any]] = set()
    while not done:
        left_s = settings.task_silence_s - STATUS.silent_s()
        if left_s <= 0.0:
            raise EngineStuck(f"The engine has said nothing for {settings.task_silence_s:g} s")
        done, _ = await asyncio.wait(awaited, timeout=left_s, return_when=asyncio.FIRST_COMPLETED)


async def _screened(
    ctx: Context, run: ScreeningRun, task: ScreeningTask, settings: ScreeningSettings
) -> SliceFound | SliceTooLong:
    inputs = RunInputs.of(run)
    if run.start_time is None:
        raise LookupError(f"run {run.id} has no interval")
    keys = [(each.key, each.sha256) for each in inputs.ephemerides]
    if inputs.catalogue is not None:
        keys.append((inputs.catalogue.key, inputs.catalogue.sha256))
    async with pinned_files(ctx.objects, keys) as files:
        order = SliceOrder(
            inputs=inputs,
            ephemerides=tuple(files[: len(inputs.ephemerides)]),
            catalogue=files[-1] if inputs.catalogue is not None else None,
            volume=run.volume,
            run_start_tai_ns=from_datetime(run.start_time),
            start_tai_ns=task.start_tai_ns,
            stop_tai_ns=task.stop_tai_ns,
            threads=settings.threads,
            longest_element_age_days=settings.longest_element_age_days,
            longest_s=settings.task_s,
            memory_mib=settings.worker_memory_mib,
            metadata={"run": run.id, "start_tai_ns": str(task.start_tai_ns)},
        )
        return await ctx.compute.run(screen_slice, order, on_progress=STATUS.progress)


async def _keep(
    ctx: Context,
    delivery: TaskDelivery,
    run: ScreeningRun,
    task: ScreeningTask,
    found: SliceFound,
    taken_at: datetime,
    settings: ScreeningSettings,
) -> None:
    """Store a result, and record it if it is the first."""
    digest = sha256(found.content).hexdigest()
    key = f"screenings/{run.id}/tasks/{task.ordinal}-{digest[:16]}.parquet"  # another result never replaces this one
    await ctx.objects.put(key, found.content, "application/vnd.apache.parquet")
    result = TaskResult(
        start_tai_ns=task.start_tai_ns,
        stop_tai_ns=task.stop_tai_ns,
        key=key,
        sha256=digest,
        approach_count=found.approach_count,
        cpu_s=found.cpu_s,
        wall_s=found.wall_s,
        peak_memory_bytes=found.peak_memory_bytes,
        worker=worker_name(ctx),
        taken_at=taken_at,
    )
    counts = False
    try:
        async with delivery.transaction() as unit:
            locked, current = await _locked(unit, run.id, task.id)
            counts = await writes.record_result(unit, locked, current, result)
            if counts:
                STATUS.count(found.cpu_s)
            STATUS.end(unit.now)
            await STATUS.write(unit, ctx, settings)
    finally:
        if not counts:
            await _remove_unwanted(ctx, task.id, key)
    if counts:
        _measure(ctx, run, task, result)


async def _remove_unwanted(ctx: Context, task_id: str, key: str) -> None:
    """Remove the object of a result that came too late; what is not certain is left to the sweep."""
    async with ctx.store.read() as session:
        task = await session.get(ScreeningTask, task_id)
    if task is not None and task.result_key is not None and task.result_key != key:
        await ctx.objects.delete(key)


def _measure(ctx: Context, run: ScreeningRun, task: ScreeningTask, result: TaskResult) -> None:
    metrics = ctx.metrics
    metrics.of(TASK_S).labels(run.urgency).observe(result.wall_s)
    metrics.of(TASK_CPU_S).labels(run.urgency).inc(result.cpu_s)
    metrics.of(TASK_PEAK_BYTES).observe(result.peak_memory_bytes or 0)
    metrics.of(TASK_WAIT_S).labels(run.urgency).observe(max(0.0, (result.taken_at - task.emitted_at).total_seconds()))


async def _cut(
    delivery: TaskDelivery, run: ScreeningRun, task: ScreeningTask, found: SliceTooLong, settings: ScreeningSettings
) -> None:
    """Cut every waiting slice of a run of which one has turned out to be too long.

    The others are cut by the processor time that they need. How slow this worker's core is just now says nothing of
    them: where only the clock has found this one too long, it alone is cut, in two.
    """
    cutting = Cutting(aim_s=settings.task_aim_s, threads=settings.threads)
    core_s_per_ns = found.core_s / (task.stop_tai_ns - task.start_tai_ns)
    async with delivery.transaction() as unit:
        locked, current = await _locked(unit, run.id, task.id)
        if locked.state != "running" or current.stop_tai_ns != task.stop_tai_ns:
            return  # somebody has cut it in the meantime
        query = select(ScreeningTask).where(ScreeningTask.run_id == run.id, ScreeningTask.state == "waiting")
        cuts = []
        for each in await unit.session.scalars(query.order_by(ScreeningTask.start_tai_ns)):
            pieces = cutting.pieces(core_s_per_ns * (each.stop_tai_ns - each.start_tai_ns))
            if pieces > 1 or each.id == task.id:
                cuts.append((each, cut_again(each.start_tai_ns, each.stop_tai_ns, max(2, pieces))))
        await writes.cut_tasks(unit, locked, cuts)
    _log.info("slices were too long and are cut", run_id=run.id, core_s=found.core_s, cut=len(cuts))


async def _fail(delivery: TaskDelivery, run: ScreeningRun, task: ScreeningTask, reason: str) -> None:
    async with delivery.transaction() as unit:
        locked, current = await _locked(unit, run.id, task.id)
        await writes.fail_task(unit, locked, current, reason)


async def _locked(unit: UnitOfWork, run_id: str, task_id: str) -> tuple[ScreeningRun, ScreeningTask]:
    run = await writes.lock_run(unit, run_id)
    task = await unit.session.get(ScreeningTask, task_id, populate_existing=True)
    if run is None or task is None:
        raise LookupError(f"task {task_id} of run {run_id} is gone")
    return run, task


def _memory_reason(task: ScreeningTask, error: TooLittleMemoryError) -> str:
    start, stop = (
        to_datetime(tai_ns).strftime("%Y-%m-%dT%H:%M:%SZ") for tai_ns in (task.start_tai_ns, task.stop_tai_ns)
    )
    return (
        f"Not assessed: the slice from {start} to {stop} needs {error}, which is all that a worker may take. "
        "Screen in a smaller volume, or give the workers more (FAIRWAY_SCREENING__WORKER_MEMORY_MIB)."
    )


CONSUMERS = (
    Consumer(name="screening-worker.urgent", event=ScreeningTaskUrgentV1, handler=on_task, long_running=True),
    Consumer(name="screening-worker.bulk", event=ScreeningTaskBulkV1, handler=on_task, long_running=True),
)
