"""Checks of an OMM beyond single values (CCSDS 502.0-B-3 4.2)."""

from __future__ import annotations

from ccsds.readers.section import Section
from ccsds.report import FindingLog
from ccsds.tables import omm as tables
from ccsds.tables.oem import normalised

__all__ = ["check_omm"]

SGP4_XP = "SGP4-XP"
NOT_NEGATIVE = ("MASS", "SOLAR_RAD_AREA", "SOLAR_RAD_COEFF", "DRAG_AREA", "DRAG_COEFF")


def check_omm(section: Section, log: FindingLog) -> bool:
    """Check which elements are given together; False where the record can't be used."""
    usable = True
    given = section.entries

    def add(key: str, keyword: str, message: str) -> None:
        entry = given.get(keyword)
        if entry is None:
            log.add(key, message, line=section.last_line)
        else:
            log.add(key, message, line=entry.line, column=entry.column)

    theory = normalised(section.text("MEAN_ELEMENT_THEORY") or "")
    sgp = theory in tables.SGP_THEORIES or theory == SGP4_XP
    axis, motion = section.text("SEMI_MAJOR_AXIS"), section.text("MEAN_MOTION")
    if axis and motion:
        add("OMM-010", "MEAN_MOTION", "both SEMI_MAJOR_AXIS and MEAN_MOTION are given")
        usable = False
    elif not axis and not motion:
        add("OMM-010", "MEAN_MOTION", "neither SEMI_MAJOR_AXIS nor MEAN_MOTION is given")
        usable = False
    elif sgp and axis:
        add("OMM-011", "SEMI_MAJOR_AXIS", f"{theory} comes with MEAN_MOTION, not SEMI_MAJOR_AXIS")
        usable = False
    if theory in {"SGP4", "SGP/SGP4"} and "BSTAR" not in given and "BTERM" not in given:
        add("OMM-012", "BSTAR", f"{theory} comes with BSTAR")
    if theory == SGP4_XP:
        for keyword in ("BTERM", "AGOM"):
            if keyword not in given:
                add("OMM-012", keyword, f"{theory} comes with {keyword}")
    if sgp and theory != SGP4_XP:
        missing = [name for name in ("MEAN_MOTION_DOT", "MEAN_MOTION_DDOT") if name not in given]
        if missing and not (missing == ["MEAN_MOTION_DDOT"] and "AGOM" in given):
            add("OMM-014", missing[0], f"{' and '.join(missing)} missing")
    for one, other in (("BSTAR", "BTERM"), ("MEAN_MOTION_DDOT", "AGOM")):
        if one in given and other in given:
            add("OMM-021", other, f"{one} and {other} exclude each other")
    covariance = [name for name in tables.COVARIANCE if name in given]
    if covariance and len(covariance) < len(tables.COVARIANCE):
        missing_count = len(tables.COVARIANCE) - len(covariance)
        add("OMM-025", covariance[0], f"the covariance lacks {missing_count} of its 21 values")
    for keyword in NOT_NEGATIVE:
        text = section.text(keyword)
        if text is not None and text.startswith("-") and text.strip("-0. ") != "":
            add("VAL-008", keyword, f"{keyword} is negative")
    return usable
