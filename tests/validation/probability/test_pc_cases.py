"""The collected reference cases of NASA CARA, Orekit, Alfano (2009) and Armellin, where the exact value is known.

Each case is taken in its own convention: unrefined states with the whole separation in the encounter plane, except the
``.pc2d`` cases, which are refined to closest approach first.
"""

import numpy as np
import pytest
from support.probability_cases import EXACT_KILOMETRE, armellin, encounter_of, in_plane, inputs_of
from support.probability_cases import cases as all_cases

from astrodynamics import encounter, probability
from astrodynamics.encounter_duration import encounter_bounds_s

EXACT = 1e-8
"""Relative error allowed against the 40-digit value."""


@pytest.fixture(scope="module")
def cases() -> dict[str, dict]:
    return all_cases()


def test_disk_equals_every_known_truth(cases):
    wrong = []
    count = 0
    for case in cases.values():
        if "truth_mp" not in case:
            continue
        inputs, refined = inputs_of(case)
        result = probability.collision_probability(*encounter_of(inputs, EXACT_KILOMETRE), refine_tca=refined)
        truth = float(case["truth_mp"])
        count += 1
        if result.reason is not None or abs(result.probability - truth) > EXACT * truth:
            wrong.append((case["id"], truth, result.probability, result.reason))
    assert not wrong
    assert count >= 100


def test_degenerate_inputs_give_nan_and_the_reason(cases):
    expected = {
        "cara.circle.zero.3": "relative_speed_too_small",
        "cara.circle.zero.5": "relative_speed_too_small",
        "cara.covcheck.sec_default": "covariance_default",
        "cara.covcheck.pri_negvar": "covariance_negative_variance",
        "cara.covcheck.sec_negvar": "covariance_negative_variance",
        "cara.covcheck.pri_zero": "covariance_missing",
        "cara.covcheck.sec_zero": "covariance_missing",
    }
    for name, reason in expected.items():
        result = probability.collision_probability(*encounter_of(cases[name]["inputs"]), refine_tca=False)
        assert np.isnan(result.probability), name
        assert result.reason == reason, name


@pytest.mark.parametrize("name", ["cara.circle.zero.1", "cara.circle.zero.4"])
def test_a_vanishing_miss_distance_still_has_a_probability(cases, name):
    result = probability.collision_probability(*encounter_of(cases[name]["inputs"]), refine_tca=False)
    assert result.probability == pytest.approx(cases[name]["expected"], rel=1e-10)


def test_covariances_that_are_not_positive_definite_are_remedied_and_flagged(cases):
    for name in ("cara.circle.npd3x3", "cara.npd.test07.2d", "cara.conjdata.1"):
        result = probability.collision_probability(*encounter_of(cases[name]["inputs"]), refine_tca=False)
        assert result.reason is None, name
        assert "covariance_remediated" in result.flags, name


def test_encounter_ellipse_equals_caras(cases):
    case = cases["cara.conjdata.1"]
    result = probability.collision_probability(*encounter_of(case["inputs"]), refine_tca=False)
    expected = case["expected"]
    assert result.sigma_major_m == pytest.approx(expected["SemiMajorAxis_m"], rel=1e-9)
    assert result.sigma_minor_m == pytest.approx(expected["SemiMinorAxis_m"], rel=1e-9)
    assert abs(result.orientation_deg) == pytest.approx(expected["ClockAngle_deg"], rel=1e-9)
    assert result.miss_distance_m == pytest.approx(expected["MissDistance_m"], rel=1e-9)


def test_mahalanobis_distance_and_miss_equal_orekits(cases):
    inputs = cases["orekit.armellin.mahalanobis"]["inputs"]
    result = probability.collision_probability(*encounter_of(inputs))
    assert result.mahalanobis_distance == pytest.approx(cases["orekit.armellin.mahalanobis"]["expected"], abs=1e-9)
    assert result.miss_distance_m == pytest.approx(cases["orekit.armellin.miss"]["expected"], abs=1e-6)


@pytest.mark.parametrize("name", ["orekit.coppola.short", "orekit.coppola.long"])
def test_encounter_duration_equals_coppolas(cases, name):
    r1, v1, c1, r2, v2, c2, radius_m = encounter_of(cases[name]["inputs"])
    begin, end = encounter_bounds_s(r2 - r1, v2 - v1, c1 + c2, radius_m * 1e-3)
    # Orekit takes 5.864 for the argument at which erfc is 1e-16; it is 5.87237.
    assert end - begin == pytest.approx(cases[name]["expected"], rel=1.6e-3)


def test_encounter_bounds_equal_caras(cases):
    case = cases["cara.linearduration.2"]
    r1, v1, c1, r2, v2, c2, radius_m = encounter_of(case["inputs"])
    position, velocity = r2 - r1, v2 - v1
    begin, end = encounter_bounds_s(position, velocity, c1 + c2, radius_m * 1e-3)
    assert begin == pytest.approx(case["expected"]["tau0_s"], rel=5e-8)
    assert end == pytest.approx(case["expected"]["tau1_s"], rel=5e-8)


def test_time_to_closest_approach_equals_caras(cases):
    case = cases["cara.findca.4"]
    first, second = (np.array(case["inputs"][name]) * 1e-3 for name in ("x1", "x2"))
    offset = encounter.tca_offset_s(second[:3] - first[:3], second[3:] - first[3:])
    assert offset == pytest.approx(case["expected"]["dtca_s"], abs=5e-4)


def test_square_exceeds_the_disk_by_at_most_four_over_pi_where_both_are_small(cases):
    inputs = cases["cara.foster.square"]["inputs"]
    disk = probability.collision_probability(*encounter_of(inputs), refine_tca=False).probability
    square = probability.collision_probability(*encounter_of(inputs), refine_tca=False, method="square").probability
    assert 1.0 < square / disk <= 4.0 / np.pi + 1e-6


def test_disk_in_the_encounter_plane_equals_orekits_truth(cases):
    for case in cases.values():
        if case.get("kind") == "bplane_diagonal":
            result = probability.collision_probability(*in_plane(case["inputs"]))
            assert result.probability == pytest.approx(float(case["true_disk_pc"]), rel=EXACT), case["id"]


def test_disk_equals_the_truth_of_a_thousand_conjunctions():
    batch = armellin()
    result = probability.collision_probability(*batch.states, batch.hard_body_radius_m, refine_tca=False)
    assert len(batch.truth) == 1000
    np.testing.assert_allclose(result.probability, batch.truth, rtol=EXACT)


def test_the_angle_of_approach_equals_caras(cases):
    """Printed with CARA's multistep events."""
    for case in cases.values():
        if case.get("kind") == "multistep":
            inputs, _ = inputs_of(case)
            result = probability.collision_probability(*encounter_of(inputs))
            assert result.approach_angle_deg == pytest.approx(case["expected"]["vrel_angle_deg"], rel=1e-6), case["id"]
