"""How PostgreSQL answers the API's requests: the plans of their statements, made for their values and for any."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import event, text
from support.many_rows import Population
from support.service import Caller, Running
from typing_extensions import override

__all__ = ["DAY", "LISTS", "MODES", "REQUESTS", "Plan", "plans_after_others", "plans_of"]

LARGE = {"cdms", "conjunction_events", "documents"}
MODES = ("force_custom_plan", "force_generic_plan")
"""PostgreSQL's names for a plan made for these values, and one made for any."""
_OFTEN = 6
"""After five times a server asks itself whether one plan will do for all values."""

_SATELLITE = "norad_cat_id=10040"
_WEEK = "tca_from=2024-09-10T00:00:00Z&tca_to=2024-09-17T00:00:00Z"
DAY = "tca_from=2024-09-10T00:00:00Z&tca_to=2024-09-11T00:00:00Z"
LISTS = [
    f"/v1/conjunctions?{_SATELLITE}&{_WEEK}&limit=50",
    f"/v1/conjunctions?{_SATELLITE}&limit=50",
    f"/v1/conjunctions?{_WEEK}&limit=50",
    "/v1/conjunctions?tca_from=2024-09-17T00:00:00Z&limit=50",
    "/v1/conjunctions?limit=50",
    "/v1/conjunctions?state=active&limit=50",
    "/v1/conjunctions?level=emergency&limit=50",
    "/v1/conjunctions?minimum_probability=0.0001&limit=50",
    f"/v1/cdms?{_SATELLITE}&{_WEEK}&limit=50",
    f"/v1/cdms?{_SATELLITE}&limit=50",
    f"/v1/cdms?{DAY}&limit=50",
    "/v1/cdms?event_id=EVENT",
    "/v1/cdms?source=space-track&limit=50",
    "/v1/cdms?limit=50",
    "/v1/documents?limit=50",
    f"/v1/documents?{_SATELLITE}&limit=50",
    "/v1/documents?status=rejected&limit=50",
    "/v1/documents?status=received&limit=50",
    "/v1/documents?kind=CDM&limit=50",
    "/v1/documents?received_from=2024-09-16T00:00:00Z&limit=50",
]
"""Requests for lists of a population that stands at noon of 17 September 2024."""
REQUESTS = [
    *LISTS,
    "/v1/conjunctions/EVENT",
    "/v1/conjunctions/EVENT/cdms",
    "/v1/conjunctions/EVENT/history",
]


@dataclass(frozen=True)
class Plan:
    """How one statement was carried out."""

    statement: str
    mode: str
    root: dict[str, Any]

    @property
    def tables_read_whole(self) -> list[str]:
        """The large tables that were read from one end to the other."""
        return [node["Relation Name"] for node in self._scans() if node["Node Type"] == "Seq Scan"]

    @property
    def rows_read(self) -> float:
        """How many rows of large tables were looked at, those that were thrown away included."""
        return sum(_rows_read(node) for node in self._scans())

    @override
    def __str__(self) -> str:
        """Return the statement and its plan, to be read."""
        return f"{self.mode}: {self.statement}\n{json.dumps(self.root, indent=1)}"

    def _scans(self) -> list[dict[str, Any]]:
        return [node for node in _nodes(self.root) if node.get("Relation Name") in LARGE]


async def plans_of(
    service: Running, caller: Caller, population: Population, path: str, modes: Sequence[str] = MODES
) -> list[Plan]:
    """Send a request, and return the plans of what it asks the large tables, in each mode."""
    with _statements(service) as statements:
        answer = await caller.client.get(path.replace("EVENT", population.event_id(41)))
    assert answer.status_code in ({200, 404} if "EVENT" in path else {200}), answer.text
    assert statements, path
    return [await _plan(service, statement, values, mode=mode) for statement, values in statements for mode in modes]


async def plans_after_others(service: Running, caller: Caller, other: Caller, path: str) -> list[Plan]:
    """Return the plans of a caller's request on a connection on which another caller has sent it often."""
    with _statements(service) as of_other:
        (await other.client.get(path)).raise_for_status()
    with _statements(service) as statements:
        (await caller.client.get(path)).raise_for_status()
    assert [statement for statement, _ in statements] == [statement for statement, _ in of_other]
    return [
        await _plan(service, statement, values, after=before)
        for (statement, values), (_, before) in zip(statements, of_other, strict=True)
    ]


@contextmanager
def _statements(service: Running) -> Iterator[list[tuple[str, Sequence[Any]]]]:
    """Note what is asked of the database while the block runs."""
    engine = service.context.store._reading_engine.sync_engine
    noted: list[tuple[str, Sequence[Any]]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if any(f"FROM {table}" in statement for table in LARGE):
            noted.append((statement, tuple(parameters)))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield noted
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def _plan(
    service: Running, statement: str, values: Sequence[Any], *, mode: str | None = None, after: Sequence[Any] = ()
) -> Plan:
    """Prepare the statement as the driver does, and have it carried out and explained with these values.

    `after` are values with which it is carried out often enough before that the server may take a plan for any values.
    The parameters of an EXPLAIN itself would be constants to the planner in either mode.
    """
    async with service.context.store.read() as session:
        connection = await session.connection()
        if mode is not None:
            await session.execute(text(f"SET LOCAL plan_cache_mode = {mode}"))
        await connection.exec_driver_sql(f"PREPARE asked AS {statement}")
        try:
            for _ in range(_OFTEN) if after else ():
                await connection.exec_driver_sql(f"EXECUTE asked{_given(after)}")
            found = await connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked{_given(values)}")
            plan = found.scalar_one()
        finally:
            await connection.exec_driver_sql("DEALLOCATE asked")
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return Plan(statement, mode or "as in production", plan[0]["Plan"])


def _given(values: Sequence[Any]) -> str:
    return f"({', '.join(_literal(value) for value in values)})" if values else ""


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    word = value.isoformat() if isinstance(value, datetime) else str(value)
    return "'" + word.replace("'", "''") + "'"


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


def _rows_read(scan: dict[str, Any]) -> float:
    removed = scan.get("Rows Removed by Filter", 0) + scan.get("Rows Removed by Index Recheck", 0)
    rows_read: float = (scan["Actual Rows"] + removed) * scan["Actual Loops"]
    return rows_read
