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
    "Oem",
    "OemCovariances",
    "OemHeader",
    "OemMetadata",
    "OemSegment",
]

Message = Oem | Cdm | ElementSets
