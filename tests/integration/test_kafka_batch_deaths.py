"""Processes that die over one event of a batch: the others of the batch are handled all the same."""

from collections.abc import Sequence
from typing import Any, ClassVar

import pytest
from aiokafka import TopicPartition
from sqlalchemy import select
from typing_extensions import override

from servicekit.bus import Batch, Consumer
from servicekit.bus.handling import Envelope
from servicekit.bus.kafka import KafkaBus
from servicekit.bus.kafka_consumer import Arrival
from servicekit.context import Context
from servicekit.events import Event
from servicekit.ids import new_id
from servicekit.store.plumbing import DeliveryRow


class WeighedV1(Event):
    topic: ClassVar[str] = "weighed.v1"
    number: int


class ProcessDied(BaseException):
    """No error of the handler: the process is gone."""


class DyingBus(KafkaBus):
    """A bus whose process is killed: nothing is taken back when that happens."""

    @override
    async def _forget(self, arrivals: Sequence[Arrival]) -> None:
        pass


class Partition:
    """What the bus asks of its membership, over the deaths of processes."""

    def __init__(self, consumer: Consumer, arrivals: Sequence[Arrival]) -> None:
        self.consumer = consumer
        self.waiting = list(arrivals)

    def settle(self, arrival: Arrival) -> None:
        self.waiting.remove(arrival)

    def let_go(self, arrival: Arrival) -> None:
        pass


@pytest.mark.parametrize("place", [0, 7, 15])
async def test_only_the_event_that_kills_becomes_a_dead_letter(on_kafka: Context, place: int) -> None:
    handled: list[int] = []

    async def weigh(_context: Context, batch: Batch[WeighedV1]) -> None:
        if any(each.event.number == place for each in batch.deliveries):
            raise ProcessDied
        handled.extend(each.event.number for each in batch.deliveries)

    consumer = Consumer(name="scale.weighs", event=WeighedV1, batch_handler=weigh, batch=16, attempts=2)
    partition = Partition(consumer, [_arrival(on_kafka, consumer, number) for number in range(16)])
    deaths = 0
    while partition.waiting:
        member: Any = partition
        try:
            await DyingBus(on_kafka, [consumer])._handle(member, list(partition.waiting))
        except ProcessDied:
            deaths += 1
    assert sorted(handled) == [number for number in range(16) if number != place]
    async with on_kafka.store.read() as session:
        (left,) = await session.scalars(select(DeliveryRow))
    assert (left.state, left.error_kind, left.payload) == ("dead", "ProcessDiedError", {"number": place})
    assert deaths == 2 + 5, "each death counts once"


def _arrival(context: Context, consumer: Consumer, number: int) -> Arrival:
    envelope = Envelope(new_id(), WeighedV1.topic, {"number": number}, "0" * 32, None, context.clock.now())
    return Arrival(consumer, TopicPartition(WeighedV1.topic, 0), number, envelope, is_suspect=True)
