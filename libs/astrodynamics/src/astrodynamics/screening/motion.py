"""Motion about a grid node, compiled: the second-order path and bounds on what it leaves out.

Within h of a node the path is ``p + v t + a t^2 / 2`` with the two-body acceleration ``a = -g p``, ``g = mu / r^3``.
It leaves out the jerk, ``|j| = g sqrt(v^2 + 3 rdot^2)``, the oblateness, at most ``3.3e-3 mu R^2 / r^4`` (twice
3/2 J2, over the poles), and what is measured object by object (`states.fill_tile`).
"""

import math

from astrodynamics.jit import inlined
from astrodynamics.sgp4.constants import EARTH_RADIUS_KM, MU_KM3_S2
from astrodynamics.sgp4.elements import Floats
from astrodynamics.sgp4.near_earth import State

OBLATENESS = 3.3e-3
SMALL_FORCES_KM = 0.03
"""Drag, third bodies and SGP4's velocities, where the neighbouring nodes show nothing unusual."""


@inlined
def acceleration_terms(x: float, y: float, z: float, u: float, v: float, w: float, h: float) -> tuple[float, float]:
    """The factor g, and how far the second-order path can miss after ``h`` seconds; km."""
    r2 = x * x + y * y + z * z
    r = math.sqrt(r2)
    g = MU_KM3_S2 / (r2 * r)
    rdot = (x * u + y * v + z * w) / r
    jerk = g * math.sqrt(u * u + v * v + w * w + 3.0 * rdot * rdot)
    oblateness = OBLATENESS * MU_KM3_S2 * EARTH_RADIUS_KM * EARTH_RADIUS_KM / (r2 * r2)
    return g, h * h * (0.2 * jerk * h + 0.5 * oblateness) + SMALL_FORCES_KM


@inlined
def beyond_taylor_km(node: Floats, state: State, t: float) -> float:
    """Distance of a state ``t`` seconds after a node from the node's second-order path; km."""
    g, _ = acceleration_terms(node[0], node[1], node[2], node[3], node[4], node[5], t)
    bend = 0.5 * g * t * t
    dx = node[0] + node[3] * t - bend * node[0] - state[0]
    dy = node[1] + node[4] * t - bend * node[1] - state[1]
    dz = node[2] + node[5] * t - bend * node[2] - state[2]
    return math.sqrt(dx * dx + dy * dy + dz * dz)
