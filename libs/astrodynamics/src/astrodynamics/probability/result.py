"""What a probability comes with."""

from dataclasses import dataclass, fields
from typing import Any, cast

import numpy as np
import numpy.typing as npt

Values = float | npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CollisionProbability:
    """A probability of collision and the encounter behind it.

    Plain numbers for one encounter, arrays of shape (n,) for a batch.

    Attributes
    ----------
    method
        Name in the registry.
    probability
        NaN where `reason` says why there is none; never 0 or 1 in place of "unknown".
    reason
        None, or a key of `REASONS`.
    flags
        Keys of `FLAGS`.
    hard_body_radius_m
        Combined radius that was used.
    miss_distance_m, relative_speed_m_s
        At closest approach.
    approach_angle_deg
        Between the two velocities: 0 for a chase, 180 for a head-on encounter.
    tca_offset_s
        Time from the given states to closest approach; 0 where refinement was not asked for.
    miss_major_m, miss_minor_m
        Miss vector along the principal axes of the ellipse, without sign.
    sigma_major_m, sigma_minor_m
        Semi-axes of the one-sigma ellipse in the encounter plane.
    orientation_deg
        From the miss vector to the major axis, counted towards the plane's y.
    mahalanobis_distance
        Of the miss vector, in the encounter plane.
    condition_number
        Of the covariance in the encounter plane, before any remedy.
    encounter_begin_s, encounter_end_s
        Coppola's bounds relative to closest approach.
    details
        What the method says beside the value (a confidence interval, the steps of a choice), of its own type; None
        where it says nothing more.
    """

    method: str
    probability: Values
    reason: str | npt.NDArray[np.object_] | None
    flags: tuple[str, ...] | npt.NDArray[np.object_]
    hard_body_radius_m: Values
    miss_distance_m: Values
    relative_speed_m_s: Values
    approach_angle_deg: Values
    tca_offset_s: Values
    miss_major_m: Values
    miss_minor_m: Values
    sigma_major_m: Values
    sigma_minor_m: Values
    orientation_deg: Values
    mahalanobis_distance: Values
    condition_number: Values
    encounter_begin_s: Values
    encounter_end_s: Values
    details: object = None

    def single(self) -> "CollisionProbability":
        """The only encounter of a batch of one, with plain values."""
        return self.singles()[0]

    def singles(self) -> "list[CollisionProbability]":
        """Each encounter of a batch by itself, with plain values."""
        values = [getattr(self, field.name) for field in fields(self)]
        size = len(cast("npt.NDArray[np.float64]", self.probability))
        columns: list[list[Any]] = [
            value.tolist() if isinstance(value, np.ndarray) else [value] * size for value in values
        ]
        return [CollisionProbability(*row) for row in zip(*columns, strict=True)]
