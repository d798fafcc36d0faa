"""The conjunction data message (CCSDS 508.0-B-1): two objects at their closest approach.

Fields carry the keyword in lower case; units are those of the standard's tables and stand in the docstrings where the
name does not show them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ccsds.messages.value import SourcedValue, Value

if TYPE_CHECKING:
    from ccsds.messages.cdm_annotations import CdmAnnotations

__all__ = [
    "Cdm",
    "CdmAdditional",
    "CdmHeader",
    "CdmMetadata",
    "CdmObject",
    "CdmOrbitDetermination",
    "CdmRelative",
]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class CdmHeader(Value):
    """Header; `creation_date` is datetime64[ns] UTC."""

    version: str = "1.0"
    creation_date: np.datetime64
    originator: str
    message_for: str | None = None
    message_id: str
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class CdmRelative(Value):
    """Relative metadata and data; times are datetime64[ns] UTC.

    Attributes
    ----------
    tca
        Time of closest approach.
    relative_position_rtn_m, relative_velocity_rtn_m_s
        Object 2 minus object 1 in the RTN frame of object 1, shape (3,).
    collision_probability
        Between 0 and 1; None where it was not computed.
    """

    tca: np.datetime64
    miss_distance_m: float
    relative_speed_m_s: float | None = None
    relative_position_rtn_m: Floats | None = None
    relative_velocity_rtn_m_s: Floats | None = None
    start_screen_period: np.datetime64 | None = None
    stop_screen_period: np.datetime64 | None = None
    screen_volume_frame: str | None = None
    screen_volume_shape: str | None = None
    screen_volume_x_m: float | None = None
    screen_volume_y_m: float | None = None
    screen_volume_z_m: float | None = None
    screen_entry_time: np.datetime64 | None = None
    screen_exit_time: np.datetime64 | None = None
    collision_probability: float | None = None
    collision_probability_method: str | None = None
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class CdmMetadata(Value):
    """Metadata of one object, as written; `object_designator` is the catalogue number as text."""

    object_designator: str
    catalog_name: str = "SATCAT"
    object_name: str
    international_designator: str = "UNKNOWN"
    object_type: str | None = None
    operator_contact_position: str | None = None
    operator_organization: str | None = None
    operator_phone: str | None = None
    operator_email: str | None = None
    ephemeris_name: str = "NONE"
    covariance_method: str = "CALCULATED"
    maneuverable: str = "N/A"
    orbit_center: str | None = None
    ref_frame: str = "EME2000"
    gravity_model: str | None = None
    atmospheric_model: str | None = None
    n_body_perturbations: str | None = None
    solar_rad_pressure: str | None = None
    earth_tides: str | None = None
    intrack_thrust: str | None = None
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class CdmOrbitDetermination(Value):
    """Orbit determination parameters; spans in days, `residuals_accepted` in percent, times datetime64[ns] UTC."""

    time_lastob_start: np.datetime64 | None = None
    time_lastob_end: np.datetime64 | None = None
    recommended_od_span: float | None = None
    actual_od_span: float | None = None
    obs_available: int | None = None
    obs_used: int | None = None
    tracks_available: int | None = None
    tracks_used: int | None = None
    residuals_accepted: float | None = None
    weighted_rms: float | None = None
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class CdmAdditional(Value):
    """Additional parameters: areas in m², mass in kg, area over mass in m²/kg, thrust in m/s², SEDR in W/kg."""

    area_pc: float | None = None
    area_drg: float | None = None
    area_srp: float | None = None
    mass: float | None = None
    cd_area_over_mass: float | None = None
    cr_area_over_mass: float | None = None
    thrust_acceleration: float | None = None
    sedr: float | None = None
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class CdmObject(Value):
    """One of the two objects.

    Attributes
    ----------
    position_km, velocity_km_s
        At TCA in `metadata.ref_frame`, shape (3,).
    covariance_rtn_m2
        In RTN of this object, full and symmetric; position in m², velocity in m²/s², shape (6, 6), or (9, 9) with rows
        7 to 9 for drag (m²/kg), solar radiation pressure (m²/kg) and thrust (m/s²), NaN where a row is not given.
        None where the message has none.
    extensions
        Keywords beyond CDM 1.0 with their values as written.
    """

    metadata: CdmMetadata
    od: CdmOrbitDetermination = field(default_factory=CdmOrbitDetermination)
    additional: CdmAdditional = field(default_factory=CdmAdditional)
    position_km: Floats
    velocity_km_s: Floats
    state_comments: tuple[str, ...] = ()
    covariance_rtn_m2: Floats | None = None
    covariance_comments: tuple[str, ...] = ()
    extensions: tuple[tuple[str, str], ...] = ()

    @property
    def all_comments(self) -> tuple[str, ...]:
        """The comments of all its blocks, in their order."""
        return (
            *self.metadata.comments,
            *self.od.comments,
            *self.additional.comments,
            *self.state_comments,
            *self.covariance_comments,
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class Cdm(SourcedValue):
    """A conjunction data message; `extensions` holds keywords beyond CDM 1.0 from its header and relative part."""

    header: CdmHeader
    relative: CdmRelative
    objects: tuple[CdmObject, CdmObject]
    extensions: tuple[tuple[str, str], ...] = ()

    @property
    def annotations(self) -> CdmAnnotations:
        """What the comments say, as typed values: annex C of the 19 SDS handbook."""
        from ccsds.messages.cdm_annotations import read_annotations  # noqa: PLC0415 - `import ccsds` stays light

        first, second = self.objects
        message = (*self.header.comments, *self.relative.comments)
        return read_annotations(message, first.all_comments, second.all_comments)
