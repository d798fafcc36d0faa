"""Events are wake-ups: what stands too long in the database is woken again, and what cannot go on is told as failed.

An event may be in a broker, where nobody can look for it, so what is woken may be woken twice: the first result wins.
Each pause is twice the one before, so that a queue that is only long is not made much longer.
"""

import json
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from records.screening import reads, writes
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
_MOST_AT_ONCE: Final = 500
_MOST_DOUBLINGS: Final = 10
_FORGOTTEN_AFTER = timedelta(days=1)


async def reconcile_runs(ctx: Context) -> None:
    """Go through the runs that are under way, each in its own unit of work; forget workers that are long gone."""
    settings, now = screening_settings(), ctx.clock.now()
    async with ctx.store.read() as session:
        under_way = select(ScreeningRun.id).where(ScreeningRun.state.in_(("running", "finalising")))
        run_ids = (await session.scalars(under_way)).all()
        dead = await _dead(session, set(run_ids))
        on_the_way = await _on_the_way(session)
        in_hand = {worker.task_id for worker in await reads.workers(session, now=now)}
        has_gone = await reads.workers_gone(session, since=now - _FORGOTTEN_AFTER)
    pause = timedelta(minutes=settings.task_retry_minutes)
    for run_id in run_ids:
        if run_id in dead:
            await _fail(ctx, run_id, dead[run_id])
        else:
            await _wake(ctx, run_id, on_the_way, in_hand, pause)
    if has_gone:
        async with ctx.store.write(_OURS) as unit:
            await writes.forget_workers(unit, gone_since=now - _FORGOTTEN_AFTER)


async def _dead(session: AsyncSession, run_ids: set[str]) -> dict[str, str]:
    """Return the runs that have a dead letter, with what it died of."""
    query = select(DeliveryRow).where(DeliveryRow.state == "dead", DeliveryRow.topic.in_(_TOPICS))
    found = {}
    for row in await session.scalars(query):
        if row.payload.get("run_id") in run_ids:
            step = "A slice" if row.topic in _TASK_TOPICS else "The joining of the slices"
            found[str(row.payload["run_id"])] = f"{step} failed again and again: {_last_line(row.error)}"
    return found


def _last_line(error: str | None) -> str:
    lines = [line for line in (error or "").strip().splitlines() if line.strip()]
    return lines[-1][:300] if lines else "no error was recorded"


async def _on_the_way(session: AsyncSession) -> set[str]:
    """Return what is certain to come: events of ours that are not relayed yet, or wait in the table of deliveries."""
    unsettled = select(DeliveryRow.payload).where(
        DeliveryRow.state.in_(("pending", "running")), DeliveryRow.topic.in_(_TOPICS)
    )
    unpublished = select(OutboxRow.payload).where(OutboxRow.published_at.is_(None), OutboxRow.topic.in_(_TOPICS))
    payloads = [*await session.scalars(unsettled), *await session.scalars(unpublished)]
    return {_subject(payload.get("run_id"), payload.get("task_id")) for payload in payloads}


def _subject(run_id: str | None, task_id: str | None = None) -> str:
    return json.dumps([run_id, task_id])


async def _fail(ctx: Context, run_id: str, reason: str) -> None:
    async with ctx.store.write(_OURS) as unit:
        run = await writes.lock_run(unit, run_id)
        if run is not None and run.state in ("running", "finalising"):
            await writes.end_run(unit, run, state="failed", reason=reason)


async def _wake(ctx: Context, run_id: str, on_the_way: set[str], in_hand: set[str | None], pause: timedelta) -> None:
    now = ctx.clock.now()
    async with ctx.store.read() as session:
        run = await session.get_one(ScreeningRun, run_id)
        query = select(ScreeningTask).where(ScreeningTask.run_id == run_id, ScreeningTask.state == "waiting")
        waiting = (await session.scalars(query)).all()
    if run.state == "finalising" or not waiting:
        is_due = _is_due(run.finalise_emitted_at, run.finalise_emissions, pause, now)
        if is_due and _subject(run_id) not in on_the_way:
            await _finalise_again(ctx, run_id)
        return
    lost = [
        task.id
        for task in waiting
        if _is_due(task.emitted_at, task.emissions, pause, now)
        and task.id not in in_hand
        and _subject(run_id, task.id) not in on_the_way
    ][:_MOST_AT_ONCE]
    if lost:
        await _emit_again(ctx, run_id, lost)


def _is_due(emitted_at: datetime | None, emissions: int, pause: timedelta, now: datetime) -> bool:
    """Whether something was emitted so long ago, and so rarely, that it is to be emitted again."""
    return emitted_at is None or emitted_at + pause * 2 ** min(max(0, emissions - 1), _MOST_DOUBLINGS) < now


async def _finalise_again(ctx: Context, run_id: str) -> None:
    async with ctx.store.write(_OURS) as unit:
        run = await writes.lock_run(unit, run_id)
        if run is not None and run.state in ("running", "finalising"):
            writes.queue_finalise(unit, run)


async def _emit_again(ctx: Context, run_id: str, task_ids: list[str]) -> None:
    async with ctx.store.write(_OURS) as unit:
        run = await writes.lock_run(unit, run_id)
        tasks = await unit.session.scalars(
            select(ScreeningTask).where(ScreeningTask.id.in_(task_ids), ScreeningTask.state == "waiting")
        )
        if run is not None and run.state == "running":
            writes.emit_tasks_again(unit, run, tasks.all())
