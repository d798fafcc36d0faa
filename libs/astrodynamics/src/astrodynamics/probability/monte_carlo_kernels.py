"""Trial after trial: two objects drawn in equinoctial elements, moved on two-body orbits, and watched, compiled.

Whether two orbits come within a distance during a window is decided by steps that cannot jump over a collision: over a
step, the relative motion differs from a straight line by at most half the greatest relative acceleration times the
squared time, and gravity's gradient bounds that acceleration. A step that leaves the question open is halved.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from astrodynamics.encounter import EARTH_MU_KM3_S2
from astrodynamics.jit import inner, kernel
from astrodynamics.probability.random_kernels import fill_normals

Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

_MU = EARTH_MU_KM3_S2
_OPEN_PART = 1e-5
"""A step whose bound is this part of the radius decides by its straight line."""
_LONGEST_STEP = 0.5
"""Of the squared step times the gradient: beyond it the bound on the distance does not close."""

# An orbit made ready to be followed, see `_prepare`.
_N, _A, _AF, _AG, _LON, _CROSS, _ALONG_F, _ALONG_G, _FX, _FY, _FZ, _GX, _GY, _GZ, _E = range(15)
_SIZE = 15


@inner
def _prepare(n: float, af: float, ag: float, chi: float, psi: float, longitude: float, orbit: Array) -> bool:
    square = 1.0 - af * af - ag * ag
    if not (n > 0.0 and square > 1e-12):
        return False
    beta = 1.0 / (1.0 + math.sqrt(square))
    scale = 1.0 / (1.0 + chi * chi + psi * psi)
    orbit[_N], orbit[_A] = n, (_MU / (n * n)) ** (1.0 / 3.0)
    orbit[_AF], orbit[_AG], orbit[_LON] = af, ag, longitude
    orbit[_CROSS], orbit[_ALONG_F], orbit[_ALONG_G] = af * ag * beta, 1.0 - ag * ag * beta, 1.0 - af * af * beta
    orbit[_FX], orbit[_FY], orbit[_FZ] = (
        (1.0 - chi * chi + psi * psi) * scale,
        2.0 * chi * psi * scale,
        -2 * chi * scale,
    )
    orbit[_GX], orbit[_GY], orbit[_GZ] = 2.0 * chi * psi * scale, (1.0 + chi * chi - psi * psi) * scale, 2 * psi * scale
    orbit[_E] = longitude
    return True


@inner
def _follow(orbit: Array, t: float, state: Array) -> None:
    """Fill position and velocity at a time; Kepler's equation by Newton's method from the solution before."""
    af, ag = orbit[_AF], orbit[_AG]
    longitude = orbit[_LON] + orbit[_N] * t
    # The eccentric longitude is never farther than the eccentricity from the mean one.
    f = orbit[_E] if abs(orbit[_E] - longitude) <= 1.0 else longitude
    sine, cosine = math.sin(f), math.cos(f)
    for _ in range(30):
        ratio = 1.0 - af * cosine - ag * sine
        step = (f + ag * cosine - af * sine - longitude) / ratio
        step = max(-1.0, min(1.0, step))
        f -= step
        if abs(step) < 1e-4:
            # Newton's error after this step is of the order of its square; sine and cosine follow by their series.
            change, half = -step, 0.5 * step * step
            sine, cosine = (
                sine * (1.0 - half) + cosine * change * (1.0 - half / 3.0),
                cosine * (1.0 - half) - sine * change * (1.0 - half / 3.0),
            )
            if abs(step) < 1e-8:
                break
        else:
            sine, cosine = math.sin(f), math.cos(f)
    orbit[_E] = f
    a, cross, along_f, along_g = orbit[_A], orbit[_CROSS], orbit[_ALONG_F], orbit[_ALONG_G]
    speed = orbit[_N] * a / (1.0 - af * cosine - ag * sine)
    u, w = a * (along_f * cosine + cross * sine - af), a * (along_g * sine + cross * cosine - ag)
    p, q = speed * (cross * cosine - along_f * sine), speed * (along_g * cosine - cross * sine)
    for i in range(3):
        state[i] = u * orbit[_FX + i] + w * orbit[_GX + i]
        state[i + 3] = p * orbit[_FX + i] + q * orbit[_GX + i]


@inner
def _nearest_on_line(dx: Array, step: float) -> float:
    """Least squared distance of straight relative motion over a step."""
    along = dx[0] * dx[3] + dx[1] * dx[4] + dx[2] * dx[5]
    speed_squared = dx[3] * dx[3] + dx[4] * dx[4] + dx[5] * dx[5]
    t = 0.0
    if along < 0.0:
        t = step if -along >= speed_squared * step else -along / speed_squared
    x, y, z = dx[0] + dx[3] * t, dx[1] + dx[4] * t, dx[2] + dx[5] * t
    return float(x * x + y * y + z * z)


@inner
def _gradient(q: float, distance: float) -> float:
    """Bound on the gradient of gravity between two points no lower than q from the centre and `distance` apart."""
    lowest = math.sqrt(max(q * q - 0.25 * distance * distance, 0.01 * q * q))
    return 2.0 * _MU / (lowest * lowest * lowest)


@inner
def watch(orbits: Array, radius: float, begin: float, end: float, first: Array, second: Array) -> tuple[bool, bool]:
    """Whether two prepared orbits (2, ...) are within a distance at the begin of a window, and whether they enter it.

    The second is an entry from outside, a first one or, for a pair that was inside and has left, another one.
    """
    q = min(
        orbits[0, _A] * (1.0 - math.hypot(orbits[0, _AF], orbits[0, _AG])),
        orbits[1, _A] * (1.0 - math.hypot(orbits[1, _AF], orbits[1, _AG])),
    )
    t = begin
    step = (end - begin) / 8.0
    was_inside = inside = False
    while t < end:
        _follow(orbits[0], t, first)
        _follow(orbits[1], t, second)
        for i in range(6):
            second[i] -= first[i]
        distance = math.sqrt(second[0] * second[0] + second[1] * second[1] + second[2] * second[2])
        if t == begin:
            was_inside = inside = distance <= radius
        speed = math.sqrt(second[3] * second[3] + second[4] * second[4] + second[5] * second[5])
        step = min(2.0 * step, end - t)
        if inside:
            # How long a pair stays does not matter; it is followed in steps of a quarter of the way through.
            inside = distance <= radius
            step = min(step, 0.25 * radius / speed) if speed > 0.0 else step
        while not inside:
            farthest = distance + speed * step
            gradient = _gradient(q, 2.0 * farthest)
            bend = 0.5 * gradient * step * step
            if bend <= _LONGEST_STEP:
                nearest = math.sqrt(_nearest_on_line(second, step))
                bend *= farthest / (1.0 - bend)
                if nearest - bend > radius:
                    break
                if nearest + bend < radius or bend <= _OPEN_PART * radius:
                    if nearest < radius:
                        return was_inside, True
                    break
            step *= 0.5
        t += step
    return was_inside, False


@kernel
def count_hits(
    elements: Array,
    factors: Array,
    radius: float,
    begin: float,
    end: float,
    key: Any,
    first_trial: int,
    trials: int,
    counts: Counts,
) -> None:
    """Count the trials of a block: within the radius at some time, within it at the begin, entering it from outside.

    Parameters: mean elements (2, 6); factors (2, 6, 6) whose products with their transposes are the covariances; the
    window relative to the time of the elements; the key and the number of the block's first trial.
    """
    normals = np.empty(12)
    orbits = np.empty((2, _SIZE))
    first, second = np.empty(6), np.empty(6)
    drawn = np.empty(6)
    counts[:] = 0
    for trial in range(first_trial, first_trial + trials):
        fill_normals(np.uint64(key), np.uint64(trial), normals)
        sound = True
        for k in range(2):
            for i in range(6):
                total = elements[k, i]
                for j in range(6):
                    total += factors[k, i, j] * normals[6 * k + j]
                drawn[i] = total
            sound &= _prepare(drawn[0], drawn[1], drawn[2], drawn[3], drawn[4], drawn[5], orbits[k])
        if sound:
            was_inside, enters = watch(orbits, radius, begin, end, first, second)
            counts[0] += was_inside or enters
            counts[1] += was_inside
            counts[2] += enters
