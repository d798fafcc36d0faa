"""A message's own probability among the definitions there are."""

import json
from dataclasses import replace

import numpy as np
import pytest
from support.encounter_cases import TCA_TAI_NS, after, participant

import ccsds
from assessment.cdm_making import CdmIdentity, ScreeningContext, make_cdm
from assessment.cdm_reading import COMPARED_METHODS, assess_cdm
from assessment.cdm_sides import sides_of
from assessment.encounters import assess
from assessment.probability_comparison import CORRELATED_DISK, UNREFINED_DISK
from assessment.regimes import Orbit
from assessment.volumes import parse_volume
from astrodynamics import frames, probability

DAY_NS = 86_400_000_000_000


def our_cdm(**secondary):
    found = assess(
        participant(100, 51.6), participant(200, 97.0, **({"radial_offset_km": 0.02} | secondary)), TCA_TAI_NS
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


def stating(value, method="FOSTER-1992", cdm=None):
    cdm = cdm or our_cdm()
    return replace(
        cdm, relative=replace(cdm.relative, collision_probability=value, collision_probability_method=method)
    )


def with_object(cdm, index, **changes):
    objects = list(cdm.objects)
    objects[index] = replace(objects[index], **changes)
    return replace(cdm, objects=tuple(objects))


def in_frame(cdm, index, frame):
    item = cdm.objects[index]
    tca = np.array([TCA_TAI_NS])
    position, velocity = frames.to_gcrf(item.position_km[None], item.velocity_km_s[None], "EME2000", tca)
    position, velocity = frames.from_gcrf(position, velocity, frame, tca)
    return with_object(
        cdm,
        index,
        position_km=position[0],
        velocity_km_s=velocity[0],
        metadata=replace(item.metadata, ref_frame=frame),
    )


def printed(value, digits=4):
    return float(f"{value:.{digits - 1}e}")


@pytest.mark.parametrize("definition", ["disk", "square", "equal_area_square", "chan", "alfriend"])
def test_each_definition_is_recognised_by_the_digits_that_are_printed(definition):
    """The ellipse of this encounter is narrow, so that all of them differ."""
    methods = ("disk", "square", "equal_area_square", "chan", "alfriend")
    value = assess_cdm(our_cdm(), methods=methods).results[definition].probability
    comparison = assess_cdm(stating(printed(value)), methods=methods).comparison
    assert comparison.matching == definition
    (agreeing,) = [compared for compared in comparison.values if compared.name == definition]
    assert agreeing.agrees
    assert abs(agreeing.above_stated) < 6e-4


def test_the_difference_to_the_disk_is_said():
    assessment = assess_cdm(our_cdm())
    square = assessment.results["square"].probability
    above = square / assessment.results["disk"].probability - 1.0
    statement = assess_cdm(stating(square)).comparison.statement
    assert "circumscribing square" in statement
    assert f"{above:.2%} above that of the disk" in statement
    assert "FOSTER-1992" in statement


def test_of_several_ways_to_one_integral_the_plain_name_is_given():
    value = assess_cdm(our_cdm()).results["disk"].probability
    comparison = assess_cdm(stating(value), methods=("patera", "foster", "disk")).comparison
    assert comparison.matching == "disk"
    assert all(compared.agrees for compared in comparison.values if compared.name in {"patera", "foster", "disk"})


def test_a_value_of_states_that_were_not_refined_is_recognised():
    cdm = our_cdm()
    first = cdm.objects[0]
    moved = with_object(cdm, 0, position_km=first.position_km + 0.0005 * first.velocity_km_s)
    unrefined = assess_cdm(moved).variants[UNREFINED_DISK].probability
    refined = assess_cdm(moved).results["disk"].probability
    assert abs(unrefined / refined - 1.0) > 1e-3
    assert assess_cdm(stating(printed(unrefined), cdm=moved)).matching_method == UNREFINED_DISK


def test_a_value_that_is_none_of_ours_gets_the_nearest_and_no_name():
    value = assess_cdm(our_cdm()).results["disk"].probability
    comparison = assess_cdm(stating(value * 0.5)).comparison
    assert comparison.matching is None
    assert "none of our values" in comparison.statement
    assert "100.00% above" in comparison.statement


@pytest.mark.parametrize("factor", [1e3, 1e-3])
def test_values_far_apart_are_said_as_a_ratio(factor):
    value = assess_cdm(our_cdm()).results["disk"].probability
    comparison = assess_cdm(stating(value * factor)).comparison
    (disk,) = [compared for compared in comparison.values if compared.name == "disk"]
    assert disk.relation == f"{1.0 / factor:.3g} times"


def test_a_negative_variance_is_a_reason_in_whatever_axes_the_states_are():
    """Turned into inertial axes, the negative variance would hide among the positive ones."""
    cdm = our_cdm()
    covariance = cdm.objects[0].covariance_rtn_m2.copy()
    covariance[0, 0] = -1.0
    results = assess_cdm(with_object(cdm, 0, covariance_rtn_m2=covariance), methods=("disk", "multistep")).results
    assert {result.reason for result in results.values()} == {"covariance_negative_variance"}


def test_a_negative_variance_of_velocity_leaves_the_methods_that_take_positions():
    cdm = our_cdm()
    covariance = cdm.objects[1].covariance_rtn_m2.copy()
    covariance[4, 4] = -1.0
    changed = assess_cdm(with_object(cdm, 1, covariance_rtn_m2=covariance), methods=("disk", "nc_3d")).results
    assert changed["disk"].probability == assess_cdm(cdm).results["disk"].probability
    assert changed["nc_3d"].reason == "covariance_without_velocity"


@pytest.mark.parametrize(
    ("value", "words"), [(None, "states no probability"), (0.0, "a probability of 0, which no definition gives")]
)
def test_no_value_and_zero_are_not_compared(value, words):
    comparison = assess_cdm(stating(value, None)).comparison
    assert comparison.matching is None
    assert words in comparison.statement
    assert all(compared.above_stated is None for compared in comparison.values)


def test_what_cannot_be_computed_stands_there_with_its_reason():
    comparison = assess_cdm(stating(1e-5, cdm=our_cdm(covariance_frame=None))).comparison
    assert {compared.reason for compared in comparison.values} == {"covariance_missing"}
    assert {compared.probability for compared in comparison.values} == {None}
    assert "cannot be compared" in comparison.statement


def test_disk_and_square_are_compared_whatever_was_asked_for():
    value = assess_cdm(our_cdm()).results["square"].probability
    assessment = assess_cdm(stating(printed(value)), methods=("alfriend",))
    assert assessment.results.keys() == {"alfriend"}
    assert assessment.matching_method == "square"


def test_all_of_it_is_plain_values_for_storage():
    stored = json.loads(json.dumps(assess_cdm(stating(1e-5)).comparison.to_dict(), allow_nan=False))
    assert stored["stated"] == 1e-5
    assert stored["matching"] is None
    assert {value["name"] for value in stored["values"]} >= {"disk", "square", UNREFINED_DISK}
    assert stored["statement"].startswith("The message's FOSTER-1992")


def test_the_encounter_plane_of_a_message_is_that_of_the_approach_it_was_made_of():
    found = assess(participant(100, 51.6), participant(200, 97.0, radial_offset_km=0.02), TCA_TAI_NS)
    plane = assess_cdm(our_cdm(), methods=("square",)).plane()
    assert plane["sigma_major_m"] == pytest.approx(found.plane()["sigma_major_m"], rel=1e-6)
    assert plane["method"] == "disk"
    json.dumps(plane, allow_nan=False)


def test_bounds_match_nothing():
    bound = assess_cdm(our_cdm()).maximum_probability
    comparison = assess_cdm(stating(bound), methods=("disk", "maximum")).comparison
    assert comparison.matching is None
    assert {compared.name for compared in comparison.values if compared.is_bound} == {"maximum"}


def test_curved_motion_is_among_what_is_compared():
    assessment = assess_cdm(our_cdm(), methods=COMPARED_METHODS)
    assert assessment.results["nc_3d"].reason is None
    assert assessment.results["nc_3d"].probability == pytest.approx(assessment.results["disk"].probability, rel=0.01)


@pytest.mark.parametrize("frame", ["GCRF", "TEME", "ITRF", "TOD"])
def test_states_are_taken_in_the_usual_frames(frame):
    expected = assess_cdm(our_cdm()).results["disk"].probability
    both = in_frame(in_frame(our_cdm(), 0, frame), 1, frame)
    assert assess_cdm(both).results["disk"].probability == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("frame", ["GCRF", "TEME", "ITRF"])
def test_two_objects_in_two_frames_are_brought_together(frame):
    mixed = in_frame(our_cdm(), 1, frame)
    expected = assess_cdm(our_cdm())
    found = assess_cdm(mixed)
    assert found.results["disk"].miss_distance_m == pytest.approx(expected.results["disk"].miss_distance_m, abs=1e-3)
    assert found.results["disk"].probability == pytest.approx(expected.results["disk"].probability, rel=1e-4)


def test_what_the_atmosphere_does_to_both_is_considered_where_the_message_tells_it():
    """The relative position has the sum of both covariances less what they share, twice."""
    cdm = our_cdm()
    assert CORRELATED_DISK not in assess_cdm(cdm).variants
    for index in range(2):
        lines = (
            "DCP Density Forecast Uncertainty = 2.0E-01",
            "DCP Sensitivity Vector RTN Pos = 1.0E+00 5.0E+01 0.0E+00 [m]",
            "DCP Sensitivity Vector RTN Vel = 0.0E+00 0.0E+00 0.0E+00 [m/sec]",
        )
        cdm = with_object(cdm, index, covariance_comments=lines)
    first, second = sides_of(cdm)
    assert first.density_uncertainty == 0.2
    assert np.linalg.norm(first.density_sensitivity_km) == pytest.approx(np.hypot(1.0, 50.0) * 1e-3)
    shared = 0.04 * np.outer(first.density_sensitivity_km, second.density_sensitivity_km)
    expected = probability.collision_probability(
        first.position_km,
        first.velocity_km_s,
        first.covariance_km2[:3, :3] - shared - shared.T,
        second.position_km,
        second.velocity_km_s,
        second.covariance_km2[:3, :3],
        10.0,
    ).probability
    assessment = assess_cdm(cdm)
    assert assessment.variants[CORRELATED_DISK].probability == pytest.approx(expected, rel=1e-9)
    assert expected != pytest.approx(assessment.results["disk"].probability, rel=1e-2)


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["cara.covxcorr.01", "cara.covxcorr.03"])
def test_the_correlated_value_is_that_of_cara(corpus, name):
    cases = json.loads((corpus / "pc" / "pc_cases.json").read_text())["cases"]
    case = next(c for c in cases if c["id"] == name)
    cdm = ccsds.validate(corpus / "pc" / "cdm" / case["inputs"]["cdm_file"], profile="operational").message
    found = assess_cdm(cdm, hard_body_radius_m=float(case["inputs"]["hbr_m"])).variants[CORRELATED_DISK]
    assert found.probability == pytest.approx(case["expected"], rel=case["rel_tol"])


@pytest.mark.corpus
def test_what_caras_messages_state(corpus):
    """All say FOSTER-1992 and all are the disk: two of them of states that were not refined; none is a square."""
    cases = {c["id"]: c for c in json.loads((corpus / "pc" / "pc_cases.json").read_text())["cases"]}
    matching = []
    for path in sorted((corpus / "pc" / "cdm").glob("*_conj_*.cdm")):
        case = cases.get(f"cara.cdm.{path.stem}.pc2d_noadj")
        if case is None:
            continue
        cdm = ccsds.validate(path, profile="operational").message
        matching.append(assess_cdm(cdm, hard_body_radius_m=float(case["inputs"]["hbr"])).matching_method)
    assert len(matching) >= 45
    assert set(matching) == {"disk", UNREFINED_DISK}
    assert matching.count(UNREFINED_DISK) == 2
