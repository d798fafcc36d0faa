"""A batch of encounters on its way to a probability: shapes, gates, closest approach, encounter plane, flags."""

from dataclasses import dataclass, field
from functools import partial

import numpy as np
import numpy.typing as npt

from astrodynamics import encounter
from astrodynamics.encounter_duration import encounter_bounds_s
from astrodynamics.errors import AstrodynamicsError
from astrodynamics.probability.flags import FlagBits
from astrodynamics.probability.gates import (
    Gates,
    ReasonCodes,
    check_covariances,
    check_one_covariance,
    is_indefinite,
)
from astrodynamics.probability.methods import Covariances, PlaneMethod, StatesMethod
from astrodynamics.probability.plane import PlaneEncounters, StateEncounters
from astrodynamics.probability.result import CollisionProbability

Array = npt.NDArray[np.float64]

_EXTENDED_PART_OF_PERIOD = 0.02
_OFFSET_PART_OF_PERIOD = 0.01
_TCA_MOVED_S = 0.1
_VECTORS = ("position_1_km", "velocity_1_km_s", "position_2_km", "velocity_2_km_s")
_QUIET = partial(np.errstate, invalid="ignore", over="ignore")
"""Rows that the gates refused go on as NaN beside the others."""

_COVARIANCES = ("covariance_1_km2", "covariance_2_km2")
_CROSS_COVARIANCE = "cross_covariance_km2"


class InvalidShapeError(AstrodynamicsError, ValueError):
    """Arrays do not fit together."""

    code = "invalid_shape"


def _shaped(name: str, value: npt.ArrayLike | None) -> tuple[Array, bool]:
    """The array with a leading axis, and whether that axis was given."""
    if name in {*_COVARIANCES, _CROSS_COVARIANCE}:
        array = np.zeros((3, 3)) if value is None else np.asarray(value, dtype=np.float64)
        if array.ndim not in {2, 3} or array.shape[-2:] not in {(3, 3), (6, 6)}:
            raise InvalidShapeError(f"{name} must have the shape (3, 3) or (6, 6), or n of them, not {array.shape}.")
        given = array.ndim == 3
    elif name in _VECTORS:
        array = np.asarray(value, dtype=np.float64)
        if array.ndim not in {1, 2} or array.shape[-1] != 3:
            raise InvalidShapeError(f"{name} must have the shape (3,) or (n, 3), not {array.shape}.")
        given = array.ndim == 2
    else:
        array = np.asarray(value, dtype=np.float64)
        if array.ndim > 1:
            raise InvalidShapeError(f"{name} must be a number or have the shape (n,), not {array.shape}.")
        given = array.ndim == 1
    return (array if given else array[None]), given


@dataclass(slots=True)
class EncounterBatch:
    """Encounters with everything that a method or a report needs; arrays of shape (n,) or (n, 3)."""

    is_batch: bool
    arrays: dict[str, Array]
    gates: Gates
    refine_tca: bool
    reasons: ReasonCodes = field(init=False)
    flags: FlagBits = field(init=False)
    hard_body_radius_km: Array = field(init=False)
    relative_position_km: Array = field(init=False)
    relative_velocity_km_s: Array = field(init=False)
    tca_offset_s: Array = field(init=False)
    miss_distance_km: Array = field(init=False)
    relative_speed_km_s: Array = field(init=False)
    combined_covariance_km2: npt.NDArray[np.longdouble] = field(init=False)
    ellipse: encounter.EncounterEllipse = field(init=False)
    condition_number: Array = field(init=False)

    @classmethod
    def of(cls, values: dict[str, npt.ArrayLike | None], *, gates: Gates, refine_tca: bool) -> "EncounterBatch":
        """Shape the arguments of a public function.

        Raises
        ------
        InvalidShapeError
            Where they do not fit together.

        """
        shaped = {name: _shaped(name, value) for name, value in values.items()}
        lengths = {array.shape[0] for array, given in shaped.values() if given}
        if len(lengths) > 1:
            found = ", ".join(f"{name} {array.shape}" for name, (array, given) in shaped.items() if given)
            raise InvalidShapeError(f"The leading axes differ: {found}.")
        size = lengths.pop() if lengths else 1
        arrays = {name: np.broadcast_to(array, (size, *array.shape[1:])) for name, (array, _) in shaped.items()}
        return cls(any(given for _, given in shaped.values()), arrays, gates, refine_tca)

    def __post_init__(self) -> None:
        size = self.arrays["hard_body_radius_m"].shape[0]
        self.reasons, self.flags = ReasonCodes(size), FlagBits(size)
        self.hard_body_radius_km = self.arrays["hard_body_radius_m"] * 1e-3
        self._check_states()
        with _QUIET():
            self._find_closest_approach()

    def _check_states(self) -> None:
        finite = np.ones(len(self.hard_body_radius_km), dtype=np.bool_)
        for name in _VECTORS:
            finite &= np.all(np.isfinite(self.arrays[name]), axis=-1)
        self.reasons.refuse(~finite, "state_not_finite")
        radius = self.hard_body_radius_km
        self.reasons.refuse(~(np.isfinite(radius) & (radius > 0.0)), "hard_body_radius_invalid")

    def _find_closest_approach(self) -> None:
        position = self.arrays["position_2_km"] - self.arrays["position_1_km"]
        velocity = self.arrays["velocity_2_km_s"] - self.arrays["velocity_1_km_s"]
        self.relative_velocity_km_s = velocity
        self.tca_offset_s = encounter.tca_offset_s(position, velocity) if self.refine_tca else np.zeros(len(position))
        self.relative_position_km = position + velocity * self.tca_offset_s[:, None]
        self.miss_distance_km = encounter.norm(self.relative_position_km)
        self.relative_speed_km_s = encounter.norm(velocity)
        self.flags.raise_where(np.abs(self.tca_offset_s) > _TCA_MOVED_S, "tca_moved")
        self.flags.raise_where(self.miss_distance_km < self.hard_body_radius_km, "miss_inside_hard_body")

    def check_plane(self) -> None:
        """Refuse what has no encounter plane."""
        slow = ~(self.relative_speed_km_s * 1e3 >= self.gates.minimum_relative_speed_m_s)
        self.reasons.refuse(slow, "relative_speed_too_small")

    def check_covariances(self, needed: Covariances = Covariances.POSITION) -> None:
        """Refuse what has no usable covariance."""
        first, second = (self.arrays[name] for name in _COVARIANCES)
        if needed is Covariances.ONE:
            check_one_covariance(self.reasons, first[:, :3, :3], second[:, :3, :3], self.gates)
            return
        check_covariances(self.reasons, first[:, :3, :3], second[:, :3, :3], self.gates)
        for covariance in (first, second):
            without_velocity = np.full(len(covariance), covariance.shape[-1] == 3)
            if covariance.shape[-1] == 6:
                without_velocity = np.all(covariance[:, 3:, 3:] == 0.0, axis=(-1, -2))
                self.flags.raise_where(without_velocity, "velocity_covariance_missing")
            if needed is Covariances.POSITION_AND_VELOCITY:
                self.reasons.refuse(without_velocity, "covariance_without_velocity")
                self.reasons.refuse(~np.all(np.isfinite(covariance), axis=(-1, -2)), "covariance_not_finite")
                negative = np.any(np.einsum("nii->ni", covariance[:, 3:, 3:]) < 0.0, axis=-1)
                self.reasons.refuse(negative, "covariance_negative_variance")
            zero = np.any(np.einsum("nii->ni", covariance[:, :3, :3]) == 0.0, axis=-1)
            self.flags.raise_where(zero, "covariance_zero_variance")
            self.flags.raise_where(is_indefinite(covariance[:, :3, :3]), "covariance_indefinite")

    def project(self) -> None:
        """Find the ellipse in the encounter plane, remedied where it is not positive definite.

        The covariance is summed and projected in extended precision where the machine has it: an ellipse a thousand
        times longer than wide otherwise loses half of its digits in the cancellation.
        """
        size = len(self.hard_body_radius_km)
        rows = np.flatnonzero(self.reasons.passed)
        self._sum_covariances()
        plane = encounter.encounter_plane(
            self.relative_position_km[rows].astype(np.longdouble),
            self.relative_velocity_km_s[rows].astype(np.longdouble),
            self.combined_covariance_km2 if rows.size == size else self.combined_covariance_km2[rows],
        )
        floor = self.gates.remediation_factor * self.hard_body_radius_km[rows]
        ellipse, smaller, larger = encounter.encounter_ellipse(plane, floor)
        impossible = np.zeros(size, dtype=np.bool_)
        impossible[rows] = larger <= 0.0
        self.reasons.refuse(impossible, "covariance_not_positive_definite")
        remedied = np.zeros(size, dtype=np.bool_)
        remedied[rows] = smaller < floor * floor
        self.flags.raise_where(remedied & self.reasons.passed, "covariance_remediated")

        def spread(values: Array) -> Array:
            everywhere = np.full(size, np.nan)
            everywhere[rows] = values
            return everywhere

        self.ellipse = encounter.EncounterEllipse(
            sigma_major_km=spread(ellipse.sigma_major_km),
            sigma_minor_km=spread(ellipse.sigma_minor_km),
            orientation_rad=spread(ellipse.orientation_rad),
            miss_major_km=spread(ellipse.miss_major_km),
            miss_minor_km=spread(ellipse.miss_minor_km),
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            self.condition_number = spread(np.where(smaller > 0.0, larger / smaller, np.inf))

    def _sum_covariances(self) -> None:
        """Covariance of the relative position: the sum of both, less what they have in common."""
        first, second = (self.arrays[name][:, :3, :3].astype(np.longdouble) for name in _COVARIANCES)
        first += second
        if _CROSS_COVARIANCE in self.arrays:
            cross = self.arrays[_CROSS_COVARIANCE][:, :3, :3]
            first -= cross + np.swapaxes(cross, -1, -2)
        self.combined_covariance_km2 = first

    def without_plane(self) -> None:
        """Leave the encounter plane open, for a method that does not need it."""
        open_values = np.full(len(self.hard_body_radius_km), np.nan)
        self.ellipse = encounter.EncounterEllipse(*(open_values,) * 5)
        self.condition_number = open_values

    def selected(self) -> PlaneEncounters:
        """The encounters that passed all gates so far."""
        rows = np.flatnonzero(self.reasons.passed)
        ellipse = self.ellipse
        return PlaneEncounters(
            ellipse=encounter.EncounterEllipse(
                sigma_major_km=ellipse.sigma_major_km[rows],
                sigma_minor_km=ellipse.sigma_minor_km[rows],
                orientation_rad=ellipse.orientation_rad[rows],
                miss_major_km=ellipse.miss_major_km[rows],
                miss_minor_km=ellipse.miss_minor_km[rows],
            ),
            miss_distance_km=self.miss_distance_km[rows],
            hard_body_radius_km=self.hard_body_radius_km[rows],
        )

    def selected_states(self) -> StateEncounters:
        """The encounters that passed all gates so far, as states."""
        rows = np.flatnonzero(self.reasons.passed)
        covariances = []
        for name in _COVARIANCES:
            given = self.arrays[name][rows]
            full = np.full((rows.size, 6, 6), np.nan)
            full[:, : given.shape[-1], : given.shape[-1]] = given
            full[np.all(given[:, :3, :3] == 0.0, axis=(-1, -2))] = np.nan
            covariances.append(full)
        states = [self.arrays[name][rows] for name in _VECTORS]
        return StateEncounters(
            position_1_km=states[0],
            velocity_1_km_s=states[1],
            covariance_1_km2=covariances[0],
            position_2_km=states[2],
            velocity_2_km_s=states[3],
            covariance_2_km2=covariances[1],
            hard_body_radius_km=self.hard_body_radius_km[rows],
            tca_offset_s=self.tca_offset_s[rows],
        )

    def evaluate(self, method: PlaneMethod | StatesMethod) -> CollisionProbability:
        """Gates, plane, method, flags."""
        return self._evaluate_in_plane(method) if isinstance(method, PlaneMethod) else self._evaluate_states(method)

    def _evaluate_in_plane(self, method: PlaneMethod) -> CollisionProbability:
        if method.needs_covariance:
            self.check_plane()
            self.check_covariances(method.covariances)
            self.project()
            with _QUIET():
                begin, end = self._bounds_s()
        else:
            self.without_plane()
            begin = end = np.full(len(self.hard_body_radius_km), np.nan)
        rows = np.flatnonzero(self.reasons.passed)
        probability = np.full(len(self.hard_body_radius_km), np.nan)
        probability[rows] = method.evaluate(self.selected())
        self.reasons.refuse(np.isnan(probability), "not_applicable")
        self.flags.raise_where(probability == 0.0, "underflow")
        return self._result(method.name, probability, begin, end)

    def _evaluate_states(self, method: StatesMethod) -> CollisionProbability:
        size = len(self.hard_body_radius_km)
        self.check_covariances(method.covariances)
        without_plane = self.reasons.copy()
        if method.covariances is Covariances.ONE:
            self.without_plane()
            begin = end = np.full(size, np.nan)
        else:
            # The plane is described where there is one; what it refuses is not refused for the method.
            self.check_plane()
            self.project()
            with _QUIET():
                begin, end = self._bounds_s()
        self.reasons = without_plane
        rows = np.flatnonzero(self.reasons.passed)
        outcome = method.evaluate(self.selected_states())
        probability = np.full(size, np.nan)
        probability[rows] = outcome.probability
        for reason, where in outcome.reasons.items():
            self.reasons.refuse(self._spread_mask(rows, where), reason)
        for flag, where in outcome.flags.items():
            self.flags.raise_where(self._spread_mask(rows, where), flag)
        self.flags.raise_where(probability == 0.0, "underflow")
        details = np.full(size, None, dtype=object)
        for row, detail in zip(rows, outcome.details or (), strict=False):
            details[row] = detail
        return self._result(method.name, probability, begin, end, details)

    def _spread_mask(self, rows: npt.NDArray[np.intp], where: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        everywhere = np.zeros(len(self.hard_body_radius_km), dtype=np.bool_)
        everywhere[rows] = where
        return everywhere

    def _bounds_s(self) -> tuple[Array, Array]:
        combined = self.combined_covariance_km2.astype(np.float64)
        begin, end = encounter_bounds_s(
            self.relative_position_km, self.relative_velocity_km_s, combined, self.hard_body_radius_km
        )
        period = np.minimum(
            encounter.orbital_period_s(self.arrays["position_1_km"], self.arrays["velocity_1_km_s"]),
            encounter.orbital_period_s(self.arrays["position_2_km"], self.arrays["velocity_2_km_s"]),
        )
        passed = self.reasons.passed
        begin, end = np.where(passed, begin, np.nan), np.where(passed, end, np.nan)
        self.flags.raise_where(end - begin > _EXTENDED_PART_OF_PERIOD * period, "encounter_extended")
        offset = np.maximum(np.abs(begin), np.abs(end))
        self.flags.raise_where(offset > _OFFSET_PART_OF_PERIOD * period, "encounter_offset")
        return begin, end

    def _approach_angle_rad(self) -> Array:
        with _QUIET():
            return encounter.approach_angle_rad(self.arrays["velocity_1_km_s"], self.arrays["velocity_2_km_s"])

    def _result(
        self,
        method: str,
        probability: Array,
        begin: Array,
        end: Array,
        details: npt.NDArray[np.object_] | None = None,
    ) -> CollisionProbability:
        ellipse = self.ellipse
        return CollisionProbability(
            method=method,
            probability=probability,
            reason=self.reasons.names(),
            flags=self.flags.names(),
            hard_body_radius_m=self.arrays["hard_body_radius_m"],
            miss_distance_m=self.miss_distance_km * 1e3,
            relative_speed_m_s=self.relative_speed_km_s * 1e3,
            approach_angle_deg=np.degrees(self._approach_angle_rad()),
            tca_offset_s=self.tca_offset_s,
            miss_major_m=ellipse.miss_major_km * 1e3,
            miss_minor_m=ellipse.miss_minor_km * 1e3,
            sigma_major_m=ellipse.sigma_major_km * 1e3,
            sigma_minor_m=ellipse.sigma_minor_km * 1e3,
            orientation_deg=np.degrees(ellipse.orientation_rad),
            mahalanobis_distance=np.hypot(
                ellipse.miss_major_km / ellipse.sigma_major_km, ellipse.miss_minor_km / ellipse.sigma_minor_km
            ),
            condition_number=self.condition_number,
            encounter_begin_s=begin,
            encounter_end_s=end,
            details=np.full(probability.size, None, dtype=object) if details is None else details,
        )
