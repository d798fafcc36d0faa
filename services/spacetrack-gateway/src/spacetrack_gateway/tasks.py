"""The tasks of an account as work of the gateway."""

from collections.abc import Sequence

from records.spacetrack_gateway import reads, writes
from records.spacetrack_gateway.tables import SpaceTrackTask
from spacetrack_gateway.budget.lease import ACTOR, held_account
from spacetrack_gateway.desk import Desk
from spacetrack_gateway.gateway import Due
from spacetrack_gateway.recurring import RecurringTask, run_step

__all__ = ["RecurringWork"]


class RecurringWork:
    """Offers each task when it is due."""

    name = "tasks"

    def __init__(self, tasks: Sequence[RecurringTask]) -> None:
        self._tasks = {task.name: task for task in tasks}

    async def offers(self, desk: Desk) -> Sequence[Due]:
        """Return every task with its time."""
        async with desk.ctx.store.read() as session:
            rows = {row.name: row for row in await reads.tasks(session, desk.account_id)}
        if self._tasks.keys() - rows.keys():
            rows |= {row.name: row for row in await self._add_missing(desk)}
        now = desk.ctx.clock.now()
        return [
            Due(priority=task.priority, at=task.may_begin(rows[task.name].due_at, now), key=task.name)
            for task in self._tasks.values()
        ]

    async def do(self, desk: Desk, due: Due) -> None:
        """Do the next step of a task."""
        await run_step(desk, self._tasks[due.key])

    async def _add_missing(self, desk: Desk) -> Sequence[SpaceTrackTask]:
        async with desk.ctx.store.write(ACTOR) as unit:
            await held_account(unit, desk.lease)
            known = {row.name for row in await reads.tasks(unit.session, desk.account_id)}
            for name, task in self._tasks.items():
                if name not in known:
                    row = await writes.task_of(unit, desk.account_id, name)
                    row.due_at = task.first(unit.now, f"{desk.account_id}:{name}")
            return await reads.tasks(unit.session, desk.account_id)
