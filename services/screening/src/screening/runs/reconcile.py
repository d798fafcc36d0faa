"""Events are wake-ups: what stands too long in the database is woken again, and what cannot go on is told as failed."""

import json
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from records.screening import writes
from records.screening.events import ScreeningFinaliseV1, ScreeningTaskBulkV1, ScreeningTaskUrgentV1
from records.screening.tables import ScreeningRun, ScreeningTask
from screening.settings import screening_settings
from servicekit.context import Context
from servicekit.store import Actor
from servicekit.store.plumbing import DeliveryRow, OutboxRow

__all__ = ["reconcile_runs"]

_OURS = Actor.service("screening")
_TASK_TOPICS = (ScreeningTaskUrgentV1.topic, ScreeningTaskBulkV1.topic)
_TOPICS = (*_TASK_TOPICS, ScreeningFinaliseV1.topic)


async def reconcile_runs(ctx: Context) -> None:
    """Go through the runs that are under way, each in its own unit of work."""
    before = ctx.clock.now() - timedelta(minutes=screening_settings().task_retry_minutes)
    async with ctx.store.read() as session:
        under_way = select(ScreeningRun.id).where(ScreeningRun.state.in_(("running", "finalising")))
        run_ids = (await session.scalars(under_way)).all()
        dead = await _dead(session, set(run_ids))
        on_the_way = await _on_the_way(session)
    for run_id in run_ids:
        if run_id in dead:
            await _fail(ctx, run_id, dead[run_id])
        else:
            await _wake(ctx, run_id, on_the_way, before)


async def _dead(session: AsyncSession, run_ids: set[str]) -> dict[str, str]:
    """Return the runs that have a dead letter, with what it died of."""
    query = select(DeliveryRow).where(DeliveryRow.state == "dead", DeliveryRow.topic.in_(_TOPICS))
    found = {}
    for row in await session.scalars(query):
        if row.payload["run_id"] in run_ids:
            step = "A slice" if row.topic in _TASK_TOPICS else "The joining of the slices"
            found[str(row.payload["run_id"])] = f"{step} failed again and again: {_last_line(row.error)}"
    return found


def _last_line(error: str | None) -> str:
    lines = [line for line in (error or "").strip().splitlines() if line.strip()]
    return lines[-1][:300] if lines else "no error was recorded"


async def _on_the_way(session: AsyncSession) -> set[str]:
    """Return the payloads of our events that nobody has settled yet, as text."""
    unsettled = select(DeliveryRow.payload).where(
        DeliveryRow.state.in_(("pending", "running")), DeliveryRow.topic.in_(_TOPICS)
    )
    unpublished = select(OutboxRow.payload).where(OutboxRow.published_at.is_(None), OutboxRow.topic.in_(_TOPICS))
    payloads = [*await session.scalars(unsettled), *await session.scalars(unpublished)]
    return {_text(payload) for payload in payloads}


def _text(payload: object) -> str:
    return json.dumps(payload, sort_keys=True)


async def _fail(ctx: Context, run_id: str, reason: str) -> None:
    async with ctx.store.write(_OURS) as unit:
        run = await writes.lock_run(unit, run_id)
        if run is not None and run.state in ("running", "finalising"):
            await writes.end_run(unit, run, state="failed", reason=reason)


async def _wake(ctx: Context, run_id: str, on_the_way: set[str], before: datetime) -> None:
    async with ctx.store.read() as session:
        run = await session.get_one(ScreeningRun, run_id)
        query = select(ScreeningTask).where(ScreeningTask.run_id == run_id, ScreeningTask.state == "waiting")
        waiting = (await session.scalars(query)).all()
    if run.state == "finalising" or not waiting:
        if _text({"run_id": run_id}) in on_the_way:
            return
        async with ctx.store.write(_OURS) as unit:
            locked = await writes.lock_run(unit, run_id)
            if locked is not None and locked.state in ("running", "finalising"):
                writes.queue_finalise(unit, locked)
        return
    lost = [
        task.id
        for task in waiting
        if task.emitted_at < before and _text({"run_id": run_id, "task_id": task.id}) not in on_the_way
    ]
    if lost:
        async with ctx.store.write(_OURS) as unit:
            locked = await writes.lock_run(unit, run_id)
            again = await unit.session.scalars(
                select(ScreeningTask).where(ScreeningTask.id.in_(lost), ScreeningTask.state == "waiting")
            )
            if locked is not None and locked.state == "running":
                writes.emit_tasks(unit, locked, again.all())
