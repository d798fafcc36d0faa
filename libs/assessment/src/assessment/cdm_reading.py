"""What a conjunction data message says, ours or another's, and what comes out when its numbers are computed again.

What the message's own probability is, among the definitions there are, is said by `probability_comparison`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from assessment.cdm_sides import CdmSide, sides_of
from assessment.cdm_summary import CdmSummary
from assessment.criteria import Level, Prediction
from assessment.encounters import plane_of
from assessment.errors import UnusableCdmError
from assessment.hard_body_radius import CombinedRadius, choose_radius, combine, known
from assessment.probability_comparison import CORRELATED_DISK, UNREFINED_DISK, ProbabilityComparison, compare
from astrodynamics import encounter, probability, timescales
from ccsds import Cdm

Floats = npt.NDArray[np.float64]

DEFAULT_METHODS = ("disk", "square")
COMPARED_METHODS = ("disk", "square", "equal_area_square", "nc_2d", "nc_3d", "chan", "alfriend")
"""The definitions that messages are known to state, one way to each."""

_NOT_GIVEN = "not_given"


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
    variants
        Definitions beside the methods that were asked for, which a message's value is often one of: disk and square,
        the disk with the states as they stand and, where the message tells how the atmosphere moves both objects, with
        correlated errors. Keys as in `probability_comparison`.
    maximum_probability
        Isotropic bound.
    """

    cdm: Cdm
    sides: tuple[CdmSide, CdmSide]
    tca_tai_ns: int
    hard_body_radius: CombinedRadius
    own_probability: float | None
    own_method: str | None
    results: dict[str, probability.CollisionProbability]
    variants: dict[str, probability.CollisionProbability]
    maximum_probability: float

    @property
    def comparison(self) -> ProbabilityComparison:
        """Our values beside the message's."""
        return compare(self.own_probability, self.own_method, {**self.results, **self.variants})

    @property
    def matching_method(self) -> str | None:
        """The definition that the message's own value is; None where it is none of those computed."""
        return self.comparison.matching

    @property
    def probability(self) -> float | None:
        """The message's own value, else the first recomputed one that exists."""
        if self.own_probability is not None:
            return self.own_probability
        return next((float(r.probability) for r in self.results.values() if r.reason is None), None)

    def plane(self) -> dict[str, Any]:
        """Encounter plane in plain values, for pictures and storage; empty where no disk was computed."""
        result = self.results.get("disk", self.variants.get("disk"))
        return {} if result is None else plane_of(result, self.hard_body_radius)

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
    return assess_prepared([prepare_cdm(cdm, hard_body_radius_m)], methods=methods)[0]


@dataclass(frozen=True, eq=False, slots=True)
class PreparedCdm:
    """A message of which the probability can be computed: its two objects in common axes, and their radius.

    Attributes
    ----------
    density_covariance_km2
        Covariance of object 1 with object 2, shape (3, 3), where the message tells how the atmosphere moves both.
    """

    cdm: Cdm
    sides: tuple[CdmSide, CdmSide]
    tca_tai_ns: int
    hard_body_radius: CombinedRadius
    density_covariance_km2: Floats | None

    @property
    def covariance_shapes(self) -> tuple[tuple[int, ...] | None, ...]:
        """Of both objects; None where there is none."""
        return tuple(None if each.covariance_km2 is None else each.covariance_km2.shape for each in self.sides)


def prepare_cdm(cdm: Cdm, hard_body_radius_m: float | None = None) -> PreparedCdm:
    """Take what a probability needs from a message.

    Raises
    ------
    UnusableCdmError
        The states are in a frame that is not known here.

    """
    sides = sides_of(cdm)
    return PreparedCdm(
        cdm, sides, _tai_ns(cdm.relative.tca), combined_radius(cdm, hard_body_radius_m), _density_covariance_km2(*sides)
    )


def _density_covariance_km2(first: CdmSide, second: CdmSide) -> Floats | None:
    sensitivity_1, sensitivity_2 = first.density_sensitivity_km, second.density_sensitivity_km
    uncertainty_1, uncertainty_2 = first.density_uncertainty, second.density_uncertainty
    if sensitivity_1 is None or sensitivity_2 is None or uncertainty_1 is None or uncertainty_2 is None:
        return None
    return probability.density_cross_covariance(uncertainty_1, sensitivity_1, uncertainty_2, sensitivity_2)


def assess_prepared(
    prepared: Sequence[PreparedCdm], *, methods: tuple[str, ...] = DEFAULT_METHODS
) -> list[CdmAssessment]:
    """Compute the probabilities of many messages again, all at once: a message costs little in company."""
    assessed: list[CdmAssessment | None] = [None] * len(prepared)
    alike: dict[tuple[tuple[int, ...] | None, ...], list[int]] = {}
    for place, each in enumerate(prepared):
        alike.setdefault(each.covariance_shapes, []).append(place)
    for places in alike.values():
        for place, assessment in zip(places, _assess_alike([prepared[i] for i in places], methods), strict=True):
            assessed[place] = assessment
    return [each for each in assessed if each is not None]


def _assess_alike(prepared: Sequence[PreparedCdm], methods: tuple[str, ...]) -> list[CdmAssessment]:
    """Assess messages whose covariances are of the same shapes."""
    states = _states(prepared)
    results = {method: _computed(states, method=method) for method in methods}
    variants = {name: _computed(states, method=name) for name in DEFAULT_METHODS if name not in methods}
    variants[UNREFINED_DISK] = _computed(states, refine_tca=False)
    maximum = _computed(states, method="maximum")
    correlated = _correlated(prepared)
    return [
        CdmAssessment(
            cdm=each.cdm,
            sides=each.sides,
            tca_tai_ns=each.tca_tai_ns,
            hard_body_radius=each.hard_body_radius,
            own_probability=each.cdm.relative.collision_probability,
            own_method=each.cdm.relative.collision_probability_method,
            results={method: result[place] for method, result in results.items()},
            variants={name: result[place] for name, result in variants.items()}
            | ({CORRELATED_DISK: correlated[place]} if place in correlated else {}),
            maximum_probability=float(maximum[place].probability),
        )
        for place, each in enumerate(prepared)
    ]


def _correlated(prepared: Sequence[PreparedCdm]) -> dict[int, probability.CollisionProbability]:
    """The disk with correlated errors, by the place of the message, where messages tell of them."""
    places = [place for place, each in enumerate(prepared) if each.density_covariance_km2 is not None]
    if not places:
        return {}
    shared = np.stack([each.density_covariance_km2 for each in prepared if each.density_covariance_km2 is not None])
    computed = _computed(_states([prepared[place] for place in places]), cross_covariance_km2=shared)
    return dict(zip(places, computed, strict=True))


def _states(prepared: Sequence[PreparedCdm]) -> tuple[Floats | None, ...]:
    """The arguments of a probability, each with a leading axis of the messages."""
    columns: list[Floats | None] = []
    for side in (0, 1):
        sides = [each.sides[side] for each in prepared]
        covariances = [each.covariance_km2 for each in sides if each.covariance_km2 is not None]
        columns += [
            np.stack([each.position_km for each in sides]),
            np.stack([each.velocity_km_s for each in sides]),
            np.stack(covariances) if covariances else None,
        ]
    return (*columns, np.array([each.hard_body_radius.radius_m for each in prepared]))


def _computed(states: tuple[Any, ...], **options: Any) -> list[probability.CollisionProbability]:
    return probability.collision_probability(*states, **options).singles()


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
