"""The corpus: our mutants, what public test suites hold, and the seeds' own examples."""

import bz2
import gzip
import json
import lzma
from pathlib import Path

import pytest

import ccsds

pytestmark = pytest.mark.corpus

SUPPORTED = {
    ("OEM", "KVN"),
    ("CDM", "KVN"),
    ("OMM", "KVN"),
    ("OMM", "XML"),
    ("OMM", "CSV"),
    ("OMM", "JSON"),
    ("TLE", "TLE"),
}
UNPACK = {"gz": gzip.decompress, "bz2": bz2.decompress, "xz": lzma.decompress, "lzma": lzma.decompress}

UPSTREAM_VALID_REFUSED = {
    "sample17.oem.xz": "XML behind its packing: recognised, not supported yet",
    "sample19.oem.lzma": "XML behind its packing: recognised, not supported yet",
    "oem__test_oem_data_loop_breaks__0.kvn": "an assignment among the states, then another object: OEM-019",
    "CDM-frame-mapper.txt": "a draft's second covariance repeats elements with other values: SYN-010",
}
UPSTREAM_INVALID_ACCEPTED = {
    "sample13.oem": "accelerations on some lines: the standard does not forbid it, OEM-023 is a warning",
}
NOT_AN_ELEMENT_SET = "OMM-013", "OMM-011", "OMM-010", "OMM-027"
"""An OMM without catalogue number, or of another theory, is a valid OMM and no element set for SGP4."""
TLE_REFUSED = {
    "SGP4-VER.TLE": "its last cases are broken on purpose: wrong checksums, letters",
    "celestrak_stations_3le.txt": "its elements were edited without the checksums",
}


def manifest(corpus: Path, name: str) -> list[dict[str, str]]:
    entries: list[dict[str, str]] = json.loads((corpus / "ccsds" / name).read_text())
    return entries


def content(corpus: Path, entry: dict[str, str]) -> bytes:
    data = (corpus / "ccsds" / entry["file"]).read_bytes()
    _, _, packing = entry["format"].partition("+")
    return UNPACK[packing](data) if packing else data


def supported(entry: dict[str, str]) -> bool:
    return (entry["kind"], entry["format"].partition("+")[0]) in SUPPORTED


def test_every_mutant_is_judged_by_its_rule_in_strict(corpus: Path) -> None:
    wrong = []
    entries = [entry for entry in manifest(corpus, "manifest_synthetic.json") if supported(entry)]
    for entry in entries:
        report = ccsds.validate(content(corpus, entry), profile="strict")
        rule = entry["rule"]
        named = {f.severity for f in report.findings if f.rule == rule or (rule == "TIM" and f.rule.startswith("TIM-"))}
        expected = {
            ("valid", "error"): report.verdict == "valid" and not report.findings,
            ("invalid", "warning"): report.verdict == "valid" and bool(named),
            ("invalid", "error"): report.verdict == "invalid" and "error" in named,
        }[entry["verdict"], entry["severity"]]
        if not expected:
            wrong.append((entry["file"], entry["why"], report.findings))
    assert len(entries) > 140
    assert not wrong


def test_what_public_suites_hold_valid_is_accepted_in_operational(corpus: Path) -> None:
    refused: dict[str, object] = {}
    entries = [entry for entry in manifest(corpus, "manifest.json") if supported(entry) and entry["verdict"] == "valid"]
    for entry in entries:
        report = ccsds.validate(content(corpus, entry), profile="operational")
        rules = {finding.rule for finding in report.errors}
        is_no_element_set = entry["kind"] == "OMM" and rules and rules <= set(NOT_AN_ELEMENT_SET)
        if (report.verdict == "invalid" or report.message is None) and not is_no_element_set:
            refused[Path(entry["file"]).name] = report.errors
    assert len(entries) > 200
    assert refused.keys() == UPSTREAM_VALID_REFUSED.keys() | TLE_REFUSED.keys(), refused


def test_what_public_suites_hold_invalid_is_refused_in_strict(corpus: Path) -> None:
    entries = [
        entry
        for entry in manifest(corpus, "manifest.json")
        if entry["kind"] in {"OEM", "CDM"} and entry["format"] == "KVN" and entry["verdict"] == "invalid"
    ]
    accepted = {
        Path(entry["file"]).name for entry in entries if ccsds.validate(content(corpus, entry)).verdict == "valid"
    }
    assert len(entries) == 55
    assert accepted == UPSTREAM_INVALID_ACCEPTED.keys()


def test_every_readable_oem_and_cdm_is_written_byte_for_byte(corpus: Path) -> None:
    written = 0
    for entry in manifest(corpus, "manifest.json"):
        if entry["kind"] in {"OEM", "CDM"} and supported(entry) and entry["verdict"] == "valid":
            data = content(corpus, entry)
            report = ccsds.validate(data, profile="operational")
            if report.verdict == "valid" and isinstance(report.message, (ccsds.Oem, ccsds.Cdm)):
                assert ccsds.write(report.message, "kvn") == data
                written += 1
    assert written > 100


EXAMPLES = {
    "ccsds/seed_examples/004_oem.kvn": ("OEM", "valid", set()),
    "ccsds/seed_examples/004_omm.kvn": ("OMM", "valid", set()),
    "ccsds/seed_examples/004_opm.kvn": ("OPM", "valid", set()),
    "ccsds/seed_examples/004_caliper_template.txt": ("CALIPER", "invalid", {"FMT-002"}),
    "ccsds/seed_examples/004_tle_3le.txt": ("TLE", "invalid", {"TLE-001"}),  # printed with collapsed blanks
    "uksa/Ephemeris_DEMO_44391_20230228_special.txt": ("OEM", "invalid", {"OEM-032"}),  # no COVARIANCE_START
    "uksa/Ephemeris_DEMO_54643_20230228.txt": ("OEM", "invalid", {"OEM-032"}),
    "uksa/MEME_48969_20211101.txt": ("OEM", "invalid", {"OEM-032"}),
    "uksa/MEME_61604_20211101.txt": ("OEM", "invalid", {"OEM-032"}),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_of_the_seeds_gets_its_verdict_with_its_reason(corpus: Path, name: str) -> None:
    kind, verdict, rules = EXAMPLES[name]
    report = ccsds.validate(corpus / name, profile="operational")
    assert (report.kind, report.verdict) == (kind, verdict)
    assert {finding.rule for finding in report.errors} == rules


def test_every_text_format_of_the_handbook_is_judged_by_its_rule(corpus: Path) -> None:
    for entry in manifest(corpus, "manifest_textformats.json"):
        report = ccsds.validate(corpus / "ccsds" / entry["file"], profile="operational")
        assert (report.kind, report.verdict) == (entry["kind"], entry["verdict"]), entry["file"]
        severity = "info" if entry["verdict"] == "valid" else "error"
        assert (entry["rule"], severity) in {(found.rule, found.severity) for found in report.findings}, entry["file"]
