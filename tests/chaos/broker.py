"""What the broker has that nobody has handled yet: the database does not show it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from fairway.composition import modules

__all__ = ["Broker", "delete_topic"]

_POLL_S = 0.05


async def delete_topic(address: str, name: str) -> None:
    """Delete a topic with everything that is in it, and return when the broker does not know it any more."""
    administration = AIOKafkaAdminClient(bootstrap_servers=address)
    try:
        await administration.start()
        await administration.delete_topics([name])
        while (await administration.describe_topics([name]))[0]["error_code"] == 0:  # noqa: ASYNC110 - the broker tells nobody
            await asyncio.sleep(_POLL_S)
    finally:
        await administration.close()


class Broker:
    """Asks how far the consumers of these services are."""

    def __init__(self, administration: AIOKafkaAdminClient, reader: AIOKafkaConsumer, services: Sequence[str]) -> None:
        self._administration = administration
        self._reader = reader
        self._consumers = [consumer for module in modules(list(services)) for consumer in module.consumers]

    @classmethod
    @asynccontextmanager
    async def at(cls, address: str, services: Sequence[str]) -> "AsyncIterator[Broker]":
        """Connect to the broker as long as the block runs."""
        administration = AIOKafkaAdminClient(bootstrap_servers=address)
        reader = AIOKafkaConsumer(bootstrap_servers=address)
        try:
            await administration.start()
            await reader.start()
            yield cls(administration, reader, services)
        finally:
            await reader.stop()
            await administration.close()

    async def lag(self) -> int:
        """Return how many events no group of a consumer has settled."""
        count = 0
        topics = {consumer.event.topic for consumer in self._consumers}
        described = await self._administration.describe_topics(sorted(topics))
        partitions = [
            TopicPartition(each["topic"], partition["partition"])
            for each in described
            for partition in each["partitions"]
        ]
        ends = await self._reader.end_offsets(partitions)
        for consumer in self._consumers:
            settled = await self._administration.list_consumer_group_offsets(consumer.name)
            count += sum(
                max(0, ends[each] - (settled[each].offset if each in settled else 0))
                for each in partitions
                if each.topic == consumer.event.topic
            )
        return count
