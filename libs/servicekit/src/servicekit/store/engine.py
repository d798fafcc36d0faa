"""Connections to SQLite and PostgreSQL that mean the same to the code above them."""

import math
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, cast

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from servicekit.settings import DatabaseSettings

__all__ = ["alone", "fill", "reading_engine", "sqlite_url", "writing_engine"]

_BUSY_MS = 30_000
_RESTED_S = 1.0
_CACHE = "prepared_statement_cache_size"
_READING = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY; SET plan_cache_mode = force_custom_plan"
"""Read only also where a statement stands alone. Each is planned for its values: a plan for any values, which a server
takes after five of those who own much, has those who own little read a whole index until fifty rows are found. A pooler
refuses a connection that begins with these as parameters."""
_STATEMENTS = 500
"""Kept prepared on a connection: a process has more than the hundred that the driver keeps by itself."""


def sqlite_url(file: Path) -> str:
    """Return the address of the database in `file`."""
    return f"sqlite+aiosqlite:///{file}"


async def fill(engine: AsyncEngine) -> None:
    """Open the connections to PostgreSQL that the pool keeps: how many a process holds is known before its first load.

    Raises
    ------
    sqlalchemy.exc.DBAPIError, OSError
        The server has no room for them, or is not there.
    """
    async with AsyncExitStack() as held:
        for _ in range(cast("AsyncAdaptedQueuePool", engine.pool).size()):
            await held.enter_async_context(engine.connect())


def writing_engine(url: str, pools: DatabaseSettings) -> AsyncEngine:
    """Return an engine whose transactions take the write lock at once (SQLite), or read committed (PostgreSQL)."""
    if make_url(url).get_backend_name() != "sqlite":
        engine = create_async_engine(url, isolation_level="READ COMMITTED", **_pooling(url, pools))
        _look_before_use(engine)
        return engine
    engine = create_async_engine(url, poolclass=AsyncAdaptedQueuePool, pool_size=1, max_overflow=0)
    _prepare_sqlite(engine, begin="BEGIN IMMEDIATE", pragmas=("journal_mode=WAL", "synchronous=FULL"))
    return engine


def reading_engine(url: str, pools: DatabaseSettings) -> AsyncEngine:
    """Return an engine whose connections cannot write and see one snapshot a transaction."""
    if make_url(url).get_backend_name() != "sqlite":
        engine = create_async_engine(url, isolation_level="REPEATABLE READ", **_pooling(url, pools))
        _prepare_reading(engine)
        _look_before_use(engine)
        return engine.execution_options(postgresql_readonly=True)
    engine = create_async_engine(url, poolclass=AsyncAdaptedQueuePool, pool_size=8, max_overflow=8)
    _prepare_sqlite(engine, begin="BEGIN", pragmas=("query_only=ON",))
    return engine


def alone(engine: AsyncEngine) -> AsyncEngine:
    """Return a reading engine on the same connections whose statements stand alone, each without a transaction."""
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def _pooling(url: str, pools: DatabaseSettings) -> dict[str, Any]:
    """Return what both engines are made with; what the address says of the cache goes before it."""
    cache = {} if _CACHE in make_url(url).query else {_CACHE: _STATEMENTS}
    sizes = {"pool_size": pools.connections_kept, "max_overflow": pools.connections_beside}
    return {"pool_use_lifo": True, "connect_args": cache} | sizes


def _prepare_reading(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.run_async(lambda driver: driver.execute(_READING))  # a cursor would begin a transaction


def _look_before_use(engine: AsyncEngine) -> None:
    """Replace a pooled connection whose server is gone, before anybody gets it.

    The pool's own way asks the server each time, in three round trips: more than most of our statements need. A server
    that ends closes its connections, which is seen without asking; only one that has rested may have been cut off
    without a word.
    """

    @event.listens_for(engine.sync_engine, "checkin")
    def returned(_connection: Any, record: Any) -> None:
        record.info["returned_s"] = time.monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def look(connection: Any, record: Any, _fairy: Any) -> None:
        if connection.driver_connection.is_closed():
            raise DisconnectionError("the server has closed the connection")
        if time.monotonic() - record.info.get("returned_s", math.inf) > _RESTED_S:
            try:
                connection.ping()
            except Exception as error:
                raise DisconnectionError("the server does not answer on the connection") from error


def _prepare_sqlite(engine: AsyncEngine, *, begin: str, pragmas: tuple[str, ...]) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves: the driver's own is late and never immediate
        cursor = connection.cursor()
        for pragma in ("foreign_keys=ON", f"busy_timeout={_BUSY_MS}", *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin_transaction(connection: Any) -> None:
        connection.exec_driver_sql(begin)
