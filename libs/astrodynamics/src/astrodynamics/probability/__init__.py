"""Probability of collision: one function over a registry of published methods.

Every value carries its method, flags and geometry; where it cannot be computed it is NaN with a reason, never 0 or 1.
Numba is imported when a kernel is first used; `warm_up` does that ahead of time.
"""

from astrodynamics.probability.accrual import accrual_curve
from astrodynamics.probability.batch import InvalidShapeError
from astrodynamics.probability.collision import MethodWithoutCrossCovarianceError, collision_probability, warm_up
from astrodynamics.probability.consequence import CollisionConsequence, collision_consequence
from astrodynamics.probability.covariance_dilution import covariance_dilution
from astrodynamics.probability.cross_correlation import density_cross_covariance
from astrodynamics.probability.dilution import Dilution
from astrodynamics.probability.flags import FLAGS
from astrodynamics.probability.gates import DEFAULT_GATES, REASONS, Gates
from astrodynamics.probability.maximum import isotropic_bound
from astrodynamics.probability.methods import (
    METHODS,
    Covariances,
    Method,
    PlaneMethod,
    StatesMethod,
    UnknownMethodError,
)
from astrodynamics.probability.monte_carlo import MonteCarloEstimate, MonteCarloSettings, monte_carlo
from astrodynamics.probability.plane import Outcome, PlaneEncounters, StateEncounters
from astrodynamics.probability.result import CollisionProbability
from astrodynamics.probability.sensitivity import Curve, ScaleGrid, radius_curve, scale_curve, scale_factor_grid

__all__ = [
    "DEFAULT_GATES",
    "FLAGS",
    "METHODS",
    "REASONS",
    "CollisionConsequence",
    "CollisionProbability",
    "Covariances",
    "Curve",
    "Dilution",
    "Gates",
    "InvalidShapeError",
    "Method",
    "MethodWithoutCrossCovarianceError",
    "MonteCarloEstimate",
    "MonteCarloSettings",
    "Outcome",
    "PlaneEncounters",
    "PlaneMethod",
    "ScaleGrid",
    "StateEncounters",
    "StatesMethod",
    "UnknownMethodError",
    "accrual_curve",
    "collision_consequence",
    "collision_probability",
    "covariance_dilution",
    "density_cross_covariance",
    "isotropic_bound",
    "monte_carlo",
    "radius_curve",
    "scale_curve",
    "scale_factor_grid",
    "warm_up",
]
