"""OPM and OMM: what is written in any syntax is read back equal, and `strict` finds nothing wrong with it."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.omm_strategies import omms
from support.opm_strategies import opms

import ccsds

DATA = Path(__file__).parents[2] / "data" / "ccsds" / "synthetic"
FORMATS = st.sampled_from(["kvn", "xml", "json"])
PATIENT = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@PATIENT
@given(opms(), FORMATS)
def test_any_opm_is_written_read_and_equal_and_strict_finds_nothing(opm: ccsds.Opm, text_format: str) -> None:
    report = ccsds.validate(ccsds.write(opm, text_format), profile="strict")
    assert report.findings == ()
    assert report.message == opm


@PATIENT
@given(omms(), FORMATS)
def test_any_omm_is_written_read_and_equal_and_strict_finds_nothing(omm: ccsds.Omm, text_format: str) -> None:
    report = ccsds.validate(ccsds.write(omm, text_format), profile="strict")
    assert report.findings == ()
    assert report.message == omm


@pytest.mark.parametrize(
    "name", ["004_opm_BASE", "023_opm_VAL-003", "024_opm_UNI-001", "025_opm_OPM-020", "005_omm_BASE"]
)
def test_a_message_goes_through_every_syntax_and_comes_back_byte_for_byte(name: str) -> None:
    source = (DATA / f"{name}_valid.kvn").read_bytes()
    in_xml = ccsds.write(ccsds.read(source), "xml")
    in_json = ccsds.write(ccsds.read(in_xml), "json")
    assert ccsds.write(ccsds.read(in_json), "kvn") == source


def test_an_edit_changes_its_own_line_only() -> None:
    source = (DATA / "004_opm_BASE_valid.kvn").read_bytes()
    opm = ccsds.read(source)
    assert isinstance(opm, ccsds.Opm)
    assert opm.spacecraft is not None
    edited = ccsds.write(replace(opm, spacecraft=replace(opm.spacecraft, mass_kg=431.5)), "kvn")
    changed = [
        (before, after)
        for before, after in zip(source.splitlines(), edited.splitlines(), strict=True)
        if before != after
    ]
    assert changed == [(b"MASS = 500.000000 [kg]", b"MASS = 431.5 [kg]")]


def test_a_covariance_of_another_shape_cannot_be_written() -> None:
    opm = ccsds.read(DATA / "004_opm_BASE_valid.kvn")
    assert isinstance(opm, ccsds.Opm)
    assert opm.covariance is not None
    small = replace(opm.covariance, matrix=opm.covariance.matrix[:3, :3])
    with pytest.raises(ccsds.CannotWrite, match="shape"):
        ccsds.write(replace(opm, covariance=small), "xml")


def test_two_anomalies_cannot_be_written() -> None:
    opm = ccsds.read(DATA / "004_opm_BASE_valid.kvn")
    assert isinstance(opm, ccsds.Opm)
    assert opm.keplerian is not None
    both = replace(opm.keplerian, mean_anomaly_deg=0.0)
    with pytest.raises(ccsds.CannotWrite, match="one anomaly"):
        ccsds.write(replace(opm, keplerian=both), "kvn")
