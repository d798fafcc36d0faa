"""Encounters as two uncertain two-body orbits: what the methods with curved motion are given, one at a time."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from astrodynamics.encounter import tca_offset_s
from astrodynamics.probability.equinoctial import EquinoctialPair, equinoctial_pair
from astrodynamics.probability.overlap_times import OverlapPeak, overlap_peaks, pass_window_s
from astrodynamics.probability.plane import Outcome, StateEncounters

Array = npt.NDArray[np.float64]

SMALLEST_EXTENT = 1e-4
"""Of the uncertainty of the relative position, as part of the hard-body radius (NASA CARA's eigenvalue clipping)."""


@dataclass(frozen=True, eq=False, slots=True)
class TwoBodyEncounter:
    """One encounter; times are relative to the states.

    Attributes
    ----------
    pair
        Both orbits with their uncertainty.
    radius_km
        Combined hard-body radius.
    floor_km
        Smallest extent of the uncertainty of the relative position.
    closest_s
        Closest approach of the states, on straight lines.
    window_s
        Begin and end of the time that is looked at.
    peaks
        Of the overlap of both uncertainties, in the window.
    remediated
        True where the relative position covariance at the highest peak is narrower than `floor_km`, and was widened.
    """

    pair: EquinoctialPair
    radius_km: float
    floor_km: float
    closest_s: float
    window_s: tuple[float, float]
    peaks: list[OverlapPeak]
    remediated: bool

    @classmethod
    def of(
        cls,
        states: Array,
        covariances_km2: Array,
        radius_km: float,
        *,
        closest_s: float | None = None,
        window_s: tuple[float, float] | None = None,
    ) -> "TwoBodyEncounter | None":
        """Prepare an encounter; None where an orbit is not closed.

        Parameters
        ----------
        states
            Of both objects at one time in one inertial frame, shape (2, 6), km and km/s.
        covariances_km2
            Of the states, shape (2, 6, 6), in km², km²/s and km²/s².
        radius_km
            Combined hard-body radius.
        closest_s
            Closest approach relative to the states; found on straight lines where it is not given.
        window_s
            Time to look at relative to the states; the pass about closest approach where it is not given.

        """
        pair = equinoctial_pair(states, covariances_km2)
        if pair is None:
            return None
        relative = states[1] - states[0]
        closest = float(tca_offset_s(relative[:3], relative[3:])) if closest_s is None else closest_s
        if not abs(closest) < 0.5 * pair.shorter_period_s:
            closest = 0.0
        window = pass_window_s(pair, closest) if window_s is None else window_s
        floor = SMALLEST_EXTENT * radius_km
        peaks = overlap_peaks(pair, window, closest, floor)
        return cls(
            pair=pair,
            radius_km=radius_km,
            floor_km=floor,
            closest_s=closest,
            window_s=window,
            peaks=peaks,
            remediated=_is_narrower(pair, peaks, floor),
        )

    def relative_speed_km_s(self, time_s: float) -> float:
        """Of the linearised means at the peak overlap position, after a time; NaN where there is none."""
        mean, _, found = _relative_motion(self.pair, time_s, self.floor_km)
        return float(np.linalg.norm(mean[3:])) if found else math.nan


def _relative_motion(pair: EquinoctialPair, time_s: float, floor_km: float) -> tuple[Array, Array, bool]:
    """Mean (6,) and covariance (6, 6) of object 2 about object 1, and whether they exist."""
    from astrodynamics.probability.peak_overlap_kernels import fill_relative_motion  # noqa: PLC0415 - numba is imported when a kernel is first used

    mean, covariance = np.empty(6), np.empty((6, 6))
    found = fill_relative_motion(pair.elements, pair.covariances, time_s, floor_km, mean, covariance)
    return mean, covariance, found


def _is_narrower(pair: EquinoctialPair, peaks: list[OverlapPeak], floor_km: float) -> bool:
    if not peaks:
        return False
    highest = min(peaks, key=lambda peak: peak.exponent)
    _, covariance, _ = _relative_motion(pair, highest.time_s, floor_km)
    return bool(np.linalg.eigvalsh(covariance[:3, :3])[0] < floor_km * floor_km)


def each_encounter(encounters: StateEncounters) -> list[TwoBodyEncounter | None]:
    """Every encounter of a batch."""
    states = np.stack(
        (
            np.concatenate((encounters.position_1_km, encounters.velocity_1_km_s), axis=-1),
            np.concatenate((encounters.position_2_km, encounters.velocity_2_km_s), axis=-1),
        ),
        axis=1,
    )
    covariances = np.stack((encounters.covariance_1_km2, encounters.covariance_2_km2), axis=1)
    return [
        TwoBodyEncounter.of(states[i], covariances[i], float(radius), closest_s=float(encounters.tca_offset_s[i]))
        for i, radius in enumerate(encounters.hard_body_radius_km)
    ]


Evaluation = tuple[float, object, bool]
"""Expected number, NaN where there is none; details; whether an assumption of the method is seen not to hold."""


def evaluate_each(encounters: StateEncounters, evaluate: Callable[[TwoBodyEncounter], Evaluation]) -> Outcome:
    """Outcome of a method that gives the expected number; NaN where it does not apply."""
    prepared = each_encounter(encounters)
    open_orbit = np.array([item is None for item in prepared], dtype=np.bool_)
    found = [(math.nan, None, False) if item is None else evaluate(item) for item in prepared]
    remediated = np.array([item is not None and item.remediated for item in prepared], dtype=np.bool_)
    number = np.array([value for value, _, _ in found], dtype=np.float64)
    violated = np.array([violation for _, _, violation in found], dtype=np.bool_)
    return Outcome(
        probability=np.minimum(number, 1.0),
        reasons={"orbit_not_closed": open_orbit, "not_applicable": np.isnan(number) & ~open_orbit},
        flags={
            "covariance_remediated": remediated,
            "expected_number_above_one": number > 1.0,
            "assumptions_violated": violated & ~np.isnan(number),
        },
        details=tuple(detail for _, detail, _ in found),
    )
