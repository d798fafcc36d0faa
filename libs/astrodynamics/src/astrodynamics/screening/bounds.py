"""Where each object can be within a step of the grid, compiled.

Everything is a bound: the radius from ``least`` to ``most``, and a box about the arc that the direction ``d = p / r``
sweeps. With the unit vector ``e`` along the tangential velocity and a turn of at most ``psi`` either way,
``d(t) = d cos + e sin`` stays within ``|e| psi + |d| psi^2 / 2`` of ``d``, component by component.
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from astrodynamics.jit import inlined, inner
from astrodynamics.screening.motion import beyond_third_order_km, two_body_terms
from astrodynamics.sgp4.elements import Floats

Indices = npt.NDArray[np.int32]
Singles = npt.NDArray[np.float32]

LOWEST_RADIUS_KM = 6378.0
HIGHEST_RADIUS_KM = 1.0e6
ROUNDING_KM = 0.05
"""Single precision of near-earth positions and radii, many times over."""
ROUNDING_PER_KM = 3.0e-7
"""The same, far out."""
ROUNDING_RAD = 1.0e-5

LEAST, MOST, LOW_X, LOW_Y, LOW_Z, HIGH_X, HIGH_Y, HIGH_Z = 0, 1, 2, 3, 4, 5, 6, 7
"""Rows of the extents: bins of radius (`radial_bin`) and cells of direction (`cell_coordinate`), first and last."""
EXTENTS = 8

X, Y, Z, U, V, W, REACH, MISSING = 0, 1, 2, 3, 4, 5, 6, 7
"""Rows of the paths: position, velocity, reach of the object's own volume, and what the straight path may miss."""
PATHS = 8

BEND = 2.6
"""The accelerations of two objects at a distance d differ by about 2 g d at most; the rest is for unlike radii."""

BINS = 6301


class Gates(NamedTuple):
    """How near is of interest, object by object; km, shape (n,).

    ``reach`` is the radius of the sphere about the object's own volume. ``radial`` and ``any_direction`` are shares:
    those of two objects add up to at least the larger of their volumes.
    """

    reach_km: Floats
    radial_km: Floats
    any_direction_km: Floats


@inlined
def radial_bin(radius_km: float) -> int:
    """Bins of 0.5 km up to 8400 km, of 20 km up to 50,000 km, one beyond."""
    fine = (radius_km - 6300.0) * 2.0
    coarse = 4200.0 + (radius_km - 8400.0) * 0.05
    return int(min(max(min(fine, 4200.0) if radius_km < 8400.0 else coarse, 0.0), BINS - 2.0))


@inlined
def cell_coordinate(direction: float, cells: int) -> int:
    """Number of the cell, from 0, along one axis of the cube about the unit sphere."""
    return int(min(max((direction + 1.0) * (0.5 * cells), 0.0), cells - 1.0))


@inlined
def missing_of(x: float, y: float, z: float, u: float, v: float, w: float, h: float) -> float:
    """What the third-order path of a state can miss, but for what is measured object by object; km."""
    g, rate, r = two_body_terms(x, y, z, u, v, w)
    return beyond_third_order_km(g, rate, r, u * u + v * v + w * w, h)


@inner
def bound_extents(
    states: Floats, unmodelled_km: Floats, radial_gate_km: Floats, gate_km: Floats, h: float, cells: int,
    extents: Indices,
) -> None:  # fmt: skip
    """Bins of radius and cells of direction in which the objects can be within ``h`` seconds.

    ``states`` has the shape (6, n); ``extents`` takes the rows above. Objects without a state get ``MOST`` below
    ``LEAST``. The loop has no branch, so that it is vectorised.
    """
    for i in range(states.shape[1]):
        x, y, z = states[0, i], states[1, i], states[2, i]
        u, v, w = states[3, i], states[4, i], states[5, i]
        g, rate, r = two_body_terms(x, y, z, u, v, w)
        square_speed = u * u + v * v + w * w
        rdot = rate * r
        missing_km = beyond_third_order_km(g, rate, r, square_speed, h) + unmodelled_km[i]

        tangential = max(square_speed - rdot * rdot, 0.0)
        q = tangential / (g * r * r)
        second = g * r * (q - 1.0)
        third = rdot * g * (2.0 - 3.0 * q)
        fourth = g * (abs(second * (2.0 - 3.0 * q)) + abs(rdot * rate * (12.0 * q - 6.0)))
        change_km = h * (abs(rdot) + h * (0.5 * abs(second) + h * (0.25 * abs(third) + h * fourth / 12.0)))
        share_km = change_km + missing_km + radial_gate_km[i] + ROUNDING_KM
        least_km = r - share_km
        there = (r >= LOWEST_RADIUS_KM) & (r <= HIGHEST_RADIUS_KM)
        extents[LEAST, i] = radial_bin(least_km) if there else 1
        extents[MOST, i] = radial_bin(r + share_km) if there else -1

        dx, dy, dz = x / r, y / r, z / r
        inverse = h * (1.0 + 2.0 * abs(rate) * h) / r
        psi = math.sqrt(tangential) * inverse
        bulge = 0.5 * psi * psi
        lateral = (missing_km + 1.1 * gate_km[i]) / max(least_km - 100.0, 1000.0) + ROUNDING_RAD
        box_x = abs(u - rdot * dx) * inverse + bulge * abs(dx) + lateral
        box_y = abs(v - rdot * dy) * inverse + bulge * abs(dy) + lateral
        box_z = abs(w - rdot * dz) * inverse + bulge * abs(dz) + lateral
        extents[LOW_X, i] = cell_coordinate(dx - box_x, cells)
        extents[LOW_Y, i] = cell_coordinate(dy - box_y, cells)
        extents[LOW_Z, i] = cell_coordinate(dz - box_z, cells)
        extents[HIGH_X, i] = cell_coordinate(dx + box_x, cells)
        extents[HIGH_Y, i] = cell_coordinate(dy + box_y, cells)
        extents[HIGH_Z, i] = cell_coordinate(dz + box_z, cells)


@inner
def straight_paths(states: Floats, unmodelled_km: Floats, reach_km: Floats, h: float, paths: Singles) -> None:
    """Straight paths in single precision, and what they miss of the true ones (or of the difference of two)."""
    for i in range(states.shape[1]):
        x, y, z = states[0, i], states[1, i], states[2, i]
        u, v, w = states[3, i], states[4, i], states[5, i]
        g, rate, r = two_body_terms(x, y, z, u, v, w)
        square_speed = u * u + v * v + w * w
        rdot = rate * r
        missing_km = beyond_third_order_km(g, rate, r, square_speed, h) + unmodelled_km[i]
        jerk = g * math.sqrt(square_speed + 3.0 * rdot * rdot)
        apart_km = math.sqrt(square_speed) * h + reach_km[i]
        bend_km = h * h * (jerk * h / 6.0 + 0.5 * BEND * g * apart_km)
        paths[X, i] = x
        paths[Y, i] = y
        paths[Z, i] = z
        paths[U, i] = u
        paths[V, i] = v
        paths[W, i] = w
        paths[REACH, i] = reach_km[i]
        paths[MISSING, i] = missing_km + bend_km + ROUNDING_KM + ROUNDING_PER_KM * r
