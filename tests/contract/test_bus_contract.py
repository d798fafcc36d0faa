"""What every bus must do: each event reaches each consumer, and its effect happens once, whatever goes wrong."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import pytest
from sqlalchemy import func, select
from support.buses import BusUnderTest

from servicekit.bus import Consumer, Delivery, GivenBack
from servicekit.bus.dead_letters import dead_letter, dead_letters, replay
from servicekit.context import Context
from servicekit.errors import Unavailable
from servicekit.events import Event
from servicekit.store import Actor
from servicekit.store.plumbing import AuditEntry, DeliveryRow, InboxRow, OutboxRow


class SomethingHappenedV1(Event):
    topic: ClassVar[str] = "something.happened.v1"
    number: int


class SomethingFollowedV1(Event):
    topic: ClassVar[str] = "something.followed.v1"
    number: int


@pytest.fixture
def bus(bus_under_test: BusUnderTest) -> BusUnderTest:
    return bus_under_test


def recording(
    name: str,
    effects: list[tuple[str, int]],
    *,
    failures: int = 0,
    error: type[Exception] = ConnectionError,
    **options: Any,
) -> Consumer:
    """A consumer whose effect is an audit row, and which fails so many times before it works."""
    left = failures

    async def handle(_context: Context, delivery: Delivery[SomethingHappenedV1]) -> None:
        nonlocal left
        if left:
            left -= 1
            raise error("the other side does not answer")
        async with delivery.transaction() as unit:
            unit.audit("happened", "number", str(delivery.event.number), {"consumer": name})
        effects.append((name, delivery.event.number))

    return Consumer(name=name, event=SomethingHappenedV1, handler=handle, **options)


@asynccontextmanager
async def running(bus: BusUnderTest, consumers: Sequence[Consumer]) -> AsyncIterator[Callable[[], None]]:
    """Have the bus run until the block ends, which waits for it; what is given stops it."""
    made = bus.make(consumers)
    task = asyncio.create_task(made.run())
    try:
        yield made.stop
        await asyncio.wait_for(task, 120)
    finally:
        task.cancel()


async def count(context: Context, table: Any, *conditions: Any) -> int:
    async with context.store.read() as session:
        return await session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


async def test_every_consumer_gets_every_event_once(bus: BusUnderTest) -> None:
    effects: list[tuple[str, int]] = []
    consumers = [recording("first.hears", effects), recording("second.hears", effects, concurrency=3)]
    await bus.prepare(consumers)
    for number in range(20):
        await bus.emit(SomethingHappenedV1(number=number))
    await bus.deliver(consumers)
    assert sorted(effects) == sorted((name, number) for name in ("first.hears", "second.hears") for number in range(20))
    assert await bus.unpublished() == 0


async def test_an_event_of_a_rolled_back_change_is_never_heard(bus: BusUnderTest) -> None:
    effects: list[tuple[str, int]] = []
    consumers = [recording("first.hears", effects)]
    await bus.prepare(consumers)
    with pytest.raises(ZeroDivisionError):
        async with bus.context.store.write(Actor("system", "test")) as unit:
            unit.emit(SomethingHappenedV1(number=1))
            raise ZeroDivisionError
    await bus.deliver(consumers)
    assert effects == []


async def test_a_second_delivery_of_the_same_event_has_no_effect(bus: BusUnderTest) -> None:
    effects: list[tuple[str, int]] = []
    consumer = recording("first.hears", effects)
    await bus.prepare([consumer])
    (event_id,) = await bus.emit(SomethingHappenedV1(number=1))
    await bus.deliver([consumer])
    await bus.bring_again(event_id)
    await bus.deliver([consumer])
    assert effects == [("first.hears", 1)]
    assert await count(bus.context, AuditEntry, AuditEntry.action == "happened") == 1


async def test_what_a_dead_process_held_is_delivered_again(bus: BusUnderTest) -> None:
    effects: list[tuple[str, int]] = []
    consumer = recording("first.hears", effects)
    await bus.prepare([consumer])
    (event_id,) = await bus.emit(SomethingHappenedV1(number=1))
    await bus.processes_died_over(event_id, consumer, 1)
    await bus.deliver([consumer])
    assert effects == [("first.hears", 1)]


async def test_a_failure_is_tried_again_after_a_pause(bus: BusUnderTest) -> None:
    effects: list[tuple[str, int]] = []
    consumer = recording("first.hears", effects, failures=3)
    await bus.prepare([consumer])
    await bus.emit(SomethingHappenedV1(number=1))
    await bus.deliver([consumer])
    assert effects == [("first.hears", 1)]
    async with bus.context.store.read() as session:
        row = (await session.scalars(select(DeliveryRow))).one()
    assert (row.state, row.attempts, row.error) == ("done", 4, None)


async def test_a_try_does_not_count_that_failed_because_a_part_was_away(bus: BusUnderTest) -> None:
    effects: list[tuple[str, int]] = []
    consumer = recording("first.hears", effects, failures=4, error=Unavailable, attempts=2)
    await bus.prepare([consumer])
    await bus.emit(SomethingHappenedV1(number=1))
    await bus.deliver([consumer])
    assert effects == [("first.hears", 1)]
    async with bus.context.store.read() as session:
        row = (await session.scalars(select(DeliveryRow))).one()
    assert (row.state, row.attempts, row.error) == ("done", 1, None)


async def test_it_does_count_for_a_consumer_that_cannot_tell_it_from_a_refusal(bus: BusUnderTest) -> None:
    effects: list[tuple[str, int]] = []
    consumer = recording("first.hears", effects, failures=4, error=Unavailable, attempts=2, outages_count=True)
    await bus.prepare([consumer])
    await bus.emit(SomethingHappenedV1(number=1))
    await bus.deliver([consumer])
    assert effects == []
    assert await count(bus.context, DeliveryRow, DeliveryRow.state == "dead") == 1


async def test_a_poison_event_is_parked_and_does_not_stop_the_others(bus: BusUnderTest) -> None:
    effects: list[tuple[str, int]] = []

    async def choke(_context: Context, delivery: Delivery[SomethingHappenedV1]) -> None:
        if delivery.event.number == 1:
            raise ValueError("this can never be handled")
        async with delivery.transaction():
            effects.append(("choking.hears", delivery.event.number))

    consumer = Consumer(name="choking.hears", event=SomethingHappenedV1, handler=choke, attempts=3)
    await bus.prepare([consumer])
    await bus.emit(SomethingHappenedV1(number=1), SomethingHappenedV1(number=2))
    await bus.deliver([consumer])
    assert effects == [("choking.hears", 2)]
    async with bus.context.store.read() as session:
        (letter,) = await dead_letters(session)
    assert (letter.consumer, letter.error_kind, letter.attempts) == ("choking.hears", "ValueError", 3)
    assert "this can never be handled" in (letter.error or "")
    assert letter.payload == {"number": 1}


async def test_a_dead_letter_is_replayed_under_the_same_identifier(bus: BusUnderTest) -> None:
    effects: list[tuple[str, int]] = []
    consumer = recording("first.hears", effects, failures=2, attempts=2)
    await bus.prepare([consumer])
    (event_id,) = await bus.emit(SomethingHappenedV1(number=7))
    await bus.deliver([consumer])
    assert effects == []
    async with bus.context.store.write(Actor("user", "admin")) as unit:
        assert await replay(unit, event_id, "first.hears")
    await bus.deliver([consumer])
    assert effects == [("first.hears", 7)]
    async with bus.context.store.read() as session:
        assert await dead_letter(session, event_id, "first.hears") is None
        assert await session.get(InboxRow, ("first.hears", event_id)) is not None
    assert await count(bus.context, AuditEntry, AuditEntry.action == "dead-letter.replayed") == 1


async def test_an_event_that_takes_the_process_down_again_and_again_is_parked(bus: BusUnderTest) -> None:
    effects: list[tuple[str, int]] = []
    consumer = recording("first.hears", effects, attempts=2)
    await bus.prepare([consumer])
    (event_id,) = await bus.emit(SomethingHappenedV1(number=1))
    await bus.processes_died_over(event_id, consumer, 7)
    await bus.deliver([consumer])
    assert effects == []
    async with bus.context.store.read() as session:
        (letter,) = await dead_letters(session)
    assert letter.error_kind == "ProcessDiedError"


async def test_an_effect_may_emit_the_next_event(bus: BusUnderTest) -> None:
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
    await bus.prepare(consumers)
    (event_id,) = await bus.emit(SomethingHappenedV1(number=1))
    await bus.deliver(consumers)
    assert heard == [2]
    async with bus.context.store.read() as session:
        traces = {row.trace_id for row in await session.scalars(select(OutboxRow))}
    assert len(traces) == 1, f"one cause, one trace, from event {event_id} on"


async def test_stopping_finishes_what_is_in_hand(bus: BusUnderTest) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()
    effects: list[int] = []

    async def slow(_context: Context, delivery: Delivery[SomethingHappenedV1]) -> None:
        begun.set()
        await may_end.wait()
        async with delivery.transaction():
            effects.append(delivery.event.number)

    consumer = Consumer(name="slow.hears", event=SomethingHappenedV1, handler=slow)
    await bus.prepare([consumer])
    await bus.emit(SomethingHappenedV1(number=1), SomethingHappenedV1(number=2))
    async with running(bus, [consumer]) as stop:
        await begun.wait()
        stop()
        may_end.set()
    assert len(effects) == 1
    await bus.deliver([consumer])
    assert sorted(effects) == [1, 2]
    assert await count(bus.context, InboxRow) == 2


async def test_what_a_stopping_handler_gives_back_comes_again_and_is_no_failure(bus: BusUnderTest) -> None:
    begun = asyncio.Event()
    attempts: list[int] = []

    async def give_back(_context: Context, delivery: Delivery[SomethingHappenedV1]) -> None:
        attempts.append(delivery.attempt)
        begun.set()
        if len(attempts) == 1:
            await delivery.stopping.wait()
            raise GivenBack
        async with delivery.transaction():
            pass

    consumer = Consumer(name="long.hears", event=SomethingHappenedV1, handler=give_back, attempts=1, long_running=True)
    await bus.prepare([consumer])
    await bus.emit(SomethingHappenedV1(number=1))
    async with running(bus, [consumer]) as stop:
        await begun.wait()
        stop()
    assert await count(bus.context, InboxRow) == 0
    await bus.deliver([consumer])
    assert attempts == [1, 1]
    assert await count(bus.context, InboxRow) == 1
    assert await count(bus.context, DeliveryRow, DeliveryRow.state == "dead") == 0


async def test_long_running_consumers_have_one_event_in_hand_between_them_and_the_first_goes_first(
    bus: BusUnderTest,
) -> None:
    order: list[str] = []
    in_hand = most_in_hand = 0
    may_go_on = asyncio.Event()

    async def hear(_context: Context, delivery: Delivery[Any]) -> None:
        nonlocal in_hand, most_in_hand
        in_hand += 1
        most_in_hand = max(most_in_hand, in_hand)
        order.append(delivery.consumer)
        if len(order) == 1:
            await bus.emit(*(SomethingHappenedV1(number=number) for number in range(3)))
            await may_go_on.wait()
        async with delivery.transaction():
            in_hand -= 1

    consumers = [
        Consumer(name="worker.urgent", event=SomethingHappenedV1, handler=hear, long_running=True),
        Consumer(name="worker.bulk", event=SomethingFollowedV1, handler=hear, long_running=True),
    ]
    await bus.prepare(consumers)
    await bus.emit(*(SomethingFollowedV1(number=number) for number in range(3)))
    delivering = asyncio.create_task(bus.deliver(consumers))
    while not order or await bus.unpublished():
        await asyncio.wait([delivering], timeout=0.01)
    may_go_on.set()
    await delivering
    assert most_in_hand == 1
    assert order[0] == "worker.bulk"
    assert sorted(order) == ["worker.bulk"] * 3 + ["worker.urgent"] * 3
    assert order.index("worker.urgent") <= 2, "at most one that was fetched before goes before it"
