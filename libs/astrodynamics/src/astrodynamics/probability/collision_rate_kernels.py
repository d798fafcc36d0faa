"""The rate of collisions through the sphere of the hard-body radius, and its integral over a short encounter, compiled.

V. T. Coppola, "Including Velocity Uncertainty in the Probability of Collision between Space Objects", AAS 12-247 (2012)
for the integral over the unit sphere; D. T. Hall, "Expected Collision Rates for Tracked Satellites", Journal of
Spacecraft and Rockets 58 (2021) for its use with the peak overlap; D. T. Hall, L. C. Johnson and others, "Satellite
Collision Rates Including Velocity Uncertainty" (2D-Nc, 2023) for the integral over time of a rate whose exponent is
quadratic in time.

The unit sphere is integrated by a product rule (A. H. Stroud, "Approximate Calculation of Multiple Integrals", 1971,
section 2.6): Gauss-Legendre along the axis of the relative velocity, apart for the side that is entered and the side
that is left, since the integrand has a kink between them; the trapezoidal rule around the axis.
"""

import math

import numpy as np
import numpy.typing as npt

from astrodynamics.jit import inner, kernel
from astrodynamics.probability.peak_overlap_kernels import backward, factorise, forward, relative_motion

Array = npt.NDArray[np.float64]

_SQRT_2 = math.sqrt(2.0)
_SQRT_2_PI = math.sqrt(2.0 * math.pi)
_SMALLEST_LEVEL, _LARGEST_LEVEL = 3, 8
"""Nodes along the axis, a side: 2 to the power of the level; twice as many around it."""
_SPHERE_TOLERANCE, _ACCEPTED_TOLERANCE = 1e-5, 1e-3
"""Aimed at, and good enough where the finest nodes are reached."""
_CONTACT_ITERATIONS = 60
_NEGLECTED_DISTANCE = 80.0
"""Points of the sphere with a squared distance this much above the nearest count for less than rounding."""

_NODES = np.zeros((_LARGEST_LEVEL + 1, 2**_LARGEST_LEVEL))
_WEIGHTS = np.zeros_like(_NODES)
for _level in range(_LARGEST_LEVEL + 1):
    _x, _w = np.polynomial.legendre.leggauss(2**_level)
    _NODES[_level, : _x.size], _WEIGHTS[_level, : _x.size] = 0.5 * (_x + 1.0), 0.5 * _w

# Layout of a prepared motion (see `_prepare`).
_Y, _Y0, _V, _V0, _S, _SIZE = 0, 9, 12, 21, 24, 30


@inner
def _mean_positive_part(mean: float, sigma: float) -> float:
    """Expectation of max(0, x) for a normal x."""
    if not sigma > 0.0:
        return max(mean, 0.0)
    z = mean / sigma
    if z > 9.0:
        return mean
    if z < -38.0:
        return 0.0
    density = math.exp(-0.5 * z * z) / _SQRT_2_PI
    if z < -8.0:
        inverse = 1.0 / (z * z)
        return sigma * density * inverse * (1.0 - inverse * (3.0 - inverse * (15.0 - 105.0 * inverse)))
    return sigma * (density + 0.5 * z * math.erfc(-z / _SQRT_2))


@inner
def _axes(pole: Array, axes: Array) -> None:
    """Fill three unit vectors (rows), the last against `pole`; any where it vanishes."""
    length = math.sqrt(pole[0] * pole[0] + pole[1] * pole[1] + pole[2] * pole[2])
    if length > 0.0:
        for i in range(3):
            axes[2, i] = -pole[i] / length
    else:
        axes[2, 0], axes[2, 1], axes[2, 2] = 0.0, 0.0, 1.0
    least = 0
    for i in range(1, 3):
        if abs(axes[2, i]) < abs(axes[2, least]):
            least = i
    j, k = (least + 1) % 3, (least + 2) % 3
    norm = math.hypot(axes[2, j], axes[2, k])
    axes[0, least], axes[0, j], axes[0, k] = 0.0, -axes[2, k] / norm, axes[2, j] / norm
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        axes[1, i] = axes[2, j] * axes[0, k] - axes[2, k] * axes[0, j]


@inner
def _conditional_velocity(mean: Array, covariance: Array, floor_km: float, velocity: Array) -> float:
    """Fill the mean relative velocity at contact, shape (3,); Mahalanobis² plus log-determinant of the position."""
    lower, y = np.zeros((3, 3)), mean[:3].copy()
    factorise(covariance, floor_km, lower)
    forward(lower, y)
    column = np.empty(3)
    for i in range(3):
        column[:] = covariance[i + 3, :3]
        forward(lower, column)
        velocity[i] = mean[i + 3] - column[0] * y[0] - column[1] * y[1] - column[2] * y[2]
    squared = y[0] * y[0] + y[1] * y[1] + y[2] * y[2]
    return float(squared + 2.0 * math.log(lower[0, 0] * lower[1, 1] * lower[2, 2]))


@inner
def _prepare(mean: Array, covariance: Array, axes: Array, radius_km: float, floor_km: float, prepared: Array) -> float:
    """Fill what the integrand needs at each direction, in the given axes; the log-determinant of the position.

    With A = L L', the position covariance, and G = L⁻¹ B': the Mahalanobis distance of a point of the sphere is that of
    y = L⁻¹ (R r - mean), its relative velocity has the mean v + G' y and the covariance D - G' G.
    """
    lower = np.zeros((3, 3))
    factorise(covariance, floor_km, lower)
    column = np.empty(3)
    column[:] = mean[:3]
    forward(lower, column)
    prepared[_Y0 : _Y0 + 3] = column
    g = np.empty((3, 3))
    for i in range(3):
        column[:] = covariance[i + 3, :3]
        forward(lower, column)
        g[:, i] = column
    for a in range(3):
        for i in range(3):
            column[i] = radius_km * axes[a, i]
        forward(lower, column)
        prepared[_Y + 3 * a : _Y + 3 * a + 3] = column
        prepared[_V0 + a] = axes[a, 0] * mean[3] + axes[a, 1] * mean[4] + axes[a, 2] * mean[5]
        for k in range(3):
            prepared[_V + 3 * a + k] = axes[a, 0] * g[k, 0] + axes[a, 1] * g[k, 1] + axes[a, 2] * g[k, 2]
    index = _S
    for a in range(3):
        for b in range(a + 1):
            total = 0.0
            for i in range(3):
                for j in range(3):
                    total += axes[a, i] * covariance[i + 3, j + 3] * axes[b, j]
            for k in range(3):
                total -= prepared[_V + 3 * a + k] * prepared[_V + 3 * b + k]
            prepared[index] = total
            index += 1
    return 2.0 * math.log(lower[0, 0] * lower[1, 1] * lower[2, 2])


@inner
def _squared_distance(p: Array, x: float, y: float, z: float) -> float:
    """Squared Mahalanobis distance of the point of the sphere in direction (x, y, z)."""
    y0 = p[0] * x + p[3] * y + p[6] * z - p[9]
    y1 = p[1] * x + p[4] * y + p[7] * z - p[10]
    y2 = p[2] * x + p[5] * y + p[8] * z - p[11]
    return float(y0 * y0 + y1 * y1 + y2 * y2)


@inner
def _entering_speed(p: Array, x: float, y: float, z: float) -> float:
    """Mean of the speed into the sphere at direction (x, y, z), outward motion counted as none."""
    y0 = p[0] * x + p[3] * y + p[6] * z - p[9]
    y1 = p[1] * x + p[4] * y + p[7] * z - p[10]
    y2 = p[2] * x + p[5] * y + p[8] * z - p[11]
    outward = x * (p[21] + p[12] * y0 + p[13] * y1 + p[14] * y2)
    outward += y * (p[22] + p[15] * y0 + p[16] * y1 + p[17] * y2)
    outward += z * (p[23] + p[18] * y0 + p[19] * y1 + p[20] * y2)
    variance = x * x * p[24] + y * y * p[26] + z * z * p[29] + 2.0 * (x * y * p[25] + x * z * p[27] + y * z * p[28])
    return _mean_positive_part(-outward, math.sqrt(max(variance, 0.0)))


@inner
def _rate_integrand(prepared: Array, constants: Array, x: float, y: float, z: float) -> float:
    """Density of the relative position times the speed into the sphere.

    `constants` holds the log-determinant, and the squared distance from which on nothing is left.
    """
    squared = _squared_distance(prepared[0], x, y, z)
    if squared > constants[1]:
        return 0.0
    exponent = 0.5 * (squared + constants[0])
    return math.exp(-exponent) * _entering_speed(prepared[0], x, y, z) / (_SQRT_2_PI * _SQRT_2_PI * _SQRT_2_PI)


@inner
def _short_encounter_integrand(prepared: Array, constants: Array, x: float, y: float, z: float) -> float:
    """The same integrated over time, the exponent being a parabola through its values at three times.

    `constants` holds the three log-determinants and the step between the times. The speed into the sphere is taken at
    the vertex of the parabola.
    """
    before = _squared_distance(prepared[0], x, y, z) + constants[0]
    middle = _squared_distance(prepared[1], x, y, z) + constants[1]
    after = _squared_distance(prepared[2], x, y, z) + constants[2]
    curvature = after - 2.0 * middle + before
    if not curvature > 0.0:
        return math.nan
    slope = 0.5 * (after - before)
    vertex = -slope / curvature
    least = middle - 0.5 * slope * slope / curvature
    speed = _entering_speed(prepared[1], x, y, z)
    if vertex > 0.0:
        part = min(vertex, 1.0)
        speed += part * (_entering_speed(prepared[2], x, y, z) - speed)
    else:
        part = min(-vertex, 1.0)
        speed += part * (_entering_speed(prepared[0], x, y, z) - speed)
    duration = constants[3] * math.sqrt(4.0 * math.pi / curvature)
    return float(math.exp(-0.5 * least) * duration * speed / (_SQRT_2_PI * _SQRT_2_PI * _SQRT_2_PI))


@inner
def _over_sphere(prepared: Array, constants: Array, short: bool, level: int) -> float:
    """Integral over the unit sphere with the nodes of a level; the rate, or for a short encounter its time integral."""
    count = 1 << level
    around = 2 * count
    total = 0.0
    for side in range(2):
        for i in range(count):
            z = _NODES[level, i] if side == 0 else -_NODES[level, i]
            ring = math.sqrt(1.0 - z * z)
            partial = 0.0
            for j in range(around):
                angle = 2.0 * math.pi * (j + 0.5) / around
                x, y = ring * math.cos(angle), ring * math.sin(angle)
                if short:
                    partial += _short_encounter_integrand(prepared, constants, x, y, z)
                else:
                    partial += _rate_integrand(prepared, constants, x, y, z)
            total += _WEIGHTS[level, i] * partial
    return float(total * 2.0 * math.pi / around)


@inner
def _converged_over_sphere(prepared: Array, constants: Array, short: bool, significant: float) -> float:
    """Integral over the unit sphere, nodes doubled until nothing changes; negative where it never did."""
    value, change = _over_sphere(prepared, constants, short, _SMALLEST_LEVEL), math.inf
    for level in range(_SMALLEST_LEVEL + 1, _LARGEST_LEVEL + 1):
        finer = _over_sphere(prepared, constants, short, level)
        change = abs(finer - value)
        value = finer
        if change <= _SPHERE_TOLERANCE * max(value, significant):
            return value
    return float(value if change <= _ACCEPTED_TOLERANCE * max(value, significant) else -value)


@inner
def _gain_within_sphere(mean: Array, covariance: Array, radius_km: float, floor_km: float) -> float:
    """By how much the squared Mahalanobis distance of the nearest point of the ball is below that of its centre.

    The nearest point solves (I + λA) r = mean with |r| the radius; |r| falls with λ, which is found by bisection.
    """
    lower, r = np.zeros((3, 3)), mean[:3].copy()
    factorise(covariance, floor_km, lower)
    forward(lower, r)
    at_centre = r[0] * r[0] + r[1] * r[1] + r[2] * r[2]
    if mean[0] * mean[0] + mean[1] * mean[1] + mean[2] * mean[2] <= radius_km * radius_km:
        return float(at_centre)
    scale = covariance[0, 0] + covariance[1, 1] + covariance[2, 2] + 3.0 * floor_km * floor_km
    low, high = math.log(1e-15 / scale), math.log(1e30 / scale)
    shifted = np.empty((3, 3))
    product = 0.0
    for _ in range(_CONTACT_ITERATIONS):
        middle = 0.5 * (low + high)
        multiplier = math.exp(middle)
        for i in range(3):
            for j in range(3):
                shifted[i, j] = multiplier * covariance[i, j]
            shifted[i, i] += 1.0 + multiplier * floor_km * floor_km
        factorise(shifted, 0.0, lower)
        r[:] = mean[:3]
        forward(lower, r)
        backward(lower, r)
        length = r[0] * r[0] + r[1] * r[1] + r[2] * r[2]
        product = multiplier * (r[0] * mean[0] + r[1] * mean[1] + r[2] * mean[2] - length)
        if length > radius_km * radius_km:
            low = middle
        else:
            high = middle
    return float(max(at_centre - product, 0.0))


@kernel
def fill_exponents(
    elements: Array, covariances: Array, elapsed_s: Array, radius_km: float, floor_km: float, exponents: Array
) -> None:
    """Fill Mahalanobis² of contact plus log-determinant of the relative position for each time; NaN where none is.

    Contact is at the nearest point of a ball of the radius; with a radius of zero, at its centre.
    """
    mean, covariance, velocity = np.empty(6), np.empty((6, 6)), np.empty(3)
    for i in range(elapsed_s.size):
        exponents[i] = math.nan
        if relative_motion(elements, covariances, elapsed_s[i], floor_km, mean, covariance):
            exponents[i] = _conditional_velocity(mean, covariance, floor_km, velocity)
            if radius_km > 0.0:
                exponents[i] -= _gain_within_sphere(mean, covariance, radius_km, floor_km)


@kernel
def fill_rates(
    elements: Array,
    covariances: Array,
    elapsed_s: Array,
    radius_km: float,
    floor_km: float,
    significant_rate: float,
    rates: Array,
) -> None:
    """Fill the rate of collisions (1/s) at each time; NaN where none is, negative where it has not converged.

    Parameters
    ----------
    elements, covariances
        Of both objects at time zero, shapes (2, 6) and (2, 6, 6).
    elapsed_s
        Times, shape (n,).
    radius_km, floor_km
        Hard-body radius, and the smallest extent of the uncertainty.
    significant_rate
        Rates far below it need not converge in themselves.
    rates
        Shape (n,).

    """
    mean, covariance, velocity = np.empty(6), np.empty((6, 6)), np.empty(3)
    axes, prepared, constants = np.empty((3, 3)), np.empty((1, _SIZE)), np.empty(2)
    for i in range(elapsed_s.size):
        rates[i] = math.nan
        if relative_motion(elements, covariances, elapsed_s[i], floor_km, mean, covariance):
            exponent = _conditional_velocity(mean, covariance, floor_km, velocity)
            _axes(velocity, axes)
            constants[0] = _prepare(mean, covariance, axes, radius_km, floor_km, prepared[0])
            nearest = exponent - constants[0] - _gain_within_sphere(mean, covariance, radius_km, floor_km)
            constants[1] = nearest + _NEGLECTED_DISTANCE
            area = radius_km * radius_km
            rates[i] = area * _converged_over_sphere(prepared, constants, False, significant_rate / area)


@kernel
def short_encounter_collisions(
    elements: Array, covariances: Array, middle_s: float, step_s: float, radius_km: float, floor_km: float
) -> float:
    """Integrate the rate over all time, its exponent a parabola through a time and those one step before and after.

    Expected number of collisions; NaN where the exponent has no minimum there, negative where it has not converged.
    """
    mean, covariance = np.empty((3, 6)), np.empty((3, 6, 6))
    velocity, axes, prepared, constants = np.empty(3), np.empty((3, 3)), np.empty((3, _SIZE)), np.empty(4)
    for i in range(3):
        if not relative_motion(elements, covariances, middle_s + (i - 1) * step_s, floor_km, mean[i], covariance[i]):
            return math.nan
    _conditional_velocity(mean[1], covariance[1], floor_km, velocity)
    _axes(velocity, axes)
    for i in range(3):
        constants[i] = _prepare(mean[i], covariance[i], axes, radius_km, floor_km, prepared[i])
    constants[3] = step_s
    return float(radius_km * radius_km * _converged_over_sphere(prepared, constants, True, 0.0))
