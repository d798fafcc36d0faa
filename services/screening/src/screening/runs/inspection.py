"""What the planner must know of pinned objects. Runs in the child for parsing, which no screening holds up."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from assessment.catalogues import Catalogue
from assessment.criteria import is_of_concern
from assessment.errors import UnusableTrajectoryError
from assessment.regimes import Regime, orbit_from_state
from assessment.trajectories import ephemeris_from_columns
from screening.pinned_files import PinnedFile
from screening.runs.trajectories import load_catalogue

__all__ = ["Concern", "missing_numbers", "pairs_of_concern", "regime_of_ephemeris"]


@dataclass(frozen=True)
class Concern:
    """What is known of an event, to see whether its pair is on the list."""

    norad_cat_id_low: int
    norad_cat_id_high: int
    seconds_to_tca: float
    miss_distance_m: float
    probability: float | None
    maximum_probability: float | None


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


def pairs_of_concern(file: PinnedFile, concerns: Iterable[Concern]) -> tuple[tuple[int, int], ...]:
    """Return the pairs that are on the list: one of the two as primary meets its regime's criterion.

    An object that the catalogue does not hold cannot be screened with it.
    """
    catalogue = load_catalogue(file)
    return tuple(
        sorted({(each.norad_cat_id_low, each.norad_cat_id_high) for each in concerns if _is_listed(catalogue, each)})
    )


def _is_listed(catalogue: Catalogue, concern: Concern) -> bool:
    try:
        regimes = {
            catalogue.orbit_of(number).regime for number in (concern.norad_cat_id_low, concern.norad_cat_id_high)
        }
    except UnusableTrajectoryError:
        return False
    return any(
        is_of_concern(
            regime,
            seconds_to_tca=concern.seconds_to_tca,
            miss_distance_m=concern.miss_distance_m,
            probability=concern.probability,
            maximum_probability=concern.maximum_probability,
        )
        for regime in regimes
    )
