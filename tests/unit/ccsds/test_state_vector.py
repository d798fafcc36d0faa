"""State vectors in JSON: what they become, what is refused, and that schema and reader agree."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ccsds
from ccsds.readers import state_vector
from ccsds.schemas import state_vector_schema

numbers = st.floats(-1e4, 1e4, allow_nan=False, allow_subnormal=False)


def form(**members: Any) -> dict[str, Any]:
    whole = {
        "epoch": "2026-01-01T00:00:00.000",
        "ref_frame": "EME2000",
        "position": {"value": [6878.137, 0.0, 0.0], "unit": "km"},
        "velocity": {"value": "0.0, -980.4704112, 7549.2039959", "unit": "m/s"},
    }
    return {name: value for name, value in (whole | members).items() if value is not None}


def read(**members: Any) -> ccsds.Opm:
    return ccsds.read(json.dumps(form(**members)).encode())


def test_the_least_form_is_a_state_in_km_and_km_s() -> None:
    opm = read()
    assert isinstance(opm, ccsds.Opm)
    assert opm.state.epoch == np.datetime64("2026-01-01T00:00:00", "ns")
    assert opm.state.position_km.tolist() == [6878.137, 0.0, 0.0]
    assert opm.state.velocity_km_s == pytest.approx([0.0, -0.9804704112, 7.5492039959], rel=1e-15)
    assert (opm.metadata.ref_frame, opm.metadata.center_name, opm.metadata.time_system) == ("EME2000", "EARTH", "UTC")
    assert (opm.spacecraft, opm.covariance, opm.user_defined) == (None, None, ())


def test_identity_and_properties_are_kept() -> None:
    opm = read(
        norad_cat_id=25544,
        object_name="ISS (ZARYA)",
        object_id="1998-067A",
        originator="TESTORG",
        creation_date="2026-01-01T00:00:00",
        properties={"mass_kg": 420000, "combined_hard_body_radius_m": 65.5, "drag_area_m2": 1500.5, "drag_coeff": 2.2},
    )
    assert (opm.metadata.object_name, opm.metadata.object_id) == ("ISS (ZARYA)", "1998-067A")
    assert (opm.spacecraft.mass_kg, opm.spacecraft.drag_coeff, opm.spacecraft.solar_rad_area_m2) == (420000, 2.2, None)
    assert opm.user_defined == (("NORAD_CAT_ID", "25544"), ("COMBINED_HARD_BODY_RADIUS_M", "65.5"))


def covariance(**members: Any) -> dict[str, Any]:
    return {
        "ref_frame": "RTN",
        "form": "lower_triangle",
        "position_unit": "m",
        "velocity_unit": "m/s",
        "matrix": [[100.0], [0, 400.0], [0, 0, 900.0]],
    } | members


def test_a_triangle_of_positions_in_metres_is_a_matrix_in_km() -> None:
    given = read(covariance=covariance()).covariance
    assert np.diagonal(given.matrix) == pytest.approx([1e-4, 4e-4, 9e-4, 0, 0, 0])
    assert given.ref_frame == "RTN"
    assert "not given" in given.comments[0]


@given(triangle=st.lists(numbers, min_size=21, max_size=21))
def test_triangle_and_whole_matrix_are_the_same(triangle: list[float]) -> None:
    matrix = np.zeros((6, 6))
    matrix[np.tril_indices(6)] = triangle
    matrix += np.tril(matrix, -1).T
    units = {"position_unit": "km", "velocity_unit": "m/s"}
    rows = [matrix[n, : n + 1].tolist() for n in range(6)]
    half = read(covariance=covariance(matrix=rows, **units)).covariance
    whole = read(covariance=covariance(matrix=matrix.tolist(), form="full", **units)).covariance
    assert half == whole
    scale = np.repeat([1.0, 1e-3], 3)
    assert np.array_equal(half.matrix, matrix * np.outer(scale, scale))


FAULTS: dict[str, tuple[dict[str, Any], str, str]] = {
    "no epoch": ({"epoch": None}, "STV-001", "epoch"),
    "no velocity": ({"velocity": None}, "STV-001", "velocity"),
    "no unit": ({"position": {"value": [1, 2, 3]}}, "STV-001", "position.unit"),
    "two components": ({"position": {"value": [1, 2], "unit": "km"}}, "STV-002", "position.value"),
    "a component as text": ({"position": {"value": "1, 2, x", "unit": "km"}}, "STV-002", "position.value"),
    "another unit": ({"position": {"value": [1, 2, 3], "unit": "miles"}}, "STV-002", "position.unit"),
    "a bare vector": ({"position": [1, 2, 3]}, "STV-002", "position"),
    "a number for a text": ({"ref_frame": 2000}, "STV-002", "ref_frame"),
    "an epoch with an offset": ({"epoch": "2026-01-01T00:00:00+09:00"}, "TIM-004", "epoch"),
    "no day": ({"epoch": "2026-02-30T00:00:00"}, "TIM-003", "epoch"),
    "a leap second": ({"epoch": "2016-12-31T23:59:60"}, "TIM-005", "epoch"),
    "no mass": ({"properties": {"mass_kg": 0}}, "STV-002", "properties.mass_kg"),
    "a radius below zero": (
        {"properties": {"combined_hard_body_radius_m": -1}}, "STV-002", "properties.combined_hard_body_radius_m",
    ),
    "ten digits": ({"norad_cat_id": 1234567890}, "STV-002", "norad_cat_id"),
    "another version": ({"version": "9.9"}, "STV-002", "version"),
    "rows of a full matrix": ({"covariance": covariance(form="full")}, "STV-002", "covariance.matrix"),
    "four rows": (
        {"covariance": covariance(matrix=[[1], [1, 2], [1, 2, 3], [1, 2, 3, 4]])}, "STV-002", "covariance.matrix",
    ),
    "a hole in the matrix": (
        {"covariance": covariance(matrix=[[1], [None, 2], [0, 0, 3]])}, "STV-002", "covariance.matrix",
    ),
    "no form": ({"covariance": covariance(form=None)}, "STV-001", "covariance.form"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("profile", ["strict", "operational"])
def test_a_fault_is_an_error_at_its_path(name: str, profile: str) -> None:
    members, rule, path = FAULTS[name]
    report = ccsds.validate(json.dumps(form(**members)).encode(), profile=profile)
    assert (report.kind, report.verdict) == ("STATE_VECTOR", "invalid")
    assert (rule, path) in {(finding.rule, finding.path) for finding in report.errors}


WARNINGS: dict[str, tuple[dict[str, Any], str]] = {
    "a member of another name": ({"reference_frame": "EME2000"}, "STV-003"),
    "a negative variance": ({"covariance": covariance(matrix=[[-1.0], [0, 1.0], [0, 0, 1.0]])}, "STV-005"),
    "no correlation": ({"covariance": covariance(matrix=[[1.0], [2.0, 1.0], [0, 0, 1.0]])}, "STV-005"),
    "not symmetric": (
        {"covariance": covariance(form="full", matrix=[[2.0, 1, 0], [0.5, 2, 0], [0, 0, 2.0]])}, "STV-004",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WARNINGS)
def test_an_oddity_is_a_warning(name: str) -> None:
    members, rule = WARNINGS[name]
    report = ccsds.validate(json.dumps(form(**members)).encode(), profile="operational")
    assert {(finding.rule, finding.severity) for finding in report.findings} == {(rule, "warning")}


@pytest.mark.parametrize(
    ("edit", "rule"),
    [
        (lambda text: text.replace('"ref_frame"', '"epoch": "2026-01-02T00:00:00", "ref_frame"'), "SYN-010"),
        (lambda text: text[:-1], "JSN-001"),
        (lambda text: f"[{text}]", "JSN-002"),
        (lambda text: text.replace('"value"', '"value": ' + "[" * 100_000), "JSN-001"),
    ],
)
def test_what_is_no_object_is_one_error(edit: Callable[[str], str], rule: str) -> None:
    report = ccsds.validate(edit(json.dumps(form())).encode(), profile="operational")
    assert rule in {finding.rule for finding in report.errors}


def test_the_reader_knows_the_members_of_the_schema() -> None:
    schema = state_vector_schema()["properties"]
    assert set(schema) == set(state_vector.MEMBERS)
    assert set(schema["properties"]["properties"]) == set(state_vector.PROPERTIES)
    assert set(schema["covariance"]["properties"]) == set(state_vector.COVARIANCE)
    assert schema["position"]["properties"]["unit"]["enum"] == list(state_vector.POSITION_UNITS)
    assert schema["velocity"]["properties"]["unit"]["enum"] == list(state_vector.VELOCITY_UNITS)
    assert schema["covariance"]["properties"]["form"]["enum"] == list(state_vector.FORMS)


def test_the_schemas_own_example_is_valid():
    schema = state_vector_schema()
    (example,) = schema["examples"]
    report = ccsds.validate(json.dumps(example).encode(), profile="strict")
    assert [finding.rule for finding in report.errors] == []
    assert isinstance(report.message, ccsds.Opm)
