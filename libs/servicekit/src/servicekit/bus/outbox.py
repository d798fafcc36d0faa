"""Events that are published once more: after a restore the broker is ahead of the database."""

from datetime import timedelta

from sqlalchemy import func, select, update

from servicekit.store import UnitOfWork
from servicekit.store.plumbing import OutboxRow

__all__ = ["publish_again"]


async def publish_again(unit: UnitOfWork, longest_lag: timedelta) -> int:
    """Have the events of a restored database published again that a consumer may have handled after the backup.

    The broker knows that they were handled, and the database has lost what came of it. Those whose effects are in the
    backup are known by the inbox, and have none again.

    Parameters
    ----------
    longest_lag
        An event has waited no longer than this for its consumers.

    Returns
    -------
    int
        How many events are published again.
    """
    newest = await unit.session.scalar(
        select(func.max(OutboxRow.emitted_at)).where(OutboxRow.published_at.is_not(None))
    )
    if newest is None:
        return 0
    again = await unit.session.execute(
        update(OutboxRow)
        .where(OutboxRow.published_at.is_not(None), OutboxRow.emitted_at >= newest - longest_lag)
        .values(published_at=None)
        .returning(OutboxRow.id)
    )
    return len(again.all())
