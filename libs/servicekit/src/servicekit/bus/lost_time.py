"""After a restore: the broker still has events of the time that the database has lost.

They name rows that are in no database any more. What they told of is either recorded anew, and then emitted anew, or it
is gone. So one that cannot be handled is dropped; without a restore it is an error like any other.
"""

from datetime import datetime, timedelta

from sqlalchemy import exists, select

from servicekit.store import Store, UnitOfWork
from servicekit.store.plumbing import AuditEntry, OutboxRow

__all__ = ["is_of_lost_time", "record_restore"]

_ACTION = "database.restored"
_SUBJECT = ("database", "fairway")


def record_restore(unit: UnitOfWork) -> None:
    """Write down that the database was restored from a backup, before anything works on it again."""
    unit.audit(_ACTION, *_SUBJECT)


async def is_of_lost_time(store: Store, event_id: str, emitted_at: datetime, remembered: timedelta) -> bool:
    """Whether an event was emitted before a restore, and the restored database does not know of it.

    Parameters
    ----------
    remembered
        For so long after it was published an event stands in the outbox. Of an older one nobody can say whether the
        database has lost it or forgotten it: it counts as forgotten.
    """
    if store.clock.now() - emitted_at >= remembered:
        return False
    kind, subject = _SUBJECT
    query = select(AuditEntry.id).where(
        AuditEntry.subject_kind == kind,
        AuditEntry.subject_id == subject,
        AuditEntry.action == _ACTION,
        AuditEntry.at > emitted_at,
        ~exists().where(OutboxRow.id == event_id),
    )
    async with store.look() as session:
        return (await session.scalars(query.limit(1))).first() is not None
