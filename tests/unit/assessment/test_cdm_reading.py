"""Conjunction data messages read: what they say, and what comes out when it is computed again."""

import json
from dataclasses import replace

import numpy as np
import pytest
from support.encounter_cases import TCA, TCA_TAI_NS, after, participant

import ccsds
from assessment.cdm_making import CdmIdentity, ScreeningContext, make_cdm
from assessment.cdm_reading import assess_cdm, assess_prepared, combined_radius, prepare_cdm, summarise
from assessment.encounters import assess
from assessment.errors import UnusableCdmError
from assessment.hard_body_radius import CombinedRadius
from assessment.probability_comparison import CORRELATED_DISK
from assessment.regimes import Orbit
from assessment.volumes import parse_volume
from astrodynamics import frames

DAY_NS = 86_400_000_000_000


def our_cdm(**secondary):
    found = assess(
        participant(100, 51.6), participant(200, 97.0, **({"radial_offset_km": 0.2} | secondary)), TCA_TAI_NS
    )
    volume = parse_volume("ephemeris").for_orbit(Orbit(622.0, 622.0, 97.0, 0.0, 51.6))
    return make_cdm(
        found,
        identity=CdmIdentity("run-1", 0),
        originator="FAIRWAY",
        message_for="TESTSAT 100",
        creation_time=after(-7200.0),
        screening=ScreeningContext(TCA_TAI_NS - DAY_NS, TCA_TAI_NS + DAY_NS, volume),
    )


def with_object(cdm, index, **changes):
    objects = list(cdm.objects)
    objects[index] = replace(objects[index], **changes)
    return replace(cdm, objects=tuple(objects))


def test_our_own_message_gives_its_own_value_again():
    cdm = ccsds.read(ccsds.write(our_cdm(), "kvn"), profile="strict")
    assessment = assess_cdm(cdm)
    assert assessment.results["disk"].probability == pytest.approx(cdm.relative.collision_probability, rel=1e-6)
    assert assessment.matching_method == "disk"
    assert assessment.hard_body_radius == CombinedRadius(10.0, ("operator", "operator"))
    assert assessment.tca_tai_ns == TCA_TAI_NS


def test_a_value_over_the_circumscribing_square_is_recognised():
    cdm = our_cdm()
    square = assess_cdm(cdm).results["square"].probability
    foreign = replace(cdm, relative=replace(cdm.relative, collision_probability=float(f"{square:.3e}")))
    assert assess_cdm(foreign).matching_method == "square"


def test_messages_assessed_together_say_what_each_says_alone():
    whole = our_cdm()
    positions_only = with_object(whole, 1, covariance_rtn_m2=negative_velocity_variance(whole))
    without = with_object(whole, 0, covariance_rtn_m2=None)
    cdms = [whole, without, positions_only, with_drag(whole), our_cdm(radial_offset_km=0.5), with_drag(whole)]

    together = assess_prepared([prepare_cdm(cdm) for cdm in cdms])

    assert [each.cdm for each in together] == cdms
    for cdm, found in zip(cdms, together, strict=True):
        alone = assess_cdm(cdm)
        assert found.results.keys() == alone.results.keys()
        assert found.variants.keys() == alone.variants.keys()
        assert found.maximum_probability == pytest.approx(alone.maximum_probability, rel=1e-12)
        for name, value in (alone.results | alone.variants).items():
            same = (found.results | found.variants)[name]
            assert (same.reason, same.flags, same.method) == (value.reason, value.flags, value.method)
            assert same.probability == pytest.approx(value.probability, rel=1e-12, nan_ok=True)
            assert same.sigma_major_m == pytest.approx(value.sigma_major_m, rel=1e-12, nan_ok=True)
    assert together[1].results["disk"].reason == "covariance_missing"
    assert [CORRELATED_DISK in each.variants for each in together] == [False, False, False, True, False, True]


def negative_velocity_variance(cdm):
    covariance = cdm.objects[1].covariance_rtn_m2.copy()
    covariance[4, 4] *= -1.0
    return covariance


def with_drag(cdm):
    comments = (
        "DCP Density Forecast Uncertainty = 0.3",
        "DCP Sensitivity Vector RTN Pos = 10.0 -2000.0 1.0 [m]",
    )
    return with_object(with_object(cdm, 0, covariance_comments=comments), 1, covariance_comments=comments)


def test_a_value_of_another_definition_matches_nothing():
    cdm = our_cdm()
    doubled = replace(cdm.relative, collision_probability=2.0 * cdm.relative.collision_probability)
    assert assess_cdm(replace(cdm, relative=doubled)).matching_method is None


def test_the_placeholder_covariance_is_not_computable():
    assessment = assess_cdm(our_cdm(covariance_frame=None))
    assert assessment.sides[0].covariance_km2 is not None
    assert assessment.sides[1].covariance_km2 is None
    for result in assessment.results.values():
        assert result.reason == "covariance_missing"
        assert np.isnan(result.probability)
    assert 0.0 < assessment.maximum_probability < 1.0
    assert assessment.probability is None


def test_an_all_zero_covariance_is_not_computable():
    cdm = with_object(our_cdm(), 0, covariance_rtn_m2=np.zeros((6, 6)))
    assert assess_cdm(cdm).results["disk"].reason == "covariance_missing"


def test_states_fixed_to_the_earth_give_the_same_probability():
    cdm = our_cdm()
    for index in range(2):
        item = cdm.objects[index]
        fixed = item.velocity_km_s - np.cross([0.0, 0.0, frames.EARTH_ROTATION_RAD_S], item.position_km)
        cdm = with_object(cdm, index, velocity_km_s=fixed, metadata=replace(item.metadata, ref_frame="ITRF"))
    expected = assess_cdm(our_cdm()).results["disk"].probability
    assert assess_cdm(cdm).results["disk"].probability == pytest.approx(expected, rel=1e-9)


def test_an_unknown_frame_is_refused():
    item = our_cdm().objects[0]
    cdm = with_object(our_cdm(), 0, metadata=replace(item.metadata, ref_frame="MOON_FIXED"))
    with pytest.raises(UnusableCdmError, match="MOON_FIXED"):
        assess_cdm(cdm)


def test_radii_come_from_a_request_then_a_combined_comment_then_each_object():
    cdm = our_cdm()
    shared = replace(cdm, relative=replace(cdm.relative, comments=("HBR = 7 [m]",)))
    assert combined_radius(shared, 12.0) == CombinedRadius(12.0, ("request",))
    assert combined_radius(shared) == CombinedRadius(7.0, ("cdm-combined",))
    bare = cdm
    for index in range(2):
        item = bare.objects[index]
        bare = with_object(bare, index, state_comments=())
    assert combined_radius(bare) == CombinedRadius(10.0, ("default", "default"))
    item = bare.objects[1]
    with_area = with_object(bare, 1, additional=replace(item.additional, area_pc=np.pi * 4.0))
    assert combined_radius(with_area) == CombinedRadius(pytest.approx(7.0), ("default", "cdm"))
    excluded = with_object(
        bare, 1, od=replace(item.od, comments=("EXCLUSION_VOLUME_RADIUS = 9 [m]", "Operator Hard Body Radius = 0.00"))
    )
    assert combined_radius(excluded) == CombinedRadius(14.0, ("default", "cdm"))


def test_the_summary_of_a_foreign_message_keeps_its_own_value():
    cdm = our_cdm()
    foreign = replace(cdm, relative=replace(cdm.relative, collision_probability=3e-5))
    summary = summarise(assess_cdm(foreign), recipient=None, level="none")
    assert summary.collision_probability == 3e-5
    assert summary.probability_method == "FOSTER-1992"
    assert summary.pair == (100, 200)
    assert summary.tca == TCA
    assert summary.regime == "near-earth"
    assert summary.relative_position_rtn_m[0] == pytest.approx(200.0, abs=0.01)


def test_the_summary_of_a_message_without_a_value_holds_ours_and_says_so():
    cdm = our_cdm()
    silent = replace(cdm, relative=replace(cdm.relative, collision_probability=None, collision_probability_method=None))
    summary = summarise(assess_cdm(silent), recipient=None, level="none")
    assert summary.collision_probability == pytest.approx(cdm.relative.collision_probability, rel=1e-6)
    assert summary.probability_method == "disk, recomputed"


def test_the_summary_of_what_cannot_be_computed_holds_the_reason():
    summary = summarise(assess_cdm(our_cdm(covariance_frame=None)), recipient=None, level="none")
    assert summary.collision_probability is None
    assert summary.probability_reason == "covariance_missing"
    assert (summary.has_covariance_1, summary.has_covariance_2) == (True, False)


def test_a_designator_that_is_no_number_cannot_be_summarised_but_can_be_computed():
    item = our_cdm().objects[1]
    cdm = with_object(our_cdm(), 1, metadata=replace(item.metadata, object_designator="ANALYST-7"))
    assessment = assess_cdm(cdm)
    assert assessment.results["disk"].reason is None
    with pytest.raises(UnusableCdmError, match="ANALYST-7"):
        summarise(assessment, recipient=None, level="none")


@pytest.mark.corpus
def test_the_real_message_of_19_sds_is_the_square(corpus):
    case = next(
        c
        for c in json.loads((corpus / "pc" / "pc_cases.json").read_text())["cases"]
        if c["id"] == "orekit.ion_starlink.cspoc_square"
    )
    cdm = ccsds.read(corpus / "pc" / "cdm" / case["inputs"]["cdm_file"], profile="operational")
    assessment = assess_cdm(cdm)
    assert assessment.hard_body_radius.radius_m == case["inputs"]["hbr_m"]
    assert assessment.results["square"].probability == pytest.approx(case["expected"], rel=case["rel_tol"])
    assert assessment.results["disk"].probability == pytest.approx(0.0034965176, rel=1e-6)
    assert assessment.matching_method == "square"


@pytest.mark.corpus
def test_every_message_of_caras_collection_gives_the_value_it_states_or_nothing_silently(corpus):
    cases = json.loads((corpus / "pc" / "pc_cases.json").read_text())["cases"]
    truths = {c["id"].removeprefix("cara.cdm.").removesuffix(".pc2d"): c for c in cases if c["id"].endswith(".pc2d")}
    compared = 0
    for name, case in truths.items():
        path = corpus / "pc" / "cdm" / f"{name}.cdm"
        if not path.is_file() or "truth_mp" not in case:
            continue
        cdm = ccsds.validate(path, profile="operational").message
        if cdm is None:
            continue
        inputs = next(c for c in cases if c["id"] == case["inputs"]["ref_inputs"])["inputs"]
        assessment = assess_cdm(cdm, methods=("disk",), hard_body_radius_m=float(inputs["hbr"]))
        assert assessment.results["disk"].probability == pytest.approx(float(case["truth_mp"]), rel=1e-5), name
        compared += 1
    assert compared >= 30
