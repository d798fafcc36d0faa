"""What a conjunction data message says, ours or another's, and what comes out when its numbers are computed again.

A message's COLLISION_PROBABILITY_METHOD does not tell the shape that was integrated over: 19 SDS writes FOSTER-1992 for
the circumscribing square. So the value is computed by several methods, and the one that it matches is named.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from assessment.cdm_summary import CdmSummary
from assessment.covariance_sentinel import is_usable
from assessment.criteria import Level, Prediction
from assessment.errors import UnusableCdmError, UnusableTrajectoryError
from assessment.hard_body_radius import CombinedRadius, choose_radius, combine, known
from assessment.regimes import Orbit, orbit_from_state
from astrodynamics import encounter, frames, probability, timescales
from astrodynamics.errors import UnknownFrameError
from ccsds import Cdm, CdmObject

Floats = npt.NDArray[np.float64]

EARTH_ROTATION_RAD_S = 7.292115e-5
"""Of the Earth-fixed axes (IERS Conventions 2010, table 1.1)."""

DEFAULT_METHODS = ("disk", "square")
MATCH_TOLERANCE = 2e-3
"""Messages print four digits; the two shapes differ by up to 27 per cent."""

_NOT_GIVEN = "not_given"


@dataclass(frozen=True, eq=False, slots=True)
class CdmSide:
    """One object of the message, in non-rotating axes.

    Attributes
    ----------
    norad_cat_id
        None where the designator is no number.
    position_km, velocity_km_s
        At TCA; inertial components, of an ITRF message the axes at TCA held fixed.
    covariance_km2
        Shape (6, 6), in the axes of the state; None where it is absent or a placeholder.
    orbit
        None where the state is on no closed orbit.
    """

    name: str
    designator: str
    norad_cat_id: int | None
    position_km: Floats
    velocity_km_s: Floats
    covariance_km2: Floats | None
    orbit: Orbit | None


@dataclass(frozen=True, eq=False, slots=True)
class CdmAssessment:
    """A message and our own numbers beside it.

    Attributes
    ----------
    cdm
        The message.
    sides
        OBJECT1 and OBJECT2.
    tca_tai_ns
        Of the message.
    hard_body_radius
        What was used, and its sources.
    own_probability, own_method
        As the message states them; None where it does not.
    results
        Recomputed, by method.
    maximum_probability
        Isotropic bound.
    matching_method
        The method whose value the message's own agrees with; None where there is none.
    """

    cdm: Cdm
    sides: tuple[CdmSide, CdmSide]
    tca_tai_ns: int
    hard_body_radius: CombinedRadius
    own_probability: float | None
    own_method: str | None
    results: dict[str, probability.CollisionProbability]
    maximum_probability: float
    matching_method: str | None

    @property
    def probability(self) -> float | None:
        """The message's own value, else the first recomputed one that exists."""
        if self.own_probability is not None:
            return self.own_probability
        return next((float(r.probability) for r in self.results.values() if r.reason is None), None)

    def prediction(self, now_tai_ns: int) -> Prediction:
        """What the reporting criteria judge.

        Raises
        ------
        UnusableCdmError
            Object 1 has no closed orbit, so no regime.

        """
        orbit = self.sides[0].orbit
        if orbit is None:
            raise UnusableCdmError("OBJECT1 is on no closed orbit about the Earth: its regime is not known.")
        position, velocity = _relative_rtn_m(self.sides)
        return Prediction(
            regime=orbit.regime,
            seconds_to_tca=(self.tca_tai_ns - now_tai_ns) * 1e-9,
            miss_distance_m=self.cdm.relative.miss_distance_m,
            relative_position_rtn_m=position,
            relative_velocity_rtn_m_s=velocity,
            probability=self.probability,
            maximum_probability=self.maximum_probability,
        )


def assess_cdm(
    cdm: Cdm, *, methods: tuple[str, ...] = DEFAULT_METHODS, hard_body_radius_m: float | None = None
) -> CdmAssessment:
    """Compute a message's probability again.

    Parameters
    ----------
    cdm
        Any conjunction data message.
    methods
        Keys of `astrodynamics.probability.METHODS`.
    hard_body_radius_m
        Combined radius to use instead of what the message says.

    Raises
    ------
    UnusableCdmError
        The states are in a frame that is not known here.

    """
    first, second = (_side(cdm, item) for item in cdm.objects)
    radius = combined_radius(cdm, hard_body_radius_m)
    states = (
        first.position_km,
        first.velocity_km_s,
        first.covariance_km2,
        second.position_km,
        second.velocity_km_s,
        second.covariance_km2,
        radius.radius_m,
    )
    results = {method: probability.collision_probability(*states, method=method) for method in methods}
    own = cdm.relative.collision_probability
    return CdmAssessment(
        cdm=cdm,
        sides=(first, second),
        tca_tai_ns=_tai_ns(cdm.relative.tca),
        hard_body_radius=radius,
        own_probability=own,
        own_method=cdm.relative.collision_probability_method,
        results=results,
        maximum_probability=float(probability.collision_probability(*states, method="maximum").probability),
        matching_method=_matching(own, results),
    )


def combined_radius(cdm: Cdm, requested_m: float | None = None) -> CombinedRadius:
    """The combined hard-body radius of a message, and where it came from.

    A request comes first, then a comment with the combined radius (``HBR``), then each object's own: its operator's,
    its exclusion volume, its AREA_PC, and a default by type.
    """
    if requested_m is not None:
        return CombinedRadius(requested_m, ("request",))
    annotations = cdm.annotations
    shared = known(annotations.effective_hard_body_radius_m)
    if shared is not None:
        return CombinedRadius(shared, ("cdm-combined",))
    first, second = (
        choose_radius(
            operator_m=said.operator_hard_body_radius_m,
            cdm_m=said.exclusion_volume_radius_m,
            area_pc_m2=item.additional.area_pc,
            object_type=item.metadata.object_type,
        )
        for item, said in zip(cdm.objects, annotations.objects, strict=True)
    )
    return combine(first, second)


def summarise(assessment: CdmAssessment, *, recipient: str | None, level: Level) -> CdmSummary:
    """What is kept of a message from outside.

    Raises
    ------
    UnusableCdmError
        An object's designator is no catalogue number.

    """
    cdm = assessment.cdm
    numbers = [_norad_cat_id(side) for side in assessment.sides]
    relative = cdm.relative
    position = relative.relative_position_rtn_m
    value, method, reason = _kept_probability(assessment)
    orbits = [side.orbit for side in assessment.sides]
    return CdmSummary(
        message_id=cdm.header.message_id,
        originator=cdm.header.originator,
        recipient=recipient,
        creation_date=_datetime(cdm.header.creation_date),
        norad_cat_id_1=numbers[0],
        norad_cat_id_2=numbers[1],
        tca=timescales.to_datetime(assessment.tca_tai_ns),
        tca_tai_ns=assessment.tca_tai_ns,
        miss_distance_m=relative.miss_distance_m,
        relative_speed_m_s=relative.relative_speed_m_s,
        relative_position_rtn_m=_relative_rtn_m(assessment.sides)[0] if position is None else _triple(position),
        collision_probability=value,
        probability_method=method,
        probability_reason=reason,
        maximum_probability=assessment.maximum_probability,
        hard_body_radius_m=assessment.hard_body_radius.radius_m,
        regime=None if orbits[0] is None else orbits[0].regime,
        level=level,
        period_1_min=None if orbits[0] is None else orbits[0].period_min,
        period_2_min=None if orbits[1] is None else orbits[1].period_min,
        screening_start=_optional_datetime(relative.start_screen_period),
        screening_stop=_optional_datetime(relative.stop_screen_period),
        has_covariance_1=assessment.sides[0].covariance_km2 is not None,
        has_covariance_2=assessment.sides[1].covariance_km2 is not None,
    )


def _kept_probability(assessment: CdmAssessment) -> tuple[float | None, str | None, str | None]:
    if assessment.own_probability is not None:
        return assessment.own_probability, assessment.own_method or _NOT_GIVEN, None
    for method, result in assessment.results.items():
        if result.reason is None:
            return float(result.probability), f"{method}, recomputed", None
    reasons = [result.reason for result in assessment.results.values() if isinstance(result.reason, str)]
    return None, None, reasons[0] if reasons else _NOT_GIVEN


def _side(cdm: Cdm, item: CdmObject) -> CdmSide:
    frame = item.metadata.ref_frame.strip().upper()
    position, velocity = item.position_km, item.velocity_km_s
    if frame.startswith("ITRF"):
        velocity = velocity + np.cross([0.0, 0.0, EARTH_ROTATION_RAD_S], position)
    else:
        try:
            frames.canonical_frame(frame)
        except UnknownFrameError as error:
            raise UnusableCdmError(f"{cdm.header.message_id}: {error}, or in ITRF.") from error
    covariance = item.covariance_rtn_m2
    turned = None
    if covariance is not None and is_usable(covariance):
        to_inertial = np.swapaxes(frames.rtn_axes(position, velocity), -1, -2)
        turned = frames.rotate_covariance(covariance[:6, :6] * 1e-6, to_inertial)
    designator = item.metadata.object_designator.strip()
    return CdmSide(
        name=item.metadata.object_name,
        designator=designator,
        norad_cat_id=int(designator) if designator.isascii() and designator.isdigit() else None,
        position_km=position,
        velocity_km_s=velocity,
        covariance_km2=turned,
        orbit=_orbit(position, velocity),
    )


def _orbit(position_km: Floats, velocity_km_s: Floats) -> Orbit | None:
    try:
        return orbit_from_state(position_km, velocity_km_s)
    except UnusableTrajectoryError:
        return None


def _matching(own: float | None, results: dict[str, probability.CollisionProbability]) -> str | None:
    if own is None or own <= 0.0:
        return None
    differences = {
        method: abs(float(result.probability) / own - 1.0)
        for method, result in results.items()
        if result.reason is None
    }
    if not differences:
        return None
    nearest = min(differences, key=differences.__getitem__)
    return nearest if differences[nearest] <= MATCH_TOLERANCE else None


def _relative_rtn_m(
    sides: tuple[CdmSide, CdmSide],
) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    first, second = sides
    position, velocity = encounter.relative_rtn(
        first.position_km, first.velocity_km_s, second.position_km, second.velocity_km_s
    )
    return _triple(position * 1e3), _triple(velocity * 1e3)


def _triple(vector: Floats) -> tuple[float, float, float]:
    return (float(vector[0]), float(vector[1]), float(vector[2]))


def _norad_cat_id(side: CdmSide) -> int:
    if side.norad_cat_id is None:
        raise UnusableCdmError(f"The OBJECT_DESIGNATOR {side.designator!r} is no catalogue number.")
    return side.norad_cat_id


def _tai_ns(utc: np.datetime64) -> int:
    return int(np.atleast_1d(timescales.to_tai_ns(np.array([utc]), "UTC"))[0])


def _datetime(utc: np.datetime64) -> datetime:
    return timescales.to_datetime(_tai_ns(utc))


def _optional_datetime(utc: np.datetime64 | None) -> datetime | None:
    return None if utc is None else _datetime(utc)
