"""Frames: rotations against published numbers, and the local orbital axes."""

import numpy as np
import pytest

from astrodynamics.errors import InvalidStateError, UnknownFrameError
from astrodynamics.frames import (
    from_gcrf,
    hourly_rotations_to_gcrf,
    rotate_covariance,
    rotation_to_gcrf,
    rtn_axes,
    to_gcrf,
)
from astrodynamics.timescales import SECOND_NS, parse_iso_utc

VALLADO_EPOCH = np.array([parse_iso_utc("2004-04-06T07:51:28.386009Z")])
one_centimetre_km = 1e-5
a_hundredth_of_a_millimetre_s_km_s = 1e-8


def test_teme_to_gcrf_as_vallado():
    """Vallado, Fundamentals of Astrodynamics and Applications, 4th ed., example 3-15 and table 3-6."""
    r, v = to_gcrf(
        np.array([[5094.18016210, 6127.64465950, 6380.34453270]]),
        np.array([[-4.7461314870, 0.7858180410, 5.5319312880]]),
        "TEME",
        VALLADO_EPOCH,
    )
    assert np.abs(r - [5102.50895790, 6123.01140070, 6378.13692820]).max() < one_centimetre_km
    assert np.abs(v - [-4.7432201570, 0.7905364970, 5.5337557270]).max() < a_hundredth_of_a_millimetre_s_km_s


def test_teme_and_tod_share_their_pole_and_differ_by_the_equation_of_the_equinoxes():
    """The same example: TOD differs from TEME by a turn about z of about 1e-5 rad."""
    teme, tod = (rotation_to_gcrf(frame, VALLADO_EPOCH)[0] for frame in ("TEME", "TOD"))
    turn = tod.T @ teme
    assert abs(turn[2, 2] - 1.0) < 1e-13
    # published TOD x against TEME x of that satellite: 0.336 km in 6127.6 km
    assert np.arctan2(turn[1, 0], turn[0, 0]) == pytest.approx(-0.3360409 / 6127.5, rel=0.01)


def test_eme2000_differs_by_the_frame_bias():
    """IERS Conventions (2010), 5.4.4: offsets of the pole of -16.617 and -6.819 mas, of the equinox of -14.6 mas."""
    milliarcsecond = np.pi / 180 / 3600 / 1000
    bias = rotation_to_gcrf("EME2000", VALLADO_EPOCH)[0].T
    assert bias[0, 2] / milliarcsecond == pytest.approx(16.617, abs=0.01)
    assert bias[1, 2] / milliarcsecond == pytest.approx(6.819, abs=0.01)
    assert bias[0, 1] / milliarcsecond == pytest.approx(-14.6, abs=0.1)


@pytest.mark.parametrize("frame", ["GCRF", "ICRF", "EME2000", "J2000", "TOD", "TEME", "teme of date"])
def test_there_and_back_is_the_same_state(frame):
    r, v = np.array([[7000.0, -1200.0, 300.0]]), np.array([[1.0, 7.0, -0.5]])
    there = from_gcrf(r, v, frame, VALLADO_EPOCH)
    back = to_gcrf(*there, frame, VALLADO_EPOCH)
    assert np.allclose(back[0], r, rtol=0, atol=1e-9)
    assert np.allclose(back[1], v, rtol=0, atol=1e-12)


def test_interpolated_rotations_are_the_exact_ones():
    """To a few micrometres at geostationary distance."""
    exact = np.concatenate([hourly_rotations_to_gcrf("TEME", 475_000 + k, 1) for k in range(3)])
    off_knot = rotation_to_gcrf("TEME", (475_000 + np.arange(3)) * 3600 * SECOND_NS)
    assert np.abs(exact - off_knot).max() < 1e-15
    middle = (475_000 * 3600 + 1800) * SECOND_NS
    from astrodynamics.frames import _rotation_at

    assert np.abs(rotation_to_gcrf("TEME", np.array([middle])) - _rotation_at("TEME", np.array([middle]))).max() < 1e-13


def test_a_rotation_does_not_depend_on_its_neighbours():
    instants = VALLADO_EPOCH[0] + np.arange(0, 7200, 60) * SECOND_NS
    together = rotation_to_gcrf("TEME", instants)
    alone = np.concatenate([rotation_to_gcrf("TEME", instants[k : k + 1]) for k in range(len(instants))])
    assert np.array_equal(together, alone)


@pytest.mark.parametrize("frame", ["ITRFX", "ITRF20", "GRC", "", "LVLH"])
def test_other_frames_are_refused_with_the_known_ones(frame):
    with pytest.raises(UnknownFrameError, match=r"GCRF.*EME2000.*TEME"):
        rotation_to_gcrf(frame, VALLADO_EPOCH)


def test_rtn_axes_of_a_simple_orbit():
    axes = rtn_axes(np.array([7000.0, 0.0, 0.0]), np.array([0.1, 0.0, 7.5]))
    assert np.allclose(axes, [[1, 0, 0], [0, 0, 1], [0, -1, 0]])


def test_rtn_axes_are_orthonormal_and_right_handed_for_many_states():
    rng = np.random.default_rng(1)
    axes = rtn_axes(rng.normal(size=(50, 4, 3)) * 7000, rng.normal(size=(50, 4, 3)) * 7)
    assert axes.shape == (50, 4, 3, 3)
    assert np.allclose(axes @ np.swapaxes(axes, -1, -2), np.eye(3), atol=1e-14)
    assert np.allclose(np.linalg.det(axes), 1.0)


@pytest.mark.parametrize("v", [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
def test_without_an_orbit_plane_there_are_no_axes(v):
    with pytest.raises(InvalidStateError, match="plane"):
        rtn_axes(np.array([7000.0, 0.0, 0.0]), np.array(v))


def test_a_covariance_turns_by_blocks_and_back():
    rng = np.random.default_rng(2)
    root = rng.normal(size=(6, 6))
    covariance = root @ root.T
    axes = rtn_axes(np.array([6000.0, 2000.0, -1000.0]), np.array([-1.0, 6.0, 3.0]))
    local = rotate_covariance(covariance, axes)
    assert np.allclose(local[:3, :3], axes @ covariance[:3, :3] @ axes.T)
    assert np.allclose(local[3:, :3], axes @ covariance[3:, :3] @ axes.T)
    assert np.allclose(rotate_covariance(local, axes.T), covariance)
