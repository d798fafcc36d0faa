"""What the site looks at before it takes a file: names of ephemerides, name and fields of maneuver notifications."""

import re
from collections.abc import Mapping
from typing import Final

from ccsds import parse_file_name
from spacetrack_simulator.fileshare import FolderKind

__all__ = ["opm_fields", "refusal_of"]

CLASSIFIED: Final = "unclassified"
PURPOSES: Final = frozenset(
    [
        "AEROBRAKE",
        "ATT_ADJUST",
        "COLA",
        "DEORBIT",
        "DISPOSAL",
        "FLYBY_TARG",
        "LEOP",
        "MNVR_CLEANUP",
        "MASS_ADJUST",
        "TRIM",
        "OTHER",
        "PER_RED",
        "RELOCATION",
        "SCI_OBJ",
        "SPIN_RATE_ADJUST",
        "SK",
        "TRAJ_CORR",
    ]
)
STATUSES: Final = frozenset({"PREDICTED", "DETERMINED", "CANCELLED"})
MANDATORY: Final = (
    "CCSDS_OPM_VERS",
    "CREATION_DATE",
    "ORIGINATOR",
    "OBJECT_NAME",
    "OBJECT_ID",
    "MAN_EPOCH_IGNITION",
    "MAN_DURATION",
    "MAN_REF_FRAME",
    "MAN_DV_1",
    "MAN_DV_2",
    "MAN_DV_3",
    "USER_DEFINED_NORAD_CAT_ID",
    "USER_DEFINED_MAN_PURPOSE",
    "USER_DEFINED_MAN_STATUS",
)
MAN_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,30}\Z")


def refusal_of(kind: FolderKind, organization: str, name: str, content: bytes) -> str | None:
    """Say why a file is not taken; None where it is.

    Parameters
    ----------
    kind
        Of the folder.
    organization
        Exact title of the organization that owns the folder.

    """
    if kind == "ephemeris":
        return _ephemeris_refusal(name)
    return _maneuver_refusal(organization, name, content) if kind == "maneuvers" else None


def _ephemeris_refusal(name: str) -> str | None:
    read = parse_file_name(name, profile="space-track")
    errors = [finding.message for finding in read.findings if finding.severity == "error"]
    if errors:
        return f"File {name} is not named correctly: {errors[0]}"
    if read.data_type != "MEME" or read.norad_cat_id is None or read.day_time_group is None:
        return f"File {name} is not named correctly"
    if read.classification.lower() != CLASSIFIED or read.extension.lower() != "txt":
        return f"File {name} is not named correctly"
    return None


def _maneuver_refusal(organization: str, name: str, content: bytes) -> str | None:
    if not name.startswith(f"{organization}_") or not name.endswith(".opm"):
        return f"File {name} is not named correctly: use {organization}_<unique identifier>.opm"
    fields = opm_fields(content)
    missing = [keyword for keyword in MANDATORY if not fields.get(keyword)]
    if missing:
        return f"File {name}: {missing[0]} is missing"
    if fields["ORIGINATOR"] != organization:
        return f"File {name}: ORIGINATOR {fields['ORIGINATOR']} is not {organization}"
    if fields["USER_DEFINED_MAN_PURPOSE"] not in PURPOSES:
        return f"File {name}: USER_DEFINED_MAN_PURPOSE {fields['USER_DEFINED_MAN_PURPOSE']} is not allowed"
    if fields["USER_DEFINED_MAN_STATUS"] not in STATUSES:
        return f"File {name}: USER_DEFINED_MAN_STATUS {fields['USER_DEFINED_MAN_STATUS']} is not allowed"
    if fields["USER_DEFINED_MAN_PURPOSE"] == "COLA" and not fields.get("USER_DEFINED_TCA"):
        return f"File {name}: USER_DEFINED_TCA is missing"
    if "USER_DEFINED_MAN_ID" in fields and not MAN_ID.match(fields["USER_DEFINED_MAN_ID"]):
        return f"File {name}: USER_DEFINED_MAN_ID {fields['USER_DEFINED_MAN_ID']} is not allowed"
    return None


def opm_fields(content: bytes) -> Mapping[str, str]:
    """Read keyword and value of each line of an OPM; of a keyword that stands twice, the last."""
    fields: dict[str, str] = {}
    for line in content.decode("utf-8", errors="replace").splitlines():
        keyword, equals, value = line.partition("=")
        if equals:
            fields[keyword.strip()] = re.sub(r"\s*\[[^]]*\]\s*\Z", "", value.strip())
    return fields
