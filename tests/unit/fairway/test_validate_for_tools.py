"""`fairway validate --format sarif` and `--profile all`: verdicts for continuous integration, profiles side by side."""

import hashlib
import io
import json
import sys
from pathlib import Path

import pytest
from support.command_line import fairway

import ccsds

MESSAGES = Path(__file__).parents[2] / "data" / "ccsds" / "synthetic"
VALID = MESSAGES / "001_oem_BASE_valid.kvn"
INVALID = MESSAGES / "035_cdm_SYN-002_invalid.kvn"
COMMENTED = MESSAGES / "028_oem_SYN-001_invalid.kvn"
"""A comment before the version line: an error in strict and uksa, a warning elsewhere."""


class TestSarif:
    """SARIF 2.1.0, by its sections."""

    def log(self, capsys, *arguments):
        ended = fairway(capsys, "validate", *arguments, "--format", "sarif")
        (document,) = ended.output.splitlines()
        return ended.exit_code, json.loads(document)

    def test_one_run_holds_all_files(self, capsys):
        exit_code, log = self.log(capsys, VALID, INVALID)
        assert exit_code == 1
        assert (log["version"], log["$schema"].endswith("sarif-schema-2.1.0.json")) == ("2.1.0", True)
        (run,) = log["runs"]
        assert [artifact["location"]["uri"] for artifact in run["artifacts"]] == [str(VALID), str(INVALID)]
        assert run["artifacts"][0]["hashes"] == {"sha-256": hashlib.sha256(VALID.read_bytes()).hexdigest()}

    def test_a_result_names_rule_level_and_place(self, capsys):
        _, log = self.log(capsys, INVALID)
        run = log["runs"][0]
        (result,) = [result for result in run["results"] if result["level"] == "error"]
        rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
        assert result["ruleId"] == rule["id"] == "SYN-002"
        assert "control character 0x07" in result["message"]["text"]
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"] == {"uri": str(INVALID), "index": 0}
        assert location["physicalLocation"]["region"] == {"startLine": 27, "startColumn": 23}

    def test_every_rule_is_described_once(self, capsys):
        _, log = self.log(capsys, MESSAGES)
        run = log["runs"][0]
        rules = run["tool"]["driver"]["rules"]
        assert len({rule["id"] for rule in rules}) == len(rules) > 50
        assert all(rule["shortDescription"]["text"] and rule["help"]["text"] for rule in rules)
        assert {result["ruleId"] for result in run["results"]} == {rule["id"] for rule in rules}
        assert {result["level"] for result in run["results"]} <= {"error", "warning", "note"}

    def test_a_finding_in_a_path_says_so(self, capsys, tmp_path):
        catalogue = tmp_path / "gp.json"
        catalogue.write_text('[{"EPOCH": "2024-09-17T12:00:00", "MEAN_MOTION": 15.5, "ECCENTRICITY": 0.001}]')
        _, log = self.log(capsys, catalogue)
        paths = {
            location["logicalLocations"][0]["fullyQualifiedName"]
            for result in log["runs"][0]["results"]
            for location in result["locations"]
            if "logicalLocations" in location
        }
        assert any(path.startswith("[0]") for path in paths)

    def test_standard_input_and_odd_names_are_addresses(self, capsys, tmp_path, monkeypatch):
        odd = tmp_path / "two words%.oem"
        odd.write_bytes(VALID.read_bytes())
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(VALID.read_bytes())))
        exit_code, log = self.log(capsys, odd, "-")
        assert exit_code == 0
        uris = [artifact["location"]["uri"] for artifact in log["runs"][0]["artifacts"]]
        assert uris[0].endswith("/two%20words%25.oem")
        assert uris[1] == "stdin"


class TestAllProfiles:
    """Every profile on the same file."""

    def test_each_finding_stands_once_with_its_severity_in_each_profile(self, capsys):
        ended = fairway(capsys, "validate", COMMENTED, "--profile", "all", "--format", "json")
        answer = json.loads(ended.output)
        assert answer["profile"] == "all"
        assert answer["verdicts"] == {
            profile.name: ccsds.validate(COMMENTED, profile=profile.name).verdict for profile in ccsds.profiles()
        }
        (first, *_) = answer["findings"]
        assert (first["rule"], first["line"]) == ("SYN-001", 1)
        assert first["severities"] == {
            "strict": "error",
            "operational": "warning",
            "space-track": "warning",
            "uksa": "error",
            "lenient": "warning",
        }
        notation = [finding for finding in answer["findings"] if finding["rule"] == "STK-001"]
        assert {finding["severities"]["strict"] for finding in notation} == {None}
        assert {finding["severities"]["space-track"] for finding in notation} == {"error"}

    def test_for_people_it_is_a_table(self, capsys):
        ended = fairway(capsys, "validate", COMMENTED, "--profile", "all")
        header = next(line for line in ended.output.splitlines() if "strict" in line)
        assert [profile.name for profile in ccsds.profiles() if profile.name not in header] == []
        verdicts = next(line for line in ended.output.splitlines() if "verdict" in line)
        assert (verdicts.count("invalid"), verdicts.count("valid")) == (3, 5)

    @pytest.mark.parametrize(("file", "exit_code"), [(VALID, 0), (COMMENTED, 0)], ids=["valid", "valid in some"])
    def test_a_file_that_some_profile_takes_ends_with_0(self, capsys, file, exit_code):
        assert fairway(capsys, "validate", file, "--profile", "all").exit_code == exit_code

    def test_a_file_that_no_profile_takes_ends_with_1(self, capsys, tmp_path):
        (tmp_path / "nothing").write_bytes(b"just some text")
        assert fairway(capsys, "validate", tmp_path / "nothing", "--profile", "all").exit_code == 1

    def test_sarif_holds_one_profile(self, capsys):
        ended = fairway(capsys, "validate", VALID, "--profile", "all", "--format", "sarif")
        assert ended.exit_code == 2
        assert "one profile" in ended.errors
