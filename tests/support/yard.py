"""Events of a yard, and a consumer that notes them, for tests of the bus on a real broker."""

from datetime import timedelta
from typing import Any, ClassVar

from sqlalchemy import func, select
from typing_extensions import override

from servicekit.bus import Consumer, Delivery
from servicekit.bus.topics import make_topics, topics_of
from servicekit.context import Context
from servicekit.events import Event
from servicekit.store.plumbing import AuditEntry

__all__ = ["NOTING", "PieceMadeV1", "StoneMovedV1", "count", "note", "noted", "prepare"]


class PieceMadeV1(Event):
    """A piece was made, by somebody or by nobody."""

    topic: ClassVar[str] = "piece.made.v1"
    partitions: ClassVar[int] = 4
    retention: ClassVar[timedelta] = timedelta(days=2)
    number: int
    by: str | None = None

    @override
    def partition_key(self) -> str | None:
        return self.by

    @override
    def partition_ordinal(self) -> int | None:
        return self.number if self.by is None else None


class StoneMovedV1(Event):
    """A stone was moved."""

    topic: ClassVar[str] = "stone.moved.v1"
    partitions: ClassVar[int] = 1
    number: int


async def note(_context: Context, delivery: Delivery[Any]) -> None:
    """Write down the number of an event."""
    async with delivery.transaction() as unit:
        unit.audit("noted", "number", str(delivery.event.number))


NOTING = Consumer(name="yard.notes", event=PieceMadeV1, handler=note)


async def prepare(context: Context, *consumers: Consumer) -> None:
    """Make the topics of consumers."""
    topics = topics_of([consumer.event for consumer in consumers], context.settings.kafka.topic_prefix)
    await make_topics(context.settings.kafka, topics)


async def noted(context: Context) -> list[int]:
    """Return the numbers that were written down."""
    async with context.store.read() as session:
        query = select(AuditEntry.subject_id).where(AuditEntry.action == "noted")
        return sorted(int(number) for number in await session.scalars(query))


async def count(context: Context, table: Any, *conditions: Any) -> int:
    """Return how many rows of a table fulfil the conditions."""
    async with context.store.read() as session:
        return await session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0
