"""One task: the engine on its slice, the result as an object, and then the row that counts."""

from hashlib import sha256

from astrodynamics.timescales import from_datetime
from records.screening import writes
from records.screening.events import ScreeningTaskBulkV1, ScreeningTaskUrgentV1
from records.screening.tables import ScreeningRun, ScreeningTask
from records.screening.writes import TaskResult
from screening.pinned_files import pinned_files
from screening.runs.inputs import RunInputs
from screening.settings import screening_settings
from screening.worker.engine import SliceOrder, screen_slice
from servicekit.bus import Consumer, Delivery
from servicekit.context import Context

__all__ = ["CONSUMERS"]


async def on_task(ctx: Context, delivery: Delivery[ScreeningTaskUrgentV1] | Delivery[ScreeningTaskBulkV1]) -> None:
    """Screen a slice unless somebody has done it; the first committed result wins."""
    event = delivery.event
    async with ctx.store.read() as session:
        run = await session.get(ScreeningRun, event.run_id)
        task = await session.get(ScreeningTask, event.task_id)
    if run is None or task is None:
        raise LookupError(f"there is no task {event.task_id} of run {event.run_id}")
    if task.state != "waiting" or run.state != "running":
        return
    result = await _screened(ctx, run, task)
    ctx.metrics.histogram(
        "fairway_screening_task_duration_seconds", "Time of the engine on one task.", ("urgency",)
    ).labels(run.urgency).observe(result.wall_s)
    async with delivery.transaction() as unit:
        locked = await writes.lock_run(unit, run.id)
        current = await unit.session.get(ScreeningTask, task.id, populate_existing=True)
        if locked is not None and current is not None:
            await writes.record_result(unit, locked, current, result)


async def _screened(ctx: Context, run: ScreeningRun, task: ScreeningTask) -> TaskResult:
    inputs = RunInputs.of(run)
    settings = screening_settings()
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
            metadata={"run": run.id, "task": str(task.ordinal)},
        )
        found = await ctx.compute.run(screen_slice, order)
    digest = sha256(found.content).hexdigest()
    key = f"screenings/{run.id}/tasks/{task.ordinal}-{digest[:16]}.parquet"  # another result never replaces this one
    await ctx.objects.put(key, found.content, "application/vnd.apache.parquet")
    return TaskResult(
        key=key,
        sha256=digest,
        approach_count=found.approach_count,
        cpu_s=found.cpu_s,
        wall_s=found.wall_s,
    )


CONSUMERS = (
    Consumer(name="screening-worker.urgent", event=ScreeningTaskUrgentV1, handler=on_task),
    Consumer(name="screening-worker.bulk", event=ScreeningTaskBulkV1, handler=on_task),
)
