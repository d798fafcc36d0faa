"""A modelled covariance: the published numbers, and never taken for one that somebody has determined."""

import numpy as np
import pytest
from support.crossing_orbits import CROSSING, OURS, THEIRS, crossing_catalogue, ephemeris_of
from support.encounter_cases import after

import ccsds
from assessment.cdm_making import CdmIdentity, ScreeningContext, make_cdm, summarise_made
from assessment.cdm_reading import assess_cdm
from assessment.cdm_summary import CdmSummary
from assessment.covariance_model import MODELLED_COVARIANCE, modelled_covariance
from assessment.encounters import Participant, assess
from assessment.hard_body_radius import HardBodyRadius
from assessment.regimes import Orbit
from assessment.volumes import parse_volume
from astrodynamics.timescales import DAY_NS, from_datetime

MODEL = "flohrer-2008"
TCA = from_datetime(CROSSING)


def sigmas_m(eccentricity, perigee_km, inclination_deg, age_days=0.0):
    orbit = Orbit(perigee_km, perigee_km + 1.0, 100.0, eccentricity, inclination_deg)
    found = modelled_covariance(MODEL, orbit, age_days)
    return None if found is None else np.sqrt(np.diagonal(found.position_rtn_m2)).tolist()


@pytest.mark.parametrize(
    ("eccentricity", "perigee_km", "inclination_deg", "expected"),
    [
        (0.001, 420.0, 51.6, [107.0, 308.0, 169.0]),
        (0.001, 620.0, 97.9, [115.0, 517.0, 137.0]),
        (0.001, 500.0, 5.0, [67.0, 118.0, 75.0]),
        (0.010, 20_000.0, 55.0, [71.0, 228.0, 95.0]),
        (0.001, 35_780.0, 0.1, [357.0, 432.0, 83.0]),
        (0.720, 600.0, 63.4, [494.0, 814.0, 1337.0]),
        (0.730, 250.0, 28.0, [2252.0, 4270.0, 1421.0]),
        (0.300, 26_000.0, 45.0, [4712.0, 6223.0, 1208.0]),
    ],
    ids=[
        "station",
        "sun-synchronous",
        "low and equatorial",
        "navigation",
        "geostationary",
        "Molniya",
        "transfer",
        "high",
    ],
)
def test_at_the_epoch_it_is_table_2_of_the_publication(eccentricity, perigee_km, inclination_deg, expected):
    assert sigmas_m(eccentricity, perigee_km, inclination_deg) == pytest.approx(expected, rel=1e-14)


def test_where_the_publication_has_no_value_there_is_none():
    assert sigmas_m(0.001, 35_780.0, 45.0) is None
    assert sigmas_m(0.5, 26_000.0, 70.0) is None


def test_the_error_along_the_track_grows_by_a_kilometre_a_day():
    radial, in_track, cross_track = sigmas_m(0.001, 420.0, 51.6, age_days=-3.0)
    assert (radial, cross_track) == pytest.approx((107.0, 169.0))
    assert in_track == pytest.approx(np.hypot(308.0, 3000.0))


def element_set(number, **changes):
    return Participant(
        norad_cat_id=number,
        object_name=f"Testsat {number}",
        trajectory=crossing_catalogue().trajectory_of(number),
        hard_body_radius=HardBodyRadius(5.0, "operator"),
        **changes,
    )


@pytest.fixture
def modelled():
    return assess(element_set(OURS), element_set(THEIRS), TCA + DAY_NS // 24, covariance_model=MODEL)


def message(encounter):
    volume = parse_volume("sphere:5").for_orbit(encounter.primary.orbit)
    return make_cdm(
        encounter,
        identity=CdmIdentity("run-1", 0),
        originator="FAIRWAY",
        message_for="Testsat",
        creation_time=after(0.0),
        screening=ScreeningContext(TCA - DAY_NS, TCA + DAY_NS, volume),
    )


def test_it_gives_a_value_beside_the_probability_and_decides_nothing(modelled):
    plain = assess(element_set(OURS), element_set(THEIRS), TCA + DAY_NS // 24)
    assert plain.modelled_probability is None
    assert modelled.covariance_model == MODEL
    assert modelled.modelled_probability.reason is None
    assert modelled.probability is None
    assert modelled.probability_reason == plain.probability_reason
    assert modelled.prediction(TCA) == plain.prediction(TCA)
    other_side = modelled.from_the_other_side().modelled_probability
    assert other_side.probability == pytest.approx(modelled.modelled_probability.probability, rel=1e-9)


def test_a_determined_covariance_is_never_replaced():
    ours = Participant(
        norad_cat_id=OURS,
        object_name="Ours",
        trajectory=ephemeris_of(OURS),
        hard_body_radius=HardBodyRadius(5.0, "cdm"),
    )
    encounter = assess(ours, element_set(THEIRS), TCA, covariance_model=MODEL)
    assert encounter.primary.modelled is None
    assert encounter.secondary.modelled is not None


@pytest.mark.parametrize("form", ["kvn", "xml", "json"])
def test_a_message_says_it_beside_the_matrix_and_the_value_and_passes_the_strict_profile(modelled, form):
    content = ccsds.write(message(modelled), form)
    report = ccsds.validate(content, profile="strict")
    assert [(f.rule, f.severity, f.message) for f in report.findings if f.severity != "info"] == []
    cdm = report.message
    assert cdm.relative.collision_probability is None
    assert any(comment.startswith(f"With {MODELLED_COVARIANCE}") for comment in cdm.relative.comments)
    for item in cdm.objects:
        assert item.metadata.covariance_method == "DEFAULT"
        assert item.covariance_comments[0].startswith(MODELLED_COVARIANCE)
        assert np.sqrt(item.covariance_rtn_m2[0, 0]) == pytest.approx(107.0)
        assert not item.covariance_rtn_m2[3:].any()


def test_who_reads_the_message_computes_no_probability_from_it(modelled):
    assessment = assess_cdm(message(modelled))
    assert all(side.covariance_km2 is None for side in assessment.sides)
    assert assessment.results["disk"].reason == "covariance_missing"


def test_the_summary_keeps_it_apart(modelled):
    summary = summarise_made(modelled, message(modelled), recipient=None, level="none")
    assert (summary.collision_probability, summary.has_covariance_1) == (None, False)
    assert summary.covariance_model == MODEL
    assert summary.modelled_probability == modelled.modelled_probability.probability
    assert CdmSummary.from_dict(summary.to_dict()) == summary
