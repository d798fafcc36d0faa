"""What is done with an account from time to time: when it is due, how a run goes on, what a failure costs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from records.spacetrack_gateway import writes
from records.spacetrack_gateway.tables import SpaceTrackTask
from servicekit.errors import FairwayError
from servicekit.observability import logger
from servicekit.store import UnitOfWork
from spacetrack_gateway.budget.admission import Priority
from spacetrack_gateway.budget.cadence import Cadence, backoff
from spacetrack_gateway.budget.lease import ACTOR, held_account
from spacetrack_gateway.budget.ledger import AskedEnough
from spacetrack_gateway.client.session import AskFailed
from spacetrack_gateway.desk import Desk

__all__ = ["RecurringTask", "UnusableAnswerError", "is_under_way", "run_step"]

_log = logger(__name__)
_LONGEST_BACKOFF: Final = timedelta(minutes=20)

Step = Callable[[Desk, SpaceTrackTask], Awaitable[bool]]
"""Does the next piece of a run and keeps in the task's cursor how far it is; says whether the run is complete."""


def _any_time(now: datetime) -> datetime:
    return now


class UnusableAnswerError(Exception):
    """Space-Track has answered as it should, and nothing can be made of it: asking again at once would be too often."""


def _at_once(now: datetime, _seed: str) -> datetime:
    return now


@dataclass(frozen=True, kw_only=True)
class RecurringTask:
    """Something done from time to time.

    Attributes
    ----------
    name
        Of its row, for example ``cdm``.
    cadence
        From when a run began to when the next one is due.
    first
        When the first run is due, from when the account was entered.
    allowed
        From a moment to the first one from then on at which it may be asked. It binds a repetition after a failure,
        or after the gateway stood still, too.
    step
        One piece of a run, best of one request.
    """

    name: str
    priority: Priority
    cadence: Cadence
    step: Step
    first: Cadence = _at_once
    allowed: Callable[[datetime], datetime] = _any_time

    def may_begin(self, due_at: datetime, now: datetime) -> datetime:
        """Return when it may be done: when it is due, or later where it is not allowed now.

        What may be done now is said to be due when it was: the caller's clock goes on, and `now` is past for it or to
        come.
        """
        if due_at > now:
            return due_at
        allowed = self.allowed(now)
        return allowed if allowed > now else due_at


def is_under_way(task: SpaceTrackTask) -> bool:
    """Whether a run has begun and is not complete."""
    if task.started_at is None:
        return False
    return task.succeeded_at is None or task.succeeded_at < task.started_at


async def run_step(desk: Desk, task: RecurringTask) -> None:
    """Do the next piece of a task; record that it began, how it ended, and when it is due again.

    What stops the gateway (the budget, the lease) is passed on; what failed is recorded and tried again after a pause.
    """
    row = await _begin(desk, task)
    try:
        is_complete = await task.step(desk, row)
    except AskedEnough as enough:
        await _failed(desk, task, enough, again_at=enough.until)
        _log.warning("an answer of Space-Track could not be kept, and may not be asked for again yet", task=task.name)
        return
    except (AskFailed, FairwayError, LookupError, ValueError, UnusableAnswerError) as error:
        await _failed(desk, task, error)
        if isinstance(error, AskFailed):
            raise
        if isinstance(error, UnusableAnswerError):
            _log.warning("an answer of Space-Track is of no use", task=task.name, said=str(error))
        else:
            _log.exception("a task of the gateway failed", task=task.name)
        return
    if is_complete:
        await _complete(desk, task)


async def _begin(desk: Desk, task: RecurringTask) -> SpaceTrackTask:
    async with desk.ctx.store.write(ACTOR) as unit:
        await held_account(unit, desk.lease)
        row = await writes.task_of(unit, desk.account_id, task.name)
        # A run that has nothing to show for itself begins anew: Space-Track reckons from what it has answered.
        if not is_under_way(row) or not row.cursor.get("run"):
            row.started_at = unit.now
        return row


async def _complete(desk: Desk, task: RecurringTask) -> None:
    async with desk.ctx.store.write(ACTOR) as unit:
        row = await _held(unit, desk, task)
        row.succeeded_at, row.failures, row.last_error = unit.now, 0, None
        row.due_at = task.cadence(row.started_at or unit.now, f"{desk.account_id}:{task.name}")
        row.row_version += 1


async def _failed(desk: Desk, task: RecurringTask, error: Exception, *, again_at: datetime | None = None) -> None:
    async with desk.ctx.store.write(ACTOR) as unit:
        row = await _held(unit, desk, task)
        row.failures += 1
        row.last_error = str(error)[:500]
        if again_at is not None:
            row.due_at = again_at
        elif isinstance(error, UnusableAnswerError):
            row.due_at = task.cadence(unit.now, f"{desk.account_id}:{task.name}")
        else:
            row.due_at = unit.now + backoff(row.failures, _LONGEST_BACKOFF, desk.account_id, task.name)
        row.row_version += 1


async def _held(unit: UnitOfWork, desk: Desk, task: RecurringTask) -> SpaceTrackTask:
    await held_account(unit, desk.lease)
    return await writes.task_of(unit, desk.account_id, task.name)
