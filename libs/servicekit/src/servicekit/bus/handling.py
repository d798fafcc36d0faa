"""One try of events by a consumer: the trace around it, the figures of it, and how it ended."""

import asyncio
import json
import traceback
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from servicekit.bus.consumer import AlreadyHandled, Consumer, Delivery, GivenBack
from servicekit.bus.lost_time import is_of_lost_time
from servicekit.observability import log_context, logger
from servicekit.outages import is_outage
from servicekit.store.plumbing import DeliveryRow
from servicekit.tracing import Attributes, Span, TraceContext, enter

if TYPE_CHECKING:
    from servicekit.context import Context

__all__ = ["Envelope", "Failure", "Handling", "ProcessDiedError"]

_log = logger(__name__)
_LONGEST_ERROR = 8000

_DEATHS_ALLOWED = 5
"""An event that takes the process down with it is parked after so many tries more."""


class ProcessDiedError(Exception):
    """Handling this event has ended the process again and again."""


@dataclass(frozen=True)
class Envelope:
    """An event as it travels: its payload, and what is said of it."""

    event_id: str
    topic: str
    payload: dict[str, Any]
    trace_id: str
    traceparent: str | None
    emitted_at: datetime

    @classmethod
    def of(cls, row: DeliveryRow) -> "Envelope":
        """Return the envelope of a delivery that stands in the database."""
        return cls(row.event_id, row.topic, row.payload, row.trace_id, row.traceparent, row.emitted_at)


@dataclass(frozen=True)
class Failure:
    """Why a try did not succeed."""

    error: Exception
    is_outage: bool = False
    """Whether it says nothing of the event: a part was away."""

    @property
    def is_given_back(self) -> bool:
        """Whether the handler gave the event back, which is no failure of the event."""
        return isinstance(self.error, GivenBack)

    @property
    def kind(self) -> str:
        """The class of the error."""
        return type(self.error).__name__

    @property
    def text(self) -> str:
        """The error with its traceback."""
        return "".join(traceback.format_exception(self.error))[-_LONGEST_ERROR:]


class Handling:
    """Calls the handlers of a process."""

    def __init__(self, context: "Context", stopping: asyncio.Event) -> None:
        self._context = context
        self._stopping = stopping

    async def attempt(self, consumer: Consumer, envelope: Envelope, attempt: int) -> Failure | None:
        """Have `consumer` handle an event, and return None when it has: now, or at an earlier delivery."""
        return await self.attempt_together(consumer, [(envelope, attempt)])

    async def attempt_together(self, consumer: Consumer, envelopes: Sequence[tuple[Envelope, int]]) -> Failure | None:
        """Have `consumer` handle events, each with the number of this try, in one call.

        Returns None when all are handled: now, or at earlier deliveries.
        """
        with ExitStack() as entered:
            spans = [entered.enter_context(_entered(consumer, each, attempt)) for each, attempt in envelopes]
            said = self._said(consumer, envelopes)
            entered.enter_context(log_context(**said))
            try:
                await self._call(consumer, envelopes, [span.context for span in spans])
            except AlreadyHandled:
                _log.info("the effect of this event was committed before", **said)
            except GivenBack as given_back:
                _log.info("the event is given back", **said)
                return Failure(given_back)
            except Exception as error:  # noqa: BLE001 - whatever it is, the delivery remembers it
                for span in spans:
                    span.fail(error)
                if await self._is_dropped(error, envelopes):
                    self._context.metrics.delivery_dropped(consumer.name)
                    _log.warning("the event is of a time that the database has lost: dropped", exc_info=error, **said)
                    return None
                return Failure(error, is_outage=not consumer.outages_count and is_outage(error))
        return None

    def failed(self, consumer: Consumer, envelope: Envelope, attempt: int, failure: Failure, *, is_dead: bool) -> None:
        """Count a failure and say it."""
        self._context.metrics.delivery_failed(consumer.name, dead=is_dead)
        with enter(
            f"settle {envelope.topic}", "internal", traceparent=envelope.traceparent, trace_id=envelope.trace_id
        ):
            _log.warning(
                "the event became a dead letter" if is_dead else "the event is tried again",
                exc_info=failure.error,
                **self._said(consumer, [(envelope, attempt)]),
            )

    async def _is_dropped(self, error: Exception, envelopes: Sequence[tuple[Envelope, int]]) -> bool:
        """Whether what failed is one event that a restored database has lost; then nobody can handle it."""
        if len(envelopes) > 1 or is_outage(error):
            return False
        envelope, _ = envelopes[0]
        remembered = timedelta(days=self._context.settings.retention.settled_delivery_days)
        try:
            return await is_of_lost_time(self._context.store, envelope.event_id, envelope.emitted_at, remembered)
        except Exception:  # noqa: BLE001 - the database, most likely: it is asked again when the event is tried again
            return False

    async def _call(
        self, consumer: Consumer, envelopes: Sequence[tuple[Envelope, int]], traces: Sequence[TraceContext]
    ) -> None:
        deliveries: list[Delivery[Any]] = []
        waits_s: list[float] = []
        for (envelope, attempt), trace in zip(envelopes, traces, strict=True):
            if attempt > consumer.attempts + _DEATHS_ALLOWED:
                raise ProcessDiedError(f"the process died {attempt - 1} times while it handled this event")
            # Strict models take times from JSON text only. What a newer process added is left out: an upgrade rolls.
            known = {name: value for name, value in envelope.payload.items() if name in consumer.event.model_fields}
            event = consumer.event.model_validate_json(json.dumps(known))
            deliveries.append(
                Delivery(event, envelope.event_id, consumer.name, attempt, self._context.store, self._stopping, trace)
            )
            if attempt == 1:
                waits_s.append(max(0.0, (self._context.clock.now() - envelope.emitted_at).total_seconds()))
        try:
            with self._context.metrics.deliveries(consumer.name, len(deliveries)):
                await consumer.handle(self._context, deliveries)
        except Exception:
            if len(deliveries) > 1:  # each of them is handled by itself now, and counted then
                waits_s.clear()
            raise
        finally:
            for waited_s in waits_s:
                self._context.metrics.delivery_waited(consumer.name, waited_s)

    @staticmethod
    def _said(consumer: Consumer, envelopes: Sequence[tuple[Envelope, int]]) -> dict[str, Any]:
        envelope, attempt = envelopes[0]
        if len(envelopes) == 1:
            return {"consumer": consumer.name, "event_id": envelope.event_id, "attempt": attempt}
        return {"consumer": consumer.name, "event_ids": [each.event_id for each, _ in envelopes]}


def _entered(consumer: Consumer, envelope: Envelope, attempt: int) -> AbstractContextManager[Span]:
    attributes: Attributes = {
        "messaging.destination.name": envelope.topic,
        "messaging.consumer.group.name": consumer.name,
        "messaging.message.id": envelope.event_id,
        "fairway.attempt": attempt,
    }
    return enter(
        f"process {envelope.topic}",
        "consumer",
        traceparent=envelope.traceparent,
        trace_id=envelope.trace_id,
        attributes=attributes,
    )
