"""File names of table 9 of the 19 SDS handbook, as they are meant and as they come."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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


START = np.datetime64("2026-06-14T12:00:59", "ns")


def built(**changes: object) -> str:
    facts = {"norad_cat_id": 25544, "common_name": "ISS (ZARYA)", "start": START, "designation": "operational"}
    return ccsds.build_file_name(**(facts | changes))


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "MEME_25544_ISS (ZARYA)_1651200_operational__unclassified.txt"),
        ({"metadata": "burn02"}, "MEME_25544_ISS (ZARYA)_1651200_operational_burn02_unclassified.txt"),
        ({"norad_cat_id": 900}, "MEME_00900_ISS (ZARYA)_1651200_operational__unclassified.txt"),
        ({"norad_cat_id": 799500234}, "MEME_799500234_ISS (ZARYA)_1651200_operational__unclassified.txt"),
        ({"designation": "special", "profile": "uksa"}, "MEME_25544_ISS (ZARYA)_1651200_special__unclassified.oem"),
        ({"start": np.datetime64("2024-12-31T23:59", "ns")},
         "MEME_25544_ISS (ZARYA)_3662359_operational__unclassified.txt"),
    ],
)  # fmt: skip
def test_a_name_is_built_as_the_receiver_wants_it(changes: dict[str, object], name: str) -> None:
    assert built(**changes) == name


@given(
    number=st.integers(1, 399_999) | st.integers(100_000_000, 999_999_999),
    name=st.from_regex(r"[A-Za-z][A-Za-z0-9 ()-]{0,20}", fullmatch=True),
    start=st.integers(0, 4 * 10**18).map(lambda ns: np.datetime64(ns, "ns")),
    designation=st.sampled_from(["operational", "special"]),
    metadata=st.from_regex(r"[a-z0-9-]{0,10}", fullmatch=True),
    profile=st.sampled_from(["space-track", "uksa"]),
)
def test_any_name_that_is_built_is_read_without_finding(
    number: int, name: str, start: np.datetime64, designation: str, metadata: str, profile: str
) -> None:
    built = ccsds.build_file_name(
        norad_cat_id=number, common_name=name, start=start, designation=designation, metadata=metadata, profile=profile
    )
    read = ccsds.parse_file_name(built, profile=profile)
    assert read.findings == ()
    assert (read.norad_cat_id, read.common_name, read.designation, read.metadata) == (
        number, name, designation, metadata,
    )  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        {"common_name": "../etc"},
        {"common_name": ""},
        {"common_name": "a_0010000_special"},
        {"common_name": "Zürich"},
        {"norad_cat_id": 1234567},
        {"start": np.datetime64("NaT", "ns")},
    ],
)
def test_a_name_that_could_not_be_read_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ccsds.CannotWrite):
        built(**changes)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("NASA_1234_ISS.opm", ("NASA", "1234", "ISS")),
        ("NASA_165120000.opm", ("NASA", "165120000", "")),
        ("NASA_165120001_25544COLA.opm", ("NASA", "165120001", "25544COLA")),
        ("NASA_165120001_burn_2.opm", ("NASA", "165120001", "burn_2")),
    ],
)
def test_the_name_of_a_maneuver_notification_is_read(name: str, parts: tuple[str, str, str]) -> None:
    read = ccsds.parse_maneuver_file_name(name, originator="NASA", profile="space-track")
    assert (read.organization, read.identifier, read.metadata) == parts
    assert read.findings == ()
    assert ccsds.build_maneuver_file_name(*parts) == name


def test_an_organization_with_underscores_is_known_by_the_originator() -> None:
    read = ccsds.parse_maneuver_file_name("MY_SPACE_ORG_17_x.opm", originator="MY_SPACE_ORG")
    assert (read.organization, read.identifier, read.metadata) == ("MY_SPACE_ORG", "17", "x")


@pytest.mark.parametrize(
    ("name", "rule"), [("NASA.opm", "MAN-020"), ("NASA_1.txt", "MAN-020"), ("ESA_1.opm", "MAN-021")]
)
def test_a_notification_s_name_that_space_track_refuses(name: str, rule: str) -> None:
    findings = ccsds.parse_maneuver_file_name(name, originator="NASA", profile="space-track").findings
    assert (rule, "error") in {(finding.rule, finding.severity) for finding in findings}


def test_a_notification_s_name_of_no_use_is_refused() -> None:
    for parts in (("", "1"), ("NASA", ""), ("NASA", "a/b"), ("NA/SA", "1"), ("NASA", "1", "a b.c")):
        with pytest.raises(ccsds.CannotWrite):
            ccsds.build_maneuver_file_name(*parts)


@pytest.mark.parametrize(
    ("state", "covariance", "taken"),
    [
        ("EME2000", "RTN", True), ("EME2000", "UVW", True), ("J2000", None, True), ("ITRF2000", "ITRF-97", True),
        ("TEME", "RSW", True), ("TEME", None, False), ("ITRF", "RTN", False), ("GCRF", "RTN", False),
        ("EME2000", "TNW", False),
    ],
)  # fmt: skip
def test_frames_are_taken_in_the_pairs_of_table_8(state: str, covariance: str | None, taken: bool) -> None:
    assert ccsds.is_space_track_frame_pair(state, covariance) is taken


def test_the_frames_of_table_8_can_be_listed() -> None:
    assert ccsds.covariance_frames_for("EME2000") == ("EME2000", "J2000", "RSW", "RTN", "UVW")
    assert ccsds.covariance_frames_for("ITRF2014") == ("ITRF",)
    assert ccsds.covariance_frames_for("GCRF") == ()


def test_no_name_at_all_is_said_so():
    (finding,) = (each for each in ccsds.parse_file_name("").findings if each.rule == "FIL-004")
    assert finding.message == "the file has no name"
