"""The sieve, compiled: from all pairs of a step to the few that may come close within it.

1. *Bounds.* Each object's radius within the step, and how far its direction can move.
2. *Cells.* Directions are sorted into cells on the unit sphere, and within a cell by the lower bound of the radius. A
sweep over each
   cell and its forward neighbours finds the pairs whose radius intervals meet; those whose directions can meet pass.
   Objects too fast for the size of the cells (high eccentricities near perigee) also visit the cells further away.
   With few primaries each of them is compared with everything instead.
3. *Relative motion.* The least distance on the second-order relative path must be within the pair's reach and what
that path may miss.

Each bound is sound: a pair whose distance falls below its reach within the step passes. Compare Healy, "Close
conjunction detection on parallel computer", J. Guidance 18 (1995) 824, for the steps; the radial sweep inside angular
cells is our own.
"""

import math

import numpy as np
import numpy.typing as npt

from astrodynamics.jit import inlined, inner, int64, kernel
from astrodynamics.screening.motion import acceleration_terms
from astrodynamics.sgp4.elements import Floats, Integers

Indices = npt.NDArray[np.int32]
Singles = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]

LOWEST_RADIUS_KM = 6378.0
HIGHEST_RADIUS_KM = 1.0e6
FASTEST_ORDINARY_RAD_S = 1.22e-3
"""Direction of an object in a circular orbit at 150 km."""
MOST_CELLS_PER_AXIS = 70
ROUNDING_KM = 0.05
"""Single precision of radii and directions in the sweep, far more than enough."""
ROUNDING_RAD = 1.0e-5

LEAST, MOST, X, Y, Z, SWEEP = 0, 1, 2, 3, 4, 5
"""Columns of the bounds: radius from and to, direction, and how far the direction can be from there."""
COLUMNS = 6
PAIRS_AT_A_TIME = 1 << 16

PRIMARY, SECONDARY = 1, 2


@inlined
def bound_motion(
    tile_step: Floats,
    unmodelled_km: Floats,
    radial_gate_km: Floats,
    gate_km: Floats,
    h: float,
    bounds: Floats,
    motion: Floats,
) -> None:
    """Bounds on each object's motion within ``h`` seconds.

    ``bounds`` takes the columns above, rows of objects without a state stay out (``MOST`` negative). ``motion`` takes
    position, velocity, g and what the second-order path may miss.
    """
    for i in range(tile_step.shape[1]):
        x, y, z = tile_step[0, i], tile_step[1, i], tile_step[2, i]
        u, v, w = tile_step[3, i], tile_step[4, i], tile_step[5, i]
        r = math.sqrt(x * x + y * y + z * z)
        bounds[i, MOST] = -1.0
        if LOWEST_RADIUS_KM <= r <= HIGHEST_RADIUS_KM:
            g, missing_km = acceleration_terms(x, y, z, u, v, w, h)
            missing_km += unmodelled_km[i]
            rdot = (x * u + y * v + z * w) / r
            vt2 = max(u * u + v * v + w * w - rdot * rdot, 0.0)
            second = vt2 / r - g * r
            third = rdot * g * (2.0 - 3.0 * vt2 / (g * r * r))
            change_km = h * (abs(rdot) + h * (0.5 * abs(second) + h * abs(third) * 0.25)) + missing_km
            least_km = r - change_km
            bounds[i, LEAST] = least_km - radial_gate_km[i] - ROUNDING_KM
            bounds[i, MOST] = r + change_km + radial_gate_km[i] + ROUNDING_KM
            bounds[i, X] = x / r
            bounds[i, Y] = y / r
            bounds[i, Z] = z / r
            turn = math.sqrt(vt2) / r * h * (1.0 + 2.0 * abs(rdot) * h / r)
            bounds[i, SWEEP] = turn + (missing_km + 1.1 * gate_km[i]) / max(least_km - 100.0, 1000.0) + ROUNDING_RAD
            motion[i, 0], motion[i, 1], motion[i, 2] = x, y, z
            motion[i, 3], motion[i, 4], motion[i, 5] = u, v, w
            motion[i, 6] = g
            motion[i, 7] = missing_km


@inlined
def directions_can_meet(bounds: Singles | Floats, p: int, q: int) -> bool:
    """Whether the chord between two directions is no longer than both can sweep."""
    ex = bounds[p, X] - bounds[q, X]
    ey = bounds[p, Y] - bounds[q, Y]
    ez = bounds[p, Z] - bounds[q, Z]
    sweep = bounds[p, SWEEP] + bounds[q, SWEEP]
    meet: bool = ex * ex + ey * ey + ez * ez <= sweep * sweep
    return meet


@inlined
def cell_coordinate(direction: float, cells: int) -> int:
    """Number of the cell, 1 to ``cells``, along one axis; 0 and ``cells + 1`` stay empty as a border."""
    return min(int((direction + 1.0) * (0.5 * cells)), cells - 1) + 1


@inlined
def radial_bin(radius_km: float) -> int:
    """Bins of 2 km to 8400 km, of 100 km to 50,000 km, one beyond: sorts nearly, before the exact sort."""
    if radius_km < 8400.0:
        return max(int((radius_km - 6300.0) * 0.5), 0)
    return min(1050 + int((radius_km - 8400.0) * 0.01), 1467)


RADIAL_BINS = 1468


@inlined
def cell_number(bounds: Floats, i: int, cells: int) -> int:
    """Number of the cell of a direction."""
    across = cells + 2
    return (
        cell_coordinate(bounds[i, X], cells) * across + cell_coordinate(bounds[i, Y], cells)
    ) * across + cell_coordinate(bounds[i, Z], cells)


@inlined
def sort_by_radius(bounds: Floats, by_radius: Indices) -> int:
    """Counting sort of the objects that have a state; returns their number."""
    bins = np.zeros(RADIAL_BINS + 1, np.int32)
    for i in range(bounds.shape[0]):
        if bounds[i, MOST] > 0.0:
            bins[radial_bin(bounds[i, LEAST]) + 1] += 1
    for b in range(RADIAL_BINS):
        bins[b + 1] += bins[b]
    present: int = bins[RADIAL_BINS]
    for i in range(bounds.shape[0]):
        if bounds[i, MOST] > 0.0:
            b = radial_bin(bounds[i, LEAST])
            by_radius[bins[b]] = i
            bins[b] += 1
    return present


@inlined
def sort_into_cells(
    bounds: Floats, cells: int, by_radius: Indices, first_of_cell: Indices, fill_of_cell: Indices, sorted_of: Indices
) -> int:
    """Objects by cell, and within each cell by the lower bound of the radius; returns how many there are."""
    present = sort_by_radius(bounds, by_radius)
    first_of_cell[:] = 0
    for s in range(present):
        first_of_cell[cell_number(bounds, by_radius[s], cells) + 1] += 1
    for cell in range(first_of_cell.size - 1):
        first_of_cell[cell + 1] += first_of_cell[cell]
    fill_of_cell[:] = first_of_cell
    for s in range(present):
        i = by_radius[s]
        cell = cell_number(bounds, i, cells)
        place = fill_of_cell[cell]
        fill_of_cell[cell] = place + 1
        least = bounds[i, LEAST]
        while place > first_of_cell[cell] and bounds[sorted_of[place - 1], LEAST] > least:
            sorted_of[place] = sorted_of[place - 1]
            place -= 1
        sorted_of[place] = i
    return present


@inlined
def collect(
    bounds: Singles, sorted_of: Indices, p: int, begin: int, end: int, pairs: Indices, held: int, counts: Integers
) -> int:
    """Pair one object with those of a sorted run that it can meet, from where their radii begin to overlap."""
    most = bounds[p, MOST]
    q = begin
    while q < end and bounds[q, LEAST] <= most:
        if directions_can_meet(bounds, p, q):
            pairs[held, 0] = sorted_of[p]
            pairs[held, 1] = sorted_of[q]
            held += 1
        q += 1
    counts[0] += q - begin
    return held


@inlined
def sweep_cell(
    bounds: Singles, sorted_of: Indices, a: int, a_end: int, pairs: Indices, held: int, counts: Integers
) -> int:
    """Pairs within one cell."""
    for p in range(a, a_end - 1):
        held = collect(bounds, sorted_of, p, p + 1, a_end, pairs, held, counts)
    return held


@inlined
def sweep_two_cells(
    bounds: Singles,
    sorted_of: Indices,
    a: int,
    a_end: int,
    b: int,
    b_end: int,
    pairs: Indices,
    held: int,
    counts: Integers,
) -> int:
    """Pairs between two cells: go up both in radius, and pair the lower object with the other cell's rest."""
    while a < a_end and b < b_end:
        first = bounds[a, LEAST] <= bounds[b, LEAST]
        held = collect(
            bounds, sorted_of, a if first else b, b if first else a, b_end if first else a_end, pairs, held, counts
        )
        if first:
            a += 1
        else:
            b += 1
    return held


@inlined
def visit_far_cells(
    bounds: Singles,
    sorted_of: Indices,
    first_of_cell: Indices,
    cells: int,
    p: int,
    ordinary: float,
    widest: float,
    pairs: Indices,
    held: int,
) -> int:
    """Pairs of a fast object with objects beyond the cells next to its own; two fast ones meet once."""
    reach = int((bounds[p, SWEEP] + widest) * 0.5 * cells) + 1
    cx = cell_coordinate(bounds[p, X], cells)
    cy = cell_coordinate(bounds[p, Y], cells)
    cz = cell_coordinate(bounds[p, Z], cells)
    for x in range(max(cx - reach, 1), min(cx + reach, cells) + 1):
        for y in range(max(cy - reach, 1), min(cy + reach, cells) + 1):
            for z in range(max(cz - reach, 1), min(cz + reach, cells) + 1):
                if abs(x - cx) <= 1 and abs(y - cy) <= 1 and abs(z - cz) <= 1:
                    continue
                cell = (x * (cells + 2) + y) * (cells + 2) + z
                for q in range(first_of_cell[cell], first_of_cell[cell + 1]):
                    if bounds[q, LEAST] > bounds[p, MOST]:
                        break
                    met = bounds[q, MOST] >= bounds[p, LEAST] and (bounds[q, SWEEP] <= ordinary or q > p)
                    if met and directions_can_meet(bounds, p, q):
                        pairs[held, 0] = sorted_of[p]
                        pairs[held, 1] = sorted_of[q]
                        held += 1
    return held


@inlined
def compare_with_all(bounds: Floats, role: Bytes, p: int, pairs: Indices, held: int, counts: Integers) -> int:
    """Pairs of one primary with every object; two primaries meet once."""
    for q in range(bounds.shape[0]):
        overlap = bounds[q, LEAST] <= bounds[p, MOST] and bounds[q, MOST] >= bounds[p, LEAST] and bounds[q, MOST] > 0.0
        if overlap and q != p and not (role[q] & PRIMARY and q < p):
            counts[0] += 1
            if directions_can_meet(bounds, p, q):
                pairs[held, 0] = p
                pairs[held, 1] = q
                held += 1
    return held


@kernel
def sieve_chunk(
    tile: Floats,
    unmodelled_km: Floats,
    reach_km: Floats,
    radial_gate_km: Floats,
    gate_km: Floats,
    role: Bytes,
    few_primaries: Integers,
    h: float,
    candidates: Indices,
    counts: Integers,
) -> int:
    """Candidate pairs of every step of a chunk.

    Parameters
    ----------
    tile, unmodelled_km
        From `states.fill_tile`.
    reach_km
        Shape (n,): radius of the sphere about the object's own volume, 0 for an object that is no primary.
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
        Filled; rows (step, column, column), the smaller column first.
    counts
        Added to: radius intervals that met, directions that could meet, candidates.

    Returns
    -------
    Number of candidates; where it is larger than ``candidates`` holds, the rest was not written.
    """
    n = tile.shape[2]
    bounds = np.empty((n, COLUMNS))
    motion = np.empty((n, 8))
    sorted_bounds = np.empty((n, COLUMNS), np.float32)
    by_radius = np.empty(n, np.int32)
    sorted_of = np.empty(n, np.int32)
    pairs = np.empty((PAIRS_AT_A_TIME + 14 * n, 2), np.int32)
    largest_gate_km = 0.0
    for i in range(n):
        largest_gate_km = max(largest_gate_km, gate_km[i])
    ordinary = FASTEST_ORDINARY_RAD_S * h + 1.2 * largest_gate_km / 6300.0 + 2.0e-4
    cells = max(1, min(MOST_CELLS_PER_AXIS, int(1.0 / ordinary)))
    across = cells + 2
    first_of_cell = np.empty(across * across * across + 1, np.int32)
    fill_of_cell = np.empty(across * across * across + 1, np.int32)
    found = int64(0)

    for step in range(tile.shape[0]):
        bound_motion(tile[step], unmodelled_km, radial_gate_km, gate_km, h, bounds, motion)
        held = int64(0)
        if few_primaries.size > 0:
            for column in range(few_primaries.size):
                if bounds[few_primaries[column], MOST] > 0.0:
                    held = compare_with_all(bounds, role, few_primaries[column], pairs, held, counts)
                if held >= PAIRS_AT_A_TIME:
                    found = keep_close(pairs, held, motion, reach_km, role, h, step, candidates, found, counts)
                    held = int64(0)
            found = keep_close(pairs, held, motion, reach_km, role, h, step, candidates, found, counts)
            continue

        present = sort_into_cells(bounds, cells, by_radius, first_of_cell, fill_of_cell, sorted_of)
        widest = ordinary
        for s in range(present):
            for column in range(COLUMNS):
                sorted_bounds[s, column] = bounds[sorted_of[s], column]
            widest = max(widest, bounds[sorted_of[s], SWEEP])
        for cx in range(1, cells + 1):
            for cy in range(1, cells + 1):
                for cz in range(1, cells + 1):
                    cell = (cx * across + cy) * across + cz
                    a, a_end = first_of_cell[cell], first_of_cell[cell + 1]
                    if a == a_end:
                        continue
                    held = sweep_cell(sorted_bounds, sorted_of, a, a_end, pairs, held, counts)
                    for ahead in range(14, 27):
                        # the half of the 26 neighbours that lies ahead
                        other = cell + ((ahead // 9 - 1) * across + (ahead // 3 % 3 - 1)) * across + ahead % 3 - 1
                        b, b_end = first_of_cell[other], first_of_cell[other + 1]
                        if b < b_end:
                            held = sweep_two_cells(sorted_bounds, sorted_of, a, a_end, b, b_end, pairs, held, counts)
                        if held >= PAIRS_AT_A_TIME:
                            found = keep_close(pairs, held, motion, reach_km, role, h, step, candidates, found, counts)
                            held = int64(0)
        for p in range(present):
            if sorted_bounds[p, SWEEP] > ordinary:
                held = visit_far_cells(sorted_bounds, sorted_of, first_of_cell, cells, p, ordinary, widest, pairs, held)
                if held >= PAIRS_AT_A_TIME:
                    found = keep_close(pairs, held, motion, reach_km, role, h, step, candidates, found, counts)
                    held = int64(0)
        found = keep_close(pairs, held, motion, reach_km, role, h, step, candidates, found, counts)
    return found


@inner
def keep_close(
    pairs: Indices,
    held: int,
    motion: Floats,
    reach_km: Floats,
    role: Bytes,
    h: float,
    step: int,
    candidates: Indices,
    found: int,
    counts: Integers,
) -> int:
    """Keep the pairs whose second-order relative path comes within reach; returns the new number of candidates."""
    counts[1] += held
    for k in range(held):
        i = min(pairs[k, 0], pairs[k, 1])
        j = max(pairs[k, 0], pairs[k, 1])
        if not ((role[i] & PRIMARY and role[j] & SECONDARY) or (role[j] & PRIMARY and role[i] & SECONDARY)):
            continue
        limit = max(reach_km[i], reach_km[j]) + motion[i, 7] + motion[j, 7]
        if least_distance_squared(motion, i, j, h) <= limit * limit:
            if found < candidates.shape[0]:
                candidates[found, 0] = step
                candidates[found, 1] = i
                candidates[found, 2] = j
            found += 1
            counts[2] += 1
    return found


@inlined
def least_distance_squared(motion: Floats, i: int, j: int, h: float) -> float:
    """Least squared distance within ``h`` on the second-order relative path: straight first, then Newton steps."""
    x, y, z = motion[i, 0] - motion[j, 0], motion[i, 1] - motion[j, 1], motion[i, 2] - motion[j, 2]
    u, v, w = motion[i, 3] - motion[j, 3], motion[i, 4] - motion[j, 4], motion[i, 5] - motion[j, 5]
    gi, gj = motion[i, 6], motion[j, 6]
    ax = gj * motion[j, 0] - gi * motion[i, 0]
    ay = gj * motion[j, 1] - gi * motion[i, 1]
    az = gj * motion[j, 2] - gi * motion[i, 2]
    t = -(x * u + y * v + z * w) / (u * u + v * v + w * w + 1.0e-12)
    t = min(max(t, -h), h)
    for _ in range(2):
        px, py, pz = x + t * (u + 0.5 * t * ax), y + t * (v + 0.5 * t * ay), z + t * (w + 0.5 * t * az)
        qx, qy, qz = u + t * ax, v + t * ay, w + t * az
        slope = qx * qx + qy * qy + qz * qz + px * ax + py * ay + pz * az
        if slope > 0.0:
            t = min(max(t - (px * qx + py * qy + pz * qz) / slope, -h), h)
    px, py, pz = x + t * (u + 0.5 * t * ax), y + t * (v + 0.5 * t * ay), z + t * (w + 0.5 * t * az)
    square: float = px * px + py * py + pz * pz
    return square
