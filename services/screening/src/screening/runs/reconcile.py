"""Events are wake-ups: what stands too long in the database is woken again, and what cannot go on is told as failed.

An event may be in a broker, where nobody can look for it, so what is woken may be woken twice: the first result wins.
Each pause is twice the one before, so that a queue that is only long is not made much longer.
"""

import json
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, or_, select
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
_UNDER_WAY: Final = ("running", "finalising")
_MOST_AT_ONCE: Final = 500
_MOST_DOUBLINGS: Final = 10
_FORGOTTEN_AFTER = timedelta(days=1)


async def reconcile_runs(ctx: Context) -> None:
    """Wake what is due of the runs that are under way, each in its own unit of work; forget workers that are long gone.

    What is not due costs nothing but its place in an index: a queue of tens of thousands of runs is no trouble.
    """
    settings, now = screening_settings(), ctx.clock.now()
    pause = timedelta(minutes=settings.task_retry_minutes)
    async with ctx.store.read() as session:
        dead = await _dead(session)
        on_the_way = await _on_the_way(session)
        in_hand = {worker.task_id for worker in await reads.workers(session, now=now)}
        lost = await _lost_tasks(session, in_hand, on_the_way, pause, now)
        unjoined = await _unjoined_runs(session, on_the_way, pause, now)
        has_gone = await reads.workers_gone(session, since=now - _FORGOTTEN_AFTER)
    for run_id, reason in dead.items():
        await _fail(ctx, run_id, reason)
    for run_id in unjoined:
        if run_id not in dead:
            await _finalise_again(ctx, run_id)
    for run_id, task_ids in lost.items():
        if run_id not in dead:
            await _emit_again(ctx, run_id, task_ids[:_MOST_AT_ONCE])
    if has_gone:
        async with ctx.store.write(_OURS) as unit:
            await writes.forget_workers(unit, gone_since=now - _FORGOTTEN_AFTER)


async def _dead(session: AsyncSession) -> dict[str, str]:
    """Return the runs under way that have a dead letter, with what it died of."""
    query = select(DeliveryRow).where(DeliveryRow.state == "dead", DeliveryRow.topic.in_(_TOPICS))
    found = {}
    for row in await session.scalars(query):
        step = "A slice" if row.topic in _TASK_TOPICS else "The joining of the slices"
        found[str(row.payload.get("run_id"))] = f"{step} failed again and again: {_last_line(row.error)}"
    run_ids = sorted(found)
    under_way: list[str] = []
    for begin in range(0, len(run_ids), _MOST_AT_ONCE):
        some = run_ids[begin : begin + _MOST_AT_ONCE]
        query_runs = select(ScreeningRun.id).where(ScreeningRun.id.in_(some), ScreeningRun.state.in_(_UNDER_WAY))
        under_way += (await session.scalars(query_runs)).all()
    return {run_id: found[run_id] for run_id in under_way}


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
        if run is not None and run.state in _UNDER_WAY:
            await writes.end_run(unit, run, state="failed", reason=reason)


async def _lost_tasks(
    session: AsyncSession, in_hand: set[str | None], on_the_way: set[str], pause: timedelta, now: datetime
) -> dict[str, list[str]]:
    """Return the tasks whose turn to be emitted again has come, by their run."""
    query = (
        select(ScreeningTask.run_id, ScreeningTask.id, ScreeningTask.emitted_at, ScreeningTask.emissions)
        .join(ScreeningRun, ScreeningRun.id == ScreeningTask.run_id)
        .where(
            ScreeningTask.state == "waiting",
            or_(ScreeningTask.emitted_at.is_(None), ScreeningTask.emitted_at < now - pause),
            ScreeningRun.state == "running",
        )
        .order_by(ScreeningTask.emitted_at, ScreeningTask.id)
    )
    lost: dict[str, list[str]] = {}
    for run_id, task_id, emitted_at, emissions in await session.execute(query):
        is_due = _is_due(emitted_at, emissions, pause, now)
        if is_due and task_id not in in_hand and _subject(run_id, task_id) not in on_the_way:
            lost.setdefault(run_id, []).append(task_id)
    return lost


async def _unjoined_runs(session: AsyncSession, on_the_way: set[str], pause: timedelta, now: datetime) -> list[str]:
    """Return the runs that no slice is missing of, and whose turn to be joined again has come."""
    has_waiting = exists().where(ScreeningTask.run_id == ScreeningRun.id, ScreeningTask.state == "waiting")
    query = select(ScreeningRun.id, ScreeningRun.finalise_emitted_at, ScreeningRun.finalise_emissions).where(
        ScreeningRun.state.in_(_UNDER_WAY),
        or_(ScreeningRun.finalise_emitted_at.is_(None), ScreeningRun.finalise_emitted_at < now - pause),
        or_(ScreeningRun.state == "finalising", ~has_waiting),
    )
    return [
        run_id
        for run_id, emitted_at, emissions in await session.execute(query.order_by(ScreeningRun.id))
        if _is_due(emitted_at, emissions, pause, now) and _subject(run_id) not in on_the_way
    ]


def _is_due(emitted_at: datetime | None, emissions: int, pause: timedelta, now: datetime) -> bool:
    """Whether something was emitted so long ago, and so rarely, that it is to be emitted again."""
    return emitted_at is None or emitted_at + pause * 2 ** min(max(0, emissions - 1), _MOST_DOUBLINGS) < now


async def _finalise_again(ctx: Context, run_id: str) -> None:
    async with ctx.store.write(_OURS) as unit:
        run = await writes.lock_run(unit, run_id)
        if run is not None and run.state in _UNDER_WAY:
            writes.queue_finalise(unit, run)


async def _emit_again(ctx: Context, run_id: str, task_ids: list[str]) -> None:
    async with ctx.store.write(_OURS) as unit:
        run = await writes.lock_run(unit, run_id)
        tasks = await unit.session.scalars(
            select(ScreeningTask).where(ScreeningTask.id.in_(task_ids), ScreeningTask.state == "waiting")
        )
        if run is not None and run.state == "running":
            writes.emit_tasks_again(unit, run, tasks.all())
