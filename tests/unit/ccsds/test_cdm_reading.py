"""A CDM's text becomes typed fields, and what does not fit together is said."""

from pathlib import Path

import numpy as np
import pytest
from support.ccsds_messages import cdm_of_two

import ccsds

DATA = Path(__file__).parents[2] / "data" / "ccsds" / "synthetic"
BASE = (DATA / "006_cdm_BASE_valid.kvn").read_text()


MADE_UP = {"CDM-024": "warning"}
"""The fixture's relative state is not that of its two states; `strict` does not ask."""


def rules(text: str, profile: str = "strict") -> dict[str, str]:
    return {finding.rule: finding.severity for finding in ccsds.validate(text.encode(), profile=profile).findings}


def test_every_block_is_read() -> None:
    cdm = ccsds.read(BASE.encode(), profile="strict")
    assert isinstance(cdm, ccsds.Cdm)
    assert (cdm.header.originator, cdm.header.message_id) == ("JSPOC", "202601020001")
    assert cdm.relative.tca == np.datetime64("2026-01-03T12:00:00", "ns")
    assert cdm.relative.miss_distance_m == 194.5
    assert cdm.relative.relative_position_rtn_m.tolist() == [27.4, -70.2, 179.3]
    assert cdm.relative.collision_probability == 4.835e-05
    first, second = cdm.objects
    assert (first.metadata.object_designator, second.metadata.object_name) == ("12345", "FENGYUN 1C DEB")
    assert (first.od.obs_used, first.od.residuals_accepted) == (579, 97.8)
    assert (first.additional.area_pc, first.additional.mass) == (5.2, 251.6)
    assert first.position_km.tolist() == [1670.352554, -6834.579872, -1430.950837]
    assert first.covariance_rtn_m2.shape == (6, 6)
    assert first.covariance_rtn_m2[1, 1] == 2533.0
    assert first.covariance_rtn_m2[5, 2] == first.covariance_rtn_m2[2, 5] == 1e-6


def test_a_complete_drag_row_makes_nine_by_nine_with_nan_where_no_row_is_given() -> None:
    cdm = ccsds.read(DATA / "027_cdm_CDM-020_valid.kvn", profile="strict")
    matrix = cdm.objects[0].covariance_rtn_m2
    assert matrix.shape == (9, 9)
    assert np.isfinite(matrix[:7, :7]).all()
    assert np.isnan(matrix[7:, :]).all()


def test_comments_stay_with_the_block_they_stand_before() -> None:
    text = BASE.replace("TCA =", "COMMENT Screening Option = Covariance\nTCA =", 1)
    text = text.replace("AREA_PC", "COMMENT Operator Hard Body Radius = 5.00 [m]\nAREA_PC", 1)
    text = text.replace("OBJECT = OBJECT2", "COMMENT =CDM_ID:406111525\nOBJECT = OBJECT2")
    cdm = ccsds.read(text.encode(), profile="strict")
    assert cdm.relative.comments == ("Screening Option = Covariance",)
    assert cdm.objects[0].additional.comments == ("Operator Hard Body Radius = 5.00 [m]",)
    assert cdm.objects[1].metadata.comments == ("=CDM_ID:406111525",)


def test_a_comment_inside_a_block_is_a_warning_and_for_space_track_an_info() -> None:
    text = BASE.replace("RELATIVE_SPEED", "COMMENT here\nRELATIVE_SPEED", 1)
    assert rules(text) == {"COM-004": "warning"}
    assert rules(text, "operational") == {"COM-004": "info", **MADE_UP}


def test_nan_for_an_optional_value_is_none_and_a_warning() -> None:
    text = BASE.replace("WEIGHTED_RMS = 0.864", "WEIGHTED_RMS = NaN").replace("OBS_USED = 579", "OBS_USED = NaN")
    report = ccsds.validate(text.encode(), profile="operational")
    assert report.verdict == "valid"
    assert report.message.objects[0].od.weighted_rms is None
    assert report.message.objects[0].od.obs_used is None
    assert {finding.severity for finding in report.findings} == {"warning"}


def test_nan_for_a_mandatory_value_is_an_error_everywhere_but_in_salvage() -> None:
    text = BASE.replace("MISS_DISTANCE = 194.5", "MISS_DISTANCE = NaN")
    assert rules(text, "operational")["VAL-004"] == "error"
    assert ccsds.validate(text.encode(), profile="lenient").message is None


def test_another_scale_is_never_converted() -> None:
    text = BASE.replace("MISS_DISTANCE = 194.5 [m]", "MISS_DISTANCE = 0.1945 [km]")
    report = ccsds.validate(text.encode(), profile="operational")
    assert [finding.rule for finding in report.errors] == ["UNI-002"]
    assert report.message is None


def test_the_wrong_unit_that_cara_writes_is_a_warning_in_operational() -> None:
    text = BASE.replace("RELATIVE_VELOCITY_R = -7.2 [m/s]", "RELATIVE_VELOCITY_R = -7.2 [m]")
    assert rules(text)["UNI-002"] == "error"
    assert rules(text, "operational")["UNI-002"] == "warning"


def test_keywords_of_later_drafts_are_kept_as_extensions() -> None:
    text = BASE.replace("TCA =", "CONJUNCTION_ID = 7\nTCA =", 1).replace("AREA_PC", "HBR = 5.0\nAREA_PC", 1)
    cdm = ccsds.read(text.encode(), profile="operational")
    assert cdm.extensions == (("CONJUNCTION_ID", "7"),)
    assert cdm.objects[0].extensions == (("HBR", "5.0"),)
    assert rules(text) == {"SYN-008": "error"}


def test_space_track_s_own_lines_before_the_version_are_kept() -> None:
    text = "CONSTELLATION = TEST\nCDM_ID = 1\n" + BASE
    cdm = ccsds.read(text.encode(), profile="operational")
    assert cdm.extensions == (("CONSTELLATION", "TEST"), ("CDM_ID", "1"))


@pytest.mark.parametrize("profile", ["operational", "lenient"])
def test_objects_without_covariance_are_read(profile: str) -> None:
    kept = [
        line for line in BASE.split("\n") if line.split("_")[0] not in {"CR", "CT", "CN", "CRDOT", "CTDOT", "CNDOT"}
    ]
    report = ccsds.validate("\n".join(kept).encode(), profile=profile)
    assert report.verdict == "valid"
    assert [body.covariance_rtn_m2 for body in report.message.objects] == [None, None]


def test_part_of_a_covariance_is_an_error() -> None:
    text = BASE.replace("CT_R = 1.000000e-06 [m**2]\n", "", 1)
    assert rules(text, "operational") == {"CDM-020": "error", **MADE_UP}


def test_values_that_contradict_each_other_are_warnings_with_both_numbers() -> None:
    text = BASE.replace("MISS_DISTANCE = 194.5", "MISS_DISTANCE = 300.0")
    finding = next(f for f in ccsds.validate(text.encode()).findings if f.rule == "CDM-024")
    assert finding.severity == "warning"
    assert "300" in finding.message
    assert "194.49" in finding.message


def test_a_cdm_in_day_of_year_dates_with_integers_is_read() -> None:
    text = BASE.replace("2026-01-03T12:00:00.000", "2026-003T12:00:00.000").replace("194.5 [m]", "194 [m]")
    assert ccsds.read(text.encode(), profile="strict").relative.tca == np.datetime64("2026-01-03T12:00:00", "ns")


def test_the_support_module_s_cdm_is_consistent() -> None:
    assert ccsds.validate(ccsds.write(cdm_of_two(), "kvn"), profile="strict").findings == ()
