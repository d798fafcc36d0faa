"""CCSDS and related orbit messages: bytes to typed messages, rules, profiles, writers.

>>> report = ccsds.validate("ephemeris.oem", profile="strict")
>>> report.verdict, report.findings
>>> oem = ccsds.read("ephemeris.oem")
>>> oem.segments[0].positions_km
>>> ccsds.write(oem, "kvn")
"""

from ccsds.errors import CannotWrite, CcsdsError, InvalidMessage, UnknownProfile
from ccsds.file_names import FileName, parse_file_name
from ccsds.limits import Limits
from ccsds.messages import (
    Cdm,
    CdmAdditional,
    CdmHeader,
    CdmMetadata,
    CdmObject,
    CdmOrbitDetermination,
    CdmRelative,
    ElementSets,
    Message,
    OdmHeader,
    Oem,
    OemCovariances,
    OemHeader,
    OemMetadata,
    OemSegment,
    Omm,
    OmmMeanElements,
    OmmMetadata,
    OmmTleParameters,
    Opm,
    OpmKeplerian,
    OpmManeuver,
    OpmMetadata,
    OpmState,
    SpacecraftParameters,
    StateCovariance,
)
from ccsds.opening import Sniffed
from ccsds.profiles import PROFILE_NAMES, Profile, profiles
from ccsds.report import Finding, Report
from ccsds.rules import Rule, rules
from ccsds.validation import read, read_catalogue, sniff, validate
from ccsds.writers import write

__all__ = [
    "PROFILE_NAMES",
    "CannotWrite",
    "CcsdsError",
    "Cdm",
    "CdmAdditional",
    "CdmHeader",
    "CdmMetadata",
    "CdmObject",
    "CdmOrbitDetermination",
    "CdmRelative",
    "ElementSets",
    "FileName",
    "Finding",
    "InvalidMessage",
    "Limits",
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
    "Profile",
    "Report",
    "Rule",
    "Sniffed",
    "SpacecraftParameters",
    "StateCovariance",
    "UnknownProfile",
    "parse_file_name",
    "profiles",
    "read",
    "read_catalogue",
    "rules",
    "sniff",
    "validate",
    "write",
]
