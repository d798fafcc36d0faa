"""File names are read from both ends: type and number, time group with designation, classification."""

import pytest

from validator.file_names import name_faults, parse_file_name


@pytest.mark.parametrize(
    ("name", "number", "common", "time", "designation", "metadata"),
    [
        ("MEME_25544_ISS(ZARYA)_1651200_operational_nomnvr_UNCLASSIFIED.txt", 25544, "ISS(ZARYA)", "1651200",
         "operational", "nomnvr"),
        ("MEME_25544_ISS_1651200_special_mnvr01_Unclassified.txt", 25544, "ISS", "1651200", "special", "mnvr01"),
        ("MEME_799500234_Sat1_1651200_special_separation_unclassified.txt", 799500234, "Sat1", "1651200", "special",
         "separation"),
        ("MEME_44391_NORTH_ONE_2_1651200_oper__unclassified.oem", 44391, "NORTH_ONE_2", "1651200", "operational", ""),
        ("MEME_00900_CALSPHERE 1_3001224_Oper_a_b_unclassified.txt", 900, "CALSPHERE 1", "3001224", "operational",
         "a_b"),
        ("MEME_100001_STARLINK-1_0010000_SPECIAL__unclassified.txt", 100001, "STARLINK-1", "0010000", "special", ""),
    ],
)  # fmt: skip
def test_the_parts_of_a_name(name, number, common, time, designation, metadata):
    parsed = parse_file_name(name)
    assert parsed.norad_cat_id == number
    assert parsed.common_name == common
    assert parsed.time_group == time
    assert parsed.designation == designation
    assert parsed.metadata == metadata
    assert parsed.has_the_form


def test_a_single_underscore_for_empty_metadata_is_told_with_the_right_name():
    name = "MEME_25544_ISS_1651200_oper_unclassified.txt"
    (fault,) = list(name_faults(parse_file_name(name), "space-track"))
    assert fault[0] == "FIL-002"
    assert fault[2] == "Name it MEME_25544_ISS_1651200_oper__unclassified.txt."


@pytest.mark.parametrize(
    ("name", "profile", "keys"),
    [
        ("MEME_25544_ISS_1651200_oper__unclassified.txt", "space-track", []),
        ("MEME_25544_ISS_1651200_oper__unclassified.oem", "space-track", ["FIL-003"]),
        ("MEME_25544_ISS_1651200_oper__unclassified.oem", "uksa", []),
        ("MEME_25544_ISS_1651200_oper__unclassified.txt", "uksa", ["FIL-003"]),
        ("MEME_25544_ISS_1651200_oper__unclassified.oem.exe", "uksa", ["FIL-003", "FIL-003/double"]),
        ("MEME_25544_ISS_1651200_oper__unclassified.oem.txt", "operational", ["FIL-003/double"]),
        ("MEME_25544_ISS_1651200_oper__secret.txt", "operational", ["FIL-007"]),
        ("MEME_25544_ISS_3671200_oper__unclassified.txt", "operational", ["FIL-008"]),
        ("MEME_25544_ISS_1652460_oper__unclassified.txt", "operational", ["FIL-008"]),
        ("meme_25544_ISS_1651200_oper__unclassified.txt", "operational", ["FIL-009"]),
        ("MEME_2554_ISS_1651200_oper__unclassified.txt", "operational", ["FIL-006"]),
        ("MEME_UCN01_ISS_1651200_oper__unclassified.txt", "operational", ["FIL-005/uncatalogued"]),
        ("MEME_61604_20211101.txt", "operational", ["FIL-001"]),
        ("Ephemeris_DEMO_44391_20230228_special.txt", "operational", ["FIL-005"]),
        ("näme.oem", "operational", ["FIL-004/non-ascii", "FIL-005"]),
        ("MEME_25544_v1.2_1651200_oper__unclassified.txt", "operational", []),
    ],
)
def test_what_is_wrong_with_a_name(name, profile, keys):
    assert [key for key, _, _ in name_faults(parse_file_name(name), profile)] == keys


def test_a_number_of_four_digits_names_no_satellite():
    assert parse_file_name("MEME_2554_ISS_1651200_oper__unclassified.txt").norad_cat_id is None
