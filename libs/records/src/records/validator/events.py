"""Events of the validator."""

from typing import ClassVar

from servicekit.events import Event

__all__ = ["DocumentValidatedV1", "ElementsAcceptedV1", "EphemerisAcceptedV1"]


class DocumentValidatedV1(Event):
    """A document has its verdict."""

    topic: ClassVar[str] = "document.validated.v1"
    document_id: str
    verdict: str


class EphemerisAcceptedV1(Event):
    """An ephemeris stands as a row and as columns."""

    topic: ClassVar[str] = "ephemeris.accepted.v1"
    ephemeris_id: str
    row_version: int


class ElementsAcceptedV1(Event):
    """A catalogue stands as a row and as columns."""

    topic: ClassVar[str] = "elements.accepted.v1"
    catalogue_id: str
