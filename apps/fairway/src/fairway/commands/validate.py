"""``fairway validate``: a verdict, line by line."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairway.console import OutputFormat, answer_json, answers
from fairway.errors import CommandError, ExitCode

if TYPE_CHECKING:
    from ccsds import Finding, Report

__all__ = ["validate"]

_STYLES = {"error": "bold red", "warning": "yellow", "info": "cyan"}


def validate(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Files, directories, or - for standard input.")],
    profile: Annotated[str, typer.Option(help="strict, operational, space-track, uksa or lenient.")] = "strict",
    output: Annotated[OutputFormat, typer.Option("--format", help="Output.")] = OutputFormat.TEXT,
) -> None:
    """Check orbit files and say line by line what is wrong."""
    import ccsds

    known = [known.name for known in ccsds.profiles()]
    if profile not in known:
        raise CommandError(f"there is no profile {profile!r}: use one of {', '.join(known)}")
    invalid = False
    for name, data in _read(files):
        report = ccsds.validate(data, profile=profile)
        invalid |= report.verdict == "invalid"
        if output is OutputFormat.JSON:
            answer_json(report.to_dict(name))
        else:
            _print(name, data, report)
    raise typer.Exit(ExitCode.NEGATIVE if invalid else ExitCode.GOOD)


def _read(files: list[str]) -> list[tuple[str, bytes]]:
    contents = []
    for file in files:
        if file == "-":
            contents.append(("-", sys.stdin.buffer.read()))
            continue
        path = Path(file)
        inside = sorted(inner for inner in path.rglob("*") if inner.is_file()) if path.is_dir() else [path]
        for one in inside:
            try:
                contents.append((str(one), one.read_bytes()))
            except OSError as error:
                raise CommandError(f"{one} cannot be read: {error.strerror}. Check the name") from error
    return contents


def _print(name: str, data: bytes, report: "Report") -> None:
    lines = data.decode("utf-8", errors="replace").splitlines()
    for finding in report.findings:
        _print_finding(name, lines, finding)
    errors = sum(finding.severity == "error" for finding in report.findings)
    warnings = sum(finding.severity == "warning" for finding in report.findings)
    what = " ".join(part for part in (report.kind, report.version, report.format) if part)
    style = "green" if report.verdict == "valid" else "bold red"
    answers.print(
        f"{name}: {report.verdict} ({what}, profile {report.profile}; {errors} errors, {warnings} warnings)",
        style=style,
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


def _print_finding(name: str, lines: list[str], finding: "Finding") -> None:
    place = name if finding.line is None else f"{name}:{finding.line}:{finding.column or 1}"
    answers.print(
        f"{place}: {finding.severity} {finding.rule}: {finding.message}",
        style=_STYLES[finding.severity],
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    if finding.line is not None and 0 < finding.line <= len(lines):
        text = json.dumps(lines[finding.line - 1], ensure_ascii=False)[1:-1].replace('\\"', '"')
        answers.print(f"  {finding.line:>6} | {text[:160]}", highlight=False, markup=False, soft_wrap=True)
        if finding.column and finding.column <= 160:
            answers.print(f"         | {' ' * (finding.column - 1)}^", highlight=False, markup=False, soft_wrap=True)
    if finding.hint:
        answers.print(f"         = {finding.hint}", style="dim", highlight=False, markup=False, soft_wrap=True)
