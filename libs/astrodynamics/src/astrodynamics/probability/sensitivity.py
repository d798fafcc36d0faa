"""How a probability changes with what is not well known: the scale of the covariances, the hard-body radius.

The grid over scales of primary (Kp) and secondary (Ks) is that of the operators' practice: F. Laporte, "JAC Software:
Solving Conjunction Assessment Issues", AMOS (2014), of CNES; the standard deviations are multiplied by the factors.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from astrodynamics.probability.collision import collision_probability

Array = npt.NDArray[np.float64]

SCALE_FACTORS = tuple(float(factor) for factor in np.round(np.geomspace(0.25, 4.0, 17), 6))
"""From a quarter to four times, in even steps of the logarithm."""


@dataclass(frozen=True, slots=True)
class ScaleGrid:
    """Probability over the scales of both covariances.

    Attributes
    ----------
    factors_1, factors_2
        Kp and Ks: what the standard deviations of the first and second object are multiplied by.
    probability
        Shape (factors_1, factors_2); NaN where there is none.
    nominal
        At the factors 1 and 1.
    lowest, highest
        The range over the grid.
    highest_at
        The factors that give the highest.
    """

    factors_1: Array
    factors_2: Array
    probability: Array
    nominal: float
    lowest: float
    highest: float
    highest_at: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Curve:
    """A probability over one quantity.

    Attributes
    ----------
    quantity
        What it is over, with its unit.
    values
        Of the quantity, shape (n,).
    probability
        Shape (n,); NaN where there is none.
    """

    quantity: str
    values: Array
    probability: Array


def scale_factor_grid(
    position_1_km: npt.ArrayLike,
    velocity_1_km_s: npt.ArrayLike,
    covariance_1_km2: npt.ArrayLike,
    position_2_km: npt.ArrayLike,
    velocity_2_km_s: npt.ArrayLike,
    covariance_2_km2: npt.ArrayLike,
    hard_body_radius_m: float,
    factors_1: npt.ArrayLike = SCALE_FACTORS,
    factors_2: npt.ArrayLike = SCALE_FACTORS,
    method: str = "disk",
) -> ScaleGrid:
    """Probability of one encounter for every pair of scale factors; other parameters as for `collision_probability`."""
    first, second = np.asarray(factors_1, dtype=np.float64), np.asarray(factors_2, dtype=np.float64)
    pairs_1 = np.append(np.repeat(first, second.size), 1.0)
    pairs_2 = np.append(np.tile(second, first.size), 1.0)
    result = collision_probability(
        position_1_km,
        velocity_1_km_s,
        np.asarray(covariance_1_km2) * pairs_1[:, None, None] ** 2,
        position_2_km,
        velocity_2_km_s,
        np.asarray(covariance_2_km2) * pairs_2[:, None, None] ** 2,
        hard_body_radius_m,
        method=method,
    )
    values = np.asarray(result.probability)
    grid, nominal = values[:-1], float(values[-1])
    known = np.flatnonzero(np.isfinite(grid))
    best = int(known[np.argmax(grid[known])]) if known.size else None
    return ScaleGrid(
        factors_1=first,
        factors_2=second,
        probability=grid.reshape(first.size, second.size),
        nominal=nominal,
        lowest=float(np.min(grid[known])) if known.size else np.nan,
        highest=np.nan if best is None else float(grid[best]),
        highest_at=(np.nan, np.nan) if best is None else (float(pairs_1[best]), float(pairs_2[best])),
    )


def radius_curve(
    position_1_km: npt.ArrayLike,
    velocity_1_km_s: npt.ArrayLike,
    covariance_1_km2: npt.ArrayLike | None,
    position_2_km: npt.ArrayLike,
    velocity_2_km_s: npt.ArrayLike,
    covariance_2_km2: npt.ArrayLike | None,
    hard_body_radii_m: npt.ArrayLike,
    method: str = "disk",
) -> Curve:
    """Probability of one encounter over combined hard-body radii; other parameters as for `collision_probability`."""
    radii = np.atleast_1d(np.asarray(hard_body_radii_m, dtype=np.float64))
    result = collision_probability(
        position_1_km,
        velocity_1_km_s,
        covariance_1_km2,
        position_2_km,
        velocity_2_km_s,
        covariance_2_km2,
        radii,
        method=method,
    )
    return Curve("hard_body_radius_m", radii, np.asarray(result.probability))


def scale_curve(
    position_1_km: npt.ArrayLike,
    velocity_1_km_s: npt.ArrayLike,
    covariance_1_km2: npt.ArrayLike,
    position_2_km: npt.ArrayLike,
    velocity_2_km_s: npt.ArrayLike,
    covariance_2_km2: npt.ArrayLike,
    hard_body_radius_m: float,
    factors: npt.ArrayLike,
    method: str = "disk",
) -> Curve:
    """Probability of one encounter over a common scale of the standard deviations: the curve of dilution."""
    scale = np.atleast_1d(np.asarray(factors, dtype=np.float64))
    squares = scale[:, None, None] ** 2
    result = collision_probability(
        position_1_km,
        velocity_1_km_s,
        np.asarray(covariance_1_km2) * squares,
        position_2_km,
        velocity_2_km_s,
        np.asarray(covariance_2_km2) * squares,
        hard_body_radius_m,
        method=method,
    )
    return Curve("scale_factor", scale, np.asarray(result.probability))
