"""Expected collisions on curved orbits: equinoctial elements, peak overlap, 2D-Nc and 3D-Nc.

Expected values are NASA CARA's (see `support.published_encounters`). CARA's 3D-Nc lies 0.08 % above its own 2D-Nc and
above the converged integral over time in all of its events, so 0.1 % is what can be asked for.
"""

import subprocess
import sys

import numpy as np
import pytest
from support.published_encounters import CURVED, LEO_NONLINEAR, SHORT, SLOW

from astrodynamics import probability
from astrodynamics.encounter import EARTH_MU_KM3_S2
from astrodynamics.probability import nc_2d, nc_3d
from astrodynamics.probability.equinoctial import equinoctial_pair
from astrodynamics.probability.equinoctial_kernels import fill_elements, fill_states
from astrodynamics.probability.monte_carlo import MonteCarloSettings, monte_carlo
from astrodynamics.probability.overlap_times import overlap_peaks, pass_window_s
from astrodynamics.probability.two_body_pairs import TwoBodyEncounter
from astrodynamics.two_body import propagate, state_transition

THOUSANDTH = 1e-3
STATES = np.array(
    [
        [7000.0, -1200.0, 300.0, 1.0, 7.2, -0.5],
        [6700.0, 0.0, 0.0, 0.0, 9.0, 4.5],
        [-42164.0, 10.0, 55.0, 0.0, -3.07, 0.1],
        [500.0, 200.0, 7400.0, -6.9, 2.1, 0.3],
    ]
)
"""Near earth, eccentric, geostationary, polar."""


def elements_of(states):
    elements = np.empty_like(states)
    assert np.all(fill_elements(states, elements))
    return elements


def states_after(elements, seconds):
    states, partials = np.empty_like(elements), np.empty((len(elements), 6, 6))
    assert np.all(fill_states(elements, np.full(len(elements), seconds), states, partials))
    return states, partials


def encounter_of(published, **options):
    return TwoBodyEncounter.of(
        published.states_km, published.covariances_km2, published.hard_body_radius_m * 1e-3, **options
    )


def value(published, method, **changes):
    result = probability.collision_probability(*published.arguments, method=method, **changes)
    assert result.reason is None
    return result.probability


# Elements


def test_elements_give_the_state_back():
    states, _ = states_after(elements_of(STATES), 0.0)
    assert states == pytest.approx(STATES, rel=1e-12, abs=1e-9)


def test_a_circular_equatorial_orbit_has_plain_elements():
    speed = float(np.sqrt(EARTH_MU_KM3_S2 / 8000.0))
    found = elements_of(np.array([[0.0, 8000.0, 0.0, -speed, 0.0, 0.0]]))[0]
    assert found == pytest.approx([speed / 8000.0, 0.0, 0.0, 0.0, 0.0, np.pi / 2.0], abs=1e-12)


@pytest.mark.parametrize("seconds", [-4000.0, 1.0, 90_000.0])
def test_motion_is_two_body_motion(seconds):
    states, _ = states_after(elements_of(STATES), seconds)
    for state, moved in zip(STATES, states, strict=True):
        r, v = propagate(state[:3], state[3:], seconds)
        assert moved[:3] == pytest.approx(r[0], abs=1e-5)
        assert moved[3:] == pytest.approx(v[0], abs=1e-8)


@pytest.mark.parametrize("seconds", [0.0, -4000.0, 9000.0])
def test_derivatives_make_the_state_transition(seconds):
    """Derivatives at a time by the inverse of those at time zero."""
    elements = elements_of(STATES)
    _, at_zero = states_after(elements, 0.0)
    _, later = states_after(elements, seconds)
    for i, state in enumerate(STATES):
        expected = state_transition(state[:3], state[3:], seconds)[0]
        found = later[i] @ np.linalg.inv(at_zero[i])
        assert found == pytest.approx(expected, rel=1e-6, abs=1e-6 * np.max(np.abs(expected)))


def test_open_and_exactly_retrograde_orbits_have_no_elements():
    states = np.array([[7000.0, 0.0, 0.0, 0.0, 12.0, 0.0], [7000.0, 0.0, 0.0, 0.0, -7.5, 0.0]])
    assert not np.any(fill_elements(states, np.empty_like(states)))


def test_covariances_survive_the_way_to_elements_and_back():
    pair = equinoctial_pair(CURVED.states_km, CURVED.covariances_km2)
    _, partials = states_after(pair.elements, 0.0)
    for i, covariance in enumerate(CURVED.covariances_km2):
        sigma = np.sqrt(np.diagonal(covariance))
        back = partials[i] @ pair.covariances[i] @ partials[i].T
        assert back / np.outer(sigma, sigma) == pytest.approx(covariance / np.outer(sigma, sigma), abs=1e-7)


# When


def test_a_pass_lies_between_the_greatest_separations():
    """Orbits of one period crossing at right angles are farthest apart a quarter of a revolution from the crossing."""
    radius = 7000.0
    speed = float(np.sqrt(EARTH_MU_KM3_S2 / radius))
    states = np.array([[radius, 0.0, 0.0, 0.0, speed, 0.0], [radius + 0.1, 0.0, 0.0, 0.0, 0.0, speed]])
    pair = equinoctial_pair(states, np.tile(np.diag([1e-2] * 3 + [1e-8] * 3), (2, 1, 1)))
    begin, end = pass_window_s(pair, 0.0)
    assert -begin == pytest.approx(pair.shorter_period_s / 4.0, rel=0.01)
    assert end == pytest.approx(pair.shorter_period_s / 4.0, rel=0.01)


def test_the_greatest_overlap_may_be_far_from_closest_approach():
    """CARA flags this pair of close followers as offset: its collisions are expected 25 minutes before."""
    found = encounter_of(SLOW)
    highest = nc_2d.highest(found.peaks)
    assert -1580.0 < highest.time_s < -1450.0
    assert highest in overlap_peaks(found.pair, found.window_s, found.closest_s, found.floor_km)


# 2D-Nc and 3D-Nc


@pytest.mark.parametrize(
    ("published", "number_2d", "number_3d"),
    [
        pytest.param(SHORT, 0.002323653287456359, 0.0023254865565206046, id="short"),
        pytest.param(CURVED, 1.420596288855526e-06, 1.4217820747509373e-06, id="curved"),
    ],
)
def test_the_values_of_cara(published, number_2d, number_3d):
    assert value(published, "nc_2d") == pytest.approx(number_2d, rel=2e-4)
    assert value(published, "nc_3d") == pytest.approx(number_3d, rel=THOUSANDTH)


def test_curved_motion_makes_the_difference():
    """The straight-line value of the same encounter is a fifth of it, and CARA flags that."""
    assert value(CURVED, "disk") == pytest.approx(2.892467298543496e-07, rel=1e-4)
    assert value(CURVED, "nc_2d") > 4.0 * value(CURVED, "disk")


def test_a_method_that_does_not_hold_says_so_by_itself():
    """The slow encounter: 2D-Nc has no business there, and tells it without anybody asking `multistep`."""
    slow, curved = (probability.collision_probability(*each.arguments, method="nc_2d") for each in (SLOW, CURVED))
    assert "assumptions_violated" in slow.flags
    assert "assumptions_violated" not in curved.flags
    whole = probability.collision_probability(*SLOW.arguments, method="nc_3d")
    held = probability.collision_probability(*CURVED.arguments, method="nc_3d")
    assert "assumptions_violated" in whole.flags
    assert "assumptions_violated" not in held.flags


def test_slow_encounters_need_the_whole_pass():
    """CARA: 1.1537e-5 by 3D-Nc, 1.1664e-5 (1.1439e-5 to 1.1894e-5) by 8.7e8 trials."""
    assert value(SLOW, "nc_3d") == pytest.approx(1.1536896628436228e-05, rel=THOUSANDTH)
    assert 1.143851536931222e-05 < value(SLOW, "nc_3d") < 1.1893558131122976e-05
    assert value(SLOW, "disk") < 1e-160


def test_alfano_with_his_time_limits():
    """Case 7, near earth, nonlinear, retrograde: CARA's 3D-Nc within 1419 s; 1e8 trials gave 1.6011e-4 (2.5e-6)."""
    found = nc_3d.expected_collisions(encounter_of(LEO_NONLINEAR, window_s=(-1419.0, 1419.0)))
    assert found.converged
    assert found.expected_number == pytest.approx(0.0001618412302, rel=1e-5)


def test_straight_short_encounters_are_those_of_the_encounter_plane():
    small = np.diag([1e-6, 4e-6, 1e-6, 1e-14, 1e-14, 1e-14])
    arguments = ([7000.0, 0.0, 0.0], [0.0, 7.5, 0.0], small, [7000.0015, 0.0, 0.0], [0.0, 0.0, 7.5], small, 3.0)
    disk, nc2, nc3 = (
        probability.collision_probability(*arguments, method=method).probability
        for method in ("disk", "nc_2d", "nc_3d")
    )
    assert nc2 == pytest.approx(disk, rel=1e-5)
    assert nc3 == pytest.approx(disk, rel=1e-5)


def test_a_hard_body_larger_than_the_uncertainty_is_hit_for_sure():
    small = np.diag([1e-6, 1e-6, 1e-6, 1e-14, 1e-14, 1e-14])
    arguments = ([7000.0, 0.0, 0.0], [0.0, 7.5, 0.0], small, [7000.001, 0.0, 0.0], [0.0, 0.0, 7.5], small, 20.0)
    for method in ("nc_2d", "nc_3d"):
        assert probability.collision_probability(*arguments, method=method).probability == pytest.approx(1.0, abs=1e-4)


def test_trials_agree_on_a_strongly_curved_encounter():
    """The curved event with a hard body of 1 km, so that trials hit: 200,000 of them, four standard deviations."""
    radius = 1.0
    found = nc_3d.expected_collisions(TwoBodyEncounter.of(CURVED.states_km, CURVED.covariances_km2, radius))
    trials = monte_carlo(
        CURVED.states_km,
        CURVED.covariances_km2,
        radius,
        (found.begin_s - 5.0, found.end_s + 5.0),
        MonteCarloSettings(maximum_trials=200_000, target_relative_error=1e-6),
    )
    error = 4.0 * np.sqrt(trials.probability / trials.trials)
    assert found.expected_number == pytest.approx(trials.probability, abs=error)
    assert error < 0.1 * trials.probability


@pytest.mark.parametrize("method", ["nc_2d", "nc_3d"])
def test_the_order_of_objects_does_not_matter_and_the_axes_hardly(method):
    """Gaussian in equinoctial elements is a model that depends on the axes: 0.2 % where paths are strongly curved."""
    first, second = CURVED.states_km
    covariance_1, covariance_2 = CURVED.covariances_km2
    expected = value(CURVED, method)
    radius = CURVED.hard_body_radius_m
    swapped = probability.collision_probability(
        second[:3], second[3:], covariance_2, first[:3], first[3:], covariance_1, radius, method=method
    )
    assert swapped.probability == pytest.approx(expected, rel=1e-6)
    turn = np.diag([1.0, -1.0, -1.0])  # prograde becomes retrograde
    both = np.kron(np.eye(2), turn)
    turned = probability.collision_probability(
        turn @ first[:3],
        turn @ first[3:],
        both @ covariance_1 @ both.T,
        turn @ second[:3],
        turn @ second[3:],
        both @ covariance_2 @ both.T,
        radius,
        method=method,
    )
    assert turned.probability == pytest.approx(expected, rel=5e-3)


def test_orbits_that_are_retrograde_in_the_axes_are_turned_first():
    """An inclination of 180 degrees has no equinoctial elements; the pair of orbits does not know of the axes."""
    speed = float(np.sqrt(EARTH_MU_KM3_S2 / 7000.0))
    covariance = np.diag([1e-4, 1e-2, 1e-4, 1e-9, 1e-9, 1e-9])
    found = []
    for sign in (1.0, -1.0):
        result = probability.collision_probability(
            [7000.0, 0.0, 0.0],
            [0.0, sign * speed, 0.0],
            covariance,
            [7000.01, 0.0, 0.0],
            [0.0, 0.5 * sign * speed, 0.8 * speed],
            covariance,
            10.0,
            method="nc_3d",
        )
        found.append(result.probability)
    assert found[1] == pytest.approx(found[0], rel=1e-6)


def test_details_say_when_and_how():
    result = probability.collision_probability(*CURVED.arguments, method="nc_3d")
    found = result.details
    assert found.converged
    assert found.peak_count >= 1
    assert found.window_begin_s < found.begin_s < -20.0 < found.end_s < -15.0
    area = float(np.sum(0.5 * (found.rates[1:] + found.rates[:-1]) * np.diff(found.times_s)))
    assert area == pytest.approx(found.expected_number, rel=1e-5)
    short = probability.collision_probability(*CURVED.arguments, method="nc_2d").details
    assert short.begin_s < short.peak_s < short.end_s
    assert short.departure < 1e-6


def test_batches_are_taken_one_by_one():
    arguments = [np.stack([value, value]) for value in CURVED.arguments[:6]]
    result = probability.collision_probability(*arguments, np.array([7.0, 0.7]), method="nc_2d")
    assert result.probability[0] == pytest.approx(value(CURVED, "nc_2d"))
    assert result.probability[1] == pytest.approx(0.01 * result.probability[0], rel=0.1)


# What cannot be


def test_covariances_without_velocity_are_refused():
    arguments = list(CURVED.arguments)
    arguments[2] = arguments[2][:3, :3]
    result = probability.collision_probability(*arguments, method="nc_3d")
    assert np.isnan(result.probability)
    assert result.reason == "covariance_without_velocity"


@pytest.mark.parametrize("method", ["nc_2d", "nc_3d", "monte_carlo"])
def test_a_negative_variance_of_velocity_is_refused_where_velocities_enter(method):
    arguments = list(CURVED.arguments)
    arguments[2] = np.array(arguments[2])
    arguments[2][4, 4] *= -1.0
    result = probability.collision_probability(*arguments, method=method)
    assert np.isnan(result.probability)
    assert result.reason == "covariance_negative_variance"


def test_open_orbits_are_refused():
    arguments = list(CURVED.arguments)
    arguments[1] = np.asarray(arguments[1]) * 2.0
    for method in ("nc_2d", "nc_3d"):
        result = probability.collision_probability(*arguments, method=method)
        assert np.isnan(result.probability)
        assert result.reason == "orbit_not_closed"


def test_a_covariance_flat_in_the_relative_position_is_widened_and_says_so():
    arguments = list(SHORT.arguments)
    flat = np.diag([0.0, 1e-4, 0.0, 1e-12, 1e-12, 1e-12])
    arguments[2] = arguments[5] = flat
    result = probability.collision_probability(*arguments, method="nc_2d")
    assert "covariance_remediated" in result.flags


def test_the_methods_load_no_compiler():
    code = (
        "import sys\n"
        "from astrodynamics.probability import nc_2d, nc_3d, multistep, two_body_pairs, overlap_times\n"
        "print('numba' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
