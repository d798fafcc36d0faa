"""`fairway migrate` makes the topics of every event, and a service does not run without them."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import asyncpg  # type: ignore[import-untyped]
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from chaos.broker import delete_topic
from sqlalchemy import select, update
from sqlalchemy.engine import make_url
from support.command_line import fairway
from support.kafka import kafka_settings

from fairway.composition import SERVICES, events, modules
from records.ingest_api.events import DocumentReceivedV1
from records.validator.events import DocumentValidatedV1
from servicekit.bus.kafka_client import client_options
from servicekit.bus.topics import check_topics, make_topics, topics_of
from servicekit.clock import SystemClock
from servicekit.events import Event
from servicekit.ids import new_id
from servicekit.settings import KafkaSettings
from servicekit.store import Actor, Store
from servicekit.store.plumbing import OutboxRow


@pytest.fixture
async def empty_postgres(postgres_server: str) -> AsyncIterator[str]:
    """The address of a database in which nothing is."""
    admin = await asyncpg.connect(postgres_server)
    name = f"fairway_{new_id().replace('-', '')}"
    await admin.execute(f"CREATE DATABASE {name}")
    yield (
        make_url(postgres_server)
        .set(drivername="postgresql+asyncpg", database=name)
        .render_as_string(hide_password=False)
    )
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture
def installation(monkeypatch: pytest.MonkeyPatch, empty_postgres: str, kafka_address: str) -> KafkaSettings:
    """What the command line is going to work on: the empty database, and topics of its own on the broker."""
    settings = kafka_settings(kafka_address)
    monkeypatch.setenv("FAIRWAY_DATABASE__URL", empty_postgres)
    monkeypatch.setenv("FAIRWAY_KAFKA__BOOTSTRAP_SERVERS", kafka_address)
    monkeypatch.setenv("FAIRWAY_KAFKA__TOPIC_PREFIX", settings.topic_prefix)
    return settings


def test_migrate_makes_the_topic_of_every_event_once(
    capsys: pytest.CaptureFixture[str], installation: KafkaSettings
) -> None:
    first = fairway(capsys, "migrate", "--format", "json")
    assert first.exit_code == 0, first.errors
    made = json.loads(first.output)["topics"]["made"]
    assert made == [installation.topic_prefix + event.topic for event in events()]
    again = fairway(capsys, "migrate")
    assert again.output.splitlines()[-1] == "topics: nothing to do"


async def test_the_broker_has_what_each_event_declares(
    capsys: pytest.CaptureFixture[str], installation: KafkaSettings
) -> None:
    migrated = await asyncio.to_thread(fairway, capsys, "migrate")
    assert migrated.exit_code == 0, migrated.errors
    declared = {
        installation.topic_prefix + event.topic: AsMade(
            partitions=event.partitions,
            copies=1,
            retention_ms=event.retention / timedelta(milliseconds=1),
            cleanup="compact,delete" if event.is_compacted else "delete",
            enough_copies=1,
        )
        for event in events()
    }
    assert await as_the_broker_has_them(installation, list(declared)) == declared


class CompactedV1(Event):
    topic: ClassVar[str] = "compacted.v1"
    partitions: ClassVar[int] = 2
    retention: ClassVar[timedelta] = timedelta(hours=5)
    is_compacted: ClassVar[bool] = True


async def test_an_event_whose_newest_are_kept_for_ever_has_a_compacted_topic(kafka_address: str) -> None:
    settings = kafka_settings(kafka_address)
    (topic,) = topics_of([CompactedV1], settings.topic_prefix)
    await make_topics(settings, [topic])
    assert await as_the_broker_has_them(settings, [topic.name]) == {
        topic.name: AsMade(partitions=2, copies=1, retention_ms=18_000_000, cleanup="compact,delete", enough_copies=1)
    }


@dataclass(frozen=True)
class AsMade:
    """A topic as the broker has it; what stands only in the broker's defaults is None."""

    partitions: int
    copies: int
    retention_ms: float | None
    cleanup: str | None
    enough_copies: int | None


async def as_the_broker_has_them(settings: KafkaSettings, names: Sequence[str]) -> dict[str, AsMade]:
    client = AIOKafkaAdminClient(**client_options(settings))
    await client.start()
    try:
        partitions = {each["topic"]: each["partitions"] for each in await client.describe_topics(list(names))}
        asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
        (answer,) = await client.describe_configs(asked)
    finally:
        await client.close()
    found = {}
    for _error, _message, _kind, name, entries in answer.resources:
        own = {entry[0]: entry[1] for entry in entries if entry[3] == _OF_THE_TOPIC}
        found[name] = AsMade(
            partitions=len(partitions[name]),
            copies=len(partitions[name][0]["replicas"]),
            retention_ms=float(own["retention.ms"]) if "retention.ms" in own else None,
            cleanup=own.get("cleanup.policy"),
            enough_copies=int(own["min.insync.replicas"]) if "min.insync.replicas" in own else None,
        )
    return found


_OF_THE_TOPIC = 1
"""Where a value comes from: DYNAMIC_TOPIC_CONFIG, it was set on the topic (KIP-226)."""


def test_migrate_says_in_one_sentence_that_there_is_no_broker(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, empty_postgres: str
) -> None:
    monkeypatch.setenv("FAIRWAY_DATABASE__URL", empty_postgres)
    monkeypatch.setenv("FAIRWAY_KAFKA__BOOTSTRAP_SERVERS", "127.0.0.1:9")
    ended = fairway(capsys, "migrate")
    assert ended.exit_code == 3
    assert "The broker at 127.0.0.1:9 cannot be used" in ended.errors.splitlines()[-1]


async def test_every_consumer_of_a_service_finds_its_topic_among_those_that_migrate_makes() -> None:
    made = {event.topic for event in events()}
    wanted = {consumer.event.topic for module in modules(list(SERVICES)) for consumer in module.consumers}
    assert wanted <= made


async def test_no_check_of_topics_is_needed_for_a_process_without_consumers(kafka_address: str) -> None:
    assert await check_topics(kafka_settings(kafka_address), topics_of([])) == []


async def test_the_events_of_a_topic_that_was_lost_are_published_again_when_it_is_made_anew(
    capsys: pytest.CaptureFixture[str], installation: KafkaSettings, empty_postgres: str, kafka_address: str
) -> None:
    first = await asyncio.to_thread(fairway, capsys, "migrate", "--format", "json")
    assert json.loads(first.output)["events_published_again"] == 0, "a new installation has none"
    async with published(empty_postgres, [DocumentReceivedV1, DocumentValidatedV1]) as unpublished:
        await delete_topic(kafka_address, installation.topic_prefix + DocumentReceivedV1.topic)
        again = await asyncio.to_thread(fairway, capsys, "migrate")
        assert again.output.splitlines()[-2:] == [
            f"topics: made {installation.topic_prefix}{DocumentReceivedV1.topic}",
            "1 events are published again, that the missing topics had",
        ]
        assert await unpublished() == [DocumentReceivedV1.topic]


@asynccontextmanager
async def published(
    database: str, kinds: Sequence[type[Event]]
) -> AsyncIterator[Callable[[], Awaitable[Sequence[str]]]]:
    """Record an event of each kind as published, and give what says the topics of those that are to be published."""
    store = Store(database, SystemClock())
    async with store.write(Actor("system", "test")) as unit:
        for kind in kinds:
            unit.emit(kind.model_construct(document_id=new_id()))
    async with store.write(Actor("system", "test")) as unit:
        await unit.session.execute(update(OutboxRow).values(published_at=unit.now))

    async def unpublished() -> Sequence[str]:
        async with store.read() as session:
            return (await session.scalars(select(OutboxRow.topic).where(OutboxRow.published_at.is_(None)))).all()

    yield unpublished
    await store.close()
