"""Changes to runs, tasks, coverage, CDMs and events. Only screening imports this."""

from records.screening.writes.conjunctions import (
    EventChange,
    add_cdms,
    put_events,
    put_rescreenings,
    redirect_event,
)
from records.screening.writes.locks import lock_pairs, lock_planning
from records.screening.writes.runs import (
    TaskResult,
    add_run,
    begin_run,
    complete_run,
    cut_tasks,
    emit_tasks,
    emit_tasks_again,
    end_run,
    fail_task,
    insert_runs,
    lock_run,
    plan_waiting_run,
    queue_finalise,
    record_result,
)
from records.screening.writes.workers import forget_workers, put_worker

__all__ = [
    "EventChange",
    "TaskResult",
    "add_cdms",
    "add_run",
    "begin_run",
    "complete_run",
    "cut_tasks",
    "emit_tasks",
    "emit_tasks_again",
    "end_run",
    "fail_task",
    "forget_workers",
    "insert_runs",
    "lock_pairs",
    "lock_planning",
    "lock_run",
    "plan_waiting_run",
    "put_events",
    "put_rescreenings",
    "put_worker",
    "queue_finalise",
    "record_result",
    "redirect_event",
]
