"""Long-running handlers on a real broker: the group changes around them."""

import asyncio
from typing import Any

from support.buses import deliver_by_kafka, kafka_context, running_kafka, until
from support.embedded import emit
from support.yard import PieceMadeV1, StoneMovedV1, count, note, noted, prepare

from servicekit.bus import Consumer, Delivery
from servicekit.context import Context
from servicekit.store.plumbing import DeliveryRow, InboxRow


async def test_a_long_running_handler_goes_on_while_others_join_and_its_partition_stays(
    on_kafka: Context, tmp_path: Any
) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()
    tries: list[str] = []

    def working(name: str) -> Consumer:
        async def handle(context: Context, delivery: Delivery[StoneMovedV1]) -> None:
            tries.append(name)
            begun.set()
            await may_end.wait()
            await note(context, delivery)

        return Consumer(name="worker.moves", event=StoneMovedV1, handler=handle, long_running=True)

    await prepare(on_kafka, working("first"))
    await emit(on_kafka, StoneMovedV1(number=1))
    async with running_kafka(on_kafka, working("first")) as first:
        await begun.wait()
        (membership,) = first._memberships
        assert membership._kafka.paused() == membership._kafka.assignment() != set()
        async with (
            kafka_context(on_kafka.store.url, on_kafka.settings.kafka, tmp_path / "second") as second,
            running_kafka(second, working("second")) as other,
        ):

            async def has_joined_and_the_first_is_paused_again() -> bool:
                return other.problem is None and membership._kafka.paused() == membership._kafka.assignment() != set()

            await until(has_joined_and_the_first_is_paused_again)
            may_end.set()

            async def nothing_waits() -> bool:
                return await noted(on_kafka) == [1] and not any((await first.measure()).lag.values())

            await until(nothing_waits)
    assert tries == ["first"], "the try went on through the change of the group"


async def test_a_long_running_handler_is_cancelled_when_its_partition_is_lost_and_nothing_is_settled(
    on_kafka: Context,
) -> None:
    begun, was_cancelled = asyncio.Event(), asyncio.Event()
    tries: list[int] = []

    async def handle(context: Context, delivery: Delivery[StoneMovedV1]) -> None:
        tries.append(delivery.attempt)
        begun.set()
        if len(tries) > 1:
            await note(context, delivery)
            return
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            was_cancelled.set()
            raise

    worker = Consumer(name="worker.moves", event=StoneMovedV1, handler=handle, long_running=True)
    await prepare(on_kafka, worker)
    await emit(on_kafka, StoneMovedV1(number=1))
    async with running_kafka(on_kafka, worker) as bus:
        await begun.wait()
        (membership,) = bus._memberships
        await membership.on_partitions_revoked(membership._kafka.assignment())
        await membership.on_partitions_assigned(set())  # as when the group has given it to somebody else
        await asyncio.wait_for(was_cancelled.wait(), 10)
    assert await count(on_kafka, InboxRow) == 0
    assert await count(on_kafka, DeliveryRow) == 0, "the try does not count"
    await deliver_by_kafka(on_kafka, [worker])
    assert tries == [1, 1]
    assert await noted(on_kafka) == [1]


async def test_what_is_urgent_goes_before_everything_that_was_fetched_earlier(on_kafka: Context) -> None:
    order: list[str] = []
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def handle(context: Context, delivery: Delivery[Any]) -> None:
        order.append(f"{delivery.consumer} {delivery.event.number}")
        begun.set()
        await may_end.wait()
        await note(context, delivery)

    urgent = Consumer(name="worker.urgent", event=PieceMadeV1, handler=handle, long_running=True)
    bulk = Consumer(name="worker.bulk", event=StoneMovedV1, handler=handle, long_running=True)
    await prepare(on_kafka, urgent, bulk)
    await emit(on_kafka, *(StoneMovedV1(number=number) for number in range(3)))
    async with running_kafka(on_kafka, urgent, bulk) as bus:
        await begun.wait()
        of_urgent, of_bulk = bus._memberships
        await emit(on_kafka, PieceMadeV1(number=0))

        async def one_is_ready() -> bool:
            return of_urgent.oldest() is not None

        await until(one_is_ready)
        assert of_bulk._kafka.paused() == of_bulk._kafka.assignment() != set(), "what can wait is not fetched"
        may_end.set()

        async def all_are_noted() -> bool:
            return await count(on_kafka, InboxRow) == 4

        await until(all_are_noted)
    assert order[:2] == ["worker.bulk 0", "worker.urgent 0"]
