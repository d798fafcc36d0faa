"""The disk integral against quadrature with 40 digits, over the shapes that break other methods."""

import mpmath
import numpy as np
import pytest

from astrodynamics import probability


def disk_truth(miss_major: float, miss_minor: float, sigma_major: float, sigma_minor: float, radius: float) -> float:
    """The normal probability of the disk, by adaptive quadrature along the minor axis with mpmath's error functions."""
    with mpmath.workdps(40):
        x, z, a, b, R = (mpmath.mpf(value) for value in (miss_major, miss_minor, sigma_major, sigma_minor, radius))

        def integrand(theta):
            chord = R * mpmath.sin(theta)
            s = (z - R * mpmath.cos(theta)) / b
            p, q = (x - chord) / (a * mpmath.sqrt(2)), (x + chord) / (a * mpmath.sqrt(2))
            return mpmath.exp(-s * s / 2) * (mpmath.erfc(p) - mpmath.erfc(q)) / 2 * chord

        points = [mpmath.pi * k / 200 for k in range(201)]
        return float(
            mpmath.quad(integrand, points, method="gauss-legendre", maxdegree=3) / (b * mpmath.sqrt(2 * mpmath.pi))
        )


CASES = {
    "typical LEO encounter": (300.0, 80.0, 400.0, 60.0, 10.0),
    "disk much smaller than the ellipse": (2000.0, 10.0, 5000.0, 900.0, 1.0),
    "head-on, centred": (0.0, 0.0, 20.0, 20.0, 10.0),
    "disk a hundred times wider than the ellipse, edge through the mean": (1000.0, 0.0, 10.0, 10.0, 1000.0),
    "wide disk, edge reached obliquely": (720.0, 720.0, 10.0, 6.0, 1000.0),
    "wide disk, nearest along the minor axis": (0.0, 1030.0, 30.0, 8.0, 1000.0),
    "needle": (40.0, 3.0, 100.0, 0.05, 5.0),
    "far along the minor axis": (0.0, 250.0, 300.0, 10.0, 5.0),
    "far along the major axis": (900.0, 0.0, 40.0, 10.0, 5.0),
    "tail near 1e-160": (200.0, 262.0, 30.0, 10.0, 5.0),
    "tail near 1e-290": (250.0, 360.0, 50.0, 10.0, 5.0),
}

ORTHOGONAL_MOTION = (np.array([0.0, 0.0, 7.5]), np.array([0.0, 0.0, -7.5]))


@pytest.mark.parametrize("name", CASES)
def test_disk_agrees_with_quadrature_of_40_digits(name):
    miss_major, miss_minor, sigma_major, sigma_minor, radius = CASES[name]
    covariance = np.diag([sigma_major**2, sigma_minor**2, 100.0]) * 1e-6
    result = probability.collision_probability(
        [7000.0, 0.0, 0.0],
        ORTHOGONAL_MOTION[0],
        covariance * 0.25,
        [7000.0 + miss_major * 1e-3, miss_minor * 1e-3, 0.0],
        ORTHOGONAL_MOTION[1],
        covariance * 0.75,
        radius,
    )
    # The difference of the two positions near 7000 km carries a rounding of 1e-12 km, which the tail amplifies: the
    # truth is taken of the geometry that the doubles hold.
    actual_major = ((7000.0 + miss_major * 1e-3) - 7000.0) * 1e3
    expected = disk_truth(actual_major, miss_minor, sigma_major, sigma_minor, radius)
    assert result.reason is None
    assert result.probability == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("name", [name for name in CASES if "tail" not in name])
def test_square_lies_between_the_disk_and_four_over_pi_of_its_density(name):
    miss_major, miss_minor, sigma_major, sigma_minor, radius = CASES[name]
    covariance = np.diag([sigma_major**2, sigma_minor**2, 100.0]) * 5e-7
    states = (
        [7000.0, 0.0, 0.0],
        ORTHOGONAL_MOTION[0],
        covariance,
        [7000.0 + miss_major * 1e-3, miss_minor * 1e-3, 0.0],
        ORTHOGONAL_MOTION[1],
        covariance,
        radius,
    )
    disk = probability.collision_probability(*states).probability
    square = probability.collision_probability(*states, method="square").probability
    with mpmath.workdps(40):
        expected = mpmath.mpf(1)
        for miss, sigma in ((((7000.0 + miss_major * 1e-3) - 7000.0) * 1e3, sigma_major), (miss_minor, sigma_minor)):
            low, high = (mpmath.mpf(miss) + sign * mpmath.mpf(radius) for sign in (-1, 1))
            scale = sigma * mpmath.sqrt(2)
            expected *= (mpmath.erfc(low / scale) - mpmath.erfc(high / scale)) / 2
    assert square == pytest.approx(float(expected), rel=1e-10)
    assert square >= disk
