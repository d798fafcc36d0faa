"""Events that a consumer handles together: the meaning is that of one by one, whatever goes wrong."""

from typing import Any, ClassVar

import pytest
from sqlalchemy import func, select
from support.buses import BusUnderTest

from servicekit.bus import Batch, Consumer, Delivery
from servicekit.bus.dead_letters import dead_letters
from servicekit.context import Context
from servicekit.errors import Unavailable
from servicekit.events import Event
from servicekit.store.plumbing import AuditEntry, DeliveryRow, InboxRow, OutboxRow
from servicekit.tracing import start_trace


class CountedV1(Event):
    topic: ClassVar[str] = "counted.v1"
    partitions: ClassVar[int] = 1
    number: int


class FollowedV1(Event):
    topic: ClassVar[str] = "counted.followed.v1"
    number: int


@pytest.fixture
def bus(bus_under_test: BusUnderTest) -> BusUnderTest:
    return bus_under_test


class Heard:
    """What the handler of a batch was given, and what it made of it."""

    def __init__(self, *, refused: int | None = None, outages: int = 0) -> None:
        self.batches: list[list[int]] = []
        self.effects: list[int] = []
        self.refused = refused
        self.outages = outages

    async def __call__(self, _context: Context, batch: Batch[CountedV1]) -> None:
        numbers = [each.event.number for each in batch.deliveries]
        self.batches.append(numbers)
        if self.refused in numbers:
            raise ValueError("one of these can never be handled")
        if self.outages:
            self.outages -= 1
            raise Unavailable("a part is away")
        async with batch.transaction() as (unit, fresh):
            for delivery in fresh:
                with delivery.about():
                    unit.audit("counted", "number", str(delivery.event.number))
                    unit.emit(FollowedV1(number=delivery.event.number))
        self.effects += [each.event.number for each in fresh]

    def consumers(self, **options: Any) -> list[Consumer]:
        """That consumer, and one of what it emits."""
        return [
            Consumer(name="batch.hears", event=CountedV1, batch_handler=self, batch=8, **options),
            Consumer(name="other.follows", event=FollowedV1, handler=follow),
        ]


async def follow(_context: Context, _delivery: Delivery[FollowedV1]) -> None: ...


async def count(context: Context, table: Any, *conditions: Any) -> int:
    async with context.store.read() as session:
        return await session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


async def test_the_effect_of_each_happens_once(bus: BusUnderTest) -> None:
    heard = Heard()
    await bus.prepare(heard.consumers())
    first, *_ = await bus.emit(*(CountedV1(number=number) for number in range(20)))
    await bus.deliver(heard.consumers())
    await bus.bring_again(first)
    await bus.emit(CountedV1(number=20))
    await bus.deliver(heard.consumers())
    assert sorted(heard.effects) == list(range(21))
    assert all(len(batch) <= 8 for batch in heard.batches)
    assert await count(bus.context, InboxRow) == 21
    assert await count(bus.context, AuditEntry, AuditEntry.action == "counted") == 21


async def test_what_one_emits_belongs_to_its_own_trace(bus: BusUnderTest) -> None:
    heard = Heard()
    await bus.prepare(heard.consumers())
    traces = []
    for number in range(5):
        traces.append(start_trace())
        await bus.emit(CountedV1(number=number))
    await bus.deliver(heard.consumers())
    async with bus.context.store.read() as session:
        query = select(OutboxRow.trace_id).where(OutboxRow.topic == FollowedV1.topic)
        followed = set(await session.scalars(query))
        noted = set(await session.scalars(select(AuditEntry.trace_id).where(AuditEntry.action == "counted")))
    assert followed == noted == set(traces)


async def test_one_that_fails_does_not_keep_the_others(bus: BusUnderTest) -> None:
    heard = Heard(refused=3)
    consumers = heard.consumers(attempts=2)
    await bus.prepare(consumers)
    await bus.emit(*(CountedV1(number=number) for number in range(8)))
    await bus.deliver(consumers)
    assert sorted(heard.effects) == [0, 1, 2, 4, 5, 6, 7]
    async with bus.context.store.read() as session:
        (letter,) = await dead_letters(session)
    assert (letter.payload, letter.attempts, letter.error_kind) == ({"number": 3}, 2, "ValueError")
    assert await count(bus.context, DeliveryRow, DeliveryRow.state == "begun") == 0


async def test_a_part_that_is_away_makes_no_dead_letters_of_a_batch(bus: BusUnderTest) -> None:
    heard = Heard(outages=3)
    consumers = heard.consumers(attempts=1)
    await bus.prepare(consumers)
    await bus.emit(*(CountedV1(number=number) for number in range(3)))
    await bus.deliver(consumers)
    assert sorted(heard.effects) == [0, 1, 2]
    assert await count(bus.context, DeliveryRow, DeliveryRow.state == "dead") == 0


async def test_one_that_takes_processes_down_is_parked_and_the_others_are_handled(bus: BusUnderTest) -> None:
    heard = Heard()
    consumers = heard.consumers(attempts=2)
    await bus.prepare(consumers)
    poison, *_ = await bus.emit(*(CountedV1(number=number) for number in range(4)))
    await bus.processes_died_over(poison, consumers[0], 7)
    await bus.deliver(consumers)
    assert sorted(heard.effects) == [1, 2, 3]
    assert not any(0 in batch for batch in heard.batches)
    async with bus.context.store.read() as session:
        (letter,) = await dead_letters(session)
    assert (letter.event_id, letter.error_kind) == (poison, "ProcessDiedError")
    assert await count(bus.context, DeliveryRow, DeliveryRow.state == "begun") == 0


def test_a_consumer_has_one_handler_and_a_long_running_one_no_batches() -> None:
    heard = Heard()

    async def one(_context: Context, _delivery: object) -> None: ...

    with pytest.raises(ValueError, match="needs a handler"):
        Consumer(name="none.hears", event=CountedV1)
    with pytest.raises(ValueError, match="needs a handler"):
        Consumer(name="both.hear", event=CountedV1, handler=one, batch_handler=heard)
    with pytest.raises(ValueError, match="one event at a time"):
        Consumer(name="one.hears", event=CountedV1, handler=one, batch=2)
    with pytest.raises(ValueError, match="one event at a time"):
        heard.consumers(long_running=True)
