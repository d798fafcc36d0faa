"""From the outbox to the topics: every event is acknowledged by the broker before it counts as published."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaError
from sqlalchemy import ColumnElement, select, update

from servicekit.bus.kafka_client import client_options
from servicekit.bus.kafka_records import headers_of, value_of
from servicekit.bus.working import pause
from servicekit.observability import logger
from servicekit.settings import KafkaSettings
from servicekit.store import Actor, Store
from servicekit.store.plumbing import OutboxRow

__all__ = ["KafkaRelay"]

_log = logger(__name__)
_RELAY = Actor("system", "bus.relay")
_BATCH = 500
_BATCH_BYTES = 256 * 1024
_POLL_S = 2.0
"""How long the relay sleeps where nobody in this process emits: another one may have died with events in the outbox."""
_GATHERED_S = 0.1
"""So far apart are batches: events in quick succession go together. After a rest they go at once."""
_MISSING_S = 2.0
"""A topic that is not there is asked for again after so long."""
_STOP_S = 5.0


class KafkaRelay:
    """Takes events from the outbox and sends them, in batches; any number of processes may do so at a time.

    A batch is one transaction: its rows are locked (others skip them), sent by an idempotent producer, and marked when
    the broker has acknowledged each. A process that dies in between leaves them unmarked, and they are sent again.
    """

    def __init__(self, store: Store, settings: KafkaSettings, stopping: asyncio.Event) -> None:
        self._store = store
        self._settings = settings
        self._stopping = stopping
        self._work = asyncio.Event()
        self._missing: dict[str, float] = {}
        self._relayed_s = -_GATHERED_S
        self._producer: AIOKafkaProducer | None = None

    def wake(self) -> None:
        """Look at the outbox now."""
        self._work.set()

    async def run(self) -> None:
        """Relay until the process stops."""
        self._store.on_emit(self.wake)
        try:
            is_woken = False
            while not self._stopping.is_set():
                await pause(self._stopping, self._relayed_s + _GATHERED_S - time.monotonic())
                self._work.clear()
                try:
                    if is_woken or await self._is_waiting():
                        self._relayed_s = time.monotonic()
                        while await self._relay_batch() and not self._stopping.is_set():
                            pass
                except Exception as error:  # noqa: BLE001 - the loop outlives any failure, and says it
                    if isinstance(error, KafkaError | TimeoutError):
                        _log.warning("the broker takes no events; they wait in the outbox", error=repr(error))
                    else:
                        _log.exception("the outbox could not be relayed; it is tried again")
                    await self._close()  # what it still holds must not be sent behind our back
                    await pause(self._stopping)
                else:
                    await pause(self._work, _POLL_S)
                is_woken = self._work.is_set()
        finally:
            await self._close()

    async def _is_waiting(self) -> bool:
        """Whether there is an event to send: what somebody else has left, for nobody here has said so."""
        async with self._store.look() as session:
            waiting = select(OutboxRow.topic).where(*self._unpublished()).limit(1)
            return (await session.scalars(waiting)).first() is not None

    async def _relay_batch(self) -> bool:
        """Send one batch, and return whether more may be waiting that nobody tells of."""
        producer = await self._connected()
        async with self._store.write(_RELAY) as unit:
            rows = (
                await unit.session.scalars(
                    select(OutboxRow)
                    .where(*self._unpublished())
                    .order_by(OutboxRow.id)
                    .limit(_BATCH)
                    .with_for_update(skip_locked=True)
                )
            ).all()
            sent = await self._send(producer, rows)
            if sent:
                now = unit.now
                await unit.session.execute(update(OutboxRow).where(OutboxRow.id.in_(sent)).values(published_at=now))
        return len(rows) == _BATCH or len(sent) < len(rows)

    def _unpublished(self) -> list[ColumnElement[bool]]:
        now = time.monotonic()
        self._missing = {topic: until for topic, until in self._missing.items() if until > now}
        return [OutboxRow.published_at.is_(None), OutboxRow.topic.not_in(sorted(self._missing))]

    async def _send(self, producer: AIOKafkaProducer, rows: Sequence[OutboxRow]) -> list[str]:
        """Send the events whose topics exist, and return their identifiers when the broker has acknowledged all."""
        partitions = {topic: await self._partitions(producer, topic) for topic in sorted({row.topic for row in rows})}
        sent, acknowledgements = [], []
        for row in rows:
            count = partitions[row.topic]
            if count == 0:
                continue
            acknowledgements.append(
                await producer.send(
                    self._settings.topic_prefix + row.topic,
                    value_of(row),
                    key=row.partition_key.encode() if row.partition_key is not None else None,
                    partition=row.partition_ordinal % count if row.partition_ordinal is not None else None,
                    headers=headers_of(row),
                )
            )
            sent.append(row.id)
        results = await asyncio.gather(*acknowledgements, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return sent

    async def _partitions(self, producer: AIOKafkaProducer, topic: str) -> int:
        """Return how many partitions a topic has; 0 where it does not exist, which is said."""
        name = self._settings.topic_prefix + topic
        client = producer.client
        if not client.cluster.partitions_for_topic(name):
            client.add_topic(name)
            if not await client.force_metadata_update():
                raise KafkaConnectionError("no broker answers")
        count = len(client.cluster.partitions_for_topic(name) or ())
        if count == 0:
            self._missing[topic] = time.monotonic() + _MISSING_S
            _log.error("a topic is missing: its events wait in the outbox; run `fairway migrate`", topic=name)
        return count

    async def _connected(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = AIOKafkaProducer(
                **client_options(self._settings),
                acks="all",
                enable_idempotence=True,
                max_batch_size=_BATCH_BYTES,
            )
            try:
                await producer.start()
            except BaseException:
                await _stop(producer)
                raise
            self._producer = producer
        return self._producer

    async def _close(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            await _stop(producer)


async def _stop(producer: AIOKafkaProducer) -> None:
    """Close a producer whatever it waits for: what it holds is still in the outbox."""
    accumulator = producer._message_accumulator  # noqa: SLF001 - its own stop() waits for the broker
    accumulator.fail_all(KafkaError("the relay begins anew"))
    await producer.client.close()
    with suppress(KafkaError, TimeoutError):
        async with asyncio.timeout(_STOP_S):
            await producer.stop()
