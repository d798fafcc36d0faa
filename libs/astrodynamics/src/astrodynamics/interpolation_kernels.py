"""Polynomial interpolation of states at one instant, compiled.

Instants are split into whole nanoseconds and a small remainder in seconds, so that nothing is rounded to a double of
seconds since 1970.
"""

import numpy as np

from astrodynamics.interpolation import Floats, Nanoseconds
from astrodynamics.jit import inlined, kernel

HERMITE = 0
LAGRANGE = 1

State = tuple[float, float, float, float, float, float]


@inlined
def window_of(tai_ns: Nanoseconds, first: int, stop: int, at_ns: int, points: int) -> int:
    """Index of the first of ``points`` samples in ``[first, stop)`` around an instant, centred where there is room."""
    low = first
    high = stop
    while low < high:
        middle = (low + high) // 2
        if tai_ns[middle] <= at_ns:
            low = middle + 1
        else:
            high = middle
    return max(first, min(low - points // 2, stop - points))


@inlined
def hermite_state(
    tai_ns: Nanoseconds, r_km: Floats, v_km_s: Floats, begin: int, points: int, at_ns: int, remainder_s: float
) -> State:
    """Osculating (Hermite) polynomial through positions and velocities, and its derivative.

    Hildebrand, Introduction to Numerical Analysis (2nd ed.), section 8.2: sum over j of
    ``[1 - 2 (t - t_j) L_j'(t_j)] L_j(t)^2 r_j + (t - t_j) L_j(t)^2 v_j``.
    """
    x = y = z = u = v = w = 0.0
    for j in range(begin, begin + points):
        t = 1e-9 * (at_ns - tai_ns[j]) + remainder_s
        lagrange = 1.0
        lagrange_rate = 0.0
        slope_at_node = 0.0
        for k in range(begin, begin + points):
            if k != j:
                inverse_s = 1.0 / (1e-9 * (tai_ns[j] - tai_ns[k]))
                factor = (1e-9 * (at_ns - tai_ns[k]) + remainder_s) * inverse_s
                lagrange_rate = lagrange_rate * factor + lagrange * inverse_s
                lagrange *= factor
                slope_at_node += inverse_s
        square = lagrange * lagrange
        square_rate = 2.0 * lagrange * lagrange_rate
        linear = 1.0 - 2.0 * t * slope_at_node
        position = linear * square
        position_rate = -2.0 * slope_at_node * square + linear * square_rate
        velocity = t * square
        velocity_rate = square + t * square_rate
        x += position * r_km[j, 0] + velocity * v_km_s[j, 0]
        y += position * r_km[j, 1] + velocity * v_km_s[j, 1]
        z += position * r_km[j, 2] + velocity * v_km_s[j, 2]
        u += position_rate * r_km[j, 0] + velocity_rate * v_km_s[j, 0]
        v += position_rate * r_km[j, 1] + velocity_rate * v_km_s[j, 1]
        w += position_rate * r_km[j, 2] + velocity_rate * v_km_s[j, 2]
    return x, y, z, u, v, w


@inlined
def lagrange_state(
    tai_ns: Nanoseconds, r_km: Floats, v_km_s: Floats, begin: int, points: int, at_ns: int, remainder_s: float
) -> State:
    """Lagrange polynomials through positions and, separately, through velocities."""
    x = y = z = u = v = w = 0.0
    for j in range(begin, begin + points):
        lagrange = 1.0
        for k in range(begin, begin + points):
            if k != j:
                lagrange *= (1e-9 * (at_ns - tai_ns[k]) + remainder_s) / (1e-9 * (tai_ns[j] - tai_ns[k]))
        x += lagrange * r_km[j, 0]
        y += lagrange * r_km[j, 1]
        z += lagrange * r_km[j, 2]
        u += lagrange * v_km_s[j, 0]
        v += lagrange * v_km_s[j, 1]
        w += lagrange * v_km_s[j, 2]
    return x, y, z, u, v, w


@kernel
def interpolate(
    method: int, points: int, tai_ns: Nanoseconds, r_km: Floats, v_km_s: Floats, at_ns: Nanoseconds
) -> tuple[Floats, Floats]:
    """States at many instants from one run of samples; shapes (t, 3)."""
    r = np.empty((at_ns.size, 3))
    v = np.empty((at_ns.size, 3))
    for i in range(at_ns.size):
        begin = window_of(tai_ns, 0, tai_ns.size, at_ns[i], points)
        if method == HERMITE:
            state = hermite_state(tai_ns, r_km, v_km_s, begin, points, at_ns[i], 0.0)
        else:
            state = lagrange_state(tai_ns, r_km, v_km_s, begin, points, at_ns[i], 0.0)
        for c in range(3):
            r[i, c] = state[c]
            v[i, c] = state[c + 3]
    return r, v
