"""`fairway convert`: another format, whole or not at all."""

import json
from pathlib import Path

import pytest
from support.command_line import fairway

import ccsds

MESSAGES = Path(__file__).parents[2] / "data" / "ccsds" / "synthetic"
CDM = MESSAGES / "006_cdm_BASE_valid.kvn"
EPHEMERIS = next((MESSAGES.parent / "textformats").glob("MEME_45000_*"))
OMM = next(iter(sorted(MESSAGES.glob("*omm*BASE*valid.kvn"))))


@pytest.mark.parametrize("text_format", ["kvn", "xml", "json"])
def test_a_message_is_written_in_another_format(capsys, tmp_path, text_format):
    out = tmp_path / f"message.{text_format}"
    assert fairway(capsys, "convert", CDM, "--to", text_format, "--out", out) == (0, "", "")
    assert ccsds.read(out) == ccsds.read(CDM)


def test_without_a_place_the_message_is_the_answer(capsys):
    ended = fairway(capsys, "convert", CDM, "--to", "json")
    assert ended.exit_code == 0
    assert json.loads(ended.output)["CCSDS_CDM_VERS"] == "1.0"


def test_what_the_target_can_t_carry_is_said_and_nothing_is_written(capsys, tmp_path):
    out = tmp_path / "elements.csv"
    ended = fairway(capsys, "convert", OMM, "--to", "csv", "--out", out)
    assert ended.exit_code == 2
    assert "the header (CREATION_DATE, ORIGINATOR) is left out" in ended.errors
    assert "--lossy" in ended.errors
    assert not out.exists()


def test_with_lossy_it_is_written_and_what_is_lost_is_still_said(capsys, tmp_path):
    out = tmp_path / "elements.csv"
    ended = fairway(capsys, "convert", OMM, "--to", "csv", "--out", out, "--lossy")
    assert ended.exit_code == 0
    assert "lost: the header (CREATION_DATE, ORIGINATOR) is left out" in ended.errors
    assert ccsds.read_catalogue(out)[0] == ccsds.read(OMM).element_sets()


@pytest.mark.parametrize("text_format", ["csv", "tle"])
def test_a_message_without_elements_is_no_catalogue_even_with_lossy(capsys, text_format):
    ended = fairway(capsys, "convert", CDM, "--to", text_format, "--lossy")
    assert ended.exit_code == 2
    assert "choose kvn, xml, json" in ended.errors


def test_an_invalid_file_is_one_sentence_with_its_first_fault(capsys, tmp_path):
    file = tmp_path / "broken.cdm"
    file.write_text(CDM.read_text().replace("MISS_DISTANCE = 194.5", "MISS_DISTANCE = far"))
    ended = fairway(capsys, "convert", file, "--to", "xml")
    assert ended.exit_code == 2
    assert "VAL-003" in ended.errors
    assert "fairway validate" in ended.errors
    assert ended.errors.count("\n") == 1


def test_a_file_that_is_not_there_and_a_profile_that_is_not_are_said(capsys, tmp_path):
    assert "cannot be read" in fairway(capsys, "convert", tmp_path / "none", "--to", "xml").errors
    assert "no profile" in fairway(capsys, "convert", CDM, "--to", "xml", "--profile", "x").errors


def test_what_reading_drops_is_refused_too_and_said_with_lossy(capsys, tmp_path):
    broken = tmp_path / "broken.oem"
    text = (MESSAGES / "001_oem_BASE_valid.kvn").read_text(encoding="utf-8")
    state = next(line for line in text.splitlines() if line.startswith("20"))
    broken.write_text(text.replace(state, f"{state.split()[0]} abc 0 0 0 0 0"), encoding="utf-8")
    refused = fairway(capsys, "convert", broken, "--to", "xml", "--profile", "lenient")
    assert (refused.exit_code, refused.output) == (2, "")
    assert "--lossy" in refused.errors
    written = fairway(capsys, "convert", broken, "--to", "xml", "--profile", "lenient", "--lossy")
    assert written.exit_code == 0
    assert "lost: what profile lenient drops" in written.errors


def test_a_text_ephemeris_has_its_object_from_the_name_of_its_file(capsys, tmp_path):
    out = tmp_path / "ephemeris.oem"
    ended = fairway(capsys, "convert", EPHEMERIS, "--to", "kvn", "--out", out)
    assert ended.exit_code == 0
    assert "from the file's name" in ended.errors
    (segment,) = ccsds.read(out).segments
    assert (segment.metadata.object_name, segment.metadata.object_id) == ("TESTSAT1", "45000")


def test_a_text_ephemeris_in_its_own_format_is_the_same_bytes(capsys, tmp_path):
    out = tmp_path / "ephemeris.txt"
    assert fairway(capsys, "convert", EPHEMERIS, "--to", "itc", "--out", out) == (0, "", "")
    assert out.read_bytes() == EPHEMERIS.read_bytes()
