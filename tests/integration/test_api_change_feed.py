"""The order of the change feed: a reader who goes on from a token misses nothing, whatever commits when."""

import asyncio

import pytest

from records.identity.visibility import Viewer
from records.ingest_api.reads.feed import BEGINNING, Position, changes, newest_position
from servicekit.ids import new_id
from servicekit.store import Actor, Store

ACTOR = Actor("system", "test")
STAFF = Viewer(None, is_staff=True)


async def change(store: Store, kind: str, *audience: str) -> None:
    async with store.write(ACTOR) as unit:
        await unit.change(kind, new_id(), audience)


async def kinds(store: Store, viewer: Viewer, after: Position, limit: int = 100) -> list[str]:
    async with store.read() as session:
        return [row.kind for row in await changes(session, viewer, after=after, limit=limit)]


async def test_entries_come_in_order_and_go_on_behind_a_position(store: Store) -> None:
    for number in range(5):
        await change(store, f"kind.{number}")
    async with store.read() as session:
        first = await changes(session, STAFF, after=BEGINNING, limit=2)
    assert [row.kind for row in first] == ["kind.0", "kind.1"]
    last = (first[-1].transaction_id, first[-1].id)
    assert await kinds(store, STAFF, last) == ["kind.2", "kind.3", "kind.4"]
    async with store.read() as session:
        newest = await newest_position(session)
    assert await kinds(store, STAFF, newest) == []
    await change(store, "kind.5")
    assert await kinds(store, STAFF, newest) == ["kind.5"]


async def test_an_operator_reads_what_names_it_and_nobody_else_reads_it(store: Store) -> None:
    await change(store, "for.one", "one")
    await change(store, "for.both", "one", "two")
    await change(store, "for.staff")
    assert await kinds(store, Viewer("one", is_staff=False), BEGINNING) == ["for.one", "for.both"]
    assert await kinds(store, Viewer("two", is_staff=False), BEGINNING) == ["for.both"]
    assert await kinds(store, Viewer(None, is_staff=False), BEGINNING) == []
    assert len(await kinds(store, STAFF, BEGINNING)) == 3


@pytest.mark.parametrize("store", ["postgresql-15", "postgresql-18"], indirect=True)  # SQLite has one writer at a time
async def test_a_change_that_commits_late_is_not_passed_over(store: Store) -> None:
    """The first transaction takes its number first and commits last; only PostgreSQL lets the second go before it."""
    may_commit = asyncio.Event()
    has_written = asyncio.Event()

    async def slow() -> None:
        async with store.write(ACTOR) as unit:
            await unit.change("slow", new_id(), [])
            await unit.journal.write(unit.session, unit.now)
            has_written.set()
            await may_commit.wait()

    writing = asyncio.create_task(slow())
    await has_written.wait()
    await change(store, "fast")
    async with store.read() as session:
        position = await newest_position(session)
        assert await changes(session, STAFF, after=BEGINNING, limit=10) == []
    may_commit.set()
    await writing
    assert await kinds(store, STAFF, position) == ["slow", "fast"]
