"""From candidates to encounters, compiled: the native propagators decide.

A candidate is a pair and a step of the grid. Its relative motion is followed with the objects' own propagators in
split time:

- A *fast* pass, straight on the scale of its volume, is found by Newton's iteration on the range rate and reported
whole by the step that
  holds its closest approach.
- Everything else is scanned: the step is cut finely enough for the pair's relative speed, and each stretch inside the
volume becomes a
  piece with its local minima. Pieces of neighbouring steps, and of neighbouring slices, join end to end
  (`approaches.join_pieces`).

Both depend on the pair and the step alone, not on how the span was cut or who computes it.
"""

import math
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from astrodynamics.jit import inlined, inner, int64, kernel
from astrodynamics.screening.close_pairs import AT_MS, FIRST, FIRST_LEADS, ROLES, SECOND, SECOND_LEADS, STEP
from astrodynamics.screening.pairs import crossing_between, look, minimum_between, walk_to_minimum
from astrodynamics.screening.relative_motion import Desk, closest_approach, new_desk, sample_at
from astrodynamics.screening.relative_path import INSTANTS, Path, path_of_step
from astrodynamics.screening.states import EPHEMERIS, Trajectories, state_at
from astrodynamics.screening.volume_passage import deepest_between, fast_passage
from astrodynamics.screening.volumes import SPHERE, Volumes, rtn_components
from astrodynamics.sgp4.elements import Floats, Integers

PASS_S = 15.0
"""A pass that crosses the radius of its volume in less than this is fast: it is straight meanwhile."""
NEAR_BOUNDARY_NS = 1000
"""So close to the end of a step, the sign of the range rate there tells both neighbours who owns the minimum."""
MOST_CUTS = 16

OPEN_ENTRY: Final = 1
"""The stretch goes on before the step (or slice): its entry is the boundary."""
OPEN_EXIT: Final = 2
LEAST_AT_ENTRY: Final = 4
"""The range grows from the entry end on, where the pair is already inside: an end minimum."""
LEAST_AT_EXIT: Final = 8

ENCOUNTER: Final = np.dtype(
    [
        ("first", np.int64),
        ("second", np.int64),
        ("tca_tai_ns", np.int64),
        ("miss_distance_km", np.float64),
        ("entry_tai_ns", np.int64),
        ("exit_tai_ns", np.int64),
        ("minima", np.int64),
        ("flags", np.int64),
    ]
)
"""A stretch of time inside the volume, with its least range; ``minima`` counts the local minima of the range in it."""


class Span(NamedTuple):
    """What is screened: instants from start to before stop."""

    start_ns: int
    stop_ns: int


@inner
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


@inner
def owns(
    of: Trajectories, volumes: Volumes, first: int, second: int, tca_ns: int, low_ns: int, high_ns: int, desk: Desk
) -> bool:
    """Whether the minimum of a fast pass belongs to the step [low, high)."""
    if abs(tca_ns - low_ns) < NEAR_BOUNDARY_NS:
        return sample_at(of, volumes, first, second, low_ns, desk).range_product <= 0.0
    if abs(tca_ns - high_ns) < NEAR_BOUNDARY_NS:
        return sample_at(of, volumes, first, second, high_ns, desk).range_product > 0.0
    return low_ns <= tca_ns < high_ns


@inner
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


@inner
def scan(
    of: Trajectories,
    volumes: Volumes,
    first: int,
    second: int,
    low_ns: int,
    high_ns: int,
    open_low: bool,
    open_high: bool,
    path: Path,
    desk: Desk,
    encounters: npt.NDArray[np.void],
    count: int,
) -> int:
    """Every stretch inside the volume within [low, high], in which both objects have states.

    The ends are sampled with the objects' own propagators, as the neighbouring step does; all between on the path.
    """
    previous = sample_at(of, volumes, first, second, low_ns, desk)
    last = sample_at(of, volumes, first, second, high_ns, desk)
    speed = 0.0 if math.isnan(previous.speed_km_s) else previous.speed_km_s
    cuts = int(2.0 * speed * 1e-9 * (high_ns - low_ns) / volumes.reach_km[first]) + 1
    cuts = min(max(cuts, 1 if volumes.shape[first] == SPHERE else 8), MOST_CUTS)

    inside = previous.depth <= 1.0
    entry_ns = low_ns
    flags = int64(0)
    minima = int64(0)
    best = previous
    if inside:
        flags = (OPEN_ENTRY if open_low else 0) | (LEAST_AT_ENTRY if previous.range_product > 0.0 else 0)
    for cut in range(1, cuts + 1):
        end_ns = low_ns + (high_ns - low_ns) * cut // cuts
        end = last if cut == cuts else look(of, volumes, first, second, path, end_ns, desk)
        turning = end
        defined = not math.isnan(previous.range_product + end.range_product)
        if defined and (previous.range_product <= 0.0) != (end.range_product <= 0.0):
            turning = minimum_between(of, volumes, first, second, path, previous, end, desk)
        least = previous.range_product <= 0.0 < end.range_product
        deepest = end
        if volumes.shape[first] != SPHERE and not inside and end.depth > 1.0:
            deepest = deepest_between(of, volumes, first, second, path, previous, end, desk)
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
                entry_ns = crossing_between(of, volumes, first, second, path, point.at_ns, previous.at_ns, desk)
                flags, minima, best = int64(0), int64(0), look(of, volumes, first, second, path, entry_ns, desk)
            elif inside and not inside_now:
                exit_ns = crossing_between(of, volumes, first, second, path, previous.at_ns, point.at_ns, desk)
                leaving = look(of, volumes, first, second, path, exit_ns, desk)
                best = leaving if minima == 0 and leaving.range_km < best.range_km else best
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


@inlined
def is_known(known: Integers, a: int, b: int) -> bool:
    """Whether a pair of catalogue numbers is in the sorted list of known pairs."""
    if known.size == 0:
        return False
    key = (min(a, b) << 32) | max(a, b)
    place = np.searchsorted(known, key)
    return bool(place < known.size and known[place] == key)


@inner
def analyse_pair(
    of: Trajectories,
    volumes: Volumes,
    first: int,
    second: int,
    node_ns: int,
    step_ns: int,
    about_s: float,
    span: Span,
    desk: Desk,
    encounters: npt.NDArray[np.void],
    count: int,
) -> int:
    """Encounters of one pair within one step, the first object's volume deciding; ``about_s`` guesses the closest."""
    low_ns = node_ns - step_ns // 2
    high_ns = node_ns + step_ns // 2
    reach = volumes.reach_km[first]
    t, distance, speed = closest_approach(of, first, second, node_ns, about_s, 0.5e-9 * step_ns, desk)
    if not math.isnan(t) and speed >= reach / PASS_S:
        entered, entry_s, exit_s = fast_passage(of, volumes, first, second, node_ns, t, distance, speed, desk)
        if not entered:
            return count
        tca_ns = node_ns + int64(round(t * 1e9))
        entry_ns = node_ns + int64(round(entry_s * 1e9))
        exit_ns = node_ns + int64(round(exit_s * 1e9))
        if span.start_ns <= tca_ns < span.stop_ns:
            if owns(of, volumes, first, second, tca_ns, low_ns, high_ns, desk):
                count = put(encounters, count, first, second, tca_ns, distance, entry_ns, exit_ns, int64(1), int64(0))
        elif low_ns <= span.start_ns < high_ns and entry_ns <= span.start_ns <= exit_ns and tca_ns < span.start_ns:
            there = sample_at(of, volumes, first, second, span.start_ns, desk)
            flags = int64(OPEN_ENTRY | LEAST_AT_ENTRY)
            count = put(
                encounters,
                count,
                first,
                second,
                there.at_ns,
                there.range_km,
                span.start_ns,
                exit_ns,
                int64(0),
                flags,
            )
        elif low_ns < span.stop_ns <= high_ns and entry_ns <= span.stop_ns <= exit_ns and tca_ns >= span.stop_ns:
            there = sample_at(of, volumes, first, second, span.stop_ns, desk)
            flags = int64(OPEN_EXIT | LEAST_AT_EXIT)
            count = put(
                encounters,
                count,
                first,
                second,
                there.at_ns,
                there.range_km,
                entry_ns,
                span.stop_ns,
                int64(0),
                flags,
            )
        return count

    from_ns = max(low_ns, span.start_ns)
    to_ns = min(high_ns, span.stop_ns)
    path = path_of_step(of, first, second, low_ns, high_ns, desk)
    cursor = from_ns
    while cursor < to_ns:
        begin_1, end_1 = usable_until(of, first, cursor, to_ns)
        begin_2, end_2 = usable_until(of, second, max(cursor, begin_1), to_ns)
        if end_1 < begin_1 or end_2 < begin_2:
            break
        begin, end = max(begin_1, begin_2), min(end_1, end_2)
        if begin < end:
            open_low, open_high = begin == from_ns, end == to_ns
            count = scan(of, volumes, first, second, begin, end, open_low, open_high, path, desk, encounters, count)
        cursor = max(end, cursor) + 1
    return count


@kernel
def analyse_candidates(
    of: Trajectories,
    volumes: Volumes,
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

    ``mutual``: all volumes are one and the same sphere, so that a pair has one encounter, first the smaller catalogue
    number.
    """
    count = int64(0)
    desk = new_desk(INSTANTS)
    for k in range(candidates.shape[0]):
        node_ns = first_node_ns + candidates[k, STEP] * step_ns
        if node_ns + step_ns // 2 < span.start_ns or node_ns - step_ns // 2 > span.stop_ns:
            continue
        i = members[candidates[k, FIRST]]
        j = members[candidates[k, SECOND]]
        if norad_cat_id[i] == norad_cat_id[j] or is_known(known, norad_cat_id[i], norad_cat_id[j]):
            continue
        i_may_lead = (candidates[k, ROLES] & FIRST_LEADS) != 0
        j_may_lead = (candidates[k, ROLES] & SECOND_LEADS) != 0
        if mutual and i_may_lead and j_may_lead:
            i_may_lead = norad_cat_id[i] < norad_cat_id[j]
            j_may_lead = not i_may_lead
        for turn in range(2):
            if (i_may_lead and turn == 0) or (j_may_lead and turn == 1):
                first, second = (i, j) if turn == 0 else (j, i)
                about_s = 1e-3 * candidates[k, AT_MS]
                count = analyse_pair(
                    of, volumes, first, second, node_ns, step_ns, about_s, span, desk, encounters, count
                )
    return count


@kernel
def describe(of: Trajectories, encounters: npt.NDArray[np.void], described: Floats) -> None:
    """Miss distance, relative speed and the second's RTN position from the first, shape (n, 5)."""
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
    """Find the closest approach of stretches that hold none: of an ellipsoid or box it can lie outside the volume.

    Downhill in range from either end that isn't a boundary; the nearer of two.
    """
    desk = new_desk(INSTANTS)
    for k in range(encounters.size):
        row = encounters[k]
        if row.minima > 0:
            continue
        first, second = row.first, row.second
        for end in range(2):
            forward = end == 1
            at_ns = row.exit_tai_ns if forward else row.entry_tai_ns
            falling = (sample_at(of, volumes, first, second, at_ns, desk).range_product <= 0.0) == forward
            if falling and not row.flags & (OPEN_EXIT if forward else OPEN_ENTRY):
                least = walk_to_minimum(of, volumes, first, second, at_ns, forward, desk)
                if not row.flags & followed_flag or least.range_km < row.miss_distance_km:
                    row.tca_tai_ns = least.at_ns
                    row.miss_distance_km = least.range_km
                    row.flags = row.flags | followed_flag
