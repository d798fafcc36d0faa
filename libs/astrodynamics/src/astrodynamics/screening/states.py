"""States of every kind of object, compiled: at one instant, and for many objects on the grid."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from astrodynamics.interpolation_kernels import HERMITE, hermite_state, lagrange_state, window_of
from astrodynamics.jit import inlined, inner, int64, kernel
from astrodynamics.screening.motion import beyond_path_km, two_body_terms
from astrodynamics.sgp4.deep_space import deep_space_state, deep_space_states
from astrodynamics.sgp4.elements import Floats, Integers
from astrodynamics.sgp4.near_earth import State, near_earth_state, near_earth_states

NEAR_EARTH = 0
DEEP_SPACE = 1
EPHEMERIS = 2

KNOT_NS = 3_600_000_000_000
NANOSECONDS_PER_MINUTE = 6.0e10
SAMPLES_PER_STEP = 9
BLOCK = 8
"""Objects that are propagated before their states are written: one cache line of each row of the tile."""
NONSENSE_KM = 100.0
"""Mean elements far beyond their life give states that move unlike any orbit; beyond this misfit they are failures."""


class Trajectories(NamedTuple):
    """All that the native propagators need, object by object in the order of the population.

    ``record`` counts within the object's kind. Segments of ephemerides lie one after the other; ``segments`` holds
    first and end for each ephemeris, ``usable_ns``, ``samples``, ``method`` and ``points`` describe each segment.
    ``teme_from_gcrf`` holds rotations at whole hours of TAI from ``first_knot`` on.
    """

    kind: npt.NDArray[np.uint8]
    record: Integers
    epoch_tai_ns: Integers
    near_earth: npt.NDArray[np.void]
    deep_space: npt.NDArray[np.void]
    segments: Integers
    usable_ns: Integers
    samples: Integers
    method: Integers
    points: Integers
    sample_tai_ns: Integers
    sample_r_km: Floats
    sample_v_km_s: Floats
    first_knot: int
    teme_from_gcrf: Floats


@inner
def ephemeris_state(of: Trajectories, ephemeris: int, at_ns: int, remainder_s: float) -> State:
    """TEME state of an ephemeris; NaN outside its usable intervals. Where segments touch, the later one holds."""
    for segment in range(of.segments[ephemeris, 1] - 1, of.segments[ephemeris, 0] - 1, -1):
        since_start_s = 1e-9 * (at_ns - of.usable_ns[segment, 0]) + remainder_s
        until_stop_s = 1e-9 * (of.usable_ns[segment, 1] - at_ns) - remainder_s
        if since_start_s >= 0.0 and until_stop_s >= 0.0:
            points = of.points[segment]
            begin = window_of(of.sample_tai_ns, of.samples[segment, 0], of.samples[segment, 1], at_ns, points)
            if of.method[segment] == HERMITE:
                state = hermite_state(
                    of.sample_tai_ns, of.sample_r_km, of.sample_v_km_s, begin, points, at_ns, remainder_s
                )
            else:
                state = lagrange_state(
                    of.sample_tai_ns, of.sample_r_km, of.sample_v_km_s, begin, points, at_ns, remainder_s
                )
            return rotated_to_teme(of, state, at_ns, remainder_s)
    return math.nan, math.nan, math.nan, math.nan, math.nan, math.nan


@inlined
def rotated_to_teme(of: Trajectories, state: State, at_ns: int, remainder_s: float) -> State:
    """Turn a GCRF state by the rotation interpolated (four-point Lagrange) between whole hours."""
    knot = at_ns // KNOT_NS
    s = (1e-9 * (at_ns - knot * KNOT_NS) + remainder_s) / 3600.0
    first = knot - 1 - of.first_knot
    w0 = -s * (s - 1.0) * (s - 2.0) / 6.0
    w1 = (s + 1.0) * (s - 1.0) * (s - 2.0) / 2.0
    w2 = -(s + 1.0) * s * (s - 2.0) / 2.0
    w3 = (s + 1.0) * s * (s - 1.0) / 6.0
    turned = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    for k in range(4):
        weight = w0 if k == 0 else (w1 if k == 1 else (w2 if k == 2 else w3))
        m = of.teme_from_gcrf[first + k]
        turned = (
            turned[0] + weight * (m[0, 0] * state[0] + m[0, 1] * state[1] + m[0, 2] * state[2]),
            turned[1] + weight * (m[1, 0] * state[0] + m[1, 1] * state[1] + m[1, 2] * state[2]),
            turned[2] + weight * (m[2, 0] * state[0] + m[2, 1] * state[1] + m[2, 2] * state[2]),
            turned[3] + weight * (m[0, 0] * state[3] + m[0, 1] * state[4] + m[0, 2] * state[5]),
            turned[4] + weight * (m[1, 0] * state[3] + m[1, 1] * state[4] + m[1, 2] * state[5]),
            turned[5] + weight * (m[2, 0] * state[3] + m[2, 1] * state[4] + m[2, 2] * state[5]),
        )
    return turned


@inner
def state_at(of: Trajectories, index: int, at_ns: int, remainder_s: float) -> State:
    """TEME state (km, km/s) by the object's own propagator; NaN where it has none."""
    kind = of.kind[index]
    if kind == EPHEMERIS:
        return ephemeris_state(of, of.record[index], at_ns, remainder_s)
    minutes = (at_ns - of.epoch_tai_ns[index]) / NANOSECONDS_PER_MINUTE + remainder_s / 60.0
    if kind == NEAR_EARTH:
        return near_earth_state(of.near_earth[of.record[index]], minutes)
    return deep_space_state(of.deep_space[of.record[index]], minutes)


@inner
def states_around(of: Trajectories, index: int, at_ns: int, offsets_s: Floats, minutes: Floats, states: Floats) -> None:
    """TEME states of one object at instants close together, into ``states``, shape (6, offsets); NaN where none.

    A multiple of four instants is worth taking: they cost little more than one.
    """
    if of.kind[index] == EPHEMERIS:
        for k in range(offsets_s.size):
            state = ephemeris_state(of, of.record[index], at_ns, offsets_s[k])
            for c in range(6):
                states[c, k] = state[c]
        return
    base = (at_ns - of.epoch_tai_ns[index]) / NANOSECONDS_PER_MINUTE
    for k in range(offsets_s.size):
        minutes[k] = base + offsets_s[k] / 60.0
    if of.kind[index] == NEAR_EARTH:
        near_earth_states(of.near_earth[of.record[index]], minutes, states)
    else:
        deep_space_states(of.deep_space[of.record[index]], minutes, states)


@kernel
def fill_tile(
    of: Trajectories, members: Integers, first_node_ns: int, step_ns: int, tile: Floats, unmodelled_km: Floats
) -> None:
    """States of the members at the nodes of a chunk.

    Parameters
    ----------
    members
        Population indices, shape (n,).
    first_node_ns, step_ns
        The nodes.
    tile
        Filled; shape (steps, 6, n), TEME, km and km/s, NaN where there is no state.
    unmodelled_km
        Filled; shape (n,): by how much positions within half a step of a node can depart from two-body motion with
        what `motion.beyond_third_order_km` allows for, judged from the neighbouring nodes (elements) or from
        samples (ephemerides).
    """
    steps = tile.shape[0]
    step_s = 1e-9 * step_ns
    minutes = np.empty(steps)
    squares = np.empty(steps)
    block = np.empty((BLOCK, 6, steps))
    for begin in range(0, members.size, BLOCK):
        end = min(begin + BLOCK, members.size)
        for m in range(begin, end):
            index = members[m]
            states = block[m - begin]
            if of.kind[index] == EPHEMERIS:
                unmodelled_km[m] = ephemeris_nodes(of, of.record[index], first_node_ns, step_ns, states)
            else:
                since_epoch_ns = first_node_ns - of.epoch_tai_ns[index]
                for k in range(steps):
                    minutes[k] = (since_epoch_ns + k * step_ns) / NANOSECONDS_PER_MINUTE
                if of.kind[index] == NEAR_EARTH:
                    near_earth_states(of.near_earth[of.record[index]], minutes, states)
                else:
                    deep_space_states(of.deep_space[of.record[index]], minutes, states)
                misfit_km = velocity_misfit(states, step_s, squares)
                if misfit_km > NONSENSE_KM:
                    states[:, :] = math.nan
                unmodelled_km[m] = 0.6 * misfit_km
        for k in range(steps):
            for c in range(6):
                for m in range(begin, end):
                    tile[k, c, m] = block[m - begin, c, k]


@inlined
def velocity_misfit(states: Floats, step_s: float, squares: Floats) -> float:
    """How far, over a step, the nodes' velocities miss the way between their neighbours; km, the largest.

    SGP4's velocity is not the derivative of its position (metres a second in deep space and under heavy drag). The
    difference of the neighbours on either side is free of all even terms, and grows linearly with such an error: half
    a step sees half of it.
    """
    steps = states.shape[1]
    sixth = step_s * step_s / 6.0
    for k in range(1, steps - 1):
        x, y, z = states[0, k], states[1, k], states[2, k]
        u, v, w = states[3, k], states[4, k], states[5, k]
        g, rate, _ = two_body_terms(x, y, z, u, v, w)
        along, out = step_s * (1.0 - sixth * g), 3.0 * step_s * sixth * g * rate
        dx = 0.5 * (states[0, k + 1] - states[0, k - 1]) - along * u - out * x
        dy = 0.5 * (states[1, k + 1] - states[1, k - 1]) - along * v - out * y
        dz = 0.5 * (states[2, k + 1] - states[2, k - 1]) - along * w - out * z
        squares[k] = dx * dx + dy * dy + dz * dz
    worst = 0.0
    for k in range(1, steps - 1):
        if squares[k] > worst:  # noqa: PLR1730 - NaN is passed over
            worst = squares[k]
    return math.sqrt(worst)


@inner
def ephemeris_nodes(of: Trajectories, ephemeris: int, first_node_ns: int, step_ns: int, states: Floats) -> float:
    """Node states of an ephemeris, and how far (km) it departs within the steps from the third-order paths.

    A node outside the usable intervals, in a step that is partly inside, gets the state from which a second-order path
    leads to the nearest usable instant.
    """
    worst_km = 0.0
    half_s = 0.5e-9 * step_ns
    for k in range(states.shape[1]):
        node_ns = first_node_ns + k * step_ns
        reference_s = math.inf
        for sample in range(SAMPLES_PER_STEP):
            offset_s = half_s * (2.0 * sample / (SAMPLES_PER_STEP - 1) - 1.0)
            if abs(offset_s) < abs(reference_s) and not math.isnan(
                ephemeris_state(of, ephemeris, node_ns, offset_s)[0]
            ):
                reference_s = offset_s
        for segment in range(of.segments[ephemeris, 0], of.segments[ephemeris, 1]):
            for edge in range(2):
                offset_s = 1e-9 * (of.usable_ns[segment, edge] - node_ns)
                if abs(offset_s) <= half_s and abs(offset_s) < abs(reference_s):
                    reference_s = offset_s
        if math.isinf(reference_s):
            states[:, k] = math.nan
            continue
        reference_ns = node_ns + int64(round(reference_s * 1e9))
        x, y, z, u, v, w = ephemeris_state(of, ephemeris, reference_ns, 0.0)
        g, _, _ = two_body_terms(x, y, z, u, v, w)
        turn = g * reference_s
        bend = 0.5 * turn * reference_s
        states[0, k] = x - u * reference_s - bend * x
        states[1, k] = y - v * reference_s - bend * y
        states[2, k] = z - w * reference_s - bend * z
        states[3, k] = u + turn * x
        states[4, k] = v + turn * y
        states[5, k] = w + turn * z
        for sample in range(SAMPLES_PER_STEP):
            offset_s = half_s * (2.0 * sample / (SAMPLES_PER_STEP - 1) - 1.0)
            state = ephemeris_state(of, ephemeris, node_ns, offset_s)
            if not math.isnan(state[0]):
                node = (states[0, k], states[1, k], states[2, k], states[3, k], states[4, k], states[5, k])
                departure_km = beyond_path_km(node, state, offset_s)
                worst_km = max(worst_km, 1.25 * departure_km + 0.02)
    return worst_km
