"""OMM records to element sets, column by column: the texts of one keyword over all records are judged together.

What CSV and JSON leave out (centre, frame, time system, theory) has the value that an OMM of a catalogue has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ccsds.messages.element_sets import ElementSets
from ccsds.messages.value import frozen_array
from ccsds.readers.section import NOT_A_VALUE, NUMBER_MESSAGES
from ccsds.report import FindingLog
from ccsds.syntax.numbers import DIGITS_TO_ZERO, number_hint, number_problem, read_integer, shape_problem
from ccsds.syntax.times import read_time, read_uniform_times
from ccsds.tables import omm as tables
from ccsds.tables.oem import normalised

__all__ = ["KEYWORDS", "Place", "Records", "element_sets"]

NORAD_CAT_ID = re.compile(r"\+?[0-9]{1,9}\Z")
SGP4_XP = "4"
CLASSIFICATIONS = frozenset("UCS")
EPHEMERIS_TYPES = frozenset({"0", "2", "3", "4", "6"})
FIXED = (
    ("REF_FRAME", "OMM-015", "TEME"),
    ("TIME_SYSTEM", "OMM-016", "UTC"),
    ("CENTER_NAME", "OMM-017", "EARTH"),
)
MANDATORY = ("MEAN_MOTION", "ECCENTRICITY", "INCLINATION", "RA_OF_ASC_NODE", "ARG_OF_PERICENTER", "MEAN_ANOMALY")
OPTIONAL = ("BSTAR", "MEAN_MOTION_DOT", "MEAN_MOTION_DDOT")
INTEGERS = ("EPHEMERIS_TYPE", "ELEMENT_SET_NO", "REV_AT_EPOCH")
TEXTS = ("OBJECT_NAME", "OBJECT_ID", "NORAD_CAT_ID", "EPOCH", "CLASSIFICATION_TYPE", "MEAN_ELEMENT_THEORY")
KEYWORDS = frozenset({*MANDATORY, *OPTIONAL, *INTEGERS, *TEXTS, *(keyword for keyword, _, _ in FIXED)})
"""What is read of a record; its other keywords need no column, and may be as many as there are records."""
RANGES = {
    "ECCENTRICITY": (0.0, np.inf),
    "INCLINATION": (0.0, 180.0),
    "RA_OF_ASC_NODE": (-360.0, 360.0),
    "ARG_OF_PERICENTER": (-360.0, 360.0),
    "MEAN_ANOMALY": (-360.0, 360.0),
}


class Place(NamedTuple):
    """Where a value stands: line and column, or a path."""

    line: int | None
    column: int | None = None
    path: str | None = None


@dataclass
class Records:
    """The texts of OMM records, by keyword.

    Attributes
    ----------
    count
        How many records there are.
    columns
        Keyword to its text in each record; empty text where the record has none.
    place
        Tells where a keyword of a record stands.
    judge_forms
        Whether numbers are to be written as CCSDS wants them (XML), or as the container allows (CSV, JSON).
    judge_presence
        Whether what is given together is to be judged here; KVN does so with its lines.
    refused
        Records that are already refused.
    """

    count: int
    columns: Mapping[str, Sequence[str]]
    place: Callable[[int, str], Place]
    judge_forms: bool = False
    judge_presence: bool = True
    refused: set[int] = field(default_factory=set)


def element_sets(records: Records, log: FindingLog) -> ElementSets | None:
    """Build element sets; a record that can't be used is refused with its finding. None where none is usable."""
    return _Builder(records, log).build()


class _Builder:
    def __init__(self, records: Records, log: FindingLog) -> None:
        self._records = records
        self._log = log
        self._kept = np.ones(records.count, dtype=bool)
        for row in records.refused:
            self._kept[row] = False

    def _column(self, keyword: str) -> Sequence[str]:
        return self._records.columns.get(keyword) or [""] * self._records.count

    def _refuse(self, row: int, key: str, keyword: str, message: str, hint: str | None = None) -> None:
        if self._kept[row]:
            self._kept[row] = False
            self._log.lossy = True
            self._add(row, key, keyword, message, hint)

    def _add(self, row: int, key: str, keyword: str, message: str, hint: str | None = None) -> None:
        place = self._records.place(row, keyword)
        self._log.add(key, message, line=place.line, column=place.column, path=place.path, hint=hint)

    def build(self) -> ElementSets | None:
        numbers = self._norad_cat_ids()
        self._check_texts()
        epochs = self._epochs()
        values = {keyword: self._numbers(keyword, mandatory=True) for keyword in MANDATORY}
        values |= {keyword: self._numbers(keyword, mandatory=False) for keyword in OPTIONAL}
        self._check_ranges(values)
        integers = {keyword: self._integers(keyword) for keyword in INTEGERS}
        kept = self._kept
        if not kept.any():
            return None
        rows = np.flatnonzero(kept).tolist()

        def texts(keyword: str) -> tuple[str, ...]:
            column = self._column(keyword)
            return tuple(column[row] for row in rows)

        def floats(keyword: str) -> npt.NDArray[np.float64]:
            return frozen_array(values[keyword][kept])

        return ElementSets(
            norad_cat_id=frozen_array(numbers[kept]),
            object_name=texts("OBJECT_NAME"),
            object_id=texts("OBJECT_ID"),
            epoch=frozen_array(epochs[kept]),
            mean_motion_rev_day=floats("MEAN_MOTION"),
            eccentricity=floats("ECCENTRICITY"),
            inclination_deg=floats("INCLINATION"),
            ra_of_asc_node_deg=floats("RA_OF_ASC_NODE"),
            arg_of_pericenter_deg=floats("ARG_OF_PERICENTER"),
            mean_anomaly_deg=floats("MEAN_ANOMALY"),
            bstar=floats("BSTAR"),
            mean_motion_dot=floats("MEAN_MOTION_DOT"),
            mean_motion_ddot=floats("MEAN_MOTION_DDOT"),
            ephemeris_type=frozen_array(integers["EPHEMERIS_TYPE"][kept]),
            classification=frozen_array(np.array([text or "U" for text in texts("CLASSIFICATION_TYPE")], dtype="U1")),
            element_set_no=frozen_array(integers["ELEMENT_SET_NO"][kept]),
            rev_at_epoch=frozen_array(integers["REV_AT_EPOCH"][kept]),
        )

    def _norad_cat_ids(self) -> npt.NDArray[np.int64]:
        numbers = np.zeros(self._records.count, dtype=np.int64)
        for row, text in enumerate(self._column("NORAD_CAT_ID")):
            if NORAD_CAT_ID.match(text):
                numbers[row] = int(text)
            elif text:
                self._refuse(row, "OMM-020", "NORAD_CAT_ID", f"{text!r} is no integer of up to nine digits")
            else:
                self._refuse(row, "OMM-013", "NORAD_CAT_ID", "NORAD_CAT_ID is missing")
        return numbers

    def _check_texts(self) -> None:
        theories = self._column("MEAN_ELEMENT_THEORY")
        for theory in set(theories):
            if theory and normalised(theory) not in tables.SGP_THEORIES:
                for row in _where(theories, theory):
                    self._refuse(
                        row, "OMM-027", "MEAN_ELEMENT_THEORY", f"elements of {theory} are recognised, not supported"
                    )
        types = self._column("EPHEMERIS_TYPE")
        for row in _where(types, SGP4_XP):
            self._refuse(row, "OMM-027", "EPHEMERIS_TYPE", "ephemeris type 4 is SGP4-XP: recognised, not supported")
        for keyword, allowed in (("EPHEMERIS_TYPE", EPHEMERIS_TYPES), ("CLASSIFICATION_TYPE", CLASSIFICATIONS)):
            column = self._column(keyword)
            for text in set(column) - allowed - {""}:
                for row in _where(column, text):
                    self._refuse(row, "OMM-022", keyword, f"{keyword} is {text!r}")
        for keyword, key, value in FIXED:
            column = self._column(keyword)
            for text in set(column):
                if text and normalised(text) != value:
                    for row in _where(column, text):
                        self._refuse(row, key, keyword, f"{keyword} is {text}; SGP4 elements are in {value}")

    def _epochs(self) -> npt.NDArray[np.datetime64]:
        texts = self._column("EPOCH")
        epochs = np.zeros(len(texts), dtype="datetime64[ns]")
        rows_of: dict[str, list[int]] = {}
        for row, text in enumerate(texts):
            rows_of.setdefault(text.translate(DIGITS_TO_ZERO), []).append(row)
        for shape, rows in rows_of.items():
            if not shape:
                for row in rows:
                    self._refuse(row, "SYN-011", "EPOCH", "EPOCH is missing")
                continue
            read = None
            if shape.isascii():
                joined = "".join([texts[row] for row in rows]).encode("ascii")
                starts = np.arange(len(rows), dtype=np.int64) * len(shape)
                read = read_uniform_times(np.frombuffer(joined, dtype=np.uint8), starts, shape)
            if read is not None:
                epochs[rows] = read
                continue
            for row in rows:
                reading = read_time(texts[row])
                if reading.ns is None:
                    self._refuse(row, reading.problem or "TIM-001", "EPOCH", f"EPOCH: {reading.message}")
                else:
                    epochs[row] = reading.epoch
        return epochs

    def _numbers(self, keyword: str, *, mandatory: bool) -> npt.NDArray[np.float64]:
        texts = self._column(keyword)
        shapes = [text.translate(DIGITS_TO_ZERO) for text in texts]
        problems = {shape: shape_problem(shape) for shape in set(shapes)}
        suspect = {shape for shape, problem in problems.items() if problem in NOT_A_VALUE}
        if self._records.judge_forms:
            self._report_forms(keyword, texts, [problems[shape] for shape in shapes])
        sound = list(texts)
        for row, shape in enumerate(shapes):
            if shape in suspect:
                sound[row] = "0"
                if shape:
                    self._refuse_number(row, keyword, texts[row])
                elif mandatory:
                    self._refuse(row, "SYN-011", keyword, f"{keyword} is missing")
        values = np.array(list(map(float, sound)), dtype=np.float64)
        for row in np.flatnonzero(~np.isfinite(values)).tolist():
            self._refuse_number(row, keyword, texts[row])
        if keyword == "BSTAR" and self._records.judge_presence and "" in set(texts):
            for row in _where(texts, ""):
                if self._kept[row]:
                    self._add(row, "OMM-012", keyword, "BSTAR is missing and reads as 0")
        return values

    def _report_forms(self, keyword: str, texts: Sequence[str], problems: list[str | None]) -> None:
        for problem in set(problems) - NOT_A_VALUE - {None}:
            row, count = problems.index(problem), problems.count(problem)
            more = f" ({count} records)" if count > 1 else ""
            key = str(problem)
            self._add(row, key, keyword, f"{keyword}: {texts[row]!r} {NUMBER_MESSAGES[key]}{more}")

    def _refuse_number(self, row: int, keyword: str, text: str) -> None:
        _, problem = number_problem(text)
        key = problem or "VAL-003"
        self._refuse(row, key, keyword, f"{keyword}: {text!r} {NUMBER_MESSAGES[key]}", number_hint(text))

    def _check_ranges(self, values: Mapping[str, npt.NDArray[np.float64]]) -> None:
        for row in np.flatnonzero(values["MEAN_MOTION"] <= 0.0).tolist():
            self._refuse(row, "OMM-019", "MEAN_MOTION", f"MEAN_MOTION is {values['MEAN_MOTION'][row]}")
        for keyword, (low, high) in RANGES.items():
            column = values[keyword]
            for row in np.flatnonzero((column < low) | (column > high)).tolist():
                self._refuse(row, "OMM-019", keyword, f"{keyword} is {column[row]}")
        for row in np.flatnonzero((values["ECCENTRICITY"] >= 1.0) & self._kept).tolist():
            self._add(row, "OMM-018", "ECCENTRICITY", f"ECCENTRICITY is {values['ECCENTRICITY'][row]}")

    def _integers(self, keyword: str) -> npt.NDArray[np.int64]:
        texts = self._column(keyword)
        values = np.zeros(len(texts), dtype=np.int64)
        for row, text in enumerate(texts):
            if not text:
                continue
            value = read_integer(text)
            if value is None:
                self._refuse(row, "VAL-001", keyword, f"{keyword}: {text!r} is not an integer of 32 bits")
            else:
                values[row] = value
        return values


def _where(column: Sequence[str], text: str) -> list[int]:
    return [row for row, other in enumerate(column) if other == text]
