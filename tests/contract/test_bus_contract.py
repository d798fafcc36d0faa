"""What every bus must do: each event reaches each consumer, and its effect happens once, whatever goes wrong."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from sqlalchemy import func, select
from support.embedded import MovableClock, deliver, emit, make_context

from servicekit.bus import Consumer, Delivery, EmbeddedBus
from servicekit.bus.dead_letters import dead_letter, dead_letters, replay
from servicekit.bus.relay import relay, subscribe
from servicekit.context import Context
from servicekit.events import Event
from servicekit.store import Actor, Store
from servicekit.store.plumbing import AuditEntry, DeliveryRow, InboxRow, OutboxRow


class SomethingHappenedV1(Event):
    topic: ClassVar[str] = "something.happened.v1"
    number: int


class SomethingFollowedV1(Event):
    topic: ClassVar[str] = "something.followed.v1"
    number: int


@pytest.fixture
async def context(store: Store, tmp_path: Path) -> AsyncIterator[Context]:
    store.clock = MovableClock.starting_at(store.clock.now())
    async with make_context(store, tmp_path) as made:
        yield made


def recording(name: str, effects: list[tuple[str, int]], *, failures: int = 0, **options: Any) -> Consumer:
    """A consumer whose effect is an audit row, and which fails so many times before it works."""
    left = failures

    async def handle(_context: Context, delivery: Delivery[SomethingHappenedV1]) -> None:
        nonlocal left
        if left:
            left -= 1
            raise ConnectionError("the other side does not answer")
        async with delivery.transaction() as unit:
            unit.audit("happened", "number", str(delivery.event.number), {"consumer": name})
        effects.append((name, delivery.event.number))

    return Consumer(name=name, event=SomethingHappenedV1, handler=handle, **options)


async def count(context: Context, table: Any, *conditions: Any) -> int:
    async with context.store.read() as session:
        return await session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


async def test_every_consumer_gets_every_event_once(context: Context) -> None:
    effects: list[tuple[str, int]] = []
    consumers = [recording("first.hears", effects), recording("second.hears", effects, concurrency=3)]
    await subscribe(context.store, consumers)
    for number in range(20):
        await emit(context, SomethingHappenedV1(number=number))
    await deliver(context, consumers)
    assert sorted(effects) == sorted((name, number) for name in ("first.hears", "second.hears") for number in range(20))
    assert await count(context, OutboxRow, OutboxRow.published_at.is_(None)) == 0


async def test_an_event_of_a_rolled_back_change_is_never_heard(context: Context) -> None:
    effects: list[tuple[str, int]] = []
    with pytest.raises(ZeroDivisionError):
        async with context.store.write(Actor("system", "test")) as unit:
            unit.emit(SomethingHappenedV1(number=1))
            raise ZeroDivisionError
    await deliver(context, [recording("first.hears", effects)])
    assert effects == []


async def test_a_second_delivery_of_the_same_event_has_no_effect(context: Context) -> None:
    effects: list[tuple[str, int]] = []
    consumer = recording("first.hears", effects)
    await subscribe(context.store, [consumer])
    await emit(context, SomethingHappenedV1(number=1))
    await deliver(context, [consumer])
    async with context.store.write(Actor("system", "test")) as unit:  # as after a crash between effect and note
        for row in await unit.session.scalars(select(DeliveryRow)):
            row.state = "pending"
    await deliver(context, [consumer])
    assert effects == [("first.hears", 1)]
    assert await count(context, AuditEntry, AuditEntry.action == "happened") == 1


async def test_what_a_dead_process_held_is_delivered_again(context: Context) -> None:
    effects: list[tuple[str, int]] = []
    consumer = recording("first.hears", effects)
    await subscribe(context.store, [consumer])
    await emit(context, SomethingHappenedV1(number=1))
    await relay(context.store)
    async with context.store.write(Actor("system", "test")) as unit:
        row = (await unit.session.scalars(select(DeliveryRow))).one()
        row.state, row.claimed_by, row.attempts = "running", "a process that was killed", 1
        if not context.store.is_sqlite:
            row.due_at = unit.now  # its lease has ended; on SQLite the only process knows that nobody else lives
    await deliver(context, [consumer])
    assert effects == [("first.hears", 1)]


async def test_a_failure_is_tried_again_after_a_pause(context: Context) -> None:
    effects: list[tuple[str, int]] = []
    consumer = recording("first.hears", effects, failures=3)
    await subscribe(context.store, [consumer])
    await emit(context, SomethingHappenedV1(number=1))
    await deliver(context, [consumer])
    assert effects == [("first.hears", 1)]
    async with context.store.read() as session:
        row = (await session.scalars(select(DeliveryRow))).one()
    assert (row.state, row.attempts, row.error) == ("done", 4, None)


async def test_a_poison_event_is_parked_and_does_not_stop_the_others(context: Context) -> None:
    effects: list[tuple[str, int]] = []

    async def choke(_context: Context, delivery: Delivery[SomethingHappenedV1]) -> None:
        if delivery.event.number == 1:
            raise ValueError("this can never be handled")
        async with delivery.transaction():
            effects.append(("choking.hears", delivery.event.number))

    consumer = Consumer(name="choking.hears", event=SomethingHappenedV1, handler=choke, attempts=3)
    await subscribe(context.store, [consumer])
    await emit(context, SomethingHappenedV1(number=1), SomethingHappenedV1(number=2))
    await deliver(context, [consumer])
    assert effects == [("choking.hears", 2)]
    async with context.store.read() as session:
        (letter,) = await dead_letters(session)
    assert (letter.consumer, letter.error_kind, letter.attempts) == ("choking.hears", "ValueError", 3)
    assert "this can never be handled" in (letter.error or "")
    assert letter.payload == {"number": 1}


async def test_a_dead_letter_is_replayed_under_the_same_identifier(context: Context) -> None:
    effects: list[tuple[str, int]] = []
    consumer = recording("first.hears", effects, failures=2, attempts=2)
    await subscribe(context.store, [consumer])
    (event_id,) = await emit(context, SomethingHappenedV1(number=7))
    await deliver(context, [consumer])
    assert effects == []
    async with context.store.write(Actor("user", "admin")) as unit:
        assert await replay(unit, event_id, "first.hears")
    await deliver(context, [consumer])
    assert effects == [("first.hears", 7)]
    async with context.store.read() as session:
        assert await dead_letter(session, event_id, "first.hears") is None
        assert await session.get(InboxRow, ("first.hears", event_id)) is not None
    assert await count(context, AuditEntry, AuditEntry.action == "dead-letter.replayed") == 1


async def test_an_event_that_takes_the_process_down_again_and_again_is_parked(context: Context) -> None:
    effects: list[tuple[str, int]] = []
    consumer = recording("first.hears", effects, attempts=2)
    await subscribe(context.store, [consumer])
    await emit(context, SomethingHappenedV1(number=1))
    await relay(context.store)
    async with context.store.write(Actor("system", "test")) as unit:
        (await unit.session.scalars(select(DeliveryRow))).one().attempts = 7
    await deliver(context, [consumer])
    assert effects == []
    async with context.store.read() as session:
        (letter,) = await dead_letters(session)
    assert letter.error_kind == "ProcessDiedError"


async def test_an_effect_may_emit_the_next_event(context: Context) -> None:
    heard: list[int] = []

    async def go_on(_context: Context, delivery: Delivery[SomethingHappenedV1]) -> None:
        async with delivery.transaction() as unit:
            unit.emit(SomethingFollowedV1(number=delivery.event.number + 1))

    async def hear(_context: Context, delivery: Delivery[SomethingFollowedV1]) -> None:
        async with delivery.transaction():
            heard.append(delivery.event.number)

    consumers = [
        Consumer(name="first.goes-on", event=SomethingHappenedV1, handler=go_on),
        Consumer(name="second.hears", event=SomethingFollowedV1, handler=hear),
    ]
    await subscribe(context.store, consumers)
    (event_id,) = await emit(context, SomethingHappenedV1(number=1))
    await deliver(context, consumers)
    assert heard == [2]
    async with context.store.read() as session:
        traces = {row.trace_id for row in await session.scalars(select(OutboxRow))}
    assert len(traces) == 1, f"one cause, one trace, from event {event_id} on"


async def test_stopping_finishes_what_is_in_hand(context: Context) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()
    effects: list[int] = []

    async def slow(_context: Context, delivery: Delivery[SomethingHappenedV1]) -> None:
        begun.set()
        await may_end.wait()
        async with delivery.transaction():
            effects.append(delivery.event.number)

    consumer = Consumer(name="slow.hears", event=SomethingHappenedV1, handler=slow)
    await subscribe(context.store, [consumer])
    await emit(context, SomethingHappenedV1(number=1), SomethingHappenedV1(number=2))
    bus = EmbeddedBus(context, [consumer])
    running = asyncio.create_task(bus.run())
    await begun.wait()
    bus.stop()
    may_end.set()
    await running
    assert effects == [1]
    assert await count(context, DeliveryRow, DeliveryRow.state == "done") == 1
    assert await count(context, DeliveryRow, DeliveryRow.state == "pending") == 1
