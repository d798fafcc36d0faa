"""An address and a reader into the rows that the reader gets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from spacetrack_simulator.classes import ClassDefinition, Column
from spacetrack_simulator.clock import sql_time
from spacetrack_simulator.query.addresses import Address
from spacetrack_simulator.query.errors import BadQueryError
from spacetrack_simulator.query.operators import condition_of
from spacetrack_simulator.store import EVERYONE, Row, Store

__all__ = ["Scope", "Selected", "select"]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a reader may see: a scope, and since when; rows from before a grant are not shown."""

    name: str
    since: str = ""


@dataclass(frozen=True, slots=True)
class Selected:
    """Rows, and how many there were before the limit.

    Attributes
    ----------
    columns
        In the order in which they are written.
    rows
        Values as the tables hold them.
    """

    columns: tuple[Column, ...]
    rows: list[Row]
    total: int


def select(
    store: Store,
    definition: ClassDefinition,
    address: Address,
    *,
    scopes: Sequence[Scope],
    now: datetime,
    largest_result_rows: int,
) -> Selected:
    """Answer a query.

    Raises
    ------
    BadQueryError
        A column does not exist, a value is not of its type, or the result is too large.

    """
    columns = tuple(_column(definition, name) for name in address.columns) or definition.columns
    conditions = [condition_of(_column(definition, name), text, now) for name, text in address.predicates]
    readable = " OR ".join(["_scope = ?", *("(_scope = ? AND _visible_from >= ?)" for _ in scopes)])
    where = " AND ".join(["_visible_from <= ?", f"({readable})", *(each.sql for each in conditions)])
    values = [
        sql_time(now),
        EVERYONE,
        *(value for scope in scopes for value in (scope.name, scope.since)),
        *(value for each in conditions for value in each.values),
    ]
    names = ", ".join(f'"{column.name}"' for column in columns)
    distinct = "DISTINCT " if address.distinct else ""
    inner = f"SELECT {distinct}{names} FROM {definition.table} WHERE {where}"  # noqa: S608 - names come from the registry
    counted = f"({inner})" if address.distinct else f"{definition.table} WHERE {where}"
    total = int(store.value(f"SELECT count(*) FROM {counted}", values))  # noqa: S608
    if address.limit is None and total > largest_result_rows:
        raise BadQueryError(f"The result has {total} rows; at most {largest_result_rows} are given. Use limit")
    order = ", ".join(
        f"{_sortable(_column(definition, each.column))} {'DESC' if each.descending else 'ASC'}"
        for each in address.order
    )
    statement = inner + (f" ORDER BY {order}" if order else "" if distinct else " ORDER BY _row")
    if address.limit is not None:
        statement += f" LIMIT {address.limit.count} OFFSET {address.limit.offset}"
    return Selected(columns, store.select(statement, values), total)


def _column(definition: ClassDefinition, name: str) -> Column:
    column = definition.column(name)
    if column is None:
        raise BadQueryError(f"Unknown column '{name}' in class {definition.name}")
    return column


def _sortable(column: Column) -> str:
    return f'CAST("{column.name}" AS REAL)' if column.sort == "real" else f'"{column.name}"'
