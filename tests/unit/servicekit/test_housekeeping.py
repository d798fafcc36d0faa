"""Housekeeping forgets what is settled and old, and nothing else."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from support.embedded import NOON, MovableClock

from servicekit.context import Context
from servicekit.ids import new_id
from servicekit.runtime.housekeeping import forget
from servicekit.store import Actor
from servicekit.store.plumbing import DeliveryRow, IdempotencyKey, InboxRow, OutboxRow

TESTER = Actor("system", "test")


def delivery(event_id: str, state: str) -> DeliveryRow:
    return DeliveryRow(
        event_id=event_id,
        consumer="things.handle",
        topic="thing.added.v1",
        payload={},
        trace_id="0" * 32,
        emitted_at=NOON,
        state=state,
        attempts=1,
        due_at=NOON,
        settled_at=NOON if state in ("done", "dead") else None,
    )


async def count(context: Context, table: Any) -> int:
    async with context.store.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_settled_events_and_old_keys_are_forgotten_and_dead_letters_stay(embedded: Context) -> None:
    async with embedded.store.write(TESTER) as unit:
        for state in ("done", "dead", "pending"):
            event_id = new_id()
            unit.session.add(delivery(event_id, state))
            unit.session.add(InboxRow(consumer="things.handle", event_id=event_id, handled_at=NOON))
        for published_at in (NOON, None):
            unit.session.add(
                OutboxRow(id=new_id(), topic="t", payload={}, trace_id="0", emitted_at=NOON, published_at=published_at)
            )
        unit.session.add(
            IdempotencyKey(scope="s", key="k", request_hash="0" * 64, status=200, headers={}, body=b"", created_at=NOON)
        )
    assert isinstance(embedded.clock, MovableClock)

    await forget(embedded)
    assert [await count(embedded, table) for table in (DeliveryRow, InboxRow, OutboxRow, IdempotencyKey)] == [
        3,
        3,
        2,
        1,
    ]

    embedded.clock.put_forward(timedelta(hours=25))
    await forget(embedded)
    assert [await count(embedded, table) for table in (DeliveryRow, IdempotencyKey)] == [3, 0]

    embedded.clock.put_forward(timedelta(days=31))
    await forget(embedded)
    assert [await count(embedded, table) for table in (DeliveryRow, InboxRow, OutboxRow)] == [2, 2, 1]


async def test_what_a_process_that_died_had_begun_is_forgotten_when_no_broker_brings_it_any_more(
    embedded: Context,
) -> None:
    async with embedded.store.write(TESTER) as unit:
        unit.session.add(delivery(new_id(), "begun"))
    assert isinstance(embedded.clock, MovableClock)
    embedded.clock.put_forward(timedelta(days=8))
    await forget(embedded)
    assert await count(embedded, DeliveryRow) == 1
    embedded.clock.put_forward(timedelta(days=23))
    await forget(embedded)
    assert await count(embedded, DeliveryRow) == 0
