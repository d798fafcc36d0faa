"""State vectors in JSON: Fairway's form for the fields of Satcat's manual entry (`schemas/state_vector.schema.json`).

Units stand at each vector; the covariance is the lower triangle or the whole matrix, of position alone or with
velocity. It reads as an OPM in km and km/s.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ccsds.checks.covariance import first_negative_variance, first_not_positive
from ccsds.limits import Limits
from ccsds.messages.opm import Opm, OpmMetadata, OpmState
from ccsds.messages.orbit_parts import OdmHeader, SpacecraftParameters, StateCovariance
from ccsds.messages.value import frozen_array
from ccsds.readers.json_object import JsonObject, parse_object
from ccsds.readers.text_oem import POSITION_ONLY, UNKNOWN
from ccsds.report import FindingLog
from ccsds.syntax.times import read_time
from ccsds.tables.oem import normalised

__all__ = ["read_state_vector"]

MEMBERS = (
    "format", "version", "creation_date", "originator", "norad_cat_id", "object_name", "object_id", "center_name",
    "ref_frame", "time_system", "epoch", "position", "velocity", "properties", "covariance",
)  # fmt: skip
POSITION_UNITS = {"km": 1.0, "m": 1e-3}
VELOCITY_UNITS = {"km/s": 1.0, "m/s": 1e-3}
FORMS = ("lower_triangle", "full")
PROPERTIES = (
    "mass_kg", "combined_hard_body_radius_m", "solar_rad_area_m2", "solar_rad_coeff", "drag_area_m2", "drag_coeff",
)  # fmt: skip
COVARIANCE = ("ref_frame", "form", "position_unit", "velocity_unit", "matrix")
MAX_NUMBER = 999_999_999
SYMMETRY = 1e-9


def read_state_vector(data: bytes, log: FindingLog, limits: Limits) -> Opm | None:  # noqa: ARG001
    """Read and check a state vector; None where it lacks epoch, frame, position or velocity."""
    form = parse_object(data, log, type_key="STV-002", missing_key="STV-001")
    if form is None:
        return None
    form.require("epoch", "ref_frame", "position", "velocity")
    form.unknown(MEMBERS, "STV-003")
    form.text("format", ("STATE_VECTOR",))
    form.text("version", ("1.0",))
    time_system = form.text("time_system") or "UTC"
    epoch = _time(form, "epoch", log, utc=normalised(time_system) == "UTC")
    frame = form.text("ref_frame")
    position = _scaled(form, "position", POSITION_UNITS)
    velocity = _scaled(form, "velocity", VELOCITY_UNITS)
    created = _time(form, "creation_date", log, utc=True)
    metadata = OpmMetadata(
        object_name=form.text("object_name") or UNKNOWN,
        object_id=form.text("object_id") or UNKNOWN,
        center_name=form.text("center_name") or "EARTH",
        ref_frame=frame or "",
        time_system=time_system,
    )
    number = form.integer("norad_cat_id", 1, MAX_NUMBER)
    spacecraft, radius = _properties(form.member("properties"))
    covariance = _covariance(form.member("covariance"), log)
    if epoch is None or frame is None or position is None or velocity is None:
        log.lossy = True
        return None
    own = (("NORAD_CAT_ID", None if number is None else str(number)), ("COMBINED_HARD_BODY_RADIUS_M", radius))
    return Opm(
        header=OdmHeader(
            creation_date=created if created is not None else np.datetime64("NaT", "ns"),
            originator=form.text("originator") or UNKNOWN,
        ),
        metadata=metadata,
        state=OpmState(epoch=epoch, position_km=position, velocity_km_s=velocity),
        spacecraft=spacecraft,
        covariance=covariance,
        user_defined=tuple((name, value) for name, value in own if value is not None),
    )


def _time(form: JsonObject, name: str, log: FindingLog, *, utc: bool) -> np.datetime64 | None:
    text = form.text(name)
    if text is None:
        return None
    reading = read_time(text, utc=utc)
    if reading.problem is not None or reading.leap_second:
        log.lossy = True
        message = reading.message or f"{text} is in a leap second, which a single state can't carry"
        log.add(reading.problem or "TIM-005", f"{name}: {message}", path=form.path(name))
        return None
    return reading.epoch


def _scaled(form: JsonObject, name: str, units: dict[str, float]) -> npt.NDArray[np.float64] | None:
    """A vector in km or km/s, shape (3,)."""
    vector = form.member(name)
    if vector is None:
        return None
    vector.require("value", "unit")
    vector.unknown(("value", "unit"), "STV-003")
    value, unit = vector.vector("value"), vector.text("unit", tuple(units))
    if value is None or unit is None:
        return None
    return frozen_array(np.array(value) * units[unit])


def _properties(given: JsonObject | None) -> tuple[SpacecraftParameters | None, str | None]:
    """Spacecraft parameters, and the combined radius as text."""
    if given is None:
        return None, None
    given.unknown(PROPERTIES, "STV-003")
    radius = given.number("combined_hard_body_radius_m", least=0.0)
    spacecraft = SpacecraftParameters(
        mass_kg=given.number("mass_kg", above=0.0),
        solar_rad_area_m2=given.number("solar_rad_area_m2", least=0.0),
        solar_rad_coeff=given.number("solar_rad_coeff", least=0.0),
        drag_area_m2=given.number("drag_area_m2", least=0.0),
        drag_coeff=given.number("drag_coeff", least=0.0),
    )
    text = None if radius is None else repr(radius)
    return (None if spacecraft == SpacecraftParameters() else spacecraft), text


def _covariance(given: JsonObject | None, log: FindingLog) -> StateCovariance | None:
    if given is None:
        return None
    given.require("matrix", "form", "position_unit", "velocity_unit")
    given.unknown(COVARIANCE, "STV-003")
    frame = given.text("ref_frame")
    form = given.text("form", FORMS)
    units = (
        given.text("position_unit", tuple(POSITION_UNITS)),
        given.text("velocity_unit", tuple(VELOCITY_UNITS)),
    )
    rows = given.rows("matrix")
    if rows is None or form is None or units[0] is None or units[1] is None:
        return None
    size = len(rows)
    widths = [size] * size if form == "full" else list(range(1, size + 1))
    if size not in {3, 6} or [len(row) for row in rows] != widths:
        shown = "3 x 3 or 6 x 6" if form == "full" else "3 or 6 rows of 1, 2, 3, … numbers"
        given.refuse("matrix", f"has rows of {', '.join(str(len(row)) for row in rows[:7])} numbers; {shown} must be")
        return None
    matrix = np.zeros((6, 6))
    for place, row in enumerate(rows):
        matrix[place, : len(row)] = row
    lower = np.tril(matrix)
    if form == "full" and not np.allclose(matrix, matrix.T, rtol=SYMMETRY, atol=0.0):
        log.add("STV-004", "the covariance is not symmetric", path=given.path("matrix"))
    scale = np.repeat([POSITION_UNITS[units[0]], VELOCITY_UNITS[units[1]]], 3)
    whole = (lower + np.tril(lower, -1).T) * np.outer(scale, scale)
    block = whole[np.newaxis, :size, :size]
    if first_negative_variance(block) is not None or first_not_positive(block) is not None:
        log.add("STV-005", "the covariance is not positive semi-definite", path=given.path("matrix"))
    comments = (POSITION_ONLY,) if size == 3 else ()
    return StateCovariance(matrix=frozen_array(whole), ref_frame=frame, comments=comments)
