"""Conjunction data messages of our own."""

import re
from dataclasses import replace

import numpy as np
import pytest
from support.encounter_cases import RTN_VARIANCES_KM2, TCA, TCA_TAI_NS, after, participant

import ccsds
from assessment.cdm_making import CdmIdentity, ScreeningContext, make_cdm, message_id, summarise_made
from assessment.encounters import assess
from assessment.regimes import Orbit
from assessment.volumes import parse_volume

IDENTITY = CdmIdentity("run-1", 0)
LEO = Orbit(622.0, 622.0, 97.0, 0.0, 51.6)
DAY_NS = 86_400_000_000_000


def encounter(**secondary):
    return assess(participant(100, 51.6), participant(200, 97.0, **({"radial_offset_km": 0.2} | secondary)), TCA_TAI_NS)


def made(found=None, **changes):
    options = {
        "identity": IDENTITY,
        "originator": "FAIRWAY",
        "message_for": "Testsat 100",
        "creation_time": after(-7200.0),
        "screening": ScreeningContext(
            TCA_TAI_NS - DAY_NS, TCA_TAI_NS + DAY_NS, parse_volume("ephemeris").for_orbit(LEO)
        ),
    }
    return make_cdm(found or encounter(), **(options | changes))


def all_comments(cdm):
    comments = [*cdm.header.comments, *cdm.relative.comments]
    for item in cdm.objects:
        comments += [*item.state_comments, *item.covariance_comments]
    return comments


@pytest.mark.parametrize("form", ["kvn", "xml", "json"])
@pytest.mark.parametrize(
    "changes", [{}, {"covariance_frame": None}], ids=["with covariances", "secondary without covariance"]
)
def test_what_we_write_passes_the_strict_profile(changes, form):
    content = ccsds.write(made(encounter(**changes)), form)
    report = ccsds.validate(content, profile="strict")
    assert [(f.rule, f.severity, f.line, f.message) for f in report.findings if f.severity != "info"] == []
    assert report.verdict == "valid"
    assert report.message == made(encounter(**changes))


def test_an_emergency_in_a_replay_passes_too_and_says_both():
    cdm = made(level="emergency", replay_as_of=after(-86400.0), labels=("SYNTHETIC catalogue",))
    assert cdm.header.comments == (
        "MEETS EMERGENCY CRITERIA",
        "REPLAY of archived data as of 2026-02-28T12:00:00Z: not for operational use",
        "SYNTHETIC catalogue",
    )
    assert ccsds.validate(ccsds.write(cdm, "kvn"), profile="strict").verdict == "valid"


def test_the_first_object_is_the_recipients_satellite():
    cdm = made()
    assert [item.metadata.object_designator for item in cdm.objects] == ["100", "200"]
    other = made(encounter().from_the_other_side())
    assert [item.metadata.object_designator for item in other.objects] == ["200", "100"]
    assert cdm.header.message_for == "TESTSAT 100"


def test_the_relative_state_and_the_states_agree():
    cdm = made()
    separation_m = np.linalg.norm(cdm.objects[1].position_km - cdm.objects[0].position_km) * 1e3
    assert separation_m == pytest.approx(cdm.relative.miss_distance_m, abs=1e-3)
    assert np.linalg.norm(cdm.relative.relative_position_rtn_m) == pytest.approx(cdm.relative.miss_distance_m, abs=2e-3)
    assert cdm.relative.tca == np.datetime64("2026-03-01T12:00:00", "ns")


def test_a_probability_carries_its_method_and_its_shape():
    cdm = made()
    assert cdm.relative.collision_probability == pytest.approx(encounter().probability, rel=1e-9)
    assert cdm.relative.collision_probability_method == "FOSTER-1992"
    assert any("hard-body disk" in comment for comment in cdm.relative.comments)


def by_method(method):
    return assess(participant(100, 51.6), participant(200, 97.0, radial_offset_km=0.02), TCA_TAI_NS, method=method)


def test_a_method_that_the_standard_has_no_name_for_is_told_in_a_comment():
    found = by_method("nc_3d")
    cdm = made(found)
    assert found.probability > 0.0
    assert cdm.relative.collision_probability is None
    assert cdm.relative.collision_probability_method is None
    assert f"Collision probability by nc_3d = {found.probability:.9E}" in cdm.relative.comments
    assert any("3D-Nc" in comment for comment in cdm.relative.comments)
    assert ccsds.validate(ccsds.write(cdm, "kvn"), profile="strict").verdict == "valid"


def test_a_choice_between_methods_carries_the_name_of_the_chosen_one():
    found = by_method("multistep")
    cdm = made(found)
    assert found.collision_probability.details.chosen == "disk"
    assert cdm.relative.collision_probability_method == "FOSTER-1992"
    assert cdm.relative.collision_probability == pytest.approx(by_method("disk").probability, rel=1e-9)
    assert any("hard-body disk" in comment for comment in cdm.relative.comments)


@pytest.mark.parametrize(
    ("method", "name"), [("chan", "CHAN-1997"), ("alfano", "ALFANO-2005"), ("square", "FOSTER-1992")]
)
def test_methods_have_the_names_of_the_standard(method, name):
    assert made(by_method(method)).relative.collision_probability_method == name


def test_covariances_stand_in_rtn_and_square_metres():
    np.testing.assert_allclose(
        made().objects[0].covariance_rtn_m2, np.diag(RTN_VARIANCES_KM2) * 1e6, rtol=1e-6, atol=1e-6
    )
    assert made().objects[0].metadata.covariance_method == "CALCULATED"


def test_an_object_without_covariance_carries_the_placeholder_and_the_message_no_probability():
    cdm = made(encounter(covariance_frame=None))
    secondary = cdm.objects[1]
    assert secondary.metadata.covariance_method == "DEFAULT"
    variances = np.diagonal(secondary.covariance_rtn_m2)
    np.testing.assert_allclose(variances[:3], (10 * 6378137.0) ** 2)
    np.testing.assert_allclose(variances[3:], 1e8)
    assert np.count_nonzero(secondary.covariance_rtn_m2) == 6
    assert "placeholders" in secondary.covariance_comments[0]
    assert cdm.relative.collision_probability is None
    assert cdm.relative.collision_probability_method is None
    text = " ".join(cdm.relative.comments)
    assert "not computed" in text
    assert "a bound" in text
    assert cdm.objects[0].metadata.covariance_method == "CALCULATED"


def test_the_comment_lines_of_annex_c_are_there():
    comments = all_comments(made())
    for beginning in (
        "Screening Option = Covariance",
        "Screened with: OBJECT1 operator ephemeris",
        "Covariance Scale Factor = 1.000000",
        "Exclusion Volume Radius = 5.000000 [m]",
        "Apogee Altitude = ",
        "Perigee Altitude = ",
        "Inclination = 51.6 [deg]",
        "Operator Hard Body Radius = 5.00 [m]",
    ):
        assert any(comment.startswith(beginning) for comment in comments), beginning


def test_an_operator_radius_that_is_not_known_reads_zero():
    unknown = assess(
        replace(participant(100, 51.6), operator_hard_body_radius_m=None), participant(200, 97.0), TCA_TAI_NS
    )
    assert "Operator Hard Body Radius = 0.00 [m]" in made(unknown).objects[0].state_comments


@pytest.mark.parametrize(
    ("preset", "option", "shape"),
    [
        ("ephemeris", "Covariance", "BOX"),
        ("hac-deep", "Ellipsoid", "ELLIPSOID"),
        ("sphere:5", "Stand-Off", "ELLIPSOID"),
    ],
)
def test_the_screening_is_described(preset, option, shape):
    volume = parse_volume(preset).for_orbit(LEO)
    cdm = made(screening=ScreeningContext(TCA_TAI_NS - DAY_NS, TCA_TAI_NS + DAY_NS, volume))
    assert f"Screening Option = {option}" in cdm.relative.comments
    assert cdm.relative.screen_volume_frame == "RTN"
    assert cdm.relative.screen_volume_shape == shape
    assert cdm.relative.screen_volume_y_m == volume.in_track_km * 1e3
    assert cdm.relative.start_screen_period < cdm.relative.tca < cdm.relative.stop_screen_period


def test_the_message_id_has_the_form_of_the_handbook():
    assert re.fullmatch(r"000000100_conj_000000200_2026060120000_\d{14}", message_id(encounter(), IDENTITY))


def test_the_same_approach_of_the_same_run_has_the_same_message():
    assert ccsds.write(made(), "kvn") == ccsds.write(made(), "kvn")


def test_the_message_id_depends_on_run_objects_and_ordinal():
    found = encounter()
    distinct = {
        message_id(found, IDENTITY),
        message_id(found, CdmIdentity("run-2", 0)),
        message_id(found, CdmIdentity("run-1", 1)),
        message_id(found.from_the_other_side(), IDENTITY),
    }
    assert len({identifier.rsplit("_", 1)[1] for identifier in distinct}) == 4


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("98067A", "1998-067A"),
        ("20001ABC", "2020-001ABC"),
        ("2020-001A", "2020-001A"),
        ("", "UNKNOWN"),
        ("X", "UNKNOWN"),
    ],
)
def test_international_designators_are_written_in_full(given, written):
    found = assess(replace(participant(100, 51.6), international_designator=given), participant(200, 97.0), TCA_TAI_NS)
    assert made(found).objects[0].metadata.international_designator == written


def test_names_are_made_fit_for_the_standard():
    named = replace(
        participant(100, 51.6), object_name="Ørsted  één", object_type=None, operator_organization="Space Å/S"
    )
    cdm = made(assess(named, participant(200, 97.0), TCA_TAI_NS))
    assert cdm.objects[0].metadata.object_name == "?RSTED ??N"
    assert cdm.objects[0].metadata.object_type == "UNKNOWN"
    assert ccsds.validate(ccsds.write(cdm, "kvn"), profile="strict").verdict == "valid"


def test_the_summary_of_a_made_message_keeps_the_precision_of_the_encounter():
    found = encounter()
    cdm = made(found)
    summary = summarise_made(found, cdm, recipient="org-1", level="reportable")
    assert summary.key == ("FAIRWAY", cdm.header.message_id, "org-1")
    assert summary.tca == TCA
    assert summary.tca_tai_ns == TCA_TAI_NS
    assert summary.collision_probability == found.probability
    assert summary.probability_method == "disk"
    assert summary.has_covariance_1
    assert summary.period_1_min == pytest.approx(97.1, abs=0.1)
