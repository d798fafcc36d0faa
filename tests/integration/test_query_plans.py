"""What PostgreSQL does for the API's requests when the tables are large: it reads no whole table and few rows."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_asyncio
from support.databases import POSTGRESQL_VERSIONS, PostgresServers, postgres_database
from support.many_rows import Population, populate
from support.query_plans import DAY, LISTS, MODES, REQUESTS, plans_after_others, plans_of
from support.service import Caller, Running, running

from ingest_api.module import MODULE
from records.identity.permissions import Role

ORGANIZATIONS = 40
EVENTS = 15_000
DOCUMENTS = 30_000
MOST_ROWS_READ = 6_000
"""Of 150,000 messages, 15,000 events and 30,000 documents: fifty hits where one row in a hundred is one."""
FOR_THESE_VALUES = "force_custom_plan"
UNBOUNDED = {("analyst", f"/v1/cdms?{DAY}&limit=50")}
"""Newest first, and by TCA without any object: read backwards from today until fifty are found."""


class World(NamedTuple):
    """The service on a database that holds a lot."""

    service: Running
    operator: Caller
    newcomer: Caller
    analyst: Caller
    population: Population


@pytest_asyncio.fixture(
    scope="module",
    loop_scope="module",
    params=POSTGRESQL_VERSIONS,
    ids=[f"postgresql-{v}" for v in POSTGRESQL_VERSIONS],
)
async def url(
    request: pytest.FixtureRequest, postgres_servers: PostgresServers, postgres_templates: set[str]
) -> AsyncIterator[str]:
    async with postgres_database(postgres_servers.address(request.param), postgres_templates) as address:
        yield address


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("plans")
    async with running([MODULE], folder, database={"url": url}) as service:
        operators = [await service.operator(f"Operator {number}") for number in range(ORGANIZATIONS)]
        population = Population(tuple(each.organization_id for each in operators), EVENTS, DOCUMENTS)
        await populate(url, population)
        newcomer = await service.operator("Newcomer")
        yield World(service, operators[0], newcomer, await service.staff(Role.ANALYST), population)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("who", ["operator", "newcomer", "analyst"])
@pytest.mark.parametrize("path", REQUESTS)
@pytest.mark.asyncio(loop_scope="module")
async def test_no_request_reads_a_whole_table(world: World, who: str, path: str, mode: str) -> None:
    caller: Caller = getattr(world, who)
    for plan in await plans_of(world.service, caller, world.population, path, [mode]):
        assert not plan.tables_read_whole, str(plan)
        if mode == FOR_THESE_VALUES and (who, path) not in UNBOUNDED:
            assert plan.rows_read <= MOST_ROWS_READ, str(plan)


@pytest.mark.parametrize("path", [path for path in LISTS if "EVENT" not in path])
@pytest.mark.asyncio(loop_scope="module")
async def test_who_has_nothing_waits_for_no_plan_that_was_made_for_others(world: World, path: str) -> None:
    for plan in await plans_after_others(world.service, world.newcomer, world.operator, path):
        assert plan.rows_read <= MOST_ROWS_READ, str(plan)
