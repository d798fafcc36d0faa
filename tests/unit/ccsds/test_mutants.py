"""Every rule of OEM, CDM and OMM in KVN has a file that breaks it alone, and is named by `strict`."""

import json
from pathlib import Path

import pytest

import ccsds

DATA = Path(__file__).parents[2] / "data" / "ccsds"
MANIFEST = json.loads((DATA / "manifest.json").read_text())


def name(entry: dict[str, str]) -> str:
    return Path(entry["file"]).stem


@pytest.mark.parametrize("entry", MANIFEST["synthetic"], ids=name)
def test_strict_judges_a_mutant_by_its_rule(entry: dict[str, str]) -> None:
    report = ccsds.validate(DATA / entry["file"], profile="strict")
    found = {(finding.rule, finding.severity) for finding in report.findings}
    rules = {rule for rule, _ in found if rule == entry["rule"] or (entry["rule"] == "TIM" and rule.startswith("TIM-"))}
    assert report.kind == entry["kind"]
    if entry["verdict"] == "valid":
        assert report.verdict == "valid"
        assert not report.findings
        assert report.message is not None
    elif entry["severity"] == "warning":
        assert report.verdict == "valid"
        assert rules, f"{entry['why']}: {found}"
    else:
        assert report.verdict == "invalid"
        assert any((rule, "error") in found for rule in rules), f"{entry['why']}: {found}"


@pytest.mark.parametrize("entry", MANIFEST["synthetic"], ids=name)
def test_no_profile_raises_and_lenient_keeps_what_it_can_read(entry: dict[str, str]) -> None:
    for profile in ccsds.PROFILE_NAMES:
        report = ccsds.validate(DATA / entry["file"], profile=profile)
        assert (report.verdict == "invalid") == any(finding.severity == "error" for finding in report.findings)


def test_an_error_carries_line_column_message_and_clause() -> None:
    report = ccsds.validate(DATA / "synthetic/103_oem_VAL-003_invalid.kvn", profile="strict")
    (finding,) = report.errors
    line = (DATA / "synthetic/103_oem_VAL-003_invalid.kvn").read_text().splitlines()[finding.line - 1]
    assert finding.rule == "VAL-003"
    assert "D" in line[finding.column - 1 :].split(" ")[0]
    assert finding.source == "CCSDS 502.0-B-3 7.5.7"
    assert repr(line[finding.column - 1 :].split(" ")[0]) in finding.message
