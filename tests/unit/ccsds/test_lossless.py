"""What was read is written as it was: an edit changes its own lines, another format keeps the source's texts."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.ccsds_messages import cdm_of_two, oem_of
from support.cdm_rows import space_track_row
from support.message_strategies import cdms, oems

import ccsds

DATA = Path(__file__).parents[2] / "data" / "ccsds" / "synthetic"
FORMATS = ("kvn", "xml", "json")

CDM = """\
CCSDS_CDM_VERS   =1.0
COMMENT   two blanks before this
CREATION_DATE    = 2026-002T00:00:00.123456789012Z

ORIGINATOR       = CSpOC
MESSAGE_ID       = 000012345_conj_000030337_1
TCA              = 2026-01-03T12:00:00.000
MISS_DISTANCE    =912 [m]
COMMENT in the middle of a block
RELATIVE_SPEED   = +14762.10 [m/s]
COLLISION_PROBABILITY = 4.8350E-05
OBJECT           = OBJECT1
OBJECT_DESIGNATOR = 12345
CATALOG_NAME     = SATCAT
OBJECT_NAME      = SATELLITE A & B <test>
INTERNATIONAL_DESIGNATOR = 1997-030E
EPHEMERIS_NAME   = NONE
COVARIANCE_METHOD = CALCULATED
MANEUVERABLE     = YES
REF_FRAME        = EME2000
X                = 2570.0970650 [km]
Y                = 2244.654904 [km]
Z                = 6281.497978 [km]
X_DOT            = 4.418769571 [km/s]
Y_DOT            = 4.833547743 [km/s]
Z_DOT            = -3.526774282 [km/s]
OBJECT           = OBJECT2
OBJECT_DESIGNATOR = 30337
CATALOG_NAME     = SATCAT
OBJECT_NAME      = FENGYUN 1C DEB
INTERNATIONAL_DESIGNATOR = 1999-025AA
EPHEMERIS_NAME   = NONE
COVARIANCE_METHOD = CALCULATED
MANEUVERABLE     = NO
REF_FRAME        = EME2000
X                = 2569.540800 [km]
Y                = 2245.093614 [km]
Z                = 6281.599946 [km]
X_DOT            = -2.888612500 [km/s]
Y_DOT            = -6.007247516 [km/s]
Z_DOT            = 3.328770172 [km/s]
"""

OEM = """\
CCSDS_OEM_VERS = 2.0
CREATION_DATE = 2026-01-01T00:00:00
ORIGINATOR = TESTORG

META_START
COMMENT of the metadata
OBJECT_NAME          = TESTSAT 1
OBJECT_ID            = 2020-001A
CENTER_NAME          = EARTH
REF_FRAME            = EME2000
TIME_SYSTEM          = UTC
START_TIME           = 2026-01-01T00:00:00.0000000001
STOP_TIME            = 2026-01-01T00:02:00
META_STOP
COMMENT of the states
2026-01-01T00:00:00.0000000001   6878.1370  0.0  0.0  0.0  7.612608000  0.0
2026-01-01T00:01:00.000   6862.971434  4.56499387E+02  0.0  -0.505245953  7.595823003  0.0

2026-01-01T00:02:00.000   6817.541612  910.985707  0.0  -1.008263878  7.545542029  0.0
COVARIANCE_START
COMMENT of the covariance
EPOCH = 2026-01-01T00:00:00.0000000001
COV_REF_FRAME = RTN
1.000E-04
0.0 4.00E-04
0.0 0.0 9.0E-05
0.0 0.0 0.0 1.0E-10
0.0 0.0 0.0 0.0 2.0E-10
0.0 0.0 0.0 0.0 0.0 3.0E-10
COVARIANCE_STOP
"""


def read(data: str | bytes) -> Any:
    return ccsds.read(data.encode() if isinstance(data, str) else data, profile="operational")


def words_of(text: str) -> list[str]:
    """Keywords, values, units and words of comments, in alphabetical order."""
    return sorted(re.sub(r"[=\s]+", " ", text).split())


def changed_lines(before: bytes, after: bytes) -> tuple[list[bytes], list[bytes]]:
    """The lines that only one side has, from the first that differs to the last."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    while old and new and old[0] == new[0]:
        del old[0], new[0]
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    return old, new


@pytest.mark.parametrize("text", [CDM, OEM], ids=["CDM", "OEM"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CR LF", "CR"])
def test_an_unedited_message_is_the_same_bytes_whatever_its_layout(text: str, end: str) -> None:
    data = text.replace("\n", end).encode()
    assert ccsds.write(read(data), "kvn") == data
    assert ccsds.write(replace(read(data)), "kvn") == data, "a copy without edit is no edit"


def with_miss_distance(cdm: ccsds.Cdm) -> ccsds.Cdm:
    return replace(cdm, relative=replace(cdm.relative, miss_distance_m=913.5))


def with_mass(cdm: ccsds.Cdm) -> ccsds.Cdm:
    first, second = cdm.objects
    return replace(cdm, objects=(replace(first, additional=replace(first.additional, mass=250.0)), second))


def with_message_for(cdm: ccsds.Cdm) -> ccsds.Cdm:
    return replace(cdm, header=replace(cdm.header, message_for="SATELLITE A"))


def without_probability(cdm: ccsds.Cdm) -> ccsds.Cdm:
    return replace(cdm, relative=replace(cdm.relative, collision_probability=None))


def with_comment(cdm: ccsds.Cdm) -> ccsds.Cdm:
    return replace(cdm, relative=replace(cdm.relative, comments=(*cdm.relative.comments, "a new one")))


def with_other_comment(cdm: ccsds.Cdm) -> ccsds.Cdm:
    return replace(cdm, header=replace(cdm.header, comments=("another",)))


KVN_EDITS: dict[str, tuple[Callable[[ccsds.Cdm], ccsds.Cdm], list[str], list[str]]] = {
    "a value": (with_miss_distance, ["MISS_DISTANCE    =912 [m]"], ["MISS_DISTANCE    =913.5 [m]"]),
    "a new keyword": (with_message_for, [], ["MESSAGE_FOR = SATELLITE A"]),
    "a new block": (with_mass, [], ["MASS = 250.0 [kg]"]),
    "a keyword less": (without_probability, ["COLLISION_PROBABILITY = 4.8350E-05"], []),
    "a new comment": (with_comment, [], ["COMMENT a new one"]),
    "another comment": (with_other_comment, ["COMMENT   two blanks before this"], ["COMMENT another"]),
}


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CR LF"])
@pytest.mark.parametrize(("edit", "gone", "come"), KVN_EDITS.values(), ids=KVN_EDITS.keys())
def test_an_edit_of_a_cdm_changes_its_own_lines(
    edit: Callable[[ccsds.Cdm], ccsds.Cdm], gone: list[str], come: list[str], end: str
) -> None:
    data = CDM.replace("\n", end).encode()
    edited = edit(read(data))
    written = ccsds.write(edited, "kvn")
    old, new = changed_lines(data, written)
    assert old == [(line + end).encode() for line in gone]
    assert new == [(line + end).encode() for line in come]
    assert read(written) == edited


def edited_segment(oem: ccsds.Oem, **changes: object) -> ccsds.Oem:
    return replace(oem, segments=(replace(oem.segments[0], **changes), *oem.segments[1:]))  # type: ignore[arg-type]


def test_another_state_changes_its_line_and_keeps_the_texts_of_its_other_numbers() -> None:
    oem = read(OEM)
    positions = oem.segments[0].positions_km.copy()
    positions[1, 2] = 1.5
    written = ccsds.write(edited_segment(oem, positions_km=positions), "kvn")
    old, new = changed_lines(OEM.encode(), written)
    assert len(old) == 1
    assert new == [b"2026-01-01T00:01:00.000 6862.971434 4.56499387E+02 1.5 -0.505245953 7.595823003 0.0\n"]


def test_a_state_less_is_a_line_less() -> None:
    oem = read(OEM)
    segment = oem.segments[0]
    kept = [0, 2]
    edited = edited_segment(
        oem,
        epochs=segment.epochs[kept],
        positions_km=segment.positions_km[kept],
        velocities_km_s=segment.velocities_km_s[kept],
    )
    old, new = changed_lines(OEM.encode(), ccsds.write(edited, "kvn"))
    assert (len(old), new) == (1, [])


def test_a_state_more_is_a_line_more() -> None:
    oem = read(OEM)
    segment = oem.segments[0]
    edited = edited_segment(
        oem,
        epochs=np.insert(segment.epochs, 1, segment.epochs[0] + np.timedelta64(30, "s")),
        positions_km=np.insert(segment.positions_km, 1, [1.0, 2.0, 3.0], axis=0),
        velocities_km_s=np.insert(segment.velocities_km_s, 1, [4.0, 5.0, 6.0], axis=0),
    )
    old, new = changed_lines(OEM.encode(), ccsds.write(edited, "kvn"))
    assert old == []
    assert new == [b"2026-01-01T00:00:30.000 1.0 2.0 3.0 4.0 5.0 6.0\n"]


def test_another_covariance_changes_its_matrix_alone() -> None:
    oem = read(OEM)
    covariances = oem.segments[0].covariances
    matrices = covariances.matrices.copy()
    matrices[0, 1, 1] = 5e-4
    written = ccsds.write(edited_segment(oem, covariances=replace(covariances, matrices=matrices)), "kvn")
    assert changed_lines(OEM.encode(), written) == ([b"0.0 4.00E-04\n"], [b"0.0 0.0005\n"])


def test_segments_are_never_merged_and_one_less_leaves_the_others_as_they_were() -> None:
    head, _, segment = OEM.partition("\nMETA_START")
    later = segment.replace("2026-01-01", "2026-01-02").replace("of the states", "of the second states")
    data = head + "\nMETA_START" + segment + "\nMETA_START" + later
    oem = read(data)
    assert len(ccsds.read(ccsds.write(oem, "xml")).segments) == 2
    written = ccsds.write(replace(oem, segments=oem.segments[1:]), "kvn").decode()
    assert "META_START" + later in written
    assert "of the states" not in written


@pytest.mark.parametrize("text", [CDM, OEM], ids=["CDM", "OEM"])
def test_from_kvn_to_xml_to_json_and_back_every_text_stays(text: str) -> None:
    message = read(text)
    xml = ccsds.write(message, "xml")
    json_text = ccsds.write(read(xml), "json")
    back = ccsds.write(read(json_text), "kvn").decode()
    assert read(back) == message
    assert words_of(back) == words_of(text)


def test_the_number_texts_stand_in_xml_and_json() -> None:
    xml, json_text = (ccsds.write(read(CDM), name).decode() for name in ("xml", "json"))
    assert '<MISS_DISTANCE units="m">912</MISS_DISTANCE>' in xml
    assert "<OBJECT_NAME>SATELLITE A &amp; B &lt;test&gt;</OBJECT_NAME>" in xml
    assert '"MISS_DISTANCE": 912,' in json_text
    assert '"RELATIVE_SPEED": "+14762.10"' in json_text, "JSON's numbers have no plus sign"
    assert '"COLLISION_PROBABILITY": 4.8350E-05' in json_text
    assert "2026-002T00:00:00.123456789012Z" in xml, "digits beyond the nanosecond stay"
    assert "2026-002T00:00:00.123456789012Z" in json_text


@pytest.mark.parametrize("text", [CDM, OEM], ids=["CDM", "OEM"])
@pytest.mark.parametrize("text_format", ["xml", "json"])
def test_an_edit_in_xml_and_json_changes_its_own_line(text: str, text_format: str) -> None:
    data = ccsds.write(read(text), text_format)
    message = read(data)
    edited = replace(message, header=replace(message.header, originator="ANOTHER & OTHERS"))
    written = ccsds.write(edited, text_format)
    old, new = changed_lines(data, written)
    assert len(old) == len(new) == 1
    assert b"ANOTHER" in new[0]
    assert read(written) == edited


@pytest.mark.parametrize("edit", [entry[0] for entry in KVN_EDITS.values()], ids=KVN_EDITS.keys())
@pytest.mark.parametrize("text_format", ["xml", "json"])
def test_every_edit_of_a_cdm_can_be_written_in_xml_and_json(
    edit: Callable[[ccsds.Cdm], ccsds.Cdm], text_format: str
) -> None:
    edited = edit(read(ccsds.write(read(CDM), text_format)))
    written = ccsds.write(edited, text_format)
    assert read(written) == edited
    assert b"4.418769571" in written
    assert b"2570.0970650" in written, "what is as it was keeps its text"


def test_a_new_element_is_indented_as_its_neighbour_and_has_its_prefix() -> None:
    xml = ccsds.write(read(CDM), "xml").decode()
    qualified = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1ndm:", xml).replace(
        "<ndm:cdm ", '<ndm:cdm xmlns:ndm="urn:ccsds:schema:ndmxml" '
    )
    written = ccsds.write(with_message_for(read(qualified)), "xml").decode()
    _, new = changed_lines(qualified.encode(), written.encode())
    assert new == [b"    <ndm:MESSAGE_FOR>SATELLITE A</ndm:MESSAGE_FOR>\n"]


def test_an_edited_row_of_space_track_stays_a_row() -> None:
    row = space_track_row(cdm_of_two())
    data = json.dumps(row, indent=1).encode()
    written = ccsds.write(with_miss_distance(read(data)), "json")
    assert json.loads(written) == row | {"MISS_DISTANCE": "913.5"}


def test_the_source_lives_through_an_edit_of_a_nested_part() -> None:
    cdm = read(CDM)
    again = with_miss_distance(with_mass(cdm))
    assert again.edited
    assert again.source is cdm.source
    undone = replace(again, relative=cdm.relative, objects=cdm.objects)
    assert not undone.edited
    assert ccsds.write(undone, "kvn") == CDM.encode()


def test_a_byte_order_mark_stays() -> None:
    data = b"\xef\xbb\xbf" + CDM.encode()
    assert ccsds.write(with_miss_distance(read(data)), "kvn").startswith(b"\xef\xbb\xbfCCSDS_CDM_VERS")


def test_what_kvn_can_t_hold_is_refused_and_xml_holds_it() -> None:
    cdm = with_message_for(cdm_of_two())
    cdm = replace(cdm, header=replace(cdm.header, message_for="Raumfahrt Österreich"))
    with pytest.raises(ccsds.CannotWrite, match="characters that KVN does not allow"):
        ccsds.write(cdm, "kvn")
    assert read(ccsds.write(cdm, "xml")) == cdm
    assert read(ccsds.write(cdm, "json")) == cdm


def test_a_line_break_in_a_value_is_refused_everywhere() -> None:
    cdm = cdm_of_two()
    cdm = replace(cdm, header=replace(cdm.header, message_for="A\nTCA = 2026-01-01T00:00:00"))
    for name in FORMATS:
        with pytest.raises(ccsds.CannotWrite, match="more than one line"):
            ccsds.write(cdm, name)


@pytest.mark.parametrize("path", sorted(DATA.glob("*_valid*.kvn")), ids=lambda path: path.stem)
def test_every_valid_fixture_goes_through_every_format_and_back(path: Path) -> None:
    report = ccsds.validate(path, profile="strict")
    message = report.message
    if message is None or isinstance(message, ccsds.ElementSets):
        return
    for first in FORMATS:
        for second in FORMATS:
            there = read(ccsds.write(message, first))
            assert there == message
            assert read(ccsds.write(there, second)) == message


@settings(max_examples=20, deadline=None)
@given(message=st.one_of(oems(), cdms()), first=st.sampled_from(FORMATS), second=st.sampled_from(FORMATS))
def test_any_message_goes_from_any_format_into_any_other_and_back_to_the_same_bytes(
    message: ccsds.Oem | ccsds.Cdm, first: str, second: str
) -> None:
    data = ccsds.write(message, first)
    there = ccsds.write(read(data), second)
    assert ccsds.write(read(there), first) == data


@settings(max_examples=20, deadline=None)
@given(
    message=st.one_of(oems(), cdms()), text_format=st.sampled_from(FORMATS), originator=st.sampled_from(["X", "A & B"])
)
def test_any_message_can_be_edited_in_any_format(
    message: ccsds.Oem | ccsds.Cdm, text_format: str, originator: str
) -> None:
    data = ccsds.write(message, text_format)
    edited = replace(read(data), header=replace(message.header, originator=originator))
    written = ccsds.write(edited, text_format)
    assert read(written) == edited
    old, new = changed_lines(data, written)
    assert len(old) == len(new) <= 1


def test_a_message_that_was_made_here_has_no_source() -> None:
    assert oem_of().source is None
    assert oem_of().edited
