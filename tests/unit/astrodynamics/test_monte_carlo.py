"""Monte Carlo on two-body orbits: its random numbers, its counting, its reproducibility."""

import dataclasses

import numpy as np
import pytest
from support.probability_cases import alfano_2009, alfano_encounter

from astrodynamics import probability
from astrodynamics.errors import AstrodynamicsError
from astrodynamics.probability.binomial_interval import clopper_pearson
from astrodynamics.probability.monte_carlo import MonteCarloSettings, encounter_window_s, monte_carlo
from astrodynamics.probability.random_kernels import normal_block, philox_words

FEW = MonteCarloSettings(maximum_trials=100_000, target_relative_error=1e-6)

CROSSING = {
    "position_1_km": [7000.0, 0.0, 0.0],
    "velocity_1_km_s": [0.0, 7.546, 0.0],
    "covariance_1_km2": np.diag([0.01, 0.04, 0.01, 1e-10, 1e-10, 1e-10]),
    "position_2_km": [7000.05, 0.0, 0.02],
    "velocity_2_km_s": [0.0, 0.0, 7.546],
    "covariance_2_km2": np.diag([0.01, 0.01, 0.04, 1e-10, 1e-10, 1e-10]),
    "hard_body_radius_m": 50.0,
}
"""Two circular orbits that cross at a right angle, fast and short."""


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        ((0, 0), 0, ("6627e8d5", "e169c58d", "bc57ac4c", "9b00dbd8")),
        ((2**64 - 1, 2**64 - 1), 2**64 - 1, ("408f276d", "41c83b0e", "a20bc7c6", "6d5451fd")),
        (
            (0x0370734413198A2E, 0x85A308D3243F6A88),
            0x299F31D0A4093822,
            ("d16cfe09", "94fdcceb", "5001e420", "24126ea1"),
        ),
    ],
)
def test_random_words_equal_the_published_vectors(counter, key, expected):
    """Known answers of philox4x32-10 (Random123, kat_vectors)."""
    words = np.zeros(4, dtype=np.uint32)
    philox_words(np.uint64(key), np.uint64(counter[0]), np.uint64(counter[1]), words)
    assert tuple(f"{word:08x}" for word in words) == expected


def test_normal_numbers_have_the_moments_of_the_normal_law_and_no_correlation():
    block = np.zeros((100_000, 12))
    normal_block(np.uint64(5), 0, block)
    size = block.size
    assert abs(block.mean()) < 5.0 / np.sqrt(size)
    assert abs((block**2).mean() - 1.0) < 5.0 * np.sqrt(2.0 / size)
    assert abs((block**4).mean() - 3.0) < 5.0 * np.sqrt(96.0 / size)
    assert np.max(np.abs(np.corrcoef(block.T) - np.eye(12))) < 5.0 / np.sqrt(len(block))


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [
        # Published with the trials: NASA CARA's limits for Alfano's cases 2, 7, 10.
        (1_554_690, 100_000_000, 0.0155226614929474, 0.0155711665578351),
        (16_011, 100_000_000, 0.000157639645593939, 0.000162609365493197),
        (36_404_591, 100_000_000, 0.363951602995593, 0.364140224874815),
        # Without a hit the upper limit is 1 - (alpha/2)^(1/n).
        (0, 1000, 0.0, 1.0 - 0.025**1e-3),
        (1000, 1000, 0.025**1e-3, 1.0),
    ],
)
def test_confidence_limits_are_clopper_and_pearsons(hits, trials, low, high):
    assert clopper_pearson(hits, trials) == pytest.approx((low, high), rel=1e-7)


def test_the_same_seed_gives_the_same_bits_on_one_thread_and_on_two():
    states, covariances, radius = alfano_encounter(alfano_2009()[0], "at_tca")
    one, two = (
        monte_carlo(states, covariances, radius, (-21600.0, 21600.0), dataclasses.replace(FEW, threads=threads))
        for threads in (1, 2)
    )
    assert one == two
    other = monte_carlo(states, covariances, radius, (-21600.0, 21600.0), dataclasses.replace(FEW, seed=2))
    assert other.hits != one.hits


@pytest.mark.parametrize("case", alfano_2009(), ids=lambda case: f"case {case['case']}")
def test_alfanos_cases_are_met_within_four_sigmas_from_their_epoch_states(case):
    """CARA's 1e8 trials, from states at epoch; what counts there is an entry from outside during the window."""
    states, covariances, radius = alfano_encounter(case, "at_epoch")
    tca, half = case["tca_after_epoch_s"], case["half_window_s"]
    estimate = monte_carlo(states, covariances, radius, (tca - half, tca + half), FEW)
    expected = case["CARA_PcMC"]
    sigma = np.sqrt(expected * (1.0 - expected) * (1.0 / FEW.maximum_trials + 1e-8))
    assert estimate.entries / estimate.trials == pytest.approx(expected, abs=4.0 * sigma)
    assert estimate.trials == FEW.maximum_trials


def test_a_short_encounter_agrees_with_the_disk():
    disk = probability.collision_probability(**CROSSING)
    result = probability.collision_probability(**CROSSING, method="monte_carlo")
    assert result.reason is None
    assert result.details.low <= disk.probability <= result.details.high
    assert result.probability == result.details.hits / result.details.trials
    assert result.details.target_reached
    assert "trials_exhausted" not in result.flags


def test_the_trials_end_where_the_interval_is_narrow_enough():
    states, covariances, radius = alfano_encounter(alfano_2009()[0], "at_tca")
    wide, narrow = (
        monte_carlo(states, covariances, radius, (-21600.0, 21600.0), MonteCarloSettings(target_relative_error=error))
        for error in (0.05, 0.005)
    )
    for estimate, error in ((wide, 0.05), (narrow, 0.005)):
        assert estimate.target_reached
        assert 0.5 * (estimate.high - estimate.low) <= error * estimate.probability
    assert wide.trials < narrow.trials


def test_without_a_hit_there_is_no_probability_but_an_upper_limit():
    result = probability.collision_probability(
        **CROSSING | {"position_2_km": [7002.0, 0.0, 0.0], "hard_body_radius_m": 1.0}, method="monte_carlo"
    )
    assert np.isnan(result.probability)
    assert result.reason == "no_hits"
    assert result.details.hits == 0
    assert 0.0 < result.details.high < 1e-5


def test_too_few_trials_are_said():
    result = probability.collision_probability(**CROSSING | {"hard_body_radius_m": 0.5}, method="monte_carlo")
    assert "trials_exhausted" in result.flags
    assert result.details.trials == MonteCarloSettings().maximum_trials


def test_positions_alone_are_not_enough():
    result = probability.collision_probability(
        **CROSSING | {"covariance_1_km2": np.diag([0.01, 0.04, 0.01])}, method="monte_carlo"
    )
    assert np.isnan(result.probability)
    assert result.reason == "covariance_without_velocity"


def test_an_orbit_that_is_not_closed_is_refused():
    result = probability.collision_probability(**CROSSING | {"velocity_1_km_s": [0.0, 12.0, 0.0]}, method="monte_carlo")
    assert result.reason == "orbit_not_closed"
    with pytest.raises(AstrodynamicsError, match="not closed"):
        monte_carlo(
            np.array([[7000.0, 0, 0, 0, 12.0, 0], [7000.0, 0, 0, 0, 7.5, 0]]),
            np.stack([np.eye(6) * 1e-9] * 2),
            0.01,
            (-1.0, 1.0),
        )


def test_a_window_without_length_is_refused():
    states, covariances, radius = alfano_encounter(alfano_2009()[0], "at_tca")
    with pytest.raises(AstrodynamicsError, match="window"):
        monte_carlo(states, covariances, radius, (1.0, 1.0))


def test_a_pair_without_relative_speed_is_watched_for_half_a_period_to_each_side():
    states = np.array([[7000.0, 0, 0, 0, 7.546, 0], [7000.1, 0, 0, 0, 7.546, 0]])
    covariances = np.stack([np.eye(6) * 1e-6] * 2)
    assert encounter_window_s(states, covariances, 0.01, 5800.0) == (-2900.0, 2900.0)
