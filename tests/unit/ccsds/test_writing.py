"""What is written is read back equal and passes `strict`; what was read and not edited is written byte for byte."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from support.ccsds_messages import cdm_of_two, oem_of
from support.message_strategies import cdms, oems

import ccsds

DATA = Path(__file__).parents[2] / "data" / "ccsds" / "synthetic"

FORMATS = ("kvn", "xml", "json")


@pytest.mark.parametrize("text_format", FORMATS)
@settings(max_examples=25, deadline=None)
@given(oem=oems())
def test_any_oem_is_written_read_and_equal_and_strict_finds_nothing(text_format: str, oem: ccsds.Oem) -> None:
    report = ccsds.validate(ccsds.write(oem, text_format), profile="strict")
    assert report.findings == ()
    assert report.message == oem


@pytest.mark.parametrize("text_format", FORMATS)
@settings(max_examples=25, deadline=None)
@given(cdm=cdms())
def test_any_cdm_is_written_read_and_equal_and_strict_finds_nothing(text_format: str, cdm: ccsds.Cdm) -> None:
    report = ccsds.validate(ccsds.write(cdm, text_format), profile="strict")
    assert report.findings == ()
    assert report.message == cdm
    assert ccsds.write(replace(report.message), text_format) == ccsds.write(cdm, text_format)


VALID = sorted(path for path in DATA.glob("*_valid*.kvn"))


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_an_unedited_message_is_written_byte_for_byte(path: Path) -> None:
    message = ccsds.read(path, profile="strict")
    if not isinstance(message, ccsds.ElementSets):
        assert ccsds.write(message, "kvn") == path.read_bytes()


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_an_edited_message_is_written_in_the_standard_s_form(path: Path) -> None:
    message = ccsds.read(path, profile="strict")
    if isinstance(message, ccsds.ElementSets):
        return
    edited = replace(message, header=replace(message.header, originator="ANOTHER"))
    report = ccsds.validate(ccsds.write(edited, "kvn"), profile="strict")
    assert report.findings == ()
    assert report.message == edited


def test_an_edit_deep_inside_is_not_lost_behind_the_source() -> None:
    oem = ccsds.read(ccsds.write(oem_of(), "kvn"))
    segment = replace(oem.segments[0], metadata=replace(oem.segments[0].metadata, object_name="OTHER"))
    assert b"OBJECT_NAME = OTHER" in ccsds.write(replace(oem, segments=(segment,)), "kvn")


def test_numbers_that_were_read_with_many_digits_are_written_with_sixteen() -> None:
    oem = oem_of(1)
    segment = replace(oem.segments[0], positions_km=np.array([[1.0 / 3.0, 2e4 / 3.0, 1e-7 / 3.0]]))
    written = ccsds.write(replace(oem, segments=(segment,)), "kvn")
    assert b" 0.333333333333333 " not in written
    back = ccsds.read(written, profile="strict").segments[0].positions_km
    assert back == pytest.approx(segment.positions_km, rel=1e-15)
    assert not [f for f in ccsds.validate(written).findings if f.rule == "VAL-002"]


CAN_T = {
    "NaN": lambda oem: replace(oem, segments=(replace(oem.segments[0], positions_km=np.full((10, 3), np.nan)),)),
    "no segment": lambda oem: replace(oem, segments=()),
    "line break": lambda oem: replace(oem, header=replace(oem.header, originator="A\nB")),
    "non-ASCII": lambda oem: replace(oem, header=replace(oem.header, originator="Å")),
    "too long": lambda oem: replace(oem, header=replace(oem.header, comments=("x" * 300,))),
    "no creation date": lambda oem: replace(oem, header=replace(oem.header, creation_date=np.datetime64("NaT"))),
    "3.0 keyword": lambda oem: replace(oem, header=replace(oem.header, message_id="X")),
    "1.0 with covariance": lambda oem: replace(oem, header=replace(oem.header, version="1.0")),
}


@pytest.mark.parametrize("edit", CAN_T.values(), ids=CAN_T.keys())
def test_what_a_file_can_t_carry_is_refused(edit: object) -> None:
    with pytest.raises(ccsds.CannotWrite):
        ccsds.write(edit(oem_of(covariances=True)), "kvn")


def test_a_format_that_there_is_not_names_those_that_there_are() -> None:
    with pytest.raises(ccsds.CannotWrite, match="kvn, xml, json"):
        ccsds.write(cdm_of_two(), "tle")


def test_a_cdm_in_json_nests_as_xml_and_names_the_units_of_each_block() -> None:
    value = json.loads(ccsds.write(cdm_of_two(), "json"))
    assert list(value) == ["CCSDS_CDM_VERS", "header", "body"]
    relative = value["body"]["relativeMetadataData"]
    assert relative["MISS_DISTANCE"] == 1000.0
    assert relative["units"] == {"MISS_DISTANCE": "m", "RELATIVE_SPEED": "m/s"}
    assert relative["COMMENT"] == ["Screening Option = Covariance"]
    designators = [segment["metadata"]["OBJECT_DESIGNATOR"] for segment in value["body"]["segment"]]
    assert designators == ["12345", "30337"], "text is text, digits or not"


def test_an_oem_in_json_has_a_row_for_each_state() -> None:
    value = json.loads(ccsds.write(oem_of(2), "json"))
    states = value["body"]["segment"][0]["data"]["stateVector"]
    assert [state["EPOCH"] for state in states] == ["2026-01-01T00:00:00.000", "2026-01-01T00:01:00.000"]
    assert list(states[0]) == ["EPOCH", "X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT"]
