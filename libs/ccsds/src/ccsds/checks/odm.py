"""Checks that OPM and OMM share: texts, frames, times, ranges, covariance (CCSDS 502.0-B-3 sections 3, 4, 7)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ccsds.checks.covariance import first_negative_variance, first_not_positive
from ccsds.checks.frames import check_frame, check_frame_names
from ccsds.checks.section_texts import check_case
from ccsds.messages.orbit_parts import StateCovariance
from ccsds.readers.odm_statements import OdmStatements
from ccsds.readers.section import Section
from ccsds.report import FindingLog
from ccsds.tables import oem as oem_tables
from ccsds.tables.state_covariance import COVARIANCE_ELEMENTS

__all__ = ["add_at", "check_covariance", "check_last", "check_ranges", "check_texts"]

CASED_2_0 = ("ORIGINATOR", "OBJECT_NAME", "OBJECT_ID", "CENTER_NAME", "REF_FRAME", "TIME_SYSTEM", "COV_REF_FRAME")
CASED_3_0 = ("CENTER_NAME", "REF_FRAME", "TIME_SYSTEM", "COV_REF_FRAME")
SPACECRAFT = ("SOLAR_RAD_AREA", "SOLAR_RAD_COEFF", "DRAG_AREA", "DRAG_COEFF")
NO_LINES = np.empty(0, dtype=np.int64)
FULL_TURN = 360.0
FULL_TURN_KEYS = {"VAL-008": "VAL-008/full-turn", "OMM-019": "OMM-019/full-turn"}
FORCES = (("SOLAR_RAD_COEFF", "solar radiation pressure"), ("DRAG_COEFF", "drag"))


def add_at(log: FindingLog, key: str, section: Section, keyword: str, message: str, hint: str | None = None) -> None:
    """Report a finding where a keyword stands, or at the end of its section where it is missing."""
    entry = section.entries.get(keyword)
    if entry is None:
        log.add(key, message, line=section.last_line or None, hint=hint)
    else:
        log.add(key, message, line=entry.line, column=entry.column, hint=hint)


def check_texts(statements: OdmStatements, log: FindingLog) -> None:
    """VAL-006, TIM-009, OEM-041 to 043: case of texts, names of frames and time systems, the designator."""
    section = statements.section
    if statements.version != "1.0":
        check_case(section, CASED_3_0 if statements.version == "3.0" else CASED_2_0, log)
    check_frame_names(section, None, NO_LINES, log)
    frame = section.entries.get("COV_REF_FRAME")
    if frame is not None and frame.value:
        check_frame(frame.value, oem_tables.COVARIANCE_FRAMES, "COV_REF_FRAME", frame.line, frame.column, log)


def check_last(statements: OdmStatements, log: FindingLog) -> None:
    """OPM-028: user-defined parameters are the last block."""
    early = [entry for entry in statements.user_defined if entry.line < statements.last_statement_line]
    if early:
        more = f"; {len(early)} such parameters" if len(early) > 1 else ""
        message = f"USER_DEFINED_{early[0].name} stands before other blocks{more}"
        log.add("OPM-028", message, line=early[0].line, column=1)


def check_ranges(section: Section, ranges: Mapping[str, tuple[float, float, str]], log: FindingLog) -> None:
    """Report numbers outside of the range of their keyword; a range is (low, high, rule key)."""
    for keyword, (low, high, key) in ranges.items():
        value = section.peek(keyword)
        if value is not None and value == high == FULL_TURN:
            add_at(log, FULL_TURN_KEYS[key], section, keyword, f"{keyword} is 360; the range ends below it")
        elif value is not None and not low <= value <= high:
            add_at(log, key, section, keyword, f"{keyword} is {value:.15g}")
    for keyword in SPACECRAFT:
        value = section.peek(keyword)
        if value is not None and value < 0.0:
            add_at(log, "VAL-008", section, keyword, f"{keyword} is negative")
    for keyword, force in FORCES:
        if section.peek(keyword) == 0.0:
            add_at(log, "OPM-027", section, keyword, f"{keyword} is 0: {force} is not modelled")


def check_covariance(covariance: StateCovariance | None, section: Section, key: str, log: FindingLog) -> None:
    """Report negative variances, and a matrix that is not positive semi-definite."""
    if covariance is None or not log.weighs(key):
        return
    matrices = covariance.matrix[None]
    negative = first_negative_variance(matrices)
    if negative is not None:
        keyword = next(name for name, row, column in COVARIANCE_ELEMENTS if row == column == negative[1])
        add_at(log, key, section, keyword, f"the variance {keyword} is negative")
    elif first_not_positive(matrices) is not None:
        add_at(log, key, section, "CX_X", "the covariance is not positive semi-definite")
