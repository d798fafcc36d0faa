"""Asking now for what would be asked for later, because somebody has a reason not to wait."""

from records.spacetrack_gateway import writes
from servicekit.context import Context
from servicekit.store import Actor

__all__ = ["ask_now"]


async def ask_now(ctx: Context, actor: Actor, account_id: str, *tasks: str) -> None:
    """Have tasks of an account done at the gateway's next turn; it is on record who asked.

    The budget binds as ever. Space-Track's cadence is the caller's to mind: all CDMs, for one, may be asked for three
    times a day.
    """
    async with ctx.store.write(actor) as unit:
        for name in tasks:
            row = await writes.task_of(unit, account_id, name)
            row.due_at = unit.now
            row.row_version += 1
        unit.audit("space-track.asked-now", "space-track-account", account_id, {"tasks": list(tasks)})
