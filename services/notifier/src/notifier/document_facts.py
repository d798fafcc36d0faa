"""What mails about files say of them: the document with its verdict, and what was made of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.rules.rule import named
from records.identity.tables import Organization, User
from records.ingest_api.tables import Document
from records.validator.events import DocumentValidatedV1
from records.validator.tables import Catalogue, Ephemeris, Verdict

__all__ = ["Decided", "decided"]


@dataclass(frozen=True)
class Decided:
    """A document that has its verdict."""

    document: Document
    verdict: Verdict
    organization_name: str
    uploader_address: str | None
    """The address of the person who uploaded it; None where it was no person, or one that is gone."""
    ephemeris: Ephemeris | None
    catalogue: Catalogue | None


async def decided(session: AsyncSession, events: Sequence[DocumentValidatedV1]) -> Sequence[Decided]:
    """Return the document of each event, in one statement.

    Raises
    ------
    LookupError
        There is no such document, or it has no verdict.
    """
    query = (
        select(Document, Verdict, Organization.name, User.email, Ephemeris, Catalogue)
        .join(Verdict, Verdict.document_id == Document.id)
        .join(Organization, Organization.id == Document.organization_id)
        .outerjoin(User, and_(Document.uploader_kind == "user", User.id == Document.uploader_id))
        .outerjoin(Ephemeris, Ephemeris.document_id == Document.id)
        .outerjoin(Catalogue, Catalogue.document_id == Document.id)
        .where(Document.id.in_(sorted({each.document_id for each in events})))
    )
    found = {row[0].id: Decided(*row) for row in await session.execute(query)}
    return [named(found, each.document_id, "document with its verdict") for each in events]
