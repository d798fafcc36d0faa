"""The decision on a document: content, name, satellite, purpose. Each fault has its own finding."""

import hashlib
import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from support.files import oem, packed, tle

import ccsds
from assessment.catalogues import catalogue_from_columns
from assessment.trajectories import ephemeris_from_columns
from validator.errors import ContentDamaged
from validator.question import Decision, Limits, Question
from validator.reading import decide, decide_file
from validator.rules import PACKED_DAMAGED, PACKED_TOO_LARGE, service_rules

NAME = "MEME_25544_NORTH1_2611200_operational__unclassified.oem"
QUESTION = Question(
    document_id="document-1",
    file_name=NAME,
    sha256="",
    received_at=datetime(2024, 9, 17, 11, 30, tzinfo=UTC),
    purpose="operator",
    profile="operational",
    requested_norad_cat_id=None,
    requested_designation=None,
    own=frozenset({25544, 44391, 799500234}),
    registered=frozenset({25544, 44391, 799500234, 61604}),
    designators={"1998-067A": 25544, "2019-029A": 44391},
    limits=Limits(unpacked_max_bytes=64 * 1024 * 1024, unpacked_max_ratio=100.0, refused_share=0.1),
)
CATALOGUE = replace(QUESTION, purpose="catalogue", file_name="all.3le")


def _rules(decision: Decision, severity: str = "error") -> list[str]:
    return [finding["rule"] for finding in decision.findings if finding["severity"] == severity]


def _finding(decision: Decision, rule: str) -> dict[str, object]:
    (found,) = (finding for finding in decision.findings if finding["rule"] == rule)
    return found


def test_a_good_ephemeris_is_valid_and_extracted():
    decision = decide(oem(covariance=True, segments=2), QUESTION)
    facts = decision.ephemeris
    assert (decision.verdict, decision.kind, decision.format, decision.version) == ("valid", "OEM", "KVN", "2.0")
    assert (decision.error_count, decision.warning_count) == (0, 0)
    assert facts is not None
    assert (facts.norad_cat_id, facts.designation) == (25544, "operational")
    assert (facts.state_count, facts.segment_count, facts.has_covariance) == (60, 2, True)
    assert facts.start_time == datetime(2024, 9, 17, 12, tzinfo=UTC)
    assert facts.stop_time == datetime(2024, 9, 17, 12, 59, tzinfo=UTC)
    assert (facts.originator, facts.object_id, facts.ref_frame) == ("NORTH", "25544", "EME2000")


def test_the_columns_are_the_trajectory():
    facts = decide(oem(covariance=True), QUESTION).ephemeris
    assert facts is not None
    stored = ephemeris_from_columns(facts.columns)
    assert hashlib.sha256(facts.columns).hexdigest() == facts.columns_sha256
    assert (stored.norad_cat_id, stored.designator) == (25544, facts.id)
    assert len(stored.segments[0].tai_ns) == 30


def test_the_same_document_gives_the_same_columns_under_the_same_name():
    first, second = (decide(oem(), QUESTION).ephemeris for _ in range(2))
    assert first == second


def test_times_of_another_time_system_are_stored_in_utc():
    facts = decide(oem(time_system="TAI"), QUESTION).ephemeris
    assert facts is not None
    assert facts.start_time == datetime(2024, 9, 17, 11, 59, 23, tzinfo=UTC)


def test_a_broken_line_is_found_with_its_place():
    lines = oem().split(b"\n")
    lines[20] = lines[20].rsplit(b" ", 2)[0]
    decision = decide(b"\n".join(lines), QUESTION)
    (error,) = [finding for finding in decision.findings if finding["severity"] == "error"]
    assert decision.verdict == "invalid"
    assert decision.ephemeris is None
    assert error["line"] == 21
    assert error["rule"] == "OEM-022"


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "FMT-003"),
        (b" \n\n", "FMT-003"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "FMT-005"),
        (b"hello\x00world", "FMT-005"),
        (b"caf\xe9 au lait", "FMT-006"),
        (b"just some text", "FMT-001"),
        (packed(oem()), "FMT-004"),
    ],
)
def test_what_is_no_message_has_one_error_of_its_own(content, rule):
    decision = decide(content, QUESTION)
    assert decision.verdict == "invalid"
    assert _rules(decision) == [rule]


OPM = """CCSDS_OPM_VERS = 2.0
CREATION_DATE = 2024-09-17T00:00:00
ORIGINATOR = NORTH
OBJECT_NAME = NORTH 1
OBJECT_ID = 1998-067A
CENTER_NAME = EARTH
REF_FRAME = EME2000
TIME_SYSTEM = UTC
EPOCH = 2024-09-17T12:00:00.000
X = 6878.137 [km]
Y = 0.0 [km]
Z = 0.0 [km]
X_DOT = 0.0 [km/s]
Y_DOT = 7.6126 [km/s]
Z_DOT = 0.0 [km/s]
"""
OMM = """CCSDS_OMM_VERS = 2.0
CREATION_DATE = 2024-09-17T00:00:00
ORIGINATOR = NORTH
OBJECT_NAME = NORTH 1
OBJECT_ID = 1998-067A
CENTER_NAME = EARTH
REF_FRAME = TEME
TIME_SYSTEM = UTC
MEAN_ELEMENT_THEORY = SGP4
EPOCH = 2024-09-17T12:00:00.000
MEAN_MOTION = 15.5 [rev/day]
ECCENTRICITY = 0.001
INCLINATION = 51.6 [deg]
RA_OF_ASC_NODE = 10.0 [deg]
ARG_OF_PERICENTER = 20.0 [deg]
MEAN_ANOMALY = 30.0 [deg]
NORAD_CAT_ID = 25544
BSTAR = 0.0001 [1/ER]
"""
PLAIN = replace(QUESTION, file_name="north.txt")


def test_an_opm_is_accepted_as_a_document_about_its_satellite_and_not_screened():
    decision = decide(OPM.encode(), PLAIN)
    assert (decision.verdict, decision.kind, decision.norad_cat_id) == ("valid", "OPM", 25544)
    assert decision.ephemeris is None
    assert "not screened" in str(_finding(decision, "SVC-015")["message"])


def test_an_opm_of_which_nothing_says_the_satellite_is_invalid():
    assert _rules(decide(OPM.replace("1998-067A", "UNKNOWN").encode(), PLAIN)) == ["SVC-004"]
    named = replace(PLAIN, requested_norad_cat_id=25544)
    assert decide(OPM.replace("1998-067A", "UNKNOWN").encode(), named).verdict == "valid"


def test_a_maneuver_notification_names_its_satellite_by_its_own_parameter():
    notification = OPM.replace("OBJECT_ID = 1998-067A", "OBJECT_ID = 1998-067A\nUSER_DEFINED_NORAD_CAT_ID = 44391")
    decision = decide(notification.encode(), PLAIN)
    assert _rules(decision) == ["SVC-002"]
    assert "44391" in str(_finding(decision, "SVC-002")["message"])


def test_a_single_omm_is_accepted_as_element_sets_are():
    decision = decide(OMM.encode(), PLAIN)
    assert (decision.verdict, decision.kind, decision.norad_cat_id) == ("valid", "OMM", 25544)
    assert [finding["rule"] for finding in decision.findings if finding["rule"].startswith("SVC")] == ["SVC-009"]


def test_a_single_omm_is_a_catalogue_of_one():
    decision = decide(OMM.encode(), replace(CATALOGUE, file_name="one.omm"))
    facts = decision.catalogue
    assert facts is not None
    assert catalogue_from_columns(facts.columns).elements.norad_cat_id.tolist() == [25544]


def test_an_omm_of_another_theory_is_no_catalogue():
    other = OMM.replace("SGP4", "DSST").replace("REF_FRAME = TEME", "REF_FRAME = TOD")
    decision = decide(other.encode(), replace(CATALOGUE, file_name="one.omm"))
    assert _rules(decision) == ["SVC-011"]
    assert "its theory is DSST" in str(_finding(decision, "SVC-011")["message"])
    assert decide(other.encode(), PLAIN).verdict == "valid"


def test_a_nul_byte_in_an_ephemeris_is_an_error_that_can_be_stored():
    decision = decide(oem().replace(b"NORTH 1", b"NORTH\x001"), QUESTION)
    assert decision.verdict == "invalid"
    assert all("\0" not in str(value) for finding in decision.findings for value in finding.values())


class TestWhichSatellite:
    """Whatever names the satellite must agree."""

    def test_the_request_against_the_file_name(self):
        decision = decide(oem(), replace(QUESTION, requested_norad_cat_id=44391))
        assert _rules(decision) == ["SVC-002"]
        assert "the request's norad_cat_id says 44391, the file name says 25544" in str(
            _finding(decision, "SVC-002")["message"]
        )

    def test_the_object_id_against_the_file_name(self):
        assert _rules(decide(oem(object_id="44391"), QUESTION)) == ["SVC-002"]

    def test_a_known_designator_against_the_file_name(self):
        decision = decide(oem(object_id="2019-029A"), QUESTION)
        assert _rules(decision) == ["SVC-002"]
        assert "OBJECT_ID says 2019-029A (44391)" in str(_finding(decision, "SVC-002")["message"])

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
        assert "SVC-003" in _rules(decision, "warning")

    def test_nothing_that_names_it_is_an_error(self):
        decision = decide(oem(object_id="2020-001A"), replace(QUESTION, file_name="north.oem"))
        assert _rules(decision) == ["SVC-004"]

    @pytest.mark.parametrize("number", [61604, 11111])
    def test_a_satellite_of_another_organization_and_an_unknown_one_are_told_alike(self, number):
        name = f"MEME_{number}_NORTH1_2611200_operational__unclassified.oem"
        decision = decide(oem(object_id=str(number)), replace(QUESTION, file_name=name))
        assert _rules(decision) == ["SVC-001"]
        assert _finding(decision, "SVC-001")["message"] == f"{number} is not one of your organization's satellites"
        assert decision.ephemeris is None

    def test_nine_digits_that_are_registered_are_a_satellite(self):
        name = "MEME_799500234_NORTH1_2611200_special__unclassified.oem"
        assert decide(oem(object_id="799500234"), replace(QUESTION, file_name=name)).verdict == "valid"

    def test_nine_digits_that_are_not_registered_are_told_so(self):
        name = "MEME_799500235_NORTH1_2611200_special__unclassified.oem"
        assert _rules(decide(oem(object_id="799500235"), replace(QUESTION, file_name=name))) == ["SVC-005"]

    def test_ucn01_is_refused(self):
        name = "MEME_UCN01_NORTH1_2611200_special__unclassified.oem"
        assert "FIL-005" in _rules(decide(oem(), replace(QUESTION, file_name=name)))


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
        assert [rule for rule in _rules(decide(oem(), question)) if rule.startswith("FIL")] == rules

    def test_a_time_group_that_is_not_the_start_is_a_warning_with_the_right_name(self):
        name = "MEME_25544_NORTH1_2600000_operational__unclassified.oem"
        decision = decide(oem(), replace(QUESTION, file_name=name))
        assert decision.verdict == "valid"
        assert _finding(decision, "SVC-007")["hint"] == f"Name it {NAME}."

    def test_the_designation_comes_from_the_name_before_the_request(self):
        decision = decide(oem(), replace(QUESTION, requested_designation="special"))
        assert decision.ephemeris is not None
        assert decision.ephemeris.designation == "operational"
        assert "SVC-006" in _rules(decision, "warning")

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
            finding = _finding(decision, "SVC-008")
            assert "the ephemeris is not screened, because" in str(finding["message"])
            assert because in str(finding["message"])

    @pytest.mark.parametrize("values", [{"ref_frame": "ITRF2000", "step_s": 5}, {"time_system": "UT1"}])
    def test_an_ephemeris_that_rests_on_the_earths_rotation_says_on_which_table(self, values):
        decision = decide(oem(**values), QUESTION)
        assert decision.ephemeris is not None
        message = str(_finding(decision, "SVC-014")["message"])
        assert "brought to GCRF with finals2000A of astropy-iers-data" in message
        assert message.endswith("final at its end")

    def test_states_beyond_the_table_of_the_earths_rotation_are_not_screened(self):
        decision = decide(oem(ref_frame="ITRF", start=datetime(2060, 1, 1, tzinfo=UTC)), QUESTION)
        assert decision.ephemeris is None
        assert "earth's orientation at 2060-01-01" in str(_finding(decision, "SVC-008")["message"])

    def test_states_too_far_apart_for_the_orbit_are_pointed_out(self):
        decision = decide(oem(step_s=900, states=60), QUESTION)
        finding = _finding(decision, "SVC-013")
        assert decision.verdict == "valid"
        assert finding["severity"] == "warning"
        assert "in segment 1, states 900 s apart are interpolated with an error of about " in str(finding["message"])

    def test_nothing_is_said_of_states_that_are_near_enough(self):
        assert not {"SVC-013", "SVC-014"} & {found["rule"] for found in decide(oem(), QUESTION).findings}

    def test_an_operators_elements_are_stored_and_not_screened(self):
        decision = decide(tle(), replace(QUESTION, file_name="iss.tle"))
        assert (decision.verdict, decision.kind, decision.norad_cat_id) == ("valid", "TLE", 25544)
        assert (decision.ephemeris, decision.catalogue) == (None, None)
        assert "SVC-009" in _rules(decision, "info")

    def test_an_operators_elements_of_other_satellites_are_refused(self):
        decision = decide(tle(count=3), replace(QUESTION, file_name="iss.tle"))
        assert _rules(decision) == ["SVC-001"]
        assert "25545, 25546 are not" in str(_finding(decision, "SVC-001")["message"])

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
        assert _rules(decision) == ["SVC-012"]
        assert decision.catalogue is None

    def test_an_ephemeris_is_no_catalogue(self):
        assert _rules(decide(oem(), CATALOGUE)) == ["SVC-011"]

    def test_a_bomb_is_no_catalogue(self):
        decision = decide(packed(b"\0" * (20 * 1024 * 1024)), CATALOGUE)
        assert _rules(decision) == [PACKED_TOO_LARGE.id]

    def test_a_damaged_packed_file_is_no_catalogue(self):
        decision = decide(packed(tle(count=50))[:-20], CATALOGUE)
        assert _rules(decision) == [PACKED_DAMAGED.id]


def test_bytes_that_changed_in_the_store_are_never_decided_on(tmp_path):
    file = tmp_path / "document"
    file.write_bytes(oem())
    question = replace(QUESTION, sha256=hashlib.sha256(oem()).hexdigest())
    assert decide_file(str(file), question).verdict == "valid"
    file.write_bytes(oem().replace(b"6878", b"6879"))
    with pytest.raises(ContentDamaged, match="document-1"):
        decide_file(str(file), question)


def test_every_rule_of_the_service_is_documented():
    numbers = [rule.id for rule in service_rules()]
    assert numbers == sorted(set(numbers))
    for rule in service_rules():
        assert rule.title.endswith(".")
        assert rule.hint.endswith(".")
        assert rule.source


@pytest.mark.parametrize(
    ("content", "question"),
    [
        (oem(object_id="44391"), QUESTION),
        (oem(object_id="2020-001A").replace(b"EME2000", b"MARS"), replace(QUESTION, file_name="MEME_61604.oem")),
        (oem(), replace(QUESTION, file_name="a.oem", own=frozenset(), requested_designation="special")),
        (oem(), CATALOGUE),
        (tle(), QUESTION),
    ],
)
def test_every_finding_says_what_to_do(content, question):
    findings = decide(content, question).findings
    assert findings
    assert all(finding["hint"] for finding in findings)


def test_findings_have_the_form_of_the_message_library():
    finding = _finding(decide(oem(object_id="2020-001A"), QUESTION), "SVC-003")
    report = ccsds.validate(b"", profile="operational")
    assert finding.keys() == report.findings[0].to_dict().keys()


def test_an_ephemeris_whose_date_was_dropped_by_salvage_is_not_screened():
    content = oem().replace(b"CREATION_DATE = 2024-09-17T11:00:00", b"CREATION_DATE = yesterday")
    decision = decide(content, replace(QUESTION, profile="lenient"))
    assert (decision.verdict, decision.ephemeris) == ("valid", None)
    assert "SVC-008" in _rules(decision, "warning")


def test_an_ephemeris_that_says_no_date_was_made_no_later_than_it_was_received():
    content = oem().replace(b"CREATION_DATE = 2024-09-17T11:00:00\n", b"")
    facts = decide(content, replace(QUESTION, profile="lenient")).ephemeris
    assert facts is not None
    assert facts.creation_date == QUESTION.received_at


def test_no_damage_makes_a_decision_impossible():
    noise = random.Random(7)
    seeds = (oem(covariance=True, states=8), oem(states=5, segments=2), tle(count=4), packed(tle(count=4)))
    insertions = (b"\n", b"9" * 30, b"1e999", b"=", b"NaN", b"-", b"\0", b"9999-12-31T00:00:00", b"\xff")
    for _ in range(600):
        content = bytearray(noise.choice(seeds))
        for _ in range(noise.randint(1, 4)):
            place = noise.randrange(len(content))
            content[place : place + noise.choice((0, 0, 1, 20))] = noise.choice((*insertions, bytes(content[:60])))
        question = replace(
            noise.choice((QUESTION, CATALOGUE)), profile=noise.choice(("strict", "operational", "lenient", "uksa"))
        )
        decision = decide(bytes(content), question)
        assert (decision.verdict == "invalid") == (decision.error_count > 0)
