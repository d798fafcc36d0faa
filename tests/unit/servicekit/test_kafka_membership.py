"""What a member of a group commits when the group changes under its hands."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError

from records.ingest_api.events import DocumentReceivedV1
from servicekit.bus import Consumer, Delivery
from servicekit.bus.kafka_consumer import Membership
from servicekit.context import Context
from servicekit.settings import KafkaSettings

PARTITION = TopicPartition("document.received.v1", 0)


class ChangingGroup:
    """A client whose group changes: it takes no commits until it has stopped."""

    def __init__(self) -> None:
        self.is_changing = True
        self.committed: dict[TopicPartition, int] = {}

    def assignment(self) -> set[TopicPartition]:
        return {PARTITION}

    def paused(self) -> set[TopicPartition]:
        return set()

    def pause(self, *_: TopicPartition) -> None:
        pass

    resume = pause

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        if self.is_changing:
            raise CommitFailedError
        self.committed |= offsets


@dataclass
class Record:
    offset: int
    value: bytes = b"{}"
    headers: tuple[tuple[str, bytes], ...] = ()
    topic: str = PARTITION.topic
    partition: int = PARTITION.partition
    timestamp: int = 0


async def ignore(_: Context, __: Delivery[DocumentReceivedV1]) -> None:
    pass


async def test_what_the_change_of_a_group_did_not_let_commit_is_committed_after_it() -> None:
    group = ChangingGroup()
    consumer = Consumer(name="test.ignore", event=DocumentReceivedV1, handler=ignore)
    member = Membership(consumer, KafkaSettings(bootstrap_servers="127.0.0.1:9"), lambda: None)
    member._kafka = cast("AIOKafkaConsumer", group)
    saving = asyncio.create_task(member._save_forever())
    await member.on_partitions_assigned([PARTITION])
    member._arrived(PARTITION, Record(offset=7))
    (arrival,) = member.take()
    member.settle(arrival)
    await until_saved(member)
    assert group.committed == {}, "the group was changing"

    group.is_changing = False
    await member.on_partitions_revoked([PARTITION])
    group.committed.clear()  # as if that had been refused too
    await member.on_partitions_assigned([PARTITION])
    await until_saved(member)
    assert group.committed == {PARTITION: 8}

    group.committed.clear()  # as if this one had been lost on its way to the broker, which gives the event again
    member._arrived(PARTITION, Record(offset=7))
    assert not member.take(), "it is settled"
    await until_saved(member)
    assert group.committed == {PARTITION: 8}
    saving.cancel()


async def until_saved(member: Membership) -> None:
    """Let the task that commits have its turn."""
    async with asyncio.timeout(60):
        while member._unsaved.is_set():  # noqa: ASYNC110 - its task takes it away
            await asyncio.sleep(0)
    for _ in range(5):
        await asyncio.sleep(0)
