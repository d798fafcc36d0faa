"""``fairway convert``: a message in another format, whole or not at all."""

import sys
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairway.console import note
from fairway.errors import CommandError
from fairway.whole_files import write_whole

if TYPE_CHECKING:
    import numpy as np

    from ccsds import Conversion, Message

__all__ = ["convert"]

_STANDARD_INPUT = "-"


class TargetFormat(StrEnum):
    """What a message can be written as."""

    KVN = "kvn"
    XML = "xml"
    JSON = "json"
    CSV = "csv"
    TLE = "tle"
    ITC = "itc"


def convert(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A message or catalogue, or - for standard input.")],
    to: Annotated[TargetFormat, typer.Option("--to", help="What to write.")],
    out: Annotated[Path | None, typer.Option("--out", help="Where to write it; by default standard output.")] = None,
    lossy: Annotated[bool, typer.Option("--lossy", help="Go on where the format can't carry something.")] = False,
    profile: Annotated[str, typer.Option(help="How strictly the file is read.")] = "operational",
    originator: Annotated[
        str, typer.Option(help="Of the OMMs that are made of a catalogue without headers.")
    ] = "FAIRWAY",
) -> None:
    """Write an orbit file in another format.

    A message's number texts, units, times and comments stay as they are; a catalogue's numbers keep their value, in its
    shortest text. What the format can't carry is said on standard error, and nothing is written then without --lossy.
    """
    import ccsds

    message = _read(file, profile, lossy=lossy)
    if to is not TargetFormat.ITC:  # which has no place for names
        message = _named(message, file)
    try:
        conversion = ccsds.convert(message, to.value, lossy=lossy, creation_date=_now(), originator=originator)
    except ccsds.LossyConversion as error:
        raise CommandError(f"{file} as {to.value}: {error}. Add --lossy if that may be lost") from error
    except ccsds.CannotWrite as error:
        raise CommandError(f"{file} cannot be written as {to.value}: {error}") from error
    _write(conversion, out)


def _now() -> "np.datetime64":
    import numpy as np

    return np.datetime64(datetime.now(UTC).replace(tzinfo=None, microsecond=0), "ns")


def _read(file: str, profile: str, *, lossy: bool) -> "Message":
    import ccsds

    try:
        source = sys.stdin.buffer.read(ccsds.Limits().max_bytes + 1) if file == _STANDARD_INPUT else Path(file)
        report = ccsds.validate(source, profile=profile)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}. Check the name") from error
    except ccsds.UnknownProfile as error:
        raise CommandError(str(error)) from error
    if report.message is None or report.verdict == "invalid":
        finding = next(iter(report.errors), None)
        why = "nothing of it is usable" if finding is None else f"{finding.place}{finding.rule}: {finding.message}"
        raise CommandError(
            f"{file} is no valid {report.kind} in profile {profile} ({why}): fairway validate says what to mend"
        )
    if report.message.source is None:  # what could not be read was dropped
        if not lossy:
            raise CommandError(
                f"{file} holds values that profile {profile} drops: fairway validate --profile {profile} says which. "
                "Add --lossy if they may be lost"
            )
        note(f"lost: what profile {profile} drops on reading")
    return report.message


def _named(message: "Message", file: str) -> "Message":
    """Fill in the object of a text ephemeris: such a file says only in its name whose orbit it is."""
    import ccsds

    name = ccsds.parse_file_name(Path(file).name)
    if not isinstance(message, ccsds.Oem) or message.source is None or message.source.text_format != "TXT":
        return message
    if name.data_type != "MEME" or name.norad_cat_id is None or not name.common_name:
        return message
    segments = tuple(
        replace(
            segment,
            metadata=replace(segment.metadata, object_name=name.common_name, object_id=str(name.norad_cat_id)),
        )
        for segment in message.segments
    )
    note(f"object {name.common_name}, {name.norad_cat_id}: from the file's name")
    return replace(message, segments=segments)


def _write(conversion: "Conversion", out: Path | None) -> None:
    for loss in conversion.losses:
        note(f"lost: {loss}")
    if out is None:
        sys.stdout.buffer.write(conversion.data)
        sys.stdout.buffer.flush()
    else:
        write_whole(out, [conversion.data])
