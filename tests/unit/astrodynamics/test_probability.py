"""Probability of collision: what comes with a value, and what comes in place of one."""

import subprocess
import sys

import numpy as np
import pytest

from astrodynamics import probability
from astrodynamics.errors import AstrodynamicsError

POSITION_1 = np.array([7000.0, 0.0, 0.0])
VELOCITY_1 = np.array([0.0, 0.0, 7.5])
POSITION_2 = np.array([7000.0, 0.12, 0.0])
VELOCITY_2 = np.array([0.0, 7.5, 0.0])
COVARIANCE_1 = np.diag([1e-4, 9e-4, 4e-4])
COVARIANCE_2 = np.diag([4e-4, 1e-4, 25e-4])


def compute(**changes):
    arguments = {
        "position_1_km": POSITION_1,
        "velocity_1_km_s": VELOCITY_1,
        "covariance_1_km2": COVARIANCE_1,
        "position_2_km": POSITION_2,
        "velocity_2_km_s": VELOCITY_2,
        "covariance_2_km2": COVARIANCE_2,
        "hard_body_radius_m": 10.0,
    }
    return probability.collision_probability(**(arguments | changes))


def with_variance(value: float) -> np.ndarray:
    covariance = COVARIANCE_2.copy()
    covariance[0, 0] = value
    return covariance


def test_a_single_encounter_gives_plain_values():
    result = compute()
    assert isinstance(result.probability, float)
    assert 0.0 < result.probability < 1.0
    assert result.reason is None
    assert result.method == "disk"
    assert result.hard_body_radius_m == 10.0


def test_the_states_are_moved_to_closest_approach_first():
    late = compute(position_1_km=POSITION_1 + 2e-3 * VELOCITY_1, position_2_km=POSITION_2 + 2e-3 * VELOCITY_2)
    refined = compute()
    assert late.tca_offset_s == pytest.approx(refined.tca_offset_s - 2e-3)
    assert late.probability == pytest.approx(refined.probability, rel=1e-9)
    assert late.miss_distance_m == pytest.approx(0.12e3 / np.sqrt(2.0), rel=1e-9)


def test_states_far_from_their_closest_approach_are_flagged():
    far = compute(position_1_km=POSITION_1 - 0.5 * VELOCITY_1, position_2_km=POSITION_2 - 0.5 * VELOCITY_2)
    assert "tca_moved" in far.flags
    assert "tca_moved" not in compute().flags


def test_the_probability_does_not_depend_on_which_object_is_called_first():
    swapped = probability.collision_probability(
        POSITION_2, VELOCITY_2, COVARIANCE_2, POSITION_1, VELOCITY_1, COVARIANCE_1, 10.0
    )
    assert swapped.probability == pytest.approx(compute().probability, rel=1e-13)


def test_the_geometry_of_the_encounter_plane_is_reported():
    result = probability.collision_probability(
        POSITION_1,
        VELOCITY_1,
        np.diag([9e-4, 4e-4, 1.0]) / 2,
        POSITION_1 + np.array([0.03, 0.04, 0.0]),
        -VELOCITY_1,
        np.diag([9e-4, 4e-4, 1.0]) / 2,
        10.0,
    )
    assert result.sigma_major_m == pytest.approx(30.0)
    assert result.sigma_minor_m == pytest.approx(20.0)
    assert result.miss_major_m == pytest.approx(30.0)
    assert result.miss_minor_m == pytest.approx(40.0)
    assert result.mahalanobis_distance == pytest.approx(np.hypot(1.0, 2.0))
    assert result.condition_number == pytest.approx(2.25)
    assert abs(result.orientation_deg) == pytest.approx(np.degrees(np.arctan2(4.0, 3.0)))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"covariance_1_km2": None}, "covariance_missing"),
        ({"covariance_2_km2": np.zeros((3, 3))}, "covariance_missing"),
        ({"covariance_2_km2": with_variance(np.nan)}, "covariance_not_finite"),
        ({"covariance_2_km2": with_variance(-1e-9)}, "covariance_negative_variance"),
        ({"covariance_2_km2": with_variance(63781.37**2)}, "covariance_default"),
        ({"velocity_2_km_s": VELOCITY_1}, "relative_speed_too_small"),
        ({"position_2_km": [np.nan, 0.0, 0.0]}, "state_not_finite"),
        ({"velocity_1_km_s": [0.0, np.inf, 0.0]}, "state_not_finite"),
        ({"hard_body_radius_m": 0.0}, "hard_body_radius_invalid"),
        ({"hard_body_radius_m": -5.0}, "hard_body_radius_invalid"),
        ({"hard_body_radius_m": np.inf}, "hard_body_radius_invalid"),
        ({"hard_body_radius_m": np.nan}, "hard_body_radius_invalid"),
    ],
)
@pytest.mark.parametrize("method", ["disk", "square", "maximum_scaled"])
def test_what_cannot_be_computed_is_nan_with_a_reason_and_never_zero_or_one(changes, reason, method):
    result = compute(method=method, **changes)
    assert np.isnan(result.probability)
    assert result.reason == reason
    assert reason in probability.REASONS


def test_a_covariance_without_extent_in_the_plane_is_refused():
    indefinite = np.diag([0.0, 0.0, 1.0])
    indefinite[0, 1] = indefinite[1, 0] = 0.0
    result = probability.collision_probability(
        POSITION_1, VELOCITY_1, indefinite, POSITION_1 + np.array([0.1, 0.0, 0.0]), -VELOCITY_1, indefinite, 10.0
    )
    assert result.reason == "covariance_not_positive_definite"


def test_an_indefinite_covariance_is_remedied_and_flagged():
    indefinite = np.array([[1e-4, 1.1e-4, 0.0], [1.1e-4, 1e-4, 0.0], [0.0, 0.0, 1e-4]])
    result = probability.collision_probability(
        POSITION_1, VELOCITY_1, indefinite, POSITION_1 + np.array([0.005, 0.005, 0.0]), -VELOCITY_1, indefinite, 10.0
    )
    assert "covariance_remediated" in result.flags
    assert result.sigma_minor_m == pytest.approx(10.0 * 1e-4)
    assert result.reason is None


def test_a_covariance_with_a_negative_extent_is_flagged_though_the_sum_has_none():
    """Its variances are positive, a correlation is above one; the other object's covariance makes up for it."""
    odd = np.diag([0.01, 0.04, 0.01])
    odd[0, 1] = odd[1, 0] = 1.2 * 0.1 * 0.2
    large = np.diag([0.5, 0.5, 0.5])
    flagged = compute(covariance_1_km2=odd, covariance_2_km2=large)
    assert flagged.reason is None
    assert "covariance_indefinite" in flagged.flags
    odd[0, 1] = odd[1, 0] = 0.1 * 0.2
    assert "covariance_indefinite" not in compute(covariance_1_km2=odd, covariance_2_km2=large).flags


def test_a_value_too_small_for_a_double_is_flagged_and_not_taken_for_zero():
    result = compute(position_2_km=[7003.0, 0.0, 0.0])
    assert result.probability == 0.0
    assert "underflow" in result.flags


def test_a_miss_inside_the_hard_body_is_flagged():
    assert "miss_inside_hard_body" in compute(hard_body_radius_m=200.0).flags


def test_only_the_position_block_of_a_6x6_covariance_enters_and_an_empty_velocity_block_is_flagged():
    whole = np.zeros((6, 6))
    whole[:3, :3] = COVARIANCE_1
    result = compute(covariance_1_km2=whole)
    assert result.probability == compute().probability
    assert "velocity_covariance_missing" in result.flags
    whole[3:, 3:] = np.eye(3) * 1e-10
    assert "velocity_covariance_missing" not in compute(covariance_1_km2=whole).flags


def test_a_slow_encounter_is_flagged_as_extended():
    slow = compute(velocity_2_km_s=VELOCITY_1 + np.array([0.0, 1e-3, 0.0]), covariance_1_km2=np.diag([1.0, 1.0, 1.0]))
    assert "encounter_extended" in slow.flags
    assert "encounter_extended" not in compute().flags


def test_a_batch_gives_what_single_calls_give_row_by_row():
    rng = np.random.default_rng(3)
    offsets = rng.normal(scale=0.2, size=(40, 3))
    radii = rng.uniform(1.0, 30.0, 40)
    radii[7] = 0.0
    batch = compute(position_2_km=POSITION_1 + offsets, hard_body_radius_m=radii)
    singles = [compute(position_2_km=POSITION_1 + o, hard_body_radius_m=r) for o, r in zip(offsets, radii, strict=True)]
    np.testing.assert_array_equal(batch.probability, [single.probability for single in singles])
    assert batch.reason[7] == "hard_body_radius_invalid"
    assert [reason for reason in batch.reason if reason is not None] == ["hard_body_radius_invalid"]
    assert list(batch.flags) == [single.flags for single in singles]


def test_shapes_that_do_not_fit_are_refused_with_what_was_given():
    with pytest.raises(AstrodynamicsError, match=r"position_1_km \(2, 3\).*position_2_km \(3, 3\)"):
        compute(position_1_km=np.zeros((2, 3)), position_2_km=np.zeros((3, 3)))
    with pytest.raises(AstrodynamicsError, match="covariance_1_km2"):
        compute(covariance_1_km2=np.zeros((4, 4)))
    with pytest.raises(AstrodynamicsError, match="velocity_2_km_s"):
        compute(velocity_2_km_s=[1.0, 2.0])


def test_an_unknown_method_is_refused_with_the_names_there_are():
    with pytest.raises(AstrodynamicsError, match=r"there are: disk, square, .*maximum") as caught:
        compute(method="guess")
    assert caught.value.code == "unknown_probability_method"


def test_the_isotropic_bound_needs_no_covariance():
    result = compute(method="maximum", covariance_1_km2=None, covariance_2_km2=None)
    assert result.probability == pytest.approx((10.0 / result.miss_distance_m) ** 2 / np.e)
    assert probability.METHODS["maximum"].is_bound


def test_no_isotropic_covariance_exceeds_the_isotropic_bound():
    bound = compute(method="maximum", hard_body_radius_m=1.0).probability
    sigmas = np.geomspace(0.01, 1.0, 60)
    covariances = 0.5 * sigmas[:, None, None] ** 2 * np.eye(3)
    values = compute(covariance_1_km2=covariances, covariance_2_km2=covariances, hard_body_radius_m=1.0).probability
    assert values.max() <= bound * (1.0 + 1e-3)
    assert values.max() == pytest.approx(bound, rel=1e-2)


def test_the_maximum_over_scale_of_a_small_disk_is_the_closed_form():
    """Alfano (2005): the scale is sqrt(v/2), the maximum R²/(e v σx σz), with v the squared Mahalanobis distance."""
    nominal = compute(hard_body_radius_m=0.5)
    squared = nominal.mahalanobis_distance**2
    dilution = probability.covariance_dilution(
        POSITION_1, VELOCITY_1, COVARIANCE_1, POSITION_2, VELOCITY_2, COVARIANCE_2, 0.5
    )
    expected = 0.5**2 / (np.e * squared * nominal.sigma_major_m * nominal.sigma_minor_m)
    assert dilution.maximum_probability[0] == pytest.approx(expected, rel=1e-3)
    assert dilution.scale_factor[0] == pytest.approx(np.sqrt(squared / 2.0), rel=1e-2)


def test_the_maximum_over_scale_is_there_for_thin_ellipses_too():
    """Far out in the tails, where doubles hold nothing, no digit is searched for."""
    rng = np.random.default_rng(1)
    n = 200
    ellipses = rng.normal(size=(n, 3, 3)) * rng.lognormal(-2.0, 1.0, size=(n, 1, 3))
    found = compute(
        position_2_km=np.array([7000.0, 0.0, 0.0]) + rng.normal(size=(n, 3)) * 0.5,
        covariance_1_km2=ellipses @ np.swapaxes(ellipses, -1, -2) + 1e-6 * np.eye(3),
        method="maximum_scaled",
    )
    assert np.all(found.probability > 0.0)


def test_an_encounter_with_large_covariances_is_diluted_and_one_with_small_is_not():
    def diluted(scale: float) -> bool:
        return bool(
            probability.covariance_dilution(
                POSITION_1, VELOCITY_1, COVARIANCE_1 * scale, POSITION_2, VELOCITY_2, COVARIANCE_2 * scale, 5.0
            ).diluted[0]
        )

    assert diluted(1e4)
    assert not diluted(1e-1)


def test_a_miss_inside_the_hard_body_has_a_maximum_of_one_at_scale_zero():
    dilution = probability.covariance_dilution(
        POSITION_1, VELOCITY_1, COVARIANCE_1, POSITION_2, VELOCITY_2, COVARIANCE_2, 500.0
    )
    assert dilution.maximum_probability[0] == 1.0
    assert dilution.scale_factor[0] == 0.0


def test_importing_the_package_does_not_import_numba():
    code = "import sys; import astrodynamics.probability; sys.exit('numba' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
