"""Names of ephemeris files (19 SDS Spaceflight Safety Handbook, table 9).

`MEME_25544_ISS_1651200_operational_nomnvr_unclassified.txt`: data type, catalogue number, common name, day and time
of the first state, designation, metadata, classification. Read from the left up to the number, and from the right from
the classification; the seven-digit time group followed by the designation is found between, so that a common name may
hold blanks, brackets and underscores.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ccsds.errors import CannotWrite
from ccsds.profiles import profile_named
from ccsds.report import Finding, FindingLog

__all__ = ["FileName", "build_file_name", "parse_file_name"]

MAX_FINDINGS = 50
DESIGNATIONS: dict[str, Literal["operational", "special"]] = {
    "oper": "operational",
    "operational": "operational",
    "special": "special",
}
TIME_AND_DESIGNATION = re.compile(
    r"_(?P<group>[0-9]{7})_(?P<designation>oper|operational|special)(?=_|\Z)", re.IGNORECASE
)
DAY_TIME = re.compile(r"(?P<day>[0-9]{3})(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})\Z")
UNCATALOGUED = re.compile(r"UCN[0-9]+\Z", re.IGNORECASE)
NUMBER = re.compile(r"[0-9]{5,9}\Z")
CATALOGUE_LENGTHS = frozenset({5, 6, 9})
EXTENSIONS = {"space-track": "txt", "uksa": "oem"}
SUFFIX = re.compile(r"\.([A-Za-z][A-Za-z0-9]{0,4})\Z")


@dataclass(frozen=True, slots=True)
class FileName:
    """What a file name says; None or empty where it does not say it.

    Attributes
    ----------
    designation
        `operational` or `special`.
    day_time_group
        DDDHHMM, UTC, of the first state.
    findings
        By the profile that was asked for; rule ids `FIL-nnn`.
    """

    data_type: str
    norad_cat_id: int | None
    common_name: str
    day_time_group: str | None
    designation: Literal["operational", "special"] | None
    metadata: str
    classification: str
    extension: str
    findings: tuple[Finding, ...]


def parse_file_name(name: str, *, profile: str = "operational") -> FileName:
    """Read what a file name says, by the full convention or as far as it goes."""
    log = FindingLog(profile_named(profile), MAX_FINDINGS)
    stem, extension = _check_name(name, profile, log)
    match = TIME_AND_DESIGNATION.search(stem)
    if match is None:
        return _by_best_effort(stem, extension, log)
    head, tail = stem[: match.start()], stem[match.end() :]
    data_type, _, rest = head.partition("_")
    number_text, _, common_name = rest.partition("_")
    number = _number(number_text, log)
    if data_type != "MEME":
        log.add("FIL-009", f"the data type is {data_type!r}, not MEME")
    metadata, classification = _tail(tail, stem, match.end(), extension, log)
    day_time = DAY_TIME.match(match["group"])
    if day_time is None or not (
        1 <= int(day_time["day"]) <= 366 and int(day_time["hour"]) <= 23 and int(day_time["minute"]) <= 59
    ):
        log.add("FIL-008", f"{match['group']} is no day of year, hour and minute")
    if not common_name:
        log.add("FIL-001", "the common name is missing")
    return FileName(
        data_type=data_type,
        norad_cat_id=number,
        common_name=common_name,
        day_time_group=match["group"],
        designation=DESIGNATIONS[match["designation"].lower()],
        metadata=metadata,
        classification=classification,
        extension=extension,
        findings=log.findings()[0],
    )


def build_file_name(
    *,
    norad_cat_id: int,
    common_name: str,
    start: np.datetime64,
    designation: Literal["operational", "special"],
    metadata: str = "",
    profile: str = "space-track",
) -> str:
    """Build the name of an ephemeris file as a receiver wants it.

    Parameters
    ----------
    norad_cat_id
        Five or six digits, or the nine that were assigned; smaller numbers are padded to five.
    common_name
        As the satellite catalogue has it.
    start
        Of the ephemeris, UTC; a part of a minute is cut.
    metadata
        What the operator adds, for example `nomnvr`; two underscores stand where there is none.
    profile
        `space-track` gives the extension .txt, `uksa` (Monitor Space Hazards) .oem.

    Raises
    ------
    CannotWrite
        The receiver could not read these facts from the name.
    """
    if np.isnat(start):
        raise CannotWrite("an ephemeris without start has no name")
    minutes = start.astype("datetime64[m]")
    day = (
        int((minutes.astype("datetime64[D]") - minutes.astype("datetime64[Y]").astype("datetime64[D]")).astype(int)) + 1
    )
    clock = str(minutes)[11:16].replace(":", "")
    extension = EXTENSIONS.get(profile, EXTENSIONS["space-track"])
    name = f"MEME_{norad_cat_id:05}_{common_name}_{day:03}{clock}_{designation}_{metadata}_unclassified.{extension}"
    read = parse_file_name(name, profile=profile)
    if read.findings or (read.norad_cat_id, read.common_name, read.designation, read.metadata) != (
        norad_cat_id, common_name, designation, metadata,
    ):  # fmt: skip
        reason = read.findings[0].message if read.findings else "its parts could not be told apart"
        raise CannotWrite(f"{name!r} would not do: {reason}")
    return name


def _check_name(name: str, profile: str, log: FindingLog) -> tuple[str, str]:
    """Report what no file name may have; returns stem and extension."""
    if not name:
        log.add("FIL-004", "the file has no name")
    elif "/" in name or "\\" in name or name in {".", ".."}:
        log.add("FIL-004", f"{name!r} has path parts")
        name = re.split(r"[/\\]", name)[-1]
    if any(ord(character) < 32 or ord(character) == 127 for character in name):
        log.add("FIL-004", f"{name!r} has control characters")
    if not name.isascii():
        log.add("FIL-004/non-ascii", f"{name!r} has characters beyond ASCII")
    suffix = SUFFIX.search(name)
    extension = suffix[1] if suffix else ""
    stem = name[: suffix.start()] if suffix else name
    another = SUFFIX.search(stem)
    if another is not None:
        log.add("FIL-003/double", f"the name has two suffixes: .{another[1]}.{extension}")
    wanted = EXTENSIONS.get(profile)
    if wanted is not None and extension != wanted:
        log.add("FIL-003", f"the extension is {extension or 'missing'}, not {wanted}")
    return stem, extension


def _number(text: str, log: FindingLog) -> int | None:
    if UNCATALOGUED.match(text):
        log.add("FIL-005/uncatalogued", f"{text} holds no catalogue number")
        return None
    if not NUMBER.match(text):
        log.add("FIL-005", f"{text!r} is no catalogue number")
        return None
    if len(text) not in CATALOGUE_LENGTHS:
        log.add("FIL-006", f"{text} has {len(text)} digits")
    return int(text)


def _tail(tail: str, stem: str, designation_end: int, extension: str, log: FindingLog) -> tuple[str, str]:
    """Metadata and classification: what follows the designation."""
    metadata, separator, classification = tail.removeprefix("_").rpartition("_")
    if not separator:
        metadata = ""
        suffix = f".{extension}" if extension else ""
        if classification.lower() == "unclassified":
            right = f"{stem[:designation_end]}__{classification}{suffix}"
            log.add("FIL-002", "a single underscore stands for empty metadata", hint=f"Name it {right}")
        else:
            log.add("FIL-001", "metadata and classification are missing")
    if classification.lower() != "unclassified":
        log.add("FIL-007", f"the classification is {classification!r}, not unclassified")
    return metadata, classification


def _by_best_effort(stem: str, extension: str, log: FindingLog) -> FileName:
    """Read a name outside the convention: its first token that is a catalogue number, and its designation if any."""
    parts = stem.split("_")
    log.add(
        "FIL-001",
        "the name lacks the day and time (DDDHHMM) followed by oper, operational or special",
        hint="Name it MEME_<number>_<name>_<DDDHHMM>_<operational|special>_<metadata>_unclassified.txt",
    )
    place = next((i for i, part in enumerate(parts) if NUMBER.match(part) and not _is_date(part, i, parts)), None)
    number = None
    if place is not None:
        number = _number(parts[place], log)
    elif (uncatalogued := next((part for part in parts if UNCATALOGUED.match(part)), None)) is not None:
        _number(uncatalogued, log)
    else:
        log.add("FIL-005", "the name holds no catalogue number")
    designation = next((DESIGNATIONS[part.lower()] for part in parts if part.lower() in DESIGNATIONS), None)
    return FileName(
        data_type=parts[0] if len(parts) > 1 else "",
        norad_cat_id=number,
        common_name="",
        day_time_group=None,
        designation=designation,
        metadata="",
        classification="",
        extension=extension,
        findings=log.findings()[0],
    )


def _is_date(part: str, index: int, parts: list[str]) -> bool:
    """Whether eight digits are a date, as in `MEME_48969_20211101`."""
    if len(part) != 8 or not any(NUMBER.match(other) for other in parts[:index] + parts[index + 1 :]):
        return False
    return 1 <= int(part[4:6]) <= 12 and 1 <= int(part[6:]) <= 31
