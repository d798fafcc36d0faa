"""Verdicts as SARIF 2.1.0 (OASIS), which code review and continuous integration show beside the lines."""

from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from ccsds import Finding, Report

__all__ = ["sarif_log"]

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def sarif_log(reports: "Iterable[tuple[str, Report]]") -> dict[str, Any]:
    """Return one run over documents, each given with its file name."""
    import ccsds

    titles = {rule.id: rule for rule in reversed(ccsds.rules())}
    artifacts: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    indices: dict[str, int] = {}
    for name, report in reports:
        location = {"uri": _uri(name), "index": len(artifacts)}
        artifacts.append({
            "location": {"uri": location["uri"]},
            "hashes": {"sha-256": report.sha256},
            "description": {"text": " ".join(part for part in (report.kind, report.version, report.format) if part)},
            "properties": {"profile": report.profile, "verdict": report.verdict, "omitted": report.findings_omitted},
        })  # fmt: skip
        results += [
            _result(finding, location, indices.setdefault(finding.rule, len(indices))) for finding in report.findings
        ]
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "fairway validate",
                        "semanticVersion": version("fairway-ca"),
                        "rules": [_rule(titles[rule]) for rule in indices],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "artifacts": artifacts,
                "results": results,
            }
        ],
    }


def _rule(rule: Any) -> dict[str, Any]:
    described = {"id": rule.id, "shortDescription": {"text": rule.title}, "help": {"text": rule.hint}}
    return described | ({"properties": {"clause": rule.source}} if rule.source else {})


def _result(finding: "Finding", location: dict[str, Any], index: int) -> dict[str, Any]:
    place: dict[str, Any] = {"physicalLocation": {"artifactLocation": location}}
    if finding.line is not None:
        region = {"startLine": finding.line} | ({"startColumn": finding.column} if finding.column else {})
        place["physicalLocation"]["region"] = region
    if finding.path:
        place["logicalLocations"] = [{"fullyQualifiedName": finding.path}]
    advice = f" {finding.hint}" if finding.hint else ""
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.message}.{advice}"},
        "locations": [place],
    }


def _uri(name: str) -> str:
    return quote(Path(name).as_posix()) if name != "-" else "stdin"
