"""CDM in KVN (CCSDS 508.0-B-1 sections 3 and 6)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ccsds.checks.cdm import CdmPlaces, check_cdm, check_section_values
from ccsds.limits import Limits
from ccsds.messages.cdm import (
    Cdm,
    CdmAdditional,
    CdmHeader,
    CdmMetadata,
    CdmObject,
    CdmOrbitDetermination,
    CdmRelative,
)
from ccsds.messages.value import frozen_array
from ccsds.readers.characters import check_characters, check_line_lengths
from ccsds.readers.section import Section
from ccsds.report import FindingLog
from ccsds.syntax.kvn import KvnLine, parse_line
from ccsds.syntax.lines import Lines
from ccsds.tables import cdm as tables
from ccsds.tables.keyword import KeywordTable

__all__ = ["read_cdm_kvn"]

SPACE_TRACK_FIRST = frozenset({"CONSTELLATION", "CDM_ID", "FILENAME", "INSERT_EPOCH", "GID"})
SIZE, FULL_SIZE = 6, 9
TIME_FIELDS = frozenset({"TIME_LASTOB_START", "TIME_LASTOB_END"})
COUNT_FIELDS = frozenset({"OBS_AVAILABLE", "OBS_USED", "TRACKS_AVAILABLE", "TRACKS_USED"})


def read_cdm_kvn(data: bytes, log: FindingLog, limits: Limits) -> Cdm | None:  # noqa: ARG001
    """Read and check a CDM; None where it lacks what a conjunction needs.

    Every finding goes to the log. Values that can't be read are dropped, and the log says that it is lossy.
    """
    lines = Lines(data)
    check_characters(lines, log)
    check_line_lengths(lines, log)
    return _CdmReader(lines, log).read()


@dataclass
class _Part:
    """The relative part, or one object: its section, and the comments before each block."""

    section: Section
    comments: dict[str, list[str]] = field(default_factory=dict)


class _CdmReader:
    def __init__(self, lines: Lines, log: FindingLog) -> None:
        self._lines = lines
        self._log = log
        self._relative = _Part(self._section(tables.RELATIVE, "the CDM's header and relative part"))
        self._objects: list[_Part] = []
        self._pending: list[tuple[str, int, int]] = []
        self._last_block = ""
        self._last_keyword = ""
        self._version = ""

    def _section(self, table: KeywordTable, title: str) -> Section:
        return Section(table, title, self._log, units_shown=True, unknown_key="SYN-008/cdm")

    def read(self) -> Cdm | None:
        for line, text in enumerate(self._lines.texts(), start=1):
            parsed = parse_line(text)
            match parsed.kind:
                case "blank":
                    pass
                case "comment":
                    self._take_comment(parsed, line)
                case "assignment":
                    self._take_assignment(parsed, line)
                case _:
                    shown = parsed.value if len(parsed.value) <= 40 else parsed.value[:40] + "…"
                    message = f"{shown!r} is no assignment and no comment"
                    self._log.drop("SYN-016", message, line=line, column=parsed.column)
        self._attach_comments("", "")
        return self._build()

    def _take_comment(self, parsed: KvnLine, line: int) -> None:
        if not parsed.spaced:
            message = "COMMENT is not followed by a blank"
            self._log.add("SYN-015", message, line=line, column=parsed.value_column)
        if not self._last_keyword:
            message = "a comment stands before CCSDS_CDM_VERS"
            self._log.add("SYN-001/comment", message, line=line, column=parsed.column)
        self._pending.append((parsed.value, line, parsed.column))

    def _take_assignment(self, parsed: KvnLine, line: int) -> None:
        keyword = parsed.keyword
        part = self._objects[-1] if self._objects else self._relative
        if not self._relative.section.entries and keyword != "CCSDS_CDM_VERS":
            if keyword in SPACE_TRACK_FIRST:
                message = f"{keyword} stands before CCSDS_CDM_VERS"
                self._log.add("SYN-001/space-track", message, line=line, column=parsed.column)
                part.section.unknown.append((keyword, parsed.value))
                return
            if not self._last_keyword:
                message = f"{keyword} stands before CCSDS_CDM_VERS"
                self._log.add("SYN-001", message, line=line, column=parsed.column)
        if keyword == "OBJECT":
            part = self._open_object(line)
        row = part.section.assign(parsed, line)
        if keyword == "CCSDS_CDM_VERS" and not self._version:
            self._take_version(parsed, line)
        self._attach_comments("" if row is None else row.block, keyword)
        if row is not None:
            self._last_block = row.block
        self._last_keyword = keyword

    def _open_object(self, line: int) -> _Part:
        if not self._objects:
            self._relative.section.last_line = line
        part = _Part(self._section(tables.OBJECT, f"object {len(self._objects) + 1}"))
        self._objects.append(part)
        self._last_block = ""
        return part

    def _take_version(self, parsed: KvnLine, line: int) -> None:
        self._version = parsed.value
        if parsed.value == "1.0":
            return
        key = "VER-004/cdm-2" if parsed.value == "2.0" else "VER-004"
        message = f"{parsed.value!r} is no version of the CDM that this library reads: 1.0 is"
        self._log.add(key, message, line=line, column=parsed.value_column)

    def _attach_comments(self, block: str, keyword: str) -> None:
        """Give the comments read so far to the block of the keyword that follows them."""
        if not self._pending:
            return
        block = block or self._last_block
        inside = block == self._last_block and bool(keyword)
        right_below_version = block == "header" and self._last_keyword == "CCSDS_CDM_VERS"
        part = self._objects[-1] if self._objects else self._relative
        for text, line, column in self._pending:
            if inside and not right_below_version:
                message = f"a comment stands inside a block, before {keyword}"
                self._log.add("COM-004", message, line=line, column=column)
            part.comments.setdefault(block, []).append(text)
        self._pending = []

    # -- building

    def _build(self) -> Cdm | None:
        log, relative = self._log, self._relative.section
        relative.require()
        end = len(self._lines) or None
        if len(self._objects) != 2:
            log.drop("CDM-010", f"the CDM is about {len(self._objects)} objects", line=end)
        for index, part in enumerate(self._objects[:2]):
            entry = part.section.entries["OBJECT"]
            if entry.value.upper() != f"OBJECT{index + 1}":
                message = f"{entry.value} stands where OBJECT{index + 1} must"
                log.add("CDM-011", message, line=entry.line, column=entry.column)
        for part in (self._relative, *self._objects):
            check_section_values(part.section, log)
        header, data = self._build_header(), self._build_relative()
        objects = [_ObjectBuilder(part.section, part.comments, log).build() for part in self._objects[:2]]
        if header is None or data is None or len(objects) != 2:
            return None
        first, second = objects
        if first is None or second is None:
            return None
        cdm = Cdm(
            header=header,
            relative=data,
            objects=(first, second),
            extensions=tuple(relative.unknown),
        )
        check_cdm(cdm, CdmPlaces(relative, [part.section for part in self._objects[:2]]), log)
        return cdm

    def _build_header(self) -> CdmHeader | None:
        section = self._relative.section
        creation = section.time("CREATION_DATE")
        return CdmHeader(
            version=section.text("CCSDS_CDM_VERS") or "",
            creation_date=creation if creation is not None else np.datetime64("NaT", "ns"),
            originator=section.text("ORIGINATOR") or "",
            message_for=section.text("MESSAGE_FOR"),
            message_id=section.text("MESSAGE_ID") or "",
            comments=tuple(self._relative.comments.get("header", ())),
        )

    def _build_relative(self) -> CdmRelative | None:
        section = self._relative.section
        tca, miss = section.time("TCA"), section.number("MISS_DISTANCE")
        position = _vector(section, *(f"RELATIVE_POSITION_{axis}" for axis in "RTN"))
        velocity = _vector(section, *(f"RELATIVE_VELOCITY_{axis}" for axis in "RTN"))
        rest = CdmRelative(
            tca=tca if tca is not None else np.datetime64("NaT", "ns"),
            miss_distance_m=miss if miss is not None else float("nan"),
            relative_speed_m_s=section.number("RELATIVE_SPEED"),
            relative_position_rtn_m=position,
            relative_velocity_rtn_m_s=velocity,
            start_screen_period=section.time("START_SCREEN_PERIOD"),
            stop_screen_period=section.time("STOP_SCREEN_PERIOD"),
            screen_volume_frame=section.text("SCREEN_VOLUME_FRAME"),
            screen_volume_shape=section.text("SCREEN_VOLUME_SHAPE"),
            screen_volume_x_m=section.number("SCREEN_VOLUME_X"),
            screen_volume_y_m=section.number("SCREEN_VOLUME_Y"),
            screen_volume_z_m=section.number("SCREEN_VOLUME_Z"),
            screen_entry_time=section.time("SCREEN_ENTRY_TIME"),
            screen_exit_time=section.time("SCREEN_EXIT_TIME"),
            collision_probability=section.number("COLLISION_PROBABILITY"),
            collision_probability_method=section.text("COLLISION_PROBABILITY_METHOD"),
            comments=tuple(self._relative.comments.get("relative", ())),
        )
        return None if tca is None or miss is None else rest


def _vector(section: Section, *names: str) -> npt.NDArray[np.float64] | None:
    values = [section.number(name) for name in names]
    whole = [value for value in values if value is not None]
    return frozen_array(np.array(whole)) if len(whole) == len(values) else None


class _ObjectBuilder:
    def __init__(self, section: Section, comments: dict[str, list[str]], log: FindingLog) -> None:
        self._section = section
        self._comments = comments
        self._log = log

    def build(self) -> CdmObject | None:
        section = self._section
        section.require(
            *(row.name for row in tables.OBJECT.values() if row.obligation == "M" and row.block != "covariance")
        )
        metadata = {
            row.name.lower(): text
            for row in tables.OBJECT.values()
            if row.block == "metadata" and row.name != "OBJECT" and (text := section.text(row.name)) is not None
        }
        for name in ("object_designator", "object_name"):
            metadata.setdefault(name, "")
        position, velocity = _vector(section, "X", "Y", "Z"), _vector(section, "X_DOT", "Y_DOT", "Z_DOT")
        covariance = self._covariance()
        od = {name.lower(): self._od_value(name) for name in self._names("od")}
        additional = {name.lower(): section.number(name) for name in self._names("additional")}
        if position is None or velocity is None:
            return None
        return CdmObject(
            metadata=CdmMetadata(**metadata, comments=self._of("metadata")),
            od=CdmOrbitDetermination(**od, comments=self._of("od")),  # type: ignore[arg-type]
            additional=CdmAdditional(**additional, comments=self._of("additional")),
            position_km=position,
            velocity_km_s=velocity,
            state_comments=self._of("state"),
            covariance_rtn_m2=covariance,
            covariance_comments=self._of("covariance"),
            extensions=tuple(section.unknown),
        )

    def _of(self, block: str) -> tuple[str, ...]:
        return tuple(self._comments.get(block, ()))

    def _names(self, block: str) -> list[str]:
        return [row.name for row in tables.OBJECT.values() if row.block == block and row.name in self._section.entries]

    def _od_value(self, name: str) -> np.datetime64 | int | float | None:
        if name in TIME_FIELDS:
            return self._section.time(name)
        return self._section.integer(name) if name in COUNT_FIELDS else self._section.number(name)

    def _covariance(self) -> npt.NDArray[np.float64] | None:
        """The matrix, (6, 6) or (9, 9); None, with findings, where its 21 mandatory elements are not all there."""
        section, log = self._section, self._log
        present = section.entries
        mandatory = [name for name, row, _ in tables.COVARIANCE_ELEMENTS if row < SIZE]
        missing = [name for name in mandatory if name not in present]
        if missing:
            if len(missing) == len(mandatory):
                log.add("SYN-011/covariance", f"the covariance is missing from {section.title}", line=section.last_line)
            else:
                message = f"{', '.join(missing)} missing from the covariance of {section.title}"
                log.drop("CDM-020/incomplete", message, line=section.last_line)
            return None
        matrix = np.full((FULL_SIZE, FULL_SIZE), np.nan)
        for name, row, column in tables.COVARIANCE_ELEMENTS:
            if name in present:
                value = section.number(name)
                matrix[row, column] = matrix[column, row] = np.nan if value is None else value
        given = self._rows_given()
        for row in range(SIZE, FULL_SIZE):
            if row not in given:
                matrix[row, :] = matrix[:, row] = np.nan
        if np.isnan(matrix[:SIZE, :SIZE]).any():
            return None
        return frozen_array(matrix if given else matrix[:SIZE, :SIZE].copy())

    def _rows_given(self) -> set[int]:
        """Which of rows 7 to 9 are given whole (CDM-020)."""
        given: set[int] = set()
        for row in range(SIZE, FULL_SIZE):
            names = [name for name, r, _ in tables.COVARIANCE_ELEMENTS if r == row]
            there = [name for name in names if name in self._section.entries]
            if not there:
                continue
            entry = self._section.entries[there[0]]
            if len(there) < len(names):
                missing = ", ".join(name for name in names if name not in there)
                message = f"row {row + 1} of the covariance is incomplete: {missing} missing"
                self._log.add("CDM-020", message, line=entry.line)
            elif row > SIZE and row - 1 not in given:
                message = f"row {row + 1} of the covariance is given, row {row} is not"
                self._log.add("CDM-020", message, line=entry.line)
            else:
                given.add(row)
        return given
