"""The change feed, the audit log and the mails, as the API lists them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from records.identity.visibility import Viewer
from records.notifier.tables import Notification
from servicekit.store.plumbing import AuditEntry, Change

__all__ = [
    "AuditFilter",
    "NotificationFilter",
    "audit_entries",
    "audit_entry_of",
    "changes",
    "newest_change",
    "notification",
    "notifications",
]


async def changes(
    session: AsyncSession, viewer: Viewer, *, after: int, kinds: Sequence[str] = (), limit: int
) -> Sequence[Change]:
    """Return what has changed behind the change `after`, in the order of the commits."""
    query = select(Change).where(Change.id > after, viewer.changes())
    if kinds:
        query = query.where(Change.kind.in_(kinds))
    return (await session.scalars(query.order_by(Change.id).limit(limit))).all()


async def newest_change(session: AsyncSession) -> int:
    """Return the number of the newest change, or 0 where there is none."""
    return await session.scalar(select(func.max(Change.id))) or 0


@dataclass(frozen=True, kw_only=True)
class NotificationFilter:
    """Which mails; what is None does not matter."""

    kind: str | None = None
    state: str | None = None
    subject_id: str | None = None


async def notification(session: AsyncSession, viewer: Viewer, notification_id: str) -> Notification | None:
    """Return one mail that `viewer` may see, or None."""
    query = select(Notification).where(Notification.id == notification_id, viewer.notifications())
    return (await session.scalars(query)).one_or_none()


async def notifications(
    session: AsyncSession,
    viewer: Viewer,
    *,
    which: NotificationFilter,
    after: tuple[datetime, str] | None,
    limit: int,
) -> Sequence[Notification]:
    """Return mails, the newest first. The key of a row is ``(created_at, id)``."""
    query = select(Notification).where(viewer.notifications())
    equal = (
        (Notification.kind, which.kind),
        (Notification.state, which.state),
        (Notification.subject_id, which.subject_id),
    )
    for column, value in equal:
        if value is not None:
            query = query.where(column == value)
    if after is not None:
        query = query.where(tuple_(Notification.created_at, Notification.id) < after)
    query = query.order_by(Notification.created_at.desc(), Notification.id.desc()).limit(limit)
    return (await session.scalars(query)).all()


@dataclass(frozen=True, kw_only=True)
class AuditFilter:
    """Which entries of the audit log; what is None does not matter."""

    action: str | None = None
    subject_kind: str | None = None
    subject_id: str | None = None
    actor_id: str | None = None


async def audit_entries(
    session: AsyncSession, *, which: AuditFilter, after: tuple[datetime, str] | None, limit: int
) -> Sequence[AuditEntry]:
    """Return entries of the audit log, the newest first. The key of a row is ``(at, id)``."""
    query = select(AuditEntry)
    equal = (
        (AuditEntry.action, which.action),
        (AuditEntry.subject_kind, which.subject_kind),
        (AuditEntry.subject_id, which.subject_id),
        (AuditEntry.actor_id, which.actor_id),
    )
    for column, value in equal:
        if value is not None:
            query = query.where(column == value)
    if after is not None:
        query = query.where(tuple_(AuditEntry.at, AuditEntry.id) < after)
    return (await session.scalars(query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(limit))).all()


async def audit_entry_of(session: AsyncSession, action: str, subject_kind: str, subject_id: str) -> AuditEntry | None:
    """Return the first entry that tells of `action` on one subject, or None."""
    query = (
        select(AuditEntry)
        .where(
            AuditEntry.subject_kind == subject_kind, AuditEntry.subject_id == subject_id, AuditEntry.action == action
        )
        .order_by(AuditEntry.at, AuditEntry.id)
        .limit(1)
    )
    return (await session.scalars(query)).first()
