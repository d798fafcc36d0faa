"""Catalogues on disk: TLE, 3LE or OMM, also gzipped; what cannot be used is kept with its reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fairway.errors import CommandError

if TYPE_CHECKING:
    from assessment.catalogues import Catalogue
    from ccsds import Finding

__all__ = ["CatalogueFile", "RefusedSet", "read_catalogue_file", "unpacked_file"]

_TLE_LINE_BYTES = 69


@dataclass(frozen=True)
class RefusedSet:
    """An element set that cannot be used, and why."""

    norad_cat_id: int | None
    """None where not even that can be read."""
    reason: str


@dataclass(frozen=True, eq=False)
class CatalogueFile:
    """What a catalogue file holds: the newest usable element set of each object, and what was refused."""

    catalogue: "Catalogue"
    refused: tuple[RefusedSet, ...]


def read_catalogue_file(file: Path) -> CatalogueFile:
    """Read a catalogue.

    Raises
    ------
    CommandError
        It cannot be read, is no catalogue, or holds no usable element set.
    """
    import ccsds
    from assessment.catalogues import catalogue_from_sets
    from assessment.errors import AssessmentError

    data = unpacked_file(file)
    limits = ccsds.Limits(max_bytes=max(len(data), 1), max_findings=ccsds.Limits().max_records)
    try:
        sets, findings = ccsds.read_catalogue(data, profile="operational", limits=limits)
    except ccsds.InvalidMessage as error:
        report = error.report
        finding = next(iter(report.errors), None)
        why = f"it is {report.kind}" if finding is None else f"{finding.place}{finding.rule}: {finding.message}"
        raise CommandError(f"{file} is no catalogue of element sets ({why}): give TLE, 3LE or OMM") from error
    try:
        catalogue = catalogue_from_sets(sets)
    except AssessmentError as error:
        raise CommandError(f"{file}: {error}") from error
    errors = tuple(found for found in findings if found.severity == "error")
    return CatalogueFile(catalogue, tuple(_refused(data, errors)))


def unpacked_file(file: Path) -> bytes:
    """Return the content of a file, unpacked where it is gzipped; a bomb is noticed before it goes off.

    Raises
    ------
    CommandError
        It cannot be read, is damaged or grows beyond every bound.
    """
    from servicekit.settings import read_settings
    from validator.question import Limits
    from validator.settings import ValidatorSettings
    from validator.unpacking import DamagedError, TooLargeError, is_gzip, unpacked

    try:
        data = file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}. Check the name") from error
    if not is_gzip(data):
        return data
    settings = read_settings(ValidatorSettings)
    limits = Limits(
        unpacked_max_bytes=settings.unpacked_max_bytes,
        unpacked_max_ratio=settings.unpacked_max_ratio,
        refused_share=settings.refused_share,
    )
    try:
        return unpacked(data, limits)
    except (DamagedError, TooLargeError) as error:
        raise CommandError(
            f"{file} cannot be unpacked: {error}. Give the file as it was packed, or unpacked"
        ) from error


def _refused(data: bytes, errors: "Iterable[Finding]") -> Iterable[RefusedSet]:
    lines: list[bytes] | None = None
    for finding in errors:
        if lines is None:
            lines = data.splitlines()
        text = lines[finding.line - 1] if finding.line is not None and finding.line <= len(lines) else b""
        yield RefusedSet(_number_in(text), f"element set refused: {finding.place}{finding.rule}: {finding.message}")


def _number_in(line: bytes) -> int | None:
    """Catalogue number of a line of a TLE, where it is one and readable."""
    from ccsds.syntax.alpha5 import decode_alpha5

    is_tle = line[:2] in (b"1 ", b"2 ") and len(line.rstrip()) >= _TLE_LINE_BYTES - 1
    return decode_alpha5(line[2:7].decode("ascii", "replace")) if is_tle else None
