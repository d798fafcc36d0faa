"""Queries on verdicts, ephemerides and catalogues, for our own services. The API's lists are `records.ingest_api`'s."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from records.ingest_api.facts import facts_in_force
from records.ingest_api.tables import Document, Satellite, SatelliteFact, UndecidedDocument
from records.validator.tables import Catalogue, Ephemeris, Verdict
from servicekit.store.plumbing import DeliveryRow

__all__ = [
    "catalogue_of_document",
    "ephemeris_of_document",
    "known_designators",
    "operational_ephemerides",
    "owned_satellites",
    "registered_satellites",
    "undecided",
    "verdict",
]


async def verdict(session: AsyncSession, document_id: str) -> Verdict | None:
    """Return the verdict on a document, or None where there is none yet."""
    return await session.get(Verdict, document_id)


async def ephemeris_of_document(session: AsyncSession, document_id: str) -> Ephemeris | None:
    """Return the ephemeris that was made of a document, or None."""
    return (await session.scalars(select(Ephemeris).where(Ephemeris.document_id == document_id))).one_or_none()


async def catalogue_of_document(session: AsyncSession, document_id: str) -> Catalogue | None:
    """Return the catalogue that was made of a document, or None."""
    return (await session.scalars(select(Catalogue).where(Catalogue.document_id == document_id))).one_or_none()


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


async def owned_satellites(session: AsyncSession, organization_id: str) -> frozenset[int]:
    """Return the catalogue numbers of an organization's satellites."""
    query = select(Satellite.norad_cat_id).where(Satellite.organization_id == organization_id)
    return frozenset(await session.scalars(query))


async def registered_satellites(session: AsyncSession) -> frozenset[int]:
    """Return every catalogue number that has a record, whoever's it is."""
    return frozenset(await session.scalars(select(Satellite.norad_cat_id)))


async def known_designators(session: AsyncSession) -> dict[str, int]:
    """Return the international designators in force, in upper case, each with its catalogue number.

    A designator that several satellites claim is left out: it decides nothing.
    """
    query = select(SatelliteFact).where(SatelliteFact.attribute == "international_designator")
    of_satellite: dict[int, list[SatelliteFact]] = {}
    for fact in await session.scalars(query):
        of_satellite.setdefault(fact.norad_cat_id, []).append(fact)
    claimed: dict[str, set[int]] = {}
    for number, facts in of_satellite.items():
        for fact in facts_in_force(facts).values():
            claimed.setdefault(str(fact.value).strip().upper(), set()).add(number)
    return {designator: min(numbers) for designator, numbers in claimed.items() if len(numbers) == 1}


async def undecided(session: AsyncSession, received_before: datetime, consumer: str) -> Sequence[str]:
    """Return documents that came before a time and have no verdict, and whose event `consumer` does not have in hand.

    A dead letter counts as in hand: it waits for a person, and sending the event again would make another.
    """
    in_hand = select(DeliveryRow.payload).where(
        DeliveryRow.consumer == consumer, DeliveryRow.state.in_(("pending", "running", "dead"))
    )
    excepted = {payload["document_id"] for payload in await session.scalars(in_hand)}
    query = (
        select(UndecidedDocument.document_id)
        .where(UndecidedDocument.received_at <= received_before)
        .order_by(UndecidedDocument.received_at, UndecidedDocument.document_id)
    )
    return [document_id for document_id in await session.scalars(query) if document_id not in excepted]
