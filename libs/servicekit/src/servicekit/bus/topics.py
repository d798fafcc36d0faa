"""Topics as values: declared by the events, made by ``fairway migrate``, checked when a process starts."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from servicekit.bus.kafka_client import client_options, why_not
from servicekit.errors import Unavailable
from servicekit.events import Event
from servicekit.settings import KafkaSettings

__all__ = [
    "BrokerUnavailable",
    "Topic",
    "TopicChanges",
    "check_topics",
    "make_topics",
    "topics_of",
]

_COPIES = 3
_ENOUGH_COPIES = 2
_TIMEOUT_MS = 20_000


class BrokerUnavailable(Unavailable):
    """No broker answers, or it lets us not in."""

    code = "broker-unavailable"
    title = "The broker cannot be used"
    remedy = "Check FAIRWAY_KAFKA__BOOTSTRAP_SERVERS and what belongs to it, and `fairway doctor`."


@dataclass(frozen=True)
class Topic:
    """What a topic has to be."""

    name: str
    partitions: int
    retention: timedelta
    is_compacted: bool

    @property
    def configuration(self) -> dict[str, str]:
        """What the broker is told when the topic is made. Who runs the broker may change it later."""
        return {
            "cleanup.policy": "compact,delete" if self.is_compacted else "delete",
            "retention.ms": str(round(self.retention / timedelta(milliseconds=1))),
        }


@dataclass(frozen=True)
class TopicChanges:
    """What was done to the topics, by name."""

    made: tuple[str, ...]
    widened: tuple[str, ...]


def topics_of(events: Iterable[type[Event]], prefix: str = "") -> tuple[Topic, ...]:
    """Return the topics of the events, in the order of their names."""
    return tuple(
        sorted(
            (
                Topic(prefix + event.topic, event.partitions, event.retention, event.is_compacted)
                for event in dict.fromkeys(events)
            ),
            key=lambda topic: topic.name,
        )
    )


async def make_topics(settings: KafkaSettings, topics: Sequence[Topic]) -> TopicChanges:
    """Make the topics that are missing, give those more partitions that have too few, and wait until they are ready.

    Nothing is taken away: a topic with more partitions stays as it is, and so does the configuration of what exists.

    Raises
    ------
    BrokerUnavailable
        No broker answers, or it refuses.
    """
    async with _administration(settings) as client:
        present = await _partitions(client, topics)
        missing = [topic for topic in topics if topic.name not in present]
        narrow = [topic for topic in topics if 0 < present.get(topic.name, 0) < topic.partitions]
        if missing:
            await _make(client, missing, await _copies(client, settings))
        if narrow:
            await client.create_partitions({topic.name: NewPartitions(topic.partitions) for topic in narrow})
        async with asyncio.timeout(_TIMEOUT_MS / 1000):
            while _faults(topics, await _partitions(client, topics)):  # noqa: ASYNC110 - the broker tells nobody
                await asyncio.sleep(0.05)
    return TopicChanges(tuple(topic.name for topic in missing), tuple(topic.name for topic in narrow))


async def check_topics(settings: KafkaSettings, topics: Sequence[Topic]) -> list[str]:
    """Return what is wrong with the topics, a sentence for each; empty where all is well.

    Raises
    ------
    BrokerUnavailable
        No broker answers, or it lets us not in.
    """
    async with _administration(settings) as client:
        return _faults(topics, await _partitions(client, topics))


@asynccontextmanager
async def _administration(settings: KafkaSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    client = AIOKafkaAdminClient(**client_options(settings))
    try:
        await client.start()
        yield client
    except (KafkaError, OSError, TimeoutError) as error:
        reason = await why_not(settings) or f"{type(error).__name__}: {error}"
        raise BrokerUnavailable(f"The broker at {settings.bootstrap_servers} cannot be used ({reason})") from error
    finally:
        await client.close()


async def _partitions(client: AIOKafkaAdminClient, topics: Sequence[Topic]) -> dict[str, int]:
    """Return the number of partitions, each with a leader, of those topics that exist."""
    described: list[dict[str, Any]] = await client.describe_topics([topic.name for topic in topics]) if topics else []
    return {
        each["topic"]: sum(1 for partition in each["partitions"] if partition["leader"] >= 0)
        for each in described
        if each["error_code"] == 0
    }


def _faults(topics: Sequence[Topic], present: dict[str, int]) -> list[str]:
    faults = [f"the topic {topic.name} does not exist" for topic in topics if topic.name not in present]
    return faults + [
        f"the topic {topic.name} has {present[topic.name]} partitions that can be used, not {topic.partitions}"
        for topic in topics
        if topic.name in present and present[topic.name] < topic.partitions
    ]


async def _copies(client: AIOKafkaAdminClient, settings: KafkaSettings) -> int:
    if settings.replication_factor is not None:
        return settings.replication_factor
    cluster = await client.describe_cluster()
    return min(_COPIES, len(cluster["brokers"]))


async def _make(client: AIOKafkaAdminClient, topics: Sequence[Topic], copies: int) -> None:
    enough = str(_ENOUGH_COPIES if copies > _ENOUGH_COPIES else 1)
    answer = await client.create_topics(
        [
            NewTopic(
                topic.name,
                topic.partitions,
                copies,
                topic_configs={**topic.configuration, "min.insync.replicas": enough},
            )
            for topic in topics
        ],
        timeout_ms=_TIMEOUT_MS,
    )
    for name, code, *message in answer.topic_errors:
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:  # somebody else has just made it
            raise error(f"the topic {name} cannot be made: {' '.join(str(part) for part in message)}")
