"""Queries on verdicts, ephemerides and catalogues, for our own services. The API's lists are `records.ingest_api`'s."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ScalarSelect, String, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from records.identity.tables import Organization
from records.ingest_api.events import PAGE
from records.ingest_api.tables import Document, Satellite, UndecidedDocument
from records.validator.tables import Ephemeris, Verdict
from servicekit.store.plumbing import DeliveryRow

__all__ = [
    "NINE_DIGITS",
    "Received",
    "SatelliteNumbers",
    "ephemeris_of_document",
    "operational_ephemerides",
    "page",
    "received",
    "satellite_numbers",
    "undecided",
]

NINE_DIGITS: Final = 100_000_000
"""From here on numbers are of objects without a catalogue number: they are registered before files come for them."""


async def ephemeris_of_document(session: AsyncSession, document_id: str) -> Ephemeris | None:
    """Return the ephemeris that was made of a document, or None."""
    return (await session.scalars(select(Ephemeris).where(Ephemeris.document_id == document_id))).one_or_none()


async def operational_ephemerides(
    session: AsyncSession, organization_id: str, norad_cat_id: int
) -> Sequence[tuple[Ephemeris, datetime]]:
    """Return every operational ephemeris of a satellite with the time its document came, in the order of coming."""
    query = (
        select(Ephemeris, Document.received_at)
        .join(Document, Document.id == Ephemeris.document_id)
        .where(
            Ephemeris.organization_id == organization_id,
            Ephemeris.norad_cat_id == norad_cat_id,
            Ephemeris.designation == "operational",
        )
        .order_by(Document.received_at, Document.id)
    )
    return [(ephemeris, received_at) for ephemeris, received_at in (await session.execute(query)).all()]


@dataclass(frozen=True)
class Received:
    """A document that came, and what bears on its verdict."""

    document: Document
    is_decided: bool
    default_profile: str | None
    """Of its organization, as is the next."""
    service_level: str


async def received(
    session: AsyncSession, document_ids: Collection[str], count: ScalarSelect[int]
) -> tuple[dict[str, Received], int]:
    """Return documents by their identifiers, in one statement with a count that the caller wants to know too."""
    query = (
        select(
            Document,
            Verdict.document_id.is_not(None),
            Organization.default_profile,
            Organization.service_level,
            count,
        )
        .join(Organization, Organization.id == Document.organization_id)
        .outerjoin(Verdict, Verdict.document_id == Document.id)
        .where(Document.id.in_(document_ids))
    )
    rows = (await session.execute(query)).all()
    found = {row[0].id: Received(row[0], row[1], row[2], row[3]) for row in rows}
    return found, rows[0][4] if rows else -1


async def page(session: AsyncSession, document_id: str) -> tuple[Document, bool]:
    """Return a page of messages, and whether it has its verdict.

    Raises
    ------
    LookupError
        It is not there.
    """
    query = (
        select(Document, Verdict.document_id.is_not(None))
        .outerjoin(Verdict, Verdict.document_id == Document.id)
        .where(Document.id == document_id)
    )
    found = (await session.execute(query)).one_or_none()
    if found is None:
        raise LookupError(f"there is no document {document_id}")
    return found[0], found[1]


@dataclass(frozen=True)
class SatelliteNumbers:
    """Catalogue numbers that documents are judged by."""

    own: Mapping[str, frozenset[int]]
    """Of each organization's satellites."""
    nine_digits: frozenset[int]
    """Those of objects without a catalogue number that are registered, whoever's they are."""


async def satellite_numbers(session: AsyncSession, organization_ids: Collection[str]) -> SatelliteNumbers:
    """Return the satellites of organizations, and every registered number of nine digits.

    They come as one text for each owner: an organization may have thousands, and most satellites are nobody's.
    """
    is_long = Satellite.norad_cat_id >= NINE_DIGITS
    numbers = func.aggregate_strings(cast(Satellite.norad_cat_id, String), ",")
    query = (
        select(Satellite.organization_id, is_long, numbers)
        .where(or_(Satellite.organization_id.in_(organization_ids), is_long))
        .group_by(Satellite.organization_id, is_long)
    )
    own: dict[str, set[int]] = {each: set() for each in organization_ids}
    nine_digits: set[int] = set()
    for organization_id, are_long, text in await session.execute(query):
        found = {int(number) for number in text.split(",")}
        if organization_id in own:
            own[organization_id] |= found
        if are_long:
            nine_digits |= found
    return SatelliteNumbers({each: frozenset(found) for each, found in own.items()}, frozenset(nine_digits))


async def undecided(
    session: AsyncSession, received_before: datetime, consumer: str, *, are_pages: bool
) -> Sequence[str]:
    """Return documents that came before a time and have no verdict, and whose event `consumer` does not have in hand.

    They are the pages of messages, or all others.

    A dead letter counts as in hand: it waits for a person, and sending the event again would make another.
    """
    in_hand = select(DeliveryRow.payload).where(
        DeliveryRow.consumer == consumer, DeliveryRow.state.in_(("pending", "running", "dead"))
    )
    excepted = {payload["document_id"] for payload in await session.scalars(in_hand)}
    query = (
        select(UndecidedDocument.document_id)
        .join(Document, Document.id == UndecidedDocument.document_id)
        .where(
            UndecidedDocument.received_at <= received_before,
            Document.purpose == PAGE if are_pages else Document.purpose != PAGE,
        )
        .order_by(UndecidedDocument.received_at, UndecidedDocument.document_id)
    )
    return [document_id for document_id in await session.scalars(query) if document_id not in excepted]
