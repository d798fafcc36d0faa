"""States that no orbit has: below the surface, and steps that no orbit makes. Warnings, since frames may be unknown."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ccsds.report import FindingLog
from ccsds.tables.bodies import BODIES
from ccsds.tables.oem import normalised

__all__ = ["check_state", "first_below_surface", "first_impossible_step", "is_known"]

Floats = npt.NDArray[np.float64]
NS_PER_S = 1e9
SHORT_RAD = 0.5
"""Up to this part of an orbit the mean of two velocities gives the step within 2 %: (0.5 rad)² / 12."""
STEP_TOLERANCE = 0.05
STEP_TOLERANCE_KM = 1.0


def first_below_surface(positions_km: Floats, center_name: str) -> tuple[int, float] | None:
    """Index of the first position of shape (n, 3) below the surface of its body, and its distance from the center."""
    body = BODIES.get(normalised(center_name))
    if body is None:
        return None
    squares = np.einsum("ij,ij->i", positions_km, positions_km)
    if not squares.size or squares.min() >= body.radius_km**2:
        return None
    index = int(np.flatnonzero(squares < body.radius_km**2)[0])
    return index, float(np.sqrt(squares[index]))


def is_known(center_name: str) -> bool:
    """Whether size and attraction of a body are known here."""
    return normalised(center_name) in BODIES


def check_state(position_km: Floats, center_name: str, log: FindingLog, *, line: int, column: int) -> None:
    """PHY-001: a single state stands above the surface of its body."""
    below = first_below_surface(position_km[np.newaxis], center_name)
    if below is not None:
        message = f"the position is {below[1]:.6g} km from the center of {center_name}, below its surface"
        log.add("PHY-001", message, line=line, column=column)


def first_impossible_step(
    elapsed_ns: npt.NDArray[np.int64], positions_km: Floats, velocities_km_s: Floats, center_name: str
) -> tuple[int, float, float] | None:
    """The first step between consecutive states that no orbit about that body makes.

    Over a short part of an orbit a step is what the mean of its two velocities gives; over a longer one it is shorter
    than the way at the speed of the pericenter. Steps back in time are left to other rules.

    Returns
    -------
    Index of the state before the step, the length of the step and what it should be, or be below (km); None where all
    are possible, or nothing is known of the body.
    """
    body = BODIES.get(normalised(center_name))
    if body is None or elapsed_ns.size < 2:
        return None
    dt_s = np.diff(elapsed_ns) / NS_PER_S
    steps = np.diff(positions_km, axis=0)
    expected = (velocities_km_s[1:] + velocities_km_s[:-1]) * (dt_s / 2.0)[:, np.newaxis]
    misses = _lengths(steps - expected)
    radii = np.maximum(_lengths(positions_km), body.radius_km)
    slowest = np.minimum(radii[1:], radii[:-1])
    short = dt_s * np.sqrt(body.gm_km3_s2 / slowest**3) <= SHORT_RAD
    wrong = short & (misses > STEP_TOLERANCE * _lengths(expected) + STEP_TOLERANCE_KM)
    if not short.all():
        speeds = _pericenter_speeds(positions_km, velocities_km_s, body.gm_km3_s2)
        fastest = np.maximum(speeds[1:], speeds[:-1]) * (1.0 + STEP_TOLERANCE)
        wrong |= ~short & (_lengths(steps) > fastest * dt_s + STEP_TOLERANCE_KM)
    wrong &= dt_s > 0.0
    if not wrong.any():
        return None
    index = int(np.flatnonzero(wrong)[0])
    if short[index]:
        return index, float(_lengths(steps[index : index + 1])[0]), float(_lengths(expected[index : index + 1])[0])
    return index, float(_lengths(steps[index : index + 1])[0]), float(fastest[index] * dt_s[index])


def _lengths(vectors: Floats) -> Floats:
    lengths: Floats = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    return lengths


def _pericenter_speeds(positions_km: Floats, velocities_km_s: Floats, gm_km3_s2: float) -> Floats:
    """Speeds at the pericenters of two-body orbits (km/s): GM / h (1 + e)."""
    momenta = np.maximum(_lengths(np.cross(positions_km, velocities_km_s)), 1e-9)
    energies = np.einsum("ij,ij->i", velocities_km_s, velocities_km_s) / 2.0 - gm_km3_s2 / np.maximum(
        _lengths(positions_km), 1e-9
    )
    squares = 1.0 + 2.0 * energies * (momenta / gm_km3_s2) ** 2
    speeds: Floats = gm_km3_s2 / momenta * (1.0 + np.sqrt(np.maximum(squares, 0.0)))
    return speeds
