"""Instants of a pair's relative motion that matter, compiled: least range, and crossings of the volume's surface.

They are sought on the relative path where that is trusted, else with the objects' own propagators.
"""

import math

from astrodynamics.jit import inner, int64
from astrodynamics.screening.relative_motion import Desk, Sample, sample_at
from astrodynamics.screening.relative_path import (
    INERTIAL,
    Path,
    depth_on,
    fraction_at,
    position_on,
    rate_on,
    untrusted_path,
)
from astrodynamics.screening.states import Trajectories
from astrodynamics.screening.volumes import SPHERE, Volumes

CROSSING_NS = 1_000_000
WALK_NS = 30_000_000_000
LONGEST_WALK = 2880


@inner
def look(of: Trajectories, volumes: Volumes, first: int, second: int, path: Path, at_ns: int, desk: Desk) -> Sample:
    """One instant, on the path where that is trusted."""
    if not path.trusted:
        return sample_at(of, volumes, first, second, at_ns, desk)
    s = fraction_at(path, at_ns)
    px, py, pz = position_on(path, INERTIAL, s)
    qx, qy, qz = rate_on(path, s)
    distance = math.sqrt(px * px + py * py + pz * pz)
    if volumes.shape[first] == SPHERE:
        depth = distance / volumes.half_sizes_km[first, 0]
    else:
        depth = depth_on(volumes, first, path, s)
    return Sample(
        at_ns,
        distance,
        px * qx + py * qy + pz * qz,
        math.sqrt(qx * qx + qy * qy + qz * qz),
        depth,
    )


@inner
def minimum_between(
    of: Trajectories, volumes: Volumes, first: int, second: int, path: Path, a: Sample, b: Sample, desk: Desk
) -> Sample:
    """The instant between two samples where the range rate changes sign, by bisection and false position (Illinois)."""
    low, high = a, b
    weight_low, weight_high = a.range_product, b.range_product
    last = 0
    for _ in range(80):
        width = high.at_ns - low.at_ns
        if width <= 100:
            break
        fraction = weight_low / (weight_low - weight_high)
        inner = low.at_ns + int64(min(max(fraction, 0.01), 0.99) * width)
        middle = look(of, volumes, first, second, path, inner, desk)
        if (middle.range_product <= 0.0) == (a.range_product <= 0.0):
            low = middle
            weight_low = middle.range_product
            weight_high = 0.5 * weight_high if last == 1 else weight_high
            last = 1
        else:
            high = middle
            weight_high = middle.range_product
            weight_low = 0.5 * weight_low if last == -1 else weight_low
            last = -1
    return low if low.range_km < high.range_km else high


@inner
def crossing_between(
    of: Trajectories, volumes: Volumes, first: int, second: int, path: Path, inside_ns: int, outside_ns: int, desk: Desk
) -> int:
    """Last instant inside before a pair leaves the volume (or first after it entered), to a millisecond."""
    while abs(outside_ns - inside_ns) > CROSSING_NS:
        middle = inside_ns + (outside_ns - inside_ns) // 2
        if look(of, volumes, first, second, path, middle, desk).depth <= 1.0:
            inside_ns = middle
        else:
            outside_ns = middle
    return inside_ns


@inner
def walk_to_minimum(
    of: Trajectories, volumes: Volumes, first: int, second: int, from_ns: int, forward: bool, desk: Desk
) -> Sample:
    """Follow a pair downhill in range from an instant to the next local minimum, at most a day."""
    stride = WALK_NS if forward else -WALK_NS
    here = sample_at(of, volumes, first, second, from_ns, desk)
    for _ in range(LONGEST_WALK):
        there = sample_at(of, volumes, first, second, here.at_ns + stride, desk)
        if math.isnan(there.range_km):
            break
        if (there.range_product > 0.0) == forward:
            earlier, later = (here, there) if forward else (there, here)
            return minimum_between(of, volumes, first, second, untrusted_path(), earlier, later, desk)
        here = there
    return here
