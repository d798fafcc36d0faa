"""The buses, for the contract suite: a new one joins the list and has to pass it."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from support.databases import POSTGRESQL_VERSIONS, postgres_database, sqlite_store
from support.embedded import MovableClock, deliver, emit, make_context
from support.kafka import kafka_settings
from typing_extensions import override

from servicekit.bus import Bus, Consumer, EmbeddedBus
from servicekit.bus.kafka import KafkaBus
from servicekit.bus.relay import relay, subscribe
from servicekit.bus.topics import make_topics, topics_of
from servicekit.clock import SystemClock
from servicekit.context import Context
from servicekit.events import Event
from servicekit.settings import KafkaSettings, Settings
from servicekit.store import Actor, Store
from servicekit.store.plumbing import DeliveryRow, OutboxRow

__all__ = ["BUSES", "BusUnderTest", "deliver_by_kafka", "kafka_context", "running_kafka", "until"]

_TEST = Actor("system", "test")
BUSES = (
    "embedded-sqlite",
    *(f"embedded-postgresql-{version}" for version in POSTGRESQL_VERSIONS),
    *(f"kafka-postgresql-{version}" for version in POSTGRESQL_VERSIONS),
)


class BusUnderTest(ABC):
    """A bus, and what only its test may do to it."""

    def __init__(self, context: Context) -> None:
        self.context = context

    @abstractmethod
    def make(self, consumers: Sequence[Consumer]) -> Bus:
        """Return a bus that runs the consumers."""

    @abstractmethod
    async def prepare(self, consumers: Sequence[Consumer]) -> None:
        """Make known who wants what, as it is from a first start on."""

    @abstractmethod
    async def deliver(self, consumers: Sequence[Consumer]) -> None:
        """Run the consumers until nothing waits. Pauses before retries are passed by putting the clock forward."""

    @abstractmethod
    async def bring_again(self, event_id: str) -> None:
        """Have an event that was handled delivered again, as after a crash between effect and note."""

    @abstractmethod
    async def publish(self) -> None:
        """Have every event that stands in the outbox brought to the consumers, before any of them runs."""

    @abstractmethod
    async def processes_died_over(self, event_id: str, consumer: Consumer, times: int) -> None:
        """Have it that so many processes died while they handled an event."""

    async def emit(self, *events: Event) -> list[str]:
        """Put events into the outbox, and return their identifiers."""
        return await emit(self.context, *events)

    async def unpublished(self) -> int:
        """Return how many events wait in the outbox."""
        return await _unpublished(self.context)


class _Embedded(BusUnderTest):
    @override
    def make(self, consumers: Sequence[Consumer]) -> Bus:
        return EmbeddedBus(self.context, consumers)

    @override
    async def prepare(self, consumers: Sequence[Consumer]) -> None:
        await subscribe(self.context.store, consumers)

    @override
    async def deliver(self, consumers: Sequence[Consumer]) -> None:
        await deliver(self.context, consumers)

    @override
    async def bring_again(self, event_id: str) -> None:
        async with self.context.store.write(_TEST) as unit:
            await unit.session.execute(
                update(DeliveryRow).where(DeliveryRow.event_id == event_id).values(state="pending")
            )

    @override
    async def publish(self) -> None:
        await relay(self.context.store)

    @override
    async def processes_died_over(self, event_id: str, consumer: Consumer, times: int) -> None:
        await self.publish()
        async with self.context.store.write(_TEST) as unit:
            row = await unit.session.get_one(DeliveryRow, (event_id, consumer.name))
            row.state, row.claimed_by, row.attempts = "running", "a process that was killed", times
            if not self.context.store.is_sqlite:
                row.due_at = unit.now  # its lease has ended; on SQLite the only process knows that nobody else lives


class _Kafka(BusUnderTest):
    @override
    def make(self, consumers: Sequence[Consumer]) -> Bus:
        return KafkaBus(self.context, consumers)

    @override
    async def prepare(self, consumers: Sequence[Consumer]) -> None:
        settings = self.context.settings.kafka
        await make_topics(settings, topics_of([consumer.event for consumer in consumers], settings.topic_prefix))

    @override
    async def deliver(self, consumers: Sequence[Consumer]) -> None:
        await deliver_by_kafka(self.context, consumers)

    @override
    async def bring_again(self, event_id: str) -> None:
        async with self.context.store.write(_TEST) as unit:
            await unit.session.execute(update(OutboxRow).where(OutboxRow.id == event_id).values(published_at=None))

    @override
    async def publish(self) -> None:
        await deliver_by_kafka(self.context, [])

    @override
    async def processes_died_over(self, event_id: str, consumer: Consumer, times: int) -> None:
        async with self.context.store.write(_TEST) as unit:
            event = await unit.session.get_one(OutboxRow, event_id)
            unit.session.add(
                DeliveryRow(
                    event_id=event_id,
                    consumer=consumer.name,
                    topic=event.topic,
                    payload=event.payload,
                    trace_id=event.trace_id,
                    emitted_at=event.emitted_at,
                    state="begun",
                    attempts=times,
                    due_at=unit.now,
                )
            )


@asynccontextmanager
async def running_kafka(context: Context, *consumers: Consumer) -> AsyncIterator[KafkaBus]:
    """Run consumers on the broker for as long as the block."""
    bus = KafkaBus(context, consumers)
    task = asyncio.create_task(bus.run())
    try:
        yield bus
        bus.stop()
        await task
    finally:
        task.cancel()


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 120.0) -> None:
    """Return when the condition holds; fail where it does not in time."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - what others see can only be asked for
            await asyncio.sleep(0.02)


async def deliver_by_kafka(context: Context, consumers: Sequence[Consumer]) -> None:
    """Run consumers on the broker until no event waits in the outbox, in a topic or as a retry."""
    bus = KafkaBus(context, consumers)
    running = asyncio.create_task(bus.run())
    names = [consumer.name for consumer in consumers]
    try:
        async with asyncio.timeout(300):
            while not await _is_quiet(context, bus, names):
                if running.done():
                    running.result()
                await asyncio.sleep(0.02)
    finally:
        bus.stop()
        await running


async def _is_quiet(context: Context, bus: KafkaBus, names: Sequence[str]) -> bool:
    emitted = await _emitted(context)
    if bus.problem is not None or await _unpublished(context):
        return False
    if any((await bus.measure()).lag.values()):
        return False
    async with context.store.read() as session:
        waiting = (
            await session.scalars(
                select(DeliveryRow.due_at).where(
                    DeliveryRow.state.in_(("pending", "running")), DeliveryRow.consumer.in_(names)
                )
            )
        ).all()
    if waiting and isinstance(context.clock, MovableClock) and min(waiting) > context.clock.now():
        context.clock.put_forward(min(waiting) - context.clock.now())
        bus.wake()
    return not waiting and emitted == await _emitted(context)


async def _emitted(context: Context) -> int:
    async with context.store.read() as session:
        return await session.scalar(select(func.count()).select_from(OutboxRow)) or 0


async def _unpublished(context: Context) -> int:
    async with context.store.read() as session:
        query = select(func.count()).select_from(OutboxRow).where(OutboxRow.published_at.is_(None))
        return await session.scalar(query) or 0


@pytest.fixture
async def on_kafka(
    tmp_path: Path, postgres_server: str, postgres_templates: set[str], kafka_address: str
) -> AsyncIterator[Context]:
    """A context on a PostgreSQL database and on topics of the broker that tests share."""
    async with (
        postgres_database(postgres_server, postgres_templates) as url,
        kafka_context(url, kafka_settings(kafka_address), tmp_path) as context,
    ):
        yield context


@asynccontextmanager
async def kafka_context(url: str, kafka: KafkaSettings, folder: Path) -> AsyncIterator[Context]:
    """Give a context on a PostgreSQL database and a broker."""
    store = Store(url, MovableClock.starting_at(SystemClock().now()))
    try:
        async with make_context(store, folder, settings=Settings(data=folder, kafka=kafka)) as context:
            yield context
    finally:
        await store.close()


@pytest.fixture(params=BUSES)
async def bus_under_test(
    request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path
) -> AsyncIterator[BusUnderTest]:
    """Each bus on each database that it works on."""
    kind, database, *version = request.param.split("-")
    async with AsyncExitStack() as stack:
        if database == "sqlite":
            clock = MovableClock.starting_at(SystemClock().now())
            store = await stack.enter_async_context(sqlite_store(tmp_path, sqlite_template, clock))
            context = await stack.enter_async_context(make_context(store, tmp_path))
        else:
            server = request.getfixturevalue("postgres_servers").address(int(version[0]))
            templates = request.getfixturevalue("postgres_templates")
            url = await stack.enter_async_context(postgres_database(server, templates))
            kafka = kafka_settings(request.getfixturevalue("kafka_address")) if kind == "kafka" else KafkaSettings()
            context = await stack.enter_async_context(kafka_context(url, kafka, tmp_path))
        yield (_Kafka if kind == "kafka" else _Embedded)(context)
