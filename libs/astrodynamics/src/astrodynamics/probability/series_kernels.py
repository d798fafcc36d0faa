"""Compiled kernels of the methods that sum a published series; imported when first needed.

Notation as in `kernels`: miss (x, z) and standard deviations (a, b) along the major and minor axis, radius R.
"""

import math

import numpy as np
import numpy.typing as npt

from astrodynamics.jit import kernel

Array = npt.NDArray[np.float64]

_LARGEST_ALFANO_ORDER = 100_000
_SMALLEST_ALFANO_ORDER = 10
_LAAS_TERMS = 4_000_000
_LAAS_RESCALE = 1e150
_LAAS_LEAST_EXPONENT = -600.0
_CHAN_TAIL = 40


@kernel
def chan_probability(
    miss_major: Array, miss_minor: Array, sigma_major: Array, sigma_minor: Array, radius: Array, probability: Array
) -> None:
    """Fill `probability` with exp(-v/2) sum over k of (v/2)^k / k! P(k + 1, u/2), P the regularised gamma function.

    P(k + 1, u/2) is taken from its series at the greatest k and by adding downwards, so that nothing cancels.
    """
    for i in range(probability.size):
        u = 0.5 * radius[i] * radius[i] / (sigma_major[i] * sigma_minor[i])
        v = 0.5 * ((miss_major[i] / sigma_major[i]) ** 2 + (miss_minor[i] / sigma_minor[i]) ** 2)
        last = int(math.sqrt(u * v) + u + 8.0 * math.sqrt(u) + 8.0 * (u * v) ** 0.25) + _CHAN_TAIL
        log_u = math.log(u)
        log_v = math.log(v) if v > 0.0 else -math.inf
        gamma = 0.0
        for j in range(last + 1, last + 1 + _CHAN_TAIL):
            gamma += math.exp(j * log_u - math.lgamma(j + 1.0) - u)
        total = 0.0
        for k in range(last, -1, -1):
            gamma += 0.0 if k == last else math.exp((k + 1) * log_u - math.lgamma(k + 2.0) - u)
            weight = -v if k == 0 else k * log_v - math.lgamma(k + 1.0) - v
            if gamma > 0.0:
                total += math.exp(weight + math.log(gamma))
        probability[i] = total


@kernel
def _alfano_term(along: float, x: float, y: float, sigma_x: float, sigma_y: float, R: float) -> float:
    chord = math.sqrt(R * R - along * along)
    errors = math.erf((y + chord) / (math.sqrt(2.0) * sigma_y)) - math.erf((y - chord) / (math.sqrt(2.0) * sigma_y))
    variance = 2.0 * sigma_x * sigma_x
    return float(errors * (math.exp(-((along - x) ** 2) / variance) + math.exp(-((along + x) ** 2) / variance)))


@kernel
def alfano_probability(
    miss_major: Array, miss_minor: Array, sigma_major: Array, sigma_minor: Array, radius: Array, probability: Array
) -> None:
    """Fill `probability` by Simpson's rule on the half axis, x along the minor axis, in the published steps."""
    for i in range(probability.size):
        x, y, sigma_x, sigma_y, R = miss_minor[i], miss_major[i], sigma_minor[i], sigma_major[i], radius[i]
        finest = min(sigma_x, sigma_y)
        miss = math.hypot(x, y)
        if miss > 0.0:
            finest = min(finest, miss)
        order = int(5.0 * R / finest)
        order = min(max(order, _SMALLEST_ALFANO_ORDER), _LARGEST_ALFANO_ORDER)
        step = R / (2 * order)
        total = 2.0 * _alfano_term(0.015 * step - R, x, y, sigma_x, sigma_y, R)
        total += _alfano_term(0.0, x, y, sigma_x, sigma_y, R)
        for k in range(1, order):
            total += 2.0 * _alfano_term(2 * k * step - R, x, y, sigma_x, sigma_y, R)
        for k in range(1, order + 1):
            total += 4.0 * _alfano_term((2 * k - 1) * step - R, x, y, sigma_x, sigma_y, R)
        probability[i] = step * total / (3.0 * sigma_x * math.sqrt(8.0 * math.pi))


@kernel
def laas_probability(
    miss_major: Array, miss_minor: Array, sigma_major: Array, sigma_minor: Array, radius: Array, probability: Array
) -> None:
    """Fill `probability` with the sum of the positive series; NaN where it needs more terms than allowed.

    With r = p R² and the Laplace transform's generating function Q(t) = (1 - phi t)^(-1/2) exp(A t + B t/(1 - phi t)),
    the probability is the mean of the partial sums h of Q's coefficients q under Poisson's distribution of r. The
    coefficients come from a recurrence for q and d = q(k) - phi q(k - 1), whose errors do not grow; h is carried with
    a logarithmic scale beside it.
    """
    for i in range(probability.size):
        x, y, a, b = miss_major[i], miss_minor[i], sigma_major[i], sigma_minor[i]
        r = 0.5 * (radius[i] / b) ** 2
        phi = (a - b) * (a + b) / (a * a)
        A = 0.5 * (y / b) ** 2
        B = 0.5 * (x * b / (a * a)) ** 2
        log_scale = math.log(b / a) - 0.5 * ((x / a) ** 2 + (y / b) ** 2)
        log_r = math.log(r)
        d_before, d, q, h = 0.0, 1.0, 1.0, 1.0
        total, weight, before = 0.0, 0.0, 0.0
        probability[i] = math.nan
        for k in range(_LAAS_TERMS):
            if weight == 0.0:
                log_weight = (k + 1) * log_r - math.lgamma(k + 2.0) - r
                weight = math.exp(log_weight) if log_weight > _LAAS_LEAST_EXPONENT else 0.0
            else:
                weight *= r / (k + 1)
            term = h * weight
            total += term
            if k > r and term < before and term < 1e-18 * total:
                probability[i] = min(math.exp(log_scale + math.log(total)), 1.0)
                break
            before = term
            d_next = ((phi * (k - 0.5) + A) * d - A * phi * d_before + B * q) / (k + 1)
            d_before, d = d, d_next
            q = phi * q + d
            h += q
            if h > _LAAS_RESCALE:
                d_before, d, q, h = d_before / _LAAS_RESCALE, d / _LAAS_RESCALE, q / _LAAS_RESCALE, h / _LAAS_RESCALE
                total, before = total / _LAAS_RESCALE, before / _LAAS_RESCALE
                log_scale += math.log(_LAAS_RESCALE)
