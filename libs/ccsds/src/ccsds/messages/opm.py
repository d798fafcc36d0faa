"""The orbit parameter message (CCSDS 502.0-B-3 section 3): one state, with what belongs to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ccsds.messages.orbit_parts import OdmHeader, SpacecraftParameters, StateCovariance, UserDefined
from ccsds.messages.value import SourcedValue, Value

__all__ = ["Opm", "OpmKeplerian", "OpmManeuver", "OpmMetadata", "OpmState"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class OpmMetadata(Value):
    """Metadata; text is as it was written.

    Attributes
    ----------
    object_id
        International designator, or what the originator writes there; empty where a maneuver notification has none.
    ref_frame
        Frame of state and Keplerian elements; empty where a maneuver notification has neither.
    time_system
        Of all times but the creation date.
    user_defined
        Where a maneuver notification of 19 SDS has them in its metadata.
    """

    object_name: str
    object_id: str
    center_name: str = "EARTH"
    ref_frame: str
    ref_frame_epoch: np.datetime64 | None = None
    time_system: str = "UTC"
    comments: tuple[str, ...] = ()
    user_defined: UserDefined = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class OpmState(Value):
    """State vector in `metadata.ref_frame`: epoch datetime64[ns] in `metadata.time_system`, vectors of shape (3,)."""

    epoch: np.datetime64
    position_km: Floats
    velocity_km_s: Floats
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class OpmKeplerian(Value):
    """Osculating elements at the state's epoch; exactly one of the two anomalies is given."""

    semi_major_axis_km: float
    eccentricity: float
    inclination_deg: float
    ra_of_asc_node_deg: float
    arg_of_pericenter_deg: float
    true_anomaly_deg: float | None = None
    mean_anomaly_deg: float | None = None
    gm_km3_s2: float
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class OpmManeuver(Value):
    """One maneuver.

    Attributes
    ----------
    epoch_ignition
        datetime64[ns] in `metadata.time_system`.
    duration_s
        0 for an impulsive maneuver.
    delta_mass_kg
        Below 0; None where a maneuver notification has none.
    ref_frame
        Frame of `delta_v_km_s`.
    delta_v_km_s
        Shape (3,).
    user_defined
        Those that stand behind this maneuver and belong to it.
    """

    epoch_ignition: np.datetime64
    duration_s: float
    delta_mass_kg: float | None = None
    ref_frame: str
    delta_v_km_s: Floats
    comments: tuple[str, ...] = ()
    user_defined: UserDefined = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Opm(SourcedValue):
    """An orbit parameter message.

    `state` is None in a maneuver notification without one; every other block that is not given is None or empty.
    `user_defined` are the parameters of the last block.
    """

    header: OdmHeader
    metadata: OpmMetadata
    state: OpmState | None = None
    keplerian: OpmKeplerian | None = None
    spacecraft: SpacecraftParameters | None = None
    covariance: StateCovariance | None = None
    maneuvers: tuple[OpmManeuver, ...] = ()
    user_defined: UserDefined = ()
    user_defined_comments: tuple[str, ...] = ()
