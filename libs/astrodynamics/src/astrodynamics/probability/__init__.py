"""Probability of collision: one function over a registry of published methods.

Every value carries its method, flags and geometry; where it cannot be computed it is NaN with a reason, never 0 or 1.
Numba is imported when a kernel is first used; `warm_up` does that ahead of time.
"""

from astrodynamics.probability.batch import InvalidShapeError
from astrodynamics.probability.collision import collision_probability, covariance_dilution, warm_up
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
from astrodynamics.probability.plane import Outcome, PlaneEncounters, StateEncounters
from astrodynamics.probability.result import CollisionProbability

__all__ = [
    "DEFAULT_GATES",
    "FLAGS",
    "METHODS",
    "REASONS",
    "CollisionProbability",
    "Covariances",
    "Dilution",
    "Gates",
    "InvalidShapeError",
    "Method",
    "Outcome",
    "PlaneEncounters",
    "PlaneMethod",
    "StateEncounters",
    "StatesMethod",
    "UnknownMethodError",
    "collision_probability",
    "covariance_dilution",
    "isotropic_bound",
    "warm_up",
]
