"""What the planner must know of pinned objects. Runs in the child for parsing, which no screening holds up."""

import numpy as np

from assessment.errors import UnusableTrajectoryError
from assessment.regimes import Regime, orbit_from_state
from assessment.trajectories import ephemeris_from_columns
from screening.pinned_files import PinnedFile
from screening.runs.trajectories import load_catalogue

__all__ = ["missing_numbers", "regime_of_ephemeris"]


def regime_of_ephemeris(file: PinnedFile) -> Regime | None:
    """Return the regime of an ephemeris by its first state, or None where that is on no closed orbit."""
    segment = ephemeris_from_columns(file.read()).segments[0]
    try:
        return orbit_from_state(np.asarray(segment.r_gcrf_km[0]), np.asarray(segment.v_gcrf_km_s[0])).regime
    except UnusableTrajectoryError:
        return None


def missing_numbers(file: PinnedFile, norad_cat_ids: tuple[int, ...]) -> tuple[int, ...]:
    """Return those catalogue numbers of which a catalogue has no element set."""
    catalogue = load_catalogue(file)
    return tuple(number for number in norad_cat_ids if number not in catalogue)
