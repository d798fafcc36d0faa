"""Approaches and coverage as columns in Parquet: how a run keeps all of them, and how a page of them is read.

The columns are those of the table that ``fairway screen`` writes, with instants as ``tai_ns`` (see
`astrodynamics.timescales`) and a few more beside them. The same content gives the same bytes.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import IO, Any, Final, Literal, Self, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from astrodynamics.timescales import iso_utc, iso_utc_texts

__all__ = [
    "CSV_COLUMNS",
    "Approach",
    "ApproachColumns",
    "ApproachWriter",
    "CoverageColumns",
    "approaches",
    "read_approaches",
    "read_coverage",
    "read_metadata",
    "write_approaches",
    "write_coverage",
]

Kind: TypeAlias = Literal["approach", "truncated", "continuous"]
Source: TypeAlias = bytes | Path
Integers: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Texts: TypeAlias = npt.NDArray[np.object_]
"""Each a `str` or None."""

CSV_COLUMNS: Final = (
    "norad_cat_id_1",
    "norad_cat_id_2",
    "tca",
    "miss_distance_m",
    "relative_speed_m_s",
    "radial_m",
    "in_track_m",
    "cross_track_m",
    "kind",
    "from",
    "to",
    "designator_1",
    "designator_2",
)
"""The contract's nine, and then ours."""

_ROWS_IN_A_GROUP: Final = 16_384
"""A page costs the reading of one group."""


def _required(name: str, kind: pa.DataType) -> "pa.Field[Any]":
    return pa.field(name, kind, nullable=False)


_APPROACHES: Final = pa.schema(
    (
        _required("norad_cat_id_1", pa.int64()),
        _required("norad_cat_id_2", pa.int64()),
        pa.field("designator_1", pa.string()),
        pa.field("designator_2", pa.string()),
        _required("tca_tai_ns", pa.int64()),
        _required("miss_distance_m", pa.float64()),
        _required("relative_speed_m_s", pa.float64()),
        _required("radial_m", pa.float64()),
        _required("in_track_m", pa.float64()),
        _required("cross_track_m", pa.float64()),
        _required("kind", pa.string()),
        _required("from_tai_ns", pa.int64()),
        _required("to_tai_ns", pa.int64()),
    )
)
_COVERAGE: Final = pa.schema(
    (
        _required("norad_cat_id", pa.int64()),
        pa.field("designator", pa.string()),
        _required("from_tai_ns", pa.int64()),
        _required("to_tai_ns", pa.int64()),
        pa.field("reason", pa.string()),
    )
)


@dataclass(frozen=True, eq=False, kw_only=True)
class ApproachColumns:
    """Approaches, one a row, each array of shape (n,).

    Attributes
    ----------
    norad_cat_id_1, norad_cat_id_2
        The smaller number first.
    designator_1, designator_2
        Which ephemeris the object's trajectory is from; None where it is from the catalogue.
    tca_tai_ns
        Instant of the smallest distance.
    radial_m, in_track_m, cross_track_m
        Object 2 relative to object 1 in object 1's RTN axes at that instant.
    kind
        ``approach``, ``truncated`` (smallest at an end of the screened interval) or ``continuous`` (never left the
        volume).
    from_tai_ns, to_tai_ns
        The screened part of the stay in the volume as far as it is known; both are the TCA for a short approach.
    """

    norad_cat_id_1: Integers
    norad_cat_id_2: Integers
    designator_1: Texts
    designator_2: Texts
    tca_tai_ns: Integers
    miss_distance_m: Floats
    relative_speed_m_s: Floats
    radial_m: Floats
    in_track_m: Floats
    cross_track_m: Floats
    kind: Texts
    from_tai_ns: Integers
    to_tai_ns: Integers

    def __len__(self) -> int:
        """Return how many approaches there are."""
        return len(self.tca_tai_ns)

    def rows(self, which: npt.NDArray[Any]) -> "ApproachColumns":
        """Return the rows that `which` selects: indices or a mask."""
        return ApproachColumns(**{field.name: getattr(self, field.name)[which] for field in fields(self)})

    def csv_rows(self) -> Iterator[tuple[str | int | float, ...]]:
        """Give the values of `CSV_COLUMNS`, row by row."""
        tca, begin, end = (iso_utc_texts(each) for each in (self.tca_tai_ns, self.from_tai_ns, self.to_tai_ns))
        metres = (
            [round(value, 3) for value in column.tolist()]
            for column in (
                self.miss_distance_m,
                self.relative_speed_m_s,
                self.radial_m,
                self.in_track_m,
                self.cross_track_m,
            )
        )
        designators = ([text or "" for text in column] for column in (self.designator_1, self.designator_2))
        numbers = (self.norad_cat_id_1.tolist(), self.norad_cat_id_2.tolist())
        yield from zip(*numbers, tca, *metres, self.kind.tolist(), begin, end, *designators, strict=True)

    def in_order(self) -> "ApproachColumns":
        """Return the rows by TCA, then by pair: the one order in which a run's approaches are kept."""
        keys = (
            _sortable(self.designator_2),
            _sortable(self.designator_1),
            self.norad_cat_id_2,
            self.norad_cat_id_1,
            self.tca_tai_ns,
        )
        return self.rows(np.lexsort(keys))

    @classmethod
    def empty(cls) -> "ApproachColumns":
        """Return no approaches."""
        return cls.joined([])

    @classmethod
    def joined(cls, parts: Sequence["ApproachColumns"]) -> "ApproachColumns":
        """Return the rows of `parts` one after the other."""
        joined: dict[str, npt.NDArray[Any]] = {}
        for field in _APPROACHES:
            none = np.empty(0, dtype=_dtype(field.type))
            joined[field.name] = np.concatenate([none, *(getattr(part, field.name) for part in parts)])
        return cls(**joined)


@dataclass(frozen=True, eq=False, kw_only=True)
class CoverageColumns:
    """What was screened and what was not, one object and interval a row, each array of shape (n,).

    Attributes
    ----------
    reason
        Why the object was not screened over the interval; None where it was.
    """

    norad_cat_id: Integers
    designator: Texts
    from_tai_ns: Integers
    to_tai_ns: Integers
    reason: Texts

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.norad_cat_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approach:
    """One approach; see `ApproachColumns`."""

    row: int
    """Its place among the approaches of the run: the key to go on from."""
    norad_cat_id_1: int
    norad_cat_id_2: int
    designator_1: str | None
    designator_2: str | None
    tca_tai_ns: int
    miss_distance_m: float
    relative_speed_m_s: float
    radial_m: float
    in_track_m: float
    cross_track_m: float
    kind: str
    from_tai_ns: int
    to_tai_ns: int

    @property
    def tca(self) -> str:
        """TCA in ISO 8601, UTC, to microseconds."""
        return iso_utc(self.tca_tai_ns)

    def csv_row(self) -> tuple[str | int | float, ...]:
        """Return the values of `CSV_COLUMNS`."""
        return (
            self.norad_cat_id_1,
            self.norad_cat_id_2,
            self.tca,
            round(self.miss_distance_m, 3),
            round(self.relative_speed_m_s, 3),
            round(self.radial_m, 3),
            round(self.in_track_m, 3),
            round(self.cross_track_m, 3),
            self.kind,
            iso_utc(self.from_tai_ns),
            iso_utc(self.to_tai_ns),
            self.designator_1 or "",
            self.designator_2 or "",
        )


def write_approaches(columns: ApproachColumns, metadata: Mapping[str, str] | None = None) -> bytes:
    """Return the approaches as a Parquet file with `metadata` in its footer."""
    sink = io.BytesIO()
    with ApproachWriter(sink, metadata) as writer:
        writer.write(columns)
    return sink.getvalue()


class ApproachWriter:
    """Writes the file of `write_approaches`, byte for byte, from pieces that follow each other.

    Parameters
    ----------
    target
        A binary file open for writing.
    metadata
        For the footer.
    """

    def __init__(self, target: IO[bytes], metadata: Mapping[str, str] | None = None) -> None:
        self._metadata = metadata or {}
        schema = _APPROACHES.with_metadata(dict(sorted(self._metadata.items())))
        self._writer = pq.ParquetWriter(target, schema, compression="zstd")
        self._waiting: list[ApproachColumns] = []
        self._rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and self._rows:
            self._write_groups(ApproachColumns.joined(self._waiting))
        self._writer.close()

    def write(self, piece: ApproachColumns) -> None:
        """Add a piece; whole groups of rows are written, the rest waits for the next."""
        self._waiting.append(piece)
        self._rows += len(piece)
        whole = self._rows // _ROWS_IN_A_GROUP * _ROWS_IN_A_GROUP
        if whole:
            every = ApproachColumns.joined(self._waiting)
            self._write_groups(every.rows(np.arange(whole)))
            self._waiting = [every.rows(np.arange(whole, self._rows))]
            self._rows -= whole

    def _write_groups(self, columns: ApproachColumns) -> None:
        self._writer.write_table(_table(columns, _APPROACHES, self._metadata), row_group_size=_ROWS_IN_A_GROUP)


def read_approaches(source: Source) -> ApproachColumns:
    """Return every approach of a Parquet file."""
    return ApproachColumns(**_read(source, _APPROACHES))


def write_coverage(columns: CoverageColumns, metadata: Mapping[str, str] | None = None) -> bytes:
    """Return the coverage as a Parquet file with `metadata` in its footer."""
    sink = io.BytesIO()
    pq.write_table(
        _table(columns, _COVERAGE, metadata or {}), sink, compression="zstd", row_group_size=_ROWS_IN_A_GROUP
    )
    return sink.getvalue()


def read_coverage(source: Source) -> CoverageColumns:
    """Return the coverage of a Parquet file."""
    return CoverageColumns(**_read(source, _COVERAGE))


def read_metadata(source: Source) -> dict[str, str]:
    """Return the metadata that the writer put into the footer."""
    raw = pq.read_schema(_opened(source)).metadata or {}
    return {key.decode(): value.decode() for key, value in raw.items() if key != b"ARROW:schema"}


def approaches(
    source: Source,
    *,
    after_row: int = -1,
    norad_cat_id: int | None = None,
    maximum_miss_distance_m: float | None = None,
) -> Iterator[Approach]:
    """Give the approaches behind row `after_row` that fit, in the order of the file.

    One row group is in memory at a time; groups that lie wholly before the start are not read.

    Parameters
    ----------
    source
        The file or its bytes.
    after_row
        The `row` of the last approach that the caller has.
    norad_cat_id
        One of the two objects, where it matters.
    maximum_miss_distance_m
        Included.
    """
    with pq.ParquetFile(_opened(source)) as file:
        first = 0
        for group in range(file.num_row_groups):
            count = file.metadata.row_group(group).num_rows
            begin, first = first, first + count
            if first > after_row + 1:
                table = file.read_row_group(group)
                rows = pa.array(range(begin, first), pa.int64())
                chosen = _fits(table, rows, after_row, norad_cat_id, maximum_miss_distance_m)
                picked = table.append_column("row", rows).filter(chosen)
                for batch in picked.to_batches(max_chunksize=1024):
                    for record in batch.to_pylist():
                        yield Approach(**record)


def _fits(
    table: pa.Table,
    rows: "pa.Array[Any]",
    after_row: int,
    norad_cat_id: int | None,
    maximum_miss_distance_m: float | None,
) -> Any:
    chosen: Any = pc.greater(rows, pa.scalar(after_row))
    if norad_cat_id is not None:
        number = pa.scalar(norad_cat_id, pa.int64())
        either = pc.or_(pc.equal(table["norad_cat_id_1"], number), pc.equal(table["norad_cat_id_2"], number))
        chosen = pc.and_(chosen, either)
    if maximum_miss_distance_m is not None:
        near = pc.less_equal(table["miss_distance_m"], pa.scalar(maximum_miss_distance_m, pa.float64()))
        chosen = pc.and_(chosen, near)
    return chosen


def _table(columns: ApproachColumns | CoverageColumns, schema: pa.Schema, metadata: Mapping[str, str]) -> pa.Table:
    arrays = [pa.array(getattr(columns, field.name), field.type, from_pandas=False) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema.with_metadata(dict(sorted(metadata.items()))))


def _read(source: Source, schema: pa.Schema) -> dict[str, npt.NDArray[Any]]:
    table = pq.read_table(_opened(source), columns=schema.names)
    return {field.name: table[field.name].to_numpy(zero_copy_only=False).astype(_dtype(field.type)) for field in schema}


def _opened(source: Source) -> Any:
    return io.BytesIO(source) if isinstance(source, bytes) else source


def _dtype(kind: Any) -> Any:
    if pa.types.is_int64(kind):
        return np.int64
    return np.float64 if pa.types.is_float64(kind) else np.object_


def _sortable(texts: Texts) -> npt.NDArray[np.str_]:
    return np.array([text or "" for text in texts], dtype=np.str_)
