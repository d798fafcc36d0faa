"""Events that are published once more: after a restore the broker is ahead of the database, a lost topic behind it."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import func, select, update

from servicekit.store import UnitOfWork
from servicekit.store.plumbing import OutboxRow

__all__ = ["LONGEST_LAG", "publish_again"]

LONGEST_LAG = timedelta(days=2)
"""No event waits longer for its consumers."""


async def publish_again(
    unit: UnitOfWork, topics: Collection[str] | None = None, longest_lag: timedelta = LONGEST_LAG
) -> int:
    """Have the events published again whose effects may be missing.

    In a restored database, what a consumer handled after the backup: the broker knows that it was handled, and the
    database has lost what came of it. Of a topic that was lost, what nobody had handled yet. Events whose effects are
    in the database are known by the inbox, and have none again.

    Parameters
    ----------
    topics
        Only events of these; of every topic where it is None.
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
    lost = [OutboxRow.published_at.is_not(None), OutboxRow.emitted_at >= newest - longest_lag]
    if topics is not None:
        lost.append(OutboxRow.topic.in_(sorted(topics)))
    again = await unit.session.execute(update(OutboxRow).where(*lost).values(published_at=None).returning(OutboxRow.id))
    return len(again.all())
