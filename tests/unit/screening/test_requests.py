"""What somebody asks for is read, or refused with a sentence that says what to do."""

from datetime import timedelta

import pytest
from support.embedded import NOON
from support.rows import document, ephemeris, organization

from screening.runs.inputs import RunInputs
from screening.runs.requests import RefusedError, check_volume, read_request
from screening.runs.span import check_hours, check_start, span_of_ephemeris
from screening.settings import ScreeningSettings

SETTINGS = ScreeningSettings()


def test_a_request_names_its_primary_and_what_it_is_screened_against():
    request = read_request({"ephemeris_id": "e", "against": [7, 5, 7], "start": "2024-09-17T12:00:00Z", "hours": 24})
    assert request.wanted_numbers == (5, 7)
    assert request.start == NOON
    assert read_request({"all": True}).against == "catalogue"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "names no primary"),
        ({"ephemeris_id": "e", "norad_cat_id": 5}, "or more than one"),
        ({"norad_cat_id": 5, "against": []}, "is empty"),
        ({"norad_cat_id": 5, "against": "moon"}, "against"),
        ({"norad_cat_id": 5, "start": "2024-09-17T12:00:00"}, "start"),
        ({"norad_cat_id": 5, "hours": 0}, "hours"),
        ({"norad_cat_id": 5, "speed": 3}, "speed"),
    ],
)
def test_a_request_that_cannot_be_read_says_where(given, sentence):
    with pytest.raises(RefusedError, match=sentence):
        read_request(given)


def test_an_unknown_volume_names_those_that_there_are():
    assert check_volume(" SPHERE:5 ") == "sphere:5"
    with pytest.raises(RefusedError, match="ephemeris"):
        check_volume("cube:5")


def test_the_past_is_screened_in_a_replay_only():
    request = read_request({"norad_cat_id": 5, "start": "2024-09-17T11:00:00Z"})
    with pytest.raises(RefusedError, match="in the past"):
        check_start(request, now=NOON, replay=False, settings=SETTINGS)
    assert check_start(request, now=NOON, replay=True, settings=SETTINGS) == NOON - timedelta(hours=1)
    just_now = read_request({"norad_cat_id": 5, "start": "2024-09-17T11:59:00Z"})
    assert check_start(just_now, now=NOON, replay=False, settings=SETTINGS) == NOON - timedelta(minutes=1)
    assert check_start(read_request({"norad_cat_id": 5}), now=NOON, replay=False, settings=SETTINGS) == NOON


@pytest.mark.parametrize("start", ["9999-12-31T23:00:00Z", "2262-04-11T00:00:00Z", "2025-09-19T12:00:00Z"])
@pytest.mark.parametrize("replay", [True, False])
def test_a_start_of_which_nothing_is_known_is_refused(start, replay):
    request = read_request({"norad_cat_id": 5, "start": start})
    with pytest.raises(RefusedError, match="at most 366 days from now"):
        check_start(request, now=NOON, replay=replay, settings=SETTINGS)
    with pytest.raises(RefusedError, match="at most 366 days from now" if replay else "in the past"):
        check_start(
            read_request({"norad_cat_id": 5, "start": "0001-01-01T00:00:00Z"}),
            now=NOON,
            replay=replay,
            settings=SETTINGS,
        )
    soon = read_request({"norad_cat_id": 5, "start": "2025-09-18T12:00:00Z"})
    assert check_start(soon, now=NOON, replay=replay, settings=SETTINGS) == NOON + timedelta(days=366)


@pytest.mark.parametrize("hours", [5e-324, 1e-9, 0.9 / 3600])
def test_a_span_that_is_none_is_refused(hours):
    with pytest.raises(RefusedError, match="one second or more"):
        check_hours(read_request({"norad_cat_id": 5, "hours": hours}), SETTINGS)


def test_more_hours_than_are_served_are_refused():
    with pytest.raises(RefusedError, match="at most 240"):
        check_hours(read_request({"norad_cat_id": 5, "hours": 241}), SETTINGS)


def an_ephemeris(start, stop):
    row = ephemeris(document(organization()), 5, start_time=NOON + start, stop_time=NOON + stop)
    row.file_name = "oem.txt"
    return row


def test_an_ephemeris_is_screened_from_now_on_as_far_as_it_reaches():
    day = timedelta(days=1)
    assert span_of_ephemeris(an_ephemeris(-day, 3 * day), start=NOON, hours=168) == (NOON, NOON + 3 * day)
    assert span_of_ephemeris(an_ephemeris(day, 9 * day), start=NOON, hours=168) == (NOON + day, NOON + 7 * day)


def test_an_ephemeris_of_the_past_or_of_a_far_future_is_refused_with_its_times():
    day = timedelta(days=1)
    with pytest.raises(RefusedError, match=r"oem\.txt ends at 2024-09-17T12:00:00Z"):
        span_of_ephemeris(an_ephemeris(-day, 0 * day), start=NOON, hours=168)
    with pytest.raises(RefusedError, match=r"starts at 2024-09-25T12:00:00Z, beyond the span of 168 hours"):
        span_of_ephemeris(an_ephemeris(8 * day, 9 * day), start=NOON, hours=168)


def test_inputs_without_pairs_are_stored_as_workers_of_the_release_before_know_them():
    """They refuse a field that they do not know: what it means would be missed."""
    inputs = RunInputs(catalogue=None, against="catalogue")
    assert "pairs" not in inputs.stored()
    assert RunInputs.model_validate(inputs.stored()) == inputs
    listed = inputs.model_copy(update={"pairs": ((1, 2),)})
    assert RunInputs.model_validate(listed.stored()) == listed
