"""Checks of an OPM beyond single values (CCSDS 502.0-B-3 3.2)."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from ccsds.checks.frames import check_frame
from ccsds.checks.odm import add_at, check_covariance, check_last, check_ranges, check_texts
from ccsds.checks.plausibility import check_state, is_known
from ccsds.checks.section_texts import check_times
from ccsds.checks.two_body import state_of
from ccsds.messages.opm import Opm, OpmKeplerian, OpmState
from ccsds.readers.odm_statements import OdmStatements
from ccsds.report import FindingLog
from ccsds.tables import oem as oem_tables
from ccsds.tables.frames import is_rotating

__all__ = ["check_opm", "check_opm_texts", "is_notification"]

NOTIFICATION_MARKS = frozenset({"RELEASABILITY", "MAN_PURPOSE", "MAN_STATUS"})
FULL_TURN = 360.0
RANGES = {
    "ECCENTRICITY": (0.0, math.inf, "OPM-025"),
    "INCLINATION": (0.0, 180.0, "VAL-008"),
    "RA_OF_ASC_NODE": (-FULL_TURN, FULL_TURN, "VAL-008"),
    "ARG_OF_PERICENTER": (-FULL_TURN, FULL_TURN, "VAL-008"),
    "TRUE_ANOMALY": (-FULL_TURN, FULL_TURN, "VAL-008"),
    "MEAN_ANOMALY": (-FULL_TURN, FULL_TURN, "VAL-008"),
    "GM": (5e-324, math.inf, "VAL-008"),
    "MASS": (5e-324, math.inf, "OPM-026"),
}
AGREEMENT = 1e-3
"""Relative disagreement of state and elements that printed digits and the originator's constants explain."""
MAX_EXHAUST_SPEED_KM_S = 200.0
"""Twice what the best ion thrusters reach."""


def is_notification(statements: OdmStatements) -> bool:
    """Whether the OPM is a maneuver notification of 19 SDS: told by its user-defined parameters."""
    return any(parameter.name in NOTIFICATION_MARKS for parameter in statements.user_defined)


def check_opm_texts(statements: OdmStatements, log: FindingLog) -> None:
    """Check what does not need the message: texts, times, ranges, the order of blocks."""
    section = statements.section
    maneuvers = [maneuver.section for maneuver in statements.maneuvers]
    check_texts(statements, log)
    if not is_notification(statements) or log.weighs("OPM-028"):
        check_last(statements, log)
    system = section.text("TIME_SYSTEM") or "UTC"
    check_times([section, *maneuvers], ("EPOCH", "MAN_EPOCH_IGNITION"), system, log)
    check_ranges(section, RANGES, log)
    for maneuver in maneuvers:
        frame = maneuver.entries.get("MAN_REF_FRAME")
        if frame is not None and frame.value:
            check_frame(frame.value, oem_tables.COVARIANCE_FRAMES, "MAN_REF_FRAME", frame.line, frame.column, log)
        duration, delta_mass = maneuver.peek("MAN_DURATION"), maneuver.peek("MAN_DELTA_MASS")
        if duration is not None and duration < 0.0:
            add_at(log, "OPM-024", maneuver, "MAN_DURATION", f"MAN_DURATION is {duration:.15g}")
        if delta_mass is not None and delta_mass >= 0.0:
            key = "OPM-022" if delta_mass > 0.0 else "OPM-022/zero"
            add_at(log, key, maneuver, "MAN_DELTA_MASS", f"MAN_DELTA_MASS is {delta_mass:.15g}")
    if maneuvers and statements.version != "1.0" and "MASS" not in section.entries:
        line = maneuvers[0].last_line
        log.add("OPM-023", "MASS is missing, and the OPM has a maneuver", line=line)


def check_opm(opm: Opm, statements: OdmStatements, log: FindingLog) -> None:
    """Check what must hold between the values of an OPM."""
    section = statements.section
    check_covariance(opm.covariance, section, "OPM-013", log)
    if opm.state is not None:
        entry = section.entries["X"]
        check_state(opm.state.position_km, opm.metadata.center_name, log, line=entry.line, column=entry.column)
        _check_sigma(opm, statements, log)
    _check_elements(opm, statements, log)
    _check_masses(opm, statements, log)


def _check_sigma(opm: Opm, statements: OdmStatements, log: FindingLog) -> None:
    """PHY-004: the position is known better than to its distance from the center."""
    if opm.covariance is None or opm.state is None or not is_known(opm.metadata.center_name):
        return
    largest = float(np.diagonal(opm.covariance.matrix)[:3].max())
    distance = _length(opm.state.position_km)
    if largest > distance**2:
        message = f"a sigma of the position is {math.sqrt(largest):.4g} km; it is {distance:.6g} km from the center"
        add_at(log, "PHY-004", statements.section, "CX_X", message)


def _check_elements(opm: Opm, statements: OdmStatements, log: FindingLog) -> None:
    """PHY-002, OPM-030: a conic that exists, and the same orbit as the state's."""
    elements, state, section = opm.keplerian, opm.state, statements.section
    if elements is None:
        return
    if (elements.semi_major_axis_km > 0.0) != (elements.eccentricity < 1.0):
        kind = "a closed" if elements.semi_major_axis_km > 0.0 else "an open"
        message = (
            f"SEMI_MAJOR_AXIS {elements.semi_major_axis_km:.9g} km is that of {kind} orbit, "
            f"ECCENTRICITY {elements.eccentricity:.9g} is not"
        )
        add_at(log, "PHY-002", section, "SEMI_MAJOR_AXIS", message)
        return
    if state is None or is_rotating(opm.metadata.ref_frame):
        return
    away, off = _distance(elements, state)
    distance, speed = _length(state.position_km), _length(state.velocity_km_s)
    if math.isnan(away) or (away <= AGREEMENT * distance and off <= AGREEMENT * speed):
        return
    message = f"the Keplerian elements are {away:.6g} km and {off:.6g} km/s away from the state vector"
    swapped = replace(elements, true_anomaly_deg=elements.mean_anomaly_deg, mean_anomaly_deg=elements.true_anomaly_deg)
    given, other = ("TRUE", "MEAN") if elements.mean_anomaly_deg is None else ("MEAN", "TRUE")
    closer = _distance(swapped, state)[0] <= AGREEMENT * distance
    hint = f"The value of {given}_ANOMALY fits as {other}_ANOMALY: write that keyword." if closer else None
    add_at(log, "OPM-030", section, f"{given}_ANOMALY" if closer else "SEMI_MAJOR_AXIS", message, hint)


def _distance(elements: OpmKeplerian, state: OpmState) -> tuple[float, float]:
    """How far elements are from a state, in km and km/s; NaN where they describe no conic."""
    computed = state_of(elements)
    if computed is None:
        return math.nan, math.nan
    position, velocity = computed
    return _length(position - state.position_km), _length(velocity - state.velocity_km_s)


def _length(vector: npt.NDArray[np.float64]) -> float:
    return float(np.linalg.norm(vector))


def _check_masses(opm: Opm, statements: OdmStatements, log: FindingLog) -> None:
    """OPM-031, OPM-032: more mass spent than there is, and a velocity increment that no thruster gives."""
    mass = None if opm.spacecraft is None else opm.spacecraft.mass_kg
    if mass is None or mass <= 0.0 or len(opm.maneuvers) != len(statements.maneuvers):
        return
    left = mass
    for maneuver, place in zip(opm.maneuvers, statements.maneuvers, strict=True):
        spent = -(maneuver.delta_mass_kg or 0.0)
        if spent <= 0.0:
            continue
        if spent >= left:
            message = f"the maneuvers up to this one spend {mass - left + spent:.9g} kg; MASS is {mass:.9g} kg"
            add_at(log, "OPM-031", place.section, "MAN_DELTA_MASS", message)
            return
        exhaust = _length(maneuver.delta_v_km_s) / math.log(left / (left - spent))
        if exhaust > MAX_EXHAUST_SPEED_KM_S:
            message = f"{spent:.6g} kg of {left:.6g} kg would have to leave at {exhaust:.4g} km/s for this increment"
            add_at(log, "OPM-032", place.section, "MAN_DELTA_MASS", message)
        left -= spent
