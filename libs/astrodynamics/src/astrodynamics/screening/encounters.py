"""From candidates to encounters, compiled: the native propagators decide.

A candidate is a pair and a step of the grid. Its relative motion is followed with the objects' own propagators in split time:

- A *fast* pass, straight on the scale of its volume, is found by Newton's iteration on the range rate and reported whole by the step that
  holds its closest approach.
- Everything else is scanned: the step is cut finely enough for the pair's relative speed, and each stretch inside the volume becomes a
  piece with its local minima. Pieces of neighbouring steps, and of neighbouring slices, join end to end (`approaches.join_pieces`).

Both depend on the pair and the step alone, not on how the span was cut or who computes it.
"""

import math
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from astrodynamics.jit import inlined, kernel
from astrodynamics.screening.states import EPHEMERIS, Trajectories, state_at
from astrodynamics.sgp4.constants import MU_KM3_S2
from astrodynamics.sgp4.elements import Floats, Integers

SPHERE, ELLIPSOID, BOX = 0, 1, 2

DIFFERENCE_S = 0.25
"""Half the base of the difference that gives the range rate: SGP4's velocity is not the derivative of its position, and the
closest approach is where the range is least. The error is below 1e-7 km/s."""
PASS_S = 15.0
"""A pass that crosses the radius of its volume in less than this is fast: two-body curvature is negligible meanwhile."""
NEAR_BOUNDARY_NS = 1000
"""So close to the end of a step both neighbours ask the sign of the range rate at the common instant who owns the minimum."""
MOST_CUTS = 16
CROSSING_NS = 1_000_000
WALK_NS = 30_000_000_000
LONGEST_WALK = 2880
GOLDEN = 0.3819660112501051

OPEN_ENTRY: Final = 1
"""The stretch goes on before the step (or slice): its entry is the boundary."""
OPEN_EXIT: Final = 2
LEAST_AT_ENTRY: Final = 4
"""The range grows from the entry end on, where the pair is already inside: an end minimum."""
LEAST_AT_EXIT: Final = 8

ENCOUNTER: Final = np.dtype(
    [
        ("first", np.int32),
        ("second", np.int32),
        ("tca_tai_ns", np.int64),
        ("miss_distance_km", np.float64),
        ("entry_tai_ns", np.int64),
        ("exit_tai_ns", np.int64),
        ("minima", np.int32),
        ("flags", np.uint8),
    ]
)
"""A stretch of time inside the volume, with its least range; ``minima`` counts the local minima of the range in it."""


class Volumes(NamedTuple):
    """The shape of all volumes and their half-sizes in each object's RTN frame, shape (n, 3), km; zero for an object without."""

    shape: int
    half_sizes_km: Floats
    reach_km: Floats


class Span(NamedTuple):
    """What is screened: instants from start to before stop."""

    start_ns: int
    stop_ns: int


class Sample(NamedTuple):
    """One instant of a pair: range, range times its rate, relative speed, and how deep in the volume (1 at its surface)."""

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


@inlined
def depth_of(volumes: Volumes, first: int, radial: float, in_track: float, cross_track: float) -> float:
    """Norm in which the volume's surface is 1."""
    a = abs(radial) / volumes.half_sizes_km[first, 0]
    b = abs(in_track) / volumes.half_sizes_km[first, 1]
    c = abs(cross_track) / volumes.half_sizes_km[first, 2]
    return max(a, max(b, c)) if volumes.shape == BOX else math.sqrt(a * a + b * b + c * c)  # noqa: PLW3301 - faster


@kernel
def squared_range(of: Trajectories, first: int, second: int, at_ns: int, remainder_s: float) -> float:
    """Square of a pair's distance, km^2; NaN where either has no state."""
    x, y, z, _, _, _ = state_at(of, first, at_ns, remainder_s)
    x2, y2, z2, _, _, _ = state_at(of, second, at_ns, remainder_s)
    px, py, pz = x2 - x, y2 - y, z2 - z
    return px * px + py * py + pz * pz


@inlined
def range_times_rate(of: Trajectories, first: int, second: int, at_ns: int, remainder_s: float) -> float:
    """Half the derivative of the squared range, by a central difference; NaN next to where a state is missing."""
    later = squared_range(of, first, second, at_ns, remainder_s + DIFFERENCE_S)
    earlier = squared_range(of, first, second, at_ns, remainder_s - DIFFERENCE_S)
    return (later - earlier) / (4.0 * DIFFERENCE_S)


@kernel
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


@inlined
def closest_approach(
    of: Trajectories, first: int, second: int, node_ns: int, reach_km: float, h: float
) -> tuple[float, float, float]:
    """Time after the node (s), range (km) and relative speed (km/s) of a pass, by Newton's iteration on the range rate.

    Velocities lead near it, differences of the range to it. Range infinite: certainly out of reach. Time NaN: no convergence,
    so that the step must be scanned.
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


@inlined
def polished_approach(of: Trajectories, first: int, second: int, node_ns: int, t: float, slope: float) -> float:
    """Time of least range to a nanosecond, from one within milliseconds; NaN where it isn't reached."""
    for _ in range(8):
        change = -range_times_rate(of, first, second, node_ns, t) / slope
        t += change
        if not abs(change) >= 1.0e-9:
            return t
    return math.nan


@inlined
def quartic(values: Floats, column: int, s: float) -> float:
    """Polynomial through values at s = -1, -1/2, 0, 1/2, 1."""
    s2 = s * s
    w0 = s * (s - 1.0) * (4.0 * s2 - 1.0) / 6.0
    w1 = -4.0 * s * (s2 - 1.0) * (2.0 * s - 1.0) / 3.0
    w2 = (s2 - 1.0) * (4.0 * s2 - 1.0)
    w3 = -4.0 * s * (s2 - 1.0) * (2.0 * s + 1.0) / 3.0
    w4 = s * (s + 1.0) * (4.0 * s2 - 1.0) / 6.0
    return (
        w0 * values[0, column] + w1 * values[1, column] + w2 * values[2, column]
        + w3 * values[3, column] + w4 * values[4, column]
    )  # fmt: skip


@inlined
def depth_on_path(volumes: Volumes, first: int, path: Floats, s: float) -> float:
    """Depth at a fraction of the stretch."""
    return depth_of(volumes, first, quartic(path, 0, s), quartic(path, 1, s), quartic(path, 2, s))


@inlined
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


@inlined
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


@kernel
def follow_path(of: Trajectories, first: int, second: int, base_ns: int, from_s: float, to_s: float, path: Floats) -> bool:
    """RTN positions of the second object from the first at five instants into ``path``; False where one has no state."""
    for k in range(5):
        t = from_s + 0.25 * k * (to_s - from_s)
        x, y, z, u, v, w = state_at(of, first, base_ns, t)
        x2, y2, z2, _, _, _ = state_at(of, second, base_ns, t)
        if math.isnan(x + x2):
            return False
        path[k, 0], path[k, 1], path[k, 2] = rtn_components(x, y, z, u, v, w, x2 - x, y2 - y, z2 - z)
    return True


@kernel
def fast_passage(
    of: Trajectories, volumes: Volumes, first: int, second: int, node_ns: int, t: float, distance: float, speed: float
) -> tuple[bool, float, float]:
    """Whether a fast pass with closest approach at ``t`` enters the volume, and from when to when (s after the node)."""
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


@inlined
def put(
    encounters: npt.NDArray[np.void],
    count: int,
    first: int,
    second: int,
    tca_ns: int,
    range_km: float,
    entry_ns: int,
    exit_ns: int,
    minima: int,
    flags: int,
) -> int:
    """Write one encounter while there is room; returns the number found."""
    if count < encounters.size:
        row = encounters[count]
        row.first = first
        row.second = second
        row.tca_tai_ns = tca_ns
        row.miss_distance_km = range_km
        row.entry_tai_ns = entry_ns
        row.exit_tai_ns = exit_ns
        row.minima = minima
        row.flags = flags
    return count + 1


@inlined
def owns(
    of: Trajectories, volumes: Volumes, first: int, second: int, tca_ns: int, low_ns: int, high_ns: int
) -> bool:
    """Whether the minimum of a fast pass belongs to the step [low, high)."""
    if abs(tca_ns - low_ns) < NEAR_BOUNDARY_NS:
        return sample_at(of, volumes, first, second, low_ns, 0.0).range_product <= 0.0
    if abs(tca_ns - high_ns) < NEAR_BOUNDARY_NS:
        return sample_at(of, volumes, first, second, high_ns, 0.0).range_product > 0.0
    return low_ns <= tca_ns < high_ns


@inlined
def usable_until(of: Trajectories, index: int, from_ns: int, to_ns: int) -> tuple[int, int]:
    """First run without gaps of an object's usable time within [from, to]; (to, to - 1) where there is none."""
    if of.kind[index] != EPHEMERIS:
        return from_ns, to_ns
    ephemeris = of.record[index]
    begin, end = to_ns, to_ns - 1
    for segment in range(of.segments[ephemeris, 0], of.segments[ephemeris, 1]):
        start, stop = of.usable_ns[segment, 0], of.usable_ns[segment, 1]
        if end < begin:
            if stop >= from_ns and start <= to_ns:
                begin, end = max(start, from_ns), min(stop, to_ns)
        elif start == end:
            end = min(stop, to_ns)
    return begin, end


@kernel
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
        inner = low.at_ns + np.int64(min(max(fraction, 0.01), 0.99) * width)
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


@kernel
def crossing_between(
    of: Trajectories, volumes: Volumes, first: int, second: int, inside_ns: int, outside_ns: int
) -> int:
    """Last instant inside before a pair leaves the volume (or first after it entered), by bisection to a millisecond."""
    while abs(outside_ns - inside_ns) > CROSSING_NS:
        middle = inside_ns + (outside_ns - inside_ns) // 2
        if sample_at(of, volumes, first, second, middle, 0.0).depth <= 1.0:
            inside_ns = middle
        else:
            outside_ns = middle
    return inside_ns


@inlined
def deepest_between(of: Trajectories, volumes: Volumes, first: int, second: int, a: Sample, b: Sample) -> Sample:
    """Where a pair is deepest in an ellipsoid or box between two samples; the deeper sample where that is an end."""
    path = np.empty((5, 3))
    deeper = a if a.depth < b.depth else b
    if not follow_path(of, first, second, a.at_ns, 0.0, 1e-9 * (b.at_ns - a.at_ns), path):
        return deeper
    s = deepest_on_path(volumes, first, path)
    at_ns = a.at_ns + np.int64(0.5 * (s + 1.0) * (b.at_ns - a.at_ns))
    if at_ns <= a.at_ns or at_ns >= b.at_ns:
        return deeper
    return sample_at(of, volumes, first, second, at_ns, 0.0)


@kernel
def scan(
    of: Trajectories,
    volumes: Volumes,
    first: int,
    second: int,
    low_ns: int,
    high_ns: int,
    open_low: bool,
    open_high: bool,
    encounters: npt.NDArray[np.void],
    count: int,
) -> int:
    """Every stretch inside the volume within [low, high], in which both objects have states."""
    previous = sample_at(of, volumes, first, second, low_ns, 0.0)
    speed = previous.speed_km_s if previous.speed_km_s > 0.0 else 0.0
    cuts = int(2.0 * speed * 1e-9 * (high_ns - low_ns) / volumes.reach_km[first]) + 1
    cuts = min(max(cuts, 1 if volumes.shape == SPHERE else 8), MOST_CUTS)

    inside = previous.depth <= 1.0
    entry_ns = low_ns
    flags = 0
    minima = 0
    best = previous
    if inside:
        flags = (OPEN_ENTRY if open_low else 0) | (LEAST_AT_ENTRY if previous.range_product > 0.0 else 0)
    for cut in range(1, cuts + 1):
        end_ns = low_ns + (high_ns - low_ns) * cut // cuts
        end = sample_at(of, volumes, first, second, end_ns, 0.0)
        turning = end
        defined = not math.isnan(previous.range_product + end.range_product)
        if defined and (previous.range_product <= 0.0) != (end.range_product <= 0.0):
            turning = minimum_between(of, volumes, first, second, previous, end)
        least = previous.range_product <= 0.0 < end.range_product
        deepest = end
        if volumes.shape != SPHERE and not inside and end.depth > 1.0:
            deepest = deepest_between(of, volumes, first, second, previous, end)
        for part in range(3):
            if part == 2:
                point = end
            elif (part == 0) == (turning.at_ns <= deepest.at_ns):
                point = turning
            else:
                point = deepest
            if part < 2 and (point.at_ns >= end.at_ns or point.at_ns < previous.at_ns):
                continue
            inside_now = point.depth <= 1.0
            if inside_now and not inside:
                entry_ns = crossing_between(of, volumes, first, second, point.at_ns, previous.at_ns)
                flags, minima, best = 0, 0, sample_at(of, volumes, first, second, entry_ns, 0.0)
            elif inside and not inside_now:
                exit_ns = crossing_between(of, volumes, first, second, previous.at_ns, point.at_ns)
                last = sample_at(of, volumes, first, second, exit_ns, 0.0)
                best = last if minima == 0 and last.range_km < best.range_km else best
                count = put(
                    encounters, count, first, second, best.at_ns, best.range_km, entry_ns, exit_ns, minima, flags
                )
            inside = inside_now
            if inside and least and point.at_ns == turning.at_ns:
                best = point if minima == 0 or point.range_km < best.range_km else best
                minima += 1
                least = False
            previous = point
    if inside:
        flags |= (OPEN_EXIT if open_high else 0) | (LEAST_AT_EXIT if previous.range_product <= 0.0 else 0)
        best = previous if minima == 0 and previous.range_km < best.range_km else best
        count = put(encounters, count, first, second, best.at_ns, best.range_km, entry_ns, high_ns, minima, flags)
    return count


@kernel
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


@inlined
def is_known(known: Integers, a: int, b: int) -> bool:
    """Whether a pair of catalogue numbers is in the sorted list of known pairs."""
    if known.size == 0:
        return False
    key = (min(a, b) << 32) | max(a, b)
    place = np.searchsorted(known, key)
    return place < known.size and known[place] == key


@kernel
def analyse_pair(
    of: Trajectories,
    volumes: Volumes,
    first: int,
    second: int,
    node_ns: int,
    step_ns: int,
    span: Span,
    encounters: npt.NDArray[np.void],
    count: int,
) -> int:
    """Encounters of one pair within one step, the first object's volume deciding."""
    low_ns = node_ns - step_ns // 2
    high_ns = node_ns + step_ns // 2
    reach = volumes.reach_km[first]
    t, distance, speed = closest_approach(of, first, second, node_ns, reach, 0.5e-9 * step_ns)
    if not math.isnan(t) and speed >= reach / PASS_S:
        if math.isinf(distance):
            return count
        distance = math.sqrt(squared_range(of, first, second, node_ns, t))
        entered, entry_s, exit_s = fast_passage(of, volumes, first, second, node_ns, t, distance, speed)
        if not entered:
            return count
        tca_ns = node_ns + np.int64(round(t * 1e9))
        entry_ns = node_ns + np.int64(round(entry_s * 1e9))
        exit_ns = node_ns + np.int64(round(exit_s * 1e9))
        if span.start_ns <= tca_ns < span.stop_ns:
            if owns(of, volumes, first, second, tca_ns, low_ns, high_ns):
                count = put(encounters, count, first, second, tca_ns, distance, entry_ns, exit_ns, 1, 0)
        elif low_ns <= span.start_ns < high_ns and entry_ns <= span.start_ns <= exit_ns and tca_ns < span.start_ns:
            there = sample_at(of, volumes, first, second, span.start_ns, 0.0)
            flags = OPEN_ENTRY | LEAST_AT_ENTRY
            count = put(
                encounters, count, first, second, there.at_ns, there.range_km, span.start_ns, exit_ns, 0, flags
            )
        elif low_ns < span.stop_ns <= high_ns and entry_ns <= span.stop_ns <= exit_ns and tca_ns >= span.stop_ns:
            there = sample_at(of, volumes, first, second, span.stop_ns, 0.0)
            flags = OPEN_EXIT | LEAST_AT_EXIT
            count = put(encounters, count, first, second, there.at_ns, there.range_km, entry_ns, span.stop_ns, 0, flags)
        return count

    from_ns = max(low_ns, span.start_ns)
    to_ns = min(high_ns, span.stop_ns)
    cursor = from_ns
    while cursor < to_ns:
        begin_1, end_1 = usable_until(of, first, cursor, to_ns)
        begin_2, end_2 = usable_until(of, second, max(cursor, begin_1), to_ns)
        if end_1 < begin_1 or end_2 < begin_2:
            break
        begin, end = max(begin_1, begin_2), min(end_1, end_2)
        if begin < end:
            count = scan(
                of, volumes, first, second, begin, end, begin == from_ns, end == to_ns, encounters, count
            )
        cursor = max(end, cursor) + 1
    return count


@kernel
def analyse_candidates(
    of: Trajectories,
    volumes: Volumes,
    role: npt.NDArray[np.uint8],
    mutual: bool,
    norad_cat_id: Integers,
    known: Integers,
    members: Integers,
    first_node_ns: int,
    step_ns: int,
    span: Span,
    candidates: npt.NDArray[np.int32],
    encounters: npt.NDArray[np.void],
) -> int:
    """Encounters of all candidates of a chunk; returns how many there are, those beyond the room not written.

    ``mutual``: all volumes are one and the same sphere, so that a pair has one encounter, first the smaller catalogue number.
    """
    count = 0
    for k in range(candidates.shape[0]):
        node_ns = first_node_ns + candidates[k, 0] * step_ns
        if node_ns + step_ns // 2 < span.start_ns or node_ns - step_ns // 2 > span.stop_ns:
            continue
        i = members[candidates[k, 1]]
        j = members[candidates[k, 2]]
        if norad_cat_id[i] == norad_cat_id[j] or is_known(known, norad_cat_id[i], norad_cat_id[j]):
            continue
        i_may_lead = role[i] & 1 and role[j] & 2
        j_may_lead = role[j] & 1 and role[i] & 2
        if mutual and i_may_lead and j_may_lead:
            i_may_lead = norad_cat_id[i] < norad_cat_id[j]
            j_may_lead = not i_may_lead
        if i_may_lead:
            count = analyse_pair(of, volumes, i, j, node_ns, step_ns, span, encounters, count)
        if j_may_lead:
            count = analyse_pair(of, volumes, j, i, node_ns, step_ns, span, encounters, count)
    return count


@kernel
def describe(of: Trajectories, encounters: npt.NDArray[np.void], described: Floats) -> None:
    """Miss distance, relative speed and RTN components of the second from the first at closest approach, shape (n, 5)."""
    for k in range(encounters.size):
        row = encounters[k]
        x, y, z, u, v, w = state_at(of, row.first, row.tca_tai_ns, 0.0)
        x2, y2, z2, u2, v2, w2 = state_at(of, row.second, row.tca_tai_ns, 0.0)
        px, py, pz = x2 - x, y2 - y, z2 - z
        qx, qy, qz = u2 - u, v2 - v, w2 - w
        described[k, 0] = math.sqrt(px * px + py * py + pz * pz)
        described[k, 1] = math.sqrt(qx * qx + qy * qy + qz * qz)
        described[k, 2], described[k, 3], described[k, 4] = rtn_components(x, y, z, u, v, w, px, py, pz)


@kernel
def follow(of: Trajectories, volumes: Volumes, encounters: npt.NDArray[np.void], followed_flag: int) -> None:
    """Find the closest approach of stretches that hold none: of an ellipsoid or box it can lie outside the volume."""
    for k in range(encounters.size):
        row = encounters[k]
        if row.minima > 0 or row.flags & (LEAST_AT_ENTRY | LEAST_AT_EXIT):
            continue
        last = sample_at(of, volumes, row.first, row.second, row.exit_tai_ns, 0.0)
        onward = last.range_product <= 0.0
        if row.flags & (OPEN_EXIT if onward else OPEN_ENTRY):
            continue
        from_ns = row.exit_tai_ns if onward else row.entry_tai_ns
        least = walk_to_minimum(of, volumes, row.first, row.second, from_ns, onward)
        row.tca_tai_ns = least.at_ns
        row.miss_distance_km = least.range_km
        row.flags = row.flags | followed_flag
