"""Comment lines of annex C become typed values and stay where they were."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.ccsds_messages import cdm_of_two

import ccsds
from ccsds.messages.cdm_annotations import annotation_number, read_annotations, read_object_annotations

OBJECT_LINES = (
    "Screened with = inertial state vector.",
    "Covariance Scale Factor = 1.000000",
    "Exclusion Volume Radius = 6.000000 [m]",
    "Apogee Altitude = 823   [km]",
    "Perigee Altitude=814 km",
    "Inclination                = 98.7   [deg]",
    "Operator Hard Body Radius = 0.00 [m]",
    "DCP Density Forecast Uncertainty = 1.500000000000000E-01",
    "DCP Sensitivity Vector RTN Pos = -2.946161139106405E+00 1.113965981471415E+03  -1.148505270097804E-01 [m]",
    "DCP Sensitivity Vector RTN Vel=-1.149618543506272E+00 4.844414411164848E-04 6.772013266813556E-04 [m/sec]",
)


def test_the_comments_of_an_object_are_typed_values() -> None:
    said = read_object_annotations(OBJECT_LINES)
    assert said.screened_with == "inertial state vector."
    assert (said.covariance_scale_factor, said.exclusion_volume_radius_m) == (1.0, 6.0)
    assert (said.apogee_altitude_km, said.perigee_altitude_km, said.inclination_deg) == (823.0, 814.0, 98.7)
    assert said.operator_hard_body_radius_m == 0.0
    assert said.dcp_density_forecast_uncertainty == 0.15
    assert said.dcp_sensitivity_position_rtn_m.tolist() == [-2.946161139106405, 1113.965981471415, -0.1148505270097804]
    assert said.dcp_sensitivity_velocity_rtn_m_s[1] == 4.844414411164848e-4


def test_a_message_says_number_option_emergency_and_combined_radius() -> None:
    cdm = cdm_of_two()
    cdm = replace(
        cdm,
        header=replace(cdm.header, comments=("CDM_ID:406111525", "MEETS EMERGENCY CRITERIA ")),
        relative=replace(cdm.relative, comments=("SCREENING_OPTION = Covariance", "HBR = 14.5 [m]")),
    )
    said = cdm.annotations
    assert (said.cdm_id, said.meets_emergency_criteria, said.screening_option) == (406111525, True, "Covariance")
    assert said.effective_hard_body_radius_m == 14.5
    assert said.objects == (ccsds.CdmObjectAnnotations(), ccsds.CdmObjectAnnotations())


def test_the_number_is_read_as_space_track_s_kvn_has_it() -> None:
    text = ccsds.write(cdm_of_two(), "kvn").decode()
    text = text.replace("CREATION_DATE", "COMMENT                            =CDM_ID:406111525\nCREATION_DATE", 1)
    cdm = ccsds.read(text.encode())
    assert cdm.annotations.cdm_id == 406111525
    assert ccsds.write(cdm, "kvn") == text.encode()


def test_a_comment_right_before_the_first_object_may_be_the_message_s() -> None:
    said = read_annotations((), ("Screening Option = Ellipsoid", "Screened with = TLE"), ("Screened with = SP",))
    assert said.screening_option == "Ellipsoid"
    assert [each.screened_with for each in said.objects] == ["TLE", "SP"]


def test_a_line_of_the_relative_part_may_name_its_object() -> None:
    said = read_annotations(("Screened with: OBJECT1 operator ephemeris", "Screened with: OBJECT2 elements"), (), ())
    assert [each.screened_with for each in said.objects] == ["operator ephemeris", "elements"]


@pytest.mark.parametrize(
    ("comment", "value"),
    [
        ("Exclusion Volume Radius = 5.000000 [m]", 5.0),
        ("EXCLUSION_VOLUME_RADIUS = 9 [m]", 9.0),
        ("exclusion volume radius 1.5e1", 15.0),
        ("Exclusion Volume Radius: 5 m", 5.0),
        ("  =Exclusion Volume Radius = 5", 5.0),
        ("Exclusion Volume Radius = 1.5D1", 15.0),
        ("Exclusion Volume Radius = 5 [km]", None),
        ("Exclusion Volume Radius = NaN [m]", None),
        ("The Exclusion Volume Radius = 5", None),
        ("Exclusion Volume Radius = unknown", None),
        ("Exclusion Volume Radius = 1e999", None),
        ("Exclusion Volume Radius =", None),
        ("Exclusion Volume RadiusX = 5", None),
    ],
)
def test_names_are_read_leniently_and_values_strictly(comment: str, value: float | None) -> None:
    assert annotation_number(("something else", comment), "Exclusion Volume Radius", unit="m") == value
    assert read_object_annotations((comment,)).exclusion_volume_radius_m == value


@pytest.mark.parametrize(
    ("comment", "emergency"),
    [("MEETS EMERGENCY CRITERIA", True), ("Emergency Reportable = Y", True), ("Emergency Reportable = N", False),
     ("Does it? MEETS EMERGENCY CRITERIA", False)],
)  # fmt: skip
def test_an_emergency_is_told_by_either_line(comment: str, emergency: bool) -> None:
    assert read_annotations((comment,), (), ()).meets_emergency_criteria is emergency


numbers = st.none() | st.floats(0, 1e6, allow_subnormal=False).map(lambda value: float(f"{value:.15g}"))
words = st.none() | st.from_regex(r"[A-Za-z]([A-Za-z .-]{0,18}[A-Za-z])?", fullmatch=True)
component = st.floats(-1e9, 1e9, allow_nan=False, allow_subnormal=False)
vectors = st.none() | st.tuples(component, component, component).map(np.array)
objects = st.builds(
    ccsds.CdmObjectAnnotations,
    screened_with=words, od_data_source=words, covariance_scale_factor=numbers, exclusion_volume_radius_m=numbers,
    hard_body_radius_source=words, apogee_altitude_km=numbers, perigee_altitude_km=numbers, inclination_deg=numbers,
    operator_hard_body_radius_m=numbers, dcp_density_forecast_uncertainty=numbers,
    dcp_sensitivity_position_rtn_m=vectors, dcp_sensitivity_velocity_rtn_m_s=vectors,
)  # fmt: skip


@given(
    st.builds(
        ccsds.CdmAnnotations,
        cdm_id=st.none() | st.integers(0, 10**12),
        meets_emergency_criteria=st.booleans(),
        screening_option=st.none() | st.sampled_from(["Covariance", "Ellipsoid", "Stand-Off"]),
        effective_hard_body_radius_m=numbers,
        objects=st.tuples(objects, objects),
    )
)
def test_whatever_is_said_is_written_and_read_back(said: ccsds.CdmAnnotations) -> None:
    first, second = said.objects
    message = (*said.header_comments(), *said.relative_comments())
    assert read_annotations(message, first.comments(), second.comments()) == said


def test_the_handbook_s_spelling_is_written() -> None:
    said = read_object_annotations(OBJECT_LINES)
    assert said.comments()[:7] == (
        "Screened with = inertial state vector.",
        "Covariance Scale Factor = 1.000000",
        "Exclusion Volume Radius = 6.000000 [m]",
        "Apogee Altitude = 823 [km]",
        "Perigee Altitude = 814 [km]",
        "Inclination = 98.7 [deg]",
        "Operator Hard Body Radius = 0.00 [m]",
    )
    assert said.comments()[8] == OBJECT_LINES[8].replace("  ", " ")
