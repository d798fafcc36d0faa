"""The estimate of the interpolation error, against the true one on orbits whose states are known everywhere."""

import numpy as np
import pytest

from astrodynamics.interpolation_error import interpolation_error
from astrodynamics.timescales import SECOND_NS
from astrodynamics.trajectories import Ephemeris, EphemerisSegment
from astrodynamics.two_body import propagate

LOW = (np.array([6878.0, 0.0, 0.0]), np.array([0.0, 4.0, 6.46]))
ECCENTRIC = (np.array([6700.0, 0.0, 0.0]), np.array([0.0, 9.0, 4.5]))


def sampled(orbit, step_s: int, *, method="HERMITE", degree=7, hours: float = 6.0) -> Ephemeris:
    seconds = np.arange(0, hours * 3600 + 1, step_s)
    r, v = propagate(np.tile(orbit[0], (len(seconds), 1)), np.tile(orbit[1], (len(seconds), 1)), seconds)
    tai_ns = (seconds * SECOND_NS).astype(np.int64)
    segment = EphemerisSegment(tai_ns, r, v, int(tai_ns[0]), int(tai_ns[-1]), method=method, degree=degree)
    return Ephemeris("an ephemeris", 1, (segment,))


def true_error_m(ephemeris: Ephemeris, orbit) -> float:
    tai_ns = ephemeris.segments[0].tai_ns
    middles = (tai_ns[:-1] + tai_ns[1:]) // 2
    r, _, _ = ephemeris.state(middles)
    true_r, _ = propagate(
        np.tile(orbit[0], (len(middles), 1)), np.tile(orbit[1], (len(middles), 1)), middles / SECOND_NS
    )
    return float(1e3 * np.linalg.norm(r - true_r, axis=1).max())


@pytest.mark.parametrize(
    ("orbit", "step_s", "method", "degree"),
    [
        (LOW, 240, "HERMITE", 7),
        (LOW, 300, "HERMITE", 5),
        (LOW, 120, "LAGRANGE", 7),
        (LOW, 60, "LINEAR", 1),
        (ECCENTRIC, 120, "HERMITE", 7),
        (ECCENTRIC, 60, "LAGRANGE", 5),
    ],
)
def test_the_estimate_is_of_the_size_of_the_true_error(orbit, step_s, method, degree):
    ephemeris = sampled(orbit, step_s, method=method, degree=degree)
    estimate = interpolation_error(ephemeris)
    true_m = true_error_m(ephemeris, orbit)
    assert estimate is not None
    assert true_m / 4 < estimate.position_m < true_m * 4


def test_the_worst_place_of_an_eccentric_orbit_is_near_perigee():
    ephemeris = sampled(ECCENTRIC, 120, hours=12)
    estimate = interpolation_error(ephemeris)
    r, _, _ = ephemeris.state(np.array([estimate.tai_ns]))
    assert np.linalg.norm(r[0]) < 10_000.0
    assert estimate.step_s == pytest.approx(120.0)


@pytest.mark.parametrize(("step_s", "too_long"), [(60, False), (180, False), (900, True)])
def test_a_step_is_too_long_for_an_orbit(step_s, too_long):
    assert interpolation_error(sampled(LOW, step_s)).step_is_too_long is too_long


def test_straight_lines_through_an_orbit_are_too_coarse_at_a_minute():
    estimate = interpolation_error(sampled(LOW, 60, method="LINEAR", degree=1))
    assert estimate.step_is_too_long
    assert estimate.left_out_m == pytest.approx(4 * estimate.position_m)


def test_the_worst_segment_is_named():
    fine, coarse = sampled(LOW, 60).segments[0], sampled(LOW, 600).segments[0]
    later_ns = coarse.tai_ns + fine.usable_stop_tai_ns
    later = EphemerisSegment(
        later_ns, coarse.r_gcrf_km, coarse.v_gcrf_km_s, int(later_ns[0]), int(later_ns[-1]), degree=7
    )
    assert interpolation_error(Ephemeris("two", 1, (fine, later))).segment == 1


def test_too_few_samples_give_no_estimate():
    assert interpolation_error(sampled(LOW, 3600, hours=5.0)) is None
