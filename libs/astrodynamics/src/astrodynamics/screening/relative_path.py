"""The relative path of a pair as a polynomial, compiled.

Positions of the second object from the first, by their own propagators at Chebyshev points of a stretch of time, give
polynomials in ``s`` from -1 to 1: in the inertial frame for the range, which is then the same to the bit whichever is
first, and in the turning RTN frame of the first for the volume. Four points hold a fast pass, ten a whole step of
the grid. Whether ten do is tried on two instants between them; where they don't (a manoeuvre, a coarse ephemeris), the
path isn't trusted and the propagators are asked each time.
"""

import math
from typing import NamedTuple

import numpy as np

from astrodynamics.jit import inlined, inner
from astrodynamics.screening.relative_motion import Desk
from astrodynamics.screening.states import Trajectories, states_around
from astrodynamics.screening.volumes import Volumes, depth_of, rtn_components
from astrodynamics.sgp4.elements import Floats

INERTIAL, RTN = 0, 3
FEW, MANY = 4, 10
TRIALS = 2
INSTANTS = MANY + TRIALS
"""Of the longer path: a multiple of four."""
TRUST_KM = 1.0e-6


def _chebyshev_points(count: int) -> Floats:
    return -np.cos(np.pi * np.arange(count) / (count - 1))


FEW_POINTS = _chebyshev_points(FEW)
MANY_POINTS = np.concatenate([_chebyshev_points(MANY), [-0.85, 0.1]])
"""The points, and where the path is tried."""
FEW_TO_POWERS: Floats = np.linalg.inv(np.vander(FEW_POINTS, increasing=True)).astype(np.float64)
MANY_TO_POWERS: Floats = np.linalg.inv(np.vander(MANY_POINTS[:MANY], increasing=True)).astype(np.float64)


class Path(NamedTuple):
    """Powers of ``s`` over a stretch that begins at an instant and lasts twice ``half_s``.

    ``powers`` has the shape (6, points): three inertial components, then radial, in-track and cross-track.
    """

    base_ns: int
    begin_s: float
    half_s: float
    powers: Floats
    trusted: bool


@inlined
def relative_rtn(first: Floats, second: Floats, k: int) -> tuple[float, float, float]:
    """Position of the second in the RTN frame of the first at the k-th instant."""
    return rtn_components(
        first[0, k], first[1, k], first[2, k], first[3, k], first[4, k], first[5, k],
        second[0, k] - first[0, k], second[1, k] - first[1, k], second[2, k] - first[2, k],
    )  # fmt: skip


@inlined
def fitted(first: Floats, second: Floats, to_powers: Floats, powers: Floats) -> bool:
    """Powers of the path through the instants; False where a state is missing."""
    points = to_powers.shape[0]
    powers[:, :] = 0.0
    complete = True
    for k in range(points):
        radial, in_track, cross_track = relative_rtn(first, second, k)
        complete = complete and not math.isnan(radial)
        x, y, z = second[0, k] - first[0, k], second[1, k] - first[1, k], second[2, k] - first[2, k]
        for n in range(points):
            weight = to_powers[n, k]
            powers[0, n] += weight * x
            powers[1, n] += weight * y
            powers[2, n] += weight * z
            powers[3, n] += weight * radial
            powers[4, n] += weight * in_track
            powers[5, n] += weight * cross_track
    return complete


@inner
def path_of_pass(
    of: Trajectories, first: int, second: int, base_ns: int, begin_s: float, end_s: float, desk: Desk
) -> Path:
    """The path of a pass of some seconds, given in seconds after ``base_ns``."""
    half_s = 0.5 * (end_s - begin_s)
    for k in range(FEW):
        desk.offsets_s[k] = begin_s + half_s * (1.0 + FEW_POINTS[k])
    states_around(of, first, base_ns, desk.offsets_s, desk.minutes, desk.first)
    states_around(of, second, base_ns, desk.offsets_s, desk.minutes, desk.second)
    powers = np.empty((6, FEW))
    trusted = fitted(desk.first, desk.second, FEW_TO_POWERS, powers)
    return Path(base_ns, begin_s, half_s, powers, trusted)


@inner
def path_of_step(of: Trajectories, first: int, second: int, low_ns: int, high_ns: int, desk: Desk) -> Path:
    """The path of a whole step of the grid."""
    half_s = 0.5e-9 * (high_ns - low_ns)
    for k in range(INSTANTS):
        desk.path_offsets_s[k] = half_s * (1.0 + MANY_POINTS[k])
    states_around(of, first, low_ns, desk.path_offsets_s, desk.path_minutes, desk.path_first)
    states_around(of, second, low_ns, desk.path_offsets_s, desk.path_minutes, desk.path_second)
    powers = np.empty((6, MANY))
    trusted = fitted(desk.path_first, desk.path_second, MANY_TO_POWERS, powers)
    path = Path(low_ns, 0.0, half_s, powers, trusted)
    for k in range(MANY, INSTANTS):
        a, b, c = relative_rtn(desk.path_first, desk.path_second, k)
        radial, in_track, cross_track = position_on(path, RTN, MANY_POINTS[k])
        trusted = trusted and abs(a - radial) + abs(b - in_track) + abs(c - cross_track) < TRUST_KM
    return Path(low_ns, 0.0, half_s, powers, trusted)


@inner
def untrusted_path() -> Path:
    """No path: the propagators are asked each time."""
    return Path(0, 0.0, 1.0, np.zeros((6, 1)), False)


@inlined
def position_on(path: Path, frame: int, s: float) -> tuple[float, float, float]:
    """Relative position at a fraction of the stretch, INERTIAL or RTN; km."""
    last = path.powers.shape[1] - 1
    a, b, c = path.powers[frame, last], path.powers[frame + 1, last], path.powers[frame + 2, last]
    for n in range(last - 1, -1, -1):
        a = a * s + path.powers[frame, n]
        b = b * s + path.powers[frame + 1, n]
        c = c * s + path.powers[frame + 2, n]
    return a, b, c


@inlined
def rate_on(path: Path, s: float) -> tuple[float, float, float]:
    """Relative velocity, inertial; km/s."""
    a, b, c = 0.0, 0.0, 0.0
    for n in range(path.powers.shape[1] - 1, 0, -1):
        a = a * s + n * path.powers[0, n]
        b = b * s + n * path.powers[1, n]
        c = c * s + n * path.powers[2, n]
    return a / path.half_s, b / path.half_s, c / path.half_s


@inlined
def fraction_at(path: Path, at_ns: int) -> float:
    """Fraction of the stretch, -1 to 1, at an instant."""
    return (1.0e-9 * (at_ns - path.base_ns) - path.begin_s) / path.half_s - 1.0


@inner
def depth_on(volumes: Volumes, first: int, path: Path, s: float) -> float:
    """Depth in the volume at a fraction of the stretch."""
    radial, in_track, cross_track = position_on(path, RTN, s)
    return depth_of(volumes, first, radial, in_track, cross_track)
