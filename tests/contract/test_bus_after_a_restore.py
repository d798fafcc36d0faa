"""After a restore the bus has events that the database lost: of those, what cannot be handled is dropped, and said."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

import pytest
import structlog
from sqlalchemy import delete, func, select
from support.buses import BusUnderTest
from support.embedded import MovableClock, deliver, emit

from servicekit.bus import Consumer, Delivery
from servicekit.bus.lost_time import record_restore
from servicekit.bus.relay import relay, subscribe
from servicekit.context import Context
from servicekit.errors import Unavailable
from servicekit.events import Event
from servicekit.observability import platform_metrics
from servicekit.store import Actor
from servicekit.store.plumbing import DeliveryRow, OutboxRow

OPERATOR = Actor("system", "test")


class RunEndedV1(Event):
    topic: ClassVar[str] = "run.ended.v1"
    run: str


def looking(*known: str, errors: Callable[[], Exception | None] = lambda: None, **options: Any) -> Consumer:
    """A consumer that needs the row of a run, and finds it where the run is one of `known`."""

    async def handle(_context: Context, delivery: Delivery[RunEndedV1]) -> None:
        error = errors()
        if error is not None:
            raise error
        if delivery.event.run not in known:
            raise LookupError(f"there is no run {delivery.event.run}")
        async with delivery.transaction() as unit:
            unit.audit("told", "run", delivery.event.run)

    return Consumer(name="notes.runs", event=RunEndedV1, handler=handle, attempts=2, **options)


async def restore(context: Context, *lost: str) -> None:
    """Let the database forget that it emitted these events, as one does that is older than they are."""
    assert isinstance(context.clock, MovableClock)
    context.clock.put_forward(timedelta(minutes=10))
    async with context.store.write(OPERATOR) as unit:
        await unit.session.execute(delete(OutboxRow).where(OutboxRow.id.in_(lost)))
        record_restore(unit)


async def dead(context: Context) -> list[str]:
    async with context.store.read() as session:
        return list(await session.scalars(select(DeliveryRow.event_id).where(DeliveryRow.state == "dead")))


async def test_an_event_of_the_lost_time_that_names_nothing_is_dropped_and_no_other(
    bus_under_test: BusUnderTest,
) -> None:
    context, consumer = bus_under_test.context, looking("known")
    await bus_under_test.prepare([consumer])
    lost, known = await bus_under_test.emit(RunEndedV1(run="lost"), RunEndedV1(run="wrong"))
    await bus_under_test.publish()
    await restore(context, lost)
    with structlog.testing.capture_logs() as said:
        await bus_under_test.deliver([consumer])

    assert await dead(context) == [known], "an event that the database knows of has to be handled"
    dropped = context.metrics.of(platform_metrics.DELIVERIES).labels("notes.runs", "dropped")
    assert dropped._value.get() == 1
    (warning,) = [each for each in said if "dropped" in each["event"]]
    assert (warning["log_level"], warning["event_id"]) == ("warning", lost)


@pytest.fixture
async def lost(embedded: Context) -> str:
    """An event on the embedded bus, on its way."""
    await subscribe(embedded.store, [looking()])
    (event_id,) = await emit(embedded, RunEndedV1(run="lost"))
    await relay(embedded.store)
    return event_id


async def test_without_a_restore_it_is_a_dead_letter(embedded: Context, lost: str) -> None:
    async with embedded.store.write(OPERATOR) as unit:
        await unit.session.execute(delete(OutboxRow))
    await deliver(embedded, [looking()])
    assert await dead(embedded) == [lost]


async def test_an_event_that_was_emitted_after_the_restore_is_a_dead_letter(embedded: Context) -> None:
    await subscribe(embedded.store, [looking()])
    await restore(embedded)
    assert isinstance(embedded.clock, MovableClock)
    embedded.clock.put_forward(timedelta(seconds=1))
    (event_id,) = await emit(embedded, RunEndedV1(run="wrong"))
    await relay(embedded.store)
    async with embedded.store.write(OPERATOR) as unit:
        await unit.session.execute(delete(OutboxRow))
    await deliver(embedded, [looking()])
    assert await dead(embedded) == [event_id]


async def test_an_event_older_than_the_outbox_remembers_is_a_dead_letter(embedded: Context, lost: str) -> None:
    assert isinstance(embedded.clock, MovableClock)
    embedded.clock.put_forward(timedelta(days=embedded.settings.retention.settled_delivery_days))
    await restore(embedded, lost)
    await deliver(embedded, [looking()])
    assert await dead(embedded) == [lost]


async def test_what_an_event_of_the_lost_time_names_may_be_there_again(embedded: Context, lost: str) -> None:
    await restore(embedded, lost)
    await deliver(embedded, [looking("lost")])
    assert embedded.metrics.of(platform_metrics.DELIVERIES).labels("notes.runs", "done")._value.get() == 1


async def test_where_a_part_is_away_an_event_of_the_lost_time_waits_as_any_other(embedded: Context, lost: str) -> None:
    failures = iter([Unavailable("the other side does not answer")])
    await restore(embedded, lost)
    await deliver(embedded, [looking("lost", errors=lambda: next(failures, None))])
    async with embedded.store.read() as session:
        told = await session.scalar(
            select(func.count()).select_from(DeliveryRow).where(DeliveryRow.state == "done", DeliveryRow.attempts > 0)
        )
    assert told == 1
    assert embedded.metrics.of(platform_metrics.DELIVERIES).labels("notes.runs", "dropped")._value.get() == 0
