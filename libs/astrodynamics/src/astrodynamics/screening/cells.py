"""All objects of a step by cell of direction and by radius, compiled.

The cells are those of a cube about the unit sphere. An object is entered in every cell that the box about its arc
touches, mostly one or two. Within a cell the entries lie in order of their least radius.
"""

import numpy as np

from astrodynamics.jit import inner
from astrodynamics.screening.bounds import (
    BINS,
    HIGH_X,
    HIGH_Y,
    HIGH_Z,
    LEAST,
    LOW_X,
    LOW_Y,
    LOW_Z,
    MOST,
    PATHS,
    Indices,
    Singles,
)

LANES = 16
"""Objects that the sweep compares at a time."""


@inner
def sort_by_radius(extents: Indices, by_radius: Indices) -> int:
    """Counting sort of the objects that have a state; returns their number."""
    bins = np.zeros(BINS + 1, np.int32)
    for i in range(extents.shape[1]):
        if extents[MOST, i] >= extents[LEAST, i]:
            bins[extents[LEAST, i] + 1] += 1
    for b in range(BINS):
        bins[b + 1] += bins[b]
    present: int = bins[BINS]
    for i in range(extents.shape[1]):
        if extents[MOST, i] >= extents[LEAST, i]:
            b = extents[LEAST, i]
            by_radius[bins[b]] = i
            bins[b] += 1
    return present


@inner
def count_entries(extents: Indices, by_radius: Indices, present: int, cells: int, first_of_cell: Indices) -> int:
    """Where each cell's entries begin; returns how many entries there are."""
    first_of_cell[:] = 0
    for s in range(present):
        i = by_radius[s]
        for x in range(extents[LOW_X, i], extents[HIGH_X, i] + 1):
            for y in range(extents[LOW_Y, i], extents[HIGH_Y, i] + 1):
                for z in range(extents[LOW_Z, i], extents[HIGH_Z, i] + 1):
                    first_of_cell[(x * cells + y) * cells + z + 1] += 1
    for cell in range(first_of_cell.size - 1):
        first_of_cell[cell + 1] += first_of_cell[cell]
    entered: int = first_of_cell[first_of_cell.size - 1]
    return entered


@inner
def enter(
    extents: Indices, paths: Singles, by_radius: Indices, present: int, cells: int,
    entered: int, next_of_cell: Indices, member: Indices, span: Indices, entries: Singles,
) -> None:  # fmt: skip
    """Write the entries: ``member``, bins of radius ``span`` (2, m), and ``entries`` (paths, m)."""
    for s in range(present):
        i = by_radius[s]
        for x in range(extents[LOW_X, i], extents[HIGH_X, i] + 1):
            for y in range(extents[LOW_Y, i], extents[HIGH_Y, i] + 1):
                for z in range(extents[LOW_Z, i], extents[HIGH_Z, i] + 1):
                    cell = (x * cells + y) * cells + z
                    place = next_of_cell[cell]
                    next_of_cell[cell] = place + 1
                    member[place] = i
    for place in range(entered):
        i = member[place]
        span[0, place] = extents[LEAST, i]
        span[1, place] = extents[MOST, i]
        for row in range(PATHS):
            entries[row, place] = paths[row, i]
