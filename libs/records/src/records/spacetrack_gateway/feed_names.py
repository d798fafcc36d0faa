"""Names of feeds: ``space-track`` and ``celestrak`` are the service's, each link of an organization has one too."""

from typing import Final

__all__ = ["LINKS", "feed_of_link", "organization_of"]

LINKS: Final = "space-track/"
"""How the name of a link's feed begins."""


def feed_of_link(organization_id: str) -> str:
    """Return the name of the feed that says how an organization's link to Space-Track stands."""
    return f"{LINKS}{organization_id}"


def organization_of(name: str) -> str | None:
    """Return whose link a feed is about; None for a feed of the service."""
    return name.removeprefix(LINKS) if name.startswith(LINKS) else None
