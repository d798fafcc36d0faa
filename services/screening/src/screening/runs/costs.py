"""What a run is going to cost: a model of the engine's work, corrected by what runs of the same kind have cost."""

from collections.abc import Iterable
from statistics import median
from typing import Final

from assessment.regimes import Orbit
from assessment.volumes import parse_volume
from screening.runs.inputs import RunInputs

__all__ = ["WORTH_MEASURING_S", "core_seconds", "measured_factor"]

_FOLLOWING_S: Final = 6e-6
"""An object over an hour, followed on the grid of time."""
_PAIRING_S: Final = 7e-13
"""An object over an hour against one primary, by square kilometre of the primary's volume (in-track by cross-track)."""
_FOLLOWING_FEW_S: Final = 2.5e-7
"""An object over an hour where few are primaries: most objects are left out by a look."""
_FEW: Final = 64
"""Up to so many primaries the engine looks before it follows."""
_MORE_FOR_EACH_OF_FEW: Final = 0.125
_TYPICAL: Final = Orbit(
    perigee_altitude_km=550.0, apogee_altitude_km=550.0, period_min=95.5, eccentricity=0.0, inclination_deg=53.0
)
"""Where most of the catalogue is: its volume stands for all that a preset chooses."""

WORTH_MEASURING_S: Final = 2.0
"""Runs that cost less are mostly the reading of their inputs, and say nothing about larger ones."""
_FURTHEST_OFF: Final = 100.0


def core_seconds(inputs: RunInputs, hours: float, volume: str) -> float:
    """Return about how long one core needs for a run, or for a part of it.

    Measured with the catalogue of 17 September 2024 (26,905 objects) on a core of 2.1 GHz, all against all, a chunk of
    96 minutes: sphere of 5 km 0.28 s, of 20 km 0.56 s, of 50 km 2.9 s; tables 3 and 4 0.60 s; table 7 1.6 s; a quarter
    of the catalogue in table 3 0.09 s; one ephemeris 0.01 s.

    Parameters
    ----------
    inputs
        Who is screened against whom.
    hours
        For how long.
    volume
        As `assessment.volumes.parse_volume` reads it.
    """
    primaries = _primaries(inputs)
    if primaries <= _FEW:
        rate = _FOLLOWING_FEW_S * (1.0 + _MORE_FOR_EACH_OF_FEW * primaries)
    else:
        half = parse_volume(volume).for_orbit(_TYPICAL)
        rate = _FOLLOWING_S + _PAIRING_S * primaries * half.in_track_km * half.cross_track_km
    return rate * inputs.objects * hours


def measured_factor(costs: Iterable[tuple[float, float]]) -> float:
    """Return by how much the model is to be multiplied: the median of (measured, modelled) seconds; 1 without any."""
    factors = [measured / modelled for measured, modelled in costs if modelled > 0.0]
    if not factors:
        return 1.0
    return max(1.0 / _FURTHEST_OFF, min(_FURTHEST_OFF, median(factors)))


def _primaries(inputs: RunInputs) -> int:
    if inputs.primary is not None:
        return 1
    if inputs.primary_numbers is not None:
        return len(inputs.primary_numbers)
    return inputs.catalogue.object_count if inputs.catalogue is not None else 0
