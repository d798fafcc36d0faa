"""Events that could not be handled: list them, look at one, send it again."""

from collections.abc import Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from servicekit.store import UnitOfWork
from servicekit.store.plumbing import DeliveryRow

__all__ = ["dead_letter", "dead_letters", "replay"]


async def dead_letters(
    session: AsyncSession, *, after: tuple[str, str] | None = None, limit: int = 50
) -> Sequence[DeliveryRow]:
    """Return dead letters in the order of their events and consumers, those behind the pair `after`."""
    query = select(DeliveryRow).where(DeliveryRow.state == "dead")
    if after is not None:
        query = query.where(tuple_(DeliveryRow.event_id, DeliveryRow.consumer) > after)
    return (await session.scalars(query.order_by(DeliveryRow.event_id, DeliveryRow.consumer).limit(limit))).all()


async def dead_letter(session: AsyncSession, event_id: str, consumer: str) -> DeliveryRow | None:
    """Return one dead letter, or None where there is none."""
    row = await session.get(DeliveryRow, (event_id, consumer))
    return row if row is not None and row.state == "dead" else None


async def replay(unit: UnitOfWork, event_id: str, consumer: str) -> bool:
    """Put a dead letter back, with the same event identifier, and return whether there was one."""
    row = await dead_letter(unit.session, event_id, consumer)
    if row is None:
        return False
    row.state, row.attempts, row.due_at, row.settled_at = "pending", 0, unit.now, None
    unit.audit("dead-letter.replayed", "event", event_id, {"consumer": consumer, "error_kind": row.error_kind})
    return True
