"""Asking now for what would be asked for later, because somebody has a reason not to wait."""

from datetime import datetime, timedelta
from typing import Final

from records.spacetrack_gateway import writes
from records.spacetrack_gateway.tables import SpaceTrackTask
from servicekit.context import Context
from servicekit.errors import NotFound
from servicekit.store import Actor
from spacetrack_gateway.budget.cadence import daily_after_17, off_the_half_hour
from spacetrack_gateway.errors import AccountNotFound

__all__ = ["SHORTEST_INTERVALS", "NoSuchSync", "ask_now", "ask_out_of_turn"]

SHORTEST_INTERVALS: Final = {
    "organization": timedelta(minutes=10),
    "satellite": timedelta(minutes=10),
    "folders": timedelta(minutes=10),
    "operator-files": timedelta(minutes=10),
    "gp": timedelta(hours=1),
    "satcat": timedelta(days=1),
}
"""What can be asked for, and how soon after the last run began; the first four are only kept from being asked in a
loop, as Space-Track names no interval for them."""


class NoSuchSync(NotFound):
    """There is nothing of that name that could be asked for."""

    code = "no-such-sync"
    title = "Nothing to synchronize by that name"
    remedy = "Ask for organization, satellite, folders, operator-files, gp or satcat."


async def ask_now(ctx: Context, actor: Actor, account_id: str, name: str) -> datetime:
    """Make a task due as early as its class may be asked again; return when that is.

    Raises
    ------
    AccountNotFound, NoSuchSync
    """
    interval = SHORTEST_INTERVALS.get(name)
    if interval is None:
        raise NoSuchSync(f"There is nothing called {name!r} to synchronize")
    async with ctx.store.write(actor) as unit:
        if await writes.locked_account(unit, account_id) is None:
            raise AccountNotFound(f"There is no Space-Track account {account_id}")
        task = await writes.task_of(unit, account_id, name)
        task.due_at = min(task.due_at, _earliest(task, interval, unit.now)) if task.started_at else unit.now
        if name == "satcat" and task.started_at is None:
            task.due_at = daily_after_17(unit.now, f"{account_id}:{name}")
        unit.audit("space-track.sync-asked", "space-track-account", account_id, {"task": name})
        return task.due_at


async def ask_out_of_turn(ctx: Context, actor: Actor, account_id: str, *tasks: str) -> None:
    """Have tasks done at the gateway's next turn, whatever Space-Track's rules on the class: for a simulator.

    The budget binds as ever, and it is on record who asked.
    """
    async with ctx.store.write(actor) as unit:
        for name in tasks:
            row = await writes.task_of(unit, account_id, name)
            row.due_at = unit.now
            row.row_version += 1
        unit.audit("space-track.asked-out-of-turn", "space-track-account", account_id, {"tasks": list(tasks)})


def _earliest(task: SpaceTrackTask, interval: timedelta, now: datetime) -> datetime:
    begun = task.started_at or now - interval
    soonest = max(now, begun + interval)
    return off_the_half_hour(soonest) if interval >= timedelta(hours=1) else soonest
