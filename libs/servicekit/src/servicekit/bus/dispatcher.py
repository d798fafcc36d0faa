"""The embedded bus: relays the outbox and hands each delivery to its handler until it succeeds or is parked."""

import asyncio
import json
import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING

from servicekit.bus import deliveries
from servicekit.bus.consumer import AlreadyHandled, Consumer, Delivery
from servicekit.bus.relay import relay, subscribe
from servicekit.ids import new_id
from servicekit.observability import logger
from servicekit.store.plumbing import DeliveryRow
from servicekit.tracing import Attributes, Span, enter

if TYPE_CHECKING:
    from servicekit.context import Context

__all__ = ["Dispatcher"]

_log = logger(__name__)
_POLL_S = 1.0
"""How long a consumer sleeps where nobody wakes it: another process may have written, or a retry may be due."""

_DEATHS_ALLOWED = 5
"""An event that takes the process down with it is parked after so many tries more."""


class ProcessDiedError(Exception):
    """Handling this event has ended the process again and again."""


class Dispatcher:
    """Runs the consumers of this process on the deliveries table."""

    def __init__(self, context: "Context", consumers: Sequence[Consumer]) -> None:
        names = [consumer.name for consumer in consumers]
        if len(set(names)) != len(names):
            raise ValueError(f"two consumers have one name: {sorted(names)}")
        self._context = context
        self._store = context.store
        self._consumers = consumers
        self._process_id = new_id()
        self._stopping = asyncio.Event()
        self._wakes: list[asyncio.Event] = []
        self._outbox = asyncio.Event()
        self.running = False

    async def run(self) -> None:
        """Relay and deliver until `stop` is called; what is in hand then is finished first."""
        if self._store.is_sqlite:
            await deliveries.release_all(self._store)  # the only process: whoever held something has died
        await subscribe(self._store, self._consumers)
        self._store.on_emit(self._outbox.set)
        self._outbox.set()
        self.running = True
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._relay_forever())
                for consumer in self._consumers:
                    for _ in range(consumer.concurrency):
                        wake = asyncio.Event()
                        self._wakes.append(wake)
                        group.create_task(self._deliver_forever(consumer, wake))
        finally:
            self.running = False
            await asyncio.shield(deliveries.release(self._store, self._process_id))

    def stop(self) -> None:
        """Take nothing new; `run` returns when what is in hand is finished."""
        self._stopping.set()
        self._outbox.set()
        self.wake()

    def wake(self) -> None:
        """Have every consumer look for work now."""
        for wake in self._wakes:
            wake.set()

    async def _relay_forever(self) -> None:
        while not self._stopping.is_set():
            self._outbox.clear()
            try:
                while await relay(self._store):
                    self.wake()
            except Exception:  # noqa: BLE001 - the loop outlives any failure, and says it
                _log.exception("the outbox could not be relayed; it is tried again")
                await self._pause(self._stopping)
            await self._pause(self._outbox)

    async def _deliver_forever(self, consumer: Consumer, wake: asyncio.Event) -> None:
        while not self._stopping.is_set():
            wake.clear()
            try:
                row = await deliveries.claim(self._store, consumer.name, self._process_id)
                if row is not None:
                    await self._handle(consumer, row)
                    continue
            except Exception:  # noqa: BLE001 - the loop outlives any failure, and says it
                _log.exception("a delivery could not be claimed or settled; it is tried again", consumer=consumer.name)
                await self._pause(self._stopping)
            await self._pause(wake)

    async def _pause(self, until: asyncio.Event) -> None:
        try:
            await asyncio.wait_for(until.wait(), _POLL_S)
        except TimeoutError:
            return

    async def _handle(self, consumer: Consumer, row: DeliveryRow) -> None:
        attributes: Attributes = {
            "messaging.destination.name": row.topic,
            "messaging.consumer.group.name": consumer.name,
            "messaging.message.id": row.event_id,
            "fairway.attempt": row.attempts,
        }
        name = f"process {row.topic}"
        with enter(name, "consumer", traceparent=row.traceparent, trace_id=row.trace_id, attributes=attributes) as span:
            await self._handle_in_trace(consumer, row, span)

    async def _handle_in_trace(self, consumer: Consumer, row: DeliveryRow, span: Span) -> None:
        log = _log.bind(consumer=consumer.name, event_id=row.event_id, attempt=row.attempts)
        metrics = self._context.metrics
        try:
            _refuse_a_killer(consumer, row)
            event = consumer.event.model_validate_json(json.dumps(row.payload))  # strict: only JSON text holds times
            delivery = Delivery(event, row.event_id, consumer.name, row.attempts, self._store)
            with metrics.delivery(consumer.name):
                await consumer.handler(self._context, delivery)
        except AlreadyHandled:
            log.info("the effect of this event was committed before")
        except Exception as error:
            span.fail(error)
            is_dead = await deliveries.failed(
                self._store,
                row,
                error="".join(traceback.format_exception(error))[-8000:],
                error_kind=type(error).__name__,
                attempts=consumer.attempts,
            )
            metrics.delivery_failed(consumer.name, dead=is_dead)
            log.warning("the event became a dead letter" if is_dead else "the event is tried again", exc_info=error)
            return
        await deliveries.done(self._store, row)


def _refuse_a_killer(consumer: Consumer, row: DeliveryRow) -> None:
    if row.attempts > consumer.attempts + _DEATHS_ALLOWED:
        raise ProcessDiedError(f"the process died {row.attempts - 1} times while it handled this event")
