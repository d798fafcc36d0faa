"""The decision on a document: content, name, satellite, purpose. Each fault has its own finding."""

import hashlib
import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from support.decisions import CATALOGUE, QUESTION, finding_of, rules_of
from support.files import oem, packed, tle

import ccsds
from assessment.catalogues import catalogue_from_columns
from assessment.trajectories import ephemeris_from_columns
from validator.errors import ContentDamaged
from validator.reading import decide, decide_file
from validator.rules import service_rules


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
    assert rules_of(decision) == [rule]


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
    assert "not screened" in str(finding_of(decision, "SVC-015")["message"])


def test_an_opm_of_which_nothing_says_the_satellite_is_invalid():
    assert rules_of(decide(OPM.replace("1998-067A", "UNKNOWN").encode(), PLAIN)) == ["SVC-004"]
    named = replace(PLAIN, requested_norad_cat_id=25544)
    assert decide(OPM.replace("1998-067A", "UNKNOWN").encode(), named).verdict == "valid"


def test_a_maneuver_notification_names_its_satellite_by_its_own_parameter():
    notification = OPM.replace("OBJECT_ID = 1998-067A", "OBJECT_ID = 1998-067A\nUSER_DEFINED_NORAD_CAT_ID = 44391")
    decision = decide(notification.encode(), PLAIN)
    assert rules_of(decision) == ["SVC-002"]
    assert "44391" in str(finding_of(decision, "SVC-002")["message"])


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
    assert rules_of(decision) == ["SVC-011"]
    assert "its theory is DSST" in str(finding_of(decision, "SVC-011")["message"])
    assert decide(other.encode(), PLAIN).verdict == "valid"


def test_a_nul_byte_in_an_ephemeris_is_an_error_that_can_be_stored():
    decision = decide(oem().replace(b"NORTH 1", b"NORTH\x001"), QUESTION)
    assert decision.verdict == "invalid"
    assert all("\0" not in str(value) for finding in decision.findings for value in finding.values())


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
    finding = finding_of(decide(oem(object_id="2020-001A"), QUESTION), "SVC-003")
    report = ccsds.validate(b"", profile="operational")
    assert finding.keys() == report.findings[0].to_dict().keys()


def test_an_ephemeris_whose_date_was_dropped_by_salvage_is_not_screened():
    content = oem().replace(b"CREATION_DATE = 2024-09-17T11:00:00", b"CREATION_DATE = yesterday")
    decision = decide(content, replace(QUESTION, profile="lenient"))
    assert (decision.verdict, decision.ephemeris) == ("valid", None)
    assert "SVC-008" in rules_of(decision, "warning")


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
