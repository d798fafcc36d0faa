"""Interpolation within one run of samples."""

import numpy as np
import pytest

from astrodynamics.errors import InvalidEphemerisError
from astrodynamics.interpolation import hermite, interpolate_covariance, is_positive_semi_definite, lagrange, points_of
from astrodynamics.timescales import SECOND_NS

START = 1_700_000_000 * SECOND_NS
one_millimetre_km = 1e-6


def circular(seconds, radius_km=7000.0):
    rate = np.sqrt(398_600.4418 / radius_km**3)
    angle = rate * np.asarray(seconds, dtype=float)
    r = radius_km * np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1)
    v = radius_km * rate * np.stack([-np.sin(angle), np.cos(angle), 0 * angle], axis=1)
    return r, v


def samples(step_s=60, count=30):
    seconds = np.arange(count) * step_s
    return START + seconds * SECOND_NS, *circular(seconds)


@pytest.mark.parametrize("degree", [3, 5, 7, 9, 11])
def test_hermite_reproduces_polynomials_of_its_degree(degree):
    rng = np.random.default_rng(degree)
    polynomial = [np.polynomial.Polynomial(rng.normal(size=degree + 1) * 7000, domain=[0, 600]) for _ in range(3)]
    nodes = np.arange(0, 601, 60)
    r = np.stack([axis(nodes) for axis in polynomial], axis=1)
    v = np.stack([axis.deriv()(nodes) for axis in polynomial], axis=1)
    at = np.linspace(0, 600, 57).astype(np.int64)
    position, velocity = hermite(START + nodes * SECOND_NS, r, v, START + at * SECOND_NS, degree=degree)
    assert np.allclose(position, np.stack([axis(at) for axis in polynomial], axis=1), rtol=1e-9, atol=1e-6)
    assert np.allclose(velocity, np.stack([axis.deriv()(at) for axis in polynomial], axis=1), rtol=1e-9, atol=1e-7)


def test_hermite_of_degree_7_follows_a_low_orbit_at_one_minute_steps():
    epochs, r, v = samples()
    at = START + np.arange(0, 29 * 60 * 10, 7) * (SECOND_NS // 10)
    position, velocity = hermite(epochs, r, v, at)
    expected_r, expected_v = circular((at - START) / SECOND_NS)
    assert np.abs(position - expected_r).max() < one_millimetre_km
    assert np.abs(velocity - expected_v).max() < one_millimetre_km


def test_lagrange_passes_through_its_samples_and_between_them():
    epochs, r, v = samples()
    position, velocity = lagrange(epochs, r, v, epochs, degree=8)
    assert np.allclose(position, r, rtol=0, atol=1e-10)
    assert np.allclose(velocity, v, rtol=0, atol=1e-12)
    position, _ = lagrange(epochs, r, v, epochs[:-1] + 29 * SECOND_NS, degree=9)
    assert np.abs(position - circular((epochs[:-1] - START) / SECOND_NS + 29)[0]).max() < one_millimetre_km


def test_an_instant_outside_the_samples_is_refused():
    epochs, r, v = samples()
    for outside in (epochs[0] - 1, epochs[-1] + 1):
        with pytest.raises(InvalidEphemerisError, match="outside"):
            hermite(epochs, r, v, np.array([outside]))


def test_samples_out_of_order_are_refused():
    epochs, r, v = samples()
    epochs[3] = epochs[2]
    with pytest.raises(InvalidEphemerisError, match="increase"):
        lagrange(epochs, r, v, epochs[:1], degree=5)


@pytest.mark.parametrize(
    ("method", "degree", "available", "points"),
    [
        ("HERMITE", 7, 100, 4),
        ("HERMITE", 8, 100, 5),
        ("HERMITE", 7, 3, 3),
        ("LAGRANGE", 5, 100, 6),
        ("LINEAR", 1, 9, 2),
    ],
)
def test_how_many_samples_a_degree_takes(method, degree, available, points):
    assert points_of(method, degree, available) == points


@pytest.mark.parametrize(("method", "degree", "available"), [("SPLINE", 3, 9), ("LAGRANGE", 0, 9), ("HERMITE", 7, 1)])
def test_what_can_not_be_interpolated_is_refused(method, degree, available):
    with pytest.raises(InvalidEphemerisError):
        points_of(method, degree, available)


def growing_covariances(count=9):
    epochs = START + np.arange(count) * 600 * SECOND_NS
    scale = (1.0 + np.arange(count) / 4.0) ** 2
    root = np.tril(np.random.default_rng(3).normal(size=(6, 6))) + 3 * np.eye(6)
    return epochs, scale[:, None, None] * (root @ root.T)


def test_a_covariance_that_grows_as_a_square_is_interpolated_exactly():
    epochs, covariances = growing_covariances()
    middle = interpolate_covariance(epochs, covariances, int(epochs[3]) + 123 * SECOND_NS)
    assert np.allclose(middle, covariances[0] * (1.0 + (3 + 123 / 600) / 4.0) ** 2, rtol=1e-12)


def test_a_covariance_at_its_own_epoch_is_itself():
    epochs, covariances = growing_covariances()
    assert np.allclose(interpolate_covariance(epochs, covariances, int(epochs[-1])), covariances[-1])
    assert np.allclose(interpolate_covariance(epochs[:1], covariances[:1], int(epochs[0])), covariances[0])


def test_no_covariance_is_invented():
    epochs, covariances = growing_covariances()
    assert interpolate_covariance(epochs, covariances, int(epochs[0]) - 1) is None
    assert interpolate_covariance(epochs, covariances, int(epochs[-1]) + 1) is None
    assert interpolate_covariance(epochs[:0], covariances[:0], START) is None


def test_an_interpolated_covariance_that_is_none_is_withheld():
    """A jump by six orders of magnitude makes the polynomial swing below zero."""
    epochs, covariances = growing_covariances()
    covariances[:4] *= 1e-6
    assert interpolate_covariance(epochs, covariances, int(epochs[2]) + 300 * SECOND_NS) is None


def test_definiteness_does_not_depend_on_units():
    covariance = np.diag([1e12, 1e12, 1e12, 1e-12, 1e-12, 1e-12])
    assert is_positive_semi_definite(covariance)
    covariance[0, 3] = covariance[3, 0] = 1.1
    assert not is_positive_semi_definite(covariance)
    assert is_positive_semi_definite(np.zeros((6, 6)))
    assert not is_positive_semi_definite(np.full((6, 6), np.nan))
