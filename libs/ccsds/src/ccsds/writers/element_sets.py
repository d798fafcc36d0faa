"""Element sets to OMM in CSV and JSON, and to TLE."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from ccsds.errors import CannotWrite
from ccsds.messages.element_sets import ElementSets
from ccsds.readers.tle import CHECKSUM_WEIGHTS, LINE_1, LINE_2, NS_PER_DAY, NS_PER_EPOCH_DIGIT, PIVOT_YEAR
from ccsds.syntax.alpha5 import MAX_ALPHA5, encode_alpha5
from ccsds.syntax.number_text import format_number
from ccsds.syntax.times import format_time

__all__ = ["tle_refusal", "write_element_sets_csv", "write_element_sets_json", "write_element_sets_tle"]

EPOCH_DIGITS_PER_DAY = NS_PER_DAY // NS_PER_EPOCH_DIGIT
MAX_EXPONENT = 9
MAX_INCLINATION_DEG = 180.0
MIN_MEAN_MOTION = 5e-9
"""Less is 0 in the eight digits of a TLE."""
MAX_SET_NUMBER, MAX_REVOLUTION = 9999, 99999


def _records(sets: ElementSets) -> Iterator[dict[str, Any]]:
    for row in range(len(sets)):
        yield {
            "OBJECT_NAME": sets.object_name[row],
            "OBJECT_ID": sets.object_id[row],
            "EPOCH": _epoch(sets.epoch[row]),
            "MEAN_MOTION": float(sets.mean_motion_rev_day[row]),
            "ECCENTRICITY": float(sets.eccentricity[row]),
            "INCLINATION": float(sets.inclination_deg[row]),
            "RA_OF_ASC_NODE": float(sets.ra_of_asc_node_deg[row]),
            "ARG_OF_PERICENTER": float(sets.arg_of_pericenter_deg[row]),
            "MEAN_ANOMALY": float(sets.mean_anomaly_deg[row]),
            "EPHEMERIS_TYPE": int(sets.ephemeris_type[row]),
            "CLASSIFICATION_TYPE": str(sets.classification[row]),
            "NORAD_CAT_ID": int(sets.norad_cat_id[row]),
            "ELEMENT_SET_NO": int(sets.element_set_no[row]),
            "REV_AT_EPOCH": int(sets.rev_at_epoch[row]),
            "BSTAR": float(sets.bstar[row]),
            "MEAN_MOTION_DOT": float(sets.mean_motion_dot[row]),
            "MEAN_MOTION_DDOT": float(sets.mean_motion_ddot[row]),
        }


def _epoch(epoch: np.datetime64) -> str:
    if np.isnat(epoch):
        raise CannotWrite("an element set has no epoch")
    return format_time(epoch)


def write_element_sets_csv(sets: ElementSets) -> bytes:
    """Write an OMM catalogue as CSV, with CelesTrak's columns in CelesTrak's order."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row, record in enumerate(_records(sets)):
        if row == 0:
            writer.writerow(record)
        writer.writerow(format_number(value) if isinstance(value, float) else value for value in record.values())
    return out.getvalue().encode("utf-8")


def write_element_sets_json(sets: ElementSets) -> bytes:
    """Write an OMM catalogue as a JSON array of flat objects, numbers as numbers."""
    try:
        return (json.dumps(list(_records(sets)), allow_nan=False) + "\n").encode()
    except ValueError:
        raise CannotWrite("an element is not finite") from None


def write_element_sets_tle(sets: ElementSets) -> bytes:
    """Write TLE, with a name line `0 NAME` where the set has a name.

    A TLE holds fewer digits than an OMM: the epoch is rounded to 1e-8 day, angles to 1e-4 degrees.

    Raises
    ------
    CannotWrite
        A TLE can't carry a value, such as a catalogue number above 339999.
    """
    lines: list[str] = []
    for row in range(len(sets)):
        if sets.object_name[row]:
            lines.append(f"0 {sets.object_name[row]}")
        lines += _two_lines(sets, row)
    return ("\n".join(lines) + "\n").encode("utf-8")


def tle_refusal(sets: ElementSets, row: int) -> str | None:
    """Why a TLE can't carry an element set; None where it can."""
    try:
        _two_lines(sets, row)
    except CannotWrite as error:
        return str(error)
    return None


def _two_lines(sets: ElementSets, row: int) -> tuple[str, str]:
    number = int(sets.norad_cat_id[row])
    code = encode_alpha5(number)
    if code is None:
        raise CannotWrite(f"a TLE can't carry catalogue number {number}; {MAX_ALPHA5} is the highest")
    dot = float(sets.mean_motion_dot[row])
    if abs(dot) >= 1.0:
        raise CannotWrite(f"a TLE can't carry MEAN_MOTION_DOT {dot} of {number}")
    motion, eccentricity = float(sets.mean_motion_rev_day[row]), float(sets.eccentricity[row])
    if not 0.0 <= eccentricity < 0.99999995 or not MIN_MEAN_MOTION < motion < 99.999999995:
        raise CannotWrite(f"a TLE can't carry the eccentricity or mean motion of {number}")
    if not 0.0 <= float(sets.inclination_deg[row]) <= MAX_INCLINATION_DEG:
        raise CannotWrite(f"a TLE can't carry the inclination {sets.inclination_deg[row]} of {number}")
    dot_text = f"{dot:+.8f}".replace("+", " ", 1).replace("0.", ".", 1)
    set_number, revolution = int(sets.element_set_no[row]), int(sets.rev_at_epoch[row])
    if not (0 <= set_number <= MAX_SET_NUMBER and 0 <= revolution <= MAX_REVOLUTION):
        raise CannotWrite(f"a TLE can't carry element set {set_number}, revolution {revolution} of {number}")
    first = (
        f"1 {code}{str(sets.classification[row]) or 'U'} {_designator(sets.object_id[row], number):<8} "
        f"{_tle_epoch(sets.epoch[row], number)} {dot_text} {_exponent(float(sets.mean_motion_ddot[row]), number)} "
        f"{_exponent(float(sets.bstar[row]), number)} {int(sets.ephemeris_type[row])} {set_number:>4}"
    )
    angles = (sets.inclination_deg, sets.ra_of_asc_node_deg, sets.arg_of_pericenter_deg, sets.mean_anomaly_deg)
    inclination, node, perigee, anomaly = (f"{float(angle[row]) % 360.0:8.4f}" for angle in angles)
    orbit = f"{inclination} {node} {round(eccentricity * 1e7):07d} {perigee} {anomaly}"
    second = f"2 {code} {orbit} {motion:11.8f}{revolution:>5}"
    if len(sets.object_name[row].splitlines()) > 1:
        raise CannotWrite(f"a TLE can't carry the name {sets.object_name[row]!r} of {number}: it breaks the line")
    lines = first + _checksum(first), second + _checksum(second)
    for pattern, line in zip((LINE_1, LINE_2), lines, strict=True):
        if pattern.match(line) is None:
            raise CannotWrite(f"a TLE can't carry a value of {number}: {line!r} would be no line of one")
    return lines


def _designator(object_id: str, number: int) -> str:
    year, dash, rest = object_id.partition("-")
    text = year[2:] + rest if dash and len(year) == 4 else object_id
    if len(text) > 8:
        raise CannotWrite(f"a TLE can't carry the designator {object_id!r} of {number}")
    return text


def _tle_epoch(epoch: np.datetime64, number: int) -> str:
    digits = (int(epoch.astype("datetime64[ns]").astype(np.int64)) + NS_PER_EPOCH_DIGIT // 2) // NS_PER_EPOCH_DIGIT
    day, fraction = divmod(digits, EPOCH_DIGITS_PER_DAY)
    year = int(np.datetime64(day, "D").astype("datetime64[Y]").astype(np.int64)) + 1970
    if not 1900 + PIVOT_YEAR <= year < 2000 + PIVOT_YEAR:
        raise CannotWrite(f"a TLE can't carry the epoch {epoch} of {number}")
    of_year = day - int(np.datetime64(f"{year}-01-01", "D").astype(np.int64)) + 1
    return f"{year % 100:02d}{of_year:03d}.{fraction:08d}"


def _exponent(value: float, number: int) -> str:
    """` 16538-3` for 0.16538e-3."""
    if value == 0.0:
        return " 00000+0"
    mantissa, _, power = f"{abs(value):.4e}".partition("e")
    exponent = int(power) + 1
    if exponent < -MAX_EXPONENT:
        return " 00000+0"
    if exponent > MAX_EXPONENT:
        raise CannotWrite(f"a TLE can't carry {value} of {number}")
    return f"{'-' if value < 0 else ' '}{mantissa.replace('.', '')}{exponent:+d}"


def _checksum(line: str) -> str:
    return str(sum(line.encode("latin-1", errors="replace").translate(CHECKSUM_WEIGHTS)) % 10)
