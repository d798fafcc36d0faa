"""The earth's orientation: what the table says, what is used is said, and nothing beyond it is invented."""

from pathlib import Path

import numpy as np
import pytest

from astrodynamics.earth_orientation import (
    ARCSECOND_RAD,
    FILE_VARIABLE,
    earth_orientation,
    read_finals2000a,
)
from astrodynamics.errors import EarthOrientationError
from astrodynamics.frames import rotation_to_gcrf
from astrodynamics.timescales import LEAP_SECONDS, SECOND_NS, from_tai_ns, parse_iso_utc, to_tai_ns

MIDNIGHT_2017 = parse_iso_utc("2017-01-01T00:00:00Z")


def finals_line(mjd: int, ut1_utc: float, *, flag: str = "I", bulletin_b: float | None = None) -> str:
    """A line of finals2000A with the columns that are read, polar motion 0.1" and 0.3"."""
    line = [" "] * 187
    for start, text in (
        (7, f"{mjd:8.2f}"), (16, flag), (18, f"{0.1:9.6f}"), (37, f"{0.3:9.6f}"), (57, flag),
        (58, f"{ut1_utc:10.7f}"), (97, f"{0.2:9.3f}"), (116, f"{-0.1:9.3f}"),
    ):  # fmt: skip
        line[start : start + len(text)] = text
    if bulletin_b is not None:
        for start, text in ((134, f"{0.1:10.6f}"), (144, f"{0.3:10.6f}"), (154, f"{bulletin_b:11.7f}")):
            line[start : start + len(text)] = text
    return "".join(line)


def write_table(folder: Path, *lines: str) -> Path:
    path = folder / "finals2000A.all"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_the_value_of_a_day_is_that_of_its_row():
    """IERS Bulletin B for 2017-01-01: UT1 - UTC jumped to +0.59130 s at the leap second."""
    at = earth_orientation().at(np.array([MIDNIGHT_2017]))
    assert at.ut1_minus_tai_s[0] + 37 == pytest.approx(0.59130, abs=2e-5)


def test_ut1_does_not_jump_at_a_leap_second():
    around = earth_orientation().at(MIDNIGHT_2017 + np.arange(-5, 6) * SECOND_NS)
    assert np.abs(np.diff(around.ut1_minus_tai_s)).max() < 1e-7


def test_between_days_a_cubic_is_met_exactly(tmp_path):
    def cubic(day: float) -> float:
        return 0.1 + 1e-3 * day - 2e-4 * day**2 + 1e-5 * day**3

    first = 58_000  # 2017-09-04: no leap second follows
    table = read_finals2000a(write_table(tmp_path, *(finals_line(first + d, cubic(d)) for d in range(8))), "a table")
    days = np.array([0.25, 3.5, 6.9])
    at = table.at(table.tai_ns[0] + (days * 86_400 * SECOND_NS).astype(np.int64))
    assert at.ut1_minus_tai_s + 37 == pytest.approx([cubic(d) for d in days], abs=2e-7)
    slope = 1e-3 - 4e-4 * days + 3e-5 * days**2
    assert at.length_of_day_s == pytest.approx(-slope, abs=5e-7)
    assert at.x_rad == pytest.approx(np.full(3, 0.1 * ARCSECOND_RAD))
    assert at.dx_rad == pytest.approx(np.full(3, 0.2e-3 * ARCSECOND_RAD))


def test_the_source_says_what_is_final_rapid_and_predicted(tmp_path):
    lines = [
        finals_line(58_000, 0.1, bulletin_b=0.1),
        finals_line(58_001, 0.1, bulletin_b=0.1),
        finals_line(58_002, 0.1),
        finals_line(58_003, 0.1),
        finals_line(58_004, 0.1, flag="P"),
    ]
    table = read_finals2000a(write_table(tmp_path, *lines), "a table")
    assert table.source == (
        "a table (final to 2017-09-05, rapid to 2017-09-07, predicted to 2017-09-08, from 2017-09-04)"
    )
    noon_ns = 43_200 * SECOND_NS
    assert [table.quality_at(int(t) + noon_ns) for t in table.tai_ns[:-1]] == ["final", "rapid", "rapid", "predicted"]


def test_bulletin_b_goes_before_bulletin_a(tmp_path):
    lines = [finals_line(58_000 + day, 0.1, bulletin_b=0.2) for day in range(4)]
    table = read_finals2000a(write_table(tmp_path, *lines), "a table")
    assert table.at(table.tai_ns).ut1_minus_tai_s + 37 == pytest.approx(np.full(4, 0.2))


@pytest.mark.parametrize("instant", ["1972-06-01T00:00:00Z", "2060-01-01T00:00:00Z"])
def test_beyond_the_table_nothing_is_invented(instant):
    with pytest.raises(EarthOrientationError, match=r"not known.*predicted to.*install a newer") as caught:
        rotation_to_gcrf("ITRF", np.array([parse_iso_utc(instant)]))
    assert caught.value.code == "earth_orientation"


def test_a_table_of_ones_own_is_named_by_the_environment(tmp_path, monkeypatch):
    path = write_table(tmp_path, *(finals_line(58_000 + day, 0.1) for day in range(4)))
    monkeypatch.setenv(FILE_VARIABLE, str(path))
    earth_orientation.cache_clear()
    try:
        assert earth_orientation().source.startswith(str(path))
    finally:
        earth_orientation.cache_clear()


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (["this is no table of the earth's orientation"], "is no finals2000A file"),
        ([finals_line(58_000, 0.1)], "gaps, or fewer than 4 days"),
        ([finals_line(58_000 + day, 0.1) for day in (0, 1, 2, 4)], "gaps, or fewer than 4 days"),
    ],
    ids=["text", "one day", "a gap"],
)
def test_what_is_no_table_is_refused(tmp_path, lines, complaint):
    with pytest.raises(EarthOrientationError, match=complaint):
        read_finals2000a(write_table(tmp_path, *lines), "a table")


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(EarthOrientationError, match="can't be read"):
        read_finals2000a(tmp_path / "absent", "absent")


def test_ut1_there_and_back():
    calendar = np.array(["1995-06-30T23:59:59.5", "2017-01-01T00:00:00", "2024-09-17T12:00:00"], dtype="datetime64[ns]")
    assert np.array_equal(from_tai_ns(to_tai_ns(calendar, "UT1"), "UT1"), calendar)
    assert (to_tai_ns(calendar[2:], "UT1") - to_tai_ns(calendar[2:], "UTC"))[0] / SECOND_NS == pytest.approx(
        -0.0589206, abs=1e-6
    )


def test_the_leap_seconds_here_are_those_that_the_iers_publishes():
    from astropy_iers_data import IERS_LEAP_SECOND_FILE

    rows = [line.split() for line in Path(IERS_LEAP_SECOND_FILE).read_text().splitlines() if line[0] != "#"]
    published = tuple(
        (f"{year}-{int(month):02d}-{int(day):02d}", int(seconds)) for _, day, month, year, seconds in rows
    )
    assert published == LEAP_SECONDS
