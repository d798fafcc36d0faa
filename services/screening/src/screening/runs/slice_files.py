"""A task's result as one Parquet file: the engine's pieces, and in the footer what could not be screened."""

import io
import json
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from astrodynamics.screening import Approaches, Coverage

__all__ = ["read_slice", "write_slice"]

_NUMBER: Final = "number_of_pass"
"""Which pass of the engine found it: passes are joined apart, each with its own volumes."""
_COVERAGE: Final = "not_screened"


def write_slice(
    passes: Sequence[Approaches], not_screened: Coverage, metadata: Mapping[str, str] | None = None
) -> bytes:
    """Return the file of a slice. The same content gives the same bytes."""
    numbers = np.concatenate(
        [np.zeros(0, dtype=np.uint8), *(np.full(len(each), number, np.uint8) for number, each in enumerate(passes))]
    )
    columns = {
        name: np.concatenate([each.to_columns()[name] for each in passes]) for name in passes[0].to_columns()
    } | {_NUMBER: numbers}
    rows = [[int(value) for value in row] for row in zip(*_coverage_columns(not_screened), strict=True)]
    footer = dict(metadata or {}) | {"passes": str(len(passes)), _COVERAGE: json.dumps(rows)}
    table = pa.table(columns).replace_schema_metadata(dict(sorted(footer.items())))
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def read_slice(content: bytes) -> tuple[list[Approaches], Coverage]:
    """Read back what `write_slice` wrote."""
    table = pq.read_table(io.BytesIO(content))
    footer = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
    columns = {name: table[name].to_numpy() for name in table.column_names}
    numbers = columns.pop(_NUMBER)
    passes = [
        Approaches.from_columns({name: column[numbers == number] for name, column in columns.items()})
        for number in range(int(footer["passes"]))
    ]
    rows = np.array(json.loads(footer[_COVERAGE]), dtype=np.int64).reshape(-1, 4)
    return passes, Coverage(rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3].astype(np.uint8))


def _coverage_columns(coverage: Coverage) -> tuple[list[int], ...]:
    return (
        coverage.index.tolist(),
        coverage.from_tai_ns.tolist(),
        coverage.to_tai_ns.tolist(),
        coverage.reason.tolist(),
    )
