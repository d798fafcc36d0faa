"""The decision on a document: what names its satellite must agree, with its own name and with its use."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from support.decisions import CATALOGUE, NAME, QUESTION, finding_of, rules_of
from support.files import oem, packed, tle

from assessment.catalogues import catalogue_from_columns
from validator.reading import decide
from validator.rules import PACKED_DAMAGED, PACKED_TOO_LARGE


class TestWhichSatellite:
    """Whatever names the satellite must agree."""

    def test_the_request_against_the_file_name(self):
        decision = decide(oem(), replace(QUESTION, requested_norad_cat_id=44391))
        assert rules_of(decision) == ["SVC-002"]
        assert "the request's norad_cat_id says 44391, the file name says 25544" in str(
            finding_of(decision, "SVC-002")["message"]
        )

    def test_the_object_id_against_the_file_name(self):
        assert rules_of(decide(oem(object_id="44391"), QUESTION)) == ["SVC-002"]

    def test_a_known_designator_against_the_file_name(self):
        decision = decide(oem(object_id="2019-029A"), QUESTION)
        assert rules_of(decision) == ["SVC-002"]
        assert "OBJECT_ID says 2019-029A (44391)" in str(finding_of(decision, "SVC-002")["message"])

    def test_a_known_designator_alone_is_enough(self):
        decision = decide(oem(object_id="1998-067a"), replace(QUESTION, file_name="north.oem"))
        assert (decision.verdict, decision.norad_cat_id) == ("valid", 25544)

    def test_a_request_alone_is_enough(self):
        question = replace(QUESTION, file_name="north.oem", requested_norad_cat_id=44391)
        decision = decide(oem(object_id="2020-001A"), question)
        assert (decision.verdict, decision.norad_cat_id) == ("valid", 44391)

    def test_an_unknown_designator_is_a_warning(self):
        decision = decide(oem(object_id="2020-001A"), QUESTION)
        assert decision.verdict == "valid"
        assert "SVC-003" in rules_of(decision, "warning")

    def test_nothing_that_names_it_is_an_error(self):
        decision = decide(oem(object_id="2020-001A"), replace(QUESTION, file_name="north.oem"))
        assert rules_of(decision) == ["SVC-004"]

    @pytest.mark.parametrize("number", [61604, 11111])
    def test_a_satellite_of_another_organization_and_an_unknown_one_are_told_alike(self, number):
        name = f"MEME_{number}_NORTH1_2611200_operational__unclassified.oem"
        decision = decide(oem(object_id=str(number)), replace(QUESTION, file_name=name))
        assert rules_of(decision) == ["SVC-001"]
        assert finding_of(decision, "SVC-001")["message"] == f"{number} is not one of your organization's satellites"
        assert decision.ephemeris is None

    def test_nine_digits_that_are_registered_are_a_satellite(self):
        name = "MEME_799500234_NORTH1_2611200_special__unclassified.oem"
        assert decide(oem(object_id="799500234"), replace(QUESTION, file_name=name)).verdict == "valid"

    def test_nine_digits_that_are_not_registered_are_told_so(self):
        name = "MEME_799500235_NORTH1_2611200_special__unclassified.oem"
        assert rules_of(decide(oem(object_id="799500235"), replace(QUESTION, file_name=name))) == ["SVC-005"]

    def test_ucn01_is_refused(self):
        name = "MEME_UCN01_NORTH1_2611200_special__unclassified.oem"
        assert "FIL-005" in rules_of(decide(oem(), replace(QUESTION, file_name=name)))


class TestNames:
    """The profile weighs what a file name says."""

    @pytest.mark.parametrize(
        ("name", "profile", "rules"),
        [
            ("MEME_25544_NORTH1_2611200_operational_unclassified.txt", "space-track", ["FIL-002"]),
            ("MEME_25544_NORTH1_2611200_operational_unclassified.txt", "operational", []),
            ("MEME_25544_NORTH1_2611200_operational__unclassified.oem.exe", "uksa", ["FIL-003", "FIL-003"]),
            ("north.oem", "uksa", ["FIL-005"]),
            ("north.oem", "operational", []),
        ],
    )
    def test_the_profile_decides_on_a_name(self, name, profile, rules):
        question = replace(QUESTION, file_name=name, profile=profile, requested_norad_cat_id=25544)
        assert [rule for rule in rules_of(decide(oem(), question)) if rule.startswith("FIL")] == rules

    def test_a_time_group_that_is_not_the_start_is_a_warning_with_the_right_name(self):
        name = "MEME_25544_NORTH1_2600000_operational__unclassified.oem"
        decision = decide(oem(), replace(QUESTION, file_name=name))
        assert decision.verdict == "valid"
        assert finding_of(decision, "SVC-007")["hint"] == f"Name it {NAME}."

    def test_the_designation_comes_from_the_name_before_the_request(self):
        decision = decide(oem(), replace(QUESTION, requested_designation="special"))
        assert decision.ephemeris is not None
        assert decision.ephemeris.designation == "operational"
        assert "SVC-006" in rules_of(decision, "warning")

    @pytest.mark.parametrize(("requested", "designation"), [("operational", "operational"), (None, "special")])
    def test_where_the_name_says_nothing_the_request_decides_else_it_is_special(self, requested, designation):
        question = replace(QUESTION, file_name="north.oem", requested_designation=requested)
        facts = decide(oem(), question).ephemeris
        assert facts is not None
        assert facts.designation == designation


class TestUse:
    """What a document can be used for."""

    @pytest.mark.parametrize(
        ("values", "because"),
        [({"time_system": "TCB"}, "TCB"), ({"center": "MARS"}, "MARS"), ({"states": 1}, "")],
    )
    def test_an_ephemeris_of_which_no_trajectory_can_be_made_is_valid_and_says_why_it_is_not_screened(
        self, values, because
    ):
        decision = decide(oem(**values), QUESTION)
        assert decision.ephemeris is None
        if decision.verdict == "valid":
            finding = finding_of(decision, "SVC-008")
            assert "the ephemeris is not screened, because" in str(finding["message"])
            assert because in str(finding["message"])

    @pytest.mark.parametrize("values", [{"ref_frame": "ITRF2000", "step_s": 5}, {"time_system": "UT1"}])
    def test_an_ephemeris_that_rests_on_the_earths_rotation_says_on_which_table(self, values):
        decision = decide(oem(**values), QUESTION)
        assert decision.ephemeris is not None
        message = str(finding_of(decision, "SVC-014")["message"])
        assert "brought to GCRF with finals2000A of astropy-iers-data" in message
        assert message.endswith("final at its end")

    def test_states_beyond_the_table_of_the_earths_rotation_are_not_screened(self):
        decision = decide(oem(ref_frame="ITRF", start=datetime(2060, 1, 1, tzinfo=UTC)), QUESTION)
        assert decision.ephemeris is None
        assert "earth's orientation at 2060-01-01" in str(finding_of(decision, "SVC-008")["message"])

    def test_states_too_far_apart_for_the_orbit_are_pointed_out(self):
        decision = decide(oem(step_s=900, states=60), QUESTION)
        finding = finding_of(decision, "SVC-013")
        assert decision.verdict == "valid"
        assert finding["severity"] == "warning"
        assert "in segment 1, states 900 s apart are interpolated with an error of about " in str(finding["message"])

    def test_nothing_is_said_of_states_that_are_near_enough(self):
        assert not {"SVC-013", "SVC-014"} & {found["rule"] for found in decide(oem(), QUESTION).findings}

    def test_an_operators_elements_are_stored_and_not_screened(self):
        decision = decide(tle(), replace(QUESTION, file_name="iss.tle"))
        assert (decision.verdict, decision.kind, decision.norad_cat_id) == ("valid", "TLE", 25544)
        assert (decision.ephemeris, decision.catalogue) == (None, None)
        assert "SVC-009" in rules_of(decision, "info")

    def test_an_operators_elements_of_other_satellites_are_refused(self):
        decision = decide(tle(count=3), replace(QUESTION, file_name="iss.tle"))
        assert rules_of(decision) == ["SVC-001"]
        assert "25545, 25546 are not" in str(finding_of(decision, "SVC-001")["message"])

    def test_a_catalogue_is_columns_with_names(self):
        facts = decide(tle(count=50), CATALOGUE).catalogue
        assert facts is not None
        assert (facts.object_count, facts.refused_count, facts.is_synthetic) == (50, 0, False)
        stored = catalogue_from_columns(facts.columns)
        assert stored.object_names[:2] == ("OBJECT 25544", "OBJECT 25545")
        assert facts.oldest_epoch == facts.newest_epoch

    def test_a_packed_catalogue_is_the_same_catalogue(self):
        plain, gzipped = decide(tle(count=50), CATALOGUE), decide(packed(tle(count=50)), CATALOGUE)
        assert plain.catalogue is not None
        assert gzipped.catalogue == plain.catalogue

    def test_made_up_objects_make_a_synthetic_catalogue(self):
        facts = decide(tle(count=3).replace(b"OBJECT", b"SYNTHETIC"), CATALOGUE).catalogue
        assert facts is not None
        assert facts.is_synthetic

    def test_a_bad_record_is_left_out_and_the_catalogue_is_accepted(self):
        lines = tle(count=50).split(b"\r\n")
        lines[4] = lines[4][:-1] + (b"0" if lines[4][-1:] != b"0" else b"1")
        decision = decide(b"\r\n".join(lines), CATALOGUE)
        assert decision.verdict == "valid"
        assert decision.catalogue is not None
        assert (decision.catalogue.object_count, decision.catalogue.refused_count) == (49, 1)
        assert any("the record is left out" in finding["message"] for finding in decision.findings)

    def test_a_catalogue_with_many_bad_records_is_refused_as_a_whole(self):
        lines = tle(count=10).split(b"\r\n")
        for row in (1, 4, 7):
            lines[row] = lines[row][:-1] + (b"0" if lines[row][-1:] != b"0" else b"1")
        decision = decide(b"\r\n".join(lines), CATALOGUE)
        assert rules_of(decision) == ["SVC-012"]
        assert decision.catalogue is None

    def test_an_ephemeris_is_no_catalogue(self):
        assert rules_of(decide(oem(), CATALOGUE)) == ["SVC-011"]

    def test_a_bomb_is_no_catalogue(self):
        decision = decide(packed(b"\0" * (20 * 1024 * 1024)), CATALOGUE)
        assert rules_of(decision) == [PACKED_TOO_LARGE.id]

    def test_a_damaged_packed_file_is_no_catalogue(self):
        decision = decide(packed(tle(count=50))[:-20], CATALOGUE)
        assert rules_of(decision) == [PACKED_DAMAGED.id]
