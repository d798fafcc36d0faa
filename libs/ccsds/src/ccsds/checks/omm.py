"""Checks of an OMM beyond single values (CCSDS 502.0-B-3 4.2)."""

from __future__ import annotations

import math
from functools import partial

from ccsds.checks.odm import add_at, check_covariance, check_last, check_ranges, check_texts
from ccsds.checks.section_texts import check_times
from ccsds.messages.omm import Omm
from ccsds.readers.odm_statements import OdmStatements
from ccsds.readers.section import Section
from ccsds.report import FindingLog
from ccsds.tables import omm as tables
from ccsds.tables.bodies import BODIES
from ccsds.tables.oem import normalised

__all__ = ["check_omm", "check_omm_message", "check_omm_texts"]

SGP4_XP = "SGP4-XP"
DERIVATIVES_DEMANDED = frozenset({"SGP", "PPT3"})
NOT_NEGATIVE = ("MASS", "SOLAR_RAD_AREA", "SOLAR_RAD_COEFF", "DRAG_AREA", "DRAG_COEFF")
CLASSIFICATIONS = frozenset("UCS")
EPHEMERIS_TYPES = frozenset({"0", "2", "3", "4", "6"})
SGP4_XP_TYPE = "4"
MAX_ELEMENT_SET_NO = 9999
FULL_TURN = 360.0
SECONDS_PER_DAY = 86400.0
RANGES = {
    "SEMI_MAJOR_AXIS": (-math.inf, math.inf, "OMM-019"),
    "MEAN_MOTION": (5e-324, math.inf, "OMM-019"),
    "ECCENTRICITY": (0.0, math.inf, "OMM-019"),
    "INCLINATION": (0.0, 180.0, "OMM-019"),
    "RA_OF_ASC_NODE": (-FULL_TURN, FULL_TURN, "OMM-019"),
    "ARG_OF_PERICENTER": (-FULL_TURN, FULL_TURN, "OMM-019"),
    "MEAN_ANOMALY": (-FULL_TURN, FULL_TURN, "OMM-019"),
    "GM": (5e-324, math.inf, "VAL-008"),
    "MASS": (5e-324, math.inf, "VAL-008"),
}
FIXED = (
    ("REF_FRAME", "OMM-015", "TEME"),
    ("TIME_SYSTEM", "OMM-016", "UTC"),
    ("CENTER_NAME", "OMM-017", "EARTH"),
)


def check_omm(section: Section, log: FindingLog, *, message: bool = False) -> bool:
    """Check which elements are given together; False where the record can't be used as an element set.

    `message` tells that the OMM is a message of its own, which may be of any theory.
    """
    usable = True
    given = section.entries
    add = partial(add_at, log)
    theory = normalised(section.text("MEAN_ELEMENT_THEORY") or "")
    sgp = theory in tables.SGP_THEORIES or theory == SGP4_XP
    axis, motion = section.text("SEMI_MAJOR_AXIS"), section.text("MEAN_MOTION")
    if axis and motion:
        add("OMM-010", section, "MEAN_MOTION", "both SEMI_MAJOR_AXIS and MEAN_MOTION are given")
        usable = False
    elif not axis and not motion:
        add("OMM-010", section, "MEAN_MOTION", "neither SEMI_MAJOR_AXIS nor MEAN_MOTION is given")
        usable = False
    elif sgp and axis:
        key = "OMM-011/message" if message else "OMM-011"
        add(key, section, "SEMI_MAJOR_AXIS", f"{theory} comes with MEAN_MOTION, not SEMI_MAJOR_AXIS")
        usable = False
    _check_drag(section, theory, log)
    for one, other in (("BSTAR", "BTERM"), ("MEAN_MOTION_DDOT", "AGOM")):
        if one in given and other in given:
            add("OMM-021", section, other, f"{one} and {other} exclude each other")
    if theory == SGP4_XP and section.text("CCSDS_OMM_VERS") == "2.0":
        add("OMM-029", section, "MEAN_ELEMENT_THEORY", "version 2.0 has no keywords for SGP4-XP")
    if message:
        return usable
    covariance = [name for name in tables.COVARIANCE if name in given]
    if covariance and len(covariance) < len(tables.COVARIANCE):
        missing_count = len(tables.COVARIANCE) - len(covariance)
        add("OMM-025", section, covariance[0], f"the covariance lacks {missing_count} of its 21 values")
    for keyword in NOT_NEGATIVE:
        text = section.text(keyword)
        if text is not None and text.startswith("-") and text.strip("-0. ") != "":
            add("VAL-008", section, keyword, f"{keyword} is negative")
    return usable


def _check_drag(section: Section, theory: str, log: FindingLog) -> None:
    """OMM-012, OMM-014: the drag terms and derivatives that a theory needs."""
    given = section.entries
    if theory in {"SGP4", "SGP/SGP4"} and "BSTAR" not in given and "BTERM" not in given:
        add_at(log, "OMM-012", section, "BSTAR", f"{theory} comes with BSTAR")
    if theory == SGP4_XP:
        for keyword in ("BTERM", "AGOM"):
            if keyword not in given:
                add_at(log, "OMM-012/xp", section, keyword, f"{theory} comes with {keyword}")
    missing = [name for name in ("MEAN_MOTION_DOT", "MEAN_MOTION_DDOT") if name not in given]
    if theory in DERIVATIVES_DEMANDED and missing:
        add_at(log, "OMM-014/sgp", section, missing[0], f"{theory} comes with {' and '.join(missing)}")
    elif missing == ["MEAN_MOTION_DOT"]:
        add_at(log, "OMM-014/half", section, "MEAN_MOTION_DDOT", "MEAN_MOTION_DDOT comes without MEAN_MOTION_DOT")
    elif theory in tables.SGP_THEORIES and missing and not (missing == ["MEAN_MOTION_DDOT"] and "AGOM" in given):
        add_at(log, "OMM-014", section, missing[0], f"{' and '.join(missing)} missing")


def check_omm_texts(statements: OdmStatements, log: FindingLog) -> None:
    """Check what one OMM says beside its elements: texts, times, ranges, conventions of TLE-based ones."""
    section = statements.section
    check_texts(statements, log)
    check_last(statements, log)
    check_times([section], ("EPOCH",), section.text("TIME_SYSTEM") or "UTC", log)
    check_ranges(section, RANGES, log)
    theory = normalised(section.text("MEAN_ELEMENT_THEORY") or "")
    for keyword, allowed in (("EPHEMERIS_TYPE", EPHEMERIS_TYPES), ("CLASSIFICATION_TYPE", CLASSIFICATIONS)):
        text = section.text(keyword)
        if text is not None and text not in allowed:
            add_at(log, "OMM-022", section, keyword, f"{keyword} is {text!r}")
    number = section.peek("ELEMENT_SET_NO")
    if number is not None and not 0 <= number <= MAX_ELEMENT_SET_NO:
        add_at(log, "OMM-022/element-set", section, "ELEMENT_SET_NO", f"ELEMENT_SET_NO is {number:.0f}")
    if theory in tables.SGP_THEORIES or theory == SGP4_XP:
        for keyword, key, value in FIXED:
            text = section.text(keyword)
            if text is not None and normalised(text) != value:
                add_at(log, key, section, keyword, f"{keyword} is {text}; elements of {theory} are in {value}")
        if not section.text("NORAD_CAT_ID"):
            add_at(log, "OMM-013/message", section, "NORAD_CAT_ID", f"{theory} comes with NORAD_CAT_ID")
    elif theory and theory not in tables.TLE_THEORIES and normalised(section.text("REF_FRAME") or "") == "TEME":
        add_at(log, "OMM-023", section, "REF_FRAME", f"REF_FRAME is TEME, and the theory is {theory}")


def check_omm_message(omm: Omm, section: Section, log: FindingLog) -> None:
    """Check what must hold between the values of an OMM: its conic, its perigee, its covariance."""
    elements = omm.elements
    check_covariance(omm.covariance, section, "OMM-028", log)
    eccentricity, axis = elements.eccentricity, elements.semi_major_axis_km
    if elements.mean_motion_rev_day is not None and eccentricity >= 1.0:
        add_at(log, "OMM-018", section, "ECCENTRICITY", f"ECCENTRICITY is {eccentricity:.9g}")
        return
    if axis is not None and (axis > 0.0) != (eccentricity < 1.0):
        kind = "a closed" if axis > 0.0 else "an open"
        message = f"SEMI_MAJOR_AXIS {axis:.9g} km is that of {kind} orbit, ECCENTRICITY {eccentricity:.9g} is not"
        add_at(log, "PHY-002", section, "SEMI_MAJOR_AXIS", message)
        return
    _check_pericenter(omm, section, log)


def _check_pericenter(omm: Omm, section: Section, log: FindingLog) -> None:
    body = BODIES.get(normalised(omm.metadata.center_name))
    axis, motion = omm.elements.semi_major_axis_km, omm.elements.mean_motion_rev_day
    if body is None:
        return
    if axis is None and motion is not None and motion > 0.0:
        rate = motion * math.tau / SECONDS_PER_DAY
        axis = (body.gm_km3_s2 / rate**2) ** (1.0 / 3.0)
    if axis is None:
        return
    pericenter = axis * (1.0 - omm.elements.eccentricity)
    if pericenter < body.radius_km:
        keyword = "MEAN_MOTION" if omm.elements.semi_major_axis_km is None else "SEMI_MAJOR_AXIS"
        message = f"the pericenter is {pericenter:.6g} km from the center of {omm.metadata.center_name}"
        add_at(log, "PHY-001", section, keyword, f"{message}, below its surface")
