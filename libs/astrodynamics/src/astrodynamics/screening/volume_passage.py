"""The passage of a pair through a volume, compiled.

An ellipsoid or a box is not met at the least range: the relative path of the whole pass is looked at, for its deepest
point and for its crossings of the surface.
"""

import math

from astrodynamics.jit import inner, int64
from astrodynamics.screening.pairs import look
from astrodynamics.screening.relative_motion import Desk, Sample
from astrodynamics.screening.relative_path import Path, depth_on, fraction_at, path_of_pass
from astrodynamics.screening.states import Trajectories
from astrodynamics.screening.volumes import SPHERE, Volumes

GOLDEN = 0.3819660112501051
LOOKS = 8
SECTIONS = 24
BISECTIONS = 30
NOT_QUITE_CONVEX = 0.1
"""The depth on a straight path is a convex function of time; this is for its bends within a look."""


@inner
def deepest_on(volumes: Volumes, first: int, path: Path, low: float, high: float) -> float:
    """Fraction of the stretch, within [low, high], where a path is deepest in the volume (or just inside it).

    A curved path can dip towards a flat volume more than once: every dip of a coarse look is followed, but for those
    that by their convexity stay outside.
    """
    spacing = (high - low) / LOOKS
    deepest, least = low, math.inf
    before, here = depth_on(volumes, first, path, low - spacing), depth_on(volumes, first, path, low)
    for k in range(LOOKS + 1):
        s = low + spacing * k
        after = depth_on(volumes, first, path, s + spacing)
        if here < least:
            deepest, least = s, here
        if here <= before and here <= after and 2.0 * here - max(before, after) <= 1.0 + NOT_QUITE_CONVEX:
            a, b = max(s - spacing, low), min(s + spacing, high)
            bottom = s if here <= 1.0 else bottom_on(volumes, first, path, a, b)
            depth = depth_on(volumes, first, path, bottom)
            if depth < least:
                deepest, least = bottom, depth
        before, here = here, after
    return deepest


@inner
def bottom_on(volumes: Volumes, first: int, path: Path, low: float, high: float) -> float:
    """Where the one dip between two fractions is deepest, by golden sections; at once where it is found inside."""
    for _ in range(SECTIONS):
        a, b = low + GOLDEN * (high - low), high - GOLDEN * (high - low)
        depth_a, depth_b = depth_on(volumes, first, path, a), depth_on(volumes, first, path, b)
        if min(depth_a, depth_b) <= 1.0:
            return a if depth_a < depth_b else b
        if depth_a < depth_b:
            high = b
        else:
            low = a
    return 0.5 * (low + high)


@inner
def crossing_on(volumes: Volumes, first: int, path: Path, inside: float, outside: float) -> float:
    """Fraction of the stretch at which a path crosses the surface; the outer end where it stays inside."""
    if depth_on(volumes, first, path, outside) <= 1.0:
        return outside
    for _ in range(BISECTIONS):
        middle = 0.5 * (inside + outside)
        if depth_on(volumes, first, path, middle) <= 1.0:
            inside = middle
        else:
            outside = middle
    return inside


@inner
def fast_passage(
    of: Trajectories, volumes: Volumes, first: int, second: int, node_ns: int, t: float, distance: float, speed: float,
    desk: Desk,
) -> tuple[bool, float, float]:  # fmt: skip
    """Whether a fast pass with closest approach at ``t`` enters the volume, and from when to when (s)."""
    reach = volumes.reach_km[first]
    if not distance <= reach:
        return False, 0.0, 0.0
    half_s = math.sqrt(reach * reach - distance * distance) / speed
    if volumes.shape[first] == SPHERE:
        return True, t - half_s, t + half_s
    half_s = 1.02 * half_s + 1.0e-3
    path = path_of_pass(of, first, second, node_ns, t - half_s, t + half_s, desk)
    if not path.trusted:
        return False, 0.0, 0.0
    s = deepest_on(volumes, first, path, -1.0, 1.0)
    if depth_on(volumes, first, path, s) > 1.0:
        return False, 0.0, 0.0
    entry = crossing_on(volumes, first, path, s, -1.0)
    return True, t + half_s * entry, t + half_s * crossing_on(volumes, first, path, s, 1.0)


@inner
def deepest_between(
    of: Trajectories, volumes: Volumes, first: int, second: int, path: Path, a: Sample, b: Sample, desk: Desk
) -> Sample:
    """Where a pair is deepest in an ellipsoid or box between two samples; the deeper sample where that is an end."""
    deeper = a if a.depth < b.depth else b
    if path.trusted:
        s = deepest_on(volumes, first, path, fraction_at(path, a.at_ns), fraction_at(path, b.at_ns))
        at_ns = path.base_ns + int64(1e9 * (path.begin_s + path.half_s * (1.0 + s)))
    else:
        between = path_of_pass(of, first, second, a.at_ns, 0.0, 1e-9 * (b.at_ns - a.at_ns), desk)
        if not between.trusted:
            return deeper
        s = deepest_on(volumes, first, between, -1.0, 1.0)
        at_ns = a.at_ns + int64(0.5 * (s + 1.0) * (b.at_ns - a.at_ns))
    if at_ns <= a.at_ns or at_ns >= b.at_ns:
        return deeper
    return look(of, volumes, first, second, path, at_ns, desk)
