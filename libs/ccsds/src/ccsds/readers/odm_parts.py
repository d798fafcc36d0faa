"""Parts that OPM and OMM share, built from their sections."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ccsds.messages.orbit_parts import OdmHeader, SpacecraftParameters, StateCovariance, UserDefined
from ccsds.messages.value import frozen_array
from ccsds.readers.odm_statements import OdmStatements, UserParameter
from ccsds.readers.section import Section
from ccsds.tables.state_covariance import COVARIANCE, COVARIANCE_ELEMENTS

__all__ = ["build_covariance", "build_header", "build_spacecraft", "number_or_nan", "pairs", "vector"]

SIZE = 6


def build_header(statements: OdmStatements, user_defined: UserDefined = ()) -> OdmHeader:
    """The header; what is missing there has its finding already."""
    section = statements.section
    creation = section.time("CREATION_DATE")
    return OdmHeader(
        version=section.text(statements.kind.version_keyword) or "",
        creation_date=creation if creation is not None else np.datetime64("NaT", "ns"),
        originator=section.text("ORIGINATOR") or "",
        classification=section.text("CLASSIFICATION"),
        message_id=section.text("MESSAGE_ID"),
        comments=tuple(statements.comments.get("header", ())),
        user_defined=user_defined,
    )


def build_spacecraft(statements: OdmStatements) -> SpacecraftParameters | None:
    """The spacecraft parameters; None where there are none."""
    section = statements.section
    comments = tuple(statements.comments.get("spacecraft", ()))
    values = {
        field: section.number(name)
        for name, field in (
            ("MASS", "mass_kg"),
            ("SOLAR_RAD_AREA", "solar_rad_area_m2"),
            ("SOLAR_RAD_COEFF", "solar_rad_coeff"),
            ("DRAG_AREA", "drag_area_m2"),
            ("DRAG_COEFF", "drag_coeff"),
        )
    }
    if all(value is None for value in values.values()) and not comments:
        return None
    return SpacecraftParameters(**values, comments=comments)


def build_covariance(statements: OdmStatements, incomplete_key: str) -> StateCovariance | None:
    """The covariance; None, with a finding, where its 21 elements are not all there."""
    section, log = statements.section, statements.log
    given = [name for name in COVARIANCE if name in section.entries]
    frame = section.text("COV_REF_FRAME")
    if len(given) < len(COVARIANCE):
        if given or frame is not None:
            entry = section.entries[given[0] if given else "COV_REF_FRAME"]
            missing = [name for name in COVARIANCE if name not in given]
            shown = ", ".join(missing[:6]) + (" …" if len(missing) > 6 else "")
            message = f"the covariance lacks {len(missing)} of its 21 elements: {shown}"
            log.drop(incomplete_key, message, line=entry.line, column=entry.column)
        for name in given:
            section.number(name)
        return None
    matrix = np.full((SIZE, SIZE), np.nan)
    for name, row, column in COVARIANCE_ELEMENTS:
        value = section.number(name)
        matrix[row, column] = matrix[column, row] = np.nan if value is None else value
    if np.isnan(matrix).any():
        log.lossy = True
        return None
    return StateCovariance(
        matrix=frozen_array(matrix), ref_frame=frame, comments=tuple(statements.comments.get("covariance", ()))
    )


def vector(section: Section, *names: str) -> npt.NDArray[np.float64] | None:
    """Numbers as an array; None where one is missing."""
    values = [section.number(name) for name in names]
    whole = [value for value in values if value is not None]
    return frozen_array(np.array(whole)) if len(whole) == len(values) else None


def number_or_nan(section: Section, name: str) -> float:
    """A number; NaN where there is none."""
    value = section.number(name)
    return float("nan") if value is None else value


def pairs(parameters: list[UserParameter]) -> UserDefined:
    """User-defined parameters as messages carry them."""
    return tuple((parameter.name, parameter.value) for parameter in parameters)
