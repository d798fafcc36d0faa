"""One encounter of two objects at a time of closest approach: states, covariances, geometry, probability, bound."""

from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from assessment.catalogues import ElementSetTrajectory
from assessment.covariance_model import CovarianceModel, ModelledCovariance, modelled_covariance
from assessment.criteria import Prediction
from assessment.errors import UnusableTrajectoryError
from assessment.hard_body_radius import CombinedRadius, HardBodyRadius, combine
from assessment.regimes import Orbit, Regime, orbit_from_mean_elements, orbit_from_state
from astrodynamics import encounter, frames, probability
from astrodynamics.errors import AstrodynamicsError
from astrodynamics.timescales import DAY_NS

Floats = npt.NDArray[np.float64]

_MICROSECOND_NS = 1000


class Trajectory(Protocol):
    """What an encounter needs of a trajectory; ephemerides and element sets of a catalogue both have it."""

    def state(self, tai_ns: npt.NDArray[np.int64]) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
        """Position (km) and velocity (km/s) in GCRF, shape (t, 3), and which instants are usable, shape (t,)."""
        ...

    def covariance(self, tai_ns: int) -> Floats | None:
        """Covariance in GCRF, shape (6, 6), km and km/s; None where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Participant:
    """One of the two objects, as it enters an assessment.

    Attributes
    ----------
    norad_cat_id
        Catalogue number.
    object_name, international_designator, object_type, operator_organization
        As a CDM carries them; empty text or None where not known.
    trajectory
        Where it is.
    hard_body_radius
        Its own radius and where that came from.
    maneuverable
        None where not known.
    ephemeris_name
        File name of the ephemeris; None for an element set of the catalogue.
    screened_with
        The data that its trajectory was made of, in words.
    operator_hard_body_radius_m
        What the operator gave; None where it gave nothing.
    """

    norad_cat_id: int
    object_name: str
    trajectory: Trajectory
    hard_body_radius: HardBodyRadius
    international_designator: str = ""
    object_type: str | None = None
    operator_organization: str | None = None
    maneuverable: bool | None = None
    ephemeris_name: str | None = None
    screened_with: str = "general perturbations element set"
    operator_hard_body_radius_m: float | None = None


@dataclass(frozen=True, eq=False, slots=True)
class ParticipantState:
    """A participant at closest approach.

    Attributes
    ----------
    r_gcrf_km, v_gcrf_km_s
        Shape (3,).
    covariance_gcrf
        Shape (6, 6), km and km/s; None where the trajectory has none.
    orbit
        Osculating.
    modelled
        Where the trajectory has no covariance and a model was asked for.
    """

    participant: Participant
    r_gcrf_km: Floats
    v_gcrf_km_s: Floats
    covariance_gcrf: Floats | None
    orbit: Orbit
    modelled: ModelledCovariance | None = None

    @property
    def covariance_rtn_m2(self) -> Floats | None:
        """Covariance in the object's own RTN axes, m² and m²/s², shape (6, 6)."""
        if self.covariance_gcrf is None:
            return None
        axes = frames.rtn_axes(self.r_gcrf_km, self.v_gcrf_km_s)
        turned = frames.rotate_covariance(self.covariance_gcrf, axes) * 1e6
        return 0.5 * (turned + turned.T)

    @property
    def position_covariance_km2(self) -> Floats | None:
        """The covariance of the position in GCRF, shape (3, 3): the trajectory's, else the modelled one."""
        if self.covariance_gcrf is not None:
            return self.covariance_gcrf[:3, :3]
        if self.modelled is None:
            return None
        axes = frames.rtn_axes(self.r_gcrf_km, self.v_gcrf_km_s)
        turned: Floats = axes.T @ self.modelled.position_rtn_m2 @ axes * 1e-6
        return turned


@dataclass(frozen=True, eq=False, slots=True)
class Encounter:
    """Two objects at their closest approach, seen from the primary.

    Attributes
    ----------
    primary, secondary
        Both at `tca_tai_ns`.
    tca_tai_ns
        TAI nanoseconds since 1970, on a whole microsecond.
    relative_position_rtn_m, relative_velocity_rtn_m_s
        Secondary minus primary in the primary's RTN axes, shape (3,).
    hard_body_radius
        Sum of both.
    collision_probability
        The result with its reason, flags and encounter-plane geometry.
    maximum_probability
        Isotropic bound, whatever the covariances.
    modelled_probability
        What it would be with the modelled covariance of an object that has none; None where that was not asked for or
        is not needed. No criterion is decided by it.
    """

    primary: ParticipantState
    secondary: ParticipantState
    tca_tai_ns: int
    relative_position_rtn_m: Floats
    relative_velocity_rtn_m_s: Floats
    hard_body_radius: CombinedRadius
    collision_probability: probability.CollisionProbability
    maximum_probability: float
    modelled_probability: probability.CollisionProbability | None = None

    @property
    def miss_distance_m(self) -> float:
        """Distance of the two at `tca_tai_ns`."""
        return float(np.linalg.norm(self.relative_position_rtn_m))

    @property
    def relative_speed_m_s(self) -> float:
        """Length of the relative velocity."""
        return float(np.linalg.norm(self.relative_velocity_rtn_m_s))

    @property
    def regime(self) -> Regime:
        """Of the primary."""
        return self.primary.orbit.regime

    @property
    def probability(self) -> float | None:
        """The probability, or None where `probability_reason` says why there is none."""
        return None if self.collision_probability.reason is not None else float(self.collision_probability.probability)

    @property
    def probability_reason(self) -> str | None:
        """Why there is no probability, as a key of `astrodynamics.probability.REASONS`."""
        reason = self.collision_probability.reason
        return reason if isinstance(reason, str) else None

    def prediction(self, now_tai_ns: int) -> Prediction:
        """What the reporting criteria judge, at a time of judging."""
        return Prediction(
            regime=self.regime,
            seconds_to_tca=(self.tca_tai_ns - now_tai_ns) * 1e-9,
            miss_distance_m=self.miss_distance_m,
            relative_position_rtn_m=_triple(self.relative_position_rtn_m),
            relative_velocity_rtn_m_s=_triple(self.relative_velocity_rtn_m_s),
            probability=self.probability,
            maximum_probability=self.maximum_probability,
        )

    def plane(self) -> dict[str, Any]:
        """Encounter plane in plain values, for pictures and storage; None where a value does not exist."""
        return plane_of(self.collision_probability, self.hard_body_radius)

    def from_the_other_side(self) -> "Encounter":
        """The same encounter with the objects exchanged."""
        return _encounter(self.secondary, self.primary, self.tca_tai_ns, self.collision_probability.method)

    @property
    def covariance_model(self) -> CovarianceModel | None:
        """The model that `modelled_probability` rests on."""
        if self.modelled_probability is None:
            return None
        return next((side.modelled.model for side in (self.primary, self.secondary) if side.modelled), None)


def _triple(vector: Floats) -> tuple[float, float, float]:
    return (float(vector[0]), float(vector[1]), float(vector[2]))


def plane_of(result: probability.CollisionProbability, hard_body_radius: CombinedRadius) -> dict[str, Any]:
    """Encounter plane of a single result in plain values; None where a value does not exist."""
    names = (
        "miss_distance_m",
        "relative_speed_m_s",
        "miss_major_m",
        "miss_minor_m",
        "sigma_major_m",
        "sigma_minor_m",
        "orientation_deg",
        "mahalanobis_distance",
        "condition_number",
        "encounter_begin_s",
        "encounter_end_s",
    )
    values = {name: float(getattr(result, name)) for name in names}
    return {
        **{name: value if np.isfinite(value) else None for name, value in values.items()},
        "hard_body_radius_m": hard_body_radius.radius_m,
        "hard_body_radius_sources": list(hard_body_radius.sources),
        "method": result.method,
        "flags": list(result.flags),
    }


def assess(
    primary: Participant,
    secondary: Participant,
    tca_tai_ns: int,
    *,
    method: str = "disk",
    covariance_model: CovarianceModel | None = None,
) -> Encounter:
    """Assess an encounter at the time of closest approach that screening found.

    Parameters
    ----------
    primary, secondary
        The two objects.
    tca_tai_ns
        Taken to the nearest microsecond, which is what a CDM can say.
    method
        A key of `astrodynamics.probability.METHODS`.
    covariance_model
        For element sets, beside what is computed without it.

    Raises
    ------
    UnusableTrajectoryError
        An object has no usable state then; the message names it.

    """
    tca = (tca_tai_ns + _MICROSECOND_NS // 2) // _MICROSECOND_NS * _MICROSECOND_NS
    first, second = (_state(participant, tca, covariance_model) for participant in (primary, secondary))
    return _encounter(first, second, tca, method)


def _state(participant: Participant, tca_tai_ns: int, model: CovarianceModel | None) -> ParticipantState:
    try:
        r_km, v_km_s, usable = participant.trajectory.state(np.array([tca_tai_ns], dtype=np.int64))
        covariance = participant.trajectory.covariance(tca_tai_ns)
    except AstrodynamicsError as error:
        raise UnusableTrajectoryError(f"Object {participant.norad_cat_id}: {error}.") from error
    if not usable[0]:
        raise UnusableTrajectoryError(
            f"Object {participant.norad_cat_id} has no usable state at the time of closest approach."
        )
    modelled = None
    if model is not None and covariance is None and isinstance(participant.trajectory, ElementSetTrajectory):
        modelled = _modelled(participant.trajectory, tca_tai_ns, model)
    return ParticipantState(participant, r_km[0], v_km_s[0], covariance, orbit_from_state(r_km[0], v_km_s[0]), modelled)


def _modelled(trajectory: ElementSetTrajectory, tca_tai_ns: int, model: CovarianceModel) -> ModelledCovariance | None:
    elements = trajectory.elements
    orbit = orbit_from_mean_elements(
        float(elements.mean_motion_rev_day[0]), float(elements.eccentricity[0]), float(elements.inclination_deg[0])
    )
    return modelled_covariance(model, orbit, (tca_tai_ns - int(elements.epoch_tai_ns[0])) / DAY_NS)


def _encounter(primary: ParticipantState, secondary: ParticipantState, tca_tai_ns: int, method: str) -> Encounter:
    position_km, velocity_km_s = encounter.relative_rtn(
        primary.r_gcrf_km, primary.v_gcrf_km_s, secondary.r_gcrf_km, secondary.v_gcrf_km_s
    )
    radius = combine(primary.participant.hard_body_radius, secondary.participant.hard_body_radius)
    compute = partial(
        probability.collision_probability,
        primary.r_gcrf_km,
        primary.v_gcrf_km_s,
        primary.covariance_gcrf,
        secondary.r_gcrf_km,
        secondary.v_gcrf_km_s,
        secondary.covariance_gcrf,
        radius.radius_m,
    )
    return Encounter(
        primary=primary,
        secondary=secondary,
        tca_tai_ns=tca_tai_ns,
        relative_position_rtn_m=position_km * 1e3,
        relative_velocity_rtn_m_s=velocity_km_s * 1e3,
        hard_body_radius=radius,
        collision_probability=compute(method=method),
        maximum_probability=float(compute(method="maximum").probability),
        modelled_probability=_modelled_probability(primary, secondary, radius.radius_m),
    )


def _modelled_probability(
    primary: ParticipantState, secondary: ParticipantState, radius_m: float
) -> probability.CollisionProbability | None:
    if primary.modelled is None and secondary.modelled is None:
        return None
    first, second = primary.position_covariance_km2, secondary.position_covariance_km2
    if first is None or second is None:
        return None
    states = (primary.r_gcrf_km, primary.v_gcrf_km_s, first, secondary.r_gcrf_km, secondary.v_gcrf_km_s, second)
    return probability.collision_probability(*states, radius_m, method="disk")
