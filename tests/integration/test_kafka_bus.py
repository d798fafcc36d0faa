"""The bus on a real broker: what the contract of every bus does not say."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

import asyncpg  # type: ignore[import-untyped]
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from sqlalchemy import func, select
from sqlalchemy.engine import make_url
from support.buses import deliver_by_kafka, kafka_context, running_kafka, until
from support.embedded import emit
from typing_extensions import override

from servicekit.bus import Consumer, Delivery
from servicekit.bus.dead_letters import dead_letters, replay
from servicekit.bus.kafka import KafkaBus
from servicekit.bus.kafka_client import client_options
from servicekit.bus.topics import check_topics, make_topics, topics_of
from servicekit.context import Context
from servicekit.errors import InvalidSettings
from servicekit.events import Event
from servicekit.store import Actor
from servicekit.store.plumbing import AuditEntry, DeliveryRow, InboxRow, OutboxRow


class PieceMadeV1(Event):
    topic: ClassVar[str] = "piece.made.v1"
    partitions: ClassVar[int] = 4
    retention: ClassVar[timedelta] = timedelta(days=2)
    number: int
    by: str | None = None

    @override
    def partition_key(self) -> str | None:
        return self.by

    @override
    def partition_ordinal(self) -> int | None:
        return self.number if self.by is None else None


class StoneMovedV1(Event):
    topic: ClassVar[str] = "stone.moved.v1"
    partitions: ClassVar[int] = 1
    number: int


Handler = Callable[[Context, Delivery[Any]], Awaitable[None]]


async def note(_context: Context, delivery: Delivery[Any]) -> None:
    async with delivery.transaction() as unit:
        unit.audit("noted", "number", str(delivery.event.number))


NOTING = Consumer(name="yard.notes", event=PieceMadeV1, handler=note)


async def prepare(context: Context, *consumers: Consumer) -> None:
    topics = topics_of([consumer.event for consumer in consumers], context.settings.kafka.topic_prefix)
    await make_topics(context.settings.kafka, topics)


async def noted(context: Context) -> list[int]:
    async with context.store.read() as session:
        query = select(AuditEntry.subject_id).where(AuditEntry.action == "noted")
        return sorted(int(number) for number in await session.scalars(query))


async def count(context: Context, table: Any, *conditions: Any) -> int:
    async with context.store.read() as session:
        return await session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


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
        await emit(on_kafka, *(PieceMadeV1(number=number) for number in range(80)))

        async def all_noted() -> bool:
            return len(await noted(on_kafka)) >= 80

        await until(all_noted)
    assert await noted(on_kafka) == list(range(80))
    assert by["one"] | by["other"] == set(range(80))
    assert min(len(numbers) for numbers in by.values()) >= 20, "each has two of four partitions"


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

            async def has_joined() -> bool:
                return other.problem is None

            await until(has_joined)
            assert membership._kafka.paused() == membership._kafka.assignment() != set(), "paused again"
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

        await until(all_noted, 40)
    assert await noted(on_kafka) == list(range(10))


async def test_topics_are_made_and_widened_and_never_narrowed(on_kafka: Context) -> None:
    settings = on_kafka.settings.kafka
    topics = topics_of([PieceMadeV1, StoneMovedV1], settings.topic_prefix)
    assert [(topic.name.removeprefix(settings.topic_prefix), topic.partitions) for topic in topics] == [
        (PieceMadeV1.topic, 4),
        (StoneMovedV1.topic, 1),
    ]
    assert len(await check_topics(settings, topics)) == 2
    assert (await make_topics(settings, topics)).made == tuple(topic.name for topic in topics)
    assert await check_topics(settings, topics) == []
    again = await make_topics(settings, topics)
    assert (again.made, again.widened) == ((), ())

    class WiderV1(StoneMovedV1):
        partitions: ClassVar[int] = 3

    wider = topics_of([WiderV1], settings.topic_prefix)
    assert "has 1 partitions" in (await check_topics(settings, wider))[0]
    assert (await make_topics(settings, wider)).widened == (wider[0].name,)
    assert await check_topics(settings, wider) == []
    assert (await make_topics(settings, topics)).widened == (), "a topic with more partitions stays as it is"


async def test_consumers_wait_for_their_topics_and_say_what_makes_them(on_kafka: Context) -> None:
    async with running_kafka(on_kafka, NOTING) as bus:
        await emit(on_kafka, PieceMadeV1(number=1))

        async def is_said() -> bool:
            return f"{PieceMadeV1.topic} does not exist: run `fairway migrate`" in (bus.problem or "")

        await until(is_said)
        await prepare(on_kafka, NOTING)

        async def goes_on_by_itself() -> bool:
            return await noted(on_kafka) == [1]

        await until(goes_on_by_itself)
        assert bus.problem is None


async def test_a_topic_that_is_gone_loses_nothing_and_is_said_until_it_is_back(on_kafka: Context) -> None:
    mover = Consumer(name="yard.moves", event=StoneMovedV1, handler=note)
    await prepare(on_kafka, mover, NOTING)
    settings = on_kafka.settings.kafka
    async with running_kafka(on_kafka, mover, NOTING) as bus:

        async def is_well() -> bool:
            return bus.problem is None

        await until(is_well)
        admin = AIOKafkaAdminClient(**client_options(settings))
        await admin.start()
        await admin.delete_topics([f"{settings.topic_prefix}{StoneMovedV1.topic}"])
        await admin.close()

        async def is_said() -> bool:
            return "is missing: run `fairway migrate`" in (bus.problem or "")

        await until(is_said)
        await emit(on_kafka, StoneMovedV1(number=1), PieceMadeV1(number=2))

        async def the_other_topic_goes_on() -> bool:
            return await noted(on_kafka) == [2]

        await until(the_other_topic_goes_on)
        assert await count(on_kafka, OutboxRow, OutboxRow.published_at.is_(None)) == 1
        await prepare(on_kafka, mover)

        async def nothing_is_lost() -> bool:
            return await noted(on_kafka) == [1, 2] and bus.problem is None

        await until(nothing_is_lost, 60)


async def test_a_topic_that_is_widened_while_its_consumer_runs_is_read_to_its_last_partition(on_kafka: Context) -> None:
    class StoneSentFarV1(StoneMovedV1):
        partitions: ClassVar[int] = 3

        @override
        def partition_ordinal(self) -> int | None:
            return self.number

    mover = Consumer(name="yard.moves", event=StoneMovedV1, handler=note)
    await prepare(on_kafka, mover)
    async with running_kafka(on_kafka, mover) as bus:

        async def is_well() -> bool:
            return bus.problem is None

        await until(is_well)
        settings = on_kafka.settings.kafka
        await make_topics(settings, topics_of([StoneSentFarV1], settings.topic_prefix))

        async def all_partitions_are_read() -> bool:
            return {each.partition for each in bus._memberships[0]._progress} == {0, 1, 2}

        await until(all_partitions_are_read)
        await emit(on_kafka, *(StoneSentFarV1(number=number) for number in range(6)))

        async def all_are_noted() -> bool:
            return await noted(on_kafka) == list(range(6))

        await until(all_are_noted)


async def test_a_broker_takes_a_shared_database(embedded: Context) -> None:
    with pytest.raises(InvalidSettings, match="PostgreSQL"):
        KafkaBus(embedded, [])


async def test_what_was_handled_is_remembered_for_longer_than_a_broker_keeps_it(on_kafka: Context) -> None:
    retention = on_kafka.settings.retention.model_copy(update={"settled_delivery_days": 2.0})
    forgetful = replace(on_kafka, settings=on_kafka.settings.model_copy(update={"retention": retention}))
    with pytest.raises(InvalidSettings, match="FAIRWAY_RETENTION__SETTLED_DELIVERY_DAYS"):
        KafkaBus(forgetful, [NOTING])
