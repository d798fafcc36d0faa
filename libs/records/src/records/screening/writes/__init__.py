"""Changes to runs, tasks, coverage, CDMs and events. Only screening imports this."""

from records.screening.writes.conjunctions import (
    EventChange,
    add_cdms,
    lock_pairs,
    put_events,
    put_rescreenings,
    redirect_event,
)
from records.screening.writes.runs import (
    TaskResult,
    add_run,
    complete_run,
    emit_tasks,
    end_run,
    lock_run,
    plan_waiting_run,
    queue_finalise,
    record_result,
)

__all__ = [
    "EventChange",
    "TaskResult",
    "add_cdms",
    "add_run",
    "complete_run",
    "emit_tasks",
    "end_run",
    "lock_pairs",
    "lock_run",
    "plan_waiting_run",
    "put_events",
    "put_rescreenings",
    "queue_finalise",
    "record_result",
    "redirect_event",
]
