"""What a probability depends on: cross-covariance, scales of both covariances, hard-body radius, time."""

import json

import numpy as np
import pytest
from support.probability_cases import DATA

from astrodynamics import encounter, probability
from astrodynamics.errors import AstrodynamicsError
from astrodynamics.frames import rtn_axes

FIRST = np.array([7000.0, 0.0, 0.0]), np.array([0.0, 7.5, 0.0]), np.diag([0.01, 0.04, 0.01])
SECOND = np.array([7000.1, 0.0, 0.05]), np.array([0.0, 0.0, 7.5]), np.diag([0.01, 0.01, 0.04])
RADIUS_M = 10.0


def disk(**changes):
    return probability.collision_probability(*FIRST, *SECOND, RADIUS_M, **changes)


def test_what_both_errors_have_in_common_cancels():
    """With C12 = c I the relative position has the covariance C1 + C2 - 2 c I."""
    common = 0.004
    correlated = disk(cross_covariance_km2=np.eye(3) * common)
    r1, v1, c1 = FIRST
    alone = probability.collision_probability(r1, v1, c1 - 2.0 * common * np.eye(3), *SECOND, RADIUS_M)
    assert correlated.probability == pytest.approx(alone.probability, rel=1e-13)
    assert correlated.probability != pytest.approx(disk().probability, rel=1e-3)


def test_a_cross_covariance_is_not_symmetric_in_general_and_enters_with_its_transpose():
    cross = np.zeros((3, 3))
    cross[0, 2] = 0.002
    assert disk(cross_covariance_km2=cross).probability == pytest.approx(
        disk(cross_covariance_km2=cross.T).probability, rel=1e-14
    )


def test_a_method_that_takes_states_refuses_a_cross_covariance():
    with pytest.raises(AstrodynamicsError, match="monte_carlo") as caught:
        disk(cross_covariance_km2=np.eye(3), method="monte_carlo")
    assert caught.value.code == "method_without_cross_covariance"


@pytest.mark.parametrize(
    "case", json.loads((DATA / "density_cross_correlation.json").read_text()), ids=lambda case: case["id"]
)
def test_the_density_that_both_fly_through_correlates_them_as_in_casali(case):
    """NASA CARA's Pc_CovXCorr, from the sensitivity vectors of two messages; without them it is the plain disk."""
    arguments, vectors = [], []
    for side in case["objects"]:
        position, velocity = np.array(side["position_km"]), np.array(side["velocity_km_s"])
        arguments += [position, velocity, np.array(side["covariance_km2"])]
        vectors.append(rtn_axes(position, velocity).T @ np.array(side["sensitivity_rtn_m"]) * 1e-3)
    uncertainties = [side["density_uncertainty"] for side in case["objects"]]
    radius = case["hard_body_radius_m"]
    cross = probability.density_cross_covariance(uncertainties[0], vectors[0], uncertainties[1], vectors[1])
    plain = probability.collision_probability(*arguments, radius)
    corrected = probability.collision_probability(*arguments, radius, cross_covariance_km2=cross)
    assert plain.probability == pytest.approx(case["plain"], rel=1e-3)
    assert corrected.probability == pytest.approx(case["expected"], rel=case["rel_tol"])
    none = probability.density_cross_covariance(0.0, vectors[0], uncertainties[1], vectors[1])
    assert probability.collision_probability(*arguments, radius, cross_covariance_km2=none).probability == (
        plain.probability
    )


def test_the_grid_of_scale_factors_holds_every_pair_and_its_range():
    factors = [0.5, 1.0, 2.0]
    grid = probability.scale_factor_grid(*FIRST, *SECOND, RADIUS_M, factors, factors)
    assert grid.probability.shape == (3, 3)
    assert grid.nominal == grid.probability[1, 1] == disk().probability
    r1, v1, c1 = FIRST
    r2, v2, c2 = SECOND
    one = probability.collision_probability(r1, v1, c1 * 0.25, r2, v2, c2 * 4.0, RADIUS_M)
    assert grid.probability[0, 2] == one.probability
    assert grid.lowest == np.min(grid.probability)
    assert grid.highest == np.max(grid.probability)
    at = tuple(factors.index(factor) for factor in grid.highest_at)
    assert grid.probability[at] == grid.highest


def test_a_grid_without_a_covariance_has_no_range():
    r1, v1, _ = FIRST
    grid = probability.scale_factor_grid(r1, v1, np.zeros((3, 3)), *SECOND, RADIUS_M)
    assert np.all(np.isnan(grid.probability))
    assert np.isnan(grid.lowest)
    assert np.isnan(grid.highest)


def test_a_small_disk_grows_with_the_square_of_its_radius():
    radii = np.array([0.01, 0.02, 0.04])
    curve = probability.radius_curve(*FIRST, *SECOND, radii)
    assert curve.quantity == "hard_body_radius_m"
    np.testing.assert_array_equal(curve.values, radii)
    np.testing.assert_allclose(curve.probability / curve.probability[0], [1.0, 4.0, 16.0], rtol=1e-5)


def test_the_greatest_of_the_curve_over_scale_is_the_maximum_of_dilution():
    dilution = probability.covariance_dilution(*FIRST, *SECOND, RADIUS_M)
    factors = dilution.scale_factor[0] * np.array([0.9, 1.0, 1.1])
    curve = probability.scale_curve(*FIRST, *SECOND, RADIUS_M, factors)
    assert curve.probability[1] == pytest.approx(dilution.maximum_probability[0], rel=1e-9)
    assert curve.probability[1] > max(curve.probability[0], curve.probability[2])


def test_scaling_one_covariance_leaves_the_other():
    small = FIRST[2] * 1e-8
    r1, v1, _ = FIRST
    first = probability.covariance_dilution(r1, v1, small, *SECOND, RADIUS_M, scaled="first")
    second = probability.covariance_dilution(r1, v1, small, *SECOND, RADIUS_M, scaled="second")
    both = probability.covariance_dilution(r1, v1, small, *SECOND, RADIUS_M)
    assert not first.diluted[0]
    assert second.maximum_probability[0] == pytest.approx(both.maximum_probability[0], rel=1e-6)


def test_the_probability_accrues_to_that_of_the_disk():
    curve = probability.accrual_curve(*FIRST, *SECOND, RADIUS_M)
    assert curve.quantity == "time_from_tca_s"
    assert np.all(np.diff(curve.probability) >= 0.0)
    assert curve.probability[0] == pytest.approx(0.0, abs=1e-12)
    assert curve.probability[-1] == pytest.approx(disk().probability, rel=1e-9)


def test_half_of_the_probability_has_accrued_when_the_middle_of_the_pass_is_reached():
    """With no correlation between plane and velocity, and a radius small against the uncertainty along the velocity."""
    covariance = np.diag([0.01, 0.02, 0.03])
    velocity = np.array([0.0, 0.0, 7.5])
    first = np.array([7000.0, 0.0, 0.0]), velocity, covariance
    second = np.array([7000.1, 0.0, 0.0]), -velocity, covariance
    curve = probability.accrual_curve(*first, *second, 1e-3, [0.0, 1.0])
    assert curve.probability[0] / curve.probability[1] == pytest.approx(0.5, rel=1e-4)


def test_without_relative_velocity_or_uncertainty_nothing_accrues():
    r1, v1, c1 = FIRST
    with pytest.raises(AstrodynamicsError, match="relative velocity"):
        probability.accrual_curve(r1, v1, c1, SECOND[0], v1, c1, RADIUS_M)
    with pytest.raises(AstrodynamicsError, match="positive definite"):
        probability.accrual_curve(r1, v1, -c1, SECOND[0], SECOND[1], np.zeros((3, 3)), RADIUS_M)


@pytest.mark.parametrize(
    ("second", "degrees"),
    [([0.0, 7.5, 0.0], 0.0), ([0.0, -7.5, 0.0], 180.0), ([0.0, 0.0, 3.0], 90.0), ([0.0, 7.5, 7.5e-9], 5.729577951e-8)],
)
def test_the_angle_of_approach_is_that_between_the_velocities(second, degrees):
    angle = encounter.approach_angle_rad(np.array([0.0, 7.5, 0.0]), np.array(second))
    assert np.degrees(angle) == pytest.approx(degrees, rel=1e-9, abs=1e-30)


def test_a_result_says_the_angle_of_approach():
    assert disk().approach_angle_deg == pytest.approx(90.0)


def test_the_mahalanobis_distance_counts_standard_deviations():
    covariance = np.diag([4.0, 9.0, 1.0])
    assert encounter.mahalanobis_distance(np.array([2.0, 3.0, 0.0]), covariance) == pytest.approx(np.sqrt(2.0))
    assert np.isnan(encounter.mahalanobis_distance(np.array([1.0, 0.0, 0.0]), np.diag([1.0, -1.0, 1.0])))


def test_the_outline_of_the_ellipse_lies_at_its_distance_from_the_miss():
    plane = encounter.encounter_plane(SECOND[0] - FIRST[0], SECOND[1] - FIRST[1], FIRST[2] + SECOND[2])
    ellipse, _, _ = encounter.encounter_ellipse(plane)
    outline = encounter.ellipse_outline(ellipse, float(plane.miss_distance_km), sigmas=3.0)
    xx, xy, yy = plane.covariance_km2
    inverse = np.linalg.inv(np.array([[xx, xy], [xy, yy]]))
    offsets = outline - np.array([plane.miss_distance_km, 0.0])
    np.testing.assert_allclose(np.einsum("ni,ij,nj->n", offsets, inverse, offsets), 9.0, rtol=1e-9)


def test_a_collision_is_catastrophic_from_forty_joules_a_gram_on():
    below = probability.collision_consequence(1000.0, 0.79, 10_000.0)
    above = probability.collision_consequence(0.81, 1000.0, 10_000.0)
    assert (below.catastrophic, above.catastrophic) == (False, True)
    assert above.energy_to_mass_j_g == pytest.approx(40.5)
    assert above.pieces > 5 * below.pieces


@pytest.mark.parametrize("arguments", [(0.0, 1.0, 1.0), (1.0, -1.0, 1.0), (1.0, 1.0, np.nan), (1.0, 1.0, 1.0, 0.0)])
def test_masses_speeds_and_sizes_must_be_positive(arguments):
    with pytest.raises(AstrodynamicsError, match="must be positive"):
        probability.collision_consequence(*arguments)


def test_a_variance_of_zero_is_said():
    r1, v1, _ = FIRST
    result = probability.collision_probability(r1, v1, np.diag([0.0, 0.04, 0.01]), *SECOND, RADIUS_M)
    assert "covariance_zero_variance" in result.flags
    assert result.reason is None


def test_alfriends_density_is_no_probability_where_the_disk_is_not_small():
    r1, v1, c1 = FIRST
    result = probability.collision_probability(r1, v1, c1 * 1e-6, r1, SECOND[1], c1 * 1e-6, RADIUS_M, method="alfriend")
    assert np.isnan(result.probability)
    assert result.reason == "not_applicable"


def test_every_method_says_its_publication_and_what_it_needs():
    for name, method in probability.METHODS.items():
        assert method.name == name
        assert method.title
        assert method.source
        assert isinstance(method.covariances, probability.Covariances)
    assert not probability.METHODS["maximum"].needs_covariance
    assert probability.METHODS["disk"].needs_covariance
