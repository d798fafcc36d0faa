"""Reporting criteria: tables 5 and 6 of the Spaceflight Safety Handbook, row by row."""

import pytest

from assessment.criteria import Prediction, calls_for_cdm, highest, is_of_concern, level_of

DAY_S = 86400.0


def prediction(
    *,
    regime="near-earth",
    days=1.0,
    miss_m=500.0,
    position=None,
    probability=None,
    bound=1e-5,
):
    return Prediction(
        regime=regime,
        seconds_to_tca=days * DAY_S,
        miss_distance_m=miss_m,
        relative_position_rtn_m=position or (0.0, 0.0, miss_m),
        relative_velocity_rtn_m_s=(0.0, 7500.0, 0.0),
        probability=probability,
        maximum_probability=bound,
    )


@pytest.mark.parametrize("kind", ["catalogue", "ephemeris"])
@pytest.mark.parametrize(
    ("changes", "made"),
    [
        ({"days": 3.0, "miss_m": 1000.0, "probability": 1e-7}, True),
        ({"days": 3.01, "miss_m": 1000.0, "probability": 1e-7}, False),
        ({"days": 3.0, "miss_m": 1001.0, "probability": 1e-7}, False),
        ({"days": 3.0, "miss_m": 1000.0, "probability": 0.99e-7}, False),
        ({"days": 3.0, "miss_m": 1000.0, "probability": None}, True),
    ],
)
def test_basic_near_earth_needs_three_days_one_kilometre_and_1e_7(kind, changes, made):
    assert calls_for_cdm("basic", kind, prediction(**changes)) is made


@pytest.mark.parametrize("kind", ["catalogue", "ephemeris"])
@pytest.mark.parametrize(
    ("changes", "made"),
    [
        ({"days": 10.0, "miss_m": 5000.0, "probability": 1e-12}, True),
        ({"days": 10.01, "miss_m": 5000.0}, False),
        ({"days": 10.0, "miss_m": 5001.0}, False),
    ],
)
def test_basic_deep_space_needs_ten_days_and_five_kilometres(kind, changes, made):
    assert calls_for_cdm("basic", kind, prediction(regime="deep-space", **changes)) is made


@pytest.mark.parametrize(
    ("changes", "made"),
    [
        ({"days": 5.0, "miss_m": 40e3, "probability": 1e-7}, True),
        ({"days": 5.01, "miss_m": 40e3, "probability": 1e-7}, False),
        ({"days": 5.0, "miss_m": 40e3, "probability": 0.99e-7}, False),
        ({"days": 5.0, "miss_m": 40e3, "probability": None}, True),
    ],
)
def test_advanced_near_earth_catalogue_needs_five_days_and_1e_7(changes, made):
    assert calls_for_cdm("advanced", "catalogue", prediction(**changes)) is made


@pytest.mark.parametrize(
    ("changes", "made"),
    [
        ({"days": 7.0, "position": (1999.0, 0.0, 24999.0), "probability": 0.0}, True),
        ({"days": 7.01, "position": (0.0, 0.0, 1.0)}, False),
        ({"days": 7.0, "position": (2001.0, 0.0, 0.0)}, False),
    ],
)
def test_advanced_near_earth_ephemeris_reports_all_within_its_box(changes, made):
    assert calls_for_cdm("advanced", "ephemeris", prediction(**changes)) is made


@pytest.mark.parametrize(("kind", "edge_m"), [("catalogue", 10e3), ("ephemeris", 20e3)])
def test_advanced_deep_space_reports_all_within_its_volume(kind, edge_m):
    inside = prediction(regime="deep-space", days=10.0, miss_m=edge_m - 1.0)
    outside = prediction(regime="deep-space", days=10.0, miss_m=edge_m + 1.0)
    assert calls_for_cdm("advanced", kind, inside)
    assert not calls_for_cdm("advanced", kind, outside)


def test_early_orbit_is_judged_by_advanced_criteria_at_either_level():
    far = prediction(days=6.0, position=(1500.0, 0.0, 50e3), miss_m=50e3)
    assert calls_for_cdm("basic", "early-orbit", far)
    assert calls_for_cdm("advanced", "early-orbit", far)


@pytest.mark.parametrize("service_level", ["basic", "advanced"])
@pytest.mark.parametrize("kind", ["catalogue", "ephemeris"])
@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({"probability": 1e-4, "days": 3.0, "miss_m": 1000.0}, "emergency"),
        ({"probability": 0.99e-4}, "reportable"),
        ({"probability": None, "bound": 1e-4}, "unquantified"),
        ({"probability": None, "bound": 0.99e-4}, "reportable"),
        ({"probability": 1e-5, "bound": 1e-2}, "reportable"),
        ({"regime": "deep-space", "miss_m": 5000.0, "days": 3.0, "probability": None}, "emergency"),
        ({"regime": "deep-space", "miss_m": 5000.0, "days": 3.01, "probability": None}, "reportable"),
    ],
)
def test_levels(service_level, kind, changes, level):
    assert level_of(service_level, kind, prediction(**changes)) == level


def test_what_lies_in_the_past_or_beyond_all_criteria_has_no_level():
    assert level_of("advanced", "ephemeris", prediction(days=-0.001, probability=0.5)) == "none"
    assert level_of("basic", "ephemeris", prediction(miss_m=30e3)) == "none"


def test_the_highest_level_of_several():
    assert highest(("reportable", "emergency", "unquantified")) == "emergency"
    assert highest(()) == "none"


@pytest.mark.parametrize(
    ("regime", "days", "miss_m", "probability", "bound", "listed"),
    [
        ("near-earth", 5.0, 20_000.0, 1e-7, None, True),
        ("near-earth", 5.0, 20_000.0, 0.9e-7, 1e-7, True),
        ("near-earth", 5.0, 20.0, 0.9e-7, 0.9e-7, False),
        ("near-earth", 5.0, 20_000.0, None, None, True),  # not known is not unlikely
        ("near-earth", 5.01, 20.0, 1e-3, 1e-3, False),
        ("near-earth", -0.01, 20.0, 1e-3, 1e-3, False),
        ("deep-space", 5.0, 5000.0, 1e-12, 1e-12, True),
        ("deep-space", 5.0, 5001.0, 1e-3, 1e-3, False),
        ("deep-space", 5.01, 100.0, None, None, False),
    ],
)
def test_the_concern_list_holds_what_is_likely_enough_near_earth_and_what_comes_near_in_deep_space(
    regime, days, miss_m, probability, bound, listed
):
    """Handbook, screening of the catalogue: Pc of 1e-7, or 5 km, and TCA within 5 days."""
    found = is_of_concern(
        regime,
        seconds_to_tca=days * DAY_S,
        miss_distance_m=miss_m,
        probability=probability,
        maximum_probability=bound,
    )
    assert found is listed
