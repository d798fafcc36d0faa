"""Geometry of an encounter."""

import numpy as np
import pytest

from astrodynamics import encounter
from astrodynamics.encounter_duration import encounter_bounds_s

POSITION = np.array([7000.0, 0.0, 0.0])
VELOCITY = np.array([0.0, 7.5, 0.0])


def test_closest_approach_of_straight_lines():
    offset = encounter.tca_offset_s(np.array([-3.0, 4.0, 0.0]), np.array([1.5, 0.0, 0.0]))
    assert offset == pytest.approx(2.0)


def test_a_pair_at_rest_has_no_offset():
    assert encounter.tca_offset_s(np.array([1.0, 2.0, 3.0]), np.zeros(3)) == 0.0


def test_relative_state_is_resolved_along_radial_in_track_and_cross_track():
    position, velocity = encounter.relative_rtn(
        POSITION, VELOCITY, POSITION + np.array([0.1, 0.2, 0.3]), VELOCITY + np.array([1.0, 2.0, 3.0])
    )
    np.testing.assert_allclose(position, [0.1, 0.2, 0.3], atol=1e-12)
    np.testing.assert_allclose(velocity, [1.0, 2.0, 3.0], atol=1e-12)


def test_the_encounter_plane_is_normal_to_the_velocity_with_the_miss_along_x():
    rng = np.random.default_rng(1)
    velocity = rng.normal(size=(20, 3))
    position = np.cross(velocity, rng.normal(size=(20, 3)))
    plane = encounter.encounter_plane(position, velocity, np.broadcast_to(np.eye(3), (20, 3, 3)))
    np.testing.assert_allclose(np.einsum("ij,ij->i", plane.axis_x, position), plane.miss_distance_km, rtol=1e-12)
    np.testing.assert_allclose(np.einsum("ij,ij->i", plane.axis_x, velocity), 0.0, atol=1e-12)
    np.testing.assert_allclose(np.einsum("ij,ij->i", plane.axis_y, velocity), 0.0, atol=1e-12)
    np.testing.assert_allclose(plane.covariance_km2, np.broadcast_to([1.0, 0.0, 1.0], (20, 3)), atol=1e-12)


def test_a_vanishing_miss_still_has_a_plane():
    plane = encounter.encounter_plane(np.zeros(3), VELOCITY, np.diag([4.0, 1.0, 9.0]))
    ellipse, smaller, larger = encounter.encounter_ellipse(plane)
    assert smaller == pytest.approx(4.0)
    assert larger == pytest.approx(9.0)
    assert ellipse.sigma_major_km == pytest.approx(3.0)


def test_the_ellipse_of_a_narrow_covariance_keeps_its_width():
    angle, narrow, wide = 0.6, 1e-9, 1.0
    axes = np.array([[np.cos(angle), -np.sin(angle), 0.0], [np.sin(angle), np.cos(angle), 0.0], [0.0, 0.0, 1.0]])
    extended = axes.astype(np.longdouble) @ np.diag([wide, narrow, 1.0]) @ axes.T.astype(np.longdouble)
    plane = encounter.encounter_plane(
        np.array([1.0, 0.0, 0.0], dtype=np.longdouble), np.array([0.0, 0.0, 1.0], dtype=np.longdouble), extended
    )
    ellipse, _, _ = encounter.encounter_ellipse(plane)
    assert ellipse.sigma_minor_km == pytest.approx(np.sqrt(narrow), rel=1e-6)
    assert ellipse.sigma_major_km == pytest.approx(np.sqrt(wide), rel=1e-12)


def test_orbital_period_of_a_circular_orbit():
    speed = np.sqrt(encounter.EARTH_MU_KM3_S2 / 42164.0)
    period = encounter.orbital_period_s(np.array([42164.0, 0.0, 0.0]), np.array([0.0, speed, 0.0]))
    assert period == pytest.approx(86163.6, abs=0.5)
    assert np.isinf(encounter.orbital_period_s(POSITION, np.array([0.0, 12.0, 0.0])))


def test_encounter_bounds_of_an_isotropic_covariance():
    """Coppola (2012) with b = 0: minus and plus sqrt(2) erfc⁻¹(1e-16) sigma over v, the radius on the early side."""
    begin, end = encounter_bounds_s(np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, 10.0]), np.eye(3) * 0.04, 0.01)
    reach = np.sqrt(2.0) * 5.872370090453963 * 0.2
    assert begin == pytest.approx((-reach - 0.01) / 10.0)
    assert end == pytest.approx(reach / 10.0)


def test_a_pair_without_relative_velocity_never_separates():
    begin, end = encounter_bounds_s(np.array([1.0, 0.0, 0.0]), np.zeros(3), np.eye(3), 0.01)
    assert begin == -np.inf
    assert end == np.inf
