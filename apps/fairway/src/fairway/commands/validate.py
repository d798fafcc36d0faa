"""``fairway validate``: a verdict, line by line."""

import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from fairway.console import answer_json
from fairway.errors import CommandError, ExitCode
from fairway.profile_comparison import ALL_PROFILES, compare_profiles, show_comparison
from fairway.sarif import sarif_log
from fairway.verdict_text import show_verdict

if TYPE_CHECKING:
    from ccsds import Report

__all__ = ["validate"]

_STANDARD_INPUT = "-"
Source = bytes | Path
Answer = TypeVar("Answer")


class VerdictFormat(StrEnum):
    """For people, for machines, or for continuous integration."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


def validate(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Files, directories, or - for standard input.")],
    profile: Annotated[
        str, typer.Option(help="strict, operational, space-track, uksa or lenient; all compares them.")
    ] = "strict",
    output: Annotated[VerdictFormat, typer.Option("--format", help="Output.")] = VerdictFormat.TEXT,
) -> None:
    """Check orbit files and say line by line what is wrong.

    Exit code 1: a file is invalid in the profile; with --profile all, in every profile. In a directory, every file
    below it is checked that is not hidden.
    """
    import ccsds

    known = [known.name for known in ccsds.profiles()]
    if profile == ALL_PROFILES:
        if output is VerdictFormat.SARIF:
            raise CommandError("a SARIF log holds the findings of one profile: name it with --profile")
        is_good = all([_compare(name, source, output) for name, source in _sources(files)])  # noqa: C419 - every one is shown
    elif profile in known:
        is_good = _judge(files, profile, output)
    else:
        raise CommandError(f"there is no profile {profile!r}: use one of {', '.join(known)}, or {ALL_PROFILES}")
    raise typer.Exit(ExitCode.GOOD if is_good else ExitCode.NEGATIVE)


def _judge(files: list[str], profile: str, output: VerdictFormat) -> bool:
    """Whether every file is valid in a profile; each verdict is shown as soon as it stands, but for SARIF."""
    import ccsds

    is_good = True
    reports: list[tuple[str, Report]] = []
    for name, source in _sources(files):
        report = _read(name, partial(ccsds.validate, source, profile=profile))
        is_good &= report.verdict == "valid"
        match output:
            case VerdictFormat.TEXT:
                show_verdict(name, source, report)
            case VerdictFormat.JSON:
                answer_json(report.to_dict(name))
            case VerdictFormat.SARIF:
                reports.append((name, report))
    if output is VerdictFormat.SARIF:
        answer_json(sarif_log(reports))
    return is_good


def _compare(name: str, source: Source, output: VerdictFormat) -> bool:
    """Whether a file is valid in one profile at least."""
    comparison = _read(name, partial(compare_profiles, source))
    if output is VerdictFormat.JSON:
        answer_json(comparison.to_dict(name))
    else:
        show_comparison(name, comparison)
    return "valid" in comparison.verdicts.values()


def _read(name: str, judge: Callable[[], Answer]) -> Answer:
    try:
        return judge()
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}. Check the name") from error


def _sources(files: list[str]) -> Iterator[tuple[str, Source]]:
    import ccsds

    for name in _names(files):
        yield name, sys.stdin.buffer.read(ccsds.Limits().max_bytes + 1) if name == _STANDARD_INPUT else Path(name)


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
