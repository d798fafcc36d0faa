"""What a CDM says twice: relative state and two states, times, covariances (CCSDS 508.0-B-1 3.4 and 3.5)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ccsds.checks.covariance import first_not_positive
from ccsds.checks.plausibility import first_below_surface, is_known
from ccsds.messages.cdm import Cdm, CdmObject
from ccsds.readers.section import Section
from ccsds.report import FindingLog
from ccsds.tables.frames import is_rotating
from ccsds.tables.oem import normalised

__all__ = ["check_cdm_geometry"]

Floats = npt.NDArray[np.float64]
AGREEMENT = 0.01
"""Relative disagreement that rounding and the definitions of frames explain."""
TWO_METERS, ONE_METER_PER_SECOND = 2.0, 1.0
METERS_PER_KM = 1000.0
SIZE = 6
AXES = "RTN"
OPPOSITE = "Turn the signs around: the relative state is object 2 minus object 1."


def check_cdm_geometry(cdm: Cdm, relative: Section, objects: list[Section], log: FindingLog) -> None:
    """CDM-022 to CDM-024, PHY-001, PHY-004: whatever a CDM says twice agrees, and its states are those of orbits."""
    _check_rtn(cdm, relative, log)
    _check_screening_period(cdm, relative, log)
    for number, (body, section) in enumerate(zip(cdm.objects, objects, strict=True), start=1):
        _check_state(number, body, section, log)
        _check_covariance(number, body, section, log)


def rtn_axes(position_km: Floats, velocity_km_s: Floats) -> Floats | None:
    """Rows are the radial, transverse and normal axes in the state's frame; None where there is no orbital plane."""
    normal = np.cross(position_km, velocity_km_s)
    length, distance = float(np.linalg.norm(normal)), float(np.linalg.norm(position_km))
    if length == 0.0 or distance == 0.0:
        return None
    radial, normal = position_km / distance, normal / length
    return np.stack([radial, np.cross(normal, radial), normal])


def _check_rtn(cdm: Cdm, section: Section, log: FindingLog) -> None:
    """CDM-024: the relative state in RTN of object 1 is that of the two states."""
    first, second = cdm.objects
    frames = {normalised(body.metadata.ref_frame) for body in cdm.objects}
    if len(frames) > 1 or any(is_rotating(frame) for frame in frames) or not log.weighs("CDM-024/rtn"):
        return
    axes = rtn_axes(first.position_km, first.velocity_km_s)
    if axes is None:
        return
    position = axes @ (second.position_km - first.position_km) * METERS_PER_KM
    velocity = axes @ (second.velocity_km_s - first.velocity_km_s) * METERS_PER_KM
    data = cdm.relative
    for kind, given, computed, floor, unit in (
        ("POSITION", data.relative_position_rtn_m, position, TWO_METERS, "m"),
        ("VELOCITY", data.relative_velocity_rtn_m_s, velocity, ONE_METER_PER_SECOND, "m/s"),
    ):
        if given is None:
            continue
        allowed = max(AGREEMENT * float(np.linalg.norm(computed)), floor)
        worst = int(np.abs(given - computed).argmax())
        if abs(given[worst] - computed[worst]) > allowed:
            name = f"RELATIVE_{kind}_{AXES[worst]}"
            message = f"{name} is {given[worst]:.9g} {unit}; by the two states it is {computed[worst]:.9g} {unit}"
            reversed_sign = float(np.abs(given + computed).max()) <= allowed
            _add(log, "CDM-024/rtn", section, name, message, OPPOSITE if reversed_sign else None)


def _check_screening_period(cdm: Cdm, section: Section, log: FindingLog) -> None:
    data = cdm.relative
    start, stop = data.start_screen_period, data.stop_screen_period
    if (start is not None and data.tca < start) or (stop is not None and data.tca > stop):
        _add(log, "CDM-023/period", section, "TCA", "TCA lies outside START_SCREEN_PERIOD to STOP_SCREEN_PERIOD")


def _check_state(number: int, body: CdmObject, section: Section, log: FindingLog) -> None:
    center = body.metadata.orbit_center or "EARTH"
    below = first_below_surface(body.position_km[np.newaxis], center)
    if below is not None:
        message = f"object {number} is {below[1]:.6g} km from the center of {center}, below its surface"
        _add(log, "PHY-001", section, "X", message)


def _check_covariance(number: int, body: CdmObject, section: Section, log: FindingLog) -> None:
    if body.covariance_rtn_m2 is None:
        return
    matrix = body.covariance_rtn_m2[:SIZE, :SIZE]
    variances = np.diagonal(matrix)
    if (variances < 0.0).any():
        return  # CDM-022 has said so
    absent = variances == 0.0
    if absent.any():
        matrix = np.where(absent[:, np.newaxis] | absent, 0.0, matrix)
    if first_not_positive(matrix[np.newaxis]) is not None:
        message = f"the covariance of object {number} is not positive semi-definite"
        _add(log, "CDM-022/definite", section, "CR_R", message)
    sigma_km = float(np.sqrt(variances[:3].max())) / METERS_PER_KM
    distance = float(np.linalg.norm(body.position_km))
    known = is_known(body.metadata.orbit_center or "EARTH")
    if known and sigma_km > distance and normalised(body.metadata.covariance_method) != "DEFAULT":
        message = (
            f"a sigma of the position of object {number} is {sigma_km:.4g} km; it is {distance:.6g} km from the center"
        )
        _add(log, "PHY-004", section, "CR_R", message)


def _add(log: FindingLog, key: str, section: Section, name: str, message: str, hint: str | None = None) -> None:
    entry = section.entries.get(name)
    if entry is None:
        log.add(key, message, line=section.last_line or None, hint=hint)
    else:
        log.add(key, message, line=entry.line, column=entry.column, hint=hint)
