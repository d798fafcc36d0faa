"""The real catalogues, read whole, and number for number what python-sgp4 reads.

python-sgp4 (Brandon Rhodes), `Satrec.twoline2rv` and `sgp4.omm`; its own epoch is a pair of doubles, so it is compared
to 1e-8 day, the last digit of a TLE.
"""

import gzip
from pathlib import Path

import numpy as np
import pytest
from sgp4 import omm
from sgp4.api import Satrec

import ccsds

pytestmark = pytest.mark.corpus

RADIANS_PER_DEGREE = np.pi / 180.0
REV_PER_DAY_TO_RAD_PER_MIN = 2.0 * np.pi / 1440.0
ULPS = 4e-15
EPOCH_OF_JULIAN_DATE = 2440587.5
LAST_TLE_DIGIT_DAYS = 1e-8


def compare(sets: ccsds.ElementSets, satellites: list[Satrec]) -> None:
    def theirs(name: str) -> np.ndarray:
        return np.array([getattr(satellite, name) for satellite in satellites])

    assert len(sets) == len(satellites)
    assert np.array_equal(sets.norad_cat_id, theirs("satnum"))
    assert np.array_equal(sets.eccentricity, theirs("ecco"))
    np.testing.assert_allclose(sets.bstar, theirs("bstar"), rtol=ULPS)
    for ours, name in (
        (sets.inclination_deg, "inclo"),
        (sets.ra_of_asc_node_deg, "nodeo"),
        (sets.arg_of_pericenter_deg, "argpo"),
        (sets.mean_anomaly_deg, "mo"),
    ):
        np.testing.assert_allclose(ours * RADIANS_PER_DEGREE, theirs(name), rtol=ULPS, atol=0.0)
    np.testing.assert_allclose(sets.mean_motion_rev_day * REV_PER_DAY_TO_RAD_PER_MIN, theirs("no_kozai"), rtol=ULPS)
    np.testing.assert_allclose(
        sets.mean_motion_dot, theirs("ndot") * 1440.0 / REV_PER_DAY_TO_RAD_PER_MIN, rtol=ULPS, atol=1e-22
    )
    whole, part = theirs("jdsatepoch"), theirs("jdsatepochF")
    days, in_day_ns = np.divmod(sets.epoch.astype(np.int64), 86_400_000_000_000)
    error = (days - (whole - EPOCH_OF_JULIAN_DATE)) + (in_day_ns / 86_400e9 - part)
    assert np.abs(error).max() < LAST_TLE_DIGIT_DAYS
    assert np.array_equal(sets.element_set_no, theirs("elnum"))
    assert np.array_equal(sets.rev_at_epoch, theirs("revnum"))


def test_the_3le_catalogue(corpus: Path) -> None:
    data = gzip.decompress((corpus / "catalog" / "cat_20240917.3le.gz").read_bytes())
    sets, findings = ccsds.read_catalogue(data)
    lines = data.decode().splitlines()
    assert findings == ()
    assert sets.object_name[0] == "OBJ 00005"
    compare(sets, [Satrec.twoline2rv(*lines[index + 1 : index + 3]) for index in range(0, len(lines), 3)])
    assert ccsds.read_catalogue(ccsds.write(sets, "csv"))[0] == sets


def test_the_omm_csv_catalogue(corpus: Path) -> None:
    data = gzip.decompress((corpus / "catalog" / "gp_omm_20241101.csv.gz").read_bytes())
    sets, findings = ccsds.read_catalogue(data)
    assert findings == ()
    satellites = []
    for fields in omm.parse_csv(data.decode().splitlines()):
        satellite = Satrec()
        omm.initialize(satellite, fields)
        satellites.append(satellite)
    compare(sets, satellites)
    assert ccsds.read_catalogue(ccsds.write(sets, "json"))[0] == sets


def test_a_tle_epoch_is_exact() -> None:
    first = "1 00005U 58002B   24260.92265253  .00001195  00000-0  15088-2 0  9998"
    second = "2 00005  34.2430 124.2622 1843142 140.8779 234.0702 10.85642133373993"
    sets, _ = ccsds.read_catalogue(f"{first}\n{second}\n".encode())
    midnight = np.datetime64("2024-09-16", "ns")
    assert (sets.epoch[0] - midnight).astype(np.int64) == 92_265_253 * 864_000
