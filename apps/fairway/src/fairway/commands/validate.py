"""``fairway validate``: a verdict, line by line."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairway.console import OutputFormat, answer_json, answers
from fairway.errors import CommandError, ExitCode
from fairway.finding_excerpts import excerpt

if TYPE_CHECKING:
    from ccsds import Finding, Report

__all__ = ["validate"]

_STYLES = {"error": "bold red", "warning": "yellow", "info": "cyan"}
_STANDARD_INPUT = "-"


def validate(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Files, directories, or - for standard input.")],
    profile: Annotated[str, typer.Option(help="strict, operational, space-track, uksa or lenient.")] = "strict",
    output: Annotated[OutputFormat, typer.Option("--format", help="Output.")] = OutputFormat.TEXT,
) -> None:
    """Check orbit files and say line by line what is wrong.

    Exit code 1: a file is invalid in the profile. In a directory, every file below it is checked that is not hidden.
    """
    import ccsds

    known = [known.name for known in ccsds.profiles()]
    if profile not in known:
        raise CommandError(f"there is no profile {profile!r}: use one of {', '.join(known)}")
    invalid = False
    for name in _names(files):
        source = sys.stdin.buffer.read(ccsds.Limits().max_bytes + 1) if name == _STANDARD_INPUT else Path(name)
        try:
            report = ccsds.validate(source, profile=profile)
        except OSError as error:
            raise CommandError(f"{name} cannot be read: {error.strerror}. Check the name") from error
        invalid |= report.verdict == "invalid"
        if output is OutputFormat.JSON:
            answer_json(report.to_dict(name))
        else:
            _print(name, source, report)
    raise typer.Exit(ExitCode.NEGATIVE if invalid else ExitCode.GOOD)


def _names(files: list[str]) -> Iterator[str]:
    """Every file that is meant. What is not there is said before anything is judged."""
    missing = [file for file in files if file != _STANDARD_INPUT and not Path(file).exists()]
    if missing:
        raise CommandError(f"{missing[0]} is not there: check the name")
    for file in files:
        folder = Path(file)
        if file == _STANDARD_INPUT or not folder.is_dir():
            yield file
            continue
        inside = [str(path) for path in sorted(folder.rglob("*")) if path.is_file() and not _is_hidden(path, folder)]
        if not inside:
            raise CommandError(f"there is no file in {folder}: check the name")
        yield from inside


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _print(name: str, source: bytes | Path, report: "Report") -> None:
    lines: list[bytes] = []
    if any(finding.line is not None for finding in report.findings):
        lines = (source if isinstance(source, bytes) else source.read_bytes()).splitlines()
    for finding in report.findings:
        _print_finding(name, lines, finding)
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


def _print_finding(name: str, lines: list[bytes], finding: "Finding") -> None:
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
