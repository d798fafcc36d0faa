"""OEM in KVN (CCSDS 502.0-B-3 section 5 and 7.3 to 7.8, with the differences of issues 1 and 2)."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from ccsds.checks.oem import SegmentPlaces, check_header, check_oem, check_segment
from ccsds.limits import Limits
from ccsds.messages.oem import Oem, OemHeader, OemSegment
from ccsds.readers.characters import check_characters, check_line_lengths
from ccsds.readers.covariance_section import CovarianceSection
from ccsds.readers.data_line import DataLineReader
from ccsds.readers.ephemeris_block import read_state_block
from ccsds.readers.oem_segment import OpenSegment, build_segment
from ccsds.readers.section import Section
from ccsds.report import FindingLog
from ccsds.syntax.kvn import KvnLine, parse_line
from ccsds.syntax.lines import Lines
from ccsds.syntax.numbers import MAX_DIGITS, MAX_DIGITS_1_0
from ccsds.tables import oem as tables
from ccsds.tables.oem import normalised

__all__ = ["read_oem_kvn"]

VERSION = re.compile(r"[0-9]+\.[0-9]+\Z")
FIRST_BULK_LINES = 16
CHUNK_LINES = 4096
OPEN_METADATA = "Write META_START on a line of its own before OBJECT_NAME."
MARKERS = frozenset({"META_START", "META_STOP", "COVARIANCE_START", "COVARIANCE_STOP"})


def read_oem_kvn(data: bytes, log: FindingLog, limits: Limits) -> Oem | None:
    """Read and check an OEM; None where nothing of it is usable.

    Every finding goes to the log. Values that can't be read are dropped, and the log says that it is lossy.
    """
    lines = Lines(data)
    check_characters(lines, log)
    check_line_lengths(lines, log)
    return _OemReader(lines, log, limits).read()


class _OemReader:
    def __init__(self, lines: Lines, log: FindingLog, limits: Limits) -> None:
        self._lines = lines
        self._log = log
        self._limits = limits
        self._header = Section(tables.HEADER, "the OEM header", log)
        self._header_comments: list[str] = []
        self._version = ""
        self._data_lines = DataLineReader(lines, log)
        self._segments: list[OemSegment] = []
        self._places: list[SegmentPlaces] = []
        self._segment: OpenSegment | None = None
        self._in_covariance = False
        self._seen_segment = False
        self._reported_orphan = False
        self._reported_orphan_data = False
        self._other_lines = _lines_not_data(lines)

    def read(self) -> Oem | None:
        count = len(self._lines)
        index = line_by_line_until = 0
        while index < count:
            if index >= line_by_line_until:
                index, line_by_line_until = self._read_in_bulk(index)
                if index >= count:
                    break
            if not self._take_line(index):
                return None
            index += 1
        self._close_segment(count)
        return self._build()

    # -- data lines in bulk

    def _read_in_bulk(self, index: int) -> tuple[int, int]:
        """Read clean data lines from `index` on; returns the next line and up to where to go line by line."""
        segment = self._segment
        if segment is None or not segment.closed:
            return index, index
        if self._in_covariance and segment.covariance is not None:
            return segment.covariance.read_in_bulk(index)
        if segment.covariance is not None:
            return index, index
        while True:
            place = int(np.searchsorted(self._other_lines, index))
            stop = int(self._other_lines[place]) if place < self._other_lines.size else len(self._lines)
            stop = min(stop, index + CHUNK_LINES)
            if stop - index < FIRST_BULK_LINES:
                return index, index
            block = read_state_block(self._lines, index, stop, self._data_lines.max_digits)
            if block is None or (self._version == "1.0" and block.values.shape[1] > 6):
                return index, stop
            segment.rows.add_block(block)
            index = stop

    # -- one line

    def _take_line(self, index: int) -> bool:
        """Take one line; False stops the reading (a limit is exceeded)."""
        parsed = parse_line(self._lines.text(index))
        line = index + 1
        match parsed.kind:
            case "blank":
                pass
            case "comment":
                self._take_comment(parsed, line)
            case "marker":
                return self._take_marker(parsed, index)
            case "assignment":
                self._take_assignment(parsed, index)
            case "data":
                self._take_data(parsed, index)
            case _:
                self._take_other(parsed, line)
        return True

    def _take_comment(self, parsed: KvnLine, line: int) -> None:
        log = self._log
        if not parsed.spaced:
            log.add("SYN-015", "COMMENT is not followed by a blank", line=line, column=parsed.value_column)
        segment = self._segment
        if segment is None:
            if "CCSDS_OEM_VERS" not in self._header.entries:
                log.add("SYN-001/comment", "a comment stands before CCSDS_OEM_VERS", line=line, column=parsed.column)
            elif len(self._header.entries) > 1 and self._version != "1.0":
                message = "a header comment stands behind other header lines"
                log.add("COM-001", message, line=line, column=parsed.column)
            self._header_comments.append(parsed.value)
        elif not segment.closed:
            if segment.metadata.entries:
                message = "a comment stands between metadata lines"
                log.add("COM-002", message, line=line, column=parsed.column)
            segment.metadata_comments.append(parsed.value)
        elif segment.covariance is not None:
            if not segment.covariance.take_comment(parsed.value) or not self._in_covariance:
                log.add("COM-003", "a comment stands among covariance lines", line=line, column=parsed.column)
        else:
            if segment.rows.count:
                log.add("COM-003", "a comment stands between ephemeris lines", line=line, column=parsed.column)
            segment.comments.append(parsed.value)

    def _take_marker(self, parsed: KvnLine, index: int) -> bool:
        line, column, log, segment = index + 1, parsed.column, self._log, self._segment
        match parsed.keyword:
            case "META_START":
                if segment is not None and not segment.closed:
                    message = f"META_START again; the one on line {segment.start_line} has no META_STOP"
                    log.add("OEM-027", message, line=line, column=column)
                return self._open_segment(index)
            case "META_STOP":
                if segment is None or segment.closed:
                    log.add("OEM-027", "META_STOP without META_START", line=line, column=column)
                    if segment is None:
                        log.add("SYN-011", "META_START is missing", line=line, column=column, hint=OPEN_METADATA)
                else:
                    self._close_metadata(line)
            case "COVARIANCE_START":
                self._open_covariance(line, column)
            case "COVARIANCE_STOP":
                if not self._in_covariance or segment is None or segment.covariance is None:
                    log.add("OEM-032", "COVARIANCE_STOP without COVARIANCE_START", line=line, column=column)
                else:
                    segment.covariance.close_matrix(line)
                    self._in_covariance = False
            case _:
                self._take_other(parsed, line)
        return True

    def _take_other(self, parsed: KvnLine, line: int) -> None:
        hint = None
        first = parsed.value.partition(" ")[0]
        if first in tables.HEADER or first in tables.METADATA or first in {"EPOCH", "COV_REF_FRAME"}:
            hint = f"Write {first} = …"
        elif first in MARKERS:
            hint = f"{first} stands alone on its line."
        shown = parsed.value if len(parsed.value) <= 40 else parsed.value[:40] + "…"
        key = "OEM-027" if first in {"META_START", "META_STOP"} else "SYN-016"
        message = f"{shown!r} is no assignment, comment, marker or data line"
        self._log.drop(key, message, line=line, column=parsed.column, hint=hint)

    def _take_assignment(self, parsed: KvnLine, index: int) -> None:
        line, segment = index + 1, self._segment
        if segment is None:
            self._take_header(parsed, line)
        elif self._in_covariance and segment.covariance is not None:
            segment.covariance.take_assignment(parsed, index)
        elif segment.closed:
            if segment.metadata.keyword_of(parsed, line) == "EPOCH":
                self._log.add("OEM-032", "COVARIANCE_START is missing before EPOCH", line=line, column=parsed.column)
                self._in_covariance = True
                covariance = segment.covariance or self._covariance_section(segment)
                segment.covariance = covariance
                covariance.take_assignment(parsed, index)
            else:
                message = f"{parsed.keyword} stands among the ephemeris lines"
                hint = "Move it between META_START and META_STOP." if parsed.keyword in tables.METADATA else None
                self._log.drop("SYN-008", message, line=line, column=parsed.column, hint=hint)
        else:
            self._take_metadata(segment, parsed, line)

    def _take_header(self, parsed: KvnLine, line: int) -> None:
        header = self._header
        keyword = parsed.keyword
        if keyword in tables.METADATA and "CCSDS_OEM_VERS" in header.entries:
            if not self._reported_orphan:
                message = f"META_START is missing before {keyword}"
                self._log.drop("SYN-011", message, line=line, column=parsed.column, hint=OPEN_METADATA)
                self._reported_orphan = True
            return
        if not header.entries and keyword != "CCSDS_OEM_VERS":
            message = f"{keyword} stands before CCSDS_OEM_VERS"
            self._log.add("SYN-001", message, line=line, column=parsed.column)
        if keyword in {"CLASSIFICATION", "MESSAGE_ID"} and self._version in {"1.0", "2.0"}:
            message = f"{keyword} is not a keyword of version {self._version}"
            self._log.add("VER-003", message, line=line, column=parsed.column)
        header.assign(parsed, line)
        if keyword == "CCSDS_OEM_VERS":
            self._take_version(parsed, line)

    def _take_version(self, parsed: KvnLine, line: int) -> None:
        version = parsed.value
        self._version = version
        if version not in tables.VERSIONS:
            form = "" if VERSION.match(version) else ", and is not written x.y"
            message = f"{version!r} is no version of the OEM{form}: {', '.join(tables.VERSIONS)} are"
            self._log.add("VER-004", message, line=line, column=parsed.value_column)
        self._data_lines.max_digits = MAX_DIGITS_1_0 if version == "1.0" else MAX_DIGITS
        self._data_lines.accelerations = version != "1.0"
        self._data_lines.julian_dates = version == "1.0"

    def _take_metadata(self, segment: OpenSegment, parsed: KvnLine, line: int) -> None:
        keyword = parsed.keyword
        if keyword == "REF_FRAME_EPOCH" and self._version == "1.0":
            message = "REF_FRAME_EPOCH is not a keyword of version 1.0"
            self._log.add("VER-001", message, line=line, column=parsed.column)
        if keyword in {"EPOCH", "COV_REF_FRAME"}:
            self._log.drop("OEM-032", f"{keyword} stands in the metadata", line=line, column=parsed.column)
            return
        segment.metadata.assign(parsed, line)
        if keyword == "TIME_SYSTEM":
            segment.time_system = normalised(parsed.value)

    def _take_data(self, parsed: KvnLine, index: int) -> None:
        segment = self._segment
        line = index + 1
        if segment is None:
            if not self._reported_orphan_data:
                self._log.drop("OEM-027", "data lines stand before META_START", line=line, column=parsed.column)
            self._reported_orphan_data = True
        elif self._in_covariance and segment.covariance is not None:
            segment.covariance.take_row(parsed, index)
        else:
            if not segment.closed:
                message = f"a data line follows, but the META_START on line {segment.start_line} has no META_STOP"
                self._log.add("OEM-027", message, line=line, column=parsed.column)
                self._close_metadata(line)
            if segment.covariance is not None:
                message = "an ephemeris line stands behind the covariance section"
                self._log.drop("OEM-032", message, line=line, column=parsed.column)
                return
            self._data_lines.take(parsed, index, segment.rows, utc=segment.time_system == "UTC")

    # -- sections

    def _open_segment(self, index: int) -> bool:
        self._close_segment(index)
        if len(self._segments) >= self._limits.max_segments:
            message = f"more than {self._limits.max_segments} segments"
            self._log.drop("SYN-017", message, line=index + 1)
            return False
        metadata = Section(tables.METADATA, "the metadata", self._log, julian_dates=self._version == "1.0")
        metadata.last_line = index + 1
        self._segment = OpenSegment(metadata, index + 1)
        self._seen_segment = True
        self._in_covariance = False
        return True

    def _close_metadata(self, line: int) -> None:
        segment = self._segment
        if segment is not None:
            segment.closed = True
            segment.metadata.last_line = line
            segment.metadata.require()

    def _open_covariance(self, line: int, column: int) -> None:
        segment = self._segment
        if segment is None or not segment.closed:
            self._log.drop("OEM-032", "COVARIANCE_START stands before the ephemeris lines", line=line, column=column)
            return
        if self._in_covariance:
            self._log.add("OEM-032", "COVARIANCE_START again, without COVARIANCE_STOP", line=line, column=column)
        elif segment.covariance is not None:
            self._log.add("OEM-032", "a second covariance section in one segment", line=line, column=column)
        if self._version == "1.0":
            self._log.add("VER-002", "covariances are not part of version 1.0", line=line, column=column)
        if segment.covariance is None:
            segment.covariance = self._covariance_section(segment)
        self._in_covariance = True

    def _covariance_section(self, segment: OpenSegment) -> CovarianceSection:
        utc = segment.time_system == "UTC"
        return CovarianceSection(self._lines, self._log, self._data_lines.max_digits, utc=utc)

    def _close_segment(self, index: int) -> None:
        segment, self._segment = self._segment, None
        if segment is None:
            return
        if not segment.closed:
            self._log.add("OEM-027", "META_STOP is missing", line=segment.start_line)
            segment.metadata.require()
        if self._in_covariance:
            self._log.add("OEM-032", "COVARIANCE_STOP is missing", line=index)
            if segment.covariance is not None:
                segment.covariance.close_matrix(index)
        self._in_covariance = False
        segment.rows.flush()
        built, places = build_segment(segment, self._lines)
        built = check_segment(segment.metadata, built, places, self._log, self._version)
        if built is not None:
            self._segments.append(built)
            self._places.append(places)

    def _build(self) -> Oem | None:
        header = self._header
        if not self._seen_segment:
            self._log.add("OEM-026", "the OEM has no segment", line=len(self._lines) or None)
            header.require()
        else:
            header.last_line = self._header_end()
            header.require()
        creation = header.time("CREATION_DATE")
        check_header(header, self._log, self._version)
        if not self._segments:
            return None
        check_oem(self._segments, self._places, self._log)
        return Oem(
            header=OemHeader(
                version=self._version,
                creation_date=creation if creation is not None else np.datetime64("NaT", "ns"),
                creation_date_text=header.text("CREATION_DATE"),
                originator=header.text("ORIGINATOR") or "",
                comments=tuple(self._header_comments),
                classification=header.text("CLASSIFICATION"),
                message_id=header.text("MESSAGE_ID"),
            ),
            segments=tuple(self._segments),
        )

    def _header_end(self) -> int:
        return max((entry.line for entry in self._header.entries.values()), default=1)


def _lines_not_data(lines: Lines) -> npt.NDArray[np.int64]:
    """Indexes of the lines that begin with neither a digit nor a blank and are not empty."""
    if not len(lines):
        return np.empty(0, dtype=np.int64)
    filled = lines.ends > lines.starts
    first = lines.characters[np.where(filled, lines.starts, 0)]
    is_data = ((first >= ord("0")) & (first <= ord("9"))) | (first == ord(" "))
    return np.flatnonzero(filled & ~is_data)
