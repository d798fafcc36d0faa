"""Databases for tests: SQLite in a folder, and real PostgreSQL 15 and 18, at the newest revision.

A server is the one that FAIRWAY_TEST_POSTGRES_15_URL or FAIRWAY_TEST_POSTGRES_18_URL names (for the newest
FAIRWAY_TEST_POSTGRES_URL will do; its user may create databases), else one that is started for the session. Where
there is none its tests are skipped, except in CI, where they fail.
"""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
import pytest
from sqlalchemy.engine import make_url

from local_parts.postgresql import PostgreSQL
from local_parts.process import PartMissing
from records.migrations import MIGRATIONS
from servicekit.clock import Clock, SystemClock
from servicekit.ids import new_id
from servicekit.store import Store
from servicekit.store.engine import sqlite_url

__all__ = ["POSTGRESQL_VERSIONS", "PostgresServers", "postgres_database", "sqlite_store"]

POSTGRESQL_VERSIONS = (15, 18)
"""The oldest and the newest that are supported."""
_NEWEST = max(POSTGRESQL_VERSIONS)
_TEMPLATE = "fairway_template"
_NOT_KEPT = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""No test outlives its server."""


class PostgresServers:
    """The servers of this session; each is started when it is first asked for."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._addresses: dict[int, str] = {}

    def address(self, version: int = _NEWEST) -> str:
        """Return the address of a server of this version, on which databases may be created."""
        if version not in self._addresses:
            given = os.environ.get(f"FAIRWAY_TEST_POSTGRES_{version}_URL")
            if version == _NEWEST:
                given = given or os.environ.get("FAIRWAY_TEST_POSTGRES_URL")
            self._addresses[version] = given or self._started(version)
        return self._addresses[version]

    def _started(self, version: int) -> str:
        server = PostgreSQL(self._folder / str(version), version=version, settings=_NOT_KEPT)
        try:
            return self._stack.enter_context(server).address
        except PartMissing as missing:
            if os.environ.get("CI"):
                pytest.fail(str(missing))
            pytest.skip(str(missing))


@pytest.fixture(scope="session")
def postgres_servers() -> Iterator[PostgresServers]:
    """PostgreSQL of each supported version."""
    folder = Path(tempfile.mkdtemp(prefix="fairway-postgres-"))
    try:
        with ExitStack() as stack:
            yield PostgresServers(folder, stack)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server(postgres_servers: PostgresServers) -> str:
    """The address of the newest PostgreSQL; this session may create databases on it."""
    return postgres_servers.address()


@pytest.fixture(scope="session")
def postgres_templates() -> set[str]:
    """The servers on which the migrated template stands already."""
    return set()


@asynccontextmanager
async def postgres_database(server: str, templates: set[str]) -> AsyncIterator[str]:
    """Give the address (for SQLAlchemy) of a fresh database at the newest revision."""
    template = f"{_TEMPLATE}_{os.getpid()}"
    admin = await asyncpg.connect(server)
    try:
        if server not in templates:
            await admin.execute(f"DROP DATABASE IF EXISTS {template}")
            await admin.execute(f"CREATE DATABASE {template}")
            store = Store(_sqlalchemy_url(server, template), SystemClock())
            await MIGRATIONS.upgrade(store)
            await store.close()
            templates.add(server)
        name = f"fairway_{new_id().replace('-', '')}"
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield _sqlalchemy_url(server, name)
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await admin.close()


def _sqlalchemy_url(server: str, database: str) -> str:
    url = make_url(server).set(drivername="postgresql+asyncpg", database=database)
    return url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a migrated SQLite database stands, or will: tests copy it instead of migrating again."""
    return tmp_path_factory.mktemp("sqlite") / "template.db"


@asynccontextmanager
async def sqlite_store(folder: Path, template: Path, clock: Clock | None = None) -> AsyncIterator[Store]:
    """Give a store on a fresh SQLite database in `folder`."""
    if not template.exists():
        fresh = Store(sqlite_url(template.with_suffix(".new")), SystemClock())
        await MIGRATIONS.upgrade(fresh)
        await fresh.close()
        template.with_suffix(".new").rename(template)
    shutil.copyfile(template, folder / "fairway.db")
    store = Store(sqlite_url(folder / "fairway.db"), clock or SystemClock())
    try:
        yield store
    finally:
        await store.close()


@pytest.fixture(params=["sqlite", *(f"postgresql-{version}" for version in POSTGRESQL_VERSIONS)])
async def store(request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Store]:
    """A migrated, empty database: the test runs on SQLite and on every supported PostgreSQL."""
    if request.param == "sqlite":
        async with sqlite_store(tmp_path, sqlite_template) as opened:
            yield opened
        return
    servers, templates = request.getfixturevalue("postgres_servers"), request.getfixturevalue("postgres_templates")
    version = int(request.param.removeprefix("postgresql-"))
    async with postgres_database(servers.address(version), templates) as url:
        opened = Store(url, SystemClock())
        try:
            yield opened
        finally:
            await opened.close()
