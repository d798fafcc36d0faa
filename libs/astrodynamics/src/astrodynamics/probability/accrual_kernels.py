"""Compiled kernel of the probability that has accrued up to a time; imported when first needed."""

import math

import numpy as np
import numpy.typing as npt

from astrodynamics.jit import kernel

Array = npt.NDArray[np.float64]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_PANELS = 12
_ANGLES = 720


@kernel
def fill_accrual(
    miss: float,
    inverse: Array,
    slope: Array,
    sigma_along: float,
    speed: float,
    radius: float,
    times: Array,
    probability: Array,
) -> None:
    """Fill the probability that the sphere has been entered by each time.

    The plane has its x along the miss; `inverse` is the inverse covariance in it (xx, xy, yy), `slope` the change of
    the mean position along the velocity with x and y, `sigma_along` what uncertainty remains along it.
    """
    root = math.sqrt(inverse[0] * inverse[2] - inverse[1] * inverse[1])
    probability[:] = 0.0
    for panel in range(_PANELS):
        centre = radius * (2 * panel + 1) / (2 * _PANELS)
        for k in range(_NODES.size):
            rho = centre + radius * _NODES[k] / (2 * _PANELS)
            reach = math.sqrt(radius * radius - rho * rho)
            weight = _WEIGHTS[k] * radius / (2 * _PANELS) * rho * root / _ANGLES
            for j in range(_ANGLES):
                angle = 2.0 * math.pi * (j + 0.5) / _ANGLES
                x, y = rho * math.cos(angle) - miss, rho * math.sin(angle)
                square = inverse[0] * x * x + 2.0 * inverse[1] * x * y + inverse[2] * y * y
                density = weight * math.exp(-0.5 * square)
                if density > 0.0:
                    lead = reach + slope[0] * x + slope[1] * y
                    for i in range(times.size):
                        ahead = speed * times[i] + lead
                        if sigma_along > 0.0:
                            probability[i] += density * 0.5 * math.erfc(-ahead / (sigma_along * math.sqrt(2.0)))
                        elif ahead >= 0.0:
                            probability[i] += density
