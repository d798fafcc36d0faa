"""The states of a delivery: pending, running, done, dead, begun. One short transaction for each step."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from servicekit.bus.handling import Envelope, Failure
from servicekit.store import Actor, Store, insert_into
from servicekit.store.plumbing import DeliveryRow

__all__ = [
    "LEASE",
    "bear",
    "begin",
    "bury",
    "claim",
    "done",
    "ended",
    "failed",
    "give_back",
    "known",
    "park",
    "release",
    "release_all",
]

LEASE = timedelta(minutes=10)
"""A delivery that is running for longer belongs to a process that died: whoever comes may take it."""

_DELIVERIES = Actor("system", "bus.deliveries")
_FIRST_PAUSE = timedelta(seconds=1)
_LONGEST_PAUSE = timedelta(minutes=5)
_LONGEST_OUTAGE = timedelta(days=1)
"""For so long after an event was emitted no try counts that failed because a part was away."""
_LONGEST_PAUSE_OF_OUTAGE = timedelta(minutes=1)


# --- deliveries that stand in the database, as all of the embedded bus do


def _claimable(consumer: str, now: datetime) -> ColumnElement[bool]:
    return and_(
        DeliveryRow.consumer == consumer,
        DeliveryRow.due_at <= now,
        or_(DeliveryRow.state == "pending", DeliveryRow.state == "running"),
    )


def _is(row: DeliveryRow) -> ColumnElement[bool]:
    return and_(DeliveryRow.event_id == row.event_id, DeliveryRow.consumer == row.consumer)


async def claim(store: Store, consumer: str, process_id: str) -> DeliveryRow | None:
    """Take the delivery that has been due longest, or None. It is ours until its lease ends."""
    async with store.look() as session:
        query = select(DeliveryRow.event_id).where(_claimable(consumer, store.clock.now())).limit(1)
        if (await session.scalars(query)).first() is None:
            return None
    async with store.write(_DELIVERIES) as unit:
        row = (
            await unit.session.scalars(
                select(DeliveryRow)
                .where(_claimable(consumer, unit.now))
                .order_by(DeliveryRow.due_at, DeliveryRow.event_id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
        ).first()
        if row is None:
            return None
        row.state = "running"
        row.claimed_by = process_id
        row.due_at = unit.now + LEASE
        row.attempts += 1
        return row


async def done(store: Store, row: DeliveryRow) -> None:
    """Settle a delivery whose effect is committed."""
    async with store.write(_DELIVERIES) as unit:
        await unit.session.execute(
            update(DeliveryRow).where(_is(row)).values(state="done", settled_at=unit.now, error=None, error_kind=None)
        )


async def failed(store: Store, row: DeliveryRow, failure: Failure, *, attempts: int) -> bool:
    """Put a delivery back to be tried after a pause, or park it as a dead letter; return whether it is dead."""
    async with store.write(_DELIVERIES) as unit:
        values = _after(failure, row.attempts, attempts, unit.now, row.emitted_at)
        await unit.session.execute(update(DeliveryRow).where(_is(row)).values(values))
    return bool(values["state"] == "dead")


async def give_back(store: Store, row: DeliveryRow) -> None:
    """Put a delivery back that its handler gave back: the try does not count."""
    async with store.write(_DELIVERIES) as unit:
        await unit.session.execute(
            update(DeliveryRow)
            .where(_is(row))
            .values(state="pending", due_at=unit.now + _FIRST_PAUSE, claimed_by=None, attempts=row.attempts - 1)
        )


async def release(store: Store, process_id: str) -> None:
    """Give back what this process holds: it stops, and the try does not count."""
    async with store.write(_DELIVERIES) as unit:
        await unit.session.execute(
            update(DeliveryRow)
            .where(DeliveryRow.state == "running", DeliveryRow.claimed_by == process_id)
            .values(state="pending", due_at=unit.now, claimed_by=None, attempts=DeliveryRow.attempts - 1)
        )


async def release_all(store: Store) -> None:
    """Give back what a process that died held. Only for a database that one process alone uses."""
    async with store.write(_DELIVERIES) as unit:
        await unit.session.execute(
            update(DeliveryRow)
            .where(DeliveryRow.state == "running")
            .values(state="pending", due_at=unit.now, claimed_by=None)
        )


# --- deliveries that a broker made: they come here when something is wrong with them


async def begin(store: Store, consumer: str, envelopes: Sequence[Envelope]) -> dict[str, int]:
    """Write down that a process begins with events, and return how many have with each, by the event's identifier.

    An event is missing there that is in the table as a retry, a dead letter or done: it is not for the broker's
    delivery any more.
    """
    async with store.write(_DELIVERIES) as unit:
        again = (
            insert_into(unit.session, DeliveryRow)
            .on_conflict_do_update(
                index_elements=["event_id", "consumer"],
                set_={"attempts": DeliveryRow.attempts + 1, "due_at": unit.now},
                where=DeliveryRow.state == "begun",
            )
            .returning(DeliveryRow.event_id, DeliveryRow.attempts)
        )
        rows = {each.event_id: _row(consumer, each, state="begun", attempts=1, due_at=unit.now) for each in envelopes}
        found = await unit.session.execute(again, [rows[event_id] for event_id in sorted(rows)])
        return {row.event_id: row.attempts for row in found}


async def known(store: Store, consumer: str, event_ids: Sequence[str]) -> dict[str, str]:
    """Return the states of those of these events that stand in the table, by the event's identifier."""
    async with store.look() as session:
        rows = await session.execute(
            select(DeliveryRow.event_id, DeliveryRow.state).where(
                DeliveryRow.event_id.in_(event_ids), DeliveryRow.consumer == consumer
            )
        )
        return {row.event_id: row.state for row in rows}


async def ended(store: Store, consumer: str, envelopes: Sequence[Envelope]) -> None:
    """Take back what `begin` wrote: the events are settled, or go back to the broker without a try that counts."""
    async with store.write(_DELIVERIES) as unit:
        await unit.session.execute(
            delete(DeliveryRow).where(
                DeliveryRow.event_id.in_([each.event_id for each in envelopes]),
                DeliveryRow.consumer == consumer,
                DeliveryRow.state == "begun",
            )
        )


async def park(
    store: Store, consumer: str, envelope: Envelope, failure: Failure, *, attempt: int, attempts: int
) -> bool:
    """Keep an event whose handling failed as a delivery that is tried again, or as a dead letter; return which."""
    async with store.write(_DELIVERIES) as unit:
        values = _after(failure, attempt, attempts, unit.now, envelope.emitted_at)
        await _put(unit.session, _row(consumer, envelope, **values))
    return bool(values["state"] == "dead")


async def bear(store: Store, consumer: str, envelope: Envelope) -> None:
    """Keep an event that its handler gave back as a delivery that comes soon: the try does not count."""
    async with store.write(_DELIVERIES) as unit:
        row = _row(consumer, envelope, state="pending", attempts=0, due_at=unit.now + _FIRST_PAUSE)
        await _put(unit.session, row)


async def bury(store: Store, consumer: str, envelope: Envelope, *, error: str, error_kind: str) -> None:
    """Keep what no handler can be given as a dead letter."""
    async with store.write(_DELIVERIES) as unit:
        row = _row(
            consumer,
            envelope,
            state="dead",
            attempts=1,
            due_at=unit.now,
            settled_at=unit.now,
            error=error,
            error_kind=error_kind,
        )
        await _put(unit.session, row)


async def _put(session: AsyncSession, row: dict[str, Any]) -> None:
    """Insert a delivery, or make one of it that was only begun. What is in the table otherwise is not changed."""
    put = insert_into(session, DeliveryRow).values(row)
    await session.execute(
        put.on_conflict_do_update(
            index_elements=["event_id", "consumer"],
            set_={
                name: put.excluded[name]
                for name in ("state", "attempts", "due_at", "settled_at", "error", "error_kind")
                if name in row
            },
            where=DeliveryRow.state == "begun",
        )
    )


def _row(consumer: str, envelope: Envelope, **values: Any) -> dict[str, Any]:
    return {
        "event_id": envelope.event_id,
        "consumer": consumer,
        "topic": envelope.topic,
        "payload": envelope.payload,
        "trace_id": envelope.trace_id,
        "traceparent": envelope.traceparent,
        "emitted_at": envelope.emitted_at,
        **values,
    }


def _after(failure: Failure, attempt: int, attempts: int, now: datetime, emitted_at: datetime) -> dict[str, Any]:
    counts = not failure.is_outage or now - emitted_at > _LONGEST_OUTAGE
    is_dead = counts and attempt >= attempts
    return {
        "state": "dead" if is_dead else "pending",
        "attempts": attempt if counts else attempt - 1,
        "due_at": now + (_pause(attempt) if counts else _pause_of_outage(now - emitted_at)),
        "settled_at": now if is_dead else None,
        "error": failure.text,
        "error_kind": failure.kind,
    }


def _pause(attempts: int) -> timedelta:
    longest: timedelta = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (attempts - 1))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret


def _pause_of_outage(age: timedelta) -> timedelta:
    """Return a pause that is longer the longer a part has been away, and short enough to go on soon after."""
    longest = min(max(age / 4, _FIRST_PAUSE), _LONGEST_PAUSE_OF_OUTAGE)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311
