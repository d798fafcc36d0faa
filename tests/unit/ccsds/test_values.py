"""Numbers and times as CCSDS 502.0-B-3 7.5 writes them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ccsds
from ccsds.syntax.alpha5 import decode_alpha5, encode_alpha5
from ccsds.syntax.lines import Lines
from ccsds.syntax.number_text import format_number
from ccsds.syntax.numbers import DIGITS_TO_ZERO, number_problem, read_integer
from ccsds.syntax.times import format_time, read_time, read_uniform_times


@pytest.mark.parametrize(
    ("text", "value", "problem"),
    [
        ("1.5", 1.5, None),
        ("-0.25", -0.25, None),
        ("+7", 7.0, None),
        ("1.0E-07", 1e-7, None),
        ("1.5e3", 1500.0, None),
        ("0.0E0", 0.0, None),
        ("1234567890.123456", 1234567890.123456, None),
        ("1234567890.1234567", 1234567890.1234567, "VAL-002/digits"),
        (".5", 0.5, "VAL-002/point"),
        ("5.", 5.0, "VAL-002/point"),
        ("12.5E3", 12500.0, "VAL-003/mantissa"),
        ("1E3", 1000.0, "VAL-003/mantissa"),
        ("1.0D3", None, "VAL-003"),
        ("1,5", None, "VAL-003"),
        ("1_000", None, "VAL-003"),
        ("0x10", None, "VAL-003"),
        ("1.0.0", None, "VAL-003"),
        ("1.0-3", None, "VAL-003"),
        ("", None, "VAL-003"),
        ("-", None, "VAL-003"),
        ("٣.0", None, "VAL-003"),
        ("1 .5", None, "VAL-005"),
        ("nan", None, "VAL-004"),
        ("-Infinity", None, "VAL-004"),
        ("1.0E400", None, "VAL-009"),
        ("1.0E-400", None, "VAL-009"),
    ],
)
def test_a_number_is_judged_by_form_and_value(text: str, value: float | None, problem: str | None) -> None:
    assert number_problem(text) == (value, problem)


def test_version_1_allows_18_digits() -> None:
    assert number_problem("123456789012345678", max_digits=18)[1] is None
    assert number_problem("1234567890123456789", max_digits=18)[1] == "VAL-002/digits"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2147483647", 2147483647),
        ("2147483648", None),
        ("-2147483648", -(2**31)),
        ("7.0", None),
        ("1_0", None),
        ("", None),
        ("0007", 7),
    ],
)
def test_an_integer_has_32_bits(text: str, value: int | None) -> None:
    assert read_integer(text) == value


@given(st.floats(min_value=-1e300, max_value=1e300))
def test_a_number_is_written_in_a_form_without_findings_and_reads_back(value: float) -> None:
    back, problem = number_problem(format_number(value))
    if value != 0.0 and abs(value) < 2.3e-308:  # subnormals may round to what strict calls an underflow
        return
    assert problem is None
    assert back == pytest.approx(value, rel=1.2e-15, abs=0.0)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=9, min_value=-99999, max_value=99999))
def test_numbers_of_fifteen_digits_read_back_exactly(number: object) -> None:
    value = float(str(number))
    assert number_problem(format_number(value))[0] == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-01T00:00:00", "2026-01-01T00:00:00.000000000"),
        ("2026-001T00:00:00.5Z", "2026-01-01T00:00:00.500000000"),
        ("2024-366T23:59:59.999999999", "2024-12-31T23:59:59.999999999"),
        ("2024-02-29T12:00:00.1234567891234", "2024-02-29T12:00:00.123456789"),
    ],
)
def test_a_time_is_read_to_whole_nanoseconds(text: str, expected: str) -> None:
    assert read_time(text).epoch == np.datetime64(expected, "ns")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2026-02-29T00:00:00", "TIM-003"),
        ("2026-366T00:00:00", "TIM-003"),
        ("2026-000T00:00:00", "TIM-003"),
        ("2026-13-01T00:00:00", "TIM-003"),
        ("2026-01-01T24:00:00", "TIM-006"),
        ("2026-01-01T00:60:00", "TIM-006"),
        ("2026-01-01T00:00:61", "TIM-006"),
        ("2026-01-01T00:00:60", "TIM-005"),
        ("2026-01-01T00:00:00+01:00", "TIM-004"),
        ("2026-01-01 00:00:00", "TIM-001"),
        ("2026-1-1T00:00:00", "TIM-002"),
        ("2026-01-01T00:00:00.", "TIM-010"),
        ("2026-01-01T00:00:00,5", "TIM-001"),
        ("26-01-01T00:00:00", "TIM-001"),
        ("2026-01-01", "TIM-001"),
        ("9999-01-01T00:00:00", "TIM-011"),
    ],
)
def test_a_time_that_is_none_names_its_rule(text: str, problem: str) -> None:
    reading = read_time(text)
    assert (reading.ns, reading.problem) == (None, problem)


@given(st.lists(st.datetimes(), min_size=1, max_size=20), st.integers(0, 12), st.booleans(), st.booleans())
def test_many_times_are_read_as_each_alone(times: list[object], digits: int, day_of_year: bool, zulu: bool) -> None:
    pattern = "%Y-%jT%H:%M:%S" if day_of_year else "%Y-%m-%dT%H:%M:%S"
    fraction = f".{'123456789987'[:digits]}" if digits else ""
    texts = [f"{time.strftime(pattern).zfill(19 - 2 * day_of_year)}{fraction}{'Z' * zulu}" for time in times]
    readings = [read_time(text) for text in texts]
    characters = np.frombuffer("".join(texts).encode(), dtype=np.uint8)
    starts = np.arange(len(texts)) * len(texts[0])
    together = read_uniform_times(characters, starts, texts[0].translate(DIGITS_TO_ZERO))
    if any(reading.ns is None for reading in readings):
        assert together is None
    else:
        assert together is not None
        assert together.tolist() == [reading.ns for reading in readings]


def test_every_leap_second_of_bulletin_c_is_known() -> None:
    years = range(1972, 2027)
    known = [f"{y}-{d}T23:59:60" for y in years for d in ("06-30", "12-31") if read_time(f"{y}-{d}T23:59:60").ns]
    assert len(known) == 27
    assert known[-1] == "2016-12-31T23:59:60"


@given(st.integers(-(2**62), 2**62))
def test_a_time_is_written_so_that_it_reads_back(ns: int) -> None:
    assert read_time(format_time(np.datetime64(ns, "ns"))).ns == ns


@pytest.mark.parametrize(
    ("text", "number"),
    [("00005", 5), ("    5", 5), ("99999", 99999), ("A0000", 100000), ("H9999", 179999), ("J0000", 180000),
     ("N9999", 229999), ("P0000", 230000), ("Z9999", 339999), ("I0000", None), ("O0000", None), ("a0000", None),
     ("A00", None), ("AA000", None), ("", None)],
)  # fmt: skip
def test_alpha_5_skips_i_and_o_and_ends_at_339999(text: str, number: int | None) -> None:
    assert decode_alpha5(text) == number


@given(st.integers(0, 339_999))
def test_alpha_5_reads_back(number: int) -> None:
    text = encode_alpha5(number)
    assert len(text) == 5
    assert decode_alpha5(text) == number


def test_alpha_5_carries_no_six_digits() -> None:
    assert encode_alpha5(340_000) is None


@pytest.mark.parametrize("terminator", [b"\n", b"\r\n", b"\r", b"\n\r"])
@pytest.mark.parametrize("last", [True, False])
def test_lines_are_the_same_for_every_terminator(terminator: bytes, last: bool) -> None:
    lines = Lines(terminator.join([b"one", b"", b"three"]) + terminator * last)
    assert [lines.text(index) for index in range(len(lines))] == ["one", "", "three"]
    assert lines.place_of(lines.data.index(b"ree")) == (3, 3)


@given(st.binary(max_size=40).map(lambda data: data.replace(b"\n\r", b"\n")))
def test_lines_cover_all_that_is_no_terminator(data: bytes) -> None:
    lines = Lines(data)
    parts = [data[start:end] for start, end in zip(lines.starts, lines.ends, strict=True)]
    assert b"".join(parts) == data.translate(None, b"\r\n")
    assert all(b"\n" not in part and b"\r" not in part for part in parts)


@pytest.mark.parametrize(
    ("text", "epoch"),
    [
        ("2451545.0", "2000-01-01T12:00:00.000000000"),
        ("2451534.29812", "1999-12-21T19:09:17.568000000"),
        ("2451545", "2000-01-01T12:00:00.000000000"),
        ("2451544.500000000000011574", "2000-01-01T00:00:00.000000001"),
    ],
)
def test_julian_dates_of_version_1_are_read_to_the_nanosecond(text: str, epoch: str) -> None:
    assert str(read_time(text, julian_dates=True).epoch) == epoch
    assert read_time(text).problem == "TIM-001"


@pytest.mark.parametrize("text", ["0000001.5", "9999999.5"])
def test_a_julian_date_beyond_the_years_that_are_read_says_so(text: str) -> None:
    assert read_time(text, julian_dates=True).problem == "TIM-011"


def test_an_oem_of_version_1_may_give_julian_dates_and_later_ones_may_not() -> None:
    text = (
        "CCSDS_OEM_VERS = 1.0\nCREATION_DATE = 2000-11-04T17:22:31\nORIGINATOR = X\nMETA_START\nOBJECT_NAME = A\n"
        "OBJECT_ID = 1996-062A\nCENTER_NAME = EARTH\nREF_FRAME = EME2000\nTIME_SYSTEM = UTC\nSTART_TIME = 2451534.25\n"
        "STOP_TIME = 2451534.50\nMETA_STOP\n"
        "2451534.25 7000.0 0.0 0.0 0.0 7.5 0.0\n2451534.50 7000.0 0.0 0.0 0.0 7.5 0.0\n"
    )
    report = ccsds.validate(text.encode())
    assert report.verdict == "valid"
    assert isinstance(report.message, ccsds.Oem)
    epochs = report.message.segments[0].epochs
    assert [str(epoch)[:19] for epoch in epochs] == ["1999-12-21T18:00:00", "1999-12-22T00:00:00"]
    later = ccsds.validate(text.replace("VERS = 1.0", "VERS = 2.0").encode())
    assert {finding.rule for finding in later.errors} >= {"TIM-001"}
