"""Ephemerides: segments, usable intervals, covariances."""

from dataclasses import replace

import numpy as np
import pytest

from astrodynamics import frames, two_body
from astrodynamics.errors import InvalidEphemerisError
from astrodynamics.timescales import SECOND_NS
from astrodynamics.trajectories import Ephemeris, EphemerisSegment

START = 1_726_574_437 * SECOND_NS


def segment(first_s=0, last_s=600, usable=None, speed=1.0, **options):
    """Straight motion along x with a given speed, one sample a minute."""
    seconds = np.arange(first_s, last_s + 1, 60)
    r = np.stack([7000.0 + speed * seconds, 0 * seconds, 0 * seconds], axis=1).astype(float)
    v = np.tile([speed, 0.0, 0.0], (len(seconds), 1))
    begin, end = usable or (first_s, last_s)
    return EphemerisSegment(
        START + seconds * SECOND_NS, r, v, START + begin * SECOND_NS, START + end * SECOND_NS, **options
    )


def at(*seconds):
    return START + np.array(seconds) * SECOND_NS


@pytest.mark.parametrize("options", [{}, {"method": "LAGRANGE", "degree": 5}, {"method": "LINEAR", "degree": 1}])
def test_states_between_samples(options):
    r, v, usable = Ephemeris("a", 1, (segment(**options),)).state(at(30, 599))
    assert usable.all()
    assert np.allclose(r[:, 0], [7030, 7599])
    assert np.allclose(v, [[1, 0, 0], [1, 0, 0]])


def test_nothing_outside_the_usable_interval():
    ephemeris = Ephemeris("a", 1, (segment(usable=(120, 480)),))
    r, v, usable = ephemeris.state(at(119, 120, 480, 481))
    assert usable.tolist() == [False, True, True, False]
    assert np.isnan(r[[0, 3]]).all()
    assert np.isnan(v[[0, 3]]).all()


def test_nothing_is_interpolated_across_a_boundary():
    """The speed changes at 600 s: on either side each segment's own motion, at the boundary the later one's."""
    ephemeris = Ephemeris("a", 1, (segment(0, 600, speed=1.0), segment(600, 1200, speed=2.0)))
    r, v, usable = ephemeris.state(at(599, 600, 601))
    assert usable.all()
    assert np.allclose(v[:, 0], [1, 2, 2])
    assert np.allclose(r[:, 0], [7599, 8200, 8202])
    assert ephemeris.usable_intervals == ((START, START + 1200 * SECOND_NS),)


def test_gaps_are_told():
    ephemeris = Ephemeris("a", 1, (segment(0, 600), segment(900, 1200)))
    assert ephemeris.usable_intervals == (
        (START, START + 600 * SECOND_NS),
        (START + 900 * SECOND_NS, START + 1200 * SECOND_NS),
    )
    assert ephemeris.state(at(700))[2].tolist() == [False]


def test_covariances_belong_to_their_segment():
    covariance = np.stack([np.eye(6) * (1 + k) for k in range(3)])
    straight = segment()
    sideways = {"v_gcrf_km_s": np.add(straight.v_gcrf_km_s, [0.0, 1e-9, 0.0])}  # or there would be no orbit plane
    with_covariance = replace(straight, covariance_tai_ns=at(0, 300, 600), covariance=covariance, **sideways)
    ephemeris = Ephemeris("a", 1, (with_covariance, segment(600, 1200)))
    assert np.allclose(ephemeris.covariance(int(at(150)[0])), np.eye(6) * 1.5)
    assert ephemeris.covariance(int(at(601)[0])) is None
    assert ephemeris.covariance(int(at(9999)[0])) is None


def broken(**changes):
    sound = {
        "tai_ns": at(0, 60, 120),
        "r_gcrf_km": np.ones((3, 3)) * 7000,
        "v_gcrf_km_s": np.ones((3, 3)),
        "usable_start_tai_ns": START,
        "usable_stop_tai_ns": START + 120 * SECOND_NS,
    }
    return {**sound, **changes}


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"tai_ns": at(0, 60, 60)}, "increase"),
        ({"r_gcrf_km": np.ones((2, 3))}, "positions"),
        ({"r_gcrf_km": np.full((3, 3), np.nan)}, "finite"),
        ({"usable_stop_tai_ns": START + 121 * SECOND_NS}, "usable"),
        ({"usable_start_tai_ns": START - 1}, "usable"),
        ({"method": "CHEBYSHEV"}, "CHEBYSHEV"),
        ({"covariance": np.zeros((1, 6, 6))}, "epochs"),
        ({"covariance": np.zeros((1, 5, 5)), "covariance_tai_ns": at(0)}, "6 by 6"),
    ],
)
def test_a_segment_that_contradicts_itself_is_refused(changes, what):
    with pytest.raises(InvalidEphemerisError, match=what):
        EphemerisSegment(**broken(**changes))


def test_an_ephemeris_needs_segments_in_order():
    with pytest.raises(InvalidEphemerisError, match="no segments"):
        Ephemeris("a", 1, ())
    with pytest.raises(InvalidEphemerisError, match="overlap"):
        Ephemeris("a", 1, (segment(0, 600), segment(540, 1200)))


def test_a_covariance_given_each_hour_is_that_of_the_hours_half_way_between():
    """Constant in RTN, as operators give it: half way, after 30 minutes of turning, it is the same in RTN."""
    seconds = np.arange(0, 4 * 3600 + 1, 60)
    angle = 1.1e-3 * seconds
    radius_km, speed_km_s = 6900.0, 6900.0 * 1.1e-3
    r = radius_km * np.stack([np.cos(angle), np.sin(angle), np.zeros_like(angle)], axis=1)
    v = speed_km_s * np.stack([-np.sin(angle), np.cos(angle), np.zeros_like(angle)], axis=1)
    in_rtn = np.diag([1e-4, 4e-2, 1e-4, 1e-8, 1e-10, 1e-10])
    hours = slice(None, None, 60)
    to_inertial = np.swapaxes(frames.rtn_axes(r, v), -1, -2)
    ephemeris = Ephemeris(
        "a",
        1,
        (
            EphemerisSegment(
                tai_ns=at(*seconds),
                r_gcrf_km=r,
                v_gcrf_km_s=v,
                usable_start_tai_ns=int(at(0)[0]),
                usable_stop_tai_ns=int(at(4 * 3600)[0]),
                method="HERMITE",
                degree=7,
                covariance_tai_ns=at(*seconds[hours]),
                covariance=frames.rotate_covariance(np.broadcast_to(in_rtn, (5, 6, 6)), to_inertial[hours]),
            ),
        ),
    )
    for minutes in (6, 30, 90, 235):
        found = ephemeris.covariance(int(at(60 * minutes)[0]))
        assert found is not None
        turned = frames.rotate_covariance(found, frames.rtn_axes(r[minutes], v[minutes]))
        assert np.allclose(turned, in_rtn, atol=1e-12)


def test_an_only_covariance_is_propagated_along_the_two_body_orbit():
    """Monte Carlo of the same motion, in the axes of the object, gives the same covariance."""
    r0, v0 = np.array([6878.0, 0.0, 0.0]), np.array([0.0, 4.0, 6.46])
    seconds = np.arange(0, 3 * 3600 + 1, 60)
    r, v = two_body.propagate(np.tile(r0, (len(seconds), 1)), np.tile(v0, (len(seconds), 1)), seconds)
    sigma = np.diag([0.02, 0.05, 0.01, 5e-5, 2e-5, 1e-5])
    covariance = frames.rotate_covariance(sigma**2, frames.rtn_axes(r0, v0).T)
    only = EphemerisSegment(
        at(*seconds), r, v, int(at(0)[0]), int(at(seconds[-1])[0]), covariance_tai_ns=at(0), covariance=covariance[None]
    )
    ephemeris = Ephemeris("a", 1, (only,))
    when = int(at(2 * 3600)[0])

    samples = np.random.default_rng(1).multivariate_normal(np.concatenate([r0, v0]), covariance, 40_000)
    moved = np.concatenate(two_body.propagate(samples[:, :3], samples[:, 3:], 7200.0), axis=1)
    sampled = np.cov(moved.T)
    scale = np.sqrt(np.outer(np.diagonal(sampled), np.diagonal(sampled)))
    assert np.abs((ephemeris.covariance(when) - sampled) / scale).max() < 0.03
    assert np.linalg.eigvalsh(ephemeris.covariance(when))[0] > 0
    assert np.allclose(ephemeris.covariance(int(at(0)[0])), covariance, rtol=1e-12, atol=1e-18)
    assert ephemeris.covariance_is_propagated(when)
    assert not ephemeris.covariance_is_propagated(int(at(0)[0]))
    assert not ephemeris.covariance_is_propagated(int(at(99_999)[0]))


def test_an_only_covariance_from_outside_its_states_is_not_used():
    outside = replace(segment(0, 600), covariance_tai_ns=at(700), covariance=np.eye(6)[None])
    assert Ephemeris("a", 1, (outside,)).covariance(int(at(300)[0])) is None
