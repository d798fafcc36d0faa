"""`fairway validate`: verdicts for people and for machines, and how they end."""

import io
import json
import sys
from pathlib import Path

import pytest
from support.command_line import fairway

MESSAGES = Path(__file__).parents[2] / "data" / "ccsds" / "synthetic"
VALID = MESSAGES / "001_oem_BASE_valid.kvn"
INVALID = MESSAGES / "035_cdm_SYN-002_invalid.kvn"


def test_a_valid_file_ends_with_0(capsys):
    ended = fairway(capsys, "validate", VALID)
    assert ended.exit_code == 0
    assert ended.output.startswith(f"{VALID}: valid (OEM 1.0 KVN, profile strict; 0 errors, ")
    assert ended.errors == ""


def test_an_invalid_file_ends_with_1_and_shows_the_place(capsys):
    ended = fairway(capsys, "validate", INVALID)
    assert ended.exit_code == 1
    finding, line, caret, hint, verdict = ended.output.splitlines()
    assert finding == f"{INVALID}:27:23: error SYN-002: control character 0x07"
    assert line == r"      27 | OBJECT_NAME = TESTSAT \u0007"
    assert caret.index("^") - len("         | ") == 22
    assert hint.strip().startswith("= ")
    assert verdict == f"{INVALID}: invalid (CDM 1.0 KVN, profile strict; 1 error, 0 warnings)"


def test_for_machines_each_file_is_one_object_a_line(capsys):
    ended = fairway(capsys, "validate", VALID, INVALID, "--format", "json")
    assert ended.exit_code == 1
    valid, invalid = (json.loads(line) for line in ended.output.splitlines())
    assert {"file", "sha256", "kind", "format", "version", "profile", "verdict", "findings"} <= valid.keys()
    assert (valid["file"], valid["kind"], valid["verdict"]) == (str(VALID), "OEM", "valid")
    (finding,) = [finding for finding in invalid["findings"] if finding["severity"] == "error"]
    assert finding.keys() == {"rule", "severity", "line", "column", "path", "message", "hint", "source"}
    assert (finding["rule"], finding["line"], finding["column"]) == ("SYN-002", 27, 23)


def test_verdicts_are_those_that_the_manifest_says(capsys):
    """A directory is every file below it; the manifest stands beside, so that nothing else is there."""
    manifest = json.loads((MESSAGES.parent / "manifest.json").read_text())["synthetic"]
    expected = {
        str(MESSAGES.parent / entry["file"]): entry["verdict"] if entry["severity"] == "error" else "valid"
        for entry in manifest
    }
    ended = fairway(capsys, "validate", MESSAGES, "--format", "json")
    told = {answer["file"]: answer["verdict"] for answer in map(json.loads, ended.output.splitlines())}
    assert told.keys() == expected.keys()
    assert {file for file in told if told[file] != expected[file]} == set()


def test_hidden_files_of_a_directory_are_left_out(capsys, tmp_path):
    (tmp_path / ".DS_Store").write_bytes(b"\0")
    (tmp_path / "one.oem").write_bytes(VALID.read_bytes())
    ended = fairway(capsys, "validate", tmp_path)
    assert ended.exit_code == 0
    assert len(ended.output.splitlines()) == 1


def test_standard_input_is_a_file_called_dash(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(VALID.read_bytes())))
    ended = fairway(capsys, "validate", "-", "--format", "json")
    assert ended.exit_code == 0
    assert json.loads(ended.output)["file"] == "-"


def test_the_profile_decides(capsys):
    commented = MESSAGES / "028_oem_SYN-001_invalid.kvn"
    strict = fairway(capsys, "validate", commented, "--format", "json")
    operational = fairway(capsys, "validate", commented, "--profile", "operational", "--format", "json")
    assert (strict.exit_code, operational.exit_code) == (1, 0)
    assert json.loads(operational.output)["profile"] == "operational"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.oem"], "missing.oem is not there"),
        ([str(VALID), "missing.oem"], "missing.oem is not there"),
        ([str(VALID), "--profile", "lax"], "there is no profile 'lax': use one of strict"),
    ],
)
def test_wrong_usage_is_one_sentence_before_any_verdict(capsys, arguments, said):
    ended = fairway(capsys, "validate", *arguments)
    assert ended.exit_code == 2
    assert ended.output == ""
    assert len(ended.errors.splitlines()) == 1
    assert said in ended.errors


def test_an_empty_directory_is_wrong_usage(capsys, tmp_path):
    assert fairway(capsys, "validate", tmp_path).exit_code == 2
