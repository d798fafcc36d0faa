"""Two-body relations for plausibility.

Source: Vallado, Fundamentals of Astrodynamics and Applications, 4th edition, sections 2.2 and 2.6.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from ccsds.messages.opm import OpmKeplerian

__all__ = ["state_of"]

Floats = npt.NDArray[np.float64]
ITERATIONS = 50
CONVERGED_RAD = 1e-12
PARABOLIC = 1e-8


def state_of(elements: OpmKeplerian) -> tuple[Floats, Floats] | None:
    """Position (km) and velocity (km/s) of osculating elements; None where they describe no conic."""
    eccentricity = elements.eccentricity
    parameter = elements.semi_major_axis_km * (1.0 - eccentricity**2)
    anomaly = _true_anomaly(elements)
    if parameter <= 0.0 or elements.gm_km3_s2 <= 0.0 or anomaly is None:
        return None
    denominator = 1.0 + eccentricity * math.cos(anomaly)
    if denominator <= 0.0:
        return None
    radius = parameter / denominator
    speed = math.sqrt(elements.gm_km3_s2 / parameter)
    to_frame = _from_perifocal(elements)
    position = radius * np.array([math.cos(anomaly), math.sin(anomaly), 0.0])
    velocity = speed * np.array([-math.sin(anomaly), eccentricity + math.cos(anomaly), 0.0])
    return to_frame @ position, to_frame @ velocity


def _from_perifocal(elements: OpmKeplerian) -> Floats:
    node, tilt, pericenter = (
        math.radians(angle)
        for angle in (elements.ra_of_asc_node_deg, elements.inclination_deg, elements.arg_of_pericenter_deg)
    )
    return _about_z(node) @ _about_x(tilt) @ _about_z(pericenter)


def _about_z(angle: float) -> Floats:
    cosine, sine = math.cos(angle), math.sin(angle)
    return np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])


def _about_x(angle: float) -> Floats:
    cosine, sine = math.cos(angle), math.sin(angle)
    return np.array([[1.0, 0.0, 0.0], [0.0, cosine, -sine], [0.0, sine, cosine]])


def _true_anomaly(elements: OpmKeplerian) -> float | None:
    if elements.true_anomaly_deg is not None:
        return math.radians(elements.true_anomaly_deg)
    if elements.mean_anomaly_deg is None:
        return None
    mean, eccentricity = math.radians(elements.mean_anomaly_deg), elements.eccentricity
    if eccentricity < 0.0 or abs(eccentricity - 1.0) < PARABOLIC:
        return None
    return _elliptic(mean, eccentricity) if eccentricity < 1.0 else _hyperbolic(mean, eccentricity)


def _elliptic(mean: float, eccentricity: float) -> float:
    mean = math.remainder(mean, math.tau)
    eccentric = mean + eccentricity * math.sin(mean) if eccentricity < 0.8 else math.copysign(math.pi, mean)
    for _ in range(ITERATIONS):
        step = (eccentric - eccentricity * math.sin(eccentric) - mean) / (1.0 - eccentricity * math.cos(eccentric))
        eccentric -= step
        if abs(step) < CONVERGED_RAD:
            break
    return 2.0 * math.atan2(
        math.sqrt(1.0 + eccentricity) * math.sin(eccentric / 2.0),
        math.sqrt(1.0 - eccentricity) * math.cos(eccentric / 2.0),
    )


def _hyperbolic(mean: float, eccentricity: float) -> float:
    anomaly = math.asinh(mean / eccentricity)
    for _ in range(ITERATIONS):
        step = (eccentricity * math.sinh(anomaly) - anomaly - mean) / (eccentricity * math.cosh(anomaly) - 1.0)
        anomaly -= step
        if abs(step) < CONVERGED_RAD:
            break
    return 2.0 * math.atan(math.sqrt((eccentricity + 1.0) / (eccentricity - 1.0)) * math.tanh(anomaly / 2.0))
