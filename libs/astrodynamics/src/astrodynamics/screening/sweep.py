"""The sweep, compiled: pairs of entries whose straight paths come near, sixteen at a time.

Within a cell, entries lie in order of their least radius, so that those whose radii meet an entry's follow it
directly. All of them are compared by the least distance of straight paths in single precision: that is quicker than
to sort out more of them first. Compare Healy, "Close conjunction detection on parallel computer", J. Guidance 18
(1995) 824, and Gottschalk et al. for sweep and prune.
"""

import numpy as np

from astrodynamics.jit import inlined, inner
from astrodynamics.screening.bounds import (
    LEAST,
    LOW_X,
    LOW_Y,
    LOW_Z,
    MISSING,
    MOST,
    REACH,
    Indices,
    Singles,
    U,
    V,
    W,
    X,
    Y,
    Z,
)
from astrodynamics.screening.cells import LANES


@inlined
def within_reach(entries: Singles, p: int, q: int, h: np.float32) -> bool:
    """Whether two straight paths come, within ``h`` seconds, as near as they can be to matter."""
    x, y, z = entries[X, p] - entries[X, q], entries[Y, p] - entries[Y, q], entries[Z, p] - entries[Z, q]
    u, v, w = entries[U, p] - entries[U, q], entries[V, p] - entries[V, q], entries[W, p] - entries[W, q]
    t = -(x * u + y * v + z * w) / (u * u + v * v + w * w + np.float32(1.0e-9))
    t = min(max(t, -h), h)
    x += t * u
    y += t * v
    z += t * w
    limit = max(entries[REACH, p], entries[REACH, q]) + (entries[MISSING, p] + entries[MISSING, q])
    within: bool = x * x + y * y + z * z <= limit * limit
    return within


@inlined
def any_within_reach(entries: Singles, p: int, first: int, h: np.float32) -> bool:
    """Whether that holds for any of sixteen entries; a loop of fixed length, which is vectorised whole."""
    near = False
    for lane in range(LANES):
        near |= within_reach(entries, p, first + lane, h)
    return near


@inlined
def begins_here(extents: Indices, i: int, j: int, x: int, y: int, z: int) -> bool:
    """Whether a cell is the first of those that two objects share: so that the pair is kept once."""
    begins: bool = (
        (max(extents[LOW_X, i], extents[LOW_X, j]) == x)
        & (max(extents[LOW_Y, i], extents[LOW_Y, j]) == y)
        & (max(extents[LOW_Z, i], extents[LOW_Z, j]) == z)
    )
    return begins


@inner
def sweep_cells(
    extents: Indices, first_of_cell: Indices, cells: int, member: Indices, span: Indices, entries: Singles, h: float,
    pairs: Indices,
) -> tuple[int, int]:  # fmt: skip
    """Pairs of objects (rows of ``pairs``) that may come near: how many, and how many were compared.

    Where there are more than ``pairs`` holds, the rest isn't written.
    """
    half = np.float32(h)
    found = 0
    compared = 0
    for cell in range(cells * cells * cells):
        end = first_of_cell[cell + 1]
        x, y, z = cell // (cells * cells), cell // cells % cells, cell % cells
        for p in range(first_of_cell[cell], end - 1):
            most = span[1, p]
            first = p + 1
            while first < end and span[0, first] <= most:
                compared += LANES
                if any_within_reach(entries, p, first, half):
                    for q in range(first, min(first + LANES, end)):
                        i, j = member[p], member[q]
                        if within_reach(entries, p, q, half) and begins_here(extents, i, j, x, y, z):
                            if found < pairs.shape[0]:
                                pairs[found, 0] = i
                                pairs[found, 1] = j
                            found += 1
                first += LANES
    return found, compared


@inner
def compare_with_all(
    paths: Singles, extents: Indices, p: int, is_primary: Indices, h: float, pairs: Indices, found: int
) -> int:
    """Pairs of one primary with every object, two primaries once; returns the new number of pairs."""
    half = np.float32(h)
    for first in range(0, extents.shape[1], LANES):
        if any_within_reach(paths, p, first, half):
            for q in range(first, min(first + LANES, extents.shape[1])):
                there = extents[MOST, q] >= extents[LEAST, q]
                once = q != p and not (is_primary[q] and q < p)
                if there and once and within_reach(paths, p, q, half):
                    if found < pairs.shape[0]:
                        pairs[found, 0] = p
                        pairs[found, 1] = q
                    found += 1
    return found
