"""What the comment lines of a conjunction data message say: 19 SDS Spaceflight Safety Handbook, annex C, table 17.

The standard has no keywords for these values, so that 19 SDS and those who follow it write them as comments. They are
read here as they are met (names in either case, underscores or blanks, `=`, `:` or nothing before the value), and
written in the handbook's spelling. Reading is a view: the comments stay where they stand, as they are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ccsds.messages.value import Value, frozen_array
from ccsds.syntax.number_text import format_number

__all__ = [
    "CdmAnnotations",
    "CdmObjectAnnotations",
    "annotation_number",
    "annotation_text",
    "read_annotations",
    "read_object_annotations",
]

NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eEdD][-+]?[0-9]+)?(?![A-Za-z0-9.])")
UNIT = re.compile(r"\[?\s*(?:(?P<unit>[A-Za-z/*0-9]+)\s*)?\]?\Z")
SPELLINGS = {"m/sec": "m/s", "degrees": "deg", "meters": "m", "metres": "m"}
YES = frozenset({"", "Y", "YES", "TRUE", "1"})
EMERGENCY = ("MEETS EMERGENCY CRITERIA", "Emergency Reportable")
CDM_ID = "CDM_ID"
SCREENED_WITH = "Screened with"
OBJECT_PREFIX = re.compile(r"OBJECT\s*(?P<number>[12])\s+(?P<rest>.*)\Z", re.IGNORECASE)
SENSITIVITY_DIGITS = 15


@dataclass(frozen=True, eq=False, kw_only=True)
class CdmObjectAnnotations(Value):
    """What the comments of one object say; None where they do not say it.

    Attributes
    ----------
    screened_with
        Data from which the message was made.
    od_data_source
        Where the orbit came from, as CARA writes it.
    covariance_scale_factor
        By which the covariance is multiplied.
    exclusion_volume_radius_m
        Radius of the sphere that stands for this object alone in the probability.
    hard_body_radius_source
        Where that radius came from, as Fairway writes it.
    apogee_altitude_km, perigee_altitude_km, inclination_deg
        Of the orbit.
    operator_hard_body_radius_m
        As the operator gave it; 0 means that it did not.
    dcp_density_forecast_uncertainty
        Dynamic consider parameter: one sigma of the relative error of atmospheric density.
    dcp_sensitivity_position_rtn_m, dcp_sensitivity_velocity_rtn_m_s
        Change of the state at closest approach with that error, in RTN of the object, shape (3,).
    """

    screened_with: str | None = None
    od_data_source: str | None = None
    covariance_scale_factor: float | None = None
    exclusion_volume_radius_m: float | None = None
    hard_body_radius_source: str | None = None
    apogee_altitude_km: float | None = None
    perigee_altitude_km: float | None = None
    inclination_deg: float | None = None
    operator_hard_body_radius_m: float | None = None
    dcp_density_forecast_uncertainty: float | None = None
    dcp_sensitivity_position_rtn_m: npt.NDArray[np.float64] | None = None
    dcp_sensitivity_velocity_rtn_m_s: npt.NDArray[np.float64] | None = None

    def comments(self) -> tuple[str, ...]:
        """The comment lines that say it, in the handbook's spelling and order."""
        return tuple(_line(row, value) for row in OBJECT_ROWS if (value := getattr(self, row.field)) is not None)


@dataclass(frozen=True, eq=False, kw_only=True)
class CdmAnnotations(Value):
    """What the comments of a message say; None where they do not say it.

    Attributes
    ----------
    cdm_id
        Number of the message at Space-Track.
    meets_emergency_criteria
        Whether the message says that its event is reported as an emergency.
    screening_option
        How the approach was found: `Covariance`, `Ellipsoid` or `Stand-Off`.
    effective_hard_body_radius_m
        Combined radius of both objects.
    objects
        Of each of the two objects.
    """

    cdm_id: int | None = None
    meets_emergency_criteria: bool = False
    screening_option: str | None = None
    effective_hard_body_radius_m: float | None = None
    objects: tuple[CdmObjectAnnotations, CdmObjectAnnotations] = (CdmObjectAnnotations(), CdmObjectAnnotations())

    def header_comments(self) -> tuple[str, ...]:
        """The comment lines of the header, in the handbook's spelling."""
        lines = [] if self.cdm_id is None else [f"{CDM_ID}:{self.cdm_id}"]
        return (*lines, EMERGENCY[0]) if self.meets_emergency_criteria else tuple(lines)

    def relative_comments(self) -> tuple[str, ...]:
        """The comment lines of the relative part, in the handbook's spelling; those of the objects are their own."""
        return tuple(_line(row, value) for row in MESSAGE_ROWS if (value := getattr(self, row.field)) is not None)


@dataclass(frozen=True, slots=True)
class _Row:
    """One comment that carries a value.

    Attributes
    ----------
    field
        Of the annotations.
    names
        How the comment begins; the first is the handbook's, and is written.
    unit
        Behind the value; empty where it has none.
    decimals
        How many the handbook shows; None for text.
    """

    field: str
    names: tuple[str, ...]
    unit: str = ""
    decimals: int | None = None
    is_vector: bool = False


MESSAGE_ROWS = (
    _Row("screening_option", ("Screening Option",)),
    _Row("effective_hard_body_radius_m", ("HBR", "Effective HBR"), "m", 4),
)
OBJECT_ROWS = (
    _Row("screened_with", (SCREENED_WITH,)),
    _Row("od_data_source", ("OD_DATA_SOURCE",)),
    _Row("covariance_scale_factor", ("Covariance Scale Factor",), "", 6),
    _Row("exclusion_volume_radius_m", ("Exclusion Volume Radius",), "m", 6),
    _Row("hard_body_radius_source", ("Hard Body Radius Source",)),
    _Row("apogee_altitude_km", ("Apogee Altitude",), "km", 0),
    _Row("perigee_altitude_km", ("Perigee Altitude",), "km", 0),
    _Row("inclination_deg", ("Inclination",), "deg", 1),
    _Row("operator_hard_body_radius_m", ("Operator Hard Body Radius",), "m", 2),
    _Row("dcp_density_forecast_uncertainty", ("DCP Density Forecast Uncertainty",), "", SENSITIVITY_DIGITS),
    _Row("dcp_sensitivity_position_rtn_m", ("DCP Sensitivity Vector RTN Pos",), "m", SENSITIVITY_DIGITS, True),
    _Row("dcp_sensitivity_velocity_rtn_m_s", ("DCP Sensitivity Vector RTN Vel",), "m/sec", SENSITIVITY_DIGITS, True),
)


def annotation_text(comments: Iterable[str], *names: str) -> str | None:
    """The text behind a name at the beginning of a comment; None where no comment begins with one of the names."""
    for comment in comments:
        for name in names:
            match = _pattern(name).match(comment)
            if match is not None:
                return match["value"].strip()
    return None


def annotation_number(comments: Iterable[str], *names: str, unit: str = "") -> float | None:
    """The first finite number behind one of the names; None where there is none, or where another unit is shown."""
    for comment in comments:
        text = annotation_text((comment,), *names)
        if text is not None:
            return next(iter(_numbers(text, 1, unit)), None)
    return None


def read_object_annotations(comments: Iterable[str]) -> CdmObjectAnnotations:
    """Read what the comments of one object say."""
    given = tuple(comments)
    values: dict[str, object] = {}
    for row in OBJECT_ROWS:
        if row.decimals is None:
            values[row.field] = annotation_text(given, *row.names) or None
        elif row.is_vector:
            text = annotation_text(given, *row.names)
            vector = _numbers(text, 3, row.unit) if text is not None else []
            values[row.field] = frozen_array(np.array(vector)) if len(vector) == 3 else None
        else:
            values[row.field] = annotation_number(given, *row.names, unit=row.unit)
    return CdmObjectAnnotations(**values)  # type: ignore[arg-type]


def read_annotations(message: Iterable[str], first: Iterable[str], second: Iterable[str]) -> CdmAnnotations:
    """Read what the comments of a message say.

    Parameters
    ----------
    message
        Comments of header and relative part.
    first, second
        Comments of either object. A comment right before an object may belong to the message, so that those of the
        first are searched for its values too.
    """
    own, one, two = tuple(message), tuple(first), tuple(second)
    near = (*own, *one)
    number = annotation_number(near, CDM_ID)
    emergency = annotation_text(near, *EMERGENCY)
    objects = [read_object_annotations(one), read_object_annotations(two)]
    for comment in own:
        text = annotation_text((comment,), SCREENED_WITH)
        if text is None:
            continue
        match = OBJECT_PREFIX.match(text)
        place, said = (int(match["number"]) - 1, match["rest"]) if match else (0, text)
        if objects[place].screened_with is None:
            objects[place] = _with(objects[place], screened_with=said)
    return CdmAnnotations(
        cdm_id=int(number) if number is not None and number.is_integer() else None,
        meets_emergency_criteria=emergency is not None and emergency.strip(" .").upper() in YES,
        screening_option=annotation_text(near, "Screening Option") or None,
        effective_hard_body_radius_m=annotation_number(near, *MESSAGE_ROWS[1].names, unit="m"),
        objects=(objects[0], objects[1]),
    )


def _with(annotations: CdmObjectAnnotations, **changes: object) -> CdmObjectAnnotations:
    held = {entry.name: getattr(annotations, entry.name) for entry in fields(annotations)}
    return CdmObjectAnnotations(**(held | changes))


@lru_cache(maxsize=64)
def _pattern(name: str) -> re.Pattern[str]:
    words = r"[\s_]+".join(re.escape(word) for word in re.split(r"[\s_]+", name))
    return re.compile(rf"[\s=]*{words}(?![A-Za-z0-9_])\s*[=:]?\s*(?P<value>.*)\Z", re.IGNORECASE | re.DOTALL)


def _numbers(text: str, count: int, unit: str) -> list[float]:
    """The numbers at the beginning of a text, if there are so many, finite, and in that unit or none."""
    values: list[float] = []
    rest = text
    while len(values) < count:
        match = NUMBER.match(rest.lstrip(" ,"))
        if match is None:
            return []
        value = float(match.group().upper().replace("D", "E"))
        if not math.isfinite(value):
            return []
        values.append(value)
        rest = rest.lstrip(" ,")[match.end() :]
    shown = UNIT.match(rest.strip())
    wanted = SPELLINGS.get(unit, unit)
    found = (shown["unit"] or "").lower() if shown else ""
    return [] if found and wanted and SPELLINGS.get(found, found) != wanted else values


def _line(row: _Row, value: object) -> str:
    if row.decimals is None:
        text = str(value)
    elif row.is_vector:
        text = " ".join(_scientific(part) for part in np.asarray(value).tolist())
    elif row.decimals == SENSITIVITY_DIGITS:
        text = _scientific(float(value))  # type: ignore[arg-type]
    else:
        number = float(value)  # type: ignore[arg-type]
        text = f"{number:.{row.decimals}f}"
        text = text if float(text) == number else format_number(number)
    return f"{row.names[0]} = {text}" + (f" [{row.unit}]" if row.unit else "")


def _scientific(value: float) -> str:
    text = f"{value:.{SENSITIVITY_DIGITS}E}"
    return text if float(text) == value else f"{value:.16E}"
