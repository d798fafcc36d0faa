"""Reporting criteria: for which approaches a CDM is made, and which of them somebody is told about at once.

Spaceflight Safety Handbook, tables 5 (basic) and 6 (advanced); its "e^-7" and "e^-4" are 1e-7 and 1e-4. The regime is
the primary's. A new criterion is one row of `CDM_CRITERIA` or `EMERGENCY_CRITERIA`.
"""

from dataclasses import dataclass
from typing import Literal

from assessment.regimes import Regime
from assessment.volumes import (
    EARLY_ORBIT_DEEP,
    EARLY_ORBIT_NEAR,
    EPHEMERIS_DEEP,
    EPHEMERIS_NEAR,
    HAC_DEEP,
    ScreeningVolume,
)

ServiceLevel = Literal["basic", "advanced"]
ScreeningKind = Literal["catalogue", "ephemeris", "early-orbit"]
Level = Literal["none", "reportable", "unquantified", "emergency"]

LEVELS: tuple[Level, ...] = ("none", "reportable", "unquantified", "emergency")
"""From the least to the most urgent."""

_DAY_S = 86400.0


def severity(level: Level) -> int:
    """Rank of a level, for comparisons."""
    return LEVELS.index(level)


def highest(levels: "tuple[Level, ...]") -> Level:
    """The most urgent of several levels; none of none."""
    return max(levels, key=severity, default="none")


@dataclass(frozen=True, slots=True)
class Criterion:
    """All conditions that are given must hold.

    Attributes
    ----------
    days_to_tca
        Closest approach at most so far ahead.
    miss_distance_km
        Overall miss distance at most this.
    volume
        The pass lies in this volume at some instant.
    probability
        Probability at least this.
    """

    days_to_tca: float
    miss_distance_km: float | None = None
    volume: ScreeningVolume | None = None
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class Prediction:
    """What is known of an approach when it is judged.

    Attributes
    ----------
    regime
        Of the primary.
    seconds_to_tca
        From the time of judging; negative in the past.
    relative_position_rtn_m, relative_velocity_rtn_m_s
        Of the secondary in the primary's RTN axes at closest approach.
    probability
        None where it could not be computed.
    maximum_probability
        Bound without covariance; None where there is none.
    """

    regime: Regime
    seconds_to_tca: float
    miss_distance_m: float
    relative_position_rtn_m: tuple[float, float, float]
    relative_velocity_rtn_m_s: tuple[float, float, float]
    probability: float | None
    maximum_probability: float | None


CDM_CRITERIA: dict[tuple[ServiceLevel, Regime, ScreeningKind], Criterion] = {
    ("basic", "deep-space", "catalogue"): Criterion(10.0, miss_distance_km=5.0),
    ("basic", "deep-space", "ephemeris"): Criterion(10.0, miss_distance_km=5.0),
    ("basic", "near-earth", "catalogue"): Criterion(3.0, miss_distance_km=1.0, probability=1e-7),
    ("basic", "near-earth", "ephemeris"): Criterion(3.0, miss_distance_km=1.0, probability=1e-7),
    ("advanced", "deep-space", "catalogue"): Criterion(10.0, volume=HAC_DEEP),
    ("advanced", "deep-space", "ephemeris"): Criterion(10.0, volume=EPHEMERIS_DEEP),
    ("advanced", "near-earth", "catalogue"): Criterion(5.0, probability=1e-7),
    ("advanced", "near-earth", "ephemeris"): Criterion(7.0, volume=EPHEMERIS_NEAR),
    ("advanced", "deep-space", "early-orbit"): Criterion(10.0, volume=EARLY_ORBIT_DEEP),
    ("advanced", "near-earth", "early-orbit"): Criterion(7.0, volume=EARLY_ORBIT_NEAR),
}
"""Column "Space-Track criteria". Early orbit is always judged by the advanced rows."""

EMERGENCY_CRITERIA: dict[Regime, Criterion] = {
    "deep-space": Criterion(3.0, miss_distance_km=5.0),
    "near-earth": Criterion(3.0, miss_distance_km=1.0, probability=1e-4),
}
"""Column "Emergency criteria", the same for both service levels."""


CONCERN_CRITERIA: dict[Regime, Criterion] = {
    "deep-space": Criterion(5.0, miss_distance_km=5.0),
    "near-earth": Criterion(5.0, probability=1e-7),
}
"""Which pairs are on the concern list, and screened again between two runs of the whole catalogue (handbook, section on
screening of the catalogue)."""


def is_of_concern(
    regime: Regime,
    *,
    seconds_to_tca: float,
    miss_distance_m: float,
    probability: float | None,
    maximum_probability: float | None,
) -> bool:
    """Whether an approach of a primary in this regime is on the concern list.

    Near earth the probability or its bound is to reach the threshold. Where neither is known, it is on the list.
    """
    criterion = CONCERN_CRITERIA[regime]
    if not 0.0 <= seconds_to_tca <= criterion.days_to_tca * _DAY_S:
        return False
    if criterion.miss_distance_km is not None:
        return miss_distance_m <= criterion.miss_distance_km * 1e3
    known = [value for value in (probability, maximum_probability) if value is not None]
    return not known or criterion.probability is None or max(known) >= criterion.probability


def geometry_holds(criterion: Criterion, prediction: Prediction) -> bool:
    """Whether every condition but the probability's holds. An approach in the past meets no criterion."""
    if not 0.0 <= prediction.seconds_to_tca <= criterion.days_to_tca * _DAY_S:
        return False
    if criterion.miss_distance_km is not None and prediction.miss_distance_m > criterion.miss_distance_km * 1e3:
        return False
    return criterion.volume is None or criterion.volume.is_passed_through(
        prediction.relative_position_rtn_m, prediction.relative_velocity_rtn_m_s
    )


def calls_for_cdm(service_level: ServiceLevel, kind: ScreeningKind, prediction: Prediction) -> bool:
    """Whether a CDM is made. Where the probability is not known, the geometry alone decides."""
    level: ServiceLevel = "advanced" if kind == "early-orbit" else service_level
    criterion = CDM_CRITERIA[level, prediction.regime, kind]
    if not geometry_holds(criterion, prediction):
        return False
    if criterion.probability is None or prediction.probability is None:
        return True
    return prediction.probability >= criterion.probability


def level_of(service_level: ServiceLevel, kind: ScreeningKind, prediction: Prediction) -> Level:
    """How urgent an approach is.

    Unquantified: the emergency geometry holds, the probability is not known, and its bound reaches the emergency
    threshold. It is told under its own name and never called an emergency.
    """
    criterion = EMERGENCY_CRITERIA[prediction.regime]
    if geometry_holds(criterion, prediction):
        if criterion.probability is None:
            return "emergency"
        if prediction.probability is not None:
            if prediction.probability >= criterion.probability:
                return "emergency"
        elif prediction.maximum_probability is not None and prediction.maximum_probability >= criterion.probability:
            return "unquantified"
    return "reportable" if calls_for_cdm(service_level, kind, prediction) else "none"
