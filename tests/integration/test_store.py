"""The store on SQLite and PostgreSQL: snapshots, units of work, one schema for both."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError, StatementError
from support.buses import until

from records.migrations import MIGRATIONS
from records.tables import METADATA, identity
from servicekit.ids import new_id
from servicekit.store import Actor, Store
from servicekit.store.plumbing import AuditEntry, Change, ChangeAudience

SOMEBODY = Actor("system", "test")
_HELD = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")


async def changes(store: Store) -> int:
    async with store.read() as session:
        return await session.scalar(select(func.count()).select_from(Change)) or 0


async def test_a_unit_is_committed_whole(store: Store) -> None:
    async with store.write(Actor("token", "t-1", "o-1")) as unit:
        unit.audit("thing.made", "thing", "1", {"size": 3})
        await unit.change("thing.made", "1", ["o-1", None, "o-2"])
    async with store.read() as session:
        entry = (await session.scalars(select(AuditEntry))).one()
        audience = (await session.scalars(select(ChangeAudience.organization_id))).all()
    assert (entry.actor_kind, entry.actor_id, entry.organization_id, entry.detail) == (
        "token",
        "t-1",
        "o-1",
        {"size": 3},
    )
    assert sorted(audience) == ["o-1", "o-2"]
    assert entry.at.tzinfo is not None


async def test_a_unit_that_raises_leaves_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        async with store.write(SOMEBODY) as unit:
            await unit.change("thing.made", "1", [])
            raise ZeroDivisionError
    assert await changes(store) == 0


async def test_a_cancelled_unit_leaves_nothing_and_the_next_one_works(store: Store) -> None:
    inside = asyncio.Event()

    async def write_and_wait() -> None:
        async with store.write(SOMEBODY) as unit:
            await unit.change("thing.made", "1", [])
            inside.set()
            await asyncio.Event().wait()

    writing = asyncio.create_task(write_and_wait())
    await inside.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    async with store.write(SOMEBODY) as unit:
        await unit.change("thing.made", "2", [])
    assert await changes(store) == 1


async def test_a_reader_sees_one_snapshot(store: Store) -> None:
    async with store.read() as session:
        before = await session.scalar(select(func.count()).select_from(Change))
        async with store.write(SOMEBODY) as unit:
            await unit.change("thing.made", "1", [])
        assert await session.scalar(select(func.count()).select_from(Change)) == before == 0
    assert await changes(store) == 1


async def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(DBAPIError):
        async with store.read() as session:
            await session.execute(text("DELETE FROM changes"))


async def test_a_statement_that_stands_alone_cannot_write_either(store: Store) -> None:
    for _ in range(2):  # on a new connection, and on one that was used
        with pytest.raises(DBAPIError):
            async with store.look() as session:
                await session.execute(text("DELETE FROM changes"))


async def test_a_connection_cannot_write_after_a_transaction_on_it_was_undone(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        async with store.read() as session:
            await session.execute(select(1))
            raise ZeroDivisionError
    with pytest.raises(DBAPIError):
        async with store.look() as session:
            await session.execute(text("DELETE FROM changes"))


@pytest.mark.parametrize("store", ["postgresql-15", "postgresql-18"], indirect=True)  # no pooler stands before a file
async def test_a_connection_begins_with_no_parameter_that_a_pooler_refuses(store: Store) -> None:
    parameters = text("SELECT name FROM pg_settings WHERE source = 'client'")
    async with store.look() as looking, store.read() as reading, store.write(SOMEBODY) as writing:
        for session in (looking, reading, writing.session):
            given = set(await session.scalars(parameters))
            assert given <= {"client_encoding", "application_name"}  # PgBouncer passes these on


@pytest.mark.parametrize("store", ["postgresql-15", "postgresql-18"], indirect=True)  # a file has none to keep
async def test_the_connections_that_are_kept_are_there_before_the_first_load_and_stay_as_many(store: Store) -> None:
    async def ten_are_held() -> bool:
        async with store.look() as session:
            return (await session.scalars(_HELD)).all() == [10]

    async def rest() -> None:
        async with store.read() as session:
            await session.execute(text("SELECT pg_sleep(0.05)"))

    await store.fill_pools()
    assert await ten_are_held()
    await asyncio.gather(*(rest() for _ in range(12)))
    await until(ten_are_held)  # those beside are closed again


async def test_many_writers_at_once_lose_nothing_and_the_feed_grows_in_order(store: Store) -> None:
    async def write(number: int) -> None:
        async with store.write(SOMEBODY) as unit:
            await unit.change("thing.made", str(number), ["o-1"])

    await asyncio.gather(*(write(number) for number in range(40)))
    async with store.read() as session:
        rows = (await session.scalars(select(Change).order_by(Change.id))).all()
    assert {row.subject_id for row in rows} == {str(number) for number in range(40)}


async def test_a_naive_time_is_refused(store: Store) -> None:
    with pytest.raises(StatementError, match="no time zone"):
        async with store.write(SOMEBODY) as unit:
            unit.session.add(_organization(datetime(2026, 11, 1)))  # noqa: DTZ001 - that is the point


async def test_a_time_comes_back_in_utc(store: Store) -> None:
    there = timezone(timedelta(hours=-5))
    async with store.write(SOMEBODY) as unit:
        unit.session.add(_organization(datetime(2026, 11, 1, 7, 30, tzinfo=there)))
    async with store.read() as session:
        row = (await session.scalars(select(identity.Organization))).one()
    assert row.created_at == datetime(2026, 11, 1, 12, 30, tzinfo=UTC)
    assert row.created_at.utcoffset() == timedelta(0)


async def test_the_migrations_go_down_and_up_again(store: Store) -> None:
    await MIGRATIONS.downgrade(store)
    assert await MIGRATIONS.current(store) is None
    await MIGRATIONS.upgrade(store)
    assert await MIGRATIONS.current(store) == MIGRATIONS.newest


async def test_the_migrations_make_what_the_tables_say(store: Store) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), METADATA))

    async with store.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


def _organization(created_at: datetime) -> identity.Organization:
    return identity.Organization(
        id=new_id(),
        name="An operator",
        service_level="basic",
        is_operations=False,
        close_approach_addresses=[],
        created_at=created_at,
        row_version=1,
    )
