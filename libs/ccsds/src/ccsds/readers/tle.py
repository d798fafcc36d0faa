"""TLE and 3LE: two lines of 69 columns, with or without a name line above.

Source: CelesTrak, NORAD Two-Line Element Set Format; Space-Track, Alpha-5.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np

from ccsds.limits import Limits
from ccsds.messages.element_sets import ElementSets
from ccsds.messages.value import frozen_array
from ccsds.readers.characters import check_characters
from ccsds.readers.tle_columns import realigned
from ccsds.report import FindingLog
from ccsds.syntax.alpha5 import decode_alpha5
from ccsds.syntax.lines import Lines

__all__ = ["LINE_1", "LINE_2", "read_tle"]

LENGTH = 69
PIVOT_YEAR = 57
NS_PER_DAY = 86_400_000_000_000
NS_PER_EPOCH_DIGIT = 864_000
"""The epoch's last digit is 1e-8 day."""
CHECKSUM_WEIGHTS = bytes(code - ord("0") if chr(code) in "0123456789" else code == ord("-") for code in range(256))


def _padded(width: int, *, blank: bool = False) -> str:
    """Pattern of digits in a field, padded on the left by blanks."""
    forms = [" " * pad + f"[0-9]{{{width - pad}}}" for pad in range(width)]
    return f"(?:{'|'.join([*forms, ' ' * width] if blank else forms)})"


EXPONENT_FORM = rf"[ +-]{_padded(5)}[+-][0-9]"
LINE_1 = re.compile(
    r"1 (?P<number>.{5})(?P<classification>[A-Z ]) (?P<designator>.{8}) "
    rf"(?P<year>{_padded(2)})(?P<day>{_padded(3)})\.(?P<fraction>[0-9]{{8}}) "
    rf"(?P<dot>[ +-]\.[0-9]{{8}}) (?P<ddot>{EXPONENT_FORM}) (?P<bstar>{EXPONENT_FORM}) "
    rf"(?P<type>[ 0-9]) (?P<set>{_padded(4, blank=True)})(?P<checksum>[0-9 ]?)\Z"
)
LINE_2 = re.compile(
    rf"2 (?P<number>.{{5}}) (?P<inclination>{_padded(3)}\.[0-9]{{4}}) (?P<node>{_padded(3)}\.[0-9]{{4}}) "
    rf"(?P<eccentricity>{_padded(7)}) (?P<perigee>{_padded(3)}\.[0-9]{{4}}) (?P<anomaly>{_padded(3)}\.[0-9]{{4}}) "
    rf"(?P<motion>{_padded(2)}\.[0-9]{{8}})(?P<revolution>{_padded(5, blank=True)})(?P<checksum>[0-9 ]?)\Z"
)
LOOKS_LIKE_1 = re.compile(r"1 +[0-9A-Za-z]")
LOOKS_LIKE_2 = re.compile(r"2 +[0-9A-Za-z]")
DESIGNATOR = re.compile(r"(?P<year>[0-9]{2})(?P<launch>[ 0-9]{2}[0-9])(?P<piece>[A-Z]{1,3})\Z")
FIELDS_1 = ((0, 2, "line number"), (2, 7, "catalogue number"), (18, 32, "epoch"), (33, 43, "first derivative"),
            (44, 52, "second derivative"), (53, 61, "BSTAR"), (62, 63, "ephemeris type"))  # fmt: skip


class _Record(NamedTuple):
    number: int
    name: str
    designator: str
    epoch_ns: int
    motion: float
    eccentricity: float
    inclination: float
    node: float
    perigee: float
    anomaly: float
    bstar: float
    dot: float
    ddot: float
    type: int
    classification: str
    set: int
    revolution: int


def read_tle(data: bytes, log: FindingLog, limits: Limits) -> ElementSets | None:
    """Read element sets; one that can't be used is refused with its finding, and the next is read."""
    lines = Lines(data)
    check_characters(lines, log)
    records = _TleReader(lines, log, limits).read()
    return _element_sets(records) if records else None


class _TleReader:
    def __init__(self, lines: Lines, log: FindingLog, limits: Limits) -> None:
        self._lines = lines
        self._log = log
        self._limits = limits
        self._name = ""
        self._name_line: int | None = None
        """Line of a name whose line 1 has not come yet."""
        self._first: tuple[str, int] | None = None
        self._records: list[_Record] = []
        self._unchecked: list[int] = []

    def read(self) -> list[_Record]:
        for index in range(len(self._lines)):
            line = self._lines.text(index).rstrip()
            if not line:
                continue
            if LOOKS_LIKE_1.match(line) and len(line) > 40:
                self._orphan()
                self._first, self._name_line = (line, index + 1), None
            elif LOOKS_LIKE_2.match(line) and len(line) > 40:
                self._take_second(line, index + 1)
            else:
                self._orphan()
                self._lonely_name()
                self._name = line[2:].strip() if line.startswith("0 ") else line.strip()
                self._name_line = index + 1
            if len(self._records) > self._limits.max_records:
                self._log.drop("SYN-017", f"more than {self._limits.max_records} element sets", line=index + 1)
                break
        self._orphan()
        self._lonely_name()
        if self._unchecked:
            more = f" ({len(self._unchecked)} such lines)" if len(self._unchecked) > 1 else ""
            self._log.add(
                "TLE-001/no-checksum", f"the checksum is missing{more}", line=self._unchecked[0], column=LENGTH
            )
        return self._records

    def _orphan(self) -> None:
        if self._first is not None:
            self._log.drop("TLE-001/orphan", "line 1 is not followed by its line 2", line=self._first[1], column=1)
            self._first = None
            self._name = ""

    def _lonely_name(self) -> None:
        """What stands where a name may stand, and no line 1 follows: a broken line, or a name without its set."""
        if self._name_line is not None:
            message = f"{self._name[:40]!r} is not followed by a line 1"
            self._log.drop("TLE-001/orphan", message, line=self._name_line, column=1)
            self._name_line = None

    def _take_second(self, second: str, line: int) -> None:
        first, name = self._first, self._name
        self._first, self._name, self._name_line = None, "", None
        if first is None:
            self._log.drop("TLE-001/orphan", "line 2 does not follow its line 1", line=line, column=1)
            return
        record = self._record(first[0], first[1], second, line, name)
        if record is not None:
            self._records.append(record)

    def _match(self, pattern: re.Pattern[str], text: str, line: int) -> re.Match[str] | None:
        if len(text) > LENGTH and text[LENGTH] == " ":
            text = text[:LENGTH]
        match = pattern.match(text)
        if match is None:
            mended = realigned(text) if len(text) < LENGTH else None
            match = None if mended is None else pattern.match(mended)
            if mended is None or match is None:
                self._refuse_form(text, line)
                return None
            self._log.add(
                "TLE-001/collapsed", f"the line has {len(text)} characters: its blanks were collapsed", line=line,
                column=len(text) + 1, hint=f"Write it with its columns: {mended}",
            )  # fmt: skip
            if self._log.is_error("TLE-001/collapsed"):
                self._log.lossy = True
                return None
            text = mended
        checksum = match["checksum"].strip()
        if not checksum:
            self._unchecked.append(line)
        elif sum(text[: LENGTH - 1].encode("latin-1", errors="replace").translate(CHECKSUM_WEIGHTS)) % 10 != int(
            checksum
        ):
            self._log.drop("TLE-001/checksum", f"the checksum {checksum} is wrong", line=line, column=LENGTH)
            return None
        return match

    def _refuse_form(self, text: str, line: int) -> None:
        if len(text) != LENGTH:
            message = f"the line has {len(text)} characters, not {LENGTH}"
            if len(text) < LENGTH:
                message += "; characters are missing, or blanks were collapsed"
            self._log.drop("TLE-001", message, line=line, column=min(len(text), LENGTH) + 1)
            return
        column, what = _first_bad_column(text)
        self._log.drop("TLE-006", f"{text[column - 1]!r} does not belong in the {what}", line=line, column=column)

    def _record(self, first: str, first_line: int, second: str, second_line: int, name: str) -> _Record | None:
        one, two = self._match(LINE_1, first, first_line), self._match(LINE_2, second, second_line)
        if one is None or two is None:
            return None
        number = decode_alpha5(one["number"])
        if number is None or decode_alpha5(two["number"]) is None:
            line, text = (first_line, one["number"]) if number is None else (second_line, two["number"])
            message = f"{text!r} is no catalogue number of five digits or Alpha-5"
            self._log.drop("TLE-003", message, line=line, column=3)
            return None
        if number != decode_alpha5(two["number"]):
            message = f"line 2 is about {two['number']}, line 1 about {one['number']}"
            self._log.drop("TLE-002", message, line=second_line, column=3)
            return None
        year = int(one["year"])
        year += 1900 if year >= PIVOT_YEAR else 2000
        day = int(one["day"])
        new_year = np.datetime64(f"{year}-01-01", "D").astype(np.int64)
        days = int(np.datetime64(f"{year + 1}-01-01", "D").astype(np.int64) - new_year)
        if not 1 <= day <= days:
            self._log.drop("TLE-004", f"day {day} does not exist in {year}", line=first_line, column=21)
            return None
        ephemeris_type = int(one["type"].strip() or 0)
        if ephemeris_type == 4:
            self._log.drop("TLE-008/theory", "ephemeris type 4 is SGP4-XP", line=first_line, column=63)
            return None
        if ephemeris_type:
            self._log.add("TLE-008", f"the ephemeris type is {ephemeris_type}", line=first_line, column=63)
        motion = float(two["motion"])
        if motion <= 0.0 or float(two["inclination"]) > 180.0:
            what, column = ("mean motion", 53) if motion <= 0.0 else ("inclination", 9)
            self._log.drop("OMM-019", f"the {what} is out of its range", line=second_line, column=column)
            return None
        return _Record(
            number, name, _designator(one["designator"]),
            (int(new_year) + day - 1) * NS_PER_DAY + int(one["fraction"]) * NS_PER_EPOCH_DIGIT,
            motion, float(f"0.{two['eccentricity'].replace(' ', '0')}"),
            float(two["inclination"]), float(two["node"]), float(two["perigee"]), float(two["anomaly"]),
            _implied_decimal(one["bstar"]), float(one["dot"].replace(" ", "")), _implied_decimal(one["ddot"]),
            ephemeris_type, one["classification"].strip() or "U",
            int(one["set"].strip() or 0), int(two["revolution"].strip() or 0),
        )  # fmt: skip


def _first_bad_column(text: str) -> tuple[int, str]:
    """Column of the first character that can't stand where it does, and the name of its field."""
    fields = (
        FIELDS_1 if text.startswith("1") else ((2, 7, "catalogue number"), (8, 63, "elements"), (63, 68, "revolution"))
    )
    for start, stop, name in fields:
        for column in range(start, min(stop, len(text))):
            allowed = text[column].isalnum() if name == "catalogue number" else text[column] in "0123456789 .+-"
            if not allowed:
                return column + 1, name
    return 1, "columns of a TLE"


def _implied_decimal(text: str) -> float:
    """` 16538-3` is 0.16538e-3."""
    digits = text[1:6].strip().replace(" ", "0") or "0"
    return float(f"{text[0].strip()}0.{digits}e{text[6:]}")


def _designator(text: str) -> str:
    """`98067A` to `1998-067A`; as written where it has another form."""
    match = DESIGNATOR.match(text.strip())
    if match is None:
        return text.strip()
    year = int(match["year"])
    return f"{year + (1900 if year >= PIVOT_YEAR else 2000)}-{match['launch'].replace(' ', '0')}{match['piece']}"


def _element_sets(records: list[_Record]) -> ElementSets:
    columns = list(zip(*records, strict=True))

    def floats(index: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        return frozen_array(np.array(columns[index], dtype=np.float64))

    def integers(index: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        return frozen_array(np.array(columns[index], dtype=np.int64))

    return ElementSets(
        norad_cat_id=integers(0),
        object_name=columns[1],
        object_id=columns[2],
        epoch=frozen_array(np.array(columns[3], dtype=np.int64).astype("datetime64[ns]")),
        mean_motion_rev_day=floats(4),
        eccentricity=floats(5),
        inclination_deg=floats(6),
        ra_of_asc_node_deg=floats(7),
        arg_of_pericenter_deg=floats(8),
        mean_anomaly_deg=floats(9),
        bstar=floats(10),
        mean_motion_dot=floats(11),
        mean_motion_ddot=floats(12),
        ephemeris_type=integers(13),
        classification=frozen_array(np.array(columns[14], dtype="U1")),
        element_set_no=integers(15),
        rev_at_epoch=integers(16),
    )
