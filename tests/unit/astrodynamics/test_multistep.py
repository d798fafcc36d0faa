"""The simplest method that holds: which one is chosen, and why the ones before it were not."""

import numpy as np
import pytest
from support.published_encounters import CURVED, SHORT, SLOW

from astrodynamics import probability
from astrodynamics.probability.monte_carlo import MonteCarloSettings
from astrodynamics.probability.multistep import evaluate
from astrodynamics.probability.multistep_checks import DEFAULT_LIMITS, Check, Limits
from astrodynamics.probability.plane import StateEncounters

FEW = MonteCarloSettings(maximum_trials=20_000)


def choose(published, **changes):
    result = probability.collision_probability(*published.arguments, method="multistep", **changes)
    assert result.reason is None
    return result


def states_of(published):
    first, second, radius = (*published.states_km, published.hard_body_radius_m * 1e-3)
    relative = second - first
    return StateEncounters(
        position_1_km=first[None, :3],
        velocity_1_km_s=first[None, 3:],
        covariance_1_km2=published.covariances_km2[:1],
        position_2_km=second[None, :3],
        velocity_2_km_s=second[None, 3:],
        covariance_2_km2=published.covariances_km2[1:],
        hard_body_radius_km=np.array([radius]),
        tca_offset_s=np.array([-relative[:3] @ relative[3:] / (relative[3:] @ relative[3:])]),
    )


def violated(step):
    return {check.name for check in step.checks if not check.holds}


def test_a_short_straight_encounter_stays_in_the_plane():
    result = choose(SHORT)
    assert result.details.chosen == "disk"
    assert [step.method for step in result.details.steps] == ["disk"]
    assert result.details.steps[0].remark == "all its assumptions hold"
    assert result.probability == pytest.approx(
        probability.collision_probability(*SHORT.arguments).probability, rel=1e-12
    )
    assert "no_method_holds" not in result.flags


def test_a_curved_encounter_goes_to_2d_nc():
    """CARA: ViolationsPc2D = 100, and none of 2D-Nc."""
    result = choose(CURVED)
    first, second = result.details.steps
    assert violated(first) == {"inaccurate"}
    assert not first.accepted
    assert "curved motion" in first.remark
    assert (second.method, second.accepted, violated(second)) == ("nc_2d", True, set())
    assert result.probability == pytest.approx(1.420596288855526e-06, rel=2e-4)


def test_a_slow_encounter_far_from_closest_approach_goes_through_all():
    """CARA: ViolationsPc2D = 111, ViolationsNc2D = 101, ViolationsNc3D = 10; trials gave 1.1664e-5."""
    outcome = evaluate(states_of(SLOW), settings=FEW)
    choice = outcome.details[0]
    assert [step.method for step in choice.steps] == ["disk", "nc_2d", "nc_3d", "monte_carlo"]
    assert violated(choice.steps[0]) == {"extended", "offset", "inaccurate"}
    assert "offset" in violated(choice.steps[1])
    assert violated(choice.steps[2]) == {"offset"}
    assert not choice.accepted
    assert outcome.flags["no_method_holds"][0]
    # So few trials would say less than 3D-Nc does: they are not tried, and its value stays.
    assert choice.chosen == "nc_3d"
    assert "not tried" in choice.steps[3].remark
    assert outcome.probability[0] == pytest.approx(1.1664367816091955e-05, rel=0.02)


def test_trials_decide_where_they_reach_their_error():
    """The curved event with a hard body of 1 km, and limits that nothing but trials can keep."""
    near = states_of(CURVED)
    wide = StateEncounters(
        **{name: getattr(near, name) for name in near.__slots__ if name != "hard_body_radius_km"},
        hard_body_radius_km=np.array([1.0]),
    )
    outcome = evaluate(
        wide,
        limits=Limits(nc_2d_offset=0.0, nc_3d_offset=-1.0),
        settings=MonteCarloSettings(maximum_trials=100_000, target_relative_error=0.2),
    )
    choice = outcome.details[0]
    assert choice.chosen == "monte_carlo"
    assert choice.accepted
    assert outcome.probability[0] == choice.steps[-1].probability
    assert outcome.probability[0] == pytest.approx(choice.steps[-2].probability, rel=0.2)


def test_3d_nc_is_taken_where_only_2d_nc_fails():
    lenient = Limits(nc_3d_offset=1.0)
    choice = evaluate(states_of(SLOW), limits=lenient, settings=FEW).details[0]
    assert choice.chosen == "nc_3d"
    assert choice.accepted
    assert len(choice.steps) == 3


def test_without_covariances_of_velocity_the_plane_is_all_there_is():
    arguments = list(CURVED.arguments)
    arguments[2] = arguments[2][:3, :3]
    result = probability.collision_probability(*arguments, method="multistep")
    (step,) = result.details.steps
    assert step.method == "disk"
    assert "without covariances of velocity" in step.remark
    assert "velocity_covariance_missing" in result.flags
    assert "velocity_covariance_missing" not in choose(CURVED).flags
    assert result.probability == pytest.approx(
        probability.collision_probability(*CURVED.arguments, method="disk").probability
    )


def test_covariances_of_velocity_alone_without_correlation_do_not_count():
    """CARA's second level of checks: zeros between position and velocity mean that nobody computed them."""
    arguments = list(CURVED.arguments)
    separate = arguments[2].copy()
    separate[3:, :3] = separate[:3, 3:] = 0.0
    arguments[2] = separate
    result = probability.collision_probability(*arguments, method="multistep")
    assert [step.method for step in result.details.steps] == ["disk"]


def test_open_orbits_end_with_the_plane_and_say_so():
    arguments = list(CURVED.arguments)
    arguments[1] = np.asarray(arguments[1]) * 2.0
    result = probability.collision_probability(*arguments, method="multistep")
    (step,) = result.details.steps
    assert not step.accepted
    assert "not closed" in step.remark
    assert "no_method_holds" in result.flags


def test_gates_come_first():
    arguments = list(CURVED.arguments)
    arguments[2] = np.zeros((6, 6))
    result = probability.collision_probability(*arguments, method="multistep")
    assert np.isnan(result.probability)
    assert result.reason == "covariance_missing"


def test_a_position_covariance_that_is_not_positive_definite_is_a_violation():
    arguments = list(SHORT.arguments)
    broken = arguments[2].copy()
    broken[0, 1] = broken[1, 0] = 3.0 * np.sqrt(broken[0, 0] * broken[1, 1])
    arguments[2] = broken
    result = probability.collision_probability(*arguments, method="multistep")
    assert "positive_definite" in violated(result.details.steps[0])


def test_equal_velocities_have_no_plane_but_a_pass():
    """Two followers without relative velocity at the time of the states: the plane does not exist, the orbits do."""
    arguments = list(SLOW.arguments)
    arguments[4] = arguments[1]
    result = probability.collision_probability(*arguments, method="multistep")
    first = result.details.steps[0]
    assert np.isnan(first.probability)
    assert "it gives no value" in first.remark
    assert len(result.details.steps) > 1


def test_without_relative_velocity_and_covariances_of_velocity_the_reason_is_the_speed():
    arguments = list(SLOW.arguments)
    arguments[2], arguments[4], arguments[5] = arguments[2][:3, :3], arguments[1], arguments[5][:3, :3]
    result = probability.collision_probability(*arguments, method="multistep")
    assert np.isnan(result.probability)
    assert result.reason == "relative_speed_too_small"


def test_an_unknown_value_is_no_proof_that_an_assumption_holds():
    check = Check("inaccurate", float("nan"), 0.1, "the error")
    assert not check.holds
    assert check.finding == "the error cannot be said"


def test_the_limits_are_those_of_cara():
    assert Limits(0.02, 0.01, 0.02, 0.05, 0.1, 0.1, 0.5, 0.75) == DEFAULT_LIMITS
