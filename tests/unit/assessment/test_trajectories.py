"""Trajectories of orbit ephemeris messages and their columns."""

from dataclasses import replace

import numpy as np
import pytest
from support.encounter_cases import RTN_VARIANCES_KM2, TCA_TAI_NS, TCA_UTC, circular_states, ephemeris, oem

from assessment.errors import AssessmentError, InvalidColumnsError
from assessment.trajectories import ephemeris_from_columns, ephemeris_from_oem, ephemeris_to_columns
from astrodynamics import frames, timescales

TWO_MILLIMETRES_KM = 2e-6


def states_at(trajectory, seconds):
    r_km, v_km_s, usable = trajectory.state(TCA_TAI_NS + (np.asarray(seconds) * 1e9).astype(np.int64))
    return r_km, v_km_s, usable


def test_states_between_the_lines_are_interpolated_in_gcrf():
    seconds = np.array([-3600.0, -1234.5, 0.0, 17.25, 3600.0])
    r_km, v_km_s, usable = states_at(ephemeris(25544, 51.6), seconds)
    expected_r, expected_v = circular_states(seconds, 7000.0, 51.6)
    assert usable.all()
    np.testing.assert_allclose(r_km, expected_r, atol=TWO_MILLIMETRES_KM)
    np.testing.assert_allclose(v_km_s, expected_v, atol=1e-8)


def test_states_of_another_frame_are_turned():
    teme = ephemeris(25544, 51.6, ref_frame="TEME", covariance_frame=None)
    given, _ = circular_states(np.array([60.0]), 7000.0, 51.6)
    at = np.array([TCA_TAI_NS + 60_000_000_000])
    expected, _ = frames.to_gcrf(given, given, "TEME", at)
    np.testing.assert_allclose(teme.state(at)[0], expected, atol=TWO_MILLIMETRES_KM)


def test_times_of_another_time_system_are_read_in_it():
    shifted = ephemeris(25544, 51.6, time_system="GPS", covariance_frame=None)
    gps_ahead_s = 18.0
    r_km, _, _ = states_at(shifted, [-gps_ahead_s])
    np.testing.assert_allclose(r_km[0], [7000.0, 0.0, 0.0], atol=TWO_MILLIMETRES_KM)


def test_the_declared_usable_interval_holds_and_else_the_whole_span():
    trimmed = ephemeris(25544, 51.6, useable_start_time=TCA_UTC - np.timedelta64(600, "s"), useable_stop_time=TCA_UTC)
    assert states_at(trimmed, [-601.0, -600.0, 0.0, 1.0])[2].tolist() == [False, True, True, False]
    assert states_at(ephemeris(25544, 51.6), [-3600.0, 3600.0, 3600.1])[2].tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("declared", "method", "degree"),
    [
        ({}, "HERMITE", 7),
        ({"interpolation": "hermite", "interpolation_degree": 5}, "HERMITE", 5),
        ({"interpolation": "LAGRANGE", "interpolation_degree": 8}, "LAGRANGE", 8),
        ({"interpolation": "LINEAR", "interpolation_degree": 1}, "LINEAR", 1),
    ],
)
def test_interpolation_is_as_declared_and_hermite_7_where_the_message_is_silent(declared, method, degree):
    segment = ephemeris(25544, 51.6, **declared).segments[0]
    assert (segment.method, segment.degree) == (method, degree)


@pytest.mark.parametrize("name", ["RTN", "RSW", "UVW", "QSW"])
def test_covariances_of_the_local_frame_are_turned_by_the_state_at_their_epoch(name):
    covariance = ephemeris(25544, 51.6, covariance_frame=name).covariance(TCA_TAI_NS)
    r_km, v_km_s = circular_states(np.array([0.0]), 7000.0, 51.6)
    back = frames.rotate_covariance(covariance, frames.rtn_axes(r_km[0], v_km_s[0]))
    np.testing.assert_allclose(back, np.diag(RTN_VARIANCES_KM2), rtol=1e-6, atol=1e-12)


def test_tnw_covariances_lie_along_the_velocity():
    covariance = ephemeris(25544, 51.6, covariance_frame="TNW").covariance(TCA_TAI_NS)
    _, velocity = circular_states(np.array([0.0]), 7000.0, 51.6)
    along = velocity[0] / np.linalg.norm(velocity[0])
    assert along @ covariance[:3, :3] @ along == pytest.approx(RTN_VARIANCES_KM2[0], rel=1e-6)


def test_an_earth_fixed_ephemeris_is_that_of_the_same_orbit_in_inertial_axes():
    """States and covariances of one orbit, written in GCRF and in ITRF, make one trajectory."""
    inertial = oem(51.6, covariance_frame=None)
    (segment,) = inertial.segments
    tai_ns = timescales.to_tai_ns(segment.epochs, "UTC")
    r_km, v_km_s = frames.from_gcrf(segment.positions_km, segment.velocities_km_s, "ITRF", tai_ns)
    metadata = replace(segment.metadata, ref_frame="ITRF2014")
    fixed = replace(segment, metadata=metadata, positions_km=r_km, velocities_km_s=v_km_s)
    as_given, turned = (
        ephemeris_from_oem(replace(inertial, segments=(part,)), norad_cat_id=1, designator="d")
        for part in (segment, fixed)
    )
    for mine, other in zip(as_given.state(tai_ns[1:-1] + 7), turned.state(tai_ns[1:-1] + 7), strict=True):
        np.testing.assert_allclose(other, mine, rtol=0, atol=1e-8)


def test_covariances_of_earth_fixed_axes_take_the_turning_of_the_earth_along():
    """Monte Carlo: errors of a state in ITRF, carried to GCRF one by one, have the covariance that is carried there."""
    at_ns = np.array([TCA_TAI_NS])
    state = np.concatenate([part[0] for part in circular_states(np.array([0.0]), 7000.0, 51.6)])
    r_km, v_km_s = frames.from_gcrf(state[None, :3], state[None, 3:], "ITRF", at_ns)
    sigma = np.array([0.5, 1.0, 0.7, 1e-5, 1e-5, 1e-5])
    samples = np.random.default_rng(1).normal(np.concatenate([r_km[0], v_km_s[0]]), sigma, (20_000, 6))
    carried = np.concatenate(
        frames.to_gcrf(samples[:, :3], samples[:, 3:], "ITRF", np.full(len(samples), TCA_TAI_NS)), axis=1
    )
    expected = np.cov(carried.T)
    found = frames.covariance_to_gcrf(np.diag(sigma**2)[None], "ITRF", at_ns)[0]
    scale = np.sqrt(np.outer(np.diagonal(expected), np.diagonal(expected)))
    assert np.abs((found - expected) / scale).max() < 0.04
    assert found[4, 4] > (3e-5) ** 2  # 1 km of position error is 7e-5 km/s of inertial velocity


def test_covariances_without_a_frame_are_in_the_frame_of_the_states():
    message = oem(51.6, covariance_frame="RTN")
    segment = message.segments[0]
    unnamed = replace(segment.covariances, frames=(None,) * len(segment.covariances))
    trajectory = ephemeris_from_oem(
        replace(message, segments=(replace(segment, covariances=unnamed),)), norad_cat_id=1, designator="d"
    )
    (only,) = trajectory.segments
    given_at = int(only.covariance_tai_ns[len(only.covariance_tai_ns) // 2])
    np.testing.assert_allclose(trajectory.covariance(given_at), np.diag(RTN_VARIANCES_KM2), rtol=1e-9, atol=1e-15)


def test_no_covariance_is_invented():
    assert ephemeris(25544, 51.6, covariance_frame=None).covariance(TCA_TAI_NS) is None


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"ref_frame": "MARS_FIXED"}, "unknown_frame", "MARS_FIXED"),
        ({"time_system": "MET"}, "unknown_time_system", "MET"),
        ({"covariance_frame": "ROTATING_BEAM"}, "unknown_frame", "ROTATING_BEAM"),
        ({"center_name": "MOON"}, "unusable_trajectory", "MOON"),
        ({"interpolation": "SPLINE"}, "unusable_trajectory", "SPLINE"),
        ({"start_time": TCA_UTC + np.timedelta64(2, "h")}, "unusable_trajectory", "usable interval"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_segment_and_the_reason(changes, code, words):
    with pytest.raises(AssessmentError, match=words) as caught:
        ephemeris(25544, 51.6, **changes)
    assert caught.value.code == code
    assert "egment" in str(caught.value) or "interpolation" in str(caught.value)


@pytest.mark.parametrize("count", [0, 1])
def test_a_segment_of_fewer_than_two_states_is_refused(count):
    segment = oem(51.6, covariance_frame=None).segments[0]
    short = replace(
        segment,
        epochs=segment.epochs[:count],
        positions_km=segment.positions_km[:count],
        velocities_km_s=segment.velocities_km_s[:count],
    )
    with pytest.raises(AssessmentError, match=f"Segment 1 has {count} state vector"):
        ephemeris_from_oem(replace(oem(51.6), segments=(short,)), norad_cat_id=1, designator="d")


def test_segments_whose_usable_intervals_overlap_are_refused():
    segment = oem(51.6).segments[0]
    with pytest.raises(AssessmentError, match="overlap"):
        ephemeris_from_oem(replace(oem(51.6), segments=(segment, segment)), norad_cat_id=1, designator="d")


def test_columns_read_back_as_the_same_trajectory():
    original = ephemeris(25544, 51.6)
    content = ephemeris_to_columns(original)
    restored = ephemeris_from_columns(content)
    assert (restored.designator, restored.norad_cat_id) == (original.designator, 25544)
    assert restored.usable_intervals == original.usable_intervals
    np.testing.assert_array_equal(states_at(restored, [12.5])[0], states_at(original, [12.5])[0])
    np.testing.assert_array_equal(restored.covariance(TCA_TAI_NS), original.covariance(TCA_TAI_NS))
    assert ephemeris_to_columns(restored) == content


def test_the_same_trajectory_gives_the_same_bytes():
    assert ephemeris_to_columns(ephemeris(25544, 51.6)) == ephemeris_to_columns(ephemeris(25544, 51.6))


def test_several_segments_survive_storage():
    first = oem(51.6).segments[0]
    later = replace(
        first,
        epochs=first.epochs + np.timedelta64(7200, "s"),
        covariances=None,
        metadata=replace(
            first.metadata,
            start_time=first.metadata.start_time + np.timedelta64(7200, "s"),
            stop_time=first.metadata.stop_time + np.timedelta64(7200, "s"),
        ),
    )
    both = ephemeris_from_oem(replace(oem(51.6), segments=(first, later)), norad_cat_id=1, designator="d")
    restored = ephemeris_from_columns(ephemeris_to_columns(both))
    assert len(restored.segments) == 2
    assert restored.segments[0].covariance is not None
    assert restored.segments[1].covariance is None


@pytest.mark.parametrize("content", [b"", b"not columns", b"PK\x03\x04truncated"])
def test_damaged_columns_are_refused(content):
    with pytest.raises(InvalidColumnsError):
        ephemeris_from_columns(content)


def test_a_cut_object_is_refused():
    content = ephemeris_to_columns(ephemeris(25544, 51.6))
    with pytest.raises(InvalidColumnsError):
        ephemeris_from_columns(content[: len(content) // 2])
