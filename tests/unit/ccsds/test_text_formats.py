"""Ephemerides in the text formats of the 19 SDS handbook: what they become, and what is wrong with them."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import ccsds

DATA = Path(__file__).parents[2] / "data" / "ccsds"
ENTRIES = json.loads((DATA / "manifest.json").read_text())["textformats"]
ITC = DATA / "textformats/MEME_45000_TESTSAT1_0010000_Operational_nomnvr_UNCLASSIFIED.txt"
CALIPER = DATA / "textformats/caliper_v2_valid.txt"
STATE = "6878.1370000000 -0.0000000000 0.0000000000 -0.0000000000 -0.9804704112 7.5492039959"
START = np.datetime64("2026-01-01T00:00:00", "ns")
MINUTE = np.timedelta64(60, "s")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: Path(entry["file"]).stem)
def test_a_fixture_is_judged_by_its_rule(entry: dict[str, str]) -> None:
    report = ccsds.validate(DATA / entry["file"], profile="operational")
    assert (report.kind, report.verdict) == (entry["kind"], entry["verdict"])
    severity = "info" if entry["verdict"] == "valid" else "error"
    found = [finding for finding in report.findings if (finding.rule, finding.severity) == (entry["rule"], severity)]
    assert found
    assert all(finding.hint and finding.source for finding in found)


def nasa_text(states: int = 5) -> str:
    return "".join(f"26001{minute // 60:02}{minute % 60:02}00.000 {STATE}\n" for minute in range(states))


def utc_text(headers: int = 21) -> str:
    header = "".join(f"HEADER LINE {number}\n" for number in range(1, headers + 1))
    return header + "".join(f"2026/01/01 00:{minute:02}:00.000 {STATE}\n" for minute in range(5))


@pytest.mark.parametrize(
    "text",
    [nasa_text(), nasa_text().replace("26001", "26001 "), utc_text(), (DATA / "textformats/goo_valid.txt").read_text()],
    ids=["NASA", "NASA with date and time apart", "UTC", "GOO"],
)
def test_five_minutes_become_five_states_in_eme2000(text: str) -> None:
    oem = ccsds.read(text.encode())
    (segment,) = oem.segments
    assert np.array_equal(segment.epochs, START + np.arange(5) * MINUTE)
    assert segment.positions_km[0].tolist() == [6878.137, 0.0, 0.0]
    assert segment.velocities_km_s[0].tolist() == [0.0, -0.9804704112, 7.5492039959]
    assert (segment.metadata.ref_frame, segment.metadata.time_system) == ("EME2000", "UTC")
    assert (segment.metadata.start_time, segment.metadata.stop_time) == (START, START + 4 * MINUTE)
    assert segment.metadata.object_id == "UNKNOWN"


def test_a_position_covariance_says_that_it_knows_nothing_of_velocities() -> None:
    covariances = ccsds.read(DATA / "textformats/goo_valid.txt").segments[0].covariances
    assert covariances.matrices.shape == (5, 6, 6)
    assert covariances.matrices[0, :3, :3].tolist() == [[1e-7, 1e-9, 1e-9], [1e-9, 4e-7, 1e-9], [1e-9, 1e-9, 9e-8]]
    assert not covariances.matrices[:, 3:].any()
    assert covariances.frames == ("UVW",) * 5
    assert "not given" in covariances.comments[0]


def test_a_modified_itc_keeps_header_and_covariance_per_epoch() -> None:
    oem = ccsds.read(ITC)
    (segment,) = oem.segments
    assert oem.header.creation_date == START
    assert oem.header.comments[2] == "ephemeris_source:blend"
    assert np.array_equal(segment.covariances.epochs, segment.epochs)
    assert segment.covariances.frames == ("UVW",) * 5
    assert np.diagonal(segment.covariances.matrices[4]).tolist() == [1e-7, 1e-7, 1e-7, 1e-13, 1e-13, 1e-13]


def test_the_triangle_of_a_modified_itc_is_read_row_by_row() -> None:
    lines = ITC.read_text().splitlines()[:5] + [" ".join(f"{7 * row + n}.0" for n in range(7)) for row in range(3)]
    report = ccsds.validate("\n".join(lines).encode(), profile="lenient")
    matrix = report.message.segments[0].covariances.matrices[0]
    assert matrix[np.tril_indices(6)].tolist() == [float(n) for n in range(21)]
    assert np.array_equal(matrix, matrix.T)


def test_a_launch_trajectory_counts_from_its_launch_in_axes_fixed_to_the_earth() -> None:
    (segment,) = ccsds.read(CALIPER).segments
    assert np.array_equal(segment.epochs, np.datetime64("2026-01-01T12:00:00", "ns") + np.arange(5) * MINUTE)
    assert segment.metadata.ref_frame == "TDR"
    assert segment.covariances.matrices[0, 1, 1] == 4e-6


def test_ptw_is_turned_into_tnw() -> None:
    uvw = ccsds.read(CALIPER.read_bytes().replace(b"1.0000e-08 1.0000e-08 9.0000e-07", b"2.0e-08 3.0e-08 9.0e-07"))
    ptw = ccsds.read(
        CALIPER.read_bytes()
        .replace(b"1.0000e-08 1.0000e-08 9.0000e-07", b"2.0e-08 3.0e-08 9.0e-07")
        .replace(b"UVW", b"PTW")
    )
    given, turned = (oem.segments[0].covariances for oem in (uvw, ptw))
    assert turned.frames[0] == "TNW"
    p, t, w = range(3)
    matrix, tnw = given.matrices[0], turned.matrices[0]
    assert (tnw[0, 0], tnw[1, 1], tnw[2, 2]) == (matrix[t, t], matrix[p, p], matrix[w, w])
    assert (tnw[1, 0], tnw[2, 0], tnw[2, 1]) == (-matrix[t, p], matrix[w, t], -matrix[w, p])


def test_a_single_state_of_a_launch_trajectory_is_an_opm() -> None:
    opm = ccsds.read(b"\n".join(CALIPER.read_bytes().splitlines()[:5]))
    assert isinstance(opm, ccsds.Opm)
    assert opm.state.epoch == np.datetime64("2026-01-01T12:00:00", "ns")
    assert opm.covariance.ref_frame == "UVW"


def cut(*lines: int) -> Callable[[str], str]:
    return lambda text: "\n".join(line for n, line in enumerate(text.splitlines(), 1) if n not in lines) + "\n"


def swap(old: str, new: str) -> Callable[[str], str]:
    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return edit


ITC_TEXT, GOO_TEXT = ITC.read_text(), (DATA / "textformats/goo_valid.txt").read_text()
FAULTS = {
    "NASA: five numbers": (nasa_text(), swap(" 7.5492039959\n26001000200", "\n26001000200"), "NAS-002", 2),
    "NASA: day 366 of a common year": (nasa_text(), swap("26001000300", "26366000300"), "NAS-003", 4),
    "NASA: hour 24": (nasa_text(), swap("26001000300", "26001240300"), "NAS-003", 4),
    "NASA: a leap second that never was": (nasa_text(), swap("26001000300", "26001235960"), "NAS-003", 4),
    "NASA: back in time": (nasa_text(), swap("26001000300", "25001000300"), "EPH-001", 4),
    "NASA: a letter": (nasa_text(), swap("6878.1370000000", "6878.137O000000"), "VAL-003", 1),
    "NASA: not finite": (nasa_text(), swap("6878.1370000000", "NaN"), "VAL-004", 1),
    "UTC: a header line too many": (utc_text(22), str, "UTC-002", 22),
    "UTC: a header line too few": (utc_text(20), str, "UTC-002", 21),
    "UTC: 30 February": (utc_text(), swap("2026/01/01 00:00", "2026/02/30 00:00"), "UTC-003", 22),
    "UTC: seven numbers": (utc_text(), swap(STATE, f"{STATE} 1.0"), "UTC-004", 22),
    "GOO: three header lines": (GOO_TEXT, cut(1), "GOO-002", 4),
    "GOO: a covariance is missing": (GOO_TEXT, cut(8), "GOO-003", 7),
    "GOO: two covariances": (GOO_TEXT, lambda text: text.replace("9.0000000000e-08\n", "9e-8\n1 0 1 0 0 1\n", 1),
                             "GOO-003", 7),
    "GOO: five numbers of a state": (GOO_TEXT, swap(" 7.5492039959", ""), "GOO-005", 5),
    "GOO: minute 61": (GOO_TEXT, swap("2026001000100", "2026001006100"), "GOO-006", 7),
    "GOO: a start that is no time": (GOO_TEXT, swap("start:2026-01", "start:2026-13"), "GOO-002", 2),
    "ITC: no frame on line 4": (ITC_TEXT, swap("UVW", "covariance"), "ITC-010", 4),
    "ITC: three header lines": (ITC_TEXT, cut(2), "ITC-010", 4),
    "ITC: a state with five numbers": (ITC_TEXT, swap(" 7.5492039959", ""), "ITC-010", 5),
    "ITC: six numbers on a covariance line": (ITC_TEXT, swap(" 0.0000000000e+00\n", "\n"), "ITC-010", 6),
    "ITC: two covariance lines": (ITC_TEXT, cut(8), "ITC-010", 5),
    "ITC: four covariance lines": (ITC_TEXT, lambda text: text + "1 2 3 4 5 6 7\n", "ITC-010", 25),
    "ITC: a state without covariance": (ITC_TEXT, cut(10, 11, 12), "ITC-010", 9),
    "ITC: a covariance before all states": (ITC_TEXT, swap("UVW\n", "UVW\n1 2 3 4 5 6 7\n"), "ITC-010", 5),
    "ITC: step_size 0": (ITC_TEXT, swap("step_size:60", "step_size:0"), "ITC-010", 2),
    "ITC: day 000": (ITC_TEXT, swap("2026001000100", "2026000000100"), "ITC-010", 9),
    "CALIPER: another frame": (CALIPER.read_text(), swap("UVW", "UVW (or PTW)"), "CAL-002", 1),
    "CALIPER: no launch": (CALIPER.read_text(), cut(2), "CAL-003", 2),
    "CALIPER: minute 60 of the launch": (CALIPER.read_text(), swap("1200 00.000", "1260 00.000"), "CAL-003", 2),
    "CALIPER: five numbers of a state": (CALIPER.read_text(), swap(" 7.5492039959", ""), "CAL-006", 3),
    "CALIPER: a time that is none": (CALIPER.read_text(), swap("60.000 ", "T+60 "), "CAL-007", 6),
    "CALIPER: one covariance line": (CALIPER.read_text(), cut(5), "CAL-005", 3),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_an_error_on_its_line_in_every_profile_but_the_lenient(name: str) -> None:
    text, edit, rule, line = FAULTS[name]
    data = edit(text).encode()
    for profile in ("strict", "operational", "space-track", "uksa"):
        report = ccsds.validate(data, profile=profile)
        assert report.verdict == "invalid"
        assert (rule, line) in {(finding.rule, finding.line) for finding in report.errors}, report.findings
    assert ccsds.validate(data, profile="lenient").verdict == "valid" or rule == "CAL-003"


def test_a_repeated_record_is_read_once() -> None:
    text = nasa_text().splitlines(keepends=True)
    oem = ccsds.read("".join([*text[:3], text[2], *text[3:]]).encode())
    assert len(oem.segments[0]) == 5


def test_a_span_in_the_header_beside_the_states_is_a_warning() -> None:
    text = ITC_TEXT.replace("ephemeris_stop:2026-01-01 00:04:00", "ephemeris_stop:2026-01-01 00:03:00")
    report = ccsds.validate(text.encode(), profile="operational")
    assert ("EPH-003", "warning", 2) in {(found.rule, found.severity, found.line) for found in report.findings}


@pytest.mark.parametrize(("profile", "severity"), [("space-track", "warning"), ("operational", None)])
def test_exponents_are_a_warning_where_space_track_reads(profile: str, severity: str | None) -> None:
    report = ccsds.validate(ITC, profile=profile)
    found = {finding.severity for finding in report.findings if finding.rule == "STK-001"}
    assert found == ({severity} if severity else set())


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_once(name: str) -> None:
    text, edit, rule, line = FAULTS[name]
    report = ccsds.validate(edit(text).encode(), profile="operational")
    assert [(finding.rule, finding.line) for finding in report.errors] == [(rule, line)]


@pytest.mark.parametrize(
    ("old", "new"), [("6878.1370000000", "6878137.0"), ("7.5492039959", "7549.2039959"), ("6878.1370000000", "1e300")]
)
def test_metres_and_other_absurdities_are_noticed(old: str, new: str) -> None:
    report = ccsds.validate(nasa_text().replace(old, new).encode())
    assert ("EPH-004", 1) in {(finding.rule, finding.line) for finding in report.findings}


def test_a_state_below_the_surface_and_a_step_too_long_are_noticed() -> None:
    def noticed(text: str) -> set[tuple[str, int]]:
        report = ccsds.validate(text.encode(), profile="operational")
        return {(found.rule, found.line) for found in report.findings if found.severity == "warning"}

    assert not noticed(ITC_TEXT)
    assert ("PHY-001", 5) in noticed(ITC_TEXT.replace("6878.1370000000 ", "5878.1370000000 "))
    assert ("PHY-003", 13) in noticed(ITC_TEXT.replace("-117.3108529151", "-217.3108529151"))


def test_a_leap_second_is_read_where_there_was_one() -> None:
    text = f"2016/12/31 23:59:59.000 {STATE}\n2016/12/31 23:59:60.500 {STATE}\n2017/01/01 00:00:00.000 {STATE}\n"
    (segment,) = ccsds.read((utc_text().split("2026")[0] + text).encode()).segments
    assert segment.leap_second.tolist() == [False, True, False]


def test_blank_lines_tabs_and_any_line_end_do_not_matter() -> None:
    expected = ccsds.read(ITC)
    for data in (
        ITC_TEXT.replace("\n", "\r\n"),
        ITC_TEXT + "\n\n",
        ITC_TEXT.replace("\n2026001000200", "\n\n  \n2026001000200"),
        ITC_TEXT.replace("6878.1370000000 ", "6878.1370000000\t"),
        ITC_TEXT.replace("6878.1370000000 ", "6878.1370000000     "),
    ):
        assert ccsds.read(data.encode()).segments == expected.segments


def test_a_long_file_with_one_odd_line_reads_as_its_lines_say() -> None:
    rows = nasa_text(1439).splitlines()
    odd = rows[700].replace("6878.1370000000", "+.6878137E4")
    epochs = ccsds.read("\n".join([*rows[:700], odd, *rows[701:]]).encode()).segments[0].epochs
    assert np.array_equal(epochs, START + np.arange(1439) * MINUTE)
