"""CCSDS and related orbit messages: bytes to typed messages, rules, profiles, writers.

>>> report = ccsds.validate("ephemeris.oem", profile="strict")
>>> report.verdict, report.findings
>>> oem = ccsds.read("ephemeris.oem")
>>> oem.segments[0].positions_km
>>> ccsds.write(oem, "kvn")
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ccsds.errors import (
    CannotWrite,
    CcsdsError,
    InvalidMessage,
    LossyConversion,
    NoElementSet,
    NotANotification,
    UnknownProfile,
)
from ccsds.limits import Limits
from ccsds.profiles import PROFILE_NAMES, Profile, profiles
from ccsds.rules import Rule, rules

if TYPE_CHECKING:
    from ccsds.conversion import Conversion, convert
    from ccsds.ephemeris_states import opm_of_state
    from ccsds.file_names import FileName, build_file_name, parse_file_name
    from ccsds.frame_pairs import SPACE_TRACK_FRAME_PAIRS, covariance_frames_for, is_space_track_frame_pair
    from ccsds.maneuver_file_names import ManeuverFileName, build_maneuver_file_name, parse_maneuver_file_name
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
        element_sets_of,
    )
    from ccsds.messages.cdm_annotations import CdmAnnotations, CdmObjectAnnotations
    from ccsds.messages.maneuver_notification import (
        ManeuverNotification,
        NotifiedManeuver,
        is_maneuver_notification,
        maneuver_notification,
    )
    from ccsds.opening import Sniffed
    from ccsds.report import Finding, Report
    from ccsds.schemas import state_vector_schema
    from ccsds.tables.maneuver_notification import MANEUVER_PURPOSES, MANEUVER_STATUSES
    from ccsds.tables.omm import OMM_CATALOGUE_KEYWORDS
    from ccsds.validation import read, read_catalogue, sniff, validate, validate_each
    from ccsds.writers import write

__all__ = [
    "MANEUVER_PURPOSES",
    "MANEUVER_STATUSES",
    "OMM_CATALOGUE_KEYWORDS",
    "PROFILE_NAMES",
    "SPACE_TRACK_FRAME_PAIRS",
    "CannotWrite",
    "CcsdsError",
    "Cdm",
    "CdmAdditional",
    "CdmAnnotations",
    "CdmHeader",
    "CdmMetadata",
    "CdmObject",
    "CdmObjectAnnotations",
    "CdmOrbitDetermination",
    "CdmRelative",
    "Conversion",
    "ElementSets",
    "FileName",
    "Finding",
    "InvalidMessage",
    "Limits",
    "LossyConversion",
    "ManeuverFileName",
    "ManeuverNotification",
    "Message",
    "NoElementSet",
    "NotANotification",
    "NotifiedManeuver",
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
    "build_file_name",
    "build_maneuver_file_name",
    "convert",
    "covariance_frames_for",
    "element_sets_of",
    "is_maneuver_notification",
    "is_space_track_frame_pair",
    "maneuver_notification",
    "opm_of_state",
    "parse_file_name",
    "parse_maneuver_file_name",
    "profiles",
    "read",
    "read_catalogue",
    "rules",
    "sniff",
    "state_vector_schema",
    "validate",
    "validate_each",
    "write",
]

_LATE = {
    "Cdm": "ccsds.messages",
    "CdmAdditional": "ccsds.messages",
    "CdmAnnotations": "ccsds.messages.cdm_annotations",
    "CdmHeader": "ccsds.messages",
    "CdmMetadata": "ccsds.messages",
    "CdmObject": "ccsds.messages",
    "CdmObjectAnnotations": "ccsds.messages.cdm_annotations",
    "CdmOrbitDetermination": "ccsds.messages",
    "CdmRelative": "ccsds.messages",
    "Conversion": "ccsds.conversion",
    "ElementSets": "ccsds.messages",
    "FileName": "ccsds.file_names",
    "Finding": "ccsds.report",
    "MANEUVER_PURPOSES": "ccsds.tables.maneuver_notification",
    "OMM_CATALOGUE_KEYWORDS": "ccsds.tables.omm",
    "MANEUVER_STATUSES": "ccsds.tables.maneuver_notification",
    "ManeuverFileName": "ccsds.maneuver_file_names",
    "ManeuverNotification": "ccsds.messages.maneuver_notification",
    "Message": "ccsds.messages",
    "NotifiedManeuver": "ccsds.messages.maneuver_notification",
    "OdmHeader": "ccsds.messages",
    "Oem": "ccsds.messages",
    "OemCovariances": "ccsds.messages",
    "OemHeader": "ccsds.messages",
    "OemMetadata": "ccsds.messages",
    "OemSegment": "ccsds.messages",
    "Omm": "ccsds.messages",
    "OmmMeanElements": "ccsds.messages",
    "OmmMetadata": "ccsds.messages",
    "OmmTleParameters": "ccsds.messages",
    "Opm": "ccsds.messages",
    "OpmKeplerian": "ccsds.messages",
    "OpmManeuver": "ccsds.messages",
    "OpmMetadata": "ccsds.messages",
    "OpmState": "ccsds.messages",
    "Report": "ccsds.report",
    "SPACE_TRACK_FRAME_PAIRS": "ccsds.frame_pairs",
    "Sniffed": "ccsds.opening",
    "SpacecraftParameters": "ccsds.messages",
    "StateCovariance": "ccsds.messages",
    "build_file_name": "ccsds.file_names",
    "build_maneuver_file_name": "ccsds.maneuver_file_names",
    "convert": "ccsds.conversion",
    "covariance_frames_for": "ccsds.frame_pairs",
    "element_sets_of": "ccsds.messages",
    "is_maneuver_notification": "ccsds.messages.maneuver_notification",
    "is_space_track_frame_pair": "ccsds.frame_pairs",
    "maneuver_notification": "ccsds.messages.maneuver_notification",
    "opm_of_state": "ccsds.ephemeris_states",
    "parse_file_name": "ccsds.file_names",
    "parse_maneuver_file_name": "ccsds.maneuver_file_names",
    "read": "ccsds.validation",
    "read_catalogue": "ccsds.validation",
    "sniff": "ccsds.validation",
    "state_vector_schema": "ccsds.schemas",
    "validate": "ccsds.validation",
    "validate_each": "ccsds.validation",
    "write": "ccsds.writers",
}
"""Names whose module is imported when they are first asked for, so that `import ccsds` stays light."""


def __getattr__(name: str) -> Any:
    module = _LATE.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(module), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *_LATE]
