"""The real application in the test's own process: real store, real objects, real bus, spoken to over ASGI."""

import atexit
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from asgi_lifespan import LifespanManager
from fastapi import FastAPI

from ingest_api.administration.bootstrap import ensure_administrator
from records.identity.authentication import DatabaseAuthenticator
from records.identity.permissions import Role
from records.identity.reads import operations_organization
from records.identity.writes import add_organization, add_token
from records.ingest_api.writes import assign_satellite
from records.migrations import MIGRATIONS
from servicekit.clock import SystemClock
from servicekit.context import Context
from servicekit.runtime import ServiceModule, create_app
from servicekit.runtime.lifespan import DATABASE_FILE
from servicekit.settings import Settings
from servicekit.store import Actor, Store
from servicekit.store.engine import sqlite_url

__all__ = ["Caller", "Running", "running"]

_TEST = Actor("system", "test")
_START_S = 60.0
_TEMPLATES: list[Path] = []


class Caller(NamedTuple):
    """A client that sends somebody's token, and the organization that the token belongs to."""

    client: httpx.AsyncClient
    organization_id: str
    token: str


class Running(NamedTuple):
    """A running application and a client without any credential."""

    app: FastAPI
    client: httpx.AsyncClient

    @property
    def context(self) -> Context:
        """The parts of the running process."""
        context: Context = self.app.state.context
        return context

    def with_token(self, token: str) -> httpx.AsyncClient:
        """Return a client that sends `token`."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url="http://testserver",
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
        )

    async def staff(self, role: Role = Role.ADMIN) -> Caller:
        """Return a caller with a role in the operations organization, which is made if need be."""
        await ensure_administrator(self.context)
        async with self.context.store.read() as session:
            operations = await operations_organization(session)
        assert operations is not None
        return await self._caller(operations.id, role)

    async def operator(
        self,
        name: str = "Northern Orbits",
        *,
        satellites: Sequence[int] = (),
        role: Role = Role.OPERATOR,
        **organization: Any,
    ) -> Caller:
        """Return a caller of a new organization that owns `satellites`."""
        async with self.context.store.write(_TEST) as unit:
            row = await add_organization(unit, name=name, **organization)
            for number in satellites:
                (await assign_satellite(unit, number, row.id)).row_version = 1
        return await self._caller(row.id, role)

    async def colleague(self, caller: Caller, role: Role) -> Caller:
        """Return a caller of the same organization with another role."""
        return await self._caller(caller.organization_id, role)

    async def _caller(self, organization_id: str, role: Role) -> Caller:
        async with self.context.store.write(_TEST) as unit:
            _, token = await add_token(unit, organization_id=organization_id, name=f"{role.value} of a test", role=role)
        return Caller(self.with_token(token), organization_id, token)


@asynccontextmanager
async def running(modules: Sequence[ServiceModule], data_folder: Path, **settings: Any) -> AsyncIterator[Running]:
    """Run `modules` on a folder as ``fairway up`` does, without a socket; `settings` are those of servicekit."""
    given = Settings(data=data_folder, **settings)
    database = data_folder / DATABASE_FILE
    migrate: Callable[[Store], Awaitable[None]] = MIGRATIONS.upgrade
    if given.database.url is None and given.as_of is None and not database.exists():  # a replay begins with nothing
        data_folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(await _migrated_database(), database)
        migrate = _nothing_to_migrate
    app = create_app(modules, given, authenticator=DatabaseAuthenticator(), migrate=migrate)
    async with (
        LifespanManager(app, startup_timeout=_START_S, shutdown_timeout=_START_S) as manager,
        httpx.AsyncClient(
            transport=httpx.ASGITransport(manager.app), base_url="http://testserver", timeout=60
        ) as client,
    ):
        yield Running(app, client)


async def _migrated_database() -> Path:
    """Return an empty database at the newest revision, made once for each process of tests."""
    if not _TEMPLATES:
        folder = Path(tempfile.mkdtemp(prefix="fairway-template-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        store = Store(sqlite_url(folder / DATABASE_FILE), SystemClock())
        await MIGRATIONS.upgrade(store)
        await store.close()
        _TEMPLATES.append(folder / DATABASE_FILE)
    return _TEMPLATES[0]


async def _nothing_to_migrate(_store: Store) -> None:
    return
