"""Catalogues on disk: packed or not, and with what cannot be used listed with its reason."""

import gzip

import pytest

from fairway.catalogue_files import read_catalogue_file
from fairway.errors import CommandError

ISS = (
    "0 ISS (ZARYA)\n"
    "1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927\n"
    "2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537\n"
)
"""The example of Wikipedia and CelesTrak's documentation."""
WRONG_CHECKSUM = ISS.replace("0  2927", "0  2923")
ALPHA_5 = (
    "1 T0001U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2921\n"
    "2 T0001  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563531\n"
)


def with_checksums(text):
    lines = []
    for line in text.splitlines():
        digits = sum(int(c) if c.isdigit() else c == "-" for c in line[:68]) % 10
        lines.append(f"{line[:68]}{digits}" if line[:2] in ("1 ", "2 ") else line)
    return "\n".join(lines) + "\n"


@pytest.fixture
def written(tmp_path):
    def write(content, name="catalogue.3le"):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return write


def test_a_catalogue_is_read_packed_or_not(written):
    plain = read_catalogue_file(written(ISS))
    packed = read_catalogue_file(written(gzip.compress(ISS.encode()), "catalogue.3le.gz"))
    for given in (plain, packed):
        assert given.catalogue.elements.norad_cat_id.tolist() == [25544]
        assert given.catalogue.object_names == ("ISS (ZARYA)",)
        assert given.refused == ()


def test_a_refused_element_set_is_listed_with_its_number_and_line(written):
    given = read_catalogue_file(written(with_checksums(ALPHA_5) + WRONG_CHECKSUM))
    assert given.catalogue.elements.norad_cat_id.tolist() == [270001]
    (refused,) = given.refused
    assert refused.norad_cat_id == 25544
    assert refused.reason.startswith("element set refused: line 4")
    assert "checksum" in refused.reason


def test_a_refused_record_of_another_format_is_listed_without_number(written):
    header = "OBJECT_NAME,OBJECT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY,INCLINATION,RA_OF_ASC_NODE,ARG_OF_PERICENTER,"
    header += "MEAN_ANOMALY,EPHEMERIS_TYPE,CLASSIFICATION_TYPE,NORAD_CAT_ID,ELEMENT_SET_NO,REV_AT_EPOCH,BSTAR,"
    header += "MEAN_MOTION_DOT,MEAN_MOTION_DDOT\n"
    row = "X,2020-001A,2026-05-20T02:57:14.018016,{},.0024,90.2,72.2,338.0,114.8,0,U,{},999,6857,.7E-3,.7E-5,0\n"
    given = read_catalogue_file(written(header + row.format("fast", 900) + row.format("13.7", 901), "catalogue.csv"))
    assert given.catalogue.elements.norad_cat_id.tolist() == [901]
    assert [refused.norad_cat_id for refused in given.refused] == [None]
    assert "line 2" in given.refused[0].reason


def test_a_bomb_does_not_go_off(written):
    with pytest.raises(CommandError, match="unpack"):
        read_catalogue_file(written(gzip.compress(b"\0" * 200_000_000), "bomb.gz"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no catalogue"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "no catalogue"),
        (gzip.compress(ISS.encode())[:-20], "cannot be unpacked"),
        (WRONG_CHECKSUM.encode(), "checksum"),
    ],
)
def test_what_is_no_catalogue_is_one_sentence(written, content, said):
    with pytest.raises(CommandError, match=said):
        read_catalogue_file(written(content))


def test_a_file_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        read_catalogue_file(tmp_path / "missing.tle")
