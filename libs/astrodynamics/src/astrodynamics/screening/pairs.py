"""The relative motion of a pair by its own propagators, compiled."""

import math
from typing import NamedTuple

from astrodynamics.jit import inlined, inner, int64
from astrodynamics.screening.states import Trajectories, state_at
from astrodynamics.sgp4.constants import MU_KM3_S2
from astrodynamics.sgp4.elements import Floats

SPHERE, ELLIPSOID, BOX = 0, 1, 2

DIFFERENCE_S = 0.25
"""Half the base of the difference that gives the range rate: SGP4's velocity is not the derivative of its position, and
the closest approach is where the range is least. The error is below 1e-7 km/s."""
CROSSING_NS = 1_000_000
WALK_NS = 30_000_000_000
LONGEST_WALK = 2880


class Volumes(NamedTuple):
    """The shape of all volumes, their half-sizes (n, 3) and reach (n,) in km; zero for an object without one."""

    shape: int
    half_sizes_km: Floats
    reach_km: Floats


class Sample(NamedTuple):
    """One instant of a pair: range, range times its rate, relative speed, and depth (1 at the volume's surface)."""

    at_ns: int
    range_km: float
    range_product: float
    speed_km_s: float
    depth: float


@inlined
def rtn_components(
    x: float, y: float, z: float, u: float, v: float, w: float, px: float, py: float, pz: float
) -> tuple[float, float, float]:
    """Radial, in-track and cross-track components of a vector p at a state."""
    r = math.sqrt(x * x + y * y + z * z)
    hx, hy, hz = y * w - z * v, z * u - x * w, x * v - y * u
    h = math.sqrt(hx * hx + hy * hy + hz * hz)
    radial = (px * x + py * y + pz * z) / r
    cross_track = (px * hx + py * hy + pz * hz) / h
    tx, ty, tz = (hy * z - hz * y) / (h * r), (hz * x - hx * z) / (h * r), (hx * y - hy * x) / (h * r)
    return radial, px * tx + py * ty + pz * tz, cross_track


@inner
def depth_of(volumes: Volumes, first: int, radial: float, in_track: float, cross_track: float) -> float:
    """Norm in which the volume's surface is 1."""
    a = abs(radial) / volumes.half_sizes_km[first, 0]
    b = abs(in_track) / volumes.half_sizes_km[first, 1]
    c = abs(cross_track) / volumes.half_sizes_km[first, 2]
    return max(a, max(b, c)) if volumes.shape == BOX else math.sqrt(a * a + b * b + c * c)  # noqa: PLW3301 - faster


@inner
def squared_range(of: Trajectories, first: int, second: int, at_ns: int, remainder_s: float) -> float:
    """Square of a pair's distance, km^2; NaN where either has no state."""
    x, y, z, _, _, _ = state_at(of, first, at_ns, remainder_s)
    x2, y2, z2, _, _, _ = state_at(of, second, at_ns, remainder_s)
    px, py, pz = x2 - x, y2 - y, z2 - z
    return px * px + py * py + pz * pz


@inner
def range_times_rate(of: Trajectories, first: int, second: int, at_ns: int, remainder_s: float) -> float:
    """Half the derivative of the squared range, by a central difference; NaN next to where a state is missing."""
    later = squared_range(of, first, second, at_ns, remainder_s + DIFFERENCE_S)
    earlier = squared_range(of, first, second, at_ns, remainder_s - DIFFERENCE_S)
    return (later - earlier) / (4.0 * DIFFERENCE_S)


@inner
def sample_at(of: Trajectories, volumes: Volumes, first: int, second: int, at_ns: int, remainder_s: float) -> Sample:
    """Follow a pair to one instant; NaN and infinite depth where either has no state."""
    x, y, z, u, v, w = state_at(of, first, at_ns, remainder_s)
    x2, y2, z2, u2, v2, w2 = state_at(of, second, at_ns, remainder_s)
    px, py, pz = x2 - x, y2 - y, z2 - z
    qx, qy, qz = u2 - u, v2 - v, w2 - w
    distance = math.sqrt(px * px + py * py + pz * pz)
    if math.isnan(distance):
        return Sample(at_ns, math.nan, math.nan, math.nan, math.inf)
    if volumes.shape == SPHERE:
        depth = distance / volumes.half_sizes_km[first, 0]
    else:
        radial, in_track, cross_track = rtn_components(x, y, z, u, v, w, px, py, pz)
        depth = depth_of(volumes, first, radial, in_track, cross_track)
    product = range_times_rate(of, first, second, at_ns, remainder_s)
    if math.isnan(product):
        product = px * qx + py * qy + pz * qz
    return Sample(at_ns, distance, product, math.sqrt(qx * qx + qy * qy + qz * qz), depth)


@inner
def closest_approach(
    of: Trajectories, first: int, second: int, node_ns: int, reach_km: float, h: float
) -> tuple[float, float, float]:
    """Time after the node (s), range (km) and relative speed (km/s) of a pass, by Newton's iteration on the range rate.

    Velocities lead near it, differences of the range to it. Range infinite: certainly out of reach. Time NaN: no
    convergence, so that the step must be scanned.
    """
    t = 0.0
    for iteration in range(12):
        x, y, z, u, v, w = state_at(of, first, node_ns, t)
        x2, y2, z2, u2, v2, w2 = state_at(of, second, node_ns, t)
        px, py, pz = x2 - x, y2 - y, z2 - z
        qx, qy, qz = u2 - u, v2 - v, w2 - w
        r1 = math.sqrt(x * x + y * y + z * z)
        r2 = math.sqrt(x2 * x2 + y2 * y2 + z2 * z2)
        g1 = MU_KM3_S2 / (r1 * r1 * r1)
        g2 = MU_KM3_S2 / (r2 * r2 * r2)
        ax, ay, az = g1 * x - g2 * x2, g1 * y - g2 * y2, g1 * z - g2 * z2
        product = px * qx + py * qy + pz * qz
        square_speed = qx * qx + qy * qy + qz * qz
        slope = square_speed + px * ax + py * ay + pz * az
        if not slope > 0.0:
            break
        change = -product / slope
        if iteration > 0 and abs(change) < 0.5:
            speed = math.sqrt(square_speed)
            least = px * px + py * py + pz * pz - product * product / square_speed
            if least > (reach_km + 0.02) * (reach_km + 0.02):
                return t + change, math.inf, speed
            if abs(change) < 0.02:
                return polished_approach(of, first, second, node_ns, t + change, slope), math.sqrt(least), speed
        t += change
        if not abs(t) <= 1.5 * h:
            break
    return math.nan, 0.0, 0.0


@inner
def polished_approach(of: Trajectories, first: int, second: int, node_ns: int, t: float, slope: float) -> float:
    """Time of least range to a nanosecond, from one within milliseconds; NaN where it isn't reached."""
    for _ in range(8):
        change = -range_times_rate(of, first, second, node_ns, t) / slope
        t += change
        if not abs(change) >= 1.0e-9:
            return t
    return math.nan


@inner
def minimum_between(of: Trajectories, volumes: Volumes, first: int, second: int, a: Sample, b: Sample) -> Sample:
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
        middle = sample_at(of, volumes, first, second, inner, 0.0)
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
    of: Trajectories, volumes: Volumes, first: int, second: int, inside_ns: int, outside_ns: int
) -> int:
    """Last instant inside before a pair leaves the volume (or first after it entered), to a millisecond."""
    while abs(outside_ns - inside_ns) > CROSSING_NS:
        middle = inside_ns + (outside_ns - inside_ns) // 2
        if sample_at(of, volumes, first, second, middle, 0.0).depth <= 1.0:
            inside_ns = middle
        else:
            outside_ns = middle
    return inside_ns


@inner
def walk_to_minimum(of: Trajectories, volumes: Volumes, first: int, second: int, from_ns: int, forward: bool) -> Sample:
    """Follow a pair downhill in range from an instant to the next local minimum, at most a day."""
    stride = WALK_NS if forward else -WALK_NS
    here = sample_at(of, volumes, first, second, from_ns, 0.0)
    for _ in range(LONGEST_WALK):
        there = sample_at(of, volumes, first, second, here.at_ns + stride, 0.0)
        if math.isnan(there.range_km):
            break
        if (there.range_product > 0.0) == forward:
            earlier, later = (here, there) if forward else (there, here)
            return minimum_between(of, volumes, first, second, earlier, later)
        here = there
    return here
