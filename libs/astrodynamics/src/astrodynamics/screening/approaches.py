"""Close approaches as columns, and how pieces of them join.

A pair's time inside the volume is reported as one approach. It may come in pieces, by step of the grid and by slice;
pieces that touch join. What a joined stretch is called follows from its minima of range:

- *approach*: one local minimum;
- *truncated*: none, but the pair is inside the volume at an end of what was screened, and the range is least there;
- *continuous*: several minima without leaving the volume between them, or inside throughout: docked, co-located, in
formation.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

KINDS: Final = ("approach", "truncated", "continuous")
"""Names of the kind codes, by code."""
APPROACH, TRUNCATED, CONTINUOUS = range(3)

OPEN_ENTRY, OPEN_EXIT, LEAST_AT_ENTRY, LEAST_AT_EXIT, FOLLOWED = 1, 2, 4, 8, 16
"""Bits of ``flags``: goes on before or after its boundary; inside and range growing from the entry end, or falling to
the exit end; closest approach outside the stretch, found by following the pair."""

Interval = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Approaches:
    """Close approaches, ordered by time of closest approach; every column has the shape (n,).

    Attributes
    ----------
    first, second
        Indices of the population. With given primaries ``first`` is the primary; where both may be, and the volumes
        are one sphere, the one with the smaller catalogue number.
    tca_tai_ns, miss_distance_km, relative_speed_km_s
        At closest approach, by the objects' own propagators.
    radial_km, in_track_km, cross_track_km
        Position of the second from the first in the first's RTN frame at closest approach.
    kind
        Codes of `KINDS`.
    entry_tai_ns, exit_tai_ns
        When the pair is inside the volume.
    minima, flags
        What joining pieces needs: local minima of the range inside, and the bits above.
    """

    first: npt.NDArray[np.int32]
    second: npt.NDArray[np.int32]
    tca_tai_ns: Integers
    miss_distance_km: Floats
    relative_speed_km_s: Floats
    radial_km: Floats
    in_track_km: Floats
    cross_track_km: Floats
    kind: npt.NDArray[np.uint8]
    entry_tai_ns: Integers
    exit_tai_ns: Integers
    minima: npt.NDArray[np.int32]
    flags: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.first)

    def kind_names(self) -> list[str]:
        """The kind of each approach by name."""
        return [KINDS[code] for code in self.kind]

    def to_columns(self) -> dict[str, npt.NDArray[np.generic]]:
        """The columns by name, for example to be stored."""
        return {column.name: getattr(self, column.name) for column in fields(self)}

    @classmethod
    def from_columns(cls, columns: dict[str, npt.NDArray[np.generic]]) -> "Approaches":
        """The reverse of `to_columns`."""
        kinds = {
            "first": np.int32,
            "second": np.int32,
            "tca_tai_ns": np.int64,
            "entry_tai_ns": np.int64,
            "exit_tai_ns": np.int64,
            "kind": np.uint8,
            "minima": np.int32,
            "flags": np.uint8,
        }
        return cls(**{c.name: np.asarray(columns[c.name], dtype=kinds.get(c.name, np.float64)) for c in fields(cls)})

    def take(self, rows: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> "Approaches":
        """Some of the approaches."""
        return Approaches(**{column.name: getattr(self, column.name)[rows] for column in fields(self)})

    @classmethod
    def joined(cls, parts: "Iterable[Approaches]", screened: Iterable[Interval]) -> "Approaches":
        """Join the approaches of several spans, ``screened``, into those of all of them."""
        return cls.from_columns(classified(cls.pieces(parts).to_columns(), list(screened)))

    @classmethod
    def pieces(cls, parts: "Iterable[Approaches]") -> "Approaches":
        """Join the pieces of several spans, without regard to what is an approach in the end."""
        every = list(parts)
        columns = {c.name: np.concatenate([getattr(part, c.name) for part in every]) for c in fields(cls)}
        return cls.from_columns(join_pieces(columns))


def join_pieces(columns: dict[str, npt.NDArray[np.generic]]) -> dict[str, npt.NDArray[np.generic]]:
    """Join pieces of a pair where one's open exit is the other's open entry; the least range stands for the whole.

    Where no piece holds a minimum of its own, that is the least one to which a piece was followed.
    """
    if not len(columns["first"]):
        return columns
    order = np.lexsort((columns["entry_tai_ns"], columns["second"], columns["first"]))
    sorted_columns = {name: column[order] for name, column in columns.items()}
    first, second, entry, end, minima, miss = (
        sorted_columns[name]
        for name in ("first", "second", "entry_tai_ns", "exit_tai_ns", "minima", "miss_distance_km")
    )
    flags = np.asarray(sorted_columns["flags"], dtype=np.int64)
    goes_on = np.zeros(len(first), dtype=bool)
    goes_on[1:] = (
        (first[1:] == first[:-1])
        & (second[1:] == second[:-1])
        & (entry[1:] == end[:-1])
        & ((flags[:-1] & OPEN_EXIT) != 0)
        & ((flags[1:] & OPEN_ENTRY) != 0)
    )
    if not goes_on.any():
        return sorted_columns
    begins = np.flatnonzero(~goes_on)
    ends = np.append(begins[1:], len(first)) - 1
    run = np.cumsum(~goes_on) - 1
    followed_piece = ((flags & FOLLOWED) != 0) & (minima == 0)
    without_minimum = np.add.reduceat(minima, begins)[run] == 0
    rank = np.where(followed_piece, ~without_minimum, without_minimum)
    least = np.lexsort((sorted_columns["tca_tai_ns"], miss, rank, run))[begins]
    joined = {name: column[least] for name, column in sorted_columns.items()}
    at_entry, at_exit = OPEN_ENTRY | LEAST_AT_ENTRY, OPEN_EXIT | LEAST_AT_EXIT
    followed = np.bitwise_or.reduceat(flags, begins) & FOLLOWED
    joined["entry_tai_ns"] = entry[begins]
    joined["exit_tai_ns"] = end[ends]
    joined["minima"] = np.add.reduceat(minima, begins).astype(np.int32)
    joined["flags"] = ((flags[begins] & at_entry) | (flags[ends] & at_exit) | followed).astype(np.uint8)
    return joined


def classified(
    columns: dict[str, npt.NDArray[np.generic]], screened: list[Interval]
) -> dict[str, npt.NDArray[np.generic]]:
    """Set the kinds of joined pieces and order them by time.

    A stretch without a minimum of its own that ends at an inner boundary is left out: the minimum, and with it the
    approach, belongs to the neighbour.
    """
    spans = merged_intervals(screened)
    entry, end, tca = columns["entry_tai_ns"], columns["exit_tai_ns"], columns["tca_tai_ns"]
    flags, minima = np.asarray(columns["flags"], dtype=np.int64), columns["minima"]
    starts, stops = np.array([span[0] for span in spans]), np.array([span[1] for span in spans])
    opens = (flags & OPEN_ENTRY) != 0
    goes_on = (flags & OPEN_EXIT) != 0
    at_start = opens & np.isin(entry, starts)
    at_stop = goes_on & np.isin(end, stops)
    least_at_entry = ((flags & LEAST_AT_ENTRY) != 0) & (~opens | at_start)
    least_at_exit = ((flags & LEAST_AT_EXIT) != 0) & (~goes_on | at_stop)
    followed = ((flags & FOLLOWED) != 0) & (minima == 0)
    count = minima + least_at_entry + least_at_exit
    span = np.maximum(np.searchsorted(starts, tca, side="right") - 1, 0)
    beyond = (tca < starts[span]) | (tca >= stops[span])
    kind = np.where(
        (count > 1) | (at_start & at_stop),
        CONTINUOUS,
        np.where((minima == 1) | (followed & ~beyond), APPROACH, TRUNCATED),
    )
    keep = np.flatnonzero((count > 0) | followed)
    columns = {**columns, "kind": kind.astype(np.uint8)}
    order = keep[np.lexsort((columns["second"][keep], columns["first"][keep], tca[keep]))]
    return {name: column[order] for name, column in columns.items()}


def merged_intervals(intervals: list[Interval]) -> list[Interval]:
    """Intervals in order, those that touch made one."""
    merged: list[Interval] = []
    for start, stop in sorted(intervals):
        if merged and merged[-1][1] == start:
            merged[-1] = (merged[-1][0], stop)
        else:
            merged.append((start, stop))
    return merged
