"""Parts that orbit parameter and mean-elements messages share (CCSDS 502.0-B-3 sections 3 and 4)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ccsds.messages.value import Value

__all__ = ["OdmHeader", "SpacecraftParameters", "StateCovariance", "UserDefined"]

UserDefined = tuple[tuple[str, str], ...]
"""User-defined parameters in their order: the name behind `USER_DEFINED_`, and the value as written."""


@dataclass(frozen=True, eq=False, kw_only=True)
class OdmHeader(Value):
    """Header of an OPM or OMM.

    Attributes
    ----------
    version
        `1.0` (OPM only), `2.0` or `3.0`.
    creation_date
        datetime64[ns], UTC; NaT where the document has none.
    originator
        Agency or operator.
    classification, message_id
        Version 3.0 only.
    user_defined
        Where a maneuver notification of 19 SDS has them in its header.
    """

    version: str = "2.0"
    creation_date: np.datetime64
    originator: str
    classification: str | None = None
    message_id: str | None = None
    comments: tuple[str, ...] = ()
    user_defined: UserDefined = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class SpacecraftParameters(Value):
    """Spacecraft parameters; a coefficient of zero means that the force is not modelled (3.2.4.5, 3.2.4.6)."""

    mass_kg: float | None = None
    solar_rad_area_m2: float | None = None
    solar_rad_coeff: float | None = None
    drag_area_m2: float | None = None
    drag_coeff: float | None = None
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class StateCovariance(Value):
    """Covariance of position and velocity.

    Attributes
    ----------
    matrix
        Full and symmetric, in km², km²/s and km²/s², shape (6, 6).
    ref_frame
        Its frame; None means the message's `ref_frame`.
    """

    matrix: npt.NDArray[np.float64]
    ref_frame: str | None = None
    comments: tuple[str, ...] = ()
