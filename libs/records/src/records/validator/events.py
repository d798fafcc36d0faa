"""Events of the validator."""

from typing import ClassVar

from servicekit.events import Event

__all__ = ["CdmsAcceptedV1", "DocumentValidatedV1", "ElementsAcceptedV1", "EphemerisAcceptedV1"]


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


class CdmsAcceptedV1(Event):
    """The conjunction data messages of a document from outside stand as rows: one, or a page of them."""

    topic: ClassVar[str] = "cdm.accepted.v1"
    document_id: str
