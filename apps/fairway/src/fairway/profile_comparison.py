"""One document judged in every profile: what each makes of the same findings."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from fairway.console import answers

if TYPE_CHECKING:
    from ccsds import Finding, Report

__all__ = ["ALL_PROFILES", "ProfileComparison", "compare_profiles", "show_comparison"]

ALL_PROFILES = "all"
_STYLES = {"error": "bold red", "warning": "yellow", "info": "cyan", "valid": "green", "invalid": "bold red"}
_SILENT = "–"


@dataclass(frozen=True)
class ProfileComparison:
    """The reports on one document, by the name of the profile, in the order in which profiles are listed."""

    reports: "Mapping[str, Report]"

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdict in each profile."""
        return {name: report.verdict for name, report in self.reports.items()}

    @property
    def severities(self) -> "list[tuple[Finding, dict[str, str | None]]]":
        """Each finding once, with its severity in each profile; None where the profile does not report it."""
        merged: dict[tuple[object, ...], tuple[Finding, dict[str, str | None]]] = {}
        for name, report in self.reports.items():
            for finding in report.findings:
                key = (finding.line or 0, finding.column or 0, finding.path or "", finding.rule, finding.message)
                entry = merged.setdefault(key, (finding, dict.fromkeys(self.reports)))
                entry[1][name] = finding.severity
        return [merged[key] for key in sorted(merged)]

    def to_dict(self, file: str) -> dict[str, object]:
        """The comparison for machines: the verdict object, with one verdict and one severity for each profile."""
        findings = []
        for finding, severities in self.severities:
            shown = finding.to_dict()
            del shown["severity"]
            findings.append({**shown, "severities": severities})
        first = next(iter(self.reports.values()))
        return {
            "file": file,
            "sha256": first.sha256,
            "kind": first.kind,
            "format": first.format,
            "version": first.version,
            "profile": ALL_PROFILES,
            "verdicts": self.verdicts,
            "findings": findings,
            "findings_omitted": {name: report.findings_omitted for name, report in self.reports.items()},
        }


def compare_profiles(source: bytes | Path) -> ProfileComparison:
    """Judge a document in every profile.

    Raises
    ------
    OSError
        The path can't be read.
    """
    import ccsds

    data = source if isinstance(source, bytes) else source.read_bytes()
    return ProfileComparison({known.name: ccsds.validate(data, profile=known.name) for known in ccsds.profiles()})


def show_comparison(name: str, comparison: ProfileComparison) -> None:
    """Print a table: a line for each finding, a column for each profile, the verdicts below."""
    table = Table(title=Text(name), title_justify="left", show_footer=True)
    table.add_column("place", no_wrap=True, footer="verdict")
    table.add_column("rule", no_wrap=True)
    for profile, verdict in comparison.verdicts.items():
        table.add_column(profile, footer=Text(verdict, _STYLES[verdict]), no_wrap=True)
    table.add_column("finding", overflow="fold")
    for finding, severities in comparison.severities:
        weights = (Text(weight or _SILENT, _STYLES.get(weight or "", "dim")) for weight in severities.values())
        table.add_row(finding.place.rstrip(": "), finding.rule, *weights, Text(finding.message))
    answers.print(table)
