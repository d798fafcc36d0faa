"""Expected number of collisions in one pass of two objects on curved orbits (3D-Nc).

D. T. Hall, "Expected Collision Rates for Tracked Satellites", Journal of Spacecraft and Rockets 58 (2021): the rate at
which relative positions enter the sphere of the hard-body radius, integrated over the unit sphere and over the time of
the pass. It counts every entry, so it is never smaller than the probability and equals it where an object can enter
once only.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from astrodynamics.probability.overlap_times import exponents, times_about
from astrodynamics.probability.plane import Outcome, StateEncounters
from astrodynamics.probability.two_body_pairs import Evaluation, TwoBodyEncounter, evaluate_each

Array = npt.NDArray[np.float64]

_REACH = 72.0
"""Growth of Q at which the overlap is e^-36 of its peak."""
_END_BISECTIONS = 6
_FEWEST, _MOST = 64, 1024
"""Steps in time for each interval."""
_TOLERANCE = 1e-6
_NEGLECTED_RATE = 1e-6
"""As part of the highest rate; what is below it need not converge in itself."""
_SHARE = 1e-6
"""Of the expected collisions, left out at either end of the interval that is reported."""


@dataclass(frozen=True, slots=True)
class CollisionPass:
    """Expected collisions of one pass.

    Attributes
    ----------
    expected_number
        Of collisions.
    begin_s, end_s
        Between which all but 1e-6 of them to each side are expected, relative to closest approach.
    window_begin_s, window_end_s
        The time that was looked at, relative to closest approach.
    times_s, rates
        Where the rate (1/s) was taken, and its values, shape (n,), for a picture.
    converged
        Whether the integrals over time and over the sphere settled.
    peak_count
        How many times the overlap of the uncertainties has a peak in the window.
    """

    expected_number: float
    begin_s: float
    end_s: float
    window_begin_s: float
    window_end_s: float
    times_s: Array
    rates: Array
    converged: bool
    peak_count: int


def expected_collisions(encounter: TwoBodyEncounter) -> CollisionPass | None:
    """Expected collisions in the window of the encounter; None where the uncertainties never overlap.

    The window is cut to the intervals in which the overlap of some point of the sphere counts. Each is integrated by
    the trapezoidal rule, its steps halved until Simpson's extrapolation settles.
    """
    if not encounter.peaks:
        return None
    parts = [_integrate(encounter, begin, end) for begin, end in _intervals(encounter)]
    times = np.concatenate([times for times, _, _, _ in parts])
    rates = np.concatenate([rates for _, rates, _, _ in parts])
    number = math.fsum(number for _, _, number, _ in parts)
    begin, end = _effective_interval(times, rates)
    closest = encounter.closest_s
    return CollisionPass(
        expected_number=number,
        begin_s=begin - closest,
        end_s=end - closest,
        window_begin_s=encounter.window_s[0] - closest,
        window_end_s=encounter.window_s[1] - closest,
        times_s=times - closest,
        rates=rates,
        converged=all(settled for _, _, _, settled in parts),
        peak_count=len(encounter.peaks),
    )


def _intervals(encounter: TwoBodyEncounter) -> list[tuple[float, float]]:
    """Where a contact with the sphere counts, in the order of time."""

    def contact(times: Array) -> Array:
        values = exponents(encounter.pair, times, encounter.floor_km, encounter.radius_km)
        return np.where(np.isnan(values), np.inf, values)

    times = times_about(encounter.peaks, encounter.window_s)
    values = contact(times)
    threshold = float(np.min(values)) + _REACH
    counts = np.concatenate(([False], values < threshold, [False]))
    starts = np.flatnonzero(counts[1:] & ~counts[:-1])
    stops = np.flatnonzero(counts[:-1] & ~counts[1:]) - 1

    before, after = np.append(times[:1], times[:-1]), np.append(times[1:], times[-1:])

    def end(inside: float, outside: float) -> float:
        for _ in range(_END_BISECTIONS):
            middle = 0.5 * (inside + outside)
            inside, outside = (middle, outside) if contact(np.array([middle]))[0] < threshold else (inside, middle)
        return outside

    return [
        (
            end(float(times[start]), float(before[start])),
            end(float(times[stop]), float(after[stop])),
        )
        for start, stop in zip(starts, stops, strict=True)
    ]


def _integrate(encounter: TwoBodyEncounter, begin: float, end: float) -> tuple[Array, Array, float, bool]:
    """Times, rates, integral, and whether it settled."""
    times = np.linspace(begin, end, _FEWEST + 1)
    rates = _rates(encounter, times, 0.0)
    sphere_settled = _are_settled(rates)
    rates = np.abs(rates)
    coarse = _trapezoid(rates, times)
    simpson = math.inf
    while sphere_settled and times.size - 1 < _MOST:
        middles = 0.5 * (times[1:] + times[:-1])
        between = _rates(encounter, middles, _NEGLECTED_RATE * float(np.max(rates)))
        sphere_settled &= _are_settled(np.concatenate((rates, between)))
        finer_times, finer_rates = np.empty(2 * times.size - 1), np.empty(2 * times.size - 1)
        finer_times[::2], finer_times[1::2] = times, middles
        finer_rates[::2], finer_rates[1::2] = rates, np.abs(between)
        times, rates = finer_times, finer_rates
        fine = _trapezoid(rates, times)
        previous, simpson = simpson, (4.0 * fine - coarse) / 3.0
        # The trapezoidal rule alone where both ends have died away, since it converges faster than any power there.
        if abs(fine - coarse) <= 0.1 * _TOLERANCE * fine:
            return times, rates, fine, sphere_settled
        if abs(simpson - previous) <= _TOLERANCE * abs(simpson):
            return times, rates, simpson, sphere_settled
        coarse = fine
    return times, rates, simpson if math.isfinite(simpson) else coarse, False


def _rates(encounter: TwoBodyEncounter, times_s: Array, significant_rate: float) -> Array:
    """Rate at each time; 0 where the uncertainties do not overlap, negative where the sphere did not converge."""
    from astrodynamics.probability.collision_rate_kernels import fill_rates  # noqa: PLC0415 - numba is imported when a kernel is first used

    rates = np.empty(times_s.size)
    fill_rates(
        encounter.pair.elements,
        encounter.pair.covariances,
        times_s,
        encounter.radius_km,
        encounter.floor_km,
        significant_rate,
        rates,
    )
    return np.where(np.isnan(rates), 0.0, rates)


def _are_settled(rates: Array) -> bool:
    return not np.any(rates < -_NEGLECTED_RATE * np.max(np.abs(rates)))


def _trapezoid(values: Array, times: Array) -> float:
    return float(np.sum(0.5 * (values[1:] + values[:-1]) * np.diff(times)))


def _effective_interval(times: Array, rates: Array) -> tuple[float, float]:
    accumulated = np.concatenate(([0.0], np.cumsum(0.5 * (rates[1:] + rates[:-1]) * np.diff(times))))
    if not accumulated[-1] > 0.0:
        return float(times[0]), float(times[-1])
    share = accumulated / accumulated[-1]
    first = max(int(np.searchsorted(share, _SHARE, side="right")) - 1, 0)
    last = min(int(np.searchsorted(share, 1.0 - _SHARE)), times.size - 1)
    return float(times[first]), float(times[last])


def probability(encounters: StateEncounters) -> Outcome:
    """Expected number of collisions of each encounter, at most 1; the details are `CollisionPass`."""
    from astrodynamics.probability.multistep_checks import DEFAULT_LIMITS, nc_3d_checks  # noqa: PLC0415 - they check this

    def evaluate(encounter: TwoBodyEncounter) -> Evaluation:
        found = expected_collisions(encounter)
        if found is None:
            return math.nan, None, False
        checks = nc_3d_checks(found, encounter.pair.shorter_period_s, DEFAULT_LIMITS)
        number = found.expected_number if found.converged else math.nan
        return number, found, not all(check.holds for check in checks)

    return evaluate_each(encounters, evaluate)
