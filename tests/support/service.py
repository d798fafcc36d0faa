"""The real application in the test's own process: real store, real objects, real bus, spoken to over ASGI."""

from collections.abc import AsyncIterator, Sequence
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
from servicekit.context import Context
from servicekit.runtime import ServiceModule, create_app
from servicekit.settings import Settings
from servicekit.store import Actor

__all__ = ["Caller", "Running", "running"]

_TEST = Actor("system", "test")
_START_S = 60.0


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
    app = create_app(
        modules,
        Settings(data=data_folder, **settings),
        authenticator=DatabaseAuthenticator(),
        migrate=MIGRATIONS.upgrade,
    )
    async with (
        LifespanManager(app, startup_timeout=_START_S, shutdown_timeout=_START_S) as manager,
        httpx.AsyncClient(
            transport=httpx.ASGITransport(manager.app), base_url="http://testserver", timeout=60
        ) as client,
    ):
        yield Running(app, client)
