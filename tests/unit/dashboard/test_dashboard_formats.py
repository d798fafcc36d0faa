"""How numbers and times are written."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import formats

NOON = datetime(2024, 9, 17, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "written"),
    [(4.2e-5, "4.2e-05"), (1.0, "1.0e+00"), (3e-200, "3.0e-200"), (0.0, "< 1e-300"), (None, "—")],
)
def test_a_probability_is_written_in_scientific_notation(value: float | None, written: str) -> None:
    assert formats.probability(value) == written


@given(st.floats(min_value=0.0, max_value=1.0))
def test_no_probability_is_ever_written_as_zero(value: float) -> None:
    written = formats.probability(value)
    assert written.startswith("< ") or float(written) > 0.0


@pytest.mark.parametrize(
    ("metres", "written"),
    [
        (0.04, "0.0 m"),
        (12.34, "12.3 m"),
        (99.96, "100 m"),
        (912.4, "912 m"),
        (999.7, "1.00 km"),
        (4312.0, "4.31 km"),
        (123_456.0, "123 km"),
        (None, "—"),
    ],
)
def test_a_distance_is_written_in_metres_below_one_kilometre(metres: float | None, written: str) -> None:
    assert formats.distance(metres) == written


def test_a_component_that_is_not_known_is_not_zero() -> None:
    assert formats.signed_distance(None) == "—"
    assert formats.signed_distance(0.0) == "+0.0 m"
    assert formats.signed_distance(-120.2) == "−120 m"


def test_times_are_written_in_utc_whatever_zone_they_come_in() -> None:
    assert formats.date_time("2024-09-18T05:12:45.123456+02:00", "millisecond") == "2024-09-18 03:12:45.123"
    assert formats.iso_time("2024-09-18T05:12:45+02:00") == "2024-09-18T03:12:45Z"


@pytest.mark.parametrize(
    ("after", "written"),
    [
        (timedelta(days=2, hours=4, minutes=30), "in 2 d 4 h"),
        (timedelta(hours=-3, minutes=-12), "3 h 12 min ago"),
        (timedelta(days=1, seconds=5), "in 1 d"),
        (timedelta(seconds=-45), "45 s ago"),
        (timedelta(0), "now"),
    ],
)
def test_how_far_a_time_is_away_has_its_two_largest_units(after: timedelta, written: str) -> None:
    assert formats.relative_time(NOON + after, NOON) == written


@pytest.mark.parametrize(
    ("size", "written"),
    [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (256 * 2**20, "256.0 MiB"), (2**31, "2.0 GiB")],
)
def test_a_file_size_is_written_in_the_largest_unit_that_leaves_one(size: int, written: str) -> None:
    assert formats.file_size(size) == written


def test_a_file_name_may_break_behind_its_underscores_and_stays_text() -> None:
    assert str(formats.breakable("A_<b>")) == "A_<wbr>&lt;b&gt;"


def test_a_noun_agrees_with_its_number() -> None:
    assert formats.counted(1, "close approach") == "1 close approach"
    assert formats.counted(2000, "close approach") == "2,000 close approaches"
