"""The passage of a pair through an ellipsoid or a box, compiled.

Neither is met at the least range: the whole pass is looked at. Five positions in the turning RTN frame of the first
object give a quartic path, and the path's deepest point and its crossings of the surface are found on it.
"""

import math

import numpy as np

from astrodynamics.jit import inner, int64
from astrodynamics.screening.pairs import SPHERE, Sample, Volumes, depth_of, rtn_components, sample_at
from astrodynamics.screening.states import Trajectories, state_at
from astrodynamics.sgp4.elements import Floats

GOLDEN = 0.3819660112501051


@inner
def quartic(values: Floats, column: int, s: float) -> float:
    """Polynomial through values at s = -1, -1/2, 0, 1/2, 1."""
    s2 = s * s
    w0 = s * (s - 1.0) * (4.0 * s2 - 1.0) / 6.0
    w1 = -4.0 * s * (s2 - 1.0) * (2.0 * s - 1.0) / 3.0
    w2 = (s2 - 1.0) * (4.0 * s2 - 1.0)
    w3 = -4.0 * s * (s2 - 1.0) * (2.0 * s + 1.0) / 3.0
    w4 = s * (s + 1.0) * (4.0 * s2 - 1.0) / 6.0
    value: float = (
        w0 * values[0, column] + w1 * values[1, column] + w2 * values[2, column]
        + w3 * values[3, column] + w4 * values[4, column]
    )  # fmt: skip
    return value


@inner
def depth_on_path(volumes: Volumes, first: int, path: Floats, s: float) -> float:
    """Depth at a fraction of the stretch."""
    return depth_of(volumes, first, quartic(path, 0, s), quartic(path, 1, s), quartic(path, 2, s))


@inner
def deepest_on_path(volumes: Volumes, first: int, path: Floats) -> float:
    """Fraction of the stretch, -1 to 1, where a path is deepest in the volume: a coarse look, then golden sections."""
    best_s = -1.0
    best = math.inf
    for k in range(17):
        s = -1.0 + 0.125 * k
        depth = depth_on_path(volumes, first, path, s)
        if depth < best:
            best = depth
            best_s = s
    low, high = max(best_s - 0.125, -1.0), min(best_s + 0.125, 1.0)
    for _ in range(40):
        a = low + GOLDEN * (high - low)
        b = high - GOLDEN * (high - low)
        if depth_on_path(volumes, first, path, a) < depth_on_path(volumes, first, path, b):
            high = b
        else:
            low = a
    s = 0.5 * (low + high)
    return s if depth_on_path(volumes, first, path, s) < best else best_s


@inner
def crossing_on_path(volumes: Volumes, first: int, path: Floats, inside_s: float, outside_s: float) -> float:
    """Fraction of the stretch at which a path crosses the surface; the outer end where it stays inside."""
    if depth_on_path(volumes, first, path, outside_s) <= 1.0:
        return outside_s
    for _ in range(30):
        middle = 0.5 * (inside_s + outside_s)
        if depth_on_path(volumes, first, path, middle) <= 1.0:
            inside_s = middle
        else:
            outside_s = middle
    return inside_s


@inner
def follow_path(
    of: Trajectories, first: int, second: int, base_ns: int, from_s: float, to_s: float, path: Floats
) -> bool:
    """RTN positions of the second object from the first at five instants; False where one has no state."""
    for k in range(5):
        t = from_s + 0.25 * k * (to_s - from_s)
        x, y, z, u, v, w = state_at(of, first, base_ns, t)
        x2, y2, z2, _, _, _ = state_at(of, second, base_ns, t)
        if math.isnan(x + x2):
            return False
        path[k, 0], path[k, 1], path[k, 2] = rtn_components(x, y, z, u, v, w, x2 - x, y2 - y, z2 - z)
    return True


@inner
def fast_passage(
    of: Trajectories, volumes: Volumes, first: int, second: int, node_ns: int, t: float, distance: float, speed: float
) -> tuple[bool, float, float]:
    """Whether a fast pass with closest approach at ``t`` enters the volume, and from when to when (s)."""
    reach = volumes.reach_km[first]
    if not distance <= reach:
        return False, 0.0, 0.0
    half_s = math.sqrt(reach * reach - distance * distance) / speed
    if volumes.shape == SPHERE:
        return True, t - half_s, t + half_s
    path = np.empty((5, 3))
    half_s = 1.02 * half_s + 1.0e-3
    if not follow_path(of, first, second, node_ns, t - half_s, t + half_s, path):
        return False, 0.0, 0.0
    s = deepest_on_path(volumes, first, path)
    if depth_on_path(volumes, first, path, s) > 1.0:
        return False, 0.0, 0.0
    entry = crossing_on_path(volumes, first, path, s, -1.0)
    return True, t + half_s * entry, t + half_s * crossing_on_path(volumes, first, path, s, 1.0)


@inner
def deepest_between(of: Trajectories, volumes: Volumes, first: int, second: int, a: Sample, b: Sample) -> Sample:
    """Where a pair is deepest in an ellipsoid or box between two samples; the deeper sample where that is an end."""
    path = np.empty((5, 3))
    deeper = a if a.depth < b.depth else b
    if not follow_path(of, first, second, a.at_ns, 0.0, 1e-9 * (b.at_ns - a.at_ns), path):
        return deeper
    s = deepest_on_path(volumes, first, path)
    at_ns = a.at_ns + int64(0.5 * (s + 1.0) * (b.at_ns - a.at_ns))
    if at_ns <= a.at_ns or at_ns >= b.at_ns:
        return deeper
    return sample_at(of, volumes, first, second, at_ns, 0.0)
