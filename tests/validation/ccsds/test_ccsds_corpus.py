"""The corpus: our mutants, what public test suites hold, and the seeds' own examples."""

import bz2
import gzip
import json
import lzma
import re
from pathlib import Path

import pytest

import ccsds

pytestmark = pytest.mark.corpus

UNPACK = {"gz": gzip.decompress, "bz2": bz2.decompress, "xz": lzma.decompress, "lzma": lzma.decompress}

CONFORMANCE = Path(__file__).parents[3] / "docs" / "conformance.md"


def exceptions(title: str) -> set[str]:
    """The files that the documentation lists under a title: the one table of exceptions."""
    section = CONFORMANCE.read_text(encoding="utf-8").partition(f"## {title}\n")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE))


def manifest(corpus: Path, name: str) -> list[dict[str, str]]:
    entries: list[dict[str, str]] = json.loads((corpus / "ccsds" / name).read_text())
    return entries


def content(corpus: Path, entry: dict[str, str]) -> bytes:
    data = (corpus / "ccsds" / entry["file"]).read_bytes()
    _, _, packing = entry["format"].partition("+")
    return UNPACK[packing](data) if packing else data


def test_every_mutant_is_judged_by_its_rule_in_strict(corpus: Path) -> None:
    wrong = []
    entries = manifest(corpus, "manifest_synthetic.json")
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
    assert len(entries) > 180
    assert not wrong


def test_what_public_suites_hold_valid_is_accepted_in_operational(corpus: Path) -> None:
    refused = {}
    entries = [entry for entry in manifest(corpus, "manifest.json") if entry["verdict"] == "valid"]
    for entry in entries:
        report = ccsds.validate(content(corpus, entry), profile="operational")
        if report.verdict == "invalid" or report.message is None:
            refused[Path(entry["file"]).name] = report.errors
    assert len(entries) > 280
    assert refused.keys() == exceptions("Held valid elsewhere, refused here"), refused


NAMED_OTHERWISE = {"CDM-018": "VAL-004", "UNI-006": "UNI-002", "VAL-003": "UNI-002"}
"""NaN is no number before it is out of range; a unit that is wrong is there."""
NO_DEVIATION = {"sgp.omm": {"OMM-012"}}
"""Its theory is SGP, and BSTAR belongs to SGP4."""


def test_deviations_that_are_known_are_findings(corpus: Path) -> None:
    """What an oracle of the standard's syntax found in valid files is found here."""
    silent = []
    for entry in manifest(corpus, "manifest.json"):
        if entry["verdict"] == "valid" and entry["format"] == "KVN":
            found = {finding.rule for finding in ccsds.validate(content(corpus, entry), profile="strict").findings}
            expected = {flag.partition(":")[0] for flag in entry["strict_flags"]}
            missing = {rule for rule in expected if rule not in found and NAMED_OTHERWISE.get(rule) not in found}
            if missing - NO_DEVIATION.get(Path(entry["file"]).name, set()):
                silent.append((entry["file"], missing))
    assert not silent


def test_what_public_suites_hold_invalid_is_refused_in_strict(corpus: Path) -> None:
    entries = [entry for entry in manifest(corpus, "manifest.json") if entry["verdict"] == "invalid"]
    accepted = {Path(e["file"]).name for e in entries if ccsds.validate(content(corpus, e)).verdict == "valid"}
    assert len(entries) > 80
    assert accepted == exceptions("Held invalid elsewhere, accepted here")


def test_every_readable_kvn_is_written_byte_for_byte(corpus: Path) -> None:
    written = 0
    for entry in manifest(corpus, "manifest.json"):
        if entry["format"] == "KVN" and entry["verdict"] == "valid":
            data = content(corpus, entry)
            report = ccsds.validate(data, profile="operational")
            if report.verdict == "valid" and isinstance(report.message, (ccsds.Oem, ccsds.Opm, ccsds.Omm, ccsds.Cdm)):
                assert ccsds.write(report.message, "kvn") == data, entry["file"]
                written += 1
    assert written > 180


EXAMPLES = {
    "ccsds/seed_examples/004_oem.kvn": ("OEM", "valid", set()),
    "ccsds/seed_examples/004_omm.kvn": ("OMM", "valid", set()),
    "ccsds/seed_examples/004_opm.kvn": ("OPM", "valid", set()),
    "ccsds/seed_examples/004_caliper_template.txt": (
        "CALIPER",
        "invalid",
        {"CAL-002", "CAL-003", "CAL-007", "VAL-003"},
    ),
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
