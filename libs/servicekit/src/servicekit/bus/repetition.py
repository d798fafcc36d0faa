"""Emitting an event again: whoever reconciles cannot look into a broker, so it goes by how often and when it did."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from servicekit.events import Event
from servicekit.store.plumbing import OutboxRow

__all__ = ["due_again"]

_REMEMBERED = timedelta(days=2)
"""What was emitted earlier counts as never emitted. It bounds the search; no pause is longer."""
_CHUNK = 500
_MOST_DOUBLINGS = 10


async def due_again(
    session: AsyncSession,
    event: type[Event],
    field: str,
    subjects: Sequence[str],
    *,
    now: datetime,
    pause: timedelta,
    limit: int = _CHUNK,
) -> list[str]:
    """Return those of `subjects` whose event may be emitted again, in their order, at most `limit` of them.

    An event says its subject in `field`. After the first time it is due when `pause` has passed, then after twice that,
    and so on: an event that only waits in a long queue makes the queue not much longer.
    """
    due: list[str] = []
    for begin in range(0, len(subjects), _CHUNK):
        chunk = subjects[begin : begin + _CHUNK]
        emitted = await _emitted(session, event, field, chunk, since=now - _REMEMBERED)
        for subject in chunk:
            times, last = emitted.get(subject, (0, None))
            doublings = min(times - 1, _MOST_DOUBLINGS)
            if last is None or now - last >= min(pause * 2**doublings, _REMEMBERED):
                due.append(subject)
                if len(due) == limit:
                    return due
    return due


async def _emitted(
    session: AsyncSession, event: type[Event], field: str, subjects: Sequence[str], *, since: datetime
) -> dict[str, tuple[int, datetime]]:
    """Return how often, and when last, the event of each subject was put into the outbox."""
    subject = OutboxRow.payload[field].as_string()
    query = (
        select(subject, func.count(), func.max(OutboxRow.emitted_at))
        .where(OutboxRow.id >= _first_id(since), OutboxRow.topic == event.topic, subject.in_(subjects))
        .group_by(subject)
    )
    return {name: (times, last) for name, times, last in await session.execute(query)}


def _first_id(time: datetime) -> str:
    """Return the smallest identifier of that millisecond: the outbox is found by its key, and needs no other index."""
    milliseconds = max(0, round(time.timestamp() * 1000))
    digits = f"{milliseconds:012x}"
    return f"{digits[:8]}-{digits[8:]}-7000-8000-000000000000"
