"""The change feed and the audit log, as the API lists them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, Text, cast, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from records.identity.visibility import Viewer
from servicekit.store.plumbing import AuditEntry, Change

__all__ = ["BEGINNING", "AuditFilter", "Position", "audit_entries", "audit_entry_of", "changes", "newest_position"]

Position = tuple[int, int]
"""A place in the change feed: the transaction, and the entry's number."""

BEGINNING: Position = (0, 0)


async def changes(
    session: AsyncSession, viewer: Viewer, *, after: Position, kinds: Sequence[str] = (), limit: int
) -> Sequence[Change]:
    """Return what has changed behind the position `after`, in the one order of the feed."""
    query = select(Change).where(tuple_(Change.transaction_id, Change.id) > after, viewer.changes(), *_settled(session))
    if kinds:
        query = query.where(Change.kind.in_(kinds))
    return (await session.scalars(query.order_by(Change.transaction_id, Change.id).limit(limit))).all()


async def newest_position(session: AsyncSession) -> Position:
    """Return the position of the newest change that is settled, for whoever it is."""
    query = (
        select(Change.transaction_id, Change.id)
        .where(*_settled(session))
        .order_by(Change.transaction_id.desc(), Change.id.desc())
        .limit(1)
    )
    newest = (await session.execute(query)).first()
    return BEGINNING if newest is None else (newest[0], newest[1])


def _settled(session: AsyncSession) -> list[ColumnElement[bool]]:
    """Return the condition that no transaction is running which could still put something before these changes.

    SQLite has one writer at a time. On PostgreSQL transactions commit in any order: only what is older than the
    oldest running one has its final place.
    """
    if session.get_bind().dialect.name != "postgresql":
        return []
    oldest_running = cast(cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), Text), BigInteger)
    return [Change.transaction_id < oldest_running]


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
