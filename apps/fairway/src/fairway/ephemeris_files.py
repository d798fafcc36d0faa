"""Operators' ephemerides on disk as trajectories, and whose they are."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from fairway.errors import CommandError

if TYPE_CHECKING:
    from assessment.catalogues import Catalogue
    from astrodynamics.trajectories import Ephemeris
    from ccsds import Oem

__all__ = ["read_ephemeris_file"]

_NUMBER = re.compile(r"[0-9]{1,9}")


def read_ephemeris_file(file: Path, catalogue: "Catalogue") -> "Ephemeris":
    """Read an OEM; its designator is the file's name.

    Its object is the one that the file name and OBJECT_ID name; an international designator is looked up in the
    catalogue.

    Raises
    ------
    CommandError
        It cannot be read or used, or does not say, or says with two tongues, whose it is.
    """
    import ccsds
    from assessment.errors import AssessmentError
    from assessment.trajectories import ephemeris_from_oem

    try:
        message = ccsds.read(file, profile="operational")
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}. Check the name") from error
    except ccsds.InvalidMessage as error:
        raise CommandError(f"{file}: {error}; see `fairway validate --profile operational {file}`") from error
    if not isinstance(message, ccsds.Oem):
        raise CommandError(f"{file} is no ephemeris: give an OEM")
    number = _one_number(file, _claims(file, message, catalogue))
    try:
        return ephemeris_from_oem(message, norad_cat_id=number, designator=file.name)
    except AssessmentError as error:
        raise CommandError(f"{file}: {error}") from error


def _claims(file: Path, oem: "Oem", catalogue: "Catalogue") -> Iterable[tuple[str, int]]:
    import ccsds

    by_name = ccsds.parse_file_name(file.name).norad_cat_id
    if by_name is not None:
        yield "the file name", by_name
    for text in dict.fromkeys(segment.metadata.object_id.strip() for segment in oem.segments):
        if _NUMBER.fullmatch(text):
            yield "OBJECT_ID", int(text)
        elif text and text in catalogue.object_ids:
            yield f"OBJECT_ID {text}", int(catalogue.elements.norad_cat_id[catalogue.object_ids.index(text)])


def _one_number(file: Path, claims: Iterable[tuple[str, int]]) -> int:
    found = list(claims)
    if not found:
        raise CommandError(
            f"{file} does not say whose ephemeris it is: name it MEME_<catalogue number>_…, or give a numeric OBJECT_ID"
        )
    where, number = found[0]
    for other, another in found[1:]:
        if another != number:
            raise CommandError(f"{file}: {where} names object {number}, {other} names {another}: correct one of them")
    return number
