"""Time scales: what people write, against nanoseconds of TAI."""

from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from astrodynamics.errors import AstrodynamicsError, InvalidTimeError, UnknownTimeScaleError
from astrodynamics.timescales import (
    J2000_TAI_NS,
    LEAP_SECONDS,
    LEAP_SECONDS_EXPIRE,
    SECOND_NS,
    from_datetime,
    from_tai_ns,
    iso_utc,
    iso_utc_texts,
    parse_iso_utc,
    to_datetime,
    to_tai_ns,
    tt_julian_dates,
    utc_julian_dates,
)

instants = st.integers(0, 4_000_000_000 * SECOND_NS)


def test_the_epoch_is_1970_in_atomic_time():
    assert to_tai_ns(np.datetime64("1970-01-01T00:00:00"), "TAI") == 0


@pytest.mark.parametrize(
    ("calendar", "scale"),
    [
        ("2000-01-01T12:00:00", "TT"),
        ("2000-01-01T11:59:27.816", "TAI"),
        ("2000-01-01T11:58:55.816", "UTC"),
        ("2000-01-01T11:59:08.816", "GPS"),
    ],
)
def test_j2000_is_one_instant_in_every_scale(calendar, scale):
    """USNO Circular 179, section 2.2: J2000.0 TT, 32.184 s from TAI, 64.184 s from UTC."""
    assert to_tai_ns(np.datetime64(calendar), scale) == J2000_TAI_NS
    assert from_tai_ns(J2000_TAI_NS, scale) == np.datetime64(calendar, "ns")


def test_barycentric_time_agrees_with_the_full_theory_to_30_microseconds():
    """ERFA's dtdb (Fairhead and Bretagnon 1990) at the geocentre."""
    erfa = pytest.importorskip("erfa")
    tai_ns = to_tai_ns(np.arange("1990-01-01", "2035-01-01", 37, dtype="datetime64[D]"))
    tdb_minus_tt = from_tai_ns(tai_ns, "TDB").astype(np.int64) - from_tai_ns(tai_ns, "TT").astype(np.int64)
    day, fraction = tt_julian_dates(tai_ns)
    assert np.abs(tdb_minus_tt * 1e-9 - erfa.dtdb(day, fraction, 0.0, 0.0, 0.0, 0.0)).max() < 30e-6


def test_leap_seconds_agree_with_erfa():
    erfa = pytest.importorskip("erfa")
    theirs = [(f"{row['year']}-{row['month']:02d}-01", int(row["tai_utc"])) for row in erfa.leap_seconds.get()]
    assert [row for row in theirs if row[0] >= "1972"] == list(LEAP_SECONDS)


def test_the_table_says_until_when_it_is_complete():
    assert date(2026, 12, 1) < LEAP_SECONDS_EXPIRE


def test_a_leap_second_counts():
    before, after = to_tai_ns(np.array(["2016-12-31T23:59:59", "2017-01-01T00:00:00"], "datetime64[ns]"))
    assert after - before == 2 * SECOND_NS


def test_second_60_is_read_with_its_flag_and_written():
    tai_ns = to_tai_ns(np.array(["2016-12-31T23:59:59.25"], "datetime64[ns]"), "UTC", np.array([True]))
    assert tai_ns[0] == parse_iso_utc("2016-12-31T23:59:60.25Z")
    assert iso_utc(int(tai_ns[0]), 3) == "2016-12-31T23:59:60.250Z"
    assert iso_utc_texts(tai_ns[0] + SECOND_NS * np.arange(2), 3) == [
        "2016-12-31T23:59:60.250Z",
        "2017-01-01T00:00:00.250Z",
    ]
    assert from_tai_ns(tai_ns)[0] == np.datetime64("2016-12-31T23:59:59.25", "ns")


@pytest.mark.parametrize("text", ["2016-12-30T23:59:60Z", "2024-06-30T23:59:60Z"])
def test_second_60_without_a_leap_second_is_refused(text):
    with pytest.raises(InvalidTimeError, match="60"):
        parse_iso_utc(text)


def test_second_60_exists_in_utc_only():
    with pytest.raises(InvalidTimeError, match="TT"):
        to_tai_ns(np.array(["2016-12-31T23:59:59"], "datetime64[ns]"), "TT", np.array([True]))


@pytest.mark.parametrize("scale", ["MJD", "utc"])
def test_unknown_scales_are_refused_with_the_known_ones(scale):
    with pytest.raises(UnknownTimeScaleError, match="GPS") as caught:
        to_tai_ns(np.datetime64("2024-01-01"), scale)
    assert caught.value.code == "unknown_time_scale"
    assert isinstance(caught.value, AstrodynamicsError)
    with pytest.raises(UnknownTimeScaleError):
        from_tai_ns(0, scale)


def test_a_missing_time_is_refused():
    with pytest.raises(InvalidTimeError, match="NaT"):
        to_tai_ns(np.array(["NaT"], "datetime64[ns]"))


@given(instants, st.sampled_from(["UTC", "TAI", "TT", "GPS", "TDB"]))
def test_writing_and_reading_give_the_same_nanosecond(tai_ns, scale):
    reading = from_tai_ns(np.array([tai_ns]), scale)
    again = to_tai_ns(reading, scale)[0]
    in_leap_second = iso_utc(tai_ns, 0)[17:19] == "60"
    assert again == tai_ns or (scale == "UTC" and in_leap_second and again == tai_ns - SECOND_NS)


@given(instants)
def test_iso_text_keeps_every_nanosecond(tai_ns):
    assert parse_iso_utc(iso_utc(tai_ns, 9)) == tai_ns


@given(instants)
def test_datetimes_keep_every_microsecond(tai_ns):
    tai_ns -= tai_ns % 1000
    if iso_utc(tai_ns, 0)[17:19] != "60":
        assert from_datetime(to_datetime(tai_ns)) == tai_ns


def test_datetimes_are_utc_and_aware():
    assert to_datetime(parse_iso_utc("2024-09-17T12:00:00.000001Z")) == datetime(2024, 9, 17, 12, 0, 0, 1, tzinfo=UTC)
    east = datetime(2024, 9, 17, 14, tzinfo=timezone(timedelta(hours=2)))
    assert from_datetime(east) == parse_iso_utc("2024-09-17T12:00:00Z")
    with pytest.raises(InvalidTimeError, match="zone"):
        from_datetime(datetime(2024, 9, 17))  # noqa: DTZ001 - the point of the test


def test_ordinal_dates_are_read():
    assert parse_iso_utc("2024-261T12:00:00") == parse_iso_utc("2024-09-17T12:00:00Z")


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2024-13-01T00:00:00Z", "2023-366T00:00:00Z", "2024-09-17 12:00:00", "2024-09-17T", "NaT"]
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(InvalidTimeError, match="not a UTC time"):
        parse_iso_utc(text)


def test_digits_are_rounded_not_cut():
    assert iso_utc(parse_iso_utc("2024-09-17T11:59:59.9996Z"), 3) == "2024-09-17T12:00:00.000Z"


def test_julian_dates_are_exact_in_two_parts():
    day, fraction = utc_julian_dates(np.array([parse_iso_utc("2024-09-17T12:00:00.000001Z")]))
    assert day[0] == 2_460_570.5
    assert abs(fraction[0] - 0.5 - 1e-6 / 86_400) < 1e-16
