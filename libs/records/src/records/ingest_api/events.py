"""Events of ingest-api."""

from typing import ClassVar

from servicekit.events import Event

__all__ = ["DocumentReceivedV1", "EphemerisWithdrawnV1", "ManeuverNoticeWithdrawnV1", "SatelliteUpdatedV1"]


class DocumentReceivedV1(Event):
    """A file's bytes and its row are durable."""

    topic: ClassVar[str] = "document.received.v1"
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
