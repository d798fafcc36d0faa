"""Values of predicates (`>v`, `<v`, `<>v`, `a,b`, `a--b`, `~~v`, `^v`, `null-val`, `now±days`), and their SQL."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from spacetrack_simulator.classes import Column
from spacetrack_simulator.clock import sql_time
from spacetrack_simulator.query.errors import BadQueryError

__all__ = ["Condition", "condition_of", "normal_time"]

NOW = re.compile(r"now(?P<days>[+-](?:\d+\.?\d*|\.\d+))?\Z", re.IGNORECASE)
NULL = "null-val"

Value = str | int | float


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition in SQL and the values of its marks."""

    sql: str
    values: tuple[Value, ...]


def condition_of(column: Column, text: str, now: datetime) -> Condition:
    """Read the value of a predicate.

    Raises
    ------
    BadQueryError
        A value is not of the column's type.

    """
    alternatives = [_alternative(column, part.strip(), now) for part in text.split(",")]
    joint = " AND " if text.lstrip().startswith("<>") else " OR "  # not one of several
    return Condition(
        f"({joint.join(each.sql for each in alternatives)})",
        tuple(value for each in alternatives for value in each.values),
    )


def _alternative(column: Column, text: str, now: datetime) -> Condition:
    name = _expression(column)
    if text.startswith("<>"):
        rest = text[2:]
        if rest.lower() == NULL:
            return Condition(f'"{column.name}" IS NOT NULL', ())
        return Condition(f"{name} <> ?", (_value(column, rest, now),))
    if text.startswith("~~"):
        pattern = text[2:] if "%" in text else f"%{text[2:]}%"
        return Condition(f'"{column.name}" LIKE ?', (pattern,))
    if text.startswith("^"):
        return Condition(f'"{column.name}" LIKE ?', (f"{text[1:]}%",))
    if text[:1] in {">", "<"}:
        return Condition(f"{name} {text[0]} ?", (_value(column, text[1:], now),))
    if text.lower() == NULL:
        return Condition(f'"{column.name}" IS NULL', ())
    split = text.find("--", 1)
    if split > 0:
        ends = (_value(column, text[:split], now), _value(column, text[split + 2 :], now))
        return Condition(f"{name} BETWEEN ? AND ?", ends)
    return Condition(f"{name} = ? COLLATE NOCASE", (_value(column, text, now),))


def _expression(column: Column) -> str:
    return f'CAST("{column.name}" AS REAL)' if column.sort == "real" else f'"{column.name}"'


def _value(column: Column, text: str, now: datetime) -> Value:
    text = text.strip()
    try:
        match column.sort:
            case "integer":
                return int(text)
            case "real":
                return float(text)
            case "time":
                return normal_time(text, now)
            case _:
                return text
    except ValueError:
        raise BadQueryError(f"{column.name} is of type {column.type}; {text!r} is not") from None


def normal_time(text: str, now: datetime) -> str:
    """Read a time as the tables hold it; `now` may stand in it, with days added or taken away.

    Raises
    ------
    ValueError
        It is no time.

    """
    relative = NOW.match(text)
    if relative is not None:
        return sql_time(now + timedelta(days=float(relative["days"] or 0)))
    moment = datetime.fromisoformat(text)
    return sql_time(moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC))
