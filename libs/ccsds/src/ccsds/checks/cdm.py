"""Checks of a CDM beyond single values (CCSDS 508.0-B-1 sections 3, 5.2 and 6.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from ccsds.checks.cdm_geometry import check_cdm_geometry
from ccsds.messages.cdm import Cdm, CdmObject
from ccsds.readers.section import Section
from ccsds.report import FindingLog
from ccsds.tables import cdm as tables
from ccsds.tables.oem import normalised

__all__ = ["CdmPlaces", "check_cdm", "check_section_values"]

IDENTIFIER = re.compile(r"[A-Za-z0-9_-]+\Z")
IDENTIFIERS = ("ORIGINATOR", "MESSAGE_ID", "OBJECT_DESIGNATOR", "CATALOG_NAME", "INTERNATIONAL_DESIGNATOR")
VERBATIM = frozenset({*IDENTIFIERS, "EPHEMERIS_NAME", "OPERATOR_EMAIL", "CCSDS_CDM_VERS"})
"""Values whose case is their own: 5.2.9 allows lower case in identifiers; file names and addresses are copied."""
FREE_TEXT = frozenset(
    {
        "MESSAGE_FOR", "OBJECT_NAME", "OPERATOR_CONTACT_POSITION", "OPERATOR_ORGANIZATION", "OPERATOR_PHONE",
        "GRAVITY_MODEL", "ATMOSPHERIC_MODEL", "N_BODY_PERTURBATIONS", "COLLISION_PROBABILITY_METHOD", "ORBIT_CENTER",
    }
)  # fmt: skip
ENUM_TEXT = frozenset({*tables.ENUMS, "REF_FRAME"})
FRAMES = re.compile(r"(?:GCRF|EME2000|ITRF.*)\Z")
NOT_NEGATIVE = (
    "AREA_PC", "AREA_DRG", "AREA_SRP", "MASS", "RECOMMENDED_OD_SPAN", "ACTUAL_OD_SPAN",
    "OBS_AVAILABLE", "OBS_USED", "TRACKS_AVAILABLE", "TRACKS_USED", "WEIGHTED_RMS",
    "RELATIVE_SPEED", "SCREEN_VOLUME_X", "SCREEN_VOLUME_Y", "SCREEN_VOLUME_Z",
)  # fmt: skip
AGREEMENT = 0.01
"""Relative disagreement between redundant values that rounding and frame definitions explain."""
ONE_METER = 1.0
PERCENT = 100.0


@dataclass(slots=True)
class CdmPlaces:
    """The sections a CDM was read from, for the places of findings."""

    relative: Section
    objects: list[Section]


def check_section_values(section: Section, log: FindingLog) -> None:
    """Check texts, enumerations and times by their written form."""
    for name, entry in section.entries.items():
        value = entry.value
        if not value:
            continue
        line, column = entry.line, entry.column
        if name in ENUM_TEXT and value != value.upper():
            log.add("VAL-006/cdm", f"{name}: {value!r} is not upper case", line=line, column=column)
        elif name in FREE_TEXT and value != value.upper():
            log.add("VAL-006/cdm-free", f"{name}: {value!r} is not upper case", line=line, column=column)
        allowed = tables.ENUMS.get(name)
        if allowed is not None and normalised(value) not in allowed:
            log.add("CDM-015", f"{name}: {value!r} is none of {', '.join(allowed)}", line=line, column=column)
        if name == "INTERNATIONAL_DESIGNATOR" and not tables.INTERNATIONAL_DESIGNATOR.match(value):
            log.add("CDM-016", f"{value!r} is no international designator", line=line, column=column)
        elif name in IDENTIFIERS and not IDENTIFIER.match(value):
            log.add(
                "CDM-017",
                f"{name}: {value!r} holds other characters than letters, digits, _ and -",
                line=line,
                column=column,
            )
        if value.endswith("Z") and value[:1].isdigit() and "T" in value and name not in VERBATIM | FREE_TEXT:
            log.add("TIM-004/cdm", f"{name} ends in Z", line=line, column=column)


def check_cdm(cdm: Cdm, places: CdmPlaces, log: FindingLog) -> None:
    """Check what must hold between the values of a CDM."""
    _check_ranges(places, log)
    _check_relative(cdm, places, log)
    _check_times(cdm, places, log)
    check_cdm_geometry(cdm, places.relative, places.objects, log)
    for index, (body, section) in enumerate(zip(cdm.objects, places.objects, strict=True)):
        _check_object(index, body, cdm, section, log)
    first, second = (normalised(body.metadata.ref_frame) for body in cdm.objects)
    if first != second:
        message = f"REF_FRAME is {second} for object 2 and {first} for object 1"
        _add(log, "CDM-012", places.objects[1], "REF_FRAME", message)


def _add(log: FindingLog, key: str, section: Section, name: str, message: str) -> None:
    entry = section.entries.get(name)
    if entry is None:
        log.add(key, message, line=section.last_line or None)
    else:
        log.add(key, message, line=entry.line, column=entry.column)


def _check_ranges(places: CdmPlaces, log: FindingLog) -> None:
    for section in (places.relative, *places.objects):
        for name in NOT_NEGATIVE:
            entry = section.entries.get(name)
            if entry is not None and re.match(r"-[0.]*[1-9]", entry.value):
                log.add("CDM-026", f"{name} is negative", line=entry.line, column=entry.column)


def _check_relative(cdm: Cdm, places: CdmPlaces, log: FindingLog) -> None:
    data, section = cdm.relative, places.relative
    names = [f"RELATIVE_{kind}_{axis}" for kind in ("POSITION", "VELOCITY") for axis in "RTN"]
    given = [name for name in names if name in section.entries]
    if given and len(given) < len(names):
        missing = ", ".join(name for name in names if name not in given)
        _add(log, "CDM-021", section, given[0], f"the relative state is incomplete: {missing} missing")
    probability = data.collision_probability
    if probability is not None and not 0.0 <= probability <= 1.0:
        _add(log, "CDM-014", section, "COLLISION_PROBABILITY", f"the probability is {probability}")
    if data.miss_distance_m < 0.0:
        _add(log, "CDM-019", section, "MISS_DISTANCE", "MISS_DISTANCE is negative")
    first, second = cdm.objects
    same_frame = normalised(first.metadata.ref_frame) == normalised(second.metadata.ref_frame)
    distances = {"the relative position": data.relative_position_rtn_m}
    speeds = {"the relative velocity": data.relative_velocity_rtn_m_s}
    if same_frame:
        distances["the two positions"] = (second.position_km - first.position_km) * 1000.0
        speeds["the two velocities"] = (second.velocity_km_s - first.velocity_km_s) * 1000.0
    for name, value, vectors, unit in (
        ("MISS_DISTANCE", data.miss_distance_m, distances, "m"),
        ("RELATIVE_SPEED", data.relative_speed_m_s, speeds, "m/s"),
    ):
        for what, vector in vectors.items():
            if vector is None or value is None:
                continue
            length = float(np.linalg.norm(vector))
            if abs(length - value) > max(AGREEMENT * max(length, abs(value)), ONE_METER):
                _add(log, "CDM-024", section, name, f"{name} is {value:.9g} {unit}, but {length:.9g} {unit} by {what}")


def _check_times(cdm: Cdm, places: CdmPlaces, log: FindingLog) -> None:
    data, section = cdm.relative, places.relative

    def in_order(early: np.datetime64 | None, late: np.datetime64 | None, name: str, message: str) -> None:
        if early is not None and late is not None and early > late:
            _add(log, "CDM-023", section, name, message)

    in_order(
        data.start_screen_period, data.stop_screen_period, "STOP_SCREEN_PERIOD",
        "STOP_SCREEN_PERIOD is before START_SCREEN_PERIOD",
    )  # fmt: skip
    in_order(data.screen_entry_time, data.tca, "SCREEN_ENTRY_TIME", "SCREEN_ENTRY_TIME is after TCA")
    in_order(data.tca, data.screen_exit_time, "SCREEN_EXIT_TIME", "SCREEN_EXIT_TIME is before TCA")


def _check_object(index: int, body: CdmObject, cdm: Cdm, section: Section, log: FindingLog) -> None:
    frame = normalised(body.metadata.ref_frame)
    if not FRAMES.match(frame):
        _add(log, "CDM-013", section, "REF_FRAME", f"REF_FRAME is {body.metadata.ref_frame}")
    residuals = body.od.residuals_accepted
    if residuals is not None and not 0.0 <= residuals <= PERCENT:
        _add(log, "CDM-018", section, "RESIDUALS_ACCEPTED", f"RESIDUALS_ACCEPTED is {residuals}")
    if body.covariance_rtn_m2 is not None:
        negative = np.flatnonzero(np.diagonal(body.covariance_rtn_m2) < 0)
        for row in negative:
            axis = tables.COVARIANCE_AXES[row]
            _add(
                log,
                "CDM-022",
                section,
                f"C{axis}_{axis}",
                f"the variance C{axis}_{axis} of object {index + 1} is negative",
            )
    start, end = body.od.time_lastob_start, body.od.time_lastob_end
    if start is not None and end is not None and start > end:
        _add(log, "CDM-025", section, "TIME_LASTOB_END", "TIME_LASTOB_END is before TIME_LASTOB_START")
    if end is not None and end > cdm.header.creation_date:
        _add(log, "CDM-025", section, "TIME_LASTOB_END", "TIME_LASTOB_END is after CREATION_DATE")
    for used, available, name in (
        (body.od.obs_used, body.od.obs_available, "OBS_USED"),
        (body.od.tracks_used, body.od.tracks_available, "TRACKS_USED"),
    ):
        if used is not None and available is not None and used > available:
            _add(log, "CDM-025", section, name, f"{name} is {used} of {available} available")
