"""Which messages of an event are told: the first of a level, then what has changed materially."""

from datetime import timedelta

import pytest
from support import rows
from support.embedded import NOON

from notifier.rules.close_approach import tellings
from records.screening.tables import Cdm


def _messages(*pictures: dict[str, object]) -> list[Cdm]:
    return [
        rows.cdm(None, None, 61604, 44391, creation_date=NOON + timedelta(hours=hour), **picture)
        for hour, picture in enumerate(pictures)
    ]


def _occasions(*pictures: dict[str, object]) -> list[tuple[str, tuple[str, ...]]]:
    return [(telling.occasion, telling.reasons) for telling in tellings(_messages(*pictures))]


EMERGENCY = {"level": "emergency"}
UNQUANTIFIED = {"level": "unquantified", "collision_probability": None}
REPORTABLE = {"level": "reportable", "collision_probability": 1e-6}


def test_the_first_emergency_is_told():
    assert _occasions(EMERGENCY) == [("emergency-1", ("new",))]


@pytest.mark.parametrize("level", ["none", "reportable"])
def test_what_is_no_emergency_is_not_told(level):
    assert _occasions({"level": level}) == []


def test_the_same_picture_again_is_not_told_again():
    assert _occasions(EMERGENCY, EMERGENCY, EMERGENCY) == [("emergency-1", ("new",))]


def test_a_rise_to_emergency_is_told():
    occasions = _occasions(UNQUANTIFIED, EMERGENCY)
    assert occasions[0] == ("unquantified-1", ("new",))
    assert occasions[1][0] == "emergency-1"
    assert occasions[1][1][0] == "level_raised"


def test_an_emergency_that_comes_back_is_told_again():
    assert _occasions(EMERGENCY, REPORTABLE, EMERGENCY) == [
        ("emergency-1", ("new",)),
        ("emergency-2", ("level_raised",)),
    ]


def test_a_miss_distance_that_fell_by_half_is_told():
    occasions = _occasions({"miss_distance_m": 800.0}, {"miss_distance_m": 700.0}, {"miss_distance_m": 390.0})
    assert occasions == [("emergency-1", ("new",)), ("emergency-2", ("miss_distance_fell",))]


def test_slow_drift_is_measured_against_what_was_told_last():
    steps = [{"miss_distance_m": miss} for miss in (800.0, 600.0, 450.0, 399.0)]
    assert [occasion for occasion, _ in _occasions(*steps)] == ["emergency-1", "emergency-2"]


def test_a_probability_that_became_known_is_told():
    occasions = _occasions(UNQUANTIFIED, {"level": "unquantified", "collision_probability": 2e-5})
    assert occasions[1] == ("unquantified-2", ("probability_raised",))


def test_the_order_in_which_messages_came_does_not_matter():
    messages = _messages(UNQUANTIFIED, EMERGENCY, {"miss_distance_m": 20.0})
    forward = [(each.occasion, each.cdm.id) for each in tellings(messages)]
    assert forward == [(each.occasion, each.cdm.id) for each in tellings(messages[::-1])]
    assert len(forward) == 3
