"""File names of table 9 of the 19 SDS handbook, as they are meant and as they come."""

import pytest

import ccsds

FULL = {
    "MEME_25544_ISS_1651200_oper__unclassified.txt":
        ("MEME", 25544, "ISS", "1651200", "operational", "", "unclassified", "txt"),
    "MEME_25544_ISS(ZARYA)_1651200_operational_nomnvr_UNCLASSIFIED.txt":
        ("MEME", 25544, "ISS(ZARYA)", "1651200", "operational", "nomnvr", "UNCLASSIFIED", "txt"),
    "MEME_25544_ISS_1651200_special_mnvr01_Unclassified.txt":
        ("MEME", 25544, "ISS", "1651200", "special", "mnvr01", "Unclassified", "txt"),
    "MEME_799500234_Sat1_1651200_special_separation_unclassified.txt":
        ("MEME", 799500234, "Sat1", "1651200", "special", "separation", "unclassified", "txt"),
    "MEME_100001_STARLINK-38128_2540142_Operational_1473385380_UNCLASSIFIED.txt":
        ("MEME", 100001, "STARLINK-38128", "2540142", "operational", "1473385380", "UNCLASSIFIED", "txt"),
    "MEME_45000_My sat_(2)_b_0010000_SPECIAL_burn_02_unclassified.txt":
        ("MEME", 45000, "My sat_(2)_b", "0010000", "special", "burn_02", "unclassified", "txt"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), FULL.items())
def test_a_name_by_the_convention_is_read_without_finding(name: str, expected: tuple[object, ...]) -> None:
    parsed = ccsds.parse_file_name(name, profile="space-track")
    assert (
        parsed.data_type, parsed.norad_cat_id, parsed.common_name, parsed.day_time_group,
        parsed.designation, parsed.metadata, parsed.classification, parsed.extension,
    ) == expected  # fmt: skip
    assert parsed.findings == ()


@pytest.mark.parametrize(
    ("name", "number", "designation"),
    [
        ("Ephemeris_DEMO_44391_20230228_special.txt", 44391, "special"),
        ("Ephemeris_DEMO_54643_20230228.txt", 54643, None),
        ("MEME_48969_20211101.txt", 48969, None),
        ("MEME_20211101_48969.oem", 48969, None),
        ("ephemeris.oem", None, None),
        ("", None, None),
    ],
)
def test_another_name_is_read_as_far_as_it_goes(name: str, number: int | None, designation: str | None) -> None:
    parsed = ccsds.parse_file_name(name)
    assert (parsed.norad_cat_id, parsed.designation) == (number, designation)
    assert "FIL-001" in {finding.rule for finding in parsed.findings}


def test_a_single_underscore_for_empty_metadata_is_mended_by_the_hint() -> None:
    parsed = ccsds.parse_file_name("MEME_25544_ISS_1651200_oper_unclassified.txt", profile="space-track")
    (finding,) = parsed.findings
    assert (finding.rule, finding.severity) == ("FIL-002", "error")
    assert "MEME_25544_ISS_1651200_oper__unclassified.txt" in finding.hint
    assert parsed.metadata == ""


BROKEN = {
    "no number": ("MEME_ISS_ISS_1651200_oper__unclassified.txt", "FIL-005"),
    "uncatalogued": ("MEME_UCN01_SPACESAT1_1651200_special_burn01_Unclassified.txt", "FIL-005"),
    "seven digits": ("MEME_1234567_ISS_1651200_oper__unclassified.txt", "FIL-006"),
    "lower case": ("meme_25544_ISS_1651200_oper__unclassified.txt", "FIL-009"),
    "day 367": ("MEME_25544_ISS_3671200_oper__unclassified.txt", "FIL-008"),
    "hour 24": ("MEME_25544_ISS_1652400_oper__unclassified.txt", "FIL-008"),
    "secret": ("MEME_25544_ISS_1651200_oper__SECRET.txt", "FIL-007"),
    "extension": ("MEME_25544_ISS_1651200_oper__unclassified.oem", "FIL-003"),
    "path": ("../MEME_25544_ISS_1651200_oper__unclassified.txt", "FIL-004"),
    "control character": ("MEME_25544_IS\nS_1651200_oper__unclassified.txt", "FIL-004"),
}


@pytest.mark.parametrize(("name", "rule"), BROKEN.values(), ids=BROKEN.keys())
def test_what_space_track_refuses_is_an_error(name: str, rule: str) -> None:
    findings = ccsds.parse_file_name(name, profile="space-track").findings
    assert [(finding.rule, finding.severity) for finding in findings] == [(rule, "error")]


def test_an_uncatalogued_object_and_path_parts_are_errors_for_everybody() -> None:
    for profile in ("strict", "operational", "space-track", "uksa"):
        for name in ("MEME_UCN01_A_1651200_oper__unclassified.oem", "a/MEME_25544_A_1651200_oper__unclassified.oem"):
            assert "error" in {finding.severity for finding in ccsds.parse_file_name(name, profile=profile).findings}


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("MEME_25544_ISS_1651200_oper__unclassified.oem.exe", "FIL-003"),
        ("MEME_25544_ISS_1651200_oper__unclassified.exe.oem", "FIL-003"),
        ("MEME_25544_ISS_1651200_oper__unclassified.txt", "FIL-003"),
        ("MEME_25544_ÎSS_1651200_oper__unclassified.oem", "FIL-004"),
        ("ephemeris.oem", "FIL-005"),
    ],
)
def test_uksa_takes_one_oem_suffix_ascii_and_a_number(name: str, rule: str) -> None:
    assert rule in {f.rule for f in ccsds.parse_file_name(name, profile="uksa").findings if f.severity == "error"}


def test_uksa_takes_a_good_name() -> None:
    assert ccsds.parse_file_name("MEME_25544_ISS_1651200_oper__unclassified.oem", profile="uksa").findings == ()
