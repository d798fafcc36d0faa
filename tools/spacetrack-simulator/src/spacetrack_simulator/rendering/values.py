"""Values as the site writes them: text or null, times in one of several ways, and whatever faults ask for."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

from spacetrack_simulator.classes import ClassDefinition, Column
from spacetrack_simulator.classes.cdm_columns import COVARIANCE_COLUMNS
from spacetrack_simulator.faults import RowFaults
from spacetrack_simulator.store import Row

__all__ = ["WrittenRow", "drifted_modeldef", "written_rows"]

WrittenRow = dict[str, str | None]
Dates = Literal["iso", "microseconds", "seconds", "fraction"]

_COVARIANCE = {f"SAT{number}_{name}" for number in (1, 2) for name in COVARIANCE_COLUMNS}


def written_rows(
    definition: ClassDefinition, columns: Sequence[Column], rows: Iterable[Row], faults: RowFaults
) -> list[WrittenRow]:
    """Write the values of rows, with the faults that are set for the class."""
    odd = definition.name in faults.classes
    written = []
    for number, row in enumerate(rows, start=1):
        values = _row(definition, columns, row, faults if odd else RowFaults())
        written.append(values)
        if odd and faults.duplicate_every is not None and number % faults.duplicate_every == 0:
            written.append(values)
    return written


def _row(definition: ClassDefinition, columns: Sequence[Column], row: Row, faults: RowFaults) -> WrittenRow:
    values: WrittenRow = {}
    turn = 0
    for column in columns:
        value = row[column.name]
        if value is not None and column.sort == "time":
            turn += 1
            ways: Dates = definition.dates if faults.dates in {"as-is", "mixed"} else faults.dates  # type: ignore[assignment]
            if faults.dates == "mixed":
                ways = "iso" if turn % 2 else "microseconds"
            if ways == "fraction" and f"{column.name}_FRACTION" in row:
                values[f"{column.name}_FRACTION"] = str(int(value[20:] or 0))
            values[column.name] = _time(str(value), column, ways)
        elif column.name not in values:
            values[column.name] = None if value is None else str(value)
    return _with_faults(values, faults)


def _with_faults(values: WrittenRow, faults: RowFaults) -> WrittenRow:
    if faults.null_covariance:
        values.update((name, None) for name in _COVARIANCE & values.keys())
    if faults.probability != "as-is" and "COLLISION_PROBABILITY" in values:
        values["COLLISION_PROBABILITY"] = "0" if faults.probability == "0" else None
    for old, new in faults.renamed_columns.items():
        if old in values:
            values[new] = values.pop(old)
    for name in faults.missing_columns:
        values.pop(name, None)
    values.update(faults.unknown_columns)
    return values


def _time(text: str, column: Column, dates: Dates) -> str:
    """Rewrite `YYYY-MM-DD HH:MM:SS.ffffff`; what does not look like that is left as it is."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if column.type == "date":
        return f"{moment:%Y-%m-%d}"
    match dates:
        case "iso":
            return f"{moment:%Y-%m-%dT%H:%M:%S.%f}"
        case "microseconds":
            return f"{moment:%Y-%m-%d %H:%M:%S.%f}"
        case _:
            return f"{moment:%Y-%m-%d %H:%M:%S}"


def drifted_modeldef(definition: ClassDefinition, faults: RowFaults) -> dict[str, object]:
    """What `modeldef` answers once columns were added, renamed or taken away."""
    if definition.name not in faults.classes:
        return definition.modeldef
    columns = [
        Column(faults.renamed_columns.get(column.name, column.name), column.type, column.nullable, column.key)
        for column in definition.columns
        if column.name not in faults.missing_columns
    ]
    columns += [Column(name, "varchar(255)") for name in faults.unknown_columns]
    return ClassDefinition(definition.controller, definition.name, tuple(columns)).modeldef
