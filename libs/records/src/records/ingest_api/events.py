"""Events of ingest-api."""

from typing import ClassVar, Final

from servicekit.events import Event

__all__ = [
    "PAGE",
    "CdmPageReceivedV1",
    "DocumentReceivedV1",
    "EphemerisWithdrawnV1",
    "ManeuverNoticeWithdrawnV1",
    "SatelliteUpdatedV1",
    "received",
]

PAGE: Final = "cdms"
"""Purpose of a document that is a page of messages from Space-Track."""


class DocumentReceivedV1(Event):
    """A file's bytes and its row are durable."""

    topic: ClassVar[str] = "document.received.v1"
    document_id: str


class CdmPageReceivedV1(Event):
    """The bytes and the row of a page of Space-Track's messages are durable.

    A topic of its own, for whoever uploads a file does not wait behind a backlog of pages.
    """

    topic: ClassVar[str] = "cdm-page.received.v1"
    document_id: str


class EphemerisWithdrawnV1(Event):
    """An ephemeris was taken back, or restored, by its owner."""

    topic: ClassVar[str] = "ephemeris.withdrawn.v1"
    ephemeris_id: str
    row_version: int


class ManeuverNoticeWithdrawnV1(Event):
    """A maneuver notification was taken back, or restored, by its owner."""

    topic: ClassVar[str] = "maneuver-notice.withdrawn.v1"
    document_id: str


class SatelliteUpdatedV1(Event):
    """A satellite's owner or one of its facts has changed."""

    topic: ClassVar[str] = "satellite.updated.v1"
    norad_cat_id: int
    row_version: int


def received(purpose: str, document_id: str) -> DocumentReceivedV1 | CdmPageReceivedV1:
    """Return the event that tells of a document of this purpose."""
    return (CdmPageReceivedV1 if purpose == PAGE else DocumentReceivedV1)(document_id=document_id)
