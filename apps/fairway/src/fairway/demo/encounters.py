"""Approaches placed on purpose: an object is given the elements that bring it past another at a chosen time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from astrodynamics.sgp4 import ElementArrays, Propagator

__all__ = ["Placed", "Plan", "join", "place"]

Floats = NDArray[np.float64]

_MU_KM3_S2 = 398600.8
_NS = 1_000_000_000
_CLOSE_ENOUGH_KM = 1e-4


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One approach that is to be."""

    primary: int
    """Index of the object that is approached."""
    tca_tai_ns: int
    miss_distance_km: float
    turn_deg: float
    """Angle between the two velocities."""
    speed_ratio: float
    """Of the other's speed to the primary's; other than one, so that the two don't meet again each revolution."""
    clock_deg: float
    """Direction of the miss vector in the plane across the relative velocity."""


@dataclass(frozen=True)
class Placed:
    """One approach that is there on purpose."""

    norad_cat_id_1: int
    norad_cat_id_2: int
    tca_tai_ns: int
    miss_distance_km: float


def place(background: ElementArrays, plans: list[Plan], *, first_number: int) -> tuple[ElementArrays, list[Placed]]:
    """Return one new object a plan, numbered from `first_number` on, and what it comes past."""
    objects, placed = [], []
    for ordinal, plan in enumerate(plans):
        primary = background.take(np.array([plan.primary]))
        r_km, v_km_s = _state(primary, plan.tca_tai_ns)
        target = _passing_state(r_km, v_km_s, plan)
        number = first_number + ordinal
        epoch_tai_ns = int(primary.epoch_tai_ns[0])
        objects.append(_fit(number, epoch_tai_ns, plan.tca_tai_ns, *target))
        placed.append(Placed(int(primary.norad_cat_id[0]), number, plan.tca_tai_ns, plan.miss_distance_km))
    return join(objects), placed


def _passing_state(r_km: Floats, v_km_s: Floats, plan: Plan) -> tuple[Floats, Floats]:
    """Return a state at the plan's miss distance whose range rate to (r, v) is zero."""
    turn, clock = np.radians(plan.turn_deg), np.radians(plan.clock_deg)
    up = r_km / np.linalg.norm(r_km)
    turned = v_km_s * np.cos(turn) + np.cross(up, v_km_s) * np.sin(turn) + up * (up @ v_km_s) * (1 - np.cos(turn))
    v_other = plan.speed_ratio * turned
    along = (v_other - v_km_s) / np.linalg.norm(v_other - v_km_s)
    radial = up - (up @ along) * along
    radial /= np.linalg.norm(radial)
    across = np.cross(along, radial)
    return r_km + plan.miss_distance_km * (np.cos(clock) * radial + np.sin(clock) * across), v_other


def _fit(number: int, epoch_tai_ns: int, at_tai_ns: int, r_km: Floats, v_km_s: Floats) -> ElementArrays:
    """Return elements at `epoch_tai_ns` whose SGP4 state at `at_tai_ns` is (r, v) in TEME.

    First the mean elements at the moment itself, then those at the epoch by propagating back, then Newton steps on
    what the two theories' asymmetry leaves.
    """
    there = _elements(number, at_tai_ns, _mean_elements_at(number, at_tai_ns, r_km, v_km_s))
    mean = _mean_elements_at(number, epoch_tai_ns, *_state(there, epoch_tai_ns))
    for _ in range(20):
        miss = _residual(number, epoch_tai_ns, at_tai_ns, mean, r_km, v_km_s)
        if np.linalg.norm(miss[:3]) < _CLOSE_ENOUGH_KM:
            break
        steps = np.array([1e-3, 1e-7, 1e-7, 1e-7, 1e-7, 1e-7])
        jacobian = np.empty((6, 6))
        for column in range(6):
            moved = mean.copy()
            moved[column] += steps[column]
            jacobian[:, column] = (_residual(number, epoch_tai_ns, at_tai_ns, moved, r_km, v_km_s) - miss) / steps[
                column
            ]
        mean = mean - np.linalg.solve(jacobian, miss)
    return _elements(number, epoch_tai_ns, mean)


def _residual(number: int, epoch_tai_ns: int, at_tai_ns: int, mean: Floats, r_km: Floats, v_km_s: Floats) -> Floats:
    r, v = _state(_elements(number, epoch_tai_ns, mean), at_tai_ns)
    return np.concatenate([r - r_km, 1000.0 * (v - v_km_s)])


def _mean_elements_at(number: int, tai_ns: int, r_km: Floats, v_km_s: Floats) -> Floats:
    """Return the mean elements whose SGP4 state at their own epoch is (r, v): osculating ones, corrected repeatedly."""
    target = _osculating(r_km, v_km_s)
    mean = target.copy()
    for _ in range(30):
        difference = target - _osculating(*_state(_elements(number, tai_ns, mean), tai_ns))
        difference[4:] = (difference[4:] + np.pi) % (2 * np.pi) - np.pi
        mean = mean + difference
        if np.abs(difference).max() < 1e-10:
            break
    return mean


def _osculating(r_km: Floats, v_km_s: Floats) -> Floats:
    """Return semi-major axis [km], e cos ω, e sin ω, inclination, node, ω + M [rad], which near circles stay smooth."""
    radius = np.linalg.norm(r_km)
    momentum = np.cross(r_km, v_km_s)
    inclination = np.arccos(momentum[2] / np.linalg.norm(momentum))
    node = np.arctan2(momentum[0], -momentum[1])
    eccentricity_vector = np.cross(v_km_s, momentum) / _MU_KM3_S2 - r_km / radius
    to_node = np.array([np.cos(node), np.sin(node), 0.0])
    ahead = np.cross(momentum / np.linalg.norm(momentum), to_node)
    e_cos, e_sin = eccentricity_vector @ to_node, eccentricity_vector @ ahead
    eccentricity = np.hypot(e_cos, e_sin)
    argument = np.arctan2(e_sin, e_cos)
    true_anomaly = np.arctan2(r_km @ ahead, r_km @ to_node) - argument
    eccentric_anomaly = 2 * np.arctan2(
        np.sqrt(1 - eccentricity) * np.sin(true_anomaly / 2), np.sqrt(1 + eccentricity) * np.cos(true_anomaly / 2)
    )
    mean_anomaly = eccentric_anomaly - eccentricity * np.sin(eccentric_anomaly)
    semi_major_axis_km = 1 / (2 / radius - v_km_s @ v_km_s / _MU_KM3_S2)
    return np.array([semi_major_axis_km, e_cos, e_sin, inclination, node, argument + mean_anomaly])


def _elements(number: int, epoch_tai_ns: int, mean: Floats) -> ElementArrays:
    semi_major_axis_km, e_cos, e_sin, inclination, node, longitude = mean
    argument = np.arctan2(e_sin, e_cos)
    return ElementArrays(
        norad_cat_id=np.array([number], dtype=np.int64),
        epoch_tai_ns=np.array([epoch_tai_ns], dtype=np.int64),
        mean_motion_rev_day=np.array([86400 / (2 * np.pi) * np.sqrt(_MU_KM3_S2 / semi_major_axis_km**3)]),
        eccentricity=np.array([np.hypot(e_cos, e_sin)]),
        inclination_deg=np.array([np.degrees(inclination)]),
        raan_deg=np.array([np.degrees(node) % 360]),
        arg_of_perigee_deg=np.array([np.degrees(argument) % 360]),
        mean_anomaly_deg=np.array([np.degrees(longitude - argument) % 360]),
        bstar=np.array([0.0]),
    )


def _state(elements: ElementArrays, tai_ns: int) -> tuple[Floats, Floats]:
    r_km, v_km_s, error = Propagator(elements).propagate(np.array([tai_ns], dtype=np.int64))
    if error.any():
        raise ArithmeticError(f"object {int(elements.norad_cat_id[0])} cannot be propagated to {tai_ns} (TAI, ns)")
    return r_km[0, 0], v_km_s[0, 0]


def join(objects: list[ElementArrays]) -> ElementArrays:
    """Return the objects of all as one set."""
    names = ElementArrays.__dataclass_fields__
    return ElementArrays(**{name: np.concatenate([getattr(one, name) for one in objects]) for name in names})
