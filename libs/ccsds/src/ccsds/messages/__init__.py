"""Typed messages."""

from ccsds.messages.cdm import (
    Cdm,
    CdmAdditional,
    CdmHeader,
    CdmMetadata,
    CdmObject,
    CdmOrbitDetermination,
    CdmRelative,
)
from ccsds.messages.element_sets import ElementSets
from ccsds.messages.oem import Oem, OemCovariances, OemHeader, OemMetadata, OemSegment
from ccsds.messages.omm import Omm, OmmMeanElements, OmmMetadata, OmmTleParameters, element_sets_of
from ccsds.messages.opm import Opm, OpmKeplerian, OpmManeuver, OpmMetadata, OpmState
from ccsds.messages.orbit_parts import OdmHeader, SpacecraftParameters, StateCovariance, UserDefined

__all__ = [
    "Cdm",
    "CdmAdditional",
    "CdmHeader",
    "CdmMetadata",
    "CdmObject",
    "CdmOrbitDetermination",
    "CdmRelative",
    "ElementSets",
    "Message",
    "OdmHeader",
    "Oem",
    "OemCovariances",
    "OemHeader",
    "OemMetadata",
    "OemSegment",
    "Omm",
    "OmmMeanElements",
    "OmmMetadata",
    "OmmTleParameters",
    "Opm",
    "OpmKeplerian",
    "OpmManeuver",
    "OpmMetadata",
    "OpmState",
    "SpacecraftParameters",
    "StateCovariance",
    "UserDefined",
    "element_sets_of",
]

Message = Oem | Opm | Omm | Cdm | ElementSets
