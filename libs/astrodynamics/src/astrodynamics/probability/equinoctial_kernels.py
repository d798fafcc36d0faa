"""Equinoctial elements, the two-body problem in them, and partial derivatives of the state, compiled.

Elements, in this order: mean motion n (rad/s), af = e cos(ϖ), ag = e sin(ϖ), chi = tan(i/2) sin(Ω), psi = tan(i/2)
cos(Ω), mean longitude λ (rad), with ϖ = ω + Ω and λ = M + ϖ. Only an inclination of 180 degrees is singular.

R. A. Broucke and P. J. Cefola, "On the Equinoctial Orbit Elements", Celestial Mechanics 5 (1972); the equinoctial frame
and the derivatives with respect to chi and psi as in D. A. Danielson et al., "Semianalytic Satellite Theory", Naval
Postgraduate School (1995), chapter 2.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from astrodynamics.encounter import EARTH_MU_KM3_S2
from astrodynamics.jit import inner, kernel

Array = npt.NDArray[np.float64]

_MU = EARTH_MU_KM3_S2
_KEPLER_ITERATIONS = 50


@inner
def elements_of(state: Array, elements: Array) -> bool:
    """Fill the elements of a state (km, km/s), shape (6,); False where the orbit is not closed or i is 180 degrees."""
    x, y, z, vx, vy, vz = state[0], state[1], state[2], state[3], state[4], state[5]
    r = math.sqrt(x * x + y * y + z * z)
    inverse_a = 2.0 / r - (vx * vx + vy * vy + vz * vz) / _MU
    if not inverse_a > 0.0:
        return False
    hx, hy, hz = y * vz - z * vy, z * vx - x * vz, x * vy - y * vx
    h = math.sqrt(hx * hx + hy * hy + hz * hz)
    if h + hz <= 1e-12 * h:
        return False
    chi, psi = hx / (h + hz), -hy / (h + hz)
    scale = 1.0 / (1.0 + chi * chi + psi * psi)
    fx, fy, fz = (1.0 - chi * chi + psi * psi) * scale, 2.0 * chi * psi * scale, -2.0 * chi * scale
    gx, gy, gz = 2.0 * chi * psi * scale, (1.0 + chi * chi - psi * psi) * scale, 2.0 * psi * scale
    ex = (vy * hz - vz * hy) / _MU - x / r
    ey = (vz * hx - vx * hz) / _MU - y / r
    ez = (vx * hy - vy * hx) / _MU - z / r
    af = ex * fx + ey * fy + ez * fz
    ag = ex * gx + ey * gy + ez * gz
    square = 1.0 - af * af - ag * ag
    if not square > 0.0:
        return False
    root = math.sqrt(square)
    beta = 1.0 / (1.0 + root)
    a = 1.0 / inverse_a
    in_f = x * fx + y * fy + z * fz
    in_g = x * gx + y * gy + z * gz
    cosine = af + ((1.0 - af * af * beta) * in_f - af * ag * beta * in_g) / (a * root)
    sine = ag + ((1.0 - ag * ag * beta) * in_g - af * ag * beta * in_f) / (a * root)
    eccentric = math.atan2(sine, cosine)
    elements[0] = math.sqrt(_MU * inverse_a * inverse_a * inverse_a)
    elements[1], elements[2], elements[3], elements[4] = af, ag, chi, psi
    elements[5] = eccentric + ag * math.cos(eccentric) - af * math.sin(eccentric)
    return True


@inner
def _eccentric_longitude(mean_longitude: float, af: float, ag: float) -> float:
    """Kepler's equation in equinoctial form, by Newton's method, with steps no longer than one."""
    turns = math.floor(mean_longitude / (2.0 * math.pi) + 0.5)
    reduced = mean_longitude - 2.0 * math.pi * turns
    f = reduced
    for _ in range(_KEPLER_ITERATIONS):
        cosine, sine = math.cos(f), math.sin(f)
        step = (f + ag * cosine - af * sine - reduced) / (1.0 - af * cosine - ag * sine)
        step = max(-1.0, min(1.0, step))
        f -= step
        if abs(step) < 1e-14:
            break
    return f


@inner
def state_and_partials(elements: Array, elapsed_s: float, state: Array, partials: Array) -> bool:
    """Fill the state (6,) after a time and its derivatives (6, 6) with respect to the elements at time zero.

    Row: component of the state; column: element. The mean longitude grows by n times the elapsed time, so the column of
    n holds that drift as well. False where the elements describe no closed orbit.
    """
    n, af, ag, chi, psi = elements[0], elements[1], elements[2], elements[3], elements[4]
    square = 1.0 - af * af - ag * ag
    if not (n > 0.0 and square > 1e-12):
        return False
    root = math.sqrt(square)
    beta = 1.0 / (1.0 + root)
    a = (_MU / (n * n)) ** (1.0 / 3.0)
    eccentric = _eccentric_longitude(elements[5] + n * elapsed_s, af, ag)
    cosine, sine = math.cos(eccentric), math.sin(eccentric)
    ratio = 1.0 - af * cosine - ag * sine
    cross, along_f, along_g = af * ag * beta, 1.0 - ag * ag * beta, 1.0 - af * af * beta
    # Position and velocity in the equinoctial axes, in units of a and of n a: X = a u, dX/dt = n a p / ratio.
    u = along_f * cosine + cross * sine - af
    w = along_g * sine + cross * cosine - ag
    p = cross * cosine - along_f * sine
    q = along_g * cosine - cross * sine
    speed = n * a / ratio

    scale = 1.0 / (1.0 + chi * chi + psi * psi)
    fx, fy, fz = (1.0 - chi * chi + psi * psi) * scale, 2.0 * chi * psi * scale, -2.0 * chi * scale
    gx, gy, gz = 2.0 * chi * psi * scale, (1.0 + chi * chi - psi * psi) * scale, 2.0 * psi * scale
    wx, wy, wz = 2.0 * chi * scale, -2.0 * psi * scale, (1.0 - chi * chi - psi * psi) * scale
    f_axis, g_axis, w_axis = (fx, fy, fz), (gx, gy, gz), (wx, wy, wz)

    # Derivatives of u, w and of the rates with respect to af (k) and ag (h) at fixed mean longitude.
    d_beta = beta * beta / root
    d_f_k, d_f_h = sine / ratio, -cosine / ratio
    d_cross_k, d_cross_h = ag * beta + af * ag * d_beta * af, af * beta + af * ag * d_beta * ag
    d_along_f_k, d_along_f_h = -ag * ag * d_beta * af, -2.0 * ag * beta - ag * ag * d_beta * ag
    d_along_g_k, d_along_g_h = -2.0 * af * beta - af * af * d_beta * af, -af * af * d_beta * ag
    u_k = d_along_f_k * cosine + d_cross_k * sine - 1.0 + p * d_f_k
    u_h = d_along_f_h * cosine + d_cross_h * sine + p * d_f_h
    w_k = d_along_g_k * sine + d_cross_k * cosine + q * d_f_k
    w_h = d_along_g_h * sine + d_cross_h * cosine - 1.0 + q * d_f_h
    slope = af * sine - ag * cosine  # of the ratio, along the eccentric longitude
    ratio_k, ratio_h = -cosine + slope * d_f_k, -sine + slope * d_f_h
    p_k = d_cross_k * cosine - d_along_f_k * sine - (cross * sine + along_f * cosine) * d_f_k - p * ratio_k / ratio
    p_h = d_cross_h * cosine - d_along_f_h * sine - (cross * sine + along_f * cosine) * d_f_h - p * ratio_h / ratio
    q_k = d_along_g_k * cosine - d_cross_k * sine - (along_g * sine + cross * cosine) * d_f_k - q * ratio_k / ratio
    q_h = d_along_g_h * cosine - d_cross_h * sine - (along_g * sine + cross * cosine) * d_f_h - q * ratio_h / ratio

    for i in range(3):
        f, g, normal = f_axis[i], g_axis[i], w_axis[i]
        state[i] = a * (u * f + w * g)
        state[i + 3] = speed * (p * f + q * g)
        partials[i, 1], partials[i + 3, 1] = a * (u_k * f + w_k * g), speed * (p_k * f + q_k * g)
        partials[i, 2], partials[i + 3, 2] = a * (u_h * f + w_h * g), speed * (p_h * f + q_h * g)
        partials[i, 3] = 2.0 * scale * a * (psi * (w * f - u * g) - u * normal)
        partials[i + 3, 3] = 2.0 * scale * speed * (psi * (q * f - p * g) - p * normal)
        partials[i, 4] = 2.0 * scale * a * (chi * (u * g - w * f) + w * normal)
        partials[i + 3, 4] = 2.0 * scale * speed * (chi * (p * g - q * f) + q * normal)
    distance = a * ratio
    pull = n * a * a * a / (distance * distance * distance)
    for i in range(3):
        partials[i, 5] = state[i + 3] / n
        partials[i + 3, 5] = -pull * state[i]
        partials[i, 0] = -2.0 * state[i] / (3.0 * n) + elapsed_s * partials[i, 5]
        partials[i + 3, 0] = state[i + 3] / (3.0 * n) + elapsed_s * partials[i + 3, 5]
    return True


@kernel
def fill_elements(states: Array, elements: Array) -> npt.NDArray[Any]:
    """Fill the elements of each state, both of shape (n, 6); whether each has them, shape (n,)."""
    closed = np.empty(states.shape[0], dtype=np.bool_)
    for i in range(states.shape[0]):
        closed[i] = elements_of(states[i], elements[i])
    return closed


@kernel
def fill_states(elements: Array, elapsed_s: Array, states: Array, partials: Array) -> npt.NDArray[Any]:
    """Fill states (n, 6) and derivatives (n, 6, 6) of elements (n, 6) after times (n,); whether each exists, (n,)."""
    closed = np.empty(elements.shape[0], dtype=np.bool_)
    for i in range(elements.shape[0]):
        closed[i] = state_and_partials(elements[i], elapsed_s[i], states[i], partials[i])
    return closed
