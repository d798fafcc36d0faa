"""The database: reads that cannot write, and writes that are one unit of work each."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Pool
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from servicekit import durability
from servicekit.clock import Clock
from servicekit.events import Event
from servicekit.ids import new_id
from servicekit.settings import DatabaseSettings
from servicekit.store.engine import alone, fill, reading_engine, writing_engine
from servicekit.store.journal import Journal
from servicekit.tracing import current_trace, span, traceparent

__all__ = ["Actor", "Store", "UnitOfWork"]


@dataclass(frozen=True)
class Actor:
    """Who does something: a person's session, a token, or one of our services."""

    kind: Literal["user", "token", "service", "system"]
    id: str
    organization_id: str | None = None

    @classmethod
    def service(cls, name: str) -> "Actor":
        """Return the actor that stands for a service of ours."""
        return cls("service", name)


@dataclass
class UnitOfWork:
    """One transaction: rows, the events that tell of them, the audit entries and the change feed, all or nothing.

    What tells of the rows is written after them, when the block ends.
    """

    session: AsyncSession
    actor: Actor
    now: datetime
    journal: Journal = field(default_factory=Journal, repr=False)

    def emit(self, event: Event, *, event_id: str | None = None) -> str:
        """Put `event` into the outbox and return its identifier, a new one where none is given."""
        identifier = event_id or new_id()
        self.journal.events.append(
            {
                "id": identifier,
                "topic": event.topic,
                "payload": event.model_dump(mode="json"),
                "trace_id": current_trace(),
                "traceparent": traceparent(),
                "partition_key": event.partition_key(),
                "partition_ordinal": event.partition_ordinal(),
            }
        )
        return identifier

    def audit(self, action: str, subject_kind: str, subject_id: str, detail: dict[str, Any] | None = None) -> None:
        """Write down that the actor did `action` to a subject."""
        self.journal.audit.append(
            {
                "id": new_id(),
                "actor_kind": self.actor.kind,
                "actor_id": self.actor.id,
                "organization_id": self.actor.organization_id,
                "action": action,
                "subject_kind": subject_kind,
                "subject_id": subject_id,
                "detail": detail or {},
                "trace_id": current_trace(),
            }
        )

    async def change(
        self, kind: str, subject_id: str, audience: Iterable[str | None], detail: dict[str, Any] | None = None
    ) -> None:
        """Append to the change feed what the organizations of `audience` (and staff) may learn."""
        await self.change_all(kind, [(subject_id, audience, detail or {})])

    async def change_all(self, kind: str, subjects: Iterable[tuple[str, Iterable[str | None], dict[str, Any]]]) -> None:
        """Append an entry for each of many subjects: its identifier, its audience and its detail."""
        for subject_id, audience, detail in subjects:
            organizations = sorted({organization for organization in audience if organization})
            self.journal.changes.append(
                {"kind": kind, "subject_id": subject_id, "detail": detail, "audience": organizations}
            )


class Store:
    """The database behind the services, SQLite or PostgreSQL."""

    def __init__(self, url: str, clock: Clock, pools: DatabaseSettings | None = None) -> None:
        self.url = url
        self.clock = clock
        pools = pools or DatabaseSettings()
        self.engine: AsyncEngine = writing_engine(url, pools)
        self._reading_engine: AsyncEngine = reading_engine(url, pools)
        self._writing = async_sessionmaker(self.engine, expire_on_commit=False, autoflush=True)
        self._reading = async_sessionmaker(self._reading_engine, expire_on_commit=False, autoflush=False)
        self._looking = async_sessionmaker(alone(self._reading_engine), expire_on_commit=False, autoflush=False)
        self._one_writer = asyncio.Lock() if self.is_sqlite else None
        self._listeners: list[Callable[[], None]] = []

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file of this process."""
        return self.engine.dialect.name == "sqlite"

    def on_emit(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each commit that put an event into the outbox."""
        self._listeners.append(listener)

    def pools(self) -> dict[str, Pool]:
        """Return the pools of connections, by what they are for."""
        return {"reading": self._reading_engine.pool, "writing": self.engine.pool}

    async def fill_pools(self) -> None:
        """Open every connection to PostgreSQL that is kept; a file has none to keep."""
        if not self.is_sqlite:
            await fill(self._reading_engine)
            await fill(self.engine)

    async def close(self) -> None:
        """Close every connection."""
        await self._reading_engine.dispose()
        await self.engine.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Give a session that sees one committed snapshot and cannot write."""
        with span("database.read", "client"):
            async with self._reading() as session, session.begin():
                yield session

    @asynccontextmanager
    async def look(self) -> AsyncIterator[AsyncSession]:
        """Give a session for one statement that reads: it is its own snapshot, and needs no transaction around it.

        A third of what `read` asks of PostgreSQL.
        """
        with span("database.look", "client"):
            async with self._looking() as session:
                yield session

    @asynccontextmanager
    async def write(self, actor: Actor) -> AsyncIterator[UnitOfWork]:
        """Give a unit of work, committed when the block ends well and rolled back when it raises.

        On SQLite one writer at a time holds the lock, so the block awaits nothing but the database.
        """
        if self._one_writer is None:
            async with self._unit(actor) as unit:
                yield unit
        else:
            async with self._one_writer, self._unit(actor) as unit:
                yield unit

    @asynccontextmanager
    async def _unit(self, actor: Actor) -> AsyncIterator[UnitOfWork]:
        with span("database.write", "client", {"fairway.actor.kind": actor.kind}):
            async with self._committed(actor) as unit:
                yield unit
                emits = bool(unit.journal.events)
        if emits:
            for listener in self._listeners:
                listener()

    @asynccontextmanager
    async def _committed(self, actor: Actor) -> AsyncIterator[UnitOfWork]:
        async with self._writing() as session:
            unit = UnitOfWork(session=session, actor=actor, now=self.clock.now())
            try:
                yield unit
                await session.flush()
                await unit.journal.write(session, unit.now)
                durability.step("commit:before")
                await session.commit()
            except BaseException:
                await asyncio.shield(session.rollback())
                raise
            durability.step("commit:after")
