"""Changes to runs, their tasks and their coverage."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from records.screening.events import (
    ScreeningCompletedV1,
    ScreeningFinaliseV1,
    ScreeningTaskBulkV1,
    ScreeningTaskUrgentV1,
)
from records.screening.tables import CoverageException, ScreeningRun, ScreeningTask
from servicekit.ids import derived_id
from servicekit.store import UnitOfWork

__all__ = [
    "TaskResult",
    "add_run",
    "begin_run",
    "complete_run",
    "cut_tasks",
    "emit_tasks",
    "emit_tasks_again",
    "end_run",
    "fail_task",
    "insert_runs",
    "lock_run",
    "plan_waiting_run",
    "queue_finalise",
    "record_result",
]


@dataclass(frozen=True, kw_only=True)
class TaskResult:
    """Where a slice's approaches lie, and what they cost."""

    start_tai_ns: int
    stop_tai_ns: int
    key: str
    sha256: str
    approach_count: int
    cpu_s: float
    wall_s: float
    peak_memory_bytes: int | None
    worker: str
    taken_at: datetime


async def lock_run(unit: UnitOfWork, run_id: str) -> ScreeningRun | None:
    """Return a run, which nobody else changes until this unit ends; None where there is none."""
    query = select(ScreeningRun).where(ScreeningRun.id == run_id).with_for_update()
    return (await unit.session.scalars(query.execution_options(populate_existing=True))).first()


async def add_run(unit: UnitOfWork, run: ScreeningRun, slices_tai_ns: Sequence[tuple[int, int]]) -> bool:
    """Add a run with its tasks and tell of it; one that is there already stays as it is. Return whether it is new."""
    if not await insert_runs(unit, [run]):
        return False
    await begin_run(unit, run, slices_tai_ns)
    return True


async def insert_runs(unit: UnitOfWork, runs: Iterable[ScreeningRun]) -> list[ScreeningRun]:
    """Add runs, and return those that were not there already; `begin_run` gives each of these its tasks."""
    wanted = {run.id: run for run in runs}
    there = set(await unit.session.scalars(select(ScreeningRun.id).where(ScreeningRun.id.in_(sorted(wanted)))))
    new = [run for run_id, run in wanted.items() if run_id not in there]
    unit.session.add_all(new)
    await unit.session.flush()
    return new


async def begin_run(unit: UnitOfWork, run: ScreeningRun, slices_tai_ns: Sequence[tuple[int, int]]) -> None:
    """Give a run that was inserted its tasks, and tell of it."""
    unit.audit("screening.planned", "screening", run.id, {"kind": run.kind, "state": run.state})
    await _begin(unit, run, slices_tai_ns)


async def plan_waiting_run(
    unit: UnitOfWork, run_id: str, planned: Mapping[str, Any], slices_tai_ns: Sequence[tuple[int, int]]
) -> bool:
    """Give a run that waited the columns `planned` and its tasks; return whether it waited still."""
    run = await lock_run(unit, run_id)
    if run is None or run.state != "requested":
        return False
    for column, value in planned.items():
        setattr(run, column, value)
    run.row_version += 1
    unit.audit("screening.planned", "screening", run.id, {"kind": run.kind, "state": run.state})
    await _begin(unit, run, slices_tai_ns)
    return True


async def _begin(unit: UnitOfWork, run: ScreeningRun, slices_tai_ns: Sequence[tuple[int, int]]) -> None:
    tasks = [_task(unit, run, ordinal, start, stop) for ordinal, (start, stop) in enumerate(slices_tai_ns)]
    unit.session.add_all(tasks)
    run.task_count = len(tasks)
    emit_tasks(unit, run, tasks)
    await _tell(unit, run, "screening.planned")
    if run.state == "refused":
        unit.emit(ScreeningCompletedV1(run_id=run.id, state=run.state))


def emit_tasks(unit: UnitOfWork, run: ScreeningRun, tasks: Sequence[ScreeningTask]) -> None:
    """Hand tasks to the workers, in the topic of the run's urgency."""
    topic = ScreeningTaskUrgentV1 if run.urgency == "urgent" else ScreeningTaskBulkV1
    for task in tasks:
        task.emitted_at = unit.now
        unit.emit(topic(run_id=run.id, task_id=task.id, ordinal=task.ordinal))


def emit_tasks_again(unit: UnitOfWork, run: ScreeningRun, tasks: Sequence[ScreeningTask]) -> None:
    """Hand out tasks that have waited too long, and count it."""
    for task in tasks:
        task.emissions += 1
    emit_tasks(unit, run, tasks)


async def record_result(unit: UnitOfWork, run: ScreeningRun, task: ScreeningTask, result: TaskResult) -> bool:
    """Record a slice's result unless it has one; the last one queues the finalising. Return whether it was recorded.

    The run is locked, so two workers count one after the other. A slice that has been cut in the meantime has no use
    for the result of the whole.
    """
    is_wanted = task.state == "waiting" and run.state == "running"
    if not is_wanted or (task.start_tai_ns, task.stop_tai_ns) != (result.start_tai_ns, result.stop_tai_ns):
        return False
    task.state = "done"
    task.result_key = result.key
    task.result_sha256 = result.sha256
    task.approach_count = result.approach_count
    task.cpu_s = result.cpu_s
    task.wall_s = result.wall_s
    task.peak_memory_bytes = result.peak_memory_bytes
    task.worker = result.worker
    task.taken_at = result.taken_at
    task.done_at = unit.now
    run.tasks_done += 1
    run.cpu_s = (run.cpu_s or 0.0) + result.cpu_s
    run.row_version += 1
    if run.tasks_done == run.task_count:
        queue_finalise(unit, run)
    await _tell(unit, run, "screening.progressed")
    return True


async def cut_tasks(
    unit: UnitOfWork, run: ScreeningRun, cuts: Sequence[tuple[ScreeningTask, Sequence[tuple[int, int]]]]
) -> None:
    """Give slices that are too long their first part each, and add tasks for the others; all of them are emitted."""
    changed = []
    for task, parts in cuts:
        task.stop_tai_ns = parts[0][1]
        changed.append(task)
        for start, stop in parts[1:]:
            changed.append(_task(unit, run, run.task_count, start, stop))
            run.task_count += 1
    unit.session.add_all(changed)
    run.row_version += 1
    emit_tasks(unit, run, changed)
    unit.audit("screening.cut", "screening", run.id, {"task_count": run.task_count})
    await _tell(unit, run, "screening.progressed")


def _task(unit: UnitOfWork, run: ScreeningRun, ordinal: int, start_tai_ns: int, stop_tai_ns: int) -> ScreeningTask:
    return ScreeningTask(
        id=derived_id("screening-task", run.id, ordinal),
        run_id=run.id,
        ordinal=ordinal,
        start_tai_ns=start_tai_ns,
        stop_tai_ns=stop_tai_ns,
        state="waiting",
        emitted_at=unit.now,
        emissions=1,
    )


async def fail_task(unit: UnitOfWork, run: ScreeningRun, task: ScreeningTask, reason: str) -> bool:
    """End a run of which a slice can't be screened, whoever tries; return whether it was going on until then."""
    if task.state != "waiting" or run.state != "running":
        return False
    task.state = "failed"
    task.done_at = unit.now
    await end_run(unit, run, state="failed", reason=reason)
    return True


def queue_finalise(unit: UnitOfWork, run: ScreeningRun) -> None:
    """Have a run finalised whose tasks are all done."""
    run.state = "finalising"
    run.finalise_emitted_at = unit.now
    run.finalise_emissions += 1
    unit.emit(ScreeningFinaliseV1(run_id=run.id))


async def end_run(unit: UnitOfWork, run: ScreeningRun, *, state: str, reason: str) -> None:
    """End a run without a result: ``failed`` or ``refused``, with the reason for a person."""
    run.state = state
    run.reason = reason
    run.completed_at = unit.now
    run.row_version += 1
    unit.emit(ScreeningCompletedV1(run_id=run.id, state=state))
    unit.audit(f"screening.{state}", "screening", run.id, {"reason": reason})
    await _tell(unit, run, "screening.completed")


async def complete_run(
    unit: UnitOfWork, run: ScreeningRun, figures: Mapping[str, Any], exceptions: Sequence[CoverageException]
) -> None:
    """Record that a run is whole: its figures and keys, and what it could not screen."""
    for column, value in figures.items():
        setattr(run, column, value)
    run.state = "completed"
    run.completed_at = unit.now
    run.row_version += 1
    unit.session.add_all(exceptions)
    unit.emit(ScreeningCompletedV1(run_id=run.id, state="completed"))
    unit.audit("screening.completed", "screening", run.id, {"approaches": run.approach_count, "cdms": run.cdm_count})
    await _tell(unit, run, "screening.completed")


async def _tell(unit: UnitOfWork, run: ScreeningRun, kind: str) -> None:
    await unit.change(
        kind,
        run.id,
        [run.organization_id],
        {
            "state": run.state,
            "kind": run.kind,
            "ephemeris_id": run.ephemeris_id,
            "tasks_done": run.tasks_done,
            "task_count": run.task_count,
        },
    )
