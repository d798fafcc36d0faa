"""The bus on Kafka: the outbox goes into topics, each consumer is a group, and failures come into the deliveries table.

A consumer's offset moves on when its event is settled: handled, kept as a retry or a dead letter in the deliveries
table, or found there. So a failure stops no partition, order holds nobody up, and retries and dead letters are the
same as on the embedded bus.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from aiokafka.errors import KafkaError

from servicekit.bus import deliveries
from servicekit.bus.consumer import Consumer
from servicekit.bus.embedded import check_names
from servicekit.bus.handling import Failure, Handling
from servicekit.bus.kafka_beginning import Beginning
from servicekit.bus.kafka_consumer import Arrival, Membership
from servicekit.bus.kafka_relay import KafkaRelay
from servicekit.bus.port import BusFigures
from servicekit.bus.topics import BrokerUnavailable, check_topics, topics_of
from servicekit.bus.working import Deliveries, Source, Work, pause, work
from servicekit.errors import InvalidSettings
from servicekit.observability import logger

if TYPE_CHECKING:
    from servicekit.context import Context

__all__ = ["KafkaBus"]

_log = logger(__name__)
_MEASURE_S = 5.0
_AGAIN_S = 1.0
_LONGEST_AGAIN_S = 15.0
_FAREWELL_S = 3.0


class KafkaBus:
    """Runs the consumers of this process on topics, and relays the outbox into them."""

    def __init__(self, context: "Context", consumers: Sequence[Consumer]) -> None:
        check_names(consumers)
        if context.store.is_sqlite:
            raise InvalidSettings("FAIRWAY_KAFKA__BOOTSTRAP_SERVERS: a broker takes a PostgreSQL database as well")
        _check_memory(context, consumers)
        self._context = context
        self._store = context.store
        self._settings = context.settings.kafka
        self._stopping = asyncio.Event()
        self._handling = Handling(context, self._stopping)
        self._deliveries = Deliveries(context, self._handling)
        self._relay = KafkaRelay(self._store, self._settings, self._stopping)
        self._wakes: list[asyncio.Event] = []
        self._memberships: list[Membership] = []
        self._consumers = consumers
        self._figures = BusFigures()
        self._start_problem: str | None = "topics are being checked"
        self.running = False

    @property
    def problem(self) -> str | None:
        """What keeps the consumers of this process from their events, in words, or None."""
        if self._start_problem is not None and self._consumers:
            return self._start_problem
        return next((each.problem for each in self._memberships if each.problem is not None), None)

    async def run(self) -> None:
        """Relay and deliver until `stop` is called; what is in hand then is finished first, or given back."""
        self.running = True
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._relay.run(), name="bus.relay")
                await self._wait_for_topics()
                if self._stopping.is_set():
                    return
                workers = self._start_workers(group)
                memberships = [group.create_task(each.run(), name=each.group) for each in self._memberships]
                measuring = group.create_task(self._measure_forever(), name="bus.figures")
                await self._stopping.wait()
                if workers:
                    await asyncio.wait(workers)
                for task in (measuring, *memberships):
                    task.cancel()
        finally:
            self.running = False
            await asyncio.shield(self._deliveries.release())

    def stop(self) -> None:
        """Take nothing new; `run` returns when what is in hand is finished."""
        self._stopping.set()
        self._relay.wake()
        self.wake()

    def wake(self) -> None:
        """Have every consumer look for work now."""
        for wake in self._wakes:
            wake.set()

    async def figures(self) -> BusFigures:
        """Return what waits, as it was measured some seconds ago."""
        return self._figures

    async def measure(self) -> BusFigures:
        """Ask the brokers what waits."""
        now = self._context.clock.now()
        lag = {each.consumer.name: await each.lag() for each in self._memberships}
        ages = {each.consumer.name: each.oldest() for each in self._memberships}
        oldest = {name: 0.0 if time is None else max(0.0, (now - time).total_seconds()) for name, time in ages.items()}
        self._figures = BusFigures(lag, oldest)
        return self._figures

    # --- start

    async def _wait_for_topics(self) -> None:
        """Wait until every topic of a consumer is there; the outbox is relayed meanwhile."""
        topics = topics_of([consumer.event for consumer in self._consumers], self._settings.topic_prefix)
        again_s = _AGAIN_S
        while topics and not self._stopping.is_set():
            try:
                faults = await check_topics(self._settings, topics)
            except BrokerUnavailable as error:
                self._start_problem = error.detail
                _log.warning("the broker cannot be used yet", error=error.detail)
            else:
                if not faults:
                    break
                self._start_problem = f"{'; '.join(faults)}: run `fairway migrate`"
                _log.error("consumers wait for their topics: run `fairway migrate`", faults=faults)
            await pause(self._stopping, again_s)
            again_s = min(2 * again_s, _LONGEST_AGAIN_S)
        self._start_problem = None

    def _start_workers(self, group: asyncio.TaskGroup) -> list[asyncio.Task[None]]:
        tasks = []
        for consumer in self._consumers:
            if consumer.long_running:
                continue
            membership, wake = self._member(consumer)
            tasks += [
                self._worker(group, consumer.name, [self._arrivals(membership, [])], wake)
                for _ in range(consumer.at_a_time(self._context.settings))
            ]
            tasks.append(self._worker(group, consumer.name, [self._deliveries.of(consumer)], self._alarm()))
        together = [consumer for consumer in self._consumers if consumer.long_running]
        if together:
            wake = self._alarm()
            lane = [self._member(consumer, wake)[0] for consumer in together]
            sources = [
                source
                for membership in lane
                for source in (
                    self._held(lane, self._deliveries.of(membership.consumer)),
                    self._arrivals(membership, lane),
                )
            ]
            tasks.append(self._worker(group, together[0].name, sources, wake))
        return tasks

    def _worker(
        self, group: asyncio.TaskGroup, name: str, sources: list[Source], wake: asyncio.Event
    ) -> asyncio.Task[None]:
        return group.create_task(work(name, sources, wake, self._stopping), name=f"{name}.worker")

    def _alarm(self) -> asyncio.Event:
        wake = asyncio.Event()
        self._wakes.append(wake)
        return wake

    def _member(self, consumer: Consumer, wake: asyncio.Event | None = None) -> tuple[Membership, asyncio.Event]:
        wake = wake or self._alarm()
        membership = Membership(consumer, self._settings, wake.set)
        self._memberships.append(membership)
        return membership, wake

    # --- work

    def _arrivals(self, membership: Membership, lane: Sequence[Membership]) -> Source:
        """Return the source of what was fetched; while a long-running handler is at work, its lane waits."""

        async def next_arrivals() -> Work | None:
            if gathers_s := membership.gathers_s:
                await pause(self._stopping, gathers_s)
            arrivals = [] if self._stopping.is_set() else membership.take()
            if not arrivals:
                return None
            return self._holding(lane, lambda: self._handle(membership, arrivals))

        return next_arrivals

    def _held(self, lane: Sequence[Membership], source: Source) -> Source:
        async def next_held() -> Work | None:
            found = await source()
            return None if found is None else self._holding(lane, found)

        return next_held

    @staticmethod
    def _holding(lane: Sequence[Membership], todo: Work) -> Work:
        """Return what has the last of a lane fetch nothing meanwhile.

        Those before it keep their next event ready. Were they held too, the last would go on with what it had fetched
        before, while they ask the broker.
        """
        last = lane[-1:]

        async def held() -> None:
            for membership in last:
                membership.hold(is_held=True)
            try:
                await todo()
            finally:
                for membership in last:
                    membership.hold(is_held=False)

        return held

    async def _handle(self, membership: Membership, arrivals: Sequence[Arrival]) -> None:
        """Handle events together, and one by one those that this does not settle."""
        rest, begun = list(arrivals), dict[str, int]()
        try:
            if len(arrivals) > 1:
                await self._handle_together(membership, rest, begun)
            while rest and not (self._stopping.is_set() and len(arrivals) > 1):
                await self._handle_one(membership, rest[0], begun.get(rest[0].envelope.event_id))
                del rest[0]
        finally:  # cancelled, or the process is to end
            await self._forget([each for each in rest if each.envelope.event_id in begun])
            for arrival in rest:
                membership.let_go(arrival)

    async def _handle_together(self, membership: Membership, rest: list[Arrival], begun: dict[str, int]) -> None:
        """Handle events in one call, and settle them if it ends well.

        What stays in `rest` is to be handled one by one. `begun` comes to hold with which of them this process has
        begun. One over which a process may have died is never handled together with others; it counts as begun again
        when it is its turn.
        """
        consumer = membership.consumer
        try:
            suspects = [each.envelope.event_id for each in rest if each.is_suspect]
            known = await deliveries.known(self._store, consumer.name, suspects) if suspects else {}
            for arrival in [each for each in rest if known.get(each.envelope.event_id, "begun") != "begun"]:
                membership.settle(arrival)  # it is a retry or a dead letter already
                rest.remove(arrival)
            together = [each for each in rest if each.envelope.event_id not in known]
            if len(together) > 1 and await self._try_together(consumer, together, begun):
                for arrival in together:
                    membership.settle(arrival)
                    rest.remove(arrival)
        except Exception:  # noqa: BLE001 - the database, most likely: what is not settled is tried by itself
            _log.exception("events could not be settled together; each is handled by itself", consumer=consumer.name)

    async def _try_together(self, consumer: Consumer, arrivals: Sequence[Arrival], begun: dict[str, int]) -> bool:
        """Handle events in one call, and return whether all are settled. What is written down as begun is added."""
        suspects = [each.envelope for each in arrivals if each.is_suspect]
        if suspects:
            begun.update(await deliveries.begin(self._store, consumer.name, suspects))
        unwritten = [each.envelope for each in arrivals if not each.is_suspect]
        beginning = Beginning(self._store, consumer.name, unwritten, is_written=not unwritten)
        try:
            async with beginning:
                failure = await self._handling.attempt_together(consumer, [(each.envelope, 1) for each in arrivals])
        finally:
            if beginning.is_written:
                begun.update({each.event_id: 1 for each in unwritten})
        if failure is not None:
            _log.info("events failed together; each is handled by itself", consumer=consumer.name, error=failure.kind)
            return False
        if written := [each.envelope for each in arrivals if each.envelope.event_id in begun]:
            await deliveries.ended(self._store, consumer.name, written)
        return True

    async def _handle_one(self, membership: Membership, arrival: Arrival, begun: int | None) -> None:
        """Handle an event and settle it; where the database does not answer, begin again until it does."""
        while True:
            try:
                is_settled = await self._try(arrival, begun)
            except Exception:  # noqa: BLE001 - the database, most likely: nothing was settled
                _log.exception(
                    "an event could not be settled; it is tried again",
                    consumer=arrival.consumer.name,
                    event_id=arrival.envelope.event_id,
                )
                await pause(self._stopping, _AGAIN_S)
                if not self._stopping.is_set() and not arrival.lost.is_set():
                    continue
                is_settled = False
            if is_settled:
                membership.settle(arrival)
            else:
                membership.let_go(arrival)
            return

    async def _try(self, arrival: Arrival, begun: int | None) -> bool:
        """Handle an event once, and return whether it is settled.

        `begun` is how often a process has begun with it, where that is written down already.
        """
        consumer, envelope = arrival.consumer, arrival.envelope
        if arrival.fault is not None:
            await deliveries.bury(self._store, consumer.name, envelope, error=arrival.fault, error_kind="Undecodable")
            self._context.metrics.delivery_failed(consumer.name, dead=True)
            _log.error("a record is no event and became a dead letter", consumer=consumer.name, error=arrival.fault)
            return True
        attempt = begun or 1
        if begun is None and (arrival.is_suspect or consumer.long_running):
            begun = (await deliveries.begin(self._store, consumer.name, [envelope])).get(envelope.event_id)
            if begun is None:  # it is a retry or a dead letter already
                return True
            attempt = begun
        beginning = Beginning(self._store, consumer.name, [envelope], is_written=begun is not None)
        try:
            async with beginning:
                failure = await self._unless_lost(arrival, attempt)
        except asyncio.CancelledError:
            if beginning.is_written:
                await self._forget([arrival])
            if not arrival.lost.is_set() or _is_being_cancelled():
                raise
            _log.info("the partition of an event in hand went to another process", consumer=consumer.name)
            return False
        return await self._settle(arrival, failure, attempt, is_begun=beginning.is_written)

    async def _unless_lost(self, arrival: Arrival, attempt: int) -> Failure | None:
        """Have the event handled. A long-running handler is cancelled when its partition is lost."""
        consumer = arrival.consumer
        handling = asyncio.create_task(self._handling.attempt(consumer, arrival.envelope, attempt))
        losing = asyncio.create_task(arrival.lost.wait())
        watched = {handling, losing} if consumer.long_running else {handling}
        try:
            await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
            if not handling.done():
                handling.cancel()
            return await handling
        finally:
            losing.cancel()
            if not handling.done():
                handling.cancel()
                with suppress(asyncio.CancelledError):
                    await handling

    async def _settle(self, arrival: Arrival, failure: Failure | None, attempt: int, *, is_begun: bool) -> bool:
        consumer, envelope = arrival.consumer, arrival.envelope
        if failure is None:
            if is_begun:
                await deliveries.ended(self._store, consumer.name, [envelope])
            return True
        if failure.is_given_back:
            if self._stopping.is_set():
                await self._forget([arrival])
                return False
            await deliveries.bear(self._store, consumer.name, envelope)
            return True
        is_dead = await deliveries.park(
            self._store, consumer.name, envelope, failure, attempt=attempt, attempts=consumer.attempts
        )
        self._handling.failed(consumer, envelope, attempt, failure, is_dead=is_dead)
        return True

    async def _forget(self, arrivals: Sequence[Arrival]) -> None:
        """Take back that events were begun: they go back to the broker, and the try does not count."""
        if not arrivals:
            return
        try:
            async with asyncio.timeout(_FAREWELL_S):
                await deliveries.ended(self._store, arrivals[0].consumer.name, [each.envelope for each in arrivals])
        except Exception:  # noqa: BLE001 - then it counts as one try
            _log.warning("that events were begun could not be taken back", consumer=arrivals[0].consumer.name)

    # --- figures

    async def _measure_forever(self) -> None:
        while True:
            with suppress(KafkaError, TimeoutError, KeyError):
                await self.measure()
            await asyncio.sleep(_MEASURE_S)


def _check_memory(context: "Context", consumers: Sequence[Consumer]) -> None:
    """Refuse to forget what was handled while a broker may still deliver it."""
    remembered = timedelta(days=context.settings.retention.settled_delivery_days)
    kept = max((consumer.event.retention for consumer in consumers), default=timedelta())
    if remembered <= kept:
        raise InvalidSettings(
            "FAIRWAY_RETENTION__SETTLED_DELIVERY_DAYS: what was handled has to be remembered for longer than events "
            f"stay in their topics, which is {kept / timedelta(days=1):g} days"
        )


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
