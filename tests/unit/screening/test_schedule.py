"""The daily slot: by the clock of New York, also when that clock is put forward or back."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from screening.runs.schedule import newest_slot, slot_before
from screening.settings import ScreeningSettings

NEW_YORK = "America/New_York"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "slot", "expected"),
    [
        ("2024-09-17T12:00", "00:00", "2024-09-17T04:00"),  # summer: four hours behind UTC
        ("2024-12-17T12:00", "00:00", "2024-12-17T05:00"),  # winter: five
        ("2024-09-17T03:59", "00:00", "2024-09-16T04:00"),
        ("2024-09-17T04:00", "00:00", "2024-09-17T04:00"),
        ("2024-09-18T01:00", "20:30", "2024-09-18T00:30"),  # already the next day in UTC
        ("2024-03-10T12:00", "02:30", "2024-03-10T07:30"),  # the hour that the clock leaps over
        ("2024-11-03T12:00", "01:30", "2024-11-03T05:30"),  # shown twice: the first
    ],
)
def test_the_newest_slot_is_that_of_the_zones_clock(now, slot, expected):
    assert slot_before(utc(now), slot, NEW_YORK) == utc(expected)


def test_there_is_one_slot_on_each_day_of_a_year():
    hours = [utc("2024-01-01T12:00") + timedelta(hours=hour) for hour in range(366 * 24)]
    slots = {slot_before(hour, "03:15", NEW_YORK) for hour in hours}
    assert len(slots) == 367, "the year's days and the last one before it"


def test_of_several_slots_the_newest_counts_and_none_is_none():
    slots = ("08:00", "16:00")
    assert newest_slot(utc("2024-09-17T19:59"), slots, NEW_YORK) == utc("2024-09-17T12:00")
    assert newest_slot(utc("2024-09-17T20:00"), slots, NEW_YORK) == utc("2024-09-17T20:00")
    assert newest_slot(utc("2024-09-17T11:59"), slots, NEW_YORK) == utc("2024-09-16T20:00")
    assert newest_slot(utc("2024-09-17T12:00"), (), NEW_YORK) is None


def test_a_slot_that_no_clock_shows_is_refused():
    with pytest.raises(ValidationError):
        ScreeningSettings(catalogue_slot="24:00")
    with pytest.raises(ValidationError):
        ScreeningSettings(concern_list_slots=("08:00", "8:00"))
