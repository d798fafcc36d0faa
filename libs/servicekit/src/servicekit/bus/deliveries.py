"""The states of a delivery: pending, running, done, dead. One short transaction for each step."""

import random
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update

from servicekit.store import Actor, Store
from servicekit.store.plumbing import DeliveryRow

__all__ = ["LEASE", "claim", "done", "failed", "release", "release_all"]

LEASE = timedelta(minutes=10)
"""A delivery that is running for longer belongs to a process that died: whoever comes may take it."""

_DELIVERIES = Actor("system", "bus.deliveries")
_FIRST_PAUSE = timedelta(seconds=1)
_LONGEST_PAUSE = timedelta(minutes=5)


def _claimable(consumer: str, now: datetime) -> ColumnElement[bool]:
    return and_(
        DeliveryRow.consumer == consumer,
        DeliveryRow.due_at <= now,
        or_(DeliveryRow.state == "pending", DeliveryRow.state == "running"),
    )


async def claim(store: Store, consumer: str, process_id: str) -> DeliveryRow | None:
    """Take the delivery that has been due longest, or None. It is ours until its lease ends."""
    async with store.read() as session:
        query = select(DeliveryRow.event_id).where(_claimable(consumer, store.clock.now())).limit(1)
        if (await session.scalars(query)).first() is None:
            return None
    async with store.write(_DELIVERIES) as unit:
        row = (
            await unit.session.scalars(
                select(DeliveryRow)
                .where(_claimable(consumer, unit.now))
                .order_by(DeliveryRow.due_at, DeliveryRow.event_id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
        ).first()
        if row is None:
            return None
        row.state = "running"
        row.claimed_by = process_id
        row.due_at = unit.now + LEASE
        row.attempts += 1
        return row


async def done(store: Store, row: DeliveryRow) -> None:
    """Settle a delivery whose effect is committed."""
    async with store.write(_DELIVERIES) as unit:
        await unit.session.execute(
            update(DeliveryRow)
            .where(DeliveryRow.event_id == row.event_id, DeliveryRow.consumer == row.consumer)
            .values(state="done", settled_at=unit.now, error=None, error_kind=None)
        )


async def failed(store: Store, row: DeliveryRow, *, error: str, error_kind: str, attempts: int) -> bool:
    """Put a delivery back to be tried after a pause, or park it as a dead letter; return whether it is dead."""
    is_dead = row.attempts >= attempts
    async with store.write(_DELIVERIES) as unit:
        await unit.session.execute(
            update(DeliveryRow)
            .where(DeliveryRow.event_id == row.event_id, DeliveryRow.consumer == row.consumer)
            .values(
                state="dead" if is_dead else "pending",
                due_at=unit.now + _pause(row.attempts),
                settled_at=unit.now if is_dead else None,
                error=error,
                error_kind=error_kind,
            )
        )
    return is_dead


async def release(store: Store, process_id: str) -> None:
    """Give back what this process holds: it stops, and the try does not count."""
    async with store.write(_DELIVERIES) as unit:
        await unit.session.execute(
            update(DeliveryRow)
            .where(DeliveryRow.state == "running", DeliveryRow.claimed_by == process_id)
            .values(state="pending", due_at=unit.now, claimed_by=None, attempts=DeliveryRow.attempts - 1)
        )


async def release_all(store: Store) -> None:
    """Give back what a process that died held. Only for a database that one process alone uses."""
    async with store.write(_DELIVERIES) as unit:
        await unit.session.execute(
            update(DeliveryRow)
            .where(DeliveryRow.state == "running")
            .values(state="pending", due_at=unit.now, claimed_by=None)
        )


def _pause(attempts: int) -> timedelta:
    longest: timedelta = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (attempts - 1))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret
