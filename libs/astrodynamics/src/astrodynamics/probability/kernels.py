"""Compiled kernels of the encounter-plane integrals; imported when first needed, since numba is slow to import.

Notation: the hard-body disk of radius R has its centre at (x, z) in the principal axes of the combined
covariance, x along the major axis with standard deviation a, z along the minor axis with standard deviation b.
"""

import math

import numpy as np
import numpy.typing as npt

from astrodynamics.jit import kernel

Array = npt.NDArray[np.float64]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_SQRT_2 = math.sqrt(2.0)
_SQRT_PI = math.sqrt(math.pi)
_SQRT_2_PI = math.sqrt(2.0 * math.pi)

_NEGLECTED_EXPONENT = 40.0
"""Parts of the disk whose density is below e^-40 of the greatest contribute less than rounding does."""

_UNDERFLOW_EXPONENT = 800.0
"""A disk whose nearest part lies so deep in the tail has a probability that no double holds. Rounding of such exponents
would also keep panels from agreeing with their halves."""

_RELATIVE_TOLERANCE = 1e-12
_DEEPEST_PANEL = 40
_SERIES_TERMS = 10


@kernel
def _erfcx(p: float) -> float:
    """exp(p²) erfc(p) for p >= 0: product below 10, asymptotic series (Abramowitz and Stegun 7.1.23) above."""
    if p < 10.0:
        return float(math.exp(p * p) * math.erfc(p))
    inverse = 0.5 / (p * p)
    total = 1.0
    term = 1.0
    for k in range(1, 12):
        term *= -(2 * k - 1) * inverse
        total += term
    return total / (p * _SQRT_PI)


@kernel
def _squared_mahalanobis(theta: float, x: float, z: float, a: float, b: float, R: float) -> float:
    """Least squared Mahalanobis distance on the chord of the disk at angle theta (0 and pi are its ends in z)."""
    chord_x = max(x - R * math.sin(theta), 0.0) / a
    chord_z = (z - R * math.cos(theta)) / b
    return chord_x * chord_x + chord_z * chord_z


@kernel
def _nearest_chord(x: float, z: float, a: float, b: float, R: float) -> float:
    """Angle of the chord with the least Mahalanobis distance.

    Along z the least distance on a chord of a convex disk is a convex function, so its minimum is found by golden
    section in theta, which is monotonic in z.
    """
    golden = 0.6180339887498949
    low, high = 0.0, math.pi
    left, right = high - golden * (high - low), low + golden * (high - low)
    f_left = _squared_mahalanobis(left, x, z, a, b, R)
    f_right = _squared_mahalanobis(right, x, z, a, b, R)
    for _ in range(60):
        if f_left <= f_right:
            high, right, f_right = right, left, f_left
            left = high - golden * (high - low)
            f_left = _squared_mahalanobis(left, x, z, a, b, R)
        else:
            low, left, f_left = left, right, f_right
            right = low + golden * (high - low)
            f_right = _squared_mahalanobis(right, x, z, a, b, R)
        if high - low < 1e-9:
            break
    return left if f_left <= f_right else right


@kernel
def _clip(inside: float, outside: float, limit: float, x: float, z: float, a: float, b: float, R: float) -> float:
    """Angle between `inside` and `outside` where the squared distance reaches `limit`, by bisection."""
    if _squared_mahalanobis(outside, x, z, a, b, R) <= limit:
        return outside
    for _ in range(24):
        middle = 0.5 * (inside + outside)
        if _squared_mahalanobis(middle, x, z, a, b, R) <= limit:
            inside = middle
        else:
            outside = middle
    return outside


@kernel
def _chord_series(c: float, coefficients: Array) -> None:
    """Coefficients in d² of the normal probability of [c - d, c + d] over 2 d φ(c): He_2k(c) / (2k + 1)!."""
    previous, current = 1.0, c
    coefficients[0] = 1.0
    factorial = 1.0
    for k in range(1, _SERIES_TERMS):
        previous, current = current, c * current - (2 * k - 1) * previous  # He_2k
        factorial *= (2 * k) * (2 * k + 1)
        coefficients[k] = current / factorial
        previous, current = current, c * current - 2 * k * previous  # He_2k+1


@kernel
def _chord(c: float, d: float, exponent: float, coefficients: Array) -> float:
    """exp(-exponent) times the standard normal probability of [c - d, c + d], for c >= 0; no digit lost in the tail."""
    if d <= 1.0 and c * d <= 1.0:
        square = d * d
        total = float(coefficients[_SERIES_TERMS - 1])
        for k in range(_SERIES_TERMS - 2, -1, -1):
            total = total * square + float(coefficients[k])
        return math.exp(-exponent - 0.5 * c * c) * 2.0 * d * total / _SQRT_2_PI
    p = (c - d) / _SQRT_2
    q = (c + d) / _SQRT_2
    if p <= 0.0:
        return math.exp(-exponent) * 0.5 * (math.erf(q) + math.erf(-p))
    scaled = _erfcx(p)
    gap = (q - p) * (q + p)
    if gap < _NEGLECTED_EXPONENT:
        scaled -= math.exp(-gap) * _erfcx(q)
    return 0.5 * math.exp(-exponent - p * p) * scaled


@kernel
def _integrand(
    theta: float, x: float, z: float, a: float, b: float, R: float, reference: float, coefficients: Array
) -> float:
    """Density along the minor axis times the normal probability of the chord, relative to exp(-reference)."""
    sine = math.sin(theta)
    s = (z - R * math.cos(theta)) / b
    return _chord(x / a, R * sine / a, 0.5 * s * s - reference, coefficients) * sine * R / (b * _SQRT_2_PI)


_FEWER_NODES, _FEWER_WEIGHTS = np.polynomial.legendre.leggauss(12)
_HALVES = np.concatenate((0.25 * math.pi * (1.0 + _NODES), 0.25 * math.pi * (3.0 + _NODES)))
_HALVES_WEIGHTS = np.concatenate((0.5 * _WEIGHTS, 0.5 * _WEIGHTS))
_HALVES_SINE, _HALVES_COSINE = np.sin(_HALVES), np.cos(_HALVES)
_SINE, _COSINE = np.sin(0.5 * math.pi * (1.0 + _NODES)), np.cos(0.5 * math.pi * (1.0 + _NODES))
_FEWER = 0.5 * math.pi * (1.0 + _FEWER_NODES)
_FEWER_SINE, _FEWER_COSINE = np.sin(_FEWER), np.cos(_FEWER)
"""At the nodes of [0, pi], where most disks need nothing else, and of its halves."""


@kernel
def _fixed_panel(
    sines: Array,
    cosines: Array,
    weights: Array,
    x: float,
    z: float,
    a: float,
    b: float,
    R: float,
    reference: float,
    coefficients: Array,
) -> float:
    """The integral over [0, pi], by sines and cosines known beforehand."""
    total = 0.0
    centre, along, offset, across = x / a, R / a, z / b, R / b
    for i in range(sines.size):
        s = offset - across * cosines[i]
        total += weights[i] * sines[i] * _chord(centre, along * sines[i], 0.5 * s * s - reference, coefficients)
    return total * 0.5 * math.pi * R / (b * _SQRT_2_PI)


@kernel
def _whole_disk(x: float, z: float, a: float, b: float, R: float, coefficients: Array) -> float:
    """The integral over a disk all of which counts; NaN where it has to be clipped or split."""
    centre = math.sqrt((x / a) ** 2 + (z / b) ** 2)
    nearest = max(centre - R / b, 0.0)
    if (centre + R / b) ** 2 - nearest * nearest > 2.0 * _NEGLECTED_EXPONENT:
        return math.nan
    reference = 0.5 * nearest * nearest
    _chord_series(x / a, coefficients)
    rough = _fixed_panel(_FEWER_SINE, _FEWER_COSINE, _FEWER_WEIGHTS, x, z, a, b, R, reference, coefficients)
    fine = _fixed_panel(_SINE, _COSINE, _WEIGHTS, x, z, a, b, R, reference, coefficients)
    if not abs(fine - rough) <= _RELATIVE_TOLERANCE * fine:
        rough = fine
        fine = _fixed_panel(_HALVES_SINE, _HALVES_COSINE, _HALVES_WEIGHTS, x, z, a, b, R, reference, coefficients)
        if not abs(fine - rough) <= _RELATIVE_TOLERANCE * fine:
            return math.nan
    return min(math.exp(-reference) * fine, 1.0)


@kernel
def _panel(
    low: float,
    high: float,
    x: float,
    z: float,
    a: float,
    b: float,
    R: float,
    reference: float,
    coefficients: Array,
) -> float:
    centre = 0.5 * (low + high)
    half = 0.5 * (high - low)
    total = 0.0
    for i in range(_NODES.size):
        total += _WEIGHTS[i] * _integrand(centre + half * _NODES[i], x, z, a, b, R, reference, coefficients)
    return total * half


@kernel
def disk_probability(
    miss_major: Array, miss_minor: Array, sigma_major: Array, sigma_minor: Array, radius: Array, probability: Array
) -> None:
    """Fill `probability` with the normal probability of each disk; all arrays of shape (n,), one length unit.

    A panel of Gauss-Legendre nodes is accepted when its two halves agree with it, else it is split: smooth cases cost
    one split, a disk that is large against the ellipse a few more.
    """
    stack_low = np.empty(2 * _DEEPEST_PANEL)
    stack_high = np.empty(2 * _DEEPEST_PANEL)
    stack_value = np.empty(2 * _DEEPEST_PANEL)
    coefficients = np.empty(_SERIES_TERMS)
    for i in range(probability.size):
        x, z, a, b, R = miss_major[i], miss_minor[i], sigma_major[i], sigma_minor[i], radius[i]
        probability[i] = _whole_disk(x, z, a, b, R, coefficients)
        if not math.isnan(probability[i]):
            continue
        nearest = _nearest_chord(x, z, a, b, R)
        least = _squared_mahalanobis(nearest, x, z, a, b, R)
        if 0.5 * least > _UNDERFLOW_EXPONENT:
            probability[i] = 0.0
            continue
        limit = least + 2.0 * _NEGLECTED_EXPONENT
        low = _clip(nearest, 0.0, limit, x, z, a, b, R)
        high = _clip(nearest, math.pi, limit, x, z, a, b, R)
        reference = 0.5 * least
        _chord_series(x / a, coefficients)
        stack_low[0], stack_high[0] = low, high
        stack_value[0] = _panel(low, high, x, z, a, b, R, reference, coefficients)
        whole = stack_value[0]
        depth = 1
        total = 0.0
        while depth > 0:
            depth -= 1
            low, high, value = stack_low[depth], stack_high[depth], stack_value[depth]
            middle = 0.5 * (low + high)
            left = _panel(low, middle, x, z, a, b, R, reference, coefficients)
            right = _panel(middle, high, x, z, a, b, R, reference, coefficients)
            fine = left + right
            whole += fine - value
            if abs(fine - value) <= _RELATIVE_TOLERANCE * whole or depth + 2 >= _DEEPEST_PANEL:
                total += fine
            else:
                stack_low[depth], stack_high[depth], stack_value[depth] = low, middle, left
                stack_low[depth + 1], stack_high[depth + 1], stack_value[depth + 1] = middle, high, right
                depth += 2
        probability[i] = min(math.exp(-reference) * total, 1.0)


@kernel
def square_probability(
    miss_major: Array, miss_minor: Array, sigma_major: Array, sigma_minor: Array, half_width: Array, probability: Array
) -> None:
    """Fill `probability` with the normal probability of squares along the principal axes; all arrays of shape (n,)."""
    coefficients = np.empty(_SERIES_TERMS)
    for i in range(probability.size):
        c = miss_major[i] / sigma_major[i]
        _chord_series(c, coefficients)
        along_major = _chord(c, half_width[i] / sigma_major[i], 0.0, coefficients)
        c = miss_minor[i] / sigma_minor[i]
        _chord_series(c, coefficients)
        along_minor = _chord(c, half_width[i] / sigma_minor[i], 0.0, coefficients)
        probability[i] = along_major * along_minor
