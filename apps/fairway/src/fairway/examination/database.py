"""The database: reachable, lets us in, its version, its revision, its clock."""

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fairway.errors import one_line
from fairway.examination.report import Examination, bad, good
from fairway.examination.skew import compared

if TYPE_CHECKING:
    from servicekit.settings import Settings
    from servicekit.store import Store

__all__ = ["database"]

_OLDEST_POSTGRESQL = (15,)


async def database(settings: "Settings") -> list[Examination]:
    """Ask the database for its version, revision and time."""
    from asyncpg import InterfaceError, PostgresError  # type: ignore[import-untyped]
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError

    from fairway.database import database_url
    from servicekit.clock import SystemClock
    from servicekit.runtime import DATABASE_FILE
    from servicekit.store import Store

    if settings.database.url is None and not (settings.data / DATABASE_FILE).exists():
        return [good("database", "none yet: the first start makes it in the data folder")]
    try:
        store = Store(database_url(settings), SystemClock())
    except (ArgumentError, ImportError):
        shape = "postgresql+asyncpg://user:password@host/name"
        return [bad("database", "FAIRWAY_DATABASE__URL is no address that can be used", f"write it as {shape}")]
    try:
        return await _asked(store)
    except (OSError, SQLAlchemyError, PostgresError, InterfaceError) as error:
        return [bad("database", one_line(error), _remedy(error))]
    finally:
        await store.close()


async def _asked(store: "Store") -> list[Examination]:
    from sqlalchemy import text

    from records.migrations import MIGRATIONS

    begun = time.perf_counter()
    revision = await MIGRATIONS.current(store)
    milliseconds = 1000 * (time.perf_counter() - begun)
    version = tuple(getattr(store.engine.dialect, "server_version_info", None) or ())
    kind = f"{store.engine.dialect.name} {'.'.join(str(part) for part in version)}".strip()
    found = f"{kind} answers in {milliseconds:.0f} ms, revision {revision or 'none'} of {MIGRATIONS.newest}"
    if not store.is_sqlite and version < _OLDEST_POSTGRESQL:
        return [bad("database", found, f"use PostgreSQL {_OLDEST_POSTGRESQL[0]} or newer")]
    if revision is not None and not MIGRATIONS.knows(revision):
        found += ": a newer release has migrated it, which this one can work on"
    elif revision != MIGRATIONS.newest:
        return [bad("database", found, "run: fairway migrate")]
    if store.is_sqlite:
        return [good("database", found)]
    async with store.read() as session:
        theirs = await session.scalar(text("SELECT clock_timestamp()"))
    return [good("database", found), compared("database", theirs, datetime.now(UTC))]


def _remedy(error: Exception) -> str:
    state = getattr(getattr(error, "orig", error), "sqlstate", None) or ""
    if state.startswith("28"):
        return "check user and password in FAIRWAY_DATABASE__URL, and that the database lets this machine in"
    if state == "3D000":
        return "make the database that FAIRWAY_DATABASE__URL names (createdb), then run: fairway migrate"
    if state == "42501":
        return "give the user of FAIRWAY_DATABASE__URL its rights on the database"
    if state == "53300":
        return "raise max_connections, or put a pool in front of the database"
    return "check host and port in FAIRWAY_DATABASE__URL, and that the database runs"
