"""Ephemerides in the handbook's text formats are accepted, extracted and screened as an OEM is."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from assessment.trajectories import ephemeris_from_columns
from validator.question import Limits, Question
from validator.reading import decide

TEXTS = Path(__file__).parents[2] / "data" / "ccsds" / "textformats"
ITC = "MEME_45000_TESTSAT1_0010000_Operational_nomnvr_UNCLASSIFIED.txt"
QUESTION = Question(
    document_id="document-1",
    file_name=ITC,
    sha256="",
    received_at=datetime(2026, 1, 1, tzinfo=UTC),
    purpose="operator",
    profile="operational",
    requested_norad_cat_id=None,
    requested_designation=None,
    own=frozenset({45000}),
    registered=frozenset({45000}),
    designators={},
    limits=Limits(unpacked_max_bytes=64 * 1024 * 1024, unpacked_max_ratio=100.0, refused_share=0.1),
)


def utc_text() -> bytes:
    text = (TEXTS / "utc_bad_date.txt").read_text()
    return text.replace("2026-01-01", "2026/01/01").encode()


@pytest.mark.parametrize(
    ("data", "kind", "has_covariance"),
    [
        ((TEXTS / "nasa_valid.txt").read_bytes(), "NASA", False),
        (utc_text(), "UTC", False),
        ((TEXTS / "goo_valid.txt").read_bytes(), "GOO", True),
        ((TEXTS / ITC).read_bytes(), "ITC", True),
    ],
)
def test_a_text_ephemeris_is_extracted_for_screening(data: bytes, kind: str, has_covariance: bool) -> None:
    decision = decide(data, QUESTION)
    facts = decision.ephemeris
    assert (decision.verdict, decision.kind, decision.warning_count) == ("valid", kind, 0)
    assert facts is not None
    assert (facts.norad_cat_id, facts.designation, facts.object_name) == (45000, "operational", "TESTSAT1")
    assert facts.creation_date == QUESTION.received_at
    assert facts.start_time == datetime(2026, 1, 1, tzinfo=UTC)
    assert facts.stop_time == datetime(2026, 1, 1, 0, 4, tzinfo=UTC)
    assert (facts.state_count, facts.has_covariance) == (5, has_covariance)
    (segment,) = ephemeris_from_columns(facts.columns).segments
    assert len(segment.tai_ns) == 5
    if has_covariance:
        assert np.trace(segment.covariance[2, :3, :3]) > 0


def test_a_launch_trajectory_is_extracted_from_its_axes_fixed_to_the_earth() -> None:
    question = replace(QUESTION, file_name="stage2.txt", requested_norad_cat_id=45000)
    facts = decide((TEXTS / "caliper_v2_valid.txt").read_bytes(), question).ephemeris
    assert facts is not None
    assert facts.ref_frame == "TDR"
    assert facts.start_time == datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_a_text_ephemeris_needs_its_satellite_from_name_or_request() -> None:
    decision = decide((TEXTS / "nasa_valid.txt").read_bytes(), replace(QUESTION, file_name="states.txt"))
    assert [finding["rule"] for finding in decision.findings if finding["severity"] == "error"] == ["SVC-004"]


def test_a_broken_text_ephemeris_is_invalid_with_its_line() -> None:
    decision = decide((TEXTS / "goo_bad_cov5.txt").read_bytes(), QUESTION)
    errors = [finding for finding in decision.findings if finding["severity"] == "error"]
    assert (decision.verdict, decision.ephemeris) == ("invalid", None)
    assert [(error["rule"], error["line"]) for error in errors] == [("GOO-003", 6)]


def test_a_state_vector_is_stored_and_names_its_satellite() -> None:
    text = """{"epoch": "2026-01-01T00:00:00", "ref_frame": "EME2000", "norad_cat_id": 45000,
               "position": {"value": [6878.0, 0.0, 0.0], "unit": "km"},
               "velocity": {"value": [0.0, 7612.0, 0.0], "unit": "m/s"}}"""
    decision = decide(text.encode(), replace(QUESTION, file_name="state.json"))
    assert (decision.verdict, decision.kind, decision.ephemeris) == ("valid", "STATE_VECTOR", None)
    assert decision.norad_cat_id == 45000
