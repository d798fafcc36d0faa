"""Rows keep their text, are known by number and organization, and find their way to whom they are for."""

import json

import pytest

from spacetrack_gateway.pulling.columns import KNOWN, drift
from spacetrack_gateway.pulling.routing import Member, directory_of
from spacetrack_gateway.pulling.rows import NoIdentifierError, as_document, ephemeris_names, read_page

PAGE = b'[{"CDM_ID":"7","GID":"12","TCA":"2024-09-19 12:00:00", "X" : "1.50"},\n {"CDM_ID":"8","GID":null}]'


def test_each_row_keeps_the_text_that_it_came_with():
    first, second = read_page(PAGE)
    assert first.text == '{"CDM_ID":"7","GID":"12","TCA":"2024-09-19 12:00:00", "X" : "1.50"}'
    assert (first.key, second.key) == ((7, "12"), (8, ""))
    assert json.loads(as_document([second])) == [{"CDM_ID": "8", "GID": None}]
    assert first.text.encode() in as_document([first, second])


def test_rows_without_a_number_are_refused_as_a_whole():
    with pytest.raises(NoIdentifierError, match="CDM_ID"):
        read_page(b'[{"CDM_NUMBER":"7"}]')


def test_there_are_312_columns_and_those_of_units():
    assert {"SAT1_CSRP_SRP", "SAT2_X_DOT_UNIT", "COMMENT_EFFECTIVE_HBR"} <= KNOWN
    unknown, missing = drift(KNOWN - {"TCA"} | {"NEW"})
    assert (unknown, missing) == (["NEW"], ["TCA"])


def test_names_of_ephemerides_leave_none_out():
    values = {"SAT1_EPHEMERIS_NAME": "MEME_1.txt", "SAT2_EPHEMERIS_NAME": "NONE"}
    assert ephemeris_names(values) == ["MEME_1.txt"]
    assert ephemeris_names({"SAT1_EPHEMERIS_NAME": None}) == []


AURORA = Member(organization_id="a", gid="12", names=("AURORA IMAGING", "Aurora"))
BOREALIS = Member(organization_id="b", gid="13", names=("Borealis", "Shared"))
CEPHEUS = Member(organization_id="c", gid=None, names=("Cepheus", "Shared"))
DIRECTORY = directory_of([AURORA, BOREALIS, CEPHEUS], {90001: "a", 91000: "b"})


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"GID": "12", "CONSTELLATION": "Borealis"}, ("a", "gid")),
        ({"GID": "99", "CONSTELLATION": "borealis"}, ("b", "constellation")),
        ({"MESSAGE_FOR": "AURORA IMAGING"}, ("a", "constellation")),
        ({"CONSTELLATION": "Shared", "SAT1_OBJECT_DESIGNATOR": "91000"}, ("b", "object")),
        ({"SAT1_OBJECT_DESIGNATOR": "1", "SAT2_OBJECT_DESIGNATOR": "90001"}, ("a", "object")),
        ({"SAT1_OBJECT_DESIGNATOR": "KNOWN OBJECT"}, (None, None)),
        ({}, (None, None)),
    ],
)
def test_a_row_is_routed_by_gid_then_constellation_then_object(values: dict[str, str], expected: tuple[str, str]):
    route = DIRECTORY.route(values)
    assert (route.organization_id, route.by) == expected
