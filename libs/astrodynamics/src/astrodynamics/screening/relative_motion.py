"""The relative motion of a pair about an instant, by its own propagators, compiled.

Four instants within a second and a half give positions as cubics, to better than a micrometre. The range rate is that
of the positions: SGP4's velocity is not the derivative of its position, and the closest approach is where the range is
least.
"""

import math
from typing import NamedTuple

import numpy as np

from astrodynamics.jit import inlined, inner
from astrodynamics.screening.states import Trajectories, state_at, states_around
from astrodynamics.screening.volumes import SPHERE, Volumes, depth_of, rtn_components
from astrodynamics.sgp4.elements import Floats

SPACING_S = 0.5
FARTHEST_S = 0.75
"""From the middle to the outermost of the four instants."""
FOUR = 4


class Desk(NamedTuple):
    """Room for the states of both objects of a pair, kept from pair to pair: four instants, and a whole path."""

    offsets_s: Floats
    minutes: Floats
    first: Floats
    second: Floats
    path_offsets_s: Floats
    path_minutes: Floats
    path_first: Floats
    path_second: Floats


class Sample(NamedTuple):
    """One instant of a pair: range, range times its rate, relative speed, and depth (1 at the volume's surface)."""

    at_ns: int
    range_km: float
    range_product: float
    speed_km_s: float
    depth: float


class Cubic(NamedTuple):
    """One component of the relative position: value and derivatives at the middle of the four instants."""

    value: float
    rate: float
    second: float
    third: float


@inner
def new_desk(instants: int) -> Desk:
    """An empty desk for paths of so many instants."""
    return Desk(
        np.empty(FOUR), np.empty(FOUR), np.empty((6, FOUR)), np.empty((6, FOUR)),
        np.empty(instants), np.empty(instants), np.empty((6, instants)), np.empty((6, instants)),
    )  # fmt: skip


@inner
def follow_four(of: Trajectories, first: int, second: int, at_ns: int, remainder_s: float, desk: Desk) -> None:
    """Both objects' states at the four instants about one."""
    for k in range(FOUR):
        desk.offsets_s[k] = remainder_s + SPACING_S * (k - 1.5)
    states_around(of, first, at_ns, desk.offsets_s, desk.minutes, desk.first)
    states_around(of, second, at_ns, desk.offsets_s, desk.minutes, desk.second)


@inlined
def relative_cubic(desk: Desk, component: int) -> Cubic:
    """The cubic through the four relative positions."""
    a = desk.second[component, 0] - desk.first[component, 0]
    b = desk.second[component, 1] - desk.first[component, 1]
    c = desk.second[component, 2] - desk.first[component, 2]
    d = desk.second[component, 3] - desk.first[component, 3]
    return Cubic(
        (9.0 * (b + c) - (a + d)) / 16.0,
        (27.0 * (c - b) - (d - a)) / (24.0 * SPACING_S),
        ((d + a) - (c + b)) / (2.0 * SPACING_S * SPACING_S),
        ((d - a) - 3.0 * (c - b)) / (SPACING_S * SPACING_S * SPACING_S),
    )


@inlined
def value_after(of: Cubic, t: float) -> float:
    """Value ``t`` seconds from the middle."""
    return of.value + t * (of.rate + t * (0.5 * of.second + t * of.third / 6.0))


@inlined
def rate_after(of: Cubic, t: float) -> float:
    """Rate ``t`` seconds from the middle."""
    return of.rate + t * (of.second + 0.5 * t * of.third)


@inlined
def in_the_middle(states: Floats, component: int) -> float:
    """A component of one object's own state in the middle of the four instants."""
    inner, outer = states[component, 1] + states[component, 2], states[component, 0] + states[component, 3]
    middle: float = (9.0 * inner - outer) / 16.0
    return middle


@inner
def sample_at(of: Trajectories, volumes: Volumes, first: int, second: int, at_ns: int, desk: Desk) -> Sample:
    """Follow a pair to one instant; NaN and infinite depth where either has no state."""
    follow_four(of, first, second, at_ns, 0.0, desk)
    px, py, pz = relative_cubic(desk, 0), relative_cubic(desk, 1), relative_cubic(desk, 2)
    square = px.value * px.value + py.value * py.value + pz.value * pz.value
    if math.isnan(square):
        return sample_at_an_end(of, volumes, first, second, at_ns)
    distance = math.sqrt(square)
    if volumes.shape[first] == SPHERE:
        depth = distance / volumes.half_sizes_km[first, 0]
    else:
        radial, in_track, cross_track = rtn_components(
            in_the_middle(desk.first, 0), in_the_middle(desk.first, 1), in_the_middle(desk.first, 2),
            in_the_middle(desk.first, 3), in_the_middle(desk.first, 4), in_the_middle(desk.first, 5),
            px.value, py.value, pz.value,
        )  # fmt: skip
        depth = depth_of(volumes, first, radial, in_track, cross_track)
    return Sample(
        at_ns,
        distance,
        px.value * px.rate + py.value * py.rate + pz.value * pz.rate,
        math.sqrt(px.rate * px.rate + py.rate * py.rate + pz.rate * pz.rate),
        depth,
    )


@inner
def sample_at_an_end(of: Trajectories, volumes: Volumes, first: int, second: int, at_ns: int) -> Sample:
    """The same next to where a state is missing: by the velocities."""
    x, y, z, u, v, w = state_at(of, first, at_ns, 0.0)
    x2, y2, z2, u2, v2, w2 = state_at(of, second, at_ns, 0.0)
    px, py, pz = x2 - x, y2 - y, z2 - z
    qx, qy, qz = u2 - u, v2 - v, w2 - w
    distance = math.sqrt(px * px + py * py + pz * pz)
    if math.isnan(distance):
        return Sample(at_ns, math.nan, math.nan, math.nan, math.inf)
    radial, in_track, cross_track = rtn_components(x, y, z, u, v, w, px, py, pz)
    depth = depth_of(volumes, first, radial, in_track, cross_track)
    return Sample(at_ns, distance, px * qx + py * qy + pz * qz, math.sqrt(qx * qx + qy * qy + qz * qz), depth)


@inner
def closest_approach(
    of: Trajectories, first: int, second: int, node_ns: int, about_s: float, h: float, desk: Desk
) -> tuple[float, float, float]:
    """Time after the node (s), range (km) and relative speed (km/s) of a pass near ``about_s``.

    The least range on the four instants' cubics, which move until it lies among them. Time NaN: no convergence, so that
    the step must be scanned.
    """
    middle = about_s
    for _ in range(8):
        follow_four(of, first, second, node_ns, middle, desk)
        px, py, pz = relative_cubic(desk, 0), relative_cubic(desk, 1), relative_cubic(desk, 2)
        t = 0.0
        for _ in range(4):
            x, y, z = value_after(px, t), value_after(py, t), value_after(pz, t)
            u, v, w = rate_after(px, t), rate_after(py, t), rate_after(pz, t)
            slope = u * u + v * v + w * w + x * px.second + y * py.second + z * pz.second
            if not slope > 0.0:
                return math.nan, 0.0, 0.0
            t -= (x * u + y * v + z * w) / slope
        if abs(t) <= FARTHEST_S:
            x, y, z = value_after(px, t), value_after(py, t), value_after(pz, t)
            u, v, w = rate_after(px, t), rate_after(py, t), rate_after(pz, t)
            return middle + t, math.sqrt(x * x + y * y + z * z), math.sqrt(u * u + v * v + w * w)
        middle += t
        if not abs(middle) <= 1.5 * h:
            break
    return math.nan, 0.0, 0.0
