"""Rules of the service itself: every one stands in `RULES`. A new rule is a function and an entry here."""

from typing import Any

from validator.rules import purposes, satellites
from validator.rules.rule import Fault, ServiceRule, Subject

__all__ = [
    "PACKED_DAMAGED",
    "PACKED_TOO_LARGE",
    "ROW_NOT_KEPT",
    "RULES",
    "Fault",
    "ServiceRule",
    "Subject",
    "service_findings",
    "service_rules",
]

_OURS = "Fairway"
_HANDBOOK = "19 SDS Spaceflight Safety Handbook, table 9"

RULES: tuple[ServiceRule, ...] = (
    ServiceRule(
        id="SVC-001",
        severity="error",
        title="The satellites that a file is about belong to the organization that sent it.",
        source=_OURS,
        hint="Check the number; if the satellite is yours, have an administrator assign it to your organization.",
        check=satellites.is_own,
    ),
    ServiceRule(
        id="SVC-002",
        severity="error",
        title="Request, file name and content name the same satellite.",
        source=_OURS,
        hint="Write one catalogue number in norad_cat_id, file name and OBJECT_ID, and send the file again.",
        check=satellites.names_agree,
    ),
    ServiceRule(
        id="SVC-003",
        severity="warning",
        title="What names a satellite can be resolved.",
        source=_OURS,
        hint="Have the satellite's international designator recorded, or write its catalogue number.",
        check=satellites.names_resolve,
    ),
    ServiceRule(
        id="SVC-004",
        severity="error",
        title="The satellite that an ephemeris, an OPM or an OMM is about can be determined.",
        source=_OURS,
        hint="Put the catalogue number into the file name (MEME_25544_…) or send norad_cat_id with the file.",
        check=satellites.is_determined,
    ),
    ServiceRule(
        id="SVC-005",
        severity="error",
        title="A nine-digit number is registered before files come for it.",
        source=_OURS,
        hint="Have an administrator register the number for your organization, and send the file again.",
        check=satellites.is_registered,
    ),
    ServiceRule(
        id="SVC-006",
        severity="warning",
        title="File name and request say the same designation.",
        source=_OURS,
        hint="Send one of them only, or the same in both.",
        check=purposes.designations_agree,
    ),
    ServiceRule(
        id="SVC-007",
        severity="warning",
        title="The time group in the file name is the start of the ephemeris.",
        source=_HANDBOOK,
        hint="Name the file after its START_TIME, as DDDHHMM in UTC.",
        check=purposes.time_group_is_the_start,
    ),
    ServiceRule(
        id="SVC-008",
        severity="warning",
        title="A trajectory can be made of an ephemeris.",
        source=_OURS,
        hint="Send enough states to interpolate, about the EARTH, in a supported frame and time system.",
        check=purposes.can_be_screened,
    ),
    ServiceRule(
        id="SVC-009",
        severity="info",
        title="An operator's own element sets are stored and shown, and not screened.",
        source=_OURS,
        hint="Send an ephemeris (OEM) to have it screened.",
        check=purposes.elements_are_not_screened,
    ),
    ServiceRule(
        id="SVC-010",
        severity="info",
        title="A CDM from outside joins the conjunction events of the organization's satellites, and no others.",
        source=_OURS,
        hint="Nothing has to be done; if one of its objects is yours, have an administrator assign it to you.",
        check=purposes.foreign_cdm_is_not_grouped,
    ),
    ServiceRule(
        id="SVC-011",
        severity="error",
        title="A catalogue consists of element sets.",
        source=_OURS,
        hint="Load TLE, 3LE, or OMM in CSV, JSON, KVN or XML; send an ephemeris as a document.",
        check=purposes.catalogue_is_elements,
    ),
    ServiceRule(
        id="SVC-012",
        severity="error",
        title="Nearly all records of a catalogue can be used.",
        source=_OURS,
        hint="Correct the records that the findings name, or load another file.",
        check=purposes.catalogue_is_usable,
    ),
    ServiceRule(
        id="SVC-013",
        severity="warning",
        title="The states of an ephemeris are close enough together for its interpolation.",
        source=_OURS,
        hint="Write the ephemeris with a shorter step, or with velocities and HERMITE interpolation.",
        check=purposes.step_suits_the_orbit,
    ),
    ServiceRule(
        id="SVC-014",
        severity="info",
        title="Which table of the earth's rotation states fixed to the earth are turned with.",
        source=_OURS,
        hint="Send states in GCRF, EME2000 or TEME where centimetres matter and the table only predicts.",
        check=purposes.earth_orientation_is_said,
    ),
    ServiceRule(
        id="SVC-015",
        severity="info",
        title="An operator's own state vector or maneuvers (OPM) are stored and shown, and not screened.",
        source=_OURS,
        hint="Send an ephemeris (OEM) to have it screened.",
        check=purposes.state_is_not_screened,
    ),
    ServiceRule(
        id="SVC-016",
        severity="warning",
        title="A maneuver notification says whose maneuver it is, why, and how sure.",
        source="19 SDS Spaceflight Safety Handbook, tables 10 to 16",
        hint="Add what is missing: fairway validate --profile space-track names every line.",
        check=purposes.maneuvers_are_told,
    ),
)

PACKED_DAMAGED = ServiceRule(
    id="SVC-020",
    severity="error",
    title="A compressed catalogue can be unpacked.",
    source="RFC 1952",
    hint="Compress the file again, or send it as it is.",
    check=lambda _: (),
)
PACKED_TOO_LARGE = ServiceRule(
    id="SVC-021",
    severity="error",
    title="A compressed catalogue does not grow beyond all measure.",
    source=_OURS,
    hint="Send it in parts, or unpacked if it is a real catalogue.",
    check=lambda _: (),
)
ROW_NOT_KEPT = ServiceRule(
    id="SVC-022",
    severity="warning",
    title="Each row of a page from Space-Track becomes a message.",
    source=_OURS,
    hint="Look at the row in the document; its message can be made when the reader knows it.",
    check=lambda _: (),
)


def service_findings(subject: Subject) -> list[dict[str, Any]]:
    """Return what the rules of the service say of a document, in the order of their numbers."""
    return [finding for rule in RULES for finding in rule.findings(subject)]


def service_rules() -> tuple[ServiceRule, ...]:
    """Every rule of the service, for the documentation."""
    return (*RULES, PACKED_DAMAGED, PACKED_TOO_LARGE, ROW_NOT_KEPT)
