"""Probability of collision: one function over a registry of published methods.

Every value carries its method, flags and geometry; where it cannot be computed it is NaN with a reason, never 0 or 1.
Numba is imported when a kernel is first used; `warm_up` does that ahead of time.
"""

from .batch import InvalidShapeError
from .collision import collision_probability, covariance_dilution, warm_up
from .dilution import Dilution
from .flags import FLAGS
from .gates import DEFAULT_GATES, REASONS, Gates
from .maximum import isotropic_bound
from .methods import METHODS, Method, UnknownMethodError
from .result import CollisionProbability

__all__ = [
    "DEFAULT_GATES",
    "FLAGS",
    "METHODS",
    "REASONS",
    "CollisionProbability",
    "Dilution",
    "Gates",
    "InvalidShapeError",
    "Method",
    "UnknownMethodError",
    "collision_probability",
    "covariance_dilution",
    "isotropic_bound",
    "warm_up",
]
