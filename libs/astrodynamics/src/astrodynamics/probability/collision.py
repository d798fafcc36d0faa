"""The public function: from states and covariances to a probability of collision."""

import numpy as np
import numpy.typing as npt

from astrodynamics.errors import AstrodynamicsError
from astrodynamics.probability.batch import EncounterBatch
from astrodynamics.probability.gates import DEFAULT_GATES, Gates
from astrodynamics.probability.methods import PlaneMethod, method_named
from astrodynamics.probability.result import CollisionProbability


class MethodWithoutCrossCovarianceError(AstrodynamicsError, ValueError):
    """A cross-covariance was given to a method that cannot use it."""

    code = "method_without_cross_covariance"


def collision_probability(
    position_1_km: npt.ArrayLike,
    velocity_1_km_s: npt.ArrayLike,
    covariance_1_km2: npt.ArrayLike | None,
    position_2_km: npt.ArrayLike,
    velocity_2_km_s: npt.ArrayLike,
    covariance_2_km2: npt.ArrayLike | None,
    hard_body_radius_m: npt.ArrayLike,
    method: str = "disk",
    refine_tca: bool = True,
    gates: Gates = DEFAULT_GATES,
    cross_covariance_km2: npt.ArrayLike | None = None,
) -> CollisionProbability:
    """Probability that two objects come closer than the combined hard-body radius in a short encounter.

    Parameters
    ----------
    position_1_km, velocity_1_km_s, position_2_km, velocity_2_km_s
        States at or near closest approach in one inertial frame, shape (3,) or (n, 3).
    covariance_1_km2, covariance_2_km2
        In the axes of the states, shape (3, 3) or (6, 6), with a leading axis for a batch; of a 6x6 matrix (km², km²/s,
        km²/s²) the position block enters. None for an object without covariance.
    hard_body_radius_m
        Sum of both objects' radii, a number or shape (n,).
    method
        A key of `METHODS`.
    refine_tca
        Move along straight lines to closest approach first. Without it the separation is taken as it stands, all of it
        in the encounter plane.
    gates
        Thresholds of the gates.
    cross_covariance_km2
        Covariance of object 1 with object 2, of the shapes of the covariances; the relative position has the sum of
        both covariances less this matrix and its transpose (see `density_cross_covariance`). Methods that take states
        do not know it and refuse it.

    Returns
    -------
    CollisionProbability
        Plain values for one encounter, arrays for a batch.

    Raises
    ------
    UnknownMethodError, InvalidShapeError, MethodWithoutCrossCovarianceError
        All with a `code`. Bad values raise nothing: they give NaN and a reason.

    """
    chosen = method_named(method)
    values = {
        "position_1_km": position_1_km,
        "velocity_1_km_s": velocity_1_km_s,
        "covariance_1_km2": covariance_1_km2,
        "position_2_km": position_2_km,
        "velocity_2_km_s": velocity_2_km_s,
        "covariance_2_km2": covariance_2_km2,
        "hard_body_radius_m": hard_body_radius_m,
    }
    if cross_covariance_km2 is not None:
        if not isinstance(chosen, PlaneMethod):
            raise MethodWithoutCrossCovarianceError(
                f"The method {method!r} does not take a cross-covariance: leave it out, or use a method of the plane."
            )
        values["cross_covariance_km2"] = cross_covariance_km2
    batch = EncounterBatch.of(values, gates=gates, refine_tca=refine_tca)
    result = batch.evaluate(chosen)
    return result if batch.is_batch else result.single()


def warm_up(methods: tuple[str, ...] = ("disk", "square")) -> None:
    """Compile the kernels of methods, or read them from the cache of compiled code."""
    for method in methods:
        collision_probability(
            [7000.0, 0.0, 0.0],
            [0.0, 7.5, 0.0],
            np.diag([0.01, 0.04, 0.01, 1e-8, 1e-8, 1e-8]),
            [7000.1, 0.0, 0.0],
            [0.0, 0.0, 7.5],
            np.diag([0.01, 0.01, 0.04, 1e-8, 1e-8, 1e-8]),
            100.0,
            method=method,
        )
