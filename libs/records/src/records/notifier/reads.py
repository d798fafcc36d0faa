"""Queries on messages to people, for anyone. Lists are read by keyset: ``after`` is the key of the last row."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from records.identity.visibility import Viewer
from records.notifier.tables import Notification

__all__ = ["notification", "notifications", "occasions_told", "unsent"]


async def notifications(
    session: AsyncSession,
    viewer: Viewer,
    *,
    kind: str | None = None,
    state: str | None = None,
    subject_id: str | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> Sequence[Notification]:
    """Return mails, the newest first. The key of a row is ``(created_at, id)``."""
    query = select(Notification).where(viewer.notifications())
    for column, value in (
        (Notification.kind, kind),
        (Notification.state, state),
        (Notification.subject_id, subject_id),
    ):
        if value is not None:
            query = query.where(column == value)
    if after is not None:
        query = query.where(tuple_(Notification.created_at, Notification.id) < after)
    query = query.order_by(Notification.created_at.desc(), Notification.id.desc()).limit(limit)
    return (await session.scalars(query)).all()


async def notification(session: AsyncSession, notification_id: str, viewer: Viewer) -> Notification | None:
    """Return one mail, or None."""
    query = select(Notification).where(Notification.id == notification_id, viewer.notifications())
    return (await session.scalars(query)).first()


async def occasions_told(session: AsyncSession, kind: str, subject_id: str) -> frozenset[tuple[str, str]]:
    """Return the pairs (occasion, recipient) for which mails of this kind about this subject stand already."""
    query = select(Notification.occasion, Notification.recipient).where(
        Notification.kind == kind, Notification.subject_id == subject_id
    )
    return frozenset((occasion, recipient) for occasion, recipient in (await session.execute(query)).all())


async def unsent(session: AsyncSession, due_before: datetime, *, limit: int = 500) -> Sequence[str]:
    """Return the mails that are queued, or being sent, and were due before a time: nobody seems to be at it."""
    query = (
        select(Notification.id)
        .where(Notification.state.in_(("queued", "sending")), Notification.due_at <= due_before)
        .order_by(Notification.due_at, Notification.id)
        .limit(limit)
    )
    return (await session.scalars(query)).all()
