"""A consumer of this process as a member of its group: what was fetched, what is in hand, what is settled."""

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from typing_extensions import override

from servicekit.bus.consumer import Consumer
from servicekit.bus.handling import Envelope
from servicekit.bus.kafka_client import client_options
from servicekit.bus.kafka_offsets import PartitionProgress
from servicekit.bus.kafka_records import Undecodable, envelope_of, undecodable_envelope
from servicekit.bus.working import pause
from servicekit.observability import logger
from servicekit.settings import KafkaSettings

__all__ = ["Arrival", "Membership"]

_log = logger(__name__)

_READY = 32
"""So many events are kept beside those in hand, so that no handler waits for the broker."""
_SPAN = 100
"""A partition whose first unsettled event lies so far behind is not fetched on. So many events at the beginning of an
assignment, and as many as are fetched at a time, may be what ended the process before."""
_GATHERED_S = 0.2
"""So far apart are batches that are not full: events that come one by one in quick succession are handled together."""
_POLL_MS = 500
_FULL_S = 0.5
_POLL_INTERVAL_S = 60 * 60
_COMMIT_S = 0.2
_COMMIT_LONGEST_S = 10.0
_STOP_S = 5.0
_AGAIN_S = 2.0


@dataclass(eq=False)
class Arrival:
    """A record that was fetched: an event for the consumer, or what cannot be read as one."""

    consumer: Consumer
    partition: TopicPartition
    offset: int
    envelope: Envelope
    fault: str | None = None
    """Why it cannot be read."""
    is_suspect: bool = False
    """Whether a process may have died over it: it stands among the first of an assignment."""
    lost: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when its partition went to another process."""


def _sticky() -> type[StickyPartitionAssignor]:
    """Return an assignor of one's own: the client keeps what a member had in its class, for all groups of a process."""
    return type("Sticky", (StickyPartitionAssignor,), {})


class Membership(ConsumerRebalanceListener):  # type: ignore[misc]
    """Fetches for one consumer, and commits how far it is settled.

    All partitions are given up and taken again whenever the group changes (the client knows no other way), but nearly
    all come back: the assignor is sticky. So what is in hand goes on meanwhile, and is told that it is lost only when
    its partition has come to somebody else.
    """

    def __init__(self, consumer: Consumer, settings: KafkaSettings, on_arrival: Callable[[], None]) -> None:
        self.consumer = consumer
        self.topic = settings.topic_prefix + consumer.event.topic
        self.group = settings.topic_prefix + consumer.name
        self.is_held = False
        """Whether nothing more is to be fetched: a long-running handler is at work."""
        self.problem: str | None = "it has not joined its group yet"
        self._settings = settings
        self._on_arrival = on_arrival
        self._room = 1 if consumer.long_running else max(_READY, 2 * consumer.batch)
        self._ready: deque[Arrival] = deque()
        self._in_hand: set[Arrival] = set()
        self._taken_s = -math.inf
        self._progress: dict[TopicPartition, PartitionProgress] = {}
        self._committed: dict[TopicPartition, int] = {}
        self._suspect_until: dict[TopicPartition, int] = {}
        self._is_moving = True
        self._changed = asyncio.Event()
        self._unsaved = asyncio.Event()
        self._kafka: AIOKafkaConsumer | None = None

    # --- for workers

    def take(self) -> list[Arrival]:
        """Return the next events, which are in hand from now on: as many as the consumer handles together.

        What cannot be read as an event comes alone.
        """
        taken: list[Arrival] = []
        while not self._is_moving and self._ready and len(taken) < self.consumer.batch:
            if taken and (taken[-1].fault is not None or self._ready[0].fault is not None):
                break
            taken.append(self._ready.popleft())
        if taken:
            self._taken_s = time.monotonic()
            self._in_hand.update(taken)
            self._changed.set()
        return taken

    @property
    def gathers_s(self) -> float:
        """How long to wait for more before the next are taken. What comes after a rest is taken at once."""
        if self.consumer.batch == 1 or not 0 < len(self._ready) < self.consumer.batch:
            return 0.0
        return max(0.0, self._taken_s + _GATHERED_S - time.monotonic())

    def settle(self, arrival: Arrival) -> None:
        """Take note that an event needs nothing more of the broker."""
        self._in_hand.discard(arrival)
        progress = self._progress.get(arrival.partition)
        if progress is not None and not arrival.lost.is_set():
            progress.settled(arrival.offset, arrival.envelope.event_id)
            self._unsaved.set()
        self._changed.set()

    def let_go(self, arrival: Arrival) -> None:
        """Take note that an event is not in hand any more and not settled: it comes again to whoever has it then."""
        self._in_hand.discard(arrival)
        self._changed.set()

    def hold(self, *, is_held: bool) -> None:
        """Fetch nothing more, or go on."""
        self.is_held = is_held
        self._pause_and_resume()
        self._changed.set()

    # --- the life of the membership

    async def run(self) -> None:
        """Be a member until cancelled; what goes wrong with the broker is tried again."""
        while True:
            kafka = self._client()
            saving = asyncio.create_task(self._save_forever(), name=f"{self.group}.commit")
            try:
                await kafka.start()
                self._kafka = kafka
                self.problem = None
                await self._poll_forever(kafka)
            except (KafkaError, OSError, TimeoutError) as error:
                self.problem = f"{self.group} cannot read {self.topic} ({type(error).__name__}: {error})"
                _log.warning("the broker gives no events; it is tried again", consumer=self.group, error=repr(error))
            finally:
                saving.cancel()
                await self._leave(kafka)
            await asyncio.sleep(_AGAIN_S)

    async def lag(self) -> int:
        """Return how many events of the partitions of this process are not settled."""
        kafka = self._kafka
        partitions = sorted(kafka.assignment()) if kafka is not None else []
        if kafka is None or not partitions:
            return 0
        settled = await self._settled_until(kafka, partitions)
        ends = await kafka.end_offsets(partitions)
        return sum(max(0, ends[partition] - settled[partition]) for partition in partitions)

    def oldest(self) -> datetime | None:
        """Return when the oldest event was emitted that is fetched and not settled."""
        return min((each.envelope.emitted_at for each in (*self._ready, *self._in_hand)), default=None)

    @property
    def has_partitions(self) -> bool:
        """Whether any partition is assigned to this process."""
        return bool(self._progress)

    # --- what the group says

    @override
    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Save what is settled, and begin nothing new until it is known who has what."""
        self._is_moving = True
        self._ready.clear()
        await self._save()

    @override
    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Go on with what is in hand where it is still ours, and say of the rest that it is lost."""
        partitions = set(assigned)
        for arrival in self._in_hand:
            if arrival.partition not in partitions:
                arrival.lost.set()
        self._progress = {partition: self._progress.get(partition, PartitionProgress()) for partition in partitions}
        for partition, progress in self._progress.items():
            progress.assigned_again([each.offset for each in self._in_hand if each.partition == partition])
        self._committed.clear()
        self._suspect_until.clear()
        self._is_moving = False
        self._unsaved.set()  # a commit that the change refused is not asked for by anything else
        self._pause_and_resume()
        self._changed.set()

    # --- within

    def _client(self) -> AIOKafkaConsumer:
        kafka = AIOKafkaConsumer(
            **client_options(self._settings),
            group_id=self.group,
            group_instance_id=self._instance_id(),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            partition_assignment_strategy=(_sticky(),),
            session_timeout_ms=round(self._settings.session_timeout_s * 1000),
            heartbeat_interval_ms=round(self._settings.session_timeout_s * 1000 / 10),
            rebalance_timeout_ms=round(self._settings.session_timeout_s * 1000),
            max_poll_interval_ms=_POLL_INTERVAL_S * 1000,
        )
        kafka.subscribe([self.topic], listener=self)
        return kafka

    def _instance_id(self) -> str | None:
        name = self._settings.group_instance_id
        return None if name is None else f"{name}.{self.consumer.name}"

    async def _poll_forever(self, kafka: AIOKafkaConsumer) -> None:
        while True:
            self._changed.clear()
            self._check_topic(kafka)
            self._pause_and_resume()
            room = self._room - len(self._ready)
            if not self.is_held and room > 0:
                fetched = await kafka.getmany(timeout_ms=_POLL_MS, max_records=room)
            elif self.is_held:  # everything is paused: this is what keeps the group from giving us up
                fetched = await kafka.getmany(timeout_ms=0, max_records=1)
                await pause(self._changed, _FULL_S)
            else:
                fetched = {}
                await pause(self._changed, _FULL_S)
            for partition, records in fetched.items():
                for record in records:
                    self._arrived(partition, record)

    def _check_topic(self, kafka: AIOKafkaConsumer) -> None:
        is_there = bool(kafka.partitions_for_topic(self.topic))
        if not is_there and self.problem is None:
            self.problem = f"the topic {self.topic} is missing: run `fairway migrate`"
            _log.error("a topic is missing; its consumer waits for it; run `fairway migrate`", topic=self.topic)
        elif is_there and self.problem is not None:
            self.problem = None
            _log.info("the topic is there again", topic=self.topic)

    def _arrived(self, partition: TopicPartition, record: Any) -> None:
        fault = None
        try:
            envelope = envelope_of(record.value, record.headers)
        except Undecodable as error:
            envelope, fault = undecodable_envelope(self.consumer.event.topic, record), str(error)
        progress = self._progress.get(partition)
        if progress is None:
            return
        if not progress.fetched(record.offset, envelope.event_id):
            self._committed.pop(partition, None)  # it may be settled, and the broker does not know
            self._unsaved.set()
            return
        is_suspect = record.offset < self._suspect_until.setdefault(partition, record.offset + _SPAN + self._room)
        self._ready.append(Arrival(self.consumer, partition, record.offset, envelope, fault, is_suspect))
        self._on_arrival()

    def _pause_and_resume(self) -> None:
        """Pause what is not to be fetched; what the client forgot at an assignment is paused again."""
        kafka = self._kafka
        if kafka is None or self._is_moving:
            return
        assigned, paused = kafka.assignment(), kafka.paused()
        wanted = {
            partition
            for partition in assigned
            if self.is_held or ((progress := self._progress.get(partition)) is not None and progress.span >= _SPAN)
        }
        kafka.pause(*(wanted - paused))
        kafka.resume(*(paused - wanted))

    # --- how far it is settled

    async def _save_forever(self) -> None:
        while True:
            await self._unsaved.wait()
            self._unsaved.clear()
            await self._save()
            await asyncio.sleep(_COMMIT_S)

    async def _save(self) -> None:
        """Commit what is settled. A commit that does not get through costs another delivery and nothing else."""
        kafka = self._kafka
        offsets = {
            partition: offset
            for partition, progress in self._progress.items()
            if (offset := progress.next_offset) is not None and offset != self._committed.get(partition)
        }
        if kafka is None or not offsets:
            return
        try:
            async with asyncio.timeout(_COMMIT_LONGEST_S):
                await kafka.commit(offsets)
        except (CommitFailedError, IllegalStateError) as error:
            _log.info("partitions have moved on before they were committed", consumer=self.group, error=repr(error))
        except (KafkaError, TimeoutError) as error:
            _log.warning("what is settled could not be committed", consumer=self.group, error=repr(error))
            self._unsaved.set()
        else:
            self._committed.update(offsets)

    async def _settled_until(
        self, kafka: AIOKafkaConsumer, partitions: Sequence[TopicPartition]
    ) -> dict[TopicPartition, int]:
        settled: dict[TopicPartition, int] = {}
        for partition in partitions:
            progress = self._progress.get(partition)
            offset = progress.next_offset if progress is not None else None
            if offset is None:
                offset = await kafka.committed(partition)
            if offset is not None:
                settled[partition] = offset
        untouched = [partition for partition in partitions if partition not in settled]
        return settled | (await kafka.beginning_offsets(untouched) if untouched else {})

    async def _leave(self, kafka: AIOKafkaConsumer) -> None:
        """Leave the group at once, so that nobody waits for our session to end; partitions go to others."""
        try:
            async with asyncio.timeout(_STOP_S):
                await self._save()
        except TimeoutError:
            _log.warning("what is settled could not be committed in time", consumer=self.group)
        self._kafka = None
        self._is_moving = True
        self._ready.clear()
        coordinator = kafka._coordinator  # noqa: SLF001 - a static member does not leave by itself
        if coordinator is not None:
            coordinator._group_instance_id = None  # noqa: SLF001
        try:
            async with asyncio.timeout(_STOP_S):
                await kafka.stop()
        except (KafkaError, TimeoutError) as error:
            _log.warning("the group could not be left", consumer=self.group, error=repr(error))
        for arrival in self._in_hand:
            arrival.lost.set()
        self._progress = {}
