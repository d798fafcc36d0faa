"""A verdict for people: each finding with its line and a caret, as compilers show it, then the verdict."""

from pathlib import Path
from typing import TYPE_CHECKING

from fairway.console import answers
from fairway.finding_excerpts import excerpt

if TYPE_CHECKING:
    from ccsds import Finding, Report

__all__ = ["show_verdict"]

_STYLES = {"error": "bold red", "warning": "yellow", "info": "cyan"}


def show_verdict(name: str, source: bytes | Path, report: "Report") -> None:
    """Print a report on the document of that name."""
    lines: list[bytes] = []
    if any(finding.line is not None for finding in report.findings):
        lines = (source if isinstance(source, bytes) else source.read_bytes()).splitlines()
    for finding in report.findings:
        _show_finding(name, lines, finding)
    if report.findings_omitted:
        _line(f"{name}: and {report.findings_omitted} more findings")
    errors = sum(finding.severity == "error" for finding in report.findings)
    warnings = sum(finding.severity == "warning" for finding in report.findings)
    what = " ".join(part for part in (report.kind, report.version, report.format) if part)
    _line(
        f"{name}: {report.verdict} ({what}, profile {report.profile}; {_count(errors, 'error')}, "
        f"{_count(warnings, 'warning')})",
        "green" if report.verdict == "valid" else "bold red",
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _show_finding(name: str, lines: list[bytes], finding: "Finding") -> None:
    place = name if finding.line is None else f"{name}:{finding.line}:{finding.column or 1}"
    path = f" at {finding.path}" if finding.path else ""
    _line(f"{place}: {finding.severity} {finding.rule}: {finding.message}{path}", _STYLES[finding.severity])
    if finding.line is not None and 0 < finding.line <= len(lines):
        shown = excerpt(lines[finding.line - 1], finding.column)
        _line(f"  {finding.line:>6} | {shown.text}")
        if shown.indent is not None:
            _line(f"         | {' ' * shown.indent}^")
    if finding.hint:
        _line(f"         = {finding.hint}", "dim")


def _line(text: str, style: str | None = None) -> None:
    answers.print(text, style=style, highlight=False, markup=False, soft_wrap=True)
