"""An OEM's text becomes columns, exactly, in bulk and line by line alike."""

from dataclasses import replace

import numpy as np
import pytest
from support.ccsds_messages import oem_of, oem_text

import ccsds
from ccsds.readers import ephemeris_block

FIRST_STATE = 16
"""Line of the first state in `oem_text`."""


def findings(text: str, profile: str = "strict") -> dict[str, ccsds.Finding]:
    return {finding.rule: finding for finding in ccsds.validate(text.encode(), profile=profile).findings}


def with_line(text: str, number: int, line: str) -> str:
    lines = text.split("\n")
    lines[number - 1] = line
    return "\n".join(lines)


def test_states_and_covariances_become_arrays() -> None:
    oem = ccsds.read(oem_text(40, covariances=True).encode(), profile="strict")
    assert isinstance(oem, ccsds.Oem)
    assert oem == oem_of(40, covariances=True)
    (segment,) = oem.segments
    assert segment.epochs.dtype == "datetime64[ns]"
    assert segment.positions_km.shape == segment.velocities_km_s.shape == (40, 3)
    assert segment.accelerations_km_s2 is None
    assert segment.covariances.matrices.shape == (40, 6, 6)
    assert np.array_equal(segment.covariances.matrices, segment.covariances.matrices.transpose(0, 2, 1))
    assert segment.covariances.frames == ("RTN",) * 40


def test_line_by_line_reads_the_same_as_in_bulk(monkeypatch: pytest.MonkeyPatch) -> None:
    text = oem_text(40, covariances=True).replace("0.0 ", ".5E-3 ").replace("6878.137", "06878.13700000000001")
    in_bulk = ccsds.validate(text.encode(), profile="operational")
    monkeypatch.setattr("ccsds.readers.oem_kvn.read_state_block", lambda *_: None)
    monkeypatch.setattr("ccsds.readers.covariance_section.read_covariance_block", lambda *_: None)
    by_line = ccsds.validate(text.encode(), profile="operational")
    assert in_bulk.message == by_line.message
    assert in_bulk.findings == by_line.findings


def test_one_bad_line_among_thousands_is_found_where_it_stands() -> None:
    text = oem_text(9000)
    bad = FIRST_STATE + 7000
    line = text.split("\n")[bad - 1]
    report = ccsds.validate(with_line(text, bad, line[:-3] + "x" + line[-2:]).encode())
    (finding,) = report.errors
    assert (finding.rule, finding.line) == ("VAL-003", bad)
    assert finding.column == line.rindex(" ") + 2


def test_every_broken_line_is_reported_not_only_the_first() -> None:
    text = oem_text(30)
    for number in (FIRST_STATE + 3, FIRST_STATE + 9, FIRST_STATE + 20):
        text = with_line(text, number, "2026-01-01T00:00:30.000 1.0 2.0")
    report = ccsds.validate(text.encode())
    assert [finding.line for finding in report.errors] == [FIRST_STATE + 3, FIRST_STATE + 9, FIRST_STATE + 20]
    assert report.message is None


def test_lenient_drops_the_broken_line_and_keeps_the_rest() -> None:
    report = ccsds.validate(with_line(oem_text(30), FIRST_STATE + 3, "garbage").encode(), profile="lenient")
    assert report.verdict == "valid"
    assert len(report.message.segments[0]) == 29
    assert {finding.severity for finding in report.findings} == {"warning"}
    assert ccsds.write(report.message, "kvn") == ccsds.write(replace(report.message), "kvn"), "the source is not whole"


def test_a_leap_second_is_marked_and_sorts_between_its_neighbours() -> None:
    text = oem_text(3).replace("2026-01-01T00:00:00.000", "2016-12-31T23:59:59.500")
    text = text.replace("2026-01-01T00:01:00.000", "2016-12-31T23:59:60.250")
    text = text.replace("2026-01-01T00:02:00.000", "2017-01-01T00:00:00.000")
    report = ccsds.validate(text.encode())
    assert report.verdict == "valid"
    (segment,) = report.message.segments
    assert segment.epochs[1] == np.datetime64("2016-12-31T23:59:59.250", "ns")
    assert segment.leap_second.tolist() == [False, True, False]
    assert b"2016-12-31T23:59:60.250" in ccsds.write(replace(report.message), "kvn")


@pytest.mark.parametrize("text", ["2026-12-31T23:59:60.0", "2016-12-31T23:58:60.0"])
def test_second_60_is_an_error_where_no_leap_second_was(text: str) -> None:
    assert "TIM-005" in findings(with_line(oem_text(3), FIRST_STATE + 2, f"{text} 1.0 2.0 3.0 1.0 2.0 3.0"))


def test_second_60_is_an_error_outside_utc() -> None:
    text = oem_text(3).replace("TIME_SYSTEM = UTC", "TIME_SYSTEM = TAI")
    assert "TIM-005" in findings(text.replace("2026-01-01T00:02:00.000 ", "2016-12-31T23:59:60.0 "))


def test_epochs_keep_whole_nanoseconds_and_cut_further_digits() -> None:
    text = oem_text(3).replace("2026-01-01T00:01:00.000 ", "2026-01-01T00:01:00.123456789987 ")
    (segment,) = ccsds.read(text.encode()).segments
    assert segment.epochs[1] == np.datetime64("2026-01-01T00:01:00.123456789", "ns")


def test_accelerations_on_some_lines_are_nan_on_the_others() -> None:
    text = oem_text(20)
    line = text.split("\n")[FIRST_STATE]
    report = ccsds.validate(with_line(text, FIRST_STATE + 1, line + " 0.001 0.002 0.003").encode())
    (segment,) = report.message.segments
    assert segment.accelerations_km_s2[1].tolist() == [0.001, 0.002, 0.003]
    assert np.isnan(segment.accelerations_km_s2[[0, 2, 19]]).all()
    assert [finding.rule for finding in report.findings] == ["OEM-023"]


def test_a_state_repeated_as_it_is_is_read_once_in_operational_and_refused_in_strict() -> None:
    text = oem_text(10)
    line = text.split("\n")[FIRST_STATE + 3]
    doubled = text.replace(line, f"{line}\n{line}")
    assert ccsds.validate(doubled.encode()).verdict == "invalid"
    report = ccsds.validate(doubled.encode(), profile="operational")
    assert report.verdict == "valid"
    assert np.array_equal(report.message.segments[0].epochs, oem_of(10).segments[0].epochs)


def test_the_same_epoch_with_another_state_is_an_error_in_operational_too() -> None:
    text = oem_text(10)
    line = text.split("\n")[FIRST_STATE + 3]
    other = line[:-1] + ("1" if line[-1] != "1" else "2")
    assert ccsds.validate(text.replace(line, f"{line}\n{other}").encode(), profile="operational").verdict == "invalid"


def test_a_missing_covariance_start_is_one_error_and_the_matrices_are_read() -> None:
    text = oem_text(10, covariances=True).replace("COVARIANCE_START\n", "")
    report = ccsds.validate(text.encode())
    assert [finding.rule for finding in report.errors] == ["OEM-032"]
    assert len(report.message.segments[0].covariances) == 10


def test_an_indefinite_covariance_is_a_warning() -> None:
    text = oem_text(20, covariances=True).replace("0.0 0.0004", "0.5 0.0004", 1)
    assert findings(text)["OEM-036"].severity == "warning"


def test_arrays_of_a_message_can_t_be_written_to() -> None:
    (segment,) = ccsds.read(oem_text().encode()).segments
    with pytest.raises(ValueError, match="read-only"):
        segment.positions_km[0, 0] = 0.0


def test_a_shape_is_judged_once_for_all_numbers_that_have_it() -> None:
    ephemeris_block.shape_problem.cache_clear()
    ccsds.read(oem_text(5000).encode())
    assert ephemeris_block.shape_problem.cache_info().misses < 100


SPACE_TRACK = {
    "STK-001": ("6878.137 ", "6.878137E+03 "),
    "STK-003": ("TIME_SYSTEM = UTC", "TIME_SYSTEM = TAI"),
    "STK-004": ("CENTER_NAME = EARTH", "CENTER_NAME = MOON"),
    "STK-005": ("2026-01-01T00:01:00.000 ", "2026-001T00:01:00.000 "),
    "STK-007": ("EPOCH = 2026-01-01T00:01:00.000", "EPOCH = 2026-01-01T00:01:00.001"),
    "STK-008": ("EPOCH = 2026-01-01T00:01:00.000\nCOV_REF_FRAME = RTN\n", "EPOCH = 2026-01-01T00:01:00.000\n"),
    "STK-009": ("COV_REF_FRAME = RTN", "COV_REF_FRAME = TNW"),
}


@pytest.mark.parametrize("rule", SPACE_TRACK)
def test_space_track_finds_what_its_utility_would_misread(rule: str) -> None:
    text = oem_text(10, covariances=True).replace("1.0E-10", "0.0000000001").replace("E-10", "").replace("E-05", "")
    clean = ccsds.validate(text.encode(), profile="space-track")
    assert not [finding for finding in clean.findings if finding.rule.startswith("STK")]
    broken = text.replace(*SPACE_TRACK[rule])
    assert rule in findings(broken, "space-track")
    assert not [other for other in findings(broken, "operational") if other.startswith("STK")]


def test_message_id_of_version_3_would_be_read_as_data_at_space_track() -> None:
    oem = oem_of(version="3.0")
    oem = replace(oem, header=replace(oem.header, message_id="ID-1"))
    assert findings(ccsds.write(oem, "kvn").decode(), "space-track")["STK-002"].severity == "error"
