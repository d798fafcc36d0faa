"""From one format into another: what can't be carried is said, and refused unless that is wanted."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.ccsds_messages import cdm_of_two, oem_of

import ccsds

DATA = Path(__file__).parents[2] / "data" / "ccsds" / "synthetic"
CREATED = np.datetime64("2026-01-01T00:00:00", "ns")
OMM = next(path for path in sorted(DATA.glob("*omm*BASE*valid.kvn")))
CDM = next(path for path in sorted(DATA.glob("*cdm*BASE*valid.kvn")))

COLUMNS = (
    "OBJECT_NAME,OBJECT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY,INCLINATION,RA_OF_ASC_NODE,ARG_OF_PERICENTER,MEAN_ANOMALY",
    "EPHEMERIS_TYPE,CLASSIFICATION_TYPE,NORAD_CAT_ID,ELEMENT_SET_NO,REV_AT_EPOCH,BSTAR,MEAN_MOTION_DOT,MEAN_MOTION_DDOT",
)
FIRST = (
    "TESTSAT 1,2020-001A,2026-01-01T00:00:00.0,15.4956091,.0006317,51.64,208.9163,69.9862,25.2906",
    "0,U,90001,999,47284,.30306E-3,.00016717,0",
)
SECOND = (
    "TESTSAT 2,2020-001B,2026-01-01T12:00:00.0,14.4956091,.0016317,97.64,108.9163,169.9862,125.2906",
    "0,U,90002,999,17284,.10306E-3,.00001717,0",
)
CSV = "".join(",".join(row) + "\n" for row in (COLUMNS, FIRST, SECOND)).encode()


def catalogue(data: bytes = CSV) -> ccsds.ElementSets:
    return ccsds.read_catalogue(data)[0]


@pytest.mark.parametrize("first", ["csv", "json", "tle", "kvn", "xml"])
@pytest.mark.parametrize("second", ["csv", "json", "tle", "kvn", "xml"])
def test_a_catalogue_goes_from_each_of_its_formats_into_each(first: str, second: str) -> None:
    sets = catalogue()
    there = catalogue(ccsds.convert(sets, first, creation_date=CREATED).data)
    conversion = ccsds.convert(there, second, creation_date=CREATED, lossy=True)
    if first == second:
        assert conversion.data == there.source.data
    assert catalogue(conversion.data) == sets
    headers = first in {"kvn", "xml"} and second != first
    assert bool(conversion.losses) == headers, "an element set has no header of a message"


def test_many_omms_that_were_made_of_a_catalogue_are_strictly_valid() -> None:
    for name in ("kvn", "xml"):
        data = ccsds.convert(catalogue(), name, creation_date=CREATED, originator="TESTORG").data
        assert ccsds.validate(data, profile="strict").findings == ()
        assert data.count(b"TESTORG") == 2


def test_the_same_catalogue_gives_the_same_bytes_without_a_date() -> None:
    assert ccsds.convert(catalogue(), "kvn").data == ccsds.convert(catalogue(), "kvn").data


def test_digits_that_a_tle_can_t_hold_are_said_with_how_far_they_are_off() -> None:
    sets = replace(catalogue(), inclination_deg=np.array([51.64004, 97.64]))
    with pytest.raises(ccsds.LossyConversion, match="inclination_deg of 1 element sets is rounded, by up to 4e-05"):
        ccsds.convert(sets, "tle")
    conversion = ccsds.convert(sets, "tle", lossy=True)
    assert len(conversion.losses) == 1
    assert catalogue(conversion.data).inclination_deg.tolist() == [51.64, 97.64]


def test_an_element_set_that_no_tle_can_hold_is_left_out_and_named() -> None:
    sets = replace(catalogue(), norad_cat_id=np.array([90001, 799500234]))
    with pytest.raises(ccsds.LossyConversion, match="799500234"):
        ccsds.convert(sets, "tle")
    conversion = ccsds.convert(sets, "tle", lossy=True)
    assert catalogue(conversion.data).norad_cat_id.tolist() == [90001]


def test_where_no_element_set_fits_there_is_nothing_to_write() -> None:
    sets = replace(catalogue(), norad_cat_id=np.array([799500233, 799500234]))
    with pytest.raises(ccsds.CannotWrite, match="799500233"):
        ccsds.convert(sets, "tle", lossy=True)


def test_columns_that_element_sets_don_t_have_are_named() -> None:
    head, *rows = CSV.decode().splitlines()
    csv = "\n".join([head + ",RCS_SIZE,LAUNCH_SITE", *(row + ",LARGE,X" for row in rows)]).encode()
    assert ccsds.convert(catalogue(csv), "csv").data == csv, "the same format is the same bytes"
    with pytest.raises(ccsds.LossyConversion, match="RCS_SIZE, LAUNCH_SITE"):
        ccsds.convert(catalogue(csv), "json")
    records = json.loads(ccsds.convert(catalogue(csv), "json", lossy=True).data)
    assert "RCS_SIZE" not in records[0]


def test_a_name_that_is_missing_is_unknown_in_an_omm_and_that_is_said() -> None:
    sets = replace(catalogue(), object_name=("", "B"))
    conversion = ccsds.convert(sets, "kvn", lossy=True)
    assert b"OBJECT_NAME = UNKNOWN" in conversion.data
    assert "UNKNOWN" in conversion.losses[0]


def test_an_omm_in_csv_loses_what_is_no_element_and_says_what() -> None:
    omm = ccsds.read(OMM)
    assert isinstance(omm, ccsds.Omm)
    omm = replace(omm, header=replace(omm.header, comments=("x",)), user_defined=(("COLOUR", "RED"),))
    conversion = ccsds.convert(omm, "csv", lossy=True)
    assert [loss.partition(" ")[0] for loss in conversion.losses][:2] == ["the", "comments"]
    assert any("COLOUR" in loss for loss in conversion.losses)
    assert catalogue(conversion.data) == omm.element_sets()


@pytest.mark.parametrize("message", [oem_of(), cdm_of_two()], ids=["OEM", "CDM"])
@pytest.mark.parametrize("text_format", ["csv", "tle"])
def test_what_holds_no_elements_is_no_catalogue_even_with_losses(message: ccsds.Message, text_format: str) -> None:
    with pytest.raises(ccsds.CannotWrite, match="choose kvn, xml, json"):
        ccsds.convert(message, text_format, lossy=True)


@pytest.mark.parametrize("text_format", ["kvn", "xml", "json"])
def test_a_single_message_loses_nothing(text_format: str) -> None:
    for message in (oem_of(), cdm_of_two()):
        conversion = ccsds.convert(message, text_format)
        assert conversion.losses == ()
        assert ccsds.read(conversion.data) == message


def test_a_value_that_no_message_holds_is_said_and_refused_in_another_format() -> None:
    unread = re.sub(rb"COLLISION_PROBABILITY = .*", b"COLLISION_PROBABILITY = NaN", CDM.read_bytes())
    message = ccsds.read(unread, profile="lenient")

    with pytest.raises(ccsds.LossyConversion, match="COLLISION_PROBABILITY is left out"):
        ccsds.convert(message, "xml")
    assert ccsds.convert(message, "xml", lossy=True).losses
    assert ccsds.convert(message, "kvn").data == unread


def test_a_state_that_is_repeated_is_read_once_and_the_others_keep_their_number_texts() -> None:
    rows = ccsds.write(oem_of(), "kvn").decode().splitlines(keepends=True)
    first = next(index for index, row in enumerate(rows) if row[:2] == "20")
    epoch, x, *others = rows[first].split()
    rows[first] = " ".join([epoch, f"{x}000", *others]) + "\n"
    message = ccsds.read("".join([*rows[: first + 1], *rows[first:]]).encode())

    conversion = ccsds.convert(message, "xml")

    assert isinstance(message, ccsds.Oem)
    assert conversion.losses == ()
    assert f"<X>{x}000</X>".encode() in conversion.data
    assert len(message.segments[0]) == 10
