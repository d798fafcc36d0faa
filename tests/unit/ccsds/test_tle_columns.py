"""Strict verification of element sets refuses collapsed blanks; the lenient profile puts fields back in columns."""

import pytest

import ccsds
from ccsds.readers.tle_columns import realigned

PRINTED = b"""ISS (ZARYA)
1 25544U 98067A 04236.56031392 .00020137 00000-0 16538-3 0 9993
2 25544 51.6335 344.7760 0007976 126.2523 325.9359 15.70406856328906
"""
"""As Satcat's documentation shows it."""
IN_COLUMNS = b"""ISS (ZARYA)
1 25544U 98067A   04236.56031392  .00020137  00000-0  16538-3 0  9993
2 25544  51.6335 344.7760 0007976 126.2523 325.9359 15.70406856328906
"""


@pytest.mark.parametrize("profile", ["strict", "operational", "space-track", "uksa"])
def test_collapsed_blanks_are_refused_and_the_hint_shows_the_line(profile: str) -> None:
    report = ccsds.validate(PRINTED, profile=profile)
    assert report.verdict == "invalid"
    assert [(finding.rule, finding.line) for finding in report.errors] == [("TLE-001", 2), ("TLE-001", 3)]
    assert report.errors[0].hint.endswith(IN_COLUMNS.decode().splitlines()[1])


def test_the_lenient_profile_reads_them_as_the_line_in_its_columns() -> None:
    report = ccsds.validate(PRINTED, profile="lenient")
    assert {(finding.rule, finding.severity) for finding in report.findings} == {("TLE-001", "warning")}
    assert report.message == ccsds.read(IN_COLUMNS, profile="strict")


@pytest.mark.parametrize("line", IN_COLUMNS.decode().splitlines()[1:])
def test_a_line_comes_back_from_its_fields(line: str) -> None:
    assert realigned(" ".join(line.split())) == line


@pytest.mark.parametrize(
    "line",
    [
        "1 25544U 98067A 04236.56031392 .00020137 00000-0 16538-3 0 999 3",
        "1 25544 98067A 04236.56031392 .00020137 00000-0 16538-3 0 9993",
        "2 25544 51.6335 344.7760 0007976 126.2523 15.70406856328906",
    ],
)
def test_fields_that_do_not_show_which_is_which_stay_refused(line: str) -> None:
    assert realigned(line) is None
