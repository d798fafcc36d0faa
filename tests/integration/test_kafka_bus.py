"""The bus on a real broker: what the contract of every bus does not say."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from sqlalchemy import select
from sqlalchemy.engine import make_url
from support.buses import deliver_by_kafka, kafka_context, running_kafka, until
from support.embedded import emit
from support.yard import NOTING, PieceMadeV1, StoneMovedV1, count, note, noted, prepare

from servicekit.bus import Consumer, Delivery
from servicekit.bus.dead_letters import dead_letters, replay
from servicekit.bus.kafka import KafkaBus
from servicekit.bus.kafka_client import client_options
from servicekit.context import Context
from servicekit.errors import InvalidSettings
from servicekit.store import Actor
from servicekit.store.plumbing import DeliveryRow, OutboxRow


@asynccontextmanager
async def producer(context: Context) -> Any:
    made = AIOKafkaProducer(**client_options(context.settings.kafka))
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


async def test_two_processes_share_the_partitions_and_every_effect_happens_once(
    on_kafka: Context, tmp_path: Any
) -> None:
    by: dict[str, set[int]] = {"one": set(), "other": set()}

    def noting(name: str) -> Consumer:
        async def handle(context: Context, delivery: Delivery[PieceMadeV1]) -> None:
            by[name].add(delivery.event.number)
            await note(context, delivery)

        return Consumer(name=NOTING.name, event=PieceMadeV1, handler=handle)

    await prepare(on_kafka, NOTING)
    async with AsyncExitStack() as stack:
        second = await stack.enter_async_context(
            kafka_context(on_kafka.store.url, on_kafka.settings.kafka, tmp_path / "second")
        )
        buses = [
            await stack.enter_async_context(running_kafka(context, noting(name)))
            for name, context in (("one", on_kafka), ("other", second))
        ]

        async def both_have_some() -> bool:
            return all(each.has_partitions for bus in buses for each in bus._memberships) and all(
                len(each._progress) == 2 for bus in buses for each in bus._memberships
            )

        await until(both_have_some)
        made = 0
        while made < 800 and not all(by.values()):  # on a slow machine a member may lose its partitions for a while
            await emit(on_kafka, *(PieceMadeV1(number=number) for number in range(made, made + 80)))
            made += 80

            async def all_noted(number: int = made) -> bool:
                return len(await noted(on_kafka)) >= number

            await until(all_noted)
    assert await noted(on_kafka) == list(range(made))
    assert by["one"] | by["other"] == set(range(made))
    assert all(by.values()), "each has two of four partitions"


async def test_an_ordinal_goes_to_its_partition_and_a_key_always_to_the_same_one(on_kafka: Context) -> None:
    await prepare(on_kafka, NOTING)
    await emit(on_kafka, *(PieceMadeV1(number=number) for number in range(8)))
    await emit(on_kafka, *(PieceMadeV1(number=number, by="mason") for number in range(100, 110)))
    async with running_kafka(on_kafka):

        async def published() -> bool:
            return not await count(on_kafka, OutboxRow, OutboxRow.published_at.is_(None))

        await until(published)
    topic = f"{on_kafka.settings.kafka.topic_prefix}{PieceMadeV1.topic}"
    partitions = [TopicPartition(topic, number) for number in range(4)]
    reader = AIOKafkaConsumer(**client_options(on_kafka.settings.kafka), auto_offset_reset="earliest")
    reader.assign(partitions)
    await reader.start()
    ends = sum((await reader.end_offsets(partitions)).values())
    records: list[Any] = []
    while len(records) < ends:
        for batch in (await reader.getmany(timeout_ms=500)).values():
            records += batch
    await reader.stop()
    assert len(records) == 18
    assert [sum(1 for each in records if each.partition == p and each.key is None) for p in range(4)] == [2, 2, 2, 2]
    assert len({each.partition for each in records if each.key == b"mason"}) == 1


async def test_a_record_that_is_no_event_becomes_a_dead_letter_with_its_bytes_and_stops_nothing(
    on_kafka: Context,
) -> None:
    mover = Consumer(name="yard.moves", event=StoneMovedV1, handler=note)
    await prepare(on_kafka, mover)
    topic = f"{on_kafka.settings.kafka.topic_prefix}{StoneMovedV1.topic}"
    async with producer(on_kafka) as raw:
        await raw.send_and_wait(topic, b"\xff\xfe no event", partition=0)
    await emit(on_kafka, StoneMovedV1(number=1))
    await deliver_by_kafka(on_kafka, [mover])
    assert await noted(on_kafka) == [1]
    async with on_kafka.store.read() as session:
        (letter,) = await dead_letters(session)
    assert (letter.consumer, letter.topic, letter.error_kind) == (mover.name, StoneMovedV1.topic, "Undecodable")
    kept = letter.payload["undecodable"]
    assert (kept["topic"], kept["partition"], kept["offset"]) == (topic, 0, 0)
    async with on_kafka.store.write(Actor("user", "admin")) as unit:
        assert await replay(unit, letter.event_id, mover.name)
    await deliver_by_kafka(on_kafka, [mover])
    assert await count(on_kafka, DeliveryRow, DeliveryRow.state == "dead") == 1, "it is no event after all"


async def test_what_a_newer_process_has_added_to_an_event_is_left_out(on_kafka: Context) -> None:
    mover = Consumer(name="yard.moves", event=StoneMovedV1, handler=note)
    await prepare(on_kafka, mover)
    await emit(on_kafka, StoneMovedV1(number=7))
    async with on_kafka.store.write(Actor("system", "test")) as unit:
        row = (await unit.session.scalars(select(OutboxRow))).one()
        row.payload = {**row.payload, "weight_kg": 12.5}
    await deliver_by_kafka(on_kafka, [mover])
    assert await noted(on_kafka) == [7]


async def test_lag_and_age_say_what_waits(on_kafka: Context) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def wait(context: Context, delivery: Delivery[StoneMovedV1]) -> None:
        begun.set()
        await may_end.wait()
        await note(context, delivery)

    mover = Consumer(name="yard.moves", event=StoneMovedV1, handler=wait)
    await prepare(on_kafka, mover)
    await emit(on_kafka, *(StoneMovedV1(number=number) for number in range(5)))
    async with running_kafka(on_kafka, mover) as bus:
        await begun.wait()
        figures = await bus.measure()
        assert figures.lag == {mover.name: 5}
        assert 0 < figures.oldest_age_s[mover.name] < 60
        may_end.set()

        async def nothing_waits() -> bool:
            return not any((await bus.measure()).lag.values())

        await until(nothing_waits)
        assert (await bus.figures()).oldest_age_s == {mover.name: 0.0}


async def test_of_an_event_that_takes_long_it_is_seen_that_it_is_in_hand(on_kafka: Context) -> None:
    """The first of an assignment are written down in any case; this one comes after them."""
    may_end = asyncio.Event()

    async def wait(context: Context, delivery: Delivery[StoneMovedV1]) -> None:
        if delivery.event.number == 100:
            await may_end.wait()
        await note(context, delivery)

    mover = Consumer(name="yard.moves", event=StoneMovedV1, handler=wait)
    await prepare(on_kafka, mover)
    *_, last = await emit(on_kafka, *(StoneMovedV1(number=number) for number in range(101)))
    async with running_kafka(on_kafka, mover) as bus:

        async def is_seen() -> bool:
            return await count(on_kafka, DeliveryRow, DeliveryRow.event_id == last, DeliveryRow.state == "begun") == 1

        await until(is_seen)
        may_end.set()

        async def nothing_waits() -> bool:
            return not any((await bus.measure()).lag.values())

        await until(nothing_waits)
    assert await noted(on_kafka) == list(range(101))
    assert await count(on_kafka, DeliveryRow) == 0


async def test_while_the_database_is_away_nothing_is_settled_and_afterwards_everything_is(on_kafka: Context) -> None:
    begun, database_is_away = asyncio.Event(), asyncio.Event()

    async def handle(context: Context, delivery: Delivery[PieceMadeV1]) -> None:
        begun.set()
        await database_is_away.wait()
        await note(context, delivery)

    consumer = Consumer(name=NOTING.name, event=PieceMadeV1, handler=handle, concurrency=2)
    await prepare(on_kafka, consumer)
    await emit(on_kafka, *(PieceMadeV1(number=number) for number in range(10)))
    url = make_url(on_kafka.store.url)
    server = url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    admin = await asyncpg.connect(server)
    async with running_kafka(on_kafka, consumer) as bus:
        await begun.wait()
        await admin.execute(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS false")
        await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", url.database)
        database_is_away.set()
        await asyncio.sleep(1.5)  # tries fail meanwhile, and their failure cannot be written down either
        assert (await bus.measure()).lag == {consumer.name: 10}
        await admin.execute(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS true")
        await admin.close()

        async def all_noted() -> bool:
            return len(await noted(on_kafka)) == 10

        await until(all_noted)
    assert await noted(on_kafka) == list(range(10))


async def test_a_broker_takes_a_shared_database(embedded: Context) -> None:
    with pytest.raises(InvalidSettings, match="PostgreSQL"):
        KafkaBus(embedded, [])


async def test_what_was_handled_is_remembered_for_longer_than_a_broker_keeps_it(on_kafka: Context) -> None:
    retention = on_kafka.settings.retention.model_copy(update={"settled_delivery_days": 2.0})
    forgetful = replace(on_kafka, settings=on_kafka.settings.model_copy(update={"retention": retention}))
    with pytest.raises(InvalidSettings, match="FAIRWAY_RETENTION__SETTLED_DELIVERY_DAYS"):
        KafkaBus(forgetful, [NOTING])
