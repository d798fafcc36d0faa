"""Orbit regimes."""

import numpy as np
import pytest

from assessment.errors import UnusableTrajectoryError
from assessment.regimes import EARTH_MU_KM3_S2, EARTH_RADIUS_KM, orbit_from_mean_elements, orbit_from_state


def test_orbit_of_a_state_at_perigee():
    perigee, eccentricity = 7000.0, 0.1
    speed = np.sqrt(EARTH_MU_KM3_S2 * (1.0 + eccentricity) / perigee)
    tilt = np.radians(63.4)
    orbit = orbit_from_state(np.array([perigee, 0.0, 0.0]), speed * np.array([0.0, np.cos(tilt), np.sin(tilt)]))
    assert orbit.perigee_altitude_km == pytest.approx(perigee - EARTH_RADIUS_KM)
    assert orbit.apogee_altitude_km == pytest.approx(perigee * 1.1 / 0.9 - EARTH_RADIUS_KM)
    assert orbit.eccentricity == pytest.approx(eccentricity)
    assert orbit.inclination_deg == pytest.approx(63.4)


def test_orbit_of_mean_elements():
    orbit = orbit_from_mean_elements(1.0027379, 0.0002, 0.05)
    assert orbit.period_min == pytest.approx(1436.07, abs=0.01)
    assert orbit.perigee_altitude_km == pytest.approx(42164.2 * 0.9998 - EARTH_RADIUS_KM, abs=1.0)


@pytest.mark.parametrize(("revolutions", "regime"), [(6.4, "near-earth"), (6.39, "deep-space"), (15.5, "near-earth")])
def test_near_earth_ends_at_225_minutes(revolutions, regime):
    assert orbit_from_mean_elements(revolutions, 0.0, 50.0).regime == regime


@pytest.mark.parametrize("speed", [11.5, np.nan])
def test_a_state_without_a_period_is_refused(speed):
    with pytest.raises(UnusableTrajectoryError):
        orbit_from_state(np.array([7000.0, 0.0, 0.0]), np.array([0.0, speed, 0.0]))


def test_mean_motion_must_be_positive():
    with pytest.raises(UnusableTrajectoryError, match="mean motion"):
        orbit_from_mean_elements(0.0, 0.0, 0.0)
