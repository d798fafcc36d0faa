"""From the outbox to the deliveries: every subscribed consumer gets each event once."""

from collections.abc import Iterable

from sqlalchemy import delete, select, update

from servicekit.bus.consumer import Consumer
from servicekit.store import Actor, Store
from servicekit.store.plumbing import DeliveryRow, OutboxRow, SubscriptionRow
from servicekit.tracing import passed_on

__all__ = ["relay", "subscribe"]

_BATCH = 200
_RELAY = Actor("system", "bus.relay")


async def subscribe(store: Store, consumers: Iterable[Consumer]) -> None:
    """Make the consumers' subscriptions what they are in the code; other services' rows stay."""
    async with store.write(_RELAY) as unit:
        for consumer in consumers:
            await unit.session.execute(delete(SubscriptionRow).where(SubscriptionRow.consumer == consumer.name))
            unit.session.add(SubscriptionRow(consumer=consumer.name, topic=consumer.event.topic))


async def relay(store: Store) -> int:
    """Turn one batch of outbox rows into deliveries, in one transaction, and return how many rows it took."""
    async with store.read() as session:
        waiting = (await session.scalars(select(OutboxRow.id).where(OutboxRow.published_at.is_(None)).limit(1))).first()
    if waiting is None:
        return 0
    async with store.write(_RELAY) as unit:
        rows = (
            await unit.session.scalars(
                select(OutboxRow)
                .where(OutboxRow.published_at.is_(None))
                .order_by(OutboxRow.id)
                .limit(_BATCH)
                .with_for_update(skip_locked=True)
            )
        ).all()
        wanted: dict[str, list[str]] = {}
        for subscription in await unit.session.scalars(select(SubscriptionRow)):
            wanted.setdefault(subscription.topic, []).append(subscription.consumer)
        for row in rows:
            traceparent = passed_on(f"publish {row.topic}", row.traceparent, {"messaging.message.id": row.id})
            for consumer in wanted.get(row.topic, ()):
                unit.session.add(
                    DeliveryRow(
                        event_id=row.id,
                        consumer=consumer,
                        topic=row.topic,
                        payload=row.payload,
                        trace_id=row.trace_id,
                        traceparent=traceparent,
                        emitted_at=row.emitted_at,
                        state="pending",
                        attempts=0,
                        due_at=unit.now,
                    )
                )
        await unit.session.execute(
            update(OutboxRow).where(OutboxRow.id.in_([row.id for row in rows])).values(published_at=unit.now)
        )
        return len(rows)
