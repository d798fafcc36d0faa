"""The pictures: what is drawn where."""

import math
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.drawing.encounter_plane import EncounterPicture, draw_close_up, draw_encounter, needs_close_up
from dashboard.drawing.history_chart import HistoryPoint, draw_history
from dashboard.drawing.scales import LinearScale, LogScale, TimeScale, nice_step

SVG = "{http://www.w3.org/2000/svg}"
TCA = datetime(2024, 9, 18, 3, 12, 45, tzinfo=UTC)


def encounter(**changes: object) -> EncounterPicture:
    values = {
        "name_1": "NORTH 1",
        "name_2": "DEBRIS 17",
        "miss_distance_m": 183.4,
        "sigma_major_m": 160.0,
        "sigma_minor_m": 40.0,
        "orientation_rad": math.radians(25.0),
        "hard_body_radius_m": 9.0,
    }
    return EncounterPicture(**{**values, **changes})  # type: ignore[arg-type]


def elements(picture: str, css_class: str) -> list[ET.Element]:
    root = ET.fromstring(picture)
    return [element for element in root.iter() if css_class in element.get("class", "").split()]


def number(element: ET.Element, name: str) -> float:
    return float(element.attrib[name])


def test_both_axes_have_the_same_scale_and_the_ellipses_their_proportions() -> None:
    picture = draw_encounter(encounter())
    one, three = elements(picture, "sigma-1")[0], elements(picture, "sigma-3")[0]
    line = elements(picture, "miss")[0]
    pixels_per_m = (number(line, "x2") - number(line, "x1")) / 183.4
    assert number(one, "rx") == pytest.approx(160.0 * pixels_per_m, rel=1e-4)
    assert number(one, "ry") == pytest.approx(40.0 * pixels_per_m, rel=1e-4)
    assert number(three, "rx") == pytest.approx(3.0 * number(one, "rx"), rel=1e-4)
    disk = elements(picture, "hard-body")[0]
    assert number(disk, "r") == pytest.approx(9.0 * pixels_per_m, rel=1e-4)


def test_the_ellipse_stands_at_the_secondary_and_the_disk_at_the_primary() -> None:
    picture = draw_encounter(encounter())
    line = elements(picture, "miss")[0]
    assert number(elements(picture, "sigma-1")[0], "cx") == number(line, "x2")
    assert number(elements(picture, "hard-body")[0], "cx") == number(line, "x1")


def test_a_positive_orientation_turns_the_major_axis_upwards() -> None:
    turn = elements(draw_encounter(encounter()), "sigma-1")[0].attrib["transform"]
    assert turn.startswith("rotate(-25.0000 ")  # the y axis of a picture points down


def test_without_covariance_there_is_no_ellipse_and_the_description_says_so() -> None:
    picture = draw_encounter(encounter(sigma_major_m=None, sigma_minor_m=None))
    assert not elements(picture, "sigma")
    assert "no uncertainty is drawn" in picture


def test_a_disk_too_small_to_see_has_a_ring_and_an_unknown_one_is_not_drawn() -> None:
    tiny = draw_encounter(encounter(hard_body_radius_m=0.5))
    assert elements(tiny, "place")
    unknown = draw_encounter(encounter(hard_body_radius_m=None))
    assert not elements(unknown, "hard-body")
    assert elements(unknown, "place")


def test_a_close_up_is_there_where_the_uncertainty_dwarfs_the_miss() -> None:
    assert not needs_close_up(encounter())
    wide = encounter(sigma_major_m=8200.0, sigma_minor_m=310.0)
    assert needs_close_up(wide)
    line = elements(draw_close_up(wide), "miss")[0]
    assert number(line, "x2") - number(line, "x1") > 100.0


def test_names_stay_text() -> None:
    picture = draw_encounter(encounter(name_2='<script>alert("x")</script>'))
    assert "<script" not in picture
    assert not list(ET.fromstring(picture).iter(f"{SVG}script"))


@given(
    miss=st.floats(0.0, 1e6),
    major=st.floats(0.0, 1e7),
    ratio=st.floats(0.0, 1.0),
    turn=st.floats(-math.pi / 2, math.pi / 2),
    radius=st.none() | st.floats(0.0, 100.0),
)
def test_every_encounter_can_be_drawn_with_its_miss_vector_inside(
    miss: float, major: float, ratio: float, turn: float, radius: float | None
) -> None:
    shown = encounter(
        miss_distance_m=miss,
        sigma_major_m=major,
        sigma_minor_m=major * ratio,
        orientation_rad=turn,
        hard_body_radius_m=radius,
    )
    for picture in (draw_encounter(shown), draw_close_up(shown)):
        secondary = elements(picture, "secondary")[0]
        assert 0.0 <= number(secondary, "cx") <= 470.0
        assert "nan" not in picture


def point(hours_before: float, **changes: object) -> HistoryPoint:
    values = {
        "time": TCA - timedelta(hours=hours_before),
        "originator": "FAIRWAY",
        "miss_distance_m": 400.0,
        "collision_probability": 1e-5,
        "maximum_probability": 1e-4,
    }
    return HistoryPoint(**{**values, **changes})  # type: ignore[arg-type]


def test_no_messages_make_no_chart() -> None:
    assert draw_history([], TCA) is None


def test_a_higher_probability_stands_higher_and_a_later_message_further_right() -> None:
    picture = draw_history([point(30, collision_probability=1e-6), point(10, collision_probability=1e-4)], TCA)
    assert picture is not None
    marks = [mark for mark in elements(picture, "mark") if mark.tag == f"{SVG}circle" and 32 < number(mark, "cy") < 200]
    first, second = sorted(marks, key=lambda mark: number(mark, "cx"))
    assert number(second, "cy") < number(first, "cy")


def test_a_bound_is_drawn_hollow_and_never_joined_with_probabilities() -> None:
    picture = draw_history([point(30, collision_probability=None), point(20), point(10)], TCA)
    assert picture is not None
    assert elements(picture, "bound")
    trace = elements(picture, "trace")[0].attrib["points"].split()
    assert len(trace) == 2
    assert "upper bound, no probability" in picture


def test_a_chart_without_any_probability_says_so() -> None:
    picture = draw_history([point(5, collision_probability=None, maximum_probability=None)], TCA)
    assert picture is not None
    assert "No message carries a probability or a bound" in picture


def test_originators_differ_by_shape_and_not_by_colour_alone() -> None:
    picture = draw_history([point(30), point(20, originator="CSPOC"), point(10, originator="OPERATOR")], TCA)
    assert picture is not None
    for shape in ("circle", "square", "triangle"):
        assert elements(picture, shape)


def test_a_message_after_the_closest_approach_widens_the_chart() -> None:
    picture = draw_history([point(5), point(-5)], TCA)
    assert picture is not None
    assert all(0 < number(mark, "cx") < 900 for mark in elements(picture, "mark"))


def test_a_zero_probability_is_drawn_without_failing() -> None:
    assert draw_history([point(5, collision_probability=0.0, maximum_probability=0.0)], TCA) is not None


@given(st.floats(1e-6, 1e9), st.integers(2, 12))
def test_steps_are_round_and_make_few_parts(span: float, count: int) -> None:
    step = nice_step(span, count)
    assert span / step <= count * (1 + 1e-9)
    assert f"{step:e}"[0] in "125"


def test_scales_place_their_ends_and_their_ticks_inside() -> None:
    linear = LinearScale(0.0, 930.0, 300.0, 100.0)
    assert (linear(0.0), linear(930.0)) == (300.0, 100.0)
    assert list(linear.ticks(4)) == [0.0, 500.0]
    log = LogScale.around([3e-6, 4e-4], 200.0, 0.0)
    assert (log.low, log.high) == pytest.approx((1e-6, 1e-3))
    time = TimeScale(TCA - timedelta(hours=12), TCA, 0.0, 100.0)
    assert all(TCA - timedelta(hours=12) <= tick <= TCA and tick.minute == 0 for tick in time.ticks())
