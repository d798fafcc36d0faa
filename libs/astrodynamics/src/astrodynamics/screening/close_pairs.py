"""The last test of the sieve, compiled: third-order paths in double precision, and the volume's own shape.

A pair passes in a role if its relative path comes within reach of the primary, and if, while it is, no axis of the
primary's RTN frame keeps it outside the volume throughout.
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from astrodynamics.jit import inlined, inner
from astrodynamics.screening.bounds import Indices
from astrodynamics.screening.motion import beyond_third_order_km, third_order_position, two_body_terms
from astrodynamics.screening.volumes import SPHERE, Volumes
from astrodynamics.sgp4.elements import Floats

PRIMARY, SECONDARY = 1, 2
FIRST_LEADS, SECOND_LEADS = 1, 2
LONGEST_PASS_S = 16.0
INSTANTS = 5
"""At which the relative position is looked at while a pair is within reach."""
FASTEST_TURN_RAD_S = 2.2e-3
"""Twice the rate of turn at the fastest perigee: with it the relative position curves in the RTN frame."""


class Approach(NamedTuple):
    """Least distance (km) of third-order paths within a step, when after its node (s), and the relative speed."""

    distance_km: float
    t: float
    speed_km_s: float


@inlined
def least_distance(states: Floats, i: int, j: int, h: float) -> Approach:
    """Closest approach of two objects' third-order paths within ``h`` seconds: straight first, then Newton's steps."""
    x1, y1, z1, u1, v1, w1 = states[0, i], states[1, i], states[2, i], states[3, i], states[4, i], states[5, i]
    x2, y2, z2, u2, v2, w2 = states[0, j], states[1, j], states[2, j], states[3, j], states[4, j], states[5, j]
    g1, rate1, _ = two_body_terms(x1, y1, z1, u1, v1, w1)
    g2, rate2, _ = two_body_terms(x2, y2, z2, u2, v2, w2)
    x, y, z = x2 - x1, y2 - y1, z2 - z1
    u, v, w = u2 - u1, v2 - v1, w2 - w1
    ax, ay, az = g1 * x1 - g2 * x2, g1 * y1 - g2 * y2, g1 * z1 - g2 * z2
    s1, s2 = 3.0 * g1 * rate1, 3.0 * g2 * rate2
    jx, jy, jz = (
        s2 * x2 - g2 * u2 - s1 * x1 + g1 * u1,
        s2 * y2 - g2 * v2 - s1 * y1 + g1 * v1,
        s2 * z2 - g2 * w2 - s1 * z1 + g1 * w1,
    )
    t = -(x * u + y * v + z * w) / (u * u + v * v + w * w + 1.0e-12)
    t = min(max(t, -h), h)
    square_distance, square_speed = 0.0, 0.0
    for turn in range(3):
        px = x + t * (u + t * (0.5 * ax + t * jx / 6.0))
        py = y + t * (v + t * (0.5 * ay + t * jy / 6.0))
        pz = z + t * (w + t * (0.5 * az + t * jz / 6.0))
        qx = u + t * (ax + 0.5 * t * jx)
        qy = v + t * (ay + 0.5 * t * jy)
        qz = w + t * (az + 0.5 * t * jz)
        square_distance = px * px + py * py + pz * pz
        square_speed = qx * qx + qy * qy + qz * qz
        if turn < 2:
            slope = square_speed + px * (ax + t * jx) + py * (ay + t * jy) + pz * (az + t * jz)
            if slope > 0.0:
                t = min(max(t - (px * qx + py * qy + pz * qz) / slope, -h), h)
    return Approach(math.sqrt(square_distance), t, math.sqrt(square_speed))


@inlined
def missing_of(states: Floats, i: int, t: float) -> float:
    """What an object's third-order path can miss after ``t`` seconds, but for what is measured of it; km."""
    g, rate, r = two_body_terms(states[0, i], states[1, i], states[2, i], states[3, i], states[4, i], states[5, i])
    square_speed = states[3, i] * states[3, i] + states[4, i] * states[4, i] + states[5, i] * states[5, i]
    return beyond_third_order_km(g, rate, r, square_speed, t)


@inlined
def position_after(states: Floats, i: int, t: float) -> tuple[float, float, float]:
    """An object's position on its third-order path."""
    return third_order_position(states[0, i], states[1, i], states[2, i], states[3, i], states[4, i], states[5, i], t)


@inner
def stays_outside(
    states: Floats, first: int, second: int, half_sizes_km: Floats, missing_km: float, begin: float, end: float,
    reach_km: float, speed_km_s: float,
) -> bool:  # fmt: skip
    """Whether one axis of the first's RTN frame keeps the second outside its half-sizes from ``begin`` to ``end``."""
    u, v, w = states[3, first], states[4, first], states[5, first]
    x0, y0, z0 = states[0, first], states[1, first], states[2, first]
    nx, ny, nz = y0 * w - z0 * v, z0 * u - x0 * w, x0 * v - y0 * u
    n = math.sqrt(nx * nx + ny * ny + nz * nz)
    nx, ny, nz = nx / n, ny / n, nz / n
    spacing = (end - begin) / (INSTANTS - 1)
    sag_km = spacing * spacing / 8.0 * FASTEST_TURN_RAD_S * (2.0 * speed_km_s + FASTEST_TURN_RAD_S * reach_km)
    margin = missing_km + sag_km
    above_r, above_t, above_n = True, True, True
    below_r, below_t, below_n = True, True, True
    for k in range(INSTANTS):
        t = begin + k * spacing
        x, y, z = position_after(states, first, t)
        x2, y2, z2 = position_after(states, second, t)
        px, py, pz = x2 - x, y2 - y, z2 - z
        r = math.sqrt(x * x + y * y + z * z)
        radial = (px * x + py * y + pz * z) / r
        tx, ty, tz = ny * z - nz * y, nz * x - nx * z, nx * y - ny * x
        in_track = (px * tx + py * ty + pz * tz) / r
        cross_track = px * nx + py * ny + pz * nz
        above_r &= radial > half_sizes_km[0] + margin
        below_r &= radial < -half_sizes_km[0] - margin
        above_t &= in_track > half_sizes_km[1] + margin
        below_t &= in_track < -half_sizes_km[1] - margin
        above_n &= cross_track > half_sizes_km[2] + margin
        below_n &= cross_track < -half_sizes_km[2] - margin
    outside: bool = above_r | below_r | above_t | below_t | above_n | below_n
    return outside


@inner
def may_enter(
    states: Floats, first: int, second: int, volumes: Volumes, primary: int, approach: Approach, unmodelled_km: float,
    h: float,
) -> bool:  # fmt: skip
    """Whether the second can enter the first's volume within ``h`` seconds."""
    missing_km = unmodelled_km + missing_of(states, first, h) + missing_of(states, second, h)
    limit = volumes.reach_km[primary] + missing_km
    if approach.distance_km > limit:
        return False
    if volumes.shape[primary] == SPHERE:
        return True
    square = limit * limit - approach.distance_km * approach.distance_km
    within_s = 1.1 * math.sqrt(square) / (approach.speed_km_s + 1.0e-9) + 0.1
    # a fast pass is reported whole by the step of its closest approach: it may enter the volume beyond the step's end
    begin = max(approach.t - within_s, -h - LONGEST_PASS_S)
    end = min(approach.t + within_s, h + LONGEST_PASS_S)
    if end - begin > 0.5 * h:
        return True
    latest = max(abs(begin), abs(end))
    missing_km = 1.5 * unmodelled_km + missing_of(states, first, latest) + missing_of(states, second, latest)
    half_sizes_km = volumes.half_sizes_km[primary]
    return not stays_outside(states, first, second, half_sizes_km, missing_km, begin, end, limit, approach.speed_km_s)


@inner
def keep_close(
    pairs: Indices, found: int, states: Floats, unmodelled_km: Floats, members: npt.NDArray[np.int64],
    role: npt.NDArray[np.uint8], volumes: Volumes, h: float, step: int, candidates: Indices, kept: int,
) -> int:  # fmt: skip
    """Keep the pairs that may enter a volume; returns the new number of candidates."""
    for k in range(found):
        i, j = min(pairs[k, 0], pairs[k, 1]), max(pairs[k, 0], pairs[k, 1])
        first_leads = (role[i] & PRIMARY) != 0 and (role[j] & SECONDARY) != 0
        second_leads = (role[j] & PRIMARY) != 0 and (role[i] & SECONDARY) != 0
        if not (first_leads or second_leads):
            continue
        approach = least_distance(states, i, j, h)
        unmodelled = unmodelled_km[i] + unmodelled_km[j]
        if first_leads:
            first_leads = may_enter(states, i, j, volumes, members[i], approach, unmodelled, h)
        if second_leads:
            second_leads = may_enter(states, j, i, volumes, members[j], approach, unmodelled, h)
        if first_leads or second_leads:
            if kept < candidates.shape[0]:
                candidates[kept, STEP] = step
                candidates[kept, FIRST] = i
                candidates[kept, SECOND] = j
                candidates[kept, ROLES] = (FIRST_LEADS if first_leads else 0) | (SECOND_LEADS if second_leads else 0)
                candidates[kept, AT_MS] = int(1000.0 * approach.t)
            kept += 1
    return kept


STEP, FIRST, SECOND, ROLES, AT_MS = 0, 1, 2, 3, 4
"""Columns of the candidates: step, two columns of the tile, who may lead, closest approach after the node (ms)."""
COLUMNS = 5
