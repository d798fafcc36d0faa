"""Conjunction events as a pure function of messages."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.cdm_summary import CdmSummary
from assessment.event_changes import EventPicture, materially_changed
from assessment.events import ExistingEvent, ScreenedAgain, group_events, match_existing

T0 = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
NOW = T0 - timedelta(days=2)


def message(name="a", *, tca_s=0.0, created_h=0.0, pair=(100, 200), originator="FAIRWAY", **changes):
    values = {
        "message_id": name,
        "originator": originator,
        "recipient": "org-1",
        "creation_date": NOW - timedelta(hours=24) + timedelta(hours=created_h),
        "norad_cat_id_1": pair[0],
        "norad_cat_id_2": pair[1],
        "tca": T0 + timedelta(seconds=tca_s),
        "tca_tai_ns": int(tca_s * 1e9) + 10**18,
        "miss_distance_m": 500.0,
        "relative_speed_m_s": 14000.0,
        "relative_position_rtn_m": (100.0, 200.0, 300.0),
        "collision_probability": 1e-5,
        "probability_method": "disk",
        "probability_reason": None,
        "maximum_probability": 1e-4,
        "hard_body_radius_m": 10.0,
        "regime": "near-earth",
        "level": "reportable",
        "period_1_min": 96.0,
        "period_2_min": 100.0,
        "screening_start": NOW,
        "screening_stop": NOW + timedelta(days=7),
        "has_covariance_1": True,
        "has_covariance_2": True,
    }
    return CdmSummary(**(values | changes))


def group(*messages, **options):
    return group_events(messages, now=NOW, **options)


def test_messages_about_one_passage_are_one_event():
    (event,) = group(message("a"), message("b", tca_s=3.0, created_h=1), message("c", tca_s=-4.0, created_h=2))
    assert [m.message_id for m in event.messages] == ["a", "b", "c"]
    assert event.latest.message_id == "c"
    assert (event.norad_cat_id_low, event.norad_cat_id_high) == (100, 200)


def test_both_points_of_view_of_a_pair_are_one_event():
    (event,) = group(message("a", pair=(100, 200)), message("b", pair=(200, 100)))
    assert len(event.threads) == 2


def test_other_passages_and_other_pairs_are_other_events():
    assert len(group(message("a"), message("b", tca_s=2880.0), message("c", pair=(100, 201)))) == 3


@pytest.mark.parametrize(
    ("periods", "gap_s", "events"),
    [((96.0, 100.0), 1199.0, 1), ((96.0, 100.0), 1201.0, 2), ((40.0, 96.0), 601.0, 2), ((None, None), 1199.0, 1)],
)
def test_the_window_is_a_quarter_of_the_shorter_period_and_at_most_twenty_minutes(periods, gap_s, events):
    changes = {"period_1_min": periods[0], "period_2_min": periods[1]}
    assert len(group(message("a", **changes), message("b", tca_s=gap_s, **changes))) == events


def test_a_message_given_twice_counts_once():
    (event,) = group(message("a"), message("a"))
    assert len(event.messages) == 1


messages = st.lists(
    st.builds(
        message,
        st.sampled_from("abcdefgh"),
        tca_s=st.sampled_from([0.0, 5.0, 900.0, 1800.0, 5000.0]),
        created_h=st.integers(0, 5),
        originator=st.sampled_from(["FAIRWAY", "CSpOC"]),
        pair=st.sampled_from([(100, 200), (200, 100), (100, 300)]),
    ),
    max_size=12,
    unique_by=lambda m: m.key + m.pair,
)


@settings(max_examples=60, deadline=None)
@given(messages, st.randoms(use_true_random=False))
def test_the_order_of_the_messages_does_not_matter(given_messages, random):
    shuffled = list(given_messages)
    random.shuffle(shuffled)
    assert group(*shuffled) == group(*given_messages)


@settings(max_examples=60, deadline=None)
@given(messages)
def test_no_message_is_lost_or_doubled(given_messages):
    grouped = [m for event in group(*given_messages) for m in event.messages]
    assert sorted(m.key + m.pair for m in grouped) == sorted(m.key + m.pair for m in given_messages)


def test_the_key_stays_when_newer_messages_arrive():
    first = message("a")
    (before,) = group(first)
    (after,) = group(message("b", tca_s=-10.0, created_h=5), first)
    assert after.key == before.key


def test_sources_stay_threads_of_their_own():
    (event,) = group(
        message("a", originator="FAIRWAY"),
        message("b", originator="CSpOC", created_h=1),
        message("c", originator="FAIRWAY", created_h=2),
    )
    assert {thread.originator: [m.message_id for m in thread.messages] for thread in event.threads} == {
        "CSpOC": ["b"],
        "FAIRWAY": ["a", "c"],
    }


def test_the_level_is_the_most_urgent_newest_word_of_any_thread():
    (event,) = group(
        message("a", originator="CSpOC", level="emergency"),
        message("b", originator="FAIRWAY", level="emergency", created_h=1),
        message("c", originator="FAIRWAY", level="reportable", created_h=2),
    )
    assert event.level == "emergency"
    assert event.latest.message_id == "c"


def test_worst_values_are_over_all_messages():
    (event,) = group(
        message("a", collision_probability=1e-3, miss_distance_m=900.0),
        message("b", collision_probability=None, miss_distance_m=70.0, created_h=1),
        message("c", collision_probability=1e-6, miss_distance_m=400.0, created_h=2),
    )
    assert event.highest_probability == 1e-3
    assert event.smallest_miss_distance_m == 70.0


def test_an_event_whose_time_has_come_is_passed():
    (event,) = group_events([message("a")], now=T0 + timedelta(seconds=1))
    assert event.state == "passed"


def screened_again(**changes):
    values = {
        "originator": "FAIRWAY",
        "norad_cat_id_1": 100,
        "norad_cat_id_2": 200,
        "start": T0 - timedelta(days=1),
        "stop": T0 + timedelta(days=1),
        "completed_at": NOW,
    }
    return ScreenedAgain(**(values | changes))


def test_an_event_that_was_screened_again_and_lies_outside_is_mitigated():
    (event,) = group(message("a", level="emergency"), screened_again=[screened_again()])
    assert event.state == "mitigated"
    assert event.level == "none"


@pytest.mark.parametrize(
    "changes",
    [
        {"originator": "CSpOC"},
        {"norad_cat_id_2": 201},
        {"norad_cat_id_1": 200, "norad_cat_id_2": 100},
        {"stop": T0 - timedelta(hours=1)},
        {"completed_at": NOW - timedelta(days=3)},
    ],
)
def test_only_the_same_eyes_on_the_same_pair_later_and_over_that_time_mitigate(changes):
    (event,) = group(message("a", level="emergency"), screened_again=[screened_again(**changes)])
    assert event.state == "active"
    assert event.level == "emergency"


def test_another_source_keeps_an_event_active():
    (event,) = group(
        message("a", level="reportable"),
        message("b", originator="CSpOC", level="emergency"),
        screened_again=[screened_again()],
    )
    assert event.state == "active"
    assert event.level == "emergency"


def existing(event_id, *messages, age_h=0.0):
    return ExistingEvent(event_id, NOW - timedelta(hours=age_h), frozenset(m.key for m in messages))


def test_a_stored_event_keeps_its_identifier():
    a, b = message("a"), message("b", created_h=1)
    matching = match_existing([existing("event-1", a)], group(a, b))
    assert [event_id for event_id, _ in matching.continued] == ["event-1"]
    assert matching.redirects == {}


def test_a_new_passage_has_no_identifier_yet():
    a, b = message("a"), message("b", tca_s=3000.0)
    matching = match_existing([existing("event-1", a)], group(a, b))
    assert [event_id for event_id, _ in matching.continued] == ["event-1", None]


def test_a_merge_continues_the_oldest_and_redirects_the_others():
    a, b = message("a"), message("b", tca_s=2000.0)
    stored = [existing("event-2", b), existing("event-1", a, age_h=1.0)]
    assert [event_id for event_id, _ in match_existing(stored, group(a, b)).continued] == ["event-1", "event-2"]
    bridge = message("c", tca_s=1000.0, created_h=2)
    matching = match_existing(stored, group(a, b, bridge))
    assert [event_id for event_id, _ in matching.continued] == ["event-1"]
    assert matching.redirects == {"event-2": "event-1"}


def test_one_identifier_is_never_given_twice():
    a, b = message("a"), message("b", tca_s=3000.0)
    matching = match_existing([existing("event-1", a, b)], group(a, b))
    assert [event_id for event_id, _ in matching.continued] == ["event-1", None]


def picture(**changes):
    (event,) = group(message("a"))
    return replace(EventPicture.of(event), **changes)


@pytest.mark.parametrize(
    ("before", "after", "reasons"),
    [
        ({}, {}, ()),
        ({"level": "reportable"}, {"level": "emergency"}, ("level_raised",)),
        ({"level": "emergency"}, {"level": "reportable"}, ("level_lowered",)),
        ({"collision_probability": 1e-5}, {"collision_probability": 9.9e-5}, ()),
        ({"collision_probability": 1e-5}, {"collision_probability": 1e-4}, ("probability_raised",)),
        ({"collision_probability": None}, {"collision_probability": 1e-7}, ("probability_raised",)),
        ({"collision_probability": None}, {"collision_probability": 0.9e-7}, ()),
        ({"collision_probability": 0.0}, {"collision_probability": 1e-6}, ("probability_raised",)),
        ({"collision_probability": 1e-30}, {"collision_probability": 1e-20}, ()),
        ({"collision_probability": 1e-4}, {"collision_probability": None}, ()),
        ({"miss_distance_m": 500.0}, {"miss_distance_m": 251.0}, ()),
        ({"miss_distance_m": 500.0}, {"miss_distance_m": 250.0}, ("miss_distance_fell",)),
        ({"tca": T0}, {"tca": T0 + timedelta(seconds=61)}, ("tca_moved",)),
        ({"tca": T0}, {"tca": T0 - timedelta(seconds=60)}, ()),
        ({"level": "emergency"}, {"level": "none", "state": "mitigated"}, ("level_lowered", "mitigated")),
    ],
)
def test_what_is_a_material_change(before, after, reasons):
    assert materially_changed(picture(**before), picture(**after)) == reasons


def test_the_first_picture_is_new():
    assert materially_changed(None, picture()) == ("new",)


def test_pictures_and_summaries_survive_storage():
    assert EventPicture.from_dict(picture().to_dict()) == picture()
    assert CdmSummary.from_dict(message("a").to_dict()) == message("a")


def test_a_basis_is_a_thread_of_its_own():
    known = message("known", level="emergency", basis="ephemerides", created_h=0)
    guessed = message("guessed", level="unquantified", basis="catalogue", created_h=1, collision_probability=None)
    (event,) = group(known, guessed)
    assert [thread.basis for thread in event.threads] == ["catalogue", "ephemerides"]
    assert (event.level, event.leading.message_id) == ("emergency", "known")


def test_a_clear_screening_closes_the_thread_of_its_own_basis_only():
    messages = message("a", level="emergency", basis="ephemerides"), message("b", basis="catalogue")
    again = ScreenedAgain(
        originator="FAIRWAY",
        norad_cat_id_1=100,
        norad_cat_id_2=200,
        start=NOW,
        stop=T0 + timedelta(days=1),
        completed_at=NOW,
        basis="ephemerides",
    )
    (event,) = group(*messages, screened_again=[again])
    assert (event.state, event.level, event.leading.message_id) == ("active", "reportable", "b")


def test_a_bound_does_not_raise_the_level_beside_a_probability_of_the_same_originator():
    without = {"collision_probability": None, "basis": "ephemeris-catalogue", "level": "unquantified"}
    known = message("b", basis="ephemeris-ephemerides", collision_probability=1e-9, level="reportable")
    (event,) = group(message("a", created_h=1, **without), known)
    assert event.level == "reportable"
    (event,) = group(message("a", originator="SOMEBODY ELSE", **without), known)
    assert event.level == "unquantified", "nobody's warning is merged away by another source"
