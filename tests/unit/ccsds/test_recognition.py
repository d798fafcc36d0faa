"""What a document is, and one clear error for what can't be read."""

import gzip
import json
from pathlib import Path

import pytest

import ccsds

DATA = Path(__file__).parents[2] / "data" / "ccsds"
MANIFEST = json.loads((DATA / "manifest.json").read_text())

UNREADABLE = {
    "empty": (b"", "FMT-003", None, None),
    "blank": (b" \r\n\n", "FMT-003", None, None),
    "gzip": (gzip.compress(b"CCSDS_OEM_VERS = 2.0"), "FMT-004", None, None),
    "zip": (b"PK\x03\x04rest", "FMT-004", None, None),
    "png": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "FMT-005", 2, 1),
    "NUL bytes": (b"text\nab\x00c", "FMT-005", 2, 3),
    "invalid UTF-8": (b"first line\nab\xff", "FMT-006", 2, 3),
    "other text": (b"Dear Sir or Madam,\n", "FMT-001", 1, None),
    "other JSON": (b'{"a": 1}', "FMT-001", 1, None),
    "other XML": (b"<html></html>", "FMT-001", 1, None),
    "another CCSDS message": (b"CCSDS_OCM_VERS = 3.0\n", "FMT-001", 1, None),
}


@pytest.mark.parametrize(("data", "rule", "line", "column"), UNREADABLE.values(), ids=UNREADABLE.keys())
@pytest.mark.parametrize("profile", ccsds.PROFILE_NAMES)
def test_what_is_no_message_is_one_error_of_kind_unknown(
    data: bytes, rule: str, line: int | None, column: int | None, profile: str
) -> None:
    report = ccsds.validate(data, profile=profile)
    assert (report.kind, report.verdict, report.message) == ("UNKNOWN", "invalid", None)
    (finding,) = report.findings
    assert (finding.rule, finding.severity, finding.line, finding.column) == (rule, "error", line, column)
    assert finding.hint


def test_gzip_is_told_to_unpack() -> None:
    (finding,) = ccsds.validate(gzip.compress(b"x")).findings
    assert "gzip" in finding.message
    assert "unpack" in finding.message


RECOGNISED = {
    "OPM in KVN": ((DATA / "opm.kvn").read_bytes(), "OPM", "KVN", "2.0"),
    "OPM in XML": (b'<?xml version="1.0"?><opm id="CCSDS_OPM_VERS" version="2.0"/>', "OPM", "XML", "2.0"),
    "OEM in XML": (b'<n:oem xmlns:n="urn:ccsds:schema:ndmxml" version="3.0"></n:oem>', "OEM", "XML", "3.0"),
    "CDM in XML in a container": (b'<ndm><MESSAGE_ID>1</MESSAGE_ID><cdm version="1.0"/></ndm>', "CDM", "XML", "1.0"),
    "CDM in Space-Track's JSON": (b'[{"CDM_ID": "1", "TCA": "x", "MISS_DISTANCE": "5"}]', "CDM", "JSON", None),
    "state vector": (b'{"epoch": "x", "position": [1], "velocity": [1]}', "STATE_VECTOR", "JSON", None),
}


@pytest.mark.parametrize(("data", "kind", "text_format", "version"), RECOGNISED.values(), ids=RECOGNISED.keys())
def test_a_kind_is_told_by_its_beginning(data: bytes, kind: str, text_format: str, version: str | None) -> None:
    assert ccsds.sniff(data) == (kind, text_format, version)
    report = ccsds.validate(data, profile="operational")
    assert (report.kind, report.format, report.version) == (kind, text_format, version)


@pytest.mark.parametrize(
    "entry", [entry for entry in MANIFEST["textformats"] if entry["kind"] != "CALIPER"], ids=lambda entry: entry["file"]
)
def test_a_text_format_is_told_by_its_lines(entry: dict[str, str]) -> None:
    assert ccsds.sniff((DATA / entry["file"]).read_bytes()) == (entry["kind"], "TXT", None)


def test_caliper_shows_its_version() -> None:
    assert ccsds.sniff((DATA / "textformats/caliper_v2_valid.txt").read_bytes()) == ("CALIPER", "TXT", "2.0")


def test_the_verdict_object_has_the_contract_s_fields() -> None:
    verdict = ccsds.validate(b"", profile="lenient").to_dict("a.oem")
    assert list(verdict) == [
        "file", "sha256", "kind", "format", "version", "profile", "verdict", "findings", "findings_omitted",
    ]  # fmt: skip
    assert verdict["file"] == "a.oem"
    assert verdict["sha256"] == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert list(verdict["findings"][0]) == [
        "rule", "severity", "line", "column", "path", "message", "hint", "source",
    ]  # fmt: skip
    json.dumps(verdict)


def test_a_path_is_read_and_an_unknown_profile_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.oem"
    file.write_bytes((DATA / "synthetic/003_oem_BASE_valid.kvn").read_bytes())
    assert ccsds.validate(file) == ccsds.validate(str(file))
    with pytest.raises(ccsds.UnknownProfile, match="strict, operational"):
        ccsds.validate(file, profile="laissez-faire")
