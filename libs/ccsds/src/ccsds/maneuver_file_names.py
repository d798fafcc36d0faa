"""Names of maneuver notifications: `<CDM organization>_<unique identifier>_<metadata>.opm` (19 SDS handbook)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ccsds.errors import CannotWrite
from ccsds.profiles import profile_named
from ccsds.report import Finding, FindingLog

__all__ = ["ManeuverFileName", "build_maneuver_file_name", "parse_maneuver_file_name"]

MAX_FINDINGS = 10
SUFFIX = ".opm"
IDENTIFIER = re.compile(r"[A-Za-z0-9-]+\Z")
ORGANIZATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]*\Z")
METADATA = re.compile(r"[A-Za-z0-9_-]*\Z")


@dataclass(frozen=True, slots=True)
class ManeuverFileName:
    """What the name of a notification says; empty where it does not say it.

    Attributes
    ----------
    organization
        The title of the CDM account.
    identifier
        What tells the notification from others, for example a number or a time.
    metadata
        What the operator adds; may be empty.
    findings
        By the profile that was asked for; rule ids `MAN-02n`.
    """

    organization: str
    identifier: str
    metadata: str
    findings: tuple[Finding, ...]


def parse_maneuver_file_name(
    name: str, *, originator: str | None = None, profile: str = "operational"
) -> ManeuverFileName:
    """Read the name of a maneuver notification.

    Parameters
    ----------
    name
        The bare file name.
    originator
        ORIGINATOR of the notification, where it is known: the name must begin with it, underscores and all.
    profile
        By which the findings are weighed.
    """
    log = FindingLog(profile_named(profile), MAX_FINDINGS)
    stem = name
    if name.lower().endswith(SUFFIX):
        stem = name[: -len(SUFFIX)]
    else:
        log.add("MAN-020", f"the name {name!r} does not end in {SUFFIX}")
    if originator is not None and stem.startswith(f"{originator}_"):
        organization, rest = originator, stem[len(originator) + 1 :]
    else:
        organization, _, rest = stem.partition("_")
        if originator is not None:
            message = f"the name says {organization!r}, ORIGINATOR {originator!r}"
            log.add("MAN-021", message, hint=f"Begin the name with {originator}_")
    identifier, _, metadata = rest.partition("_")
    if not organization or not identifier:
        log.add("MAN-020", f"the name {name!r} does not hold an organization and an identifier")
    return ManeuverFileName(organization, identifier, metadata, log.findings()[0])


def build_maneuver_file_name(organization: str, identifier: str, metadata: str = "") -> str:
    """Build the name of a maneuver notification.

    Raises
    ------
    CannotWrite
        A part holds characters by which the name could not be read, or is empty where it must not be.
    """
    for what, text, form in (
        ("organization", organization, ORGANIZATION),
        ("identifier", identifier, IDENTIFIER),
        ("metadata", metadata, METADATA),
    ):
        if form.match(text) is None:
            raise CannotWrite(f"the {what} {text!r} can't stand in a file name: letters, digits and dashes can")
    return f"{organization}_{identifier}{f'_{metadata}' if metadata else ''}{SUFFIX}"
