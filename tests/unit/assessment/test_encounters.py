"""Encounters: what screening found, with states, covariances and probability."""

import numpy as np
import pytest
from support.encounter_cases import RTN_VARIANCES_KM2, TCA_TAI_NS, participant

from assessment.encounters import assess
from assessment.errors import UnusableTrajectoryError

DAY_NS = 86_400_000_000_000


def crossing(**secondary):
    return assess(participant(100, 51.6), participant(200, 97.0, **({"radial_offset_km": 0.2} | secondary)), TCA_TAI_NS)


def test_relative_state_is_in_the_primarys_rtn_axes():
    encounter = crossing()
    assert encounter.relative_position_rtn_m[0] == pytest.approx(200.0, abs=0.01)
    assert encounter.miss_distance_m == pytest.approx(200.0, abs=0.01)
    assert encounter.relative_speed_m_s == pytest.approx(2 * 7546.0 * np.sin(np.radians((97.0 - 51.6) / 2)), rel=1e-3)


def test_covariances_come_in_each_objects_own_axes():
    np.testing.assert_allclose(
        crossing().secondary.covariance_rtn_m2, np.diag(RTN_VARIANCES_KM2) * 1e6, rtol=1e-6, atol=1e-6
    )


def test_the_probability_uses_the_sum_of_the_radii():
    encounter = crossing()
    assert encounter.hard_body_radius.radius_m == 10.0
    assert encounter.probability is not None
    assert 0.0 < encounter.probability < encounter.maximum_probability * 10.0
    assert encounter.collision_probability.hard_body_radius_m == 10.0


def test_without_a_covariance_there_is_a_reason_and_a_bound_and_no_probability():
    encounter = crossing(covariance_frame=None)
    assert encounter.probability is None
    assert encounter.probability_reason == "covariance_missing"
    assert encounter.maximum_probability == pytest.approx((10.0 / encounter.miss_distance_m) ** 2 / np.e, rel=1e-3)
    assert encounter.secondary.covariance_rtn_m2 is None


def test_the_other_side_sees_the_same_encounter():
    encounter = crossing()
    other = encounter.from_the_other_side()
    assert other.primary.participant.norad_cat_id == 200
    assert other.miss_distance_m == pytest.approx(encounter.miss_distance_m)
    assert other.relative_position_rtn_m[0] == pytest.approx(-200.0, abs=0.01)
    assert other.probability == pytest.approx(encounter.probability, rel=1e-9)


def test_the_time_is_taken_to_the_microsecond_that_a_message_can_say():
    encounter = assess(participant(100, 51.6), participant(200, 97.0), TCA_TAI_NS + 1499)
    assert encounter.tca_tai_ns == TCA_TAI_NS + 1000


def test_the_regime_is_the_primarys():
    encounter = assess(participant(100, 51.6, radius_km=42164.0), participant(200, 97.0, radius_km=42164.0), TCA_TAI_NS)
    assert encounter.regime == "deep-space"
    assert crossing().regime == "near-earth"


def test_an_object_without_a_state_then_is_named():
    with pytest.raises(UnusableTrajectoryError, match="100"):
        assess(participant(100, 51.6), participant(200, 97.0), TCA_TAI_NS + DAY_NS)


def test_a_prediction_counts_from_the_time_of_judging():
    prediction = crossing().prediction(TCA_TAI_NS - DAY_NS)
    assert prediction.seconds_to_tca == 86400.0
    assert prediction.probability == crossing().probability


def test_the_plane_in_plain_values_has_no_numbers_where_there_are_none():
    with_plane, without = crossing().plane(), crossing(covariance_frame=None).plane()
    assert with_plane["sigma_major_m"] >= with_plane["sigma_minor_m"] > 0.0
    assert without["sigma_major_m"] is None
    assert without["miss_distance_m"] == pytest.approx(200.0, abs=0.01)
    assert without["hard_body_radius_sources"] == ["operator", "operator"]
