"""Motion about a grid node, compiled: the third-order path and bounds on what it leaves out.

Within h of a node the path is ``p + v t + a t^2 / 2 + j t^3 / 6`` of two-body motion: ``a = -g p`` with
``g = mu / r^3`` and ``j = -g v + 3 g (rdot / r) p``. It leaves out

- the snap, ``|s| <= g (3 |v^2 - g r^2 - 5 rdot^2| / r + g r + 6 |rdot| v / r)``, counted twice for its growth,
- the oblateness, at most ``3.3e-3 mu R^2 / r^4`` (twice 3/2 J2, over the poles),
- and what is measured object by object (`states.velocity_misfit`).
"""

import math

from astrodynamics.jit import inlined
from astrodynamics.sgp4.constants import EARTH_RADIUS_KM, MU_KM3_S2
from astrodynamics.sgp4.near_earth import State

OBLATENESS = 3.3e-3
SMALL_FORCES_KM = 0.03
"""Drag and third bodies, where the neighbouring nodes show nothing unusual."""


@inlined
def two_body_terms(x: float, y: float, z: float, u: float, v: float, w: float) -> tuple[float, float, float]:
    """Factor g of the acceleration, radial speed over radius, and radius, of a state."""
    r2 = x * x + y * y + z * z
    r = math.sqrt(r2)
    return MU_KM3_S2 / (r2 * r), (x * u + y * v + z * w) / r2, r


@inlined
def beyond_third_order_km(g: float, rate: float, r: float, square_speed: float, h: float) -> float:
    """How far the third-order path can miss after ``h`` seconds."""
    radial = rate * r
    snap = g * (
        3.0 * abs(square_speed - g * r * r - 5.0 * radial * radial) / r
        + g * r
        + 6.0 * abs(rate) * math.sqrt(square_speed)
    )
    oblateness = OBLATENESS * g * EARTH_RADIUS_KM * EARTH_RADIUS_KM / r
    square = h * h
    return square * (0.5 * oblateness + square * snap * (2.0 / 24.0)) + SMALL_FORCES_KM


@inlined
def third_order_position(
    x: float, y: float, z: float, u: float, v: float, w: float, t: float
) -> tuple[float, float, float]:
    """Position ``t`` seconds from a state, by the third-order path."""
    g, rate, _ = two_body_terms(x, y, z, u, v, w)
    along = t * (1.0 - g * t * t / 6.0)
    out = 1.0 - 0.5 * g * t * t * (1.0 - rate * t)
    return out * x + along * u, out * y + along * v, out * z + along * w


@inlined
def beyond_path_km(node: State, state: State, t: float) -> float:
    """Distance of a state ``t`` seconds after a node from the node's third-order path; km."""
    x, y, z = third_order_position(node[0], node[1], node[2], node[3], node[4], node[5], t)
    dx, dy, dz = x - state[0], y - state[1], z - state[2]
    return math.sqrt(dx * dx + dy * dy + dz * dz)
