"""The sieve, compiled: from all pairs of a step to the few that may come close within it.

1. *Bounds* (`bounds`). Each object's radius within the step, the arc that its direction sweeps, its straight path and
   what that may miss.
2. *Cells* (`cells`). Objects are entered in the cells of direction that their arcs touch, and lie in each in order of
   radius.
3. *Sweep* (`sweep`). Each entry is compared with those that follow it as far as their radii meet: straight paths,
   sixteen at a time. A pair that shares several cells is kept in the first. With few primaries, each is compared with
   everything instead.
4. *Close pairs* (`close_pairs`). The third-order relative path must come within reach of a primary, and into the slab
   of its volume on every axis.

Each bound is sound: a pair that is inside a volume at any instant of the step passes.
"""

import math

import numpy as np
import numpy.typing as npt

from astrodynamics.jit import int64, kernel
from astrodynamics.screening.bounds import EXTENTS, LEAST, MOST, PATHS, Indices, bound_extents, straight_paths
from astrodynamics.screening.cells import LANES, count_entries, enter, sort_by_radius
from astrodynamics.screening.close_pairs import keep_close
from astrodynamics.screening.sweep import compare_with_all, sweep_cells
from astrodynamics.screening.volumes import Volumes
from astrodynamics.sgp4.elements import Floats, Integers

Bytes = npt.NDArray[np.uint8]

OBJECTS_PER_COLUMN = 1000.0
MOST_CELLS_PER_AXIS = 16


@kernel
def sieve_chunk(
    tile: Floats, unmodelled_km: Floats, volumes: Volumes, members: Integers, radial_gate_km: Floats, gate_km: Floats,
    role: Bytes, few_primaries: Integers, h: float, candidates: Indices, counts: Integers,
) -> int:  # fmt: skip
    """Candidate pairs of every step of a chunk.

    Parameters
    ----------
    tile, unmodelled_km
        From `states.fill_tile`.
    volumes, members
        The volumes by index of the population, and the indices of the tile's columns.
    radial_gate_km, gate_km
        Shape (n,): shares of the reach, in radius and in any direction; those of two objects add up to at least the
        larger reach.
    role
        Shape (n,): bits PRIMARY and SECONDARY; a pair needs one of each.
    few_primaries
        Tile columns of the primaries where they are to be compared one by one; empty for the sweep over cells.
    h
        Half a step, seconds.
    candidates
        Filled; columns as in `close_pairs`.
    counts
        Added to: pairs compared, pairs whose straight paths come near, candidates.

    Returns
    -------
    Number of candidates; where it is larger than ``candidates`` holds, the rest was not written.
    """
    n = members.size
    cells = min(max(int(math.sqrt(n / OBJECTS_PER_COLUMN)), 1), MOST_CELLS_PER_AXIS)
    extents = np.empty((EXTENTS, n), np.int32)
    paths = np.zeros((PATHS, n + LANES), np.float32)
    by_radius = np.empty(n, np.int32)
    first_of_cell = np.empty(cells * cells * cells + 1, np.int32)
    next_of_cell = np.empty(cells * cells * cells + 1, np.int32)
    room = 2 * n + LANES
    member = np.zeros(room, np.int32)
    span = np.zeros((2, room), np.int32)
    entries = np.zeros((PATHS, room), np.float32)
    pairs = np.empty((n + 1024, 2), np.int32)
    is_primary = np.zeros(n, np.int32)
    for k in range(few_primaries.size):
        is_primary[few_primaries[k]] = 1
    reach_km = volumes.reach_km[members]
    kept = int64(0)

    for step in range(tile.shape[0]):
        states = tile[step]
        bound_extents(states, unmodelled_km, radial_gate_km, gate_km, h, cells, extents)
        straight_paths(states, unmodelled_km, reach_km, h, paths)
        while True:
            if few_primaries.size > 0:
                found, compared = int64(0), int64(0)
                for k in range(few_primaries.size):
                    column = few_primaries[k]
                    if extents[MOST, column] >= extents[LEAST, column]:
                        found = compare_with_all(paths, extents, column, is_primary, h, pairs, found)
                        compared += n
            else:
                present = sort_by_radius(extents, by_radius)
                entered = count_entries(extents, by_radius, present, cells, first_of_cell)
                if entered + LANES > room:
                    room = entered + entered // 4 + LANES
                    member = np.zeros(room, np.int32)
                    span = np.zeros((2, room), np.int32)
                    entries = np.zeros((PATHS, room), np.float32)
                next_of_cell[:] = first_of_cell
                enter(extents, paths, by_radius, present, cells, entered, next_of_cell, member, span, entries)
                found, compared = sweep_cells(extents, first_of_cell, cells, member, span, entries, h, pairs)
            if found <= pairs.shape[0]:
                break
            pairs = np.empty((found + found // 4, 2), np.int32)
        counts[0] += compared
        counts[1] += found
        kept = keep_close(pairs, found, states, unmodelled_km, members, role, volumes, h, step, candidates, kept)
    counts[2] += kept
    return kept
