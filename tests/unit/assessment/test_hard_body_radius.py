"""Hard-body radii and their sources."""

import math

import pytest

from assessment.hard_body_radius import CombinedRadius, HardBodyRadius, choose_radius, combine


def test_the_operators_own_radius_comes_first():
    assert choose_radius(operator_m=2.0, space_track_m=3.0, cdm_m=4.0) == HardBodyRadius(2.0, "operator")
    assert choose_radius(space_track_m=3.0, cdm_m=4.0) == HardBodyRadius(3.0, "space-track")
    assert choose_radius(cdm_m=4.0, area_pc_m2=12.0) == HardBodyRadius(4.0, "cdm")


def test_an_area_gives_the_radius_of_its_disk():
    assert choose_radius(area_pc_m2=math.pi * 9.0) == HardBodyRadius(pytest.approx(3.0), "cdm")


@pytest.mark.parametrize("unknown", [0.0, None, -1.0, float("nan"), float("inf")])
def test_zero_means_unknown(unknown):
    chosen = choose_radius(operator_m=unknown, space_track_m=unknown, cdm_m=unknown, area_pc_m2=unknown)
    assert chosen == HardBodyRadius(5.0, "default")


@pytest.mark.parametrize(
    ("object_type", "radius_m"),
    [("DEBRIS", 1.0), ("ROCKET BODY", 3.0), ("PAYLOAD", 5.0), ("UNKNOWN", 5.0), (None, 5.0), ("debris", 1.0)],
)
def test_defaults_follow_the_type_and_are_labelled(object_type, radius_m):
    assert choose_radius(object_type=object_type) == HardBodyRadius(radius_m, "default")


def test_defaults_are_settings():
    assert choose_radius(object_type="DEBRIS", defaults_m={"DEBRIS": 0.5}).radius_m == 0.5


def test_a_combined_radius_is_the_sum_and_keeps_both_sources():
    combined = combine(HardBodyRadius(2.5, "operator"), HardBodyRadius(1.0, "default"))
    assert combined == CombinedRadius(3.5, ("operator", "default"))
