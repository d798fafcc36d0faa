"""The mail to the squadron's crew about a special file, or one for a high-interest event: a person sends it.

The handbook asks for it, with telephone; nothing of it is sent by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from spacetrack_gateway.settings import SpaceTrackSettings

__all__ = ["EventOfInterest", "letter"]

_NO_EVENT: Final = "none"


@dataclass(frozen=True, kw_only=True)
class EventOfInterest:
    """A conjunction that the file is about."""

    other_norad_cat_id: int
    other_name: str
    tca: datetime
    cdm_ids: tuple[str, ...]


def letter(
    settings: SpaceTrackSettings,
    *,
    organization: str,
    norad_cat_id: int | None,
    file_name: str,
    designation: str,
    events: Sequence[EventOfInterest],
    has_agreement: bool,
) -> dict[str, Any]:
    """Return the prepared mail: to, subject, body, and the telephone."""
    lines = [
        f"Organization: {organization}",
        f"Object: {norad_cat_id or 'see file'}",
        f"File in our Space-Track folder: {file_name} ({designation})",
        "",
    ]
    for event in events:
        lines += [
            f"Event: {event.other_norad_cat_id} {event.other_name}, TCA {event.tca:%Y-%m-%d %H:%M:%S} UTC",
            f"CDM: {', '.join(event.cdm_ids) or _NO_EVENT}",
            f"Please screen against: the catalogue, and {event.other_norad_cat_id}",
            "",
        ]
    if not events:
        lines += ["Event: none", "Please screen against: the catalogue", ""]
    lines += [
        "Orbital data request: (reference, where there is one)",
        f"SSA Sharing Agreement: {'yes' if has_agreement else 'no'}",
    ]
    about = f"object {norad_cat_id}" if norad_cat_id is not None else organization
    return {
        "to": settings.orbital_safety_address,
        "telephone": settings.orbital_safety_telephone,
        "subject": f"{designation.capitalize()} ephemeris for {about}: {file_name}",
        "body": "\n".join(lines) + "\n",
    }
