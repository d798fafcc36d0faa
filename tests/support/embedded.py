"""The embedded parts in a folder, and the real bus run on them until nothing is left to do."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest
from sqlalchemy import func, select
from support.databases import sqlite_store

from servicekit.bus import Consumer, EmbeddedBus
from servicekit.child import ChildProcess
from servicekit.clock import ReplayClock
from servicekit.context import Context
from servicekit.events import Event
from servicekit.mail import EmlDirectory
from servicekit.objects import DirectoryObjects
from servicekit.observability import Metrics
from servicekit.settings import Settings
from servicekit.store import Actor, Store
from servicekit.store.plumbing import DeliveryRow, OutboxRow

__all__ = ["NOON", "MovableClock", "deliver", "emit", "mails", "make_context"]

NOON = datetime(2024, 9, 17, 12, 0, tzinfo=UTC)


class MovableClock(ReplayClock):
    """A clock that starts at a time and that a test can put forward."""

    def put_forward(self, by: timedelta) -> None:
        self.offset -= by


class NobodyIsKnown:
    """An authenticator for processes that answer no requests."""

    async def authenticate_token(self, _session: object, _secret: str, _now: datetime) -> None:
        return None

    async def authenticate_session(self, _session: object, _cookie: str, _now: datetime) -> None:
        return None


@asynccontextmanager
async def make_context(
    store: Store, folder: Path, *, replay: bool = False, settings: Settings | None = None
) -> AsyncIterator[Context]:
    """Give a context on `store` and on embedded parts in `folder`."""
    compute, parsing = ChildProcess("compute"), ChildProcess("parsing")
    try:
        yield Context(
            settings=settings or Settings(data=folder),
            clock=store.clock,
            replay=replay,
            store=store,
            objects=DirectoryObjects(folder / "objects"),
            mail=EmlDirectory(folder / "mail"),
            compute=compute,
            parsing=parsing,
            metrics=Metrics(),
            authenticator=NobodyIsKnown(),
            wake=lambda: None,
        )
    finally:
        await compute.close()
        await parsing.close()


@pytest.fixture
async def either(store: Store, tmp_path: Path) -> AsyncIterator[Context]:
    """A context on SQLite and on PostgreSQL."""
    async with make_context(store, tmp_path) as context:
        yield context


@pytest.fixture
async def embedded(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Context]:
    """A context on SQLite, a directory of objects and a directory of mails; its clock begins at `NOON`."""
    clock = MovableClock.starting_at(NOON)
    async with (
        sqlite_store(tmp_path, sqlite_template, clock) as store,
        make_context(store, tmp_path) as context,
    ):
        yield context


async def emit(context: Context, *events: Event) -> list[str]:
    """Put events into the outbox, as some service would."""
    async with context.store.write(Actor("system", "test")) as unit:
        return [unit.emit(event) for event in events]


async def deliver(context: Context, consumers: Sequence[Consumer]) -> None:
    """Run the bus until no event waits. Pauses before retries are passed by putting the clock forward."""
    bus = EmbeddedBus(context, consumers)
    names = [consumer.name for consumer in consumers]
    running = asyncio.create_task(bus.run())
    try:
        while not await _is_quiet(context, bus, names):
            if running.done():
                running.result()
            await asyncio.sleep(0.005)
    finally:
        bus.stop()
        await running


async def _is_quiet(context: Context, bus: EmbeddedBus, names: Sequence[str]) -> bool:
    now = context.clock.now()
    async with context.store.read() as session:
        unpublished = await session.scalar(
            select(func.count()).select_from(OutboxRow).where(OutboxRow.published_at.is_(None))
        )
        rows = (
            await session.execute(
                select(DeliveryRow.state, DeliveryRow.due_at).where(
                    DeliveryRow.state.in_(("pending", "running")), DeliveryRow.consumer.in_(names)
                )
            )
        ).all()
    if unpublished or not bus.running:
        return False
    if not rows:
        return True
    waiting = [due for state, due in rows if state == "pending"]
    if len(waiting) == len(rows) and min(waiting) > now and isinstance(context.clock, MovableClock):
        context.clock.put_forward(min(waiting) - now)
        bus.wake()
    return False


def mails(context: Context) -> list[EmailMessage]:
    """Return every mail that was written, parsed, in the order of their subjects."""
    folder = context.settings.data / "mail"
    parser = BytesParser(policy=policy.default)
    found = [parser.parsebytes(file.read_bytes()) for file in sorted(folder.glob("*.eml"))]
    return sorted(found, key=lambda mail: (str(mail["Subject"]), str(mail["To"])))
