"""Two-body motion in universal variables, and how errors of a state grow along it.

Battin, "An Introduction to the Mathematics and Methods of Astrodynamics" (revised edition, 1999): universal functions
U0 to U5 (section 4.5), Lagrange coefficients (section 4.6), state transition matrix (section 9.7, problem 9-27).
Kepler's equation is solved by the Laguerre-Conway iteration (Prussing and Conway, "Orbital Mechanics", section 2.3),
which converges for every conic.
"""

import math
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from astrodynamics.errors import InvalidStateError

Floats: TypeAlias = npt.NDArray[np.float64]

EARTH_MU_KM3_S2: Final = 398_600.4418
"""EGM2008 and IERS Conventions (2010), table 1.1."""

_ITERATIONS: Final = 50
_LAGUERRE_DEGREE: Final = 5
_SERIES_BELOW: Final = 1.0
"""The closed forms of the Stumpff functions lose digits below; the series needs this many terms for it."""
_SERIES_TERMS: Final = 12


@dataclass(frozen=True, eq=False, slots=True)
class _Conic:
    """Everything that the state and its transition matrix are written in; arrays over n states."""

    root_mu: float
    seconds: Floats
    r0: Floats
    r: Floats
    chi: Floats
    u: tuple[Floats, Floats, Floats, Floats, Floats, Floats]
    f: Floats
    g: Floats
    f_dot: Floats
    g_dot: Floats


def propagate(
    r_km: Floats, v_km_s: Floats, seconds: Floats | float, mu_km3_s2: float = EARTH_MU_KM3_S2
) -> tuple[Floats, Floats]:
    """Move states along their conics.

    Parameters
    ----------
    r_km, v_km_s
        Inertial states, shape (n, 3).
    seconds
        How far, of either sign, shape (n,) or one for all.
    mu_km3_s2
        Gravitational parameter.

    Returns
    -------
    Position (km) and velocity (km/s), shape (n, 3).

    Raises
    ------
    InvalidStateError
        A state is not finite or at the centre.
    """
    r0, v0 = np.atleast_2d(np.asarray(r_km, dtype=np.float64)), np.atleast_2d(np.asarray(v_km_s, dtype=np.float64))
    return _moved(r0, v0, _conic(r0, v0, seconds, mu_km3_s2))


def state_transition(
    r_km: Floats, v_km_s: Floats, seconds: Floats | float, mu_km3_s2: float = EARTH_MU_KM3_S2
) -> Floats:
    """Derivative of the moved state by the state: ``Phi @ P @ Phi.T`` moves a covariance.

    Parameters
    ----------
    r_km, v_km_s, seconds, mu_km3_s2
        As for `propagate`.

    Returns
    -------
    Shape (n, 6, 6), position in km before velocity in km/s, inertial axes.

    Raises
    ------
    InvalidStateError
        A state is not finite or at the centre.
    """
    r0, v0 = np.atleast_2d(np.asarray(r_km, dtype=np.float64)), np.atleast_2d(np.asarray(v_km_s, dtype=np.float64))
    conic = _conic(r0, v0, seconds, mu_km3_s2)
    r, v = _moved(r0, v0, conic)
    mu = mu_km3_s2
    dr, dv = r - r0, v - v0
    R0, R = conic.r0[:, None, None], conic.r[:, None, None]
    F, G, F_dot, G_dot = (part[:, None, None] for part in (conic.f, conic.g, conic.f_dot, conic.g_dot))
    _, _, U2, _, U4, U5 = conic.u
    C = ((3.0 * U5 - conic.chi * U4) / conic.root_mu - conic.seconds * U2)[:, None, None]
    unit = np.eye(3)
    transition = np.empty((len(r), 6, 6))
    transition[:, :3, :3] = (
        R / mu * _outer(dv, dv) + (R0 * (1.0 - F) * _outer(r, r0) + C * _outer(v, r0)) / R0**3 + F * unit
    )
    transition[:, :3, 3:] = R0 / mu * (1.0 - F) * (_outer(dr, v0) - _outer(dv, r0)) + C / mu * _outer(v, v0) + G * unit
    transition[:, 3:, :3] = (
        -_outer(dv, r0) / R0**2
        - _outer(r, dv) / R**2
        + F_dot * (unit - _outer(r, r) / R**2 + ((_outer(r, v) - _outer(v, r)) @ _outer(r, dv)) / (mu * R))
        - mu * C / (R**3 * R0**3) * _outer(r, r0)
    )
    transition[:, 3:, 3:] = (
        R0 / mu * _outer(dv, dv) + (R0 * (1.0 - F) * _outer(r, r0) - C * _outer(r, v0)) / R**3 + G_dot * unit
    )
    return transition


def _moved(r0: Floats, v0: Floats, conic: _Conic) -> tuple[Floats, Floats]:
    f, g, f_dot, g_dot = (part[:, None] for part in (conic.f, conic.g, conic.f_dot, conic.g_dot))
    return f * r0 + g * v0, f_dot * r0 + g_dot * v0


def _conic(r0_km: Floats, v0_km_s: Floats, seconds: Floats | float, mu: float) -> _Conic:
    if not (np.isfinite(r0_km).all() and np.isfinite(v0_km_s).all()):
        raise InvalidStateError("A state is not finite: give positions and velocities as numbers")
    r0 = np.linalg.norm(r0_km, axis=1)
    if not (r0 > 0.0).all():
        raise InvalidStateError("A position is at the centre of attraction: there is no conic through it")
    dt = np.broadcast_to(np.asarray(seconds, dtype=np.float64), r0.shape)
    root_mu = float(np.sqrt(mu))
    sigma = np.einsum("ni,ni->n", r0_km, v0_km_s) / root_mu
    alpha = 2.0 / r0 - np.einsum("ni,ni->n", v0_km_s, v0_km_s) / mu
    chi = _solve_kepler(r0, sigma, alpha, root_mu * dt)
    u = _universal_functions(alpha, chi)
    r = r0 * u[0] + sigma * u[1] + u[2]
    return _Conic(
        root_mu=root_mu,
        seconds=dt,
        r0=r0,
        r=r,
        chi=chi,
        u=u,
        f=1.0 - u[2] / r0,
        g=(r0 * u[1] + sigma * u[2]) / root_mu,
        f_dot=-root_mu * u[1] / (r * r0),
        g_dot=1.0 - u[2] / r,
    )


def _solve_kepler(r0: Floats, sigma: Floats, alpha: Floats, root_mu_dt: Floats) -> Floats:
    """The universal anomaly for which ``r0 U1 + sigma U2 + U3`` is ``sqrt(mu) dt``."""
    chi = np.where(alpha > 0.0, alpha * root_mu_dt, root_mu_dt / r0)
    n = _LAGUERRE_DEGREE
    for _ in range(_ITERATIONS):
        u0, u1, u2, u3, _, _ = _universal_functions(alpha, chi)
        error = r0 * u1 + sigma * u2 + u3 - root_mu_dt
        slope = r0 * u0 + sigma * u1 + u2
        curvature = sigma * u0 + (1.0 - alpha * r0) * u1
        root = np.sqrt(np.abs((n - 1) ** 2 * slope**2 - n * (n - 1) * error * curvature))
        step = n * error / (slope + root)
        chi = chi - step
        if np.all(np.abs(step) <= 1e-14 * np.abs(chi)):
            break
    return chi


def _universal_functions(alpha: Floats, chi: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """U0 to U5 of Battin: chi to the power k times the Stumpff function c_k of alpha chi squared."""
    psi = alpha * chi**2
    near = np.abs(psi) < _SERIES_BELOW
    q = np.sqrt(np.where(near, 1.0, np.abs(psi)))
    far_psi = np.where(near, 1.0, psi)
    q_hyperbolic = np.where(psi > 0.0, 0.0, np.minimum(q, 700.0))
    c0 = np.where(psi > 0.0, np.cos(q), np.cosh(q_hyperbolic))
    c1 = np.where(psi > 0.0, np.sin(q), np.sinh(q_hyperbolic)) / q
    c2, c3 = (1.0 - c0) / far_psi, (1.0 - c1) / far_psi
    closed = (c0, c1, c2, c3, (0.5 - c2) / far_psi, (1.0 / 6.0 - c3) / far_psi)
    small = np.where(near, psi, 0.0)
    c0, c1, c2, c3, c4, c5 = (np.where(near, _stumpff_series(k, small), c) for k, c in enumerate(closed))
    return c0, c1 * chi, c2 * chi**2, c3 * chi**3, c4 * chi**4, c5 * chi**5


def _stumpff_series(k: int, psi: Floats) -> Floats:
    term = np.full_like(psi, 1.0 / math.factorial(k))
    total = term.copy()
    for n in range(_SERIES_TERMS):
        term = term * (-psi / ((k + 2 * n + 1) * (k + 2 * n + 2)))
        total += term
    return total


def _outer(a: Floats, b: Floats) -> Floats:
    product: Floats = a[:, :, None] * b[:, None, :]
    return product
