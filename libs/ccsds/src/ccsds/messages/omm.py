"""The orbit mean-elements message (CCSDS 502.0-B-3 section 4): one object's mean elements, complete."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ccsds.errors import NoElementSet
from ccsds.messages.element_sets import ElementSets
from ccsds.messages.orbit_parts import OdmHeader, SpacecraftParameters, StateCovariance, UserDefined
from ccsds.messages.value import SourcedValue, Value, frozen_array

__all__ = ["Omm", "OmmMeanElements", "OmmMetadata", "OmmTleParameters", "element_sets_of"]


@dataclass(frozen=True, eq=False, kw_only=True)
class OmmMetadata(Value):
    """Metadata; text is as it was written."""

    object_name: str
    object_id: str
    center_name: str = "EARTH"
    ref_frame: str = "TEME"
    ref_frame_epoch: np.datetime64 | None = None
    time_system: str = "UTC"
    mean_element_theory: str = "SGP4"
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class OmmMeanElements(Value):
    """Mean elements at `epoch` (datetime64[ns] in `metadata.time_system`).

    Exactly one of semi-major axis and mean motion is given.
    """

    epoch: np.datetime64
    semi_major_axis_km: float | None = None
    mean_motion_rev_day: float | None = None
    eccentricity: float
    inclination_deg: float
    ra_of_asc_node_deg: float
    arg_of_pericenter_deg: float
    mean_anomaly_deg: float
    gm_km3_s2: float | None = None
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class OmmTleParameters(Value):
    """What a two-line element set has beyond the elements; None where the message has none.

    Attributes
    ----------
    bstar
        Drag term of SGP4, 1/earth radii.
    bterm_m2_kg, agom_m2_kg
        Ballistic coefficient and solar radiation pressure coefficient of SGP4-XP.
    mean_motion_dot, mean_motion_ddot
        From a TLE: half the first derivative (rev/day²), a sixth of the second (rev/day³).
    """

    ephemeris_type: int | None = None
    classification_type: str | None = None
    norad_cat_id: int | None = None
    element_set_no: int | None = None
    rev_at_epoch: int | None = None
    bstar: float | None = None
    bterm_m2_kg: float | None = None
    mean_motion_dot: float | None = None
    mean_motion_ddot: float | None = None
    agom_m2_kg: float | None = None
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Omm(SourcedValue):
    """One orbit mean-elements message; a block that is not given is None or empty."""

    header: OdmHeader
    metadata: OmmMetadata
    elements: OmmMeanElements
    spacecraft: SpacecraftParameters | None = None
    tle: OmmTleParameters | None = None
    covariance: StateCovariance | None = None
    user_defined: UserDefined = ()
    user_defined_comments: tuple[str, ...] = ()

    def element_sets(self) -> ElementSets:
        """The message as a catalogue of one element set for SGP4.

        Raises
        ------
        NoElementSet
            The elements are not for SGP4: another theory, no mean motion, or no catalogue number.
        """
        elements, tle = self.elements, self.tle or OmmTleParameters()
        reason = self.why_not_sgp4()
        if reason is not None or elements.mean_motion_rev_day is None or tle.norad_cat_id is None:
            raise NoElementSet(f"the OMM is no element set for SGP4: {reason}")

        def real(value: float | None) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
            return frozen_array(np.array([0.0 if value is None else value], dtype=np.float64))

        def whole(value: int | None) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
            return frozen_array(np.array([value or 0], dtype=np.int64))

        return ElementSets(
            norad_cat_id=whole(tle.norad_cat_id),
            object_name=(self.metadata.object_name,),
            object_id=(self.metadata.object_id,),
            epoch=frozen_array(np.array([elements.epoch], dtype="datetime64[ns]")),
            mean_motion_rev_day=real(elements.mean_motion_rev_day),
            eccentricity=real(elements.eccentricity),
            inclination_deg=real(elements.inclination_deg),
            ra_of_asc_node_deg=real(elements.ra_of_asc_node_deg),
            arg_of_pericenter_deg=real(elements.arg_of_pericenter_deg),
            mean_anomaly_deg=real(elements.mean_anomaly_deg),
            bstar=real(tle.bstar),
            mean_motion_dot=real(tle.mean_motion_dot),
            mean_motion_ddot=real(tle.mean_motion_ddot),
            ephemeris_type=whole(tle.ephemeris_type),
            classification=frozen_array(np.array([tle.classification_type or "U"], dtype="U1")),
            element_set_no=whole(tle.element_set_no),
            rev_at_epoch=whole(tle.rev_at_epoch),
        )

    def why_not_sgp4(self) -> str | None:
        """Why the elements can't be propagated with SGP4; None where they can."""
        from ccsds.tables.oem import normalised  # noqa: PLC0415
        from ccsds.tables.omm import SGP_THEORIES  # noqa: PLC0415

        tle = self.tle or OmmTleParameters()
        if normalised(self.metadata.mean_element_theory) not in SGP_THEORIES:
            return f"its theory is {self.metadata.mean_element_theory}"
        if tle.ephemeris_type == SGP4_XP_TYPE:
            return "its ephemeris type is 4, SGP4-XP"
        if self.elements.mean_motion_rev_day is None:
            return "it has no MEAN_MOTION"
        if tle.norad_cat_id is None:
            return "it has no NORAD_CAT_ID"
        for value, wanted, keyword in (
            (self.metadata.ref_frame, "TEME", "REF_FRAME"),
            (self.metadata.time_system, "UTC", "TIME_SYSTEM"),
            (self.metadata.center_name, "EARTH", "CENTER_NAME"),
        ):
            if normalised(value) != wanted:
                return f"its {keyword} is {value}"
        return None


SGP4_XP_TYPE = 4


def element_sets_of(message: object) -> ElementSets | None:
    """The catalogue that a message is: its own element sets, or the one of an OMM for SGP4; None for anything else."""
    if isinstance(message, ElementSets):
        return message
    if isinstance(message, Omm) and message.why_not_sgp4() is None:
        return message.element_sets()
    return None
