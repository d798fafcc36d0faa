"""Whether matrices can be covariances."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["first_negative_variance", "first_not_positive"]

ROUNDING = 1e-6
"""How far below zero an eigenvalue of a correlation matrix may lie for the rounding of printed numbers."""


def first_negative_variance(matrices: npt.NDArray[np.float64]) -> tuple[int, int] | None:
    """Matrix and row of the first negative variance among matrices of shape (m, k, k)."""
    negative = np.argwhere(np.diagonal(matrices, axis1=1, axis2=2) < 0)
    return None if not negative.size else (int(negative[0, 0]), int(negative[0, 1]))


def first_not_positive(matrices: npt.NDArray[np.float64]) -> int | None:
    """Index of the first matrix of shape (m, k, k) that is not positive semi-definite, within the rounding of print.

    Judged on the correlation matrix, since position and velocity differ by orders of magnitude.
    """
    sigma = np.sqrt(np.diagonal(matrices, axis1=1, axis2=2))
    scale = np.where(sigma > 0, sigma, 1.0)
    correlations = matrices / scale[:, :, np.newaxis] / scale[:, np.newaxis, :]
    axes = np.arange(matrices.shape[1])
    correlations[:, axes, axes] = 1.0 + ROUNDING
    try:
        np.linalg.cholesky(correlations)
    except np.linalg.LinAlgError:
        lowest = np.linalg.eigvalsh(correlations)[:, 0]
        below = np.flatnonzero(lowest < 0)
        return int(below[0]) if below.size else None
    return None
