"""When the uncertainties of two objects overlap: the pass that is looked at, and the times of greatest overlap in it.

D. T. Hall, "Expected Collision Rates for Tracked Satellites", Journal of Spacecraft and Rockets 58 (2021): for a small
hard body the rate of collisions is proportional to exp(-Q/2), Q the squared Mahalanobis distance of contact plus the
logarithm of the determinant of the relative position covariance, both at the peak overlap position of each time.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from astrodynamics.encounter import norm
from astrodynamics.probability.equinoctial import EquinoctialPair

Array = npt.NDArray[np.float64]

_RANGE_SAMPLES = 721
_NEAREST_S = 1e-3
_GEOMETRIC_SAMPLES = 48
_UNIFORM_SAMPLES = 97
_ZOOM_SAMPLES = 17
_ZOOMS = 16
_FLAT = 0.3
"""Differences of Q over which the parabola through it is taken."""
_NEGLIGIBLE = 80.0
"""A peak with Q this much above the least is e^-40 as high."""


@dataclass(frozen=True, slots=True)
class OverlapPeak:
    """A time of greatest overlap.

    Attributes
    ----------
    time_s
        Relative to the states.
    width_s
        Q grows by one within it, by the parabola through the peak; infinite where Q has no curvature.
    exponent
        Q at the peak.
    """

    time_s: float
    width_s: float
    exponent: float


def exponents(pair: EquinoctialPair, times_s: Array, floor_km: float, radius_km: float = 0.0) -> Array:
    """Q at each time, shape (n,), with km² in the determinant; NaN where the objects have no overlap that is found.

    With a radius, of contact with the nearest point of a ball about object 1 instead of its centre.
    """
    from astrodynamics.probability.collision_rate_kernels import fill_exponents  # noqa: PLC0415 - numba is imported when a kernel is first used

    values = np.empty(times_s.size)
    fill_exponents(pair.elements, pair.covariances, np.ascontiguousarray(times_s), radius_km, floor_km, values)
    return values


def pass_window_s(pair: EquinoctialPair, closest_s: float) -> tuple[float, float]:
    """The pass that closest approach belongs to: between the greatest separations on either side of it.

    At most half of the shorter period to each side, as in NASA CARA's Pc3D_Hall.
    """
    from astrodynamics.probability.equinoctial_kernels import fill_states  # noqa: PLC0415 - numba is imported when a kernel is first used

    half = 0.5 * pair.shorter_period_s
    times = closest_s + np.linspace(-half, half, _RANGE_SAMPLES)
    states, partials = np.empty((2, times.size, 6)), np.empty((times.size, 6, 6))
    for i in range(2):
        fill_states(np.tile(pair.elements[i], (times.size, 1)), times, states[i], partials)
    distance = norm(states[1, :, :3] - states[0, :, :3])
    farthest = np.flatnonzero((distance[1:-1] >= distance[:-2]) & (distance[1:-1] > distance[2:])) + 1
    before = farthest[times[farthest] < closest_s]
    after = farthest[times[farthest] > closest_s]
    return (
        float(times[before[-1]] if before.size else times[0]),
        float(times[after[0]] if after.size else times[-1]),
    )


def overlap_peaks(
    pair: EquinoctialPair, window_s: tuple[float, float], closest_s: float, floor_km: float
) -> list[OverlapPeak]:
    """All peaks of the overlap within a window that are not negligible against the highest, in the order of time."""
    times = _grid(window_s, closest_s)
    values = exponents(pair, times, floor_km)
    filled = np.where(np.isnan(values), np.inf, values)
    if not np.any(np.isfinite(filled)):
        return []
    padded = np.concatenate(([np.inf], filled, [np.inf]))
    lowest = np.flatnonzero((filled <= padded[:-2]) & (filled < padded[2:]) & np.isfinite(filled))
    before, after = np.append(times[:1], times[:-1]), np.append(times[1:], times[-1:])
    peaks = [_refined(pair, float(before[k]), float(after[k]), floor_km) for k in lowest]
    least = min(peak.exponent for peak in peaks)
    return [peak for peak in peaks if peak.exponent <= least + _NEGLIGIBLE]


def times_about(peaks: list[OverlapPeak], window_s: tuple[float, float]) -> Array:
    """Times over a window, even and ever finer towards each peak, in order."""
    begin, end = window_s
    times = [np.linspace(begin, end, _UNIFORM_SAMPLES)]
    for peak in peaks:
        width = min(peak.width_s, end - begin)
        steps = 0.5 * width * np.geomspace(1.0, max(2.0 * (end - begin) / width, 1.5), _GEOMETRIC_SAMPLES)
        times.append(np.concatenate((peak.time_s - steps, [peak.time_s], peak.time_s + steps)))
    return np.unique(np.clip(np.concatenate(times), begin, end))


def _grid(window_s: tuple[float, float], closest_s: float) -> Array:
    """Even over the window, and ever finer towards closest approach."""
    begin, end = window_s
    reach = max(end - closest_s, closest_s - begin, _NEAREST_S)
    offsets = np.geomspace(_NEAREST_S, reach, _GEOMETRIC_SAMPLES)
    times = np.concatenate(
        (closest_s - offsets, [closest_s], closest_s + offsets, np.linspace(begin, end, _UNIFORM_SAMPLES))
    )
    return np.unique(np.clip(times, begin, end))


def _refined(pair: EquinoctialPair, low: float, high: float, floor_km: float) -> OverlapPeak:
    """Zoom into a bracket until Q is nearly flat in it, then take the parabola."""
    first, last = low, high
    time = 0.5 * (low + high)
    for _ in range(_ZOOMS):
        times = np.linspace(low, high, _ZOOM_SAMPLES)
        values = exponents(pair, times, floor_km)
        values = np.where(np.isnan(values), np.inf, values)
        k = int(np.argmin(values))
        time, least = float(times[k]), float(values[k])
        low, high = float(times[max(k - 1, 0)]), float(times[min(k + 1, times.size - 1)])
        if np.max(values) - least < _FLAT:
            break
    step = max(high - low, 1e-9)
    width = np.inf
    for _ in range(4):
        before, middle, after = exponents(pair, np.array([time - step, time, time + step]), floor_km)
        curvature = (after - 2.0 * middle + before) / (step * step)
        if not curvature > 0.0:
            break
        width = float(np.sqrt(2.0 / curvature))
        vertex = time - 0.5 * (after - before) / (step * curvature)
        time = float(np.clip(vertex, max(first, time - width), min(last, time + width)))
        step = 0.7 * width
    return OverlapPeak(time, width, float(exponents(pair, np.array([time]), floor_km)[0]))
