"""A screening slice by slice, what it costs, and the workers."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends

from astrodynamics.timescales import to_datetime
from ingest_api.parameters import Identifier, caller, viewer_of
from ingest_api.queries.errors import ScreeningNotFound
from ingest_api.queries.screening_models import (
    ScreeningCostOut,
    ScreeningTaskOut,
    ScreeningTasksOut,
    ScreeningWorkerOut,
)
from ingest_api.queries.screening_requests import requested_screening
from records.identity.permissions import Permission
from records.screening.reads import run, tasks, workers
from records.screening.tables import ScreeningRun, ScreeningTask, ScreeningWorker
from servicekit.auth import Principal
from servicekit.http import ContextDep, Page, PageDep, known_parameters_only, raises
from servicekit.http.pages import InvalidCursor

__all__ = ["router"]

router = APIRouter(prefix="/v1", dependencies=[Depends(known_parameters_only)], tags=["Screenings"])

Reader = Annotated[Principal, caller(Permission.SCREENINGS_READ)]
WorkersReader = Annotated[Principal, caller(Permission.SCREENING_WORKERS_READ)]


@router.get("/screenings/{screening_id}/tasks", responses=raises(ScreeningNotFound, InvalidCursor))
async def list_screening_tasks(
    context: ContextDep, principal: Reader, screening_id: Identifier, page: PageDep
) -> ScreeningTasksOut:
    """Show a screening slice by slice, in order of time, with its cost and waiting times."""
    viewer = viewer_of(principal)
    async with context.store.read() as session:
        row = await run(session, screening_id, viewer)
        every = await tasks(session, screening_id) if row is not None else []
        live = await workers(session, now=context.clock.now())
    if row is None and await requested_screening(context, viewer, screening_id) is None:
        raise ScreeningNotFound(f"There is no screening {screening_id}")
    after = page.after(int)
    in_hand = {worker.task_id: worker for worker in live if row is not None and row.state == "running"}
    begun = [task for task in every if after is None or task.start_tai_ns > after[0]]
    shown = page.page(
        begun[: page.limit + 1],
        lambda task: _task_out(task, in_hand.get(task.id), is_staff=principal.is_staff),
        lambda task: (task.start_tai_ns,),
    )
    return ScreeningTasksOut(
        screening_id=screening_id,
        state="requested" if row is None else row.state,
        task_count=len(every),
        task_counts=dict(Counter(_state(task, in_hand.get(task.id)) for task in every)),
        live_workers=len(live),
        cost=_cost(row, every, in_hand),
        items=shown.items,
        next_cursor=shown.next_cursor,
    )


@router.get("/screening-workers")
async def list_screening_workers(context: ContextDep, _principal: WorkersReader) -> Page[ScreeningWorkerOut]:
    """List the workers that live, by name: what each computes, since when, and its memory."""
    async with context.store.read() as session:
        live = await workers(session, now=context.clock.now())
    return Page(items=[ScreeningWorkerOut.model_validate(worker) for worker in live])


def _state(task: ScreeningTask, worker: ScreeningWorker | None) -> str:
    return "running" if worker is not None and task.state == "waiting" else task.state


def _taken_at(task: ScreeningTask, worker: ScreeningWorker | None) -> datetime | None:
    return task.taken_at if task.taken_at is not None or worker is None else worker.since


def _waited_s(task: ScreeningTask, worker: ScreeningWorker | None) -> float | None:
    taken_at = _taken_at(task, worker)
    return None if taken_at is None else max(0.0, (taken_at - task.emitted_at).total_seconds())


def _task_out(task: ScreeningTask, worker: ScreeningWorker | None, *, is_staff: bool) -> ScreeningTaskOut:
    state = _state(task, worker)
    name = worker.name if state == "running" and worker is not None else task.worker
    return ScreeningTaskOut(
        ordinal=task.ordinal,
        state=state,
        start_time=to_datetime(task.start_tai_ns),
        stop_time=to_datetime(task.stop_tai_ns),
        progress=worker.progress if state == "running" and worker is not None else None,
        worker=name if is_staff else None,
        emitted_at=task.emitted_at,
        emissions=task.emissions,
        taken_at=_taken_at(task, worker),
        done_at=task.done_at,
        waited_s=_waited_s(task, worker),
        cpu_s=task.cpu_s,
        wall_s=task.wall_s,
        peak_memory_bytes=task.peak_memory_bytes,
        approach_count=task.approach_count,
    )


def _cost(
    row: ScreeningRun | None, every: Sequence[ScreeningTask], in_hand: dict[str | None, ScreeningWorker]
) -> ScreeningCostOut:
    taken = [at for task in every if (at := _taken_at(task, in_hand.get(task.id))) is not None]
    began = None if row is None else row.started_at
    return ScreeningCostOut(
        cpu_s=sum(task.cpu_s or 0.0 for task in every),
        wall_s=sum(task.wall_s or 0.0 for task in every),
        longest_task_s=max((task.wall_s for task in every if task.wall_s is not None), default=None),
        first_wait_s=max(0.0, (min(taken) - began).total_seconds()) if taken and began is not None else None,
        longest_wait_s=max(
            (waited for task in every if (waited := _waited_s(task, in_hand.get(task.id))) is not None), default=None
        ),
        peak_memory_bytes=max((task.peak_memory_bytes or 0 for task in every), default=0) or None,
        worker_count=len({task.worker for task in every if task.worker is not None}),
    )
