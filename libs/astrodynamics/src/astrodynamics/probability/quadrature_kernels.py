"""Compiled kernels of the methods that integrate by quadrature, other than the default; imported when first needed.

Notation as in `kernels`: miss (x, z) and standard deviations (a, b) along the major and minor axis, radius R.
"""

import math

import numpy as np
import numpy.typing as npt

from astrodynamics.jit import kernel

Array = npt.NDArray[np.float64]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)
_PANELS = 12
_NEGLECTED_EXPONENT = 40.0
_PATERA_FIRST_POINTS = 64
_PATERA_MOST_POINTS = 1 << 20
_PATERA_TOLERANCE = 1e-11


@kernel
def _row(x: float, half: float, a: float, exponent: float) -> float:
    """Integral of exp(exponent - s²/2) ds over s = t/a, t on [x - half, x + half], cut where it no longer counts."""
    low, high = (x - half) / a, (x + half) / a
    nearest = min(max(0.0, low), high)
    reach = math.sqrt(nearest * nearest + 2.0 * _NEGLECTED_EXPONENT)
    low, high = max(low, -reach), min(high, reach)
    width = (high - low) / (2 * _PANELS)
    total = 0.0
    for panel in range(_PANELS):
        centre = low + (2 * panel + 1) * width
        for i in range(_NODES.size):
            s = centre + width * _NODES[i]
            total += _WEIGHTS[i] * math.exp(exponent - 0.5 * s * s)
    return total * width


@kernel
def _distance(theta: float, x: float, z: float, a: float, b: float, R: float) -> float:
    """Least squared Mahalanobis distance on the row of the disk at z - R cos(theta)."""
    across = (z - R * math.cos(theta)) / b
    along = max(x - R * math.sin(theta), 0.0) / a
    return across * across + along * along


@kernel
def foster_probability(
    miss_major: Array, miss_minor: Array, sigma_major: Array, sigma_minor: Array, radius: Array, probability: Array
) -> None:
    """Fill `probability` with the two-dimensional integral, no error function used; all arrays of shape (n,)."""
    for i in range(probability.size):
        x, z, a, b, R = miss_major[i], miss_minor[i], sigma_major[i], sigma_minor[i], radius[i]
        low, high = 0.0, math.pi
        for _ in range(80):  # the row that is nearest: the distance has one minimum
            left, right = low + (high - low) / 3.0, high - (high - low) / 3.0
            if _distance(left, x, z, a, b, R) <= _distance(right, x, z, a, b, R):
                high = right
            else:
                low = left
        nearest = 0.5 * (low + high)
        least = _distance(nearest, x, z, a, b, R)
        limit = least + 2.0 * _NEGLECTED_EXPONENT
        low, high = 0.0, math.pi
        inside = nearest
        if _distance(0.0, x, z, a, b, R) > limit:
            for _ in range(50):
                middle = 0.5 * (low + inside)
                if _distance(middle, x, z, a, b, R) > limit:
                    low = middle
                else:
                    inside = middle
        inside = nearest
        if _distance(math.pi, x, z, a, b, R) > limit:
            for _ in range(50):
                middle = 0.5 * (high + inside)
                if _distance(middle, x, z, a, b, R) > limit:
                    high = middle
                else:
                    inside = middle
        width = (high - low) / (2 * _PANELS)
        total = 0.0
        for panel in range(_PANELS):
            centre = low + (2 * panel + 1) * width
            for k in range(_NODES.size):
                theta = centre + width * _NODES[k]
                sine = math.sin(theta)
                across = (z - R * math.cos(theta)) / b
                total += _WEIGHTS[k] * sine * _row(x, R * sine, a, 0.5 * (least - across * across))
        probability[i] = min(math.exp(-0.5 * least) * total * width * R / (2.0 * math.pi * b), 1.0)


@kernel
def patera_probability(
    miss_major: Array, miss_minor: Array, sigma_major: Array, sigma_minor: Array, radius: Array, probability: Array
) -> None:
    """Fill `probability` with the contour integral; NaN where twice as many points do not confirm it."""
    for i in range(probability.size):
        x, z, a, b, R = miss_major[i], miss_minor[i], sigma_major[i], sigma_minor[i], radius[i]
        outside = math.hypot(x, z) > R
        previous = math.nan
        total = 0.0
        points = _PATERA_FIRST_POINTS
        first, step = 0, 1
        probability[i] = math.nan
        while points <= _PATERA_MOST_POINTS:
            for k in range(first, points, step):
                phi = 2.0 * math.pi * k / points
                sine, cosine = math.sin(phi), math.cos(phi)
                u, w = (x + R * cosine) / a, (z + R * sine) / b
                square = u * u + w * w
                turned = (u * cosine / b + w * sine / a) * R
                if outside:
                    total -= math.exp(-0.5 * square) * turned / square
                elif square > 0.0:
                    total -= math.expm1(-0.5 * square) * turned / square
                else:
                    total += 0.5 * turned
            value = total / points
            if abs(value - previous) <= _PATERA_TOLERANCE * abs(value) and value > 0.0:
                probability[i] = min(value, 1.0)
                break
            previous = value
            points *= 2
            first, step = 1, 2
