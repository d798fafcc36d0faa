"""What PostgreSQL does for the API's requests when the tables are large: it reads no whole table and few rows."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import pytest_asyncio
from sqlalchemy import event, text
from support.databases import postgres_database
from support.many_rows import Population, populate
from support.service import Caller, Running, running

from ingest_api.module import MODULE
from records.identity.permissions import Role

SATELLITE = "norad_cat_id=10040"
WEEK = "tca_from=2024-09-10T00:00:00Z&tca_to=2024-09-17T00:00:00Z"
DAY = "tca_from=2024-09-10T00:00:00Z&tca_to=2024-09-11T00:00:00Z"
LARGE = {"cdms", "conjunction_events", "documents"}
ORGANIZATIONS = 40
EVENTS = 15_000
DOCUMENTS = 30_000
MOST_ROWS_READ = 6_000
"""Of 150,000 messages, 15,000 events and 30,000 documents: fifty hits where one row in a hundred is one."""
UNBOUNDED = {("analyst", f"/v1/cdms?{DAY}&limit=50")}
"""Newest first, and by TCA without any object: read backwards from today until fifty are found."""


class World(NamedTuple):
    """The service on a database that holds a lot."""

    service: Running
    operator: Caller
    newcomer: Caller
    analyst: Caller
    population: Population


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def url(postgres_server: str, postgres_templates: set[str]) -> AsyncIterator[str]:
    async with postgres_database(postgres_server, postgres_templates) as address:
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


REQUESTS = [
    f"/v1/conjunctions?{SATELLITE}&{WEEK}&limit=50",
    f"/v1/conjunctions?{SATELLITE}&limit=50",
    f"/v1/conjunctions?{WEEK}&limit=50",
    "/v1/conjunctions?tca_from=2024-09-17T00:00:00Z&limit=50",
    "/v1/conjunctions?limit=50",
    "/v1/conjunctions?state=active&limit=50",
    "/v1/conjunctions?level=emergency&limit=50",
    "/v1/conjunctions?minimum_probability=0.0001&limit=50",
    "/v1/conjunctions/EVENT",
    "/v1/conjunctions/EVENT/cdms",
    "/v1/conjunctions/EVENT/history",
    f"/v1/cdms?{SATELLITE}&{WEEK}&limit=50",
    f"/v1/cdms?{SATELLITE}&limit=50",
    f"/v1/cdms?{DAY}&limit=50",
    "/v1/cdms?event_id=EVENT",
    "/v1/cdms?source=space-track&limit=50",
    "/v1/cdms?limit=50",
    "/v1/documents?limit=50",
    f"/v1/documents?{SATELLITE}&limit=50",
    "/v1/documents?status=rejected&limit=50",
    "/v1/documents?status=received&limit=50",
    "/v1/documents?kind=CDM&limit=50",
    "/v1/documents?received_from=2024-09-16T00:00:00Z&limit=50",
]


@pytest.mark.parametrize("who", ["operator", "newcomer", "analyst"])
@pytest.mark.parametrize("path", REQUESTS)
@pytest.mark.asyncio(loop_scope="module")
async def test_no_request_reads_a_whole_table(world: World, who: str, path: str) -> None:
    caller: Caller = getattr(world, who)
    address = path.replace("EVENT", world.population.event_id(41))
    with _statements(world.service) as statements:
        answer = await caller.client.get(address)
    assert answer.status_code in ({200, 404} if "EVENT" in path else {200}), answer.text
    assert statements
    for statement, parameters in statements:
        plan = await _plan(world.service, statement, parameters)
        scans = [node for node in _nodes(plan) if node.get("Relation Name") in LARGE]
        told = f"{statement}\n{json.dumps(plan, indent=1)}"
        assert not [node for node in scans if node["Node Type"] == "Seq Scan"], told
        if (who, path) not in UNBOUNDED:
            assert sum(_rows_read(node) for node in scans) <= MOST_ROWS_READ, told


@contextmanager
def _statements(service: Running) -> Iterator[list[tuple[str, Any]]]:
    """Note what is asked of the database while the block runs."""
    engine = service.context.store._reading_engine.sync_engine
    noted: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if any(f"FROM {table}" in statement for table in LARGE):
            noted.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield noted
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def _plan(service: Running, statement: str, parameters: Any) -> dict[str, Any]:
    async with service.context.store.read() as session:
        await session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
        connection = await session.connection()
        found = await connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
        plan = found.scalar_one()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    root: dict[str, Any] = plan[0]["Plan"]
    return root


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


def _rows_read(scan: dict[str, Any]) -> float:
    """Rows that a scan looked at, those that it threw away included."""
    removed = scan.get("Rows Removed by Filter", 0) + scan.get("Rows Removed by Index Recheck", 0)
    rows_read: float = (scan["Actual Rows"] + removed) * scan["Actual Loops"]
    return rows_read
