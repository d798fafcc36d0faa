"""Changes to messages to people. Only the notifier imports this."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, or_, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from records.notifier.events import NotificationQueuedV1
from records.notifier.tables import Notification
from servicekit.store import UnitOfWork, insert_into

__all__ = ["add", "begin_sending", "give_up_queued", "mark_failed", "mark_sent", "put_back", "tell", "wake_again"]

_ONE_MAIL: Final = ("kind", "subject_id", "occasion", "recipient")
"""Columns of which there is one mail for each of their values."""


async def add(unit: UnitOfWork, rows: Sequence[dict[str, Any]]) -> frozenset[str]:
    """Add each mail that has not been added before, as queued, and return the identifiers of those that are new.

    `rows` hold the columns without state, attempts and times. Of one kind, subject, occasion and recipient there is
    one mail, however often it is asked for. The new ones are to be told (`tell`).
    """
    if not rows:
        return frozenset()
    state = {
        "state": "queued",
        "attempts": 0,
        "due_at": unit.now,
        "created_at": unit.now,
        "error": None,
        "sent_at": None,
    }
    in_order = sorted(rows, key=lambda row: [str(row[name]) for name in _ONE_MAIL])  # so that nobody waits in a circle
    mails = Notification.__table__
    statement = insert_into(unit.session, mails).on_conflict_do_nothing(index_elements=_ONE_MAIL).returning(mails.c.id)
    connection = await unit.session.connection()
    return frozenset(await connection.scalars(statement, [row | state for row in in_order]))


async def tell(unit: UnitOfWork, rows: Iterable[dict[str, Any]]) -> None:
    """Say of mails that were added that they are to be sent."""
    rows = list(rows)
    for row in rows:
        unit.emit(NotificationQueuedV1(notification_id=row["id"]))
    await unit.change_all(
        "notification.queued",
        [(row["id"], [row["organization_id"]], {"kind": row["kind"], "subject_id": row["subject_id"]}) for row in rows],
    )


async def begin_sending(
    unit: UnitOfWork, notification_id: str, *, lease: timedelta, take_over: bool
) -> Notification | None:
    """Mark a mail as being sent for the time of a lease, and return it where it is the caller's to send.

    It is, unless it was sent, or somebody else is at it whose lease has not ended; `take_over` says that this
    somebody was the caller itself, before it failed.
    """
    free = or_(
        Notification.state.in_(("queued", "failed")),
        and_(Notification.state == "sending", true() if take_over else Notification.due_at <= unit.now),
    )
    taken = await unit.session.scalars(
        update(Notification)
        .where(Notification.id == notification_id, free)
        .values(state="sending", attempts=Notification.attempts + 1, due_at=unit.now + lease, error=None)
        .returning(Notification)
    )
    return taken.first()


async def mark_sent(unit: UnitOfWork, row: Notification) -> None:
    """Record that a mail was handed over, and tell of it."""
    await _set(unit.session, row.id, state="sent", sent_at=unit.now, error=None)
    await unit.change(
        "notification.sent", row.id, [row.organization_id], {"kind": row.kind, "subject_id": row.subject_id}
    )


async def put_back(unit: UnitOfWork, notification_id: str, *, error: str, due_at: datetime) -> None:
    """Record why a mail could not be handed over; it is tried again."""
    await _set(unit.session, notification_id, state="queued", error=error, due_at=due_at)


async def mark_failed(unit: UnitOfWork, row: Notification, *, error: str) -> None:
    """Record that a mail was given up, and tell of it."""
    await _set(unit.session, row.id, state="failed", error=error)
    await unit.change(
        "notification.failed", row.id, [row.organization_id], {"kind": row.kind, "subject_id": row.subject_id}
    )


async def give_up_queued(unit: UnitOfWork, *, since: datetime, error: str) -> int:
    """Give up the mails that were queued from a time on and have not been sent; return how many there were."""
    given_up = await unit.session.execute(
        update(Notification)
        .where(Notification.state == "queued", Notification.created_at >= since)
        .values(state="failed", error=error)
        .returning(Notification.id)
    )
    return len(given_up.all())


async def wake_again(unit: UnitOfWork, notification_ids: Iterable[str], *, due_at: datetime) -> None:
    """Say again that mails are to be sent; they count as forgotten once more after `due_at`."""
    for notification_id in notification_ids:
        await unit.session.execute(
            update(Notification)
            .where(Notification.id == notification_id, Notification.state == "queued")
            .values(due_at=due_at)
        )
        unit.emit(NotificationQueuedV1(notification_id=notification_id))


async def _set(session: AsyncSession, notification_id: str, **values: Any) -> None:
    await session.execute(update(Notification).where(Notification.id == notification_id).values(**values))
