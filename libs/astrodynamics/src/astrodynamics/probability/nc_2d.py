"""Expected number of collisions in one short encounter of curved motion (2D-Nc).

D. T. Hall, "Satellite Collision Rates and Conjunction Probabilities for Short Encounters with Curvilinear Motion"
(2D-Nc method of NASA CARA, 2023): the rate of `nc_3d` has an exponent that is nearly quadratic in time about its least
value, so its integral over time is known, and the unit sphere alone is left to quadrature.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from astrodynamics.probability.equinoctial import EquinoctialPair
from astrodynamics.probability.overlap_times import OverlapPeak, exponents
from astrodynamics.probability.plane import Outcome, StateEncounters
from astrodynamics.probability.two_body_pairs import Evaluation, TwoBodyEncounter, evaluate_each

Array = npt.NDArray[np.float64]

STEP_WIDTHS = 0.7
"""Distance of the three times that the parabola goes through, in widths of the peak."""
BOUND_WIDTHS = math.sqrt(2.0) * 5.872370090453963
"""Widths to each side of the peak outside which 1e-16 of the collisions are expected."""
_CHECK_WIDTHS = 8.0
_CHECK_SAMPLES = 129


@dataclass(frozen=True, slots=True)
class ShortEncounter:
    """Expected collisions of one encounter by its parabola.

    Attributes
    ----------
    expected_number
        Of collisions; NaN where there is no single peak or the sphere's integral has not converged.
    begin_s, end_s
        Between which all but 1e-16 of them are expected, relative to closest approach.
    peak_s
        When the overlap is greatest, relative to closest approach.
    departure
        Relative difference between the integral of exp(-Q/2) over time and that of the parabola's: how far from short
        and simple the encounter is.
    """

    expected_number: float
    begin_s: float
    end_s: float
    peak_s: float
    departure: float


def highest(peaks: list[OverlapPeak]) -> OverlapPeak | None:
    """The peak with the least exponent."""
    return min(peaks, key=lambda peak: peak.exponent) if peaks else None


def expected_collisions(encounter: TwoBodyEncounter) -> ShortEncounter | None:
    """Expected collisions about the highest peak of the overlap; None where there is none with a curvature."""
    from astrodynamics.probability.collision_rate_kernels import short_encounter_collisions  # noqa: PLC0415 - numba is imported when a kernel is first used

    peak = highest(encounter.peaks)
    if peak is None or not math.isfinite(peak.width_s):
        return None
    number = short_encounter_collisions(
        encounter.pair.elements,
        encounter.pair.covariances,
        peak.time_s,
        STEP_WIDTHS * peak.width_s,
        encounter.radius_km,
        encounter.floor_km,
    )
    middle = peak.time_s - encounter.closest_s
    reach = BOUND_WIDTHS * peak.width_s
    return ShortEncounter(
        expected_number=number if number >= 0.0 else math.nan,
        begin_s=middle - reach,
        end_s=middle + reach,
        peak_s=middle,
        departure=_departure(encounter.pair, peak, encounter.floor_km),
    )


def _departure(pair: EquinoctialPair, peak: OverlapPeak, floor_km: float) -> float:
    offsets = np.linspace(-_CHECK_WIDTHS, _CHECK_WIDTHS, _CHECK_SAMPLES)
    values = exponents(pair, peak.time_s + offsets * peak.width_s, floor_km) - peak.exponent
    heights = np.where(np.isnan(values), 0.0, np.exp(-0.5 * np.clip(values, -1400.0, None)))
    integral = float(np.sum(heights)) * (offsets[1] - offsets[0])
    return float(abs(integral / math.sqrt(2.0 * math.pi) - 1.0))


def probability(encounters: StateEncounters) -> Outcome:
    """Expected number of collisions of each encounter, at most 1; the details are `ShortEncounter`."""
    from astrodynamics.probability.multistep_checks import DEFAULT_LIMITS, nc_2d_checks  # noqa: PLC0415 - they check this

    def evaluate(encounter: TwoBodyEncounter) -> Evaluation:
        found = expected_collisions(encounter)
        if found is None:
            return math.nan, None, False
        checks = nc_2d_checks(found, encounter.pair.shorter_period_s, DEFAULT_LIMITS)
        return found.expected_number, found, not all(check.holds for check in checks)

    return evaluate_each(encounters, evaluate)
